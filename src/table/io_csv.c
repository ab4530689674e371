/* Reading CSV: the header by our own scanner, the types from the cells, the data by
 * DuckDB.
 *
 * A column is a number column when every cell that is there is a number, a flag when
 * every one is true or false. NA is missing in such a column and in a column of ISO
 * dates, and plain text in any other, where it may well be Namibia. The first SAMPLE rows
 * settle the types of a long file where they can; else all its rows are looked at.
 */
#include "base/check.h"
#include "table/duck.h"
#include "table/io.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLE = 20480 };

typedef enum cell_type { TEXT, NUMBER, FLAG, DATE } cell_type;

typedef struct csv_column {
    const char *name;
    cell_type type;
    int has_na;  /* NA is missing in it */
    int is_sure; /* its type holds whatever comes after the rows that were looked at */
} csv_column;

typedef struct csv_plan {
    const pp__file *file;
    const pp_read_options *options;
    char delimiter;
    int64_t n;
    csv_column *columns;
    const char **names;
    pp_arena arena;
} csv_plan;

static pp_status twice(const csv_plan *plan, int64_t i, int64_t j, pp_error *err) {
    pp_error_set(err, PP_E_INPUT, "columns %lld and %lld have the same name",
                 (long long)i + 1, (long long)j + 1);
    pp_error_locate(err, plan->file->path, 1, plan->names[j], NULL);
    pp_error_hint(err, "give each column its own name");
    return PP_E_INPUT;
}

/* Header cells that are empty, as R writes for row names, become column1, column2, … */
static pp_status take_header(csv_plan *plan, const char *const *fields, pp_error *err) {
    plan->columns = pp_arena_zalloc(&plan->arena, plan->n, sizeof *plan->columns);
    plan->names = pp_arena_zalloc(&plan->arena, plan->n, sizeof *plan->names);
    PP_NEED(plan->columns && plan->names, err);
    for (int64_t i = 0; i < plan->n; i++) {
        plan->names[i] =
            *fields[i] ? pp_arena_strdup(&plan->arena, fields[i])
                       : pp_arena_printf(&plan->arena, "column%lld", (long long)i + 1);
        PP_NEED(plan->names[i], err);
        plan->columns[i].name = plan->names[i];
        for (int64_t j = 0; j < i; j++) {
            if (strcmp(plan->names[i], plan->names[j]) == 0) {
                return twice(plan, j, i, err);
            }
        }
    }
    return PP_OK;
}

static pp_status read_header(csv_plan *plan, pp_error *err) {
    pp__csv *csv;
    const char *const *fields;
    PP_TRY(pp__csv_open(plan->file, &csv, err));
    pp_status status = pp__csv_next(csv, &fields, &plan->n, err);
    if (status == PP_OK && (plan->n == 0 || (plan->n == 1 && !*fields[0]))) {
        status = pp_error_set(err, PP_E_INPUT,
                              "the first line is empty; a header with the "
                              "names of the columns was expected");
        pp_error_locate(err, plan->file->path, 1, NULL, NULL);
    } else if (status == PP_OK) {
        plan->delimiter = pp__csv_delimiter(csv);
        status = take_header(plan, fields, err);
    }
    pp__csv_close(csv);
    return status;
}

/* read_csv with everything stated, so that nothing is guessed, padded or left out.
   `typed`: columns that are numbers are parsed as such while reading. */
static void add_source(pp_buf *sql, const csv_plan *plan, int typed) {
    char delimiter[2] = {plan->delimiter, '\0'};
    pp_buf_add(sql, "read_csv(");
    pp__sql_text(sql, plan->file->path);
    pp_buf_add(sql, ", auto_detect = false, header = true, quote = '\"', escape = '\"', "
                    "nullstr = [''], strict_mode = true, delim = ");
    pp__sql_text(sql, delimiter);
    pp_buf_printf(sql, ", compression = '%s', columns = {",
                  pp__packing_name(plan->file->packing));
    for (int64_t i = 0; i < plan->n; i++) {
        const csv_column *c = &plan->columns[i];
        pp_buf_printf(sql, "%s'c%lld': '%s'", i ? ", " : "", (long long)i,
                      typed && c->type == NUMBER && !c->has_na ? "DOUBLE" : "VARCHAR");
    }
    pp_buf_add(sql, "})");
}

/* What kinds of cells a column holds, as bits. */
enum { CELL_NA = 1, CELL_NUMBER = 2, CELL_FLAG = 4, CELL_DATE = 8, CELL_TEXT = 16 };

/* DuckDB takes 1_000 for a number, we do not; and a number with more digits than a double
   holds is an identifier. */
static void add_kinds(pp_buf *sql, int64_t column) {
    long long c = column;
    pp_buf_printf(
        sql,
        "bit_or(CASE WHEN c%lld IS NULL THEN 0 WHEN c%lld = 'NA' THEN %d "
        "WHEN length(c%lld) > 15 AND try_cast(c%lld AS HUGEINT) IS DISTINCT FROM "
        "try_cast(try_cast(c%lld AS DOUBLE) AS HUGEINT) AND NOT "
        "regexp_matches(c%lld, '[.eE]') THEN %d ",
        c, c, CELL_NA, c, c, c, c, CELL_TEXT);
    pp_buf_printf(
        sql,
        "WHEN try_cast(c%lld AS DOUBLE) IS NOT NULL AND NOT contains(c%lld, '_') "
        "THEN %d WHEN lower(c%lld) IN ('true', 'false') THEN %d "
        "WHEN regexp_full_match(c%lld, '\\d{4}-\\d{2}-\\d{2}') THEN %d ELSE %d END)",
        c, c, CELL_NUMBER, c, CELL_FLAG, c, CELL_DATE, CELL_TEXT);
}

static void settle(csv_column *column, int kinds) {
    int present = kinds & ~CELL_NA;
    column->type = present == CELL_NUMBER ? NUMBER
                   : present == CELL_FLAG ? FLAG
                   : present == CELL_DATE ? DATE
                                          : TEXT;
    column->has_na = (kinds & CELL_NA) && column->type != TEXT;
    column->is_sure = kinds == CELL_NUMBER || (column->type == TEXT && present != 0);
}

static int take_types(csv_plan *plan, const pp_table *found, int whole) {
    int sure = 1;
    for (int64_t i = 0; i < plan->n; i++) {
        csv_column *column = &plan->columns[i];
        double kinds = pp_table_column(found, (int)(i + 1))->number[0];
        settle(column, isnan(kinds) ? 0 : (int)kinds);
        if (pp__keeps_text(plan->options, column->name)) {
            *column = (csv_column){.name = column->name, .is_sure = 1};
        }
        sure = sure && (whole || column->is_sure);
    }
    return sure;
}

/* Finds the types, from the first SAMPLE rows or from all; `*sure` is 0 when more are
   needed. */
static pp_status find_types(csv_plan *plan, pp__duck *duck, int all,
                            const pp_context *ctx, int *sure, pp_error *err) {
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_add(&sql, "SELECT count(*) AS n");
    for (int64_t i = 0; i < plan->n; i++) {
        pp_buf_add(&sql, ", ");
        add_kinds(&sql, i);
        pp_buf_printf(&sql, " AS kinds%lld", (long long)i);
    }
    pp_buf_add(&sql, " FROM (FROM ");
    add_source(&sql, plan, 0);
    if (!all) {
        pp_buf_printf(&sql, " LIMIT %d", SAMPLE);
    }
    pp_buf_add(&sql, ")");
    pp_table *found = NULL;
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        pp__select select = {.sql = sql.data};
        status = pp__duck_select(duck, &select, ctx, &found, err);
    }
    pp_buf_clear(&sql);
    if (status == PP_OK) {
        int whole = all || pp_table_column(found, 0)->number[0] < SAMPLE;
        *sure = take_types(plan, found, whole);
    }
    pp_table_free(found);
    return status;
}

static void add_cell(pp_buf *sql, const csv_plan *plan, int64_t i) {
    const csv_column *column = &plan->columns[i];
    pp_buf_printf(
        sql, column->has_na ? "CAST(nullif(c%lld, 'NA') AS %s)" : "CAST(c%lld AS %s)",
        (long long)i,
        column->type == NUMBER ? "DOUBLE"
        : column->type == FLAG ? "BOOLEAN"
                               : "VARCHAR");
}

static pp_status read_rows(const csv_plan *plan, pp__duck *duck, const pp_context *ctx,
                           pp_table **out, pp_error *err) {
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_add(&sql, "SELECT ");
    for (int64_t i = 0; i < plan->n; i++) {
        pp_buf_add(&sql, i ? ", " : "");
        add_cell(&sql, plan, i);
    }
    pp_buf_add(&sql, " FROM ");
    add_source(&sql, plan, 1);
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        pp__select select = {sql.data, plan->names, plan->options};
        status = pp__duck_select(duck, &select, ctx, out, err);
    }
    pp_buf_clear(&sql);
    return status;
}

/* A long file is read as its first rows suggest; a later cell that is of another type, or
   a column that the first rows leave open, has all rows looked at. */
static pp_status read_typed(csv_plan *plan, pp__duck *duck, const pp_context *ctx,
                            pp_table **out, pp_error *err) {
    int sure;
    if (plan->options->all_text) {
        return read_rows(plan, duck, ctx, out, err);
    }
    PP_TRY(find_types(plan, duck, 0, ctx, &sure, err));
    if (sure) {
        pp_status status = read_rows(plan, duck, ctx, out, err);
        if (status != PP_E_INPUT) {
            return status;
        }
    }
    PP_TRY(find_types(plan, duck, 1, ctx, &sure, err));
    return read_rows(plan, duck, ctx, out, err);
}

/* Reads on after a row of the wrong width, to see whether it was the last. */
static int is_last(pp__csv *csv) {
    const char *const *fields;
    int64_t n;
    return pp__csv_next(csv, &fields, &n, NULL) == PP_OK && n == 0;
}

static pp_status wrong_width(const csv_plan *plan, pp__csv *csv, const char *first,
                             int64_t n, pp_error *err) {
    pp_error_set(err, PP_E_INPUT, "the row has %lld fields; the header has %lld",
                 (long long)n, (long long)plan->n);
    pp_error_locate(err, plan->file->path, pp__csv_line(csv), NULL, first);
    if (n < plan->n && is_last(csv)) {
        pp_error_hint(
            err, "it is the last row: the file was probably cut off; fetch or export "
                 "it again");
    } else {
        pp_error_hint(err, "a cell that holds the delimiter '%c' must stand in quotes",
                      plan->delimiter);
    }
    return PP_E_INPUT;
}

/* Finds what is wrong with the file; PP_OK when nothing is. */
static pp_status diagnose(const csv_plan *plan, pp_error *err) {
    pp__csv *csv;
    const char *const *fields;
    int64_t n;
    PP_TRY(pp__csv_open(plan->file, &csv, err));
    pp_status status;
    do {
        status = pp__csv_next(csv, &fields, &n, err);
        if (status == PP_E_INPUT && err->value[0] && n < plan->n) {
            pp_error_locate(err, NULL, 0, plan->names[n], NULL);
        }
        if (status == PP_OK && n > 0 && n != plan->n) {
            status = wrong_width(plan, csv, fields[0], n, err);
        }
    } while (status == PP_OK && n > 0);
    pp__csv_close(csv);
    return status;
}

static pp_status read_with(csv_plan *plan, const pp_context *ctx, pp_table **out,
                           pp_error *err) {
    pp__duck duck;
    PP_TRY(read_header(plan, err));
    PP_TRY(pp__duck_open(&duck, PP__REACH_FILE, plan->file->path, ctx, err));
    pp_status status = read_typed(plan, &duck, ctx, out, err);
    pp__duck_close(&duck);
    if (status == PP_E_INPUT) {
        pp_error found = {0};
        if (diagnose(plan, &found) != PP_OK) {
            status = found.code;
            if (err) {
                *err = found;
            }
        }
    }
    return status;
}

/* Of a packed file the end has been checked. */
static void warn_of_open_end(const pp__file *file, const pp_context *ctx) {
    FILE *in = file->packing == PP__PLAIN ? fopen(file->path, "rb") : NULL;
    if (in) {
        int last = fseek(in, -1, SEEK_END) == 0 ? fgetc(in) : EOF;
        if (last != EOF && last != '\n' && last != '\r') {
            pp_log(ctx, PP_LOG_WARNING,
                   "%s: the last line has no line end; was the file cut off?",
                   file->path);
        }
        fclose(in);
    }
}

pp_status pp__read_csv(const pp__file *file, const pp_read_options *options,
                       const pp_context *ctx, pp_table **out, pp_error *err) {
    csv_plan plan = {.file = file, .options = options};
    pp_arena_init(&plan.arena);
    pp_status status = read_with(&plan, ctx, out, err);
    if (status == PP_OK) {
        warn_of_open_end(file, ctx);
    }
    pp_arena_clear(&plan.arena);
    return status;
}
