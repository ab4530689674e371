/* What the parts of a synthetic-control analysis share. */
#ifndef PP_EFFECTS_SYNTH_WORK_H
#define PP_EFFECTS_SYNTH_WORK_H

#include "effects/synth/conformal.h"
#include "effects/synth/synth_read.h"

/* Without one donor. */
typedef struct pp__synth_without {
    int donor;
    pp__synthetic s;
} pp__synth_without;

/* Of a method: how its estimate stands among placebos. */
typedef struct pp__synth_rank {
    double std_error, p_value, p_ratio, p_above, p_below;
    double told,
        told_90; /* estimates beyond are told from placebos at the level, at 90 %; NaN: none */
} pp__synth_rank;

typedef struct pp__synth_work {
    const pp_synth_options *options;
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    pp__synth_data d;
    pp__synth_rule rule;
    double level;
    double scale; /* the standard deviation of all outcomes before treatment */
    int *own;     /* treated: their rows */
    int placebos; /* groups of donors that take the treated units' part */
    int *group;   /* placebos × treated: donors */
    pp__synthetic real[PP__SYNTH_METHODS];
    pp__synthetic *placebo; /* methods × placebos */
    int n_without;
    pp__synth_without *without; /* donors that bear weight */
    pp_result *result;
} pp__synth_work;

/* "sdid", "sc", … */
extern const char *const pp__synth_names[PP__SYNTH_METHODS];

/* The rows `own` in the treated units' part, the other donors without `except` as donors. */
pp_status pp__synth_arrange(const pp__synth_work *w, const int *own, int n, int except,
                            pp_arena *arena, pp__paths *out, pp_error *err);
pp_status pp__synth_estimate(const pp__synth_work *w, const int *own, int n, int except,
                             pp__synth_method method, pp_arena *arena, pp__synthetic *out,
                             pp_error *err);

/* One estimate of many. */
typedef struct pp__synth_job {
    const int *own;
    int n, except;
    pp__synth_method method;
    pp__synthetic *out; /* its weights are not kept */
} pp__synth_job;

pp_status pp__synth_estimate_each(pp__synth_work *w, const char *stage,
                                  const pp__synth_job *jobs, int64_t n);

/* The method that was asked for. */
const pp__synthetic *pp__synth_chosen(const pp__synth_work *w);
/* 1: the gaps before treatment are zero but for rounding, and no measure of the gaps after it. */
int pp__synth_fits_exactly(const pp__synth_work *w, const pp__synthetic *s);
/* Gaps after over gaps before; NaN where those before are zero. */
double pp__synth_ratio(const pp__synth_work *w, const pp__synthetic *s);
/* Misfits before treatment above this share of the outcomes' spread: an estimate is not to be read. */
#define PP__SYNTH_POOR 0.25
/* Periods before treatment below this number are few. */
#define PP__SYNTH_FEW_PERIODS 8
/* 1: the mean square gap before treatment is over 20 times that of the treated; where the treated are
   matched exactly, the root of it is over PP__SYNTH_POOR of the outcomes' spread. */
int pp__synth_is_poor(const pp__synth_work *w, const pp__synthetic *s);

pp_status pp__synth_run_placebos(pp__synth_work *w);
pp_status pp__synth_rank_of(const pp__synth_work *w, pp__synth_method method,
                            pp_arena *arena, pp__synth_rank *out, pp_error *err);

/* The tables. */
pp_status pp__synth_put_preflight(pp__synth_work *w);
pp_status pp__synth_put_estimates(pp__synth_work *w);
pp_status pp__synth_put_gaps(pp__synth_work *w);
pp_status pp__synth_put_conformal(pp__synth_work *w);
pp_status pp__synth_put_weights(pp__synth_work *w);
pp_status pp__synth_put_placebos(pp__synth_work *w);
pp_status pp__synth_put_backdated(pp__synth_work *w);
pp_status pp__synth_put_leave_out(pp__synth_work *w);
pp_status pp__synth_put_left_out(pp__synth_work *w);

#endif
