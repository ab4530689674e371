/* Segments: groups of places that want different answers, by rules that everybody can read, and beside
 * them by clusters of alike profiles.
 *
 * The rules are a decision list: a place is in the first segment whose condition holds. A condition whose
 * facts are missing holds neither nor fails: the place goes on down the list, and the segment stays on record as
 * one that it may belong to.
 */
#ifndef PUSHPULL_SEGMENTS_H
#define PUSHPULL_SEGMENTS_H

#include <pushpull/context.h>
#include <pushpull/result.h>

/* A file of rules, read. In YAML:
 *
 *   rules:                     # required, in the order in which they are asked
 *     - name: early_adopter    # small letters, digits, underscores; once
 *       title: Early adopter   # for people
 *       when: outcome = 'adopted' AND latest_year <= 2012   # SQL over the facts of profile.h; the last
 *                              # rule has none and takes the rest, all others have one
 *       because: text          # one sentence: why these places are a segment, and on what basis
 *   clusters:                  # beside the rules; without, there are none
 *     facts: [name, ...]       # required: by which profiles are alike; texts count as words, equal or not
 *     from: 2                  # and to: numbers of clusters to try, 2 to 12
 *     to: 8
 *     stable: 0.6              # least mean Jaccard of a number that may be chosen, 0 to 1
 */
typedef struct pp_segment_rules pp_segment_rules;

/* `shown` (NULL: path) names it in errors. PP_E_INPUT with file and line: not the form above, a name twice, a
   last rule with a condition, a rule behind one without (it could never apply), more than 40 rules. */
PP_API pp_status pp_segment_rules_read(const char *path, const char *shown,
                                       pp_segment_rules **out, pp_error *err);
PP_API pp_status pp_segment_rules_read_text(const char *text, int64_t length,
                                            const char *name, pp_segment_rules **out,
                                            pp_error *err);
PP_API void pp_segment_rules_free(pp_segment_rules *rules);
PP_API int64_t pp_segment_rules_count(const pp_segment_rules *rules);
/* By their order; NULL where there is none. */
PP_API const char *pp_segment_rules_name(const pp_segment_rules *rules, int64_t index);

typedef struct pp_segments_options {
    int64_t draws;     /* of uncertain facts; 0: 200 */
    int64_t bootstrap; /* samples for the stability of clusters; 0: 50 */
    uint64_t seed;
} pp_segments_options;

/* `profiles`: the table of profile.h, or any with place_id (each once) and the facts that the rules name;
   name and kind are shown where they are there.

   A place's segment is that of its facts as they stand: of a year that is not certain, the latest.

   Uncertainty. Facts with an interval are drawn again: hazard normal on its log-odds, push and pull normal
   (intervals of 95 %), exposure and dependence uniform between their ends, the year of the first adoption uniform
   over the years from earliest_year to latest_year; each by itself, which leaves out that hazards and
   contributions of all places hang on the same coefficients. A first adoption with an upper bound only is not
   drawn. `probability` is the share of draws in which a place lands in a segment: of the facts that are on record
   alone. `low` is the share in which no earlier rule is left open by missing facts, `high` adds the draws
   in which the segment itself is open or behind open ones: what missing facts may turn out to be is between, at most.

   Moves. Each fact that a rule names is changed alone, to the numbers and words that stand behind it in the
   rules, to just above and below these numbers, and to values seen at other places; the nearest (of a number)
   that moves the place to another segment is listed for each such segment. Facts that hang together are not
   changed together.

   Clusters. Dissimilarity of Gower (1971): the mean over the facts known of both places of the difference in units
   of the range (numbers), or of whether words differ. Pairs without any fact known of both count as wholly unlike.
   k-medoids by PAM (Kaufman & Rousseeuw 1990; swaps as FastPAM1, Schubert & Rousseeuw 2021, which finds the
   same). For each k the mean silhouette (Rousseeuw 1987) and, over `bootstrap` samples with replacement (a
   place drawn twice counts once), the mean over clusters of the greatest Jaccard similarity with a cluster of the sample
   (Hennig 2007). Chosen is the greatest silhouette among the k with a stability of at least `stable`; among all,
   with the warning unstable_clusters, where there is none. A place's `cluster_probability` is the share of
   samples in which it is nearest to the medoid of the cluster most like its own. Of more than 2,000 places 1,000
   drawn ones make the clusters, and each other joins the nearest medoid (warning clusters_of_sample).

   Tables. `segments`: place_id, name, kind, segment, title, probability, low, high, alternatives (other segments
   with a high above 0, "name share", "; " between, the likeliest first), open (missing facts named by the conditions
   left open before the segment), cluster, cluster_probability, silhouette. `segment_rules`: rule (order), segment, title,
   condition, because, places (by the facts as they stand), expected (mean over draws), places_low, places_high (2.5 and
   97.5 % of draws), open (places that missing facts may bring here), examples. `segment_probabilities`: place_id, name, segment, probability, low, high (rows with
   high above 0). `segment_moves`: place_id, name, fact, value (missing: not known), to ("above 0.03"), segment, would_be.
   `segment_clusters`: cluster (from 1, the largest first), medoid (place_id), medoid_name, places, silhouette, jaccard,
   segment (the most frequent by the rules), segment_share. `segment_choice`: clusters (k), silhouette, stability,
   adjusted_rand (agreement with the rules; Hubert & Arabie 1985), chosen (flag).
   Warnings: open_segments, unstable_clusters, weak_clusters (a silhouette of at most 0.25: no structure of
   substance), nothing_in_common, clusters_of_sample, no_clusters (fewer places unlike each other than clusters).

   Errors: PP_E_INPUT with file and line for a rule that names a fact that is not there or is no condition, and for such
   a fact of the clusters; PP_E_INPUT for no places, or a place_id missing or twice; PP_E_ARGUMENT; PP_E_NOT_FOUND
   without place_id; PP_E_CANCELLED; PP_E_MEMORY. The same at any number of threads and in any order of rows.
   Cost: places × draws conditions in one query; places² × (facts + k × bootstrap). */
PP_API pp_status pp_segments(const pp_table *profiles, const pp_segment_rules *rules,
                             const pp_segments_options *options, const pp_context *ctx,
                             pp_result **out, pp_error *err);

#endif
