/* What may be said of every outcome: the estimate against what would matter and what could have been
   seen. A panel a design, as each has its own scale. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

static const char *const words[][2] = {
    {"not_estimated", "could not be estimated"},
    {"cannot_tell", "the data cannot tell"},
    {"none_larger", "none that would matter"},
    {"difference", "a difference"},
    {"effect", "an effect"},
};
enum { CLAIMS = sizeof words / sizeof *words };

static const char *in_words(const char *claim) {
    for (int i = 0; i < CLAIMS; i++) {
        if (strcmp(words[i][0], claim) == 0) {
            return words[i][1];
        }
    }
    return claim;
}

static const char *text(const pp_table *t, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(t, column), row);
}

static pp_status put_words(pp__draft *draft, const pp_table *table, pp_error *err) {
    pp_column *panel, *says, *label = pp_table_find(draft->rows, "label");
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "panel", &panel, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "says", &says, err));
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        const char *claim = in_words(text(table, "claim", row));
        const char *name = pp__two_lines(&draft->arena, text(table, "label", row), 34);
        PP_NEED(name, err);
        PP_TRY(pp_column_set_text(draft->rows, label, row, name, err));
        PP_TRY(
            pp_column_set_text(draft->rows, panel, row, text(table, "title", row), err));
        PP_TRY(pp_column_set_text(draft->rows, says, row, claim, err));
        pp_buf_printf(&draft->alt, " %s", text(table, "sentence", row));
    }
    return PP_OK;
}

static pp_status make(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {"label",     "estimate",        "conf_low",
                                       "conf_high", "smallest_effect", "detectable",
                                       NULL};
    static const char *const told[] = {
        "title",     "label",           "claim",      "estimate", "conf_low",
        "conf_high", "smallest_effect", "detectable", "sentence", NULL};
    PP_TRY(pp__select(table, kept, &draft->rows, err));
    PP_TRY(pp__select(table, told, &draft->twin, err));
    pp_buf_add(&draft->alt, "Outcomes after adoption, with 95% intervals.");
    PP_TRY(put_words(draft, table, err));
    const char *panels = pp__json_list(&draft->arena, draft->rows, "panel");
    const char *labels = pp__json_list(&draft->arena, draft->rows, "label");
    PP_NEED(panels, err);
    PP_NEED(labels, err);
    pp__slot_json(draft, "panels", panels);
    pp__slot_json(draft, "labels", labels);
    draft->title = "After adoption: what may be said";
    draft->subtitle = "Mean difference to parallel trends, in units of the outcome";
    draft->note =
        "Points are estimates with 95% intervals, uncertain dates drawn and pooled. "
        "Shaded: "
        "too small to matter. Brackets: what would have been seen four times in five; an "
        "estimate within them could as well have been missed.";
    return PP_OK;
}

pp_status pp_figure_claims(const pp_table *table, const pp_figure_options *options,
                           pp_figure **out, pp_error *err) {
    return pp__figure_make(make, "claims", table, options, out, err);
}
