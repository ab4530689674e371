#include "unseen/lists_dependence.h"

#include "base/check.h"

#include <math.h>

const double pp__ratios[PP__RATIOS] = {0.25, 0.5, 1, 2, 4};

/* The pairs of lists (one, or all) that a history is on. */
static int pairs_in(int history, int i, int j) {
    int n = pp__bits((unsigned)history);
    return i < 0 ? n * (n - 1) / 2 : (history >> i & 1) && (history >> j & 1);
}

pp_status pp__dependence_estimate(const pp__histories *h, int i, int j, double ratio,
                                  double level, pp_arena *arena, pp__number *out,
                                  pp_error *err) {
    double *offset = pp_arena_alloc(arena, h->cells, sizeof *offset);
    int *term = pp_arena_alloc(arena, h->lists + 1, sizeof *term);
    pp__cells_fit fit;
    PP_NEED(offset && term ? term : NULL, err);
    for (int c = 0; c < h->cells; c++) {
        offset[c] = pairs_in(c, i, j) * log(ratio);
    }
    for (int l = 0; l <= h->lists; l++) {
        term[l] = l ? 1 << (l - 1) : 0;
    }
    pp__cells model = {.cells = h->cells,
                       .first = 1,
                       .k = h->lists + 1,
                       .term = term,
                       .lists = h->lists,
                       .offset = offset};
    *out = pp__number_none("Mt", "by list");
    PP_TRY(pp__cells_estimate(&model, h->count, arena, &fit, err));
    pp__number_of(h, &fit, level, out);
    return pp__number_profile_cells(&model, h, NULL, NULL, level, arena, out, err);
}
