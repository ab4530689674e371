/* Syntax tree → atoms and terms. */
#include "model/formula.h"

#include "base/check.h"
#include "model/basis.h"
#include "model/evaluate.h"

#include <pushpull/text.h>

#include <string.h>

/* ---- writing an expression as R does ---- */

static int binding(const pp__node *node) {
    if (node->kind == PP__NEGATE) {
        return 4;
    }
    if (node->kind != PP__BINARY) {
        return 6;
    }
    switch (node->op) {
    case '^':
        return 5;
    case ':':
        return 3;
    case '|':
        return 0;
    case '*':
    case '/':
        return 2;
    default:
        return 1;
    }
}

static void write_node(const pp__node *node, pp_buf *out);

static void write_operand(const pp__node *node, int strength, pp_buf *out) {
    int open = binding(node) < strength;
    pp_buf_add(out, open ? "(" : "");
    write_node(node, out);
    pp_buf_add(out, open ? ")" : "");
}

static void write_call(const pp__node *node, pp_buf *out) {
    pp_buf_printf(out, "%s(", node->text);
    for (const pp__node *a = node->first; a; a = a->next) {
        if (a->label) {
            pp_buf_printf(out, "%s = ", a->label);
        }
        write_node(a, out);
        pp_buf_add(out, a->next ? ", " : "");
    }
    pp_buf_add(out, ")");
}

static void write_node(const pp__node *node, pp_buf *out) {
    switch (node->kind) {
    case PP__NUMBER:
        pp_buf_add(out, node->text);
        break;
    case PP__NAME:
        pp_buf_printf(out, pp__formula_plain(node->text) ? "%s" : "`%s`", node->text);
        break;
    case PP__STRING:
        pp_buf_printf(out, "\"%s\"", node->text);
        break;
    case PP__CALL:
        write_call(node, out);
        break;
    case PP__NEGATE:
        pp_buf_add(out, "-");
        write_operand(node->first, 4, out);
        break;
    case PP__BINARY: {
        int b = binding(node), spaced = !strchr("/^:", node->op);
        write_operand(node->first, node->op == '^' ? b + 1 : b, out);
        pp_buf_printf(out, spaced ? " %c " : "%c", node->op);
        write_operand(node->first->next, node->op == '^' ? 4 : b + 1, out);
        break;
    }
    }
}

const char *pp__formula_write(const pp__node *node, pp_arena *arena) {
    pp_buf text;
    pp_buf_init(&text);
    write_node(node, &text);
    const char *copy = text.failed ? NULL : pp_arena_strdup(arena, text.data);
    pp_buf_clear(&text);
    return copy;
}

/* ---- atoms ---- */

typedef struct builder {
    pp__formula *f;
    pp_arena *arena;
    pp_error *err;
} builder;

/* factor(d), factor(d, ref = "x"). */
static pp_status read_factor(builder *b, pp__node *call, pp__atom *atom) {
    pp__node *name = call->first, *ref = name ? name->next : NULL;
    int good = name && name->kind == PP__NAME && !name->label &&
               (!ref || (!ref->next && ref->label && strcmp(ref->label, "ref") == 0 &&
                         (ref->kind == PP__STRING || ref->kind == PP__NUMBER)));
    if (!good) {
        return pp__formula_fail(b->err, PP_E_ARGUMENT, call,
                                "factor() takes a column and ref = \"level\"");
    }
    atom->kind = PP__ATOM_FACTOR;
    atom->node = name;
    atom->reference = ref ? ref->text : NULL;
    return PP_OK;
}

/* R's name: the call, and which column where there are several. */
static pp_status name_part(builder *b, const pp__node *node, const char **out) {
    const pp__basis *basis = node->basis;
    *out = basis->columns == 1
               ? basis->label
               : pp_arena_printf(b->arena, "%s%d", basis->label, node->part + 1);
    PP_NEED(*out, b->err);
    return PP_OK;
}

static pp_status read_atom(builder *b, pp__node *node, pp__atom *atom) {
    *atom = (pp__atom){PP__ATOM_NAME, node, NULL, NULL};
    if (node->kind == PP__CALL && strcmp(node->text, "factor") == 0) {
        PP_TRY(read_factor(b, node, atom));
    } else if (node->kind == PP__CALL && strcmp(node->text, "Surv") == 0) {
        return pp__formula_fail(b->err, PP_E_ARGUMENT, node,
                                "Surv() belongs on the left of '~'");
    } else if (node->kind == PP__CALL) {
        atom->kind = PP__ATOM_NUMERIC;
        if (node->basis) {
            return name_part(b, node, &atom->label);
        }
        PP_TRY(pp__formula_arithmetic(node, b->err));
    } else if (node->kind != PP__NAME) {
        return pp__formula_fail(b->err, PP_E_ARGUMENT, node, "this is not a term");
    } else if (strcmp(node->text, ".") == 0) {
        return pp__formula_fail(b->err, PP_E_UNSUPPORTED, node,
                                "'.' for all other columns is not built in; name them");
    }
    atom->label = pp__formula_write(node, b->arena);
    PP_NEED(atom->label, b->err);
    return PP_OK;
}

static pp_status find_atom(builder *b, pp__node *node, int *index) {
    pp__formula *f = b->f;
    pp__atom atom;
    PP_TRY(read_atom(b, node, &atom));
    for (*index = 0; *index < f->n_atoms; (*index)++) {
        if (strcmp(f->atoms[*index].label, atom.label) == 0) {
            return PP_OK;
        }
    }
    if (f->n_atoms == PP__MAX_TERMS) {
        return pp__formula_fail(b->err, PP_E_ARGUMENT, node, "more than %d variables",
                                PP__MAX_TERMS);
    }
    f->atoms[f->n_atoms++] = atom;
    return PP_OK;
}

/* ---- terms ---- */

typedef struct term_list {
    pp__role role;
    int n, capacity;
    int intercept; /* 1 with, -1 without, 0 not said */
    pp__term *term;
} term_list;

static int same_term(const pp__term *a, const pp__term *b) {
    return a->n == b->n && memcmp(a->atom, b->atom, (size_t)a->n * sizeof *a->atom) == 0;
}

static pp_status push_term(builder *b, term_list *list, const pp__term *term,
                           const pp__node *at) {
    if (list->n == PP__MAX_TERMS) {
        return pp__formula_fail(b->err, PP_E_ARGUMENT, at, "more than %d terms",
                                PP__MAX_TERMS);
    }
    if (list->n == list->capacity) {
        int capacity = list->capacity ? 2 * list->capacity : 16;
        pp__term *grown = pp_realloc(list->term, capacity, sizeof *grown);
        PP_NEED(grown, b->err);
        list->term = grown;
        list->capacity = capacity;
    }
    list->term[list->n++] = *term;
    return PP_OK;
}

static pp_status change_list(builder *b, term_list *list, const pp__term *term, int add,
                             const pp__node *at) {
    int i = 0;
    while (i < list->n && !same_term(&list->term[i], term)) {
        i++;
    }
    if (add && i == list->n) {
        PP_TRY(push_term(b, list, term, at));
        list->term[i].role = list->role;
    }
    if (!add && i < list->n) {
        list->n--;
        memmove(&list->term[i], &list->term[i + 1],
                (size_t)(list->n - i) * sizeof *list->term);
    }
    return PP_OK;
}

static pp_status join_terms(builder *b, const pp__term *left, const pp__term *right,
                            const pp__node *at, pp__term *out) {
    *out = *left;
    for (int i = 0; i < right->n; i++) {
        int place = out->n;
        while (place > 0 && out->atom[place - 1] > right->atom[i]) {
            place--;
        }
        if (place > 0 && out->atom[place - 1] == right->atom[i]) {
            continue;
        }
        if (out->n == PP__TERM_ATOMS) {
            return pp__formula_fail(b->err, PP_E_ARGUMENT, at,
                                    "an interaction of more than %d variables",
                                    PP__TERM_ATOMS);
        }
        memmove(&out->atom[place + 1], &out->atom[place],
                (size_t)(out->n - place) * sizeof *out->atom);
        out->atom[place] = right->atom[i];
        out->n++;
    }
    return PP_OK;
}

static pp_status apply(builder *b, pp__node *node, int add, term_list *list);

static pp_status multiply(builder *b, const pp__node *node, int add,
                          const term_list *left, const term_list *right,
                          term_list *list) {
    if (left->intercept || right->intercept) {
        return pp__formula_fail(b->err, PP_E_ARGUMENT, node,
                                "the intercept cannot be part of an interaction");
    }
    for (int side = 0; node->op == '*' && side < 2; side++) {
        const term_list *from = side ? right : left;
        for (int i = 0; i < from->n; i++) {
            PP_TRY(change_list(b, list, &from->term[i], add, node));
        }
    }
    for (int j = 0; j < right->n; j++) {
        for (int i = 0; i < left->n; i++) {
            pp__term term;
            PP_TRY(join_terms(b, &left->term[i], &right->term[j], node, &term));
            PP_TRY(change_list(b, list, &term, add, node));
        }
    }
    return PP_OK;
}

/* a:b and a*b; either side may be a sum in parentheses. */
static pp_status apply_product(builder *b, pp__node *node, int add, term_list *list) {
    term_list left = {0}, right = {0};
    pp_status status;
    PP_TRY_GOTO(status, done, apply(b, node->first, 1, &left));
    PP_TRY_GOTO(status, done, apply(b, node->first->next, 1, &right));
    status = multiply(b, node, add, &left, &right, list);
done:
    pp_free(left.term);
    pp_free(right.term);
    return status;
}

static pp_status refuse_operator(builder *b, const pp__node *node) {
    pp__formula_fail(b->err, PP_E_ARGUMENT, node, "'%c' means nothing between terms",
                     node->op);
    pp_error_hint(b->err, node->op == '^'
                              ? "for a power write I(x^2)"
                              : "for a quotient write I(a/b), for nested terms "
                                "a + a:b");
    return PP_E_ARGUMENT;
}

/* offset(z), strata(s), (1 | g): 1 when the node is one and was taken. */
static pp_status take_special(builder *b, pp__node *node, int add, int *taken) {
    int call = node->kind == PP__CALL, bar = node->kind == PP__BINARY && node->op == '|';
    int offset = call && strcmp(node->text, "offset") == 0;
    int strata = call && strcmp(node->text, "strata") == 0;
    *taken = offset || strata || bar;
    if (*taken && !add) {
        return pp__formula_fail(b->err, PP_E_ARGUMENT, node, "this cannot be taken away");
    }
    if (strata || bar) {
        return (strata ? pp__formula_strata : pp__formula_random)(node, b->arena, b->f,
                                                                  b->err);
    }
    if (!offset) {
        return PP_OK;
    }
    if (!node->first || node->first->next || b->f->n_offsets == PP__MAX_GROUPS) {
        return pp__formula_fail(b->err, PP_E_ARGUMENT, node,
                                "offset() takes one argument, at most %d times",
                                PP__MAX_GROUPS);
    }
    b->f->offset[b->f->n_offsets++] = node->first;
    return pp__formula_arithmetic(node->first, b->err);
}

/* Calls written alike are one basis. */
static pp_status find_basis(builder *b, pp__node *call, pp__basis **out) {
    pp__formula *f = b->f;
    PP_TRY(pp__basis_read(call, b->arena, out, b->err));
    for (int i = 0; i < f->n_bases; i++) {
        if (strcmp(f->basis[i]->label, (*out)->label) == 0) {
            *out = f->basis[i];
            return PP_OK;
        }
    }
    if (f->n_bases == PP__MAX_BASES) {
        return pp__formula_fail(b->err, PP_E_ARGUMENT, call,
                                "more than %d terms of poly(), ns() and bs()",
                                PP__MAX_BASES);
    }
    f->basis[f->n_bases++] = *out;
    return PP_OK;
}

/* One term a column. */
static pp_status apply_basis(builder *b, pp__node *call, int add, term_list *list) {
    pp__basis *basis;
    PP_TRY(find_basis(b, call, &basis));
    for (int part = 0; part < basis->columns; part++) {
        pp__term term = {.n = 1};
        pp__node *node = pp_arena_alloc(b->arena, 1, sizeof *node);
        PP_NEED(node, b->err);
        *node = *call;
        node->first = basis->argument;
        node->next = NULL;
        node->basis = basis;
        node->part = part;
        PP_TRY(find_atom(b, node, &term.atom[0]));
        PP_TRY(change_list(b, list, &term, add, call));
    }
    return PP_OK;
}

static pp_status apply(builder *b, pp__node *node, int add, term_list *list) {
    int taken;
    PP_TRY(take_special(b, node, add, &taken));
    if (taken) {
        return PP_OK;
    }
    if (node->kind == PP__NEGATE) {
        return apply(b, node->first, !add, list);
    }
    if (node->kind == PP__NUMBER && (node->number == 0 || node->number == 1)) {
        list->intercept = (node->number == 1) == add ? 1 : -1;
        return PP_OK;
    }
    if (node->kind == PP__CALL && pp__basis_is(node->text)) {
        return apply_basis(b, node, add, list);
    }
    if (node->kind != PP__BINARY) {
        pp__term term = {.n = 1};
        PP_TRY(find_atom(b, node, &term.atom[0]));
        return change_list(b, list, &term, add, node);
    }
    if (node->op == '+' || node->op == '-') {
        PP_TRY(apply(b, node->first, add, list));
        return apply(b, node->first->next, node->op == '+' ? add : !add, list);
    }
    if (node->op == '^' || node->op == '/') {
        return refuse_operator(b, node);
    }
    return apply_product(b, node, add, list);
}

static void copy_in_order(const term_list *list, pp__formula *f) {
    for (int order = 1; order <= PP__TERM_ATOMS; order++) {
        for (int i = 0; i < list->n; i++) {
            if (list->term[i].n == order) {
                f->terms[f->n_terms++] = list->term[i];
            }
        }
    }
}

/* ---- the whole ---- */

static pp_status check_room(builder *b, const term_list *list, const pp__node *at) {
    if (b->f->n_terms + list->n > PP__MAX_TERMS) {
        return pp__formula_fail(b->err, PP_E_ARGUMENT, at, "more than %d terms",
                                PP__MAX_TERMS);
    }
    for (int i = 0; i < list->n; i++) {
        for (int t = 0; t < b->f->n_terms; t++) {
            if (same_term(&list->term[i], &b->f->terms[t])) {
                return pp__formula_fail(b->err, PP_E_ARGUMENT, at,
                                        "a term stands in two parts of the formula");
            }
        }
    }
    return PP_OK;
}

static pp_status read_terms(builder *b, pp__node *node, pp__role role, int *count) {
    term_list list = {.role = role};
    pp__formula *f = b->f;
    pp_status status = apply(b, node, 1, &list);
    if (status == PP_OK) {
        status = check_room(b, &list, node);
    }
    if (status == PP_OK) {
        copy_in_order(&list, f);
        *count = list.n;
    }
    if (role == PP__EXOGENOUS) {
        f->intercept = list.intercept >= 0;
    } else if (status == PP_OK && list.intercept) {
        status = pp__formula_fail(b->err, PP_E_ARGUMENT, node,
                                  "an intercept belongs in the first part");
    }
    pp_free(list.term);
    return status;
}

pp_status pp__formula_parse(const char *text, pp_arena *arena, pp__formula **out,
                            pp_error *err) {
    pp__formula_trees trees;
    int exogenous;
    PP_TRY(pp__formula_tree(text, arena, &trees, err));
    builder b = {pp_arena_alloc(arena, 1, sizeof(pp__formula)), arena, err};
    pp__formula *f = b.f;
    PP_NEED(f, err);
    f->text = pp_arena_strdup(arena, text);
    PP_NEED(f->text, err);
    f->n_bases = f->n_atoms = f->n_terms = f->n_offsets = f->n_effects = 0;
    f->n_strata = f->n_random = f->n_endogenous = f->n_instruments = 0;
    PP_TRY(pp__formula_outcome(trees.outcome, arena, f, err));
    PP_TRY(read_terms(&b, trees.terms, PP__EXOGENOUS, &exogenous));
    if (trees.effects) {
        PP_TRY(pp__formula_effects(trees.effects, arena, f, err));
    }
    if (trees.instruments) {
        PP_TRY(read_terms(&b, trees.endogenous, PP__ENDOGENOUS, &f->n_endogenous));
        PP_TRY(read_terms(&b, trees.instruments, PP__INSTRUMENT, &f->n_instruments));
    }
    *out = f;
    return PP_OK;
}
