/* A table of ours as a table function of DuckDB's: columns are copied by the vector, only
   those that a query asks for. */
#include "base/check.h"
#include "table/duck.h"

#include <math.h>
#include <string.h>

typedef struct scan {
    const pp_table *table;
    int64_t row;
    int n;
    int columns[]; /* which columns the query asks for */
} scan;

static void bind_scan(duckdb_bind_info info) {
    const pp_table *table = duckdb_bind_get_extra_info(info);
    for (int i = 0; i < pp_table_columns(table); i++) {
        const pp_column *column = pp_table_column(table, i);
        duckdb_logical_type type = duckdb_create_logical_type(
            column->type == PP_NUMBER ? DUCKDB_TYPE_DOUBLE : DUCKDB_TYPE_VARCHAR);
        duckdb_bind_add_result_column(info, column->name, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_bind_set_cardinality(info, (idx_t)pp_table_rows(table), true);
}

static void init_scan(duckdb_init_info info) {
    idx_t n = duckdb_init_get_column_count(info);
    scan *s = pp_calloc(1, sizeof *s + n * sizeof s->columns[0]);
    if (!s) {
        duckdb_init_set_error(info, "Out of Memory Error: out of memory");
        return;
    }
    s->table = duckdb_init_get_extra_info(info);
    s->n = (int)n;
    for (idx_t i = 0; i < n; i++) {
        s->columns[i] = (int)duckdb_init_get_column_index(info, i);
    }
    duckdb_init_set_init_data(info, s, pp_free);
}

static void give_numbers(const double *number, int64_t n, duckdb_vector out) {
    memcpy(duckdb_vector_get_data(out), number, (size_t)n * sizeof *number);
    uint64_t *validity = NULL;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(number[i])) {
            if (!validity) {
                duckdb_vector_ensure_validity_writable(out);
                validity = duckdb_vector_get_validity(out);
            }
            duckdb_validity_set_row_invalid(validity, (idx_t)i);
        }
    }
}

static void give_texts(const pp_column *column, int64_t first, int64_t n,
                       duckdb_vector out) {
    duckdb_vector_ensure_validity_writable(out);
    uint64_t *validity = duckdb_vector_get_validity(out);
    for (int64_t i = 0; i < n; i++) {
        const char *text = pp_column_get_text(column, first + i);
        if (text) {
            duckdb_vector_assign_string_element(out, (idx_t)i, text);
        } else {
            duckdb_validity_set_row_invalid(validity, (idx_t)i);
        }
    }
}

static void run_scan(duckdb_function_info info, duckdb_data_chunk out) {
    scan *s = duckdb_function_get_init_data(info);
    int64_t n = pp_table_rows(s->table) - s->row, most = (int64_t)duckdb_vector_size();
    n = n < most ? n : most;
    for (int i = 0; i < s->n; i++) {
        const pp_column *column = pp_table_column(s->table, s->columns[i]);
        duckdb_vector vector = duckdb_data_chunk_get_vector(out, (idx_t)i);
        if (!column) {
            continue; /* a query that only counts rows asks for no column of ours */
        }
        if (column->type == PP_NUMBER) {
            give_numbers(column->number + s->row, n, vector);
        } else {
            give_texts(column, s->row, n, vector);
        }
    }
    s->row += n;
    duckdb_data_chunk_set_size(out, (idx_t)n);
}

static pp_status register_scan(pp__duck *duck, const char *function,
                               const pp_table *table, pp_error *err) {
    duckdb_table_function scanner = duckdb_create_table_function();
    duckdb_table_function_set_name(scanner, function);
    duckdb_table_function_set_extra_info(scanner, (void *)(uintptr_t)table, NULL);
    duckdb_table_function_set_bind(scanner, bind_scan);
    duckdb_table_function_set_init(scanner, init_scan);
    duckdb_table_function_set_function(scanner, run_scan);
    duckdb_table_function_supports_projection_pushdown(scanner, true);
    duckdb_state state = duckdb_register_table_function(duck->connection, scanner);
    duckdb_destroy_table_function(&scanner);
    if (state != DuckDBSuccess) {
        PP_FAIL(err, PP_E_INTERNAL, "cannot show a table to DuckDB");
    }
    return PP_OK;
}

pp_status pp__duck_show(pp__duck *duck, const char *name, const pp_table *table,
                        pp_error *err) {
    pp_buf function, sql;
    pp_buf_init(&function);
    pp_buf_init(&sql);
    pp_buf_printf(&function, "pp_scan_%s", name);
    pp_buf_add(&sql, "CREATE VIEW ");
    pp__sql_name(&sql, name);
    pp_buf_add(&sql, " AS FROM ");
    pp__sql_name(&sql, function.data ? function.data : "");
    pp_buf_add(&sql, "()");
    pp_status status = function.failed || sql.failed
                           ? pp_error_set(err, PP_E_MEMORY, "out of memory")
                           : register_scan(duck, function.data, table, err);
    if (status == PP_OK) {
        status = pp__duck_run(duck, sql.data, err);
    }
    pp_buf_clear(&function);
    pp_buf_clear(&sql);
    return status;
}
