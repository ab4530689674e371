/* Figures: tables of results → Vega-Lite specifications with alternative text and a table twin.
 *
 * What a figure looks like stands in DATA/web/figures/NAME.vl.json, a template in which "@rows",
 * "@title" and so on are filled in here; its colours stand in theme-light.json and theme-dark.json
 * beside it. A specification is complete: it has its data, its outlines and the light theme in it.
 * The same tables give the same bytes.
 */
#ifndef PUSHPULL_FIGURE_H
#define PUSHPULL_FIGURE_H

#include <pushpull/context.h>
#include <pushpull/result.h>

typedef struct pp_figure {
    char *name; /* an identifier, and the file's stem */
    char *title;
    char *note;      /* how to read it, sources; NULL: none */
    char *alt;       /* what it shows, in words, with its main numbers */
    char *spec;      /* Vega-Lite, as JSON text */
    pp_table *table; /* the same numbers as a table */
} pp_figure;

typedef struct pp_figure_options {
    const char *data_folder; /* the installed share folder; required */
    const char *name;        /* NULL: the template's name */
    const char *title, *subtitle,
        *note;        /* in place of what suits the figure; NULL: that */
    const char *axis; /* title of the axis of effects or counts; NULL: what suits it */
    const char *worldview; /* map: "neutral" (default) leaves disputed areas uncoloured,
                                "evidence" colours those that the evidence treats as units */
    int first_year, last_year; /* map: the slider's ends */
    double delta; /* coefficients: half the width of the negligible zone; 0: none */
} pp_figure_options;

PP_API void pp_figure_free(pp_figure *figure);

/* World map with a slider of years; a drawing of it stands at the last and says so. `outcomes` as pp_adoption_derive gives it: country, name, outcome,
   earliest_year, latest_year, n_claims (may be absent). In a year, an adopted country is certain when
   latest_year has come, perhaps when earliest_year has (missing: an open beginning), else nothing is
   found by then. Countries without a row are drawn as not in the study. */
PP_API pp_status pp_figure_adoption_map(const pp_table *outcomes,
                                        const pp_figure_options *options, pp_figure **out,
                                        pp_error *err);

/* Adopters over time with the band that uncertain dates leave: year, low, high, midpoint. */
PP_API pp_status pp_figure_adopters(const pp_table *adopters,
                                    const pp_figure_options *options, pp_figure **out,
                                    pp_error *err);

/* Counts by region: `region`, a column of words that is the category ("family", "vendor"), and counts;
   of several columns of words or numbers the first is taken. The fifteen most frequent categories are
   shown, the rest summed as "other"; the table twin has all of them. */
PP_API pp_status pp_figure_by_region(const pp_table *counts,
                                     const pp_figure_options *options, pp_figure **out,
                                     pp_error *err);

/* Effects with 95 and 90 per cent intervals: term, label, group (these two may be absent), estimate,
   conf_low, conf_high, conf_low_90, conf_high_90. Terms without an estimate are left out. */
PP_API pp_status pp_figure_coefficients(const pp_table *effects,
                                        const pp_figure_options *options, pp_figure **out,
                                        pp_error *err);

/* What each factor adds at one place (rows of one place of table `profile_drivers`, see profile.h). */
PP_API pp_status pp_figure_drivers(const pp_table *drivers,
                                   const pp_figure_options *options, pp_figure **out,
                                   pp_error *err);

/* Effects under each treatment of uncertain dates (table `dates` of pp_dates). */
PP_API pp_status pp_figure_dates(const pp_table *dates, const pp_figure_options *options,
                                 pp_figure **out, pp_error *err);

/* Who is next (tables of pp_forecast). The first 25 units of `forecast` with intervals of probability
   and rank; the forecasts of `forecast_predictions` in order with a stripe for each adoption
   (Greenhill, Ward & Sacks 2011); what was forecast against what was observed, of
   `forecast_calibration`. The last two one period ahead. */
PP_API pp_status pp_figure_forecast_ranking(const pp_table *forecast,
                                            const pp_figure_options *options,
                                            pp_figure **out, pp_error *err);
PP_API pp_status pp_figure_forecast_separation(const pp_table *predictions,
                                               const pp_figure_options *options,
                                               pp_figure **out, pp_error *err);
PP_API pp_status pp_figure_forecast_calibration(const pp_table *calibration,
                                                const pp_figure_options *options,
                                                pp_figure **out, pp_error *err);
/* Effects of exposures to peers (table `peers` of pp_peers). */
PP_API pp_status pp_figure_peers(const pp_table *peers, const pp_figure_options *options,
                                 pp_figure **out, pp_error *err);

/* Predicted probability against each factor, as small multiples: variable, value, estimate, conf_low,
   conf_high. A variable with the two values 0 and 1 is drawn as two points, no and yes, any other
   as a line. */
PP_API pp_status pp_figure_profiles(const pp_table *profiles,
                                    const pp_figure_options *options, pp_figure **out,
                                    pp_error *err);

/* Table `shares` (drivers.h; a column `label` may have the words of factors): groups and their factors. */
PP_API pp_status pp_figure_shares(const pp_table *shares,
                                  const pp_figure_options *options, pp_figure **out,
                                  pp_error *err);

/* How many there are by each model of several lists (table `models` of pp_lists), beside how many are
   listed. Where some interval reaches four times as far, the axis is a logarithmic one. */
PP_API pp_status pp_figure_lists(const pp_table *models, const pp_figure_options *options,
                                 pp_figure **out, pp_error *err);

/* Table `democracy` (democracy.h): suppliers side by side, each form under its heading, with the zone
   of effects smaller than smallest_effect. */
PP_API pp_status pp_figure_democracy(const pp_table *effects,
                                     const pp_figure_options *options, pp_figure **out,
                                     pp_error *err);
/* Expected adoptions as observed and changed, and their difference, over time: `scenario_years` of
   pp_scenario; with a column `what_if` (a title) a row of panels for each. */
PP_API pp_status pp_figure_scenario(const pp_table *years,
                                    const pp_figure_options *options, pp_figure **out,
                                    pp_error *err);

/* Table `curve` (curve.h): effects by size with their intervals, and below them the choices that each
   specification made. Beyond 360 specifications those at equal distances are drawn. */
PP_API pp_status pp_figure_curve(const pp_table *curve, const pp_figure_options *options,
                                 pp_figure **out, pp_error *err);
/* Table `honest` (honest.h): intervals against M with the M at which they first hold zero; a panel for
   each restriction, and each `label` where there is that column. */
PP_API pp_status pp_figure_honest(const pp_table *bounds,
                                  const pp_figure_options *options, pp_figure **out,
                                  pp_error *err);
/* Of the tables of pp_mde and pp_checks: `mde`, `randomisation_draws`, `leave_out_effect`; where these have a
   column `label` (of a study), a panel for each. */
PP_API pp_status pp_figure_mde(const pp_table *mde, const pp_figure_options *options,
                               pp_figure **out, pp_error *err);
PP_API pp_status pp_figure_randomisation(const pp_table *draws,
                                         const pp_figure_options *options,
                                         pp_figure **out, pp_error *err);
PP_API pp_status pp_figure_leave_out(const pp_table *left_out,
                                     const pp_figure_options *options, pp_figure **out,
                                     pp_error *err);
/* Table `event_study` of pp_event_study: estimators side by side; with a column `label` (an outcome) a panel
   each. */
PP_API pp_status pp_figure_event_estimators(const pp_table *table,
                                            const pp_figure_options *options,
                                            pp_figure **out, pp_error *err);
/* Of the tables of pp_did and pp_synth: `dynamic` (effects by horizon with intervals and bands, and how
   many units each rests on), `gaps` (the treated and their synthetic control), `placebo_gaps`. */
/* Table `effects_claims` of a study: every outcome's estimate against what would matter and what could have been
   seen. */
PP_API pp_status pp_figure_claims(const pp_table *table, const pp_figure_options *options,
                                  pp_figure **out, pp_error *err);
/* Estimates by horizon with intervals and bands, what would have been seen (column mde), and how many
   units each rests on: table `dynamic` of pp_did; a panel for each `label` where there is that column. */
PP_API pp_status pp_figure_event_study(const pp_table *table,
                                       const pp_figure_options *options, pp_figure **out,
                                       pp_error *err);
/* Of the tables of pp_synth: `gaps` (the treated and their synthetic control), `placebo_gaps` (poor fits
   left out), `placebos` (the estimate among the thirty largest), `weights` (donors). With a column `case`
   a panel of each. */
PP_API pp_status pp_figure_synth_paths(const pp_table *table,
                                       const pp_figure_options *options, pp_figure **out,
                                       pp_error *err);
PP_API pp_status pp_figure_synth_placebos(const pp_table *table,
                                          const pp_figure_options *options,
                                          pp_figure **out, pp_error *err);
PP_API pp_status pp_figure_synth_distribution(const pp_table *table,
                                              const pp_figure_options *options,
                                              pp_figure **out, pp_error *err);
PP_API pp_status pp_figure_synth_weights(const pp_table *table,
                                         const pp_figure_options *options,
                                         pp_figure **out, pp_error *err);
/* Table `matched_balance` of pp_matching: a row for each variable and lag. */
PP_API pp_status pp_figure_match_balance(const pp_table *balance,
                                         const pp_figure_options *options,
                                         pp_figure **out, pp_error *err);
/* Table `confound_map` of pp_confound: lines of equal estimates, the five first benchmarks. */
PP_API pp_status pp_figure_confound(const pp_table *map, const pp_figure_options *options,
                                    pp_figure **out, pp_error *err);
/* Tables of pp_counterfactual: `factor_dynamic`, `factor_paths` and `factor_cv`. */
PP_API pp_status pp_figure_factor_dynamic(const pp_table *table,
                                          const pp_figure_options *options,
                                          pp_figure **out, pp_error *err);
PP_API pp_status pp_figure_factor_paths(const pp_table *table,
                                        const pp_figure_options *options, pp_figure **out,
                                        pp_error *err);
PP_API pp_status pp_figure_factor_choice(const pp_table *table,
                                         const pp_figure_options *options,
                                         pp_figure **out, pp_error *err);
/* Table `bacon` (twfe.h): weights and estimates of every comparison; of a study, a panel an outcome. */
PP_API pp_status pp_figure_bacon(const pp_table *table, const pp_figure_options *options,
                                 pp_figure **out, pp_error *err);
/* Table `access_composite` of pp_access: for the places whose composite could be highest, the parts side by
   side, what is known at least full and what is open hatched by a pale bar, and the composite with its
   interval. Countries when there are more than one, else all places. */
PP_API pp_status pp_figure_access(const pp_table *composite,
                                  const pp_figure_options *options, pp_figure **out,
                                  pp_error *err);
/* Table `standards_coverage` of pp_standards_coverage: adopters by region against own laws and at most
   eleven instruments on which any of them has a record. */
PP_API pp_status pp_figure_standards(const pp_table *coverage,
                                     const pp_figure_options *options, pp_figure **out,
                                     pp_error *err);
/* Table `network_edges` of pp_network as a matrix: vendors in columns, places in rows by region and
   community. The 30 vendors and 60 places with most links are shown, the others summed, places by region; the
   table twin has all. */
PP_API pp_status pp_figure_network(const pp_table *edges,
                                   const pp_figure_options *options, pp_figure **out,
                                   pp_error *err);

/* Table `market_years` of pp_market: the shares of the five supplier countries that have most adoptions in
   the last year, with their bands, and of unknown ones, a panel each. */
PP_API pp_status pp_figure_market(const pp_table *years, const pp_figure_options *options,
                                  pp_figure **out, pp_error *err);
/* Table `segment_rules` of pp_segments: places expected in each segment, with the range over draws. */
PP_API pp_status pp_figure_segments(const pp_table *rules,
                                    const pp_figure_options *options, pp_figure **out,
                                    pp_error *err);
/* Tables `plan_budget` and `plan` of pp_plan: the frontier with its band and the shadow price at the plan's own
   budget; how often each choice stays in the best plan, with its reduction and cost. While the plan file holds
   placeholders (the source of the column `reduction`) both say so under their titles. */
PP_API pp_status pp_figure_plan_budget(const pp_table *budgets,
                                       const pp_figure_options *options, pp_figure **out,
                                       pp_error *err);
PP_API pp_status pp_figure_plan(const pp_table *choices, const pp_figure_options *options,
                                pp_figure **out, pp_error *err);
/* What to code next: the first twenty rows of `next` of pp_worklist as bars. */
PP_API pp_status pp_figure_next(const pp_table *next, const pp_figure_options *options,
                                pp_figure **out, pp_error *err);
/* Tables `occupancy_look` (its first 25 rows) and `occupancy_effort` (occupancy.h). */
PP_API pp_status pp_figure_occupancy_look(const pp_table *look,
                                          const pp_figure_options *options,
                                          pp_figure **out, pp_error *err);
PP_API pp_status pp_figure_occupancy_effort(const pp_table *effort,
                                            const pp_figure_options *options,
                                            pp_figure **out, pp_error *err);

/* The figures that belong to the tables of a result, in `out` (room for `most`); `*n` tells how many there
   are, also on failure; the caller frees them. */
PP_API pp_status pp_result_figures(const pp_result *result,
                                   const pp_figure_options *options, pp_figure **out,
                                   int most, int *n, pp_error *err);

/* Draws every FOLDER/NAME.vl.json as NAME.svg by Node and the Vega of the share folder, in one
   process, within a minute; and as NAME.png where the share folder has resvg, or `modules` (a
   node_modules folder; NULL: the share folder's) has @resvg/resvg-js. `node`: the program; NULL: looked for in the usual places. `*drawn` tells whether
   all were drawn; if not, `why` (NULL or PP_ERROR_MESSAGE bytes) says why. That is never an error: an
   error is a folder that is not there, or a cancelled call. */
PP_API pp_status pp_figures_render_twins(const char *node, const char *modules,
                                         const char *data_folder, const char *folder,
                                         const pp_context *ctx, int *drawn, char *why,
                                         pp_error *err);

/* Effects against the share of adoptions that the record misses in closed regimes: table `tipping`
   of pp_tipping. A panel a question, with zones of the verdict and its turning point. */
PP_API pp_status pp_figure_tipping(const pp_table *tipping,
                                   const pp_figure_options *options, pp_figure **out,
                                   pp_error *err);
/* Coefficients against the rate of false negatives: table `misclass_profile` of pp_misclass. */
PP_API pp_status pp_figure_misclass(const pp_table *profile,
                                    const pp_figure_options *options, pp_figure **out,
                                    pp_error *err);

#endif
