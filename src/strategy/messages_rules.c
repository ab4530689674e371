/* The judgements of a library: rules.yml and offers.yml. */
#include "strategy/messages.h"

#include "base/check.h"

#include <string.h>

/* ---- rules.yml ---- */

static pp_status read_order(pp__reader *r, const pp__yaml *levels, pp_error *err) {
    PP_TRY(pp__known_keys(r, levels, pp__level_names, err));
    for (int level = 0; level < PP__LEVELS; level++) {
        const pp__yaml *first;
        int n = 0, seen = 0, audience;
        PP_TRY(pp__texts_under(r, levels, pp__level_names[level], &first, err));
        for (const pp__yaml *c = first; c; c = pp__next_text(c)) {
            PP_TRY(pp__word_among(r, c, "audience", pp__audience_names, &audience, err));
            if (audience < 0 || (seen & (1 << audience))) {
                continue;
            }
            seen |= 1 << audience;
            r->lib->order[level][n++] = audience;
        }
        if (n < PP__AUDIENCES) {
            PP_TRY(pp__wrong(r, levels, "name each audience once", err,
                             "the order of '%s' does not name all %d audiences",
                             pp__level_names[level], PP__AUDIENCES));
        }
    }
    return PP_OK;
}

static pp_status read_grades(pp__reader *r, const pp__yaml *found, pp_error *err) {
    PP_TRY(pp__known_keys(r, found, pp__found_names, err));
    for (int i = 0; i < PP__FOUNDS; i++) {
        const pp__yaml *node = pp__yaml_get(found, pp__found_names[i]);
        int grade = -1;
        if (!node) {
            PP_TRY(
                pp__wrong(r, found, NULL, err, "'%s' has no grade", pp__found_names[i]));
            continue;
        }
        PP_TRY(pp__word_among(r, node, "grade", pp__strength_names, &grade, err));
        r->lib->grades[i] = grade < 0 ? 0 : grade;
    }
    return PP_OK;
}

static pp_status read_bearing(pp__reader *r, const pp__yaml *node, pp__bearing *out,
                              pp_error *err) {
    static const char *const keys[] = {"outcome", "finding", "variable", "better", NULL};
    static const char *const directions[] = {"lower", "higher", NULL};
    const pp__yaml *better = pp__yaml_get(node, "better");
    int given = 0, direction = 0;
    PP_TRY(pp__known_keys(r, node, keys, err));
    for (int k = 0; k < 3; k++) {
        const char *name;
        PP_TRY(pp__text_under(r, node, keys[k], 0, &name, err));
        if (name) {
            given++;
            out->kind = (pp__bears)k;
            out->name = name;
        }
    }
    if (given != 1) {
        PP_TRY(pp__wrong(r, node, "outcome: NAME, finding: ID or variable: NAME", err,
                         "it is not said what bears on this concern"));
    }
    if (!better) {
        return pp__wrong(r, node, "better: lower, or better: higher", err,
                         "it is not said which direction is the better one");
    }
    PP_TRY(pp__word_among(r, better, "direction", directions, &direction, err));
    out->better = direction == 0 ? -1 : 1;
    return PP_OK;
}

static pp_status read_concern(pp__reader *r, const pp__yaml *node, pp__concern *out,
                              pp_error *err) {
    static const char *const keys[] = {"words", "bears", NULL};
    const pp__yaml *bears = pp__yaml_get(node, "bears");
    PP_TRY(pp__known_keys(r, node, keys, err));
    out->name = pp_arena_strdup(&r->lib->arena, node->key);
    PP_NEED(out->name, err);
    PP_TRY(pp__text_under(r, node, "words", 1, &out->words, err));
    if (bears && bears->kind != PP__YAML_LIST) {
        return pp__wrong(r, bears, "- {outcome: NAME, better: lower}", err,
                         "here a list is expected");
    }
    out->bearings =
        pp_arena_zalloc(&r->lib->arena, bears ? bears->n + 1 : 1, sizeof *out->bearings);
    PP_NEED(out->bearings, err);
    for (const pp__yaml *c = bears ? bears->first : NULL; c; c = c->next) {
        pp__bearing *b = &out->bearings[out->n];
        PP_TRY(read_bearing(r, c, b, err));
        out->n += b->name && b->better;
    }
    return PP_OK;
}

pp_status pp__read_rules(pp__reader *r, const pp__yaml *root, pp_error *err) {
    static const char *const keys[] = {"order", "found", "concerns", NULL};
    PP_TRY(pp__known_keys(r, root, keys, err));
    for (int i = 0; i < 3; i++) {
        const pp__yaml *node = pp__yaml_get(root, keys[i]);
        if (!node || node->kind != PP__YAML_MAP) {
            return pp__wrong(r, node ? node : root, "see docs/strategy.md", err,
                             "the rules have no map '%s'", keys[i]);
        }
    }
    const pp__yaml *concerns = pp__yaml_get(root, "concerns");
    PP_TRY(read_order(r, pp__yaml_get(root, "order"), err));
    PP_TRY(read_grades(r, pp__yaml_get(root, "found"), err));
    r->lib->concerns =
        pp_arena_zalloc(&r->lib->arena, concerns->n + 1, sizeof *r->lib->concerns);
    PP_NEED(r->lib->concerns, err);
    for (const pp__yaml *c = concerns->first; c; c = c->next) {
        PP_TRY(read_concern(r, c, &r->lib->concerns[r->lib->n_concerns++], err));
    }
    return PP_OK;
}

/* ---- offers.yml ---- */

static pp_status read_offer(pp__reader *r, const pp__yaml *node, pp__offer *out,
                            pp_error *err) {
    static const char *const keys[] = {"kind", "words", "source", NULL};
    static const char *const kinds[] = {"alternative", "safeguard", NULL};
    const pp__yaml *kind = pp__yaml_get(node, "kind");
    const pp__yaml *source = pp__yaml_get(node, "source");
    PP_TRY(pp__known_keys(r, node, keys, err));
    out->name = pp_arena_strdup(&r->lib->arena, node->key);
    PP_NEED(out->name, err);
    PP_TRY(pp__text_under(r, node, "words", 1, &out->words, err));
    if (out->words && strstr(out->words, "; ")) {
        PP_TRY(pp__wrong(r, pp__yaml_get(node, "words"), "write two offers, or a comma",
                         err, "an offer has no semicolon: lists of offers have"));
    }
    PP_TRY(pp__word_among(r, kind ? kind : node, "kind of offer", kinds,
                          &out->is_safeguard, err));
    return source ? pp__read_item(r, source, 1, &out->source, err)
                  : pp__wrong(r, node, "source: {publication: ...} or {standard: ID}",
                              err, "this offer has no source");
}

pp_status pp__read_offers(pp__reader *r, const pp__yaml *root, pp_error *err) {
    static const char *const keys[] = {"offers", NULL};
    const pp__yaml *offers = pp__yaml_get(root, "offers");
    PP_TRY(pp__known_keys(r, root, keys, err));
    if (!offers || offers->kind != PP__YAML_MAP) {
        return pp__wrong(r, offers ? offers : root, NULL, err, "here is no map 'offers'");
    }
    r->lib->offers =
        pp_arena_zalloc(&r->lib->arena, offers->n + 1, sizeof *r->lib->offers);
    PP_NEED(r->lib->offers, err);
    for (const pp__yaml *c = offers->first; c; c = c->next) {
        PP_TRY(read_offer(r, c, &r->lib->offers[r->lib->n_offers++], err));
    }
    return PP_OK;
}
