/* One pass over rows that adds up a vector of sums.
 *
 * Rows are cut into blocks that depend on their number alone, and the blocks' sums are
 * added in order: the same bits at any number of threads.
 */
#ifndef PP_MODEL_PASS_H
#define PP_MODEL_PASS_H

#include <pushpull/context.h>
#include <pushpull/memory.h>

/* Adds what rows begin..begin+n-1 (n <= PP__TILE) contribute to `sums`; `scratch` is its
 * own. */
typedef void pp__tile_fn(void *payload, int64_t begin, int n, double *sums,
                         double *scratch);

typedef struct pp__pass {
    int64_t n, block_rows, blocks;
    int64_t width, scratch; /* doubles in `sums` and in `scratch` */
    double *space;
} pp__pass;

/* The work space is allocated in `arena` once, for any number of runs. */
pp_status pp__pass_init(pp__pass *pass, int64_t n, int64_t width, int64_t scratch,
                        pp_arena *arena, pp_error *err);
/* `sums` (pass->width doubles) is overwritten. */
void pp__pass_run(const pp__pass *pass, pp__tile_fn *tile, void *payload,
                  const pp_context *ctx, double *sums);

/* A pass that leaves no sums. */
pp_status pp__pass_rows(int64_t n, int64_t scratch, pp__tile_fn *tile, void *payload,
                        const pp_context *ctx, pp_error *err);

/* The same without scratch: calls fn for blocks of rows begin..end-1. */
typedef void pp__rows_fn(void *payload, int64_t begin, int64_t end);
void pp__over_rows(int64_t n, pp__rows_fn *fn, void *payload, const pp_context *ctx);

#endif
