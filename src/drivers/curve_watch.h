/* Cancelling in the midst of a round of work on several threads: the calling thread asks between
 * fits, and while it waits for the others.
 */
#ifndef PP_DRIVERS_CURVE_WATCH_H
#define PP_DRIVERS_CURVE_WATCH_H

#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

typedef struct pp__curve_watch {
    const pp_context *ctx;
    const char *stage;
    double fraction;
    pthread_t caller; /* the only thread that may call back */
    struct timespec asked;
    atomic_int cancelled;
    pp__chunk_fn *fn; /* of this round */
    void *payload;
    int64_t chunks;
    _Atomic int64_t begun, ended;
} pp__curve_watch;

/* Begun by the calling thread. */
void pp__curve_watch_begin(pp__curve_watch *watch, const pp_context *ctx,
                           const char *stage);

/* Of any thread, as often as it likes: PP_E_CANCELLED once the callback, which is called a few
   times a second, has asked to stop. */
pp_status pp__curve_watch_look(pp__curve_watch *watch, pp_error *err);

/* As pp__parallel; `fn` looks now and then, and returns when it is cancelled. */
void pp__curve_watch_run(pp__curve_watch *watch, int64_t chunks, pp__chunk_fn *fn,
                         void *payload);

#endif
