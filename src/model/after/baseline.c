/* Baseline hazard and survival of Cox's model. Breslow (1974), Biometrics 30, 89-99;
   Tsiatis (1981), Annals of Statistics 9, 93-108. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "model/estimators/cox.h"
#include "model/linalg.h"
#include "model/tables.h"

#include <pushpull/survival.h>
#include <pushpull/text.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

typedef struct baseline {
    const pp_fit *fit;
    const pp__design *d;
    int at_means;
    pp__cox cox;
    double *at; /* k: where, in original units */
    double offset;
    double *at_risk;  /* of each slot */
    int64_t *example; /* of each stratum, a row of the design */
    double *V;        /* k × k, of standardised coefficients */
    double *away;     /* k: what the hazard loses by each coefficient */
    pp_table *table;
    pp_error *err;
} baseline;

static double weight_of(const pp__design *d, int64_t row) {
    return d->with.weight ? d->with.weight[row] : 1;
}

/* ---- what is counted ---- */

static void find_means(baseline *b) {
    const pp__design *d = b->d;
    double all = 0, offset = 0;
    for (int64_t i = 0; i < d->n; i++) {
        all += weight_of(d, i);
        offset += d->with.offset ? weight_of(d, i) * d->with.offset[i] : 0;
    }
    for (int j = 0; j < d->k; j++) {
        double sum = 0;
        for (int64_t i = 0; i < d->n; i++) {
            sum += weight_of(d, i) * (d->x[j][i] - d->center[j]);
        }
        b->at[j] = d->center[j] + sum / all;
    }
    b->offset = offset / all;
}

/* Differences of what enters and leaves, then their sums. */
static void count_at_risk(baseline *b) {
    const pp__risk_sets *s = &b->cox.sets;
    double others = 0;
    for (int64_t i = 0; i < b->d->n; i++) {
        b->example[pp__risk_stratum(b->d, i)] = i;
        if (s->first[i] < s->end[i]) {
            b->at_risk[s->first[i]] += weight_of(b->d, i);
            b->at_risk[s->end[i]] -= weight_of(b->d, i);
        }
    }
    for (int32_t e = 0; e < s->slots; e++) {
        others += b->at_risk[e];
        b->at_risk[e] = others + s->death_weight[e];
    }
}

static void standardise_covariance(baseline *b) {
    int64_t k = b->fit->k;
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = 0; i < k; i++) {
            b->V[i + j * k] = b->fit->V[i + j * k] * b->d->scale[i] * b->d->scale[j];
        }
    }
}

static pp_status prepare(baseline *b, pp_arena *arena, const pp_context *ctx) {
    int64_t k = b->fit->k;
    PP_TRY(pp__cox_revisit(b->fit, "baseline", arena, ctx, &b->cox, NULL, b->err));
    b->at = pp_arena_zalloc(arena, k * k + 2 * k, sizeof *b->at);
    PP_NEED(b->at, b->err);
    b->away = b->at + k;
    b->V = b->away + k;
    b->at_risk =
        pp_arena_zalloc(arena, (int64_t)b->cox.sets.slots + 1, sizeof *b->at_risk);
    PP_NEED(b->at_risk, b->err);
    b->example = pp_arena_zalloc(arena, b->cox.sets.strata, sizeof *b->example);
    PP_NEED(b->example, b->err);
    count_at_risk(b);
    standardise_covariance(b);
    if (b->at_means) {
        find_means(b);
    }
    return PP_OK;
}

/* ---- rows ---- */

/* The stratum's values, as its rows have them. */
static pp_status put_stratum(const baseline *b, int64_t row, int32_t stratum) {
    const pp__formula *f = b->fit->formula;
    int64_t example = pp__design_row(b->d, b->example[stratum]);
    pp_buf name;
    pp_buf_init(&name);
    for (int g = 0; g < f->n_strata; g++) {
        for (int i = 0; i < f->strata[g].n; i++) {
            const pp_column *c = pp_table_find(b->fit->data, f->strata[g].name[i]->text);
            char number[32];
            const char *text = number;
            if (c->type == PP_NUMBER) {
                pp_format_number(c->number[example], number);
            } else {
                text = pp_column_get_text(c, example);
            }
            pp_buf_printf(&name, "%s%s", name.length ? ", " : "", text ? text : "");
        }
    }
    pp_status status = pp_buf_check(&name, b->err);
    status = status == PP_OK && f->n_strata > 0
                 ? pp__put_text(b->table, row, "stratum", name.data, b->err)
                 : status;
    pp_buf_clear(&name);
    return status;
}

static double spread(const baseline *b) {
    double sum = 0;
    for (int64_t j = 0; j < b->fit->k; j++) {
        sum += b->away[j] * pp__dot(b->fit->k, b->V + j * b->fit->k, b->away);
    }
    return sum;
}

static pp_status put_row(const baseline *b, int32_t e, double hazard, double error) {
    const pp__risk_sets *s = &b->cox.sets;
    double width = pp__fit_quantile(b->fit, b->fit->options.level) * error;
    pp_table *table = b->table;
    PP_TRY(put_stratum(b, e, s->stratum[e]));
    PP_TRY(pp__put_number(table, e, "time", PP_SHOW_DEFAULT, s->time[e], b->err));
    PP_TRY(pp__put_number(table, e, "at_risk", PP_SHOW_COUNT, b->at_risk[e], b->err));
    PP_TRY(pp__put_number(table, e, "events", PP_SHOW_COUNT, s->death_weight[e], b->err));
    PP_TRY(pp__put_number(table, e, "hazard", PP_SHOW_DEFAULT, hazard, b->err));
    PP_TRY(pp__put_number(table, e, "std_error", PP_SHOW_DEFAULT, error, b->err));
    PP_TRY(pp__put_number(table, e, "survival", PP_SHOW_DEFAULT, exp(-hazard), b->err));
    PP_TRY(pp__put_number(table, e, "conf_low", PP_SHOW_DEFAULT, exp(-hazard - width),
                          b->err));
    return pp__put_number(table, e, "conf_high", PP_SHOW_DEFAULT,
                          fmin(exp(-hazard + width), 1), b->err);
}

static pp_status fill(baseline *b) {
    const pp__cox *c = &b->cox;
    const pp__risk_sets *s = &c->sets;
    const pp__cox_terms *t = &c->terms;
    double hazard = 0, own = 0, risk = 1;
    PP_TRY(pp_table_resize(b->table, s->slots, b->err));
    for (int32_t e = 0; e < s->slots; e++) {
        int32_t g = s->stratum[e];
        if (e == 0 || g != s->stratum[e - 1]) {
            double eta = b->offset - (b->d->with.offset ? s->offset_center[g] : 0);
            hazard = own = 0;
            memset(b->away, 0, (size_t)b->fit->k * sizeof *b->away);
            for (int j = 0; j < b->fit->k; j++) {
                eta += b->fit->estimates[j] *
                       (b->at[j] - s->center[g + (int64_t)j * s->strata]);
            }
            risk = exp(eta);
        }
        hazard += risk * t->hazard[e];
        own += risk * risk * t->square[e];
        for (int64_t j = 0; j < b->fit->k; j++) {
            double z = (b->at[j] - s->center[g + j * s->strata]) / b->d->scale[j];
            int64_t at = e + (j + 1) * s->slots;
            b->away[j] += risk * (t->square[e] * c->sums.others[at] +
                                  t->cross[e] * c->sums.dying[at] - z * t->hazard[e]);
        }
        PP_TRY(put_row(b, e, hazard, sqrt(own + spread(b))));
    }
    return PP_OK;
}

pp_status pp_fit_baseline(const pp_fit *fit, const char *at, const pp_context *ctx,
                          pp_result *result, pp_error *err) {
    pp_arena arena;
    baseline b = {.fit = fit, .d = fit->design, .err = err};
    b.at_means = at && strcmp(at, "means") == 0;
    if (at && !b.at_means && strcmp(at, "zero") != 0) {
        pp_error_set(err, PP_E_ARGUMENT, "there is no baseline at '%s'", at);
        pp_error_locate(err, NULL, 0, "baseline", at);
        pp_error_hint(err, "there are: zero, means");
        return PP_E_ARGUMENT;
    }
    PP_TRY(pp_result_add(result, "baseline",
                         b.at_means ? "Baseline at means" : "Baseline at zero", &b.table,
                         err));
    pp_arena_init(&arena);
    pp_status status = prepare(&b, &arena, ctx);
    status = status == PP_OK ? fill(&b) : status;
    pp_arena_clear(&arena);
    return status;
}
