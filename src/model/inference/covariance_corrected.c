/* CR2 and CR3 with Satterthwaite's degrees of freedom, one cluster at a time.
 *
 * Bell & McCaffrey (2002), Survey Methodology 28; Pustejovsky & Tipton (2018), JBES 36,
 * 672-683, with theorem 2 and its corrigendum: effects that are nested in the clusters may
 * be forgotten, once absorbed, by least squares with equal variances. CR3 is the jackknife,
 * the sum over clusters of (b without it - b) squared, of nonlinear models by one Newton
 * step.
 */
#include "base/check.h"
#include "base/parallel.h"
#include "model/inference/covariance_adjust.h"
#include "model/inference/covariance_parts.h"
#include "model/inference/covariance_scores.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

enum { MOST_CHUNKS = 16, MOST_SPACE = 1 << 22, MOST_ROWS = 2000 };

/* Per coefficient, of P_ij = d_ij s_i - f_i'Mf_j over clusters i, j: the trace's parts,
   and the sum of f f'. */
typedef struct tallies {
    double *trace;   /* k: sum of s - f'Mf */
    double *squares; /* k: sum of s² - 2 s f'Mf */
    double *outer;   /* k matrices of m × m */
    double *meat;    /* k × k */
    int64_t singular;
    int info;
} tallies;

typedef struct corrected {
    pp__adjust adjust;
    const pp__clustering *groups;
    int64_t *first, *order; /* rows of cluster g: order[first[g]..first[g+1]-1] */
    int64_t most_rows, chunks, per_chunk, space;
    double *C, *L; /* L: k columns, C' times the rows of the map */
    double *omega;
    tallies *tally;  /* of each chunk */
    double *scratch; /* chunks × space */
} corrected;

/* ---- rows by cluster ---- */

static pp_status sort_rows(pp__covariance_work *w, corrected *c) {
    int64_t groups = c->groups->levels;
    PP_TRY(pp__rows_by_group(c->groups->code, groups, w->fit->scores.n, &w->arena,
                             &c->first, &c->order, w->err));
    for (int64_t g = 0; g < groups; g++) {
        int64_t rows = c->first[g + 1] - c->first[g];
        c->most_rows = rows > c->most_rows ? rows : c->most_rows;
    }
    return PP_OK;
}

/* What absorbed effects leave of the columns, written out: clusters want their rows in
   any order. */
typedef struct writing {
    const pp_fit *fit;
    double **z;
    double *tiles; /* chunks × k × PP__TILE */
} writing;

enum { WRITE_ROWS = 64 * PP__TILE };

static void write_columns(void *payload, int64_t chunk) {
    const writing *o = payload;
    int64_t end = (chunk + 1) * WRITE_ROWS, k = o->fit->k;
    double *tile = o->tiles + chunk * k * PP__TILE;
    end = end < o->fit->scores.n ? end : o->fit->scores.n;
    for (int64_t begin = chunk * WRITE_ROWS; begin < end; begin += PP__TILE) {
        int n = end - begin < PP__TILE ? (int)(end - begin) : PP__TILE;
        pp__scores_z(o->fit, begin, n, tile);
        for (int64_t j = 0; j < k; j++) {
            memcpy(o->z[j] + begin, tile + j * PP__TILE, (size_t)n * sizeof *tile);
        }
    }
}

static pp_status find_columns(pp__covariance_work *w, corrected *c) {
    const pp_fit *fit = w->fit;
    int64_t n = fit->scores.n, chunks = (n + WRITE_ROWS - 1) / WRITE_ROWS;
    c->adjust.z = fit->scores.z;
    if (!fit->scores.within) {
        return PP_OK;
    }
    writing o = {.fit = fit};
    o.z = pp_arena_alloc(&w->arena, fit->k, sizeof *o.z);
    PP_NEED(o.z, w->err);
    for (int j = 0; j < fit->k; j++) {
        o.z[j] = pp_arena_alloc(&w->arena, n, sizeof **o.z);
        PP_NEED(o.z[j], w->err);
    }
    o.tiles = pp_arena_alloc(&w->arena, chunks * fit->k * PP__TILE, sizeof *o.tiles);
    PP_NEED(o.tiles, w->err);
    pp__parallel(w->ctx, chunks, write_columns, &o);
    c->adjust.z = (const double *const *)o.z;
    return PP_OK;
}

/* ---- one cluster ---- */

/* f'Mf of the working covariance: z'z, or with equal variances 2u'v - u'omega u. */
static double inner(const corrected *c, const double *f, double *Mf) {
    int64_t k = c->adjust.k;
    if (c->adjust.how != PP__ADJUST_EQUAL) {
        memcpy(Mf, f, (size_t)k * sizeof *f);
        return pp__dot(k, f, f);
    }
    for (int64_t i = 0; i < k; i++) {
        Mf[i] = f[k + i] - pp__dot(k, c->omega + i * k, f);
        Mf[k + i] = f[i];
    }
    return pp__dot(2 * k, f, Mf);
}

static void multiply_vector(int64_t rows, int64_t k, const double *A, const double *x,
                            double *out) {
    memset(out, 0, (size_t)rows * sizeof *out);
    for (int64_t l = 0; l < k; l++) {
        for (int64_t i = 0; i < rows; i++) {
            out[i] += A[i + l * rows] * x[l];
        }
    }
}

static void tally_cluster(const corrected *c, const pp__adjusted *of, tallies *t,
                          double *space) {
    int64_t k = c->adjust.k, m = c->adjust.m;
    double *f = space, *Mf = f + m, *Sl = Mf + m;
    for (int64_t j = 0; j < k; j++) {
        const double *l = c->L + j * k;
        double *outer = t->outer + j * m * m;
        multiply_vector(m, k, of->F, l, f);
        multiply_vector(k, k, of->S, l, Sl);
        double s = pp__dot(k, l, Sl), fMf = inner(c, f, Mf);
        t->trace[j] += s - fMf;
        t->squares[j] += s * (s - 2 * fMf);
        for (int64_t b = 0; b < m; b++) {
            for (int64_t a = 0; a < m; a++) {
                outer[a + b * m] += f[a] * f[b];
            }
        }
    }
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = j; i < k; i++) {
            t->meat[i + j * k] += of->score[i] * of->score[j];
        }
    }
    t->singular += of->singular > 0;
}

static void run_chunk(void *payload, int64_t chunk) {
    const corrected *c = payload;
    int64_t k = c->adjust.k, m = c->adjust.m;
    int64_t begin = chunk * c->per_chunk, end = begin + c->per_chunk;
    double *space = c->scratch + chunk * c->space;
    pp__adjusted of = {space, space + k, space + k + m * k, 0};
    double *own = of.S + k * k, *rest = own + 2 * m + k;
    end = end < c->groups->levels ? end : c->groups->levels;
    for (int64_t g = begin; g < end; g++) {
        int info = pp__adjust_cluster(&c->adjust, c->order + c->first[g],
                                      c->first[g + 1] - c->first[g], rest, &of);
        c->tally[chunk].info |= info;
        tally_cluster(c, &of, &c->tally[chunk], own);
    }
}

/* ---- all clusters ---- */

static pp_status make_tallies(pp__covariance_work *w, corrected *c) {
    int64_t k = c->adjust.k, m = c->adjust.m, width = 2 * k + k * m * m + k * k;
    c->space = k + m * k + k * k + 2 * m + k + pp__adjust_space(&c->adjust, c->most_rows);
    int64_t most = MOST_SPACE / (width + c->space), levels = c->groups->levels;
    c->chunks = most < 1 ? 1 : most > MOST_CHUNKS ? MOST_CHUNKS : most;
    c->per_chunk = (levels + c->chunks - 1) / c->chunks;
    c->chunks = (levels + c->per_chunk - 1) / c->per_chunk;
    c->tally = pp_arena_zalloc(&w->arena, c->chunks, sizeof *c->tally);
    PP_NEED(c->tally, w->err);
    double *sums = pp_arena_zalloc(&w->arena, c->chunks * width, sizeof *sums);
    PP_NEED(sums, w->err);
    c->scratch = pp_arena_alloc(&w->arena, c->chunks * c->space, sizeof *c->scratch);
    PP_NEED(c->scratch, w->err);
    for (int64_t i = 0; i < c->chunks; i++, sums += width) {
        double *outer = sums + 2 * k;
        c->tally[i] = (tallies){sums, sums + k, outer, outer + k * m * m, 0, 0};
    }
    return PP_OK;
}

/* Adds all chunks to the first, in order; the sums of a chunk stand side by side. */
static void merge(corrected *c) {
    int64_t k = c->adjust.k, m = c->adjust.m, width = 2 * k + k * m * m + k * k;
    tallies *all = &c->tally[0];
    for (int64_t i = 1; i < c->chunks; i++) {
        for (int64_t j = 0; j < width; j++) {
            all->trace[j] += c->tally[i].trace[j];
        }
        all->singular += c->tally[i].singular;
        all->info |= c->tally[i].info;
    }
}

/* tr(M F M F) of the sum F of f f'. */
static double cross_squares(const corrected *c, const double *F, double *MF) {
    int64_t m = c->adjust.m;
    double sum = 0;
    for (int64_t j = 0; j < m; j++) {
        inner(c, F + j * m, MF + j * m);
    }
    for (int64_t j = 0; j < m; j++) {
        for (int64_t i = 0; i < m; i++) {
            sum += MF[i + j * m] * MF[j + i * m];
        }
    }
    return sum;
}

static pp_status satterthwaite(pp__covariance_work *w, const corrected *c) {
    pp_fit *fit = w->fit;
    int64_t k = c->adjust.k, m = c->adjust.m;
    const tallies *t = &c->tally[0];
    double *space = pp_arena_alloc(&w->arena, m * m, sizeof *space);
    PP_NEED(space, w->err);
    fit->df_of = pp_arena_alloc(&fit->arena, k, sizeof *fit->df_of);
    PP_NEED(fit->df_of, w->err);
    fit->df = INFINITY;
    for (int64_t j = 0; j < k; j++) {
        double cross = cross_squares(c, t->outer + j * m * m, space);
        fit->df_of[j] = t->trace[j] * t->trace[j] / (t->squares[j] + cross);
        fit->df = fmin(fit->df, fit->df_of[j]);
    }
    return PP_OK;
}

/* ---- what is asked, and whether it can be had ---- */

static pp_status refuse(const pp__covariance_work *w, const char *why, const char *hint) {
    pp_error_set(w->err, PP_E_UNSUPPORTED, "%s: %s", w->fit->options.vcov, why);
    pp_error_locate(w->err, NULL, 0, "vcov", w->fit->options.vcov);
    pp_error_hint(w->err, "%s", hint);
    return PP_E_UNSUPPORTED;
}

static pp_status check_effects(pp__covariance_work *w, const pp__clustering *groups) {
    const pp__companions *with = &w->fit->design->with;
    for (int e = 0; e < with->n_effects; e++) {
        int nested;
        PP_TRY(pp__effect_nested(w, &with->effect[e], groups, 1, &nested));
        if (!nested) {
            return refuse(w, "a fixed effect is not nested in the clusters",
                          "write that effect as factor() among the terms");
        }
    }
    return PP_OK;
}

static pp_status choose(pp__covariance_work *w, corrected *c) {
    const pp_fit *fit = w->fit;
    const pp__companions *with = &fit->design->with;
    pp__adjust *a = &c->adjust;
    int linear = !isnan(fit->sigma), sampling = with->weight && !with->frequency;
    if (fit->scores.matrix || !(linear || fit->estimator->family)) {
        return refuse(w, "not defined for this model",
                      "it is for linear and generalised linear models");
    }
    PP_TRY(check_effects(w, c->groups));
    *a = (pp__adjust){.fit = fit, .type = fit->vcov.type, .k = fit->k, .m = fit->k};
    if (linear && sampling) {
        a->how = PP__ADJUST_EQUAL;
        a->m = 2 * fit->k;
        if (with->n_effects > 0) {
            return refuse(w, "fixed effects and sampling weights do not go together",
                          "write the effects as factor() among the terms");
        }
    } else if (!linear && a->type == 2) {
        a->how = PP__ADJUST_RESPONSE;
        if (with->n_effects > 0) {
            return refuse(w, "not with fixed effects of a generalised linear model",
                          "use cr3, the jackknife");
        }
        if (c->most_rows > MOST_ROWS) {
            return refuse(w, "a cluster of more than 2000 rows",
                          "use cr3, the jackknife, which has no such limit");
        }
    }
    return PP_OK;
}

/* C, L and omega. */
static pp_status make_frame(pp__covariance_work *w, corrected *c) {
    pp_fit *fit = w->fit;
    int64_t k = fit->k;
    double *map = pp_arena_zalloc(&w->arena, 4 * k * k, sizeof *map);
    PP_NEED(map, w->err);
    c->C = map + k * k;
    c->L = c->C + k * k;
    c->omega = c->L + k * k;
    memcpy(c->C, fit->bread, (size_t)(k * k) * sizeof *c->C);
    if (pp__cholesky(fit->k, c->C, 0) < fit->k) {
        PP_FAIL(w->err, PP_E_ESTIMATION, "the information is singular");
    }
    for (int64_t j = 1; j < k; j++) {
        memset(c->C + j * k, 0, (size_t)j * sizeof *c->C);
    }
    pp__fit_map(fit, map);
    for (int64_t j = 0; j < k; j++) {
        for (int64_t l = 0; l < k; l++) {
            for (int64_t i = l; i < k; i++) {
                c->L[l + j * k] += c->C[i + l * k] * map[j + i * k];
            }
        }
    }
    c->adjust.C = c->C;
    c->adjust.omega = c->omega;
    return PP_OK;
}

static void add_omega(void *payload, int64_t begin, int n, double *sums,
                      double *scratch) {
    const corrected *c = payload;
    int64_t k = c->adjust.k, size = k * PP__TILE, row[PP__TILE] = {0};
    for (int i = 0; i < n; i++) {
        row[i] = begin + i;
    }
    const double *weight = c->adjust.fit->scores.weight;
    pp__adjust_rows(&c->adjust, row, n, scratch, scratch + size);
    for (int64_t at = size; at < 2 * size; at += PP__TILE) {
        for (int i = 0; i < n; i++) {
            scratch[at + i] *= weight[begin + i]; /* there are weights */
        }
    }
    pp__add_products((int)k, n, PP__TILE, scratch + size, scratch + size, sums);
}

static pp_status make_omega(pp__covariance_work *w, corrected *c) {
    int64_t k = c->adjust.k;
    pp__pass pass;
    if (c->adjust.how != PP__ADJUST_EQUAL) {
        return PP_OK;
    }
    PP_TRY(pp__pass_init(&pass, w->fit->scores.n, k * k, 2 * k * PP__TILE, &w->arena,
                         w->err));
    pp__pass_run(&pass, add_omega, c, w->ctx, c->omega);
    pp__mirror((int)k, c->omega);
    return PP_OK;
}

/* Below that the distribution is no longer a t: Tipton (2015), Psychological Methods 20. */
static pp_status warn_few(pp__covariance_work *w) {
    const double least = 4;
    int64_t few = 0;
    for (int j = 0; j < w->fit->k; j++) {
        few += w->fit->df_of[j] < least;
    }
    return few == 0 ? PP_OK
                    : pp__notes_warn(&w->fit->notes, "few_clusters", w->fit->options.vcov,
                                     few, w->err,
                                     "%lld coefficients have fewer than %.0f degrees of "
                                     "freedom, as too few clusters tell of them: do not "
                                     "trust their p values and intervals",
                                     (long long)few, least);
}

static pp_status finish(pp__covariance_work *w, const corrected *c) {
    pp_fit *fit = w->fit;
    tallies *all = &c->tally[0];
    if (all->info != 0) {
        PP_FAIL(w->err, PP_E_ESTIMATION, "a cluster's residuals have no eigenvalues");
    }
    PP_TRY(satterthwaite(w, c));
    pp__mirror(fit->k, all->meat);
    pp__sandwich(fit->k, c->C, all->meat, w->scratch, fit->V);
    fit->small_sample = 1;
    fit->component[0] = (pp__component){c->groups->name, 1, c->groups->levels, 1};
    fit->n_components = 1;
    PP_TRY(warn_few(w));
    return all->singular == 0
               ? PP_OK
               : pp__notes_warn(&fit->notes, "leverage", fit->options.vcov, all->singular,
                                w->err,
                                "%lld clusters alone tell a combination of coefficients; "
                                "that has no part in the covariance %s",
                                (long long)all->singular, fit->options.vcov);
}

pp_status pp__covariance_corrected(pp__covariance_work *w) {
    pp__clustering groups;
    corrected c = {.groups = &groups};
    PP_TRY(pp__cluster_codes(w->fit, w->data, w->fit->vcov.column[0], w->ctx, &w->arena,
                             &groups, w->err));
    PP_TRY(sort_rows(w, &c));
    PP_TRY(choose(w, &c));
    PP_TRY(find_columns(w, &c));
    PP_TRY(make_frame(w, &c));
    PP_TRY(make_omega(w, &c));
    PP_TRY(make_tallies(w, &c));
    pp__parallel(w->ctx, c.chunks, run_chunk, &c);
    merge(&c);
    return finish(w, &c);
}
