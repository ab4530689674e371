#include "unseen/formula_names.h"

#include "base/check.h"

#include <string.h>

enum { MOST = 256 };

typedef struct names {
    const char *name[MOST + 1];
    int n;
} names;

static void collect(const pp__node *node, names *out) {
    if (node->kind == PP__NAME && out->n < MOST) {
        out->name[out->n++] = node->text;
    }
    for (const pp__node *child = node->first; child; child = child->next) {
        collect(child, out);
    }
}

pp_status pp__formula_names(const char *terms, pp_arena *arena, const char *const **out,
                            pp_error *err) {
    names *found = pp_arena_zalloc(arena, 1, sizeof *found);
    pp__formula *formula;
    PP_NEED(found, err);
    *out = found->name;
    if (!terms) {
        return PP_OK;
    }
    const char *text = pp_arena_printf(arena, "0 ~ %s", terms);
    PP_NEED(text, err);
    pp_status status = pp__formula_parse(text, arena, &formula, NULL);
    if (status != PP_OK) {
        return status == PP_E_MEMORY ? pp_error_set(err, status, "out of memory") : PP_OK;
    }
    for (int a = 0; a < formula->n_atoms; a++) {
        collect(formula->atoms[a].node, found);
    }
    return PP_OK;
}
