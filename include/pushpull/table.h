/* Tables in memory: typed, labelled columns of equal length.
 *
 * A number column is double, NaN missing. A category column is int32_t codes into its levels, -1
 * missing. A text column is UTF-8 strings owned by the table, NULL missing. Rows count from zero.
 *
 * A table is built by one thread; once built and shared by const pointer it is immutable and any
 * number of threads may read it. Values live in contiguous arrays, so that analyses work on
 * `column->number` directly; these pointers hold until the next pp_table_resize.
 */
#ifndef PUSHPULL_TABLE_H
#define PUSHPULL_TABLE_H

#include <pushpull/memory.h>

typedef enum pp_column_type { PP_NUMBER, PP_CATEGORY, PP_TEXT } pp_column_type;

/* How a number wants to be shown; it changes renderings, never values. */
typedef enum pp_show {
    PP_SHOW_DEFAULT, /* four significant digits in text, all digits in data formats */
    PP_SHOW_COUNT,   /* an integer with thin grouping */
    PP_SHOW_YEAR,    /* an integer without grouping */
    PP_SHOW_FLAG,    /* 1 yes, 0 no: true and false in JSON */
    PP_SHOW_PERCENT, /* a fraction shown as per cent in text */
    PP_SHOW_P_VALUE, /* three decimals, "<0.001" below */
    PP_SHOW_FIGURES  /* a text column of figures: set in the middle of its column */
} pp_show;

typedef struct pp_column {
    char *name;
    char *label;   /* for people; NULL: the name */
    char *unit;    /* "per 100,000 a year"; NULL: none */
    char *source;  /* who published it; NULL: none */
    char *licence; /* SPDX identifier or words; NULL: none */
    pp_column_type type;
    pp_show show;
    double *number;      /* type PP_NUMBER */
    int32_t *code;       /* type PP_CATEGORY */
    const char **text;   /* type PP_TEXT */
    const char **levels; /* type PP_CATEGORY: n_levels distinct strings */
    int32_t n_levels;
    /* For a number column that came from a statistics package: 0 present, '.' system missing,
       'a'..'z' tagged missing, 'U' user-defined missing value. NULL: NaN is all that is known. */
    uint8_t *missing_kind;
    /* Value labels of a number column (from Stata, SPSS, SAS): n_value_labels pairs. The value of a
       label for a tagged missing kind is NaN. */
    double *labelled_values;
    const char **value_labels;
    int32_t n_value_labels;
} pp_column;

typedef struct pp_table pp_table;

PP_API pp_status pp_table_new(pp_table **out, pp_error *err);
PP_API void pp_table_free(pp_table *table);
PP_API int64_t pp_table_rows(const pp_table *table);
PP_API int pp_table_columns(const pp_table *table);
/* Grows with missing values, or cuts. Invalidates the arrays of every column. */
PP_API pp_status pp_table_resize(pp_table *table, int64_t rows, pp_error *err);
/* Adds one row of missing values and gives its index; amortised constant time. */
PP_API pp_status pp_table_append(pp_table *table, int64_t *row, pp_error *err);

/* Adds a column of missing values. The name must not be taken (PP_E_CONFLICT). */
PP_API pp_status pp_table_add(pp_table *table, pp_column_type type, const char *name,
                              pp_column **out, pp_error *err);
/* By position 0..columns-1, and by exact name (NULL when there is none). */
PP_API pp_column *pp_table_column(const pp_table *table, int index);
PP_API pp_column *pp_table_find(const pp_table *table, const char *name);
/* As pp_table_find, but PP_E_NOT_FOUND names the column and suggests the nearest. */
PP_API pp_status pp_table_require(const pp_table *table, const char *name,
                                  pp_column **out, pp_error *err);
PP_API pp_status pp_table_drop(pp_table *table, const char *name, pp_error *err);
PP_API pp_status pp_table_rename(pp_table *table, const char *from, const char *to,
                                 pp_error *err);

/* Sets label, unit, source and licence; NULL leaves the one that is there. */
PP_API pp_status pp_column_describe(pp_table *table, pp_column *column, const char *label,
                                    const char *unit, const char *source,
                                    const char *licence, pp_error *err);
/* Setters for one cell; `text` NULL sets missing. The code form looks the level up and adds it. */
PP_API pp_status pp_column_set_text(pp_table *table, pp_column *column, int64_t row,
                                    const char *text, pp_error *err);
PP_API pp_status pp_column_set_level(pp_table *table, pp_column *column, int64_t row,
                                     const char *level, pp_error *err);
/* The code of a level, adding it when it is new; -1 and an error when memory is out. */
PP_API int32_t pp_column_level(pp_table *table, pp_column *column, const char *level,
                               pp_error *err);
/* The text of a text or category cell; NULL when missing or a number column. */
PP_API const char *pp_column_get_text(const pp_column *column, int64_t row);
/* 1 when the cell is missing. */
PP_API int pp_column_is_missing(const pp_column *column, int64_t row);
/* Turns a text column into a category (levels sorted by code point), or a category or number
   column into text. */
PP_API pp_status pp_column_convert(pp_table *table, pp_column *column,
                                   pp_column_type type, pp_error *err);

/* A new table of the chosen rows, in that order; `rows` has n indices. */
PP_API pp_status pp_table_take_rows(const pp_table *table, const int64_t *rows, int64_t n,
                                    pp_table **out, pp_error *err);
PP_API pp_status pp_table_copy(const pp_table *table, pp_table **out, pp_error *err);

#endif
