/* The options of `synth` that are of factor models, and the command with them. */
#ifndef PP_CLI_COUNTERFACTUAL_H
#define PP_CLI_COUNTERFACTUAL_H

#include "cli.h"

#include <pushpull/uncertain.h>

#define CLI_FACTOR_OPTIONS                                                               \
    {"cohort", "COLUMN",                                                                 \
     "factor models: the first period of treatment; empty, 0 or after the last period: " \
     "never. In place of --treated and --first",                                         \
     NULL},                                                                              \
        {"treatment", "COLUMN",                                                          \
         "factor models: 1 where treated, 0 elsewhere, in place of --cohort", NULL},     \
        {"covariates", "TERMS", "factor models: 'x1 + x2', known in all periods", NULL}, \
        {"effects", "NAME", "factor models: additive effects; default: twoway",          \
         "twoway|unit|time|none"},                                                       \
        {"rank", "N", "gsynth, ife: factors; default: by cross-validation", NULL},       \
        {"most-rank", "N", "the most that are tried; default: 5", NULL},                 \
        {"folds", "N", "ife, mc: of the cross-validation; default: 5", NULL},            \
        {"min-before", "N",                                                              \
         "factor models: periods before treatment that a treated unit needs; default: "  \
         "5",                                                                            \
         NULL},                                                                          \
        {"errors", "NAME",                                                               \
         "factor models: parametric (default of gsynth with few treated units, or "      \
         "controls without gaps; others are left out); bootstrap (default else) or "     \
         "jackknife of units, for five treated units and more; placebo (default of "     \
         "mc): "                                                                         \
         "ranks among groups of controls, no intervals",                                 \
         "parametric|bootstrap|jackknife|placebo"},                                      \
        {"placebo", "N",                                                                 \
         "factor models: periods before treatment held out as a test; default: 2; -1: "  \
         "none",                                                                         \
         NULL},                                                                          \
    {                                                                                    \
        "bound", "X",                                                                    \
            "factor models: what is negligible; default: 0.36 deviations of untreated "  \
            "outcomes",                                                                  \
            NULL                                                                         \
    }

/* `synth` with one of their methods. */
pp_status cli_counterfactual(const cli_call *call, const pp_table *data,
                             const pp_uncertain_options *dates, pp_result **out,
                             pp_error *err);

#endif
