/* Several answers to one question side by side: for each row an estimate with its interval by
   each of up to five series. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { LABEL_COLUMNS = 26, SERIES_HEIGHT = 13, LEAST_HEIGHT = 36 };

/* What is drawn of a table. */
typedef struct forest {
    const char *title, *note, *axis, *kind, *alt;
    const char *row;       /* the column that names rows where there is no label */
    const char *series[2]; /* columns that make a series; the second may be NULL */
    const char *const (*words)[2]; /* code and words of series, ended by NULL; others: as
                                      they are */
} forest;

static const char *text_of(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = column ? pp_table_find(table, column) : NULL;
    const char *text = c ? pp_column_get_text(c, row) : NULL;
    return text ? text : "";
}

static const char *words_of(const forest *f, const char *code) {
    for (int i = 0; f->words[i][0]; i++) {
        if (strcmp(f->words[i][0], code) == 0) {
            return f->words[i][1];
        }
    }
    return code;
}

/* A category has a row for each contrast, numbers and pairs have one. */
static const char *label_of(pp__draft *draft, const forest *f, const pp_table *table,
                            int64_t row) {
    const char *label = text_of(table, "label", row);
    const char *contrast = text_of(table, "contrast", row);
    label = *label ? label : words_of(f, text_of(table, f->row, row));
    if (strstr(contrast, " - ") && strcmp(contrast, "1 - 0") != 0) {
        label = pp_arena_printf(&draft->arena, "%s: %s", label, contrast);
    }
    return label ? pp__two_lines(&draft->arena, label, LABEL_COLUMNS) : NULL;
}

static const char *series_of(pp__draft *draft, const forest *f, const pp_table *table,
                             int64_t row) {
    const char *first = words_of(f, text_of(table, f->series[0], row));
    const char *second = words_of(f, text_of(table, f->series[1], row));
    return *second ? pp_arena_printf(&draft->arena, "%s, %s", first, second) : first;
}

static void tell_row(pp__draft *draft, const char *label, const char *series, double low,
                     double high) {
    if (low > 0 || high < 0) {
        pp_buf_printf(&draft->alt, " %s (%s) is %s zero;", label, series,
                      low > 0 ? "above" : "below");
    }
}

static pp_status add_row(pp__draft *draft, const forest *f, const pp_table *table,
                         int64_t from, pp_error *err) {
    static const char *const NUMBERS[] = {"estimate", "conf_low", "conf_high"};
    const char *label = label_of(draft, f, table, from);
    const char *series = series_of(draft, f, table, from);
    double value[3];
    char low[32], high[32];
    int64_t row;
    PP_NEED(label && series ? label : NULL, err);
    for (int k = 0; k < 3; k++) {
        value[k] = pp_table_find(table, NUMBERS[k])->number[from];
    }
    if (isnan(value[0])) {
        return PP_OK;
    }
    pp_format_significant(value[1], 2, low);
    pp_format_significant(value[2], 2, high);
    const char *interval = pp_arena_printf(&draft->arena, "%s to %s", low, high);
    PP_NEED(interval, err);
    const char *const text[] = {label, series, interval};
    PP_TRY(pp_table_append(draft->rows, &row, err));
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp_column_set_text(draft->rows, pp_table_column(draft->rows, k), row,
                                  text[k], err));
        pp_table_column(draft->rows, 3 + k)->number[row] = value[k];
    }
    tell_row(draft, label, series, value[1], value[2]);
    return PP_OK;
}

static pp_status begin_rows(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const COLUMNS[] = {"label",    "series",   "interval",
                                          "estimate", "conf_low", "conf_high"};
    PP_TRY(pp_table_new(&draft->rows, err));
    for (int k = 0; k < 6; k++) {
        pp_column *needed;
        PP_TRY(k < 3 ? PP_OK : pp_table_require(table, COLUMNS[k], &needed, err));
        PP_TRY(pp_table_add(draft->rows, k < 3 ? PP_TEXT : PP_NUMBER, COLUMNS[k], NULL,
                            err));
    }
    return PP_OK;
}

/* Of a row, by the number of series in a JSON list of them. */
static double height_of(const char *series) {
    int n = 1, quoted = 0;
    for (const char *c = series; *c; c++) {
        quoted ^= *c == '"';
        n += *c == ',' && !quoted;
    }
    return fmax(LEAST_HEIGHT, 12 + n * SERIES_HEIGHT);
}

static pp_status make_forest(pp__draft *draft, const forest *f, const pp_table *table,
                             pp_error *err) {
    const char *axis = draft->options->axis ? draft->options->axis : f->axis;
    PP_TRY(begin_rows(draft, table, err));
    pp_buf_printf(&draft->alt, "%s With the 95%% interval", f->alt);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        PP_TRY(add_row(draft, f, table, i, err));
    }
    pp_buf_add(&draft->alt, " all others reach across zero.");
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    const char *labels = pp__json_list(&draft->arena, draft->rows, "label");
    const char *series = pp__json_list(&draft->arena, draft->rows, "series");
    PP_NEED(labels && series ? labels : NULL, err);
    draft->title = f->title;
    draft->note = f->note;
    pp__slot_json(draft, "labels", labels);
    pp__slot_json(draft, "series", series);
    pp__slot_text(draft, "axis", axis);
    pp__slot_number(draft, "step", height_of(series));
    pp__slot_text(draft, "kind", f->kind);
    return PP_OK;
}

/* ---- the figures ---- */

static pp_status make_dates(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const WORDS[][2] = {{"interval", "Intervals as they are"},
                                           {"earliest", "Earliest date"},
                                           {"latest", "Latest date"},
                                           {"midpoint", "Middle date"},
                                           {"imputed", "Drawn within intervals"},
                                           {NULL, NULL}};
    static const forest DATES = {
        .title = "How much hangs on uncertain dates",
        .note = "Points are estimates, lines 95% intervals. The same model under five "
                "treatments of dates that are known as intervals of years; the earliest "
                "and the middle date leave out adoptions of which only the latest is "
                "known.",
        .axis = "Effect on the yearly probability of a first adoption",
        .kind = "Dates",
        .alt = "Effects under five treatments of uncertain dates.",
        .row = "term",
        .series = {"rule"},
        .words = WORDS};
    return make_forest(draft, &DATES, table, err);
}

pp_status pp_figure_dates(const pp_table *dates, const pp_figure_options *options,
                          pp_figure **out, pp_error *err) {
    pp_figure_options named = *options;
    named.name = options->name ? options->name : "dates";
    return pp__figure_make(make_dates, "forest", dates, &named, out, err);
}

static pp_status make_peers(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const WORDS[][2] = {{"borders", "Across land borders"},
                                           {"region", "In the region"},
                                           {"distance", "Nearby"},
                                           {"votes", "Among those that vote alike"},
                                           {"matrix", "By the given ties"},
                                           {"latest", "certain adoptions"},
                                           {"expected", "expected adoptions"},
                                           {"alone", "Alone"},
                                           {"together", "All together"},
                                           {NULL, NULL}};
    static const forest PEERS = {
        .title = "Adoption among peers the year before",
        .note =
            "Points are estimates, lines 95% intervals, for one standard deviation of "
            "the share of peers that had adopted. Expected adoptions count by the "
            "share of their interval of dates that has passed. Peers may imitate each "
            "other or meet the same causes and sellers: this cannot tell them apart.",
        .axis = "Effect on the yearly probability of a first adoption",
        .kind = "Model",
        .alt = "Effects of the share of peers that had adopted.",
        .row = "exposure",
        .series = {"model", "dates"},
        .words = WORDS};
    return make_forest(draft, &PEERS, table, err);
}

pp_status pp_figure_peers(const pp_table *peers, const pp_figure_options *options,
                          pp_figure **out, pp_error *err) {
    pp_figure_options named = *options;
    named.name = options->name ? options->name : "peers";
    return pp__figure_make(make_peers, "forest", peers, &named, out, err);
}

/* ---- what drives one place ---- */

/* "Push: Distance in UN votes"; of a sum "Push, in all". */
static const char *driver_label(pp__draft *draft, const pp_table *table, int64_t row) {
    const char *label = text_of(table, "label", row);
    const char *group = text_of(table, "group", row);
    int sum = strcmp(group, "sum") == 0;
    const char *words = pp__readable(&draft->arena, sum ? label : group);
    if (!words) {
        return NULL;
    }
    return sum ? pp_arena_printf(&draft->arena, "%s, in all", words)
               : pp_arena_printf(&draft->arena, "%s: %s", words, label);
}

/* Factors and sums of the drivers of a place, without the sum of everything. */
static pp_status pick_drivers(pp__draft *draft, const pp_table *table, pp_table *to,
                              pp_error *err) {
    static const char *const from[] = {"contribution", "conf_low", "conf_high"};
    static const char *const names[] = {"estimate", "conf_low", "conf_high"};
    pp_column *column, *label, *part;
    PP_TRY(pp_table_add(to, PP_TEXT, "label", &label, err));
    PP_TRY(pp_table_add(to, PP_TEXT, "part", &part, err));
    for (int k = 0; k < 3; k++) {
        PP_TRY(pp_table_require(table, from[k], &column, err));
        PP_TRY(pp_table_add(to, PP_NUMBER, names[k], &column, err));
    }
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int sum = strcmp(text_of(table, "group", i), "sum") == 0;
        const char *words = driver_label(draft, table, i);
        int64_t row;
        PP_NEED(words, err);
        if (strcmp(text_of(table, "factor", i), "all") == 0) {
            continue;
        }
        PP_TRY(pp_table_append(to, &row, err));
        PP_TRY(pp_column_set_text(to, label, row, words, err));
        PP_TRY(pp_column_set_text(to, part, row, sum ? "sum" : "factor", err));
        for (int k = 0; k < 3; k++) {
            pp_table_find(to, names[k])->number[row] =
                pp_table_find(table, from[k])->number[i];
        }
    }
    return PP_OK;
}

static pp_status make_drivers(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const WORDS[][2] = {
        {"factor", "One factor"}, {"sum", "A group of factors"}, {NULL, NULL}};
    static const forest DRIVERS = {
        .title = "What goes with adoption here",
        .note = "Coefficient times value less the mean of all countries. Points are "
                "estimates, lines 95% intervals. What goes with adoption need not bring "
                "it about.",
        .axis = "Adds to the log-odds of a first adoption in a year",
        .kind = "Part",
        .alt = "Parts of the log-odds of a first adoption, by factor and group.",
        .row = "label",
        .series = {"part"},
        .words = WORDS};
    pp_table *picked = NULL;
    PP_TRY(pp_table_new(&picked, err));
    pp_status status = pick_drivers(draft, table, picked, err);
    if (status == PP_OK) {
        status = make_forest(draft, &DRIVERS, picked, err);
    }
    pp_table_free(picked);
    return status;
}

pp_status pp_figure_drivers(const pp_table *drivers, const pp_figure_options *options,
                            pp_figure **out, pp_error *err) {
    pp_figure_options named = *options;
    named.name = options->name ? options->name : "profile_drivers";
    return pp__figure_make(make_drivers, "forest", drivers, &named, out, err);
}
