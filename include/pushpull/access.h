/* Data access: who could reach what a platform collects, under which law, and what it collects.
 *
 * A profile of each place, not one magic number. A place is a country (with all that is on record in it), or a
 * city or region of which there are claims. Judgements are those of a file that the user can change,
 * data/strategy/access.yml. What no claim speaks of is not known: it widens the bounds of a part and never
 * lowers it. Nothing here says that data were reached.
 */
#ifndef PUSHPULL_ACCESS_H
#define PUSHPULL_ACCESS_H

#include <pushpull/context.h>
#include <pushpull/result.h>

typedef struct pp_access_rules pp_access_rules;

/* Reads the judgements: YAML with the keys
     weights      of who, home_law, own_law and data; they sum to 1
     grades       of high, medium and low confidence: what share of a lower bound such evidence gives
     relations    by name: party (vendor, financier), reach ([low, high]), because; conditions of a claim, of
                  which all must hold: statuses, financing, platforms (words of the codebook), words (any of
                  them begins a word of the note, letter case aside); grade (at most; with words it must be low)
     home_law     by country: instrument (id of the registry of standards), article, obliges, because
     own_law      by standing of data protection (words of standards.h, and `none`): [low, high]
     enforcement  by word: where between low and high, from 0 to 1
     data         by kind: weight (they sum to 1), platforms (yes, no, may or [low, high]), words
   All values are from 0 to 1. PP_E_INPUT with file, line, value and what was expected: a key that is not
   known or is missing, a word that the codebook does not have, bounds that are none, weights that do not sum
   to 1, words of a grade above low. PP_E_NOT_FOUND for a missing file. */
PP_API pp_status pp_access_rules_read(const char *path, pp_access_rules **out,
                                      pp_error *err);
/* The same from a text; `name` stands for the file in errors. */
PP_API pp_status pp_access_rules_text(const char *text, int64_t length, const char *name,
                                      pp_access_rules **out, pp_error *err);
PP_API void pp_access_rules_free(pp_access_rules *rules); /* NULL is fine */
/* Homes with an obligation in the rules, 0 to n-1 in the order of the file; NULL beyond. */
PP_API const char *pp_access_rules_home(const pp_access_rules *rules, int index);
/* The line on which it stands; 0 beyond. */
PP_API int64_t pp_access_rules_home_line(const pp_access_rules *rules, int index);

typedef struct pp_access_inputs {
    const pp_table
        *adoptions;         /* of pp_adoption_derive, best with unknown suppliers ("*" and
                       "unknown"): adoption, place_id, place, place_kind, country, vendor,
                       supplier, ended, claims; conflict where it is there */
    const pp_table *claims; /* claim_id, platform, status, financing, confidence, note */
    const pp_table *vendors;   /* vendor, home, parent; NULL: none has a parent */
    const pp_table *countries; /* id, name */
    const pp_table
        *protection; /* country, standing; law, status, enforcement and source where
                                   they are there; NULL: not known of any place */
    const pp_table *
        laws; /* country, instrument, standing, source, title: what the registry has; NULL:
                             the instruments of the rules are not looked up */
} pp_access_inputs;

typedef struct pp_access_options {
    const char
        *place; /* id or name: its rows alone, ranked among all; NULL: all places */
    const char
        *home;     /* parties of this country alone; NULL: of any but the place's own */
    int64_t top;   /* of each kind of place, how many are compared in pairs; 0: 20 */
    int64_t draws; /* of weightings, to 1,000,000; 0: 4,000 */
    uint64_t seed;
} pp_access_options;

/* Four parts, each from 0 to 1 with bounds, for every place with a party that counts: a named or unnamed
   vendor (an affiliate as its parent, from the parent's home) whose home is `home`, or any country but the
   place's own; one whose home is not known may be such a party, and then adds to upper bounds alone.
   Adoptions that have ended do not count; of those that have an end on record and are still named by a later
   claim (conflict "after_end") it is not known: they too add to upper bounds alone.
     who       the largest reach of any party: low that of relations which claims speak of, times the share of
               their grade; high that of all relations of the parties, as what no claim speaks of is open
     home_law  the strongest obligation of a party under the law of its home; homes without a rule: [0, 1]
     own_law   what the place's own data protection leaves open
     data      the kinds of data that the platforms of these parties collect, by their weights
   The value of a part is the middle of its bounds, which is no estimate. The composite is the sum of parts by
   the weights of the rules, with the bounds that follow. Countries, cities and regions are ranked apart.

   Over all weightings (uniform on the simplex), the share in which A stands above B is exact: the part of
   the simplex that a half-space cuts off, by the recursion over one positive and one other difference, in
   which no term is negative (Varsi 1973; equivalent to Micchelli's recurrence of B-splines). The shares in
   which a place ranks first or among ten are from keyed draws, with the standard error of simulation.

   Tables, countries first, then by place_id:
   `access_profiles` place_id, name, kind (country, city, region), country, dimension (who, home_law,
   own_law, data), party (vendor, "unknown", or the financing country), home (of the party), relation (who:
   the relation; home_law and own_law: the law; data: the kind), standing (of the law), low, high, grade
   (high, medium, low; missing: not known), known (flag: a claim or the registry speaks of it), rule (name of the
   file and line), claims (ids), note (of the first claim that a word was found in), source (of a law);
   `access_parts` place_id, name, kind, country, parties (of known home, that count), and for each of who,
   home_law, own_law, data: value, NAME_low, NAME_high; claims;
   `access_composite` place_id, name, kind, country, composite, low, high, rank, rank_low, rank_high (the
   best and the worst rank within the bounds), then the parts as in `access_parts`; by kind and rank;
   `access_stability` kind, a, name_a, b, name_b, share_above (of all weightings, at the middles), share_below
   (the rest are equal), share_certain (A's low ends stand above B's high ends), share_possible;
   `access_leaders` place_id, name, kind, rank, share_first, share_ten, ten_low, ten_high (its low ends against
   the others' high ends, and the reverse), std_error (the largest that simulation has);
   `access_rules` what the judgements were: section, name, part, low, high, because, line.
   Warnings: ended (adoptions left out), named_later, no_party (places without a party that counts, left out; nothing is
   known of them, which is not that they are safe), unknown_home, no_protection, unknown_standing, words.

   Errors: PP_E_NOT_FOUND for a missing column, and for a place of which nothing is on record;
   PP_E_INPUT for no place with a party, for an instrument of the
   rules that `laws` lacks (file and line), and parents in a circle; PP_E_ARGUMENT for draws or top out of
   range; PP_E_CANCELLED; PP_E_MEMORY. Cost: claims × (relations + words) + draws × places. */
PP_API pp_status pp_access(const pp_access_inputs *inputs, const pp_access_rules *rules,
                           const pp_access_options *options, const pp_context *ctx,
                           pp_result **out, pp_error *err);

#endif
