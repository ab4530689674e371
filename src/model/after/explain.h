/* What a linear predictor is made of, term by term. */
#ifndef PP_MODEL_EXPLAIN_H
#define PP_MODEL_EXPLAIN_H

#include "model/after/frame.h"

/* One part of a row's linear predictor: a term with all its columns, what is outside, or the
   sum of all, which comes last. */
typedef struct pp__part {
    const char *term, *value; /* value NULL: none */
    int columns;
    double contribution, average; /* of the row; over the rows used */
} pp__part;

typedef pp_status pp__part_fn(void *payload, int64_t row, const pp__part *part,
                              pp_error *err);

/* Gives `take` the parts of rows row[0..n-1] of the frame, one row after the other. */
pp_status pp__explain_each(const pp_fit *fit, const pp__frame *frame, const int64_t *row,
                           int64_t n, pp__part_fn *take, void *payload, pp_arena *arena,
                           pp_error *err);

/* Columns term, value, columns, contribution, average, difference of row `at`. */
pp_status pp__put_part(pp_table *table, int64_t at, const pp__part *part, pp_error *err);

#endif
