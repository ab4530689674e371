#include "effects/honest/bounds.h"

#include "base/check.h"
#include "base/parallel.h"

#include <math.h>

enum { BATCH = 16, HALVINGS = 12 };

/* One M and one part of the union. */
typedef struct task {
    const pp__bounds *b;
    double m;
    int part;
    pp__test test;
    pp__accepted accepted;
    double identified_low, identified_high;
    int feasible;
    pp_status status;
    pp_error err;
} task;

static pp_status find_first(const pp__bounds *b, double m, pp_arena *arena,
                            pp__fixed_length **out, pp_error *err) {
    double tail = b->test.method == PP__FLCI ? 1 : PP__FIRST_STAGE;
    *out = pp_arena_alloc(arena, 1, sizeof **out);
    PP_NEED(*out, err);
    return pp__fixed_length_find(b->s, m, tail * b->test.alpha, arena, *out, err);
}

static pp_status need_first(const pp__bounds *b, double m, pp_arena *arena,
                            pp__test *test, pp_error *err) {
    pp__fixed_length *first = NULL;
    if (b->test.method == PP__FLCI || b->test.method == PP__HYBRID_FLCI) {
        PP_TRY(find_first(b, m, arena, &first, err));
    }
    *test = b->test;
    test->first = first;
    return PP_OK;
}

static pp_status run_task(task *t, pp_arena *arena, pp_error *err) {
    pp__inequalities set;
    PP_TRY(pp__restriction_make(&t->b->restriction, t->b->s, t->part, t->m, arena, &set,
                                err));
    PP_TRY(pp__identified(t->b->s, &set, arena, &t->identified_low, &t->identified_high,
                          &t->feasible, err));
    if (t->test.method == PP__FLCI) {
        const pp__fixed_length *f = t->test.first;
        t->accepted.n = 1;
        t->accepted.piece[0] = (pp__piece){f->estimate - f->half, f->estimate + f->half};
        return PP_OK;
    }
    return pp__accepted_find(t->b->s, &set, &t->test, arena, &t->accepted, err);
}

static void run_chunk(void *payload, int64_t chunk) {
    task *t = (task *)payload + chunk;
    pp_arena arena;
    pp_arena_init(&arena);
    t->status = run_task(t, &arena, &t->err);
    pp_arena_clear(&arena);
}

/* ---- the grid ---- */

static pp_status merge(pp__bounds *b, const task *of, int parts, pp__bound *out,
                       pp_arena *arena, pp_error *err) {
    pp__piece *all = pp_arena_alloc(arena, (int64_t)parts * PP__MOST_PIECES, sizeof *all);
    PP_NEED(all, err);
    int n = 0;
    out->middle = of->test.method == PP__FLCI ? of->test.first->estimate : NAN;
    out->low = out->high = out->identified_low = out->identified_high = NAN;
    for (int p = 0; p < parts; p++) {
        for (int i = 0; i < of[p].accepted.n; i++) {
            all[n++] = of[p].accepted.piece[i];
        }
        if (of[p].feasible) {
            out->identified_low = fmin(out->identified_low, of[p].identified_low);
            out->identified_high = fmax(out->identified_high, of[p].identified_high);
        }
        b->unsolved += of[p].accepted.unsolved;
    }
    out->pieces = pp__pieces_join(n, all);
    if (out->pieces > 0) {
        out->low = all[0].low;
        out->high = all[out->pieces - 1].high;
    }
    return PP_OK;
}

static pp_status run_all(const pp__bounds *b, task *all, int64_t n, pp_error *err) {
    for (int64_t begin = 0; begin < n; begin += BATCH) {
        int64_t many = n - begin < BATCH ? n - begin : BATCH;
        PP_TRY(pp_progress(b->ctx, "bounds", (double)begin / (double)n, err));
        pp__parallel(b->ctx, many, run_chunk, all + begin);
        for (int64_t i = 0; i < many; i++) {
            const task *t = &all[begin + i];
            if (t->status != PP_OK) {
                if (err) {
                    *err = t->err;
                }
                return t->status;
            }
        }
    }
    return PP_OK;
}

pp_status pp__bounds_find(pp__bounds *b, pp_arena *arena, pp_error *err) {
    int parts = pp__restriction_parts(&b->restriction, b->s);
    task *all = pp_arena_zalloc(arena, b->n * parts, sizeof *all);
    PP_NEED(all, err);
    for (int64_t i = 0; i < b->n; i++) {
        pp__test test;
        PP_TRY(need_first(b, b->bound[i].m, arena, &test, err));
        for (int p = 0; p < parts; p++) {
            all[i * parts + p] =
                (task){.b = b, .m = b->bound[i].m, .part = p, .test = test};
        }
    }
    PP_TRY(run_all(b, all, b->n * parts, err));
    for (int64_t i = 0; i < b->n; i++) {
        PP_TRY(merge(b, all + i * parts, parts, &b->bound[i], arena, err));
    }
    return PP_OK;
}

/* ---- where they first hold zero ---- */

static pp_status holds_zero(const pp__bounds *b, double m, pp_arena *arena, int *holds,
                            pp_error *err) {
    pp__test test;
    PP_TRY(need_first(b, m, arena, &test, err));
    *holds = 0;
    if (b->test.method == PP__FLCI) {
        *holds = fabs(test.first->estimate) <= test.first->half;
        return PP_OK;
    }
    int parts = pp__restriction_parts(&b->restriction, b->s);
    for (int p = 0; p < parts && !*holds; p++) {
        pp__inequalities set;
        PP_TRY(pp__restriction_make(&b->restriction, b->s, p, m, arena, &set, err));
        PP_TRY(pp__accepts(b->s, &set, &test, 0, arena, holds, err));
    }
    return PP_OK;
}

pp_status pp__bounds_break(pp__bounds *b, pp_arena *arena, pp_error *err) {
    double out = 0, in = INFINITY;
    for (int64_t i = 0; i < b->n && isinf(in); i++) {
        const pp__bound *at = &b->bound[i];
        *(at->low <= 0 && at->high >= 0 ? &in : &out) = at->m;
    }
    b->breakdown = in;
    for (int i = 0; i < HALVINGS && !isinf(in) && in > out; i++) {
        pp_arena_mark mark = pp_arena_get_mark(arena);
        double middle = out + (in - out) / 2;
        int holds;
        PP_TRY(pp_progress(b->ctx, "breakdown", (double)i / HALVINGS, err));
        PP_TRY(holds_zero(b, middle, arena, &holds, err));
        pp_arena_release(arena, mark);
        *(holds ? &in : &out) = middle;
        b->breakdown = in;
    }
    return PP_OK;
}
