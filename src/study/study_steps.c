/* What a run of the study would do, step by step. */
#include "study/analyses/analysis.h"
#include "study/study_check.h"

#include "base/check.h"
#include "evidence/rows.h"
#include <pushpull/text.h>
#include <stdio.h>
#include <string.h>

typedef struct lister {
    const pp_study *study;
    pp_table *steps;
    int n;
} lister;

static void add_list(pp_buf *out, const char *const *names, const char *none) {
    if (!names || !names[0]) {
        pp_buf_add(out, none);
        return;
    }
    for (int64_t i = 0; names[i]; i++) {
        pp_buf_printf(out, "%s%s", i ? ", " : "", names[i]);
    }
}

/* Takes over both texts. */
static pp_status add(lister *l, const char *step, const char *name, pp_buf *what,
                     pp_buf *inputs, pp_error *err) {
    pp_status status = pp_buf_check(what, err);
    if (status == PP_OK) {
        status = pp_buf_check(inputs, err);
    }
    if (status == PP_OK) {
        status = pp__rows_add_cells(l->steps,
                                    (pp__cell[]){PP__NUMBER_CELL(++l->n),
                                                 PP__TEXT_CELL(step), PP__TEXT_CELL(name),
                                                 PP__TEXT_CELL(what->data),
                                                 PP__TEXT_CELL(inputs->data)},
                                    err);
    }
    pp_buf_clear(what);
    pp_buf_clear(inputs);
    return status;
}

static pp_status add_evidence(lister *l, pp_error *err) {
    const pp_study *s = l->study;
    const char *files[] = {s->evidence.claims.written, s->evidence.sources.written,
                           s->evidence.searches.written, s->evidence.store.written};
    pp_buf what = {0}, inputs = {0};
    pp_buf_add(&what,
               s->evidence.store.written ? "open the store" : "import into a new store");
    for (int i = 0; i < 4; i++) {
        if (files[i]) {
            pp_buf_printf(&inputs, "%s%s", inputs.length ? ", " : "", files[i]);
        }
    }
    return add(l, "evidence", NULL, &what, &inputs, err);
}

static pp_status add_rule(lister *l, const pp_study_rule *r, pp_error *err) {
    pp_buf what = {0}, inputs = {0};
    pp_buf_printf(&what, "%s: suppliers ", r->label);
    add_list(&what, r->rule.suppliers, "of any known country");
    pp_buf_add(&what, "; platforms ");
    add_list(&what, r->rule.platforms, "all but other, border_control, interception");
    pp_buf_add(&what, "; ");
    add_list(&what, r->rule.statuses, "contracted, operational, expanded");
    pp_buf_printf(&what, "; confidence at least %s; buyers %s", r->rule.confidence,
                  r->rule.buyers);
    pp_buf_add(&inputs, "evidence");
    return add(l, "adoption", r->name, &what, &inputs, err);
}

static int same(const char *a, const char *b) {
    return a && b && strcmp(a, b) == 0;
}

static int same_panel(const pp_study_model *a, const pp_study_model *b) {
    return same(a->rule, b->rule) && same(a->supplier_unknown, b->supplier_unknown) &&
           same(a->not_searched, b->not_searched);
}

/* Models with one rule and one treatment of what is unknown share a panel. */
static pp_status add_panel(lister *l, const pp_study_model *m, pp_error *err) {
    const pp_study *s = l->study;
    pp_buf what = {0}, inputs = {0};
    pp_buf_printf(&what, "%s by year, %d to %d, lag %d", s->panel.unit,
                  (int)s->panel.years[0], (int)s->panel.years[1], (int)s->panel.lag);
    pp_buf_printf(&what, "; supplier unknown: %s; not searched: %s; without ",
                  m->supplier_unknown, m->not_searched);
    add_list(&what, s->panel.exclude, "none");
    pp_buf_printf(&inputs, "%s",
                  s->panel.indicators.written ? s->panel.indicators.written : "");
    return add(l, "panel", m->rule, &what, &inputs, err);
}

static pp_status add_model(lister *l, const pp_study_model *m, pp_error *err) {
    pp_buf what = {0}, inputs = {0};
    pp_buf_printf(&what, "%s%s%s, %s dates, baseline %s, %s: ", m->model,
                  m->link ? " " : "", m->link ? m->link : "", m->dates, m->baseline,
                  m->vcov);
    if (m->impute > 0) {
        pp_buf_printf(&what, "%d imputations: ", (int)m->impute);
    }
    add_list(&what, m->terms, "no variables");
    pp_buf_printf(&inputs, "panel %s", m->rule ? m->rule : "");
    return add(l, "model", m->name, &what, &inputs, err);
}

static pp_status add_models(lister *l, pp_error *err) {
    const pp_study *s = l->study;
    for (int64_t i = 0; i < s->n_models; i++) {
        int64_t first = 0;
        while (!same_panel(&s->models[first], &s->models[i]) && first < i) {
            first++;
        }
        if (first == i) {
            PP_TRY(add_panel(l, &s->models[i], err));
        }
    }
    for (int64_t i = 0; i < s->n_models; i++) {
        PP_TRY(add_model(l, &s->models[i], err));
    }
    return PP_OK;
}

static pp_status add_design(lister *l, const pp_study_design *d, pp_error *err) {
    pp_buf what = {0}, inputs = {0};
    pp_buf_printf(&what, "%s: ", d->estimator);
    add_list(&what, d->outcomes, "no outcome");
    pp_buf_printf(&what, "; %d to %d, %s dates; against %s treated", (int)d->years[0],
                  (int)d->years[1], d->dates,
                  strcmp(d->control, "never") == 0 ? "never" : "not yet");
    if (d->covariates[0]) {
        pp_buf_add(&what, "; given ");
        add_list(&what, d->covariates, "");
    }
    pp_buf_printf(&inputs, "adoption %s", d->rule ? d->rule : "");
    return add(l, "design", d->name, &what, &inputs, err);
}

static pp_status add_findings(lister *l, pp_error *err) {
    const pp_study *s = l->study;
    pp_buf what = {0}, inputs = {0};
    char number[32];
    if (s->findings.n_questions == 0) {
        return PP_OK;
    }
    pp_format_number(s->findings.smallest_effect, number);
    pp_buf_printf(&what, "%lld questions, smallest effect %s",
                  (long long)s->findings.n_questions, number);
    pp_buf_add(&inputs, "models");
    return add(l, "findings", NULL, &what, &inputs, err);
}

static pp_status add_analyses(lister *l, pp_error *err) {
    for (int i = 0; i < l->study->n_analyses; i++) {
        const pp_study_analysis *a = &l->study->analyses[i];
        pp_buf what = {0}, inputs = {0};
        if (a->given) {
            pp__analysis_get(i)->describe(l->study, a->settings, &what);
            pp_buf_add(&inputs, "evidence, panels, models");
            PP_TRY(add(l, "analysis", a->name, &what, &inputs, err));
        }
    }
    return PP_OK;
}

static pp_status add_report(lister *l, pp_error *err) {
    const pp_study *s = l->study;
    pp_buf what = {0}, inputs = {0};
    pp_buf_add(&what, s->report.title ? s->report.title : "");
    pp_buf_add(&inputs, "all of these");
    return add(l, "report", NULL, &what, &inputs, err);
}

pp_status pp__study_list_steps(const pp_study *study, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {{"order", "", PP_NUMBER, PP_SHOW_COUNT},
                                              {"step", "Step", PP_TEXT, 0},
                                              {"name", "Name", PP_TEXT, 0},
                                              {"what", "What", PP_TEXT, 0},
                                              {"inputs", "Inputs", PP_TEXT, 0}};
    lister l = {.study = study};
    PP_TRY(pp__rows_start(result, "steps", "What would run", columns, 5, &l.steps, err));
    PP_TRY(add_evidence(&l, err));
    for (int64_t i = 0; i < study->n_rules; i++) {
        PP_TRY(add_rule(&l, &study->rules[i], err));
    }
    PP_TRY(add_models(&l, err));
    for (int64_t i = 0; i < study->n_designs; i++) {
        PP_TRY(add_design(&l, &study->designs[i], err));
    }
    PP_TRY(add_findings(&l, err));
    PP_TRY(add_analyses(&l, err));
    return add_report(&l, err);
}
