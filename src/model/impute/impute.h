/* The data of an imputation: what is known, what is not, and one chain's guess. */
#ifndef PP_MODEL_IMPUTE_H
#define PP_MODEL_IMPUTE_H

#include <pushpull/impute.h>
#include <pushpull/random.h>

typedef enum pp__kind { PP__NUMERIC, PP__BINARY_01, PP__CATEGORIES } pp__kind;

enum { PP__MAX_LEVELS = 50, PP__MAX_IMPUTED = 512 };
/* Streams of random numbers. */
enum { PP__CHAINED_TASK = 0x696d7031, PP__EMB_TASK = 0x696d7032 };

/* A column of the imputation model. Values stand as numbers; those of a category are codes
   0..levels-1. */
typedef struct pp__imputed {
    const pp_column *column; /* NULL: made for the imputation model only */
    const char *name;
    pp__kind kind;
    int levels;
    const double *value; /* n; NaN: missing */
    const char **text;   /* levels of a text column */
    int64_t n_missing;
    int64_t *missing; /* rows */
} pp__imputed;

typedef struct pp__imputation {
    pp_impute_options options; /* defaults in place */
    int64_t n;
    int n_columns;
    pp__imputed column[PP__MAX_IMPUTED];
    int32_t *unit; /* n; NULL: none */
    int32_t units;
    const double *time;      /* n; NULL: none */
    int64_t *before, *after; /* n: the unit's row one period before and after, or -1;
                                NULL without unit and time */
    double *trend;           /* n × degree: polynomial of time, standardised */
    pp_arena arena;
} pp__imputation;

/* One completed copy: a value for each column and row. */
typedef struct pp__completed {
    double **value;     /* n_columns × n */
    double *round_mean; /* chained: iterations × n_columns, of the imputed values */
    pp_status status;
    pp_error err;
} pp__completed;

/* src/model/impute/impute.c: the names in a list with commas, or of all columns (NULL), with
   `room` more after them. */
pp_status pp__impute_names(const pp_table *data, const char *list, pp_arena *arena,
                           const char ***names, int *n, int room, pp_error *err);

/* src/model/impute/frame.c: columns of the imputation model. `names` has n_names columns of
   the data; `extra` are columns that are made (complete numbers). */
pp_status pp__imputation_init(const pp_table *data, const pp_impute_options *options,
                              const char *const *names, int n_names,
                              const pp_column *extra, int n_extra, pp__imputation *out,
                              pp_error *err);
void pp__imputation_clear(pp__imputation *im);
/* All completed copies, over threads; `copy` has m of them. */
pp_status pp__impute_all(pp__imputation *im, const pp_context *ctx, pp__completed *copy,
                         pp_error *err);
void pp__completed_clear(const pp__imputation *im, pp__completed *copy, int m);
/* The data with the values of one copy. */
pp_status pp__imputation_table(const pp__imputation *im, const pp_table *data,
                               const pp__completed *copy, pp_table **out, pp_error *err);
/* src/model/impute/pool.c: of Student's distribution, or of the normal one where df is
   infinite: the two-sided quantile, and the p value. */
double pp__pooled_quantile(const pp_pooled *pooled, double level);
double pp__pooled_p_value(const pp_pooled *pooled);
/* Adds table `imputation`. */
pp_status pp__imputation_report(const pp__imputation *im, const pp__completed *copy,
                                pp_result *result, pp_error *err);

/* One copy by each method. They allocate with pp_malloc and clean up. */
pp_status pp__chained(const pp__imputation *im, int copy, pp__completed *out,
                      pp_error *err);
pp_status pp__emb(const pp__imputation *im, int copy, pp__completed *out, pp_error *err);

/* ---- Bayesian draws of one equation ---- */

typedef struct pp__equation {
    int64_t n,
        stride; /* rows with a known outcome; all rows: the known ones come first */
    int p;
    const double *x; /* stride × p */
    const double *y; /* n */
    pp_rng *rng;
    double *work; /* pp__equation_work doubles */
} pp__equation;

int64_t pp__equation_work(int64_t n, int p);
/* The estimate and a draw of the coefficients of a linear regression, and of sigma. */
pp_status pp__draw_linear(const pp__equation *e, double *estimate, double *draw,
                          double *sigma, pp_error *err);
/* A draw of the coefficients of a logit, by its normal approximation, on data augmented
   so that it is finite. */
pp_status pp__draw_logit(const pp__equation *e, double *draw, pp_error *err);
/* The product of row i and the coefficients. */
double pp__predict_row(const pp__equation *e, int64_t i, const double *coefficients);

/* Gamma(shape, 1), Marsaglia & Tsang (2000). */
double pp__rng_gamma(pp_rng *rng, double shape);

#endif
