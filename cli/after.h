/* What `fit` does once the model is estimated. */
#ifndef PP_CLI_AFTER_H
#define PP_CLI_AFTER_H

#include "cli.h"

/* clang-format off */
#define CLI_AFTER \
    {"margins", NULL, "add average marginal effects", NULL}, \
    {"margins-at", "WHERE", \
     "of the margins: means, values ('x = 0, 1; region = Asia'), or both", NULL}, \
    {"by", "COLUMN", "of the margins: within the groups of this column", NULL}, \
    {"scale", "SCALE", "of the margins: unit (default) or sd", "unit|sd"}, \
    {"predict", NULL, "add predictions with intervals, of the rows used", NULL}, \
    {"new-data", "FILE", "of the predictions: the rows of this file", NULL}, \
    {"explain", "SQL", "add what the predictions of these rows are made of", NULL}, \
    {"residuals", NULL, "add residuals, leverages and Cook's distances", NULL}, \
    {"ids", "COLUMNS", "of tables of rows: show these columns too, with commas", NULL}, \
    {"influence", "COLUMN", \
     "add how far estimates move without each value of this column, or 'rows'", NULL}, \
    {"influence-term", "TERM", "of the influence: this coefficient alone", NULL}, \
    {"influence-top", "N", "of the influence: so many lines; default 20, 0: all", NULL}, \
    {"one-step", NULL, "of the influence: approximate, do not estimate again", NULL}, \
    {"quality", NULL, \
     "add ROC area, Brier score, calibration, information criteria, variance inflation", \
     NULL}, \
    {"bins", "N", "of the calibration; default 10", NULL}, \
    {"curves", NULL, "of the quality: ROC curve and separation plot, row by row", NULL}
/* clang-format on */

/* Fits on imputed copies have average marginal effects only: PP_E_UNSUPPORTED for the
   rest. */
pp_status cli_after_pooled(const cli_call *call, pp_error *err);

/* Adds the tables that the options ask for. */
pp_status cli_after(const cli_call *call, const pp_fit *fit, pp_result *result,
                    pp_error *err);

#endif
