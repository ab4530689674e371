/* Which facts would move a place: each changed alone, to what the rules and other places hold. */
#include "strategy/segments.h"

#include "base/check.h"
#include "model/tables.h"
#include "strategy/fact_draws.h"

#include <pushpull/text.h>

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 60, SEEN = 12, PLACES_AT_ONCE = 500 };

/* A value that a fact may be changed to; side: just below or above the number. */
typedef struct value {
    const char *text; /* NULL: a number */
    double number;
    int side;
} value;

typedef struct fact {
    const pp_column *column;
    value values[MOST_VALUES];
    int n;
} fact;

typedef struct work {
    const pp_table *profiles;
    const pp_segment_rules *rules;
    const pp__segments_found *found;
    const pp_context *ctx;
    pp_arena arena;
    fact *facts;
    int n;
    pp_table *moves;
} work;

static double number_of(const value *v) {
    return v->side ? nextafter(v->number, v->side > 0 ? INFINITY : -INFINITY) : v->number;
}

static void add_value(fact *f, value v) {
    for (int i = 0; i < f->n; i++) {
        const value *o = &f->values[i];
        if (v.text ? strcmp(v.text, o->text) == 0
                   : v.number == o->number && v.side == o->side) {
            return;
        }
    }
    if (f->n < MOST_VALUES) {
        f->values[f->n++] = v;
    }
}

/* ---- what stands in the rules ---- */

static void add_number(fact *f, double number) {
    for (int side = -1; side <= 1; side++) {
        add_value(f, (value){NULL, number, side});
    }
}

static int is_letter(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

/* The length of a number in SQL at `at`; 0: there is none. */
static size_t read_number(const char *at, double *out) {
    char text[40];
    size_t n = strspn(at, "0123456789.");
    if (n == 0 || n >= sizeof text) {
        return 0;
    }
    memcpy(text, at, n);
    text[n] = '\0';
    return pp_parse_number(text, out) ? n : 0;
}

/* The fact that a word names, else `last`. */
static fact *find_fact(work *w, const char *word, size_t n, fact *last) {
    for (int k = 0; k < w->n; k++) {
        const char *name = w->facts[k].column->name;
        if (strlen(name) == n && strncmp(name, word, n) == 0) {
            return &w->facts[k];
        }
    }
    return last;
}

/* A number or word belongs to the fact named last before it. */
static pp_status add_literals(work *w, const char *sql, pp_error *err) {
    fact *of = NULL;
    for (const char *s = sql; *s;) {
        const char *end = *s == '\'' || *s == '"' ? strchr(s + 1, *s) : NULL;
        size_t word = 0, length = 0;
        double number;
        while (is_letter(s[word])) {
            word++;
        }
        if (end && *s == '\'' && of && of->column->type != PP_NUMBER) {
            const char *text = pp_arena_strndup(&w->arena, s + 1, end - s - 1);
            PP_NEED(text, err);
            add_value(of, (value){.text = text});
        } else if (!end && (length = read_number(s, &number)) > 0) {
            if (of && of->column->type == PP_NUMBER) {
                add_number(of, s > sql && s[-1] == '-' ? -number : number);
            }
        } else if (word) {
            of = find_fact(w, s, word, of);
            length = word;
        }
        s = end ? end + 1 : s + (length ? length : 1);
    }
    return PP_OK;
}

/* ---- what is seen at other places ---- */

static int by_number(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static pp_status add_seen_numbers(work *w, fact *f, pp_error *err) {
    int64_t rows = pp_table_rows(w->profiles), n = 0;
    double *seen = pp_arena_alloc(&w->arena, rows, sizeof *seen);
    PP_NEED(seen, err);
    for (int64_t i = 0; i < rows; i++) {
        if (!isnan(f->column->number[i])) {
            seen[n++] = f->column->number[i];
        }
    }
    qsort(seen, (size_t)n, sizeof *seen, by_number);
    for (int k = 0; k < SEEN && n > 0; k++) {
        add_value(f, (value){NULL, seen[k * (n - 1) / (SEEN - 1)], 0});
    }
    return PP_OK;
}

static pp_status add_seen_texts(work *w, fact *f, pp_error *err) {
    int64_t rows = pp_table_rows(w->profiles), n = 0;
    const char **seen = pp_arena_alloc(&w->arena, rows, sizeof *seen);
    PP_NEED(seen, err);
    for (int64_t i = 0; i < rows; i++) {
        const char *text = pp_column_get_text(f->column, i);
        if (text) {
            seen[n++] = text;
        }
    }
    qsort(seen, (size_t)n, sizeof *seen, by_text);
    int before = f->n;
    for (int64_t i = 0; i < n && f->n < before + SEEN; i++) {
        if (i == 0 || strcmp(seen[i], seen[i - 1]) != 0) {
            add_value(f, (value){.text = seen[i]});
        }
    }
    return PP_OK;
}

static pp_status list_facts(work *w, pp_error *err) {
    w->facts = pp_arena_zalloc(&w->arena, pp_table_columns(w->profiles), sizeof(fact));
    PP_NEED(w->facts, err);
    for (int i = 0; i < pp_table_columns(w->profiles); i++) {
        const pp_column *column = pp_table_column(w->profiles, i);
        if (pp__facts_name(w->rules->sql, w->rules->n, column->name)) {
            w->facts[w->n++].column = column;
        }
    }
    for (int64_t r = 0; r < w->rules->n; r++) {
        PP_TRY(w->rules->sql[r] ? add_literals(w, w->rules->sql[r], err) : PP_OK);
    }
    for (int k = 0; k < w->n; k++) {
        fact *f = &w->facts[k];
        PP_TRY(f->column->type == PP_NUMBER ? add_seen_numbers(w, f, err)
                                            : add_seen_texts(w, f, err));
    }
    return PP_OK;
}

/* ---- trying them ---- */

static int64_t tries_of(const work *w) {
    int64_t n = 0;
    for (int k = 0; k < w->n; k++) {
        n += w->facts[k].n;
    }
    return n;
}

static pp_status change(const work *w, pp_table *changed, int64_t n, pp_error *err) {
    int64_t each = tries_of(w), at = 0;
    for (int k = 0; k < w->n; k++) {
        const fact *f = &w->facts[k];
        pp_column *column = pp_table_find(changed, f->column->name);
        for (int v = 0; v < f->n; v++, at++) {
            for (int64_t i = 0; i < n; i++) {
                int64_t row = i * each + at;
                if (!f->values[v].text) {
                    column->number[row] = number_of(&f->values[v]);
                } else {
                    PP_TRY(pp_column_set_level(changed, column, row, f->values[v].text,
                                               err));
                }
            }
        }
    }
    return PP_OK;
}

/* Six digits at most, and no more than are needed. */
static void write_number(char out[32], double number) {
    double rounded = number;
    pp_format_significant(number, 6, out);
    pp_format_number(pp_parse_number(out, &rounded) ? rounded : number, out);
}

static void write_value(char *out, size_t size, const value *v) {
    char digits[32];
    static const char *const sides[] = {"below ", "", "above "};
    write_number(digits, v->number);
    snprintf(out, size, "%s%s", v->text ? "" : sides[v->side + 1],
             v->text ? v->text : digits);
}

/* The nearest value that moves the place to segment `s`; -1: none does. */
static int nearest(const fact *f, int64_t place, const pp__placing *at, int s) {
    double own = f->column->type == PP_NUMBER ? f->column->number[place] : NAN;
    int best = -1;
    for (int v = 0; v < f->n; v++) {
        if (at[v].segment != s) {
            continue;
        }
        double d = fabs(number_of(&f->values[v]) - own);
        if (best < 0 || d < fabs(number_of(&f->values[best]) - own)) {
            best = v;
        }
    }
    return best;
}

static pp_status put_move(const work *w, const fact *f, int64_t place, int v, int s,
                          pp_error *err) {
    char own[32] = "", to[200];
    int64_t row;
    const char *before = NULL;
    if (f->column->type != PP_NUMBER) {
        before = pp_column_get_text(f->column, place);
    } else if (!isnan(f->column->number[place])) {
        write_number(own, f->column->number[place]);
        before = own;
    }
    write_value(to, sizeof to, &f->values[v]);
    const struct {
        const char *column, *text;
    } cells[] = {
        {"place_id", pp__text_at(w->profiles, "place_id", place)},
        {"name", pp__text_at(w->profiles, "name", place)},
        {"fact", f->column->name},
        {"value", before},
        {"to", to},
        {"segment", w->rules->rules[w->found->placing[place].segment].name},
        {"would_be", w->rules->rules[s].name},
    };
    PP_TRY(pp_table_append(w->moves, &row, err));
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        PP_TRY(pp__put_text(w->moves, row, cells[i].column, cells[i].text, err));
    }
    return PP_OK;
}

static pp_status tell(const work *w, int64_t place, const pp__placing *at,
                      pp_error *err) {
    for (int k = 0; k < w->n; k++) {
        const fact *f = &w->facts[k];
        for (int s = 0; s < w->rules->n; s++) {
            int v = s == w->found->placing[place].segment ? -1 : nearest(f, place, at, s);
            PP_TRY(v < 0 ? PP_OK : put_move(w, f, place, v, s, err));
        }
        at += f->n;
    }
    return PP_OK;
}

static pp_status try_block(const work *w, int64_t first, int64_t n, pp_error *err) {
    int64_t each = tries_of(w);
    pp_table *changed = NULL;
    pp__placing *at = NULL;
    int64_t *rows = pp_malloc(n * each, sizeof *rows);
    PP_NEED(rows, err);
    for (int64_t i = 0; i < n * each; i++) {
        rows[i] = first + i / each;
    }
    pp_status status = pp__facts_take(w->profiles, w->rules->sql, w->rules->n, rows,
                                      n * each, &changed, err);
    if (status == PP_OK) {
        status = change(w, changed, n, err);
    }
    if (status == PP_OK) {
        status = pp__segments_place(changed, w->rules, w->ctx, &at, err);
    }
    for (int64_t i = 0; i < n && status == PP_OK; i++) {
        status = tell(w, first + i, at + i * each, err);
    }
    pp_free(rows);
    pp_free(at);
    pp_table_free(changed);
    return status;
}

static pp_status try_all(work *w, pp_error *err) {
    int64_t places = pp_table_rows(w->profiles);
    PP_TRY(list_facts(w, err));
    for (int64_t first = 0; first < places && tries_of(w) > 0; first += PLACES_AT_ONCE) {
        int64_t left = places - first;
        PP_TRY(pp_progress(w->ctx, "segments", 0.3 + 0.3 * (double)first / (double)places,
                           err));
        PP_TRY(try_block(w, first, left < PLACES_AT_ONCE ? left : PLACES_AT_ONCE, err));
    }
    return PP_OK;
}

pp_status pp__segments_move(const pp_table *profiles, const pp_segment_rules *rules,
                            const pp__segments_found *found, const pp_context *ctx,
                            pp_table *moves, pp_error *err) {
    work w = {
        .profiles = profiles, .rules = rules, .found = found, .ctx = ctx, .moves = moves};
    pp_arena_init(&w.arena);
    pp_status status = try_all(&w, err);
    pp_arena_clear(&w.arena);
    return status;
}
