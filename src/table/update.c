#include "base/check.h"
#include "table/duck.h"
#include "table/expression.h"

#include <pushpull/io.h>
#include <pushpull/text.h>

#include <ctype.h>
#include <math.h>
#include <string.h>

/* ---- "x = x * 0.8" ---- */

static pp_status wrong_assignment(const char *text, const char *at, const char *problem,
                                  pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "an assignment %s", problem);
    pp_error_locate(err, NULL, 0, "set", text);
    pp_error_hint(err, "a column, an equals sign and an expression: "
                       "homicide_rate = homicide_rate * 0.8");
    if (err) {
        err->position = at - text + 1;
    }
    return PP_E_ARGUMENT;
}

static const char *skip_spaces(const char *s) {
    while (isspace((unsigned char)*s)) {
        s++;
    }
    return s;
}

static int is_name(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '.' || (unsigned char)c >= 0x80;
}

/* The end of the name that begins at `s`, plain or in double quotes; `s` where there is none. */
static const char *name_end(const char *s) {
    if (*s == '"') {
        const char *end = strchr(s + 1, '"');
        return end && end > s + 1 ? end + 1 : s;
    }
    while (is_name(*s)) {
        s++;
    }
    return s;
}

pp_status pp_assignment_parse(const char *text, pp_arena *arena, pp_assignment *out,
                              pp_error *err) {
    const char *name = skip_spaces(text), *end = name_end(name);
    const char *equals = skip_spaces(end);
    int quoted = *name == '"';
    if (end == name) {
        return wrong_assignment(text, name, "begins with the name of a column", err);
    }
    if (*equals != '=' || equals[1] == '=') {
        return wrong_assignment(text, equals, "has one equals sign after the column",
                                err);
    }
    const char *sql = skip_spaces(equals + 1);
    if (!*sql) {
        return wrong_assignment(text, sql, "has an expression after its equals sign",
                                err);
    }
    PP_TRY(pp__sql_check_expression(sql, err));
    out->column = pp_arena_strndup(arena, name + quoted, end - name - 2 * quoted);
    out->sql = pp_arena_strdup(arena, sql);
    PP_NEED(out->column, err);
    PP_NEED(out->sql, err);
    return PP_OK;
}

/* ---- the update ---- */

typedef struct update {
    pp_table *table;
    const pp_assignment *set;
    int64_t n;
    const char *where;
    const pp_context *ctx;
    pp_error *err;
} update;

static pp_status check_sets(const update *u) {
    pp_column *column;
    for (int64_t i = 0; i < u->n; i++) {
        PP_TRY(pp_table_require(u->table, u->set[i].column, &column, u->err));
        PP_TRY(pp__sql_check_expression(u->set[i].sql, u->err));
        for (int64_t j = 0; j < i; j++) {
            if (strcmp(u->set[i].column, u->set[j].column) == 0) {
                PP_FAIL(u->err, PP_E_ARGUMENT, "'%s' is set twice", u->set[i].column);
            }
        }
    }
    return u->where ? pp__sql_check_expression(u->where, u->err) : PP_OK;
}

/* Row numbers stand in for an order that SQL does not promise. */
static pp_status write_query(const update *u, pp_buf *sql) {
    pp_buf_printf(sql, "SELECT CAST((%s) AS BOOLEAN)", u->where ? u->where : "true");
    for (int64_t i = 0; i < u->n; i++) {
        pp_buf_printf(sql, ", CASE WHEN (%s) THEN (\n%s\n) ELSE ",
                      u->where ? u->where : "true", u->set[i].sql);
        pp__sql_name(sql, u->set[i].column);
        pp_buf_printf(sql, " END AS value_%lld", (long long)i);
    }
    pp_buf_add(sql, " FROM (SELECT *, row_number() OVER () AS row_number_ FROM data) "
                    "ORDER BY row_number_");
    return pp_buf_check(sql, u->err);
}

static pp_status wrong_value(const update *u, int64_t set, int64_t row,
                             const char *problem) {
    pp_error_set(u->err, PP_E_INPUT, "the expression for '%s' %s", u->set[set].column,
                 problem);
    pp_error_locate(u->err, NULL, row + 1, u->set[set].column, u->set[set].sql);
    return PP_E_INPUT;
}

static pp_status take_numbers(const update *u, int64_t set, const pp_column *from,
                              pp_column *to) {
    if (from->type != PP_NUMBER) {
        return wrong_value(u, set, -1, "gives text where the column holds numbers");
    }
    for (int64_t i = 0; i < pp_table_rows(u->table); i++) {
        if (isinf(from->number[i])) {
            return wrong_value(u, set, i, "is infinite");
        }
        if (to->missing_kind && !isnan(from->number[i])) {
            to->missing_kind[i] = 0;
        }
    }
    memcpy(to->number, from->number,
           (size_t)pp_table_rows(u->table) * sizeof *to->number);
    return PP_OK;
}

static pp_status take_values(const update *u, int64_t set, const pp_column *from) {
    pp_column *to = pp_table_find(u->table, u->set[set].column);
    if (to->type == PP_NUMBER) {
        return take_numbers(u, set, from, to);
    }
    if (from->type == PP_NUMBER) {
        return wrong_value(u, set, -1, "gives numbers where the column holds text");
    }
    for (int64_t i = 0; i < pp_table_rows(u->table); i++) {
        const char *text = pp_column_get_text(from, i);
        PP_TRY(to->type == PP_TEXT ? pp_column_set_text(u->table, to, i, text, u->err)
                                   : pp_column_set_level(u->table, to, i, text, u->err));
    }
    return PP_OK;
}

static pp_status take_all(const update *u, const pp_table *found, int64_t *rows) {
    const pp_column *chosen = pp_table_column(found, 0);
    for (int64_t i = 0; i < pp_table_rows(found); i++) {
        *rows += chosen->number[i] == 1;
    }
    for (int64_t i = 0; i < u->n; i++) {
        PP_TRY(take_values(u, i, pp_table_column(found, 1 + (int)i)));
    }
    return PP_OK;
}

pp_status pp_table_update(pp_table *table, const pp_assignment *set, int64_t n,
                          const char *where, const pp_context *ctx, int64_t *rows,
                          pp_error *err) {
    const char *name = "data";
    const pp_table *tables[] = {table};
    const update u = {table, set, n, where, ctx, err};
    pp_table *found = NULL;
    pp_buf sql;
    *rows = 0;
    PP_TRY(check_sets(&u));
    pp_buf_init(&sql);
    pp_status status = write_query(&u, &sql);
    if (status == PP_OK) {
        status = pp_table_query(sql.data, &name, tables, 1, 0, ctx, &found, err);
        if (status != PP_OK && n == 1) {
            pp_error_locate(err, NULL, 0, set[0].column, set[0].sql);
        }
    }
    if (status == PP_OK) {
        status = take_all(&u, found, rows);
    }
    pp_table_free(found);
    pp_buf_clear(&sql);
    return status;
}
