/* Columns of which the effects, or the effects and earlier columns, leave nothing. */
#include "base/check.h"
#include "model/effects/absorb.h"
#include "model/fit.h"

#include <string.h>

/* Of the squares of a column, which is standardised: of the 1e-7 by which collinear
   columns are known. */
static const double TOLERANCE = 1e-14;

static pp_status note(pp_fit *fit, int j, int alone, pp_error *err) {
    const char *name = fit->design->column[j].name;
    PP_TRY(pp__notes_drop(&fit->notes, "collinear", "terms", name, 1, err));
    return pp__notes_warn(&fit->notes, "collinear", name, 1, err,
                          alone ? "%s is explained by the fixed effects and is left out"
                                : "%s is explained by the fixed effects and earlier "
                                  "terms and is left out",
                          name);
}

/* Takes column j out of the columns after it, in the lower triangle. */
static void eliminate(int64_t k, int64_t j, double *left) {
    double pivot = left[j + j * k];
    for (int64_t c = j + 1; c < k; c++) {
        double factor = left[c + j * k] / pivot;
        for (int64_t i = c; i < k; i++) {
            left[i + c * k] -= factor * left[i + j * k];
        }
    }
}

static void compress(int64_t k, const uint8_t *keep, double *G) {
    int64_t at = 0;
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = 0; keep[j] && i < k; i++) {
            if (keep[i]) {
                G[at++] = G[i + j * k];
            }
        }
    }
}

pp_status pp__explained_remove(pp_fit *fit, double *G, double weights, uint8_t *keep,
                               pp_error *err) {
    int64_t k = fit->k;
    int kept = 0;
    pp_arena_mark mark = pp_arena_get_mark(&fit->arena);
    double *left = pp_arena_alloc(&fit->arena, k * k, sizeof *left);
    PP_NEED(left, err);
    memcpy(left, G, (size_t)(k * k) * sizeof *left);
    for (int j = 0; j < k; j++) {
        keep[j] = left[j + j * k] > TOLERANCE * weights;
        if (keep[j]) {
            eliminate(k, j, left);
            fit->name[kept++] = fit->name[j];
        }
    }
    pp_arena_release(&fit->arena, mark);
    for (int j = 0; j < k; j++) {
        if (!keep[j]) {
            PP_TRY(note(fit, j, G[j + j * k] <= TOLERANCE * weights, err));
        }
    }
    if (kept < k) {
        compress(k, keep, G);
        pp__design_select(fit->design, keep);
        fit->k = kept;
    }
    return PP_OK;
}
