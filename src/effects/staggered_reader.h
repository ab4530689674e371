/* Between the parts that read a panel of staggered adoption. */
#ifndef PP_EFFECTS_STAGGERED_READER_H
#define PP_EFFECTS_STAGGERED_READER_H

#include "effects/staggered.h"
#include "model/fit.h"

typedef enum pp__panel_form {
    PP__BALANCED,
    PP__UNBALANCED,
    PP__CROSSSECTION /* each row is a unit of its own */
} pp__panel_form;

typedef enum pp__row_state {
    PP__ROW_COMPLETE,
    PP__ROW_WITHOUT_PLACE, /* no unit, no period */
    PP__ROW_WITHOUT_OUTCOME,
    PP__ROW_WITHOUT_COVARIATE /* or weight */
} pp__row_state;

typedef struct pp__staggered_reader {
    const pp_table *data;
    const pp_did_options *options;
    const pp_context *ctx;
    pp_arena *arena;
    pp_error *err;
    pp__panel_form form;
    const double *y, *weight; /* of row; weight NULL: 1 each */
    pp__encoding unit, time;
    pp_fit *fit;        /* of the covariates; NULL: none */
    uint8_t *state;     /* pp__row_state of row */
    int64_t *row;       /* balanced: of unit u in period t, at u periods + t; -1: none */
    double *first;      /* of unit: the first period of treatment; infinity: never */
    pp__unit_loss *why; /* of unit */
    int64_t *place;     /* of unit: its index in the order of cohorts; -1: left out */
    int64_t *fit_row;   /* of row: its row in the fit */
} pp__staggered_reader;

/* A unit as people know it. */
const char *pp__reader_name(const pp__staggered_reader *r, int32_t unit);
/* Sets the error and gives its code. */
pp_status pp__reader_refuse(const pp__staggered_reader *r, int32_t unit,
                            const char *column, const char *problem, const char *hint);
/* The same, of two rows (from 0) of one unit and period. */
pp_status pp__reader_refuse_twice(const pp__staggered_reader *r, int64_t row,
                                  int64_t other);

/* src/effects/staggered_cohorts.c: `first`, from the column of cohorts or of 0/1 treatment. */
pp_status pp__reader_cohorts(pp__staggered_reader *r, pp__staggered_report *report);
/* src/effects/staggered_losses.c: `why`, and the report of what was left out. */
pp_status pp__reader_losses(pp__staggered_reader *r, pp__staggered_report *report);
/* src/effects/staggered_rows.c: values by rows, and the units' shares. Refuses a unit that has a period
   twice. */
pp_status pp__reader_rows(pp__staggered_reader *r, pp__staggered *s);

#endif
