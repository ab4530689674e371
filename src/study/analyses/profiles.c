/* What is known of each place. */
#include "base/check.h"
#include "model/tables.h"
#include "study/analyses/analysis.h"
#include "study/analyses/panel_of_all.h"
#include "study/analyses/standards_files.h"

#include <pushpull/adoption.h>
#include <pushpull/profile.h>

#include <math.h>
#include <string.h>

enum { SHOWN = 10 };

typedef struct settings {
    const char *rule, *model, *crime, *democracy, *effects, *rights, *crime_outcome;
    const char *reference;
    const char *const *push, *const *pull;
    pp_study_file standards;
    int64_t back, year;
    double high, lean;
} settings;

static const pp__field fields[] = {
    {"rule", PP__TEXT, PP__AT(settings, rule), .refers = PP__TO_RULE},
    {"model", PP__TEXT, PP__AT(settings, model), .refers = PP__TO_MODEL},
    {"push", PP__NAMES, PP__AT(settings, push), .refers = PP__TO_GROUP, .nullable = 1},
    {"pull", PP__NAMES, PP__AT(settings, pull), .refers = PP__TO_GROUP, .nullable = 1},
    {"crime", PP__TEXT, PP__AT(settings, crime), .text = "homicide_rate"},
    {"democracy", PP__TEXT, PP__AT(settings, democracy), .text = "electoral_democracy"},
    {"standards", PP__PATH, PP__AT(settings, standards)},
    {"effects", PP__CHOICE, PP__AT(settings, effects), PP__CHOICES("yes", "no"),
     .text = "yes"},
    {"rights", PP__TEXT, PP__AT(settings, rights), .text = "electoral_democracy"},
    {"crime_outcome", PP__TEXT, PP__AT(settings, crime_outcome),
     .text = "homicide_year_log"},
    {"reference", PP__CHOICE, PP__AT(settings, reference), PP__CHOICES("places", "rows"),
     .text = "places"},
    {"back", PP__INTEGER, PP__AT(settings, back), .low = 1, .high = 100, .number = 3},
    {"year", PP__INTEGER, PP__AT(settings, year), .low = 1, .high = 9999, .nullable = 1},
    {"lean", PP__NUMBER, PP__AT(settings, lean), .low = 0.501, .high = 0.999,
     .number = 0.8},
    {"high", PP__NUMBER, PP__AT(settings, high), .low = 0.01, .high = 1,
     .number = 2.0 / 3},
};
static const pp__section format = PP__FIELDS("profiles", fields, sizeof(settings));

static const pp_study_model *model_of(const pp_study *study, const settings *s) {
    const char *name = s->model ? s->model : study->findings.headline;
    return name ? pp_study_find_model(study, name) : NULL;
}

/* Whose outcomes: of the setting, else of the model, else of the panel. */
static const char *rule_of(const pp_study *study, const settings *s) {
    const pp_study_model *model = model_of(study, s);
    return s->rule ? s->rule : model ? model->rule : study->panel.outcome;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    const pp_study_model *model = model_of(study, s);
    pp_buf_printf(what, "places by rule %s, drivers of '%s'", rule_of(study, s),
                  model ? model->name : "no model");
}

/* ---- what the profiles are made of ---- */

typedef struct job {
    pp__run *run;
    const settings *s;
    pp_result *unknown;
    pp_standards *standards;
    pp_table *panel;
    pp_profile_inputs in;
    pp_profile_options options;
} job;

static pp_status derive_unknown(job *j, const pp_study_rule *rule, pp_error *err) {
    static const char *const unknown[] = {"unknown", NULL};
    pp_adoption_rule own = rule->rule;
    own.suppliers = unknown;
    PP_TRY(pp_adoption_derive(&own, j->run->claims, j->run->searches, j->run->countries,
                              j->run->ctx, &j->unknown, err));
    j->in.unknown = j->unknown;
    return PP_OK;
}

static int is_in(const char *const *names, const char *otherwise, const char *name) {
    if (!names) {
        return strcmp(name, otherwise) == 0;
    }
    while (*names && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

/* Every variable that stands in a group of factors. */
static pp_status list_factors(job *j, pp_error *err) {
    const pp_study *study = j->run->study;
    int n = 0;
    for (int64_t g = 0; g < study->n_factors; g++) {
        for (const char *const *name = study->factors[g].variables; *name; name++) {
            n++;
        }
    }
    pp_profile_factor *all = pp_arena_alloc(&j->run->arena, n + 1, sizeof *all);
    PP_NEED(all, err);
    n = 0;
    for (int64_t g = 0; g < study->n_factors; g++) {
        const char *group = study->factors[g].name;
        group = is_in(j->s->push, "push", group)   ? "push"
                : is_in(j->s->pull, "pull", group) ? "pull"
                                                   : group;
        for (const char *const *name = study->factors[g].variables; *name; name++) {
            all[n++] = (pp_profile_factor){*name, pp__run_label(j->run, *name), group};
        }
    }
    j->in.factors = all;
    j->in.n_factors = n;
    return PP_OK;
}

/* A model of cities says nothing of countries; what cannot be estimated leaves profiles without drivers. */
static pp_status find_model(job *j, pp_error *err) {
    const pp_study_model *model = model_of(j->run->study, j->s);
    const pp__run_fit *fit;
    if (!model || model->impute > 0 ||
        strcmp(j->run->study->panel.unit, "country") != 0) {
        return PP_OK;
    }
    PP_TRY(pp__run_get_fit(j->run, model->name, &fit, NULL, err));
    PP_TRY(pp__run_panel_of_all(j->run, model, &j->panel, err));
    j->in.fit = fit->fit;
    j->in.model = model->name;
    j->in.panel = j->panel;
    return list_factors(j, err);
}

/* A table of another step, when the study has that step and it could be made. */
static pp_status table_of(job *j, const char *analysis, const char *name,
                          const pp_table **out, pp_error *err) {
    const pp_study *study = j->run->study;
    *out = NULL;
    for (int i = 0; i < study->n_analyses; i++) {
        const pp_result *result;
        pp_error why = {0};
        if (strcmp(study->analyses[i].name, analysis) != 0 || !study->analyses[i].given) {
            continue;
        }
        pp_status status = pp__run_result_of(j->run, analysis, &result, &why);
        if (status == PP_OK) {
            *out = pp_result_find(result, name);
        } else if (status == PP_E_MEMORY || status == PP_E_CANCELLED) {
            if (err) {
                *err = why;
            }
            return status;
        }
    }
    return PP_OK;
}

static pp_status find_others(job *j, pp_error *err) {
    PP_TRY(table_of(j, "access", "access_composite", &j->in.access, err));
    PP_TRY(table_of(j, "network", "network_dependence", &j->in.network, err));
    if (strcmp(j->s->effects, "yes") == 0) {
        PP_TRY(table_of(j, "effects", "effects_claims", &j->in.effects, err));
    }
    PP_TRY(pp__run_read_standards(j->run, &j->s->standards, &j->standards, err));
    j->in.standards = j->standards;
    return PP_OK;
}

static const char *column_of(const pp__run *run, const char *name) {
    return pp_table_find(run->indicators, name) ? name : NULL;
}

/* ---- the short view ---- */

typedef struct shown {
    const char *id;
    double claims;
    int64_t row;
} shown;

/* Most claims first. */
static int comes_before(const shown *a, const shown *b) {
    return a->claims > b->claims || (a->claims == b->claims && strcmp(a->id, b->id) < 0);
}

/* Countries with most claims; the whole table has some hundred columns and rows. */
static pp_status add_overview(pp_result *result, pp_error *err) {
    const pp_table *t = pp_result_find(result, "profiles");
    const pp_column *kind = pp_table_find(t, "kind"), *id = pp_table_find(t, "place_id");
    const pp_column *claims = pp_table_find(t, "claims");
    shown best[SHOWN + 1];
    int64_t rows[SHOWN];
    int n = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        if (strcmp(pp_column_get_text(kind, i), "country") != 0 ||
            isnan(claims->number[i])) {
            continue;
        }
        shown own = {pp_column_get_text(id, i), claims->number[i], i};
        int at = n;
        for (; at > 0 && comes_before(&own, &best[at - 1]); at--) {
            best[at] = best[at - 1];
        }
        best[at] = own;
        n = n < SHOWN ? n + 1 : SHOWN;
    }
    for (int i = 0; i < n; i++) {
        rows[i] = best[i].row;
    }
    pp_table *part = NULL;
    PP_TRY(pp_table_take_rows(t, rows, n, &part, err));
    pp_status status = pp_result_take(result, "profiles_overview",
                                      "Countries with most claims", part, err);
    if (status != PP_OK) {
        pp_table_free(part);
    }
    return status;
}

/* ---- the step ---- */

static pp_status work(job *j, pp_result **out, pp_error *err) {
    pp__run *run = j->run;
    const char *rule = rule_of(run->study, j->s);
    j->in = (pp_profile_inputs){.adoption = run->adoptions[pp__run_rule_index(run, rule)],
                                .claims = run->claims,
                                .countries = run->countries,
                                .gazetteer = run->gazetteer,
                                .sources = run->sources,
                                .indicators = run->indicators};
    const pp_study_rule *own = pp_study_find_rule(run->study, rule);
    j->options = (pp_profile_options){.homicide = column_of(run, j->s->crime),
                                      .democracy = column_of(run, j->s->democracy),
                                      .rights = j->s->rights,
                                      .crime = j->s->crime_outcome,
                                      .reference = j->s->reference,
                                      .back = (int)j->s->back,
                                      .year = (int)j->s->year,
                                      .open = own->rule.undated &&
                                              strcmp(own->rule.undated, "open") == 0,
                                      .lean = j->s->lean,
                                      .high = j->s->high};
    PP_TRY(derive_unknown(j, own, err));
    PP_TRY(find_model(j, err));
    PP_TRY(find_others(j, err));
    PP_TRY(pp_profiles(&j->in, &j->options, run->ctx, out, err));
    return add_overview(*out, err);
}

static pp_status run_profiles(pp__run *run, const void *payload, pp_result **out,
                              pp_error *err) {
    job j = {.run = run, .s = payload};
    *out = NULL;
    pp_status status = work(&j, out, err);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    pp_result_free(j.unknown);
    pp_standards_free(j.standards);
    pp_table_free(j.panel);
    return status;
}

/* Of how many adopting countries a column has this word (NULL: any at all). */
static long long count_adopters(const pp_table *t, const char *column, const char *word) {
    long long n = 0;
    for (int64_t i = 0; i < pp_table_rows(t); i++) {
        const char *kind = pp_column_get_text(pp_table_find(t, "kind"), i);
        const char *outcome = pp_column_get_text(pp_table_find(t, "outcome"), i);
        const char *own = pp_column_get_text(pp_table_find(t, column), i);
        n += kind && outcome && own && *own && strcmp(kind, "country") == 0 &&
             strcmp(outcome, "adopted") == 0 && (!word || strcmp(own, word) == 0);
    }
    return n;
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const settings *s = payload;
    const pp_table *t = pp_result_find(result, "profiles");
    long long adopters = count_adopters(t, "outcome", "adopted"),
              known = count_adopters(t, "leaning", NULL);
    pp_buf words;
    if (known == 0) {
        return PP_OK;
    }
    pp_buf_init(&words);
    pp_buf_printf(
        &words,
        "Of %lld adopters the model says of %lld what adds to their own chance of "
        "adoption. Against the reference push alone is told from nothing in %lld and "
        "pull "
        "alone in %lld. Push adds more than pull with a chance of at least %.2g in %lld, "
        "pull more than push in %lld; which of the two is unclear in %lld. What a model "
        "associates with adoption is not why a government bought.",
        adopters, known, count_adopters(t, "driver", "push"),
        count_adopters(t, "driver", "pull"), s->lean,
        count_adopters(t, "leaning", "push"), count_adopters(t, "leaning", "pull"),
        count_adopters(t, "leaning", "unclear"));
    pp_status status = pp__run_describe(
        run, "profiles", "Is it push or pull in a given country?", NULL, &words, err);
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"profiles_overview", NULL};

const pp__analysis pp__analysis_profiles = {
    .name = "profiles",
    .command = "profile",
    .title = "Profiles: what is known of each place",
    .about =
        "For each country, and each city or region of which there are claims: what is on "
        "record, what goes with adoption there (push against pull, each factor's part, "
        "with intervals), what it was bought for by what sources state and what is "
        "measured, who bought, with whose money, what binds it, and who its neighbours "
        "are. Shown are the countries with most claims; all places are in "
        "tables/profiles.csv, and every fact with its claims, figures or estimates in "
        "profile_facts.csv. `pushpull profile KEN study.yml` tells of one place. What is "
        "not known is empty, and never no.",
    .format = &format,
    .describe = describe,
    .run = run_profiles,
    .answer = answer,
    .tables = tables,
};
