/* The tables of an event study by several estimators. */
#include "base/check.h"
#include "effects/event/event_study.h"
#include "model/linalg.h"
#include "model/tables.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

static const double *influence_of(const pp__event_study *e, const pp__event *v, int i) {
    return v->a.influence + i * e->s->n;
}

/* The analytic error of the sum of `by` times each influence. */
static pp_status error_of(const pp__event_study *e, const double *influence,
                          double *std_error) {
    pp_arena_mark mark = pp_arena_get_mark(e->arena);
    *std_error = NAN;
    if (pp__staggered_is_lone(e->s)) {
        return PP_OK;
    }
    pp_status status =
        pp__influence_errors(e->s, influence, 1, e->arena, std_error, e->err);
    pp_arena_release(e->arena, mark);
    return status;
}

static const char *role_of(int is_diagnosis) {
    return is_diagnosis ? "diagnosis" : "estimate";
}

static double p_of(double statistic) {
    return 2 * pnorm(-fabs(statistic), 0, 1, 1, 0);
}

static pp_status put_interval(const pp__event_study *e, pp_table *table, int64_t row,
                              const char *name, double value, double std_error) {
    double z = qnorm(0.5 + e->level / 2, 0, 1, 1, 0);
    const pp__named cells[] = {
        {name, PP_SHOW_DEFAULT, value},
        {"std_error", PP_SHOW_DEFAULT, std_error},
        {"conf_low", PP_SHOW_DEFAULT, value - z * std_error},
        {"conf_high", PP_SHOW_DEFAULT, value + z * std_error},
        {"p_value", PP_SHOW_P_VALUE, p_of(value / std_error)},
    };
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, e->err);
}

/* ---- effects ---- */

static pp_status put_horizon(const pp__event_study *e, const pp__event *v, int i,
                             pp_table *table) {
    const pp__mean_effect *m = &v->a.mean[i];
    double std_error;
    int64_t row;
    PP_TRY(error_of(e, influence_of(e, v, i), &std_error));
    PP_TRY(pp_table_append(table, &row, e->err));
    PP_TRY(pp__put_text(table, row, "estimator", v->name, e->err));
    PP_TRY(pp__put_number(table, row, "horizon", PP_SHOW_YEAR, m->at, e->err));
    PP_TRY(put_interval(e, table, row, "estimate", m->effect, std_error));
    const pp__named cells[] = {
        {"cohorts", PP_SHOW_COUNT, m->cohorts},
        {"nobs_treated", PP_SHOW_COUNT, (double)m->treated},
        {"reference", PP_SHOW_COUNT, isnan(std_error) && m->effect == 0},
    };
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, e->err));
    return pp__put_text(table, row, "role", role_of(v->is_diagnosis), e->err);
}

static pp_status put_effects(const pp__event_study *e) {
    pp_table *table;
    PP_TRY(pp_result_add(e->result, "event_study", "Effects by time since treatment",
                         &table, e->err));
    for (int i = 0; i < e->n; i++) {
        for (int j = 0; e->event[i].is_there && j < e->event[i].a.n; j++) {
            PP_TRY(put_horizon(e, &e->event[i], j, table));
        }
    }
    return pp_result_set_note(
        e->result, "event_study",
        "Before treatment bjs is compared with earlier periods, all others with the last "
        "one before it. twfe is a diagnosis: its coefficients mix horizons where effects "
        "differ between cohorts.",
        e->err);
}

/* ---- pairs ---- */

/* One of them less the other; `sum` gathers the influence over horizons from 0 on. */
typedef struct pair {
    const pp__event *a, *b;
    pp_table *table;
    double *difference, *sum; /* n */
    int horizons;
    double largest, at, statistic, mean;
} pair;

static int find_horizon(const pp__event *v, double at) {
    for (int i = 0; i < v->a.n; i++) {
        if (v->a.mean[i].at == at && !isnan(v->a.mean[i].effect)) {
            return i;
        }
    }
    return -1;
}

static void note_difference(pair *p, double at, double difference, double std_error,
                            int64_t n) {
    double statistic = difference / std_error;
    p->horizons++;
    p->mean += difference;
    for (int64_t u = 0; u < n; u++) {
        p->sum[u] += p->difference[u];
    }
    double size = isnan(statistic) ? fabs(difference) : fabs(statistic);
    if (p->horizons == 1 || size > (isnan(statistic) ? p->largest : fabs(p->statistic))) {
        p->largest = fabs(difference);
        p->at = at;
        p->statistic = statistic;
    }
}

static pp_status compare_at(const pp__event_study *e, pair *p, int i, int j) {
    double at = p->a->a.mean[i].at, std_error,
           difference = p->a->a.mean[i].effect - p->b->a.mean[j].effect;
    const double *one = influence_of(e, p->a, i), *other = influence_of(e, p->b, j);
    double scale = fabs(p->a->a.mean[i].effect) + fabs(p->b->a.mean[j].effect);
    int64_t row;
    difference = fabs(difference) > 1e-12 * scale ? difference : 0; /* rounding */
    for (int64_t u = 0; u < e->s->n; u++) {
        p->difference[u] = one[u] - other[u];
    }
    PP_TRY(error_of(e, p->difference, &std_error));
    PP_TRY(pp_table_append(p->table, &row, e->err));
    PP_TRY(pp__put_number(p->table, row, "horizon", PP_SHOW_YEAR, at, e->err));
    PP_TRY(pp__put_text(p->table, row, "estimator", p->a->name, e->err));
    PP_TRY(pp__put_text(p->table, row, "other", p->b->name, e->err));
    PP_TRY(put_interval(e, p->table, row, "difference", difference, std_error));
    if (at >= 0) {
        note_difference(p, at, difference, std_error, e->s->n);
    }
    return PP_OK;
}

static pp_status put_agreement(const pp__event_study *e, const pair *p, pp_table *table) {
    double n = p->horizons, error;
    int64_t row;
    PP_TRY(error_of(e, p->sum, &error));
    PP_TRY(pp_table_append(table, &row, e->err));
    PP_TRY(pp__put_text(table, row, "estimator", p->a->name, e->err));
    PP_TRY(pp__put_text(table, row, "other", p->b->name, e->err));
    const pp__named cells[] = {
        {"horizons", PP_SHOW_COUNT, n},
        {"largest", PP_SHOW_DEFAULT, p->largest},
        {"at", PP_SHOW_YEAR, p->at},
        {"statistic", PP_SHOW_DEFAULT, p->statistic},
        {"p_value", PP_SHOW_P_VALUE,
         isnan(p->statistic) ? NAN : fmin(1, n * p_of(p->statistic))},
        {"mean_difference", PP_SHOW_DEFAULT, n > 0 ? p->mean / n : NAN},
        {"std_error", PP_SHOW_DEFAULT, error / n},
    };
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, e->err));
    return pp__put_text(table, row, "role",
                        role_of(p->a->is_diagnosis || p->b->is_diagnosis), e->err);
}

static pp_status compare_pair(const pp__event_study *e, pair *p, pp_table *agreement) {
    int both = p->a->is_from_base && p->b->is_from_base;
    memset(p->sum, 0, (size_t)e->s->n * sizeof *p->sum);
    p->horizons = 0;
    p->mean = 0;
    p->largest = p->at = p->statistic = NAN;
    for (int i = 0; i < p->a->a.n; i++) {
        double at = p->a->a.mean[i].at;
        int j = find_horizon(p->b, at);
        int is_base =
            p->a->a.mean[i].effect == 0 && j >= 0 && p->b->a.mean[j].effect == 0;
        if (j >= 0 && !is_base && !isnan(p->a->a.mean[i].effect) && (at >= 0 || both)) {
            PP_TRY(compare_at(e, p, i, j));
        }
    }
    return put_agreement(e, p, agreement);
}

static pp_status put_pairs(const pp__event_study *e) {
    pair p = {0};
    pp_table *agreement;
    p.difference = pp_arena_alloc(e->arena, 2 * e->s->n, sizeof *p.difference);
    PP_NEED(p.difference, e->err);
    p.sum = p.difference + e->s->n;
    PP_TRY(pp_result_add(e->result, "event_study_differences",
                         "How far the estimators differ", &p.table, e->err));
    PP_TRY(pp_result_add(e->result, "event_study_agreement", "Do the estimators agree?",
                         &agreement, e->err));
    for (int i = 0; i < e->n; i++) {
        for (int j = i + 1; j < e->n; j++) {
            p.a = &e->event[i];
            p.b = &e->event[j];
            if (p.a->is_there && p.b->is_there) {
                PP_TRY(compare_pair(e, &p, agreement));
            }
        }
    }
    PP_TRY(pp_result_set_note(e->result, "event_study_differences",
                              "Errors are of the difference: what two estimators have in "
                              "common cancels.",
                              e->err));
    return pp_result_set_note(
        e->result, "event_study_agreement",
        "Horizons from 0 on. p values are of the difference that is largest relative to "
        "its error, times the number of horizons. A difference says that trends before "
        "treatment were not parallel, or that the estimators average over different "
        "cohorts; no difference does not say that they were.",
        e->err);
}

/* ---- before treatment ---- */

static int is_before(const pp__mean_effect *m) {
    return m->at < 0 && m->effect != 0 && !isnan(m->effect);
}

static pp_status test_before(const pp__event_study *e, const pp__event *v,
                             double *statistic, int *n) {
    int64_t units = e->s->n;
    double *influence = pp_arena_alloc(e->arena, v->a.n * units + 1, sizeof *influence),
           *V = pp_arena_alloc(e->arena, v->a.n * v->a.n + v->a.n + 1, sizeof *V);
    PP_NEED(influence && V ? V : NULL, e->err);
    double *z = V + v->a.n * v->a.n;
    *n = 0;
    *statistic = NAN;
    for (int i = 0; i < v->a.n; i++) {
        if (is_before(&v->a.mean[i])) {
            memcpy(influence + *n * units, influence_of(e, v, i),
                   (size_t)units * sizeof *influence);
            z[(*n)++] = v->a.mean[i].effect;
        }
    }
    PP_TRY(pp__influence_covariance(e->s, influence, *n, e->arena, V, e->err));
    if (*n > 0 && *n < e->s->clusters && !pp__staggered_is_lone(e->s) &&
        pp__cholesky(*n, V, 1e-12) == *n) {
        pp__forward(*n, V, z);
        *statistic = pp__dot(*n, z, z) / *n;
    }
    return PP_OK;
}

static pp_status put_pretests(const pp__event_study *e) {
    pp_table *table;
    PP_TRY(pp_result_add(e->result, "event_study_pretest",
                         "Are all effects before treatment zero?", &table, e->err));
    for (int i = 0; i < e->n; i++) {
        const pp__event *v = &e->event[i];
        double statistic = NAN, df2 = (double)e->s->clusters - 1;
        int64_t row;
        int n = 0;
        if (!v->is_there) {
            continue;
        }
        pp_arena_mark mark = pp_arena_get_mark(e->arena);
        PP_TRY(test_before(e, v, &statistic, &n));
        pp_arena_release(e->arena, mark);
        PP_TRY(pp_table_append(table, &row, e->err));
        PP_TRY(pp__put_text(table, row, "estimator", v->name, e->err));
        const pp__named cells[] = {
            {"statistic", PP_SHOW_DEFAULT, statistic},
            {"df", PP_SHOW_COUNT, n},
            {"df2", PP_SHOW_COUNT, df2},
            {"p_value", PP_SHOW_P_VALUE,
             isnan(statistic) ? NAN : pf(statistic, n, df2, 0, 0)},
        };
        PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, e->err));
    }
    return pp_result_set_note(e->result, "event_study_pretest",
                              "F tests. A large p value is no evidence of parallel "
                              "trends: see how large a difference the intervals before "
                              "treatment leave open.",
                              e->err);
}

/* ---- estimators ---- */

static pp_status put_estimator(const pp__event_study *e, const pp__event *v,
                               pp_table *table) {
    int zero = v->is_there ? find_horizon(v, 0) : -1;
    const pp__mean_effect *m = zero >= 0 ? &v->a.mean[zero] : NULL;
    double mean = NAN, std_error = NAN;
    int64_t row;
    if (v->is_there) {
        mean = v->a.mean[v->a.n].effect;
        PP_TRY(error_of(e, influence_of(e, v, v->a.n), &std_error));
    }
    PP_TRY(pp_table_append(table, &row, e->err));
    PP_TRY(pp__put_text(table, row, "estimator", v->name, e->err));
    PP_TRY(pp__put_text(table, row, "title", v->title, e->err));
    PP_TRY(pp__put_text(table, row, "role", role_of(v->is_diagnosis), e->err));
    PP_TRY(pp__put_text(table, row, "estimated", v->is_there ? "yes" : "no", e->err));
    const pp__named cells[] = {
        {"cohorts", PP_SHOW_COUNT, m ? (double)m->cohorts : (double)NAN},
        {"nobs_treated", PP_SHOW_COUNT, m ? (double)m->treated : (double)NAN},
        {"mean_effect", PP_SHOW_DEFAULT, mean},
        {"std_error", PP_SHOW_DEFAULT, std_error},
    };
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, e->err));
    PP_TRY(pp__put_text(table, row, "compared_with", v->compared_with, e->err));
    return pp__put_text(table, row, "remark", v->remark, e->err);
}

static pp_status put_estimators(const pp__event_study *e) {
    pp_table *table;
    PP_TRY(pp_result_add(e->result, "estimators", "The estimators and what they rest on",
                         &table, e->err));
    for (int i = 0; i < e->n; i++) {
        PP_TRY(put_estimator(e, &e->event[i], table));
    }
    return pp_result_set_note(e->result, "estimators",
                              "All have the same units. Cohorts and treated units are of "
                              "the period in which treatment begins; the mean effect is "
                              "over the horizons shown from 0 on, which differ where an "
                              "estimator has fewer.",
                              e->err);
}

pp_status pp__event_study_put(const pp__event_study *e) {
    PP_TRY(put_effects(e));
    PP_TRY(put_estimators(e));
    PP_TRY(put_pairs(e));
    return put_pretests(e);
}
