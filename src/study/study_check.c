/* What is wrong with a study beyond its form: files, columns, SQL, countries, models.
   Nothing is run; of files only the heads are read. */
#include "study/study_check.h"
#include "study/analyses/analysis.h"

#include "base/check.h"
#include "evidence/adoption_rule.h"
#include "model/inference/covariance.h"
#include "panel/covariates.h"
#include "panel/reserved.h"
#include <pushpull/file.h>
#include <pushpull/io.h>
#include <pushpull/text.h>
#include <stdio.h>
#include <string.h>

typedef struct checker {
    const pp_study *study;
    pp__problems *problems;
    const pp_table *countries; /* NULL: codes are not checked */
    const pp_context *ctx;
    pp_table *frame; /* every column of the panel, no rows; NULL: unknown */
} checker;

/* What went wrong in a call becomes a problem; only a lack of memory and cancelling go
 * on. */
static pp_status take(const checker *c, pp_status status, const char *field,
                      const char *value, const pp_error *e, pp_error *err) {
    if (status == PP_OK) {
        return PP_OK;
    }
    if (status == PP_E_MEMORY || status == PP_E_CANCELLED || status == PP_E_INTERNAL) {
        if (err) {
            *err = *e;
        }
        return status;
    }
    return pp__problem(c->problems, pp__study_line(c->study, field, value), field,
                       value         ? value
                       : e->value[0] ? e->value
                                     : NULL,
                       e->hint[0] ? e->hint : NULL, err, "%s", e->message);
}

static pp_status note(const checker *c, const char *field, const char *value,
                      const char *suggestion, pp_error *err, const char *problem) {
    return pp__problem(c->problems, pp__study_line(c->study, field, value), field, value,
                       suggestion, err, "%s", problem);
}

/* ---- files ---- */

static pp_status read_head(const char *path, const pp_context *ctx, pp_table **out,
                           pp_error *err) {
    pp_read_options options = {.where = "false"};
    PP_TRY(pp_file_check_readable(path, err));
    return pp_table_read(path, &options, ctx, out, err);
}

/* The head of `file`, with the columns named; NULL when there is a problem or no file. */
static pp_status check_file(const checker *c, const char *field, pp_study_file file,
                            const char *const *columns, pp_table **out, pp_error *err) {
    pp_error e = {0};
    pp_column *column;
    pp_status status;
    *out = NULL;
    if (!file.path) {
        return PP_OK;
    }
    status = read_head(file.path, c->ctx, out, &e);
    for (; status == PP_OK && *columns; columns++) {
        status = pp_table_require(*out, *columns, &column, &e);
        if (status == PP_E_NOT_FOUND) {
            snprintf(e.message, sizeof e.message, "the file has no column '%s'",
                     *columns);
        }
    }
    if (status != PP_OK) {
        pp_table_free(*out);
        *out = NULL;
    }
    return take(c, status, field, file.written, &e, err);
}

static pp_status check_evidence(const checker *c, pp_error *err) {
    static const char *const claims[] = {
        "claim_id",    "place",      "place_kind", "country",  "vendor",
        "vendor_home", "platform",   "status",     "earliest", "latest",
        "buyer_level", "confidence", "source_id",  "coder",    NULL};
    static const char *const sources[] = {"source_id", "url", "title", "published", NULL};
    static const char *const searches[] = {"country", "targeted_queries_at_least", NULL};
    const struct {
        const char *field;
        pp_study_file file;
        const char *const *columns;
    } files[] = {{"evidence.claims", c->study->evidence.claims, claims},
                 {"evidence.sources", c->study->evidence.sources, sources},
                 {"evidence.searches", c->study->evidence.searches, searches}};
    const pp_study_file *store = &c->study->evidence.store;
    pp_error e = {0};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        pp_table *head;
        PP_TRY(
            check_file(c, files[i].field, files[i].file, files[i].columns, &head, err));
        pp_table_free(head);
    }
    return store->path ? take(c, pp_file_check_readable(store->path, &e),
                              "evidence.store", store->written, &e, err)
                       : PP_OK;
}

/* ---- the panel's columns, by building them without rows ---- */

static pp_status add_panels_own(pp_table *frame, pp_error *err) {
    const char *name;
    for (int i = 0; (name = pp__panel_reserved(i)) != NULL; i++) {
        if (!pp_table_find(frame, name)) {
            PP_TRY(pp_table_add(frame, pp__panel_is_text(i) ? PP_TEXT : PP_NUMBER, name,
                                NULL, err));
        }
    }
    return PP_OK;
}

/* A variable that does not work stands in as a number, so that those after it are still
 * checked. */
static pp_status check_derived(const checker *c, pp_table *frame, pp_error *err) {
    for (int64_t i = 0; i < c->study->n_derived; i++) {
        const pp_derived *d = &c->study->derived[i];
        char field[PP__FIELD_PATH];
        pp_error e = {0};
        pp_status status = pp__covariates_derive(frame, d, c->ctx, &e);
        snprintf(field, sizeof field, "variables.%s.sql", d->name);
        PP_TRY(take(c, status, field, NULL, &e, err));
        if (!pp_table_find(frame, d->name)) {
            PP_TRY(pp_table_add(frame, PP_NUMBER, d->name, NULL, err));
        }
    }
    return PP_OK;
}

static pp_status check_indicators(checker *c, pp_error *err) {
    static const char *const year[] = {"year", NULL};
    const char *key = "iso3";
    pp_error e = {0};
    pp_table *head;
    pp_status status;
    PP_TRY(
        check_file(c, "panel.indicators", c->study->panel.indicators, year, &head, err));
    if (!head) {
        return PP_OK;
    }
    if (strcmp(c->study->panel.unit, "city") == 0 && pp_table_find(head, "place_id")) {
        key = "place_id";
    }
    status = pp__covariates_open(head, key, NULL, &c->frame, NULL, &e);
    pp_table_free(head);
    if (status != PP_OK) {
        return take(c, status, "panel.indicators", c->study->panel.indicators.written, &e,
                    err);
    }
    PP_TRY(check_derived(c, c->frame, err));
    return add_panels_own(c->frame, err);
}

/* ---- rules ---- */

static pp_status check_rule(const checker *c, const pp_study_rule *r, pp_error *err) {
    pp_adoption_rule rule = r->rule;
    char field[PP__FIELD_PATH], value[PP_ERROR_VALUE];
    pp__rule ready;
    pp_error e = {0};
    pp_status status;
    if (rule.excluded == c->study->panel.exclude) {
        rule.excluded = NULL; /* it is checked once, where it stands */
    }
    status = pp__rule_check(&rule, c->countries, &ready, &e);
    snprintf(field, sizeof field, "rules.%s.%s", r->name,
             strcmp(e.column, "excluded") == 0 ? "exclude" : e.column);
    snprintf(value, sizeof value, "%s", e.value);
    return take(c, status, field, value[0] ? value : NULL, &e, err);
}

static pp_status check_rules(const checker *c, pp_error *err) {
    pp_adoption_rule excluding = {.excluded = c->study->panel.exclude};
    pp__rule ready;
    pp_error e = {0};
    if (!c->countries) {
        return PP_OK;
    }
    for (int64_t i = 0; i < c->study->n_rules; i++) {
        PP_TRY(check_rule(c, &c->study->rules[i], err));
    }
    pp_status status = pp__rule_check(&excluding, c->countries, &ready, &e);
    return take(c, status, "panel.exclude", e.value[0] ? e.value : NULL, &e, err);
}

/* ---- variables and models ---- */

static pp_status check_variable(const checker *c, const char *field, const char *name,
                                pp_error *err) {
    pp_error e = {0};
    pp_column *column;
    pp_status status;
    if (!c->frame || (pp__panel_reserves(name) && pp__panel_offers(name))) {
        return PP_OK;
    }
    status = pp_table_require(c->frame, name, &column, &e);
    if (status == PP_OK && (pp__panel_reserves(name) || strcmp(name, "pp_row") == 0)) {
        return note(c, field, name, NULL, err,
                    "the panel's own column is no variable of a model");
    }
    if (status == PP_E_NOT_FOUND) {
        snprintf(e.message, sizeof e.message,
                 "no indicator and no variable is named '%s'", name);
    }
    return take(c, status, field, name, &e, err);
}

static pp_status check_names(const checker *c, const char *field,
                             const char *const *names, pp_error *err) {
    for (; *names; names++) {
        PP_TRY(check_variable(c, field, *names, err));
    }
    return PP_OK;
}

static pp_status check_variables(const checker *c, pp_error *err) {
    char field[PP__FIELD_PATH];
    for (int64_t i = 0; i < c->study->n_variables; i++) {
        const pp_study_variable *v = &c->study->variables[i];
        snprintf(field, sizeof field, "variables.%s", v->name);
        if (!v->sql) {
            PP_TRY(check_variable(c, field, v->name, err));
        }
    }
    for (int64_t i = 0; i < c->study->n_factors; i++) {
        const pp_study_group *g = &c->study->factors[i];
        snprintf(field, sizeof field, "factors.%s", g->name);
        if (!g->variables[0]) {
            PP_TRY(note(c, field, NULL, "list its variables: [a, b]", err,
                        "this group is empty"));
        }
        PP_TRY(check_names(c, field, g->variables, err));
    }
    return check_names(c, "report.profiles", c->study->report.profiles, err);
}

static const pp_model_info *find_model(const char *name, const char **names) {
    for (int i = 0; i < pp_model_count(); i++) {
        names[i] = pp_model_get(i)->name;
        if (strcmp(names[i], name) == 0) {
            return pp_model_get(i);
        }
    }
    return NULL;
}

/* 1 when the words of `list`, separated by spaces or commas, have `word`. */
static int lists(const char *list, const char *word) {
    size_t length = strlen(word);
    while (list && *list) {
        size_t n = strcspn(list, " ,");
        if (n == length && strncmp(list, word, n) == 0) {
            return 1;
        }
        list += n + strspn(list + n, " ,");
    }
    return 0;
}

static pp_status check_estimator(const checker *c, const pp_study_model *m,
                                 pp_error *err) {
    const char *names[64], *nearest;
    const pp_model_info *info = find_model(m->model, names);
    char field[PP__FIELD_PATH], words[PP_ERROR_HINT];
    if (!info) {
        nearest = pp_text_nearest(m->model, names, pp_model_count());
        snprintf(field, sizeof field, "models.%s.model", m->name);
        snprintf(words, sizeof words, "did you mean '%s'?", nearest ? nearest : names[0]);
        return note(c, field, m->model, words, err, "there is no such model");
    }
    if (m->link && !lists(info->links, m->link)) {
        snprintf(field, sizeof field, "models.%s.link", m->name);
        snprintf(words, sizeof words, "links of %s: %s", info->name,
                 info->links && *info->links ? info->links
                                             : "it has no choice; remove this line");
        return note(c, field, m->link, words, err, "this model has no such link");
    }
    return PP_OK;
}

static pp_status check_covariance(const checker *c, const pp_study_model *m,
                                  pp_error *err) {
    char field[PP__FIELD_PATH];
    pp_error e = {0};
    pp_arena arena;
    pp__vcov vcov;
    pp_status status;
    pp_arena_init(&arena);
    status = pp__vcov_parse(m->vcov, m->ssc, &arena, &vcov, &e);
    for (int i = 0; status == PP_OK && c->frame && i < vcov.n_columns; i++) {
        pp_column *column;
        status = pp_table_require(c->frame, vcov.column[i], &column, &e);
    }
    pp_arena_clear(&arena);
    snprintf(field, sizeof field, "models.%s.vcov", m->name);
    return take(c, status, field, m->vcov, &e, err);
}

static pp_status check_where(const checker *c, const pp_study_model *m, pp_error *err) {
    static const char *const names[] = {"panel"};
    const pp_table *tables[] = {c->frame};
    char field[PP__FIELD_PATH];
    pp_table *found = NULL;
    pp_error e = {0};
    pp_status status;
    pp_buf sql;
    if (!m->where || !c->frame) {
        return PP_OK;
    }
    pp_buf_init(&sql);
    pp_buf_printf(&sql, "SELECT 1 FROM panel WHERE (\n%s\n)", m->where);
    status = pp_buf_check(&sql, &e);
    if (status == PP_OK) {
        status = pp_table_query(sql.data, names, tables, 1, 0, c->ctx, &found, &e);
    }
    pp_buf_clear(&sql);
    pp_table_free(found);
    snprintf(field, sizeof field, "models.%s.where", m->name);
    return take(c, status, field, m->where, &e, err);
}

static pp_status check_model(const checker *c, const pp_study_model *m, pp_error *err) {
    char field[PP__FIELD_PATH];
    snprintf(field, sizeof field, "models.%s", m->name);
    if (!m->terms[0]) {
        PP_TRY(note(c, field, NULL, "name groups of factors, or variables", err,
                    "this model has no variables"));
    }
    snprintf(field, sizeof field, "models.%s.variables", m->name);
    PP_TRY(check_names(c, field, m->variables, err));
    PP_TRY(check_estimator(c, m, err));
    PP_TRY(check_covariance(c, m, err));
    return check_where(c, m, err);
}

/* ---- questions ---- */

static pp_status check_question(const checker *c, const pp_study_question *q,
                                pp_error *err) {
    const pp_study_model *m = pp_study_find_model(c->study, q->model);
    char field[PP__FIELD_PATH], words[PP_ERROR_HINT];
    const char *nearest;
    int64_t n = 0;
    if (!m || !q->variable) {
        return PP_OK; /* the reader has told */
    }
    for (; m->terms[n]; n++) {
        if (strcmp(m->terms[n], q->variable) == 0) {
            return PP_OK;
        }
    }
    nearest = pp_text_nearest(q->variable, m->terms, n);
    snprintf(field, sizeof field, "findings.questions.%s.variable", q->name);
    snprintf(words, sizeof words, "did you mean '%s'?", nearest ? nearest : "");
    return pp__problem(c->problems, pp__study_line(c->study, field, NULL), field,
                       q->variable,
                       nearest ? words : "add it to the model, or name another model",
                       err, "the model '%s' has no variable '%s'", m->name, q->variable);
}

static pp_status check_design(const checker *c, const pp_study_design *d, pp_error *err) {
    char field[PP__FIELD_PATH];
    snprintf(field, sizeof field, "designs.%s.outcomes", d->name);
    PP_TRY(check_names(c, field, d->outcomes, err));
    snprintf(field, sizeof field, "designs.%s.covariates", d->name);
    return check_names(c, field, d->covariates, err);
}

static pp_status check_path(const checker *c, const char *path, pp_study_file file,
                            pp_error *err) {
    if (!file.path || pp_file_exists(file.path)) {
        return PP_OK;
    }
    return pp__problem(c->problems, pp__study_line(c->study, path, NULL), path,
                       file.written, "the path begins at the study file", err,
                       "there is no such file or folder");
}

static pp_status check_setting(const checker *c, const pp_study_analysis *a,
                               const pp__field *field, pp_error *err) {
    char path[PP__FIELD_PATH];
    const char *room[2], *const none[] = {NULL};
    pp_study_file file = {0};
    pp_table *head;
    snprintf(path, sizeof path, "analyses.%s.%s", a->name, field->name);
    if (field->refers == PP__TO_VARIABLE) {
        return check_names(c, path, pp__field_names(field, a->settings, room), err);
    }
    if (field->kind == PP__FILE || field->kind == PP__PATH) {
        memcpy(&file, (const char *)a->settings + field->offset, sizeof file);
    }
    if (field->kind != PP__FILE) {
        return check_path(c, path, file, err);
    }
    PP_TRY(check_file(c, path, file, none, &head, err));
    pp_table_free(head);
    return PP_OK;
}

static pp_status check_analysis(const checker *c, const pp_study_analysis *a,
                                const pp__section *format, pp_error *err) {
    for (int i = 0; i < format->n; i++) {
        PP_TRY(check_setting(c, a, &format->fields[i], err));
    }
    return PP_OK;
}

static pp_status run(checker *c, pp_error *err) {
    PP_TRY(check_evidence(c, err));
    PP_TRY(check_rules(c, err));
    PP_TRY(check_indicators(c, err));
    PP_TRY(check_variables(c, err));
    for (int64_t i = 0; i < c->study->n_models; i++) {
        PP_TRY(check_model(c, &c->study->models[i], err));
    }
    for (int64_t i = 0; i < c->study->findings.n_questions; i++) {
        PP_TRY(check_question(c, &c->study->findings.questions[i], err));
    }
    for (int64_t i = 0; i < c->study->n_designs; i++) {
        PP_TRY(check_design(c, &c->study->designs[i], err));
    }
    for (int i = 0; i < c->study->n_analyses; i++) {
        PP_TRY(
            check_analysis(c, &c->study->analyses[i], pp__analysis_get(i)->format, err));
    }
    return PP_OK;
}

pp_status pp__study_find_problems(const pp_study *study, const pp_gazetteer *gazetteer,
                                  const pp_context *ctx, pp__problems *problems,
                                  pp_error *err) {
    pp_table *countries = NULL;
    checker c = {.study = study, .problems = problems, .ctx = ctx};
    pp_status status = PP_OK;
    if (gazetteer) {
        status = pp_gazetteer_table(gazetteer, &countries, err);
        c.countries = countries;
    }
    if (status == PP_OK) {
        status = run(&c, err);
    }
    pp_table_free(c.frame);
    pp_table_free(countries);
    return status;
}
