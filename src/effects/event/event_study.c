/* Several estimators of one event study: each on the same panel. */
#include "effects/event/event_study.h"

#include "base/check.h"
#include "effects/did/preflight.h"
#include "effects/event/horizons.h"
#include "effects/event/stacked.h"
#include "effects/event/within.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 5 };

typedef struct work {
    const pp_did_options *design;
    const pp_context *ctx;
    pp_arena arena;
    pp_error *err;
    pp__staggered s;
    pp__staggered_report report;
    pp__event event[PP__EVENT_ESTIMATORS];
    int n;
    pp_did_options shown;  /* the design with horizons chosen */
    int64_t before, after; /* of the stacks */
    pp__did_cells cells;   /* of the first estimator, for the pre-flight */
    int has_cells;
    pp_result *result;
} work;

static const pp__event known[PP__EVENT_ESTIMATORS] = {
    {.name = "cs",
     .title = "Callaway and Sant'Anna",
     .compared_with = "the last period before treatment",
     .is_from_base = 1},
    {.name = "sunab",
     .title = "Sun and Abraham",
     .compared_with = "the last period before treatment",
     .is_from_base = 1},
    {.name = "bjs",
     .title = "Imputation",
     .compared_with =
         "all periods before treatment; before it, those earlier than shown"},
    {.name = "stacked",
     .title = "Stacked",
     .compared_with = "the last period before treatment",
     .is_from_base = 1},
    {.name = "twfe",
     .title = "Two-way fixed effects",
     .compared_with = "the last period before treatment",
     .is_from_base = 1,
     .is_diagnosis = 1},
};

/* ---- options ---- */

static int find_known(const char *name, size_t length) {
    for (int i = 0; i < PP__EVENT_ESTIMATORS; i++) {
        if (strlen(known[i].name) == length && memcmp(known[i].name, name, length) == 0) {
            return i;
        }
    }
    return -1;
}

static pp_status choose_estimators(work *w, const char *list) {
    int taken[PP__EVENT_ESTIMATORS] = {0};
    for (const char *at = list ? list : "cs,sunab,bjs,stacked,twfe"; *at;) {
        size_t length = strcspn(at, ",");
        int i = find_known(at, length);
        if (i < 0 || taken[i]) {
            pp_error_set(w->err, PP_E_ARGUMENT, "'%.*s' is no estimator%s", (int)length,
                         at, i < 0 ? "" : " twice");
            pp_error_locate(w->err, NULL, 0, "estimators", list);
            pp_error_hint(w->err, "of cs, sunab, bjs, stacked and twfe, with commas");
            return PP_E_ARGUMENT;
        }
        taken[i] = 1;
        w->event[w->n++] = known[i];
        at += length;
        at += *at == ',';
    }
    if (w->n == 0) {
        PP_FAIL(w->err, PP_E_ARGUMENT, "no estimator is named");
    }
    return PP_OK;
}

/* What an estimator has of the design's choices. */
static pp_did_options options_of(const work *w, const char *name) {
    pp_did_options o = w->shown;
    int is_cs = strcmp(name, "cs") == 0, is_stacked = strcmp(name, "stacked") == 0,
        is_bjs = strcmp(name, "bjs") == 0;
    o.estimator = name;
    o.base = is_cs ? "universal" : NULL;
    o.method = is_cs ? o.method : NULL;
    o.control = is_cs || is_stacked ? o.control : NULL;
    o.stack = is_stacked ? o.stack : NULL;
    o.leave_out = is_bjs && o.leave_out;
    o.leads = is_bjs ? o.leads : 0;
    o.draws = 0;
    o.balance = -1;
    if (is_stacked) {
        o.least = -w->before;
        o.most = w->after;
    }
    return o;
}

static pp_status check_design(work *w) {
    const pp_did_options *o = w->design;
    if (o->anticipation != 0) {
        pp_error_set(w->err, PP_E_ARGUMENT, "only the estimator cs has anticipation");
        pp_error_locate(w->err, NULL, 0, "anticipation", NULL);
        pp_error_hint(w->err, "move the first periods of treatment, or see pp_did");
        return PP_E_ARGUMENT;
    }
    if (o->panel && strcmp(o->panel, "crosssection") == 0) {
        pp_error_set(w->err, PP_E_ARGUMENT,
                     "cross-sections have no unit effects, which all but cs need");
        pp_error_hint(w->err, "see pp_did with the estimator cs");
        return PP_E_ARGUMENT;
    }
    if ((o->least || o->most) && (o->least > 0 || o->most < 0)) {
        PP_FAIL(w->err, PP_E_ARGUMENT, "horizons begin before 1 and end after -1");
    }
    for (int i = 0; i < w->n; i++) {
        if (!w->event[i].is_diagnosis) {
            pp_did_options own = options_of(w, w->event[i].name);
            own.weights = NULL; /* told of in its remark */
            PP_TRY(pp__did_check_options(&own, w->err));
        }
    }
    return PP_OK;
}

/* ---- horizons ---- */

static void choose_horizons(work *w) {
    int given = w->design->least || w->design->most;
    w->shown = *w->design;
    w->shown.least = given ? w->design->least : -LONGEST;
    w->shown.most = given ? w->design->most : LONGEST;
    pp__window_choose(&w->s, (int)-w->shown.least, (int)w->shown.most, &w->before,
                      &w->after);
}

/* ---- estimates ---- */

/* To the work's own arena, with the factor of errors. */
static pp_status keep(work *w, pp__event *e, const pp__aggregation *from,
                      double small_sample) {
    int64_t columns = from->n + 1, n = w->s.n;
    e->a = (pp__aggregation){.n = from->n};
    e->a.mean = pp_arena_alloc(&w->arena, columns, sizeof *e->a.mean);
    e->a.influence = pp_arena_alloc(&w->arena, columns * n, sizeof *e->a.influence);
    PP_NEED(e->a.mean && e->a.influence ? e->a.mean : NULL, w->err);
    memcpy(e->a.mean, from->mean, (size_t)columns * sizeof *e->a.mean);
    for (int64_t i = 0; i < columns * n; i++) {
        e->a.influence[i] = sqrt(small_sample) * from->influence[i];
    }
    e->is_there = 1;
    return PP_OK;
}

static pp_status name_trimmed(work *w, pp__event *e, const char *const *trimmed) {
    int64_t units = 0;
    int cohorts = 0;
    for (int c = 0; c < w->s.cohorts; c++) {
        cohorts += trimmed[c] != NULL;
        units += trimmed[c] ? w->s.begin[c + 1] - w->s.begin[c] : 0;
    }
    e->remark = pp_arena_printf(
        &w->arena,
        "horizons %lld to %lld; %d of %d cohorts do not fit and are trimmed (%lld of "
        "%lld treated units)",
        (long long)-w->before, (long long)w->after, cohorts, w->s.cohorts,
        (long long)units, (long long)w->s.begin[w->s.cohorts]);
    PP_NEED(e->remark, w->err);
    return PP_OK;
}

static pp_status estimate_one(work *w, pp__event *e, pp_arena *scratch) {
    pp_did_options o = options_of(w, e->name);
    pp__did_cells cells;
    pp__aggregation a;
    PP_TRY(pp__did_check_options(&o, w->err));
    PP_TRY(pp__did_cells_estimate(&w->s, &o, w->ctx, scratch, &cells, w->err));
    PP_TRY(pp__did_aggregate(&cells, PP__OVER_HORIZONS, &o, scratch, &a, w->err));
    if (cells.trimmed) {
        PP_TRY(name_trimmed(w, e, cells.trimmed));
    }
    return keep(w, e, &a, cells.small_sample);
}

static pp_status estimate_twfe(work *w, pp__event *e, pp_arena *scratch) {
    pp__staggered within;
    pp__aggregation a, shown = {0};
    int constant;
    PP_TRY(pp__staggered_within(&w->s, scratch, &within, &constant, w->err));
    PP_TRY(pp__two_way(&within, w->ctx, scratch, &a, w->err));
    shown.mean = pp_arena_alloc(scratch, 1, sizeof *shown.mean);
    shown.influence = pp_arena_zalloc(scratch, w->s.n, sizeof *shown.influence);
    PP_NEED(shown.mean && shown.influence ? shown.mean : NULL, w->err);
    PP_TRY(pp__horizons_merge(&w->s, &w->shown, &a, scratch, &shown, w->err));
    e->remark = "a diagnosis: its coefficients mix horizons where effects differ";
    return keep(w, e, &shown, 1);
}

/* What the data cannot carry is told and is no error. */
static pp_status estimate_event(work *w, pp__event *e) {
    pp_arena scratch;
    pp_arena_init(&scratch);
    pp_status status =
        e->is_diagnosis ? estimate_twfe(w, e, &scratch) : estimate_one(w, e, &scratch);
    pp_arena_clear(&scratch);
    if (status != PP_E_ESTIMATION && status != PP_E_ARGUMENT) {
        return status;
    }
    e->is_there = 0;
    e->remark = pp_arena_strdup(&w->arena, w->err ? w->err->message : "not estimated");
    PP_NEED(e->remark, w->err);
    return PP_OK;
}

static pp_status estimate_all(work *w) {
    int there = 0;
    for (int i = 0; i < w->n; i++) {
        PP_TRY(estimate_event(w, &w->event[i]));
        there += w->event[i].is_there;
    }
    if (there == 0) {
        return PP_E_ESTIMATION; /* with the reason of the last */
    }
    if (w->err) {
        *w->err = (pp_error){0};
    }
    return PP_OK;
}

/* ---- the whole ---- */

static pp_status warn(work *w) {
    for (int i = 0; i < w->n; i++) {
        if (!w->event[i].is_there) {
            PP_TRY(pp_result_warn(w->result, "not_estimated", w->event[i].name, 1, w->err,
                                  "%s is not estimated: %s", w->event[i].title,
                                  w->event[i].remark));
        }
    }
    return PP_OK;
}

static pp_status tell(work *w) {
    PP_TRY(pp_result_new("event_study", &w->result, w->err));
    PP_TRY(pp__event_study_put(
        &(pp__event_study){.s = &w->s,
                           .n = w->n,
                           .event = w->event,
                           .level = w->design->level > 0 ? w->design->level : 0.95,
                           .arena = &w->arena,
                           .result = w->result,
                           .err = w->err}));
    PP_TRY(pp__preflight_put(&(pp__preflight){.options = &w->shown,
                                              .s = &w->s,
                                              .report = &w->report,
                                              .cells = &w->cells,
                                              .result = w->result,
                                              .err = w->err}));
    return warn(w);
}

static pp_status run(work *w, const pp_table *data, const char *estimators) {
    w->shown = *w->design;
    PP_TRY(choose_estimators(w, estimators));
    PP_TRY(check_design(w));
    PP_TRY(pp__staggered_read(data, w->design, w->ctx, &w->arena, &w->s, &w->report,
                              w->err));
    choose_horizons(w);
    w->cells.effects.s = &w->s;
    PP_TRY(estimate_all(w));
    return tell(w);
}

pp_status pp_event_study(const pp_table *data, const pp_did_options *design,
                         const pp_event_study_options *options, const pp_context *ctx,
                         pp_result **out, pp_error *err) {
    pp_error own = {0};
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->design = design;
    w->ctx = ctx;
    w->err = err ? err : &own;
    pp_arena_init(&w->arena);
    pp_status status = run(w, data, options ? options->estimators : NULL);
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
