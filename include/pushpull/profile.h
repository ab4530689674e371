/* Profiles: what is known of each place, so that it can be compared, grouped, and spoken to.
 *
 * A place is a country, or a city or region of which there are claims. Its profile is one row of the
 * table `profiles`, whose columns are the facts that rules of segments, conditions of messages and
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
 *              largest_vendor, face_recognition (flag)
 *   buyers     buyer_level (national, subnational, both), buyers (named authorities, "; " between them)
 *   purpose    purposes (stated, comma separated, the most frequent first), purpose_crime (flag: crime is
 *              one of them)
 *   finance    finance (words of the codebook, comma separated), finance_supplier (flag: some of it is a
 *              loan, a grant or a credit from the supplier's side), amount_usd (the largest stated)
 *   crime      homicide (per 100,000, the newest figure), homicide_year, homicide_rank (share of countries
 *              with a lower one, 0 to 1)
 *   drivers    hazard, hazard_low, hazard_high (chance of a first adoption in a year by the model, in the
 *              last year with data), push, push_low, push_high, pull, pull_low, pull_high (what the groups
 *              of factors add to its log-odds, against a country at the means), driver (push, pull, both,
 *              neither, undetermined: the intervals tell no more)
 *   democracy  democracy (0 to 1, the newest)
 *   access     exposure, exposure_low, exposure_high (the composite of `access_composite`, 0 to 1)
 *   vendors    dependence, dependence_low, dependence_high (share of its largest vendor, 0 to 1)
 *   standards  protection (standing of data protection, words of `standards_gaps`; not_known), commitments
 *              (how many are on record), code_of_conduct (flag: endorsed)
 *   neighbours neighbours, neighbours_adopted (land neighbours; of those with an outcome)
 *   effects    effect_rights, effect_crime (what may be said of adoption at large, words of support.h)
 * A city has drivers, crime, democracy, standards and neighbours of its country; `profile_facts.of` says so.
 */
#ifndef PUSHPULL_PROFILE_H
#define PUSHPULL_PROFILE_H

#include <pushpull/context.h>
#include <pushpull/result.h>

#endif
