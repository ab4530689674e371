/* Adoption, derived from claims by a named rule; and the agreement of coders. */
#ifndef PUSHPULL_ADOPTION_H
#define PUSHPULL_ADOPTION_H

#include <pushpull/context.h>
#include <pushpull/result.h>

/* A named rule of the study file. Lists are NULL-terminated arrays of strings; NULL: the default.*/
typedef struct pp_adoption_rule {
    const char *name;             /* "prc" */
    const char *const *suppliers; /* home countries of vendors; "*" any known; "!CHN" all but */
    const char *const *platforms; /* default: all but other, border_control, interception */
    const char *const *statuses;  /* default: contracted, operational, expanded */
    const char *confidence;       /* at least: "low" (default), "medium", "high" */
    const char *buyers;           /* "any" (default) or "national" */
    const char *undated;          /* "bound" (default): an adoption known by an upper bound only sets
                                     the first date only when it must precede every dated one;
                                     "open": it always leaves the lower bound open */
    const char *const *excluded;  /* countries left out: the supplier itself */
} pp_adoption_rule;

/* `claims` and `searches` as pp_evidence_claims and pp_evidence_searches give them, `countries` as
   pp_gazetteer_table. Tables of the result:
   `adoptions` one row per (place, vendor, platform family, status group): adoption, place_id, place,
       place_kind, country, vendor, supplier, family, status_group, earliest, latest (ISO dates or
       missing), earliest_year, latest_year, ended_earliest, ended_latest, confidence, n_claims,
       n_stories, conflict (empty or words), claims (ids, space separated);
   `spells` one row per spell of a country under the rule: country, spell, start_earliest, start_latest,
       end_earliest, end_latest (years; missing is open), censored;
   `outcomes` one row per country: country, name, region, outcome (adopted | no_adoption_found |
       supplier_unknown | not_searched), earliest_year, latest_year (of the first adoption; earliest
       missing: an upper bound only), dated (flag), n_adoptions, n_claims, n_stories, first (adoption id),
       conflict;
   `counts` outcome, countries;
   `conflicts` adoption or country, kind, detail, claims. */
PP_API pp_status pp_adoption_derive(const pp_adoption_rule *rule, const pp_table *claims,
                                    const pp_table *searches, const pp_table *countries,
                                    const pp_context *ctx, pp_result **out, pp_error *err);

/* Agreement of the coders `a` and `b` on the countries that both coded. Matching by place, platform
   family and status. Tables: `agreement` (variable, measure, estimate, conf_low, conf_high, units,
   coders), `disagreements`. Percentile bootstrap over units with `draws` and `seed`. */
typedef struct pp_agreement_options {
    const char *a, *b;      /* NULL: "A" and "B" */
    int64_t draws;          /* 0: 1,000 */
    uint64_t seed;
} pp_agreement_options;
PP_API pp_status pp_agreement(const pp_table *claims, const pp_agreement_options *options,
                              const pp_context *ctx, pp_result **out, pp_error *err);

#endif
