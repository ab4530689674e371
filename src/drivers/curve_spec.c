/* A specification from its number. */
#include "base/check.h"
#include "drivers/curve_plan.h"

#include <pushpull/text.h>

#include <string.h>

const char *const pp__curve_dimension_name[PP__CURVE_DIMENSIONS] = {
    "rule", "sample", "outcome", "model", "focus", "lag", "set", NULL, "covariance"};

pp__curve_spec pp__curve_spec_at(const pp__curve_plan *plan, int64_t i) {
    pp__curve_spec spec = {.number = plan->number ? plan->number[i] : (uint64_t)i};
    uint64_t left = spec.number;
    for (int d = PP__CURVE_DIMENSIONS - 1; d >= 0; d--) {
        if (d == PP__BY_SUBSET) {
            uint64_t place = left & (((uint64_t)1 << plan->list[d].n) - 1);
            spec.subset = place ^ place >> 1;
            left >>= plan->list[d].n;
        } else {
            spec.choice[d] = (int)(left % (uint64_t)plan->list[d].n);
            left /= (uint64_t)plan->list[d].n;
        }
    }
    return spec;
}

int pp__curve_focus_term(const pp__curve_plan *plan, const pp__curve_spec *spec) {
    return plan->focus_term[spec->choice[PP__BY_FOCUS] * plan->list[PP__BY_LAG].n +
                            spec->choice[PP__BY_LAG]];
}

static int add_once(int *out, int n, int term) {
    for (int i = 1; i < n; i++) {
        if (out[i] == term) {
            return n;
        }
    }
    out[n] = term;
    return n + 1;
}

int pp__curve_spec_terms(const pp__curve_plan *plan, const pp__curve_spec *spec,
                         int *out) {
    const pp__curve_terms *set = &plan->set[spec->choice[PP__BY_SET]];
    int n = 1, focal = pp__curve_focus_term(plan, spec);
    out[0] = focal;
    for (int i = 0; i < plan->keep.n; i++) {
        n = add_once(out, n, plan->keep.term[i]);
    }
    for (int i = 0; i < set->n; i++) {
        n = add_once(out, n, set->term[i]);
    }
    for (int i = 0; i < plan->optional.n; i++) {
        if (spec->subset >> i & 1) {
            n = add_once(out, n, plan->optional.term[i]);
        }
    }
    for (int i = 1; i < n; i++) {
        if (out[i] == focal) {
            return 0;
        }
    }
    return n;
}

static const char *taken(pp_buf *buf, pp_arena *arena) {
    const char *text =
        buf->failed ? NULL : pp_arena_strndup(arena, buf->data, buf->length);
    pp_buf_clear(buf);
    return text;
}

const char *pp__curve_plain(const char *term, pp_arena *arena) {
    char *plain = pp_arena_strdup(arena, term), *to = plain;
    for (const char *from = term; plain && *from; from++) {
        if (*from != '`') {
            *to++ = *from;
        }
    }
    if (plain) {
        *to = '\0';
    }
    return plain;
}

/* A term as the formula has it. */
static const char *written(const pp__curve_plan *plan, int term, int quote_lag,
                           const pp__curve_spec *spec, pp_arena *arena) {
    int focal = term == pp__curve_focus_term(plan, spec);
    int lagged = strcmp(plan->list[PP__BY_LAG].value[spec->choice[PP__BY_LAG]], "0") != 0;
    if (!(focal && lagged && quote_lag)) {
        return plan->term[term];
    }
    const char *plain = pp__curve_plain(plan->term[term], arena);
    return plain ? pp_arena_printf(arena, "`%s`", plain) : NULL;
}

const char *pp__curve_formula(const pp__curve_plan *plan, const pp__curve_spec *spec,
                              int quote_lag, pp_arena *arena) {
    int *term = pp_arena_alloc(arena, plan->n_terms + 1, sizeof *term);
    pp_buf text;
    if (!term) {
        return NULL;
    }
    int n = pp__curve_spec_terms(plan, spec, term);
    n = n ? n : 1;
    pp_buf_init(&text);
    pp_buf_add(&text, plan->list[PP__BY_OUTCOME].value[spec->choice[PP__BY_OUTCOME]]);
    for (int i = 0; i < n; i++) {
        const char *part = written(plan, term[i], quote_lag, spec, arena);
        text.failed |= !part;
        pp_buf_add(&text, i ? " + " : " ~ ");
        pp_buf_add(&text, part ? part : "");
    }
    pp_buf_add(&text, plan->suffix);
    return taken(&text, arena);
}

const char *pp__curve_controls(const pp__curve_plan *plan, const pp__curve_spec *spec,
                               pp_arena *arena) {
    const pp__curve_list *sets = &plan->list[PP__BY_SET];
    int named = sets->n > 1 || *sets->value[0];
    pp_buf text;
    pp_buf_init(&text);
    if (named) {
        pp_buf_add(&text, sets->name[spec->choice[PP__BY_SET]]);
    }
    for (int i = 0; i < plan->optional.n; i++) {
        if (spec->subset >> i & 1) {
            pp_buf_printf(&text, "%s%s", text.length ? " + " : "",
                          plan->term[plan->optional.term[i]]);
        }
    }
    if (text.length == 0) {
        pp_buf_add(&text, "none");
    }
    return taken(&text, arena);
}
