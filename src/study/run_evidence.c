#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/file.h>
#include <pushpull/io.h>

#include <stdio.h>
#include <string.h>

static pp_status import_files(pp__run *run, pp_store **out, pp_error *err) {
    PP_TRY(pp_store_open(run->store, PP_STORE_CREATE, out, err));
    pp_store_omit_times(*out);
    const char *vendors =
        pp_arena_printf(&run->arena, "%s/vendors/vendors.csv", run->options->data_folder);
    PP_NEED(vendors, err);
    pp_import_options options = {
        .claims = run->study->evidence.claims.path,
        .sources = run->study->evidence.sources.path,
        .searches = run->study->evidence.searches.path,
        .vendors = pp_file_exists(vendors) ? vendors : NULL,
        .author = "study",
    };
    return pp_evidence_import(*out, run->gazetteer, &options, run->ctx, &run->import,
                              err);
}

static pp_status read_store(pp__run *run, pp_error *err) {
    pp_store *store = NULL;
    pp_status status =
        run->study->evidence.store.path
            ? pp_store_open(run->study->evidence.store.path, PP_STORE_READ, &store, err)
            : import_files(run, &store, err);
    if (status == PP_OK) {
        status = pp_evidence_claims(store, &run->claims, err);
    }
    if (status == PP_OK) {
        status = pp_evidence_sources(store, &run->sources, err);
    }
    if (status == PP_OK) {
        status = pp_evidence_searches(store, &run->searches, err);
    }
    if (status == PP_OK) {
        status = pp_evidence_vendors(store, &run->vendors, err);
    }
    pp_store_close(store);
    return status;
}

static pp_status describe_indicators(pp__run *run, pp_error *err) {
    for (int64_t i = 0; i < run->study->n_variables; i++) {
        const pp_study_variable *v = &run->study->variables[i];
        pp_column *column = pp_table_find(run->indicators, v->name);
        if (column) {
            PP_TRY(pp_column_describe(run->indicators, column, v->label, v->unit,
                                      v->source, v->licence, err));
        }
    }
    return PP_OK;
}

static int has_code(const pp_table *table, const char *column, const char *code) {
    const pp_column *c = pp_table_find(table, column);
    for (int64_t row = 0; c && row < pp_table_rows(table); row++) {
        const char *found = pp_column_get_text(c, row);
        if (found && strcmp(found, code) == 0) {
            return 1;
        }
    }
    return 0;
}

/* The countries that a study is about: those that its indicators, claims or searches
   name. Of others, uninhabited islands among them, "not searched" would say nothing. */
static pp_status list_countries(pp__run *run, pp_error *err) {
    pp_table *all = NULL;
    pp_column *id;
    PP_TRY(pp_gazetteer_table(run->gazetteer, &all, err));
    int64_t n = 0, *rows = pp_malloc(pp_table_rows(all), sizeof *rows);
    pp_status status = rows ? pp_table_require(all, "id", &id, err)
                            : pp_error_set(err, PP_E_MEMORY, "out of memory");
    for (int64_t row = 0; status == PP_OK && row < pp_table_rows(all); row++) {
        const char *code = pp_column_get_text(id, row);
        if (has_code(run->indicators, "iso3", code) ||
            has_code(run->claims, "country", code) ||
            has_code(run->searches, "country", code)) {
            rows[n++] = row;
        }
    }
    if (status == PP_OK) {
        status = pp_table_take_rows(all, rows, n, &run->countries, err);
    }
    pp_free(rows);
    pp_table_free(all);
    return status;
}

static pp_status note_inputs(pp__run *run, pp_error *err) {
    const pp_study *study = run->study;
    const pp_study_file files[] = {study->evidence.claims, study->evidence.sources,
                                   study->evidence.searches, study->evidence.store,
                                   study->panel.indicators};
    PP_TRY(pp_result_note_input_as(run->out, study->file, "study file", err));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i].path) {
            PP_TRY(
                pp_result_note_input_as(run->out, files[i].path, files[i].written, err));
        }
    }
    pp_study_file more[PP_STUDY_FILES];
    int n = pp__analysis_files(study, more, PP_STUDY_FILES);
    for (int i = 0; i < n; i++) {
        PP_TRY(pp_result_note_input_as(run->out, more[i].path, more[i].written, err));
    }
    return PP_OK;
}

pp_status pp__run_evidence(pp__run *run, pp_error *err) {
    const pp_study *study = run->study;
    PP_TRY(note_inputs(run, err));
    PP_TRY(pp_gazetteer_open(run->options->data_folder, &run->gazetteer, err));
    PP_TRY(read_store(run, err));
    PP_TRY(pp_table_read(study->panel.indicators.path, NULL, run->ctx, &run->indicators,
                         err));
    PP_TRY(describe_indicators(run, err));
    PP_TRY(list_countries(run, err));
    run->adoptions = pp_arena_zalloc(&run->arena, study->n_rules, sizeof *run->adoptions);
    PP_NEED(run->adoptions, err);
    for (int64_t i = 0; i < study->n_rules; i++) {
        PP_TRY(pp_adoption_derive(&study->rules[i].rule, run->claims, run->searches,
                                  run->countries, run->ctx, &run->adoptions[i], err));
    }
    return PP_OK;
}
