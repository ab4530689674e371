/* What each group and factor accounts for: bars, a group's above those of its factors. */
#include "report/figure.h"

#include "base/check.h"
#include "report/renderings.h"

#include <math.h>
#include <string.h>

static const char *const numbers[] = {"percent", "percent_low", "percent_high"};
enum { NUMBERS = sizeof numbers / sizeof *numbers, LABEL_COLUMNS = 24 };

typedef struct bars {
    const pp_table *from;
    const pp_column *group, *factor, *label, *number[NUMBERS];
    pp_table *headings;
} bars;

static const char *text_at(const pp_column *column, int64_t row) {
    const char *text = column ? pp_column_get_text(column, row) : NULL;
    return text ? text : "";
}

static pp_status open_rows(pp__draft *draft, bars *b, pp_error *err) {
    static const char *const texts[] = {"label", "group", "interval"};
    pp_column *column;
    PP_TRY(pp_table_require(b->from, "group", &column, err));
    b->group = column;
    PP_TRY(pp_table_require(b->from, "factor", &column, err));
    b->factor = column;
    b->label = pp_table_find(b->from, "label");
    PP_TRY(pp_table_new(&draft->rows, err));
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, texts[k], NULL, err));
    }
    for (int k = 0; k < NUMBERS; k++) {
        PP_TRY(pp_table_require(b->from, numbers[k], &column, err));
        b->number[k] = column;
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, numbers[k], NULL, err));
    }
    return pp_table_add(draft->rows, PP_NUMBER, "whole", NULL, err);
}

/* A group and a factor of one name are told apart by an invisible end. */
static const char *words_of(pp_arena *arena, const bars *b, int64_t row) {
    const char *factor = text_at(b->factor, row), *label = text_at(b->label, row);
    if (!*factor) {
        char *words = (char *)pp__words(arena, text_at(b->group, row));
        return words ? pp__capitalise(words) : NULL;
    }
    label = *label ? pp__readable(arena, label) : factor;
    return label ? pp_arena_printf(arena, "%s\xe2\x80\x8b", label) : NULL;
}

static const char *label_of(pp_arena *arena, const bars *b, int64_t row) {
    const char *words = words_of(arena, b, row);
    return words ? pp__two_lines(arena, words, LABEL_COLUMNS) : NULL;
}

static pp_status set_text(pp_table *rows, const char *column, int64_t row,
                          const char *text, pp_error *err) {
    return pp_column_set_text(rows, pp_table_find(rows, column), row, text, err);
}

static const char *interval_of(pp_arena *arena, const bars *b, int64_t from) {
    double low = b->number[1]->number[from], high = b->number[2]->number[from];
    return isnan(low) ? "none: no draws"
                      : pp_arena_printf(arena, "%.0f%% to %.0f%%", 100 * low, 100 * high);
}

static pp_status add_row(pp__draft *draft, bars *b, int64_t from, pp_error *err) {
    int whole = !*text_at(b->factor, from) || !*text_at(b->group, from);
    const char *group = text_at(b->group, from),
               *label = label_of(&draft->arena, b, from);
    const char *interval = interval_of(&draft->arena, b, from);
    int64_t row, heading;
    PP_NEED(label && interval ? label : NULL, err);
    PP_TRY(pp_table_append(draft->rows, &row, err));
    PP_TRY(set_text(draft->rows, "label", row, label, err));
    PP_TRY(set_text(draft->rows, "group", row, *group ? group : label, err));
    PP_TRY(set_text(draft->rows, "interval", row, interval, err));
    for (int k = 0; k < NUMBERS; k++) {
        pp_table_find(draft->rows, numbers[k])->number[row] = b->number[k]->number[from];
    }
    pp_table_find(draft->rows, "whole")->number[row] = whole;
    if (!*text_at(b->factor, from)) {
        PP_TRY(pp_table_append(b->headings, &heading, err));
        PP_TRY(set_text(b->headings, "heading", heading, label, err));
    }
    if (whole) {
        const char *words = words_of(&draft->arena, b, from);
        pp_buf_printf(&draft->alt, " %s %.0f%%;", words ? words : "",
                      100 * b->number[0]->number[from]);
    }
    return PP_OK;
}

static pp_status add_rows(pp__draft *draft, bars *b, pp_error *err) {
    PP_TRY(pp_table_add(b->headings, PP_TEXT, "heading", NULL, err));
    for (int64_t row = 0; row < pp_table_rows(b->from); row++) {
        PP_TRY(add_row(draft, b, row, err));
    }
    const char *headings = pp__json_list(&draft->arena, b->headings, "heading");
    const char *labels = pp__json_list(&draft->arena, draft->rows, "label");
    PP_NEED(headings && labels ? labels : NULL, err);
    pp__slot_json(draft, "headings", headings);
    pp__slot_json(draft, "labels", labels);
    return PP_OK;
}

/* From the least end of all bars and intervals, and zero, to the largest. */
static pp_status put_domain(pp__draft *draft, pp_error *err) {
    double least = 0, most = 0;
    for (int k = 0; k < NUMBERS; k++) {
        const double *value = pp_table_find(draft->rows, numbers[k])->number;
        for (int64_t row = 0; row < pp_table_rows(draft->rows); row++) {
            least = fmin(least, value[row]);
            most = fmax(most, value[row]);
        }
    }
    char from[32], to[32];
    pp_format_fixed(least, 4, from);
    pp_format_fixed(most + 0.02 * (most - least), 4, to);
    const char *domain = pp_arena_printf(&draft->arena, "[%s, %s]", from, to);
    PP_NEED(domain, err);
    pp__slot_json(draft, "domain", domain);
    return PP_OK;
}

static pp_status make(pp__draft *draft, const pp_table *table, pp_error *err) {
    bars b = {.from = table};
    PP_TRY(open_rows(draft, &b, err));
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    PP_TRY(pp_table_new(&b.headings, err));
    pp_buf_add(&draft->alt, "Shares of what the model explains:");
    pp_status status = add_rows(draft, &b, err);
    pp_table_free(b.headings);
    PP_TRY(status);
    PP_TRY(put_domain(draft, err));
    draft->title = "What each factor accounts for";
    draft->note =
        "Full bars are groups, pale ones their factors, which sum to them. Lines "
        "are intervals over draws of units, where there are draws. Shares tell "
        "what goes together, and no causes.";
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis
                                       : "Share of what the model explains");
    return PP_OK;
}

pp_status pp_figure_shares(const pp_table *shares, const pp_figure_options *options,
                           pp_figure **out, pp_error *err) {
    return pp__figure_make(make, "shares", shares, options, out, err);
}
