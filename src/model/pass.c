#include "model/pass.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/evaluate.h"

#include <string.h>

/* The blocks' own sums take at most MOST_SPACE doubles, where one block does not take
 * more. */
enum {
    SMALLEST_BLOCK = 16 * PP__TILE,
    MOST_BLOCKS = 64,
    MOST_SPACE = 1 << 24,
    ROWS_BLOCK = 64 * PP__TILE
};

typedef struct run {
    const pp__pass *pass;
    pp__tile_fn *tile;
    void *payload;
} run;

pp_status pp__pass_init(pp__pass *pass, int64_t n, int64_t width, int64_t scratch,
                        pp_arena *arena, pp_error *err) {
    int64_t most = MOST_SPACE / (width + scratch + 1);
    most = most < 1 ? 1 : most > MOST_BLOCKS ? MOST_BLOCKS : most;
    int64_t rows = (n + most - 1) / most;
    rows = (rows + PP__TILE - 1) / PP__TILE * PP__TILE;
    rows = rows < SMALLEST_BLOCK ? SMALLEST_BLOCK : rows;
    *pass = (pp__pass){n, rows, (n + rows - 1) / rows, width, scratch, NULL};
    pass->space = pp_arena_alloc(arena, pass->blocks * (width + scratch), sizeof(double));
    PP_NEED(pass->space, err);
    return PP_OK;
}

static void run_block(void *payload, int64_t block) {
    const run *r = payload;
    const pp__pass *p = r->pass;
    double *sums = p->space + block * (p->width + p->scratch);
    int64_t begin = block * p->block_rows, end = begin + p->block_rows;
    end = end > p->n ? p->n : end;
    memset(sums, 0, (size_t)p->width * sizeof *sums);
    for (; begin < end; begin += PP__TILE) {
        int n = end - begin < PP__TILE ? (int)(end - begin) : PP__TILE;
        r->tile(r->payload, begin, n, sums, sums + p->width);
    }
}

void pp__pass_run(const pp__pass *pass, pp__tile_fn *tile, void *payload,
                  const pp_context *ctx, double *sums) {
    run r = {pass, tile, payload};
    pp__parallel(ctx, pass->blocks, run_block, &r);
    memset(sums, 0, (size_t)pass->width * sizeof *sums);
    for (int64_t b = 0; b < pass->blocks; b++) {
        const double *from = pass->space + b * (pass->width + pass->scratch);
        for (int64_t i = 0; i < pass->width; i++) {
            sums[i] += from[i];
        }
    }
}

pp_status pp__pass_rows(int64_t n, int64_t scratch, pp__tile_fn *tile, void *payload,
                        const pp_context *ctx, pp_error *err) {
    pp_arena arena;
    pp__pass pass;
    pp_arena_init(&arena);
    pp_status status = pp__pass_init(&pass, n, 0, scratch, &arena, err);
    if (status == PP_OK) {
        double none;
        pp__pass_run(&pass, tile, payload, ctx, &none);
    }
    pp_arena_clear(&arena);
    return status;
}

typedef struct over_rows {
    int64_t n;
    pp__rows_fn *fn;
    void *payload;
} over_rows;

static void run_rows(void *payload, int64_t block) {
    const over_rows *o = payload;
    int64_t begin = block * ROWS_BLOCK, end = begin + ROWS_BLOCK;
    o->fn(o->payload, begin, end < o->n ? end : o->n);
}

void pp__over_rows(int64_t n, pp__rows_fn *fn, void *payload, const pp_context *ctx) {
    over_rows o = {n, fn, payload};
    pp__parallel(ctx, (n + ROWS_BLOCK - 1) / ROWS_BLOCK, run_rows, &o);
}
