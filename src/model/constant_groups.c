/* Groups of a fixed effect in which the outcome never leaves the end of its range: always 0
 * (or always 1, of a binary outcome). Their effect is infinite and their rows say nothing of
 * other coefficients. Leaving them out can leave another group without variation, and so on.
 */
#include "base/check.h"
#include "base/parallel.h"
#include "model/design.h"

#include <string.h>

/* What the outcomes of a group are. */
enum { LOW = 1, HIGH = 2, BETWEEN = 4 };

enum { BLOCKS = 8 };

typedef struct search {
    const pp__design *d;
    const pp_context *ctx;
    int binary, first; /* first: nothing is gone yet */
    uint8_t *gone;
    const pp__grouping *effect; /* one at a time */
    int blocks;
    uint8_t *kinds; /* blocks × levels: of the groups, as each block of rows sees them */
    int64_t rows[BLOCKS]; /* that went */
} search;

typedef struct finding {
    int64_t rows, low, high; /* groups at 0, at 1 */
} finding;

static void block_rows(const search *s, int64_t block, int64_t *begin, int64_t *end) {
    *begin = s->d->n * block / s->blocks;
    *end = s->d->n * (block + 1) / s->blocks;
}

static void see_block(void *payload, int64_t block) {
    const search *s = payload;
    const double *y = s->d->with.y, *weight = s->d->with.weight;
    const int32_t *code = s->effect->code;
    uint8_t *kinds = s->kinds + block * s->effect->levels;
    int64_t begin, end;
    block_rows(s, block, &begin, &end);
    memset(kinds, 0, (size_t)s->effect->levels);
    for (int64_t i = begin; i < end; i++) {
        int kind = y[i] == 0 ? LOW : s->binary && y[i] == 1 ? HIGH : BETWEEN;
        int out = (!s->first && s->gone[i]) || (weight && weight[i] == 0);
        kinds[code[i]] |= (uint8_t)(out ? 0 : kind);
    }
}

static void mark_block(void *payload, int64_t block) {
    search *s = payload;
    int64_t begin, end;
    block_rows(s, block, &begin, &end);
    s->rows[block] = 0;
    for (int64_t i = begin; i < end; i++) {
        int kind = s->kinds[s->effect->code[i]];
        if (!s->gone[i] && (kind == LOW || kind == HIGH)) {
            s->gone[i] = 1;
            s->rows[block]++;
        }
    }
}

/* Many groups take few blocks, so that all their kinds take less room than the rows. */
static int count_blocks(const pp__design *d, int64_t levels) {
    return levels * BLOCKS > d->n ? 1 : BLOCKS;
}

static void mark_groups(search *s, finding *found) {
    int32_t levels = s->effect->levels;
    int64_t any = 0;
    s->blocks = count_blocks(s->d, levels);
    pp__parallel(s->ctx, s->blocks, see_block, s);
    for (int32_t l = 0; l < levels; l++) {
        for (int b = 1; b < s->blocks; b++) {
            s->kinds[l] |= s->kinds[l + (int64_t)b * levels];
        }
        found->low += s->kinds[l] == LOW;
        found->high += s->kinds[l] == HIGH;
        any += s->kinds[l] == LOW || s->kinds[l] == HIGH;
    }
    if (any > 0) {
        pp__parallel(s->ctx, s->blocks, mark_block, s);
        for (int b = 0; b < s->blocks; b++) {
            found->rows += s->rows[b];
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
                                   pp__notes *notes, pp__notes_mark mark,
                                   const pp_context *ctx, uint8_t **gone, pp_error *err) {
    const pp__companions *with = &d->with;
    finding found[PP__MAX_GROUPS] = {{0}};
    search s = {.d = d, .ctx = ctx, .binary = binary};
    int64_t before, now = 0, room = 0;
    for (int e = 0; e < with->n_effects; e++) {
        int64_t levels = with->effect[e].levels,
                needed = levels * count_blocks(d, levels);
        room = needed > room ? needed : room;
    }
    s.gone = pp_arena_zalloc(arena, d->n, 1);
    PP_NEED(s.gone, err);
    s.kinds = pp_malloc(room, 1);
    PP_NEED(s.kinds, err);
    do {
        before = now;
        now = 0;
        for (int e = 0; e < with->n_effects; e++) {
            s.effect = &with->effect[e];
            s.first = before + now == 0;
            mark_groups(&s, &found[e]);
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
