#include "base/check.h"
#include "study/run.h"

#include <pushpull/file.h>
#include <pushpull/io.h>

#include <stdio.h>
#include <unistd.h>

/* The store of a run is an output like any other: made anew each time. */
static pp_status import_files(pp__run *run, pp_store **out, pp_error *err) {
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        const char *old = pp_arena_printf(&run->arena, "%s%s", run->store, suffixes[i]);
        PP_NEED(old, err);
        unlink(old);
    }
    PP_TRY(pp_store_open(run->store, PP_STORE_CREATE, out, err));
    pp_store_omit_times(*out);
    const char *vendors =
        pp_arena_printf(&run->arena, "%s/vendors.csv", run->options->data_folder);
    PP_NEED(vendors, err);
    pp_import_options options = {
        .claims = run->study->evidence.claims.path,
        .sources = run->study->evidence.sources.path,
        .searches = run->study->evidence.searches.path,
        .vendors = vendors,
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
    return PP_OK;
}

pp_status pp__run_evidence(pp__run *run, pp_error *err) {
    const pp_study *study = run->study;
    PP_TRY(note_inputs(run, err));
    PP_TRY(pp_gazetteer_open(run->options->data_folder, &run->gazetteer, err));
    PP_TRY(pp_gazetteer_table(run->gazetteer, &run->countries, err));
    PP_TRY(read_store(run, err));
    PP_TRY(pp_table_read(study->panel.indicators.path, NULL, run->ctx, &run->indicators,
                         err));
    PP_TRY(describe_indicators(run, err));
    run->adoptions = pp_arena_zalloc(&run->arena, study->n_rules, sizeof *run->adoptions);
    PP_NEED(run->adoptions, err);
    for (int64_t i = 0; i < study->n_rules; i++) {
        PP_TRY(pp_adoption_derive(&study->rules[i].rule, run->claims, run->searches,
                                  run->countries, run->ctx, &run->adoptions[i], err));
    }
    return PP_OK;
}
