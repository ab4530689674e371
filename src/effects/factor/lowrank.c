#include "effects/factor/lowrank.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* The state of the iteration: covariates' coefficients (each in deviations of its covariate), then what is
   not seen, less its covariates. One step fits all parts to the matrix that the state completes. */
enum { MEMORY = 6 };

typedef struct work {
    const pp__lowrank_problem *p;
    pp_arena *arena;
    pp_error *err;
    pp__lowrank_space space;
    pp__lowrank *out;
    int64_t cells, hidden, n; /* of the matrix; not seen; of the state */
    int64_t *at;              /* hidden: which cells */
    double **x;               /* k: covariates without mean and effects */
    double *L;                /* k × k: the factor of their products */
    double *size;             /* k: their deviations */
    double *W, *xb;           /* cells */
    double *state, *next, *last_f, *last_next;
    double *df, *dnext; /* MEMORY columns of n */
    int stored;
    double scale, objective;
} work;

/* ---- covariates ---- */

static pp_status centre_covariates(work *w) {
    const pp__lowrank_problem *p = w->p;
    for (int j = 0; j < p->k; j++) {
        double all = pp__dot(w->cells, p->x[j], p->x[j]), left;
        w->x[j] = pp_arena_alloc(w->arena, w->cells, sizeof **w->x);
        PP_NEED(w->x[j], w->err);
        memcpy(w->x[j], p->x[j], (size_t)w->cells * sizeof **w->x);
        pp__lowrank_centre(p, w->x[j], w->out);
        left = pp__dot(w->cells, w->x[j], w->x[j]);
        w->out->is_idle[j] = !(left > 1e-16 * all);
        w->size[j] = sqrt(left / (double)w->cells);
    }
    return PP_OK;
}

/* Covariates that the effects or those before them explain have no coefficient. */
static void factor_products(work *w) {
    int k = w->p->k, is_whole;
    do {
        is_whole = 1;
        for (int a = 0; a < k; a++) {
            for (int b = a; b < k; b++) {
                int idle = w->out->is_idle[a] || w->out->is_idle[b];
                w->L[b + a * k] = idle ? a == b : pp__dot(w->cells, w->x[a], w->x[b]);
            }
        }
        int full = pp__cholesky(k, w->L, 1e-12);
        if (full < k) {
            w->out->is_idle[full] = 1;
            is_whole = 0;
        }
    } while (!is_whole);
}

static void solve_beta(work *w, const double *rest) {
    int k = w->p->k;
    double *beta = w->out->beta;
    for (int j = 0; j < k; j++) {
        beta[j] = w->out->is_idle[j] ? 0 : pp__dot(w->cells, w->x[j], rest);
    }
    pp__forward(k, w->L, beta);
    pp__backward(k, w->L, beta);
}

static void add_covariates(const work *w, const double *beta, double *xb) {
    memset(xb, 0, (size_t)w->cells * sizeof *xb);
    for (int j = 0; j < w->p->k; j++) {
        for (int64_t c = 0; c < w->cells; c++) {
            xb[c] += beta[j] * w->p->x[j][c];
        }
    }
}

/* ---- one step ---- */

static void complete(work *w, const double *state) {
    const pp__lowrank_problem *p = w->p;
    for (int j = 0; j < p->k; j++) {
        w->out->beta[j] = w->out->is_idle[j] ? 0 : state[j] / w->size[j];
    }
    if (p->k > 0) {
        add_covariates(w, w->out->beta, w->xb);
    }
    for (int64_t c = 0; c < w->cells; c++) {
        w->W[c] = p->k > 0 ? p->y[c] - w->xb[c] : p->y[c];
    }
    for (int64_t h = 0; h < w->hidden; h++) {
        w->W[w->at[h]] = state[p->k + h];
    }
}

/* Coefficients and effects anew, given the matrix of low rank in W. */
static void refit_covariates(work *w, const double *state) {
    const pp__lowrank_problem *p = w->p;
    double *rest = w->out->fit;
    for (int64_t c = 0; c < w->cells; c++) {
        rest[c] = p->y[c] - w->W[c];
    }
    for (int64_t h = 0; h < w->hidden; h++) {
        int64_t c = w->at[h];
        rest[c] = state[p->k + h] + w->xb[c] - w->W[c];
    }
    solve_beta(w, rest);
    add_covariates(w, w->out->beta, w->xb);
    for (int64_t c = 0; c < w->cells; c++) {
        rest[c] -= w->xb[c];
    }
    pp__lowrank_centre(p, rest, w->out);
}

static double sum_squares(const work *w) {
    double sum = 0;
    for (int64_t c = 0; c < w->cells; c++) {
        double e = w->p->y[c] - w->out->fit[c];
        sum += !w->p->seen || w->p->seen[c] ? e * e : 0;
    }
    return sum;
}

/* From the state to the next one, and the objective of the fit between them. */
static pp_status step(work *w, const double *state, double *next) {
    const pp__lowrank_problem *p = w->p;
    complete(w, state);
    pp__lowrank_centre(p, w->W, w->out);
    double norm = pp__lowrank_shrink(p, &w->space, w->W, w->out);
    if (isnan(norm)) {
        PP_FAIL(w->err, PP_E_ESTIMATION, "the factors of the panel could not be found");
    }
    if (p->k > 0) {
        refit_covariates(w, state);
    }
    for (int i = 0; i < p->units; i++) {
        for (int t = 0; t < p->periods; t++) {
            int64_t c = (int64_t)i * p->periods + t;
            w->W[c] += w->out->mean + w->out->unit[i] + w->out->time[t];
            w->out->fit[c] = w->W[c] + (p->k > 0 ? w->xb[c] : 0);
        }
    }
    for (int j = 0; j < p->k; j++) {
        next[j] = w->out->beta[j] * w->size[j];
    }
    for (int64_t h = 0; h < w->hidden; h++) {
        next[p->k + h] = w->W[w->at[h]];
    }
    w->out->squares = sum_squares(w);
    w->out->objective = w->out->squares + (p->rank < 0 ? 2 * p->threshold * norm : 0);
    return PP_OK;
}

/* ---- acceleration: Walker & Ni (2011), SIAM J. Numerical Analysis 49 ---- */

static void remember(work *w, const double *f) {
    int64_t n = w->n;
    if (w->stored == MEMORY) {
        w->stored--;
    }
    memmove(w->df + n, w->df, (size_t)(w->stored * n) * sizeof *w->df);
    memmove(w->dnext + n, w->dnext, (size_t)(w->stored * n) * sizeof *w->dnext);
    for (int64_t i = 0; i < n; i++) {
        w->df[i] = f[i] - w->last_f[i];
        w->dnext[i] = w->next[i] - w->last_next[i];
    }
    w->stored++;
}

/* The newest differences stand first, so that those that the newer ones explain are left out. */
static void extrapolate(work *w, const double *f, double *state) {
    double A[MEMORY * MEMORY], gamma[MEMORY];
    int m = w->stored, used;
    for (int a = 0; a < m; a++) {
        for (int b = a; b < m; b++) {
            A[b + a * m] = pp__dot(w->n, w->df + a * w->n, w->df + b * w->n);
        }
    }
    used = pp__cholesky(m, A, 1e-12);
    for (int b = 0; b < used; b++) {
        memmove(A + b * used, A + b * m, (size_t)used * sizeof *A);
        gamma[b] = pp__dot(w->n, w->df + b * w->n, f);
    }
    pp__forward(used, A, gamma);
    pp__backward(used, A, gamma);
    memcpy(state, w->next, (size_t)w->n * sizeof *state);
    for (int a = 0; a < used; a++) {
        for (int64_t i = 0; i < w->n; i++) {
            state[i] -= gamma[a] * w->dnext[a * w->n + i];
        }
    }
}

static double largest(const double *x, int64_t n) {
    double most = 0;
    for (int64_t i = 0; i < n; i++) {
        most = fmax(most, fabs(x[i]));
    }
    return most;
}

/* A state that the acceleration proposed and that raises the objective is given up for the plain one. */
static pp_status iterate(work *w, double *f) {
    int proposed = 0;
    double best = INFINITY;
    while (w->out->steps < w->p->most && !w->out->converged) {
        PP_TRY(step(w, w->state, w->next));
        w->out->steps++;
        if (proposed && w->out->objective > best * (1 + 1e-13)) {
            memcpy(w->state, w->last_next, (size_t)w->n * sizeof *w->state);
            w->stored = 0;
            proposed = 0;
            continue;
        }
        best = fmin(best, w->out->objective);
        for (int64_t i = 0; i < w->n; i++) {
            f[i] = w->next[i] - w->state[i];
        }
        w->out->converged = largest(f, w->n) <= w->p->tolerance * w->scale;
        if (w->out->steps > 1) {
            remember(w, f);
        }
        memcpy(w->last_f, f, (size_t)w->n * sizeof *f);
        memcpy(w->last_next, w->next, (size_t)w->n * sizeof *f);
        extrapolate(w, f, w->state);
        proposed = w->stored > 0;
    }
    return PP_OK;
}

/* ---- beginning ---- */

static pp_status find_hidden(work *w) {
    const pp__lowrank_problem *p = w->p;
    double sum = 0, squares = 0;
    for (int64_t c = 0; c < w->cells; c++) {
        w->hidden += p->seen && !p->seen[c];
    }
    w->at = pp_arena_alloc(w->arena, w->hidden, sizeof *w->at);
    PP_NEED(w->at, w->err);
    for (int64_t c = 0, h = 0; c < w->cells; c++) {
        if (p->seen && !p->seen[c]) {
            w->at[h++] = c;
        } else {
            sum += p->y[c];
        }
    }
    w->out->seen = w->cells - w->hidden;
    for (int64_t c = 0; c < w->cells; c++) {
        double e = p->y[c] - sum / (double)w->out->seen;
        squares += !p->seen || p->seen[c] ? e * e : 0;
    }
    w->scale = sqrt(squares / (double)w->out->seen);
    return PP_OK;
}

/* Means of what is seen of the unit and of the period, less the general mean. */
static void start_from_means(work *w) {
    const pp__lowrank_problem *p = w->p;
    double *sum = w->out->time, all = 0, *unit = w->out->unit, *n = w->xb;
    memset(sum, 0, (size_t)p->periods * sizeof *sum);
    memset(n, 0, (size_t)p->periods * sizeof *n);
    for (int i = 0; i < p->units; i++) {
        double own = 0, count = 0;
        for (int t = 0; t < p->periods; t++) {
            int64_t c = (int64_t)i * p->periods + t;
            if (!p->seen || p->seen[c]) {
                own += p->y[c];
                sum[t] += p->y[c];
                count++;
                n[t]++;
            }
        }
        unit[i] = count > 0 ? own / count : NAN;
        all += own;
    }
    all /= (double)w->out->seen;
    for (int64_t h = 0; h < w->hidden; h++) {
        int64_t i = w->at[h] / p->periods, t = w->at[h] % p->periods;
        double time = n[t] > 0 ? sum[t] / n[t] : all;
        w->state[p->k + h] = time + (isnan(unit[i]) ? 0 : unit[i] - all);
    }
}

static pp_status choose_start(work *w, const pp__lowrank *start) {
    const pp__lowrank_problem *p = w->p;
    pp__lowrank additive;
    if (!start && p->rank != 0 && w->n > 0) {
        pp__lowrank_problem simple = *p;
        simple.rank = 0;
        simple.tolerance = 1e-9;
        PP_TRY(pp__lowrank_fit(&simple, NULL, w->arena, &additive, w->err));
        start = &additive;
    }
    memset(w->state, 0, (size_t)w->n * sizeof *w->state);
    if (!start) {
        start_from_means(w);
        return PP_OK;
    }
    for (int j = 0; j < p->k; j++) {
        w->state[j] = start->beta[j] * w->size[j];
    }
    add_covariates(w, start->beta, w->xb);
    for (int64_t h = 0; h < w->hidden; h++) {
        w->state[p->k + h] = start->fit[w->at[h]] - w->xb[w->at[h]];
    }
    return PP_OK;
}

static pp_status make_room(work *w) {
    const pp__lowrank_problem *p = w->p;
    pp__lowrank *out = w->out;
    int64_t order = p->units < p->periods ? p->units : p->periods;
    int64_t rank = p->rank < 0 || p->rank > order ? order : p->rank, k = p->k;
    *out = (pp__lowrank){0};
    int64_t parts =
        w->cells + p->units + p->periods + k + rank * (1 + p->units + p->periods);
    out->fit = pp_arena_zalloc(w->arena, parts, sizeof *out->fit);
    out->is_idle = pp_arena_zalloc(w->arena, k, sizeof *out->is_idle);
    w->W = pp_arena_alloc(w->arena, 2 * w->cells + k * k + k, sizeof *w->W);
    w->x = pp_arena_alloc(w->arena, k, sizeof *w->x);
    PP_NEED(out->fit && out->is_idle && w->W ? w->x : NULL, w->err);
    out->unit = out->fit + w->cells;
    out->time = out->unit + p->units;
    out->beta = out->time + p->periods;
    out->value = out->beta + k;
    out->factor = out->value + rank;
    out->loading = out->factor + rank * p->periods;
    w->xb = w->W + w->cells;
    w->L = w->xb + w->cells;
    w->size = w->L + k * k;
    return pp__lowrank_space_init(p, w->arena, &w->space, w->err);
}

pp_status pp__lowrank_fit(const pp__lowrank_problem *p, const pp__lowrank *start,
                          pp_arena *arena, pp__lowrank *out, pp_error *err) {
    work w = {.p = p,
              .arena = arena,
              .err = err,
              .out = out,
              .cells = (int64_t)p->units * p->periods};
    PP_TRY(make_room(&w));
    PP_TRY(find_hidden(&w));
    PP_TRY(centre_covariates(&w));
    factor_products(&w);
    w.n = p->k + w.hidden;
    w.state = pp_arena_alloc(arena, (5 + 2 * MEMORY) * w.n, sizeof *w.state);
    PP_NEED(w.state, err);
    w.next = w.state + w.n;
    w.last_f = w.next + w.n;
    w.last_next = w.last_f + w.n;
    w.df = w.last_next + 2 * w.n;
    w.dnext = w.df + MEMORY * w.n;
    PP_TRY(choose_start(&w, start));
    return iterate(&w, w.last_next + w.n);
}
