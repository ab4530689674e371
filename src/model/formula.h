/* The formula language: text → syntax tree → terms, as in R.
 *
 *   y ~ a + b*c + a:b + factor(d, ref = "x") + log(x) + I(x^2) - 1
 *   Surv(lo, hi, type = interval) ~ a
 *
 * A term is a set of atoms: `b:c` is a term of two. An atom is a column, factor(column),
 * I(arithmetic) or a function of arithmetic. Terms stand in R's order: by number of
 * atoms, then as written.
 */
#ifndef PP_MODEL_FORMULA_H
#define PP_MODEL_FORMULA_H

#include <pushpull/memory.h>

typedef enum pp__node_kind {
    PP__NUMBER,
    PP__NAME,
    PP__STRING,
    PP__CALL,   /* text: the function; children: its arguments */
    PP__NEGATE, /* one child */
    PP__BINARY  /* op: + - * / ^ :  two children */
} pp__node_kind;

typedef struct pp__node {
    pp__node_kind kind;
    char op;
    int position; /* 1-based character in the formula */
    int depth;    /* of the tree below */
    int buffers;  /* that evaluating it needs */
    int variable; /* NAME: set when the formula meets the data */
    double number;
    const char *text;
    const char *label;             /* of an argument: `ref` in ref = "x"; NULL: none */
    struct pp__node *first, *next; /* children; the next sibling */
} pp__node;

enum { PP__TERM_ATOMS = 6, PP__MAX_TERMS = 1000 };

typedef enum pp__atom_kind {
    PP__ATOM_NAME,
    PP__ATOM_FACTOR,
    PP__ATOM_NUMERIC
} pp__atom_kind;

typedef struct pp__atom {
    pp__atom_kind kind;
    pp__node *node;        /* what is evaluated: the column, or the arithmetic */
    const char *label;     /* as R writes it: "I(x^2)" */
    const char *reference; /* of factor(d, ref = "x"); NULL: the first level */
} pp__atom;

typedef struct pp__term {
    int n;
    int atom[PP__TERM_ATOMS]; /* ascending */
} pp__term;

typedef struct pp__formula {
    const char *text;
    pp__node *outcome; /* NULL for an interval */
    pp__node *lo, *hi; /* of Surv(lo, hi, type = interval) */
    const char *outcome_label;
    int intercept;
    int n_atoms, n_terms;
    pp__atom atoms[PP__MAX_TERMS];
    pp__term terms[PP__MAX_TERMS];
} pp__formula;

/* Everything is allocated in `arena`. A mistake is PP_E_ARGUMENT and what a later version
   will know PP_E_UNSUPPORTED, both with the position. */
pp_status pp__formula_parse(const char *text, pp_arena *arena, pp__formula **out,
                            pp_error *err);

/* The tree alone: of a whole formula (`outcome ~ terms` as a BINARY with op '~'). */
pp_status pp__formula_tree(const char *text, pp_arena *arena, pp__node **out,
                           pp_error *err);

/* Sets an error that points into the formula. */
pp_status pp__formula_fail(pp_error *err, pp_status code, const pp__node *at,
                           const char *format, ...) PP_PRINTF(4, 5);

/* 1 when the name needs no backquotes. */
int pp__formula_plain(const char *name);

/* The expression as R would write it; NULL when memory is out. */
const char *pp__formula_write(const pp__node *node, pp_arena *arena);

#endif
