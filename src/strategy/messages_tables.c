#include "strategy/messages_tables.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <string.h>

static const char *const side_names[] = {"for", "against", "open"};

/* Which claims each message rests on, and which claims are of a place: asked once for all places. */
static pp_status index_claims(pp__choice *c, pp_error *err) {
    const pp_table *claims = c->in->claims;
    c->rests = pp_arena_zalloc(&c->arena, c->lib->n_messages + 1, sizeof *c->rests);
    PP_NEED(c->rests, err);
    PP_TRY(pp__rows_by(claims, "place_id", &c->claims_at, err));
    PP_TRY(pp__rows_by(claims, "country", &c->claims_in, err));
    for (int64_t m = 0; claims && m < c->lib->n_messages; m++) {
        for (const pp__weighed *w = c->weights[m].first; w; w = w->next) {
            if (w->n_claims > 0 && !c->rests[m]) {
                c->rests[m] = pp_arena_zalloc(&c->arena, pp_table_rows(claims), 1);
                PP_NEED(c->rests[m], err);
            }
            for (int64_t k = 0; k < w->n_claims; k++) {
                c->rests[m][w->claims[k]] = 1;
            }
        }
    }
    return PP_OK;
}

pp_status pp__begin_messages(pp__choice *c, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"place_id", "Place identifier", PP_TEXT, 0},
        {"name", "Place", PP_TEXT, 0},
        {"audience", "To whom", PP_TEXT, 0},
        {"order", "Order", 0, PP_SHOW_COUNT},
        {"message", "Message", PP_TEXT, 0},
        {"concern", "Concern", PP_TEXT, 0},
        {"text", "What to say", PP_TEXT, 0},
        {"strength", "Strength", PP_TEXT, 0},
        {"fits_because", "Fits because", PP_TEXT, 0},
        {"claims", "Claims", PP_TEXT, 0}};
    static const pp__column_spec unfit[] = {{"place_id", "Place identifier", PP_TEXT, 0},
                                            {"message", "Message", PP_TEXT, 0},
                                            {"why", "Why not", PP_TEXT, 0}};
    PP_TRY(pp__rows_start(c->result, "messages", "What to say to whom", columns,
                          sizeof columns / sizeof *columns, &c->messages, err));
    PP_TRY(pp__rows_start(c->result, "message_unfit", "What does not fit, and why", unfit,
                          3, &c->unfit, err));
    c->places = pp_arena_zalloc(&c->arena, c->lib->n_messages + 1, sizeof *c->places);
    PP_NEED(c->places, err);
    return index_claims(c, err);
}

/* ---- rows ---- */

static const char *fact(const pp__choice *c, const char *column, int64_t row) {
    const pp_column *of = pp_table_find(c->facts, column);
    return of && of->type != PP_NUMBER ? pp_column_get_text(of, row) : NULL;
}

static void add_reasons(const pp__choice *c, int64_t message, int64_t row, pp_buf *out) {
    const pp__message *m = &c->lib->messages[message];
    for (int64_t k = 0; k < m->n_when; k++) {
        pp_buf_add(out, k ? "; " : "");
        pp__tell_facts(m->when[k].sql, c->facts, row, 0, out);
    }
    if (m->n_when == 0) {
        pp_buf_add(out, "it has no condition");
    }
}

/* Claims of the place, and for a country those of its cities. */
static void add_claims_of(const pp__choice *c, int64_t message, int64_t row,
                          pp_buf *out) {
    const char *place = fact(c, "place_id", row), *rests = c->rests[message];
    const int64_t *rows;
    if (!rests || !place) {
        return;
    }
    int64_t n = pp__rows_find(&c->claims_in, place, &rows);
    n = n > 0 ? n : pp__rows_find(&c->claims_at, place, &rows);
    for (int64_t i = 0; i < n; i++) {
        const char *id =
            rests[rows[i]] ? pp__text_at(c->in->claims, "claim_id", rows[i]) : NULL;
        if (id) {
            pp_buf_printf(out, "%s%s", out->length ? " " : "", id);
        }
    }
}

pp_status pp__put_message(pp__choice *c, int64_t row, int64_t message, int audience,
                          int64_t order, const char *text, pp_error *err) {
    const pp__message *m = &c->lib->messages[message];
    pp_buf because, claims;
    pp_buf_init(&because);
    pp_buf_init(&claims);
    add_reasons(c, message, row, &because);
    add_claims_of(c, message, row, &claims);
    const pp__cell cells[] = {
        PP__TEXT_CELL(fact(c, "place_id", row)),
        PP__TEXT_CELL(fact(c, "name", row)),
        PP__TEXT_CELL(pp__audience_names[audience]),
        PP__NUMBER_CELL(order),
        PP__TEXT_CELL(m->name),
        PP__TEXT_CELL(c->lib->concerns[m->concern].name),
        PP__TEXT_CELL(text),
        PP__TEXT_CELL(pp__strength_names[c->weights[message].strength]),
        PP__TEXT_CELL(because.data),
        PP__TEXT_CELL(claims.length ? claims.data : NULL)};
    pp_status status = pp_buf_check(&because, err);
    status = status == PP_OK ? pp_buf_check(&claims, err) : status;
    if (status == PP_OK) {
        status = pp__rows_add_cells(c->messages, cells, err);
    }
    pp_buf_clear(&because);
    pp_buf_clear(&claims);
    return status;
}

pp_status pp__put_unfit(pp__choice *c, int64_t row, int64_t message, const char *why,
                        pp_error *err) {
    const pp__cell cells[] = {PP__TEXT_CELL(fact(c, "place_id", row)),
                              PP__TEXT_CELL(c->lib->messages[message].name),
                              PP__TEXT_CELL(why)};
    return pp__rows_add_cells(c->unfit, cells, err);
}

/* ---- evidence and strength ---- */

static const char *id_of(pp_arena *arena, const pp__message *m, const pp__weighed *item) {
    return pp_arena_printf(arena, "%s:%lld", m->name, (long long)item->order);
}

static pp_status put_item(pp__choice *c, const pp__message *m, const pp__weighed *item,
                          pp_table *table, pp_error *err) {
    const pp_column *id =
        item->n_claims > 0 ? pp_table_find(c->in->claims, "claim_id") : NULL;
    pp_buf claims;
    pp_buf_init(&claims);
    for (int64_t k = 0; id && k < item->n_claims; k++) {
        pp_buf_printf(&claims, "%s%s", k ? " " : "",
                      pp_column_get_text(id, item->claims[k]));
    }
    const pp__cell cells[] = {PP__TEXT_CELL(id_of(&c->arena, m, item)),
                              PP__TEXT_CELL(m->name),
                              PP__TEXT_CELL(side_names[item->side]),
                              PP__TEXT_CELL(item->says),
                              PP__TEXT_CELL(pp__origin_name(item->origin)),
                              PP__TEXT_CELL(*item->ref ? item->ref : NULL),
                              PP__TEXT_CELL(pp__strength_names[item->grade]),
                              PP__TEXT_CELL(item->found),
                              PP__NUMBER_CELL(item->added),
                              PP__TEXT_CELL(claims.length ? claims.data : NULL)};
    pp_status status = pp_buf_check(&claims, err);
    if (status == PP_OK) {
        status = pp__rows_add_cells(table, cells, err);
    }
    pp_buf_clear(&claims);
    return status;
}

static pp_status put_evidence(pp__choice *c, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"id", "Identifier", PP_TEXT, 0},    {"message", "Message", PP_TEXT, 0},
        {"side", "Side", PP_TEXT, 0},        {"says", "What it says", PP_TEXT, 0},
        {"from", "From", PP_TEXT, 0},        {"ref", "Reference", PP_TEXT, 0},
        {"grade", "Grade", PP_TEXT, 0},      {"found", "Found now", PP_TEXT, 0},
        {"added", "Added", 0, PP_SHOW_FLAG}, {"claims", "Claims", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(c->result, "message_evidence",
                          "What messages rest on, and what speaks against them", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int64_t i = 0; i < c->lib->n_messages; i++) {
        for (const pp__weighed *w = c->weights[i].first; w; w = w->next) {
            PP_TRY(put_item(c, &c->lib->messages[i], w, table, err));
        }
    }
    return PP_OK;
}

static pp_status put_strength(pp__choice *c, pp_error *err) {
    static const pp__column_spec columns[] = {{"message", "Message", PP_TEXT, 0},
                                              {"concern", "Concern", PP_TEXT, 0},
                                              {"audience", "To whom", PP_TEXT, 0},
                                              {"strength", "Strength", PP_TEXT, 0},
                                              {"for", "Best for it", PP_TEXT, 0},
                                              {"against", "Best against it", PP_TEXT, 0},
                                              {"places", "Places", 0, PP_SHOW_COUNT},
                                              {"says", "What it says", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(c->result, "message_strength", "What messages carry", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int64_t i = 0; i < c->lib->n_messages; i++) {
        const pp__message *m = &c->lib->messages[i];
        const pp__weight *w = &c->weights[i];
        pp_buf audiences;
        pp_buf_init(&audiences);
        for (int a = 0; a < PP__AUDIENCES; a++) {
            if (m->audiences & (1 << a)) {
                pp_buf_printf(&audiences, "%s%s", audiences.length ? ", " : "",
                              pp__audience_names[a]);
            }
        }
        const pp__cell cells[] = {
            PP__TEXT_CELL(m->name),
            PP__TEXT_CELL(c->lib->concerns[m->concern].words),
            PP__TEXT_CELL(audiences.data),
            PP__TEXT_CELL(pp__strength_names[w->strength]),
            PP__TEXT_CELL(pp__strength_names[w->strongest[0]]),
            PP__TEXT_CELL(pp__strength_names[w->strongest[1]]),
            PP__NUMBER_CELL(c->places[i]),
            PP__TEXT_CELL(m->claim_without ? m->claim_without : m->claim)};
        pp_status status = pp_buf_check(&audiences, err);
        status = status == PP_OK ? pp__rows_add_cells(table, cells, err) : status;
        pp_buf_clear(&audiences);
        PP_TRY(status);
    }
    return PP_OK;
}

static pp_status put_offers(pp__choice *c, pp_error *err) {
    static const pp__column_spec columns[] = {{"offer", "Offer", PP_TEXT, 0},
                                              {"kind", "Kind", PP_TEXT, 0},
                                              {"words", "In words", PP_TEXT, 0},
                                              {"from", "From", PP_TEXT, 0},
                                              {"ref", "Reference", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(c->result, "message_offers", "What can be offered", columns, 5,
                          &table, err));
    for (int64_t i = 0; i < c->lib->n_offers; i++) {
        const pp__offer *offer = &c->lib->offers[i];
        const pp__cell cells[] = {
            PP__TEXT_CELL(offer->name),
            PP__TEXT_CELL(offer->is_safeguard ? "safeguard" : "alternative"),
            PP__TEXT_CELL(offer->words),
            PP__TEXT_CELL(pp__origin_name(offer->source.origin)),
            PP__TEXT_CELL(offer->source.ref)};
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return PP_OK;
}

/* Messages that a finding of the study speaks against, and findings that it does not have. */
static pp_status warn(pp__choice *c, pp_error *err) {
    for (int64_t i = 0; i < c->lib->n_messages; i++) {
        const char *name = c->lib->messages[i].name;
        int missing = 0;
        for (const pp__weighed *w = c->weights[i].first; w; w = w->next) {
            missing += w->found && strcmp(w->found, "not_in_study") == 0;
        }
        if (c->weights[i].turned) {
            PP_TRY(pp_result_warn(c->result, "contradicted", name, -1, err,
                                  "findings of the study speak against the message '%s'",
                                  name));
        }
        if (missing > 0) {
            PP_TRY(pp_result_warn(
                c->result, "not_in_study", name, missing, err,
                "the message '%s' rests on findings that this study does not have",
                name));
        }
    }
    return PP_OK;
}

pp_status pp__end_messages(pp__choice *c, pp_error *err) {
    PP_TRY(pp__put_texts(c, err));
    PP_TRY(put_strength(c, err));
    PP_TRY(put_evidence(c, err));
    PP_TRY(put_offers(c, err));
    PP_TRY(warn(c, err));
    return pp_result_set_note(
        c->result, "messages",
        "Strength follows from the grades of the evidence for and against, those of "
        "findings from what this study says now. A message that hangs on a fact that is "
        "not known is among those that do not fit.",
        err);
}
