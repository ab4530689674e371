/* A query's result, streamed chunk by chunk into the columns of a table. */
#include "base/check.h"
#include "table/duck.h"
#include "table/expression.h"
#include "table/io.h"
#include "table/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_CACHE = 1024, TEXT_CACHED_LENGTH = 64, CHUNKS_PER_REPORT = 64 };

/* Texts of a column that came lately: columns of country names share their strings. */
typedef struct text_cache {
    const char *texts[TEXT_CACHE];
} text_cache;

static int is_number(duckdb_type type) {
    switch (type) {
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
    case DUCKDB_TYPE_BOOLEAN:
        return 1;
    default:
        return 0;
    }
}

static int is_moment(duckdb_type type) {
    return type == DUCKDB_TYPE_TIMESTAMP || type == DUCKDB_TYPE_TIMESTAMP_S ||
           type == DUCKDB_TYPE_TIMESTAMP_MS || type == DUCKDB_TYPE_TIMESTAMP_NS ||
           type == DUCKDB_TYPE_TIMESTAMP_TZ;
}

static const char *condition(const pp__select *select) {
    return select->options ? select->options->where : NULL;
}

static void add_cast(pp_buf *sql, const char *name, duckdb_type type, int as_number) {
    const char *before = as_number         ? "CAST("
                         : is_moment(type) ? "replace(CAST("
                                           : "CAST(";
    const char *after = as_number         ? " AS DOUBLE)"
                        : is_moment(type) ? " AS VARCHAR), ' ', 'T')"
                                          : " AS VARCHAR)";
    pp_buf_add(sql, before);
    pp__sql_name(sql, name);
    pp_buf_add(sql, after);
}

static pp_status add_column(pp_table *table, const char *name, int is_text, int is_flag,
                            pp_error *err) {
    pp_column *column;
    pp_status status =
        pp_table_add(table, is_text ? PP_TEXT : PP_NUMBER, name, &column, err);
    if (status == PP_E_CONFLICT) {
        pp_error_hint(err, "give one of the two another name: SELECT ... AS other_name");
    }
    PP_TRY(status);
    column->show = is_flag ? PP_SHOW_FLAG : PP_SHOW_DEFAULT;
    return PP_OK;
}

/* Gives the table its columns and writes the statement that casts them. Columns go by
   number, so that names which DuckDB holds for equal (x, X) do no harm; only a condition
   needs the names. */
static pp_status plan(const pp__select *select, duckdb_prepared_statement query,
                      pp_table *table, pp_buf *sql, pp_error *err) {
    idx_t n = duckdb_prepared_statement_column_count(query);
    const char *where = condition(select);
    pp_buf aliases;
    pp_buf_init(&aliases);
    pp_buf_add(sql, "SELECT ");
    pp_status status = PP_OK;
    for (idx_t i = 0; i < n && status == PP_OK; i++) {
        const char *own = duckdb_prepared_statement_column_name(query, i);
        const char *name = select->names ? select->names[i] : own;
        duckdb_type type = duckdb_prepared_statement_column_type(query, i);
        char number[32];
        snprintf(number, sizeof number, "c%lld", (long long)i);
        const char *alias = where ? name : number;
        int is_text = !is_number(type) || pp__keeps_text(select->options, name);
        pp_buf_add(sql, i ? ", " : "");
        add_cast(sql, alias, type, !is_text);
        pp_buf_add(&aliases, i ? ", " : "");
        pp__sql_name(&aliases, alias);
        status = add_column(table, name, is_text, type == DUCKDB_TYPE_BOOLEAN && !is_text,
                            err);
        duckdb_free((void *)own);
    }
    pp_buf_add(sql, " FROM (\n");
    pp_buf_add(sql, select->sql);
    pp_buf_printf(sql, "\n) AS t(%s)", aliases.data ? aliases.data : "");
    if (where) {
        pp_buf_printf(sql, " WHERE (%s)", where);
    }
    if (status == PP_OK && aliases.failed) {
        status = pp_buf_check(&aliases, err);
    }
    pp_buf_clear(&aliases);
    return status == PP_OK ? pp_buf_check(sql, err) : status;
}

static int is_valid(const uint64_t *validity, int64_t row) {
    return !validity || (validity[row >> 6] >> (row & 63)) & 1;
}

static void take_numbers(duckdb_vector vector, int64_t n, double *out) {
    const uint64_t *validity = duckdb_vector_get_validity(vector);
    memcpy(out, duckdb_vector_get_data(vector), (size_t)n * sizeof *out);
    if (validity) {
        for (int64_t i = 0; i < n; i++) {
            out[i] = is_valid(validity, i) ? out[i] : NAN;
        }
    }
}

static uint32_t hash_text(const char *text, uint32_t length) {
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    }
    return hash ^ hash >> 15;
}

static const char *take_text(pp_table *table, text_cache *cache, const char *text,
                             uint32_t length) {
    if (length > TEXT_CACHED_LENGTH) {
        return pp_arena_strndup(&table->arena, text, length);
    }
    const char **seen = &cache->texts[hash_text(text, length) % TEXT_CACHE];
    if (!*seen || strncmp(*seen, text, length) != 0 || (*seen)[length] != '\0') {
        *seen = pp_arena_strndup(&table->arena, text, length);
    }
    return *seen;
}

static pp_status take_texts(pp_table *table, duckdb_vector vector, int64_t n,
                            text_cache *cache, const pp_column *column, pp_error *err) {
    const uint64_t *validity = duckdb_vector_get_validity(vector);
    duckdb_string_t *strings = duckdb_vector_get_data(vector);
    const char **out = column->text + table->rows;
    for (int64_t i = 0; i < n; i++) {
        out[i] = NULL;
        if (!is_valid(validity, i)) {
            continue;
        }
        uint32_t length = strings[i].value.inlined.length;
        const char *text = length <= 12 ? strings[i].value.inlined.inlined
                                        : strings[i].value.pointer.ptr;
        if (memchr(text, 0, length)) {
            pp_error_set(err, PP_E_INPUT, "a text holds a zero byte");
            pp_error_locate(err, NULL, table->rows + i + 1, column->name, text);
            return PP_E_INPUT;
        }
        out[i] = take_text(table, cache, text, length);
        PP_NEED(out[i], err);
    }
    return PP_OK;
}

static pp_status take_chunk(pp_table *table, text_cache *caches, duckdb_data_chunk chunk,
                            pp_error *err) {
    int64_t n = (int64_t)duckdb_data_chunk_get_size(chunk);
    if (table->rows + n > table->capacity) {
        int64_t capacity = table->capacity ? table->capacity * 2 : n;
        PP_TRY(pp__table_reserve(
            table, capacity > table->rows + n ? capacity : table->rows + n, err));
    }
    for (int i = 0; i < table->n; i++) {
        const pp_column *column = table->columns[i];
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, (idx_t)i);
        if (column->type == PP_NUMBER) {
            take_numbers(vector, n, column->number + table->rows);
        } else {
            PP_TRY(take_texts(table, vector, n, &caches[i], column, err));
        }
    }
    table->rows += n;
    return PP_OK;
}

static pp_status take_chunks(pp_table *table, duckdb_result *result,
                             const pp_context *ctx, pp_error *err) {
    text_cache *caches = pp_calloc(table->n, sizeof *caches);
    PP_NEED(caches, err);
    pp_status status = PP_OK;
    for (int64_t c = 0; status == PP_OK; c++) {
        duckdb_data_chunk chunk = duckdb_fetch_chunk(*result);
        if (!chunk) {
            const char *words = duckdb_result_error(result);
            if (words && *words) {
                status = pp__duck_error(words, err);
            }
            break;
        }
        status = take_chunk(table, caches, chunk, err);
        duckdb_destroy_data_chunk(&chunk);
        if (status == PP_OK && c % CHUNKS_PER_REPORT == 0) {
            status = pp_progress(ctx, "read", -1, err);
        }
    }
    pp_free(caches);
    return status;
}

static pp_status stream(pp__duck *duck, const char *sql, const pp_context *ctx,
                        pp_table *table, pp_error *err) {
    duckdb_prepared_statement statement = NULL;
    duckdb_pending_result pending = NULL;
    duckdb_result result = {0};
    pp_status status;
    if (duckdb_prepare(duck->connection, sql, &statement) != DuckDBSuccess) {
        status = pp__duck_error(duckdb_prepare_error(statement), err);
    } else if (duckdb_pending_prepared_streaming(statement, &pending) != DuckDBSuccess) {
        status = pp__duck_error(duckdb_pending_error(pending), err);
    } else if (duckdb_execute_pending(pending, &result) != DuckDBSuccess) {
        status = pp__duck_error(duckdb_result_error(&result), err);
    } else {
        status = take_chunks(table, &result, ctx, err);
    }
    duckdb_destroy_result(&result);
    duckdb_destroy_pending(&pending);
    duckdb_destroy_prepare(&statement);
    return status;
}

pp_status pp__duck_select(pp__duck *duck, const pp__select *select, const pp_context *ctx,
                          pp_table **out, pp_error *err) {
    if (condition(select)) {
        PP_TRY(pp__sql_check_expression(condition(select), err));
    }
    pp_buf sql;
    pp_buf_init(&sql);
    pp_table *table = NULL;
    duckdb_prepared_statement query = NULL;
    pp_status status = pp_table_new(&table, err);
    if (status == PP_OK &&
        duckdb_prepare(duck->connection, select->sql, &query) != DuckDBSuccess) {
        status = pp__duck_error(duckdb_prepare_error(query), err);
    }
    if (status == PP_OK) {
        status = plan(select, query, table, &sql, err);
    }
    duckdb_destroy_prepare(&query);
    if (status == PP_OK) {
        status = stream(duck, sql.data, ctx, table, err);
    }
    pp_buf_clear(&sql);
    if (status != PP_OK) {
        pp_table_free(table);
        return status;
    }
    *out = table;
    return PP_OK;
}
