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

/* "lay on average 7.2 below", without saying what brought it about. */
static void add_gap(pp__brief *b, int64_t row) {
    const pp_table *t = b->in->cases;
    double gap = pp__cell_number(t, "estimate", row);
    pp_buf_printf(&b->text, ": from %.0f to %.0f ", pp__cell_number(t, "first", row),
                  pp__cell_number(t, "last", row));
    pp__brief_add_spaced(b, pp__cell_text(t, "outcome", row));
    pp_buf_add(&b->text, " lay on average ");
    pp__brief_add_number(b, fabs(gap));
    pp_buf_add(&b->text, gap < 0 ? " below" : " above");
    pp_buf_add(&b->text, " a synthetic control of other places (gap ");
    pp__brief_add_number(b, gap);
    pp_buf_add(&b->text, ", 95% ");
    pp__brief_add_number(b, pp__cell_number(t, "rank_low", row));
    pp_buf_add(&b->text, " to ");
    pp__brief_add_number(b, pp__cell_number(t, "rank_high", row));
    pp_buf_printf(&b->text, "; p = %.2f among %.0f placebos)",
                  pp__cell_number(t, "p_value", row),
                  pp__cell_number(t, "placebos", row));
}

static void add_caveat(pp__brief *b, const char *name) {
    const pp_table *t = b->in->caveats;
    for (int64_t i = 0; t && i < pp_table_rows(t); i++) {
        const char *own = pp__cell_text(t, "case", i);
        const char *caveat = pp__cell_text(t, "caveat", i);
        if (own && caveat && strcmp(own, name) == 0) {
            pp_buf_add(&b->text, " Caveat: ");
            pp__brief_add(b, caveat);
        }
    }
}

/* What a design of its own says of this place. */
static pp_status say_case(pp__brief *b, int64_t row, pp_error *err) {
    const pp_table *t = b->in->cases;
    const char *name = pp__cell_text(t, "case", row);
    const char *verdict = pp__cell_text(t, "verdict", row);
    pp__brief_add(b, name ? name : "Here");
    add_gap(b, row);
    if (verdict && strcmp(verdict, "undetermined") == 0) {
        pp_buf_add(&b->text, ", which the data **cannot tell** from none.");
    } else {
        pp_buf_add(&b->text, ". Verdict: ");
        pp__brief_add_spaced(b, verdict);
        pp_buf_add_char(&b->text, '.');
    }
    if (name) {
        add_caveat(b, name);
    }
    PP_TRY(pp__brief_note(b, "cases",
                          "The study's case: `pushpull synth`, table synth_cases", NULL,
                          NULL, err));
    return pp__brief_say(b, PP__EFFECTS, 1, err);
}

static pp_status say_cases(pp__brief *b, pp_error *err) {
    const pp_table *t = b->in->cases;
    const char *name = pp__brief_text(b, "country_name");
    name = name ? name : pp__brief_text(b, "name");
    for (int64_t i = 0; t && i < pp_table_rows(t); i++) {
        const char *treated = pp__cell_text(t, "treated", i);
        if (treated && name && strcmp(treated, name) == 0) {
            PP_TRY(say_case(b, i, err));
        }
    }
    return PP_OK;
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
    PP_TRY(say_cases(b, err));
    int64_t n = pp__rows_find(&b->checked_of, b->country, &rows);
    for (int64_t i = 0; i < n && i < MOST_CHECKED; i++) {
        PP_TRY(say_checked(b, rows[i], err));
    }
    return PP_OK;
}
