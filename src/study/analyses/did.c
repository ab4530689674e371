/* What goes with adoption: effects by the time since it, in every design of the study. */
#include "base/check.h"
#include "model/tables.h"
#include "study/analyses/analysis.h"
#include "study/run_designs.h"

#include <math.h>

typedef struct settings {
    const char *const *designs;
} settings;

static const pp__field fields[] = {
    {"designs", PP__NAMES, PP__AT(settings, designs), .refers = PP__TO_DESIGN},
};
static const pp__section format =
    PP__FIELDS("the differences in differences", fields, sizeof(settings));

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    pp_buf_printf(what, "group-time effects of %lld designs",
                  (long long)pp__run_count_designs(study, s->designs));
}

/* What would have been seen at each horizon, beside what was. */
static pp_status add_detectable(pp__run *run, const pp_study_design *d,
                                const char *outcome, pp_table *dynamic, pp_error *err) {
    const pp__run_outcome *seen;
    PP_TRY(pp__run_outcome_of(run, "mde", d, outcome, &seen, err));
    const pp_table *mde = seen->result ? pp_result_find(seen->result, "mde") : NULL;
    const double *horizon = pp_table_find(dynamic, "horizon")->number;
    for (int64_t row = 0; row < pp_table_rows(dynamic); row++) {
        double value = NAN;
        for (int64_t i = 0; mde && i < pp_table_rows(mde); i++) {
            if (pp_table_find(mde, "horizon")->number[i] == horizon[row]) {
                value = pp_table_find(mde, "mde")->number[i];
            }
        }
        PP_TRY(pp__put_number(dynamic, row, "mde", 0, value, err));
    }
    return PP_OK;
}

static pp_status draw(const void *payload, const pp_table *all,
                      const pp_uncertain_options *dates, const pp_context *ctx,
                      pp_result **out, pp_error *err) {
    return pp_did_uncertain(all, payload, dates, ctx, out, err);
}

static pp_status one(pp__run *run, const pp__run_design *design,
                     const pp_did_options *options, const void *payload, pp_result **out,
                     pp_error *err) {
    (void)payload;
    PP_TRY(pp_did(design->data, options, run->ctx, out, err));
    pp_status status =
        pp__run_add_drawn(run, design, options->outcome, -1, draw, options, *out, err);
    if (status == PP_OK) {
        status = add_detectable(run, design->design, options->outcome,
                                pp_result_find(*out, "dynamic"), err);
    }
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

static pp_status run_did(pp__run *run, const void *payload, pp_result **out,
                         pp_error *err) {
    const settings *s = payload;
    return pp__run_each_design(run, "did", s->designs, one, s, out, err);
}

static const char *const tables[] = {"overall", "preflight", NULL};

const pp__analysis pp__analysis_did = {
    .name = "did",
    .command = "did",
    .title = "What goes with adoption",
    .about =
        "The change of an outcome since the year before adoption, in the countries that "
        "adopted, less the same change in countries that had not adopted by then "
        "(Callaway and Sant'Anna 2021). It is what adoption did only if the two would "
        "have "
        "run in parallel without it; that cannot be seen, only how they ran before.",
    .format = &format,
    .describe = describe,
    .run = run_did,
    .one = one,
    .tables = tables,
};
