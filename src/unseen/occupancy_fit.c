/* Maximising the likelihood, from several starts. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "model/encode.h"
#include "model/linalg.h"
#include "model/newton.h"
#include "unseen/occupancy.h"

#include <pushpull/random.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

enum {
    START_TASK = 0x6f636375,
    STARTS = 8,
    REFIT_ITERATIONS = 60,
    MOST_ITERATIONS = 200,
    FIRST_UPPER = 30
};

/* On standardised regressors: probabilities that are one or zero to nine digits, and errors
   that say nothing. */
static const double BOUNDARY = 20, VAGUE = 50;
static const double LEFT_OUT = 1e-10; /* of a distribution that is cut off */

/* ---- the likelihood of all units ---- */

typedef struct climbing {
    const pp__occupancy *o;
    const double *found, *theta;
    const pp_context *ctx;
    pp__pass pass;
    double *sums;
} climbing;

static void add_units(void *payload, int64_t begin, int n, double *sums,
                      double *scratch) {
    const climbing *c = payload;
    const pp__occupancy *o = c->o;
    const pp__occupancy_space space = pp__occupancy_place(o, 2, scratch);
    const pp__occupancy_question all = {.absent_in = PP__NEVER_ABSENT, .found = c->found};
    int64_t k = o->k;
    for (int64_t u = begin; u < begin + n; u++) {
        if (!o->unit[u].used) {
            continue;
        }
        pp__occupancy_unit(o, c->theta, u, &all, &space);
        sums[0] += space.out->value;
        for (int64_t j = 0; j < k; j++) {
            sums[1 + j] += space.out->gradient[j];
            for (int64_t i = j; i < k; i++) {
                sums[1 + k + i + j * k] -= space.out->hessian[i + j * k];
            }
        }
    }
}

static double loglik(void *payload, const double *theta, double *gradient,
                     double *information) {
    climbing *c = payload;
    size_t k = (size_t)c->o->k;
    c->theta = theta;
    pp__pass_run(&c->pass, add_units, c, c->ctx, c->sums);
    memcpy(gradient, c->sums + 1, k * sizeof *gradient);
    memcpy(information, c->sums + 1 + k, k * k * sizeof *information);
    return c->sums[0];
}

static pp_status prepare(const pp__occupancy *o, const double *found,
                         const pp_context *ctx, pp_arena *arena, climbing *c,
                         pp_error *err) {
    int64_t width = 1 + o->k + (int64_t)o->k * o->k;
    *c = (climbing){.o = o, .found = found, .ctx = ctx};
    c->sums = pp_arena_alloc(arena, width, sizeof *c->sums);
    PP_NEED(c->sums, err);
    return pp__pass_init(&c->pass, o->visits.units, width, pp__occupancy_size(o, 2),
                         arena, err);
}

pp_status pp__occupancy_refit(const pp__occupancy *o, const double *found,
                              const double *start, pp_arena *arena, double **theta,
                              int *converged, pp_error *err) {
    climbing c;
    pp__optimum optimum;
    PP_TRY(prepare(o, found, NULL, arena, &c, err));
    const pp__objective objective = {.k = o->k, .loglik = loglik, .payload = &c};
    PP_TRY(pp__newton(&objective, start, 1e-6, REFIT_ITERATIONS, arena, NULL, &optimum,
                      err));
    *theta = optimum.theta;
    *converged = optimum.converged;
    return PP_OK;
}

/* ---- starts ---- */

static double logit(double p) {
    p = fmin(fmax(p, 0.02), 0.98);
    return log(p / (1 - p));
}

static void set_constant(const pp__part *part, double value, double *start) {
    if (part->text && part->design->intercept && part->k > 0) {
        start[part->at] = value;
    }
}

/* The shares that the data show at first sight: units with a detection, and visits to them
   that detected. */
static void first_sight(const pp__occupancy *o, double *start) {
    int64_t visits = 0;
    for (int64_t u = 0; u < o->visits.units; u++) {
        visits += o->unit[u].used && o->unit[u].detections > 0
                      ? o->unit[u].last - o->unit[u].first
                      : 0;
    }
    double share = (double)o->detected / (double)o->used;
    double p = (double)o->detections / fmax((double)visits, 1);
    memset(start, 0, (size_t)o->k * sizeof *start);
    set_constant(&o->part[PP__STATE],
                 o->form == PP__ROYLE_NICHOLS ? log(-log1p(-fmin(share, 0.95)))
                                              : logit(share),
                 start);
    set_constant(&o->part[PP__DETECTION], logit(p), start);
    set_constant(&o->part[PP__FALSE_POSITIVE], logit(0.05), start);
    set_constant(&o->part[PP__COLONISATION], logit(0.2), start);
    set_constant(&o->part[PP__EXTINCTION], logit(0.1), start);
}

static void make_start(const pp__occupancy *o, int index, double *start) {
    pp_rng rng;
    first_sight(o, start);
    pp_rng_init(&rng, o->options->seed, START_TASK, (uint64_t)index);
    for (int j = 0; index > 0 && j < o->k; j++) {
        start[j] += pp_rng_normal(&rng);
    }
}

static double mean_predictor(const pp__part *part, const double *theta) {
    return pp__dot(part->k, part->mean, theta + part->at);
}

/* Where nothing but p > p10 tells the labels of the state apart. */
static int labels_swapped(const pp__occupancy *o, const double *theta) {
    return o->doubtful && mean_predictor(&o->part[PP__DETECTION], theta) <
                              mean_predictor(&o->part[PP__FALSE_POSITIVE], theta);
}

/* ---- the best of them ---- */

static int is_better(const pp__occupancy *o, const pp__optimum *a, const pp__optimum *b) {
    int swapped_a = labels_swapped(o, a->theta);
    int swapped_b = b->theta ? labels_swapped(o, b->theta) : 1;
    if (!b->theta || swapped_a != swapped_b) {
        return !b->theta || swapped_a < swapped_b;
    }
    return a->loglik > b->loglik + 1e-9 * (1 + fabs(b->loglik));
}

static pp_status climb(pp__occupancy *o, pp_arena *arena, pp__optimum *best,
                       pp_error *err) {
    const pp_occupancy_options *options = o->options;
    double tolerance = options->tolerance > 0 ? options->tolerance : 1e-10;
    climbing c;
    o->starts = options->starts > 0 ? options->starts : STARTS;
    PP_TRY(prepare(o, NULL, o->ctx, arena, &c, err));
    const pp__objective objective = {.k = o->k, .loglik = loglik, .payload = &c};
    double *start = pp_arena_alloc(arena, o->k + o->starts, sizeof *start);
    PP_NEED(start, err);
    double *peak = start + o->k;
    *best = (pp__optimum){0};
    for (int s = 0; s < o->starts; s++) {
        pp__optimum found = {0};
        make_start(o, s, start);
        PP_TRY(pp__newton(&objective, start, tolerance, MOST_ITERATIONS, arena, o->ctx,
                          &found, err));
        peak[s] = found.loglik;
        if (is_better(o, &found, best)) {
            *best = found;
        }
    }
    o->best_starts = 0;
    for (int s = 0; s < o->starts; s++) {
        o->best_starts += peak[s] > best->loglik - 1e-6 * (1 + fabs(best->loglik));
    }
    return PP_OK;
}

/* ---- boundaries ---- */

static const char *part_of(const pp__occupancy *o, int j, const char **term) {
    int p = PP__OCCUPANCY_PARTS - 1;
    while (!o->part[p].text || j < o->part[p].at) {
        p--;
    }
    *term = o->part[p].design->column[j - o->part[p].at].name;
    return o->part[p].name;
}

/* The term whose estimate is infinite, rather than the constant that goes with it; -1:
   none. */
static int find_boundary(const pp__occupancy *o, const pp__optimum *best,
                         const double *V) {
    int64_t k = o->k;
    int at = -1;
    double worst = 0;
    for (int j = 0; j < k; j++) {
        const char *term;
        double error = sqrt(fmax(V[j + j * k], 0));
        part_of(o, j, &term);
        if (fabs(best->theta[j]) > BOUNDARY || !(error < VAGUE)) {
            double weight = (isfinite(error) ? error : 1e300) + fabs(best->theta[j]);
            weight *= strcmp(term, "(Intercept)") == 0 ? 0.5 : 1;
            at = weight > worst ? j : at;
            worst = fmax(weight, worst);
        }
    }
    return at;
}

static pp_status check_boundary(const pp__occupancy *o, const pp__optimum *best,
                                const double *V, pp_error *err) {
    int j = find_boundary(o, best, V);
    const char *term, *part;
    if (j < 0) {
        return PP_OK;
    }
    part = part_of(o, j, &term);
    int constant = strcmp(term, "(Intercept)") == 0;
    pp_error_set(err, PP_E_ESTIMATION,
                 constant ? "the estimate is at a boundary: %s is %s for all"
                          : "the estimate is at a boundary: %s is separated by %s",
                 part, constant ? best->theta[j] > 0 ? "certain" : "impossible" : term);
    pp_error_locate(err, NULL, 0, part, term);
    pp_error_hint(err, constant ? "the data do not tell this part from a probability of "
                                  "0 or 1: more visits, or a simpler form"
                                : "leave that term out, or join its rare levels");
    return PP_E_ESTIMATION;
}

/* ---- the sum over N ---- */

double pp__occupancy_beyond(const pp__occupancy *o, const double *theta) {
    double most = 0;
    for (int64_t u = 0; u < o->visits.units; u++) {
        if (o->unit[u].used) {
            double lambda = exp(pp__part_predictor(&o->part[PP__STATE], theta, u));
            most = fmax(most, ppois(o->states - 1, lambda, 0, 0));
        }
    }
    return most;
}

/* Until it leaves out nothing that matters. */
static pp_status climb_high_enough(pp__occupancy *o, pp__optimum *best, pp_error *err) {
    int many = o->form == PP__ROYLE_NICHOLS, upper = o->options->upper;
    o->states = !many ? 2 : upper > 0 ? upper + 1 : FIRST_UPPER + 1;
    PP_TRY(climb(o, &o->arena, best, err));
    while (many && upper == 0 && pp__occupancy_beyond(o, best->theta) > LEFT_OUT &&
           o->states < PP__MOST_UPPER) {
        o->states = o->states * 2 < PP__MOST_UPPER ? o->states * 2 : PP__MOST_UPPER + 1;
        PP_TRY(climb(o, &o->arena, best, err));
    }
    return PP_OK;
}

/* ---- covariance ---- */

typedef struct scoring {
    const pp__occupancy *o;
    double *score; /* units × k */
} scoring;

static void score_units(void *payload, int64_t begin, int n, double *sums,
                        double *scratch) {
    const scoring *s = payload;
    const pp__occupancy *o = s->o;
    const pp__occupancy_space space = pp__occupancy_place(o, 1, scratch);
    const pp__occupancy_question all = {.absent_in = PP__NEVER_ABSENT};
    (void)sums;
    for (int64_t u = begin; u < begin + n; u++) {
        if (o->unit[u].used) {
            pp__occupancy_unit(o, o->theta, u, &all, &space);
            memcpy(s->score + u * o->k, space.out->gradient,
                   (size_t)o->k * sizeof *s->score);
        }
    }
}

/* Which cluster each unit is in. */
static pp_status find_clusters(const pp__occupancy *o, const char *column,
                               pp__encoding *out, pp_error *err) {
    pp_column *found;
    pp_arena *arena = (pp_arena *)(uintptr_t)&o->arena;
    PP_TRY(pp_table_require(o->visits.unit_table, column, &found, err));
    PP_TRY(pp__visits_constant(&o->visits, column, err));
    PP_TRY(pp__encode(found, NULL, o->visits.units, o->ctx, arena, out, err));
    for (int64_t u = 0; u < o->visits.units; u++) {
        if (o->unit[u].used && out->code[u] < 0) {
            pp_error_set(err, PP_E_INPUT, "the cluster of unit %s is missing",
                         o->visits.unit_name[u]);
            pp_error_locate(err, NULL, 0, column, NULL);
            return PP_E_INPUT;
        }
    }
    if (out->n_levels < 2) {
        pp_error_set(err, PP_E_ESTIMATION, "there is one cluster only");
        pp_error_locate(err, NULL, 0, column, NULL);
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

static void add_outer(int64_t k, const double *g, double *M) {
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = 0; i < k; i++) {
            M[i + j * k] += g[i] * g[j];
        }
    }
}

/* V := V (Σ g g') V over units or clusters. */
static pp_status sandwich(pp__occupancy *o, const char *cluster, pp_error *err) {
    int64_t k = o->k, units = o->visits.units, groups = units;
    scoring s = {o, pp_arena_zalloc(&o->arena, units * k, sizeof *s.score)};
    pp__encoding code = {0};
    PP_NEED(s.score, err);
    if (cluster) {
        PP_TRY(find_clusters(o, cluster, &code, err));
        groups = code.n_levels;
    }
    PP_TRY(pp__pass_rows(units, pp__occupancy_size(o, 1), score_units, &s, o->ctx, err));
    double *space = pp_arena_zalloc(&o->arena, groups * k + 3 * k * k, sizeof *space);
    PP_NEED(space, err);
    double *M = space + groups * k, *scratch = M + k * k, *out = scratch + k * k;
    for (int64_t u = 0; u < units; u++) {
        double *to = space + (cluster ? code.code[u] < 0 ? 0 : code.code[u] : u) * k;
        for (int64_t j = 0; j < k; j++) {
            to[j] += s.score[u * k + j];
        }
    }
    for (int64_t g = 0; g < groups; g++) {
        add_outer(k, space + g * k, M);
    }
    pp__sandwich((int)k, o->V, M, scratch, out);
    double factor = cluster ? (double)groups / (double)(groups - 1) : 1;
    for (int64_t i = 0; i < k * k; i++) {
        o->V[i] = factor * out[i];
    }
    return PP_OK;
}

static pp_status choose_covariance(pp__occupancy *o, pp_error *err) {
    const char *wanted = o->options->vcov;
    if (!wanted || strcmp(wanted, "iid") == 0) {
        return PP_OK;
    }
    if (strcmp(wanted, "robust") == 0) {
        return sandwich(o, NULL, err);
    }
    if (strncmp(wanted, "cluster:", 8) == 0 && wanted[8]) {
        return sandwich(o, wanted + 8, err);
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no such covariance");
    pp_error_locate(err, NULL, 0, "vcov", wanted);
    pp_error_hint(err, "iid, robust or cluster:column");
    return PP_E_ARGUMENT;
}

/* From standardised to original units. */
static pp_status restore(pp__occupancy *o, pp_error *err) {
    int64_t k = o->k;
    double *map = pp_arena_zalloc(&o->arena, 3 * k * k + k, sizeof *map);
    PP_NEED(map, err);
    double *scratch = map + k * k;
    o->errors = scratch + k * k;
    o->estimate = o->errors + k * k;
    for (int p = 0; p < PP__OCCUPANCY_PARTS; p++) {
        if (o->part[p].text) {
            pp__design_map(o->part[p].design, o->part[p].at, o->k, map);
        }
    }
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = 0; i < k; i++) {
            o->estimate[i] += map[i + j * k] * o->theta[j];
        }
    }
    pp__sandwich(o->k, map, o->V, scratch, o->errors);
    return PP_OK;
}

pp_status pp__occupancy_fit(pp__occupancy *o, pp_error *err) {
    int64_t k = o->k;
    pp__optimum best;
    PP_TRY(climb_high_enough(o, &best, err));
    o->V = pp_arena_alloc(&o->arena, k * k, sizeof *o->V);
    PP_NEED(o->V, err);
    pp__cholesky_inverse(o->k, best.factor, o->V);
    PP_TRY(check_boundary(o, &best, o->V, err));
    o->theta = best.theta;
    o->loglik = best.loglik;
    o->score_norm = best.score_norm;
    o->iterations = best.iterations;
    o->converged = best.converged;
    PP_TRY(choose_covariance(o, err));
    return restore(o, err);
}

/* ---- warnings ---- */

static int64_t single_visits(const pp__occupancy *o) {
    int64_t n = 0;
    for (int64_t u = 0; u < o->visits.units; u++) {
        n += o->unit[u].used && o->unit[u].last - o->unit[u].first == 1;
    }
    return n;
}

pp_status pp__occupancy_warn(const pp__occupancy *o, pp_result *result, pp_error *err) {
    int state = o->part[PP__STATE].k, lower = o->starts - o->best_starts;
    int64_t single = single_visits(o);
    if (!o->converged) {
        PP_TRY(pp_result_warn(result, "not_converged", NULL, -1, err,
                              "the estimate did not converge: the last step was still "
                              "%.2g standard errors long",
                              o->score_norm));
    }
    if (lower > 0) {
        PP_TRY(pp_result_warn(result, "multimodal", NULL, lower, err,
                              "%d of %d starts ended below the highest peak of the "
                              "likelihood; the highest is given",
                              lower, o->starts));
    }
    if (o->doubtful) {
        PP_TRY(pp_result_warn(result, "labels_assumed", NULL, -1, err,
                              "no visit is certain: that adopters are found more often "
                              "than others are reported falsely is assumed"));
    }
    if (o->detected < 5 * (int64_t)state) {
        PP_TRY(pp_result_warn(result, "few_detections", NULL, o->detected, err,
                              "%lld units with a detection, and %s has %d "
                              "parameters: intervals may be too short",
                              (long long)o->detected, o->part[PP__STATE].name, state));
    }
    if (2 * single > o->used) {
        PP_TRY(pp_result_warn(result, "single_visits", NULL, single, err,
                              "%lld of %lld units were visited once: detection is known "
                              "from the others alone",
                              (long long)single, (long long)o->used));
    }
    double beyond = o->form == PP__ROYLE_NICHOLS ? pp__occupancy_beyond(o, o->theta) : 0;
    if (beyond > 1e-6) {
        PP_TRY(pp_result_warn(result, "truncated", NULL, -1, err,
                              "the sum over abundance ends at %d, which leaves out "
                              "%.2g of a unit's distribution",
                              o->states - 1, beyond));
    }
    return PP_OK;
}
