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

static void fill_signs(pp_rng *rng, int32_t groups, double *v) {
    uint64_t bits = 0;
    for (int32_t g = 0; g < groups; g++) {
        bits = g % 64 == 0 ? pp_rng_bits(rng) : bits >> 1;
        v[(int64_t)g * PP__WIDE] = bits & 1 ? 1 : -1;
    }
}

static void fill_webb(pp_rng *rng, int32_t groups, double *v) {
    static const double POINT[] = {-1.2247448713915890491, -1, -0.70710678118654752440,
                                   0.70710678118654752440, 1,  1.2247448713915890491};
    for (int32_t g = 0; g < groups; g++) {
        v[(int64_t)g * PP__WIDE] = POINT[pp_rng_below(rng, 6)];
    }
}

static void fill_mammen(pp_rng *rng, int32_t groups, double *v) {
    const double root = 2.2360679774997896964; /* of five */
    for (int32_t g = 0; g < groups; g++) {
        int low = pp_rng_uniform(rng) < (root + 1) / (2 * root);
        v[(int64_t)g * PP__WIDE] = low ? (1 - root) / 2 : (1 + root) / 2;
    }
}

void pp__multipliers_fill(const pp__multipliers *m, int64_t begin, double *v) {
    for (int b = 0; b < PP__WIDE; b++) {
        int64_t draw = begin + b;
        if (draw >= m->draws) {
            for (int32_t g = 0; g < m->groups; g++) {
                v[b + (int64_t)g * PP__WIDE] = 0;
            }
        } else if (m->enumerated) {
            for (int32_t g = 0; g < m->groups; g++) {
                v[b + (int64_t)g * PP__WIDE] = draw >> g & 1 ? -1 : 1;
            }
        } else {
            pp_rng rng;
            pp_rng_init(&rng, m->seed, TASK, (uint64_t)draw);
            (m->kind == PP__RADEMACHER ? fill_signs
             : m->kind == PP__WEBB     ? fill_webb
                                       : fill_mammen)(&rng, m->groups, v + b);
        }
    }
}
