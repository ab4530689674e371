/* Sparse weights between units, and what is spread over them. */
#ifndef PP_DRIVERS_LINKS_H
#define PP_DRIVERS_LINKS_H

#include <pushpull/context.h>
#include <pushpull/memory.h>

/* Row i weighs unit to[e] by weight[e], e in begin[i]..begin[i+1]-1: in order of `to`, each
   once, none itself, all above zero. Filled by pp__links_add, row after row. */
typedef struct pp__links {
    int32_t rows;
    int64_t *begin; /* rows + 1 */
    int32_t *to;
    double *weight;
    int64_t n, room;
} pp__links;

pp_status pp__links_init(pp__links *links, int32_t rows, pp_error *err);
void pp__links_clear(pp__links *links);
/* Adds to the row that was last ended; its links come in order of `to`. */
pp_status pp__links_add(pp__links *links, int32_t to, double weight, pp_error *err);
/* Ends row i, so that it sums to one; a row without links stays empty. */
void pp__links_end_row(pp__links *links, int32_t i);

/* Rows of the sum of both (out is empty), not standardised: for means over periods. */
pp_status pp__links_sum(const pp__links *a, const pp__links *b, pp__links *out,
                        pp_error *err);
/* Those between the units with keep[i], which are numbered anew; rows sum to one again. */
pp_status pp__links_keep(const pp__links *links, const uint8_t *keep, pp__links *out,
                         pp_error *err);

/* Moran's I of x over the links (Moran 1950; Cliff & Ord 1981, Spatial Processes, ch. 1-2),
 * with its moments under normality and under randomisation, as spdep's moran.test with
 * zero.policy = TRUE: units without links count in the mean of x and in nothing else. */
typedef struct pp__moran {
    double statistic, expectation, normal_variance, random_variance;
    double z, p_value;  /* by randomisation; one-sided: neighbours are alike */
    double permutation; /* p value of x permuted over units; NaN: not asked for */
    int32_t units, isolates;
} pp__moran;

/* `permutations` 0: none. Streams are keyed by seed and permutation. Fewer than four linked
   units, or an x without variation, is PP_E_ESTIMATION. O(links × (1 + permutations)). */
pp_status pp__moran_of(const pp__links *links, const double *x, int permutations,
                       uint64_t seed, const pp_context *ctx, pp__moran *out,
                       pp_error *err);

#endif
