/* All specifications, in chunks that do not depend on the number of threads. */
#include "drivers/curve_run.h"
#include "base/check.h"
#include "drivers/curve_watch.h"

#include <math.h>

/* Of a chunk the first fit begins afresh, the others where their neighbour ended. */
enum { CHUNK = 128, ROUND = 16 };

pp_status pp__curve_state_new(int64_t n, int64_t draws, pp__curve_state *out,
                              pp_error *err) {
    *out = (pp__curve_state){.n = n, .draws = draws, .kept = -1};
    out->row = pp_calloc(n, sizeof *out->row);
    out->statistic = pp_calloc(draws * PP__CURVE_STATISTICS, sizeof *out->statistic);
    if (!out->row || !out->statistic) {
        pp__curve_state_clear(out);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    return PP_OK;
}

void pp__curve_state_clear(pp__curve_state *state) {
    for (int64_t i = 0; state->row && i < state->n; i++) {
        pp_free(state->row[i].reason);
    }
    pp_free(state->row);
    pp_free(state->statistic);
    *state = (pp__curve_state){0};
}

typedef struct round {
    const pp__curve_kit *kit;
    pp__curve_state *state;
    pp__curve_watch *watch;
    int64_t first;
    pp_status status[ROUND];
    pp_error err[ROUND];
} round_of;

static pp_status fit_chunk(round_of *r, int64_t chunk, pp_error *err) {
    int64_t begin = r->first + chunk * CHUNK, end = begin + CHUNK;
    pp_status status = PP_OK;
    pp__curve_lean *lean = pp__curve_lean_new(r->kit, NULL);
    PP_NEED(lean, err);
    end = end < r->state->n ? end : r->state->n;
    for (int64_t i = begin; i < end && status == PP_OK; i++) {
        pp__curve_spec spec = pp__curve_spec_at(r->kit->plan, i);
        status = pp__curve_watch_look(r->watch, err);
        if (status == PP_OK) {
            status = pp__curve_fit(r->kit, lean, NULL, &spec, &r->state->row[i], err);
        }
    }
    pp__curve_lean_free(lean);
    return status;
}

static void run_chunk(void *payload, int64_t chunk) {
    round_of *r = payload;
    r->status[chunk] = fit_chunk(r, chunk, &r->err[chunk]);
}

static pp_status run_round(round_of *r, pp_error *err) {
    int64_t left = r->state->n - r->first, chunks = (left + CHUNK - 1) / CHUNK;
    chunks = chunks < ROUND ? chunks : ROUND;
    pp__curve_watch_run(r->watch, chunks, run_chunk, r);
    for (int64_t c = 0; c < chunks; c++) {
        if (r->status[c] != PP_OK) {
            if (err) {
                *err = r->err[c];
            }
            return r->status[c];
        }
    }
    int64_t done = r->first + chunks * CHUNK;
    r->state->done = done < r->state->n ? done : r->state->n;
    return PP_OK;
}

pp_status pp__curve_run(const pp__curve_job *job, pp__curve_state *state, pp_error *err) {
    const char *path = job->kit->plan->options->resume;
    round_of *r = pp_calloc(1, sizeof *r);
    PP_NEED(r, err);
    pp_status status = PP_OK;
    pp__curve_watch watch;
    pp__curve_watch_begin(&watch, job->ctx, "specifications");
    r->kit = job->kit;
    r->watch = &watch;
    r->state = state;
    for (r->first = state->done; r->first < state->n && status == PP_OK;
         r->first = state->done) {
        double share = (double)r->first / (double)state->n;
        watch.fraction = job->from + (job->to - job->from) * share;
        status = pp_progress(job->ctx, watch.stage, watch.fraction, err);
        if (status == PP_OK) {
            status = run_round(r, err);
        }
        if (status == PP_E_CANCELLED) {
            pp__curve_keep(path, job->digest, 1, state, NULL);
        }
        if (status == PP_OK) {
            status =
                pp__curve_keep(path, job->digest, state->done == state->n, state, err);
        }
    }
    pp_free(r);
    return status;
}
