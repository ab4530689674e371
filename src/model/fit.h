/* A fit: one arena, what the estimator filled, and what came after. */
#ifndef PP_MODEL_FIT_H
#define PP_MODEL_FIT_H

#include "model/design.h"
#include "model/inference/covariance.h"
#include "model/link.h"
#include "model/newton.h"

#include <pushpull/model.h>

/* The score of each independent observation, by which robust covariances are made. All of
   it has the design's weights in it. */
typedef struct pp__scores {
    int64_t n;              /* observations: rows of the design, or units */
    double count;           /* what they count for: n, or the sum of frequency weights */
    const double *factor;   /* the score is factor[i] × z of row i */
    const double *weight;   /* information weights of rows; with `factor`; NULL: 1 */
    const double *const *z; /* k columns in the place of the design's: what the fixed
                               effects leave of them; NULL: the design's */
    const struct pp__absorbed *within; /* or these columns, not written out */
    const double *matrix;              /* or the score stands here: n × k */
    const int64_t *begin; /* of units: their n + 1 first rows in the design; NULL: rows */
    int once; /* 1: frequency weights repeat rows of a unit, and the unit stays one */
} pp__scores;

/* Of a coefficient, where it is not estimate ± quantile × error. */
typedef struct pp__interval {
    const char *kind; /* "profile", "wald" */
    double low, high, statistic;
} pp__interval;

struct pp_fit {
    pp_arena arena;
    pp__notes notes;
    const struct pp_estimator *estimator;
    const pp__link *link;
    pp__vcov vcov;
    pp_model_options options; /* defaults in place, texts copied */
    const pp__formula *formula;
    pp__design *design;
    const pp_table *data;  /* whose rows design->row counts */
    pp_table *owned;       /* the rows that `where` chose; NULL: the caller's data */
    int k;                 /* parameters: at first the design's columns */
    const char **name;     /* k; an estimator with other parameters sets its own */
    const char **equation; /* k: of models with several; NULL: one */

    /* What an estimator fills. */
    double *estimates; /* k: in standardised columns, restored afterwards */
    double *bread;     /* k × k: inverse of the information, standardised */
    double *map;       /* k × k: from standardised to original parameters; NULL: the
                           design's for its columns, the identity for what comes after */
    double absorbed;   /* parameters of the fixed effects: what they take of the rank */
    const double *outside; /* n: what the linear predictor has beside x'b: offset, fixed
                              effects; NULL: nothing */
    double *separation; /* k: the direction in which estimates are infinite; NULL: none */
    uint8_t *separated; /* rows of the design that are predicted perfectly; NULL: none */
    pp__scores scores;
    int64_t nobs, units, events;          /* units, events: -1 where they mean nothing */
    double loglik, null_loglik, deviance; /* NaN where they mean nothing */
    double sigma, r2;
    double within_r2; /* after the fixed effects */
    double score_norm;
    int iterations, converged;
    int parameters; /* that the information criteria count */
    int bandwidth; /* with which the bias of fixed effects was corrected; −1: it was not */
    const double *outcome; /* of rows, 0 or 1, to name separation; NULL: not by row */
    int64_t *origin;       /* of each row of `owned`, its place before `where` */
    void *workspace;       /* of the estimator, from its `select` to its `estimate` */
    void *own;             /* of the estimator, from its `estimate` on */

    /* Afterwards. */
    int outcomes; /* of a categorical outcome: its categories, and their names; else 0 */
    const char **outcome_name;
    double *V;                    /* k × k */
    const pp__interval *interval; /* k; NULL: by the errors */
    int n_components;
    pp__component component[PP__MAX_COMPONENTS];
    double small_sample; /* NaN when the components have different ones */
    double df;           /* of the t distribution; infinity: normal */
    double *df_of;       /* k: of each coefficient, the least of them in df; NULL: df */
    uint8_t
        *altered; /* of a refit: flags of columns that mean something else than before;
                         NULL: none */
};

/* Takes over the estimates, the inverse information and the state of convergence. */
pp_status pp__fit_keep(pp_fit *fit, const pp__optimum *optimum, pp_error *err);

/* Before an estimator runs on fit->design, and after: estimates, and the covariance when
   there is one, in original units. */
pp_status pp__fit_reset(pp_fit *fit, pp_error *err);
pp_status pp__fit_restore(pp_fit *fit, pp_error *err);
/* From standardised to original parameters: k × k. */
void pp__fit_map(const pp_fit *fit, double *map);

/* The two-sided quantile, p value and interval of the fit's distribution. */
double pp__fit_quantile(const pp_fit *fit, double level);
double pp__fit_p_value(const pp_fit *fit, double statistic);

#endif
