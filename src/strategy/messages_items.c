/* Messages and their evidence, as they stand in a file. */
#include "strategy/messages.h"

#include "base/check.h"
#include "strategy/registry.h"

#include <stdio.h>
#include <string.h>

enum { MOST_PRIORITY = 10 };

static pp_status check_standard(pp__reader *r, const pp__yaml *node, pp_error *err) {
    if (!r->standards || pp__standards_instrument(r->standards, node->text)) {
        return PP_OK;
    }
    return pp__wrong(r, node, "the ids are in instrument.csv of the registry", err,
                     "the registry has no instrument of this id");
}

static pp_status read_origin(pp__reader *r, const pp__yaml *node, pp__item *out,
                             pp_error *err) {
    int given = 0;
    for (int o = 0; o < PP__ORIGINS; o++) {
        const char *ref;
        PP_TRY(pp__text_under(r, node, pp__origin_names[o], 0, &ref, err));
        if (ref) {
            given++;
            out->origin = (pp__origin)o;
            out->ref = ref;
        }
    }
    if (given != 1) {
        return pp__wrong(r, node,
                         "one of finding, estimate, claims, standard, publication", err,
                         given ? "this has more than one origin"
                               : "it is not said where this is from");
    }
    const pp__yaml *at = pp__yaml_get(node, pp__origin_names[out->origin]);
    if (out->origin == PP__ESTIMATE && !strchr(out->ref, '/')) {
        return pp__wrong(r, at, "estimate: DESIGN/OUTCOME", err,
                         "this names no outcome of a design");
    }
    return out->origin == PP__STANDARD ? check_standard(r, at, err) : PP_OK;
}

/* Findings are graded by what is found, all else by who writes the message. */
static pp_status read_grade(pp__reader *r, const pp__yaml *node, pp__item *out,
                            pp_error *err) {
    const pp__yaml *grade = pp__yaml_get(node, "grade");
    int computed = out->origin == PP__FINDING || out->origin == PP__ESTIMATE;
    if (computed) {
        return grade ? pp__wrong(r, grade, "leave it out", err,
                                 "the grade of a finding is computed, never written")
                     : PP_OK;
    }
    if (!grade) {
        return pp__wrong(r, node, "grade: strong, moderate, weak or none", err,
                         "this evidence has no grade");
    }
    PP_TRY(pp__word_among(r, grade, "grade", pp__strength_names, &out->grade, err));
    out->grade = out->grade < 0 ? 0 : out->grade;
    return PP_OK;
}

pp_status pp__read_item(pp__reader *r, const pp__yaml *node, int is_offer, pp__item *out,
                        pp_error *err) {
    static const char *const keys[] = {"finding",     "estimate", "claims", "standard",
                                       "publication", "says",     "grade",  NULL};
    *out = (pp__item){.file = r->file, .line = node->line};
    if (node->kind != PP__YAML_MAP) {
        return pp__wrong(r, node, "says: ..., publication: ..., grade: ...", err,
                         "here keys are expected");
    }
    PP_TRY(pp__known_keys(r, node, keys, err));
    PP_TRY(read_origin(r, node, out, err));
    if (is_offer) {
        return PP_OK;
    }
    int computed = out->origin == PP__FINDING || out->origin == PP__ESTIMATE;
    PP_TRY(pp__text_under(r, node, "says", out->ref && !computed, &out->says, err));
    return out->ref ? read_grade(r, node, out, err) : PP_OK;
}

const pp__bearing *pp__bearing_of(const pp__concern *concern, const pp__item *item) {
    const char *outcome = item->origin == PP__ESTIMATE ? strchr(item->ref, '/') : NULL;
    for (int64_t i = 0; i < concern->n; i++) {
        const pp__bearing *b = &concern->bearings[i];
        if (item->origin == PP__FINDING && b->kind == PP__BY_FINDING &&
            strcmp(b->name, item->ref) == 0) {
            return b;
        }
        if (outcome && b->kind == PP__BY_OUTCOME && strcmp(b->name, outcome + 1) == 0) {
            return b;
        }
    }
    return NULL;
}

/* ---- a message ---- */

/* Which way a finding speaks is judged by its bearing, so that it must have one. */
static pp_status check_bearing(pp__reader *r, const pp__yaml *node, const pp__message *m,
                               const pp__item *item, pp_error *err) {
    int is_found = item->origin == PP__FINDING || item->origin == PP__ESTIMATE;
    if (!is_found || m->concern < 0 ||
        pp__bearing_of(&r->lib->concerns[m->concern], item)) {
        return PP_OK;
    }
    return pp__wrong(r, pp__yaml_get(node, pp__origin_names[item->origin]),
                     "add it to the concern in rules.yml, with its better direction", err,
                     "this does not bear on the concern '%s'",
                     r->lib->concerns[m->concern].name);
}

static pp_status read_side(pp__reader *r, const pp__yaml *list, pp__message *m, int side,
                           pp_error *err) {
    m->sides[side] = pp_arena_zalloc(&r->lib->arena, list->n + 1, sizeof(pp__item));
    PP_NEED(m->sides[side], err);
    for (const pp__yaml *c = list->first; c; c = c->next) {
        pp__item *item = &m->sides[side][m->n_items[side]];
        PP_TRY(pp__read_item(r, c, 0, item, err));
        if (item->ref) {
            PP_TRY(check_bearing(r, c, m, item, err));
            m->n_items[side]++;
        }
    }
    return PP_OK;
}

static pp_status read_evidence(pp__reader *r, const pp__yaml *node, pp__message *m,
                               pp_error *err) {
    static const char *const none[] = {"none_known", NULL};
    const pp__yaml *supports = pp__yaml_get(node, "evidence_for");
    const pp__yaml *against = pp__yaml_get(node, "evidence_against");
    if (!supports || supports->kind != PP__YAML_LIST || supports->n == 0) {
        PP_TRY(pp__wrong(r, supports ? supports : node,
                         "a message without evidence is not said", err,
                         "the message '%s' has no evidence for it", m->name));
    } else {
        PP_TRY(read_side(r, supports, m, 0, err));
    }
    if (against && against->kind == PP__YAML_MAP) {
        PP_TRY(pp__known_keys(r, against, none, err));
        return pp__text_under(r, against, "none_known", 1, &m->none_known, err);
    }
    if (!against || against->kind != PP__YAML_LIST || against->n == 0) {
        return pp__wrong(
            r, against ? against : node,
            "name what speaks against it, or: evidence_against: {none_known: REASON}",
            err, "the message '%s' does not tell of evidence against it", m->name);
    }
    return read_side(r, against, m, 1, err);
}

static pp_status read_audiences(pp__reader *r, const pp__yaml *node, pp__message *m,
                                pp_error *err) {
    const pp__yaml *first;
    int audience;
    PP_TRY(pp__texts_under(r, node, "audience", &first, err));
    for (const pp__yaml *c = first; c; c = pp__next_text(c)) {
        PP_TRY(pp__word_among(r, c, "audience", pp__audience_names, &audience, err));
        m->audiences |= audience < 0 ? 0 : 1 << audience;
    }
    return first ? PP_OK
                 : pp__wrong(r, node, "audience: [mayor, police_chief]", err,
                             "it is not said whom the message is for");
}

static int64_t find_offer(const pp_message_library *lib, const char *name) {
    int64_t i = lib->n_offers - 1;
    while (i >= 0 && strcmp(lib->offers[i].name, name) != 0) {
        i--;
    }
    return i;
}

static pp_status read_offers(pp__reader *r, const pp__yaml *node, int side,
                             pp__message *m, pp_error *err) {
    static const char *const keys[] = {"alternatives", "safeguards"};
    const pp__yaml *list = pp__yaml_get(node, keys[side]), *first;
    PP_TRY(pp__texts_under(r, node, keys[side], &first, err));
    m->offers[side] =
        pp_arena_alloc(&r->lib->arena, list ? list->n + 1 : 1, sizeof *m->offers[side]);
    PP_NEED(m->offers[side], err);
    for (const pp__yaml *c = first; c; c = pp__next_text(c)) {
        int64_t at = find_offer(r->lib, c->text);
        if (at < 0 || r->lib->offers[at].is_safeguard != side) {
            PP_TRY(pp__wrong(r, c, "they stand in offers.yml", err,
                             "there is no %s of this name",
                             side ? "safeguard" : "alternative"));
            continue;
        }
        m->offers[side][m->n_offers[side]++] = at;
    }
    return PP_OK;
}

static pp_status read_when(pp__reader *r, const pp__yaml *node, pp__message *m,
                           pp_error *err) {
    const pp__yaml *list = pp__yaml_get(node, "when"), *first;
    PP_TRY(pp__texts_under(r, node, "when", &first, err));
    m->when = pp_arena_zalloc(&r->lib->arena, list ? list->n + 1 : 1, sizeof *m->when);
    PP_NEED(m->when, err);
    for (const pp__yaml *c = first; c; c = pp__next_text(c)) {
        char *sql = pp_arena_strdup(&r->lib->arena, c->text);
        PP_NEED(sql, err);
        m->when[m->n_when++] = (pp__condition){sql, r->file, "when", c->line};
    }
    return PP_OK;
}

static pp_status check_sentence(pp__reader *r, const pp__yaml *node, pp_error *err) {
    char name[64];
    int open = 0;
    const char *after = node && node->text ? node->text : "";
    while (pp__next_fact(after, &after, name, &open)) {
        if (!pp_table_find(r->facts, name)) {
            PP_TRY(pp__wrong(r, node, "the facts are the columns of profile.h", err,
                             "there is no fact '%s'", name));
        }
    }
    return open ? pp__wrong(r, node, "write {homicide}", err,
                            "a brace is not closed, or too long")
                : PP_OK;
}

static pp_status read_position(pp__reader *r, const pp__yaml *node, pp__message *m,
                               pp_error *err) {
    const pp__yaml *at = pp__yaml_get(node, "position");
    int64_t bearings = m->concern < 0 ? 0 : r->lib->concerns[m->concern].n;
    int position = PP__POSITIONS;
    if (at) {
        PP_TRY(pp__word_among(r, at, "position", pp__position_names, &position, err));
    } else if (bearings > 0) {
        PP_TRY(pp__wrong(
            r, node, "position: not_shown, unchanged, improves or worsens", err,
            "findings bear on this concern: say what the message holds of them"));
    }
    m->position = position < 0 ? PP__POSITIONS : (pp__position)position;
    return PP_OK;
}

static pp_status read_priority(pp__reader *r, const pp__yaml *node, pp__message *m,
                               pp_error *err) {
    const pp__yaml *at = pp__yaml_get(node, "priority");
    int64_t priority = 5;
    if (at && (!at->text || !pp_parse_integer(at->text, &priority) || priority < 1 ||
               priority > MOST_PRIORITY)) {
        PP_TRY(pp__wrong(r, at, NULL, err, "a priority is a whole number from 1 to %d",
                         MOST_PRIORITY));
        priority = 1;
    }
    m->priority = (int)priority;
    return PP_OK;
}

static pp_status check_name(pp__reader *r, const pp__yaml *node, pp_error *err) {
    for (int64_t i = 0; i < r->lib->n_messages; i++) {
        if (strcmp(r->lib->messages[i].name, node->key) == 0) {
            return pp__wrong(r, node, "each message has a name of its own", err,
                             "there is a message '%s' already, in %s", node->key,
                             r->lib->messages[i].file);
        }
    }
    return PP_OK;
}

static pp_status read_message(pp__reader *r, const pp__yaml *node, int64_t concern,
                              pp__message *m, pp_error *err) {
    static const char *const keys[] = {"audience",
                                       "position",
                                       "claim",
                                       "claim_without",
                                       "evidence_for",
                                       "evidence_against",
                                       "alternatives",
                                       "safeguards",
                                       "when",
                                       "priority",
                                       NULL};
    *m = (pp__message){.file = r->file, .line = node->line, .concern = concern};
    m->name = pp_arena_strdup(&r->lib->arena, node->key);
    PP_NEED(m->name, err);
    if (node->kind != PP__YAML_MAP) {
        return pp__wrong(r, node, "see docs/strategy.md", err,
                         "a message has keys, and this has none");
    }
    PP_TRY(pp__known_keys(r, node, keys, err));
    PP_TRY(check_name(r, node, err));
    PP_TRY(pp__text_under(r, node, "claim", 1, &m->claim, err));
    PP_TRY(pp__text_under(r, node, "claim_without", 0, &m->claim_without, err));
    PP_TRY(check_sentence(r, pp__yaml_get(node, "claim"), err));
    PP_TRY(check_sentence(r, pp__yaml_get(node, "claim_without"), err));
    PP_TRY(read_audiences(r, node, m, err));
    PP_TRY(read_position(r, node, m, err));
    PP_TRY(read_evidence(r, node, m, err));
    PP_TRY(read_offers(r, node, 0, m, err));
    PP_TRY(read_offers(r, node, 1, m, err));
    PP_TRY(read_when(r, node, m, err));
    return read_priority(r, node, m, err);
}

static pp_status find_concern(pp__reader *r, const pp__yaml *root, int64_t *out,
                              pp_error *err) {
    const pp__yaml *node = pp__yaml_get(root, "concern");
    *out = -1;
    for (int64_t i = 0; node && node->text && i < r->lib->n_concerns; i++) {
        if (strcmp(r->lib->concerns[i].name, node->text) == 0) {
            *out = i;
        }
    }
    return *out >= 0 ? PP_OK
                     : pp__wrong(r, node ? node : root, "they stand in rules.yml", err,
                                 "this is no concern of rules.yml");
}

pp_status pp__read_messages(pp__reader *r, const pp__yaml *root, pp_error *err) {
    static const char *const keys[] = {"concern", "messages", NULL};
    const pp__yaml *messages = pp__yaml_get(root, "messages");
    int64_t concern;
    PP_TRY(pp__known_keys(r, root, keys, err));
    PP_TRY(find_concern(r, root, &concern, err));
    if (!messages || messages->kind != PP__YAML_MAP) {
        return pp__wrong(r, messages ? messages : root, NULL, err,
                         "here is no map 'messages'");
    }
    pp__message *all = pp_arena_zalloc(&r->lib->arena,
                                       r->lib->n_messages + messages->n + 1, sizeof *all);
    PP_NEED(all, err);
    if (r->lib->n_messages > 0) {
        memcpy(all, r->lib->messages, (size_t)r->lib->n_messages * sizeof *all);
    }
    r->lib->messages = all;
    for (const pp__yaml *c = messages->first; c; c = c->next) {
        PP_TRY(read_message(r, c, concern, &all[r->lib->n_messages], err));
        r->lib->n_messages++;
    }
    return PP_OK;
}
