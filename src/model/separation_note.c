/* Says in words which rows are predicted perfectly. */
#include "base/check.h"
#include "model/separation.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

typedef struct naming {
    const pp__design *d;
    const double *y;
    const uint8_t *separated;
    uint8_t *named;
    pp__notes *notes;
    pp_error *err;
} naming;

typedef int in_cell_fn(const naming *s, const void *cell, int64_t row);

/* Rows that are separated but not named yet, if all rows of the cell are separated; else
 * 0. */
static int64_t count_new(const naming *s, in_cell_fn *in_cell, const void *cell) {
    int64_t new_rows = 0;
    for (int64_t i = 0; i < s->d->n; i++) {
        if (in_cell(s, cell, i)) {
            if (!s->separated[i]) {
                return 0;
            }
            new_rows += !s->named[i];
        }
    }
    return new_rows;
}

static pp_status note(naming *s, const char *what, int64_t rows, const char *outcome) {
    PP_TRY(pp__notes_drop(s->notes, "separated", "rows", what, rows, s->err));
    return pp__notes_warn(s->notes, "separation", what, rows, s->err,
                          "%s predicts %s perfectly: %lld rows are left out", what,
                          outcome, (long long)rows);
}

static pp_status name_cell(naming *s, in_cell_fn *in_cell, const void *cell,
                           const char *what) {
    int64_t rows = count_new(s, in_cell, cell);
    if (rows == 0) {
        return PP_OK;
    }
    int ones = 0, zeros = 0;
    for (int64_t i = 0; i < s->d->n; i++) {
        if (in_cell(s, cell, i) && !s->named[i]) {
            s->named[i] = 1;
            ones |= !s->y || s->y[i] > 0;
            zeros |= !s->y || s->y[i] == 0;
        }
    }
    const char *outcome = ones && zeros ? "the outcome" : ones ? "a 1" : "a 0";
    return note(s, what, rows, outcome);
}

/* ---- levels of categories ---- */

typedef struct level_cell {
    const int32_t *code;
    int32_t level;
} level_cell;

static int in_level(const naming *s, const void *cell, int64_t row) {
    const level_cell *c = cell;
    (void)s;
    return c->code[row] == c->level;
}

static pp_status name_levels(naming *s) {
    for (int v = 0; v < s->d->n_variables; v++) {
        const pp__variable *variable = &s->d->variables[v];
        for (int32_t l = 0; variable->factor.code && l < variable->factor.n_levels; l++) {
            level_cell cell = {variable->factor.code, l};
            char space[32];
            pp_buf what;
            pp_buf_init(&what);
            pp_buf_printf(&what, "%s = %s", variable->name,
                          pp__level_name(&variable->factor, l, space));
            pp_status status = pp_buf_check(&what, s->err);
            if (status == PP_OK) {
                status = name_cell(s, in_level, &cell, what.data);
            }
            pp_buf_clear(&what);
            PP_TRY(status);
        }
    }
    return PP_OK;
}

/* ---- columns of zeros and ones ---- */

typedef struct column_cell {
    const double *x;
    double value;
} column_cell;

static int in_column(const naming *s, const void *cell, int64_t row) {
    const column_cell *c = cell;
    (void)s;
    return c->x[row] == c->value;
}

static int is_binary(const pp__design *d, int j) {
    for (int64_t i = 0; i < d->n; i++) {
        if (d->x[j][i] != 0 && d->x[j][i] != 1) {
            return 0;
        }
    }
    return 1;
}

static pp_status name_columns(naming *s) {
    for (int j = s->d->intercept; j < s->d->k; j++) {
        for (int value = 1; is_binary(s->d, j) && value >= 0; value--) {
            column_cell cell = {s->d->x[j], value};
            pp_buf what;
            pp_buf_init(&what);
            pp_buf_printf(&what, "%s = %d", s->d->column[j].name, value);
            pp_status status = pp_buf_check(&what, s->err);
            if (status == PP_OK) {
                status = name_cell(s, in_column, &cell, what.data);
            }
            pp_buf_clear(&what);
            PP_TRY(status);
        }
    }
    return PP_OK;
}

/* ---- the rest ---- */

/* 1 when column j alone, cut at one value, predicts all that is not named yet. */
static int predicts_alone(const naming *s, int j) {
    const double *x = s->d->x[j];
    for (int sign = -1; sign <= 1; sign += 2) {
        double zeros = s->d->intercept ? -INFINITY : 0,
               ones = s->d->intercept ? INFINITY : 0; /* highest of 0, lowest of 1 */
        int on_cut = 0;
        for (int64_t i = 0; i < s->d->n; i++) {
            zeros = s->y[i] > 0 ? zeros : fmax(zeros, sign * x[i]);
            ones = s->y[i] > 0 ? fmin(ones, sign * x[i]) : ones;
        }
        for (int64_t i = 0; i < s->d->n; i++) {
            on_cut |= s->separated[i] && !s->named[i] && sign * x[i] == zeros;
        }
        if (zeros < ones || (zeros == ones && !on_cut)) {
            return 1;
        }
    }
    return 0;
}

static int find_alone(const naming *s) {
    for (int j = s->d->intercept; s->y && j < s->d->k; j++) {
        if (predicts_alone(s, j)) {
            return j;
        }
    }
    return -1;
}

static pp_status name_rest(naming *s, const double *direction) {
    int64_t rest = 0;
    double largest = 0;
    for (int64_t i = 0; i < s->d->n; i++) {
        rest += s->separated[i] && !s->named[i];
    }
    if (rest == 0) {
        return PP_OK;
    }
    for (int j = s->d->intercept; j < s->d->k; j++) {
        largest = fmax(largest, fabs(direction[j]));
    }
    pp_buf what;
    pp_buf_init(&what);
    int parts = 0, alone = find_alone(s);
    for (int j = s->d->intercept; j < s->d->k; j++) {
        if (alone < 0 ? fabs(direction[j]) > 1e-6 * largest : j == alone) {
            pp_buf_printf(&what, "%s%s", parts++ ? " + " : "", s->d->column[j].name);
        }
    }
    pp_status status = pp_buf_check(&what, s->err);
    if (status == PP_OK) {
        const char *constant = s->d->intercept ? "(Intercept)" : "fixed effects";
        status = note(s, parts ? what.data : constant, rest, "the outcome");
    }
    pp_buf_clear(&what);
    return status;
}

pp_status pp__separation_note(const pp__design *d, const double *y,
                              const uint8_t *separated, const double *direction,
                              pp__notes *notes, pp_error *err) {
    uint8_t *named = pp_calloc(d->n, 1);
    PP_NEED(named, err);
    naming s = {d, y, separated, named, notes, err};
    pp_status status = name_levels(&s);
    status = status == PP_OK ? name_columns(&s) : status;
    status = status == PP_OK ? name_rest(&s, direction) : status;
    pp_free(named);
    return status;
}
