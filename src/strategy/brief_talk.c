/* Who decides, what to say to them, and what to offer. */
#include "strategy/brief.h"

#include "base/check.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int is(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

/* ---- who decides ---- */

enum { MOST_BUYERS = 4, BUYER = 120 };

/* The first ones, each once whatever its letters' case. */
static void add_buyers(pp__brief *b, const char *buyers) {
    char said[MOST_BUYERS][BUYER];
    int n = 0;
    for (const char *at = buyers; at && *at && n < MOST_BUYERS;) {
        const char *end = strstr(at, "; ");
        int length = end ? (int)(end - at) : (int)strlen(at), again = 0;
        snprintf(said[n], BUYER, "%.*s", length, at);
        for (int i = 0; i < n; i++) {
            again |= pp_text_equal_fold(said[i], said[n]);
        }
        if (!again) {
            pp_buf_add(&b->text, n ? ", " : ": ");
            pp__brief_add(b, said[n++]);
        }
        at = end ? end + 2 : NULL;
    }
}

static void say_level(pp__brief *b) {
    const char *level = pp__brief_text(b, "buyer_level");
    const char *buyers = pp__brief_text(b, "buyers");
    pp_buf_add(&b->text,
               is(level, "national")      ? "National authorities buy here"
               : is(level, "subnational") ? "Cities or provinces buy here"
               : is(level, "both")
                   ? "National authorities and cities or provinces both buy here"
                   : "No source says who buys here, the state or a city");
    add_buyers(b, buyers);
    pp_buf_add_char(&b->text, '.');
}

int pp__brief_choose(const pp__brief *b, int64_t *out) {
    const pp_table *t = b->in->messages;
    const int64_t *rows;
    int64_t n = pp__rows_find(&b->messages_of, b->place, &rows);
    int taken = 0;
    double before = -INFINITY;
    while (taken < b->most_messages) {
        int64_t next = -1;
        for (int64_t i = 0; i < n; i++) {
            double order = pp__cell_number(t, "order", rows[i]);
            int used = 0;
            for (int k = 0; k < taken; k++) {
                used |= is(pp__cell_text(t, "audience", rows[i]),
                           pp__cell_text(t, "audience", out[k])) ||
                        is(pp__cell_text(t, "message", rows[i]),
                           pp__cell_text(t, "message", out[k]));
            }
            if (!used && order > before &&
                (next < 0 || order < pp__cell_number(t, "order", next))) {
                next = rows[i];
            }
        }
        if (next < 0) {
            return taken;
        }
        before = pp__cell_number(t, "order", next);
        out[taken++] = next;
    }
    return taken;
}

/* "Rights, and the law that protects them" inside of a sentence. */
void pp__brief_add_concern(pp__brief *b, int64_t message) {
    const pp_table *t = b->in->message_strength;
    const char *id = pp__cell_text(b->in->messages, "message", message);
    const char *words = pp__cell_text(t, "concern", pp__rows_first(&b->strength_of, id));
    words = words ? words : pp__cell_text(b->in->messages, "concern", message);
    const char first[2] = {(char)(words ? tolower((unsigned char)*words) : 0), '\0'};
    pp__brief_add(b, first);
    pp__brief_add_spaced(b, words && *words ? words + 1 : "");
}

static void add_concerns(pp__brief *b, const int64_t *rows, int n) {
    const pp_table *t = b->in->messages;
    pp_buf_add(&b->text, " What is likely to concern them: ");
    for (int i = 0; i < n; i++) {
        const char *audience = pp__cell_text(t, "audience", rows[i]);
        pp_buf_add(&b->text, i ? "; " : "");
        pp__brief_add(b, pp__brief_word(audience ? audience : ""));
        pp_buf_add(&b->text, ": ");
        pp__brief_add_concern(b, rows[i]);
    }
    pp_buf_add(&b->text, ". This follows from the rules of the library of messages, and "
                         "not from anything that they said.");
}

/* ---- what to say ---- */

static pp_status say_message(pp__brief *b, int64_t row, pp_error *err) {
    const pp_table *t = b->in->messages;
    const char *audience = pp__cell_text(t, "audience", row);
    pp_buf_add(&b->text, "**To ");
    pp__brief_add(b, pp__brief_word(audience ? audience : "whom it may concern"));
    pp_buf_add(&b->text, "**: ");
    pp__brief_add(b, pp__cell_text(t, "text", row));
    pp_buf_add(&b->text, " *Evidence: ");
    pp__brief_add(b, pp__cell_text(t, "strength", row));
    pp_buf_add(&b->text, ".*");
    PP_TRY(pp__brief_note_claims(b, pp__cell_text(t, "claims", row), 1, err));
    PP_TRY(pp__brief_say(b, PP__SAY, 0, err));
    return pp__brief_evidence(b, pp__cell_text(t, "message", row), err);
}

pp_status pp__brief_talk(pp__brief *b, const int64_t *rows, int n, pp_error *err) {
    say_level(b);
    PP_TRY(pp__brief_note_fact(b, "buyer_level", err));
    if (n > 0) {
        add_concerns(b, rows, n);
    }
    PP_TRY(pp__brief_say(b, PP__OFFICIAL, 0, err));
    for (int i = 0; i < n; i++) {
        PP_TRY(say_message(b, rows[i], err));
    }
    if (n == 0) {
        pp_buf_add(&b->text, b->in->messages
                                 ? "No message of the library fits what is known here. "
                                   "`pushpull messages` says of each why not."
                                 : "The study has no messages.");
        PP_TRY(pp__brief_say(b, PP__SAY, 0, err));
    }
    return pp__brief_offers(b, rows, n, err);
}
