/* Claims checked: what vendors, police, surveys and evaluations say that platforms did, beside what the data
 * allow to be seen.
 *
 * A statement is never called false: what is measured here is homicide in the whole country, which is seldom
 * what the statement is of, and nothing here tells why a figure changed.
 *
 * For each statement the mean of homicide after is set against that before, as a change of logarithms. Before: the
 * figures of the three years that end with period_from; after: those of at most three years behind it, which end
 * with period_to. Variation: the root mean square of the same contrast, over as many years and with as many
 * figures, at every other point of the country's series that is three years or the whole span away; of at
 * least four. It holds trends as well as chance. A fall could have been seen where it is at least 2.80 times the
 * variation (as with a power of 80 % at 5 %); of a claim about something else than homicide this tells whether
 * homicide would have had to fall as much.
 */
#ifndef PUSHPULL_CLAIMS_CHECKED_H
#define PUSHPULL_CLAIMS_CHECKED_H

#include <pushpull/context.h>
#include <pushpull/places.h>
#include <pushpull/result.h>
#include <pushpull/text.h>

typedef struct pp_effect_claims pp_effect_claims;

/* Reads and checks statements and the rule of their grades.
   `statements` is a CSV file, one row a statement: statement_id (its own), place (as named), country
   (alpha-3), who (vendor, police, government, survey, evaluation, journalist), name (of these, may be empty), statement
   (as summarised), measure (homicide, violent_crime, crime, theft, response_time, cases_solved, arrests, …:
   any word), claimed_change (per cent or a count, may be empty), unit (percent, count), method (controlled,
   before_after, figures, promise, none), period_from, period_to (years, may be empty), source_id (of the
   study's sources), or else url, title, publisher and published.
   `grades` is YAML: `grades` names the words from the best to the least, `rules` a list of {who, method, unit,
   grade, because}, the first that holds (a list or a word each; left out: any).
   PP_E_NOT_FOUND for a missing file; PP_E_INPUT for the first mistake, with file, line, column, value, and
   the others counted. `sources` NULL: ids of sources are not looked up. */
PP_API pp_status pp_effect_claims_read(const char *statements, const char *grades,
                                       const pp_gazetteer *gazetteer,
                                       const pp_table *sources, const pp_context *ctx,
                                       pp_effect_claims **out, pp_error *err);
PP_API void pp_effect_claims_free(pp_effect_claims *claims); /* NULL is fine */

/* `indicators` has iso3, year and the column `homicide` (per 100,000); NULL: nothing is measured. Table
   `claims_checked`, in the order of the file: statement_id, place, country, who, name, statement, measure,
   claimed_change, unit, period_from, period_to, grade, because (the rule's words), before, after (means),
   years_before, years_after (how many figures), change (in per cent), variation, change_low, change_high (what the
   variation leaves of it: ±1.96), smallest (fall in per cent that could have been seen), could_see (flag),
   verdict, sentence, source (publisher and title), url. Verdict:
     no_figures        too few figures of homicide, or no period
     other_measure     the claim is of something else: what homicide did is shown, and tells little
     within_variation  a change of the claimed size is within what the figure does from year to year
     not_shown         it could have been seen, and what is measured differs from it
     cannot_tell       it could have been seen; what is measured agrees with it, and with less
     seen              the measured change is beyond the variation and agrees with what is claimed: not why
   Errors: PP_E_NOT_FOUND for a missing column; PP_E_MEMORY. */
PP_API pp_status pp_claims_checked(const pp_effect_claims *claims,
                                   const pp_table *indicators, const char *homicide,
                                   const pp_context *ctx, pp_result **out, pp_error *err);

/* The same in words, added to `out`: each statement with who made it, its grade, and what can be told of it.
   `width` in columns; 0: 100. PP_E_ARGUMENT for a result that is not of pp_claims_checked; PP_E_MEMORY. */
PP_API pp_status pp_claims_checked_tell(const pp_result *checked, int width, pp_buf *out,
                                        pp_error *err);

#endif
