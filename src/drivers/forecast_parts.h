/* What the parts of a forecast share. */
#ifndef PP_DRIVERS_FORECAST_PARTS_H
#define PP_DRIVERS_FORECAST_PARTS_H

#include "model/after/frame.h"

#include <pushpull/forecast.h>

/* ---- forecast_risk.c: who is at risk, when ---- */

typedef struct pp__risk {
    pp_table *data; /* by unit and time, nothing after a unit's first event; owned */
    int64_t n;
    pp__encoding units;
    int64_t *begin;               /* of each unit its first row in `data`; units + 1 */
    const double *time, *outcome; /* of rows; outcome NULL: dates are intervals */
    /* Of units: when the adoption counts, and from when on it is on record (NAN: never). */
    double *event, *known;
    const pp_column *name, *region, *status; /* NULL: none */
    pp__encoding regions;                    /* code NULL: none */
    uint8_t *complete;  /* of rows: all that the model needs is there */
    uint8_t *outside;   /* of units: `where` left no row of them */
    double first, last; /* the periods in which outcomes are known */
    const char *lo, *hi;
} pp__risk;

/* Reads, checks and sorts; adds warnings to `result`. */
pp_status pp__risk_read(const pp__formula *formula, const pp_table *data,
                        const pp_model_options *model, const pp_forecast_options *options,
                        const pp_context *ctx, pp_arena *arena, pp_result *result,
                        pp__risk *out, pp_error *err);
/* The unit's row of that time; -1: none. */
int64_t pp__risk_row(const pp__risk *risk, int32_t unit, double time);
/* Whether the unit adopted in that period: 1, 0, or NAN when this is not known or it was not
   at risk. By what is on record at `now`. */
double pp__risk_outcome(const pp__risk *risk, int32_t unit, double time, double now);
/* 1: the unit had adopted by then, as we know now. */
int pp__risk_adopted(const pp__risk *risk, int32_t unit, double time);
/* The data as they could be known at `origin`; the caller's to free. */
pp_status pp__risk_until(const pp__risk *risk, double origin, pp_table **out,
                         pp_error *err);
/* The name of a unit in the column `name`, else its key; `space` for numbers. */
const char *pp__risk_name(const pp__risk *risk, int32_t unit, char space[32]);
/* The unit's region in its last row; NULL: none. */
const char *pp__risk_region(const pp__risk *risk, int32_t unit);

/* ---- forecast_future.c: the columns of periods to come ---- */

/* What the model needs of n units in `steps` periods. */
typedef struct pp__future {
    int64_t n;
    int k, steps;
    const char **missing; /* n: why there is no forecast; NULL: there is one */
    double *x;            /* row i, column j of period s: x[(s * k + j) * n + i] */
    double *outside;      /* n; NULL: nothing */
    pp_table *rows;       /* those of the first period; owned */
} pp__future;

/* From the rows row[i] of the data, which stand `ahead[i]` periods before the first. */
pp_status pp__future_make(const pp__risk *risk, const pp_fit *fit, const int64_t *row,
                          const int *ahead, int64_t n, int steps, pp_arena *arena,
                          pp__future *out, pp_error *err);
void pp__future_clear(pp__future *future);
/* The probability of adoption within each number of periods, 1 to `steps`, by coefficients
   b (k): out[s * n + i]. `scratch`: 4 n. */
void pp__future_predict(const pp__future *future, const pp__link *link, const double *b,
                        double *out, double *scratch);
/* PP_E_UNSUPPORTED where the model has effects of periods. */
pp_status pp__future_check(const pp__risk *risk, const pp_fit *fit, pp_error *err);

/* ---- the whole ---- */

enum { PP__MODEL, PP__BASE_RATE, PP__REGION_ONLY, PP__RIVALS };
extern const char *const pp__rival_names[PP__RIVALS];

typedef struct pp__forecast {
    const char *text;
    pp__formula *formula;
    const pp_table *data;
    pp_model_options model;
    pp_forecast_options options; /* defaults in place */
    const pp_context *ctx;
    pp__risk risk;
    pp_fit *fit;
    pp_arena arena;
    pp_result *result;
    pp_error *err;
} pp__forecast;

/* Adoptions that came for each one that forecasts of the next period expected; NaN where chance
   can account for the difference. From the table of scores. */
double pp__forecast_miss(const pp_result *forecast);

/* forecast_rank.c: tables forecast, forecast_contributions, forecast_not_ranked. */
pp_status pp__forecast_rank(pp__forecast *f);

/* A forecast that can be judged. */
typedef struct pp__guess {
    int32_t unit;
    int horizon;
    double origin, observed;
    double p[PP__RIVALS]; /* NAN: no such rival */
} pp__guess;

/* How it went from one origin, one period ahead. */
typedef struct pp__origin {
    double time;
    int64_t rows, events, parameters; /* of the training data */
    int64_t at_risk, not_predicted, not_known;
    const char *problem; /* why there is no model; NULL: there is one */
} pp__origin;

/* By origin, unit and horizon. */
typedef struct pp__record {
    pp__guess *guess;
    int64_t n, room; /* of pp_malloc */
    pp__origin *origin;
    int64_t origins;
} pp__record;

/* forecast_rivals.c: what the rivals say of one period, by the rows known at `origin`. */
typedef struct pp__rival {
    double base, rows, events;
    double *region; /* of each region; NULL: there are none */
} pp__rival;
pp_status pp__rival_learn(const pp__risk *risk, double origin, pp_arena *arena,
                          pp__rival *out, pp_error *err);
/* Of the row's region; the base rate where it is not known. */
double pp__rival_region(const pp__rival *rival, const pp__risk *risk, int64_t row);
/* 1 - (1 - p)^periods */
double pp__within(double p, int periods);

/* forecast_origins.c */
pp_status pp__forecast_origins(pp__forecast *f, pp__record *out);
void pp__record_clear(pp__record *record);

/* forecast_scores.c: tables forecast_scores, forecast_differences, forecast_calibration. */
pp_status pp__forecast_scores(pp__forecast *f, const pp__record *record);
/* forecast_record.c: tables forecast_origins, forecast_predictions. */
pp_status pp__forecast_record(pp__forecast *f, const pp__record *record);

#endif
