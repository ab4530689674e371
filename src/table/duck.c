#include "table/duck.h"
#include "table/expression.h"

#include "base/check.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void pp__sql_text(pp_buf *sql, const char *text) {
    pp_buf_add_char(sql, '\'');
    for (; *text; text++) {
        pp_buf_add(sql, *text == '\'' ? "'" : "");
        pp_buf_add_char(sql, *text);
    }
    pp_buf_add_char(sql, '\'');
}

void pp__sql_name(pp_buf *sql, const char *name) {
    pp_buf_add_char(sql, '"');
    for (; *name; name++) {
        pp_buf_add(sql, *name == '"' ? "\"" : "");
        pp_buf_add_char(sql, *name);
    }
    pp_buf_add_char(sql, '"');
}

static pp_status wrong_expression(const char *start, const char *at, const char *what,
                                  pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "the condition %s", what);
    pp_error_locate(err, NULL, 0, NULL, start);
    if (err) {
        err->position = at - start + 1;
    }
    pp_error_hint(err, "write one SQL condition over the columns: year >= 2005 AND "
                       "region = 'Africa'");
    return PP_E_ARGUMENT;
}

pp_status pp__sql_check_expression(const char *sql, pp_error *err) {
    int depth = 0;
    const char *s = sql;
    for (; *s; s++) {
        if (*s == '\'' && s > sql && (s[-1] == 'e' || s[-1] == 'E')) {
            return wrong_expression(sql, s, "has a letter right before a quote", err);
        } else if (*s == '\'' || *s == '"') {
            const char *end = strchr(s + 1, *s);
            if (!end) {
                return wrong_expression(sql, s, "has a quote that is not closed", err);
            }
            s = end;
        } else if (*s == ';' || *s == '$') {
            return wrong_expression(sql, s, "must be one expression", err);
        } else if ((*s == '-' && s[1] == '-') || (*s == '/' && s[1] == '*')) {
            return wrong_expression(sql, s, "must not hold a comment", err);
        }
        depth += (*s == '(') - (*s == ')');
        if (depth < 0) {
            return wrong_expression(sql, s, "closes a parenthesis that it did not open",
                                    err);
        }
    }
    if (depth > 0) {
        return wrong_expression(sql, s, "has a parenthesis that is not closed", err);
    }
    return PP_OK;
}

static int is_letter(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

int pp__sql_has_word(const char *sql, const char *word) {
    size_t n = strlen(word);
    for (const char *s = sql; *s; s++) {
        const char *end = *s == '\'' ? strchr(s + 1, '\'') : NULL;
        s = end ? end : s;
        size_t i = 0;
        while (i < n && s[i] &&
               tolower((unsigned char)s[i]) == tolower((unsigned char)word[i])) {
            i++;
        }
        if (i == n && !is_letter(s[n]) && (s == sql || !is_letter(s[-1]))) {
            return 1;
        }
    }
    return 0;
}

/* By the kind that DuckDB's words begin with. */
static pp_status status_of(const char *words) {
    static const struct {
        const char *kind;
        pp_status status;
    } kinds[] = {
        {"IO", PP_E_IO},
        {"Permission", PP_E_ARGUMENT},
        {"INTERRUPT", PP_E_CANCELLED},
        {"Catalog", PP_E_ARGUMENT},
        {"Parser", PP_E_ARGUMENT},
        {"Syntax", PP_E_ARGUMENT},
        {"Binder", PP_E_ARGUMENT},
        {"INTERNAL", PP_E_INTERNAL},
        {"FATAL", PP_E_INTERNAL},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strncmp(words, kinds[i].kind, strlen(kinds[i].kind)) == 0) {
            return kinds[i].status;
        }
    }
    return strstr(words, "Out of Memory")   ? PP_E_MEMORY
           : strstr(words, "No space left") ? PP_E_IO
                                            : PP_E_INPUT;
}

/* The first line without "Binder Error: " is the message; the next, up to the excerpt of
   the statement, is the hint. */
pp_status pp__duck_error(const char *words, pp_error *err) {
    words = words ? words : "DuckDB gave no reason";
    const char *colon = strstr(words, "Error: ");
    const char *message = colon && colon - words < 32 ? colon + 7 : words;
    int n = (int)strcspn(message, "\n");
    const char *more = message + n + strspn(message + n, "\n ");
    pp_status status = pp_error_set(err, status_of(words), "%.*s", n, message);
    if (strstr(words, "No space left")) {
        pp_error_hint(err, "the disk is full: free some space and run it again; nothing "
                           "was changed");
    } else if (*more && strncmp(more, "LINE ", 5) != 0) {
        pp_error_hint(err, "%.*s", (int)strcspn(more, "\n"), more);
    }
    return status;
}

static pp_status result_error(duckdb_result *result, pp_error *err) {
    pp_status status = pp__duck_error(duckdb_result_error(result), err);
    duckdb_destroy_result(result);
    return status;
}

pp_status pp__duck_run(pp__duck *duck, const char *sql, pp_error *err) {
    duckdb_result result;
    if (duckdb_query(duck->connection, sql, &result) != DuckDBSuccess) {
        return result_error(&result, err);
    }
    duckdb_destroy_result(&result);
    return PP_OK;
}

static pp_status open_database(pp__duck *duck, const pp_context *ctx, pp_error *err) {
    static const char *const settings[][2] = {{"autoinstall_known_extensions", "false"},
                                              {"autoload_known_extensions", "false"},
                                              {"temp_directory", ""}};
    duckdb_config config;
    if (duckdb_create_config(&config) != DuckDBSuccess) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    char threads[16], *words = NULL;
    snprintf(threads, sizeof threads, "%d", pp_threads(ctx));
    duckdb_set_config(config, "threads", threads);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        duckdb_set_config(config, settings[i][0], settings[i][1]);
    }
    pp_status status = PP_OK;
    if (duckdb_open_ext(NULL, &duck->database, config, &words) != DuckDBSuccess) {
        status = pp_error_set(err, PP_E_INTERNAL, "cannot start DuckDB: %s", words);
        duckdb_free(words);
    } else if (duckdb_connect(duck->database, &duck->connection) != DuckDBSuccess) {
        status = pp_error_set(err, PP_E_INTERNAL, "cannot connect to DuckDB");
    }
    duckdb_destroy_config(&config);
    return status;
}

pp_status pp__duck_open(pp__duck *duck, pp__reach reach, const char *path,
                        const pp_context *ctx, pp_error *err) {
    *duck = (pp__duck){0};
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_add(&sql, "SET TimeZone = 'UTC'; SET streaming_buffer_size = '64MB';");
    if (reach == PP__REACH_FILE) {
        pp_buf_add(&sql, "SET allowed_paths = [");
        pp__sql_text(&sql, path);
        pp_buf_add(&sql, "];");
    }
    if (reach != PP__REACH_ALL) {
        pp_buf_add(&sql, "SET enable_external_access = false;");
    }
    pp_buf_add(&sql, "SET lock_configuration = true");
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        status = open_database(duck, ctx, err);
    }
    if (status == PP_OK) {
        status = pp__duck_run(duck, sql.data, err);
    }
    pp_buf_clear(&sql);
    if (status != PP_OK) {
        pp__duck_close(duck);
    }
    return status;
}

void pp__duck_close(pp__duck *duck) {
    duckdb_disconnect(&duck->connection);
    duckdb_close(&duck->database);
}
