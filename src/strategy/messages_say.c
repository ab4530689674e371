/* Sentences with facts of a place in them. */
#include "strategy/messages.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { NAME = 64 };

const char *pp__next_fact(const char *sentence, const char **after, char name[NAME],
                          int *open) {
    const char *begin = strchr(sentence, '{');
    const char *end = begin ? strchr(begin, '}') : NULL;
    if (!begin) {
        return NULL;
    }
    if (!end || end - begin - 1 >= NAME) {
        *open = 1;
        *after = NULL;
        return NULL;
    }
    memcpy(name, begin + 1, (size_t)(end - begin - 1));
    name[end - begin - 1] = '\0';
    *after = end + 1;
    return begin;
}

static void add_number(const pp_column *column, double value, pp_buf *out) {
    char text[32];
    if (column->show == PP_SHOW_FLAG) {
        pp_buf_add(out, value != 0 ? "yes" : "no");
        return;
    }
    if (column->show == PP_SHOW_PERCENT) {
        pp_buf_printf(out, "%.0f%%", 100 * value);
        return;
    }
    if (value == floor(value) && fabs(value) < 1e15) {
        pp_buf_printf(out, "%.0f", value);
        return;
    }
    pp_format_significant(value, 3, text);
    pp_buf_add(out, text);
}

/* Lists and words of the codebook, readable. */
static void add_words(const char *text, pp_buf *out) {
    for (const char *c = text; *c; c++) {
        pp_buf_add_char(out, *c == '_' ? ' ' : *c);
        if (*c == ',' && c[1] && c[1] != ' ') {
            pp_buf_add_char(out, ' ');
        }
    }
}

static int add_fact(const pp_column *column, int64_t row, pp_buf *out) {
    if (!column || pp_column_is_missing(column, row)) {
        return 0;
    }
    if (column->type == PP_NUMBER) {
        add_number(column, column->number[row], out);
    } else {
        add_words(pp_column_get_text(column, row), out);
    }
    return 1;
}

int pp__say(const char *sentence, const pp_table *facts, int64_t row, pp_buf *out,
            char missing[NAME]) {
    char name[NAME];
    int open = 0;
    const char *at = sentence, *after, *begin;
    while ((begin = pp__next_fact(at, &after, name, &open)) != NULL) {
        pp_buf_add_bytes(out, at, begin - at);
        if (!add_fact(pp_table_find(facts, name), row, out)) {
            memcpy(missing, name, NAME);
            return 0;
        }
        at = after;
    }
    pp_buf_add(out, at);
    return 1;
}

static int is_name(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

/* The next word of an expression that is no text in quotes; its length in *n. */
static const char *next_word(const char *at, size_t *n) {
    int quoted = 0;
    for (; *at; at++) {
        quoted ^= *at == '\'';
        if (!quoted && is_name(*at)) {
            *n = 1;
            while (is_name(at[*n])) {
                ++*n;
            }
            return at;
        }
    }
    return NULL;
}

static int has_been(const char *condition, const char *at, size_t n) {
    size_t m;
    const char *word = condition;
    while ((word = next_word(word, &m)) != NULL && word < at) {
        if (m == n && strncmp(word, at, n) == 0) {
            return 1;
        }
        word += m;
    }
    return 0;
}

void pp__tell_facts(const char *condition, const pp_table *facts, int64_t row,
                    int only_missing, pp_buf *out) {
    char name[NAME];
    size_t n;
    int told = 0;
    for (const char *at = condition; (at = next_word(at, &n)) != NULL; at += n) {
        if (n >= NAME || has_been(condition, at, n)) {
            continue;
        }
        memcpy(name, at, n);
        name[n] = '\0';
        const pp_column *column = pp_table_find(facts, name);
        int missing = column && pp_column_is_missing(column, row);
        if (!column || (only_missing && !missing)) {
            continue;
        }
        pp_buf_printf(out, "%s%s", told++ ? ", " : "", name);
        if (!only_missing) {
            pp_buf_add_char(out, ' ');
            if (!add_fact(column, row, out)) {
                pp_buf_add(out, "not known");
            }
        }
    }
}
