/* Does a first purchase predict the next one's vendor? */
#include "base/check.h"
#include "study/analyses/any_supplier.h"

#include <pushpull/lockin.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *rule, *by, *supplier, *finance, *partnership;
    int64_t window, least, draws;
    double smallest_odds;
} settings;

static const pp__field fields[] = {
    {"rule", PP__TEXT, PP__AT(settings, rule), .refers = PP__TO_RULE},
    {"by", PP__CHOICE, PP__AT(settings, by), PP__CHOICES("place", "country"),
     .text = "place"},
    {"supplier", PP__TEXT, PP__AT(settings, supplier), .text = "CHN"},
    {"finance", PP__TEXT, PP__AT(settings, finance), .refers = PP__TO_VARIABLE},
    {"partnership", PP__TEXT, PP__AT(settings, partnership), .refers = PP__TO_VARIABLE},
    {"window", PP__INTEGER, PP__AT(settings, window), .low = 1, .high = 100, .number = 5},
    {"least", PP__INTEGER, PP__AT(settings, least), .low = 1, .high = 1000000,
     .number = 50},
    {"draws", PP__INTEGER, PP__AT(settings, draws), .low = 1, .high = 1000000,
     .number = 999},
    {"smallest_odds", PP__NUMBER, PP__AT(settings, smallest_odds), .low = 1.0001,
     .high = 1000, .number = 1.5},
};
static const pp__section format = PP__FIELDS("lock-in", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    (void)study;
    pp_buf_printf(what, "repeated vendors by %s", s->by);
}

/* ---- ties to the supplier, of the study's indicators ---- */

static pp_status copy_column(const pp_table *from, const char *name, const char *as,
                             pp_table *to, pp_error *err) {
    pp_column *source, *column;
    PP_TRY(pp_table_require(from, name, &source, err));
    PP_TRY(pp_table_add(to, source->type == PP_NUMBER ? PP_NUMBER : PP_TEXT, as, &column,
                        err));
    for (int64_t i = 0; i < pp_table_rows(from); i++) {
        if (source->type == PP_NUMBER) {
            column->number[i] = source->number[i];
        } else {
            PP_TRY(pp_column_set_text(to, column, i, pp_column_get_text(source, i), err));
        }
    }
    return PP_OK;
}

static pp_status fill_ties(pp__run *run, const settings *s, pp_table *ties,
                           pp_error *err) {
    const char *const names[] = {s->finance, s->partnership};
    pp_column *supplier;
    PP_TRY(pp_table_resize(ties, pp_table_rows(run->indicators), err));
    PP_TRY(copy_column(run->indicators, "iso3", "country", ties, err));
    PP_TRY(copy_column(run->indicators, "year", "year", ties, err));
    PP_TRY(pp_table_add(ties, PP_TEXT, "supplier", &supplier, err));
    for (int64_t i = 0; i < pp_table_rows(ties); i++) {
        PP_TRY(pp_column_set_text(ties, supplier, i, s->supplier, err));
    }
    for (int k = 0; k < 2; k++) {
        if (names[k]) {
            PP_TRY(copy_column(run->indicators, names[k], names[k], ties, err));
        }
    }
    return PP_OK;
}

typedef struct job {
    pp__run *run;
    const settings *s;
    const pp_result *adoption;
    pp_result *own;
    pp_table *ties;
} job;

static pp_status work(job *j, pp_result **out, pp_error *err) {
    const settings *s = j->s;
    pp_lockin_tie ties[2];
    pp_lockin_options options = {.by = s->by,
                                 .ties = ties,
                                 .window = (int)s->window,
                                 .least = s->least,
                                 .draws = s->draws,
                                 .smallest_odds = s->smallest_odds,
                                 .seed = (uint64_t)j->run->study->seed};
    if (s->finance) {
        ties[options.n_ties++] = (pp_lockin_tie){
            s->finance, "From the supplier country, with its finance before", 1};
    }
    if (s->partnership) {
        ties[options.n_ties++] = (pp_lockin_tie){
            s->partnership, "From the supplier country, by level of partnership", 0};
    }
    PP_TRY(pp__run_need_country(j->run, "analyses.lockin.supplier", s->supplier, err));
    PP_TRY(pp__run_any_supplier(j->run, s->rule, &j->adoption, &j->own, err));
    if (options.n_ties) {
        PP_TRY(pp_table_new(&j->ties, err));
        PP_TRY(fill_ties(j->run, s, j->ties, err));
    }
    return pp_lockin(pp_result_find(j->adoption, "adoptions"), j->run->vendors,
                     j->run->countries, j->ties, &options, j->run->ctx, out, err);
}

static pp_status run_lockin(pp__run *run, const void *payload, pp_result **out,
                            pp_error *err) {
    job j = {.run = run, .s = payload};
    pp_status status = work(&j, out, err);
    pp_result_free(j.own);
    pp_table_free(j.ties);
    return status;
}

/* ---- findings ---- */

static double at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static const char *text_at(const pp_table *table, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(table, column), row);
}

static double checked(const pp_result *result, const char *check, const char *column) {
    const pp_table *t = pp_result_find(result, "lockin_preflight");
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(text_at(t, "check", i), check) == 0) {
            return at(t, column, i);
        }
    }
    return NAN;
}

/* The row of same_vendor; -1: there is none. */
static int64_t row_of(const pp_table *fits, const char *history) {
    for (int64_t i = 0; i < pp_table_rows(fits); i++) {
        if (strcmp(text_at(fits, "history", i), history) == 0 &&
            strcmp(text_at(fits, "term", i), "same_vendor") == 0) {
            return i;
        }
    }
    return -1;
}

static void add_repeats(const settings *s, const pp_result *result, pp_buf *out) {
    const pp_table *t = pp_result_find(result, "lockin_repeats");
    pp_buf_printf(out,
                  "Of %.0f purchases beyond the first of a %s %.0f certainly came after "
                  "another.",
                  checked(result, "later", "value"), s->by,
                  checked(result, "ordered", "value"));
    if (pp_table_rows(t) > 0) {
        pp_buf_printf(out,
                      " In %.0f of these the vendor had certainly sold there before; "
                      "dealt anew within region and year it would be %.1f (95%% of "
                      "draws: %.0f to %.0f; p = %.3f).",
                      at(t, "observed", 0), at(t, "expected", 0), at(t, "low", 0),
                      at(t, "high", 0), at(t, "p_value", 0));
    }
}

static void add_fit(const pp_result *result, int64_t certain, int64_t possible,
                    pp_buf *out) {
    const pp_table *t = pp_result_find(result, "lockin");
    if (certain < 0 || possible < 0) {
        pp_buf_printf(out,
                      " Whether that goes beyond popularity and home cannot be told: "
                      "%.0f choice situations can be used, %.0f with a repeated vendor; "
                      "%.0f are needed, and ten with and without.",
                      checked(result, "situations", "value"),
                      checked(result, "repeats", "value"),
                      checked(result, "situations", "least"));
        return;
    }
    pp_buf_printf(
        out,
        " The odds of a vendor that has sold there before are %.1f times (95%%: "
        "%.1f to %.1f) those of one alike that has not, and %.1f times (%.1f to "
        "%.1f) when purchases count that may have come before.",
        at(t, "odds_ratio", certain), at(t, "odds_low", certain),
        at(t, "odds_high", certain), at(t, "odds_ratio", possible),
        at(t, "odds_low", possible), at(t, "odds_high", possible));
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const settings *s = payload;
    const pp_table *fits = pp_result_find(result, "lockin");
    int64_t certain = row_of(fits, "certain"), possible = row_of(fits, "possible");
    pp__answer a = pp__answer_blank();
    pp_buf words;
    pp_buf_init(&words);
    add_repeats(s, result, &words);
    add_fit(result, certain, possible, &words);
    pp_buf_add(&words,
               " Habit, satisfaction, contracts and technical lock-in are not told "
               "apart here.");
    pp_status status = pp_buf_check(&words, err);
    a.id = "lockin";
    a.question = "Does a first purchase go with the next one's vendor?";
    a.answer = words.data;
    a.factor = "same_vendor";
    a.scale = "log odds of the vendor";
    a.hypothesis = "positive";
    a.verdict = "undetermined";
    a.smallest_effect = log(s->smallest_odds);
    a.units = checked(result, "situations", "value");
    a.events = checked(result, "repeats", "value");
    if (certain >= 0 && possible >= 0) {
        const char *first = text_at(fits, "verdict", certain);
        a.verdict = strcmp(first, text_at(fits, "verdict", possible)) == 0
                        ? first
                        : "undetermined";
        a.estimate = at(fits, "estimate", certain);
        a.std_error = at(fits, "std_error", certain);
        a.conf_low = at(fits, "conf_low", certain);
        a.conf_high = at(fits, "conf_high", certain);
        a.conf_low_90 = at(fits, "conf_low_90", certain);
        a.conf_high_90 = at(fits, "conf_high_90", certain);
    }
    if (status == PP_OK) {
        status = pp__run_answer(run, &a, err);
    }
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"lockin", "lockin_repeats", "lockin_preflight",
                                     NULL};

const pp__analysis pp__analysis_lockin = {
    .name = "lockin",
    .command = "lockin",
    .title = "Lock-in: the next purchase's vendor",
    .about =
        "A conditional logit of the vendor of later purchases, among vendors that were "
        "active: has the one that sold here before better odds than one like it? Only "
        "purchases whose order is certain are used; what may have come before is counted "
        "in a second estimate. Beside it, repeats are counted against what dealing "
        "vendors anew within region and year gives. Repetition is not the vendor's doing "
        "alone: a buyer's lasting taste looks the same.",
    .format = &format,
    .describe = describe,
    .run = run_lockin,
    .answer = answer,
    .tables = tables,
};
