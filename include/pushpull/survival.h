/* After Cox's model: baseline, proportionality, concordance.
 *
 * Each adds a table to a result. A fit of another model is PP_E_UNSUPPORTED. With exact
 * ties the sums are Breslow's. Cost: one more step of the fit; concordance O(n log n).
 * Checked against R's survival 3.5-3 (survfit, basehaz, cox.zph, concordance).
 */
#ifndef PUSHPULL_SURVIVAL_H
#define PUSHPULL_SURVIVAL_H

#include <pushpull/model.h>

/* Table `baseline`, a row for each time of an event in a stratum: stratum (its values),
   time, at_risk (rows, or the sum of their weights), events, hazard (cumulated up to that
   time), std_error (of that, with the fit's covariance), survival (exp(-hazard)),
   conf_low, conf_high (of survival, on its logarithm, at the fit's level). `at`: "zero"
   (NULL), where all columns and offsets are 0, or "means", at their means over the rows
   used. Breslow (1974); Tsiatis (1981), Annals of Statistics 9, 93-108. */
PP_API pp_status pp_fit_baseline(const pp_fit *fit, const char *at, const pp_context *ctx,
                                 pp_result *result, pp_error *err);

/* Table `proportional_hazards`: term, statistic (χ²), df, p_value: for each term, and
   GLOBAL for all, the score test of an interaction with time; a small p speaks against
   proportional hazards. `transform` of time: "km" (NULL; one minus the Kaplan-Meier
   survival just before, over all rows), "rank", "identity", "log". Grambsch & Therneau
   (1994), Biometrika 81, 515-526, as the score test of survival 3. */
PP_API pp_status pp_fit_proportionality(const pp_fit *fit, const char *transform,
                                        const pp_context *ctx, pp_result *result,
                                        pp_error *err);

/* Table `concordance`, one row: concordance (the share of comparable pairs, within strata,
   in which who has the event first has the higher risk; ties in the risk count half),
   std_error (infinitesimal jackknife, by the fit's first clusters when it has any, else by
   rows), concordant, discordant, tied_x, tied_y, tied_xy. Therneau & Atkinson (2020),
   Concordance, vignette of survival. */
PP_API pp_status pp_fit_concordance(const pp_fit *fit, const pp_context *ctx,
                                    pp_result *result, pp_error *err);

#endif
