#include "strategy/conditions.h"

#include "base/check.h"
#include "table/expression.h"

#include <pushpull/io.h>
#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One column a condition. Numbers are refused: CASE takes them for true and false. */
static pp_status write_query(const pp__condition *conditions, int64_t n, pp_buf *sql,
                             pp_error *err) {
    pp_buf_add(sql, "SELECT ");
    for (int64_t i = 0; i < n; i++) {
        const char *text = conditions[i].sql ? conditions[i].sql : "true";
        PP_TRY(pp__sql_check_expression(text, err));
        pp_buf_printf(sql,
                      "%sCASE WHEN typeof((\n%s\n)) NOT IN ('BOOLEAN', '\"NULL\"') THEN "
                      "error('this is a value and no condition; of a flag write: flag = "
                      "1')::DOUBLE ELSE "
                      "TRY_CAST((\n%s\n) AS DOUBLE) END AS c%lld",
                      i ? ", " : "", text, text, (long long)i);
    }
    pp_buf_add(sql, " FROM facts");
    return pp_buf_check(sql, err);
}

static pp_status ask(const pp_table *facts, const pp__condition *conditions, int64_t n,
                     const pp_context *ctx, pp_table **out, pp_error *err) {
    static const char *const name[] = {"facts"};
    const pp_table *tables[] = {facts};
    pp_buf sql;
    pp_buf_init(&sql);
    pp_status status = write_query(conditions, n, &sql, err);
    if (status == PP_OK) {
        status = pp_table_query(sql.data, name, tables, 1, 0, ctx, out, err);
    }
    pp_buf_clear(&sql);
    return status;
}

enum { MOST_FACTS = 200 };

/* "lastest_year" of the engine's words on a column that is not there, in terms of facts. */
static void name_fact(const pp_table *facts, pp_error *err) {
    static const char begin[] = "Referenced column \"";
    const char *names[MOST_FACTS], *at = strstr(err->message, begin);
    const char *end = at ? strchr(at + sizeof begin - 1, '"') : NULL;
    char name[64];
    int n = 0;
    if (!end || end - at - (long)sizeof begin + 1 >= (long)sizeof name) {
        return;
    }
    snprintf(name, sizeof name, "%.*s", (int)(end - at) - (int)sizeof begin + 1,
             at + sizeof begin - 1);
    for (; n < pp_table_columns(facts) && n < MOST_FACTS; n++) {
        names[n] = pp_table_column(facts, n)->name;
    }
    const char *near = pp_text_nearest(name, names, n);
    pp_error_set(err, PP_E_INPUT, "there is no fact '%s'", name);
    pp_error_hint(err,
                  near ? "did you mean '%s'?"
                       : "facts are the columns of `pushpull profile STUDY --table "
                         "profiles`, and segment; of claims their columns%.0s",
                  near ? near : "");
}

/* Which of them is wrong is found by asking them one by one. */
static pp_status locate(const pp_table *facts, const pp__condition *conditions, int64_t n,
                        const pp_context *ctx, pp_error *err) {
    for (int64_t i = 0; i < n; i++) {
        const pp__condition *c = &conditions[i];
        pp_table *answers = NULL;
        pp_status status = ask(facts, c, 1, ctx, &answers, err);
        pp_table_free(answers);
        if (status == PP_E_ARGUMENT || status == PP_E_INPUT) {
            name_fact(facts, err);
            err->code = PP_E_INPUT;
            pp_error_locate(err, c->file, c->line, c->field, c->sql);
            return PP_E_INPUT;
        }
        PP_TRY(status);
    }
    PP_FAIL(err, PP_E_INPUT, "the conditions cannot be asked together");
}

pp_status pp__conditions_test(const pp_table *facts, const pp__condition *conditions,
                              int64_t n, const pp_context *ctx, double **holds,
                              pp_error *err) {
    int64_t rows = pp_table_rows(facts);
    pp_table *answers = NULL;
    *holds = NULL;
    pp_status status = n > 0 ? ask(facts, conditions, n, ctx, &answers, err) : PP_OK;
    if (status == PP_E_ARGUMENT || status == PP_E_INPUT) {
        return locate(facts, conditions, n, ctx, err);
    }
    PP_TRY(status);
    *holds = pp_malloc(n * rows + 1, sizeof **holds);
    if (!*holds) {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    for (int64_t i = 0; i < n && status == PP_OK; i++) {
        const double *column = pp_table_column(answers, (int)i)->number;
        for (int64_t row = 0; row < rows; row++) {
            (*holds)[i * rows + row] = column[row];
        }
    }
    pp_table_free(answers);
    return status;
}
