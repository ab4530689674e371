/* The design: the columns of X over the rows that are used.
 *
 * Columns are named as R names them (`(Intercept)`, `x`, `regionAsia`, `factor(d)b`,
 * `a:b`). Categories are coded by R's rule: against a reference level where the model
 * holds the term without that category, else by all levels. Estimators work on z = (x −
 * center) / scale, which makes them indifferent to units and origins; estimates are
 * turned back at the end.
 */
#ifndef PP_MODEL_DESIGN_H
#define PP_MODEL_DESIGN_H

#include "model/pass.h"
#include "model/sample.h"

typedef struct pp__column {
    const char *name;
    int term; /* in the formula; -1: the intercept */
    int32_t
        level[PP__TERM_ATOMS]; /* of the term's categorical atoms; -1 for numeric ones */
} pp__column;

/* A group of each row: an effect, the strata, the groups of a random intercept. */
typedef struct pp__grouping {
    const char *label;
    int32_t *code; /* n, in 0..levels-1 */
    int32_t levels;
} pp__grouping;

/* What the rows have beside X. Arrays of n; NULL where the model has no such thing. */
typedef struct pp__companions {
    const double *y;                    /* of a value, unless it is a category */
    pp__encoding category;              /* of a categorical outcome */
    const double *start, *stop, *event; /* of a spell; start: NULL, all from zero on */
    const double *weight;               /* positive, or zero for rows that do not count */
    int frequency;        /* weights count rows; else they weigh them (sampling) */
    const double *offset; /* the sum of all offsets */
    int n_effects;
    pp__grouping effect[PP__MAX_GROUPS];
    pp__grouping strata, random; /* crossed into one; code NULL: none */
} pp__companions;

typedef struct pp__design {
    const pp__formula *formula;
    int64_t n;
    int k;
    int n_instruments; /* columns after the k that have no coefficients of their own */
    int intercept;     /* 1: column 0 */
    int centred;       /* 1: a constant is in the model's span, with a column or without:
                           fixed effects, strata, cutpoints */
    pp__companions with;
    const int64_t *row_of; /* n rows of the data, as they stand here; NULL: all of them in
                              order. See pp__design_row. */
    const double *
        *x; /* k columns of n; a column that is a variable shares its values, and
                         these are the data's own when all rows are used */
    pp__column *column;
    double *center, *scale;
    int n_variables;
    pp__variable *variables; /* over the n rows */
    int32_t *reference;      /* of each atom; -1 for numeric ones */
    int buffers;
    uint8_t
        *alone; /* rows alone in a group of a fixed effect: if there are any the design
                       is not finished, to be built again without them; else NULL */
} pp__design;

/* The row of the data that row i of the design is. */
static inline int64_t pp__design_row(const pp__design *d, int64_t i) {
    return d->row_of ? d->row_of[i] : i;
}

typedef struct pp__design_options {
    int first;         /* 0: rows were taken away since the first design, so that a stated
                          reference level may be gone */
    int constant_free; /* 1: the model has its constant elsewhere: no column for it */
    int categorical;   /* 1: the outcome is a category */
    int frequency;     /* of the weights */
    int keep_singletons;
    int binary, count; /* the outcome's range ends at 0 and 1, or at 0 */
} pp__design_options;

/* Over the rows `rows` of the sample (NULL: all), in that order; they must be complete. Columns
   without variation and linear combinations of earlier ones are left out and noted. */
pp_status pp__design_build(const pp__sample *sample, const int64_t *rows, int64_t n,
                           const pp__design_options *options, pp_arena *arena,
                           pp__notes *notes, const pp_context *ctx, pp__design **out,
                           pp_error *err);

/* What a column is for. */
pp__role pp__design_role(const pp__design *d, int column);

/* The values of all columns, from the design's variables. */
pp_status pp__design_fill(pp__design *d, pp_arena *arena, const pp_context *ctx,
                          pp_error *err);
/* src/model/settle.c, once the columns have their values: standardises them and leaves out, with a note, those
   that are constant or combinations of earlier ones. */
pp_status pp__design_settle(pp__design *d, pp_arena *arena, pp__notes *notes,
                            const pp_context *ctx, pp_error *err);

/* src/model/companions.c: fills design->with: first weights and groups; values once the
   design has its variables. */
pp_status pp__companions_groups(const pp__sample *sample,
                                const pp__design_options *options, pp__design *d,
                                const pp_context *ctx, pp_arena *arena, pp_error *err);
pp_status pp__companions_values(const pp__sample *sample,
                                const pp__design_options *options, pp__design *d,
                                const pp_context *ctx, pp_arena *arena, pp_error *err);

/* The design's rows of a column of the data, which is shared when these are all. */
pp_status pp__design_gather(const pp__design *d, const double *column, pp_arena *arena,
                            const pp_context *ctx, const double **out, pp_error *err);
/* Arithmetic on the design's variables, in all of its rows. */
pp_status pp__design_evaluate(const pp__design *d, const pp__node *node,
                              const pp_context *ctx, double *out, pp_error *err);

/* src/model/singletons.c: marks the rows that are alone in a group, once those marked
   before are gone, and notes them by effect; NULL: there are none. O(n). */
pp_status pp__singletons_find(const pp__design *d, pp_arena *arena, pp__notes *notes,
                              const pp_context *ctx, uint8_t **alone, pp_error *err);

/* src/model/constant_groups.c: marks the rows of groups of fixed effects whose outcome never
   leaves 0 (or 1, when it is binary), and notes them by effect (unless `notes` is NULL) in
   the place of what was noted since the mark; *gone is NULL when there are none. O(n) a
   round. */
pp_status pp__constant_groups_find(const pp__design *d, int binary, pp_arena *arena,
                                   pp__notes *notes, pp__notes_mark mark,
                                   const pp_context *ctx, uint8_t **gone, pp_error *err);

/* What the rows count for: their number without those of weight zero, or the sum of
   frequency weights. */
double pp__design_count(const pp__design *d);

/* The standardised columns of rows begin..begin+n-1: k columns of PP__TILE. */
void pp__design_z(const pp__design *d, int64_t begin, int n, double *z);

/* The linear map from standardised to original coefficients: adds it to the block of the
   m × m matrix `map` (zeros) that begins at row and column `at`. */
void pp__design_map(const pp__design *d, int at, int m, double *map);

/* The columns of rows begin..begin+n-1 as `change` would have them (not standardised),
   and their derivatives when `dx` is not NULL; k columns of PP__TILE each. */
int64_t pp__design_scratch(const pp__design *d); /* doubles */
void pp__design_change(const pp__design *d, const pp__change *change, int64_t begin,
                       int n, double *x, double *dx, double *scratch);

/* Leaves `keep` (k flags) of the columns; instruments stay behind them. */
void pp__design_select(pp__design *d, const uint8_t *keep);

/* src/model/columns.c: the columns that a formula gives on the design's variables. */
pp_status pp__columns_make(pp__design *d, int first, pp_arena *arena, pp__notes *notes,
                           pp_error *err);
/* src/model/collinear.c: takes away columns that are linear combinations of earlier ones.
   G: the k × k cross-products of the standardised columns. */
pp_status pp__collinear_remove(pp__design *d, const double *G, pp_arena *arena,
                               pp__notes *notes, pp_error *err);

#endif
