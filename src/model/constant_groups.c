/* Groups of a fixed effect in which the outcome never leaves the end of its range: always 0
 * (or always 1, of a binary outcome). Their effect is infinite and their rows say nothing of
 * other coefficients. Leaving them out can leave another group without variation, and so on.
 */
#include "base/check.h"
#include "model/design.h"

#include <string.h>

/* What the outcomes of a group are. */
enum { LOW = 1, HIGH = 2, BETWEEN = 4 };

typedef struct search {
    const pp__design *d;
    int binary;
    uint8_t *gone;
    uint8_t *kinds; /* of the groups of one effect at a time */
} search;

typedef struct finding {
    int64_t rows, low, high; /* groups at 0, at 1 */
} finding;

static void find_kinds(search *s, const pp__grouping *effect, int first) {
    const double *y = s->d->with.y, *weight = s->d->with.weight;
    memset(s->kinds, 0, (size_t)effect->levels);
    for (int64_t i = 0; i < s->d->n; i++) {
        int kind = y[i] == 0 ? LOW : s->binary && y[i] == 1 ? HIGH : BETWEEN;
        int out = (!first && s->gone[i]) || (weight && weight[i] == 0);
        s->kinds[effect->code[i]] |= (uint8_t)(out ? 0 : kind);
    }
}

static void mark_groups(search *s, const pp__grouping *effect, int first,
                        finding *found) {
    find_kinds(s, effect, first);
    int64_t any = 0;
    for (int32_t l = 0; l < effect->levels; l++) {
        found->low += s->kinds[l] == LOW;
        found->high += s->kinds[l] == HIGH;
        any += s->kinds[l] == LOW || s->kinds[l] == HIGH;
    }
    for (int64_t i = 0; any && i < s->d->n; i++) {
        int kind = s->kinds[effect->code[i]];
        if (!s->gone[i] && (kind == LOW || kind == HIGH)) {
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
    s.kinds = pp_malloc(levels, 1);
    PP_NEED(s.kinds, err);
    do {
        before = now;
        now = 0;
        for (int e = 0; e < with->n_effects; e++) {
            mark_groups(&s, &with->effect[e], before + now == 0, &found[e]);
            now += found[e].rows;
        }
    } while (now > before && with->n_effects > 1);
    pp_free(s.kinds);
    *gone = now > 0 ? s.gone : NULL;
    if (notes && now > 0) {
        pp__notes_rewind(notes, mark);
    }
    for (int e = 0; notes && e < with->n_effects; e++) {
        PP_TRY(note(with->effect[e].label, &found[e], notes, err));
    }
    return PP_OK;
}
