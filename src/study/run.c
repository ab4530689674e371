#include "study/run.h"

#include "base/check.h"

#include <pushpull/file.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

const pp_study_model *pp__run_headline(const pp__run *run) {
    const char *name = run->study->findings.headline;
    return name ? pp_study_find_model(run->study, name) : NULL;
}

const pp__run_fit *pp__run_headline_fit(const pp__run *run) {
    const pp_study_model *model = pp__run_headline(run);
    const pp__run_fit *fit = model ? pp__run_find_fit(run, model) : NULL;
    return fit && fit->result ? fit : NULL;
}

const pp__run_fit *pp__run_find_fit(const pp__run *run, const pp_study_model *model) {
    return &run->fits[model - run->study->models];
}

int64_t pp__run_rule_index(const pp__run *run, const char *rule) {
    return pp_study_find_rule(run->study, rule) - run->study->rules;
}

int64_t pp__run_margin_row(const pp_result *result, const char *variable) {
    const pp_table *margins = result ? pp_result_find(result, "margins") : NULL;
    const pp_column *term = margins ? pp_table_find(margins, "term") : NULL;
    for (int64_t row = 0; term && row < pp_table_rows(margins); row++) {
        const char *name = pp_column_get_text(term, row);
        if (name && strcmp(name, variable) == 0) {
            return row;
        }
    }
    return -1;
}

const char *pp__run_path(pp__run *run, const char *relative) {
    return pp_arena_printf(&run->arena, "%s/%s", run->folder, relative);
}

const char *pp__run_label(const pp__run *run, const char *variable) {
    const pp_study_variable *v = pp_study_find_variable(run->study, variable);
    return v && v->label ? v->label : variable;
}

const char *pp__run_group(const pp__run *run, const char *variable) {
    for (int64_t g = 0; g < run->study->n_factors; g++) {
        const char *const *names = run->study->factors[g].variables;
        for (; *names; names++) {
            if (strcmp(*names, variable) == 0) {
                return run->study->factors[g].name;
            }
        }
    }
    return "";
}

void pp__run_clear(pp__run *run) {
    for (int64_t i = 0; run->fits && i < run->study->n_models; i++) {
        pp_fit_free(run->fits[i].fit);
        pp_result_free(run->fits[i].result);
    }
    for (int64_t i = 0; run->others && i < run->study->n_analyses; i++) {
        pp_result_free(run->others[i].result);
    }
    for (pp__run_outcome *o = run->outcomes; o; o = o->next) {
        pp_result_free(o->result);
    }
    for (int64_t i = 0; run->designs && i < run->study->n_designs; i++) {
        pp_table_free(run->designs[i].data);
        pp_table_free(run->designs[i].all);
        pp_result_free(run->designs[i].report);
    }
    for (int i = 0; i < run->n_panels; i++) {
        pp_table_free(run->panels[i].panel);
        pp_result_free(run->panels[i].report);
    }
    for (int64_t i = 0; run->adoptions && i < run->study->n_rules; i++) {
        pp_result_free(run->adoptions[i]);
    }
    pp_table *const tables[] = {run->claims,  run->sources,   run->searches,
                                run->vendors, run->countries, run->indicators};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        pp_table_free(tables[i]);
    }
    for (int i = 0; i < run->n_analyses; i++) {
        pp_result_free(run->analyses[i].result);
    }
    for (int i = 0; i < run->n_figures; i++) {
        pp_figure_free(run->figures[i]);
    }
    pp_result_free(run->import);
    pp_result_free(run->out);
    pp_gazetteer_free(run->gazetteer);
    pp_arena_clear(&run->arena);
}

typedef pp_status run_step(pp__run *run, pp_error *err);

static double now_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static pp_status take_step(pp__run *run, const char *name, double fraction,
                           run_step *step, pp_error *err) {
    PP_TRY(pp_progress(run->ctx, name, fraction, err));
    double start = now_seconds();
    PP_TRY(step(run, err));
    run->steps[run->n_steps].name = name;
    run->steps[run->n_steps++].seconds = now_seconds() - start;
    return PP_OK;
}

static pp_status begin(pp__run *run, const char *command, pp_error *err) {
    run->fits = pp_arena_zalloc(&run->arena, run->study->n_models, sizeof *run->fits);
    PP_NEED(run->fits, err);
    PP_TRY(pp_result_new(command, &run->out, err));
    PP_TRY(pp_result_note_text(run->out, "study", run->study->title, err));
    return pp_result_note_number(run->out, "seed", (double)run->study->seed, err);
}

static pp_status run_named_analyses(pp__run *run, pp_error *err) {
    return pp__run_analyses(run, NULL, err);
}

static pp_status take_steps(pp__run *run, pp_error *err) {
    run->store = pp__run_path(run, "evidence.db");
    PP_NEED(run->store, err);
    PP_TRY(begin(run, "run", err));
    PP_TRY(take_step(run, "evidence", 0, pp__run_evidence, err));
    PP_TRY(take_step(run, "models", 0.3, pp__run_models, err));
    PP_TRY(take_step(run, "findings", 0.5, pp__run_findings, err));
    PP_TRY(take_step(run, "analyses", 0.55, run_named_analyses, err));
    PP_TRY(take_step(run, "tables", 0.75, pp__run_collect, err));
    PP_TRY(take_step(run, "figures", 0.8, pp__run_figures, err));
    PP_TRY(take_step(run, "report", 0.85, pp__run_report, err));
    PP_TRY(take_step(run, "writing tables", 0.9, pp__run_write_tables, err));
    PP_TRY(take_step(run, "writing briefs", 0.97, pp__run_write_briefs, err));
    PP_TRY(pp__run_manifest(run, err));
    return pp_progress(run->ctx, "done", 1, err);
}

pp_status pp_study_run(const pp_study *study, const pp_run_options *options,
                       const pp_context *ctx, pp_result **out, pp_error *err) {
    *out = NULL;
    pp__run run = {.study = study, .options = options, .ctx = ctx};
    pp_status status = pp__run_open_folder(&run, err);
    if (status == PP_OK) {
        status = take_steps(&run, err);
    }
    if (status == PP_OK) {
        status = pp__run_place(&run, err);
    }
    pp__run_drop_folder(&run);
    if (status == PP_OK) {
        *out = run.out;
        run.out = NULL;
    }
    pp__run_clear(&run);
    return status;
}

/* Only the evidence is read and only the fits that the analyses ask for are made. */
static pp_status take_analysis_steps(pp__run *run, const char *command, pp_error *err) {
    pp_table *findings;
    run->store = ":memory:";
    PP_TRY(begin(run, command, err));
    PP_TRY(pp_progress(run->ctx, "evidence", 0, err));
    PP_TRY(pp__run_evidence(run, err));
    PP_TRY(pp__run_begin_findings(run, &findings, err));
    PP_TRY(pp__run_analyses(run, command, err));
    PP_TRY(pp__run_collect_analyses(run, err));
    return pp_progress(run->ctx, "done", 1, err);
}

pp_status pp_study_analyse(const pp_study *study, const char *command,
                           const pp_run_options *options, const pp_context *ctx,
                           pp_result **out, pp_error *err) {
    *out = NULL;
    pp__run run = {.study = study, .options = options, .ctx = ctx};
    pp_status status = take_analysis_steps(&run, command, err);
    if (status == PP_OK) {
        *out = run.out;
        run.out = NULL;
    }
    pp__run_clear(&run);
    return status;
}
