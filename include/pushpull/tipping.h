/* How wrong would the record have to be? An effect as a function of how often adoption goes
 * unrecorded in closed and in open regimes, and where the conclusion turns.
 *
 * For each pair of assumed probabilities that an adoption is recorded, d_closed and d_open,
 * the model is estimated with them known:
 * - the hazard of dates (model "hazard"): adoption is for ever, so that a unit without a
 *   record may be an adopter nobody saw. A unit whose adoption is recorded contributes as
 *   always (times d, which is constant); one without a record S + (1 - d) (1 - S), with S
 *   the probability of no adoption by the end of its periods. Nothing is imputed: the unit
 *   counts as what it may be, by the probabilities that the model itself gives.
 * - binary outcomes (logit, probit, cloglog): P(y = 1 | x) = d F(x'b) (Hausman, Abrevaya &
 *   Scott-Morton 1998, with false negatives 1 - d by regime and no false positives).
 *
 * It assumes that no adoption on record is false, that recording depends on the regime and
 * on nothing else that predicts adoption, and that the dates on record are right. The
 * detection probabilities are assumptions, not estimates: data alone cannot tell them.
 */
#ifndef PUSHPULL_TIPPING_H
#define PUSHPULL_TIPPING_H

#include <pushpull/model.h>
#include <pushpull/verdict.h>

typedef struct pp_tipping_question {
    const char *name;     /* unique */
    const char *label;    /* of the effect, for people; NULL: the variable */
    const char *variable; /* of the formula, a number */
    const char *formula;
    const pp_table *data; /* borrowed */
    const pp_model_options *model;
    pp_hypothesis hypothesis;
    double smallest; /* δ of the verdict rule; 0: none, and the conclusion is the sign */
} pp_tipping_question;

typedef struct pp_tipping_options {
    const char *closed; /* SQL condition on the data: this row is of a closed regime */
    double lowest;      /* the lowest detection, above 0 and below 1; 0: 0.4 */
    int coarse;         /* steps of the grid over both, 2..40; 0: 6 */
    int fine;           /* steps of d_closed with d_open = 1, 2..400; 0: 60 */
} pp_tipping_options;

/* Effects are average marginal effects of one standard deviation (of 0/1 variables: of 1
 * against 0), as in findings. A unit of the hazard is closed when at least half of its
 * periods are; rows of which that is not known count as open, with a warning.
 *
 * `out` gets the tables
 * - `tipping`, for each question and pair: question, label, variable, detection_closed,
 *   detection_open, missed_closed (1 - detection_closed), estimate, std_error, conf_low,
 *   conf_high (95%), conf_low_90, conf_high_90, verdict (of verdict.h; without δ "positive",
 *   "negative" or "no clear sign", by the 95% interval), smallest_effect, converged. Pairs
 *   that cannot be estimated are there without an effect.
 * - `tipping_points`, for each question and conclusion ("verdict", "significance", "sign"):
 *   question, conclusion, now, then, detection_closed (at which it first changes as fewer
 *   are recorded in closed regimes and all in open ones; missing: nowhere on the grid),
 *   missed_closed, difference (the smallest d_open - d_closed >= 0 on the coarse grid with
 *   another conclusion), grid_closed, grid_open (where that is), words.
 * - `tipping_regimes`, a row for each model and regime: model, regime, units, recorded
 *   (adoptions on record), share.
 *
 * Questions with the same formula, data and options share their fits. Warnings:
 * `regime_unknown`, `tipping_failed` (pairs without estimates).
 * Errors: as pp_model_fit; PP_E_ARGUMENT for options out of range; PP_E_ESTIMATION where one
 * regime has no units or no recorded adoption; PP_E_UNSUPPORTED for other models and for
 * fixed effects; PP_E_NOT_FOUND for a variable without an effect in the model.
 * Cost: coarse² + fine fits for each model, over threads; the same bits at any number. */
PP_API pp_status pp_tipping(const pp_tipping_question *questions, int n_questions,
                            const pp_tipping_options *options, const pp_context *ctx,
                            pp_result **out, pp_error *err);

#endif
