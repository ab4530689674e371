/* The value of arithmetic over rows, and its derivative with respect to one variable.
 *
 * Both come from one pass of forward differentiation, so that marginal effects through
 * log(x), I(x^2) or x:z are exact.
 */
#ifndef PP_MODEL_EVALUATE_H
#define PP_MODEL_EVALUATE_H

#include "model/encode.h"
#include "model/formula.h"

enum { PP__TILE = 256 }; /* rows that are worked on at a time */

/* A column of the data that a formula uses, as a number, as a category, or as both. */
typedef struct pp__variable {
    const char *name;
    const double *value; /* NULL when it is not a number */
    pp__encoding factor; /* its code is NULL when it is not used as a category */
} pp__variable;

/* What is changed in the rows for a question "what if": nothing, one variable set to a
   value or to a level in every row, or the derivative with respect to it. */
typedef enum pp__change_kind {
    PP__AS_IS,
    PP__SET_VALUE,
    PP__SET_LEVEL,
    PP__TANGENT
} pp__change_kind;

typedef struct pp__change {
    pp__change_kind kind;
    int variable;
    double value;
    int32_t level;
} pp__change;

/* NULL when there is no such function. */
typedef struct pp__function pp__function;
const pp__function *pp__function_find(const char *name);

/* The node's value in rows begin..begin+n-1 (n <= PP__TILE) to `value`, and to `slope`
   (NULL: not wanted) its derivative with respect to change->variable. `scratch` holds 2 ×
   PP__TILE doubles for each of node->buffers. */
void pp__evaluate(const pp__node *node, const pp__variable *variables,
                  const pp__change *change, int64_t begin, int n, double *value,
                  double *slope, double *scratch);

#endif
