/* Adoption, derived from claims by a named rule; and the agreement of coders.
 *
 * A claim is one coder's reading of one source. An adoption is what the claims of one
 * (place, vendor, platform family, status group) say together, with an interval of days
 * for its beginning. Nothing here decides which claim is right: where claims do not
 * agree, this is reported, and wider intervals follow.
 */
#ifndef PUSHPULL_ADOPTION_H
#define PUSHPULL_ADOPTION_H

#include <pushpull/context.h>
#include <pushpull/result.h>

/* A named rule of the study file. Lists are NULL-terminated arrays of strings; NULL or an
   empty list: the default. The words are those of the codebook. */
typedef struct pp_adoption_rule {
    const char *name;             /* "prc" */
    const char *const *suppliers; /* home countries of vendors; "*" (default) any known
                                     one; "!CHN" all known ones but it; "unknown",
                                     which "*" has not: those whose home is not known */
    const char *const
        *platforms; /* default: all but other, border_control, interception; the word
                       urban_surveillance stands for the platforms of that family */
    const char *const *statuses; /* of announced, contracted, operational, expanded;
                                    default: all but announced */
    const char *confidence;      /* at least: "low" (default), "medium", "high" */
    const char *buyers;          /* "any" (default) or "national" */
    const char *undated; /* "bound" (default): an adoption known by an upper bound only
                            sets the first date only when it must precede every dated one;
                            "open": it always leaves the lower bound open */
    const char *const *excluded; /* countries left out: the supplier itself */
} pp_adoption_rule;

/* Which claims count. A claim counts when its platform, confidence, buyer and the home of
   its vendor are as the rule says, and its status is listed. Claims that end or deny
   count without being listed. Countries that are excluded are left out of everything.

   Which make one adoption. safe_city, cctv_network and command_centre are one family,
   urban_surveillance, because sources label them at will; every other platform is its own
   family, the unspecified one too. Status groups are announced, contracted, and
   operational with expanded. An unnamed firm is one vendor for each home country. A
   pending place is known by its name.

   When it began. A claim with both dates is a window, one with one date a bound, and
   "expanded" bounds from above only. Windows are intersected; where they do not meet, the
   windows of high confidence decide (their intersection, else their hull), and without
   such the hull of all windows. Bounds that meet this narrow it. A bound that does not
   meet it widens it to their hull, unless it is weaker than a window of high confidence.
   Whatever does not meet is a conflict, "dates". An upper bound bounds an adoption and
   never dates it. Where nothing bounds it from above, it began by the date of the record:
   the latest date that any claim of a beginning gives (warnings no_date, no_upper_bound).

   When it ended. "ended" and "suspended" alone are no adoption of their own, as a
   cancelled plan counts as ended too: conflict "ended_only". But where a country has no
   other adoption, those of at least medium confidence are one, with an upper bound only
   (the last day of the end) and in the group operational, for an absence must not be
   claimed of it; the warning ended_only counts these countries. Otherwise the sooner of
   the two closes every adoption of the same place, vendor and family that is known to
   have begun by its last possible day, and bounds the beginning of one without any upper
   bound. If it may have come before the beginning the adoption stays open: conflict
   "end_order". Claims of one end whose dates do not meet are the conflict "end_dates",
   upper bounds of a beginning later than its end "after_end". A beginning whose first
   possible day lies after the last possible day of an end is another adoption: its id
   ends in "/2". A denial is the conflict "denied"; it is never absence.

   Countries. The first of several adoptions began by the least of their upper bounds. Its
   lower bound is the least that is known; or open, when an adoption with an upper bound
   only must have been first, and under "open" whenever there is one. The warning
   undated_option counts the countries for which the two options differ. Outcomes:
   adopted; supplier_unknown: not adopted, and some claim counts but for the unknown home
   of its vendor; no_adoption_found: other countries with a query in `searches` or any
   claim; not_searched. Former countries are there only if there are claims of them.

   Spells. A country has adopted as long as one of its adoptions holds; another spell
   opens with an adoption that certainly began after all before had ended.

   `claims` and `searches` are as pp_evidence_claims and pp_evidence_searches give them
   (searches may be NULL; of the claims place_id, story, coder and stated_purpose may be
   missing), `countries` as pp_gazetteer_table. The order of rows makes no difference, nor
   do further copies of a story. Tables of the result, in order of their first columns:
   `counts` outcome, countries, dated (with a known lower bound; adopted only);
   `outcomes` one row a country: country, name, region, outcome, earliest_year,
   latest_year (of the first adoption; earliest missing: an upper bound only), dated
   (flag), n_adoptions, n_claims, n_stories (of counting claims; of those of unknown
   supplier where that is the outcome), first (adoption id), conflict (kinds, comma
   separated), unknown_earliest_year, unknown_latest_year (within which the first of
   unknown supplier began; supplier_unknown only); `adoptions` one row an adoption:
   adoption ("KEN/nairobi/huawei/urban_surveillance/operational", and "country" in place
   of a place for a whole country), place_id (missing: pending), place, place_kind,
   country, vendor, supplier, family, status_group, earliest, latest (ISO days or
       missing), earliest_year, latest_year, dating (window; from: lower bound only; by:
   upper bound only; record: no date), ended (flag), ended_earliest, ended_latest,
   confidence (the highest), n_claims, n_stories (independent ones), conflict, claims,
   ended_by (ids, space separated); `spells` one row a spell of a country: country, spell
   (from 1), start_earliest, start_latest, end_earliest, end_latest (years; missing is
   open), censored (flag: not known to have ended); `conflicts` country, adoption
   (missing: none came of the claims), kind, detail, claims; `adopters_over_time` year,
   low (adopted for certain by its end), high (those that may have, among them all without
   a lower bound), midpoint (at the middle of the interval, or at the bound);
   `platforms_by_region` region, family, countries, claims, stories; `vendors_by_region`
   with vendor.

   Errors: PP_E_ARGUMENT for a word or code that the rule should not have, with field,
   value and a suggestion; PP_E_NOT_FOUND for a missing column; PP_E_INPUT for a claim
   that the codebook does not allow, with its row; PP_E_CANCELLED; PP_E_MEMORY. Cost:
   sorting, O(n log n). */
PP_API pp_status pp_adoption_derive(const pp_adoption_rule *rule, const pp_table *claims,
                                    const pp_table *searches, const pp_table *countries,
                                    const pp_context *ctx, pp_result **out,
                                    pp_error *err);

typedef struct pp_agreement_options {
    const char *a, *b; /* NULL: "A" and "B" */
    int64_t draws;     /* of the bootstrap, to 1,000,000; 0: 1,000 */
    uint64_t seed;
    const char *const
        *countries; /* to compare, NULL-terminated; NULL: those that both coded */
    const pp_table *searches; /* as pp_evidence_searches; says which those are: where both
                                 made a query. NULL: where both have a claim */
} pp_agreement_options;

/* Agreement of the coders `a` and `b` on the countries that both coded. `options` NULL:
   the defaults.

   Claims are matched into units by place, platform family and status group (with ended
   for ended and suspended, and denied); for statuses by place and family, and for
   platforms, as labelled and collapsed into families, by place and status group. A
   coder's value in a unit is what most of their claims of it say; of equally many that of
   the most confident claim, then the first word. Years are those of the interval that a
   coder's claims give together. "unknown" is missing: a source that is silent does not
   disagree. Tables:
   `agreement` variable, matched_by, measure, estimate, conf_low, conf_high, units (that
   both rated), coders. Measures are percent_agreement, cohen_kappa, fleiss_kappa and
   krippendorff_alpha_nominal, _ordinal (confidence) or _interval (earliest_year,
   latest_year); NaN without any variation. Variables: `found`, the share that both found
   of the units that either found (and measures beyond chance over every place with every
   family and status: nobody codes what is absent, so that these depend on that grid),
   vendor_home, vendor, platform, platform_family, status, status_group, buyer_level,
   stated_purpose, confidence, the years, and `dates_meet`, the share of units in which
   the two intervals meet. Intervals: 95% percentile bootstrap over units, the same for
   any number of threads; NaN when more than half of the draws leave the measure
   undefined; `disagreements` variable, country, place, family, status_group, value_a,
   value_b, claims_a, claims_b; `overlap` country, claims_a, claims_b.

   Claims need columns as for pp_adoption_derive. Errors: those of claims there;
   PP_E_ARGUMENT for equal coders or a wrong number of draws, PP_E_INPUT when no country
   is in common, PP_E_CANCELLED, PP_E_MEMORY. Cost: draws × units for each of some 14
   variables. Sources: Cohen (1960), Fleiss (1971), Krippendorff (2011), "Computing
   Krippendorff's alpha-reliability". */
PP_API pp_status pp_agreement(const pp_table *claims, const pp_agreement_options *options,
                              const pp_context *ctx, pp_result **out, pp_error *err);

#endif
