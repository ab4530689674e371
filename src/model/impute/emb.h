/* The jointly normal columns of EMB, and the steps of EM. */
#ifndef PP_MODEL_EMB_H
#define PP_MODEL_EMB_H

#include "model/impute/impute.h"

/* Rows with the same columns missing: rows begin .. begin of the next. */
typedef struct pp__pattern {
    int64_t begin;
    int n_missing, n_seen;
    int *missing, *seen;
} pp__pattern;

typedef struct pp__joint {
    int64_t n;
    int p;
    double *x; /* n × p, standardised; NaN: missing */
    double *center, *scale;
    int *first;           /* of each imputed column: its first column here */
    int64_t *row;         /* in the order of patterns */
    pp__pattern *pattern; /* n_patterns, and one beyond */
    int n_patterns;
} pp__joint;

typedef struct pp__conditional {
    double *L, *B, *C, *deviation;
} pp__conditional;

typedef struct pp__em {
    double *sum, *products, *expected;
    pp__conditional conditional;
} pp__em;

/* src/model/impute/joint.c: columns of the imputation model, the trend, and of a panel the
   means of units and the periods before and after, as jointly normal columns. */
pp_status pp__joint_build(const pp__imputation *im, pp__joint *j, pp_arena *arena,
                          pp_error *err);
/* From drawn values (n × p) to values of the imputed columns. */
void pp__joint_finish(const pp__imputation *im, const pp__joint *j, const double *drawn,
                      pp_rng *rng, pp__completed *out);

/* src/model/impute/emb.c */
pp_status pp__joint_patterns(pp__joint *j, pp_arena *arena, pp_error *err);
pp_status pp__em_new(const pp__joint *j, pp_arena *arena, pp__em *em, pp_error *err);
/* The mean and covariance that maximise the likelihood of weighted rows, shrunk by a prior
   worth `ridge` rows. */
pp_status pp__em_run(const pp__joint *j, const double *weight, double ridge,
                     int iterations, pp__em *em, double *mu, double *sigma,
                     pp_error *err);

#endif
