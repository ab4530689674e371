/* What a forecast has to beat: the base rate, and that of the region. */
#include "base/check.h"
#include "drivers/forecast_parts.h"

#include <math.h>

static int32_t region_of(const pp__risk *risk, int64_t row) {
    return risk->regions.code ? risk->regions.code[row] : -1;
}

pp_status pp__rival_learn(const pp__risk *risk, double origin, pp_arena *arena,
                          pp__rival *out, pp_error *err) {
    int32_t regions = risk->regions.code ? risk->regions.n_levels : 0;
    double *rows = pp_arena_zalloc(arena, 2 * (int64_t)regions + 1, sizeof *rows);
    PP_NEED(rows, err);
    double *events = rows + regions;
    *out = (pp__rival){.region = regions > 0 ? rows : NULL};
    for (int32_t u = 0; u < risk->units.n_levels; u++) {
        for (int64_t i = risk->begin[u]; i < risk->begin[u + 1]; i++) {
            double y = pp__risk_outcome(risk, u, risk->time[i], origin);
            int32_t region = region_of(risk, i);
            if (risk->time[i] > origin || !risk->complete[i] || isnan(y)) {
                continue;
            }
            out->rows++;
            out->events += y;
            if (region >= 0) {
                rows[region]++;
                events[region] += y;
            }
        }
    }
    out->base = out->events / out->rows;
    for (int32_t g = 0; g < regions; g++) {
        rows[g] = rows[g] > 0 ? (events[g] + 0.5) / (rows[g] + 1) : out->base;
    }
    return PP_OK;
}

double pp__rival_region(const pp__rival *rival, const pp__risk *risk, int64_t row) {
    int32_t region = region_of(risk, row);
    return region < 0 ? rival->base : rival->region[region];
}

double pp__within(double p, int periods) {
    return -expm1(periods * log1p(-p));
}
