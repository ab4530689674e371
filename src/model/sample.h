/* The formula meets the data: columns are found, and each row is judged complete or not.
 */
#ifndef PP_MODEL_SAMPLE_H
#define PP_MODEL_SAMPLE_H

#include "model/evaluate.h"
#include "model/lag.h"
#include "model/notes.h"

enum {
    PP__MAX_VARIABLES = 512,
    PP__MAX_NEEDED = 16 + 3 * PP__MAX_GROUPS * PP__TERM_ATOMS
};

typedef struct pp__sample {
    const pp_table *data; /* borrowed */
    pp_arena *arena;
    pp__formula *formula; /* its names are bound to variables; a category is a factor */
    int64_t n_rows;
    int n_variables;
    const pp_column
        *columns[PP__MAX_VARIABLES]; /* borrowed from the data, one a variable */
    pp__variable variables[PP__MAX_VARIABLES]; /* over all rows of the data */
    uint8_t derived[PP__MAX_VARIABLES];        /* lag(x, 1) and the like */
    uint8_t used_as_number[PP__MAX_VARIABLES], used_as_category[PP__MAX_VARIABLES];
    uint8_t read_as_category[PP__MAX_VARIABLES]; /* text without factor() */
    const pp_column *unit, *time; /* for lag() and lead(); NULL: not known */
    pp__periods *periods;         /* once one was met */
    const pp_column *weight;      /* of rows; NULL: none */
    const int64_t *origin; /* of each row, its place before `where`; NULL: the same */
    uint8_t
        *complete; /* 1: nothing that the right-hand side or `needed` wants is missing */
    int buffers;   /* for pp__evaluate */
} pp__sample;

/* `needed`: columns beside the formula's own that must not be missing: weights, groups,
   clusters, unit, time. The rows left out are noted, in all and for each column. The
   outcome counts too, but not lo and hi. With `categorical` the outcome is a category.
   lag() and lead() become variables of their own, by `unit` and `time` (NULL: not
   known). */
pp_status pp__sample_new(pp__formula *formula, const pp_table *data,
                         const pp_column *unit, const pp_column *time,
                         const pp_column *const *needed, int n_needed, int categorical,
                         const pp_context *ctx, pp_arena *arena, pp__notes *notes,
                         pp__sample **out, pp_error *err);

/* Rows of weight zero: they are noted, and not complete any more. */
pp_status pp__sample_leave_out_weightless(pp__sample *sample, pp__notes *notes,
                                          pp_error *err);

/* The value of an expression of the formula in each of n rows (NULL: the first n); `out`
   holds n. For all rows of a design pp__design_evaluate is the faster way. */
pp_status pp__sample_evaluate(const pp__sample *sample, const pp__node *node,
                              const int64_t *rows, int64_t n, double *out, pp_error *err);

/* The indices of the complete rows; NULL: all rows are. */
pp_status pp__sample_complete_rows(const pp__sample *sample, pp_arena *arena,
                                   int64_t **rows, int64_t *n, pp_error *err);

#endif
