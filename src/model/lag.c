#include "model/lag.h"

#include "base/check.h"
#include "model/encode.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>

typedef struct place {
    int32_t unit;
    double time;
    int64_t row;
} place;

struct pp__periods {
    int64_t n, n_rows;
    place *place; /* by unit and time */
};

static int compare(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->unit != y->unit) {
        return x->unit < y->unit ? -1 : 1;
    }
    return x->time != y->time ? (x->time > y->time) - (x->time < y->time)
                              : (x->row > y->row) - (x->row < y->row);
}

static pp_status check_unique(const pp__periods *p, const pp_column *time,
                              pp_error *err) {
    for (int64_t i = 1; i < p->n; i++) {
        const place *before = &p->place[i - 1], *here = &p->place[i];
        if (before->unit == here->unit && before->time == here->time) {
            char value[32];
            pp_format_number(here->time, value);
            pp_error_set(err, PP_E_INPUT, "two rows of one unit and time");
            pp_error_locate(err, NULL, here->row + 1, time->name, value);
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

pp_status pp__periods_new(const pp_column *unit, const pp_column *time, int64_t n,
                          pp_arena *arena, pp__periods **out, pp_error *err) {
    pp__periods *p = pp_arena_zalloc(arena, 1, sizeof *p);
    pp__encoding units;
    PP_NEED(p, err);
    if (time->type != PP_NUMBER) {
        pp_error_set(err, PP_E_INPUT, "the time of lag() and lead() must be numbers");
        pp_error_locate(err, NULL, 0, time->name, NULL);
        return PP_E_INPUT;
    }
    p->n_rows = n;
    p->place = pp_arena_alloc(arena, p->n_rows, sizeof *p->place);
    PP_NEED(p->place, err);
    pp_arena_mark mark = pp_arena_get_mark(arena);
    PP_TRY(pp__encode(unit, NULL, p->n_rows, NULL, arena, &units, err));
    for (int64_t i = 0; i < p->n_rows; i++) {
        if (units.code[i] >= 0 && isfinite(time->number[i])) {
            p->place[p->n++] = (place){units.code[i], time->number[i], i};
        }
    }
    pp_arena_release(arena, mark);
    qsort(p->place, (size_t)p->n, sizeof *p->place, compare);
    *out = p;
    return check_unique(p, time, err);
}

void pp__periods_shift(const pp__periods *p, const double *x, double back, double *out) {
    int64_t from = 0;
    for (int64_t i = 0; i < p->n_rows; i++) {
        out[i] = NAN;
    }
    for (int64_t i = 0; i < p->n; i++) {
        const place *here = &p->place[i];
        const place wanted = {here->unit, here->time - back, 0};
        while (from < p->n && (p->place[from].unit < wanted.unit ||
                               (p->place[from].unit == wanted.unit &&
                                p->place[from].time < wanted.time))) {
            from++;
        }
        if (from < p->n && p->place[from].unit == wanted.unit &&
            p->place[from].time == wanted.time) {
            out[here->row] = x[p->place[from].row];
        }
    }
}
