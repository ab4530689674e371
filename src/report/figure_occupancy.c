/* Where an undetected adoption is most likely, and how many visits it takes to detect one. */
#include "report/figure.h"

#include "base/check.h"

enum { SHOWN = 25, NAMED = 3 };

static const double *numbers(const pp_table *table, const char *name) {
    return pp_table_find(table, name)->number;
}

static pp_status take_first(const pp_table *table, pp_table **out, pp_error *err) {
    static const char *const kept[] = {"unit", "estimate", "conf_low", "conf_high",
                                       "psi",  "visits",   NULL};
    int64_t rows[SHOWN], n = pp_table_rows(table) < SHOWN ? pp_table_rows(table) : SHOWN;
    pp_table *first;
    for (int64_t i = 0; i < n; i++) {
        rows[i] = i;
    }
    PP_TRY(pp_table_take_rows(table, rows, n, &first, err));
    pp_status status = pp__select(first, kept, out, err);
    pp_table_free(first);
    return status;
}

/* Names with their rank, so that two of one name are two rows. */
static pp_status label_rows(pp__draft *draft, pp_error *err) {
    pp_table *t = draft->rows;
    pp_column *label, *visited;
    PP_TRY(pp_table_add(t, PP_TEXT, "label", &label, err));
    PP_TRY(pp_table_add(t, PP_TEXT, "visited", &visited, err));
    const pp_column *unit = pp_table_find(t, "unit");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *name = pp_column_get_text(unit, i);
        const char *text =
            pp_arena_printf(&draft->arena, "%d. %s", (int)i + 1, name ? name : "");
        PP_NEED(text, err);
        PP_TRY(pp_column_set_text(t, label, i, text, err));
        PP_TRY(pp_column_set_text(t, visited, i,
                                  numbers(t, "visits")[i] > 0 ? "Visited, nothing found"
                                                              : "Never visited",
                                  err));
    }
    return PP_OK;
}

static void describe_look(pp__draft *draft) {
    const pp_table *t = draft->rows;
    const pp_column *unit = pp_table_find(t, "unit");
    pp_buf_printf(
        &draft->alt,
        "The %d units without detection where adoption is most likely, in order, "
        "each with a 95%% interval.",
        (int)pp_table_rows(t));
    for (int64_t i = 0; i < pp_table_rows(t) && i < NAMED; i++) {
        const char *name = pp_column_get_text(unit, i);
        double p = numbers(t, "estimate")[i];
        pp_buf_printf(&draft->alt, "%s %s with %s%.0f%% (at least %.0f%%)",
                      i ? "," : " First are", name ? name : "",
                      p > 0.99 ? "more than " : "", p > 0.99 ? 99 : 100 * p,
                      100 * numbers(t, "conf_low")[i]);
    }
    pp_buf_add(&draft->alt, ".");
}

static pp_status make_look(pp__draft *draft, const pp_table *table, pp_error *err) {
    PP_TRY(take_first(table, &draft->rows, err));
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    PP_TRY(label_rows(draft, err));
    const char *labels = pp__json_list(&draft->arena, draft->rows, "label");
    PP_NEED(labels, err);
    pp__slot_json(draft, "labels", labels);
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis
                                       : "Probability of an adoption that nobody found");
    describe_look(draft);
    draft->title = "Where to look next";
    draft->note =
        "Points are probabilities that a unit without any detection has adopted "
        "all the same, bars their 95% intervals from what is uncertain in the "
        "estimates. They hold if the model does: a probability near one comes "
        "from the units like it that have adopted, not from a report.";
    return PP_OK;
}

pp_status pp_figure_occupancy_look(const pp_table *look, const pp_figure_options *options,
                                   pp_figure **out, pp_error *err) {
    return pp__figure_make(make_look, "occupancy_look", look, options, out, err);
}

static pp_status make_effort(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {"visits", "estimate", "conf_low", "conf_high",
                                       NULL};
    PP_TRY(pp__select(table, kept, &draft->rows, err));
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    int64_t last = pp_table_rows(table) - 1;
    pp_buf_add(&draft->alt, "The share of adopters that visits detect, against their "
                            "number, with a 95% band.");
    if (last >= 0) {
        pp_buf_printf(&draft->alt, " One visit detects %.0f%%, %.0f visits %.0f%%.",
                      100 * numbers(table, "estimate")[0], numbers(table, "visits")[last],
                      100 * numbers(table, "estimate")[last]);
    }
    draft->title = "How many visits detect an adopter";
    draft->note = "For visits of the usual kind: at the mean of the linear predictor of "
                  "detection. The band is a 95% interval.";
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis : "Adopters detected");
    return PP_OK;
}

pp_status pp_figure_occupancy_effort(const pp_table *effort,
                                     const pp_figure_options *options, pp_figure **out,
                                     pp_error *err) {
    return pp__figure_make(make_effort, "occupancy_effort", effort, options, out, err);
}
