#include "base/check.h"
#include "base/parallel.h"
#include "model/estimators/cox.h"

#include <string.h>

enum { BLOCK = 1 << 13 };

typedef struct scoring {
    const pp__cox *c;
    double *risk;                 /* of each row of the design */
    double *mean;                 /* k × slots: z expected of an event */
    double *passed, *passed_rest; /* k × (slots + 1): Σ w mean / (S + gD), added up */
    double *own;                  /* k × slots: Σ w g mean / (S + gD) */
    double *factor;
    double *out;
} scoring;

/* Column j of what slots hold. */
static void sum_column(void *payload, int64_t j) {
    const scoring *s = payload;
    const pp__cox *c = s->c;
    const pp__cox_terms *t = &c->terms;
    int64_t slots = c->sets.slots;
    const double *others = c->sums.others + (j + 1) * slots;
    const double *dying = c->sums.dying + (j + 1) * slots;
    double *mean = s->mean + j * slots, *own = s->own + j * slots;
    double *passed = s->passed + j * (slots + 1),
           *passed_rest = s->passed_rest + j * (slots + 1);
    double sum = 0, rest = 0;
    for (int64_t e = 0; e < slots; e++) {
        double add = t->square[e] * others[e] + t->cross[e] * dying[e];
        double next = sum + add, part = next - sum;
        passed[e] = sum;
        passed_rest[e] = rest;
        rest += (sum - (next - part)) + (add - part);
        sum = next;
        own[e] = t->cross[e] * others[e] + t->own_square[e] * dying[e];
        mean[e] = (t->hazard[e] * others[e] + t->own_hazard[e] * dying[e]) /
                  c->sets.death_weight[e];
    }
    passed[slots] = sum;
    passed_rest[slots] = rest;
}

/* The score of a row in column j, but for its risk's share. */
static double expected_score(const scoring *s, int64_t row, int64_t j, double z) {
    const pp__risk_sets *sets = &s->c->sets;
    const pp__cox_terms *t = &s->c->terms;
    int32_t first = sets->first[row], end = sets->end[row];
    int64_t slots = sets->slots;
    const double *passed = s->passed + j * (slots + 1),
                 *passed_rest = s->passed_rest + j * (slots + 1);
    double sum = 0;
    if (first < end) {
        double hazard = (t->passed[end] - t->passed[first]) +
                        (t->passed_rest[end] - t->passed_rest[first]);
        sum = z * hazard -
              ((passed[end] - passed[first]) + (passed_rest[end] - passed_rest[first]));
    }
    return sets->event[row] ? sum + z * t->own_hazard[end] - s->own[end + j * slots]
                            : sum;
}

static void score_block(void *payload, int64_t block) {
    const scoring *s = payload;
    const pp__cox *c = s->c;
    const pp__design *d = c->d;
    const pp__risk_sets *sets = &c->sets;
    int64_t end = (block + 1) * BLOCK < d->n ? (block + 1) * BLOCK : d->n;
    for (int64_t j = 0; j < d->k; j++) {
        const double *center = sets->center + j * sets->strata;
        const double *mean = s->mean + j * sets->slots;
        double *out = s->out + j * d->n;
        for (int64_t i = block * BLOCK; i < end; i++) {
            double z = (d->x[j][i] - center[pp__risk_stratum(d, i)]) * s->factor[j];
            out[i] = -s->risk[i] * expected_score(s, i, j, z);
            if (sets->event[i]) {
                double w = d->with.weight ? d->with.weight[i] : 1;
                out[i] += w * (z - mean[sets->end[i]]);
            }
        }
    }
}

static pp_status score_rows(scoring *s, pp_arena *scratch, pp_error *err) {
    const pp__cox *c = s->c;
    int64_t k = c->d->k, slots = c->sets.slots, n = c->d->n;
    s->risk = pp_arena_zalloc(scratch, n, sizeof *s->risk);
    PP_NEED(s->risk, err);
    s->mean = pp_arena_alloc(scratch, k * (4 * slots + 3), sizeof *s->mean);
    PP_NEED(s->mean, err);
    s->own = s->mean + k * slots;
    s->passed = s->own + k * slots;
    s->passed_rest = s->passed + k * (slots + 1);
    s->factor = s->passed_rest + k * (slots + 1);
    for (int64_t j = 0; j < k; j++) {
        s->factor[j] = 1 / c->d->scale[j];
    }
    for (int64_t i = 0; i < c->sets.backward.n; i++) {
        s->risk[c->sets.backward.row[i]] = c->sums.risk[i];
    }
    pp__parallel(c->ctx, k, sum_column, s);
    pp__parallel(c->ctx, (n + BLOCK - 1) / BLOCK, score_block, s);
    return PP_OK;
}

pp_status pp__cox_scores(const pp__cox *c, pp_arena *arena, double **out, pp_error *err) {
    pp_arena scratch;
    scoring s = {.c = c};
    s.out = *out = pp_arena_alloc(arena, c->d->n * c->d->k, sizeof **out);
    PP_NEED(s.out, err);
    pp_arena_init(&scratch);
    pp_status status = score_rows(&s, &scratch, err);
    pp_arena_clear(&scratch);
    return status;
}
