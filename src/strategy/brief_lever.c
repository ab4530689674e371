/* Standards that bind the place or that it has taken on; and what is not known. */
#include "strategy/brief.h"

#include "base/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int is(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

/* ---- standards ---- */

pp_status pp__brief_note_instrument(pp__brief *b, const char *title, const char *source,
                                    pp_error *err) {
    int is_address = strncmp(source, "http", 4) == 0 && !strchr(source, ' ');
    char *text = pp_arena_printf(&b->arena, "%s%s%s", title ? title : "",
                                 is_address ? "" : ": ", is_address ? "" : source);
    PP_NEED(text, err);
    return pp__brief_note(b, text, text, is_address ? source : NULL, NULL, err);
}

static pp_status add_instrument(pp__brief *b, const pp_table *t, int64_t row, int first,
                                const char *words, pp_error *err) {
    const char *source = pp__cell_text(t, "source", row);
    const char *title = pp__cell_text(t, "title", row);
    pp_buf_add(&b->text, first ? words : "; ");
    pp__brief_add(b, title);
    pp_buf_add(&b->text, " (");
    pp__brief_add_words(b, pp__cell_text(t, "standing", row));
    if (is(pp__cell_text(t, "status", row), "unverified")) {
        pp_buf_add(&b->text, ", not verified");
    }
    pp_buf_add(&b->text, ")");
    return source ? pp__brief_note_instrument(b, title, source, err) : PP_OK;
}

enum { MOST_INSTRUMENTS = 4 };

/* Of those that bind, or of those that do not. */
static pp_status say_instruments(pp__brief *b, const pp_table *t, int binds,
                                 const char *words, pp_error *err) {
    int n = 0, rest = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if ((pp__cell_number(t, "binds", i) == 1) != binds) {
            continue;
        }
        if (n == MOST_INSTRUMENTS) {
            rest++;
            continue;
        }
        PP_TRY(add_instrument(b, t, i, n++ == 0, words, err));
    }
    if (rest > 0) {
        pp_buf_printf(&b->text, "; and %d more", rest);
    }
    pp_buf_add(&b->text, n > 0 ? "." : "");
    return pp__brief_say(b, PP__LEVER, 0, err);
}

static pp_status say_protection(pp__brief *b, pp_error *err) {
    const char *standing = pp__brief_text(b, "protection");
    if (is(standing, "not_known")) {
        pp_buf_add(&b->text,
                   "No treaty or law on data protection that binds it is in the "
                   "registry. The registry does not hold every national law: ask, "
                   "before saying that there is none.");
    }
    return pp__brief_say(b, PP__LEVER, 0, err);
}

static pp_status say_calendar(pp__brief *b, pp_error *err) {
    pp_result *calendar = NULL;
    PP_TRY(pp_standards_calendar(b->in->standards, b->country, NULL, 3, &calendar, err));
    const pp_table *t = pp_result_find(calendar, "standards_calendar");
    pp_status status = PP_OK;
    if (pp_table_rows(t) > 0) {
        pp_buf_add(&b->text, "Coming: ");
        pp__brief_add(b, pp__cell_text(t, "title", 0));
        pp_buf_add(&b->text, " (");
        pp__brief_add_words(b, pp__cell_text(t, "event", 0));
        pp_buf_add(&b->text, ", ");
        pp__brief_add(b, pp__cell_text(t, "date", 0));
        pp_buf_add(&b->text, ").");
        status = pp__brief_say(b, PP__LEVER, 0, err);
    }
    pp_result_free(calendar);
    return status;
}

enum { MOST_PARTNERS = 5 };

/* Those that share most with the place: whom to speak with, and to name. */
static pp_status say_partners(pp__brief *b, pp_error *err) {
    pp_result *found = NULL;
    int n = 0;
    if (!b->in->adoption) {
        return PP_OK;
    }
    PP_TRY(pp_standards_coalitions(b->in->standards, b->in->adoption, b->in->claims,
                                   b->country, NULL, &found, err));
    const pp_table *t = pp_result_find(found, "standards_coalitions");
    for (int64_t i = 0; i < pp_table_rows(t) && n < MOST_PARTNERS; i++) {
        if (pp__cell_number(t, "shared", i) >= 2) {
            pp_buf_add(&b->text, n++ ? ", "
                                     : "To be asked along, as they share most of "
                                       "region, commitments and concern: ");
            pp__brief_add(b, pp__cell_text(t, "name", i));
        }
    }
    pp_buf_add(&b->text, n ? "." : "");
    pp_result_free(found);
    if (n > 0) {
        PP_TRY(pp__brief_note(b, "coalitions",
                              "What is shared with whom: `pushpull standards coalitions`",
                              NULL, NULL, err));
    }
    return pp__brief_say(b, PP__LEVER, 0, err);
}

pp_status pp__brief_lever(pp__brief *b, pp_error *err) {
    pp_result *binds = NULL;
    if (!b->in->standards) {
        pp_buf_add(&b->text, "The study has no registry of standards.");
        return pp__brief_say(b, PP__LEVER, 0, err);
    }
    pp_status status =
        pp_standards_binds(b->in->standards, b->country, NULL, &binds, err);
    const pp_table *t = status == PP_OK ? pp_result_find(binds, "standards_binds") : NULL;
    if (status == PP_OK) {
        status = say_instruments(b, t, 1,
                                 "It is bound by, and may be reminded of first: ", err);
    }
    if (status == PP_OK) {
        status = say_instruments(b, t, 0, "It has taken on, without being bound: ", err);
    }
    pp_result_free(binds);
    PP_TRY(status);
    PP_TRY(say_protection(b, err));
    PP_TRY(say_calendar(b, err));
    return say_partners(b, err);
}

/* ---- what is not known ---- */

static const struct {
    const char *fact, *words;
} asked[] = {
    {"buyer_level", "who buys, the state or a city"},
    {"purposes", "what it was bought for"},
    {"finance", "how it is paid for"},
    {"vendors", "from which vendor it came"},
    {"homicide", "how much violent crime there is"},
    {"push", "what drives adoption here"},
    {"exposure", "who could reach the data"},
};

static int matters(const pp__brief *b, const char *fact) {
    int adopted = is(pp__brief_text(b, "outcome"), "adopted");
    return adopted || is(fact, "homicide") || is(fact, "push");
}

static int is_missing(const pp__brief *b, const char *fact) {
    return !pp__brief_text(b, fact) && isnan(pp__brief_number(b, fact));
}

static pp_status say_missing(pp__brief *b, pp_error *err) {
    int n = 0;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        if (matters(b, asked[i].fact) && is_missing(b, asked[i].fact)) {
            pp_buf_add(&b->text, n++ ? "; " : "No source here tells ");
            pp_buf_add(&b->text, asked[i].words);
        }
    }
    pp_buf_add(&b->text, n ? "." : "");
    return pp__brief_say(b, PP__UNKNOWN, 1, err);
}

static pp_status say_dates(pp__brief *b, pp_error *err) {
    if (is(pp__brief_text(b, "outcome"), "adopted") &&
        isnan(pp__brief_number(b, "earliest_year"))) {
        pp_buf_add(&b->text,
                   "When it began: sources only bound it from above, and it may "
                   "be older.");
    }
    return pp__brief_say(b, PP__UNKNOWN, 1, err);
}

static pp_status say_exposure(pp__brief *b, pp_error *err) {
    double low = pp__brief_number(b, "exposure_low");
    double high = pp__brief_number(b, "exposure_high");
    if (!isnan(low) && !isnan(high) && high - low > 0.25) {
        pp_buf_add(&b->text, "Who could reach the data: on a scale of 0 to 1 exposure "
                             "lies anywhere from ");
        pp__brief_add_number(b, low);
        pp_buf_add(&b->text, " to ");
        pp__brief_add_number(b, high);
        pp_buf_add(&b->text, ", because hosting and maintenance are seldom on record.");
    }
    return pp__brief_say(b, PP__UNKNOWN, 1, err);
}

static pp_status say_open(pp__brief *b, pp_error *err) {
    const char *open =
        pp__cell_text(b->in->segments, "open", pp__rows_first(&b->segment_of, b->place));
    if (open) {
        pp_buf_add(&b->text, "Its segment would be decided by ");
        pp__brief_add_words(b, open);
        pp_buf_add(&b->text, ", if that were known.");
    }
    return pp__brief_say(b, PP__UNKNOWN, 1, err);
}

pp_status pp__brief_unknown(pp__brief *b, pp_error *err) {
    PP_TRY(say_missing(b, err));
    PP_TRY(say_dates(b, err));
    PP_TRY(say_exposure(b, err));
    PP_TRY(say_open(b, err));
    pp_buf_add(&b->text,
               "Claims are readings of public pages. What was never published, or in "
               "languages that nobody searched, is not in them.");
    return pp__brief_say(b, PP__UNKNOWN, 1, err);
}
