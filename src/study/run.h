/* The state of one run, and its steps in their order. */
#ifndef PP_STUDY_RUN_H
#define PP_STUDY_RUN_H

#include <pushpull/did.h>
#include <pushpull/document.h>
#include <pushpull/evidence.h>
#include <pushpull/figure.h>
#include <pushpull/run.h>

/* A panel depends on its rule and on what is made of unknown suppliers and places not
 * searched. */
typedef struct pp__run_panel {
    const char *rule, *supplier_unknown, *not_searched;
    pp_table *panel;
    pp_result *report;
} pp__run_panel;

typedef struct pp__run_fit {
    const pp_study_model *model;
    pp_fit *fit;
    pp_result *result; /* coefficients, model, dropped, margins (on the scale of sd) */
} pp__run_fit;

/* What a design compares: the panel of its rule and years without lags, with `cohort` (the year of
   adoption by the rule of its dates; missing: none). */
typedef struct pp__run_design {
    const pp_study_design *design;
    pp_table *all;
    pp_table *data; /* of units whose adoption has such a year, and those without one */
    pp_result *report; /* of the panel; `left_out` has also those without a year */
} pp__run_design;

struct pp__run;

/* Makes the tables of one outcome of one design. */
typedef pp_status pp__design_step(struct pp__run *run, const pp__run_design *design,
                                  const pp_did_options *options, const void *settings,
                                  pp_result **out, pp_error *err);

/* What one analysis made of one outcome of a design; result NULL: it cannot be made, and why. */
typedef struct pp__run_outcome {
    const char *analysis, *outcome;
    const pp_study_design *design;
    pp_result *result;
    pp_status status;
    pp_error why;
    struct pp__run_outcome *next;
} pp__run_outcome;

/* An analysis that was asked for: its result, or why there is none. */
typedef struct pp__run_analysis {
    const struct pp__analysis *kind;
    pp_result *result; /* NULL: it could not be made */
    const char *why;   /* not; NULL: it was */
    int first_figure, n_figures;
    int64_t first_answer, n_answers; /* its rows of the findings */
} pp__run_analysis;

/* The parts of the report, in their order. */
typedef enum pp__part {
    PP__PART_RECORD = 1,
    PP__PART_DRIVERS,
    PP__PART_UNSEEN,
    PP__PART_EFFECTS,
    PP__PART_MARKET,
    PP__PART_RESPONSE,
    PP__PART_BASIS,
    PP__PARTS
} pp__part;

/* A file that a step read, beside those that the study names. */
typedef struct pp__run_input {
    const char *path;
    struct pp__run_input *next;
} pp__run_input;

enum { PP_RUN_PANELS = 64, PP_RUN_STEPS = 16, PP_RUN_FIGURES = 80 };
/* Tables of more rows than that are written as CSV only. */
enum { PP_RUN_PROSE_ROWS = 500 };

typedef struct pp__run {
    const pp_study *study;
    const pp_run_options *options;
    const pp_context *ctx;
    const char *folder; /* where files are written */
    int is_new_folder;  /* options->out was not there before */
    const char *store;  /* where files are imported to: a path, or ":memory:" */
    pp_arena arena;
    pp_gazetteer *gazetteer;
    pp_table *claims, *sources, *searches, *vendors, *countries, *indicators;
    pp_result *import;     /* NULL: the study names a store */
    pp_result **adoptions; /* by rule of the study */
    pp__run_panel panels[PP_RUN_PANELS];
    int n_panels;
    pp__run_fit *fits;          /* by model of the study */
    pp__run_design *designs;    /* by design of the study; data NULL: not asked for */
    pp__run_outcome *outcomes;  /* the newest first */
    pp__run_analysis *others;   /* by analysis of the study: asked for by others only */
    pp__run_analysis *analyses; /* in the order of the report */
    int n_analyses;
    pp_figure *figures[PP_RUN_FIGURES];
    int n_figures;
    pp__run_input *inputs;
    pp__part part;  /* of the report, that is being written */
    pp_result *out; /* what the run gives */
    struct {
        const char *name;
        double seconds;
    } steps[PP_RUN_STEPS];
    int n_steps;
} pp__run;

/* Reads evidence and indicators and derives the adoptions of every rule. */
pp_status pp__run_evidence(pp__run *run, pp_error *err);
/* The panel for a model (NULL: of the study) with these switches, built when it is first asked for. */
pp_status pp__run_get_panel(pp__run *run, const pp_study_model *model,
                            const char *supplier_unknown, const char *not_searched,
                            const pp__run_panel **out, pp_error *err);
/* The panel of the headline, or of the study when it has no models. */
pp_status pp__run_headline_panel(pp__run *run, const pp__run_panel **out, pp_error *err);
/* Fits a model on a panel; the caller frees fit and result. */
pp_status pp__run_fit_model(pp__run *run, const pp_study_model *model,
                            const pp_table *panel, pp_fit **fit, pp_result **result,
                            pp_error *err);
/* Fits every model of the study. */
pp_status pp__run_models(pp__run *run, pp_error *err);
/* A model by its name (NULL: the headline), fitted when it is first asked for, and the panel it was
   fitted to (NULL: not wanted). One that cannot be estimated, or has no fit because it is imputed, is an
   error. */
pp_status pp__run_get_fit(pp__run *run, const char *model, const pp__run_fit **out,
                          const pp_table **panel, pp_error *err);
/* A model's formula, and the options it is fitted with; `terms` (NULL: the model's own) in place of its
   variables. */
pp_status pp__run_formula(const pp_study_model *model, const char *const *terms,
                          pp_buf *out, pp_error *err);
/* The terms of its baseline of time, with commas; NULL: none. */
const char *pp__run_baseline(const pp_study_model *model);
pp_model_options pp__run_model_options(const pp_study_model *model);
/* Adds the empty table `findings` to run->out. */
pp_status pp__run_begin_findings(pp__run *run, pp_table **out, pp_error *err);
/* Adds `findings` and `bounds` to run->out. */
pp_status pp__run_findings(pp__run *run, pp_error *err);
/* Runs the analyses of `command` (NULL: those that the file names) and adds their answers to the
   findings. What a single command asks for must succeed; in a run what cannot be made is told of. */
pp_status pp__run_analyses(pp__run *run, const char *command, pp_error *err);
/* The tables of another analysis, made when they are first asked for. */
pp_status pp__run_result_of(pp__run *run, const char *analysis, const pp_result **out,
                            pp_error *err);
/* Adds their tables to run->out, each named after its analysis. */
pp_status pp__run_collect_analyses(pp__run *run, pp_error *err);
/* Makes their figures; adds their sections to the report. */
pp_status pp__run_analysis_figures(pp__run *run, pp_error *err);
pp_status pp__run_analysis_report(pp__run *run, pp_document *document, pp_error *err);
/* Begins a part of the report, unless it is the one that is being written. */
pp_status pp__run_report_part(pp__run *run, pp__part part, pp_document *document,
                              pp_error *err);
/* A part's title. */
const char *pp__run_part_title(pp__part part);
/* A table of the report as readers want it: its view, with the words for variables and vendors. `name`
   finds the view; nothing when it has no rows. */
pp_status pp__run_report_table(pp__run *run, pp_document *document, const char *name,
                               const pp_table *table, const char *title, const char *note,
                               pp_error *err);
/* Adds `comparison`: the factors' effects, model by model. */
pp_status pp__run_compare(pp__run *run, pp_error *err);
/* Adds all other tables to run->out, in the order of the report. */
pp_status pp__run_collect(pp__run *run, pp_error *err);
/* Makes and writes the figures, with their twins. */
pp_status pp__run_figures(pp__run *run, pp_error *err);
/* The findings, at the head of the report. */
pp_status pp__run_report_findings(pp__run *run, pp_document *document, pp_error *err);
/* Writes report.html. */
pp_status pp__run_report(pp__run *run, pp_error *err);
/* Writes every table, and the headline's panel. */
pp_status pp__run_write_tables(pp__run *run, pp_error *err);
/* Makes the folder aside in which a run works; removes it and what is in it; and moves its files into
   place, over those of an earlier run that nobody has changed since (else PP_E_CONFLICT). */
pp_status pp__run_open_folder(pp__run *run, pp_error *err);
void pp__run_drop_folder(pp__run *run);
pp_status pp__run_place(pp__run *run, pp_error *err);
/* Writes every brief, when the study has some. */
pp_status pp__run_write_briefs(pp__run *run, pp_error *err);
/* Writes manifest.json last. */
pp_status pp__run_manifest(pp__run *run, pp_error *err);

/* NULL when the study has no models. */
const pp_study_model *pp__run_headline(const pp__run *run);
/* The headline's fit; NULL when there is none. */
const pp__run_fit *pp__run_headline_fit(const pp__run *run);
const pp__run_fit *pp__run_find_fit(const pp__run *run, const pp_study_model *model);
int64_t pp__run_rule_index(const pp__run *run, const char *rule);
/* Notes a file that a step reads: in the manifest, and among the result's inputs as `shown` (NULL: its
   path). Twice is once. */
pp_status pp__run_add_input(pp__run *run, const char *path, const char *shown,
                            pp_error *err);
/* Where a step finds its file or folder: `setting` when the study names one, else `shipped`
   ("messages/messages.yml") in the data that come with pushpull. A file is noted as input; the files of
   a folder are for the step to note. `path` lives as long as the run. */
pp_status pp__run_shipped_file(pp__run *run, const pp_study_file *setting,
                               const char *shipped, const char **path, pp_error *err);
/* folder/relative, in the run's arena; NULL when memory is out. */
const char *pp__run_path(pp__run *run, const char *relative);
/* The row of a variable in a fit's margins; -1: the model has it not, or there is no fit. */
int64_t pp__run_margin_row(const pp_result *result, const char *variable);
/* A variable's words: its label, else its name. */
const char *pp__run_label(const pp__run *run, const char *variable);
/* What a vendor is called: by its first alias where its name is long; without a name by its code. NULL when
   memory is out. */
const char *pp__run_vendor_name(pp__run *run, const char *vendor);
/* The factor group of a variable ("push"), or "". */
const char *pp__run_group(const pp__run *run, const char *variable);
void pp__run_clear(pp__run *run);

#endif
