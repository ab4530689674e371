/* Codes by a table of what can occur: categories, and whole numbers that lie close
   together. Everything else is hashed. */
#include "model/encode.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/linalg.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16 /* rows, at least */, MOST_RANGES = 32, MOST_TABLES = 16 };

typedef struct job {
    const pp_column *column;
    const int64_t *rows;
    int64_t n, blocks, block_rows;
    double lowest;  /* of whole numbers */
    int64_t places; /* in the table */
    int32_t *table; /* of each place: the code, or -1 */
    uint8_t *seen;  /* blocks × places */
    pp__encoding *out;
} job;

typedef struct range {
    double low, high;
    int whole;
} range;

static int64_t row_at(const job *j, int64_t i) {
    return j->rows ? j->rows[i] : i;
}

/* The place of a row in the table; -1: missing. */
static int64_t place_of(const job *j, int64_t i) {
    int64_t row = row_at(j, i);
    if (j->column->type == PP_CATEGORY) {
        return j->column->code[row];
    }
    double x = j->column->number[row];
    return isnan(x) ? -1 : (int64_t)(x - j->lowest);
}

static int64_t block_end(const job *j, int64_t block) {
    int64_t end = (block + 1) * j->block_rows;
    return end < j->n ? end : j->n;
}

static void cut(job *j, int64_t most) {
    int64_t blocks = j->n / BLOCK;
    blocks = blocks > most ? most : blocks < 1 ? 1 : blocks;
    j->block_rows = (j->n + blocks - 1) / blocks;
    j->blocks = j->block_rows > 0 ? (j->n + j->block_rows - 1) / j->block_rows : 0;
}

/* ---- whether a table will do ---- */

typedef struct scan {
    const job *j;
    range range[MOST_RANGES];
} scan;

static void find_range(void *payload, int64_t block) {
    static const double LARGEST = 9007199254740992.0; /* 2^53 */
    scan *s = payload;
    range r = {INFINITY, -INFINITY, 1};
    int64_t begin = block * s->j->block_rows, end = block_end(s->j, block);
    range *out = &s->range[block];
    *out = r;
    if (!s->j->rows &&
        pp__all_whole(end - begin, s->j->column->number + begin, &out->low, &out->high)) {
        return;
    }
    for (int64_t i = begin; i < end && r.whole; i++) {
        double x = s->j->column->number[row_at(s->j, i)];
        if (!isnan(x)) {
            r.whole = fabs(x) <= LARGEST && x == (double)(int64_t)x;
            r.low = x < r.low ? x : r.low;
            r.high = x > r.high ? x : r.high;
        }
    }
    *out = r;
}

static int fits_table(job *j, const pp_context *ctx) {
    scan s = {.j = j};
    range all = {INFINITY, -INFINITY, 1};
    if (j->column->type != PP_NUMBER) {
        j->places = j->column->n_levels;
        return j->column->type == PP_CATEGORY;
    }
    cut(j, MOST_RANGES);
    pp__parallel(ctx, j->blocks, find_range, &s);
    for (int64_t b = 0; b < j->blocks; b++) {
        all.whole &= s.range[b].whole;
        all.low = fmin(all.low, s.range[b].low);
        all.high = fmax(all.high, s.range[b].high);
    }
    if (!all.whole || all.high - all.low > 4.0 * (double)j->n + 1000) {
        return 0;
    }
    j->lowest = all.low;
    j->places = all.high < all.low ? 0 : (int64_t)(all.high - all.low) + 1;
    return 1;
}

/* ---- the table ---- */

static void mark_seen(void *payload, int64_t block) {
    const job *j = payload;
    uint8_t *seen = j->seen + block * j->places;
    int64_t end = block_end(j, block);
    for (int64_t i = block * j->block_rows; i < end; i++) {
        int64_t place = place_of(j, i);
        if (place >= 0) {
            seen[place] = 1;
        }
    }
}

static void write_codes(void *payload, int64_t block) {
    const job *j = payload;
    int64_t end = block_end(j, block);
    for (int64_t i = block * j->block_rows; i < end; i++) {
        int64_t place = place_of(j, i);
        j->out->code[i] = place < 0 ? -1 : j->table[place];
    }
}

static int compare_labels(const void *a, const void *b) {
    return strcmp(**(const char *const *const *)a, **(const char *const *const *)b);
}

/* Labels in the order of the alphabet; two places of one label get one code. */
static pp_status number_labels(job *j, pp_arena *arena, pp_error *err) {
    const char **labels = j->column->levels;
    const char ***order = pp_arena_alloc(arena, j->places, sizeof *order);
    PP_NEED(order, err);
    int64_t n = 0;
    int32_t next = -1;
    for (int64_t place = 0; place < j->places; place++) {
        if (j->table[place] >= 0) {
            order[n++] = &labels[place];
        }
    }
    qsort(order, (size_t)n, sizeof *order, compare_labels);
    j->out->level = pp_arena_alloc(arena, n, sizeof *j->out->level);
    PP_NEED(j->out->level, err);
    for (int64_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(*order[i], j->out->level[next]) != 0) {
            j->out->level[++next] = pp_arena_strdup(arena, *order[i]);
            PP_NEED(j->out->level[next], err);
        }
        j->table[order[i] - labels] = next;
    }
    j->out->n_levels = next + 1;
    return PP_OK;
}

static pp_status number_values(job *j, pp_arena *arena, pp_error *err) {
    int64_t n = 0;
    for (int64_t place = 0; place < j->places; place++) {
        n += j->table[place] >= 0;
    }
    if (n > INT32_MAX) {
        PP_FAIL(err, PP_E_INPUT, "column '%s' has more than %d levels", j->column->name,
                INT32_MAX);
    }
    j->out->level_value = pp_arena_alloc(arena, n, sizeof *j->out->level_value);
    PP_NEED(j->out->level_value, err);
    for (int64_t place = 0; place < j->places; place++) {
        if (j->table[place] >= 0) {
            j->out->level_value[j->out->n_levels] = j->lowest + (double)place;
            j->table[place] = j->out->n_levels++;
        }
    }
    return PP_OK;
}

static pp_status fill_table(job *j, const pp_context *ctx, pp_arena *arena,
                            pp_error *err) {
    pp__parallel(ctx, j->blocks, mark_seen, j);
    for (int64_t place = 0; place < j->places; place++) {
        int seen = 0;
        for (int64_t b = 0; b < j->blocks; b++) {
            seen |= j->seen[b * j->places + place];
        }
        j->table[place] = seen - 1;
    }
    PP_TRY((j->column->type == PP_NUMBER ? number_values : number_labels)(j, arena, err));
    pp__parallel(ctx, j->blocks, write_codes, j);
    return PP_OK;
}

static pp_status encode_by_table(job *j, const pp_context *ctx, pp_arena *arena,
                                 pp_error *err) {
    int64_t tables = 1 + j->n / (j->places + 1);
    cut(j, tables > MOST_TABLES ? MOST_TABLES : tables);
    j->table = pp_malloc(j->places, sizeof *j->table);
    j->seen = pp_calloc(j->places * (j->blocks > 0 ? j->blocks : 1), 1);
    pp_status status = PP_E_MEMORY;
    if (!j->table || !j->seen) {
        pp_error_set(err, status, "out of memory");
    } else {
        status = fill_table(j, ctx, arena, err);
    }
    pp_free(j->table);
    pp_free(j->seen);
    return status;
}

pp_status pp__encode(const pp_column *column, const int64_t *rows, int64_t n,
                     const pp_context *ctx, pp_arena *arena, pp__encoding *out,
                     pp_error *err) {
    *out = (pp__encoding){0};
    job j = {.column = column, .rows = rows, .n = n, .out = out};
    out->code = pp_arena_alloc(arena, n, sizeof *out->code);
    PP_NEED(out->code, err);
    return fits_table(&j, ctx) ? encode_by_table(&j, ctx, arena, err)
                               : pp__encode_by_hash(column, rows, n, arena, out, err);
}

const char *pp__level_name(const pp__encoding *encoding, int32_t level, char space[32]) {
    if (encoding->level) {
        return encoding->level[level];
    }
    pp_format_number(encoding->level_value[level], space);
    return space;
}
