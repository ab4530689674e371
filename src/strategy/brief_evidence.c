/* What speaks for and against a message, and what may be offered, each with its note. */
#include "strategy/brief.h"

#include "base/check.h"
#include "strategy/registry.h"

#include <string.h>

static int is(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

/* ---- where it is from ---- */

static pp_status note_study(pp__brief *b, const char *what, const char *ref,
                            pp_error *err) {
    char *text = pp_arena_printf(&b->arena, "Finding '%s' of %s", ref ? ref : "",
                                 b->in->study ? b->in->study : "the study");
    PP_NEED(text, err);
    return is(what, "estimate") ? pp__brief_note_effects(b, err)
                                : pp__brief_note(b, text, text, NULL, NULL, err);
}

static pp_status note_standard(pp__brief *b, const char *id, pp_error *err) {
    const pp__instrument *of =
        b->in->standards && id ? pp__standards_instrument(b->in->standards, id) : NULL;
    return of ? pp__brief_note_instrument(b, of->title, of->row.source, err)
              : pp__brief_note(b, id ? id : "", id ? id : "", NULL, NULL, err);
}

/* A row of `message_evidence` or `message_offers`. */
static pp_status note_origin(pp__brief *b, const pp_table *t, int64_t row,
                             pp_error *err) {
    const char *from = pp__cell_text(t, "from", row), *ref = pp__cell_text(t, "ref", row);
    const char *claims = pp__cell_text(t, "claims", row);
    if (is(from, "finding") || is(from, "estimate")) {
        return note_study(b, from, ref, err);
    }
    if (is(from, "standard")) {
        return note_standard(b, ref, err);
    }
    if (is(from, "claims") && claims) {
        return pp__brief_note_claims(b, claims, 2, err);
    }
    if (is(from, "claims")) {
        char *text =
            pp_arena_printf(&b->arena, "What is on record: claims where %s", ref);
        PP_NEED(text, err);
        return pp__brief_note(b, text, text, NULL, NULL, err);
    }
    return ref ? pp__brief_note(b, ref, ref, NULL, NULL, err) : PP_OK;
}

/* ---- for and against ---- */

static pp_status add_part(pp__brief *b, const char *text, const char *end,
                          pp_error *err) {
    char *part = pp_arena_printf(&b->arena, "%.*s", (int)(end - text), text);
    PP_NEED(part, err);
    pp__brief_add(b, part);
    return PP_OK;
}

/* The first two sentences of an answer of the study: the rest stands in its findings. */
static pp_status add_answer(pp__brief *b, const char *says, pp_error *err) {
    const char *end = says;
    for (int i = 0; end && i < 2; i++) {
        end = strstr(end + 1, ". ");
    }
    return add_part(b, says, end ? end + 1 : says + strlen(says), err);
}

/* An estimate stands under "What it may do" with its interval: here only what it says. */
static pp_status add_estimate(pp__brief *b, const char *says, pp_error *err) {
    const char *end = strstr(says, " after adoption");
    PP_TRY(add_part(b, says, end ? end : says + strlen(says), err));
    pp_buf_add(&b->text, end ? " afterwards (see above)." : "");
    return PP_OK;
}

static pp_status add_text(pp__brief *b, const char *from, const char *says,
                          pp_error *err) {
    if (is(from, "estimate")) {
        return add_estimate(b, says, err);
    }
    if (is(from, "finding")) {
        return add_answer(b, says, err);
    }
    pp__brief_add(b, says);
    return PP_OK;
}

static pp_status say_item(pp__brief *b, int64_t row, pp_error *err) {
    const pp_table *t = b->in->message_evidence;
    const char *says = pp__cell_text(t, "says", row),
               *from = pp__cell_text(t, "from", row);
    const char *grade = pp__cell_text(t, "grade", row);
    PP_TRY(says ? add_text(b, from, says, err) : PP_OK);
    if (grade && !is(from, "none_known")) {
        pp_buf_printf(&b->text, " *(%s)*", grade);
    }
    PP_TRY(note_origin(b, t, row, err));
    return pp__brief_cite(b, err);
}

enum { MOST_FOR = 2 };

static int rank_of(const char *grade) {
    return is(grade, "strong")     ? 3
           : is(grade, "moderate") ? 2
           : is(grade, "weak")     ? 1
                                   : 0;
}

/* Those of one side, best first; what speaks against is never cut. */
static pp_status say_side(pp__brief *b, const char *message, const char *side,
                          const char *words, int most, pp_error *err) {
    const pp_table *t = b->in->message_evidence;
    const int64_t *rows;
    int64_t n = pp__rows_find(&b->evidence_of, message, &rows);
    int said = 0, left = 0;
    for (int rank = 3; rank >= 0; rank--) {
        for (int64_t i = 0; i < n; i++) {
            if (!is(pp__cell_text(t, "side", rows[i]), side) ||
                rank_of(pp__cell_text(t, "grade", rows[i])) != rank) {
                continue;
            }
            left += said == most;
            if (said < most) {
                pp_buf_add(&b->text, said++ ? " " : words);
                PP_TRY(say_item(b, rows[i], err));
            }
        }
    }
    if (left > 0) {
        pp_buf_printf(&b->text, " %d more: `pushpull messages`.", left);
    }
    return pp__brief_say(b, PP__SAY, 1, err);
}

pp_status pp__brief_evidence(pp__brief *b, const char *message, pp_error *err) {
    const int all = 1 << 20;
    PP_TRY(say_side(b, message, "for", "**For:** ", MOST_FOR, err));
    PP_TRY(say_side(b, message, "against", "**Against:** ", all, err));
    return say_side(b, message, "open", "**Open:** ", all, err);
}

/* ---- what to offer ---- */

/* 1 when the list ("; " between) holds `words` as a whole. */
static int lists(const char *list, const char *words) {
    size_t length = words ? strlen(words) : 0;
    for (const char *at = list; at && *at && length;) {
        const char *end = strstr(at, "; ");
        size_t own = end ? (size_t)(end - at) : strlen(at);
        /* The library may add where it is from, in brackets. */
        if (own >= length && strncmp(at, words, length) == 0 &&
            (own == length || at[length] == ' ')) {
            return 1;
        }
        at = end ? end + 2 : NULL;
    }
    return 0;
}

static int is_offered(const pp__brief *b, const int64_t *messages, int n, int64_t offer,
                      const char *column) {
    const pp_table *t = b->in->message_offers;
    for (int i = 0; i < n; i++) {
        const char *message = pp__cell_text(b->in->messages, "message", messages[i]);
        const char *list = pp__cell_text(b->in->message_texts, column,
                                         pp__rows_first(&b->texts_of, message));
        if (lists(list, pp__cell_text(t, "words", offer)) ||
            lists(list, pp__cell_text(t, "offer", offer))) {
            return i + 1;
        }
    }
    return 0;
}

enum { MOST_OFFERS = 5 };

/* Those of the first message first; the rest are counted. */
static pp_status say_offers(pp__brief *b, const int64_t *messages, int n,
                            const char *column, const char *words, pp_error *err) {
    const pp_table *t = b->in->message_offers;
    int said = 0, left = 0;
    for (int at = 1; at <= n; at++) {
        for (int64_t i = 0; i < pp_table_rows(t); i++) {
            if (is_offered(b, messages, n, i, column) != at) {
                continue;
            }
            left += said == MOST_OFFERS;
            if (said < MOST_OFFERS) {
                pp_buf_add(&b->text, said++ ? "; " : words);
                pp__brief_add(b, pp__cell_text(t, "words", i));
                PP_TRY(note_origin(b, t, i, err));
                PP_TRY(pp__brief_cite(b, err));
            }
        }
    }
    if (left > 0) {
        pp_buf_printf(&b->text, "; and %d more: `pushpull messages`", left);
    }
    pp_buf_add(&b->text, said ? "." : "");
    return pp__brief_say(b, PP__OFFER, 0, err);
}

pp_status pp__brief_offers(pp__brief *b, const int64_t *messages, int n, pp_error *err) {
    if (!b->in->message_offers) {
        return PP_OK;
    }
    PP_TRY(say_offers(b, messages, n, "alternatives", "**In its place:** ", err));
    return say_offers(b, messages, n, "safeguards", "**Where it stays or comes:** ", err);
}
