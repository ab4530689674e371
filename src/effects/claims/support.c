/* From an estimate and what was asked of it to a sentence that says no more than it may. */
#include <pushpull/support.h>

#include <ctype.h>
#include <math.h>
#include <string.h>

/* ---- the rule ---- */

pp_claim pp_support_claim(const pp_support *s) {
    if (!pp_effect_is_complete(&s->effect)) {
        return PP_CLAIM_NOT_ESTIMATED;
    }
    switch (pp_verdict_decide(PP_HYPOTHESIS_POSITIVE, &s->effect)) {
    case PP_NEGLIGIBLE:
        return PP_CLAIM_NONE_LARGER;
    case PP_UNDETERMINED:
        return PP_CLAIM_CANNOT_TELL;
    default:
        return pp_support_failing(s) == 0 ? PP_CLAIM_EFFECT : PP_CLAIM_DIFFERENCE;
    }
}

/* Comparisons with NaN are false, so that what is not known does not hold. */
int pp_support_failing(const pp_support *s) {
    int stated = s->plausible > 0;
    return (s->pretest_p >= 0.05 && s->pretest_df >= 2 ? 0 : PP_SUPPORT_PRETEST) |
           (s->breakdown >= 1 ? 0 : PP_SUPPORT_SENSITIVITY) |
           (s->chance_p <= 0.05 ? 0 : PP_SUPPORT_CHANCE) |
           (s->estimators >= 2 && s->agree == s->estimators ? 0 : PP_SUPPORT_ESTIMATORS) |
           (s->turned == 0 ? 0 : PP_SUPPORT_UNITS) |
           (isfinite(s->detectable) && (!stated || s->detectable <= s->plausible)
                ? 0
                : PP_SUPPORT_POWER);
}

const char *pp_claim_name(pp_claim claim) {
    static const char *const names[] = {"not_estimated", "cannot_tell", "none_larger",
                                        "difference", "effect"};
    return names[claim];
}

/* ---- its words ---- */

static void add_interval(const pp_effect *e, pp_buf *out) {
    pp_buf_printf(out, "(95%% interval %.3g to %.3g)", e->low, e->high);
}

/* What would have been seen, if that is known: the first thing to say where nothing was. */
static void add_power(const pp_support *s, pp_buf *out) {
    if (!isfinite(s->detectable)) {
        pp_buf_add(out, " What could have been seen is not known.");
        return;
    }
    pp_buf_printf(out,
                  " A difference of less than %.2g would most likely not have been seen",
                  s->detectable);
    if (s->plausible > 0 && s->detectable > s->plausible) {
        pp_buf_printf(out, ", and the largest that is plausible is %.2g", s->plausible);
    } else if (s->detectable > s->effect.smallest) {
        pp_buf_printf(out, ", and one of %.2g would matter", s->effect.smallest);
    }
    pp_buf_add(out, ".");
}

static void add_number(pp_buf *out, const char *known, const char *unknown, double x) {
    if (isnan(x)) {
        pp_buf_add(out, unknown);
    } else {
        pp_buf_printf(out, known, x);
    }
}

static void add_failing(const pp_support *s, int bit, pp_buf *out) {
    switch (bit) {
    case PP_SUPPORT_PRETEST:
        if (s->pretest_p < 0.05) {
            pp_buf_printf(out, "trends differed before (p %.2g)", s->pretest_p);
        } else {
            pp_buf_add(out, "trends before could not be compared");
        }
        return;
    case PP_SUPPORT_SENSITIVITY:
        add_number(
            out,
            "departures from parallel trends %.2g times the largest before are enough "
            "to undo it",
            "how far trends may depart is not known", s->breakdown);
        return;
    case PP_SUPPORT_CHANCE:
        add_number(out,
                   "with dates dealt out by chance as large a one is no rarity (p %.2g)",
                   "it was not set against chance", s->chance_p);
        return;
    case PP_SUPPORT_ESTIMATORS:
        if (s->estimators >= 2 && !isnan(s->agree)) {
            pp_buf_printf(out,
                          "of %.0f other estimators %.0f have an interval beyond zero",
                          s->estimators, s->agree);
        } else {
            pp_buf_add(out, "no two other estimators could be made");
        }
        return;
    case PP_SUPPORT_UNITS:
        add_number(out, "its sign hangs on single units or cohorts (%.0f of them)",
                   "what hangs on single units is not known", s->turned);
        return;
    default:
        add_number(out, "only a difference of %.2g or more could have been seen",
                   "what could have been seen is not known", s->detectable);
        return;
    }
}

static void add_reasons(const pp_support *s, pp_buf *out) {
    int failing = pp_support_failing(s), first = 1;
    for (int bit = 1; bit <= PP_SUPPORT_POWER; bit *= 2) {
        if (failing & bit) {
            pp_buf_add(out, first ? " " : "; ");
            add_failing(s, bit, out);
            first = 0;
        }
    }
    pp_buf_add(out, ".");
}

void pp_support_sentence(const pp_support *s, const char *treatment, const char *outcome,
                         pp_buf *out) {
    const pp_effect *e = &s->effect;
    const char *way = e->estimate < 0 ? "lower" : "higher";
    switch (pp_support_claim(s)) {
    case PP_CLAIM_EFFECT:
        pp_buf_printf(out, "%s: %s %s it by %.3g ", outcome, treatment,
                      e->estimate < 0 ? "lowered" : "raised", fabs(e->estimate));
        add_interval(e, out);
        pp_buf_add(
            out, ", if nothing else set in with it. Trends before, departures from them, "
                 "chance, other estimators and single units do not speak against it.");
        return;
    case PP_CLAIM_DIFFERENCE:
        pp_buf_printf(out,
                      "%s is %s by %.3g after %s than it would be on parallel trends ",
                      outcome, way, fabs(e->estimate), treatment);
        add_interval(e, out);
        pp_buf_printf(
            out, ". That is a difference; that it is of the %s is not shown:", treatment);
        add_reasons(s, out);
        return;
    case PP_CLAIM_NONE_LARGER:
        pp_buf_printf(
            out,
            "%s: if trends were parallel, a difference after %s is smaller than "
            "%.3g ",
            outcome, treatment, e->smallest);
        pp_buf_printf(out, "(90%% interval %.3g to %.3g).", e->low_90, e->high_90);
        return;
    case PP_CLAIM_NOT_ESTIMATED:
        pp_buf_printf(out, "%s: nothing could be estimated.", outcome);
        return;
    default:
        pp_buf_printf(out,
                      "%s: the data cannot tell whether there is a difference after %s: ",
                      outcome, treatment);
        pp_buf_printf(out, "%.3g ", e->estimate);
        add_interval(e, out);
        pp_buf_add(out, ".");
        add_power(s, out);
        return;
    }
}

/* ---- causal verbs ---- */

static int is_letter(char c) {
    return isalpha((unsigned char)c);
}

/* `word` at `text`, in any case, and no letter after it. */
static int starts_with(const char *text, const char *word) {
    for (; *word; text++, word++) {
        if (tolower((unsigned char)*text) != *word) {
            return 0;
        }
    }
    return !is_letter(*text);
}

const char *pp_causal_verb(const char *text) {
    static const char *const verbs[] = {
        "cause",         "causes",    "caused",      "causing",      "leads to",
        "led to",        "lead to",   "results in",  "resulted in",  "brings about",
        "brought about", "reduce",    "reduces",     "reduced",      "reducing",
        "increases",     "increased", "raises",      "raised",       "lowers",
        "lowered",       "improves",  "improved",    "worsens",      "worsened",
        "weakens",       "weakened",  "strengthens", "strengthened", "undermines",
        "undermined",    "erodes",    "eroded",      "harms",        "harmed",
        "prevents",      "prevented", "deters",      "deterred",     "affects",
        "affected",      "drives",    "drove",       "triggers",     "triggered",
        "produces",      "produced",  "because of",  "due to",       "thanks to",
        "owing to",
    };
    for (const char *at = text; *at; at++) {
        if (at > text && is_letter(at[-1])) {
            continue;
        }
        for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
            if (starts_with(at, verbs[i])) {
                return verbs[i];
            }
        }
    }
    return NULL;
}
