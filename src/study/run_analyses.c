/* The analyses of a run: their results, tables, figures and sections of the report. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/document.h>

#include <stdio.h>
#include <string.h>

/* One that the file does not name has its defaults, unless it cannot do without a key. */
static int has_defaults(const pp__section *format) {
    for (int i = 0; i < format->n; i++) {
        if (format->fields[i].required) {
            return 0;
        }
    }
    return 1;
}

static int is_wanted(const pp_study_analysis *a, const pp__analysis *kind,
                     const char *command) {
    return command ? strcmp(kind->command, command) == 0 &&
                         (a->given || has_defaults(kind->format))
                   : a->given;
}

/* There is none of that command, or only ones that the file must name for what they ask. */
static pp_status refuse_command(const pp_study *study, const char *command,
                                pp_error *err) {
    for (int i = 0; i < study->n_analyses; i++) {
        const pp__section *format = pp__analysis_get(i)->format;
        if (strcmp(pp__analysis_get(i)->command, command) != 0) {
            continue;
        }
        pp_error_set(err, PP_E_NOT_FOUND, "the study has no analysis '%s'",
                     study->analyses[i].name);
        pp_error_locate(err, study->file, 0, "analyses", NULL);
        for (int f = 0; f < format->n; f++) {
            if (format->fields[f].required) {
                pp_error_hint(err,
                              "add '%s:' under analyses:, at least with '%s:' "
                              "(every key: pushpull/study.h)",
                              study->analyses[i].name, format->fields[f].name);
                break;
            }
        }
        return PP_E_NOT_FOUND;
    }
    PP_FAIL(err, PP_E_NOT_FOUND, "no analysis has the command '%s'", command);
}

static pp_status gather(pp__run *run, const char *command, pp_error *err) {
    const pp_study *study = run->study;
    run->analyses =
        pp_arena_zalloc(&run->arena, study->n_analyses, sizeof *run->analyses);
    PP_NEED(run->analyses, err);
    for (int i = 0; i < study->n_analyses; i++) {
        const pp__analysis *kind = pp__analysis_get(i);
        if (is_wanted(&study->analyses[i], kind, command)) {
            run->analyses[run->n_analyses++].kind = kind;
        }
    }
    return command && run->n_analyses == 0 ? refuse_command(study, command, err) : PP_OK;
}

static pp_status make(pp__run *run, pp__run_analysis *a, pp_error *err) {
    const void *settings = pp__analysis_of(run->study, a->kind)->settings;
    const pp_table *findings = pp_result_find(run->out, "findings");
    PP_TRY(a->result ? PP_OK : a->kind->run(run, settings, &a->result, err));
    a->first_answer = pp_table_rows(findings);
    pp_status status =
        a->kind->answer ? a->kind->answer(run, settings, a->result, err) : PP_OK;
    a->n_answers = pp_table_rows(findings) - a->first_answer;
    return status;
}

/* What the data cannot carry is told of; what was found without it still stands. */
static pp_status skip_or_fail(pp__run *run, pp__run_analysis *a, pp_status status,
                              pp_error *err) {
    pp_error reason = err ? *err : (pp_error){0};
    if (status == PP_E_MEMORY || status == PP_E_CANCELLED || status == PP_E_INTERNAL) {
        return status;
    }
    a->why = pp_arena_printf(&run->arena, "%s%s%s", reason.message,
                             reason.hint[0] ? " — " : "", reason.hint);
    PP_NEED(a->why, err);
    return pp_result_warn(run->out, "analysis_failed", a->kind->name, -1, err,
                          "the analysis '%s' cannot be made: %s", a->kind->name,
                          reason.message);
}

pp_status pp__run_analyses(pp__run *run, const char *command, pp_error *err) {
    PP_TRY(gather(run, command, err));
    for (int i = 0; i < run->n_analyses; i++) {
        pp__run_analysis *a = &run->analyses[i];
        PP_TRY(pp_progress(run->ctx, a->kind->name, -1, err));
        pp_status status = make(run, a, err);
        if (status != PP_OK && command) {
            return status;
        }
        if (status != PP_OK) {
            PP_TRY(skip_or_fail(run, a, status, err));
        }
    }
    return PP_OK;
}

pp_status pp__run_result_of(pp__run *run, const char *analysis, const pp_result **out,
                            pp_error *err) {
    for (int i = 0; i < run->n_analyses; i++) {
        pp__run_analysis *own = &run->analyses[i];
        if (strcmp(own->kind->name, analysis) == 0) {
            const void *settings = pp__analysis_of(run->study, own->kind)->settings;
            PP_TRY(own->result ? PP_OK
                               : own->kind->run(run, settings, &own->result, err));
            *out = own->result;
            return PP_OK;
        }
    }
    if (!run->others) {
        run->others =
            pp_arena_zalloc(&run->arena, run->study->n_analyses, sizeof *run->others);
        PP_NEED(run->others, err);
    }
    for (int64_t i = 0; i < run->study->n_analyses; i++) {
        pp__run_analysis *other = &run->others[i];
        if (strcmp(run->study->analyses[i].name, analysis) == 0) {
            other->kind = pp__analysis_get((int)i);
            PP_TRY(other->result ? PP_OK
                                 : other->kind->run(run, run->study->analyses[i].settings,
                                                    &other->result, err));
            *out = other->result;
            return PP_OK;
        }
    }
    PP_FAIL(err, PP_E_INTERNAL, "no analysis is named '%s'", analysis);
}

/* "lists_models": a table's name beside those of other analyses. One that begins with its analysis'
   name, or its singular, keeps it, and so do all when the command is the analysis. A model of the study may bear the
   same name. */
static const char *name_table(pp__run *run, const pp__run_analysis *a, int index) {
    const char *name = pp_result_table_name(a->result, index);
    size_t length = strlen(a->kind->name);
    length -= length > 1 && a->kind->name[length - 1] == 's';
    if (strncmp(name, a->kind->name, length) != 0 &&
        strcmp(pp_result_command(run->out), a->kind->name) != 0) {
        name = pp_arena_printf(&run->arena, "%s_%s", a->kind->name, name);
    }
    return name && pp_result_find(run->out, name)
               ? pp_arena_printf(&run->arena, "analysis_%s", name)
               : name;
}

static pp_status collect_table(pp__run *run, const pp__run_analysis *a, int index,
                               pp_error *err) {
    const char *name = name_table(run, a, index);
    const char *note = pp_result_table_note(a->result, index);
    pp_table *copy;
    PP_NEED(name, err);
    PP_TRY(pp_table_copy(pp_result_table(a->result, index), &copy, err));
    pp_status status = pp_result_take(run->out, name,
                                      pp_result_table_title(a->result, index), copy, err);
    if (status != PP_OK) {
        pp_table_free(copy);
        return status;
    }
    return note ? pp_result_set_note(run->out, name, note, err) : PP_OK;
}

static pp_status collect_warnings(pp__run *run, const pp__run_analysis *a,
                                  pp_error *err) {
    for (int i = 0; i < pp_result_warnings(a->result); i++) {
        const pp_warning *w = pp_result_warning(a->result, i);
        PP_TRY(pp_result_warn(run->out, w->code, w->subject, w->count, err, "%s: %s",
                              a->kind->name, w->message));
    }
    return PP_OK;
}

pp_status pp__run_collect_analyses(pp__run *run, pp_error *err) {
    for (int i = 0; i < run->n_analyses; i++) {
        const pp__run_analysis *a = &run->analyses[i];
        for (int t = 0; a->result && t < pp_result_tables(a->result); t++) {
            PP_TRY(collect_table(run, a, t, err));
        }
        PP_TRY(a->result ? collect_warnings(run, a, err) : PP_OK);
    }
    return PP_OK;
}

/* A name is a file: where two analyses draw the same kind, the second bears its analysis's name before it. */
static pp_status name_apart(pp__run *run, int figure, const char *analysis,
                            pp_error *err) {
    pp_figure *own = run->figures[figure];
    int taken = 0;
    for (int i = 0; i < figure; i++) {
        taken |= strcmp(run->figures[i]->name, own->name) == 0;
    }
    if (!taken) {
        return PP_OK;
    }
    size_t size = strlen(analysis) + strlen(own->name) + 2;
    char *name = pp_malloc((int64_t)size, 1);
    PP_NEED(name, err);
    snprintf(name, size, "%s_%s", analysis, own->name);
    pp_free(own->name);
    own->name = name;
    return PP_OK;
}

pp_status pp__run_analysis_figures(pp__run *run, pp_error *err) {
    pp_figure_options options = {.data_folder = run->options->data_folder,
                                 .delta = run->study->findings.smallest_effect};
    for (int i = 0; i < run->n_analyses; i++) {
        pp__run_analysis *a = &run->analyses[i];
        a->first_figure = run->n_figures;
        pp_status status =
            a->result
                ? pp_result_figures(a->result, &options, run->figures + run->n_figures,
                                    PP_RUN_FIGURES - run->n_figures, &a->n_figures, err)
                : PP_OK;
        run->n_figures += a->n_figures;
        PP_TRY(status);
        for (int k = 0; k < a->n_figures; k++) {
            PP_TRY(name_apart(run, a->first_figure + k, a->kind->name, err));
        }
    }
    return PP_OK;
}

static pp_status report_table(pp__run *run, const pp__run_analysis *a, const char *name,
                              pp_document *document, pp_error *err) {
    for (int t = 0; t < pp_result_tables(a->result); t++) {
        const pp_table *table = pp_result_table(a->result, t);
        if (strcmp(pp_result_table_name(a->result, t), name) == 0 &&
            pp_table_rows(table) > 0) {
            return pp__run_report_table(run, document, name, table,
                                        pp_result_table_title(a->result, t),
                                        pp_result_table_note(a->result, t), err);
        }
    }
    return PP_OK;
}

static pp_status report_analysis(pp__run *run, const pp__run_analysis *a,
                                 pp_document *document, pp_error *err) {
    PP_TRY(pp__run_report_part(run, pp__analysis_part(a->kind), document, err));
    PP_TRY(pp_document_anchor(document, a->kind->name, err));
    PP_TRY(pp_document_heading(document, 2, a->kind->title, err));
    PP_TRY(pp_document_prose(document, a->kind->about, err));
    if (!a->result) {
        return pp_document_callout(document, PP_CALLOUT_CAUTION, "This could not be done",
                                   a->why, err);
    }
    for (int i = 0; i < a->n_figures; i++) {
        PP_TRY(pp_document_figure(document, run->figures[a->first_figure + i], err));
    }
    for (const char *const *name = a->kind->tables; *name; name++) {
        PP_TRY(report_table(run, a, *name, document, err));
    }
    return a->kind->report ? a->kind->report(run, a->result, document, err) : PP_OK;
}

pp_status pp__run_analysis_report(pp__run *run, pp_document *document, pp_error *err) {
    for (int i = 0; i < run->n_analyses; i++) {
        PP_TRY(report_analysis(run, &run->analyses[i], document, err));
    }
    return PP_OK;
}
