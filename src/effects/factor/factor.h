/* Counterfactuals of treated units by factor models: what the parts of the analysis share. */
#ifndef PP_EFFECTS_FACTOR_H
#define PP_EFFECTS_FACTOR_H

#include "effects/factor/lowrank.h"

#include <pushpull/counterfactual.h>

typedef enum pp__factor_method {
    PP__GSYNTH, /* factors of the controls; loadings of the treated from before treatment */
    PP__IFE,    /* factors of everything that is not treated */
    PP__MC      /* the same with the nuclear norm */
} pp__factor_method;

/* Units over periods, the treated first. */
typedef struct pp__factor_panel {
    int units, treated, periods, k;
    const double *y;        /* unit i at i periods; missing where not seen */
    const uint8_t *seen;    /* of the same form */
    const double *const *x; /* k of the same form, missing nowhere */
    const int *first;       /* treated: the place of the first period of treatment */
    /* What is asked: means of gaps over sets of cells. Cell c belongs to mean of[c] (−1: none), and to
       the overall mean, which is number `means`, where in_all[c]. */
    int means;
    const int *of;         /* treated × periods */
    const uint8_t *in_all; /* the same */
} pp__factor_panel;

typedef struct pp__factor_model {
    pp__factor_method method;
    int unit_effects, time_effects;
    int rank; /* gsynth, ife */
    double
        lambda; /* mc: as Athey et al. (2021), the weight of the norm beside the mean square */
    double tolerance;
    int most;
} pp__factor_model;

typedef struct pp__factor_fit {
    pp__lowrank core; /* of gsynth: of the controls */
    double *gap; /* treated × periods: seen less counterfactual; missing where not seen */
    double *
        loading; /* treated × core.rank, of gsynth with the unit effect behind; NULL: in core */
} pp__factor_fit;

/* What is seen and not treated: units × periods. */
void pp__factor_untreated(const pp__factor_panel *panel, uint8_t *seen);
/* The problem of the model on the panel: of gsynth on its controls. `seen` is what `problem` is to use, as
   made by pp__factor_untreated. */
pp__lowrank_problem pp__factor_problem(const pp__factor_panel *panel,
                                       const pp__factor_model *model,
                                       const uint8_t *seen);
pp_status pp__factor_estimate(const pp__factor_panel *panel,
                              const pp__factor_model *model, const pp__lowrank *start,
                              pp_arena *arena, pp__factor_fit *out, pp_error *err);
/* The `means` + 1 means of gaps; missing where no cell is seen. */
void pp__factor_means(const pp__factor_panel *panel, const double *gap, double *mean);

/* Least squares of treated unit i's untreated outcomes on the factors (and one), without the mean, the
   effects of periods and covariates. `loading` (rank + 1) or NULL; `leave` (periods) or NULL gets each
   untreated outcome less what the others predict. 0: there are too few of them. */
int pp__factor_load(const pp__factor_panel *panel, const pp__factor_model *model,
                    const pp__lowrank *core, int i, double *space, double *loading,
                    double *leave);
/* Doubles of `space`. */
int64_t pp__factor_load_space(int periods, int rank);

/* ---- src/effects/factor/read.c: from a table to a panel ---- */

/* A unit as it was found. */
typedef struct pp__factor_unit {
    const char *name;
    double cohort; /* infinite: never treated */
    int before, after, missing;
    int is_other;       /* 1: it is none of the donors that are named */
    const char *reason; /* why it is left out; NULL: it is used */
} pp__factor_unit;

typedef struct pp__factor_data {
    pp__factor_panel
        panel; /* means are the horizons; the overall one, all treated cells */
    const double *time, *horizon;
    const char *const *name; /* units of the panel */
    const double *cohort;    /* its treated units' */
    const char *const *x_name;
    int all;
    pp__factor_unit *unit; /* all */
    int lost_periods;      /* in which too few are untreated */
    int64_t lost;          /* units that are treated throughout, or not seen at all */
    const char *const *lost_unit;
    uint8_t *is_always_treated;
    double deviation; /* of untreated outcomes from effects of units and periods */
} pp__factor_data;

pp_status pp__factor_read(const pp_table *data, const pp_counterfactual_options *options,
                          pp__factor_method method, const pp_context *ctx,
                          pp_arena *arena, pp__factor_data *out, pp_error *err);
/* Controls that are seen in every period. */
int pp__factor_complete(const pp__factor_panel *panel);
/* Leaves out the other controls. */
pp_status pp__factor_keep_complete(pp__factor_data *data, pp_arena *arena, pp_error *err);
/* src/effects/factor/dates.c: a copy of the table with a column of first periods, made of the names of the
   treated, and the name of that column. */
pp_status pp__factor_dates(const pp_table *data, const pp_counterfactual_options *options,
                           const pp_context *ctx, pp_table **out, const char **column,
                           pp_error *err);

/* ---- src/effects/factor/choose.c: rank or lambda by cross-validation ---- */

typedef struct pp__factor_choice {
    int n, chosen;
    const double *value; /* n: ranks, or lambdas from the largest on */
    const double *mspe;  /* n: of held-out outcomes; missing where it cannot be */
    int64_t held_out;
} pp__factor_choice;

/* Ranks from 0 to `most`, or a path of lambdas. `model` gets the chosen one. */
pp_status pp__factor_choose(const pp__factor_panel *panel, int most, int folds,
                            uint64_t seed, const pp_context *ctx, pp_arena *arena,
                            pp__factor_model *model, pp__factor_choice *out,
                            pp_error *err);

/* ---- src/effects/factor/errors.c: by resampling ---- */

typedef enum pp__factor_errors {
    PP__PARAMETRIC, /* residuals and prediction errors of controls: Xu (2017), algorithm 2 */
    PP__BOOTSTRAP, /* units, the treated and the others for themselves */
    PP__JACKKNIFE, /* each unit left out */
    PP__PLACEBOS   /* groups of controls in the part of the treated: ranks, no intervals */
} pp__factor_errors;

/* Drawing fewer treated units than this tells nothing of how they vary: errors are missing. */
enum { PP__FACTOR_MANY_TREATED = 5 };

typedef struct pp__factor_draws {
    int64_t n, failed;
    int columns;    /* means + 1, then k coefficients */
    double *value;  /* n × columns */
    double *error;  /* columns */
    double *factor; /* one: of the band of all means, NaN without one */
    pp__factor_errors kind;
} pp__factor_draws;

pp_status pp__factor_resample(const pp__factor_panel *panel,
                              const pp__factor_model *model, const pp__factor_fit *fit,
                              pp__factor_errors kind, int64_t draws, uint64_t seed,
                              double level, const pp_context *ctx, pp_arena *arena,
                              pp__factor_draws *out, pp_error *err);

/* ---- src/effects/factor/tests.c: periods held out before treatment ---- */

typedef struct pp__factor_placebo {
    int periods,
        treated; /* held out; units that have enough others. 0: it cannot be made */
    double *mean, *error; /* periods + 1, the overall mean behind */
    double statistic;     /* Wald, of all periods; NaN: none */
} pp__factor_placebo;
pp_status pp__factor_hold_out(const pp__factor_panel *panel,
                              const pp__factor_model *model, int periods,
                              pp__factor_errors kind, int64_t draws, uint64_t seed,
                              const pp_context *ctx, pp_arena *arena,
                              pp__factor_placebo *out, pp_error *err);

/* ---- src/effects/factor/tables.c ---- */

typedef struct pp__factor_outcome {
    const pp_counterfactual_options *options;
    pp__factor_data data;
    pp__factor_model model;
    pp__factor_choice choice; /* n 0: none was made */
    pp__factor_fit fit;
    pp__factor_errors kind;
    pp__factor_draws draws;
    double *mean; /* of gaps: data.panel.means + 1 */
    pp__factor_placebo placebo;
    double level, bound;
} pp__factor_outcome;
pp_status pp__factor_tables(const pp__factor_outcome *outcome, pp_arena *arena,
                            pp_result *result, pp_error *err);

#endif
