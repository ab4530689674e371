/* Synthetic controls: the whole, with placebos. */
#include "base/check.h"
#include "base/parallel.h"
#include "effects/synth/synth_read.h"
#include "model/tables.h"

#include <pushpull/random.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TASK = 0x73796e74, DRAWS = 200 };

static const char *const METHODS[] = {"sdid", "sc", "did"};

typedef struct work {
    const pp_synth_options *options;
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    pp__synth_data d;
    pp__synth_method method;
    int placebos; /* groups of donors that take the treated units' part */
    int *group;   /* placebos × treated: donors */
    pp__synthetic real[PP__SYNTH_METHODS];
    pp__synthetic *placebo; /* methods × placebos */
    pp_result *result;
} work;

/* ---- designs ---- */

/* The rows `own` in the treated units' part, the other donors without `except` as donors. */
static pp_status arrange(const work *w, const int *own, int n, int except,
                         pp_arena *arena, pp__paths *out, pp_error *err) {
    int periods = w->d.periods;
    double *y = pp_arena_zalloc(arena, (int64_t)(w->d.donors + 1) * periods, sizeof *y);
    PP_NEED(y, err);
    *out = (pp__paths){.periods = periods, .before = w->d.before, .treated = n, .y = y};
    for (int i = 0; i < w->d.donors; i++) {
        int is_own = i == except;
        for (int k = 0; k < n; k++) {
            is_own |= own[k] == i;
        }
        if (!is_own) {
            memcpy(y + out->donors++ * periods, w->d.y + i * periods,
                   (size_t)periods * sizeof *y);
        }
    }
    for (int k = 0; k < n; k++) {
        for (int t = 0; t < periods; t++) {
            y[out->donors * periods + t] += w->d.y[own[k] * periods + t] / n;
        }
    }
    return PP_OK;
}

static pp_status estimate(const work *w, const int *own, int n, int except,
                          pp__synth_method method, pp_arena *arena, pp__synthetic *out,
                          pp_error *err) {
    pp__paths paths;
    PP_TRY(arrange(w, own, n, except, arena, &paths, err));
    return pp__synthetic_estimate(&paths, method, arena, out, err);
}

/* ---- placebos ---- */

/* One treated unit: each donor in turn. Several: random groups of donors. */
static pp_status list_placebos(work *w) {
    int n = w->d.treated, donors = w->d.donors;
    w->placebos = n == 1           ? donors
                  : donors < n + 2 ? 0
                                   : (int)(w->options->draws ? w->options->draws : DRAWS);
    w->group =
        pp_arena_alloc(&w->arena, (int64_t)w->placebos * n + donors, sizeof *w->group);
    PP_NEED(w->group, w->err);
    int *order = w->group + w->placebos * n;
    for (int p = 0; p < w->placebos; p++) {
        pp_rng rng;
        pp_rng_init(&rng, w->options->seed, TASK, (uint64_t)p);
        for (int i = 0; i < donors; i++) {
            order[i] = i;
        }
        for (int k = 0; k < n; k++) {
            int at = n == 1 ? p : k + (int)pp_rng_below(&rng, donors - k);
            int chosen = order[at];
            order[at] = order[k];
            w->group[p * n + k] = order[k] = chosen;
        }
    }
    return PP_OK;
}

typedef struct job {
    work *w;
    pp_arena *arena; /* of each placebo, kept */
    pp_status *status;
    pp_error *err;
} job;

static void run_placebo(void *payload, int64_t p) {
    job *j = payload;
    work *w = j->w;
    for (int m = 0; m < PP__SYNTH_METHODS && j->status[p] == PP_OK; m++) {
        j->status[p] = estimate(w, w->group + p * w->d.treated, w->d.treated, -1,
                                (pp__synth_method)m, &j->arena[p],
                                &w->placebo[m * w->placebos + p], &j->err[p]);
    }
}

/* What a placebo keeps moves into the work's own arena. */
static pp_status keep_gap(work *w, pp__synthetic *s) {
    double *gap = pp_arena_alloc(&w->arena, w->d.periods, sizeof *gap);
    PP_NEED(gap, w->err);
    memcpy(gap, s->gap, (size_t)w->d.periods * sizeof *gap);
    s->gap = gap;
    return PP_OK;
}

static pp_status run_placebos(work *w) {
    job j = {.w = w};
    pp_status status = PP_OK;
    PP_TRY(list_placebos(w));
    w->placebo = pp_arena_zalloc(&w->arena, PP__SYNTH_METHODS * (int64_t)w->placebos,
                                 sizeof *w->placebo);
    j.arena = pp_arena_zalloc(&w->arena, w->placebos, sizeof *j.arena);
    j.status = pp_arena_zalloc(&w->arena, w->placebos, sizeof *j.status);
    j.err = pp_arena_zalloc(&w->arena, w->placebos, sizeof *j.err);
    PP_NEED(w->placebo && j.arena && j.status ? j.err : NULL, w->err);
    PP_TRY(pp_progress(w->ctx, "placebos", -1, w->err));
    for (int p = 0; p < w->placebos; p++) {
        pp_arena_init(&j.arena[p]);
    }
    pp__parallel(w->ctx, w->placebos, run_placebo, &j);
    for (int p = 0; p < w->placebos; p++) {
        if (status == PP_OK && j.status[p] != PP_OK) {
            status = j.status[p];
            *w->err = j.err[p];
        }
        for (int m = 0; status == PP_OK && m < PP__SYNTH_METHODS; m++) {
            status = keep_gap(w, &w->placebo[m * w->placebos + p]);
        }
        pp_arena_clear(&j.arena[p]);
    }
    return status;
}

static double ratio(const pp__synthetic *s) {
    return s->rmspe_after / s->rmspe_before;
}

/* The deviation of placebos' estimates, and the shares of them, with the treated, that are as large: in
   size, and in the ratio of gaps after to gaps before, which a poor fit before does not inflate. */
static void judge(const work *w, int method, double *std_error, double *p_value,
                  double *p_ratio) {
    const pp__synthetic *placebo = w->placebo + method * w->placebos;
    double mean = 0, squares = 0, n = w->placebos;
    int as_large = 1, as_marked = 1;
    for (int p = 0; p < w->placebos; p++) {
        mean += placebo[p].estimate / n;
        as_large += fabs(placebo[p].estimate) >= fabs(w->real[method].estimate);
        as_marked += ratio(&placebo[p]) >= ratio(&w->real[method]);
    }
    for (int p = 0; p < w->placebos; p++) {
        squares += (placebo[p].estimate - mean) * (placebo[p].estimate - mean);
    }
    *std_error = n > 1 ? sqrt(squares / (n - 1)) : NAN;
    *p_value = n > 0 ? as_large / (n + 1) : NAN;
    *p_ratio = n > 0 ? as_marked / (n + 1) : NAN;
}

/* ---- tables ---- */

static pp_status put_estimates(work *w) {
    double level = w->options->level > 0 ? w->options->level : 0.95;
    double z = qnorm(0.5 + level / 2, 0, 1, 1, 0);
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "synth", "Effect on the treated", &table, w->err));
    for (int m = 0; m < PP__SYNTH_METHODS; m++) {
        const pp__synthetic *s = &w->real[m];
        double error, p_value, p_ratio;
        int64_t row;
        judge(w, m, &error, &p_value, &p_ratio);
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "method", METHODS[m], w->err));
        const pp__named cells[] = {
            {"estimate", PP_SHOW_DEFAULT, s->estimate},
            {"std_error", PP_SHOW_DEFAULT, error},
            {"conf_low", PP_SHOW_DEFAULT, s->estimate - z * error},
            {"conf_high", PP_SHOW_DEFAULT, s->estimate + z * error},
            {"p_value", PP_SHOW_P_VALUE, p_value},
            {"p_ratio", PP_SHOW_P_VALUE, p_ratio},
            {"rmspe", PP_SHOW_DEFAULT, s->rmspe_before},
            {"chosen", PP_SHOW_FLAG, m == (int)w->method}};
        PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
    }
    const char *note =
        pp_arena_printf(&w->arena,
                        "%d treated, %d donors, %d periods before treatment and %d "
                        "after. p values are ranks among "
                        "%d placebos: none can be below %.2g. Everything else that "
                        "happened to the treated at the "
                        "same time is in the estimate.",
                        w->d.treated, w->d.donors, w->d.before,
                        w->d.periods - w->d.before, w->placebos, 1.0 / (w->placebos + 1));
    PP_NEED(note, w->err);
    return pp_result_set_note(w->result, "synth", note, w->err);
}

static double treated_mean(const work *w, int t) {
    double sum = 0;
    for (int k = 0; k < w->d.treated; k++) {
        sum += w->d.y[(w->d.donors + k) * w->d.periods + t] / w->d.treated;
    }
    return sum;
}

static pp_status put_gaps(work *w) {
    const pp__synthetic *s = &w->real[w->method];
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "gaps", "The treated and their synthetic control",
                         &table, w->err));
    PP_TRY(pp_table_resize(table, w->d.periods, w->err));
    for (int t = 0; t < w->d.periods; t++) {
        double own = treated_mean(w, t);
        PP_TRY(pp__put_number(table, t, "time", PP_SHOW_YEAR, w->d.time[t], w->err));
        PP_TRY(pp__put_number(table, t, "treated", PP_SHOW_DEFAULT, own, w->err));
        PP_TRY(pp__put_number(table, t, "synthetic", PP_SHOW_DEFAULT, own - s->gap[t],
                              w->err));
        PP_TRY(pp__put_number(table, t, "gap", PP_SHOW_DEFAULT, s->gap[t], w->err));
        PP_TRY(pp__put_number(table, t, "after", PP_SHOW_FLAG, t >= w->d.before, w->err));
    }
    return PP_OK;
}

typedef struct named {
    const char *name;
    double weight;
    int index;
} named;

static int by_weight(const void *a, const void *b) {
    const named *x = a, *y = b;
    return x->weight != y->weight ? (x->weight < y->weight) - (x->weight > y->weight)
                                  : x->index - y->index;
}

static pp_status put_kind(work *w, pp_table *table, const char *kind, named *list,
                          int n) {
    qsort(list, (size_t)n, sizeof *list, by_weight);
    for (int i = 0; i < n; i++) {
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "kind", kind, w->err));
        PP_TRY(pp__put_text(table, row, "name", list[i].name, w->err));
        PP_TRY(pp__put_number(table, row, "weight", PP_SHOW_DEFAULT, list[i].weight,
                              w->err));
    }
    return PP_OK;
}

static pp_status put_weights(work *w) {
    const pp__synthetic *s = &w->real[w->method];
    named *list = pp_arena_alloc(&w->arena, w->d.donors + w->d.before, sizeof *list);
    pp_table *table;
    PP_NEED(list, w->err);
    PP_TRY(pp_result_add(w->result, "weights", "What the synthetic control is made of",
                         &table, w->err));
    for (int i = 0; i < w->d.donors; i++) {
        list[i] = (named){w->d.name[i], s->donor[i], i};
    }
    PP_TRY(put_kind(w, table, "donor", list, w->d.donors));
    for (int t = 0; t < w->d.before; t++) {
        const char *name = pp_arena_printf(&w->arena, "%.15g", w->d.time[t]);
        PP_NEED(name, w->err);
        list[t] = (named){name, s->period[t], t};
    }
    return put_kind(w, table, "period", list, w->d.before);
}

/* A placebo of one donor bears its name. */
static const char *name_placebo(work *w, int p) {
    return w->d.treated == 1 ? w->d.name[w->group[p]]
                             : pp_arena_printf(&w->arena, "group %d", p + 1);
}

static pp_status put_placebo(work *w, pp_table *table, const char *name,
                             const pp__synthetic *s, int treated) {
    int64_t row;
    PP_NEED(name, w->err);
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "unit", name, w->err));
    PP_TRY(pp__put_number(table, row, "estimate", PP_SHOW_DEFAULT, s->estimate, w->err));
    PP_TRY(pp__put_number(table, row, "rmspe", PP_SHOW_DEFAULT, s->rmspe_before, w->err));
    PP_TRY(pp__put_number(table, row, "ratio", PP_SHOW_DEFAULT, ratio(s), w->err));
    return pp__put_number(table, row, "treated", PP_SHOW_FLAG, treated, w->err);
}

static pp_status put_path(work *w, pp_table *table, const char *name,
                          const pp__synthetic *s, int treated) {
    PP_NEED(name, w->err);
    for (int t = 0; t < w->d.periods; t++) {
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "unit", name, w->err));
        PP_TRY(pp__put_number(table, row, "time", PP_SHOW_YEAR, w->d.time[t], w->err));
        PP_TRY(pp__put_number(table, row, "gap", PP_SHOW_DEFAULT, s->gap[t], w->err));
        PP_TRY(pp__put_number(table, row, "treated", PP_SHOW_FLAG, treated, w->err));
    }
    return PP_OK;
}

static pp_status put_placebos(work *w) {
    const pp__synthetic *real = &w->real[w->method];
    const pp__synthetic *placebo = w->placebo + (int)w->method * w->placebos;
    const char *own = w->d.treated == 1 ? w->d.name[w->d.donors] : "treated";
    pp_table *table, *paths;
    PP_TRY(pp_result_add(w->result, "placebos", "The treated among placebos", &table,
                         w->err));
    PP_TRY(pp_result_add(w->result, "placebo_gaps", "Gaps of the treated and of placebos",
                         &paths, w->err));
    PP_TRY(put_placebo(w, table, own, real, 1));
    PP_TRY(put_path(w, paths, own, real, 1));
    for (int p = 0; p < w->placebos; p++) {
        const char *name = name_placebo(w, p);
        PP_TRY(put_placebo(w, table, name, &placebo[p], 0));
        PP_TRY(put_path(w, paths, name, &placebo[p], 0));
    }
    return PP_OK;
}

/* Without each donor that bears weight. */
static pp_status put_leave_out(work *w) {
    const double *weight = w->real[w->method].donor;
    int *own = pp_arena_alloc(&w->arena, w->d.treated, sizeof *own);
    pp_table *table;
    PP_NEED(own, w->err);
    PP_TRY(pp_result_add(w->result, "leave_out", "Without each donor", &table, w->err));
    for (int k = 0; k < w->d.treated; k++) {
        own[k] = w->d.donors + k;
    }
    for (int i = 0; i < w->d.donors && w->d.donors > 2; i++) {
        pp__synthetic s;
        int64_t row;
        if (!(weight[i] > 0)) {
            continue;
        }
        PP_TRY(estimate(w, own, w->d.treated, i, w->method, &w->arena, &s, w->err));
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "unit", w->d.name[i], w->err));
        PP_TRY(pp__put_number(table, row, "weight", PP_SHOW_DEFAULT, weight[i], w->err));
        PP_TRY(
            pp__put_number(table, row, "estimate", PP_SHOW_DEFAULT, s.estimate, w->err));
    }
    return PP_OK;
}

static pp_status put_left_out(work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "synth_left_out", "Donors that are left out", &table,
                         w->err));
    for (int i = 0; i < w->d.n_left_out; i++) {
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "unit", w->d.left_out[i], w->err));
        PP_TRY(pp__put_text(table, row, "reason", "not seen in every period", w->err));
    }
    return PP_OK;
}

/* ---- the whole ---- */

static pp_status check_options(work *w) {
    const char *wanted = w->options->method;
    w->method = PP__SDID;
    for (int m = 0; wanted && m < PP__SYNTH_METHODS; m++) {
        if (strcmp(METHODS[m], wanted) == 0) {
            w->method = (pp__synth_method)m;
            wanted = NULL;
        }
    }
    if (wanted) {
        pp_error_set(w->err, PP_E_ARGUMENT, "there is no method '%s'", wanted);
        pp_error_locate(w->err, NULL, 0, "method", wanted);
        pp_error_hint(w->err, "sdid, sc or did");
        return PP_E_ARGUMENT;
    }
    if (w->options->draws < 0 || w->options->draws > 100000 || w->options->level < 0 ||
        w->options->level >= 1) {
        PP_FAIL(w->err, PP_E_ARGUMENT,
                "draws lie between 0 and 100000, the level between 0 and 1");
    }
    return PP_OK;
}

static pp_status run(work *w, const pp_table *data) {
    PP_TRY(check_options(w));
    PP_TRY(pp__synth_read(data, w->options, w->ctx, &w->arena, &w->d, w->err));
    int *own = pp_arena_alloc(&w->arena, w->d.treated, sizeof *own);
    PP_NEED(own, w->err);
    for (int k = 0; k < w->d.treated; k++) {
        own[k] = w->d.donors + k;
    }
    for (int m = 0; m < PP__SYNTH_METHODS; m++) {
        PP_TRY(estimate(w, own, w->d.treated, -1, (pp__synth_method)m, &w->arena,
                        &w->real[m], w->err));
    }
    PP_TRY(run_placebos(w));
    PP_TRY(pp_result_new("synth", &w->result, w->err));
    PP_TRY(put_estimates(w));
    PP_TRY(put_gaps(w));
    PP_TRY(put_weights(w));
    PP_TRY(put_placebos(w));
    PP_TRY(put_leave_out(w));
    PP_TRY(put_left_out(w));
    return pp_result_note_number(w->result, "seed", (double)w->options->seed, w->err);
}

pp_status pp_synth(const pp_table *data, const pp_synth_options *options,
                   const pp_context *ctx, pp_result **out, pp_error *err) {
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->options = options;
    w->ctx = ctx;
    w->err = err;
    pp_arena_init(&w->arena);
    pp_status status = run(w, data);
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
