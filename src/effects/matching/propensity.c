/* The propensity of treatment: a logit over the treated observations and all their controls, on the
   columns of every lag (Imai, Kim & Wang 2023, eq. 14). */
#include "base/check.h"
#include "effects/matching/sets.h"
#include "model/fit.h"

#include <pushpull/text.h>

#include <math.h>

typedef struct work {
    const pp__sets *s;
    int first;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    int64_t n, *cell; /* of each row of the table: unit × periods + period */
    pp_table *table;
    pp_buf formula;
    pp_fit *fit;
} work;

/* Every observation of a set once, in the order of units and periods. */
static pp_status list_cells(work *w) {
    const pp__history *h = w->s->h;
    int64_t cells = (int64_t)h->units * h->periods;
    uint8_t *in = pp_arena_zalloc(w->arena, cells, 1);
    w->cell = pp_arena_alloc(w->arena, cells, sizeof *w->cell);
    PP_NEED(in && w->cell ? in : NULL, w->err);
    for (int64_t i = 0; i < w->s->n; i++) {
        const pp__matched_set *set = &w->s->set[i];
        if (set->state != PP__SET_USED) {
            continue;
        }
        in[(int64_t)set->unit * h->periods + set->period] = 1;
        for (int64_t c = 0; c < set->n; c++) {
            in[(int64_t)set->control[c] * h->periods + set->period] = 1;
        }
    }
    for (int64_t at = 0; at < cells; at++) {
        if (in[at]) {
            w->cell[w->n++] = at;
        }
    }
    return PP_OK;
}

static pp_status add_column(work *w, const char *name, const double *from, int64_t lag) {
    pp_column *column;
    PP_TRY(pp_table_add(w->table, PP_NUMBER, name, &column, w->err));
    for (int64_t i = 0; i < w->n; i++) {
        column->number[i] = from[w->cell[i] - lag];
    }
    return PP_OK;
}

static pp_status build(work *w) {
    PP_TRY(pp_table_new(&w->table, w->err));
    PP_TRY(pp_table_resize(w->table, w->n, w->err));
    PP_TRY(add_column(w, "treated", w->s->h->d, 0));
    pp_buf_add(&w->formula, "treated ~ ");
    for (int64_t lag = 1; lag <= w->s->lags; lag++) {
        for (int j = w->first; j < w->s->h->k; j++) {
            const char *name = pp_arena_printf(w->arena, "x%d.%lld", j, (long long)lag);
            PP_NEED(name, w->err);
            PP_TRY(add_column(w, name, w->s->h->x[j], lag));
            pp_buf_printf(&w->formula, "%s%s", lag > 1 || j > w->first ? " + " : "",
                          name);
        }
    }
    return pp_buf_check(&w->formula, w->err);
}

static pp_status refuse(const work *w, const char *problem) {
    pp_error_set(w->err, PP_E_ESTIMATION, "%s", problem);
    pp_error_hint(
        w->err,
        "the logit has %d terms for %lld treated observations: refine by mahalanobis, "
        "or by fewer covariates or lags",
        w->fit->k, (long long)w->s->used);
    return PP_E_ESTIMATION;
}

static pp_status predict(const work *w, double *propensity) {
    const pp__design *d = w->fit->design;
    if (d->n < w->n) {
        return refuse(
            w, "the covariates predict the treatment of some units perfectly: their "
               "propensities are zero or one");
    }
    if (!w->fit->converged) {
        return refuse(w, "the logit of treatment does not converge");
    }
    for (int64_t i = 0; i < d->n; i++) {
        double eta = 0;
        for (int j = 0; j < d->k; j++) {
            eta += d->x[j][i] * w->fit->estimates[j];
        }
        propensity[w->cell[pp__design_row(d, i)]] = 1 / (1 + exp(-eta));
    }
    return PP_OK;
}

pp_status pp__sets_propensity(const pp__sets *s, int first, const pp_context *ctx,
                              pp_arena *arena, double *propensity, pp_error *err) {
    work w = {.s = s, .first = first, .ctx = ctx, .arena = arena, .err = err};
    pp_buf_init(&w.formula);
    pp_status status = list_cells(&w);
    if (status == PP_OK) {
        status = build(&w);
    }
    if (status == PP_OK) {
        status = pp_model_fit(w.formula.data, w.table,
                              &(pp_model_options){.model = "logit"}, ctx, &w.fit, err);
    }
    if (status == PP_OK) {
        status = predict(&w, propensity);
    }
    pp_fit_free(w.fit);
    pp_table_free(w.table);
    pp_buf_clear(&w.formula);
    return status;
}
