/* Profiles: what is known of each place, so that it can be compared, grouped, and spoken to.
 *
 * A place is a country of the adoptions, or a city or region of which there are claims. Its profile is one row
 * of the table `profiles`, whose columns are the facts that rules of segments, conditions of messages and
 * prerequisites of plans may name; every one of them opens down to claims, figures or estimates in
 * `profile_facts`. What is not known is missing, and never "no".
 *
 * Columns of `profiles`, one row a place, countries first, in order of place_id:
 *   place_id, name, kind (country, city, region), country (alpha-3), country_name, region, subregion
 *   record     outcome (adopted, supplier_unknown, no_adoption_found, not_searched; as
 *              pp_adoption_derive says of a country, and by the same rule of a city), ended (flag: all of
 *              its adoptions have ended), earliest_year, latest_year (of the first adoption; earliest
 *              missing: an upper bound only), years_since (since latest_year), adoptions, claims, stories,
 *              confidence (the highest), conflict, vendors and platforms (slugs, comma separated),
 *              largest_vendor, face_recognition (flag; never "no")
 *   buyers     buyer_level (national, subnational, both), buyers (named authorities, "; " between them)
 *   purpose    purposes (stated, comma separated, the most frequent first), purpose_crime (flag: crime is
 *              one of them)
 *   finance    finance (words of the codebook, comma separated), finance_supplier (flag: some of it is a
 *              grant, a concessional loan or a credit from the supplier's side; a commercial loan does not
 *              say), amount_usd (the largest stated)
 *   crime      homicide (per 100,000, the newest figure), homicide_year, homicide_rank (share of other
 *              countries with a lower one, 0 to 1)
 *   drivers    hazard, hazard_low, hazard_high (chance of a first adoption in a year by the model, in
 *              hazard_year, the last with data), no_hazard (why there is none), push, push_low, push_high,
 *              pull, pull_low, pull_high (what the groups of factors add to its log-odds, against a country
 *              at the means), driver (push, pull, both, neither, undetermined: see below)
 *              push_above (chance, by the covariance of the coefficients, that push adds more than pull),
 *              leaning (push or pull where that chance is at least 0.8 or at most 0.2, else unclear: it says
 *              which of the two adds more, not that either does)
 *   democracy  democracy (0 to 1, the newest)
 *   access     exposure, exposure_low, exposure_high (the composite of `access_composite`, 0 to 1)
 *   vendors    dependence, dependence_low, dependence_high (share of its largest vendor, 0 to 1)
 *   standards  protection (standing of data protection, words of `standards_gaps`; not_known), commitments
 *              (how many are on record), code_of_conduct (flag: endorsed; never "no")
 *   neighbours neighbours, neighbours_adopted (land neighbours; of those with an outcome)
 *   effects    effect_rights, effect_crime (what may be said of adoption at large, words of support.h)
 * A city has drivers, crime, democracy, standards and neighbours of its country; `profile_facts.of` says so.
 * What is recorded of vendors, buyers, purposes and finance is of the claims that the place's outcome rests
 * on: those of its adoptions, or of adoptions of unknown supplier where that is the outcome.
 */
#ifndef PUSHPULL_PROFILE_H
#define PUSHPULL_PROFILE_H

#include <pushpull/model.h>
#include <pushpull/places.h>
#include <pushpull/standards.h>
#include <pushpull/text.h>

/* A variable of the model: what it is called, and its group (push, pull, controls, …). */
typedef struct pp_profile_factor {
    const char *name, *label, *group; /* label NULL: the name */
} pp_profile_factor;

/* What is known; each but the first four may be NULL: its facts are missing then. */
typedef struct pp_profile_inputs {
    const pp_result *adoption; /* of pp_adoption_derive */
    const pp_table *claims;    /* as pp_evidence_claims */
    const pp_table *countries; /* as pp_gazetteer_table */
    const pp_gazetteer *gazetteer;
    const pp_result
        *unknown; /* adoptions of unknown supplier, likewise by pp_adoption_derive */
    const pp_table *sources;    /* as pp_evidence_sources */
    const pp_table *indicators; /* iso3, year, and the columns that the options name */
    const pp_fit *fit;          /* of a binary outcome or a hazard, with one equation */
    const char *model;          /* what the fit is called */
    const pp_table
        *panel; /* unit, year and the variables of the fit, best of all countries,
                              those with an adoption too */
    const pp_profile_factor *factors;
    int n_factors;
    const pp_table *access; /* access_composite: place_id, composite, low, high */
    const pp_table
        *network; /* network_dependence: place, year, share, share_low, share_high */
    const pp_standards *standards;
    const pp_table *effects; /* effects_claims: outcome, claim, sentence */
} pp_profile_inputs;

typedef struct pp_profile_options {
    const char *homicide, *democracy; /* columns of the indicators; NULL: not known */
    const char *rights, *crime;       /* outcomes of `effects`; NULL: not known */
    /* Against which means: "places" (NULL), every country in its last year with data counting once, or
       "rows", those that the model was estimated from. */
    const char *reference;
    int back; /* how many years before the last of the panel a country's data may end; 0: 3 */
    int year; /* years_since counts to it; 0: the last of adoptions, indicators and panel */
    int open;    /* 1: a city's dates by the rule's `undated` "open" (pp_adoption_rule) */
    double lean; /* the chance from which a place leans to push or pull; 0: 0.8 */
    double high; /* a homicide rank from which crime is high; 0: 2/3 */
} pp_profile_options;

/* The rule for `driver`. A group counts for certain when the interval of its sum lies above zero.
 *   both           both groups do
 *   push, pull     one does, and the interval of its sum less the other's lies above zero too
 *   neither        both intervals lie at or below zero
 *   undetermined   else
 * Sums are of b (x - mean) over the terms of a group, on the scale of the linear predictor: log-odds with the
 * logit, nearly so with cloglog where hazards are small. Variances are d'Vd with d = x - mean and the
 * covariance V of the fit; the means are taken as given. A term of several variables counts for the first of
 * them that is a factor. Terms without a factor (the baseline of time) are `time`, in the group `other`.
 *
 * Further tables:
 *   `profile_facts`      place_id, fact (a column of `profiles`), value (text), number, low, high, unit, year,
 *                        of (place, country, study), grade (high, medium, low of claims; published, estimate,
 *                        registry, judgement), claims (ids, space separated), source, note; a fact that is
 *                        not known has a row only where it is known why
 *   `profile_drivers`    place_id, year, factor, label, group, level (of categories), value, reference,
 *                        contribution, std_error, conf_low, conf_high; then a row for each group (factor
 *                        "push") and for all (factor "all", group "sum"); countries only
 *   `profile_neighbours` place_id, neighbour, name, outcome, since (the latest year of its first adoption)
 *   `profile_claims`     place_id, claim_id, counts (flag: the outcome rests on it), source_id, status,
 *                        platform, vendor, earliest, latest, confidence, publisher, url, title, kind, purpose,
 *                        financing, buyer; of a country also those of its cities
 *   `profile_purposes`   place_id, purpose, n, stories, claims
 *   `profile_problem`    place_id, name, purposes, crime_claims, purpose_claims (that state any), claims,
 *                        homicide_then, then_year, homicide_now, now_year, homicide_rank, verdict
 *                        (stated_and_high, stated_not_high, stated_rate_not_known, not_stated, not_known:
 *                        no purpose is on record). A stated purpose is what a source says, and not why it
 *                        was bought.
 * Warnings: pending (claims whose place is not resolved count for their country alone), no_hazard (countries
 * without data).
 *
 * Errors: PP_E_NOT_FOUND for a missing table or column; PP_E_ARGUMENT for options out of range;
 * PP_E_UNSUPPORTED for a fit without one probability; PP_E_CANCELLED; PP_E_MEMORY. Cost: claims × log claims,
 * places × facts, rows of the last years × k². The order of rows makes no difference. */
PP_API pp_status pp_profiles(const pp_profile_inputs *inputs,
                             const pp_profile_options *options, const pp_context *ctx,
                             pp_result **out, pp_error *err);

/* The place that a person means among those with a profile: by its id; else a country by any of its names or
   codes; else a city or region by its own name, or by another one that the gazetteer has. `place_id` is
   borrowed from `profiles`. PP_E_NOT_FOUND with a suggestion; PP_E_ARGUMENT where several bear the name, with
   their ids. */
PP_API pp_status pp_profile_find(const pp_result *profiles, const pp_gazetteer *gazetteer,
                                 const char *name, const char **place_id, pp_error *err);

/* The same tables with the rows of one place; of a city the drivers and neighbours are those of its country.
   PP_E_NOT_FOUND for a place without a profile. */
PP_API pp_status pp_profile_of(const pp_result *profiles, const char *place_id,
                               pp_result **out, pp_error *err);

/* In words, from the tables of pp_profile_of: sections of facts with what each rests on, at most six claims
   of each by their ids, then drivers, purposes, neighbours, and the claims with their sources. `width` as in
   pp_result_render. */
PP_API pp_status pp_profile_tell(const pp_result *profile, int width, pp_buf *out,
                                 pp_error *err);

#endif
