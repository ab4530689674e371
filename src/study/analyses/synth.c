/* One place in depth: synthetic controls of named cases. */
#include "base/check.h"
#include "study/analyses/analysis.h"
#include "study/analyses/synth_case.h"

#include <stdio.h>
#include <string.h>

typedef struct settings {
    pp__synth_case *cases;
    int64_t n;
} settings;

static const pp__field case_fields[] = {
    {"title", PP__TEXT, PP__AT(pp__synth_case, title), .required = 1},
    {"question", PP__TEXT, PP__AT(pp__synth_case, question)},
    {"treated", PP__NAMES, PP__AT(pp__synth_case, treated), .required = 1},
    {"first", PP__NUMBER, PP__AT(pp__synth_case, first), .required = 1, .low = 1800,
     .high = 2200},
    {"dates", PP__CHOICE, PP__AT(pp__synth_case, dates), PP__CHOICES("first", "rule"),
     .text = "first"},
    {"between", PP__YEARS, PP__AT(pp__synth_case, between), .low = 1800, .high = 2200},
    {"outcome", PP__TEXT, PP__AT(pp__synth_case, outcome), .required = 1},
    {"donors", PP__NAMES, PP__AT(pp__synth_case, donors)},
    {"donors_adopted", PP__CHOICE, PP__AT(pp__synth_case, donors_adopted),
     PP__CHOICES("out", "keep"), .text = "out"},
    {"rule", PP__TEXT, PP__AT(pp__synth_case, rule)},
    {"years", PP__YEARS, PP__AT(pp__synth_case, years), .low = 1800, .high = 2200},
    {"method", PP__CHOICE, PP__AT(pp__synth_case, method),
     PP__CHOICES("sdid", "sc", "asc", "did"), .text = "sdid"},
    {"hypothesis", PP__CHOICE, PP__AT(pp__synth_case, hypothesis),
     PP__CHOICES("none", "positive", "negative"), .text = "none"},
    {"smallest_effect", PP__NUMBER, PP__AT(pp__synth_case, smallest_effect),
     .required = 1, .low = 1e-12, .high = 1e12},
    {"because", PP__TEXT, PP__AT(pp__synth_case, because), .required = 1},
    {"caveat", PP__TEXT, PP__AT(pp__synth_case, caveat), .required = 1},
};
static const pp__section entry =
    PP__FIELDS("a case", case_fields, sizeof(pp__synth_case));

static const pp__field fields[] = {
    {"cases", PP__ENTRIES, PP__AT(settings, cases), .required = 1, .section = &entry,
     PP__COUNT(settings, n)},
};
static const pp__section format =
    PP__FIELDS("the synthetic controls", fields, sizeof(settings));

/* ---- before it runs ---- */

static pp_status complain(const pp_study *study, pp__problems *problems,
                          const pp__synth_case *c, const char *key, const char *value,
                          const char *suggestion, const char *message, pp_error *err) {
    char path[PP__FIELD_PATH];
    snprintf(path, sizeof path, "analyses.synth.cases.%s.%s", c->name, key);
    return pp__problem(problems, pp__study_line(study, path, NULL), path, value,
                       suggestion, err, "%s", message);
}

static int has_rule(const pp_study *study, const char *rule) {
    for (int64_t i = 0; i < study->n_rules; i++) {
        if (strcmp(study->rules[i].name, rule) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status check_case(const pp_study *study, const pp__synth_case *c,
                            pp__problems *problems, pp_error *err) {
    const pp_study_variable *v =
        c->outcome ? pp_study_find_variable(study, c->outcome) : NULL;
    if (c->rule && !has_rule(study, c->rule)) {
        PP_TRY(complain(study, problems, c, "rule", c->rule, NULL,
                        "no rule of the study has this name", err));
    }
    if (v && v->sql) {
        PP_TRY(complain(study, problems, c, "outcome", c->outcome,
                        "name a column of the indicators",
                        "this is a variable made by sql", err));
    }
    if (c->between[1] &&
        (c->first < (double)c->between[0] || c->first > (double)c->between[1])) {
        PP_TRY(complain(study, problems, c, "between", NULL,
                        "the first and the last year in which it may have begun",
                        "the first year of treatment does not lie between these", err));
    }
    if (c->years[1] &&
        !(c->first > (double)c->years[0] + 1 && c->first <= (double)c->years[1])) {
        PP_TRY(complain(study, problems, c, "first", NULL,
                        "two years before it and one from it on are needed",
                        "the years do not reach around the first year of treatment",
                        err));
    }
    return PP_OK;
}

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    for (int64_t i = 0; i < s->n; i++) {
        const pp__synth_case *c = &s->cases[i];
        PP_TRY(check_case(study, c, problems, err));
        for (int64_t j = 0; j < i && c->title; j++) {
            if (s->cases[j].title && strcmp(s->cases[j].title, c->title) == 0) {
                PP_TRY(complain(study, problems, c, "title", c->title,
                                "tables tell cases apart by their titles",
                                "another case has this title", err));
            }
        }
    }
    return PP_OK;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    (void)study;
    for (int64_t i = 0; i < s->n; i++) {
        pp_buf_printf(what, "%s%s (%s)", i ? "; " : "", s->cases[i].title,
                      s->cases[i].method);
    }
}

/* ---- the run ---- */

static pp_status run_case(pp__run *run, const pp__synth_case *c, pp_result *into,
                          pp_error *err) {
    pp_result *one;
    PP_TRY(pp__synth_run_case(run, c, &one, err));
    pp_status status = pp__stack_result(into, one, "case", c->title, err);
    pp_result_free(one);
    return status;
}

/* A case that cannot be made is told of; others go on. */
static pp_status run_or_tell(pp__run *run, const settings *s, int64_t i, pp_result *into,
                             pp_error *err) {
    pp_status status = run_case(run, &s->cases[i], into, err);
    if (status == PP_OK || s->n == 1 || status == PP_E_MEMORY ||
        status == PP_E_CANCELLED || status == PP_E_INTERNAL) {
        return status;
    }
    pp_error reason = err ? *err : (pp_error){0};
    return pp_result_warn(into, "case_failed", s->cases[i].name, -1, err,
                          "%s: not to be had: %s", s->cases[i].title, reason.message);
}

static pp_status run_synth(pp__run *run, const void *payload, pp_result **out,
                           pp_error *err) {
    const settings *s = payload;
    PP_TRY(pp_result_new("synth", out, err));
    pp_status status = PP_OK;
    for (int64_t i = 0; i < s->n && status == PP_OK; i++) {
        status = run_or_tell(run, s, i, *out, err);
    }
    if (status == PP_OK && !pp_result_find(*out, "synth_cases")) {
        status = pp_error_set(err, PP_E_ESTIMATION, "no case can be made");
    }
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const settings *s = payload;
    const pp_table *t = pp_result_find(result, "synth_cases");
    const pp_column *title = pp_table_find(t, "case");
    for (int64_t row = 0; row < pp_table_rows(t); row++) {
        for (int64_t i = 0; i < s->n; i++) {
            if (strcmp(s->cases[i].title, pp_column_get_text(title, row)) == 0) {
                PP_TRY(pp__synth_answer_case(run, &s->cases[i], result, row, err));
            }
        }
    }
    return PP_OK;
}

static const char *const tables[] = {
    "synth_caveats", "synth_cases", "synth",           "synth_dates",
    "synth_donors",  "backdated",   "synth_preflight", NULL};

const pp__analysis pp__analysis_synth = {
    .name = "synth",
    .command = "synth",
    .title = "One place in depth",
    .about =
        "The path of one place is set against that of others, weighted so that the two "
        "run alike before the programme began. The gap afterwards is whatever the place "
        "did differently from then on, the programme among it: what else came at the "
        "same time stands with each case, and nothing in these data tells the two "
        "apart. How large a gap chance gives is seen by putting each of the other "
        "places in its part (placebos). A gap that is not told from theirs is no "
        "finding of no effect: the table says how large one would have had to be.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_synth,
    .answer = answer,
    .tables = tables,
};
