/* What an occupancy model can be asked, and of which data. */
#include "base/check.h"
#include "unseen/occupancy.h"

#include <string.h>

pp_status pp__occupancy_fail(const char *option, const char *value, const char *message,
                             const char *hint, pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "%s", message);
    pp_error_locate(err, NULL, 0, option, value);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

/* ---- options ---- */

static const char *const FORMS[] = {"single", "dynamic", "false-positive",
                                    "royle-nichols"};

static pp_status find_form(pp__occupancy *o, pp_error *err) {
    const char *wanted = o->options->form ? o->options->form : FORMS[0];
    for (int i = 0; i < (int)(sizeof FORMS / sizeof *FORMS); i++) {
        if (strcmp(FORMS[i], wanted) == 0) {
            o->form = (pp__occupancy_form)i;
            return PP_OK;
        }
    }
    return pp__occupancy_fail("form", wanted, "there is no such form",
                              "there are: single, dynamic, false-positive, royle-nichols",
                              err);
}

static pp_status check_form(const pp__occupancy *o, pp_error *err) {
    const pp_occupancy_options *from = o->options;
    const pp__occupancy_form form = o->form;
    const struct {
        const char *name, *given;
        pp__occupancy_form form;
    } only[] = {{"colonisation", from->colonisation, PP__DYNAMIC},
                {"extinction", from->extinction, PP__DYNAMIC},
                {"season", from->season, PP__DYNAMIC},
                {"seasons", from->seasons > 1 ? "" : NULL, PP__DYNAMIC},
                {"absorbing", from->absorbing ? "" : NULL, PP__DYNAMIC},
                {"false-positive", from->false_positive, PP__FALSE_POSITIVES},
                {"certain", from->certain, PP__FALSE_POSITIVES},
                {"certainty", from->certainty, PP__FALSE_POSITIVES},
                {"upper", from->upper ? "" : NULL, PP__ROYLE_NICHOLS}};
    for (size_t i = 0; i < sizeof only / sizeof *only; i++) {
        if (only[i].given && only[i].form != form) {
            pp_error_set(err, PP_E_ARGUMENT, "form '%s' has no use for this option",
                         FORMS[form]);
            pp_error_locate(err, NULL, 0, only[i].name, only[i].given);
            pp_error_hint(err, "it belongs to --form %s", FORMS[only[i].form]);
            return PP_E_ARGUMENT;
        }
    }
    if (from->bootstrap > 0 && form != PP__SINGLE && form != PP__ROYLE_NICHOLS) {
        return pp__occupancy_fail("bootstrap", FORMS[form],
                                  "this form has no test of fit",
                                  "it is for single and royle-nichols", err);
    }
    if (from->absorbing && from->extinction) {
        return pp__occupancy_fail("extinction", from->extinction,
                                  "adoption cannot be for ever and have an end",
                                  "leave out --extinction or --absorbing", err);
    }
    return PP_OK;
}

static pp_status check_ranges(const pp__occupancy *o, pp_error *err) {
    const pp_occupancy_options *from = o->options;
    const struct {
        const char *name;
        double value, low, high;
    } ranges[] = {{"upper", from->upper, 0, 5000},
                  {"seasons", from->seasons, 0, 1000},
                  {"starts", from->starts, 0, 1000},
                  {"draws", (double)from->draws, 0, 1e6},
                  {"bootstrap", (double)from->bootstrap, 0, 1e6},
                  {"level", from->level, 0, 0.999999},
                  {"tolerance", from->tolerance, 0, 0.1}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (!(ranges[i].value >= ranges[i].low && ranges[i].value <= ranges[i].high)) {
            pp_error_set(err, PP_E_ARGUMENT, "option %s is out of range", ranges[i].name);
            pp_error_locate(err, NULL, 0, ranges[i].name, NULL);
            pp_error_hint(err, "at most %g", ranges[i].high);
            return PP_E_ARGUMENT;
        }
    }
    return PP_OK;
}

pp_status pp__occupancy_check_options(pp__occupancy *o, pp_error *err) {
    PP_TRY(find_form(o, err));
    PP_TRY(check_form(o, err));
    return check_ranges(o, err);
}

/* ---- preconditions ---- */

static pp_status fail_estimation(const char *message, const char *hint, pp_error *err) {
    pp_error_set(err, PP_E_ESTIMATION, "%s", message);
    pp_error_hint(err, "%s", hint);
    return PP_E_ESTIMATION;
}

/* The largest number of visits of a unit in one season. */
static int64_t most_visits(const pp__occupancy *o) {
    const pp__visits *v = &o->visits;
    int64_t most = 0, run = 0;
    for (int64_t i = 0; i < v->n; i++) {
        int same =
            i > 0 && v->unit[i] == v->unit[i - 1] && v->season[i] == v->season[i - 1];
        run = same ? run + 1 : 1;
        most = run > most ? run : most;
    }
    return most;
}

static int32_t last_place(const pp__visits *v) {
    int32_t last = 0;
    for (int64_t i = 0; i < v->n; i++) {
        last = v->place[i] > last ? v->place[i] : last;
    }
    return last;
}

pp_status pp__occupancy_check_visits(const pp__occupancy *o, pp_error *err) {
    if (o->visits.n == 0) {
        return fail_estimation("no unit has a visit with all its regressors",
                               "see which variables are missing where", err);
    }
    if (most_visits(o) < 2) {
        return fail_estimation(
            "no unit was visited twice: adoption and detection cannot be told apart",
            "some units need two visits or more in the same season", err);
    }
    if (o->detections == 0) {
        pp_error_set(err, PP_E_ESTIMATION,
                     "none of the %lld visits to %lld units found anything",
                     (long long)o->visits.n, (long long)o->used);
        pp_error_hint(err, "without a detection nothing tells rare from hard to find");
        return PP_E_ESTIMATION;
    }
    if (o->options->bootstrap > 0 && last_place(&o->visits) > 63) {
        return pp__occupancy_fail("bootstrap", NULL,
                                  "the test of fit takes 64 visits at most",
                                  "leave it out", err);
    }
    if (o->detections == o->visits.n) {
        return fail_estimation("every visit found something: nothing is missed",
                               "the share of adopters needs no such model", err);
    }
    if (o->form != PP__DYNAMIC && o->form != PP__FALSE_POSITIVES &&
        o->detected == o->used) {
        pp_error_set(err, PP_E_ESTIMATION,
                     "all of the %lld units that were visited have a detection",
                     (long long)o->used);
        pp_error_hint(err, "the model would say that everyone has adopted: where "
                           "detections alone are listed, add the units without");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}

pp_status pp__occupancy_check_counts(const pp__occupancy *o, pp_error *err) {
    int state = o->part[PP__STATE].k, others = o->k - state;
    if (o->detected < 2 * state || o->detections < 2 * others) {
        int of_state = o->detected < 2 * state;
        pp_error_set(
            err, PP_E_ESTIMATION,
            "too few detections: %lld %s for %d parameters of %s (%.1f for each)",
            (long long)(of_state ? o->detected : o->detections),
            of_state ? "units with one" : "visits with one", of_state ? state : others,
            of_state ? o->part[PP__STATE].name : "the other parts",
            of_state ? (double)o->detected / state : (double)o->detections / others);
        pp_error_hint(err, "two for each parameter are the least, ten are better: take "
                           "terms out");
        return PP_E_ESTIMATION;
    }
    return PP_OK;
}
