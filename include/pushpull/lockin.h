/* Lock-in: does a first purchase predict the next one's vendor?
 *
 * A purchase is a record of the market (market.h): one (place, vendor, platform family), of a named vendor.
 * A further purchase of the same family from the same vendor in the same place is an extension of that record
 * and not seen. A choice situation is a purchase that certainly came after another of the same buyer, whose
 * latest year is before its earliest one. The alternatives are the vendors with any record in the world that
 * had begun by its latest year, and the one that was chosen; without those that already had a record of that
 * family in that place, who cannot have another.
 */
#ifndef PUSHPULL_LOCKIN_H
#define PUSHPULL_LOCKIN_H

#include <pushpull/context.h>
#include <pushpull/result.h>

/* A tie of a buyer's country to a supplier country, of a column of `ties`: an attribute of the alternatives
   from that supplier, 0 for those from suppliers that `ties` does not have. */
typedef struct pp_lockin_tie {
    const char *column, *label; /* label NULL: the column */
    int any; /* 1: whether it was above 0 in any of the `window` years before the purchase's earliest; 0: its
                newest value of any year before */
} pp_lockin_tie;

typedef struct pp_lockin_options {
    const char
        *by; /* who the buyer is: "place" (NULL), or "country": all places in it; then
                       a record of the whole country is left out where a place in it has one of the
                       same vendor and family */
    const pp_lockin_tie *ties;
    int n_ties;           /* at most 8 */
    int window;           /* years; 0: 5 */
    int64_t least;        /* choice situations that an estimate needs; 0: 50 */
    int64_t draws;        /* of the randomisation, to 1,000,000; 0: 999 */
    double smallest_odds; /* ratio of odds that would matter, above 1; 0: 1.5 */
    uint64_t seed;
} pp_lockin_options;

/* `adoptions`, `vendors`, `countries` as for pp_market; `ties` (NULL: none): country, supplier, year, and the
   columns that the options name.

   Model. McFadden's (1974) conditional logit of the vendor: the chance of alternative v is proportional to
   exp(b'x_v), with x of
     same_vendor         the buyer had bought from it before
     same_supplier       the buyer had bought from its home country before (its own sales among them)
     sold_elsewhere_log  log(1 + its records of other buyers that had certainly begun before): popularity
     ties                as the options say.
   exp(b) of same_vendor is the ratio of odds of a vendor that has sold here before to one that is like it but
   has not. It tells of repetition beyond popularity and home; habit, satisfaction, contracts and technical
   lock-in are not told apart, nor is a taste of the buyer's that does not change. Errors: clustered by country,
   G/(G-1).

   What is not certain. Of most records only the latest year is known. `history` is "certain": only purchases
   that certainly came before count as before; or "possible": so do all that may have. The situations are the
   same. The verdict (verdict.h, on log odds, hypothesis positive) holds for each; where they differ nothing
   is decided.

   When it cannot be told. With fewer situations than `least`, or fewer than ten with or without a repeated
   vendor, nothing is estimated: `lockin` has no rows, `lockin_preflight` the numbers.

   Randomisation. Beside the model, with any number of situations: vendors are dealt anew among the purchases of
   one region and (latest) year, and repeats counted; two purchases of one platform in one place never go to the same
   vendor, which would be an extension (as far as others of that region and year can be changed for them). p = (1 + draws with as many or more) / (1 + draws).
   Purchases alone in their region and year stay: the test is of the others.

   Tables: `lockin` history, term, label, estimate (log odds), std_error, conf_low, conf_high (95%),
   conf_low_90, conf_high_90, odds_ratio, odds_low, odds_high, p_value, situations, clusters, verdict
   (same_vendor only); `lockin_choices` one row a situation: place_id, place, country, family, earliest_year,
   latest_year, vendor, supplier, before (purchases certainly before), open (of which it is not known whether
   before or after), repeated, repeated_possible, supplier_repeated (flags), alternatives, used (flag), left_out
   (why it is not), adoptions, claims; `lockin_repeats` measure (vendor, supplier), history, situations,
   observed, expected, low, high (2.5 and 97.5% of draws), p_value, alone (purchases that stay), draws;
   `lockin_preflight` check, value, least, holds (flag), words.
   Warnings: unknown_vendors (records not counted), whole_countries, unknown_before (situations with a purchase before whose
   vendor is not known), entrants (chosen vendors without a record before), few_situations, not_estimated.

   Errors: PP_E_INPUT for no adoptions; PP_E_ARGUMENT for options out of range, also `by`; PP_E_NOT_FOUND for a
   missing column; PP_E_CANCELLED; PP_E_MEMORY. Cost: situations × (purchases + alternatives), draws ×
   purchases. Sources: McFadden (1974), Conditional logit analysis of qualitative choice behavior; Farrell &
   Klemperer (2007), Coordination and lock-in; Heckman (1981) on state dependence against heterogeneity. */
PP_API pp_status pp_lockin(const pp_table *adoptions, const pp_table *vendors,
                           const pp_table *countries, const pp_table *ties,
                           const pp_lockin_options *options, const pp_context *ctx,
                           pp_result **out, pp_error *err);

#endif
