#include <pushpull/occupancy.h>

#include "base/check.h"
#include "unseen/occupancy.h"

static pp_status report(pp__occupancy *o, pp_result **out, pp_error *err) {
    PP_TRY(pp__occupancy_fit(o, err));
    PP_TRY(pp_result_new("occupancy", out, err));
    PP_TRY(pp__occupancy_put_tables(o, *out, err));
    if (o->options->bootstrap > 0) {
        PP_TRY(pp__occupancy_test_fit(o, *out, err));
    }
    return pp_result_note_number(*out, "seed", (double)o->options->seed, err);
}

pp_status pp_occupancy(const pp_table *data, const pp_occupancy_options *options,
                       const pp_context *ctx, pp_result **out, pp_error *err) {
    pp__occupancy *o = pp_malloc(1, sizeof *o);
    pp_result *result = NULL;
    PP_NEED(o, err);
    pp_status status = pp__occupancy_new(data, options, ctx, o, err);
    if (status == PP_OK) {
        status = report(o, &result, err);
    }
    if (status == PP_OK) {
        *out = result;
    } else {
        pp_result_free(result);
    }
    pp__occupancy_clear(o);
    pp_free(o);
    return status;
}
