/* Who sells: shares of vendors and of the countries they are from, and concentration, with what
 * uncertain dates and unknown vendors leave open.
 *
 * What is counted is a record: one (place, vendor, platform family), of whatever status groups and
 * spells. An affiliate counts as its parent. In a year a record is certain when it has begun by the end
 * of the year at the latest date that its sources allow and cannot have ended by then; possible when it
 * may have begun and is not known to have ended. What has an end on record and is still named by a later
 * claim (conflict "after_end") is not known to have ended: it is possible from then on.
 */
#ifndef PUSHPULL_MARKET_H
#define PUSHPULL_MARKET_H

#include <pushpull/context.h>
#include <pushpull/result.h>

typedef struct pp_market_options {
    int first,
        last; /* years; 0: from the first with a certain record to the latest date */
    const char *const
        *countries; /* ids, NULL-terminated: a part of the market besides; NULL: none */
} pp_market_options;

/* `adoptions`: the table of pp_adoption_derive, best under a rule that lets in unknown suppliers too
   (suppliers "*" and "unknown"): vendor ("unknown": not named), supplier (missing: not known), place_id,
   place, country, family, earliest_year, latest_year, ended, ended_earliest, ended_latest, adoption, claims; conflict
   where it is there.
   `claims` (NULL: no values): claim_id, amount_usd. `vendors` (NULL: none has a parent): vendor, name,
   home, parent. `countries`: id, name, region, subregion where it is there. `options` NULL: the defaults.

   Parents. A vendor is counted as the last of its chain of parents, and from the parent's home.

   Measures. `adoptions`: records. `places`: places with a record of theirs, among places with any; as a
   place may buy from several, these shares add up to more than one. `value`: stated contract values; the
   same programme is stated of many places, so that of a vendor in a country the largest amount counts
   for certain, and at most the sum of its different amounts. Values are of those contracts alone whose
   sources state one.

   Bands. `share` counts what is certain; vendors that are not named have a row of their own, "unknown",
   and are in the denominator. share_low counts for a vendor what is certain, against all that is possible
   of others; share_high what is possible and every record of an unknown vendor that could be its own (of
   an unknown or the same home), against what is certain of others. A record without a named vendor is at
   most possible where the same place has one of a named vendor in the same family, of the same home or
   where a home is not known: it may be the same. These bounds hold one by one, not together.

   Concentration, of `adoptions` and `value`. hhi: the sum of squared shares of known ones for certain;
   hhi_low: the least over all numbers between certain and possible, each unknown being a vendor of its
   own; hhi_high: all unknown being of one of the actors, others between certain and possible as raises it: never
   below the greatest, and above it by what the range of one actor makes at most (the argument is in
   src/market/concentration.c). cr4: the shares of the four largest among what is certain, unknown in the
   denominator, with its exact bounds. effective = 1 / hhi.

   Tables: `market_shares` (the last year) scope (all, region, family, subregion, countries, country),
   value (which; "all", "chosen"), label
   (that in words), by (supplier, vendor), measure, year, actor, name, count, count_high, share, share_low, share_high (actor
   "unknown": not known); `market_years` the same of scope all, year by year; `market_concentration`
   scope, value, label, by, measure, year, actors, unknown, hhi, hhi_low, hhi_high, cr4, cr4_low, cr4_high,
   effective, effective_low, effective_high (all years of scope all, else the last); `market_records`
   place_id, place, country, region, family, vendor, supplier, adoptions (ids), certain (year since
   which; missing: not by the last), possible, same (flag: may be the same as one of a named vendor),
   certain_until, possible_until (the last year; missing: to the last of all, or never);
   `market_affiliates` vendor, parent, adoptions. Rows of which nothing is possible are left out; a share
   of nothing is missing.
   Warnings: unknown_vendors, unknown_suppliers, may_be_same, named_later, no_values.

   Errors: PP_E_ARGUMENT for years that are none or more than 200; PP_E_INPUT for no adoptions, and for
   parents in a circle; PP_E_NOT_FOUND for a missing column; PP_E_CANCELLED; PP_E_MEMORY. Cost: records ×
   vendors × (years + regions + families). Sources: Hirschman (1964), The paternity of an index;
   U.S. Department of Justice and Federal Trade Commission, Merger Guidelines (2023). */
PP_API pp_status pp_market(const pp_table *adoptions, const pp_table *claims,
                           const pp_table *vendors, const pp_table *countries,
                           const pp_market_options *options, const pp_context *ctx,
                           pp_result **out, pp_error *err);

#endif
