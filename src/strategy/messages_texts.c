/* What a message rests on and offers: the same at every place, and therefore once. */
#include "strategy/messages_tables.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <string.h>

const char *pp__origin_name(pp__origin origin) {
    return origin < PP__ORIGINS ? pp__origin_names[origin] : "none_known";
}

/* "Piza, Welsh, Farrington & Thomas 2019" of a full reference: up to its year. */
static int length_of_ref(const char *ref) {
    for (const char *c = ref; *c; c++) {
        if (strspn(c, "0123456789") == 4) {
            return (int)(c - ref) + 4;
        }
    }
    return (int)strlen(ref);
}

static void add_ref(pp__origin origin, const char *ref, pp_buf *out) {
    int64_t all = (int64_t)strlen(ref);
    pp_buf_add_bytes(out, ref, origin == PP__PUBLICATION ? length_of_ref(ref) : all);
}

enum { SENTENCES = 2 };

/* How much of an answer of the study is told beside a message; `message_evidence` has all of it. */
static int length_of(const char *says) {
    const char *at = says;
    for (int n = 0; n < SENTENCES && at; n++) {
        at = strstr(at, ". ");
        at = at ? at + 2 : NULL;
    }
    return at ? (int)(at - says) - 1 : (int)strlen(says);
}

static int is_unverified(const pp__weighed *item) {
    return item->origin == PP__STANDARD && item->found &&
           strncmp(item->found, "unverified", 10) == 0;
}

/* "Moderate: it says so (publication: a reference) [message:2]" */
static void add_item(const pp__message *m, const pp__weighed *item, pp_buf *out) {
    static const char *const grades[] = {"No weight", "Weak", "Moderate", "Strong"};
    const char *says = item->says ? item->says : "";
    int is_answer = item->origin == PP__FINDING || item->origin == PP__ESTIMATE;
    pp_buf_printf(out, "%s%s: ", out->length ? " · " : "",
                  item->origin == PP__ORIGINS ? "None known"
                  : item->side == PP__OPEN    ? "Cannot tell"
                                              : grades[item->grade]);
    pp_buf_add_bytes(out, says, is_answer ? length_of(says) : (int64_t)strlen(says));
    if (item->origin < PP__ORIGINS) {
        int counted = item->origin == PP__CLAIMS && item->found;
        pp_buf_printf(out, " (%s: ", pp__origin_name(item->origin));
        add_ref(item->origin, counted ? item->found : item->ref, out);
        pp_buf_add(out, is_unverified(item) ? ", not verified" : "");
        pp_buf_add_char(out, ')');
    }
    pp_buf_printf(out, " [%s:%lld]", m->name, (long long)item->order);
}

/* Briefs take them apart at "; ", which no offer has in its words (see messages_rules.c). */
static void add_offer(const pp__offer *offer, pp_buf *out) {
    pp_buf_printf(out, "%s%s (", out->length ? "; " : "", offer->words);
    if (offer->source.origin == PP__CLAIMS) {
        pp_buf_add(out, "claims of the study");
    } else {
        add_ref(offer->source.origin, offer->source.ref, out);
    }
    pp_buf_add_char(out, ')');
}

static void add_side(const pp__choice *c, int64_t message, int is_for, pp_buf *out) {
    for (const pp__weighed *i = c->weights[message].first; i; i = i->next) {
        if ((i->side == PP__FOR) == is_for) {
            add_item(&c->lib->messages[message], i, out);
        }
    }
}

static void add_conditions(const pp__message *m, pp_buf *out) {
    for (int64_t k = 0; k < m->n_when; k++) {
        pp_buf_printf(out, "%s%s", k ? "; " : "", m->when[k].sql);
    }
}

enum { FITS, FOR, AGAINST, OFFERS, PARTS = 5 };

static pp_status put_texts(pp__choice *c, int64_t message, pp_buf *parts, pp_table *table,
                           pp_error *err) {
    const pp__message *m = &c->lib->messages[message];
    add_conditions(m, &parts[FITS]);
    add_side(c, message, 1, &parts[FOR]);
    add_side(c, message, 0, &parts[AGAINST]);
    for (int kind = 0; kind < 2; kind++) {
        for (int64_t i = 0; i < m->n_offers[kind]; i++) {
            add_offer(&c->lib->offers[m->offers[kind][i]], &parts[OFFERS + kind]);
        }
    }
    pp__cell cells[2 + PARTS] = {PP__TEXT_CELL(m->name),
                                 PP__TEXT_CELL(c->lib->concerns[m->concern].name)};
    for (int k = 0; k < PARTS; k++) {
        PP_TRY(pp_buf_check(&parts[k], err));
        cells[2 + k] = PP__TEXT_CELL(parts[k].length > 0 ? parts[k].data : NULL);
    }
    return pp__rows_add_cells(table, cells, err);
}

pp_status pp__put_texts(pp__choice *c, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"message", "Message", PP_TEXT, 0},
        {"concern", "Concern", PP_TEXT, 0},
        {"fits_when", "Fits when", PP_TEXT, 0},
        {"evidence_for", "Evidence for", PP_TEXT, 0},
        {"evidence_against", "Evidence against", PP_TEXT, 0},
        {"alternatives", "Alternatives", PP_TEXT, 0},
        {"safeguards", "Safeguards", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(c->result, "message_texts",
                          "What messages rest on, and what they offer", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int64_t i = 0; i < c->lib->n_messages; i++) {
        pp_buf parts[PARTS];
        for (int k = 0; k < PARTS; k++) {
            pp_buf_init(&parts[k]);
        }
        pp_status status = put_texts(c, i, parts, table, err);
        for (int k = 0; k < PARTS; k++) {
            pp_buf_clear(&parts[k]);
        }
        PP_TRY(status);
    }
    return PP_OK;
}
