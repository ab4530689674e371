/* Counter-based random numbers: Philox 4x64-10 of Random123 (Salmon, Moraes, Dror & Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", SC11).
 *
 * A stream is keyed by (seed, task, index): replicate 17 of task 3 draws the same numbers on any
 * thread, in any order and on any number of machines. A pp_rng is a plain value: copy it freely.
 */
#ifndef PUSHPULL_RANDOM_H
#define PUSHPULL_RANDOM_H

#include <pushpull/status.h>

typedef struct pp_rng {
    uint64_t key[2];
    uint64_t counter[4];
    uint64_t block[4];
    int used;
    int has_normal;
    double normal;
} pp_rng;

PP_API void pp_rng_init(pp_rng *rng, uint64_t seed, uint64_t task, uint64_t index);
PP_API uint64_t pp_rng_bits(pp_rng *rng);
PP_API double pp_rng_uniform(pp_rng *rng);           /* in the open interval (0, 1) */
PP_API double pp_rng_normal(pp_rng *rng);            /* mean 0, standard deviation 1 */
PP_API int64_t pp_rng_below(pp_rng *rng, int64_t n); /* 0..n-1, unbiased; n >= 1 */

#endif
