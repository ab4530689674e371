/* What is known of what adoption does, and what was claimed of it here. */
#include "strategy/brief.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

/* What a claim of support.h says, of several outcomes at once. */
static const struct {
    const char *claim, *words;
} said[] = {
    {"effect", "Across countries adoption changes, by a design that stands its tests: "},
    {"difference",
     "Across countries there is a difference after adoption, which may have "
     "other causes, in: "},
    {"none_larger", "Across countries a difference that would matter is ruled out, if "
                    "trends would have been parallel, in: "},
    {"cannot_tell", "Across countries the data **cannot tell** whether anything differs "
                    "after adoption, which is no finding of no effect: "},
    {"not_estimated", "No estimate could be made of: "},
};

static void add_outcome(pp__brief *b, int64_t row) {
    const pp_table *t = b->in->effects;
    double estimate = pp__cell_number(t, "estimate", row);
    double detectable = pp__cell_number(t, "detectable", row);
    pp__brief_add(b, pp__cell_text(t, "label", row));
    if (!isnan(estimate)) {
        pp_buf_add_char(&b->text, ' ');
        pp__brief_add_number(b, estimate);
        pp__brief_add_band(b, pp__cell_number(t, "conf_low", row),
                           pp__cell_number(t, "conf_high", row));
    }
    if (!isnan(detectable)) {
        pp_buf_add(&b->text, " [");
        pp__brief_add_number(b, detectable);
        pp_buf_add_char(&b->text, ']');
    }
}

pp_status pp__brief_note_effects(pp__brief *b, pp_error *err) {
    return pp__brief_note(b, "effects",
                          "Estimates of the study's designs, with dates drawn from their "
                          "intervals: table effects_claims, `pushpull effects`",
                          NULL, NULL, err);
}

static pp_status say_claim(pp__brief *b, const char *claim, const char *words,
                           pp_error *err) {
    const pp_table *t = b->in->effects;
    int n = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *own = pp__cell_text(t, "claim", i);
        if (own && strcmp(own, claim) == 0) {
            pp_buf_add(&b->text, n++ ? "; " : words);
            add_outcome(b, i);
        }
    }
    if (n == 0) {
        return PP_OK;
    }
    pp_buf_add(&b->text, ". Estimate (95% interval) [the smallest difference that would "
                         "most likely have been seen].");
    PP_TRY(pp__brief_note_effects(b, err));
    return pp__brief_say(b, PP__EFFECTS, 0, err);
}

static pp_status say_checked(pp__brief *b, int64_t row, pp_error *err) {
    const pp_table *t = b->in->checked;
    const char *who = pp__cell_text(t, "who", row);
    pp_buf_add(&b->text, "Claimed");
    if (who) {
        pp_buf_add(&b->text, " by ");
        pp__brief_add_words(b, who);
    }
    pp_buf_add(&b->text, ": ");
    pp__brief_add(b, pp__cell_text(t, "statement", row));
    pp_buf_add(&b->text, " ");
    pp__brief_add(b, pp__cell_text(t, "sentence", row));
    const char *source = pp__cell_text(t, "source", row);
    if (source) {
        PP_TRY(
            pp__brief_note(b, source, source, pp__cell_text(t, "url", row), NULL, err));
    }
    return pp__brief_say(b, PP__EFFECTS, 1, err);
}

enum { MOST_CHECKED = 3 };

pp_status pp__brief_effects(pp__brief *b, pp_error *err) {
    const int64_t *rows;
    if (!b->in->effects) {
        pp_buf_add(&b->text, "The study has not asked what adoption does.");
        PP_TRY(pp__brief_say(b, PP__EFFECTS, 0, err));
    }
    for (size_t i = 0; b->in->effects && i < sizeof said / sizeof said[0]; i++) {
        PP_TRY(say_claim(b, said[i].claim, said[i].words, err));
    }
    int64_t n = pp__rows_find(&b->checked_of, b->country, &rows);
    for (int64_t i = 0; i < n && i < MOST_CHECKED; i++) {
        PP_TRY(say_checked(b, rows[i], err));
    }
    return PP_OK;
}
