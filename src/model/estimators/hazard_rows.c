#include "base/check.h"
#include "model/estimators/hazard.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct place {
    int32_t unit;
    double time;
    int64_t row;
} place;

/* What becomes of a unit. Those before COARSENED are used in full, those after it not at
 * all. */
typedef enum fate {
    USED,
    COARSENED,
    CENSORED,
    BEFORE_ENTRY,
    SPANS_ENTRY,
    BOUND_NOT_COVERED,
    NO_ROWS,
    FATES
} fate;

static const char *const REASONS[FATES] = {
    NULL,
    "interval not covered by complete rows: used as not adopted before it",
    "adopted after the last complete row: used as censored",
    "adopted before the first row",
    "interval begins before the first row",
    "upper bound only, and not all rows up to it are complete",
    "no complete row at risk"};

enum { NAMES_LISTED = 20 };

typedef struct selection {
    pp_fit *fit;
    const pp__sample *sample;
    const pp_column *unit, *time;
    pp__encoding units;
    place *places; /* by unit and time */
    int64_t n;
    double *lo, *hi; /* by place */
    pp__hazard_rows *out;
    int64_t *rows, n_rows;
    int64_t count[FATES], after_event, not_covered;
    pp_buf names[FATES];
    pp_error *err;
} selection;

static pp_status wrong_row(selection *s, const pp_column *column, int64_t row,
                           const char *message) {
    char value[32];
    const char *text = column->type == PP_NUMBER ? NULL : pp_column_get_text(column, row);
    if (column->type == PP_NUMBER) {
        pp_format_number(column->number[row], value);
        text = value;
    }
    pp_error_set(s->err, PP_E_INPUT, "%s", message);
    pp_error_locate(s->err, NULL, row + 1, column->name, text);
    return PP_E_INPUT;
}

/* ---- order ---- */

static int compare_places(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->unit != y->unit) {
        return (x->unit > y->unit) - (x->unit < y->unit);
    }
    return (x->time > y->time) - (x->time < y->time);
}

static pp_status order_rows(selection *s, pp_arena *arena) {
    int64_t n = s->sample->n_rows;
    s->places = pp_arena_alloc(arena, n, sizeof *s->places);
    PP_NEED(s->places, s->err);
    for (int64_t i = 0; i < n; i++) {
        double t = s->time->number[i];
        if (s->units.code[i] < 0 || isnan(t)) {
            continue;
        }
        if (t != floor(t)) {
            return wrong_row(s, s->time, i,
                             "the time of a hazard must be a whole number");
        }
        s->places[s->n++] = (place){s->units.code[i], t, i};
    }
    qsort(s->places, (size_t)s->n, sizeof *s->places, compare_places);
    for (int64_t i = 1; i < s->n; i++) {
        if (compare_places(&s->places[i - 1], &s->places[i]) == 0) {
            return wrong_row(s, s->unit, s->places[i].row,
                             "two rows of one unit and time");
        }
    }
    return PP_OK;
}

/* ---- dates ---- */

static pp_status read_dates(selection *s, pp_arena *arena) {
    const pp__formula *f = s->sample->formula;
    int64_t *rows = pp_arena_alloc(arena, s->n, sizeof *rows);
    PP_NEED(rows, s->err);
    s->lo = pp_arena_alloc(arena, 2 * s->n, sizeof *s->lo);
    PP_NEED(s->lo, s->err);
    s->hi = s->lo + s->n;
    for (int64_t i = 0; i < s->n; i++) {
        rows[i] = s->places[i].row;
    }
    PP_TRY(pp__sample_evaluate(s->sample, f->lo, rows, s->n, s->lo, s->err));
    return pp__sample_evaluate(s->sample, f->hi, rows, s->n, s->hi, s->err);
}

static int same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static pp_status wrong_interval(selection *s, int64_t i, const char *message) {
    char interval[80], lo[32], hi[32];
    pp_format_number(s->lo[i], lo);
    pp_format_number(s->hi[i], hi);
    snprintf(interval, sizeof interval, "[%s, %s]", lo, hi);
    pp_error_set(s->err, PP_E_INPUT, "%s", message);
    pp_error_locate(s->err, NULL, s->places[i].row + 1, s->fit->formula->outcome_label,
                    interval);
    return PP_E_INPUT;
}

static pp_status check_dates(selection *s, int64_t begin, int64_t end) {
    double lo = s->lo[begin], hi = s->hi[begin];
    for (int64_t i = begin + 1; i < end; i++) {
        if (!same(s->lo[i], lo) || !same(s->hi[i], hi)) {
            return wrong_interval(s, i,
                                  "the interval must be the same in all rows of a unit");
        }
    }
    if (lo > hi) {
        return wrong_interval(s, begin, "the interval ends before it begins");
    }
    if (isnan(hi) && !isnan(lo)) {
        return wrong_interval(s, begin, "the interval has a beginning but no end");
    }
    if ((!isnan(lo) && lo != floor(lo)) || (!isnan(hi) && hi != floor(hi))) {
        return wrong_interval(s, begin, "the ends of the interval must be whole numbers");
    }
    return PP_OK;
}

/* ---- the part of a unit ---- */

static int64_t complete_between(const selection *s, int64_t begin, int64_t end,
                                double from, double to) {
    int64_t count = 0;
    for (int64_t i = begin; i < end; i++) {
        double t = s->places[i].time;
        count += t >= from && t <= to && s->sample->complete[s->places[i].row];
    }
    return count;
}

/* The window in which adoption may have been is [*from, *to]; *from is infinite when
 * there is none. */
static fate judge(const selection *s, int64_t begin, int64_t end, double *from,
                  double *to) {
    double lo = s->lo[begin], hi = s->hi[begin];
    double first = s->places[begin].time, last = first;
    for (int64_t i = begin; i < end; i++) {
        last = s->sample->complete[s->places[i].row] ? s->places[i].time : last;
    }
    *from = *to = INFINITY;
    if (isnan(hi)) {
        return USED;
    }
    if (hi < first) {
        return BEFORE_ENTRY;
    }
    if (lo < first) {
        return SPANS_ENTRY;
    }
    double start = isnan(lo) ? first : lo;
    if ((double)complete_between(s, begin, end, start, hi) == hi - start + 1) {
        *from = start;
        *to = hi;
        return USED;
    }
    if (isnan(lo)) {
        return BOUND_NOT_COVERED;
    }
    *to = lo - 1; /* nothing is used from lo on */
    return lo > last ? CENSORED : COARSENED;
}

/* Takes the unit's rows up to `to`; gives their number. */
static int64_t take_rows(selection *s, int64_t begin, int64_t end, double from,
                         double to) {
    int64_t before = s->n_rows;
    double hi = s->hi[begin];
    for (int64_t i = begin; i < end; i++) {
        int64_t row = s->places[i].row;
        double t = s->places[i].time;
        if (!s->sample->complete[row]) {
            continue;
        }
        if (t <= to) {
            s->rows[s->n_rows++] = row;
            s->out->in_window[row] = t >= from;
            s->out->recorded[row] = (uint8_t)!isnan(hi);
        } else if (t > hi) {
            s->after_event++;
        } else {
            s->not_covered++;
        }
    }
    return s->n_rows - before;
}

static pp_status note_fate(selection *s, int32_t unit, fate what) {
    char space[32];
    const char *name = pp__level_name(&s->units, unit, space);
    pp_buf *names = &s->names[what];
    if (++s->count[what] <= NAMES_LISTED) {
        pp_buf_printf(names, "%s%s", names->length ? ", " : "", name);
    }
    return pp__notes_lose(&s->fit->notes, name, REASONS[what], s->err);
}

static pp_status take_unit(selection *s, int64_t begin, int64_t end) {
    double from, to;
    PP_TRY(check_dates(s, begin, end));
    fate what = judge(s, begin, end, &from, &to);
    if (what > CENSORED) {
        from = INFINITY;
        to = -INFINITY;
    }
    if (take_rows(s, begin, end, from, to) == 0 && what <= CENSORED) {
        what = NO_ROWS;
    }
    return what == USED ? PP_OK : note_fate(s, s->places[begin].unit, what);
}

static pp_status take_units(selection *s) {
    for (int64_t begin = 0, end; begin < s->n; begin = end) {
        end = begin;
        while (end < s->n && s->places[end].unit == s->places[begin].unit) {
            end++;
        }
        PP_TRY(take_unit(s, begin, end));
    }
    return PP_OK;
}

/* ---- what is said ---- */

static pp_status note_counts(selection *s) {
    pp__notes *notes = &s->fit->notes;
    PP_TRY(pp__notes_drop(notes, "after adoption", "rows", NULL, s->after_event, s->err));
    PP_TRY(pp__notes_drop(notes, "of units or intervals that are not covered", "rows",
                          NULL, s->not_covered, s->err));
    for (int f = COARSENED; f < FATES; f++) {
        pp_buf *names = &s->names[f];
        if (s->count[f] > NAMES_LISTED) {
            pp_buf_printf(names, " and %lld more",
                          (long long)(s->count[f] - NAMES_LISTED));
        }
        PP_TRY(pp_buf_check(names, s->err));
        PP_TRY(pp__notes_drop(notes, REASONS[f], f <= CENSORED ? "intervals" : "units",
                              names->data, s->count[f], s->err));
    }
    return PP_OK;
}

static pp_status select_rows(selection *s, pp_arena *arena) {
    int64_t n = s->sample->n_rows;
    s->out = pp_arena_alloc(arena, 1, sizeof *s->out);
    PP_NEED(s->out, s->err);
    *s->out = (pp__hazard_rows){0};
    PP_TRY(pp__encode(s->unit, NULL, n, NULL, arena, &s->units, s->err));
    s->out->unit = s->units.code;
    s->out->in_window = pp_arena_zalloc(arena, 2 * n, 1);
    PP_NEED(s->out->in_window, s->err);
    s->out->recorded = s->out->in_window + n;
    s->rows = pp_arena_alloc(arena, n, sizeof *s->rows);
    PP_NEED(s->rows, s->err);
    PP_TRY(order_rows(s, arena));
    PP_TRY(read_dates(s, arena));
    PP_TRY(take_units(s));
    return note_counts(s);
}

pp_status pp__hazard_select(pp_fit *fit, const pp__sample *sample, int64_t **rows,
                            int64_t *n, pp_error *err) {
    selection s = {.fit = fit, .sample = sample, .err = err};
    s.unit = pp_table_find(sample->data, fit->options.unit);
    s.time = pp_table_find(sample->data, fit->options.time);
    if (s.time->type != PP_NUMBER) {
        pp_error_set(err, PP_E_INPUT, "the time of a hazard must be a number");
        pp_error_locate(err, NULL, 0, s.time->name, NULL);
        return PP_E_INPUT;
    }
    for (int f = 0; f < FATES; f++) {
        pp_buf_init(&s.names[f]);
    }
    pp_status status = select_rows(&s, &fit->arena);
    for (int f = 0; f < FATES; f++) {
        pp_buf_clear(&s.names[f]);
    }
    fit->workspace = s.out;
    *rows = s.rows;
    *n = s.n_rows;
    return status;
}
