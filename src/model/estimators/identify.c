#include "model/estimators/identify.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* Of squared lengths: against what the column varies in all, and against what it varies
   within sets. */
static const double CONSTANT = 1e-12, COLLINEAR = 1e-11;

/* Of a variance, against that at zero. */
static const double GROWN = 1e3;

/* ---- the beginning ---- */

pp_status pp__beginning_init(pp__beginning *b, const pp__objective *objective,
                             pp_arena *arena, pp_error *err) {
    int64_t k = objective->k;
    *b = (pp__beginning){.objective = objective};
    b->gradient = pp_arena_alloc(arena, k * k + k, sizeof *b->gradient);
    PP_NEED(b->gradient, err);
    b->information = b->gradient + k;
    return PP_OK;
}

double pp__beginning_loglik(void *payload, const double *theta, double *gradient,
                            double *information) {
    pp__beginning *b = payload;
    const pp__objective *o = b->objective;
    size_t k = (size_t)o->k;
    double loglik = o->loglik(o->payload, theta, gradient, information);
    if (!b->known) {
        b->known = 1;
        b->loglik = loglik;
        memcpy(b->gradient, gradient, k * sizeof *gradient);
        memcpy(b->information, information, k * k * sizeof *information);
    }
    return loglik;
}

pp_status pp__beginning_score_test(const pp__beginning *b, pp_arena *arena, double *out,
                                   pp_error *err) {
    int k = b->objective->k;
    int64_t size = (int64_t)k * k;
    double *factor = pp_arena_alloc(arena, size + k, sizeof *factor);
    PP_NEED(factor, err);
    double *step = factor + size;
    memcpy(factor, b->information, (size_t)size * sizeof *factor);
    memcpy(step, b->gradient, (size_t)k * sizeof *step);
    *out = NAN;
    if (pp__cholesky(k, factor, 0) == k) {
        pp__forward(k, factor, step);
        *out = pp__dot(k, step, step);
    }
    return PP_OK;
}

/* ---- columns ---- */

/* Marks the columns that keep a pivot; L is the factor of these. */
static int mark_identified(const pp__beginning *b, double events, double *L,
                           uint8_t *keep) {
    int k = b->objective->k, kept = 0;
    for (int j = 0; j < k; j++) {
        double *row = L + (int64_t)kept * k, whole = b->information[j + (int64_t)j * k];
        double pivot = whole;
        for (int m = 0, at = 0; m < j; m++) {
            if (keep[m]) {
                const double *before = L + (int64_t)at * k;
                row[at] = b->information[j + (int64_t)m * k];
                row[at] = (row[at] - pp__dot(at, row, before)) / before[at];
                pivot -= row[at] * row[at];
                at++;
            }
        }
        keep[j] = whole > CONSTANT * events && pivot > COLLINEAR * whole;
        if (keep[j]) {
            row[kept++] = sqrt(pivot);
        }
    }
    return kept;
}

static pp_status note_column(pp_fit *fit, int j, pp_error *err) {
    const char *name = fit->design->column[j].name;
    PP_TRY(pp__notes_drop(&fit->notes, "not identified", "terms", name, 1, err));
    return pp__notes_warn(&fit->notes, "collinear", name, 1, err,
                          "%s does not vary where rows are compared, or only as other "
                          "terms do, and is left out",
                          name);
}

pp_status pp__identify(pp_fit *fit, const pp__beginning *b, double events, int *left_out,
                       pp_error *err) {
    int64_t k = fit->k;
    pp_arena_mark mark = pp_arena_get_mark(&fit->arena);
    double *L = pp_arena_alloc(&fit->arena, k * (k + 1), sizeof *L);
    PP_NEED(L, err);
    uint8_t *keep = pp_arena_alloc(&fit->arena, k, 1);
    PP_NEED(keep, err);
    *left_out = fit->k - mark_identified(b, events, L, keep);
    for (int j = 0; j < fit->k; j++) {
        if (!keep[j]) {
            PP_TRY(note_column(fit, j, err));
        }
    }
    if (*left_out > 0) {
        pp__design_select(fit->design, keep);
        fit->k = fit->design->k;
        for (int j = 0; j < fit->k; j++) {
            fit->name[j] = fit->design->column[j].name;
        }
    }
    pp_arena_release(&fit->arena, mark);
    if (fit->k == 0) {
        PP_FAIL(err, PP_E_ESTIMATION, "no term varies where rows are compared");
    }
    return PP_OK;
}

/* ---- directions ---- */

pp_status pp__monotone_suspect(const pp__design *d, const pp__beginning *b,
                               const pp__optimum *o, const double *bread, pp_arena *arena,
                               int *suspect, pp_error *err) {
    int64_t k = d->k;
    pp_arena_mark mark = pp_arena_get_mark(arena);
    double *factor = pp_arena_alloc(arena, 2 * k * k, sizeof *factor);
    PP_NEED(factor, err);
    double *inverse = factor + k * k;
    memcpy(factor, b->information, (size_t)(k * k) * sizeof *factor);
    *suspect = !o->converged || !pp__separation_unlikely(d, o->step) ||
               pp__cholesky(d->k, factor, 0) < d->k;
    if (!*suspect) {
        pp__cholesky_inverse(d->k, factor, inverse);
        for (int64_t j = 0; j < k; j++) {
            *suspect |= !(bread[j * (k + 1)] < GROWN * inverse[j * (k + 1)]);
        }
    }
    pp_arena_release(arena, mark);
    return PP_OK;
}

typedef struct search {
    const pp__design *d;
    int k;
    double *factor;  /* of the information at zero */
    double *vectors; /* eigenvectors of the last information against it, ascending */
    double *values, *work, *coordinates, *direction, *product;
} search;

static pp_status allocate(search *s, pp_arena *arena, pp_error *err) {
    int64_t k = s->k;
    s->factor = pp_arena_alloc(arena, 2 * k * k + 7 * k, sizeof *s->factor);
    PP_NEED(s->factor, err);
    s->vectors = s->factor + k * k;
    s->values = s->vectors + k * k;
    s->work = s->values + k;
    s->coordinates = s->work + 4 * k;
    s->direction = s->coordinates + k;
    s->product = pp_arena_alloc(arena, s->d->n, sizeof *s->product);
    PP_NEED(s->product, err);
    return PP_OK;
}

/* L⁻¹ I L'⁻¹ and its eigenvectors. */
static int decompose(search *s, const double *start, const double *last) {
    int k = s->k;
    size_t bytes = (size_t)k * (size_t)k * sizeof(double);
    memcpy(s->factor, start, bytes);
    memcpy(s->vectors, last, bytes);
    if (pp__cholesky(k, s->factor, 0) < k) {
        return 0;
    }
    pp__mirror(k, s->vectors);
    for (int round = 0; round < 2; round++) {
        for (int j = 0; j < k; j++) {
            pp__forward(k, s->factor, s->vectors + (int64_t)j * k);
        }
        for (int j = 0; j < k; j++) {
            for (int i = 0; i < j; i++) {
                double *upper = &s->vectors[i + (int64_t)j * k],
                       *lower = &s->vectors[j + (int64_t)i * k], kept = *upper;
                *upper = *lower;
                *lower = kept;
            }
        }
    }
    return pp__eigen(k, s->vectors, s->values, s->work) == 0;
}

/* The part of `on` in the first `count` eigenvectors, as a direction. */
static void project(search *s, int count, const double *on) {
    int k = s->k;
    memset(s->direction, 0, (size_t)k * sizeof *s->direction);
    for (int j = 0; j < k; j++) { /* L' on */
        s->coordinates[j] = pp__dot(k - j, s->factor + j + (int64_t)j * k, on + j);
    }
    for (int c = 0; c < count; c++) {
        const double *vector = s->vectors + (int64_t)c * k;
        double length = pp__dot(k, vector, s->coordinates);
        for (int j = 0; j < k; j++) {
            s->direction[j] += length * vector[j];
        }
    }
    pp__backward(k, s->factor, s->direction);
}

static int judge(search *s, pp__verify_fn *verify, void *payload, uint8_t *separated) {
    const pp__design *d = s->d;
    double largest = 0;
    memset(s->product, 0, (size_t)d->n * sizeof *s->product);
    for (int j = 0; j < s->k; j++) {
        double factor = s->direction[j] / d->scale[j];
        for (int64_t i = 0; i < d->n; i++) {
            s->product[i] += factor * (d->x[j][i] - d->center[j]);
        }
    }
    for (int64_t i = 0; i < d->n; i++) {
        largest = fmax(largest, fabs(s->product[i]));
    }
    return largest > 0 && verify(payload, s->product, 1e-7 * largest, separated);
}

pp_status pp__monotone_search(const pp__design *d, const pp__beginning *b,
                              pp__verify_fn *verify, void *payload, pp_arena *arena,
                              const pp_context *ctx, uint8_t **separated,
                              double **direction, pp_error *err) {
    static const double LOST[] = {1e-10, 1e-8, 1e-6};
    search s = {.d = d, .k = d->k};
    pp__optimum o;
    *separated = NULL;
    *direction = NULL;
    double *start = pp_arena_zalloc(arena, d->k, sizeof *start);
    PP_NEED(start, err);
    uint8_t *flags = pp_arena_zalloc(arena, d->n, 1);
    PP_NEED(flags, err);
    PP_TRY(allocate(&s, arena, err));
    PP_TRY(pp__newton(b->objective, start, PP__SEPARATION_TOLERANCE,
                      PP__SEPARATION_ITERATIONS, arena, ctx, &o, err));
    if (pp__separation_unlikely(d, o.step) ||
        !decompose(&s, b->information, o.information)) {
        return PP_OK;
    }
    for (size_t i = 0; i < sizeof LOST / sizeof *LOST; i++) {
        int count = 0;
        while (count < s.k && s.values[count] < LOST[i]) {
            count++;
        }
        for (int from = 0; count > 0 && from < 2; from++) {
            project(&s, count, from ? o.step : o.theta);
            if (judge(&s, verify, payload, flags)) {
                *separated = flags;
                *direction = s.direction;
                return PP_OK;
            }
        }
    }
    return PP_OK;
}
