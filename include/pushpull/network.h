/* The network of vendors and places: who is in its middle, which communities it falls into, how much each
 * place hangs on one vendor, and who enters and leaves.
 *
 * What is counted are the records of pp_market (market.h): one place, vendor and platform family, an
 * affiliate counting as its parent, certain or possible at the end of a year. A vendor and a place are
 * linked by their records; the weight of a link is the number of platform families. Vendors that are not
 * named make no links: they are in the bands of dependence, and counted beside each place.
 */
#ifndef PUSHPULL_NETWORK_H
#define PUSHPULL_NETWORK_H

#include <pushpull/context.h>
#include <pushpull/result.h>

typedef struct pp_network_options {
    const char *unit; /* "place" or "country" (with all that is in it); NULL: "place" */
    const char
        *level;      /* links of which the network is made: "certain", or "possible" ones
                          too; NULL: "certain" */
    int first, last; /* years, as pp_market_options; the network is that of the last */
    double alpha;    /* level of the backbone; 0: 0.05 */
    double resolution; /* of communities; 0: 1 */
    int draws;         /* networks drawn for the stability of communities; 0: 50 */
    uint64_t seed;
} pp_network_options;

/* `adoptions`, `vendors`, `countries` and the years as in pp_market; `options` NULL: the defaults.

   Measures, of the network of `level` at the end of `last`. degree: partners, and as a share of the other
   mode's nodes (Freeman 1979, Social Networks 1; two modes: Borgatti & Everett 1997, Social Networks 19);
   strength: the sum of weights (Barrat et al. 2004, PNAS 101). betweenness: over shortest paths by number
   of links, and as a share of the most that a node of its mode can have (Borgatti & Everett 1997);
   harmonic: the sum of 1/distance to all nodes that can be reached (Marchiori & Latora 2000, Physica A
   285), and as a share of the most, which is the number of the other mode's nodes and half of the others
   of its own. Places and vendors of which all links are only possible are not among the nodes of a
   certain network: they have a degree of 0 and no other measure.

   Bands. degree, strength: of certain links; degree_high, strength_high: of possible ones too. rank: by
   degree among nodes of its kind; rank_low, rank_high: the best and the worst rank that uncertain links
   leave (its own all there and those of others not, and the reverse; each bound by itself). Unnamed
   vendors' records are not in these bands.

   Communities maximise the modularity of two modes (Barber 2007, Physical Review E 76), with
   `resolution` before its null term, by LPAwb+ from several starts (Beckett 2016, Royal Society Open
   Science 3): the best found, which need not be the best there is. stability: in networks whose weights
   are drawn anew (Poisson: Rosvall & Bergstrom 2010, PLoS ONE 5), how often two members are together. That is of
   chance in how many families each pair has, not of what sources leave open. A community of low stability
   is not one to build on.

   Backbone. p_disparity: of the disparity filter (Serrano, Boguna & Vespignani 2009, PNAS 106), the
   smaller of both ends; backbone: it is below alpha. p_chance: as many or more families if the records
   of vendor and place met by chance, hypergeometric (Tumminello et al. 2011, PLoS ONE 6); specific: below
   alpha after Benjamini & Hochberg (1995) over all links. Most weights are 1 or 2: few links can stand out.

   Dependence. Of each place and year with anything possible: vendors: named ones for certain;
   vendors_low, vendors_high: the fewest and the most there can be, unnamed ones being any named one of a
   home that fits, or each another. one_vendor: "one" where both bounds are 1, "several" where the
   fewest is 2, else "unclear". hhi by vendor and by supplier country with bounds as in pp_market; largest:
   the vendor with most certain records (of equal ones the first by code), its share with its band;
   change: of hhi_vendor, since the first year of those told that has one.

   Entry and exit, of vendors into a region, a country, or anywhere. A vendor has entered by the latest date
   of its first record, and not before the earliest date of any (missing: any time before); has left when all its
   records have ended. entrants, exits: by the latest dates; _low: those that can have come in no other
   year; _high: those that can have come in it. Survival (Kaplan &
   Meier 1958) is of the years from the latest date of entry to exit: survival_high by latest dates of exit,
   survival_low as early as all that may have left can have. As entry can be earlier, years are at
   least so many. What nobody wrote about has not "left".

   Tables: `network_nodes` node, kind (vendor, place), name, country (home of a vendor), region, degree,
   degree_high, degree_share, strength, strength_high, rank, rank_low, rank_high, betweenness,
   betweenness_share, harmonic, harmonic_share, component, community, stability, unnamed (possible
   records of the place without a named vendor), adoptions (ids, of possible ones too), the largest of each kind
   first; `network_edges` vendor, vendor_name,
   place, place_name, country, region, families, weight, weight_high, since (first year for certain; missing: not
   by the last), since_low (first year it is possible), p_disparity, backbone, p_chance, specific,
   vendor_community, place_community, adoptions (ids); `network_communities` community, vendors, places (numbers),
   vendor_names (at most eight, of highest strength), modularity (what it adds), stability;
   `network_dependence` place, name, country, region, year, records, records_high, vendors, vendors_low,
   vendors_high, one_vendor, hhi_vendor, hhi_supplier (each with _low, _high), largest, largest_name, share,
   share_low, share_high, change; `network_years` year, vendors, places, edges (certain), edges_high,
   density (edges among vendors × places), centralisation (of vendors' degrees: the sum of differences from
   the largest, over (vendors - 1)(places - 1): Everett & Borgatti 2005), places_on_record (with a certain
   record, named or not), one_vendor (of one by what is certain, each unnamed
   record being a vendor of its own), one_vendor_low (of "one"),
   one_vendor_high (of "one" and "unclear") among these, share, share_low, share_high of them;
   `market_entry` scope (all, region, country), value, year, entrants, entrants_low, entrants_high, exits,
   exits_low, exits_high, present (vendors with a certain record), entered, left (names, by latest
   dates); `market_survival` scope (region, country), years, at_risk, exits (by latest dates), exits_high (by
   earliest), survival_low, survival_high. Notes: modularity, communities, components.
   Warnings: unnamed_places (places that have records of unnamed vendors only), one_community_each (all
   communities are components: nothing but being linked at all), open_entry (vendors whose entry has no earliest date).

   Rows' order, and the number of threads, change nothing. Errors: those of pp_market; PP_E_ARGUMENT for an unknown unit or
   level, and alpha, resolution or draws out of range. Cost: nodes × links for betweenness (igraph, one thread;
   one call at a time in a process), draws × links for stability (all threads), records × years. */
PP_API pp_status pp_network(const pp_table *adoptions, const pp_table *vendors,
                            const pp_table *countries, const pp_network_options *options,
                            const pp_context *ctx, pp_result **out, pp_error *err);

#endif
