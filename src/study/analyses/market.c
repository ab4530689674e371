/* Who sells: shares of vendors and their countries, and concentration. */
#include "base/check.h"
#include "study/analyses/any_supplier.h"

#include <pushpull/market.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *rule, *supplier;
    int64_t first, last;
    const char *const *countries;
} settings;

static const pp__field fields[] = {
    {"rule", PP__TEXT, PP__AT(settings, rule), .refers = PP__TO_RULE},
    {"supplier", PP__TEXT, PP__AT(settings, supplier), .text = "CHN"},
    {"first", PP__INTEGER, PP__AT(settings, first), .low = 1, .high = 9999,
     .nullable = 1},
    {"last", PP__INTEGER, PP__AT(settings, last), .low = 1, .high = 9999, .nullable = 1},
    {"countries", PP__NAMES, PP__AT(settings, countries)},
};
static const pp__section format = PP__FIELDS("the market", fields, sizeof(settings));

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    if (!s->first || !s->last || s->first <= s->last) {
        return PP_OK;
    }
    return pp__problem(problems, pp__study_line(study, "analyses.market.last", NULL),
                       "analyses.market.last", NULL, "a year not before the first", err,
                       "the last year is before the first");
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    (void)study;
    pp_buf_printf(what, "shares of vendors and suppliers, %s%s",
                  s->rule ? "rule " : "every supplier, unknown ones too",
                  s->rule ? s->rule : "");
}

static pp_status run_market(pp__run *run, const void *payload, pp_result **out,
                            pp_error *err) {
    const settings *s = payload;
    const pp_market_options options = {(int)s->first, (int)s->last, s->countries};
    const pp_result *adoption;
    pp_result *own;
    PP_TRY(pp__run_need_country(run, "analyses.market.supplier", s->supplier, err));
    for (int k = 0; s->countries && s->countries[k]; k++) {
        PP_TRY(
            pp__run_need_country(run, "analyses.market.countries", s->countries[k], err));
    }
    PP_TRY(pp__run_any_supplier(run, s->rule, &adoption, &own, err));
    pp_status status =
        pp_market(pp_result_find(adoption, "adoptions"), run->claims, run->vendors,
                  run->countries, &options, run->ctx, out, err);
    pp_result_free(own);
    return status;
}

/* ---- findings ---- */

static int is(const pp_table *table, const char *column, int64_t row, const char *word) {
    const char *text = pp_column_get_text(pp_table_find(table, column), row);
    return text && strcmp(text, word) == 0;
}

static double at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static int64_t row_of(const pp_table *shares, const char *measure, const char *supplier) {
    for (int64_t i = 0; i < pp_table_rows(shares); i++) {
        if (is(shares, "scope", i, "all") && is(shares, "by", i, "supplier") &&
            is(shares, "measure", i, measure) && is(shares, "actor", i, supplier)) {
            return i;
        }
    }
    return -1;
}

static void add_share(const pp_table *shares, int64_t row, const char *words,
                      pp_buf *out) {
    if (row >= 0 && !isnan(at(shares, "share", row))) {
        pp_buf_printf(out, "%s %.0f%% (between %.0f%% and %.0f%%)", words,
                      100 * at(shares, "share", row), 100 * at(shares, "share_low", row),
                      100 * at(shares, "share_high", row));
    }
}

/* Of those whose supplier is known; NaN: of none it is. */
static double share_of_known(const pp_table *shares, int64_t row, int64_t unknown) {
    double count = at(shares, "count", row);
    double all = count / at(shares, "share", row);
    double known = all - (unknown < 0 ? 0 : at(shares, "count", unknown));
    return known > 0 ? count / known : NAN;
}

static void add_effective(const pp_result *result, double year, pp_buf *out) {
    const pp_table *t = pp_result_find(result, "market_concentration");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (is(t, "scope", i, "all") && is(t, "by", i, "vendor") &&
            is(t, "measure", i, "adoptions") && at(t, "year", i) == year &&
            !isnan(at(t, "effective", i))) {
            pp_buf_printf(out,
                          " Named vendors are as concentrated as %.0f of equal size "
                          "(between %.0f and %.0f).",
                          at(t, "effective", i), at(t, "effective_low", i),
                          at(t, "effective_high", i));
        }
    }
}

/* The first of a measure in the chosen countries, by vendor: rows stand in order of size. */
static int64_t first_chosen(const pp_table *shares, const char *measure) {
    for (int64_t i = 0; i < pp_table_rows(shares); i++) {
        if (is(shares, "scope", i, "countries") && is(shares, "by", i, "vendor") &&
            is(shares, "measure", i, measure) && !is(shares, "actor", i, "unknown") &&
            at(shares, "count", i) > 0) {
            return i;
        }
    }
    return -1;
}

/* 1: what is certain of it is more than what is possible of any other. */
static int is_certainly_first(const pp_table *shares, int64_t row) {
    int first = 1;
    for (int64_t i = row + 1; i < pp_table_rows(shares); i++) {
        int same = is(shares, "scope", i, "countries") && is(shares, "by", i, "vendor") &&
                   is(shares, "measure", i,
                      pp_column_get_text(pp_table_find(shares, "measure"), row));
        first &= !same || is(shares, "actor", i, "unknown") ||
                 at(shares, "share_low", row) > at(shares, "share_high", i);
    }
    return first;
}

/* " In the chosen countries Huawei has most adoptions, 12% (…), which is not certain; …" */
static void add_chosen(const settings *s, const pp_table *shares, pp_buf *out) {
    static const char *const measures[][2] = {{"adoptions", "adoptions"},
                                              {"value", "stated contract value"}};
    int n = 0;
    for (int k = 0; s->countries && k < 2; k++) {
        int64_t row = first_chosen(shares, measures[k][0]);
        if (row >= 0) {
            pp_buf_printf(
                out, "%s %s has the most %s,", n++ ? ";" : " In the chosen countries",
                pp_column_get_text(pp_table_find(shares, "name"), row), measures[k][1]);
            add_share(shares, row, "", out);
            pp_buf_add(out, is_certainly_first(shares, row)
                                ? ", certainly more than any other"
                                : ", though another may have more");
        }
    }
    pp_buf_add(out, n              ? "."
                    : s->countries ? " Nothing is certain of any vendor in the "
                                     "chosen countries."
                                   : "");
}

/* "At the end of 2026 vendors from China had 34% (between …) of the adoptions on record, …" */
static void write_answer(const settings *s, const pp_result *result, int64_t row,
                         pp_buf *out) {
    const pp_table *shares = pp_result_find(result, "market_shares");
    int64_t unknown = row_of(shares, "adoptions", "unknown");
    double known = share_of_known(shares, row, unknown);
    pp_buf_printf(out, "At the end of %.0f vendors from %s had", at(shares, "year", row),
                  pp_column_get_text(pp_table_find(shares, "name"), row));
    add_share(shares, row, "", out);
    pp_buf_add(out, " of the adoptions on record");
    if (unknown >= 0 && !isnan(known)) {
        pp_buf_printf(out, ", which is %.0f%% of those whose supplier country is known",
                      100 * known);
    }
    int64_t place = row_of(shares, "places", s->supplier);
    int64_t value = row_of(shares, "value", s->supplier);
    if (place >= 0 && !isnan(at(shares, "share", place))) {
        add_share(shares, place, "; they were in", out);
        pp_buf_add(out, " of the places with any");
    }
    if (value >= 0 && !isnan(at(shares, "share", value))) {
        add_share(shares, value, "; they had", out);
        pp_buf_add(out, " of the contract value that sources state");
    }
    pp_buf_add(out, ".");
    add_effective(result, at(shares, "year", row), out);
    add_chosen(s, shares, out);
    pp_buf_add(out, " What is between is what uncertain dates and unknown vendors leave. "
                    "Shares are of what was found and written down, not of all that is "
                    "sold.");
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const settings *s = payload;
    const pp_table *shares = pp_result_find(result, "market_shares");
    int64_t row = row_of(shares, "adoptions", s->supplier);
    pp__answer a = pp__answer_blank();
    pp_buf words;
    if (row < 0 || isnan(at(shares, "share", row))) {
        return PP_OK;
    }
    pp_buf_init(&words);
    write_answer(s, result, row, &words);
    pp_status status = pp_buf_check(&words, err);
    a.id = "market";
    a.question = "How large is the share of one supplier country?";
    a.answer = words.data;
    a.factor = s->supplier;
    a.scale = "share of adoptions";
    a.verdict = "described";
    a.estimate = at(shares, "share", row);
    a.conf_low = at(shares, "share_low", row);
    a.conf_high = at(shares, "share_high", row);
    if (status == PP_OK) {
        status = pp__run_answer(run, &a, err);
    }
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"market_shares", "market_concentration", NULL};

const pp__analysis pp__analysis_market = {
    .name = "market",
    .command = "market",
    .title = "Who sells: vendors and supplier countries",
    .about =
        "Shares of adoptions, of places and of stated contract values; an affiliate "
        "counts as its parent. Bands are no intervals of chance: they run from what is "
        "certain of one supplier against all that is possible of others, to the "
        "reverse, with every unknown vendor its own. Shares are of the record: what "
        "the press, companies and banks tell of, in the languages searched.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_market,
    .answer = answer,
    .tables = tables,
};
