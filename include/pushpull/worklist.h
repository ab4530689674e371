/* What to code next: which places, and which facts about them, would shrink the intervals of
 * a model's findings most, if an hour were spent on them.
 *
 * A candidate is a place with something unknown: when it adopted, from whom, whether at all.
 * For each thing that coding may reveal the model's information is updated: the place's old
 * part of the likelihood is taken out and the new one put in, at the estimates (one step: the
 * width of a finding's interval is that of its marginal effect with the new covariance, its
 * gradient as it was); of the best by that the model is fitted anew, where asked. The
 * reduction is averaged over what coding may reveal, with the probabilities that the model
 * itself gives: of the year within an interval by the hazard, of an adoption by the place's
 * covariates. These probabilities are drawn over the distribution of the estimates;
 * `simulation_error` is what the draws leave.
 * After Raiffa & Schlaifer (1961), ch. 4-5: preposterior analysis.
 *
 * A value for precision, not for truth: coding that would show a claim to be wrong, or a
 * model to be, is worth more than any narrower interval, and no number here holds that.
 */
#ifndef PUSHPULL_WORKLIST_H
#define PUSHPULL_WORKLIST_H

#include <pushpull/model.h>

typedef struct pp_worklist_options {
    const char *const
        *variables;          /* whose effects are the findings; NULL-terminated; NULL:
                                     every number of the model */
    const char *unit, *time; /* NULL: the fit's */
    double doubt; /* probability that a claim of one source and low confidence is wrong;
                     0: 0.2 */
    double hours_date, hours_supplier, hours_search,
        hours_confirmation; /* 0: 1, 1, 2, 1 */
    int64_t draws;          /* 0: 20 */
    int64_t
        refits; /* candidates, the best by one step, that are judged by fitting the model
                       anew to each thing revealed; 0: none. Units must be texts. */
    uint64_t seed;
} pp_worklist_options;

/* `fit` is a hazard (else PP_E_UNSUPPORTED) with covariance iid or hc; with another one
 * widths are by the information alone (warning `information_only`). `panel` has a row for
 * each unit and period with the model's variables, also of units that the fit left out.
 * `candidates` has a row for each thing to be coded: unit, name, field, reason, earliest,
 * latest (years; missing as in panel.h), claims, url (texts; may be missing). By field:
 * - "date": adopted between earliest and latest; coding gives the year;
 * - "supplier": has a platform since then, of unknown supplier, and is in no likelihood;
 *   coding says that it counts, between the same years, or that it does not;
 * - "search": was never searched, and is in no likelihood; coding finds an adoption with its
 *   year, or none;
 * - "confirmation": adopted between earliest and latest by one claim that may be wrong;
 *   coding says that it is right, or that there is no adoption. What doubt adds to the
 *   interval now counts into the reduction.
 *
 * `out` gets
 * - `next`, by expected reduction for an hour: rank, unit, name, field, reason,
 *   expected_reduction (of the width, mean over findings), simulation_error, question (the
 *   variable it helps most), question_reduction, hours, per_hour, probability (that coding
 *   finds an adoption within the panel; of a date missing), earliest, latest, method ("refit", "one step"),
 *   claims, url;
 * - `next_totals`: coded (the first 5, 10, 20, 50, all), hours, question ("all": the mean),
 *   width (of its 95% interval now), expected_reduction, simulation_error: all of them
 *   coded together, what they reveal drawn together;
 * - `next_without`, of candidates that cannot help this model: unit, name, field, why.
 * Errors: PP_E_INPUT for a field that there is not and a beginning after its end, with the
 * row; PP_E_NOT_FOUND for a variable; PP_E_ESTIMATION when no candidate can help.
 * Cost: O(k³) for each candidate and thing revealed, k the terms; with refits a fit for
 * each of these, on ctx->threads threads. */
PP_API pp_status pp_worklist(const pp_fit *fit, const pp_table *panel,
                             const pp_table *candidates,
                             const pp_worklist_options *options, const pp_context *ctx,
                             pp_result **out, pp_error *err);

/* The candidates that the evidence holds: `adoption` as pp_adoption_derive gives it, `claims`
 * and `sources` as the store does. Countries of unknown supplier, countries never searched,
 * adoptions whose years are not known exactly (the reason says when claims are in conflict),
 * and adoptions that rest on one story of low confidence, or on an end of use alone. `claims`
 * of a candidate are the ids that count (at most eight), `url` the sources of the first
 * three. `first_year` and `last_year` are the panel's: adoptions before it, or after it for
 * certain, need no date. */
PP_API pp_status pp_worklist_candidates(const pp_result *adoption, const pp_table *claims,
                                        const pp_table *sources,
                                        const char *const *excluded, int first_year,
                                        int last_year, pp_table **out, pp_error *err);

#endif
