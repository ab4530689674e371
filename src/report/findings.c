#include "base/check.h"

#include <pushpull/findings.h>

#include <math.h>
#include <string.h>

/* A difference of probabilities in percentage points: "+0.52", with a minus sign that is
 * one. */
static void add_points(pp_buf *out, double value) {
    char number[32];
    double points = 100 * value;
    pp_format_fixed(fabs(points), fabs(points) < 10 ? 2 : 1, number);
    pp_buf_add(out, points < 0 ? "−" : "+");
    pp_buf_add(out, number);
}

static void add_estimate(pp_buf *out, const pp_effect *e) {
    add_points(out, e->estimate);
    pp_buf_add(out, " points a year (95% interval ");
    add_points(out, e->low);
    pp_buf_add(out, " to ");
    add_points(out, e->high);
    pp_buf_add(out, ")");
}

static void add_smallest(pp_buf *out, const pp_effect *e) {
    char number[32];
    pp_format_significant(100 * e->smallest, 2, number);
    pp_buf_add(out, number);
    pp_buf_add(out, " points");
}

static void add_negligible(pp_buf *out, const char *factor, const pp_effect *e) {
    pp_buf_printf(out, "No difference of a size that matters goes with %s: ", factor);
    add_estimate(out, e);
    pp_buf_add(out, ", within ±");
    add_smallest(out, e);
    pp_buf_add(out, ".");
}

static void add_relation(pp_buf *out, const char *factor, const pp_effect *e) {
    const char *how = e->estimate > 0 ? "more" : "less";
    if (e->discrete) {
        pp_buf_printf(out, "With %s, adoption is %s likely: ", factor, how);
    } else {
        pp_buf_printf(
            out,
            "Where %s is one standard deviation higher, adoption is %s likely: ", factor,
            how);
    }
    add_estimate(out, e);
    pp_buf_add(out, ".");
}

static void add_undetermined(pp_buf *out, const char *factor, const pp_effect *e) {
    if (!pp_effect_is_complete(e)) {
        pp_buf_printf(out, "The data cannot tell: there is no estimate for %s.", factor);
        return;
    }
    pp_buf_printf(out, "The data cannot tell: for %s, ", factor);
    add_estimate(out, e);
    pp_buf_add(out, ", neither beyond zero nor within ±");
    add_smallest(out, e);
    pp_buf_add(out, ".");
}

void pp_finding_sentence(const char *factor, pp_hypothesis hypothesis, const pp_effect *e,
                         pp_buf *out) {
    pp_verdict verdict = pp_verdict_decide(hypothesis, e);
    if (verdict == PP_UNDETERMINED) {
        add_undetermined(out, factor, e);
    } else if (verdict == PP_NEGLIGIBLE ||
               (hypothesis == PP_HYPOTHESIS_NONE && verdict == PP_SUPPORTED)) {
        add_negligible(out, factor, e);
    } else {
        add_relation(out, factor, e);
    }
}
