/* From terms to named columns, by R's coding rule. */
#include "base/check.h"
#include "model/design.h"

#include <pushpull/text.h>

#include <stdio.h>
#include <string.h>

enum { MAX_COLUMNS = 2000 };

typedef struct maker {
    pp__design *d;
    pp_arena *arena;
    pp__notes *notes;
    pp_error *err;
} maker;

static const pp__encoding *factor_of(const pp__design *d, int atom) {
    const pp__atom *a = &d->formula->atoms[atom];
    return a->kind == PP__ATOM_FACTOR ? &d->variables[a->node->variable].factor : NULL;
}

/* ---- references ---- */

static pp_status find_reference(maker *m, int atom, int first) {
    const pp__atom *a = &m->d->formula->atoms[atom];
    const pp__encoding *factor = factor_of(m->d, atom);
    m->d->reference[atom] = factor ? 0 : -1;
    if (!factor || !a->reference) {
        return PP_OK;
    }
    char space[32];
    for (int32_t l = 0; l < factor->n_levels; l++) {
        if (strcmp(pp__level_name(factor, l, space), a->reference) == 0) {
            m->d->reference[atom] = l;
            return PP_OK;
        }
    }
    if (first) {
        pp__formula_fail(m->err, PP_E_ARGUMENT, a->node,
                         "level '%s' of '%s' does not occur in the complete rows",
                         a->reference, a->node->text);
        pp_error_locate(m->err, NULL, 0, a->node->text, a->reference);
        return PP_E_ARGUMENT;
    }
    return pp__notes_warn(
        m->notes, "reference", a->node->text, -1, m->err,
        "the reference level '%s' of %s is left out; the reference is '%s'", a->reference,
        a->node->text, pp__level_name(factor, 0, space));
}

/* ---- coding ---- */

static int has_term(const pp__formula *f, const pp__term *term) {
    for (int t = 0; t < f->n_terms; t++) {
        if (f->terms[t].n == term->n &&
            memcmp(f->terms[t].atom, term->atom, (size_t)term->n * sizeof *term->atom) ==
                0) {
            return 1;
        }
    }
    return 0;
}

/* 1 when atom number i of the term is coded against its reference level. Without an
   intercept the first category of the formula is coded by all of its levels. */
static int is_contrast(const pp__design *d, int t, int i) {
    const pp__formula *f = d->formula;
    pp__term without = f->terms[t];
    without.n--;
    memmove(&without.atom[i], &without.atom[i + 1],
            (size_t)(without.n - i) * sizeof *without.atom);
    if (without.n > 0) {
        return has_term(f, &without);
    }
    if (f->intercept) {
        return 1;
    }
    for (int before = 0; before < t; before++) {
        for (int j = 0; j < f->terms[before].n; j++) {
            if (factor_of(d, f->terms[before].atom[j])) {
                return 1;
            }
        }
    }
    return 0;
}

static void add_part(const maker *m, int atom, int32_t level, pp_buf *name) {
    const pp__atom *a = &m->d->formula->atoms[atom];
    char space[32];
    if (level < 0) {
        pp_buf_add(name, a->label);
    } else {
        int called = a->label[strlen(a->label) - 1] == ')';
        pp_buf_printf(name, called ? "factor(%s)%s" : "%s%s", a->node->text,
                      pp__level_name(factor_of(m->d, atom), level, space));
    }
}

static pp_status add_column(maker *m, int t, const int32_t *level) {
    pp__design *d = m->d;
    if (d->k == MAX_COLUMNS) {
        PP_FAIL(m->err, PP_E_ARGUMENT, "the formula gives more than %d columns",
                MAX_COLUMNS);
    }
    pp__column *c = &d->column[d->k++];
    pp_buf name;
    pp_buf_init(&name);
    c->term = t;
    const pp__term *term = &d->formula->terms[t];
    for (int i = 0; i < term->n; i++) {
        c->level[i] = level[i];
        pp_buf_add(&name, i ? ":" : "");
        add_part(m, term->atom[i], level[i], &name);
    }
    c->name = name.failed ? NULL : pp_arena_strdup(m->arena, name.data);
    pp_buf_clear(&name);
    PP_NEED(c->name, m->err);
    return PP_OK;
}

/* All combinations of the term's levels, the first atom's running fastest. */
static pp_status add_term(maker *m, int t) {
    const pp__term *term = &m->d->formula->terms[t];
    int32_t skipped[PP__TERM_ATOMS], level[PP__TERM_ATOMS];
    for (int i = 0; i < term->n; i++) {
        const pp__encoding *factor = factor_of(m->d, term->atom[i]);
        skipped[i] =
            factor && is_contrast(m->d, t, i) ? m->d->reference[term->atom[i]] : -1;
        level[i] = factor ? skipped[i] == 0 : -1;
        if (factor && level[i] >= factor->n_levels) {
            const char *label = m->d->formula->atoms[term->atom[i]].label;
            return pp__notes_drop(m->notes, "only one level", "terms", label, 1, m->err);
        }
    }
    for (int i = 0; i < term->n;) {
        PP_TRY(add_column(m, t, level));
        for (i = 0; i < term->n; i++) {
            const pp__encoding *factor = factor_of(m->d, term->atom[i]);
            if (!factor) {
                continue;
            }
            level[i] += 1 + (level[i] + 1 == skipped[i]);
            if (level[i] < factor->n_levels) {
                break;
            }
            level[i] = skipped[i] == 0;
        }
    }
    return PP_OK;
}

pp_status pp__columns_make(pp__design *d, int first, pp_arena *arena, pp__notes *notes,
                           pp_error *err) {
    maker m = {d, arena, notes, err};
    const pp__formula *f = d->formula;
    d->reference = pp_arena_alloc(arena, f->n_atoms, sizeof *d->reference);
    PP_NEED(d->reference, err);
    d->column = pp_arena_alloc(arena, MAX_COLUMNS, sizeof *d->column);
    PP_NEED(d->column, err);
    for (int a = 0; a < f->n_atoms; a++) {
        PP_TRY(find_reference(&m, a, first));
    }
    d->k = 0;
    if (d->intercept) {
        d->column[d->k++] = (pp__column){.name = "(Intercept)", .term = -1};
    }
    for (int t = 0; t < f->n_terms; t++) {
        PP_TRY(add_term(&m, t));
    }
    if (d->k == 0 && !d->centred) {
        PP_FAIL(err, PP_E_ARGUMENT, "the formula has no terms");
    }
    return PP_OK;
}

/* ---- values ---- */

int64_t pp__design_scratch(const pp__design *d) {
    return 2 * (int64_t)PP__TILE * (d->formula->n_atoms + d->buffers);
}

static void multiply_factor(const pp__design *d, const pp__change *change, int atom,
                            int32_t level, int64_t begin, int n, double *x, double *dx) {
    const pp__encoding *factor = factor_of(d, atom);
    int set = change->kind == PP__SET_LEVEL &&
              change->variable == d->formula->atoms[atom].node->variable;
    for (int i = 0; i < n; i++) {
        if ((set ? change->level : factor->code[begin + i]) != level) {
            x[i] = 0;
            if (dx) {
                dx[i] = 0;
            }
        }
    }
}

static void multiply_number(const double *value, const double *slope, int n, double *x,
                            double *dx) {
    for (int i = 0; dx && i < n; i++) {
        dx[i] = dx[i] * value[i] + x[i] * slope[i];
    }
    for (int i = 0; i < n; i++) {
        x[i] *= value[i];
    }
}

static void fill_column(const pp__design *d, const pp__column *c,
                        const pp__change *change, int64_t begin, int n,
                        const double *atoms, double *x, double *dx) {
    for (int i = 0; i < n; i++) {
        x[i] = 1;
    }
    if (dx) {
        memset(dx, 0, (size_t)n * sizeof *dx);
    }
    const pp__term *term = c->term < 0 ? NULL : &d->formula->terms[c->term];
    for (int i = 0; term && i < term->n; i++) {
        int atom = term->atom[i];
        const double *value = atoms + 2 * (int64_t)PP__TILE * atom;
        if (c->level[i] >= 0) {
            multiply_factor(d, change, atom, c->level[i], begin, n, x, dx);
        } else {
            multiply_number(value, value + PP__TILE, n, x, dx);
        }
    }
}

void pp__design_change(const pp__design *d, const pp__change *change, int64_t begin,
                       int n, double *x, double *dx, double *scratch) {
    const pp__formula *f = d->formula;
    double *buffers = scratch + 2 * (int64_t)PP__TILE * f->n_atoms;
    for (int a = 0; a < f->n_atoms; a++) {
        if (f->atoms[a].kind != PP__ATOM_FACTOR) {
            double *value = scratch + 2 * (int64_t)PP__TILE * a;
            pp__evaluate(f->atoms[a].node, d->variables, change, begin, n, value,
                         dx ? value + PP__TILE : NULL, buffers);
        }
    }
    for (int j = 0; j < d->k; j++) {
        int64_t at = (int64_t)j * PP__TILE;
        fill_column(d, &d->column[j], change, begin, n, scratch, x + at,
                    dx ? dx + at : NULL);
    }
}
