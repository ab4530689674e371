/* All specifications, and what was done of them. */
#ifndef PP_DRIVERS_CURVE_RUN_H
#define PP_DRIVERS_CURVE_RUN_H

#include "drivers/curve_fit.h"

#include <pushpull/text.h>

/* The statistics of the joint test. */
enum { PP__CURVE_STATISTICS = 3 }; /* median, share significant, Stouffer's Z */

typedef struct pp__curve_state {
    int64_t n, done; /* specifications; the first `done` are there */
    pp__curve_row *row;
    int64_t draws, drawn;
    double *statistic; /* draws × PP__CURVE_STATISTICS; NaN: the draw failed */
    int64_t
        kept; /* specifications and draws that the checkpoint holds; −1: there is none */
} pp__curve_state;

pp_status pp__curve_state_new(int64_t n, int64_t draws, pp__curve_state *out,
                              pp_error *err);
void pp__curve_state_clear(pp__curve_state *state);

/* ---- the checkpoint: curve_checkpoint.c ---- */

/* What a checkpoint must be of: data, plan and version. */
pp_status pp__curve_digest(const char *formula, const pp__curve_plan *plan, char out[65],
                           pp_error *err);

/* The state as bytes, and back. What is read is checked to the last byte: PP_E_CORRUPT when
   it is damaged, PP_E_CONFLICT when it is of something else; the state is then as before. */
void pp__curve_encode(const pp__curve_state *state, const char digest[65], pp_buf *out);
pp_status pp__curve_decode(const char *bytes, int64_t length, const char digest[65],
                           pp__curve_state *state, pp_error *err);

/* Reads the file if there is one; writes it. `path` NULL: nothing. */
pp_status pp__curve_resume(const char *path, const char digest[65],
                           pp__curve_state *state, pp_error *err);
pp_status pp__curve_keep(const char *path, const char digest[65], int force,
                         pp__curve_state *state, pp_error *err);

/* ---- specifications ---- */

typedef struct pp__curve_job {
    const pp__curve_kit *kit;
    const pp_context *ctx;
    const char *digest; /* of the checkpoint */
    double from, to;    /* progress */
} pp__curve_job;

pp_status pp__curve_run(const pp__curve_job *job, pp__curve_state *state, pp_error *err);

/* ---- the joint test: curve_test.c ---- */

/* Of values that it sorts; NaN without any. */
double pp__curve_median(int64_t n, double *values);

/* Of n rows, those without an estimate left out; `space`: n. */
void pp__curve_statistics(int64_t n, const pp__curve_row *const *rows, double level,
                          double *space, double out[PP__CURVE_STATISTICS]);

/* Which specifications the test refits: m of the n, ascending, in `arena`. */
pp_status pp__curve_test_specs(const pp__curve_plan *plan, pp_arena *arena,
                               int64_t **which, int64_t *m, pp_error *err);
pp_status pp__curve_test(const pp__curve_job *job, pp__curve_state *state, pp_error *err);

/* ---- tables: curve_tables.c, curve_choices.c ---- */

pp_status pp__curve_put(const pp__curve_plan *plan, const pp__curve_state *state,
                        pp_result *result, pp_error *err);
pp_status pp__curve_put_choices(const pp__curve_plan *plan, const pp__curve_state *state,
                                pp_result *result, pp_error *err);
pp_status pp__curve_put_test(const pp__curve_plan *plan, const pp__curve_state *state,
                             pp_result *result, pp_error *err);

#endif
