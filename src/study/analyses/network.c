/* The network of vendors and places, and how much places hang on one vendor. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/analyses/any_supplier.h"

#include <pushpull/network.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *rule, *unit, *level;
    int64_t first, last, draws;
    double alpha, resolution;
} settings;

static const pp__field fields[] = {
    {"rule", PP__TEXT, PP__AT(settings, rule), .refers = PP__TO_RULE},
    {"unit", PP__CHOICE, PP__AT(settings, unit), PP__CHOICES("place", "country"),
     .text = "place"},
    {"level", PP__CHOICE, PP__AT(settings, level), PP__CHOICES("certain", "possible"),
     .text = "certain"},
    {"first", PP__INTEGER, PP__AT(settings, first), .low = 1, .high = 9999,
     .nullable = 1},
    {"last", PP__INTEGER, PP__AT(settings, last), .low = 1, .high = 9999, .nullable = 1},
    {"alpha", PP__NUMBER, PP__AT(settings, alpha), .number = 0.05, .low = 1e-9,
     .high = 0.999},
    {"resolution", PP__NUMBER, PP__AT(settings, resolution), .number = 1, .low = 0.001,
     .high = 100},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .number = 50, .low = 1,
     .high = 10000},
};
static const pp__section format = PP__FIELDS("the network", fields, sizeof(settings));

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    if (!s->first || !s->last || s->first <= s->last) {
        return PP_OK;
    }
    return pp__problem(problems, pp__study_line(study, "analyses.network.last", NULL),
                       "analyses.network.last", NULL, "a year not before the first", err,
                       "the last year is before the first");
}

static int is_country(const settings *s) {
    return strcmp(s->unit, "country") == 0;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    (void)study;
    pp_buf_printf(what, "vendors and %s, %s links",
                  is_country(s) ? "countries" : "places", s->level);
}

static pp_status run_network(pp__run *run, const void *payload, pp_result **out,
                             pp_error *err) {
    const settings *s = payload;
    const pp_network_options options = {
        .unit = s->unit,
        .level = s->level,
        .first = (int)s->first,
        .last = (int)s->last,
        .alpha = s->alpha,
        .resolution = s->resolution,
        .draws = (int)s->draws,
        .seed = (uint64_t)run->study->seed,
    };
    const pp_result *adoption;
    pp_result *own;
    PP_TRY(pp__run_any_supplier(run, s->rule, &adoption, &own, err));
    pp_status status = pp_network(pp_result_find(adoption, "adoptions"), run->vendors,
                                  run->countries, &options, run->ctx, out, err);
    pp_result_free(own);
    return status;
}

/* ---- findings ---- */

static double at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static void add_communities(const pp_result *result, pp_buf *out) {
    const pp_table *t = pp_result_find(result, "network_communities");
    double most = 0, largest = 0, modularity = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        double size = at(t, "vendors", i) + at(t, "places", i);
        modularity += at(t, "modularity", i);
        largest = size > most ? at(t, "stability", i) : largest;
        most = fmax(most, size);
    }
    if (pp_table_rows(t) > 1 && !isnan(largest)) {
        pp_buf_printf(
            out,
            " Links fall into %lld communities (modularity %.2f); two members of "
            "the largest are together in %.0f%% of networks drawn anew.",
            (long long)pp_table_rows(t), modularity, 100 * largest);
    }
}

/* "At the end of 2026, 210 of 360 places with a platform on record for certain (58%) have …" */
static void write_answer(const settings *s, const pp_result *result,
                         const pp_table *years, int64_t row, pp_buf *out) {
    const char *places = is_country(s) ? "countries" : "places";
    pp_buf_printf(
        out,
        "At the end of %.0f, %.0f of %.0f %s with a platform on record for "
        "certain (%.0f%%) have one vendor by what is certain; from %.0f%%, which have "
        "no second one even by what is only possible, to %.0f%%, which may have one "
        "only.",
        at(years, "year", row), at(years, "one_vendor", row),
        at(years, "places_on_record", row), places, 100 * at(years, "share", row),
        100 * at(years, "share_low", row), 100 * at(years, "share_high", row));
    add_communities(result, out);
    pp_buf_add(out,
               " A place with one vendor on record may have others that nobody wrote "
               "about.");
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const pp_table *years = pp_result_find(result, "network_years");
    int64_t row = pp_table_rows(years) - 1;
    pp__answer a = pp__answer_blank();
    pp_buf words;
    if (row < 0 || isnan(at(years, "share", row))) {
        return PP_OK;
    }
    pp_buf_init(&words);
    write_answer(payload, result, years, row, &words);
    pp_status status = pp_buf_check(&words, err);
    a.id = "network";
    a.question = "How many places depend on one vendor?";
    a.answer = words.data;
    a.scale = "share of places";
    a.verdict = "described";
    a.estimate = at(years, "share", row);
    a.conf_low = at(years, "share_low", row);
    a.conf_high = at(years, "share_high", row);
    a.units = at(years, "places_on_record", row);
    if (status == PP_OK) {
        status = pp__run_answer(run, &a, err);
    }
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {NULL}; /* they are long; the figure has its own */

const pp__analysis pp__analysis_network = {
    .name = "network",
    .command = "network",
    .title = "Who hangs on whom: the network of vendors and places",
    .about =
        "Vendors and places are linked by what is on record: a link weighs as many "
        "platform "
        "families as the place has of the vendor, and an affiliate counts as its parent. "
        "Communities are vendors and places with more links among them than their "
        "numbers "
        "lead one to expect; those of low stability are not to be built on. A missing "
        "link is a "
        "link that nobody found, and no proof that there is none.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_network,
    .answer = answer,
    .tables = tables,
};
