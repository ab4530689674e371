/* Absorbing fixed effects: what effects leave of columns, by weighted least squares.
 *
 * For a column v, weights w and the dummies D of all effects the coefficients a solve
 * D'W D a = D'W v; what is left is v - D a. The largest effect is eliminated exactly; the
 * others' equations, the Schur complement S, are those of a graph Laplacian (one effect
 * less) and are solved by conjugate gradients, preconditioned by an exact factor of S
 * where that is cheap (then one step does it) and by an approximate one where it is not.
 *
 * Three things, from lasting to passing: the structure of the effects (one a sample, never
 * changed, may be shared), the absorber (structure and weights), and the columns.
 */
#ifndef PP_MODEL_ABSORB_H
#define PP_MODEL_ABSORB_H

#include "model/design.h"

typedef struct pp__effects pp__effects;
typedef struct pp__absorber pp__absorber;

/* Borrows the codes. Cost O(n) and, with rows out of the order of the largest effect,
   about 4 bytes a row and effect. */
pp_status pp__effects_make(const pp__grouping *effect, int n_effects, int64_t n,
                           pp_arena *arena, const pp_context *ctx, pp__effects **out,
                           pp_error *err);

/* All effects' levels: the number of coefficients. Those of effect e begin at
   pp__effects_offset(…, e). */
int64_t pp__effects_levels(const pp__effects *effects);
int64_t pp__effects_offset(const pp__effects *effects, int e);

/* Weights are 1 until pp__absorber_weigh, before which there is no rank. Its space comes
   from `arena`. */
pp_status pp__absorber_make(const pp__effects *effects, pp_arena *arena,
                            const pp_context *ctx, pp__absorber **out, pp_error *err);

/* New weights of the rows, any number of times: not negative, borrowed; NULL: 1. Rows and
   levels without weight play no part. */
pp_status pp__absorber_weigh(pp__absorber *absorber, const double *weight,
                             const pp_context *ctx, pp_error *err);

/* The rank of D over the rows with weight: the parameters that the effects take. Exact for
   one and two effects (levels less connected components) and where S is factored exactly;
   otherwise the sum of levels less the effects but one. */
double pp__absorber_rank(const pp__absorber *absorber);

/* A column is (value - center) / scale. */
typedef struct pp__absorb_column {
    const double *value;
    double center, scale;
} pp__absorb_column;

/* How it went. `error` bounds the error in what is left of a column, relative to the
   column (both as weighted root sums of squares): from the residual of the normal
   equations and the smallest eigenvalue that the iteration has seen. */
typedef struct pp__absorb_report {
    double error;
    int iterations, converged;
} pp__absorb_report;

enum { PP__ABSORB_WIDEST = 8 };

/* What the passes see on their way, of m columns: their weighted sums, and with no more
   than PP__ABSORB_WIDEST columns the weighted cross-products (m × m, whole) of themselves
   and of what is left of them. These are differences: to rounding error of the columns'
   own squares. */
typedef struct pp__absorb_moments {
    double *total, *whole, *left;
    double weights; /* their sum */
} pp__absorb_moments;

/* The coefficients of all levels for m columns together: m numbers a level, side by side,
   pp__effects_levels × m in all. Not unique where D has not full rank, but their sums over
   a row are. Stopping without convergence is no error: see the report. Errors:
   PP_E_MEMORY, PP_E_CANCELLED. */
pp_status pp__absorb_solve(pp__absorber *absorber, const pp__absorb_column *column, int m,
                           double tolerance, const pp_context *ctx, double *coefficients,
                           pp__absorb_report *report, pp_error *err);

/* The same, with moments. */
pp_status pp__absorb_measure(pp__absorber *absorber, const pp__absorb_column *column,
                             int m, double tolerance, const pp_context *ctx,
                             double *coefficients, pp__absorb_moments *moments,
                             pp__absorb_report *report, pp_error *err);

/* What is left of columns, by their coefficients (m a level, side by side): nothing of it
   need be written out. */
typedef struct pp__absorbed {
    const pp__effects *effects;
    const pp__absorb_column *column;
    int m;
    const double *coefficients;
} pp__absorbed;

/* Of the first k columns in rows begin..begin+n-1: k columns of PP__TILE. */
void pp__absorbed_tile(const pp__absorbed *absorbed, int k, int64_t begin, int n,
                       double *out);
/* Of all columns of such. */
void pp__absorb_tile(const pp__effects *effects, const pp__absorb_column *column, int m,
                     const double *coefficients, int64_t begin, int n, double *out);

/* The sum of a row's effects, when `sum_of` has one number a level. */
void pp__absorb_row_effects(const pp__effects *effects, const double *sum_of,
                            int64_t begin, int n, double *out);

/* Solves and writes what is left of each column to out[j], n doubles, which may be the
   column's own values. Warm start: columns that effects were taken from before, under
   other weights, may stand in for the originals, for what is left of both is the same. */
pp_status pp__absorb(pp__absorber *absorber, const pp__absorb_column *column, int m,
                     double tolerance, const pp_context *ctx, double *const *out,
                     pp__absorb_report *report, pp_error *err);

/* Leaves out of fit->design, with a note, the columns that the effects and the columns
   before them explain. G (k × k, whole): the weighted cross-products of what the effects
   leave of the standardised columns; `weights`: the sum of weights. Writes to keep[] (k
   flags, before) which stay; fit->k, its names and G follow. */
struct pp_fit;
pp_status pp__explained_remove(struct pp_fit *fit, double *G, double weights,
                               uint8_t *keep, pp_error *err);

#endif
