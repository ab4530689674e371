/* The short way: a generalised linear model on columns that are there already.
 *
 * Rows are gathered when they change, columns when they are first wanted in these rows, and
 * each fit begins where its neighbour ended. What could differ from the fit in full — an
 * outcome out of range, collinear columns near the tolerance, estimates that may be infinite
 * — is left to that.
 */
#include "drivers/curve_lean.h"
#include "base/check.h"
#include "model/linalg.h"
#include "model/separation.h"

#include <math.h>
#include <string.h>

/* Of the Newton decrement. The step that is left is taken, so that estimates are right to
   its square; errors are right to about its size. */
static const double TOLERANCE = 1e-7;
/* Of a squared pivot: surely free; surely a combination of other columns. */
static const double FREE = 1e-8, COLLINEAR = 1e-13;

static pp_status allocate(pp__curve_lean *w, pp_error *err) {
    const pp__curve_kit *kit = w->kit;
    int64_t n = kit->rows, c = kit->columns + 1, words = (n + 63) / 64, levels = 1;
    const pp__curve_plan *p = kit->plan;
    for (int i = 0; i < kit->frames->n; i++) {
        for (int v = 0; v < p->list[PP__BY_VCOV].n; v++) {
            int64_t own = kit->frames->frame[i].cluster[v].levels;
            levels = own > levels ? own : levels;
        }
    }
    pp_arena *a = &w->arena;
    w->bits = pp_arena_zalloc(a, 2 * words + 2, sizeof *w->bits);
    w->row = pp_arena_alloc(a, n, sizeof *w->row);
    w->y = pp_arena_alloc(a, n, sizeof *w->y);
    w->code = pp_arena_alloc(a, n, sizeof *w->code);
    w->first = pp_arena_alloc(a, p->n_terms + 1, sizeof *w->first);
    w->x = pp_arena_alloc(a, c * n, sizeof *w->x);
    w->there = pp_arena_alloc(a, c, 1);
    w->center = pp_arena_alloc(a, 9 * c, sizeof *w->center);
    w->column = pp_arena_alloc(a, 2 * c, sizeof *w->column);
    w->term = pp_arena_alloc(a, p->n_terms + 1, sizeof *w->term);
    w->d.x = pp_arena_alloc(a, c, sizeof *w->d.x);
    w->sums = pp_arena_alloc(a, levels, sizeof *w->sums);
    w->tile = pp_arena_alloc(a, (c + 5) * PP__TILE, sizeof *w->tile);
    int64_t padded = (n + PP__TILE - 1) / PP__TILE * PP__TILE;
    w->newton.tiles = pp_arena_alloc(a, padded * (c + 2), sizeof *w->newton.tiles);
    w->newton.theta = pp_arena_alloc(a, 3 * c + 2 * c * c, sizeof *w->newton.theta);
    w->newton.space = pp_arena_alloc(a, (c + 2) * PP__TILE, sizeof *w->newton.space);
    /* What a fit with care takes, in one block that stays. */
    int64_t room = 2 * n + 3 * c * c + 8 * c + (2 * c + 3) * PP__TILE * (n / 4096 + 1);
    void *space = pp_arena_alloc(&w->scratch, room + 4096, sizeof(double));
    if (!w->bits || !w->row || !w->y || !w->code || !w->first || !w->x || !w->there ||
        !w->center || !w->column || !w->term || !w->d.x || !w->sums || !w->tile ||
        !w->newton.tiles || !w->newton.theta || !w->newton.space || !space) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    w->empty = (pp_arena_mark){w->scratch.head, 0};
    w->wanted = w->bits + words + 1;
    w->scale = w->center + c;
    w->theta = w->scale + c;
    w->d.center = w->theta + c;
    w->d.scale = w->d.center + c;
    w->start = w->d.scale + c;
    w->vectors = w->start + c; /* 2 c, and c to spare */
    w->newton.score = w->newton.tiles + padded * c;
    w->newton.weight = w->newton.score + padded;
    memset(w->newton.score, 0, 2 * (size_t)padded * sizeof *w->newton.score);
    w->newton.gradient = w->newton.theta + c;
    w->newton.step = w->newton.gradient + c;
    w->newton.information = w->newton.step + c;
    w->newton.factor = w->newton.information + c * c;
    return PP_OK;
}

pp__curve_lean *pp__curve_lean_new(const pp__curve_kit *kit,
                                   const pp__curve_drawn *drawn) {
    pp__curve_lean *w = pp_calloc(1, sizeof *w);
    if (!w) {
        return NULL;
    }
    w->kit = kit;
    w->drawn = drawn;
    pp_arena_init(&w->arena);
    pp_arena_init(&w->scratch);
    if (allocate(w, NULL) != PP_OK) {
        pp__curve_lean_free(w);
        return NULL;
    }
    return w;
}

void pp__curve_lean_free(pp__curve_lean *w) {
    if (w) {
        pp_arena_clear(&w->arena);
        pp_arena_clear(&w->scratch);
        pp_free(w);
    }
}

/* ---- the fit ---- */

static void begin_at(pp__curve_lean *w, const pp__curve_spec *spec, const pp__glm *g) {
    int model = spec->choice[PP__BY_MODEL];
    if (w->model != model) {
        w->model = model;
        memset(w->theta, 0, ((size_t)w->kit->columns + 1) * sizeof *w->theta);
        w->theta[0] = g->family->link->forward(pp__glm_mean(g));
    }
    for (int j = 0; j < w->d.k; j++) {
        w->start[j] = w->theta[w->column[j]];
    }
}

static void fill_tiles(pp__curve_lean *w) {
    int64_t k = w->d.k;
    for (int64_t begin = 0; begin < w->n; begin += PP__TILE) {
        int64_t n = w->n - begin < PP__TILE ? w->n - begin : PP__TILE;
        double *tile = w->newton.tiles + begin * k;
        for (int64_t j = 0; j < k; j++) {
            memcpy(tile + j * PP__TILE, w->d.x[j] + begin, (size_t)n * sizeof *tile);
            memset(tile + j * PP__TILE + n, 0, (size_t)(PP__TILE - n) * sizeof *tile);
        }
    }
}

/* From where the neighbour ended. */
static int try_newton(pp__curve_lean *w, pp__glm *g, pp__optimum *o) {
    pp__curve_newton *newton = &w->newton;
    newton->k = w->d.k;
    newton->n = w->n;
    newton->family = g->family;
    newton->y = w->y;
    memcpy(newton->theta, w->start, (size_t)w->d.k * sizeof *w->start);
    fill_tiles(w);
    *o = (pp__optimum){.theta = newton->theta,
                       .gradient = newton->gradient,
                       .step = newton->step,
                       .information = newton->information,
                       .factor = newton->factor};
    o->converged = pp__curve_newton_run(newton, TOLERANCE);
    o->loglik = newton->loglik;
    g->score = newton->score;
    g->weight = newton->weight;
    return w->quick = o->converged;
}

/* If that leads nowhere, from the model of a constant, with care. */
static pp_status maximise(pp__curve_lean *w, const pp__curve_spec *spec, pp__glm *g,
                          pp__optimum *o, pp_error *err) {
    begin_at(w, spec, g);
    if (try_newton(w, g, o)) {
        return PP_OK;
    }
    pp_arena_release(&w->scratch, w->empty);
    g->start = NULL;
    pp_status status = pp__glm_maximise(g, TOLERANCE, 50, &w->scratch, o, err);
    if (status == PP_E_ESTIMATION) {
        *o = (pp__optimum){0};
        return PP_OK;
    }
    return status;
}

static int expect(pp__curve_lean *w, pp__glm *g, pp__optimum *o) {
    if (w->quick) {
        return pp__curve_newton_expect(&w->newton);
    }
    pp__glm_expect(g, o);
    return o->converged;
}

/* Whether a pivot of the weighted cross-products proves every column free of the others:
   the residual that it measures is at most the largest weight times the plain one. */
static int surely_free(const pp__curve_lean *w, const pp__glm *g, const pp__optimum *o) {
    double largest = 0;
    for (int64_t i = 0; i < w->n; i++) {
        largest = fmax(largest, g->weight[i]);
    }
    for (int j = 0; j < w->d.k; j++) {
        double root = o->factor[j * (w->d.k + 1)];
        if (!(root * root > FREE * largest * (double)w->n)) {
            return 0;
        }
    }
    return 1;
}

/* Leaves out what earlier columns make up, by plain cross-products; 0: they cannot tell. */
static int leave_out_collinear(pp__curve_lean *w) {
    pp__design *d = &w->d;
    int64_t k = d->k;
    int kept = 0, sure = 1;
    pp_arena_release(&w->scratch, w->empty);
    double *G = pp_arena_zalloc(&w->scratch, 2 * k * k + k, sizeof *G);
    if (!G) {
        return 0;
    }
    double *L = G + k * k, *row = L + k * k;
    int *index = w->column + w->kit->columns + 1;
    for (int64_t begin = 0; begin < d->n; begin += PP__TILE) {
        int n = d->n - begin < PP__TILE ? (int)(d->n - begin) : PP__TILE;
        pp__design_z(d, begin, n, w->tile);
        pp__add_products(d->k, n, PP__TILE, w->tile, w->tile, G);
    }
    for (int j = 0; j < k; j++) {
        double pivot = G[j * (k + 1)];
        for (int m = 0; m < kept; m++) {
            row[m] = G[j + index[m] * k];
            for (int l = 0; l < m; l++) {
                row[m] -= row[l] * L[m + l * k];
            }
            row[m] /= L[m * (k + 1)];
            pivot -= row[m] * row[m];
        }
        pivot /= G[j * (k + 1)];
        sure &= pivot > FREE || pivot < COLLINEAR;
        if (pivot > FREE) {
            for (int m = 0; m < kept; m++) {
                L[kept + m * k] = row[m];
            }
            L[kept * (k + 1)] = sqrt(pivot * G[j * (k + 1)]);
            index[kept++] = j;
        }
    }
    d->k = 0;
    for (int m = 0; m < kept; m++) {
        pp__lean_push_column(w, w->column[index[m]]);
    }
    return sure && kept > 1 && w->column[1] == w->first[w->term[0]];
}

static pp_status estimate(pp__curve_lean *w, const pp__curve_spec *spec, pp__glm *g,
                          pp__optimum *o, int *done, pp_error *err) {
    *done = 0;
    PP_TRY(maximise(w, spec, g, o, err));
    if (!o->converged || !surely_free(w, g, o)) {
        int before = w->d.k;
        if (!leave_out_collinear(w) || w->d.k == before) {
            return PP_OK;
        }
        PP_TRY(maximise(w, spec, g, o, err));
        if (!o->converged) {
            return PP_OK;
        }
    }
    if ((g->family->binary || g->family->count) && !pp__separation_excluded(g, o->step)) {
        return PP_OK;
    }
    for (int j = 0; j < w->d.k; j++) {
        o->theta[j] += o->step[j];
        w->theta[w->column[j]] = o->theta[j];
    }
    *done = expect(w, g, o);
    return PP_OK;
}

/* What the specification says before anything is counted. */
static int can_go(const pp__curve_lean *w, const pp__curve_spec *spec) {
    const pp__curve_kit *kit = w->kit;
    const pp__curve_outcome *y = &w->frame->outcome[spec->choice[PP__BY_OUTCOME]];
    int model = spec->choice[PP__BY_MODEL];
    if (!y->lean || *kit->plan->suffix || !kit->lean_model[model] ||
        !kit->lean_vcov[spec->choice[PP__BY_VCOV]]) {
        return 0;
    }
    const pp__family *family = kit->estimator[model]->family;
    if ((family->binary && !y->binary) || (family->count && !y->count)) {
        return 0;
    }
    for (int t = 0; t < w->n_terms; t++) {
        const pp__curve_block *block = &w->frame->block[w->term[t]];
        if (!block->plain ||
            (t > 0 && pp__bit(block->holds_focus, spec->choice[PP__BY_FOCUS]))) {
            return 0;
        }
    }
    return 1;
}

pp_status pp__curve_lean_fit(pp__curve_lean *w, const pp__curve_spec *spec,
                             pp__curve_row *row, int *done, pp_error *err) {
    const pp__curve_kit *kit = w->kit;
    const pp__vcov *vcov = &kit->vcov[spec->choice[PP__BY_VCOV]];
    pp__optimum o;
    *done = 0;
    pp__lean_enter_frame(w, pp__curve_frame_of(kit->frames, spec));
    w->n_terms = pp__curve_spec_terms(kit->plan, spec, w->term);
    if (w->n_terms == 0 || !can_go(w, spec)) {
        return PP_OK;
    }
    pp__lean_choose_rows(w, spec);
    if (w->n < 3) {
        return PP_OK;
    }
    pp__lean_gather_outcome(w, spec->choice[PP__BY_OUTCOME]);
    pp__lean_gather_codes(w, spec->choice[PP__BY_VCOV]);
    const pp__family *family = kit->estimator[spec->choice[PP__BY_MODEL]]->family;
    if (!w->varies || (vcov->kind == PP__CLUSTER && w->clusters < 2) ||
        !pp__lean_assemble(w)) {
        return PP_OK;
    }
    pp__glm g = pp__glm_of(&w->d, family, NULL);
    PP_TRY(estimate(w, spec, &g, &o, done, err));
    if (*done) {
        g.theta = o.theta;
        const pp__curve_fitted fitted = {.glm = &g,
                                         .optimum = &o,
                                         .plan = kit->plan,
                                         .vcov = vcov,
                                         .code =
                                             vcov->kind == PP__CLUSTER ? w->code : NULL,
                                         .levels = w->frame->cluster[w->vcov].levels,
                                         .clusters = w->clusters,
                                         .sums = w->sums,
                                         .gradient = w->vectors,
                                         .direction = w->vectors + kit->columns + 1,
                                         .tile = w->tile,
                                         .binary = w->there[w->column[1]] == PP__DUMMY,
                                         .center = w->center[w->column[1]],
                                         .scale = w->scale[w->column[1]]};
        pp__curve_effect(&fitted, row);
        row->events = family->binary ? w->events : -1;
        *done = isfinite(row->estimate) && row->std_error > 0;
    }
    return PP_OK;
}
