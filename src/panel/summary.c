#include "panel/summary.h"

#include "base/check.h"
#include "evidence/rows.h"
#include "panel/assemble.h"
#include <math.h>
#include <pushpull/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- the join of units and indicators ---- */

typedef struct span {
    const char *key;
    int entry, exit;
} span;

typedef struct tally {
    int64_t used, outside, left_out, unknown, bare;
} tally;

static int compare_spans(const void *a, const void *b) {
    return strcmp(((const span *)a)->key, ((const span *)b)->key);
}

/* The years in the panel of each key, sorted; cities of one country share its key. */
static span *spans_of(const pp__units *units, const pp__covariates *c) {
    span *spans = pp_malloc(units->n, sizeof *spans);
    if (spans) {
        for (int64_t i = 0; i < units->n; i++) {
            const pp__unit *u = &units->rows[i];
            spans[i] = (span){pp__unit_key(u, c), u->entry, u->exit};
        }
        qsort(spans, (size_t)units->n, sizeof *spans, compare_spans);
    }
    return spans;
}

static int is_known(const pp_gazetteer *gazetteer, const pp_table *left_out,
                    const char *key) {
    const pp_column *unit = pp_table_find(left_out, "unit");
    if (gazetteer && pp_gazetteer_find(gazetteer, key)) {
        return 1;
    }
    for (int64_t i = 0; i < pp_table_rows(left_out); i++) {
        if (strcmp(unit->text[i], key) == 0) {
            return 1;
        }
    }
    return 0;
}

typedef struct joiner {
    const pp_panel_spec *spec;
    const pp__units *units;
    const pp__covariates *covariates;
    const pp_gazetteer *gazetteer;
    const pp_table *left_out;
    pp_table *unmatched;
    tally tally;
} joiner;

/* Rows first..last-1 of the sorted keys have one key. */
static pp_status join_key(joiner *j, const span *spans, int64_t first, int64_t last,
                          pp_error *err) {
    const pp__row_key *keys = j->covariates->keys;
    span wanted = {keys[first].key, 0, 0};
    const span *found =
        bsearch(&wanted, spans, (size_t)j->units->n, sizeof *spans, compare_spans);
    if (found) {
        for (int64_t i = first; i < last; i++) {
            int year = keys[i].year + j->spec->lag;
            *(year >= found->entry && year <= found->exit ? &j->tally.used
                                                          : &j->tally.outside) += 1;
        }
        return PP_OK;
    }
    if (is_known(j->gazetteer, j->left_out, wanted.key)) {
        j->tally.left_out += last - first;
        return PP_OK;
    }
    j->tally.unknown += last - first;
    return pp__rows_add_cells(j->unmatched,
                              (pp__cell[]){PP__TEXT_CELL("indicators"),
                                           PP__TEXT_CELL(wanted.key), PP__TEXT_CELL(NULL),
                                           PP__NUMBER_CELL(last - first)},
                              err);
}

static pp_status join_indicators(joiner *j, const span *spans, pp_error *err) {
    const pp__covariates *c = j->covariates;
    int64_t next;
    for (int64_t i = 0; i < c->n_keys; i = next) {
        for (next = i; next < c->n_keys && strcmp(c->keys[next].key, c->keys[i].key) == 0;
             next++) {
        }
        PP_TRY(join_key(j, spans, i, next, err));
    }
    return PP_OK;
}

static pp_status join_units(joiner *j, pp_error *err) {
    for (int64_t i = 0; i < j->units->n; i++) {
        const pp__unit *u = &j->units->rows[i];
        if (pp__covariates_count(j->covariates, pp__unit_key(u, j->covariates)) == 0) {
            j->tally.bare++;
            PP_TRY(pp__rows_add_cells(
                j->unmatched,
                (pp__cell[]){PP__TEXT_CELL("panel"), PP__TEXT_CELL(u->id),
                             PP__TEXT_CELL(u->name), PP__TEXT_CELL(NULL)},
                err));
        }
    }
    return PP_OK;
}

static int64_t count_reason(const pp_table *left_out, const char *reason) {
    const pp_column *column = pp_table_find(left_out, "reason");
    int64_t n = 0;
    for (int64_t i = 0; i < pp_table_rows(left_out); i++) {
        n += strcmp(column->text[i], reason) == 0;
    }
    return n;
}

/* One row for each reason, in the order in which the reasons first come. */
static pp_status add_reasons(pp_table *join, const pp_table *left_out, pp_error *err) {
    const pp_column *reason = pp_table_find(left_out, "reason");
    char check[120];
    for (int64_t i = 0; i < pp_table_rows(left_out); i++) {
        int64_t k = 0;
        while (strcmp(reason->text[k], reason->text[i]) != 0) {
            k++;
        }
        if (k < i) {
            continue;
        }
        snprintf(check, sizeof check, "units left out: %s", reason->text[i]);
        PP_TRY(pp__rows_add_cells(
            join,
            (pp__cell[]){PP__TEXT_CELL(check),
                         PP__NUMBER_CELL(count_reason(left_out, reason->text[i]))},
            err));
    }
    return PP_OK;
}

static pp_status add_join(const joiner *j, const pp_table *panel, pp_result *report,
                          pp_error *err) {
    static const pp__column_spec heads[] = {{"check", "Check", PP_TEXT, 0},
                                            {"count", "Count", PP_NUMBER, PP_SHOW_COUNT}};
    const struct {
        const char *check;
        int64_t count;
    } rows[] = {
        {"units in the panel", j->units->n},
        {"unit-years in the panel", pp_table_rows(panel)},
        {"units without indicators", j->tally.bare},
        {"rows of indicators", j->covariates->n_keys},
        {"rows of indicators used", j->tally.used},
        {"rows of indicators of other years", j->tally.outside},
        {"rows of indicators of places left out", j->tally.left_out},
        {"rows of indicators of unknown places", j->tally.unknown},
    };
    pp_table *join;
    PP_TRY(pp__rows_start(report, "join", "How evidence and indicators met", heads,
                          COUNT(heads), &join, err));
    PP_TRY(pp__rows_add_cells(join,
                              (pp__cell[]){PP__TEXT_CELL("places considered"),
                                           PP__NUMBER_CELL(j->units->candidates)},
                              err));
    PP_TRY(add_reasons(join, j->left_out, err));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        PP_TRY(pp__rows_add_cells(
            join,
            (pp__cell[]){PP__TEXT_CELL(rows[i].check), PP__NUMBER_CELL(rows[i].count)},
            err));
    }
    return PP_OK;
}

static pp_status join(joiner *j, const pp_table *panel, pp_result *report,
                      pp_error *err) {
    static const pp__column_spec heads[] = {{"side", "Side", PP_TEXT, 0},
                                            {"key", "Key", PP_TEXT, 0},
                                            {"name", "Name", PP_TEXT, 0},
                                            {"rows", "Rows", PP_NUMBER, PP_SHOW_COUNT}};
    span *spans = spans_of(j->units, j->covariates);
    pp_status status;
    PP_NEED(spans, err);
    status = pp__rows_start(report, "unmatched", "Keys without a partner", heads,
                            COUNT(heads), &j->unmatched, err);
    if (status == PP_OK) {
        status = join_indicators(j, spans, err);
    }
    if (status == PP_OK) {
        status = join_units(j, err);
    }
    pp_free(spans);
    return status == PP_OK ? add_join(j, panel, report, err) : status;
}

/* ---- what is missing in each variable ---- */

static pp_status add_coverage(const pp__units *units, const pp__covariates *c,
                              const pp_table *panel, pp_result *report, pp_error *err) {
    static const pp__column_spec heads[] = {
        {"variable", "Variable", PP_TEXT, 0},
        {"label", "Label", PP_TEXT, 0},
        {"unit_years", "Unit-years", PP_NUMBER, PP_SHOW_COUNT},
        {"missing", "Missing", PP_NUMBER, PP_SHOW_COUNT},
        {"units_complete", "Units complete", PP_NUMBER, PP_SHOW_COUNT},
        {"units_part", "Units with gaps", PP_NUMBER, PP_SHOW_COUNT},
        {"units_never", "Units without any", PP_NUMBER, PP_SHOW_COUNT}};
    pp_table *coverage;
    PP_TRY(pp__rows_start(report, "coverage", "What is known of each variable", heads,
                          COUNT(heads), &coverage, err));
    for (int i = 0; i < c->n_kept; i++) {
        const pp_column *column = pp_table_find(panel, c->kept[i].column->name);
        int64_t row = 0, missing = 0, complete = 0, never = 0;
        for (int64_t k = 0; k < units->n; k++) {
            int64_t years = units->rows[k].exit - units->rows[k].entry + 1, gone = 0;
            for (int64_t end = row + years; row < end; row++) {
                gone += pp_column_is_missing(column, row);
            }
            missing += gone;
            complete += gone == 0;
            never += gone == years;
        }
        PP_TRY(pp__rows_add_cells(
            coverage,
            (pp__cell[]){PP__TEXT_CELL(column->name), PP__TEXT_CELL(column->label),
                         PP__NUMBER_CELL(pp_table_rows(panel)), PP__NUMBER_CELL(missing),
                         PP__NUMBER_CELL(complete),
                         PP__NUMBER_CELL(units->n - complete - never),
                         PP__NUMBER_CELL(never)},
            err));
    }
    return PP_OK;
}

/* ---- who is at risk in each year ---- */

static pp_status add_risk(const pp_panel_spec *spec, const pp__units *units,
                          pp_result *report, pp_error *err) {
    static const pp__column_spec heads[] = {
        {"year", "Year", PP_NUMBER, PP_SHOW_YEAR},
        {"units", "Units", PP_NUMBER, PP_SHOW_COUNT},
        {"at_risk", "At risk", PP_NUMBER, PP_SHOW_COUNT},
        {"events_low", "Adoptions, certain", PP_NUMBER, PP_SHOW_COUNT},
        {"events_high", "Adoptions, possible", PP_NUMBER, PP_SHOW_COUNT}};
    pp_table *risk;
    PP_TRY(pp__rows_start(report, "risk", "At risk and adopting, year by year", heads,
                          COUNT(heads), &risk, err));
    for (int year = spec->first_year; year <= spec->last_year; year++) {
        int64_t there = 0, at_risk = 0, certain = 0, possible = 0;
        for (int64_t k = 0; k < units->n; k++) {
            const pp__unit *u = &units->rows[k];
            if (year < u->entry || year > u->exit) {
                continue;
            }
            there++;
            at_risk += isnan(u->hi) || u->hi >= year;
            certain += u->lo == year && u->hi == year;
            possible += u->hi >= year && !(u->lo > year);
        }
        PP_TRY(pp__rows_add_cells(
            risk,
            (pp__cell[]){PP__NUMBER_CELL(year), PP__NUMBER_CELL(there),
                         PP__NUMBER_CELL(at_risk), PP__NUMBER_CELL(certain),
                         PP__NUMBER_CELL(possible)},
            err));
    }
    return PP_OK;
}

pp_status pp__panel_summarise(const pp_panel_spec *spec, const pp__units *units,
                              const pp__covariates *covariates,
                              const pp_gazetteer *gazetteer, const pp_table *panel,
                              pp_result *report, pp_error *err) {
    joiner j = {.spec = spec,
                .units = units,
                .covariates = covariates,
                .gazetteer = gazetteer,
                .left_out = pp_result_find(report, "left_out")};
    PP_TRY(join(&j, panel, report, err));
    PP_TRY(add_coverage(units, covariates, panel, report, err));
    return add_risk(spec, units, report, err);
}
