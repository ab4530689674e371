/* Text → syntax tree: recursive descent with R's precedence, from loosest:
   ~ and |, binary + -, * /, :, unary -, ^. A random intercept is a | in parentheses. */
#include "base/check.h"
#include "model/formula.h"

#include <pushpull/text.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LENGTH = 20000, MAX_NESTING = 64, MAX_DEPTH = 1000 };

typedef struct parser {
    const char *text, *p;
    pp_arena *arena;
    int nesting;
    pp_error *err;
} parser;

static int position_of(const char *text, const char *at) {
    int position = 1;
    for (const char *c = text; c < at; c++) {
        position += ((unsigned char)*c & 0xC0) != 0x80;
    }
    return position;
}

pp_status pp__formula_fail(pp_error *err, pp_status code, const pp__node *at,
                           const char *format, ...) {
    char message[PP_ERROR_MESSAGE];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    pp_error_set(err, code, "%s", message);
    pp_error_locate(err, NULL, 0, "formula", NULL);
    if (err) {
        err->position = at->position;
    }
    return code;
}

static pp_status fail_at(parser *s, const char *at, pp_status code, const char *message) {
    pp__node here = {.position = position_of(s->text, at)};
    return pp__formula_fail(s->err, code, &here, "%s", message);
}

static void skip_space(parser *s) {
    while (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r') {
        s->p++;
    }
}

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

static int is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           (unsigned char)c >= 0x80;
}

static int is_name_part(char c) {
    return is_name_start(c) || is_digit(c);
}

int pp__formula_plain(const char *name) {
    if (!is_name_start(*name)) {
        return 0;
    }
    while (is_name_part(*name)) {
        name++;
    }
    return !*name;
}

static pp_status unexpected(parser *s) {
    switch (*s->p) {
    case '\0':
        return fail_at(s, s->p, PP_E_ARGUMENT, "the formula ends too early");
    case '=':
    case '<':
    case '>':
    case '!':
    case '&':
    case '%':
        fail_at(s, s->p, PP_E_ARGUMENT, "the formula language has no such operator");
        pp_error_hint(s->err, "make a 0/1 column first and use its name");
        return PP_E_ARGUMENT;
    default: {
        char message[64];
        int n = 1;
        while (n < 4 && ((unsigned char)s->p[n] & 0xC0) == 0x80) {
            n++;
        }
        snprintf(message, sizeof message, "unexpected '%.*s'", n, s->p);
        return fail_at(s, s->p, PP_E_ARGUMENT, message);
    }
    }
}

static pp_status new_node(parser *s, pp__node_kind kind, const char *at, pp__node **out) {
    pp__node *node = pp_arena_zalloc(s->arena, 1, sizeof *node);
    PP_NEED(node, s->err);
    node->kind = kind;
    node->position = position_of(s->text, at);
    node->variable = -1;
    *out = node;
    return PP_OK;
}

/* Closes a node over its children: how deep it is and how many buffers its value needs.
 */
static pp_status adopt(parser *s, pp__node *node, pp__node *first, pp__node **out) {
    node->first = first;
    int held = 0;
    for (pp__node *child = first; child; child = child->next) {
        node->depth = child->depth >= node->depth ? child->depth + 1 : node->depth;
        int needed = child->buffers + held++;
        node->buffers = needed > node->buffers ? needed : node->buffers;
    }
    if (node->depth > MAX_DEPTH) {
        return pp__formula_fail(s->err, PP_E_ARGUMENT, node,
                                "the formula is too large here");
    }
    *out = node;
    return PP_OK;
}

static pp_status parse_sum(parser *s, pp__node **out);
static pp_status parse_unary(parser *s, pp__node **out);
static pp_status make_binary(parser *s, char op, const char *at, pp__node *left,
                             pp__node *right, pp__node **out);

static pp_status parse_number(parser *s, pp__node **out) {
    const char *start = s->p;
    while (is_digit(*s->p) || *s->p == '.') {
        s->p++;
    }
    if (*s->p == 'e' || *s->p == 'E') {
        s->p++;
        s->p += *s->p == '+' || *s->p == '-';
        while (is_digit(*s->p)) {
            s->p++;
        }
    }
    PP_TRY(new_node(s, PP__NUMBER, start, out));
    char *text = pp_arena_strndup(s->arena, start, s->p - start);
    PP_NEED(text, s->err);
    (*out)->text = text;
    if (!pp_parse_number(text, &(*out)->number) || is_name_part(*s->p)) {
        return fail_at(s, start, PP_E_ARGUMENT, "this is not a number");
    }
    return PP_OK;
}

/* "text", 'text' or `name`; a backslash takes the next character as it is. */
static pp_status parse_quoted(parser *s, pp__node **out) {
    const char *start = s->p;
    char quote = *s->p++;
    PP_TRY(new_node(s, quote == '`' ? PP__NAME : PP__STRING, start, out));
    char *text = pp_arena_alloc(s->arena, (int64_t)strlen(s->p) + 1, 1);
    PP_NEED(text, s->err);
    char *end = text;
    while (*s->p && *s->p != quote) {
        s->p += *s->p == '\\' && s->p[1];
        *end++ = *s->p++;
    }
    *end = '\0';
    if (!*s->p) {
        return fail_at(s, start, PP_E_ARGUMENT, "this quotation has no end");
    }
    s->p++;
    if (end == text) {
        return fail_at(s, start, PP_E_ARGUMENT, "this quotation is empty");
    }
    (*out)->text = text;
    return PP_OK;
}

/* name =, of an argument; leaves the parser where it was when there is none. */
static pp_status parse_label(parser *s, const char **label) {
    const char *start = s->p;
    *label = NULL;
    while (is_name_part(*s->p)) {
        s->p++;
    }
    const char *end = s->p;
    skip_space(s);
    if (end == start || is_digit(*start) || *s->p != '=' || s->p[1] == '=') {
        s->p = start;
        return PP_OK;
    }
    s->p++;
    *label = pp_arena_strndup(s->arena, start, end - start);
    PP_NEED(*label, s->err);
    skip_space(s);
    return PP_OK;
}

static pp_status parse_arguments(parser *s, pp__node **first) {
    pp__node **tail = first;
    skip_space(s);
    while (*s->p != ')') {
        const char *label;
        PP_TRY(parse_label(s, &label));
        PP_TRY(parse_sum(s, tail));
        (*tail)->label = label;
        tail = &(*tail)->next;
        skip_space(s);
        if (*s->p != ',' && *s->p != ')') {
            return unexpected(s);
        }
        if (*s->p == ',') {
            s->p++;
            skip_space(s);
            if (*s->p == ')') {
                return unexpected(s);
            }
        }
    }
    s->p++;
    return PP_OK;
}

static pp_status parse_name(parser *s, pp__node **out) {
    const char *start = s->p;
    while (is_name_part(*s->p)) {
        s->p++;
    }
    pp__node *node = NULL, *first = NULL;
    PP_TRY(new_node(s, PP__NAME, start, &node));
    node->text = pp_arena_strndup(s->arena, start, s->p - start);
    PP_NEED(node->text, s->err);
    *out = node;
    skip_space(s);
    if (*s->p != '(') {
        return PP_OK;
    }
    s->p++;
    node->kind = PP__CALL;
    PP_TRY(parse_arguments(s, &first));
    return adopt(s, node, first, out);
}

/* (sum) or (1 | group) */
static pp_status parse_parenthesis(parser *s, pp__node **out) {
    s->p++;
    PP_TRY(parse_sum(s, out));
    skip_space(s);
    if (*s->p == '|') {
        const char *at = s->p++;
        pp__node *group;
        PP_TRY(parse_sum(s, &group));
        PP_TRY(make_binary(s, '|', at, *out, group, out));
        skip_space(s);
    }
    if (*s->p != ')') {
        return unexpected(s);
    }
    s->p++;
    return PP_OK;
}

static pp_status parse_primary(parser *s, pp__node **out) {
    skip_space(s);
    if (is_digit(*s->p) || (*s->p == '.' && is_digit(s->p[1]))) {
        return parse_number(s, out);
    }
    if (*s->p == '"' || *s->p == '\'' || *s->p == '`') {
        return parse_quoted(s, out);
    }
    if (is_name_start(*s->p)) {
        return parse_name(s, out);
    }
    if (*s->p != '(') {
        return unexpected(s);
    }
    return parse_parenthesis(s, out);
}

static pp_status make_binary(parser *s, char op, const char *at, pp__node *left,
                             pp__node *right, pp__node **out) {
    pp__node *node = NULL;
    PP_TRY(new_node(s, PP__BINARY, at, &node));
    node->op = op;
    left->next = right;
    return adopt(s, node, left, out);
}

static pp_status parse_power(parser *s, pp__node **out) {
    PP_TRY(parse_primary(s, out));
    skip_space(s);
    if (*s->p != '^') {
        return PP_OK;
    }
    const char *at = s->p++;
    pp__node *exponent;
    PP_TRY(parse_unary(s, &exponent));
    return make_binary(s, '^', at, *out, exponent, out);
}

static pp_status parse_unary_inner(parser *s, pp__node **out) {
    skip_space(s);
    if (*s->p != '-' && *s->p != '+') {
        return parse_power(s, out);
    }
    const char *at = s->p++;
    if (*at == '+') {
        return parse_unary(s, out);
    }
    pp__node *node = NULL, *child = NULL;
    PP_TRY(new_node(s, PP__NEGATE, at, &node));
    PP_TRY(parse_unary(s, &child));
    return adopt(s, node, child, out);
}

/* Every way down into the grammar passes here, so here nesting is counted. */
static pp_status parse_unary(parser *s, pp__node **out) {
    if (++s->nesting > MAX_NESTING) {
        return fail_at(s, s->p, PP_E_ARGUMENT, "the formula is nested too deeply here");
    }
    PP_TRY(parse_unary_inner(s, out));
    s->nesting--;
    return PP_OK;
}

typedef pp_status operand(parser *s, pp__node **out);

/* operand { op operand }, to the left. */
static pp_status parse_chain(parser *s, const char *ops, operand *next, pp__node **out) {
    PP_TRY(next(s, out));
    skip_space(s);
    while (*s->p && strchr(ops, *s->p)) {
        const char *at = s->p++;
        pp__node *right;
        PP_TRY(next(s, &right));
        PP_TRY(make_binary(s, *at, at, *out, right, out));
        skip_space(s);
    }
    return PP_OK;
}

static pp_status parse_interaction(parser *s, pp__node **out) {
    return parse_chain(s, ":", parse_unary, out);
}

static pp_status parse_product(parser *s, pp__node **out) {
    return parse_chain(s, "*/", parse_interaction, out);
}

static pp_status parse_sum(parser *s, pp__node **out) {
    return parse_chain(s, "+-", parse_product, out);
}

static pp_status no_outcome(parser *s) {
    fail_at(s, s->p, PP_E_ARGUMENT, "the formula has no outcome");
    pp_error_hint(s->err, "write: outcome ~ x1 + x2");
    return PP_E_ARGUMENT;
}

static pp_status parse_outcome(parser *s, pp__formula_trees *out) {
    skip_space(s);
    if (*s->p == '~' || !*s->p) {
        return no_outcome(s);
    }
    PP_TRY(parse_sum(s, &out->outcome));
    skip_space(s);
    if (!*s->p) {
        fail_at(s, s->p, PP_E_ARGUMENT, "the formula has no '~'");
        pp_error_hint(s->err, "write: outcome ~ x1 + x2");
        return PP_E_ARGUMENT;
    }
    if (*s->p != '~') {
        return unexpected(s);
    }
    s->p++;
    return PP_OK;
}

/* What stands after a '|': effects, or endogenous ~ instruments, which come last. */
static pp_status parse_part(parser *s, pp__formula_trees *out) {
    const char *at = s->p;
    pp__node *node = NULL;
    s->p++;
    PP_TRY(parse_sum(s, &node));
    skip_space(s);
    if (*s->p == '~') {
        s->p++;
        out->endogenous = node;
        PP_TRY(parse_sum(s, &out->instruments));
        skip_space(s);
        return PP_OK;
    }
    if (out->effects) {
        fail_at(s, at, PP_E_ARGUMENT, "a second list of fixed effects");
        pp_error_hint(s->err, "write: y ~ x | fe1 + fe2 | endogenous ~ instruments");
        return PP_E_ARGUMENT;
    }
    out->effects = node;
    return PP_OK;
}

pp_status pp__formula_tree(const char *text, pp_arena *arena, pp__formula_trees *out,
                           pp_error *err) {
    parser s = {.text = text, .p = text, .arena = arena, .err = err};
    int64_t length = (int64_t)strlen(text), bad;
    *out = (pp__formula_trees){0};
    if (length > MAX_LENGTH) {
        PP_FAIL(err, PP_E_ARGUMENT, "the formula is longer than %d bytes", MAX_LENGTH);
    }
    if (!pp_text_is_utf8(text, length, &bad)) {
        return fail_at(&s, text + bad, PP_E_ARGUMENT, "the formula is not valid UTF-8");
    }
    PP_TRY(parse_outcome(&s, out));
    PP_TRY(parse_sum(&s, &out->terms));
    skip_space(&s);
    while (*s.p == '|' && !out->instruments) {
        PP_TRY(parse_part(&s, out));
    }
    return *s.p ? unexpected(&s) : PP_OK;
}
