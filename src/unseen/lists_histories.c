#include "unseen/lists_histories.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

int pp__bits(unsigned set) {
    int n = 0;
    for (; set; set &= set - 1) {
        n++;
    }
    return n;
}

/* ---- reading ---- */

static pp_status check_lists(const pp_lists_options *o, pp_error *err) {
    if (o->n_lists < 2 || o->n_lists > PP__MOST_LISTS) {
        pp_error_set(err, PP_E_ARGUMENT, "%s lists: %d named",
                     o->n_lists < 2 ? "overlaps need two" : "there are too many",
                     o->n_lists);
        pp_error_locate(err, NULL, 0, "lists", NULL);
        pp_error_hint(err, "name 2 to %d columns of 0 and 1; join sources that are alike",
                      PP__MOST_LISTS);
        return PP_E_ARGUMENT;
    }
    for (int i = 0; i < o->n_lists; i++) {
        for (int j = 0; j < i; j++) {
            if (strcmp(o->lists[i], o->lists[j]) == 0) {
                pp_error_set(err, PP_E_ARGUMENT, "list '%s' is named twice", o->lists[i]);
                pp_error_locate(err, NULL, 0, "lists", o->lists[i]);
                return PP_E_ARGUMENT;
            }
        }
    }
    return PP_OK;
}

static pp_status bad_cell(const char *message, const pp_column *column, int64_t row,
                          const char *hint, pp_error *err) {
    char value[32] = "missing";
    const char *text = NULL;
    if (column->type != PP_NUMBER) {
        text = pp_column_get_text(column, row);
    } else if (!isnan(column->number[row])) {
        pp_format_number(column->number[row], value);
    }
    pp_error_set(err, PP_E_INPUT, "%s", message);
    pp_error_locate(err, NULL, row + 1, column->name, text ? text : value);
    pp_error_hint(err, "%s", hint);
    return PP_E_INPUT;
}

static pp_status read_list(const pp_table *data, int bit, const char *name, int *history,
                           pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_require(data, name, &column, err));
    for (int64_t row = 0; row < pp_table_rows(data); row++) {
        double cell = column->type == PP_NUMBER ? column->number[row] : NAN;
        if (cell != 0 && cell != 1) {
            return bad_cell(
                "a list has 1 for units that are on it, else 0", column, row,
                "where it is not known whether a unit is listed, it is not: 0", err);
        }
        history[row] |= cell == 1 ? 1 << bit : 0;
    }
    return PP_OK;
}

static pp_status read_times(const pp_table *data, const char *name, double *times,
                            pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_require(data, name, &column, err));
    for (int64_t row = 0; row < pp_table_rows(data); row++) {
        double cell = column->type == PP_NUMBER ? column->number[row] : NAN;
        if (!(cell >= 0 && cell <= 1e12 && cell == floor(cell))) {
            return bad_cell("a row stands for a whole number of units", column, row,
                            "counts are whole numbers from 0 on", err);
        }
        times[row] = cell;
    }
    return PP_OK;
}

pp_status pp__listed_read(const pp_table *data, const pp_lists_options *options,
                          pp_arena *arena, pp__listed *out, pp_error *err) {
    int64_t rows = pp_table_rows(data);
    PP_TRY(check_lists(options, err));
    *out = (pp__listed){.rows = rows, .name = options->lists, .lists = options->n_lists};
    out->history = pp_arena_zalloc(arena, rows, sizeof *out->history);
    out->times = pp_arena_alloc(arena, rows, sizeof *out->times);
    PP_NEED(out->history && out->times ? out->times : NULL, err);
    for (int i = 0; i < out->lists; i++) {
        PP_TRY(read_list(data, i, out->name[i], out->history, err));
    }
    for (int64_t row = 0; row < rows; row++) {
        out->times[row] = 1;
    }
    return options->freq ? read_times(data, options->freq, out->times, err) : PP_OK;
}

pp_status pp__histories_tally(const pp__listed *listed, const int32_t *stratum,
                              int32_t wanted, pp_arena *arena, pp__histories *out,
                              pp_error *err) {
    *out = (pp__histories){
        .lists = listed->lists, .cells = 1 << listed->lists, .name = listed->name};
    out->count = pp_arena_zalloc(arena, out->cells, sizeof *out->count);
    PP_NEED(out->count, err);
    for (int64_t row = 0; row < listed->rows; row++) {
        if (!stratum || stratum[row] == wanted) {
            out->count[listed->history[row]] += listed->times[row];
        }
    }
    out->nobody = out->count[0];
    out->count[0] = 0;
    for (int h = 1; h < out->cells; h++) {
        out->observed += out->count[h];
    }
    return PP_OK;
}

/* ---- counts ---- */

static double count_with(const pp__histories *h, int set) {
    double n = 0;
    for (int c = 1; c < h->cells; c++) {
        n += (c & set) == set ? h->count[c] : 0;
    }
    return n;
}

double pp__histories_size(const pp__histories *h, int i) {
    return count_with(h, 1 << i);
}

double pp__histories_both(const pp__histories *h, int i, int j) {
    return count_with(h, 1 << i | 1 << j);
}

double pp__histories_times(const pp__histories *h, int k) {
    double n = 0;
    for (int c = 1; c < h->cells; c++) {
        n += pp__bits((unsigned)c) == k ? h->count[c] : 0;
    }
    return n;
}

/* ---- empty lists ---- */

/* The members of `set` that are in `kept`, moved together. */
static int squeeze(int set, int kept, int lists) {
    int out = 0, to = 0;
    for (int i = 0; i < lists; i++) {
        if (kept >> i & 1) {
            out |= (set >> i & 1) << to++;
        }
    }
    return out;
}

pp_status pp__histories_drop_empty(const pp__histories *h, pp_arena *arena,
                                   pp__histories *out, const char **left_out,
                                   pp_error *err) {
    const char **name = pp_arena_alloc(arena, h->lists, sizeof *name), *names = "";
    int kept = 0, n = 0;
    PP_NEED(name, err);
    for (int i = 0; i < h->lists; i++) {
        if (pp__histories_size(h, i) > 0) {
            kept |= 1 << i;
            name[n++] = h->name[i];
            continue;
        }
        names = pp_arena_printf(arena, "%s%s%s", names, *names ? ", " : "", h->name[i]);
        PP_NEED(names, err);
    }
    *out = *h;
    *left_out = *names ? names : NULL;
    if (n == h->lists) {
        return PP_OK;
    }
    out->lists = n;
    out->cells = 1 << n;
    out->name = name;
    out->count = pp_arena_zalloc(arena, out->cells, sizeof *out->count);
    PP_NEED(out->count, err);
    for (int c = 1; c < h->cells; c++) {
        out->count[squeeze(c, kept, h->lists)] += h->count[c];
    }
    return PP_OK;
}

/* ---- what must hold ---- */

static pp_status check_sizes(const pp__histories *h, pp_error *err) {
    for (int i = 0; i < h->lists; i++) {
        double size = pp__histories_size(h, i);
        if (size > 0 && size < h->observed) {
            continue;
        }
        pp_error_set(err, PP_E_ESTIMATION, "list '%s' holds %s of the %.0f units",
                     h->name[i], size > 0 ? "all" : "none", h->observed);
        pp_error_locate(err, NULL, 0, h->name[i], NULL);
        pp_error_hint(err, size > 0 ? "a list that holds whatever another one finds says "
                                      "nothing on what it lacks; leave it out"
                                    : "leave it out, or join it with another list");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

/* The lists that are reached from list 0 by overlaps. */
static unsigned reached(const pp__histories *h) {
    unsigned set = 1, before = 0;
    while (set != before) {
        before = set;
        for (int i = 0; i < h->lists; i++) {
            for (int j = 0; j < h->lists; j++) {
                if (set >> i & 1 && !(set >> j & 1) && pp__histories_both(h, i, j) > 0) {
                    set |= 1U << j;
                }
            }
        }
    }
    return set;
}

static pp_status check_overlaps(const pp__histories *h, pp_error *err) {
    unsigned set = reached(h);
    for (int j = 1; j < h->lists; j++) {
        if (set >> j & 1) {
            continue;
        }
        pp_error_set(err, PP_E_ESTIMATION,
                     "lists '%s' and '%s' do not overlap: no unit is on both (%.0f and "
                     "%.0f units), and no other list links them",
                     h->name[0], h->name[j], pp__histories_size(h, 0),
                     pp__histories_size(h, j));
        pp_error_locate(err, NULL, 0, h->name[j], NULL);
        pp_error_hint(err, "check that units are written alike on both; if they are, the "
                           "lists do not tell how many are on neither");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

pp_status pp__histories_check(const pp__histories *h, pp_error *err) {
    if (h->observed <= 0) {
        PP_FAIL(err, PP_E_ESTIMATION, "no unit is on any of the %d lists", h->lists);
    }
    PP_TRY(check_sizes(h, err));
    PP_TRY(check_overlaps(h, err));
    if (pp__histories_times(h, 1) == 0) {
        pp_error_set(
            err, PP_E_ESTIMATION,
            "each of the %.0f units is on two lists or more: nothing suggests that "
            "any is on none",
            h->observed);
        pp_error_hint(err, "perhaps one list was made from the other");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}
