/* How far trends may depart from parallel: intervals against M, and where they first hold zero. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

typedef struct honest {
    pp_column *panel, *kind, *words;
    pp_column *x, *m, *low, *high, *left_low, *left_high, *breakdown;
} honest;

static const char *text_at(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(table, column);
    return c ? pp_column_get_text(c, row) : NULL;
}

static double number_at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static int is_original(const pp_table *table, int64_t row) {
    return strcmp(text_at(table, "kind", row), "original") == 0;
}

static pp_status open_rows(pp__draft *draft, honest *h, pp_error *err) {
    const struct {
        const char *name;
        pp_column_type type;
        pp_column **column;
    } columns[] = {{"panel", PP_TEXT, &h->panel},
                   {"kind", PP_TEXT, &h->kind},
                   {"words", PP_TEXT, &h->words},
                   {"x", PP_NUMBER, &h->x},
                   {"m", PP_NUMBER, &h->m},
                   {"low", PP_NUMBER, &h->low},
                   {"high", PP_NUMBER, &h->high},
                   {"left_low", PP_NUMBER, &h->left_low},
                   {"left_high", PP_NUMBER, &h->left_high},
                   {"breakdown", PP_NUMBER, &h->breakdown}};
    PP_TRY(pp_table_new(&draft->rows, err));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        PP_TRY(pp_table_add(draft->rows, columns[i].type, columns[i].name,
                            columns[i].column, err));
    }
    return PP_OK;
}

static const char *restriction_words(const pp_table *table, int64_t row) {
    const char *code = text_at(table, "restriction", row);
    return strcmp(code, "rm") == 0   ? "Changes: M × the largest before"
           : strcmp(code, "sd") == 0 ? "Slope: changes of up to M"
                                     : "Slope: M × the largest change";
}

/* "Violent crime\nChanges: …"; NULL: no memory. */
static const char *panel_of(pp__draft *draft, const pp_table *table, int64_t row) {
    const char *label = text_at(table, "label", row);
    const char *words = restriction_words(table, row);
    return label ? pp_arena_printf(&draft->arena, "%s\n%s", label, words) : words;
}

/* The rows of one panel: from `begin`, the original, to the next one. */
static int64_t end_of(const pp_table *table, int64_t begin) {
    int64_t end = begin + 1;
    while (end < pp_table_rows(table) && !is_original(table, end)) {
        end++;
    }
    return end;
}

/* What the panel says; NULL: no memory. */
static const char *answer(pp__draft *draft, const pp_table *table, int64_t begin,
                          int64_t end) {
    double low = number_at(table, "conf_low", begin),
           high = number_at(table, "conf_high", begin),
           at = number_at(table, "breakdown", begin);
    if (low <= 0 && high >= 0) {
        return "already the original interval holds zero";
    }
    return isnan(at) ? pp_arena_printf(&draft->arena,
                                       "excludes zero up to M = %.3g, the last tried",
                                       number_at(table, "m", end - 1))
                     : pp_arena_printf(&draft->arena, "holds zero from M = %.3g on", at);
}

static pp_status add_row(pp__draft *draft, honest *h, const pp_table *table, int64_t from,
                         double x, const char *panel, pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(draft->rows, &row, err));
    PP_TRY(pp_column_set_text(draft->rows, h->panel, row, panel, err));
    PP_TRY(pp_column_set_text(draft->rows, h->kind, row,
                              is_original(table, from) ? "if trends were parallel"
                                                       : "if they depart by up to M",
                              err));
    h->x->number[row] = x;
    h->m->number[row] = number_at(table, "m", from);
    h->low->number[row] = number_at(table, "conf_low", from);
    h->high->number[row] = number_at(table, "conf_high", from);
    h->left_low->number[row] = number_at(table, "identified_low", from);
    h->left_high->number[row] = number_at(table, "identified_high", from);
    return PP_OK;
}

/* The original stands a step to the left of the smallest M. */
static pp_status add_panel(pp__draft *draft, honest *h, const pp_table *table,
                           int64_t begin, int64_t end, pp_error *err) {
    const char *panel = panel_of(draft, table, begin);
    const char *words = answer(draft, table, begin, end);
    PP_NEED(panel && words ? panel : NULL, err);
    double first = end > begin + 1 ? number_at(table, "m", begin + 1) : 0;
    double step = end > begin + 2 ? number_at(table, "m", begin + 2) - first : 1;
    int64_t top = pp_table_rows(draft->rows);
    for (int64_t i = begin; i < end; i++) {
        double x = i == begin ? first - step : number_at(table, "m", i);
        PP_TRY(add_row(draft, h, table, i, x, panel, err));
    }
    int sign = number_at(table, "conf_low", begin) > 0 ||
               number_at(table, "conf_high", begin) < 0;
    h->breakdown->number[top] = sign ? number_at(table, "breakdown", begin) : NAN;
    const char *label = text_at(table, "label", begin);
    pp_buf_printf(&draft->alt, " %s%s%s: %.3g to %.3g if trends were parallel; %s.",
                  label ? label : "", label ? ", " : "", restriction_words(table, begin),
                  number_at(table, "conf_low", begin),
                  number_at(table, "conf_high", begin), words);
    return pp_column_set_text(draft->rows, h->words, top, words, err);
}

static pp_status make_honest(pp__draft *draft, const pp_table *table, pp_error *err) {
    honest h;
    int64_t panels = 0;
    PP_TRY(open_rows(draft, &h, err));
    pp_buf_add(&draft->alt,
               "Intervals of the mean difference against how far trends may depart from "
               "parallel.");
    for (int64_t begin = 0; begin < pp_table_rows(table);) {
        int64_t end = end_of(table, begin);
        PP_TRY(add_panel(draft, &h, table, begin, end, err));
        begin = end;
        panels++;
    }
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    const char *list = pp__json_list(&draft->arena, draft->rows, "panel");
    PP_NEED(list, err);
    pp__slot_json(draft, "panels", list);
    pp__slot_number(draft, "columns", panels > 1 ? 2 : 1);
    pp__slot_number(draft, "width", panels > 1 ? 300 : 620);
    draft->title = "How far may trends depart from parallel?";
    draft->note =
        "Bars are 95% intervals, at first as if trends were parallel, then if the "
        "difference in "
        "trends after adoption is no larger than M allows. Dark bars are what M leaves "
        "open "
        "even if the estimates were certain; there are none where the estimates before "
        "adoption contradict M. The dashed line is the M at which the interval first "
        "holds zero.";
    return PP_OK;
}

pp_status pp_figure_honest(const pp_table *table, const pp_figure_options *options,
                           pp_figure **out, pp_error *err) {
    return pp__figure_make(make_honest, "honest", table, options, out, err);
}
