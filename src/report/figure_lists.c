/* How many there are by each model of several lists, beside how many are listed. */
#include "report/figure.h"

#include "base/check.h"
#include "report/renderings.h"

#include <math.h>
#include <string.h>

static const char *const NUMBERS[] = {"estimate", "conf_low", "conf_high"};

/* From this many times those listed on, the axis is a logarithmic one. */
static const double WIDE = 4;

typedef struct models {
    const pp_table *from;
    const pp_column *model, *kind, *number[3], *observed;
    double least, most, high; /* estimates; the highest end */
} models;

static const char *series_of(const char *kind) {
    static const char *const WORDS[][2] = {{"equal chances", "Units are alike"},
                                           {"by list", "Units are alike"},
                                           {"once listed", "Units are alike"},
                                           {"by unit", "Units differ"},
                                           {"by list and unit", "Units differ"}};
    for (size_t i = 0; kind && i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strcmp(kind, WORDS[i][0]) == 0) {
            return WORDS[i][1];
        }
    }
    return "Lists may depend";
}

static pp_status open_models(pp__draft *draft, const pp_table *table, models *m,
                             pp_error *err) {
    static const char *const TEXTS[] = {"label", "series", "interval"};
    pp_column *column;
    *m = (models){.from = table, .least = INFINITY, .most = 0};
    PP_TRY(pp_table_require(table, "model", &column, err));
    m->model = column;
    PP_TRY(pp_table_require(table, "kind", &column, err));
    m->kind = column;
    PP_TRY(pp_table_require(table, "observed", &column, err));
    m->observed = column;
    PP_TRY(pp_table_new(&draft->rows, err));
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, TEXTS[k], NULL, err));
    }
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp_table_require(table, NUMBERS[k], &column, err));
        m->number[k] = column;
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, NUMBERS[k], NULL, err));
    }
    return PP_OK;
}

static pp_status add_model(pp__draft *draft, models *m, int64_t from, pp_error *err) {
    double value[3];
    char low[32], high[32];
    int64_t row;
    for (int k = 0; k < 3; k++) {
        value[k] = m->number[k]->number[from];
    }
    if (isnan(value[0])) {
        return PP_OK;
    }
    m->least = fmin(m->least, value[0]);
    m->most = fmax(m->most, value[0]);
    m->high = fmax(m->high, fmax(value[0], isnan(value[2]) ? 0 : value[2]));
    pp_format_fixed(value[1], 0, low);
    pp_format_fixed(value[2], 0, high);
    const char *interval = isnan(value[2])
                               ? "no upper end"
                               : pp_arena_printf(&draft->arena, "%s to %s", low, high);
    PP_NEED(interval, err);
    const char *const text[] = {pp_column_get_text(m->model, from),
                                series_of(pp_column_get_text(m->kind, from)), interval};
    PP_TRY(pp_table_append(draft->rows, &row, err));
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp_column_set_text(draft->rows, pp_table_column(draft->rows, k), row,
                                  text[k], err));
        pp_table_column(draft->rows, 3 + k)->number[row] = value[k];
    }
    return PP_OK;
}

/* Those listed, and where estimates end at the population, that. */
static const char *marks(pp__draft *draft, const models *m) {
    const pp_column *capped = pp_table_find(m->from, "capped");
    const char *json = pp_arena_printf(
        &draft->arena, "[{\"at\":%.0f,\"words\":\"%.0f listed\",\"dash\":\"no\"}",
        m->observed->number[0], m->observed->number[0]);
    for (int64_t i = 0; json && capped && i < pp_table_rows(m->from); i++) {
        if (capped->number[i] == 1) {
            double all = m->number[0]->number[i];
            json = pp_arena_printf(
                &draft->arena,
                "%s,{\"at\":%.0f,\"words\":\"all %.0f there are\",\"dash\":\"yes\"}",
                json, all, all);
            break;
        }
    }
    return json ? pp_arena_printf(&draft->arena, "%s]", json) : NULL;
}

static pp_status tell(pp__draft *draft, const models *m, pp_error *err) {
    char least[32], most[32], listed[32];
    pp_format_fixed(m->observed->number[0], 0, listed);
    if (pp_table_rows(draft->rows) == 0) {
        pp_buf_printf(&draft->alt, "%s are listed; no model tells how many there are.",
                      listed);
        return PP_OK;
    }
    pp_format_fixed(m->least, 0, least);
    pp_format_fixed(m->most, 0, most);
    pp_buf_printf(
        &draft->alt,
        "%s are on a list. Estimates of how many there are, with their intervals, "
        "run over %lld models from %s to %s.",
        listed, (long long)pp_table_rows(draft->rows), least, most);
    return pp_buf_check(&draft->alt, err);
}

static pp_status make(pp__draft *draft, const pp_table *table, pp_error *err) {
    models m;
    PP_TRY(open_models(draft, table, &m, err));
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        PP_TRY(add_model(draft, &m, row, err));
    }
    PP_TRY(tell(draft, &m, err));
    int wide = m.high > WIDE * m.observed->number[0];
    const char *labels = pp__json_list(&draft->arena, draft->rows, "label");
    const char *series = pp__json_list(&draft->arena, draft->rows, "series");
    const char *listed = marks(draft, &m);
    PP_NEED(labels && series && listed ? labels : NULL, err);
    pp__slot_json(draft, "labels", labels);
    pp__slot_json(draft, "series", series);
    pp__slot_json(draft, "marks", listed);
    pp__slot_json(draft, "scale",
                  wide ? "{\"type\":\"log\",\"nice\":false,\"padding\":10}"
                       : "{\"zero\":false,\"nice\":false,\"padding\":10}");
    draft->title = "How many there are, model by model";
    draft->note =
        "Points are estimates, lines 95% intervals (of the level that was asked "
        "for). What models differ in cannot be tested: an interval leaves out "
        "that its assumption may be wrong.";
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis
                  : wide               ? "Number of units (logarithmic)"
                                       : "Number of units");
    return PP_OK;
}

pp_status pp_figure_lists(const pp_table *table, const pp_figure_options *options,
                          pp_figure **out, pp_error *err) {
    return pp__figure_make(make, "lists", table, options, out, err);
}
