/* The specification curve: plan, frames, all fits, the joint test, tables. */
#include <pushpull/curve.h>

#include "base/check.h"
#include "drivers/curve_run.h"

#include <math.h>

typedef struct curve {
    const char *formula;
    const pp_context *ctx;
    pp_arena arena;
    pp__curve_plan plan;
    pp__curve_frames frames;
    pp__curve_state state;
    pp_result *result;
    pp_error *err;
} curve;

static pp_status estimate(curve *c) {
    pp__curve_kit kit;
    char digest[65] = "";
    const pp_curve_options *o = c->plan.options;
    double fits = (double)c->plan.n,
           m = (double)(o->test_most ? o->test_most : c->plan.n);
    double share = fits / (fits + (double)o->draws * m);
    PP_TRY(pp__curve_kit_make(&c->plan, &c->frames, &c->arena, &kit, c->err));
    PP_TRY(pp__curve_state_new(c->plan.n, o->draws, &c->state, c->err));
    if (o->resume) {
        PP_TRY(pp__curve_digest(c->formula, &c->plan, digest, c->err));
        PP_TRY(pp__curve_resume(o->resume, digest, &c->state, c->err));
        PP_TRY(pp__curve_keep(o->resume, digest, c->state.kept < 0, &c->state, c->err));
    }
    pp__curve_job job = {&kit, c->ctx, digest, 0, share};
    PP_TRY(pp__curve_run(&job, &c->state, c->err));
    job.from = share;
    job.to = 1;
    return pp__curve_test(&job, &c->state, c->err);
}

static pp_status put_notes(curve *c) {
    const pp_curve_options *o = c->plan.options;
    PP_TRY(pp_result_note_text(c->result, "formula", c->formula, c->err));
    PP_TRY(pp_result_note_number(c->result, "seed", (double)o->seed, c->err));
    if ((uint64_t)c->plan.n == c->plan.total) {
        return PP_OK;
    }
    return pp_result_warn(
        c->result, "sampled_specifications", NULL, c->plan.n, c->err,
        "%lld of %llu combinations were drawn at random (seed %llu) and "
        "stand for all",
        (long long)c->plan.n, (unsigned long long)c->plan.total,
        (unsigned long long)o->seed);
}

static pp_status run(curve *c, const pp_curve_data *data, int n_data,
                     const pp_curve_options *options) {
    PP_TRY(pp__curve_plan_make(c->formula, data, n_data, options, &c->arena, &c->plan,
                               c->err));
    PP_TRY(pp__curve_frames_make(&c->plan, c->ctx, &c->arena, &c->frames, c->err));
    PP_TRY(estimate(c));
    PP_TRY(pp_result_new("curve", &c->result, c->err));
    PP_TRY(pp__curve_put(&c->plan, &c->state, c->result, c->err));
    PP_TRY(pp__curve_put_choices(&c->plan, &c->state, c->result, c->err));
    PP_TRY(pp__curve_put_test(&c->plan, &c->state, c->result, c->err));
    return put_notes(c);
}

pp_status pp_curve(const char *formula, const pp_curve_data *data, int n_data,
                   const pp_curve_options *options, const pp_context *ctx,
                   pp_result **out, pp_error *err) {
    const pp_curve_options usual = {0};
    curve c = {.formula = formula, .ctx = ctx, .err = err};
    pp_arena_init(&c.arena);
    pp_status status = run(&c, data, n_data, options ? options : &usual);
    pp__curve_state_clear(&c.state);
    pp__curve_frames_clear(&c.frames);
    pp_arena_clear(&c.arena);
    if (status != PP_OK) {
        pp_result_free(c.result);
        return status;
    }
    *out = c.result;
    return PP_OK;
}
