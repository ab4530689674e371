/* The rows that a question is asked of: those used, some of them, their means, new ones,
   with variables set to values. */
#ifndef PP_MODEL_FRAME_H
#define PP_MODEL_FRAME_H

#include "model/fit.h"

#include <pushpull/text.h>

/* A design over other rows; of it only n, formula, variables and columns count. */
typedef struct pp__frame {
    pp__design design;
    /* n: what the linear predictor has beside x'b; NULL: nothing. */
    const double *outside;
    const double *weight; /* n; NULL: all the same */
    int outcome;          /* the category that is asked for; 0 where there is none */
    /* Where fixed effects are absorbed: the rows used that these are (NULL: the same), or
       for means what pp__frame_settle takes away (k). */
    const int64_t *source;
    const double *projection;
} pp__frame;

/* The rows used; nothing is copied. */
void pp__frame_used(const pp_fit *fit, pp__frame *out);
/* Rows row[0..n-1] of `from`. */
pp_status pp__frame_take(const pp__frame *from, const int64_t *row, int64_t n,
                         pp_arena *arena, pp__frame *out, pp_error *err);
/* One row: the weighted mean of each number and of what is outside, and the most frequent
   level of each category (the first of several). */
pp_status pp__frame_means(const pp_fit *fit, const pp__frame *from, pp_arena *arena,
                          pp__frame *out, pp_error *err);
/* Sets a variable in all rows: the number that `text` is, or the level of that name. */
pp_status pp__frame_set(pp__frame *frame, int variable, const char *text, pp_arena *arena,
                        pp_error *err);

/* From columns x of rows begin..begin+n-1 (k of PP__TILE) to the derivative of their linear
   predictors by the coefficients. With absorbed fixed effects these follow the
   coefficients: what the effects explain of the rows' columns is taken away. `z`: as
   much scratch as x. */
void pp__frame_settle(const pp_fit *fit, const pp__frame *frame, int64_t begin, int n,
                      double *x, double *z);

/* How many coefficients belong to columns of the design: the others are ancillary. */
int pp__regressors(const pp_fit *fit);
/* Whether an expression of the formula depends on the variable. */
int pp__mentions(const pp__node *node, int variable);
/* Whether a column that has a coefficient depends on the variable, and the reference level
   of its first factor (-1: it is a number only). */
int pp__variable_use(const pp_fit *fit, int variable, int32_t *reference);
/* The term as it was written: "a:factor(b)". */
void pp__term_name(const pp_fit *fit, int term, pp_buf *out);
/* The variable of this name that the model uses; else PP_E_NOT_FOUND with the nearest. */
pp_status pp__variable_find(const pp_fit *fit, const char *name, int *variable,
                            int32_t *reference, pp_error *err);

/* PP_E_UNSUPPORTED unless E(y) is the link's inverse at x'b and what is outside: not for
   durations, strata, categories and random intercepts. `what`: "marginal effects". */
pp_status pp__need_response(const pp_fit *fit, const char *what, pp_error *err);

/* A column of the data over the rows used, as groups. */
pp_status pp__group_rows(const pp_fit *fit, const char *column, pp_arena *arena,
                         pp__encoding *out, pp_error *err);

#endif
