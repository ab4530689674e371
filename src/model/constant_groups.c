/* Groups of a fixed effect in which the outcome never leaves the end of its range: always 0
 * (or always 1, of a binary outcome). Their effect is infinite and their rows say nothing of
 * other coefficients. Leaving them out can leave another group without variation, and so on.
 */
#include "base/check.h"
#include "model/design.h"

#include <string.h>

typedef struct group_kinds {
    int64_t low, between, high; /* rows at 0, between, at 1 */
} group_kinds;

typedef struct search {
    const pp__design *d;
    int binary;
    uint8_t *gone;
    group_kinds *groups; /* of one effect at a time */
} search;

typedef struct finding {
    int64_t rows, low, high; /* groups at 0, at 1 */
} finding;

static int is_out(const pp__design *d, int64_t i) {
    return d->with.weight && d->with.weight[i] == 0;
}

static void count_kinds(search *s, const pp__grouping *effect) {
    const double *y = s->d->with.y;
    memset(s->groups, 0, (size_t)effect->levels * sizeof *s->groups);
    for (int64_t i = 0; i < s->d->n; i++) {
        if (!s->gone[i] && !is_out(s->d, i)) {
            group_kinds *group = &s->groups[effect->code[i]];
            group->low += y[i] == 0;
            group->high += s->binary && y[i] == 1;
            group->between += !(y[i] == 0 || (s->binary && y[i] == 1));
        }
    }
}

static int never_varies(const group_kinds *group) {
    return group->between == 0 && (group->low == 0) != (group->high == 0);
}

static void mark_groups(search *s, const pp__grouping *effect, finding *found) {
    count_kinds(s, effect);
    int64_t any = 0;
    for (int32_t l = 0; l < effect->levels; l++) {
        int never = never_varies(&s->groups[l]);
        found->low += never && s->groups[l].low > 0;
        found->high += never && s->groups[l].high > 0;
        any += never;
    }
    for (int64_t i = 0; any && i < s->d->n; i++) {
        if (!s->gone[i] && never_varies(&s->groups[effect->code[i]])) {
            s->gone[i] = 1;
            found->rows++;
        }
    }
}

static pp_status note(const char *label, const finding *found, pp__notes *notes,
                      pp_error *err) {
    if (found->rows == 0) {
        return PP_OK;
    }
    PP_TRY(pp__notes_drop(notes, "no variation", "rows", label, found->rows, err));
    if (found->high == 0) {
        return pp__notes_warn(notes, "no_variation", label, found->rows, err,
                              "the outcome is always 0 in %lld groups of %s: their %lld "
                              "rows are left out",
                              (long long)found->low, label, (long long)found->rows);
    }
    return pp__notes_warn(notes, "no_variation", label, found->rows, err,
                          "the outcome is always 0 in %lld groups of %s and always 1 in "
                          "%lld: their %lld rows are left out",
                          (long long)found->low, label, (long long)found->high,
                          (long long)found->rows);
}

pp_status pp__constant_groups_find(const pp__design *d, int binary, pp_arena *arena,
                                   pp__notes *notes, pp__notes_mark mark, uint8_t **gone,
                                   pp_error *err) {
    const pp__companions *with = &d->with;
    finding found[PP__MAX_GROUPS] = {{0}};
    search s = {.d = d, .binary = binary};
    int64_t before, now = 0, levels = 0;
    for (int e = 0; e < with->n_effects; e++) {
        levels = with->effect[e].levels > levels ? with->effect[e].levels : levels;
    }
    s.gone = pp_arena_zalloc(arena, d->n, 1);
    PP_NEED(s.gone, err);
    s.groups = pp_malloc(levels, sizeof *s.groups);
    PP_NEED(s.groups, err);
    do {
        before = now;
        now = 0;
        for (int e = 0; e < with->n_effects; e++) {
            mark_groups(&s, &with->effect[e], &found[e]);
            now += found[e].rows;
        }
    } while (now > before && with->n_effects > 1);
    pp_free(s.groups);
    *gone = now > 0 ? s.gone : NULL;
    if (notes && now > 0) {
        pp__notes_rewind(notes, mark);
    }
    for (int e = 0; notes && e < with->n_effects; e++) {
        PP_TRY(note(with->effect[e].label, &found[e], notes, err));
    }
    return PP_OK;
}
