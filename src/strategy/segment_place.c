/* Which segment a place is in, as its facts stand and over their draws. */
#include "strategy/segments.h"

#include "base/check.h"
#include "strategy/fact_draws.h"

#include <math.h>

enum { ROWS_AT_ONCE = 100000 };

static pp__placing place_row(const double *holds, int64_t n, int64_t rows, int64_t row) {
    pp__placing at = {0, 0};
    for (int s = 0; s < n; s++) {
        double answer = holds[s * rows + row];
        if (answer == 1 || s == n - 1) {
            at.segment = s;
            return at;
        }
        at.open |= isnan(answer) ? (uint64_t)1 << s : 0;
    }
    return at;
}

pp_status pp__segments_place(const pp_table *facts, const pp_segment_rules *rules,
                             const pp_context *ctx, pp__placing **out, pp_error *err) {
    int64_t rows = pp_table_rows(facts);
    double *holds = NULL;
    *out = NULL;
    pp__condition *conditions = pp_malloc(rules->n, sizeof *conditions);
    PP_NEED(conditions, err);
    for (int64_t s = 0; s < rules->n; s++) {
        conditions[s] = rules->rules[s].when;
    }
    pp_status status = pp__conditions_test(facts, conditions, rules->n, ctx, &holds, err);
    pp_free(conditions);
    PP_TRY(status);
    *out = pp_malloc(rows, sizeof **out);
    for (int64_t row = 0; row < rows && *out; row++) {
        (*out)[row] = place_row(holds, rules->n, rows, row);
    }
    pp_free(holds);
    PP_NEED(*out, err);
    return PP_OK;
}

static void count(const pp__segments_found *f, int64_t place, int64_t draw,
                  pp__placing at) {
    int64_t *hits = f->hits + place * f->n, *sure = f->sure + place * f->n;
    int64_t *might = f->might + place * f->n;
    hits[at.segment]++;
    sure[at.segment] += at.open == 0;
    f->counts[at.segment * f->draws + draw]++;
    for (int s = 0; s < f->n; s++) {
        might[s] += s == at.segment || (at.open >> s & 1);
    }
}

static pp_status draw_block(const pp_table *profiles, const pp_segment_rules *rules,
                            int64_t first, int64_t n, uint64_t seed,
                            const pp_context *ctx, const pp__segments_found *f,
                            pp_error *err) {
    pp_table *drawn;
    pp__placing *at = NULL;
    PP_TRY(pp__facts_draw(profiles, rules->sql, rules->n, first, n, f->draws, seed,
                          &drawn, err));
    pp_status status = pp__segments_place(drawn, rules, ctx, &at, err);
    for (int64_t i = 0; i < n * f->draws && status == PP_OK; i++) {
        count(f, first + i / f->draws, i % f->draws, at[i]);
    }
    pp_free(at);
    pp_table_free(drawn);
    return status;
}

static pp_status make_room(pp__segments_found *f, pp_arena *arena, pp_error *err) {
    int64_t cells = f->places * f->n;
    f->hits = pp_arena_zalloc(arena, cells, sizeof *f->hits);
    f->sure = pp_arena_zalloc(arena, cells, sizeof *f->sure);
    f->might = pp_arena_zalloc(arena, cells, sizeof *f->might);
    f->counts = pp_arena_zalloc(arena, f->n * f->draws, sizeof *f->counts);
    f->placing = pp_arena_alloc(arena, f->places, sizeof *f->placing);
    PP_NEED(f->hits && f->sure && f->might && f->counts ? f->placing : NULL, err);
    return PP_OK;
}

pp_status pp__segments_find(const pp_table *profiles, const pp_segment_rules *rules,
                            int64_t draws, uint64_t seed, const pp_context *ctx,
                            pp_arena *arena, pp__segments_found *out, pp_error *err) {
    pp__placing *at;
    int64_t block = draws < ROWS_AT_ONCE ? ROWS_AT_ONCE / draws : 1;
    *out = (pp__segments_found){
        .places = pp_table_rows(profiles), .draws = draws, .n = (int)rules->n};
    PP_TRY(make_room(out, arena, err));
    PP_TRY(pp__segments_place(profiles, rules, ctx, &at, err));
    for (int64_t i = 0; i < out->places; i++) {
        out->placing[i] = at[i];
    }
    pp_free(at);
    for (int64_t first = 0; first < out->places; first += block) {
        int64_t n = first + block < out->places ? block : out->places - first;
        PP_TRY(
            pp_progress(ctx, "segments", 0.3 * (double)first / (double)out->places, err));
        PP_TRY(draw_block(profiles, rules, first, n, seed, ctx, out, err));
    }
    return PP_OK;
}
