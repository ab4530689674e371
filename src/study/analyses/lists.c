/* Several lists: how many adopters no source lists. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/analyses/lists_evidence.h"

#include <pushpull/findings.h>
#include <pushpull/lists.h>
#include <pushpull/text.h>

#include <math.h>
#include <string.h>

enum { MOST_LISTS = 10, MOST_CUTS = 7 };

typedef struct settings {
    const char *rule;
    pp__source_list *lists;
    int64_t n_lists;
    const char *const *by, *const *thresholds;
    int64_t order;
} settings;

static const pp__field list_fields[] = {
    {"sources", PP__NAMES, PP__AT(pp__source_list, sources)},
};
static const pp__section list_format = {"a list", list_fields, 1, sizeof(pp__source_list),
                                        1};
static const pp__field fields[] = {
    {"rule", PP__TEXT, PP__AT(settings, rule), .refers = PP__TO_RULE},
    {"lists", PP__ENTRIES, PP__AT(settings, lists), .section = &list_format,
     PP__COUNT(settings, n_lists)},
    {"by", PP__NAMES, PP__AT(settings, by)},
    {"thresholds", PP__NAMES, PP__AT(settings, thresholds)},
    {"order", PP__INTEGER, PP__AT(settings, order), .low = 0, .high = 9},
};
static const pp__section format = PP__FIELDS("the lists", fields, sizeof(settings));

/* Without lists of its own a study has these. */
static const char *const PRESS[] = {"news", "ngo", NULL};
static const char *const COMPANY[] = {"company", NULL};
static const char *const OFFICIAL[] = {"government", "intergovernmental", NULL};
static const char *const RESEARCH[] = {"academic", "think_tank", NULL};
static const pp__source_list USUAL[] = {{"press", 0, PRESS},
                                        {"company", 0, COMPANY},
                                        {"official", 0, OFFICIAL},
                                        {"research", 0, RESEARCH}};

static const char *rule_of(const pp_study *study, const settings *s) {
    return s->rule ? s->rule : study->panel.outcome;
}

static const pp__source_list *lists_of(const settings *s, int64_t *n) {
    *n = s->n_lists ? s->n_lists : (int64_t)(sizeof USUAL / sizeof *USUAL);
    return s->n_lists ? s->lists : USUAL;
}

/* ---- what is wrong ---- */

static int is_region(const char *name) {
    return strcmp(name, "region") == 0;
}

static int is_taken(const settings *s, const char *name) {
    static const char *const OWN[] = {"country", "name", "region"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(name, OWN[i]) == 0) {
            return 1;
        }
    }
    for (const char *const *by = s->by; by && *by; by++) {
        if (strcmp(name, *by) == 0) {
            return 1;
        }
    }
    return 0;
}

static const char *shared_word(const pp__source_list *a, const pp__source_list *b) {
    for (const char *const *x = a->sources; *x; x++) {
        for (const char *const *y = b->sources; *y; y++) {
            if (strcmp(*x, *y) == 0) {
                return *x;
            }
        }
    }
    return NULL;
}

/* A source on two lists would make them overlap by itself. */
static pp_status check_words(const settings *s, pp__problems *problems, pp_error *err) {
    for (int64_t i = 0; i < s->n_lists; i++) {
        for (int64_t j = 0; j < i; j++) {
            const char *word = shared_word(&s->lists[i], &s->lists[j]);
            PP_TRY(word ? pp__problem(problems, s->lists[i].line, "analyses.lists.lists",
                                      word, NULL, err,
                                      "this stands in the lists '%s' and '%s': their "
                                      "overlap would mean nothing",
                                      s->lists[j].name, s->lists[i].name)
                        : PP_OK);
        }
    }
    return PP_OK;
}

static pp_status check_names(const settings *s, pp__problems *problems, pp_error *err) {
    for (int64_t i = 0; i < s->n_lists; i++) {
        if (is_taken(s, s->lists[i].name)) {
            PP_TRY(pp__problem(problems, s->lists[i].line, "analyses.lists.lists",
                               s->lists[i].name, NULL, err,
                               "a column has this name: call the list something else"));
        }
    }
    return PP_OK;
}

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    double before = -INFINITY, value;
    PP_TRY(check_names(s, problems, err));
    PP_TRY(check_words(s, problems, err));
    if (s->n_lists == 1 || s->n_lists > MOST_LISTS) {
        PP_TRY(pp__problem(problems, pp__study_line(study, "analyses.lists.lists", NULL),
                           "analyses.lists.lists", NULL, NULL, err,
                           "lists are 2 to %d, here %lld", MOST_LISTS,
                           (long long)s->n_lists));
    }
    for (const char *const *text = s->thresholds; text && *text; text++) {
        if (!pp_parse_number(*text, &value) || !(value > before) ||
            text - s->thresholds == MOST_CUTS) {
            return pp__problem(
                problems, pp__study_line(study, "analyses.lists.thresholds", *text),
                "analyses.lists.thresholds", *text, "as in [0.25, 0.5]", err,
                "thresholds must be at most %d numbers, each above the one before",
                MOST_CUTS);
        }
        before = value;
    }
    return PP_OK;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    int64_t n;
    const pp__source_list *lists = lists_of(payload, &n);
    pp_buf_printf(what, "adopters of '%s' on", rule_of(study, payload));
    for (int64_t i = 0; i < n; i++) {
        pp_buf_printf(what, "%s %s", i ? "," : "", lists[i].name);
    }
}

/* ---- strata by an indicator ---- */

/* The last value of an indicator by the panel's last year. */
static double last_value(const pp__run *run, const pp_column *iso3, const pp_column *year,
                         const pp_column *value, const char *country) {
    double found = NAN, latest = -INFINITY;
    for (int64_t row = 0; row < pp_table_rows(run->indicators); row++) {
        const char *code = pp_column_get_text(iso3, row);
        double at = year->number[row];
        if (code && strcmp(code, country) == 0 && !isnan(value->number[row]) &&
            at <= (double)run->study->panel.years[1] && at > latest) {
            found = value->number[row];
            latest = at;
        }
    }
    return found;
}

/* "below 0.25", "0.25 to 0.5", "0.5 and above". */
static const char *name_of_value(pp__run *run, const settings *s, double value) {
    const char *below = NULL, *const *text = s->thresholds;
    double cut;
    char number[32];
    if (isnan(value)) {
        return "no value";
    }
    for (; text && *text && pp_parse_number(*text, &cut) && value >= cut; text++) {
        below = *text;
    }
    if (!text || !s->thresholds[0]) {
        pp_format_number(value, number);
        return pp_arena_strdup(&run->arena, number);
    }
    return !below  ? pp_arena_printf(&run->arena, "below %s", *text)
           : *text ? pp_arena_printf(&run->arena, "%s to %s", below, *text)
                   : pp_arena_printf(&run->arena, "%s and above", below);
}

static pp_status add_stratum(pp__run *run, const settings *s, const char *name,
                             pp_table *table, pp_error *err) {
    pp_column *iso3, *year, *value, *to;
    PP_TRY(pp_table_require(run->indicators, "iso3", &iso3, err));
    PP_TRY(pp_table_require(run->indicators, "year", &year, err));
    PP_TRY(pp_table_require(run->indicators, name, &value, err));
    if (value->type != PP_NUMBER || year->type != PP_NUMBER) {
        PP_FAIL(err, PP_E_INPUT, "'%s' is no indicator of numbers", name);
    }
    PP_TRY(pp_table_add(table, PP_TEXT, name, &to, err));
    const pp_column *country = pp_table_find(table, "country");
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        double last =
            last_value(run, iso3, year, value, pp_column_get_text(country, row));
        const char *text = name_of_value(run, s, last);
        PP_NEED(text, err);
        PP_TRY(pp_column_set_text(table, to, row, text, err));
    }
    return PP_OK;
}

static pp_status add_strata(pp__run *run, const settings *s, pp_table *table, int *n,
                            pp_error *err) {
    for (*n = 0; s->by && s->by[*n]; ++*n) {
        PP_TRY(is_region(s->by[*n]) ? PP_OK : add_stratum(run, s, s->by[*n], table, err));
    }
    return PP_OK;
}

/* ---- the run ---- */

static pp_status estimate(pp__run *run, const settings *s, const pp__source_list *lists,
                          int64_t n, pp_table *table, pp_result **out, pp_error *err) {
    const char *name[MOST_LISTS];
    int64_t rule = pp__run_rule_index(run, rule_of(run->study, s));
    pp_lists_options options = {.lists = name, .n_lists = (int)n, .by = s->by};
    for (int64_t i = 0; i < n; i++) {
        name[i] = lists[i].name;
    }
    PP_TRY(add_strata(run, s, table, &options.n_by, err));
    options.population = pp_table_rows(pp_result_find(run->adoptions[rule], "outcomes"));
    options.order = (int)s->order;
    return pp_lists(table, &options, run->ctx, out, err);
}

static pp_status run_lists(pp__run *run, const void *payload, pp_result **out,
                           pp_error *err) {
    const settings *s = payload;
    int64_t n, rule = pp__run_rule_index(run, rule_of(run->study, s));
    const pp__source_list *lists = lists_of(s, &n);
    pp_table *table = NULL;
    pp_status status = pp__lists_of_evidence(run, rule, lists, n, &table, err);
    if (status == PP_OK) {
        status = estimate(run, s, lists, n, table, out, err);
    }
    if (status == PP_OK) {
        status = pp_result_take(*out, "lists_units", "The adopters, and who lists them",
                                table, err);
        if (status != PP_OK) {
            pp_result_free(*out);
            *out = NULL;
        }
    }
    if (status != PP_OK) {
        pp_table_free(table);
    }
    return status;
}

/* ---- the answer ---- */

static int64_t find_model(const pp_table *models, const char *name) {
    const pp_column *model = pp_table_find(models, "model");
    for (int64_t row = 0; row < pp_table_rows(models); row++) {
        if (strcmp(pp_column_get_text(model, row), name) == 0 &&
            !isnan(pp_table_find(models, "estimate")->number[row])) {
            return row;
        }
    }
    return -1;
}

static void add_number(pp_buf *out, const pp_table *models, int64_t row) {
    pp_buf_printf(out, "%.0f (95%% interval %.0f to ",
                  pp_table_find(models, "estimate")->number[row],
                  pp_table_find(models, "conf_low")->number[row]);
    double high = pp_table_find(models, "conf_high")->number[row];
    isnan(high) ? pp_buf_add(out, "without end)") : pp_buf_printf(out, "%.0f)", high);
}

static void tell(const pp_table *models, int64_t alike, int64_t bound, pp_buf *out) {
    double least = INFINITY, most = 0;
    const double *estimate = pp_table_find(models, "estimate")->number;
    const pp_column *kind = pp_table_find(models, "kind");
    for (int64_t row = 0; row < pp_table_rows(models); row++) {
        const char *word = pp_column_get_text(kind, row);
        if (!isnan(estimate[row]) && strcmp(word, "once listed") != 0) {
            least = fmin(least, estimate[row]);
            most = fmax(most, estimate[row]);
        }
    }
    pp_buf_printf(out, "%.0f countries are on a list.",
                  pp_table_find(models, "observed")->number[0]);
    if (alike >= 0) {
        pp_buf_add(out,
                   " If lists were independent and countries alike, there would be ");
        add_number(out, models, alike);
    }
    if (bound >= 0) {
        pp_buf_add(out, alike >= 0 ? "; allowing for countries that differ, at least "
                                   : " Allowing for countries that differ, at least ");
        add_number(out, models, bound);
    }
    pp_buf_printf(
        out,
        ". Over all models that need no order of lists estimates run from %.0f to %.0f: "
        "the lists alone do not "
        "decide between them. Sources that cite each other, or look at the same "
        "countries, make estimates too small.",
        least, most);
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const pp_table *models = pp_result_find(result, "models");
    int64_t alike = find_model(models, "Mt");
    int64_t bound = find_model(models, "Mth Chao (LB)");
    int64_t row = bound >= 0 ? bound : alike;
    pp__answer a = pp__answer_blank();
    pp_buf words;
    if (row < 0) {
        return PP_OK;
    }
    a.id = "lists";
    a.question = "How many adopters are there that no source lists?";
    a.verdict = "described";
    a.scale = "countries";
    a.model = rule_of(run->study, payload);
    a.estimate = pp_table_find(models, "estimate")->number[row];
    a.std_error = pp_table_find(models, "std_error")->number[row];
    a.conf_low = pp_table_find(models, "conf_low")->number[row];
    a.conf_high = pp_table_find(models, "conf_high")->number[row];
    a.units = pp_table_find(models, "observed")->number[row];
    pp_buf_init(&words);
    tell(models, alike, bound, &words);
    pp_status status = pp_buf_check(&words, err);
    if (status == PP_OK) {
        a.answer = words.data;
        status = pp__run_answer(run, &a, err);
    }
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"models",    "lists_summary",    "histories",
                                     "loglinear", "lists_dependence", "lists_strata",
                                     NULL};

const pp__analysis pp__analysis_lists = {
    .name = "lists",
    .command = "lists",
    .title = "Several lists: adopters that nobody lists",
    .about =
        "Kinds of sources are taken as lists that overlap. How often two of them have "
        "the same country tells how many are on none, under each model's assumption; "
        "which one is right cannot be seen in the lists. Copies of one story count "
        "once, for the source that leads it. Sources that cite each other, as an index "
        "made from the press does, depend on each other positively: then models of "
        "independent lists say too few. There can be no more adopters than countries; "
        "estimates end there.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_lists,
    .answer = answer,
    .tables = tables,
};
