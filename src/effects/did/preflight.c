#include "effects/did/preflight.h"

#include "base/check.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SMALL = 5, NAMED = 5 };
typedef enum advice { OK, LOOK, STOP } advice;

typedef struct work {
    const pp__preflight *p;
    pp_table *table;
    pp_buf words;
    pp_buf stopping; /* names of the checks that say stop */
    int stops;
} work;

/* One row; the words that were gathered are its detail. */
static pp_status put(work *w, const char *check, double count, advice verdict) {
    static const char *const verdicts[] = {"ok", "look", "stop"};
    pp_error *err = w->p->err;
    int64_t row;
    PP_TRY(pp_buf_check(&w->words, err));
    PP_TRY(pp_table_append(w->table, &row, err));
    PP_TRY(pp__put_text(w->table, row, "check", check, err));
    PP_TRY(pp__put_number(w->table, row, "count", PP_SHOW_COUNT, count, err));
    PP_TRY(pp__put_text(w->table, row, "detail", w->words.length ? w->words.data : NULL,
                        err));
    w->words.length = 0;
    if (verdict == STOP) {
        pp_buf_printf(&w->stopping, "%s%s", w->stops++ ? "; " : "", check);
        PP_TRY(pp_buf_check(&w->stopping, err));
    }
    return pp__put_text(w->table, row, "verdict", verdicts[verdict], err);
}

static pp_status put_detail(work *w, const char *check, double count, advice verdict,
                            const char *detail) {
    pp_buf_add(&w->words, count > 0 && detail ? detail : "");
    return put(w, check, count, verdict);
}

static advice look_if(int condition) {
    return condition ? LOOK : OK;
}

/* "A, B, C and 4 more" */
static void add_name(work *w, int64_t i, const char *name) {
    if (i < NAMED) {
        pp_buf_printf(&w->words, "%s%s", i > 0 ? ", " : "", name);
    }
}

static void end_names(work *w, int64_t n) {
    if (n > NAMED) {
        pp_buf_printf(&w->words, " and %lld more", (long long)(n - NAMED));
    }
}

/* ---- units, rows, periods ---- */

static int64_t name_losses(work *w, pp__unit_loss why) {
    const pp__staggered_report *r = w->p->report;
    int64_t n = 0;
    for (int64_t i = 0; i < r->n; i++) {
        if (r->why[i] == why) {
            add_name(w, n++, r->unit[i]);
        }
    }
    end_names(w, n);
    return n;
}

/* In a panel with holes only who has no complete row at all is left out. */
static const char *reason(const pp__staggered *s, pp__unit_loss why) {
    static const char *const words[][2] = {
        [PP__KEPT] = {"", ""},
        [PP__ALWAYS_TREATED] = {"treated from the first period on",
                                "treated from the first period on"},
        [PP__NOT_IN_EVERY_PERIOD] = {"no row in some period", "no row in any period"},
        [PP__OUTCOME_MISSING] = {"outcome missing in some period",
                                 "outcome missing in all rows"},
        [PP__COVARIATE_MISSING] = {"covariate or weight missing in some period",
                                   "covariate or weight missing in all rows"},
    };
    return words[why][s->rows != NULL];
}

static pp_status put_losses(work *w) {
    static const pp__unit_loss kinds[] = {PP__NOT_IN_EVERY_PERIOD, PP__OUTCOME_MISSING,
                                          PP__COVARIATE_MISSING};
    const pp__staggered_report *r = w->p->report;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char check[80];
        int64_t n = name_losses(w, kinds[i]);
        snprintf(check, sizeof check, "left out: %s", reason(w->p->s, kinds[i]));
        double share = (double)n / (double)r->units;
        PP_TRY(put(w, check, (double)n, share > 0.5 ? STOP : n > 0 ? LOOK : OK));
    }
    if (r->n > 0) {
        name_losses(w, PP__ALWAYS_TREATED);
    } else if (r->always_treated > 0) {
        pp_buf_add(&w->words, "they have no period before");
    }
    return put(w, "left out: treated from the first period on", (double)r->always_treated,
               look_if(r->always_treated > 0));
}

static pp_status put_rows(work *w) {
    const pp__staggered_report *r = w->p->report;
    int64_t rest = r->incomplete_rows - r->no_outcome - r->no_covariate;
    double rows = (double)r->rows;
    PP_TRY(put(w, "rows", rows, OK));
    PP_TRY(put(w, "rows without unit or period", (double)rest, look_if(rest > 0)));
    PP_TRY(put(w, "rows without outcome", (double)r->no_outcome,
               look_if((double)r->no_outcome > 0.1 * rows)));
    return put(w, "rows without covariates or weight", (double)r->no_covariate,
               look_if((double)r->no_covariate > 0.1 * rows));
}

/* Steps between periods are as long as the shortest: what is left between longer ones is missing. */
static pp_status put_gaps(work *w) {
    const pp__staggered *s = w->p->s;
    double step = INFINITY;
    int64_t n = 0;
    for (int t = 1; t < s->periods; t++) {
        step = fmin(step, s->time[t] - s->time[t - 1]);
    }
    for (int t = 1; t < s->periods; t++) {
        int64_t between = (int64_t)floor((s->time[t] - s->time[t - 1]) / step + 1e-9);
        for (int64_t k = 1; k < between; k++) {
            char name[32];
            snprintf(name, sizeof name, "%.15g", s->time[t - 1] + (double)k * step);
            add_name(w, n++, name);
        }
    }
    end_names(w, n);
    if (n > 0) {
        pp_buf_add(&w->words, ": changes over them are longer than over one period");
    }
    return put(w, "periods that are missing for everybody", (double)n, look_if(n > 0));
}

/* The periods in which most units are not seen. */
static pp_status put_holes(work *w) {
    const pp__staggered *s = w->p->s;
    const pp__staggered_report *r = w->p->report;
    int64_t last = INT64_MAX;
    int last_period = -1;
    for (int k = 0; r->holes > 0 && k < 3; k++) {
        int at = -1;
        for (int t = 0; t < s->periods; t++) {
            int later = r->absent[t] < last || (r->absent[t] == last && t > last_period);
            at = later && r->absent[t] > 0 && (at < 0 || r->absent[t] > r->absent[at])
                     ? t
                     : at;
        }
        if (at < 0) {
            break;
        }
        pp_buf_printf(&w->words, "%s%.15g (%lld)", k == 0 ? "most in " : ", ",
                      s->time[at], (long long)r->absent[at]);
        last = r->absent[at];
        last_period = at;
    }
    return put(w, "units that are not seen in every period", (double)r->holes,
               look_if(r->holes > 0));
}

static pp_status put_data(work *w) {
    const pp__staggered *s = w->p->s;
    const pp__staggered_report *r = w->p->report;
    PP_TRY(put_detail(w, "units", (double)r->units, OK,
                      s->name ? NULL : "cross-sections: each row is one"));
    PP_TRY(put_rows(w));
    pp_buf_printf(&w->words, "%.15g to %.15g", s->time[0], s->time[s->periods - 1]);
    PP_TRY(put(w, "periods", s->periods, look_if(s->periods < 4)));
    PP_TRY(put_gaps(w));
    if (s->name) {
        PP_TRY(put_holes(w));
        PP_TRY(put_losses(w));
    } else {
        PP_TRY(put(w, "left out: treated from the first period on",
                   (double)r->always_treated, look_if(r->always_treated > 0)));
    }
    return put(w, "units used", (double)s->n, OK);
}

/* ---- cohorts ---- */

static int64_t size_of(const pp__staggered *s, int cohort) {
    return s->begin[cohort + 1] - s->begin[cohort];
}

static pp_status put_never(work *w) {
    const pp__staggered *s = w->p->s;
    const pp__staggered_report *r = w->p->report;
    int64_t n = size_of(s, s->cohorts);
    int notyet = w->p->options->control && strcmp(w->p->options->control, "notyet") == 0;
    const struct {
        const char *word;
        int64_t n;
    } ways[] = {{"empty", r->never_empty},
                {"0", r->never_zero},
                {"later than the last period", r->never_later}};
    for (int i = 0, k = 0; i < 3; i++) {
        if (ways[i].n > 0) {
            pp_buf_printf(&w->words, "%s%s: %lld", k++ ? ", " : "written as ",
                          ways[i].word, (long long)ways[i].n);
        }
    }
    int64_t lost = r->never_empty + r->never_zero + r->never_later - n;
    if (lost > 0) {
        pp_buf_printf(&w->words, "; %lld of them left out", (long long)lost);
    }
    if (n < SMALL) {
        pp_buf_printf(&w->words, "%s%s", w->words.length ? "; " : "",
                      notyet ? "the controls are units that are treated later"
                             : "so few controls: take those not yet treated too");
    }
    return put(w, "never treated", (double)n, n >= SMALL ? OK : notyet ? LOOK : STOP);
}

static pp_status put_cohorts(work *w) {
    const pp__staggered *s = w->p->s;
    int64_t treated = s->begin[s->cohorts];
    for (int c = 0; c < s->cohorts; c++) {
        char name[48];
        int64_t n = size_of(s, c);
        snprintf(name, sizeof name, "cohort %.15g", s->first[c]);
        if (n < SMALL) {
            pp_buf_add(&w->words, "few units: errors of its effects are too small");
        }
        for (int64_t i = s->begin[c]; s->name && n < SMALL && i < s->begin[c + 1]; i++) {
            pp_buf_printf(&w->words, "%s%s", i > s->begin[c] ? ", " : ": ", s->name[i]);
        }
        const char *trimmed = w->p->cells->trimmed ? w->p->cells->trimmed[c] : NULL;
        if (trimmed) {
            pp_buf_printf(&w->words, "%s%s", w->words.length ? "; " : "", trimmed);
        }
        PP_TRY(put(w, name, (double)n, look_if(n < SMALL || trimmed)));
    }
    if (w->p->cells->trimmed) {
        PP_TRY(put_detail(w, "units in windows that they are not seen in all of",
                          (double)w->p->cells->partial, look_if(w->p->cells->partial > 0),
                          "they are not in these"));
    }
    if (treated < SMALL) {
        pp_buf_add(&w->words, "too few for these errors: compare each with a synthetic "
                              "control");
    }
    return put(w, "treated units", (double)treated, treated < SMALL ? STOP : OK);
}

/* What is seen of treatment, and of the time before it. */
static pp_status put_span(work *w) {
    const pp__staggered *s = w->p->s;
    int64_t once = 0, untested = 0, treated = s->begin[s->cohorts];
    for (int c = 0; c < s->cohorts; c++) {
        int before = 0;
        while (before < s->periods && s->time[before] < s->first[c]) {
            before++;
        }
        once += s->periods - before == 1 ? size_of(s, c) : 0;
        untested += before == 1 ? size_of(s, c) : 0;
    }
    if (w->p->report->never_later > 0) {
        pp_buf_printf(&w->words,
                      "nothing is seen of their treatment: controls up to %.15g, where "
                      "the data end",
                      s->time[s->periods - 1]);
        PP_TRY(put(w, "units first treated after the last period",
                   (double)w->p->report->never_later, LOOK));
    }
    if (once > 0) {
        PP_TRY(put_detail(w, "treated units seen in one period of treatment",
                          (double)once, once == treated ? STOP : LOOK,
                          "nothing is seen of what comes later"));
    }
    return untested == 0
               ? PP_OK
               : put_detail(w, "treated units seen in one period before treatment",
                            (double)untested, untested == treated ? STOP : LOOK,
                            "nothing tells whether their trends were parallel");
}

static pp_status put_clusters(work *w) {
    const pp__preflight *p = w->p;
    int64_t n = 0;
    if (!p->s->cluster) {
        return PP_OK;
    }
    PP_TRY(pp__staggered_treated_clusters(p->s, &n, p->err));
    PP_TRY(put_detail(w, "clusters with treated units", (double)n, n < SMALL ? STOP : OK,
                      n < SMALL ? "too few: their shocks are not in the errors" : NULL));
    return n >= SMALL
               ? PP_OK
               : pp_result_warn(p->result, "few_treated_clusters", NULL, n, p->err,
                                "clusters hold all treated units: errors are much "
                                "too small, do not read the intervals and p values; "
                                "compare means of clusters by synthetic controls");
}

static pp_status put_reversals(work *w) {
    const pp__staggered_report *r = w->p->report;
    double treated = (double)(w->p->s->begin[w->p->s->cohorts] + r->always_treated);
    if (!w->p->options->treatment) {
        return PP_OK;
    }
    PP_TRY(put_detail(w, "rows without treatment status", (double)r->unknown_treatment,
                      look_if(r->unknown_treatment > 0),
                      "they say nothing of when treatment began"));
    for (int64_t i = 0; i < r->reversals; i++) {
        add_name(w, i, r->reversal[i].unit);
    }
    end_names(w, r->reversals);
    if (r->reversals > 0) {
        pp_buf_add(&w->words, ": counted as treated from their first period on; for "
                              "treatments that switch off there is the estimator dcdh");
    }
    return put(w, "units whose treatment goes off again", (double)r->reversals,
               (double)r->reversals > 0.2 * treated ? STOP : look_if(r->reversals > 0));
}

/* As many equal units would tell as much. */
static pp_status put_weights(work *w) {
    const pp__staggered *s = w->p->s;
    double sum = 0, squares = 0;
    if (!s->share) {
        return PP_OK;
    }
    for (int64_t i = 0; i < s->n; i++) {
        sum += s->share[i];
        squares += s->share[i] * s->share[i];
    }
    double n = sum * sum / squares;
    pp_buf_printf(&w->words, "weights make %lld units worth about %.0f equal ones",
                  (long long)s->n, n);
    return put(w, "units, as weighted", round(n), look_if(n < 0.5 * (double)s->n));
}

/* ---- cells ---- */

static int64_t count_cells(const work *w, pp__comparable outcome) {
    const pp__influences *e = &w->p->cells->effects;
    int64_t n = 0;
    for (int i = 0; i < e->cells; i++) {
        n += e->cell[i].outcome == outcome;
    }
    return n;
}

static const struct fault {
    pp__comparable outcome;
    const char *code, *check, *words;
} faults[] = {
    {PP__NO_ROWS, "no_rows", "cohort-periods in which nobody is seen",
     "in a period of the comparison nobody of the cohort, or of the controls, is seen or "
     "has a weight"},
    {PP__NO_SUPPORT, "no_support",
     "cohort-periods whose controls do not support the covariates",
     "their controls do not support the covariates"},
    {PP__FEW_TREATED, "few_treated",
     "cohort-periods with too few treated for the covariates",
     "the treated are too few for a regression on the covariates: take the method reg or "
     "ipw"},
    {PP__NO_OVERLAP, "no_overlap", "cohort-periods without overlap of propensities",
     "propensities reach 0.999, or cannot be found"},
};
enum { FAULTS = sizeof faults / sizeof *faults };

static pp_status put_faults(work *w) {
    PP_TRY(put(w, "cohort-periods without controls", (double)w->p->cells->alone,
               look_if(w->p->cells->alone > 0)));
    for (int i = 0; i < FAULTS; i++) {
        double n = (double)count_cells(w, faults[i].outcome);
        PP_TRY(put_detail(w, faults[i].check, n,
                          n > 0.5 * w->p->cells->effects.cells ? STOP : look_if(n > 0),
                          faults[i].words));
    }
    return PP_OK;
}

/* In the cell of the cohort's first treated period. */
static pp_status put_overlap(work *w) {
    const pp__influences *e = &w->p->cells->effects;
    for (int i = 0; i < e->cells; i++) {
        const pp__group_time *c = &e->cell[i];
        const pp__overlap *o = &c->overlap;
        char name[80];
        if (!c->has_overlap) {
            continue;
        }
        snprintf(name, sizeof name, "cohort %.15g: treated beyond the controls' range",
                 e->s->first[c->cohort]);
        pp_buf_printf(
            &w->words,
            "propensities of the treated %.3f to %.3f, of controls %.3f to %.3f: "
            "%.0f %% of the treated lie beyond",
            o->treated_low, o->treated_high, o->control_low, o->control_high,
            100 * o->beyond);
        PP_TRY(put(w, name, round(o->beyond * (double)c->treated),
                   o->beyond > 0.5 ? STOP : look_if(o->beyond > 0.1)));
    }
    return PP_OK;
}

static pp_status put_preflight(work *w) {
    PP_TRY(pp_result_add(w->p->result, "preflight", "What the comparison rests on",
                         &w->table, w->p->err));
    PP_TRY(put_data(w));
    PP_TRY(put_never(w));
    PP_TRY(put_cohorts(w));
    PP_TRY(put_clusters(w));
    PP_TRY(put_span(w));
    PP_TRY(put_reversals(w));
    PP_TRY(put_weights(w));
    PP_TRY(put_faults(w));
    return put_overlap(w);
}

/* ---- units, by name ---- */

static pp_status put_left_out(const pp__preflight *p) {
    pp_table *table;
    PP_TRY(
        pp_result_add(p->result, "left_out", "Units that are left out", &table, p->err));
    for (int64_t i = 0; i < p->report->n; i++) {
        int64_t row;
        PP_TRY(pp_table_append(table, &row, p->err));
        PP_TRY(pp__put_text(table, row, "unit", p->report->unit[i], p->err));
        PP_TRY(
            pp__put_text(table, row, "reason", reason(p->s, p->report->why[i]), p->err));
        PP_TRY(pp__put_number(table, row, "periods_missing", PP_SHOW_COUNT,
                              p->report->missing[i], p->err));
    }
    return PP_OK;
}

static pp_status put_units_off(const pp__preflight *p) {
    pp_table *table;
    if (p->report->reversals == 0) {
        return PP_OK;
    }
    PP_TRY(pp_result_add(p->result, "reversals", "Units whose treatment goes off again",
                         &table, p->err));
    for (int64_t i = 0; i < p->report->reversals; i++) {
        const pp__reversal *r = &p->report->reversal[i];
        int64_t row;
        PP_TRY(pp_table_append(table, &row, p->err));
        PP_TRY(pp__put_text(table, row, "unit", r->unit, p->err));
        PP_TRY(pp__put_number(table, row, "first", PP_SHOW_YEAR, r->first, p->err));
        PP_TRY(pp__put_number(table, row, "off", PP_SHOW_YEAR, r->off, p->err));
    }
    return pp_result_warn(p->result, "reversals", NULL, p->report->reversals, p->err,
                          "units leave treatment again, and are counted as treated from "
                          "their first period on");
}

/* Where reading on would mislead. */
static pp_status warn_of_stops(const work *w) {
    const pp__preflight *p = w->p;
    const pp__staggered *s = p->s;
    int64_t treated = s->begin[s->cohorts], single = 0;
    for (int c = 0; c < s->cohorts; c++) {
        single += size_of(s, c) == 1;
    }
    if (w->stops > 0) {
        PP_TRY(
            pp_result_warn(p->result, "stop", NULL, w->stops, p->err,
                           "checks say that these estimates should not be used as they "
                           "are: %s (table preflight)",
                           w->stopping.data));
    }
    if (treated < SMALL) {
        PP_TRY(pp_result_warn(p->result, "few_treated_units", NULL, treated, p->err,
                              "errors rest on these treated units, few in all, and are "
                              "too small: compare each with a synthetic control"));
    } else if (single > 0) {
        PP_TRY(pp_result_warn(p->result, "few_treated_units", NULL, single, p->err,
                              "cohorts have a single unit: errors of their own effects "
                              "are too small"));
    }
    return p->report->repeated == 0
               ? PP_OK
               : pp_result_warn(p->result, "repeated_units", p->options->unit,
                                p->report->repeated, p->err,
                                "rows repeat a unit's name, yet each counts as a unit of "
                                "its own: errors are too small unless the clusters "
                                "(cluster) are named");
}

static pp_status warn(const work *w) {
    const pp__preflight *p = w->p;
    int64_t lost = 0;
    for (int64_t i = 0; i < p->report->n; i++) {
        lost += p->report->why[i] != PP__ALWAYS_TREATED;
    }
    PP_TRY(warn_of_stops(w));
    for (int i = 0; i < FAULTS; i++) {
        int64_t n = count_cells(w, faults[i].outcome);
        if (n > 0) {
            PP_TRY(pp_result_warn(p->result, faults[i].code, NULL, n, p->err,
                                  "cohort-periods have no estimate: %s",
                                  faults[i].words));
        }
    }
    if (p->cells->constant > 0) {
        PP_TRY(pp_result_warn(p->result, "constant_covariates", NULL, p->cells->constant,
                              p->err,
                              "covariates do not vary within units: unit effects hold "
                              "them already, and they are left out"));
    }
    return lost == 0 ? PP_OK
                     : pp_result_warn(p->result, "left_out", NULL, lost, p->err,
                                      p->s->rows ? "units have no complete row and are "
                                                   "left out"
                                                 : "units are not seen in every period "
                                                   "and are left out");
}

pp_status pp__preflight_put(const pp__preflight *p) {
    work w = {.p = p};
    pp_buf_init(&w.words);
    pp_buf_init(&w.stopping);
    pp_status status = put_preflight(&w);
    if (status == PP_OK) {
        status = warn(&w);
    }
    pp_buf_clear(&w.words);
    pp_buf_clear(&w.stopping);
    PP_TRY(status);
    PP_TRY(put_left_out(p));
    return put_units_off(p);
}
