/* Standard errors from influence functions. */
#include "effects/did/group_time.h"

#include "base/check.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

pp_status pp__influence_sums(const pp__staggered *s, const double *influence, int columns,
                             pp_arena *arena, const double **out, pp_error *err) {
    *out = influence;
    if (!s->cluster) {
        return PP_OK;
    }
    double *sums = pp_arena_zalloc(arena, s->clusters * columns, sizeof *sums);
    PP_NEED(sums, err);
    for (int j = 0; j < columns; j++) {
        for (int64_t u = 0; u < s->n; u++) {
            sums[j * s->clusters + s->cluster[u]] += influence[j * s->n + u];
        }
    }
    *out = sums;
    return PP_OK;
}

pp_status pp__influence_covariance(const pp__staggered *s, const double *influence,
                                   int columns, pp_arena *arena, double *V,
                                   pp_error *err) {
    const double *sums;
    double n = (double)s->n;
    PP_TRY(pp__influence_sums(s, influence, columns, arena, &sums, err));
    for (int j = 0; j < columns; j++) {
        for (int l = 0; l <= j; l++) {
            V[j + l * columns] = V[l + j * columns] =
                pp__dot(s->clusters, sums + j * s->clusters, sums + l * s->clusters) /
                (n * n);
        }
    }
    return PP_OK;
}

/* An error of zero is none: of the reference period. */
pp_status pp__influence_errors(const pp__staggered *s, const double *influence,
                               int columns, pp_arena *arena, double *std_error,
                               pp_error *err) {
    const double *sums;
    PP_TRY(pp__influence_sums(s, influence, columns, arena, &sums, err));
    for (int j = 0; j < columns; j++) {
        const double *own = sums + j * s->clusters;
        double error = sqrt(pp__dot(s->clusters, own, own)) / (double)s->n;
        std_error[j] = error > 0 ? error : NAN;
    }
    return PP_OK;
}

pp_status pp__influence_wald(const pp__staggered *s, const double *effect,
                             const double *influence, int columns, pp_arena *arena,
                             double *statistic, pp_error *err) {
    double *V = pp_arena_alloc(arena, columns * columns + columns, sizeof *V);
    *statistic = NAN;
    PP_NEED(V, err);
    double *z = V + columns * columns;
    PP_TRY(pp__influence_covariance(s, influence, columns, arena, V, err));
    memcpy(z, effect, (size_t)columns * sizeof *z);
    if (columns > 0 && pp__cholesky(columns, V, 1e-12) == columns) {
        pp__forward(columns, V, z);
        *statistic = pp__dot(columns, z, z);
    }
    return PP_OK;
}
