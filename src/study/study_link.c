/* Resolves the names in a study: which rule, which groups, which model; and fills in what
   follows from them. */
#include "study/analyses/analysis.h"

#include "base/check.h"
#include "panel/reserved.h"
#include <math.h>
#include <pushpull/text.h>
#include <stdio.h>
#include <string.h>

typedef struct linker {
    pp_study *study;
    pp__problems *problems;
} linker;

static pp_status note(const linker *l, const char *field, const char *value,
                      const char *suggestion, pp_error *err, const char *problem) {
    return pp__problem(l->problems, pp__study_line(l->study, field, value), field, value,
                       suggestion, err, "%s", problem);
}

/* One problem when `name` is none of the n entries. Entries begin with their name. */
static pp_status require(const linker *l, const char *field, const char *name,
                         const char *what, const void *entries, int64_t n, size_t size,
                         int *found, pp_error *err) {
    const char **names = pp_arena_zalloc(&l->study->arena, n + 1, sizeof *names);
    char problem[PP_ERROR_MESSAGE], suggestion[PP_ERROR_NAME + 20];
    const char *nearest;
    *found = 0;
    PP_NEED(names, err);
    for (int64_t i = 0; i < n; i++) {
        memcpy(&names[i], (const char *)entries + (size_t)i * size, sizeof names[i]);
        if (strcmp(names[i], name) == 0) {
            *found = 1;
            return PP_OK;
        }
    }
    nearest = pp_text_nearest(name, names, n);
    snprintf(suggestion, sizeof suggestion, "did you mean '%s'?", nearest ? nearest : "");
    snprintf(problem, sizeof problem, "no %s is named '%s'", what, name);
    return note(l, field, name, nearest ? suggestion : NULL, err, problem);
}

static pp_status require_rule(const linker *l, const char *field, const char *name,
                              pp_error *err) {
    int found;
    return require(l, field, name, "rule", l->study->rules, l->study->n_rules,
                   sizeof *l->study->rules, &found, err);
}

static pp_status require_model(const linker *l, const char *field, const char *name,
                               pp_error *err) {
    int found;
    return require(l, field, name, "model", l->study->models, l->study->n_models,
                   sizeof *l->study->models, &found, err);
}

static pp_status require_design(const linker *l, const char *field, const char *name,
                                pp_error *err) {
    int found;
    return require(l, field, name, "design", l->study->designs, l->study->n_designs,
                   sizeof *l->study->designs, &found, err);
}

static pp_status link_evidence(const linker *l, pp_error *err) {
    const pp_study *s = l->study;
    if (!pp__yaml_get(s->tree, "evidence")) {
        return PP_OK;
    }
    if (!s->evidence.claims.path && !s->evidence.store.path) {
        return note(l, "evidence", NULL, "name a claims file or a store", err,
                    "there is no evidence");
    }
    if (s->evidence.store.path && s->evidence.claims.path) {
        return note(l, "evidence.store", s->evidence.store.written, "keep one of the two",
                    err, "evidence comes from files or from a store, not from both");
    }
    return PP_OK;
}

static pp_status link_rules(const linker *l, pp_error *err) {
    pp_study *s = l->study;
    for (int64_t i = 0; i < s->n_rules; i++) {
        pp_study_rule *r = &s->rules[i];
        r->rule.name = r->name;
        r->label = r->label ? r->label : r->name;
        if (!r->rule.excluded && s->panel.exclude[0]) {
            r->rule.excluded = s->panel.exclude;
        }
    }
    if (!s->panel.outcome) {
        s->panel.outcome = s->n_rules > 0 ? s->rules[0].name : NULL;
        return PP_OK;
    }
    return require_rule(l, "panel.outcome", s->panel.outcome, err);
}

static pp_status link_variables(const linker *l, pp_error *err) {
    pp_study *s = l->study;
    pp_derived *derived = pp_arena_zalloc(&s->arena, s->n_variables, sizeof *derived);
    char field[PP__FIELD_PATH];
    PP_NEED(derived, err);
    s->derived = derived;
    for (int64_t i = 0; i < s->n_variables; i++) {
        const pp_study_variable *v = &s->variables[i];
        snprintf(field, sizeof field, "variables.%s", v->name);
        if (pp__panel_reserves(v->name) && v->sql) {
            PP_TRY(note(l, field, v->name, "give it another name", err,
                        "the panel makes a column of this name itself"));
        } else if (v->sql) {
            derived[s->n_derived++] = (pp_derived){.name = v->name,
                                                   .sql = v->sql,
                                                   .label = v->label,
                                                   .unit = v->unit,
                                                   .lag = (int)v->lag};
        } else if (v->lag >= 0) {
            snprintf(field, sizeof field, "variables.%s.lag", v->name);
            PP_TRY(note(l, field, NULL,
                        "make a new variable by sql: to lag it differently", err,
                        "only a variable with sql has a lag of its own"));
        }
    }
    return PP_OK;
}

static int holds(const char *const *names, const char *name) {
    for (; *names; names++) {
        if (strcmp(*names, name) == 0) {
            return 1;
        }
    }
    return 0;
}

static int64_t count(const char *const *names) {
    int64_t n = 0;
    while (names[n]) {
        n++;
    }
    return n;
}

/* Adds what `terms`, NULL-terminated with room, does not hold and `without` does not
 * name. */
static void add_terms(const char **terms, const char *const *names,
                      const char *const *without) {
    int64_t n = count(terms);
    for (; *names; names++) {
        if (!holds(terms, *names) && !holds(without, *names)) {
            terms[n++] = *names;
        }
    }
}

static pp_status link_terms(const linker *l, pp_study_model *m, pp_error *err) {
    static const char *const nothing[] = {NULL};
    const pp_study *s = l->study;
    char field[PP__FIELD_PATH];
    int64_t room = count(m->variables) + 1;
    const char **all, **terms;
    int found;
    snprintf(field, sizeof field, "models.%s.factors", m->name);
    for (const char *const *name = m->factors; *name; name++) {
        const pp_study_group *group = pp_study_find_group(s, *name);
        room += group ? count(group->variables) : 0;
        PP_TRY(require(l, field, *name, "group of factors", s->factors, s->n_factors,
                       sizeof *s->factors, &found, err));
    }
    all = pp_arena_zalloc(&l->study->arena, room, sizeof *all);
    terms = pp_arena_zalloc(&l->study->arena, room, sizeof *terms);
    PP_NEED(all, err);
    PP_NEED(terms, err);
    for (const char *const *name = m->factors; *name; name++) {
        const pp_study_group *group = pp_study_find_group(s, *name);
        if (group) {
            add_terms(all, group->variables, nothing);
        }
    }
    add_terms(all, m->variables, nothing);
    add_terms(terms, all, m->without);
    m->terms = terms;
    snprintf(field, sizeof field, "models.%s.without", m->name);
    for (const char *const *name = m->without; *name; name++) {
        if (!holds(all, *name)) {
            PP_TRY(note(l, field, *name, NULL, err,
                        "no variable of this model has this name"));
        }
    }
    return PP_OK;
}

static pp_status link_model(const linker *l, pp_study_model *m, pp_error *err) {
    const pp_study *s = l->study;
    char field[PP__FIELD_PATH];
    int hazard = strcmp(m->model, "hazard") == 0;
    int given = m->dates != NULL;
    m->title = m->title ? m->title : m->name;
    m->supplier_unknown =
        m->supplier_unknown ? m->supplier_unknown : s->panel.supplier_unknown;
    m->not_searched = m->not_searched ? m->not_searched : s->panel.not_searched;
    m->dates = given ? m->dates : hazard ? "interval" : "latest";
    if (!m->rule) {
        m->rule = s->panel.outcome;
    } else {
        snprintf(field, sizeof field, "models.%s.rule", m->name);
        PP_TRY(require_rule(l, field, m->rule, err));
    }
    if (hazard != (strcmp(m->dates, "interval") == 0)) {
        snprintf(field, sizeof field, "models.%s.dates", m->name);
        PP_TRY(note(l, field, m->dates,
                    hazard ? "write dates: interval, or take the model cloglog or logit"
                           : "take earliest, latest or midpoint, or the model hazard",
                    err,
                    hazard ? "the hazard model takes whole intervals of dates"
                           : "only the hazard model takes intervals of dates"));
    }
    return link_terms(l, m, err);
}

/* A number, or the analysis that estimates one for each country. */
static pp_status link_undetected(const linker *l, pp_study_design *d, pp_error *err) {
    char field[PP__FIELD_PATH];
    snprintf(field, sizeof field, "designs.%s.undetected", d->name);
    if (strcmp(d->undetected, "occupancy") == 0) {
        d->undetected_rate = NAN;
        for (int64_t i = 0; i < l->study->n_analyses; i++) {
            if (strcmp(l->study->analyses[i].name, "occupancy") == 0 &&
                l->study->analyses[i].given) {
                return PP_OK;
            }
        }
        return note(l, field, d->undetected, "add 'occupancy:' under analyses:", err,
                    "the study has no analysis 'occupancy'");
    }
    if (!pp_parse_number(d->undetected, &d->undetected_rate) ||
        !(d->undetected_rate >= 0 && d->undetected_rate < 1)) {
        return note(l, field, d->undetected, "a number from 0 to below 1, or occupancy",
                    err, "this is no probability");
    }
    return PP_OK;
}

static pp_status link_design(const linker *l, pp_study_design *d, pp_error *err) {
    const pp_study *s = l->study;
    char field[PP__FIELD_PATH];
    d->title = d->title ? d->title : d->name;
    if (d->years[1] == 0) {
        d->years[0] = s->panel.years[0];
        d->years[1] = s->panel.years[1];
    }
    PP_TRY(link_undetected(l, d, err));
    if (!(d->smallest_effect > 0)) {
        snprintf(field, sizeof field, "designs.%s.smallest_effect", d->name);
        PP_TRY(note(l, field, NULL, "state it in units of the outcome", err,
                    "smallest_effect is not above 0"));
    }
    if (!d->outcomes[0]) {
        snprintf(field, sizeof field, "designs.%s.outcomes", d->name);
        PP_TRY(note(l, field, NULL, "list them: [a, b]", err, "there is no outcome"));
    }
    if (!d->rule) {
        d->rule = s->panel.outcome;
        return PP_OK;
    }
    snprintf(field, sizeof field, "designs.%s.rule", d->name);
    return require_rule(l, field, d->rule, err);
}

static pp_status link_question(const linker *l, pp_study_question *q, pp_error *err) {
    char field[PP__FIELD_PATH];
    if (q->smallest_effect == 0) {
        q->smallest_effect = l->study->findings.smallest_effect;
    }
    if (!q->model) {
        q->model = l->study->findings.headline;
        return PP_OK;
    }
    snprintf(field, sizeof field, "findings.questions.%s.model", q->name);
    return require_model(l, field, q->model, err);
}

static pp_status link_findings(const linker *l, pp_error *err) {
    pp_study *s = l->study;
    if (!s->findings.headline) {
        s->findings.headline = s->n_models > 0 ? s->models[0].name : NULL;
    } else {
        PP_TRY(require_model(l, "findings.headline", s->findings.headline, err));
    }
    for (int64_t i = 0; i < s->findings.n_questions; i++) {
        PP_TRY(link_question(l, &s->findings.questions[i], err));
    }
    if (s->findings.n_questions == 0) {
        return PP_OK;
    }
    if (s->n_models == 0) {
        PP_TRY(note(l, "findings.questions", NULL, "add models:", err,
                    "questions need a model that answers them"));
    }
    if (!(s->findings.smallest_effect > 0)) {
        PP_TRY(note(
            l, "findings.smallest_effect", NULL,
            "state the average marginal effect of one standard deviation below which a "
            "factor would not matter to you",
            err, "smallest_effect is missing or not above 0"));
    }
    if (!s->findings.because) {
        PP_TRY(note(l, "findings.because", NULL, "one sentence is enough", err,
                    "why the smallest effect has this size is missing"));
    }
    return PP_OK;
}

static pp_status link_reference(const linker *l, const pp__field *field, const char *path,
                                const char *name, pp_error *err) {
    const pp_study *s = l->study;
    int found;
    switch (field->refers) {
    case PP__TO_RULE:
        return require_rule(l, path, name, err);
    case PP__TO_MODEL:
        return require_model(l, path, name, err);
    case PP__TO_DESIGN:
        return require_design(l, path, name, err);
    case PP__TO_GROUP:
        return require(l, path, name, "group of factors", s->factors, s->n_factors,
                       sizeof *s->factors, &found, err);
    default:
        return PP_OK;
    }
}

static pp_status link_field(const linker *l, const pp_study_analysis *a,
                            const pp__field *field, pp_error *err) {
    const char *const *names;
    const char *room[2];
    char path[PP__FIELD_PATH];
    if (field->refers == PP__TO_NOTHING || field->refers == PP__TO_VARIABLE) {
        return PP_OK;
    }
    snprintf(path, sizeof path, "analyses.%s.%s", a->name, field->name);
    names = pp__field_names(field, a->settings, room);
    for (; *names; names++) {
        PP_TRY(link_reference(l, field, path, *names, err));
    }
    return PP_OK;
}

static pp_status link_analysis(const linker *l, const pp_study_analysis *a,
                               const pp__analysis *analysis, pp_error *err) {
    for (int i = 0; i < analysis->format->n; i++) {
        PP_TRY(link_field(l, a, &analysis->format->fields[i], err));
    }
    return a->given && analysis->check
               ? analysis->check(l->study, a->settings, l->problems, err)
               : PP_OK;
}

pp_status pp__study_link(pp_study *study, pp__problems *problems, pp_error *err) {
    linker l = {study, problems};
    study->report.title = study->report.title ? study->report.title : study->title;
    PP_TRY(link_evidence(&l, err));
    PP_TRY(link_rules(&l, err));
    PP_TRY(link_variables(&l, err));
    for (int64_t i = 0; i < study->n_models; i++) {
        PP_TRY(link_model(&l, &study->models[i], err));
    }
    for (int64_t i = 0; i < study->n_designs; i++) {
        PP_TRY(link_design(&l, &study->designs[i], err));
    }
    PP_TRY(link_findings(&l, err));
    for (int i = 0; i < study->n_analyses; i++) {
        PP_TRY(link_analysis(&l, &study->analyses[i], pp__analysis_get(i), err));
    }
    return PP_OK;
}
