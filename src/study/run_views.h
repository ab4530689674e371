/* Tables as the report shows them: the rows and columns that a reader needs, in words. The whole tables
   stay in the folder. */
#ifndef PP_STUDY_RUN_VIEWS_H
#define PP_STUDY_RUN_VIEWS_H

#include <pushpull/table.h>

/* A column of the table, or an interval of three put into one. */
typedef struct pp__view_column {
    const char *name, *words;
    const char *low, *high;   /* then "estimate [low, high]" */
    const char *const *codes; /* pairs of a code and its words, NULL-terminated */
    enum {
        PP__SHOWN,
        PP__ONCE,       /* empty where it is that of the row above */
        PP__IF_SEVERAL, /* left out where all rows have the same */
        PP__OWN_DIGITS, /* numbers of different kinds: each by its own size */
        PP__POINTS,     /* probabilities, told in percentage points */
        PP__SPACED      /* "head_of_state" and "{name}" as "head of state" and "[name]" */
    } when;
} pp__view_column;

typedef struct pp__view {
    const char *table, *title, *note; /* title, note NULL: the table's own */
    /* Only rows with this word in this column; `is` NULL: with that of the first row of their outcome, or, in a
       column of numbers, with one that is not 0. */
    const char *only, *is;
    const char *keep[2][2]; /* and only rows with these words: a column and its word */
    const char *newest;     /* and only those with the largest value of this column */
    int64_t most;           /* so many rows at most; 0: all */
    pp__view_column columns[9];
} pp__view;

/* Each list ends with a view without a table. */
extern const pp__view pp__views_drivers[], pp__views_unseen[], pp__views_designs[],
    pp__views_response[];

/* The view of the table of that name, its title and note; *out NULL: it is shown as it is. Columns without
   any value are left out. */
pp_status pp__view_of(const char *name, const pp_table *table, const char **title,
                      const char **note, pp_table **out, pp_error *err);

/* How many rows of the table of that name are shown at most; 0: all. */
int64_t pp__view_most(const char *name);

/* A pre-flight table: the rows to look at, those of outcomes with the same rows only once, and all small
   cohorts of an outcome in one row. */
pp_status pp__view_preflight(const pp_table *table, pp_table **out, pp_error *err);

#endif
