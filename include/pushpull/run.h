/* Runs a study: evidence → panel → models → findings → report, tables, figures, manifest. */
#ifndef PUSHPULL_RUN_H
#define PUSHPULL_RUN_H

#include <pushpull/places.h>
#include <pushpull/study.h>

typedef struct pp_run_options {
    const char *out; /* the folder that is written; made when it is not there */
    const char
        *data_folder; /* the data that come with pushpull: gazetteer, map, scripts */
    const char *node; /* path of Node, for SVG and PNG twins of the figures; NULL: none */
} pp_run_options;

/* Writes into `out`:
     report.html     one self-contained file
     tables/         every table as CSV, Markdown and LaTeX
     figures/        Vega-Lite specifications, with SVG and PNG twins where Node is present
     panel.parquet   the headline's panel
     evidence.db     the store, when the study names files and not a store
     manifest.json   digests of inputs and outputs, the study file, versions, seed, times
   Gives all tables, `findings` first. The same inputs give the same bytes but for the manifest's
   times, whatever ctx->threads is. Files come into place at the end: a cancelled or failed run leaves
   an earlier one as it was. Files of an earlier run are replaced; one that was changed since, or that
   no run wrote, is PP_E_CONFLICT. A model that cannot be estimated is a warning. */
PP_API pp_status pp_study_run(const pp_study *study, const pp_run_options *options,
                              const pp_context *ctx, pp_result **out, pp_error *err);

/* The analyses of one command ("drivers", "curve"; see the study file's `analyses:`) and nothing else,
   with the settings of the study or, where it does not name them, their defaults. Gives `findings`
   (their answers) and their tables; writes nothing. `options`: only data_folder. A command that has no
   analyses is PP_E_NOT_FOUND; a precondition that does not hold is the error of the analysis. */
PP_API pp_status pp_study_analyse(const pp_study *study, const char *command,
                                  const pp_run_options *options, const pp_context *ctx,
                                  pp_result **out, pp_error *err);

/* The adoptions of a study by one of its rules (NULL: the first), as pp_adoption_derive gives them, and
   the table `claims`: the evidence in force, as pp_evidence_claims gives it.
   Writes nothing. `options`: only data_folder. PP_E_NOT_FOUND for a rule that there is not. */
PP_API pp_status pp_study_adoptions(const pp_study *study, const char *rule,
                                    const pp_run_options *options, const pp_context *ctx,
                                    pp_result **out, pp_error *err);

/* Compares a run's outputs, and its inputs where they are still there, with its manifest. Tables
   `verify` (outcome, files) and `differences` (file, role, outcome); PP_E_CORRUPT when any output is
   missing or any file differs, with the result given. */
PP_API pp_status pp_run_verify(const char *folder, const pp_context *ctx, pp_result **out,
                               pp_error *err);

/* Writes evidence and panel of a study as a Frictionless Data Package (datapackage.json with schema,
   title, unit, source and licence a column; CSV beside it) into `options->out`. */
PP_API pp_status pp_study_export(const pp_study *study, const pp_run_options *options,
                                 const pp_context *ctx, pp_result **out, pp_error *err);

#endif
