#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

enum { MAX_THREADS = 256 };

typedef struct pool {
    pp__chunk_fn *fn;
    void *payload;
    int64_t chunks;
    _Atomic int64_t next;
} pool;

static void *work(void *argument) {
    pool *p = argument;
    int64_t chunk;
    while ((chunk = atomic_fetch_add(&p->next, 1)) < p->chunks) {
        p->fn(p->payload, chunk);
    }
    return NULL;
}

void pp__parallel(const pp_context *ctx, int64_t chunks, pp__chunk_fn *fn,
                  void *payload) {
    pool p = {.fn = fn, .payload = payload, .chunks = chunks};
    int64_t wanted = pp_threads(ctx);
    wanted = wanted > chunks ? chunks : wanted;
    wanted = wanted > MAX_THREADS ? MAX_THREADS : wanted;
    pthread_t threads[MAX_THREADS];
    int started = 0;
    while (started < wanted - 1 &&
           pthread_create(&threads[started], NULL, work, &p) == 0) {
        started++;
    }
    work(&p);
    for (int i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
}
