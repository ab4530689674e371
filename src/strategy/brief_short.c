/* The brief in three lines: what kind of place it is, why that matters, and where to begin. */
#include "strategy/brief.h"

#include "base/check.h"

#include <math.h>

static pp_status note_rules(pp__brief *b, pp_error *err) {
    return pp__brief_note(
        b, "segments",
        "The study's rules of segments: `pushpull segments`, table segment_rules", NULL,
        NULL, err);
}

static pp_status say_segment(pp__brief *b, pp_error *err) {
    const pp_table *t = b->in->segments;
    int64_t row = pp__rows_first(&b->segment_of, b->place);
    const char *title = pp__cell_text(t, "title", row);
    const char *others = pp__cell_text(t, "alternatives", row);
    double share = pp__cell_number(t, "probability", row);
    if (!title) {
        return PP_OK;
    }
    pp_buf_add(&b->text, "**");
    pp__brief_add(b, title);
    pp_buf_add(&b->text, ".** ");
    pp__brief_add(
        b, pp__cell_text(b->in->segment_rules, "because",
                         pp__rows_first(&b->rule_of, pp__cell_text(t, "segment", row))));
    if (!isnan(share) && share < 0.995) {
        pp_buf_printf(&b->text, " So it is in %.0f%% of draws of what is uncertain",
                      100 * share);
        pp_buf_add(&b->text, others ? "; else: " : "");
        pp__brief_add_spaced(b, others);
        pp_buf_add_char(&b->text, '.');
    }
    PP_TRY(note_rules(b, err));
    return pp__brief_say(b, PP__SHORT, 0, err);
}

/* "Begin with the mayor, on where cameras help; then the chief of police, on …" */
static pp_status say_order(pp__brief *b, const int64_t *messages, int n, pp_error *err) {
    for (int i = 0; i < n; i++) {
        const char *audience = pp__cell_text(b->in->messages, "audience", messages[i]);
        pp_buf_add(&b->text, i == 0 ? "Begin with " : i == 1 ? "; then " : ", ");
        pp__brief_add(b, pp__brief_word(audience ? audience : "whom it may concern"));
        if (i == 0) {
            pp_buf_add(&b->text, ", on ");
            pp__brief_add_concern(b, messages[i]);
        }
    }
    pp_buf_add(&b->text, n > 0 ? "." : "");
    return pp__brief_say(b, PP__SHORT, 0, err);
}

pp_status pp__brief_short(pp__brief *b, const int64_t *messages, int n, pp_error *err) {
    PP_TRY(say_segment(b, err));
    return say_order(b, messages, n, err);
}
