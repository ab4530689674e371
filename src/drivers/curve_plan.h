/* What a specification curve asks: its dimensions, and the specifications by number. */
#ifndef PP_DRIVERS_CURVE_PLAN_H
#define PP_DRIVERS_CURVE_PLAN_H

#include <pushpull/curve.h>

/* From the slowest to the fastest. Of PP__BY_SUBSET the choices are all subsets of its list. */
typedef enum pp__curve_dimension {
    PP__BY_RULE,
    PP__BY_SAMPLE,
    PP__BY_OUTCOME,
    PP__BY_MODEL,
    PP__BY_FOCUS,
    PP__BY_LAG,
    PP__BY_SET,
    PP__BY_SUBSET,
    PP__BY_VCOV,
    PP__CURVE_DIMENSIONS
} pp__curve_dimension;

/* As tables call them; NULL for PP__BY_SUBSET. */
extern const char *const pp__curve_dimension_name[PP__CURVE_DIMENSIONS];

enum { PP__MOST_OPTIONAL = 40, PP__MOST_CHOICES = 1000 };

typedef struct pp__curve_list {
    int n;
    const char **name, **value;
} pp__curve_list;

typedef struct pp__curve_terms {
    int n;
    int *term;
} pp__curve_terms;

typedef struct pp__curve_plan {
    const pp_curve_options *options;
    const pp_curve_data *data;
    pp__curve_list list[PP__CURVE_DIMENSIONS];
    const char *suffix; /* "" or " | effects" */
    const double *sign; /* of each focal variable */
    int n_terms;
    const char **term; /* distinct, as written */
    int *focus_term;   /* focus × lag */
    pp__curve_terms keep, optional, *set;
    double level;
    int coefficients; /* the scale */
    uint64_t total;   /* combinations */
    int64_t n;        /* specifications */
    uint64_t *number; /* of each, ascending; NULL: 0, 1, … */
} pp__curve_plan;

typedef struct pp__curve_spec {
    uint64_t number;
    int choice[PP__CURVE_DIMENSIONS]; /* of PP__BY_SUBSET: unused */
    uint64_t subset;                  /* of the optional controls */
} pp__curve_spec;

pp_status pp__curve_plan_make(const char *formula, const pp_curve_data *data, int n_data,
                              const pp_curve_options *options, pp_arena *arena,
                              pp__curve_plan *out, pp_error *err);

/* The i-th specification. Neighbours differ in the covariance, then in one control (Gray's
   code). */
pp__curve_spec pp__curve_spec_at(const pp__curve_plan *plan, int64_t i);

/* `n` of the numbers below `total`, ascending, each set of them as likely. */
void pp__curve_draw_numbers(uint64_t seed, uint64_t task, uint64_t total, int64_t n,
                            uint64_t *number);

/* Its terms, the focal one first, each once; `out` holds plan->n_terms. Gives their number,
   or 0 when the focal variable is among the controls. */
int pp__curve_spec_terms(const pp__curve_plan *plan, const pp__curve_spec *spec,
                         int *out);
int pp__curve_focus_term(const pp__curve_plan *plan, const pp__curve_spec *spec);

/* Its formula; with `quote_lag` lags are columns `lag(x, 1)`. NULL: out of memory. */
const char *pp__curve_formula(const pp__curve_plan *plan, const pp__curve_spec *spec,
                              int quote_lag, pp_arena *arena);

/* "c1 + c2" of a set and a subset; "none". NULL: out of memory. */
const char *pp__curve_controls(const pp__curve_plan *plan, const pp__curve_spec *spec,
                               pp_arena *arena);

/* "gdp" of "`gdp`": the column that a focal variable is. */
const char *pp__curve_column(const pp__curve_plan *plan, int focus, pp_arena *arena);

/* Without backquotes: the name of a lag's column. NULL: out of memory. */
const char *pp__curve_plain(const char *term, pp_arena *arena);

/* The model's name in the registry and its link (NULL) of "hazard:cloglog". */
pp_status pp__curve_model(const char *choice, pp_arena *arena, const char **model,
                          const char **link, pp_error *err);

#endif
