/* Shares of supplier countries over the years with their bands. */
#include "report/figure.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { KNOWN = 5, MOST = KNOWN + 1, NUMBERS = 4 };

static const char *const numbers[NUMBERS] = {"year", "share", "share_low", "share_high"};

static int is(const pp_table *table, const char *column, int64_t row, const char *word) {
    const char *text = pp_column_get_text(pp_table_find(table, column), row);
    return text && strcmp(text, word) == 0;
}

static int is_shown(const pp_table *table, int64_t row) {
    return is(table, "by", row, "supplier") && is(table, "measure", row, "adoptions");
}

/* The first of the last year, which are the largest, and the unknown: rows of the table. */
static int pick(const pp_table *table, int64_t *rows) {
    const double *year = pp_table_find(table, "year")->number;
    double last = -INFINITY;
    int n = 0, known = 0;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        last = is_shown(table, i) ? fmax(last, year[i]) : last;
    }
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int unknown = is(table, "actor", i, "unknown");
        if (is_shown(table, i) && year[i] == last && (unknown || known < KNOWN)) {
            rows[n++] = i;
            known += !unknown;
        }
    }
    return n;
}

static const char *panel_of(const pp_table *table, int64_t row) {
    return is(table, "actor", row, "unknown")
               ? "Supplier not known"
               : pp_column_get_text(pp_table_find(table, "name"), row);
}

static pp_status open_rows(pp__draft *draft, pp_error *err) {
    PP_TRY(pp_table_new(&draft->rows, err));
    PP_TRY(pp_table_add(draft->rows, PP_TEXT, "panel", NULL, err));
    for (int k = 0; k < NUMBERS; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, numbers[k], NULL, err));
    }
    return PP_OK;
}

static pp_status add_panel(pp__draft *draft, const pp_table *table, int64_t picked,
                           pp_error *err) {
    const char *actor = pp_column_get_text(pp_table_find(table, "actor"), picked);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int64_t at;
        if (!is_shown(table, i) || !is(table, "actor", i, actor)) {
            continue;
        }
        PP_TRY(pp_table_append(draft->rows, &at, err));
        PP_TRY(pp_column_set_text(draft->rows, pp_table_find(draft->rows, "panel"), at,
                                  panel_of(table, picked), err));
        for (int k = 0; k < NUMBERS; k++) {
            pp_table_find(draft->rows, numbers[k])->number[at] =
                pp_table_find(table, numbers[k])->number[i];
        }
    }
    return PP_OK;
}

/* "; China 48% (41% to 66%)" */
static void describe(pp__draft *draft, const pp_table *table, int64_t row, int first) {
    double share[3];
    for (int k = 0; k < 3; k++) {
        share[k] = 100 * pp_table_find(table, numbers[k + 1])->number[row];
    }
    pp_buf_printf(&draft->alt, "%s %s ", first ? "" : ";", panel_of(table, row));
    if (isnan(share[0])) {
        pp_buf_add(&draft->alt, "no certain share");
    } else {
        pp_buf_printf(&draft->alt, "%.0f%%", share[0]);
    }
    pp_buf_printf(&draft->alt, " (%.0f%% to %.0f%%)", share[1], share[2]);
}

static pp_status make_market(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const needed[] = {"by", "measure", "actor", "name"};
    int64_t rows[MOST + 1];
    pp_column *column;
    for (int k = 0; k < 4; k++) {
        PP_TRY(pp_table_require(table, needed[k], &column, err));
    }
    for (int k = 0; k < NUMBERS; k++) {
        PP_TRY(pp_table_require(table, numbers[k], &column, err));
    }
    int n = pick(table, rows);
    PP_TRY(open_rows(draft, err));
    pp_buf_printf(&draft->alt,
                  "Lines over the years with their bands. In the last year%s",
                  n ? "" : " nothing is sold");
    for (int k = 0; k < n; k++) {
        PP_TRY(add_panel(draft, table, rows[k], err));
        describe(draft, table, rows[k], k == 0);
    }
    pp_buf_add(&draft->alt, ".");
    const char *panels = pp__json_list(&draft->arena, draft->rows, "panel");
    PP_NEED(panels, err);
    draft->title = "Shares of supplier countries";
    draft->subtitle = "Line: certain. Band: what dates and unknown vendors leave open";
    draft->note =
        "Lines: of adoptions that are certain by the end of the year. Bands: what "
        "uncertain dates and unknown vendors leave; an adoption without an "
        "earliest date may have begun in any year before. Of the record, not of all "
        "that is sold.";
    pp__slot_json(draft, "panels", panels);
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis : "Share of adoptions");
    return PP_OK;
}

pp_status pp_figure_market(const pp_table *years, const pp_figure_options *options,
                           pp_figure **out, pp_error *err) {
    return pp__figure_make(make_market, "market", years, options, out, err);
}
