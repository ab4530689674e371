/* What evidence comes to: what the study, the claims and the registry say now. */
#include "strategy/messages.h"

#include "base/check.h"
#include "strategy/registry.h"

#include <math.h>
#include <string.h>

typedef struct scale {
    const pp_message_library *lib;
    const pp_messages_inputs *in;
    pp_arena *arena;
    double *holds; /* claims by item of origin claims, in order of the library */
    int64_t n_claims, next_condition;
} scale;

/* ---- what a study says ---- */

typedef struct verdict {
    pp__found found;  /* PP__FOUNDS: nothing that could speak for or against */
    int sign;         /* of the difference */
    const char *word; /* of the table: "cannot_tell", "undetermined" */
    const char *sentence;
} verdict;

static const char *text(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(table, column);
    return c && c->type != PP_NUMBER ? pp_column_get_text(c, row) : NULL;
}

static int is(const pp_table *table, const char *column, int64_t row, const char *word) {
    const char *cell = text(table, column, row);
    return cell && strcmp(cell, word) == 0;
}

static int sign_of(const pp_table *table, int64_t row) {
    const pp_column *c = pp_table_find(table, "estimate");
    double value = c && c->type == PP_NUMBER ? c->number[row] : NAN;
    return (value > 0) - (value < 0);
}

static verdict of_effect(const pp_table *effects, int64_t row) {
    const char *claim = text(effects, "claim", row);
    verdict v = {PP__FOUNDS, sign_of(effects, row), claim,
                 text(effects, "sentence", row)};
    for (int f = 0; claim && f < PP__FOUNDS; f++) {
        if (strcmp(claim, pp__found_names[f]) == 0) {
            v.found = (pp__found)f;
        }
    }
    return v;
}

/* Where the hypothesis is "no relation", its support is that there is none larger. */
static verdict of_finding(const pp_table *findings, int64_t row) {
    int none = is(findings, "hypothesis", row, "none");
    verdict v = {PP__FOUNDS, sign_of(findings, row), text(findings, "verdict", row),
                 text(findings, "answer", row)};
    if (is(findings, "verdict", row, "contradicted")) {
        v.found = PP__FOUND_DIFFERENCE;
    } else if (is(findings, "verdict", row, "supported")) {
        v.found = none ? PP__FOUND_NONE_LARGER : PP__FOUND_DIFFERENCE;
    } else if (is(findings, "verdict", row, "negligible")) {
        v.found = PP__FOUND_NONE_LARGER;
    } else if (is(findings, "verdict", row, "undetermined")) {
        v.found = PP__FOUND_CANNOT_TELL;
    }
    return v;
}

/* Which side a finding is on, by the table in messages.h. */
static pp__side side_of(pp__position position, const verdict *v, int better) {
    int differs = v->found == PP__FOUND_EFFECT || v->found == PP__FOUND_DIFFERENCE;
    int cannot_tell = v->found == PP__FOUND_CANNOT_TELL;
    int wanted = position == PP__IMPROVES ? better : -better;
    switch (position) {
    case PP__NOT_SHOWN:
        return differs ? PP__AGAINST : PP__FOR;
    case PP__UNCHANGED:
        return differs ? PP__AGAINST : cannot_tell ? PP__OPEN : PP__FOR;
    default:
        return cannot_tell                    ? PP__OPEN
               : differs && v->sign == wanted ? PP__FOR
                                              : PP__AGAINST;
    }
}

/* ---- items ---- */

static pp_status append(scale *s, pp__weight *w, pp__weighed item, pp_error *err) {
    pp__weighed *own = pp_arena_zalloc(s->arena, 1, sizeof *own);
    PP_NEED(own, err);
    *own = item;
    own->order = ++w->n;
    if (w->last) {
        w->last->next = own;
    } else {
        w->first = own;
    }
    w->last = own;
    return PP_OK;
}

static pp_status join(scale *s, const char *a, const char *b, const char **out,
                      pp_error *err) {
    *out = a ? a : b;
    if (a && b) {
        *out = pp_arena_printf(s->arena, "%s %s", a, b);
        PP_NEED(*out, err);
    }
    return PP_OK;
}

static void judge(scale *s, const pp__message *m, const verdict *v, int better,
                  pp__weighed *item) {
    item->found = v->word;
    if (v->found != PP__FOUNDS) {
        item->side = side_of(m->position, v, better);
        item->grade = item->side == PP__OPEN ? 0 : s->lib->grades[v->found];
    }
}

/* The row that an item of the library names; -1: the study has no such finding. */
static int64_t row_of(const scale *s, const pp__item *item) {
    int is_effect = item->origin == PP__ESTIMATE;
    const pp_table *t = is_effect ? s->in->effects : s->in->findings;
    const char *slash = is_effect ? strchr(item->ref, '/') : NULL;
    for (int64_t row = 0; t && row < pp_table_rows(t); row++) {
        const char *design = is_effect ? text(t, "design", row) : NULL;
        if (!is_effect ? is(t, "id", row, item->ref)
                       : design && strlen(design) == (size_t)(slash - item->ref) &&
                             strncmp(design, item->ref, strlen(design)) == 0 &&
                             is(t, "outcome", row, slash + 1)) {
            return row;
        }
    }
    return -1;
}

static pp_status weigh_finding(scale *s, const pp__message *m, const pp__item *item,
                               pp__weighed *out, pp_error *err) {
    int64_t row = row_of(s, item);
    const pp__bearing *b = pp__bearing_of(&s->lib->concerns[m->concern], item);
    if (row < 0) {
        out->found = "not_in_study";
        out->says = item->says ? item->says : "The study has no such finding.";
        return PP_OK;
    }
    verdict v = item->origin == PP__ESTIMATE ? of_effect(s->in->effects, row)
                                             : of_finding(s->in->findings, row);
    PP_TRY(join(s, item->says, v.sentence, &out->says, err));
    judge(s, m, &v, b ? b->better : 0, out);
    return PP_OK;
}

static pp_status weigh_claims(scale *s, pp__weighed *out, pp_error *err) {
    int64_t condition = s->next_condition++, n = 0;
    if (!s->holds) {
        out->found = "not_known";
        out->grade = 0;
        return PP_OK;
    }
    out->claims = pp_arena_alloc(s->arena, s->n_claims + 1, sizeof *out->claims);
    PP_NEED(out->claims, err);
    for (int64_t row = 0; row < s->n_claims; row++) {
        if (s->holds[condition * s->n_claims + row] == 1) {
            out->claims[n++] = row;
        }
    }
    out->n_claims = n;
    out->grade = n ? out->grade : 0;
    out->found =
        pp_arena_printf(s->arena, "%lld claim%s", (long long)n, n == 1 ? "" : "s");
    PP_NEED(out->found, err);
    return PP_OK;
}

static pp_status weigh_standard(scale *s, pp__weighed *out, pp_error *err) {
    const pp__instrument *of =
        s->in->standards ? pp__standards_instrument(s->in->standards, out->ref) : NULL;
    out->found = "not_known";
    if (of) {
        out->found = pp_arena_printf(s->arena, "%s: %s", of->row.status, of->title);
        PP_NEED(out->found, err);
    }
    return PP_OK;
}

static pp_status weigh_item(scale *s, const pp__message *m, const pp__item *item,
                            pp__side side, pp__weight *w, pp_error *err) {
    pp__weighed own = {.says = item->says,
                       .ref = item->ref,
                       .origin = item->origin,
                       .side = side,
                       .grade = item->grade};
    switch (item->origin) {
    case PP__FINDING:
    case PP__ESTIMATE:
        PP_TRY(weigh_finding(s, m, item, &own, err));
        break;
    case PP__CLAIMS:
        PP_TRY(weigh_claims(s, &own, err));
        break;
    case PP__STANDARD:
        PP_TRY(weigh_standard(s, &own, err));
        break;
    default:
        break;
    }
    return append(s, w, own, err);
}

/* ---- what no message can leave out ---- */

static int is_listed(const pp__weight *w, pp__origin origin, const char *ref) {
    for (const pp__weighed *item = w->first; item; item = item->next) {
        if (item->origin == origin && strcmp(item->ref, ref) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status add_found(scale *s, const pp__message *m, const verdict *v, int better,
                           pp__origin origin, const char *ref, pp__weight *w,
                           pp_error *err) {
    pp__weighed own = {.says = v->sentence, .ref = ref, .origin = origin, .added = 1};
    PP_NEED(ref, err);
    if (v->found == PP__FOUNDS || is_listed(w, origin, ref)) {
        return PP_OK;
    }
    judge(s, m, v, better, &own);
    return own.side == PP__FOR ? PP_OK : append(s, w, own, err);
}

static pp_status add_bearing(scale *s, const pp__message *m, const pp__bearing *b,
                             pp__weight *w, pp_error *err) {
    static const char *const columns[] = {"outcome", "id", "factor"};
    int is_effect = b->kind == PP__BY_OUTCOME;
    const pp_table *t = is_effect ? s->in->effects : s->in->findings;
    for (int64_t row = 0; t && row < pp_table_rows(t); row++) {
        if (!is(t, columns[b->kind], row, b->name)) {
            continue;
        }
        verdict v = is_effect ? of_effect(t, row) : of_finding(t, row);
        const char *design = is_effect ? text(t, "design", row) : NULL;
        const char *ref =
            is_effect ? pp_arena_printf(s->arena, "%s/%s", design ? design : "", b->name)
                      : text(t, "id", row);
        PP_TRY(add_found(s, m, &v, b->better, is_effect ? PP__ESTIMATE : PP__FINDING,
                         ref ? ref : b->name, w, err));
    }
    return PP_OK;
}

/* ---- a message ---- */

static void sum_up(pp__weight *w) {
    for (const pp__weighed *item = w->first; item; item = item->next) {
        int found = item->origin == PP__FINDING || item->origin == PP__ESTIMATE;
        w->open |= item->side == PP__OPEN;
        if (item->side == PP__OPEN) {
            continue;
        }
        w->turned |= found && item->side == PP__AGAINST && item->grade > 0;
        if (item->grade > w->strongest[item->side]) {
            w->strongest[item->side] = item->grade;
        }
    }
    int over = w->strongest[1] - w->strongest[0] + 1;
    w->strength = w->strongest[0] - (w->strongest[1] > 0 && over > 0 ? over : 0);
    w->strength = w->strength < 0 ? 0 : w->strength;
}

static pp_status weigh_message(scale *s, const pp__message *m, pp__weight *w,
                               pp_error *err) {
    const pp__concern *concern = &s->lib->concerns[m->concern];
    for (int side = 0; side < 2; side++) {
        for (int64_t i = 0; i < m->n_items[side]; i++) {
            PP_TRY(weigh_item(s, m, &m->sides[side][i], (pp__side)side, w, err));
        }
    }
    for (int64_t i = 0; i < concern->n; i++) {
        PP_TRY(add_bearing(s, m, &concern->bearings[i], w, err));
    }
    if (m->none_known) {
        const pp__weighed none = {
            .says = m->none_known, .origin = PP__ORIGINS, .ref = "", .side = PP__AGAINST};
        PP_TRY(append(s, w, none, err));
    }
    sum_up(w);
    return PP_OK;
}

static pp_status test_claims(scale *s, const pp_context *ctx, pp_error *err) {
    int64_t n = 0;
    for (int64_t i = 0; i < s->lib->n_messages; i++) {
        n += s->lib->messages[i].n_items[0] + s->lib->messages[i].n_items[1];
    }
    pp__condition *all = pp_arena_zalloc(s->arena, n + 1, sizeof *all);
    PP_NEED(all, err);
    n = 0;
    for (int64_t i = 0; i < s->lib->n_messages; i++) {
        const pp__message *m = &s->lib->messages[i];
        for (int64_t k = 0; k < m->n_items[0] + m->n_items[1]; k++) {
            const pp__item *item =
                k < m->n_items[0] ? &m->sides[0][k] : &m->sides[1][k - m->n_items[0]];
            if (item->origin == PP__CLAIMS) {
                all[n++] = (pp__condition){item->ref, item->file, "claims", item->line};
            }
        }
    }
    s->n_claims = pp_table_rows(s->in->claims);
    return n > 0 ? pp__conditions_test(s->in->claims, all, n, ctx, &s->holds, err)
                 : PP_OK;
}

pp_status pp__weigh(const pp_message_library *lib, const pp_messages_inputs *in,
                    const pp_context *ctx, pp_arena *arena, pp__weight **out,
                    pp_error *err) {
    scale s = {.lib = lib, .in = in, .arena = arena};
    pp__weight *weights = pp_arena_zalloc(arena, lib->n_messages + 1, sizeof *weights);
    PP_NEED(weights, err);
    pp_status status = in->claims ? test_claims(&s, ctx, err) : PP_OK;
    for (int64_t i = 0; i < lib->n_messages && status == PP_OK; i++) {
        status = weigh_message(&s, &lib->messages[i], &weights[i], err);
    }
    pp_free(s.holds);
    *out = weights;
    return status;
}
