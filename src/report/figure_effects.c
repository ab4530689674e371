/* Effects with their intervals, grouped, and predicted probabilities as small multiples.
 */
#include "report/figure.h"

#include "base/check.h"
#include "report/renderings.h"

#include <math.h>
#include <string.h>

enum { LABEL_COLUMNS = 24, HEADER_COLUMNS = 28, AXIS_COLUMNS = 40 };

static const char *const numbers[] = {"estimate", "conf_low", "conf_high", "conf_low_90",
                                      "conf_high_90"};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

typedef struct effects {
    const pp_table *from;
    const pp_column *term, *label, *group, *number[NUMBERS];
    pp_column *to_text[4]; /* label, term, group, interval */
    pp_column *to_number[NUMBERS];
} effects;

static const char *text_of(const pp_column *column, int64_t row, const char *otherwise) {
    const char *text = column ? pp_column_get_text(column, row) : NULL;
    return text ? text : otherwise;
}

static pp_status open_effects(pp__draft *draft, const pp_table *from, effects *e,
                              pp_error *err) {
    static const char *const texts[] = {"label", "term", "group", "interval"};
    pp_column *term;
    *e = (effects){.from = from};
    PP_TRY(pp_table_require(from, "term", &term, err));
    e->term = term;
    e->label = pp_table_find(from, "label");
    e->group = pp_table_find(from, "group");
    PP_TRY(pp_table_new(&draft->rows, err));
    for (int k = 0; k < 4; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, texts[k], &e->to_text[k], err));
    }
    for (int k = 0; k < NUMBERS; k++) {
        pp_column *column;
        PP_TRY(pp_table_require(from, numbers[k], &column, err));
        e->number[k] = column;
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, numbers[k], &e->to_number[k], err));
    }
    return PP_OK;
}

static pp_status add_row(pp__draft *draft, effects *e, const char *const text[4],
                         const double *number, pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(draft->rows, &row, err));
    for (int k = 0; k < 4; k++) {
        PP_TRY(pp_column_set_text(draft->rows, e->to_text[k], row, text[k], err));
    }
    for (int k = 0; k < NUMBERS && number; k++) {
        e->to_number[k]->number[row] = number[k];
    }
    return PP_OK;
}

static int count_of(const pp_column *column, int64_t rows, const char *text) {
    int count = 0;
    for (int64_t i = 0; i < rows; i++) {
        count += strcmp(text_of(column, i, ""), text) == 0;
    }
    return count;
}

/* The label of a row: with its contrast where several rows share one ("region"). */
static const char *label_of(pp_arena *arena, const effects *e, int64_t row) {
    const pp_column *named = e->label ? e->label : e->term;
    const char *label = text_of(named, row, text_of(e->term, row, ""));
    const char *contrast = text_of(pp_table_find(e->from, "contrast"), row, "");
    return *contrast && count_of(named, pp_table_rows(e->from), label) > 1
               ? pp_arena_printf(arena, "%s: %s", label, contrast)
               : pp_arena_strdup(arena, label);
}

/* Rows of the plot are told apart by their labels: one that is taken gets an invisible
 * end. */
static const char *unique_label(pp__draft *draft, const effects *e, const char *label) {
    while (label && count_of(e->to_text[0], pp_table_rows(draft->rows), label) > 0) {
        label = pp_arena_printf(&draft->arena, "%s\xe2\x80\x8b", label);
    }
    return label;
}

static pp_status add_effect(pp__draft *draft, effects *e, int64_t row, pp_error *err) {
    const char *label = label_of(&draft->arena, e, row);
    PP_NEED(label, err);
    double number[NUMBERS];
    char low[32], high[32];
    for (int k = 0; k < NUMBERS; k++) {
        number[k] = e->number[k]->number[row];
    }
    pp_format_significant(number[1], 2, low);
    pp_format_significant(number[2], 2, high);
    const char *lines = pp__two_lines(&draft->arena, label, LABEL_COLUMNS);
    lines = lines ? unique_label(draft, e, lines) : NULL;
    const char *interval = pp_arena_printf(&draft->arena, "%s to %s", low, high);
    PP_NEED(lines, err);
    PP_NEED(interval, err);
    if (number[1] > 0 || number[2] < 0) {
        pp_buf_printf(&draft->alt, " %s is %s zero;", label,
                      number[1] > 0 ? "above" : "below");
    }
    const char *const text[] = {lines, label, text_of(e->group, row, ""), interval};
    return add_row(draft, e, text, number, err);
}

/* The effects of one group under its heading. */
static pp_status add_group(pp__draft *draft, effects *e, const char *group,
                           pp_table *headings, pp_error *err) {
    int64_t row;
    if (*group) {
        char *words = pp_arena_strdup(&draft->arena, group);
        PP_NEED(words, err);
        const char *heading = unique_label(draft, e, pp__capitalise(words));
        const char *const text[] = {heading, NULL, group, NULL};
        PP_NEED(heading, err);
        PP_TRY(pp_table_append(headings, &row, err));
        PP_TRY(pp_column_set_text(headings, pp_table_column(headings, 0), row, heading,
                                  err));
        PP_TRY(add_row(draft, e, text, NULL, err));
    }
    for (int64_t i = 0; i < pp_table_rows(e->from); i++) {
        if (strcmp(text_of(e->group, i, ""), group) == 0 &&
            !isnan(e->number[0]->number[i])) {
            PP_TRY(add_effect(draft, e, i, err));
        }
    }
    return PP_OK;
}

static pp_status add_groups(pp__draft *draft, effects *e, pp_table *headings,
                            pp_error *err) {
    pp_column *heading;
    PP_TRY(pp_table_add(headings, PP_TEXT, "heading", &heading, err));
    for (int64_t i = 0; i < pp_table_rows(e->from); i++) {
        const char *group = text_of(e->group, i, "");
        int64_t before = 0;
        while (before < i && strcmp(text_of(e->group, before, ""), group) != 0) {
            before++;
        }
        if (before == i) {
            PP_TRY(add_group(draft, e, group, headings, err));
        }
    }
    const char *list = pp__json_list(&draft->arena, headings, "heading");
    PP_NEED(list, err);
    pp__slot_json(draft, "headings", list);
    return PP_OK;
}

/* The title of the axis in one line or two, as a JSON array. */
static const char *axis_lines(pp_arena *arena, const char *axis) {
    const char *text = pp__two_lines(arena, axis, AXIS_COLUMNS);
    const char *second = text ? strchr(text, '\n') : NULL;
    pp_buf json;
    pp_buf_init(&json);
    if (second) {
        const char *first = pp_arena_strndup(arena, text, second - text);
        pp_buf_add_char(&json, '[');
        pp__add_json_string(&json, first ? first : "");
        pp_buf_add_char(&json, ',');
        pp__add_json_string(&json, second + 1);
        pp_buf_add_char(&json, ']');
    } else {
        pp__add_json_string(&json, text ? text : "");
    }
    const char *lines =
        text && !json.failed ? pp_arena_strndup(arena, json.data, json.length) : NULL;
    pp_buf_clear(&json);
    return lines;
}

static pp_status make_coefficients(pp__draft *draft, const pp_table *table,
                                   pp_error *err) {
    effects e;
    pp_table *headings;
    PP_TRY(open_effects(draft, table, &e, err));
    pp_buf_add(&draft->alt, "Effects with their intervals. With the 95% interval");
    PP_TRY(pp_table_new(&headings, err));
    pp_status status = add_groups(draft, &e, headings, err);
    pp_table_free(headings);
    PP_TRY(status);
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    const char *labels = pp__json_list(&draft->arena, draft->rows, "label");
    PP_NEED(labels, err);
    const char *axis = draft->options->axis;
    PP_NEED(axis = axis_lines(&draft->arena, axis ? axis : "Average marginal effect"),
            err);
    pp_buf_add(&draft->alt, " all others reach across zero.");
    draft->title = "Push and pull";
    draft->note =
        draft->options->delta > 0
            ? "Points are estimates; thick lines 90% intervals, thin lines 95%. The "
              "shaded "
              "zone holds effects too small to matter, as the study file states."
            : "Points are estimates; thick lines 90% intervals, thin lines 95%.";
    pp__slot_json(draft, "labels", labels);
    pp__slot_number(draft, "delta", draft->options->delta);
    pp__slot_json(draft, "axis", axis);
    return PP_OK;
}

pp_status pp_figure_coefficients(const pp_table *effects_table,
                                 const pp_figure_options *options, pp_figure **out,
                                 pp_error *err) {
    return pp__figure_make(make_coefficients, "coefficients", effects_table, options, out,
                           err);
}

/* 1 where the variable of `row` has the two values 0 and 1, no and yes. */
static int is_pair(const pp_table *table, int64_t row) {
    const pp_column *variable = pp_table_find(table, "variable");
    const double *value = pp_table_find(table, "value")->number;
    const char *name = text_of(variable, row, "");
    int zeros = 0, ones = 0, others = 0;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        if (strcmp(text_of(variable, i, ""), name) == 0) {
            zeros += value[i] == 0;
            ones += value[i] == 1;
            others += value[i] != 0 && value[i] != 1;
        }
    }
    return zeros == 1 && ones == 1 && others == 0;
}

/* Headers of two lines where any is that long, so that the panels of a row stand level.
 */
static pp_status wrap_headers(pp__draft *draft, pp_column *variable, int64_t rows,
                              pp_error *err) {
    int any = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t i = 0; i < rows; i++) {
            const char *name = text_of(variable, i, "");
            const char *lines = pass == 0
                                    ? pp__two_lines(&draft->arena, name, HEADER_COLUMNS)
                                : any && !strchr(name, '\n')
                                    ? pp_arena_printf(&draft->arena, "\n%s", name)
                                    : name;
            PP_NEED(lines, err);
            any |= strchr(lines, '\n') != NULL;
            PP_TRY(pp_column_set_text(draft->rows, variable, i, lines, err));
        }
    }
    return PP_OK;
}

/* The variables that are pairs, as a JSON array. */
static pp_status list_pairs(pp__draft *draft, const pp_column *pair, pp_error *err) {
    pp_table *pairs = NULL;
    const char *list = NULL;
    int64_t n = 0, *rows = pp_arena_alloc(&draft->arena, pp_table_rows(draft->rows),
                                          sizeof *rows);
    PP_NEED(rows, err);
    for (int64_t i = 0; i < pp_table_rows(draft->rows); i++) {
        if (pair->number[i] != 0) {
            rows[n++] = i;
        }
    }
    PP_TRY(pp_table_take_rows(draft->rows, rows, n, &pairs, err));
    list = pp__json_list(&draft->arena, pairs, "variable");
    pp_table_free(pairs);
    PP_NEED(list, err);
    pp__slot_json(draft, "pairs", list);
    return PP_OK;
}

static pp_status make_profiles(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {"variable", "value",     "estimate",
                                       "conf_low", "conf_high", NULL};
    pp_column *pair, *variable;
    int64_t rows = pp_table_rows(table), n = 0;
    PP_TRY(pp__select(table, kept, &draft->rows, err));
    PP_TRY(pp__select(table, kept, &draft->twin, err));
    PP_TRY(pp_table_add(draft->rows, PP_NUMBER, "pair", &pair, err));
    pair->show = PP_SHOW_FLAG;
    variable = pp_table_find(draft->rows, "variable");
    for (int64_t i = 0; i < rows; i++) {
        pair->number[i] = is_pair(table, i);
    }
    pp_buf_add(&draft->alt, "Predicted yearly probability of a first adoption against");
    const pp_column *name = pp_table_find(draft->twin, "variable");
    for (int64_t i = 0; i < rows; i++) {
        if (i == 0 || strcmp(text_of(name, i, ""), text_of(name, i - 1, "")) != 0) {
            pp_buf_printf(&draft->alt, "%s %s", n++ > 0 ? "," : "", text_of(name, i, ""));
        }
    }
    pp_buf_add(&draft->alt, ", each in a panel with its 95% interval.");
    PP_TRY(wrap_headers(draft, variable, rows, err));
    PP_TRY(list_pairs(draft, pair, err));
    const char *variables = pp__json_list(&draft->arena, draft->rows, "variable");
    PP_NEED(variables, err);
    draft->title = "Predicted yearly probability of a first adoption";
    draft->note = "One factor is set to each value in turn, all others are as observed. "
                  "Bands and bars "
                  "are 95% intervals.";
    pp__slot_json(draft, "variables", variables);
    return PP_OK;
}

pp_status pp_figure_profiles(const pp_table *profiles, const pp_figure_options *options,
                             pp_figure **out, pp_error *err) {
    return pp__figure_make(make_profiles, "profiles", profiles, options, out, err);
}
