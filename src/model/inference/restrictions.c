#include "model/inference/restrictions.h"

#include "base/check.h"
#include "model/linalg.h"

#include <pushpull/text.h>

#include <stdio.h>
#include <string.h>

typedef struct reader {
    const pp_fit *fit;
    const char *text, *p;
    pp_arena *arena;
    double *row, constant; /* of the restriction at hand: row'b + constant = 0 */
    pp_error *err;
} reader;

enum { MAX_RESTRICTIONS = 500 };

static pp_status fail(const reader *s, const char *at, pp_status code,
                      const char *message) {
    int position = 1;
    for (const char *c = s->text; c < at; c++) {
        position += ((unsigned char)*c & 0xC0) != 0x80;
    }
    pp_error_set(s->err, code, "%s", message);
    pp_error_locate(s->err, NULL, 0, "test", NULL);
    if (s->err) {
        s->err->position = position;
    }
    return code;
}

static void skip_space(reader *s) {
    s->p += strspn(s->p, " \t\n\r");
}

/* ---- names ---- */

/* As R writes it: "factor(region)", "a:b". */
static const char *term_label(const reader *s, int index) {
    const pp__formula *f = s->fit->formula;
    const pp__term *term = &f->terms[index];
    const char *label = f->atoms[term->atom[0]].label;
    for (int a = 1; label && a < term->n; a++) {
        label = pp_arena_printf(s->arena, "%s:%s", label, f->atoms[term->atom[a]].label);
    }
    return label;
}

static int is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '.' || (unsigned char)c >= 0x80;
}

/* How many bytes of `text` are the name, 0: it is another one. */
static size_t matches(const char *text, const char *name) {
    size_t length = strlen(name);
    if (length == 0 || strncmp(text, name, length) != 0) {
        return 0;
    }
    int runs_on = is_word(name[length - 1]) && is_word(text[length]);
    return runs_on ? 0 : length;
}

static size_t matches_coefficient(const pp_fit *fit, int j, const char *text) {
    if (fit->equation && fit->equation[j]) {
        size_t equation = strlen(fit->equation[j]);
        if (strncmp(text, fit->equation[j], equation) == 0 && text[equation] == ':') {
            size_t name = matches(text + equation + 1, fit->name[j]);
            return name > 0 ? equation + 1 + name : 0;
        }
    }
    return matches(text, fit->name[j]);
}

int pp__coefficient_at(const pp_fit *fit, const char *text, size_t *length) {
    int found = -1;
    int quoted = *text == '`';
    *length = 0;
    for (int j = 0; j < fit->k; j++) {
        size_t bytes = matches_coefficient(fit, j, text + quoted);
        int closed = !quoted || text[1 + bytes] == '`';
        if (bytes > *length && closed) {
            *length = bytes;
            found = j;
        }
    }
    *length += found >= 0 && quoted ? 2 : 0;
    return found;
}

static pp_status unknown_name(const reader *s) {
    char word[120];
    size_t length = strcspn(s->p, " \t\n,;=+-*/");
    length = length < sizeof word ? length : sizeof word - 1;
    memcpy(word, s->p, length);
    word[length] = '\0';
    if (length == 0) {
        return fail(s, s->p, PP_E_ARGUMENT, "a coefficient or a number is missing");
    }
    const char *nearest = pp_text_nearest(word, s->fit->name, s->fit->k);
    fail(s, s->p, PP_E_NOT_FOUND, "the model has no such coefficient");
    if (s->err) {
        snprintf(s->err->value, sizeof s->err->value, "%s", word);
    }
    if (nearest) {
        pp_error_hint(s->err, "did you mean '%s'?", nearest);
    }
    return PP_E_NOT_FOUND;
}

/* ---- sums ---- */

static size_t number_length(const char *p) {
    static const char DIGITS[] = "0123456789";
    size_t n = strspn(p, DIGITS);
    if (p[n] == '.') {
        n += 1 + strspn(p + n + 1, DIGITS);
    }
    if (n > 0 && (p[n] == 'e' || p[n] == 'E')) {
        size_t sign = p[n + 1] == '-' || p[n + 1] == '+';
        size_t digits = strspn(p + n + 1 + sign, DIGITS);
        n += digits > 0 ? 1 + sign + digits : 0;
    }
    return n;
}

static int read_number(reader *s, double *out) {
    char digits[64];
    size_t n = number_length(s->p);
    if (n == 0 || n >= sizeof digits) {
        return 0;
    }
    memcpy(digits, s->p, n);
    digits[n] = '\0';
    if (!pp_parse_number(digits, out)) {
        return 0;
    }
    s->p += n;
    return 1;
}

/* A number, a coefficient, or products of one coefficient with numbers. */
static pp_status read_product(reader *s, double sign) {
    int coefficient = -1;
    double factor = sign, number;
    char operation = '*';
    for (;; skip_space(s)) {
        size_t length;
        const char *at = s->p;
        int j = pp__coefficient_at(s->fit, s->p, &length);
        if (j < 0 && read_number(s, &number)) {
            if (operation == '/' && number == 0) {
                return fail(s, at, PP_E_ARGUMENT, "division by zero");
            }
            factor = operation == '/' ? factor / number : factor * number;
        } else if (j < 0) {
            return unknown_name(s);
        } else if (coefficient >= 0 || operation == '/') {
            return fail(s, at, PP_E_ARGUMENT, "the hypothesis is not linear");
        } else {
            coefficient = j;
            s->p += length;
        }
        skip_space(s);
        if (*s->p != '*' && *s->p != '/') {
            break;
        }
        operation = *s->p++;
    }
    if (coefficient >= 0) {
        s->row[coefficient] += factor;
    } else {
        s->constant += factor;
    }
    return PP_OK;
}

static pp_status read_sum(reader *s, double sign) {
    skip_space(s);
    double own = 1;
    if (*s->p == '-' || *s->p == '+') {
        own = *s->p++ == '-' ? -1 : 1;
        skip_space(s);
    }
    for (;;) {
        PP_TRY(read_product(s, sign * own));
        if (*s->p != '+' && *s->p != '-') {
            return PP_OK;
        }
        own = *s->p++ == '-' ? -1 : 1;
        skip_space(s);
    }
}

/* ---- restrictions ---- */

static pp_status add_row(reader *s, pp__restrictions *h) {
    int64_t k = s->fit->k;
    if (h->m == MAX_RESTRICTIONS) {
        return fail(s, s->p, PP_E_ARGUMENT, "too many restrictions");
    }
    double *R = pp_arena_alloc(s->arena, (h->m + 1) * k, sizeof *R);
    double *r = pp_arena_alloc(s->arena, h->m + 1, sizeof *r);
    if (!R || !r) {
        return pp_error_set(s->err, PP_E_MEMORY, "out of memory");
    }
    if (h->m > 0) {
        memcpy(R, h->R, (size_t)(h->m * k) * sizeof *R);
        memcpy(r, h->r, (size_t)h->m * sizeof *r);
    }
    memcpy(R + h->m * k, s->row, (size_t)k * sizeof *R);
    r[h->m++] = -s->constant;
    h->R = R;
    h->r = r;
    return PP_OK;
}

static void clear_row(reader *s) {
    memset(s->row, 0, (size_t)s->fit->k * sizeof *s->row);
    s->constant = 0;
}

/* A word that is a term of the formula: the coefficients of its columns. */
static pp_status try_term(reader *s, pp__restrictions *h, int *done) {
    const pp__design *d = s->fit->design;
    size_t length = strcspn(s->p, ",;="), first = (size_t)h->m;
    *done = 0;
    while (length > 0 && strchr(" \t\n\r", s->p[length - 1])) {
        length--;
    }
    if (s->p[strcspn(s->p, ",;=")] == '=') {
        return PP_OK;
    }
    for (int j = 0; j < d->k && j < s->fit->k; j++) {
        int term = d->column[j].term;
        const char *label = term < 0 ? NULL : term_label(s, term);
        if (term >= 0 && !label) {
            return pp_error_set(s->err, PP_E_MEMORY, "out of memory");
        }
        if (label && strlen(label) == length && strncmp(label, s->p, length) == 0) {
            for (int i = 0; i < s->fit->k; i++) {
                if (strcmp(s->fit->name[i], d->column[j].name) == 0) {
                    clear_row(s);
                    s->row[i] = 1;
                    PP_TRY(add_row(s, h));
                }
            }
        }
    }
    *done = (size_t)h->m > first;
    s->p += *done ? length : 0;
    return PP_OK;
}

static pp_status read_restriction(reader *s, pp__restrictions *h) {
    int done;
    skip_space(s);
    const char *at = s->p;
    PP_TRY(try_term(s, h, &done));
    if (done) {
        return PP_OK;
    }
    clear_row(s);
    PP_TRY(read_sum(s, 1));
    if (*s->p == '=') {
        s->p++;
        PP_TRY(read_sum(s, -1));
    }
    for (int j = 0; j < s->fit->k; j++) {
        if (s->row[j] != 0) {
            return add_row(s, h);
        }
    }
    return fail(s, at, PP_E_ARGUMENT, "no coefficient is left in this restriction");
}

/* Rows that are combinations of others. */
static pp_status check_rank(reader *s, const pp__restrictions *h, const char *at) {
    int64_t k = s->fit->k;
    double *gram = pp_malloc((int64_t)h->m * h->m, sizeof *gram);
    PP_NEED(gram, s->err);
    for (int i = 0; i < h->m; i++) {
        for (int j = 0; j < h->m; j++) {
            gram[i + (int64_t)j * h->m] = pp__dot(k, h->R + i * k, h->R + j * k);
        }
    }
    int pivot = pp__cholesky(h->m, gram, 1e-10);
    pp_free(gram);
    return pivot == h->m ? PP_OK
                         : fail(s, at, PP_E_ARGUMENT,
                                "restrictions repeat or contradict each other");
}

static pp_status read_hypothesis(reader *s, pp__restrictions *h) {
    skip_space(s);
    const char *at = s->p;
    for (;; s->p++) {
        PP_TRY(read_restriction(s, h));
        skip_space(s);
        if (*s->p != ',') {
            break;
        }
    }
    if (*s->p && *s->p != ';') {
        return fail(s, s->p, PP_E_ARGUMENT, "this was not expected");
    }
    size_t length = (size_t)(s->p - at);
    while (length > 0 && strchr(" \t\n\r", at[length - 1])) {
        length--;
    }
    h->text = pp_arena_strndup(s->arena, at, (int64_t)length);
    PP_NEED(h->text, s->err);
    return check_rank(s, h, at);
}

pp_status pp__restrictions_parse(const pp_fit *fit, const char *text, pp_arena *arena,
                                 pp__restrictions **out, pp_error *err) {
    reader s = {.fit = fit, .text = text, .p = text, .arena = arena, .err = err};
    pp__restrictions **last = out;
    *out = NULL;
    s.row = pp_arena_alloc(arena, fit->k, sizeof *s.row);
    PP_NEED(s.row, err);
    for (;; s.p++) {
        *last = pp_arena_zalloc(arena, 1, sizeof **last);
        PP_NEED(*last, err);
        PP_TRY(read_hypothesis(&s, *last));
        last = &(*last)->next;
        if (*s.p != ';') {
            return PP_OK;
        }
    }
}
