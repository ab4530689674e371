/* Connected components of the graph that two effects make, by union and find. */
#include "base/check.h"
#include "model/effects/inside.h"

#include <string.h>

static int32_t root_of(int32_t *parent, int32_t a) {
    while (parent[a] != a) {
        parent[a] = parent[parent[a]];
        a = parent[a];
    }
    return a;
}

/* The smaller root wins: the same forest in any order of joins. Gives 1 when two trees
   became one. */
static int join(int32_t *parent, int32_t a, int32_t b) {
    a = root_of(parent, a);
    b = root_of(parent, b);
    parent[a > b ? a : b] = a > b ? b : a;
    return a != b;
}

/* Each level of the largest effect joins the levels of the next that it meets: a component
   of both is one of the next effect's levels. */
pp_status pp__effects_components(const pp__effects *e, const double *weight,
                                 pp_arena *arena, int64_t *components, pp_error *err) {
    pp_arena_mark mark = pp_arena_get_mark(arena);
    int32_t levels = (int32_t)(e->offset[2] - e->offset[1]);
    int32_t *parent = pp_arena_alloc(arena, levels, sizeof *parent);
    uint8_t *met = pp_arena_zalloc(arena, levels, 1);
    if (!parent || !met) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    for (int32_t l = 0; l < levels; l++) {
        parent[l] = l;
    }
    int32_t trees = levels; /* once there is one, no row can change that */
    for (int64_t g = 0; trees > 1 && g < pp__effects_largest(e); g++) {
        int32_t first = -1;
        for (int64_t i = e->start[g]; i < e->start[g + 1]; i++) {
            int32_t code = e->ordered[0][i];
            if (weight && weight[i] == 0) {
                continue;
            }
            met[code] = 1;
            if (first >= 0 && parent[code] != parent[first]) {
                trees -= join(parent, first, code);
            }
            first = code;
        }
    }
    *components = 0;
    for (int32_t l = 0; l < levels; l++) {
        *components += (met[l] || trees == 1) && parent[l] == l;
    }
    pp_arena_release(arena, mark);
    return PP_OK;
}
