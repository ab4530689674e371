/* Inference beside the covariance, for commands that estimate. */
#ifndef PP_CLI_INFERENCE_H
#define PP_CLI_INFERENCE_H

#include "cli.h"

/* The options that cli_inference reads. */
#define CLI_INFERENCE                                                                    \
    {"test", "TEXT",                                                                     \
     "hypotheses: 'x1 = 0, x2 = x3' together, ';' between several; a term alone: all "   \
     "its coefficients are zero",                                                        \
     NULL},                                                                              \
        {"test-kind", "NAME", "wald (default), lr or score", "wald|lr|score"},           \
        {"adjust", "LIST",                                                               \
         "p values for all tests at once, with commas: holm, hochberg, bh; romano-wolf " \
         "with "                                                                         \
         "--boot",                                                                       \
         NULL},                                                                          \
        {"permute", "COLUMN[:UNIT]",                                                     \
         "randomisation test: the treatment COLUMN assigned anew to units", NULL},       \
        {"permute-strata", "COLUMN", "within these strata only", NULL},                  \
        {"permute-statistic", "NAME", "estimate (default) or t", "estimate|t"},          \
        {"equivalence", "TEXT",                                                          \
         "whether an effect is small: 'x: 0.1', 'x: -0.1, 0.2', 'x: 0.1 sd'", NULL},     \
        {"boot", "METHOD[:COLUMN]",                                                      \
         "bootstrap by clusters of COLUMN (without: by rows): wild:g (ols), score:g, "   \
         "pairs:g",                                                                      \
         NULL},                                                                          \
        {"draw-weights", "NAME",                                                         \
         "of wild and score: rademacher (default), webb or mammen",                      \
         "rademacher|webb|mammen"},                                                      \
        {"unrestricted", NULL,                                                           \
         "wild, score: draws at the estimate, not at the hypothesis", NULL},             \
        {"tails", "NAME", "of the bootstrap's p value: symmetric (default) or equal",    \
         "symmetric|equal"},                                                             \
        {"boot-interval", "KIND", "of pairs: percentile (default), bca or normal",       \
         "percentile|bca|normal"},                                                       \
        {"only", "TERMS", "bootstrap and adjust these ('x1; x2') and not all", NULL},    \
        {"null", "X", "its value under the hypothesis; default 0", NULL}, {              \
        "draws", "N", "how many; default 9999, pairs 999, permutations 1999", NULL       \
    }

/* Adds to the result what the options ask for. */
pp_status cli_inference(const cli_call *call, const pp_fit *fit, pp_result *result,
                        pp_error *err);

/* PP_E_ARGUMENT when one of these options was given beside `because`. */
pp_status cli_no_inference(const cli_call *call, const char *because, pp_error *err);

#endif
