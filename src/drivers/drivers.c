/* How much of what a model explains each factor accounts for. */
#include <pushpull/drivers.h>

#include "base/check.h"
#include "drivers/carries.h"
#include "drivers/decompose.h"
#include "drivers/redraw.h"
#include "drivers/shares_effects.h"
#include "model/inference/groups.h"
#include "model/inference/resampled.h"
#include "model/tables.h"

#include <pushpull/random.h>
#include <pushpull/text.h>

#include <math.h>
#include <string.h>

enum { BOOT_TASK = 0x64726976, ORDERS = 2000 };

/* Fewer give no interval; clusters below FEW_CLUSTERS a rough one. */
enum { LEAST_DRAWS = 10, LEAST_CLUSTERS = 5, FEW_CLUSTERS = 20 };

typedef struct work {
    const pp_drivers_options *options;
    const pp_context *ctx;
    pp_fit *fit;
    pp__measure measure;
    pp__factors factors;
    pp__shares shares;
    int64_t orders, failed;
    double *drawn; /* draws × (factors + groups) */
    int64_t n_drawn;
    const char *cluster; /* that are drawn; NULL: rows */
    int32_t clusters;
    pp_arena arena;
    pp_result *result;
    pp_error *err;
} work;

static const char *const MEASURES[] = {"mcfadden", "nagelkerke", "tjur", "brier", "r2"};

static pp_status find_measure(work *w) {
    const char *wanted = w->options->measure;
    int n = sizeof MEASURES / sizeof *MEASURES, i = 0;
    w->measure = pp__measure_fits(w->fit, PP__R2) ? PP__R2 : PP__MCFADDEN;
    while (wanted && i < n && strcmp(MEASURES[i], wanted) != 0) {
        i++;
    }
    if (wanted && i < n) {
        w->measure = (pp__measure)i;
    }
    if (i < n && pp__measure_fits(w->fit, w->measure)) {
        return PP_OK;
    }
    if (i < n) {
        pp_error_set(w->err, PP_E_ARGUMENT, "model '%s' has no measure '%s'",
                     w->fit->options.model, MEASURES[w->measure]);
    } else {
        pp_error_set(w->err, PP_E_ARGUMENT, "there is no measure '%s'", wanted);
    }
    pp_error_locate(w->err, NULL, 0, "measure", wanted);
    pp_error_hint(w->err, "there are: mcfadden, nagelkerke; of 0/1 outcomes tjur, brier; "
                          "of linear models r2");
    return PP_E_ARGUMENT;
}

static pp_status check_options(const pp_drivers_options *o, pp_error *err) {
    const struct {
        const char *name;
        int64_t value, low, high;
    } ranges[] = {{"draws", o->draws, LEAST_DRAWS, 1000000},
                  {"orders", o->orders, 2, 100000000}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (ranges[i].value != 0 &&
            (ranges[i].value < ranges[i].low || ranges[i].value > ranges[i].high)) {
            pp_error_set(err, PP_E_ARGUMENT, "option %s is out of range", ranges[i].name);
            pp_error_locate(err, NULL, 0, ranges[i].name, NULL);
            pp_error_hint(err, "a number from %lld to %lld", (long long)ranges[i].low,
                          (long long)ranges[i].high);
            return PP_E_ARGUMENT;
        }
    }
    return PP_OK;
}

/* ---- the bootstrap ---- */

static void draw_counts(const work *w, const pp__clusters *clusters, int64_t draw,
                        int32_t *times, int32_t *rows) {
    pp_rng rng;
    pp_rng_init(&rng, w->options->seed, BOOT_TASK, (uint64_t)draw);
    memset(times, 0, (size_t)clusters->n * sizeof *times);
    for (int32_t g = 0; g < clusters->n; g++) {
        times[pp_rng_below(&rng, clusters->n)]++;
    }
    for (int64_t i = 0; i < w->fit->design->n; i++) {
        rows[i] = times[clusters->of_row[i]];
    }
}

static void keep_draw(work *w, const pp__shares *shares) {
    int n = w->factors.n, groups = w->factors.n_groups;
    double *out = w->drawn + w->n_drawn++ * (n + groups);
    memcpy(out, shares->share, (size_t)n * sizeof *out);
    memcpy(out + n, shares->group, (size_t)groups * sizeof *out);
}

/* A draw in which some model has no estimates is counted and left out. */
static pp_status draw_once(work *w, const int32_t *rows, double from, double to) {
    pp_fit *refit = NULL;
    pp__shares shares;
    pp_status status = pp__redraw(w->fit, rows, w->ctx, &refit, w->err);
    if (status == PP_OK) {
        status = pp__decompose(refit, &w->factors, w->measure, w->orders,
                               w->options->seed, w->ctx, from, to, &shares, w->err);
    }
    pp_fit_free(refit);
    if (status == PP_E_ESTIMATION) {
        w->failed++;
        return PP_OK;
    }
    if (status == PP_OK) {
        keep_draw(w, &shares);
    }
    return status;
}

static pp_status check_clusters(work *w) {
    if (w->clusters >= LEAST_CLUSTERS) {
        return PP_OK;
    }
    pp_error_set(w->err, PP_E_ESTIMATION,
                 "%d %s are too few to draw from: their bootstrap has no interval that "
                 "means anything",
                 (int)w->clusters, w->cluster ? "clusters" : "rows");
    pp_error_locate(w->err, NULL, 0, w->cluster ? w->cluster : "draws", NULL);
    pp_error_hint(w->err, "at least %d; or no draws, and shares without intervals",
                  LEAST_CLUSTERS);
    return PP_E_ESTIMATION;
}

static pp_status check_drawn(work *w) {
    int64_t draws = w->options->draws;
    if (w->n_drawn >= LEAST_DRAWS) {
        return PP_OK;
    }
    pp_error_set(w->err, PP_E_ESTIMATION,
                 "only %lld of %lld draws gave shares, too few for an interval",
                 (long long)w->n_drawn, (long long)draws);
    pp_error_locate(w->err, NULL, 0, "draws", NULL);
    pp_error_hint(w->err, "ask for more draws; at least %d must give shares",
                  LEAST_DRAWS);
    return PP_E_ESTIMATION;
}

static pp_status bootstrap(work *w, double from) {
    const char *cluster = w->options->cluster;
    int64_t draws = w->options->draws, width = w->factors.n + w->factors.n_groups;
    pp__clusters clusters;
    if (!cluster && w->fit->formula->kind == PP__INTERVAL) {
        cluster = w->fit->options.unit;
    }
    PP_TRY(pp__clusters_find(w->fit, cluster, w->ctx, &w->arena, &clusters, w->err));
    w->cluster = cluster;
    w->clusters = clusters.n;
    PP_TRY(check_clusters(w));
    w->drawn = pp_arena_alloc(&w->arena, draws * width, sizeof *w->drawn);
    int32_t *counts =
        pp_arena_alloc(&w->arena, clusters.n + w->fit->design->n, sizeof *counts);
    PP_NEED(w->drawn && counts ? counts : NULL, w->err);
    for (int64_t draw = 0; draw < draws; draw++) {
        double step = (1 - from) / (double)draws, at = from + step * (double)draw;
        draw_counts(w, &clusters, draw, counts, counts + clusters.n);
        PP_TRY(draw_once(w, counts + clusters.n, at, at + step));
    }
    return check_drawn(w);
}

/* ---- tables ---- */

/* What the factors of one draw account for together. */
static double explained_in(const work *w, const double *draw) {
    double sum = 0;
    for (int j = 0; j < w->factors.n; j++) {
        sum += draw[j];
    }
    return sum;
}

typedef struct interval {
    double low, high, sd;
} interval;

/* Column `at` of the draws, as it is or as a part of all that its draw explains. */
static pp_status find_interval(work *w, int at, double estimate, int relative,
                               interval *out) {
    int64_t width = w->factors.n + w->factors.n_groups;
    double *t = pp_arena_alloc(&w->arena, w->n_drawn, sizeof *t);
    *out = (interval){NAN, NAN, NAN};
    PP_NEED(t, w->err);
    for (int64_t d = 0; d < w->n_drawn; d++) {
        const double *draw = w->drawn + d * width;
        t[d] = relative ? draw[at] / explained_in(w, draw) : draw[at];
    }
    pp__resampled r = pp__resampled_of(t, w->n_drawn, estimate);
    pp__resampled_interval(&r, PP__PERCENTILE, w->fit->options.level, &out->low,
                           &out->high);
    out->sd = r.sd;
    return PP_OK;
}

/* Intervals and standard error; missing without draws. */
static pp_status put_interval(work *w, pp_table *table, int64_t row, int at,
                              double estimate, double sampling) {
    interval own = {NAN, NAN, sampling}, part = {NAN, NAN, NAN};
    if (w->n_drawn > 0) {
        PP_TRY(find_interval(w, at, estimate, 0, &own));
        PP_TRY(find_interval(w, at, estimate, 1, &part));
    }
    const pp__named cells[] = {{"conf_low", PP_SHOW_DEFAULT, own.low},
                               {"conf_high", PP_SHOW_DEFAULT, own.high},
                               {"std_error", PP_SHOW_DEFAULT, own.sd},
                               {"percent_low", PP_SHOW_PERCENT, part.low},
                               {"percent_high", PP_SHOW_PERCENT, part.high}};
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, w->err));
    return PP_OK;
}

static pp_status put_share(work *w, pp_table *table, const char *group,
                           const char *factor, double estimate, double shapley, int at,
                           double sampling) {
    double explained = w->shares.full - w->shares.none;
    int64_t row;
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, "group", group, w->err));
    PP_TRY(pp__put_text(table, row, "factor", factor, w->err));
    PP_TRY(pp__put_number(table, row, "estimate", PP_SHOW_DEFAULT, estimate, w->err));
    PP_TRY(pp__put_number(table, row, "percent", PP_SHOW_PERCENT, estimate / explained,
                          w->err));
    PP_TRY(pp__put_number(table, row, "shapley", PP_SHOW_DEFAULT, shapley, w->err));
    return put_interval(w, table, row, at, estimate, sampling);
}

/* Each group, then its factors; a factor that is its own group has one row. */
static pp_status put_shares(work *w) {
    const pp__factors *f = &w->factors;
    const pp__shares *s = &w->shares;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "shares", "What each factor accounts for", &table,
                         w->err));
    for (int g = 0; g < f->n_groups; g++) {
        int named = g < w->options->n_groups;
        if (named) {
            PP_TRY(put_share(w, table, f->group_name[g], NULL, s->group[g], NAN, f->n + g,
                             s->group_error[g]));
        }
        for (int j = 0; j < f->n; j++) {
            if (f->group[j] == g) {
                PP_TRY(put_share(w, table, named ? f->group_name[g] : NULL, f->name[j],
                                 s->share[j], s->shapley[j], j, s->error[j]));
            }
        }
    }
    return pp_result_set_note(
        w->result, "shares",
        w->options->n_groups
            ? "Groups: Shapley values between groups; factors: Owen values, which sum to "
              "their group's."
            : "Shapley values: the mean gain over all orders in which the factors enter.",
        w->err);
}

static pp_status warn_of_clusters(work *w) {
    if (!w->cluster || w->clusters >= FEW_CLUSTERS) {
        return PP_OK;
    }
    return pp_result_warn(w->result, "few_clusters", w->cluster, w->clusters, w->err,
                          "shares are drawn from only %d clusters: their intervals are "
                          "rough, and mostly too narrow",
                          (int)w->clusters);
}

static pp_status put_decomposition(work *w) {
    const pp__shares *s = &w->shares;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "decomposition", "Decomposition", &table, w->err));
    PP_TRY(pp_table_resize(table, 1, w->err));
    PP_TRY(pp__put_text(table, 0, "model", w->fit->options.model, w->err));
    PP_TRY(pp__put_text(table, 0, "formula", w->fit->formula->text, w->err));
    PP_TRY(pp__put_text(table, 0, "measure", MEASURES[w->measure], w->err));
    const pp__named facts[] = {{"full", PP_SHOW_DEFAULT, s->full},
                               {"none", PP_SHOW_DEFAULT, s->none},
                               {"factors", PP_SHOW_COUNT, w->factors.n},
                               {"fits", PP_SHOW_COUNT, s->fits},
                               {"nobs", PP_SHOW_COUNT, (double)w->fit->nobs},
                               {"draws", PP_SHOW_COUNT, (double)w->options->draws},
                               {"failed_draws", PP_SHOW_COUNT, (double)w->failed},
                               {"exact", PP_SHOW_FLAG, isnan(s->error[0])}};
    PP_TRY(pp__put_numbers(table, 0, facts, sizeof facts / sizeof *facts, w->err));
    return w->failed == 0
               ? PP_OK
               : pp_result_warn(w->result, "bootstrap_failures", NULL, w->failed, w->err,
                                "%lld of %lld draws gave no shares; the others stand for "
                                "all",
                                (long long)w->failed, (long long)w->options->draws);
}

/* What the fit warned of, and what it left out, concern the shares too. */
static pp_status put_fit(work *w) {
    pp_result *fit;
    PP_TRY(pp_fit_result(w->fit, &fit, w->err));
    pp_status status = pp_result_merge(w->result, fit, NULL, w->err);
    pp_result_free(fit);
    return status;
}

/* 1 when all atoms of term `part` are in term `whole`, which has more. */
static int is_part(const pp__term *part, const pp__term *whole) {
    int found = 0;
    for (int i = 0; i < part->n; i++) {
        for (int j = 0; j < whole->n; j++) {
            found += part->atom[i] == whole->atom[j];
        }
    }
    return part->n < whole->n && found == part->n;
}

/* An interaction that enters without its parts stands for them too. */
static pp_status warn_of_interactions(work *w) {
    const pp__factors *f = &w->factors;
    const pp__term *terms = w->fit->formula->terms;
    for (int j = 0; j < f->n; j++) {
        for (int i = 0; i < f->n; i++) {
            if (f->group[i] != f->group[j] &&
                is_part(&terms[f->term[i]], &terms[f->term[j]])) {
                PP_TRY(pp_result_warn(
                    w->result, "interaction", f->name[j], -1, w->err,
                    "%s enters some models without %s and then stands for both: put them "
                    "into one group",
                    f->name[j], f->name[i]));
                break;
            }
        }
    }
    return PP_OK;
}

/* ---- the whole ---- */

static pp_status decompose(work *w) {
    double first = w->options->draws > 0 ? 1 / (double)(w->options->draws + 1) : 1;
    PP_TRY(find_measure(w));
    PP_TRY(pp__carries_check(w->fit, w->err));
    PP_TRY(pp__factors_find(w->fit, w->options, &w->arena, &w->factors, w->err));
    w->orders = w->options->orders ? w->options->orders : ORDERS;
    PP_TRY(pp__decompose(w->fit, &w->factors, w->measure, w->orders, w->options->seed,
                         w->ctx, 0, first, &w->shares, w->err));
    PP_TRY(w->options->draws > 0 ? bootstrap(w, first) : PP_OK);
    PP_TRY(pp_result_new("drivers", &w->result, w->err));
    PP_TRY(put_shares(w));
    PP_TRY(pp__shares_effects(w->fit, &w->factors, w->options->n_groups, w->ctx,
                              w->result, w->err));
    PP_TRY(put_decomposition(w));
    PP_TRY(pp__carries_warn(w->fit, "what factors explain is partly chance", w->result,
                            w->err));
    PP_TRY(warn_of_interactions(w));
    PP_TRY(warn_of_clusters(w));
    PP_TRY(put_fit(w));
    return pp_result_note_number(w->result, "seed", (double)w->options->seed, w->err);
}

pp_status pp_drivers(const char *formula, const pp_table *data,
                     const pp_model_options *model, const pp_drivers_options *options,
                     const pp_context *ctx, pp_result **out, pp_error *err) {
    static const pp_drivers_options NONE;
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->options = options ? options : &NONE;
    w->ctx = ctx;
    w->err = err;
    pp_arena_init(&w->arena);
    pp_status status = check_options(w->options, err);
    if (status == PP_OK) {
        status = pp_model_fit(formula, data, model, ctx, &w->fit, err);
    }
    if (status == PP_OK) {
        status = decompose(w);
    }
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_fit_free(w->fit);
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
