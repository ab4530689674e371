#include <pushpull/random.h>

#include <Random123/philox.h>
#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

void pp_rng_init(pp_rng *rng, uint64_t seed, uint64_t task, uint64_t index) {
    *rng = (pp_rng){.key = {seed, task}, .counter = {0, 0, index, 0}, .used = 4};
}

static void refill(pp_rng *rng) {
    philox4x64_ctr_t counter;
    philox4x64_key_t key;
    memcpy(counter.v, rng->counter, sizeof rng->counter);
    memcpy(key.v, rng->key, sizeof rng->key);
    philox4x64_ctr_t drawn = philox4x64(counter, key);
    memcpy(rng->block, drawn.v, sizeof rng->block);
    rng->counter[0]++;
    rng->used = 0;
}

uint64_t pp_rng_bits(pp_rng *rng) {
    if (rng->used == 4) {
        refill(rng);
    }
    return rng->block[rng->used++];
}

double pp_rng_uniform(pp_rng *rng) {
    return ((double)(pp_rng_bits(rng) >> 11) + 0.5) * 0x1.0p-53;
}

/* Box and Muller's transform: exact, and two normals for two uniforms. */
double pp_rng_normal(pp_rng *rng) {
    if (rng->has_normal) {
        rng->has_normal = 0;
        return rng->normal;
    }
    double radius = sqrt(-2 * log(pp_rng_uniform(rng)));
    double angle = 6.283185307179586476925 * pp_rng_uniform(rng);
    rng->normal = radius * sin(angle);
    rng->has_normal = 1;
    return radius * cos(angle);
}

/* Lemire's multiplication with rejection (ACM TOMACS 29, 2019). */
int64_t pp_rng_below(pp_rng *rng, int64_t n) {
    uint64_t range = (uint64_t)n;
    uint128 product = (uint128)pp_rng_bits(rng) * range;
    if ((uint64_t)product < range) {
        uint64_t threshold = (0 - range) % range;
        while ((uint64_t)product < threshold) {
            product = (uint128)pp_rng_bits(rng) * range;
        }
    }
    return (int64_t)(product >> 64);
}
