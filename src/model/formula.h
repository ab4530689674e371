/* The formula language: text → syntax tree → terms, as in R.
 *
 *   y ~ a + b*c + a:b + factor(d, ref = "x") + log(x) + I(x^2) + offset(z) - 1
 *   y ~ poly(x, 2) + ns(z, df = 4) + bs(w, 5)  several columns each
 *   y ~ lag(x, 2) + lead(log(x))               of the same unit, by the clock
 *   y ~ x | city + month^region              absorbed fixed effects
 *   y ~ x | city | price ~ distance + cost   and instruments, with or without effects
 *   y ~ x + (1 | region)                     a random intercept
 *   Surv(lo, hi, type = interval) ~ a        a date known as an interval
 *   Surv(start, stop, event) ~ a + strata(s) spells; Surv(time, event) from zero on
 *
 * A term is a set of atoms: `b:c` is a term of two. An atom is a column, factor(column),
 * I(arithmetic) or a function of arithmetic; poly(x, 2) is two atoms, one a column. Terms
 * stand in R's order: by number of atoms, then as written.
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
    PP__BINARY  /* op: + - * / ^ : and | (a random intercept)  two children */
} pp__node_kind;

typedef struct pp__node {
    pp__node_kind kind;
    char op;
    int position;            /* 1-based character in the formula */
    int depth;               /* of the tree below */
    int buffers;             /* that evaluating it needs */
    int variable;            /* NAME: set when the formula meets the data */
    int part;                /* of a call with a basis: which column */
    struct pp__basis *basis; /* of a call: poly(x, 2) and the like; NULL: none */
    double number;
    const char *text;
    const char *label;             /* of an argument: `ref` in ref = "x"; NULL: none */
    struct pp__node *first, *next; /* children; the next sibling */
} pp__node;

enum { PP__TERM_ATOMS = 6, PP__MAX_TERMS = 1000, PP__MAX_GROUPS = 8, PP__MAX_BASES = 64 };

typedef struct pp__basis pp__basis; /* basis.h */

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

/* What a term is for: `y ~ exogenous | endogenous ~ instrument`. */
typedef enum pp__role { PP__EXOGENOUS, PP__ENDOGENOUS, PP__INSTRUMENT } pp__role;

typedef struct pp__term {
    int n;
    int atom[PP__TERM_ATOMS]; /* ascending */
    pp__role role;
} pp__term;

/* The values of a column, or of several together (city^year), as groups. */
typedef struct pp__group {
    int n;
    pp__node *name[PP__TERM_ATOMS];
    const char *label;
} pp__group;

typedef enum pp__outcome_kind {
    PP__VALUE,    /* y */
    PP__INTERVAL, /* Surv(lo, hi, type = interval) */
    PP__SPELL     /* Surv(start, stop, event), Surv(time, event) */
} pp__outcome_kind;

typedef struct pp__formula {
    const char *text;
    pp__outcome_kind kind;
    pp__node *outcome;              /* of a value; else NULL */
    pp__node *lo, *hi;              /* of an interval */
    pp__node *start, *stop, *event; /* of a spell; start is NULL in Surv(time, event) */
    const char *outcome_label;
    int intercept; /* as written: it rules how categories are coded */
    int n_offsets, n_effects, n_strata, n_random; /* strata(a, b) are two groups */
    pp__node *offset[PP__MAX_GROUPS];
    pp__group effect[PP__MAX_GROUPS], strata[PP__MAX_GROUPS], random[PP__MAX_GROUPS];
    int n_endogenous, n_instruments; /* terms; in `terms` they stand after the others */
    int n_bases, n_atoms, n_terms;
    pp__basis *basis[PP__MAX_BASES];
    pp__atom atoms[PP__MAX_TERMS];
    pp__term terms[PP__MAX_TERMS];
} pp__formula;

/* Everything is allocated in `arena`. A mistake is PP_E_ARGUMENT and what a later version
   will know PP_E_UNSUPPORTED, both with the position. */
pp_status pp__formula_parse(const char *text, pp_arena *arena, pp__formula **out,
                            pp_error *err);

/* The trees alone. */
typedef struct pp__formula_trees {
    pp__node *outcome, *terms;
    pp__node *effects;                  /* of the part after `|`; NULL: none */
    pp__node *endogenous, *instruments; /* of the part with a second `~`; NULL: none */
} pp__formula_trees;
pp_status pp__formula_tree(const char *text, pp_arena *arena, pp__formula_trees *out,
                           pp_error *err);

/* src/model/formula_parts.c: groups, and the outcome. */
pp_status pp__formula_group(pp__node *node, pp_arena *arena, pp__group *out,
                            pp_error *err);
/* a + b^c */
pp_status pp__formula_effects(pp__node *node, pp_arena *arena, pp__formula *f,
                              pp_error *err);
/* strata(a, b) */
pp_status pp__formula_strata(const pp__node *call, pp_arena *arena, pp__formula *f,
                             pp_error *err);
/* 1 | g */
pp_status pp__formula_random(const pp__node *bar, pp_arena *arena, pp__formula *f,
                             pp_error *err);
/* Sets kind, nodes and label. */
pp_status pp__formula_outcome(pp__node *node, pp_arena *arena, pp__formula *f,
                              pp_error *err);
/* Whether numbers can be calculated from it: numbers, columns, + - * / ^ and functions. */
pp_status pp__formula_arithmetic(const pp__node *node, pp_error *err);

/* lag(x), lag(x, 2), lead(x, 2): 1, and how many periods back; 0: another call. */
int pp__formula_shift(const pp__node *call, double *back);

/* Sets an error that points into the formula. */
pp_status pp__formula_fail(pp_error *err, pp_status code, const pp__node *at,
                           const char *format, ...) PP_PRINTF(4, 5);

/* 1 when the name needs no backquotes. */
int pp__formula_plain(const char *name);

/* The expression as R would write it; NULL when memory is out. */
const char *pp__formula_write(const pp__node *node, pp_arena *arena);

#endif
