/* Who asks whether to go on, and when. */
#include "drivers/curve_watch.h"

#include "base/check.h"

static const double PAUSE = 0.15;         /* seconds between two questions */
static const long NANOSECONDS = 20000000; /* of sleep while others work */

void pp__curve_watch_begin(pp__curve_watch *watch, const pp_context *ctx,
                           const char *stage) {
    watch->ctx = ctx;
    watch->stage = stage;
    watch->fraction = 0;
    watch->caller = pthread_self();
    clock_gettime(CLOCK_MONOTONIC, &watch->asked);
    atomic_init(&watch->cancelled, 0);
}

static void ask(pp__curve_watch *watch) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double since = (double)(now.tv_sec - watch->asked.tv_sec) +
                   1e-9 * (double)(now.tv_nsec - watch->asked.tv_nsec);
    if (since >= PAUSE) {
        watch->asked = now;
        if (pp_progress(watch->ctx, watch->stage, watch->fraction, NULL) != PP_OK) {
            atomic_store(&watch->cancelled, 1);
        }
    }
}

pp_status pp__curve_watch_look(pp__curve_watch *watch, pp_error *err) {
    if (!atomic_load(&watch->cancelled) && pthread_equal(pthread_self(), watch->caller)) {
        ask(watch);
    }
    if (atomic_load(&watch->cancelled)) {
        PP_FAIL(err, PP_E_CANCELLED, "cancelled during %s", watch->stage);
    }
    return PP_OK;
}

/* With nothing left to begin, the calling thread would only wait for the others. */
static void run_chunk(void *payload, int64_t chunk) {
    pp__curve_watch *watch = payload;
    const struct timespec pause = {0, NANOSECONDS};
    atomic_fetch_add(&watch->begun, 1);
    watch->fn(watch->payload, chunk);
    atomic_fetch_add(&watch->ended, 1);
    if (!pthread_equal(pthread_self(), watch->caller) ||
        atomic_load(&watch->begun) < watch->chunks) {
        return;
    }
    while (atomic_load(&watch->ended) < watch->chunks &&
           pp__curve_watch_look(watch, NULL) == PP_OK) {
        nanosleep(&pause, NULL);
    }
}

void pp__curve_watch_run(pp__curve_watch *watch, int64_t chunks, pp__chunk_fn *fn,
                         void *payload) {
    watch->fn = fn;
    watch->payload = payload;
    watch->chunks = chunks;
    atomic_init(&watch->begun, 0);
    atomic_init(&watch->ended, 0);
    pp__parallel(watch->ctx, chunks, run_chunk, watch);
}
