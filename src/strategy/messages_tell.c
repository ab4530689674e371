/* Messages of one place in words: what to say to whom, then once for each what it rests on. */
#include "strategy/messages.h"

#include "base/check.h"
#include "report/lines.h"
#include "strategy/brief.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 100 };

typedef struct telling {
    const pp_table *messages, *texts, *evidence, *strength, *unfit;
    int width;
    pp_buf *out;
} telling;

static int is(const char *text, const char *word) {
    return text && word && strcmp(text, word) == 0;
}

static int64_t row_of(const pp_table *table, const char *message) {
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        if (is(pp__cell_text(table, "message", row), message)) {
            return row;
        }
    }
    return -1;
}

static const char *said(const telling *t, int64_t row) {
    const char *message = pp__cell_text(t->messages, "message", row);
    return message ? message : "";
}

static int is_new(const telling *t, int64_t row) {
    return row_of(t->messages, said(t, row)) == row;
}

/* ---- what to say ---- */

enum { MOST_CLAIMS = 5 };

/* "; of claims on this place A1 A2 and 4 more": table `messages` has all. */
static void add_claims(const char *ids, pp_buf *out) {
    int n = 0;
    for (const char *at = ids; *at; n++) {
        size_t length = strcspn(at, " ");
        if (n < MOST_CLAIMS) {
            pp_buf_printf(out, "%s%.*s", n ? " " : "; of claims from here ", (int)length,
                          at);
        }
        at += length + (at[length] == ' ');
    }
    if (n > MOST_CLAIMS) {
        pp_buf_printf(out, " and %d more", n - MOST_CLAIMS);
    }
}

static void tell_message(const telling *t, int64_t row) {
    const char *text = pp__cell_text(t->messages, "text", row);
    const char *strength = pp__cell_text(t->messages, "strength", row);
    const char *claims = pp__cell_text(t->messages, "claims", row);
    pp__add_wrapped(t->out, "   - ", text ? text : "", t->width);
    pp_buf_printf(t->out, "     [%s: %s evidence", said(t, row),
                  strength ? strength : "no");
    add_claims(claims ? claims : "", t->out);
    pp_buf_add(t->out, "]\n");
}

/* Those of one audience, which stand together; the row behind them. */
static int64_t tell_audience(const telling *t, int64_t row, int number, pp_buf *again) {
    const char *audience = pp__cell_text(t->messages, "audience", row);
    pp_buf_printf(t->out, "%s%d. To %s\n", number > 1 ? "\n" : "", number,
                  pp__brief_word(audience ? audience : ""));
    pp_buf_clear(again);
    for (; row < pp_table_rows(t->messages) &&
           is(pp__cell_text(t->messages, "audience", row), audience);
         row++) {
        if (is_new(t, row)) {
            tell_message(t, row);
        } else {
            pp_buf_printf(again, "%s%s", again->length ? ", " : "", said(t, row));
        }
    }
    if (again->length > 0) {
        pp__add_wrapped(t->out, "   - as above: ", again->data, t->width);
    }
    return row;
}

/* ---- what it rests on ---- */

/* "moderate: it says so (publication: a reference)" */
static void add_item(const telling *t, int64_t row, pp_buf *out) {
    const char *from = pp__cell_text(t->evidence, "from", row);
    const char *ref = pp__cell_text(t->evidence, "ref", row);
    const char *says = pp__cell_text(t->evidence, "says", row);
    const char *grade = pp__cell_text(t->evidence, "grade", row);
    const char *found = pp__cell_text(t->evidence, "found", row);
    int unverified =
        is(from, "standard") && found && strncmp(found, "unverified", 10) == 0;
    if (is(from, "none_known")) {
        pp_buf_printf(out, "none known: %s", says ? says : "");
        return;
    }
    pp_buf_printf(out, "%s: %s (%s: %s%s)", grade ? grade : "", says ? says : "",
                  from ? from : "",
                  is(from, "claims") && found ? found
                  : ref                       ? ref
                                              : "",
                  unverified ? ", not verified" : "");
}

static void tell_lead(const telling *t, const char *lead, pp_buf *text) {
    char words[64];
    snprintf(words, sizeof words, "   %-14s", lead);
    pp__add_wrapped(t->out, words, text->data ? text->data : "", t->width);
    t->out->failed |= text->failed;
    pp_buf_clear(text);
}

static void tell_evidence(const telling *t, const char *message, const char *side,
                          const char *lead) {
    pp_buf text;
    for (int64_t i = 0; i < pp_table_rows(t->evidence); i++) {
        if (is(pp__cell_text(t->evidence, "message", i), message) &&
            is(pp__cell_text(t->evidence, "side", i), side)) {
            pp_buf_init(&text);
            add_item(t, i, &text);
            tell_lead(t, lead, &text);
            lead = "";
        }
    }
}

/* A text of "; " between, each on a line of its own. */
static void tell_offers(const telling *t, int64_t row, const char *column,
                        const char *lead) {
    const char *at = pp__cell_text(t->texts, column, row);
    while (at && *at) {
        const char *end = strstr(at, "; ");
        pp_buf one;
        pp_buf_init(&one);
        pp_buf_add_bytes(&one, at, end ? end - at : (int64_t)strlen(at));
        tell_lead(t, lead, &one);
        at = end ? end + 2 : NULL;
        lead = "";
    }
}

static void tell_basis(const telling *t, int64_t row) {
    const char *message = said(t, row);
    const char *because = pp__cell_text(t->messages, "fits_because", row);
    int64_t strength = row_of(t->strength, message), text = row_of(t->texts, message);
    const char *concern = pp__cell_text(t->strength, "concern", strength);
    pp_buf_printf(t->out, "\n%s (%s)\n", message, concern ? concern : "");
    tell_evidence(t, message, "for", "For");
    tell_evidence(t, message, "against", "Against");
    tell_evidence(t, message, "open", "Cannot tell");
    tell_offers(t, text, "alternatives", "In its place");
    tell_offers(t, text, "safeguards", "Safeguards");
    pp__add_wrapped(t->out, "   Fits because  ", because ? because : "", t->width);
}

static void tell_unfit(const telling *t) {
    for (int64_t row = 0; row < pp_table_rows(t->unfit); row++) {
        const char *message = pp__cell_text(t->unfit, "message", row);
        const char *why = pp__cell_text(t->unfit, "why", row);
        pp_buf text;
        pp_buf_init(&text);
        pp_buf_printf(&text, "%s: %s", message ? message : "", why ? why : "");
        pp__add_wrapped(t->out, "   - ", text.data ? text.data : "", t->width);
        t->out->failed |= text.failed;
        pp_buf_clear(&text);
    }
}

static void tell_all(const telling *t) {
    int64_t n = pp_table_rows(t->messages);
    int number = 0;
    pp_buf again;
    pp_buf_init(&again);
    if (n == 0) {
        pp_buf_add(t->out, "No message fits here.\n");
    } else {
        pp_buf_printf(t->out, "%s (%s): what to say to whom, in this order\n\n",
                      pp__cell_text(t->messages, "name", 0),
                      pp__cell_text(t->messages, "place_id", 0));
    }
    for (int64_t row = 0; row < n;) {
        row = tell_audience(t, row, ++number, &again);
    }
    pp_buf_add(t->out, n ? "\nWhat each rests on, and what it offers\n" : "");
    for (int64_t row = 0; row < n; row++) {
        if (is_new(t, row)) {
            tell_basis(t, row);
        }
    }
    pp_buf_add(t->out, pp_table_rows(t->unfit) ? "\nWhat does not fit here\n" : "");
    tell_unfit(t);
    t->out->failed |= again.failed;
    pp_buf_clear(&again);
}

pp_status pp_messages_tell(const pp_result *messages, int width, pp_buf *out,
                           pp_error *err) {
    const telling t = {.messages = pp_result_find(messages, "messages"),
                       .texts = pp_result_find(messages, "message_texts"),
                       .evidence = pp_result_find(messages, "message_evidence"),
                       .strength = pp_result_find(messages, "message_strength"),
                       .unfit = pp_result_find(messages, "message_unfit"),
                       .width = width > 0 ? width : WIDTH,
                       .out = out};
    if (!t.messages || !t.texts || !t.evidence || !t.strength || !t.unfit) {
        PP_FAIL(err, PP_E_ARGUMENT, "this is not a result of messages");
    }
    tell_all(&t);
    return pp_buf_check(out, err);
}
