/* The inside of the absorber: what its files share. Tables of levels hold m numbers a
   level side by side; the levels of the largest effect come first, then the rest. */
#ifndef PP_MODEL_EFFECTS_INSIDE_H
#define PP_MODEL_EFFECTS_INSIDE_H

#include "model/effects/absorb.h"

enum { PP__MAX_REST = PP__MAX_GROUPS - 1, PP__ABSORB_BLOCKS = 16 };

struct pp__effects {
    int64_t n;
    int n_rest;                          /* effects beside the largest */
    int place[PP__MAX_GROUPS];           /* of each effect as given: 0 the largest, … */
    int64_t offset[PP__MAX_GROUPS + 1];  /* by place: of levels */
    const int32_t *code[PP__MAX_GROUPS]; /* by place: of rows as they stand */
    int64_t *start;       /* of each level of the largest: rows, in order */
    const int32_t *order; /* the row at each place; NULL: rows stand in that order */
    const int32_t *ordered[PP__MAX_REST]; /* codes of the rest, in that order */
    int64_t components; /* of the largest and the next, all rows counting */
};

struct pp__absorber {
    const pp__effects *effects;
    pp_arena *arena;
    const double *weight;  /* of rows as they stand; NULL: 1 */
    const double *ordered; /* in the order of the largest effect */
    double *space;         /* for `ordered` */
    double *level_weight;  /* of all levels */
    double *inverse;       /* of it, or 0 */
    double rank;
    const struct pp__way *way; /* NULL: by iteration over the rows alone */
    void *held;                /* what the way holds */
};

static inline int64_t pp__effects_largest(const pp__effects *e) {
    return e->offset[1];
}

static inline int64_t pp__effects_rest(const pp__effects *e) {
    return e->offset[e->n_rest + 1] - e->offset[1];
}

/* ---- src/model/effects/passes.c: passes over rows, for m columns at once ---- */

/* Weighted sums of the columns over each level, and their weighted cross-products (m × m;
   beyond PP__ABSORB_WIDEST columns no more than those of neighbours and the squares). */
pp_status pp__level_sums(const pp__absorber *a, const pp__absorb_column *column, int m,
                         const pp_context *ctx, double *sums, double *products,
                         pp_error *err);

/* The right-hand side of the reduced equations, from the level sums. */
pp_status pp__reduced_right(const pp__absorber *a, int m, const double *sums,
                            const pp_context *ctx, double *right, pp_error *err);

/* out = S x on the rest's levels. */
pp_status pp__reduced_times(const pp__absorber *a, int m, const double *x,
                            const pp_context *ctx, double *out, pp_error *err);

/* The coefficients of the largest effect (first in `coefficients`) from its sums and those
   of the rest. */
void pp__largest_back(const pp__absorber *a, int m, const double *sums,
                      const pp_context *ctx, double *coefficients);

/* level_weight and inverse, from the weights. */
pp_status pp__level_weights(pp__absorber *a, const pp_context *ctx, pp_error *err);

/* The first group (level of the largest effect) of each of `blocks` shares of the rows, and
   how many shares to take when each has a table of `width` doubles. */
int64_t pp__group_at(const pp__effects *e, int64_t blocks, int64_t block);
int64_t pp__count_blocks(int64_t n, int64_t width);

/* The place on the rest's levels of effect r (of the rest) in the row at place i. */
static inline int64_t pp__rest_level(const pp__effects *e, int r, int64_t i) {
    return e->offset[r + 1] - e->offset[1] + e->ordered[r][i];
}

/* ---- src/model/effects/components.c ---- */

/* Connected components of the graph of the largest and the next effect, over rows with
   weight; levels without such rows do not count. */
pp_status pp__effects_components(const pp__effects *e, const double *ordered_weight,
                                 pp_arena *arena, int64_t *components, pp_error *err);

/* ---- the ways to solve the reduced equations S x = b ---- */

/* A way: S itself where it is held, and an inverse of it, exact or nearly. `make` leaves
   *out NULL where the way would cost more than `work` (row visits of the plain iteration:
   about so many additions); it does what depends on the structure alone. */
typedef struct pp__way pp__way;
struct pp__way {
    pp_status (*make)(const pp__absorber *a, double work, const pp_context *ctx,
                      void **out, pp_error *err);
    pp_status (*weigh)(void *way, const pp__absorber *a, const pp_context *ctx,
                       pp_error *err);
    void (*times)(const void *way, int m, const double *x, double *out); /* or NULL */
    pp_status (*invert)(void *way, int m, const double *x, double *out, pp_error *err);
    double (*rank)(const void *way); /* of S; NULL: not known */
};

extern const pp__way pp__way_dense, pp__way_sparse, pp__way_approximate;

/* ---- src/model/effects/reduced.c ---- */

pp_status pp__reduced_make(pp__absorber *a, const pp_context *ctx, pp_error *err);
pp_status pp__reduced_weigh(pp__absorber *a, const pp_context *ctx, pp_error *err);
/* x for `right`, which is overwritten; the error is relative to the roots of `squares`. */
pp_status pp__reduced_solve(pp__absorber *a, int m, double *right, const double *squares,
                            double tolerance, const pp_context *ctx, double *x,
                            pp__absorb_report *report, pp_error *err);

#endif
