/* Centralities and components by igraph. Its error handlers, its progress handler and the stack of what
   it frees on errors are those of the process: a lock lets one call in at a time, and puts back what it
   found. No measure here uses igraph's random numbers. */
#include "market/bipartite.h"

#include "base/check.h"

#include <igraph/igraph.h>
#include <pthread.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static const pp_context *watcher; /* of the call that holds the lock */

static igraph_error_t tell_progress(const char *message, igraph_real_t percent,
                                    void *data) {
    (void)message;
    (void)data;
    return pp_progress(watcher, "centrality", percent / 100, NULL) == PP_OK
               ? IGRAPH_SUCCESS
               : IGRAPH_INTERRUPTED;
}

typedef struct handlers {
    igraph_error_handler_t *error;
    igraph_warning_handler_t *warning;
    igraph_progress_handler_t *progress;
} handlers;

static handlers enter(const pp_context *ctx) {
    pthread_mutex_lock(&one_at_a_time);
    watcher = ctx;
    return (handlers){igraph_set_error_handler(igraph_error_handler_ignore),
                      igraph_set_warning_handler(igraph_warning_handler_ignore),
                      igraph_set_progress_handler(tell_progress)};
}

static void leave(handlers before) {
    igraph_set_error_handler(before.error);
    igraph_set_warning_handler(before.warning);
    igraph_set_progress_handler(before.progress);
    watcher = NULL;
    pthread_mutex_unlock(&one_at_a_time);
}

typedef struct graph {
    igraph_t g;
    igraph_vector_int_t ends, component;
    igraph_vector_t scores;
    int have_graph, have_ends, have_component, have_scores;
} graph;

#define NEED(call)                                                                       \
    do {                                                                                 \
        igraph_error_t code_ = (call);                                                   \
        if (code_ != IGRAPH_SUCCESS) {                                                   \
            return code_;                                                                \
        }                                                                                \
    } while (0)

static igraph_error_t open_graph(graph *w, const pp__bipartite *b) {
    NEED(igraph_vector_int_init(&w->ends, 2 * b->edges));
    w->have_ends = 1;
    NEED(igraph_vector_int_init(&w->component, 0));
    w->have_component = 1;
    NEED(igraph_vector_init(&w->scores, 0));
    w->have_scores = 1;
    for (int64_t e = 0; e < b->edges; e++) {
        VECTOR(w->ends)[2 * e] = b->end[0][e];
        VECTOR(w->ends)[2 * e + 1] = b->n[0] + b->end[1][e];
    }
    NEED(igraph_create(&w->g, &w->ends, b->n[0] + b->n[1], IGRAPH_UNDIRECTED));
    w->have_graph = 1;
    return IGRAPH_SUCCESS;
}

static void close_graph(graph *w) {
    if (w->have_graph) {
        igraph_destroy(&w->g);
    }
    if (w->have_scores) {
        igraph_vector_destroy(&w->scores);
    }
    if (w->have_component) {
        igraph_vector_int_destroy(&w->component);
    }
    if (w->have_ends) {
        igraph_vector_int_destroy(&w->ends);
    }
}

static void copy_scores(const graph *w, int n, double *out) {
    for (int i = 0; i < n; i++) {
        out[i] = VECTOR(w->scores)[i];
    }
}

static igraph_error_t measure(graph *w, const pp__bipartite *b, pp__measures *out) {
    int n = b->n[0] + b->n[1];
    igraph_integer_t components = 0;
    NEED(open_graph(w, b));
    NEED(
        igraph_betweenness(&w->g, &w->scores, igraph_vss_all(), IGRAPH_UNDIRECTED, NULL));
    copy_scores(w, n, out->betweenness);
    NEED(igraph_harmonic_centrality(&w->g, &w->scores, igraph_vss_all(), IGRAPH_ALL, NULL,
                                    0));
    copy_scores(w, n, out->harmonic);
    NEED(igraph_connected_components(&w->g, &w->component, NULL, &components,
                                     IGRAPH_WEAK));
    for (int i = 0; i < n; i++) {
        out->component[i] = (int)VECTOR(w->component)[i];
    }
    out->components = (int)components;
    return IGRAPH_SUCCESS;
}

static pp_status told(igraph_error_t code, pp_error *err) {
    switch (code) {
    case IGRAPH_SUCCESS:
        return PP_OK;
    case IGRAPH_INTERRUPTED:
        PP_FAIL(err, PP_E_CANCELLED, "cancelled");
    case IGRAPH_ENOMEM:
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    default:
        PP_FAIL(err, PP_E_INTERNAL, "the measures of a network failed: %s",
                igraph_strerror(code));
    }
}

pp_status pp__bipartite_measure(const pp__bipartite *b, const pp_context *ctx,
                                pp_arena *arena, pp__measures *out, pp_error *err) {
    int n = b->n[0] + b->n[1];
    graph w = {0};
    out->betweenness = pp_arena_zalloc(arena, n + 1, sizeof *out->betweenness);
    out->harmonic = pp_arena_zalloc(arena, n + 1, sizeof *out->harmonic);
    out->component = pp_arena_zalloc(arena, n + 1, sizeof *out->component);
    out->components = 0;
    PP_NEED(out->betweenness && out->harmonic && out->component, err);
    if (n == 0) {
        return PP_OK;
    }
    handlers before = enter(ctx);
    igraph_error_t code = measure(&w, b, out);
    close_graph(&w);
    leave(before);
    return told(code, err);
}
