/* A matrix of units over periods as additive effects, covariates and a matrix of low rank, from the entries
   that are seen. What interactive fixed effects and matrix completion have in common. */
#ifndef PP_EFFECTS_LOWRANK_H
#define PP_EFFECTS_LOWRANK_H

#include <pushpull/memory.h>

typedef struct pp__lowrank_problem {
    int units, periods, k;
    const double *y;     /* unit i at y + i periods; what is not seen may be anything */
    const uint8_t *seen; /* of the same form; NULL: all */
    const double *const *x;         /* k of the same form, finite everywhere */
    int unit_effects, time_effects; /* besides the general mean */
    int rank;         /* of the factors; < 0: singular values lose the threshold */
    double threshold; /* half the weight of the nuclear norm */
    double tolerance; /* of the last step, in deviations of what is seen */
    int most;         /* steps */
} pp__lowrank_problem;

typedef struct pp__lowrank {
    double *fit;     /* units × periods, covariates with it */
    double *unit;    /* units: effects; zero without them */
    double *time;    /* periods */
    double *beta;    /* k; zero where the effects leave nothing of a covariate */
    int *is_idle;    /* k: 1 there */
    double mean;     /* general */
    int rank;        /* factors in use */
    double *value;   /* singular values, the largest first */
    double *factor;  /* rank columns of periods, each with the mean square one */
    double *loading; /* rank columns of units */
    double squares, objective; /* of residuals of what is seen */
    int64_t seen;
    int steps, converged;
} pp__lowrank;

/* The least squares with `rank` factors (Bai 2009, Econometrica 77; unseen entries by the EM algorithm, his
   supplement), or with the nuclear norm (soft-impute of Mazumder, Hastie & Tibshirani 2010, with
   effects as Athey et al. 2021): |y − effects − x beta − L|² + 2 threshold |L|_* over what is seen. The
   steps are Anderson-accelerated and never raise the objective. `start` (NULL: the additive fit) is
   a fit of the same size. Cost of a step: units × periods × min(units, periods), and the cube of that
   minimum. */
pp_status pp__lowrank_fit(const pp__lowrank_problem *p, const pp__lowrank *start,
                          pp_arena *arena, pp__lowrank *out, pp_error *err);

/* src/effects/factor/lowrank_step.c: what one step needs. */
typedef struct pp__lowrank_space {
    double *gram, *values, *work;
} pp__lowrank_space;
pp_status pp__lowrank_space_init(const pp__lowrank_problem *p, pp_arena *arena,
                                 pp__lowrank_space *out, pp_error *err);
/* Takes the mean and the effects out of the complete W, and leaves them in `out`. */
void pp__lowrank_centre(const pp__lowrank_problem *p, double *W, pp__lowrank *out);
/* Replaces the centred W by its best matrix of low rank; factors, loadings and values in `out`. Gives the
   nuclear norm, or NaN when its eigenvectors are not found. */
double pp__lowrank_shrink(const pp__lowrank_problem *p, const pp__lowrank_space *space,
                          double *W, pp__lowrank *out);

#endif
