#include "base/check.h"
#include "table/duck.h"
#include "table/expression.h"

#include <pushpull/io.h>

#include <ctype.h>
#include <string.h>

/* One statement that gives rows; `count` statements were found. */
static pp_status check_one_query(pp__duck *duck, const char *sql, pp_error *err) {
    duckdb_extracted_statements statements = NULL;
    duckdb_prepared_statement query = NULL;
    idx_t count = duckdb_extract_statements(duck->connection, sql, &statements);
    pp_status status = PP_OK;
    if (count == 0) {
        const char *words = duckdb_extract_statements_error(statements);
        status = words ? pp__duck_error(words, err)
                       : pp_error_set(err, PP_E_ARGUMENT, "the query is empty");
    } else if (count > 1) {
        status = pp_error_set(err, PP_E_ARGUMENT,
                              "the text holds %d statements, one query "
                              "was expected",
                              (int)count);
    } else if (duckdb_prepare_extracted_statement(duck->connection, statements, 0,
                                                  &query) != DuckDBSuccess) {
        status = pp__duck_error(duckdb_prepare_error(query), err);
    } else if (duckdb_prepared_statement_type(query) != DUCKDB_STATEMENT_TYPE_SELECT) {
        status = pp_error_set(err, PP_E_ARGUMENT, "the statement is no query");
        pp_error_hint(err, "begin with SELECT, WITH or FROM");
    }
    duckdb_destroy_prepare(&query);
    duckdb_destroy_extracted(&statements);
    return status;
}

/* The query is put into parentheses, where a closing semicolon would be wrong. */
static void cut_semicolon(char *sql) {
    size_t n = strlen(sql);
    while (n > 0 && (isspace((unsigned char)sql[n - 1]) || sql[n - 1] == ';')) {
        sql[--n] = '\0';
    }
}

/* On one thread: the order of groups and the last bits of sums depend on their number. */
pp_status pp_table_query(const char *sql, const char *const *names,
                         const pp_table *const *tables, int64_t n, int allow_files,
                         const pp_context *ctx, pp_table **out, pp_error *err) {
    pp_context one = ctx ? *ctx : (pp_context){0};
    one.threads = 1;
    char *query = pp_strdup(sql);
    PP_NEED(query, err);
    cut_semicolon(query);
    pp__duck duck;
    pp_status status = pp__duck_open(
        &duck, allow_files ? PP__REACH_ALL : PP__REACH_NOTHING, NULL, &one, err);
    if (status != PP_OK) {
        pp_free(query);
        return status;
    }
    for (int64_t i = 0; i < n && status == PP_OK; i++) {
        status = pp__duck_show(&duck, names[i], tables[i], err);
    }
    if (status == PP_OK) {
        status = check_one_query(&duck, query, err);
    }
    if (status == PP_OK) {
        pp__select select = {.sql = query};
        status = pp__duck_select(&duck, &select, &one, out, err);
    }
    pp__duck_close(&duck);
    pp_free(query);
    return status;
}

static pp_status take_row_numbers(const pp_table *found, int64_t **rows, int64_t *n,
                                  pp_error *err) {
    const double *number = pp_table_column(found, 0)->number;
    *n = pp_table_rows(found);
    *rows = pp_malloc(*n, sizeof **rows);
    PP_NEED(*rows, err);
    for (int64_t i = 0; i < *n; i++) {
        (*rows)[i] = (int64_t)number[i];
    }
    return PP_OK;
}

pp_status pp__table_where(const pp_table *table, const char *where, const pp_context *ctx,
                          int64_t **rows, int64_t *n, pp_error *err) {
    const char *name = "data";
    pp_table *found = NULL;
    pp_buf sql;
    PP_TRY(pp__sql_check_expression(where, err));
    pp_buf_init(&sql);
    pp_buf_printf(&sql,
                  "SELECT row_number_ FROM (SELECT *, row_number() OVER () - 1 AS "
                  "row_number_ FROM data) WHERE (%s)",
                  where);
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        status = pp_table_query(sql.data, &name, &table, 1, 0, ctx, &found, err);
    }
    if (status == PP_OK) {
        status = take_row_numbers(found, rows, n, err);
    }
    pp_table_free(found);
    pp_buf_clear(&sql);
    return status;
}
