/* What the commands share that run a design of staggered adoption on a file of data. */
#ifndef PP_CLI_DESIGN_H
#define PP_CLI_DESIGN_H

#include "analysis.h"

#include <pushpull/uncertain.h>

/* Options of every such command: which file, which columns, which estimator. */
#define CLI_DESIGN                                                                       \
    {"data", "FILE",                                                                     \
     "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel: one row a unit and period", NULL},  \
        {"outcome", "COLUMN", "what may be affected", NULL},                             \
        {"unit", "COLUMN", "the column that identifies the unit", NULL},                 \
        {"time", "COLUMN", "the column of the period, numbers", NULL},                   \
        {"cohort", "COLUMN",                                                             \
         "the first period of treatment; empty, 0 or after the last period: never",      \
         NULL},                                                                          \
        {"treatment", "COLUMN",                                                          \
         "in the place of --cohort: 0 and 1, whose first 1 begins the treatment; dcdh: " \
         "the treatment in each period, 0 and 1 or a dose",                              \
         NULL},                                                                          \
        {"weights", "COLUMN", "sampling weights of rows; default: all alike", NULL},     \
        {"estimator", "NAME",                                                            \
         "cs (default): Callaway and Sant'Anna; sunab: Sun and Abraham; bjs: "           \
         "imputation of Borusyak, Jaravel and Spiess; stacked: windows of cohorts with " \
         "clean controls; did also dcdh: de Chaisemartin "                               \
         "and D'Haultfoeuille, of treatments that end, change again or come in doses",   \
         "cs|sunab|bjs|stacked|dcdh"},                                                   \
        {"covariates", "TERMS",                                                          \
         "trends are parallel given these: 'x1 + factor(region)'", NULL},                \
        {"method", "NAME",                                                               \
         "with covariates: dr (default), doubly robust; reg, regression; ipw, "          \
         "weighting",                                                                    \
         "dr|reg|ipw"},                                                                  \
        {"control", "NAME", "never treated (default) or not yet treated",                \
         "never|notyet"},                                                                \
        {"base", "NAME",                                                                 \
         "before treatment: changes from one period to the next (varying, default) or "  \
         "from the last period before it (universal)",                                   \
         "varying|universal"},                                                           \
        {"anticipation", "N",                                                            \
         "periods before treatment with an effect already; default: 0", NULL},           \
        {"cluster", "COLUMN", "clusters of units; default: units", NULL},                \
        {"least", "N",                                                                   \
         "the first horizon; stacked: of the window, default -3 or as fits", NULL},      \
        {"most", "N", "the last horizon; stacked: of the window, default 3 or as fits",  \
         NULL},                                                                          \
        {"stack", "NAME",                                                                \
         "stacked: each horizon is the mean over treated units (weighted, default), or " \
         "windows weigh as their precision (unweighted)",                                \
         "weighted|unweighted"},                                                         \
        {"leads", "N",                                                                   \
         "bjs: periods before treatment in the pre-trend test; default: up to 5", NULL}, \
        {"leave-out", NULL,                                                              \
         "bjs: errors about the mean of the other clusters, for small cohorts", NULL},   \
        {"balance", "N",                                                                 \
         "horizons: only cohorts that are seen at least N periods after", NULL},         \
    {                                                                                    \
        "level", "P", "of the intervals; default 0.95", NULL                             \
    }

/* Of those that take panels with holes. */
#define CLI_HOLES                                                                        \
    {                                                                                    \
        "panel", "NAME",                                                                 \
            "balanced (default): units without every period are left out; unbalanced: "  \
            "they stay",                                                                 \
            "balanced|unbalanced"                                                        \
    }

/* What they say; draws and seed are left to the command. */
pp_status cli_read_design(const cli_call *call, pp_did_options *out, pp_error *err);

/* One analysis of the file that --data names. */
typedef pp_status cli_design_analysis(const cli_call *call, const pp_table *data,
                                      const pp_did_options *design, pp_result **out,
                                      pp_error *err);
/* The study form, or the file read and analysed; then as cli_finish_analysis. */
pp_status cli_run_design(cli_call *call, cli_design_analysis *analyse, pp_error *err);

/* did_switching.c: `did --estimator dcdh`, of treatments that change more than once. */
#define CLI_SWITCHING                                                                    \
    {"switchers", "NAME", "dcdh: whose effects: both (default), in (up), out (down)",    \
     "both|in|out"},                                                                     \
        {"effects", "N", "dcdh: periods of exposure; default: as many as can be", NULL}, \
        {"placebos", "N",                                                                \
         "dcdh: the same before it; default: as many as can be; 0: none", NULL},         \
    {                                                                                    \
        "same-switchers", NULL, "dcdh: only units seen for all --effects", NULL          \
    }
pp_status cli_did_switching(const cli_call *call, const pp_table *data,
                            const pp_did_options *design,
                            const pp_uncertain_options *dates, pp_result **out,
                            pp_error *err);
pp_status cli_refuse_switching(const cli_call *call, const char *estimator,
                               pp_error *err);

#endif
