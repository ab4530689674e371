/* Work over fixed chunks on several threads.
 *
 * The chunks do not depend on the number of threads, so that results reduced in the order
 * of chunks are the same bits at any number of them.
 */
#ifndef PP_BASE_PARALLEL_H
#define PP_BASE_PARALLEL_H

#include <pushpull/context.h>

typedef void pp__chunk_fn(void *payload, int64_t chunk);

/* Calls fn(payload, c) once for each c in 0..chunks-1, on up to pp_threads(ctx) threads
   (the calling one among them). `fn` must not fail: it leaves its status in the payload.
   Threads that cannot be started are done without. */
void pp__parallel(const pp_context *ctx, int64_t chunks, pp__chunk_fn *fn, void *payload);

#endif
