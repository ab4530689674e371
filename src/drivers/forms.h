/* The forms that a factor may take in a model: the same model, estimated anew. */
#ifndef PP_DRIVERS_FORMS_H
#define PP_DRIVERS_FORMS_H

#include "model/fit.h"

enum { PP__MOST_REGIMES = 8 };

typedef enum pp__form { PP__LINEAR, PP__QUADRATIC, PP__REGIMES, PP__WITHIN } pp__form;

/* "linear", "quadratic", "regimes", "within". */
const char *pp__form_name(pp__form form);

/* A number cut at thresholds: regime r holds values from threshold[r - 1] on and below
   threshold[r]. */
typedef struct pp__cuts {
    int n; /* regimes; 0: none */
    const double *threshold;
    const char *name[PP__MOST_REGIMES]; /* "below 0.25", "0.25 to 0.5", "0.5 and more" */
} pp__cuts;

pp_status pp__cuts_init(const double *threshold, int n, pp_arena *arena, pp__cuts *out,
                        pp_error *err);
int pp__cuts_of(const pp__cuts *cuts, double value);

/* The variable is a term of its own and nowhere within a function: else its form is the
   formula's already, and PP_E_ARGUMENT. */
pp_status pp__form_check(const pp_fit *fit, const char *variable, pp_error *err);

/* The fit's model with another form of `variable`, on a table of its own that is put into
   `data` (NULL where the fit's own does). The caller frees both, the fit first. Regimes are
   dummies "1", "2", … in the variable's place; within them, the terms
   factor(pp_regime) and its product with the variable are added. */
pp_status pp__form_fit(const pp_fit *fit, const char *variable, const pp__cuts *cuts,
                       pp__form form, const pp_context *ctx, pp_fit **out,
                       pp_table **data, pp_error *err);

/* Wald's test that every coefficient is zero in which `variable`, or a regime, has a part;
   with `beyond`, but that of the variable itself. NaN where there is none. */
typedef struct pp__form_test {
    double statistic, df, p_value;
} pp__form_test;
pp_status pp__form_test_of(const pp_fit *fit, const char *variable, int beyond,
                           const pp_context *ctx, pp__form_test *out, pp_error *err);

#endif
