#include "model/inference/multipliers.h"

#include "base/check.h"

#include <pushpull/random.h>

#include <string.h>

enum { TASK = 0x3711 };

pp_status pp__multipliers_make(const char *name, int32_t groups, int64_t draws,
                               uint64_t seed, pp__multipliers *out, pp_error *err) {
    static const char *const NAMES[] = {"rademacher", "webb", "mammen"};
    *out = (pp__multipliers){.groups = groups, .draws = draws, .seed = seed};
    for (int i = 0; i < 3; i++) {
        if (!name || strcmp(name, NAMES[i]) == 0) {
            out->kind = (pp__multiplier)i;
            if (i == PP__RADEMACHER && groups < 62 && (int64_t)1 << groups <= draws) {
                out->enumerated = 1;
                out->draws = (int64_t)1 << groups;
            }
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "there are no draw weights '%s'", name);
    pp_error_locate(err, NULL, 0, "draw-weights", name);
    pp_error_hint(err, "there are: rademacher, webb, mammen");
    return PP_E_ARGUMENT;
}

/* Weights are drawn group after group, each from its draw's own stream. */

static void draw_signs(pp_rng *rng, int32_t groups, double *v) {
    uint64_t bits[PP__WIDE] = {0};
    for (int32_t g = 0; g < groups; g++, v += PP__WIDE) {
        for (int b = 0; b < PP__WIDE; b++) {
            bits[b] = g % 64 == 0 ? pp_rng_bits(&rng[b]) : bits[b] >> 1;
            v[b] = 2.0 * (double)(int)(bits[b] & 1) - 1;
        }
    }
}

static void draw_webb(pp_rng *rng, int32_t groups, double *v) {
    static const double POINT[] = {-1.2247448713915890491, -1, -0.70710678118654752440,
                                   0.70710678118654752440, 1,  1.2247448713915890491};
    for (int32_t g = 0; g < groups; g++, v += PP__WIDE) {
        for (int b = 0; b < PP__WIDE; b++) {
            v[b] = POINT[pp_rng_below(&rng[b], 6)];
        }
    }
}

static void draw_mammen(pp_rng *rng, int32_t groups, double *v) {
    const double root = 2.2360679774997896964; /* of five */
    for (int32_t g = 0; g < groups; g++, v += PP__WIDE) {
        for (int b = 0; b < PP__WIDE; b++) {
            int low = pp_rng_uniform(&rng[b]) < (root + 1) / (2 * root);
            v[b] = low ? (1 - root) / 2 : (1 + root) / 2;
        }
    }
}

static void list_signs(int64_t begin, int32_t groups, double *v) {
    for (int32_t g = 0; g < groups; g++, v += PP__WIDE) {
        for (int b = 0; b < PP__WIDE; b++) {
            v[b] = (begin + b) >> g & 1 ? -1 : 1;
        }
    }
}

void pp__multipliers_fill(const pp__multipliers *m, int64_t begin, double *v) {
    pp_rng rng[PP__WIDE];
    if (m->enumerated) {
        list_signs(begin, m->groups, v);
        return;
    }
    for (int b = 0; b < PP__WIDE; b++) {
        pp_rng_init(&rng[b], m->seed, TASK, (uint64_t)(begin + b));
    }
    (m->kind == PP__RADEMACHER ? draw_signs
     : m->kind == PP__WEBB     ? draw_webb
                               : draw_mammen)(rng, m->groups, v);
}
