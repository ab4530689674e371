/* Pairs of codes as codes. */
#include "model/encode.h"

#include "base/check.h"

#include <string.h>

static int64_t number(int32_t *table, int64_t places) {
    int64_t next = 0;
    for (int64_t i = 0; i < places; i++) {
        table[i] = table[i] ? (int32_t)next++ : 0;
    }
    return next;
}

/* By a table of all pairs. */
static pp_status few_pairs(const int32_t *a, int64_t a_levels, const int32_t *b,
                           int64_t b_levels, int64_t n, int32_t *out, int64_t *levels,
                           pp_error *err) {
    int32_t *table = pp_calloc(a_levels * b_levels, sizeof *table);
    PP_NEED(table, err);
    for (int64_t i = 0; i < n; i++) {
        table[a[i] * b_levels + b[i]] = 1;
    }
    *levels = number(table, a_levels * b_levels);
    for (int64_t i = 0; i < n; i++) {
        out[i] = table[a[i] * b_levels + b[i]];
    }
    pp_free(table);
    return PP_OK;
}

/* Puts the rows `from` (NULL: all, in order) in the order of their codes; rows of one code
   stay in the order in which they are. `place` holds levels + 1. */
static void sort_rows(const int32_t *code, int64_t levels, const int64_t *from, int64_t n,
                      int64_t *place, int64_t *to) {
    memset(place, 0, (size_t)(levels + 1) * sizeof *place);
    for (int64_t i = 0; i < n; i++) {
        place[code[i] + 1]++;
    }
    for (int64_t l = 0; l < levels; l++) {
        place[l + 1] += place[l];
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t row = from ? from[i] : i;
        to[place[code[row]]++] = row;
    }
}

/* By sorting the rows, first by b, then by a. */
static pp_status many_pairs(const int32_t *a, int64_t a_levels, const int32_t *b,
                            int64_t b_levels, int64_t n, int32_t *out, int64_t *levels,
                            pp_error *err) {
    int64_t most = a_levels > b_levels ? a_levels : b_levels;
    int64_t *space = pp_malloc(2 * n + most + 1, sizeof *space);
    PP_NEED(space, err);
    int64_t *by_b = space, *by_both = space + n, next = -1;
    int32_t last_a = -1, last_b = -1;
    sort_rows(b, b_levels, NULL, n, space + 2 * n, by_b);
    sort_rows(a, a_levels, by_b, n, space + 2 * n, by_both);
    for (int64_t i = 0; i < n; i++) {
        int64_t row = by_both[i];
        next += a[row] != last_a || b[row] != last_b;
        last_a = a[row];
        last_b = b[row];
        out[row] = (int32_t)next;
    }
    *levels = next + 1;
    pp_free(space);
    return PP_OK;
}

pp_status pp__encode_pairs(const int32_t *a, int64_t a_levels, const int32_t *b,
                           int64_t b_levels, int64_t n, int32_t *out, int64_t *levels,
                           pp_error *err) {
    if (n > INT32_MAX) {
        PP_FAIL(err, PP_E_INPUT, "more than %d rows cannot be crossed", INT32_MAX);
    }
    return ((double)a_levels * (double)b_levels <= 4.0 * (double)n + 1000
                ? few_pairs
                : many_pairs)(a, a_levels, b, b_levels, n, out, levels, err);
}
