#include "effects/honest/bases.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { MOST = 128 };
static const double OPTIMAL = 1e-9, PIVOT = 1e-9;

/* With basic columns B and the others N. */
struct pp__basis {
    int *column; /* the basic ones, then the others */
    double *x;   /* rows: of the basic ones */
    double *T;   /* B⁻¹ N, rows × others, column by column */
};

pp_status pp__bases_open(pp__bases *b, pp__program *program, const double *A,
                         pp_arena *arena, pp_error *err) {
    int64_t k = program->rows, columns = program->columns;
    int64_t others = columns > k ? columns - k : 0;
    double *numbers =
        pp_arena_alloc(arena, k * columns + MOST * k * (others + 1), sizeof *numbers);
    int *places = pp_arena_alloc(arena, MOST * (columns + 1), sizeof *places);
    *b = (pp__bases){.program = program, .A = A, .scratch = numbers};
    b->known = pp_arena_alloc(arena, MOST, sizeof *b->known);
    PP_NEED(numbers && places && b->known ? numbers : NULL, err);
    b->order = places + MOST * columns;
    for (int64_t i = 0; i < MOST; i++) {
        double *own = numbers + k * columns + i * k * (others + 1);
        b->order[i] = (int)i;
        b->known[i] = (pp__basis){places + i * columns, own, own + k};
    }
    return PP_OK;
}

/* ---- one that is known ---- */

/* No other column would raise c'x. */
static int is_optimal(const pp__bases *b, const pp__basis *s, const double *c) {
    int k = b->program->rows;
    for (int j = 0; j < b->program->columns - k; j++) {
        const double *t = s->T + (int64_t)j * k;
        double gain = c[s->column[k + j]];
        for (int i = 0; i < k; i++) {
            gain -= t[i] * c[s->column[i]];
        }
        if (gain > OPTIMAL) {
            return 0;
        }
    }
    return 1;
}

static void take(const pp__bases *b, const pp__basis *s, const double *c, double *value,
                 double *x) {
    double sum = 0;
    for (int i = 0; i < b->program->rows; i++) {
        sum += s->x[i] * c[s->column[i]];
    }
    *value = sum;
    memset(x, 0, (size_t)b->program->columns * sizeof *x);
    for (int i = 0; i < b->program->rows; i++) {
        x[s->column[i]] = s->x[i];
    }
}

static void move_to_front(pp__bases *b, int place) {
    int chosen = b->order[place];
    memmove(b->order + 1, b->order, (size_t)place * sizeof *b->order);
    b->order[0] = chosen;
}

/* ---- one that is new ---- */

/* [B | N] becomes [1 | B⁻¹ N] by Gauss and Jordan. 0: B is singular. */
static int eliminate(int k, int columns, double *M) {
    for (int p = 0; p < k; p++) {
        int best = p;
        for (int i = p + 1; i < k; i++) {
            best = fabs(M[i + p * k]) > fabs(M[best + p * k]) ? i : best;
        }
        double pivot = M[best + p * k];
        if (fabs(pivot) < PIVOT) {
            return 0;
        }
        for (int j = p; j < columns; j++) { /* swap the rows, scale the pivot's */
            double *column = M + (int64_t)j * k, top = column[best] / pivot;
            column[best] = column[p];
            column[p] = top;
        }
        for (int j = columns - 1; j >= p; j--) { /* the pivot's own column last */
            double *column = M + (int64_t)j * k;
            for (int i = 0; i < k; i++) {
                column[i] -= i == p ? 0 : M[i + p * k] * column[p];
            }
        }
    }
    return 1;
}

/* The program's basis now, unless an equality is basic itself; in the place of the one that was not used
   for longest. */
static void remember(pp__bases *b, const double *x) {
    int k = b->program->rows, columns = b->program->columns;
    b->n -= b->n == MOST; /* should it come to nothing, that one is lost all the same */
    pp__basis *s = &b->known[b->order[b->n]];
    if (pp__program_basis(b->program, s->column) != k) {
        return;
    }
    for (int j = 0; j < columns; j++) {
        memcpy(b->scratch + (int64_t)j * k, b->A + (int64_t)s->column[j] * k,
               (size_t)k * sizeof *b->scratch);
    }
    if (!eliminate(k, columns, b->scratch)) {
        return;
    }
    memcpy(s->T, b->scratch + (int64_t)k * k,
           (size_t)k * (size_t)(columns - k) * sizeof *s->T);
    for (int i = 0; i < k; i++) {
        s->x[i] = x[s->column[i]];
    }
    move_to_front(b, b->n++);
}

pp__solved pp__bases_solve(pp__bases *b, const double *c, double *value, double *x) {
    for (int i = 0; i < b->n; i++) {
        if (is_optimal(b, &b->known[b->order[i]], c)) {
            move_to_front(b, i);
            take(b, &b->known[b->order[0]], c, value, x);
            return PP__SOLVED;
        }
    }
    pp__program_objective(b->program, c);
    pp__solved how = pp__program_solve(b->program, value, x);
    if (how == PP__SOLVED) {
        remember(b, x);
    }
    return how;
}
