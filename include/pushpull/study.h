/* A study is a file: study.yml says which evidence, panel, factors, models and questions.
 *
 * The format, with every default; a key without a value takes its default. A key that is not listed is
 * an error with its line and the nearest known key; so are a value of the wrong kind, a key given twice,
 * and YAML anchors, aliases and tags, which the format does not have. Paths are relative to the study
 * file. "name: ..." stands for any number of entries under names of your own (letters, digits, "_").
 *
 *   pushpull: 1                # required: version of this format
 *   title: text                # required
 *   description: text
 *   seed: 1                    # of every random draw; 0 or more
 *   evidence:                  # either files, or a store that `pushpull import` made
 *     claims: file             # columns as in the codebook
 *     sources: file
 *     searches: file           # without it nothing tells "not searched" from "nothing found"
 *     store: file
 *   rules:                     # what counts as an adoption: at least one
 *     name:
 *       label: text            # for people; default: the name
 *       suppliers: ['*']       # home countries of vendors: alpha-3, '!CHN' all but, '*' any known, unknown
 *       platforms: [...]       # default: all but other, border_control and interception
 *       statuses: [contracted, operational, expanded]
 *       confidence: low        # at least: low, medium, high
 *       buyers: any            # any, national
 *       undated: bound         # bound, open: see pp_adoption_rule
 *       exclude: [...]         # countries; default: panel.exclude
 *   panel:                     # see pp_panel_spec
 *     unit: country            # country, city
 *     city_population: 300000  # cities of at least so many people
 *     years: [first, last]     # required
 *     exclude: [...]           # countries left out
 *     indicators: file         # required: iso3 (cities: or place_id), year, one column an indicator
 *     outcome: name            # a rule; default: the first
 *     lag: 1                   # years by which indicators are lagged
 *     missing: listwise        # rows with missing values leave a model; they are listed by name
 *     supplier_unknown: out    # out, adopted, not_adopted
 *     not_searched: out        # out, adopted, not_adopted
 *   variables:                 # words for indicators, and new variables by SQL
 *     name:
 *       label: text
 *       unit: text
 *       source: text
 *       licence: text
 *       sql: text              # over the indicators, name, region, subregion and variables before it
 *       lag: -1                # years; -1: that of the panel; only with sql
 *   factors:                   # named groups of variables
 *     name: [variable, ...]
 *   models:
 *     name:
 *       like: name             # starts as a copy of a model before it, but for its title
 *       title: text            # default: the name
 *       model: hazard          # a model of the registry
 *       link: text             # where the model has a choice; default: its first
 *       rule: name             # default: panel.outcome
 *       factors: [name, ...]   # groups, in this order
 *       variables: [name, ...] # more variables, after the groups
 *       without: [name, ...]   # variables of the groups that this model leaves out
 *       baseline: quadratic    # time: constant, linear, quadratic, years
 *       dates: interval        # interval (hazard, its default), earliest, latest (default), midpoint
 *       vcov: hc1
 *       ssc: fixest            # fixest, sandwich, none
 *       where: text            # SQL restriction of the sample
 *       impute: 0              # imputations of missing values, pooled (impute.h); 0: none
 *       supplier_unknown: ...  # default: that of the panel
 *       not_searched: ...      # default: that of the panel
 *   designs:                   # what adoption is compared with, to see what it does: see docs/effects.md
 *     name:
 *       title: text            # default: the name
 *       outcomes: [variable, ...] # required: indicators and variables, of the year itself (no lag), of one scale
 *       smallest_effect: number # required: in units of the outcomes, what would matter to you
 *       because: text          # required: why this size
 *       plausible: 0           # the largest effect that anyone would believe; 0: not stated
 *       hypothesis: none       # none, positive, negative
 *       rule: name             # whose adoptions treat; default: panel.outcome
 *       years: [first, last]   # default: those of the panel
 *       dates: latest          # earliest, latest, midpoint: the year of an adoption dated by an interval
 *       date_draws: 20         # of dates within their intervals, pooled; 0: none
 *       doubt: 0               # probability that an adoption known from low confidence alone is none
 *       undetected: 0          # probability that a place without a record has adopted: a number, or
 *                              # occupancy: each country's own, given its searches, by that analysis
 *       estimator: cs          # cs, sunab, bjs, stacked (did.h)
 *       method: dr             # with covariates: dr, reg, ipw
 *       control: notyet        # notyet, never
 *       panel: balanced        # balanced: countries seen in every year; unbalanced: all (cs)
 *       draws: 0               # of a multiplier bootstrap, for errors and simultaneous bands
 *       anticipation: 0        # years before the date in which there may be an effect already
 *       covariates: [variable, ...] # of the year before; default: none
 *       before: 8              # years before and after that are told of
 *       after: 8
 *   findings:
 *     headline: name           # the model of the report's head; default: the first
 *     smallest_effect: number  # required with questions: on the scale of the average marginal effect
 *                              # of one standard deviation
 *     because: text            # required with questions: why this size
 *     questions:
 *       name:
 *         question: text       # required
 *         variable: name       # required
 *         model: name          # default: the headline
 *         hypothesis: positive # required: positive, negative, none
 *         words: text          # the factor in the verdict's sentence; default: its label
 *         smallest_effect: number # default: that of findings
 *   analyses:                  # steps beside the models, each if it is named; a name alone takes the defaults
 *     shares:                  # what each factor accounts for (drivers.h)
 *       model: name            # default: the headline
 *       measure: mcfadden      # mcfadden, nagelkerke, tjur, brier, r2
 *       draws: 0               # of the bootstrap by unit, for intervals
 *     democracy:               # one factor, asked of other adoptions too (democracy.h)
 *       variable: name         # required: a variable of the model
 *       model: name            # default: the headline
 *       placebo: name          # a rule: the same model of its adoptions, side by side; default: none
 *       thresholds: [number, ...] # ascending: they cut the variable into regimes; default: none
 *       hypothesis: none       # none, positive, negative
 *       smallest_effect: number # default: that of findings
 *       words: text            # the factor in sentences; default: its label
 *       outcomes_without: [name, ...] # variables that the multinomial model does without
 *     dates:                   # how much hangs on dates known as intervals (dates.h)
 *       model: name            # with dates: interval; default: the headline
 *       terms: [variable, ...] # to tell of; default: those that the findings ask about
 *       imputations: 20        # of the dates within their intervals
 *     curve:                   # all defensible specifications (curve.h)
 *       focus: [variable, ...] # required: measures of one thing, each a choice
 *       reversed: [variable, ...] # those of them that count the other way round
 *       controls: [term, ...]  # optional: all subsets
 *       sets:                  # of more controls, each a choice
 *         name: [term, ...]
 *       keep: [term, ...]      # in every specification, beside the model's baseline of time
 *       models: [logit]        # of the registry, for 0/1 outcomes
 *       rules: [name, ...]     # default: that of the model
 *       dates: [latest]        # earliest, latest, midpoint
 *       samples:               # beside all rows
 *         name: text           # SQL over the panel
 *       lags: [0]              # of the measures, in years
 *       model: name            # whose baseline, rule and treatment of unknowns; default: the headline
 *       vcov: cluster:unit
 *       scale: effect          # effect, coefficient
 *       draws: 99              # of the joint test; 0: none
 *       test_specifications: 24 # that it refits, drawn at random; 0: all
 *       specifications: 1000000 # beyond, a random sample
 *       question: text         # in the findings
 *     peers:                   # adoption among peers the year before (peers.h)
 *       model: name            # default: the headline
 *       exposures: [name, ...] # borders, region, distance, votes, matrix; default: the first three,
 *                              # and those for which there is something
 *       votes: variable        # positions, for votes
 *       nearest_votes: 10      # how many vote alike
 *       matrix: file           # from, to, weight and perhaps year
 *       km: 0                  # distance: no further than this; 0: no limit
 *       nearest: 0             # distance: so many nearest; 0: all, by 1 / km
 *       residual: deviance     # deviance, pearson: for Moran's I
 *       permutations: 999      # of Moran's I
 *     scenario:                # expected adoptions if factors were others (scenario.h)
 *       model: name            # default: the headline
 *       draws: 1000
 *       what_if:               # one or more; `asked`, as --set writes it, is made alone
 *         name:
 *           title: text        # default: what is set
 *           set: ['x = x * 0.8', ...] # required: indicators or variables of the study, by SQL, before
 *                              # what is derived of them and before lags
 *           where: text        # SQL over the indicators, year, name, region, subregion; default: all rows
 *     market:                  # who sells: shares and concentration (market.h)
 *       rule: name             # default: every supplier, unknown ones too, with the rule's other defaults
 *                              # and without panel.exclude
 *       supplier: CHN          # the country whose share the findings tell
 *       first: year            # and last; default: from the first certain adoption to the latest date
 *       countries: [BRA, ...]  # counted as one market besides; default: none
 *     briefs:                  # two pages on each place (brief.h); needs profiles
 *       places: [name, ...]    # countries and cities; default: every country, and
 *       cities: 20             # so many cities, those with most independent stories
 *       messages: 4            # at most, one an audience
 *       standards: folder      # default: the registry that comes with pushpull
 *     lockin:                  # does a purchase go with the next one's vendor? (lockin.h)
 *       rule: name             # default: as of market
 *       by: place              # who the buyer is: place, or country
 *       supplier: CHN          # whose ties finance and partnership are
 *       finance: x             # indicator: finance from it; whether there was any in the window before
 *       partnership: x         # indicator: level of partnership with it; the newest before
 *       window: 5              # years
 *       least: 50              # choice situations that an estimate needs
 *       draws: 999             # of the randomisation
 *       smallest_odds: 1.5     # ratio of odds that would matter
 *     access:                  # who could reach the data, under which law (access.h)
 *       supplier: CHN          # vendors of this country alone; default: of any but the place's own
 *       rule: name             # default: as of market
 *       place: name            # only this country or city; default: all
 *       rules: file            # default: strategy/access.yml of the data that come with pushpull
 *       standards: folder      # the registry; default: the one that comes with pushpull
 *       top: 20                # places of each kind that are compared in pairs
 *       draws: 2000            # of weightings
 *     standards:               # what rules adopters have on record (standards.h)
 *       folder: folder         # the registry; default: the one that comes with pushpull
 *       rule: name             # who adopted; default: panel.outcome
 *       at: date               # default: the newest day on which a row was checked
 *       years: 5               # how far the calendar looks ahead
 *     claims_checked:          # what was said of effects, beside what is measured (claims_checked.h)
 *       file: file             # default: the statements of the bundled study
 *       grades: file           # default: strategy/grades.yml of the data that come with pushpull
 *       homicide: homicide_rate # an indicator, per 100,000
 *     messages:                # what may be said to whom (messages.h); needs profiles
 *       folder: messages       # the library; default: the one that comes with pushpull
 *       standards: folder      # the registry; default: the one that comes with pushpull
 *       place: name            # only this country or city; default: all
 *       audience: mayor        # only to these; default: all
 *       most: 1                # messages an audience of a place; of one place all
 *     profiles:                # what is known of each place (profile.h)
 *       rule: name             # default: that of the model, else panel.outcome
 *       model: name            # of drivers and hazards; countries only; default: the headline
 *       push: [group, ...]     # and pull: groups of factors that count as such; default: push, and pull
 *       crime: homicide_rate   # an indicator; and democracy: electoral_democracy
 *       standards: folder      # the registry; default: the one that comes with pushpull
 *       effects: yes           # no: without what may be said of effects, which takes longest
 *       rights: electoral_democracy # and crime_outcome: homicide_year_log, outcomes of the designs
 *       reference: places      # means of countries in their last years, or of the rows of the fit
 *       back: 3                # years before the panel's last in which a country's data may end
 *       year: year             # to which years_since counts; default: the last of dates and indicators
 *       lean: 0.8              # chance that one of push and pull adds more, from which a place leans
 *       high: 0.6667           # share of countries with fewer homicides from which crime is high
 *     plan:                    # actions and places within a budget (plan.h): rests on profiles
 *       file: path             # default: data/strategy/plan.yml, whose numbers are placeholders
 *       budget: 0              # 0: that of the file
 *       draws: 100             # of costs, effects and uncertain facts
 *       nodes: 3000            # of the search for the best plan
 *     segments:                # places that want different answers (segments.h): rests on profiles
 *       file: path             # of rules; default: data/strategy/segments.yml
 *       draws: 200             # of uncertain facts
 *       bootstrap: 50          # samples for the stability of clusters
 *       place: text            # only the rows of this place, by its id or name
 *     network:                 # vendors and places: communities, dependence, entry (network.h)
 *       rule: name             # default: as in market
 *       unit: place            # or country, with all that is in it
 *       level: certain         # or possible: links of which the network is made
 *       first: year            # and last, as in market
 *       alpha: 0.05            # level of the backbone
 *       resolution: 1          # of communities: more of them above 1
 *       draws: 50              # networks drawn for the stability of communities
 *     forecast:                # who is next, judged by the past (forecast.h)
 *       model: name            # default: the headline
 *       first_origin: year     # and last_origin: train to each, forecast the next; default: from
 *                              # where half of the adoptions have been
 *       horizon: 1             # years ahead
 *       draws: 1000            # of coefficients, for intervals and ranks
 *       covariates: row        # of forecasts judged: of the year forecast (row) or the origin (held)
 *       dates: latest          # hazard: the date of an interval by which forecasts are judged
 *       cluster: unit          # of differences between scores: unit, time, none
 *       smallest_gain: 0.02    # share of the base rate's score that would matter
 *     misclass:                # a binary model whose outcome is recorded with errors (misclass.h)
 *       model: name            # required: a logit, probit or cloglog
 *       false_positive: 0      # 0, free, a rate, or '0.02:0.005' with its standard error
 *       false_negative: free   # the same
 *       rates_by: column       # free rates by group, or
 *       rates: terms           # by the terms of a formula; default: constant ones
 *       focus: [term, ...]     # of the profile; default: what the findings ask about
 *       profile_most: 0.6      # the highest false-negative rate of the profile
 *     tipping:                 # how wrong the record would have to be (tipping.h)
 *       closed: text           # required: SQL over the panel, this country-year is a closed regime
 *       detection: [0.4, 1]    # probabilities that an adoption is recorded: the lowest, and 1
 *       questions: all         # or names of questions; their models have dates: interval
 *     next:                    # what to code next (worklist.h); countries only
 *       model: name            # a hazard; default: the headline
 *       draws: 20              # of the chances of what coding may reveal
 *       refits: 200            # places, the best by one step, that are judged by refitting
 *       doubt: 0.2             # that a lone claim of low confidence is wrong
 *       hours: {date: 1, supplier: 1, search: 2, confirmation: 1} # that coding takes
 *     occupancy:               # adoption and its detection: how many are unseen, and where (occupancy.h)
 *       rule: name             # default: the panel's outcome
 *       form: single           # single, royle-nichols, false-positive
 *       state: [name, ...]     # variables or groups on which adoption hangs; default: none
 *       detection: [name, ...] # the same of detection; also visit (which coder or list) and effort (log
 *                              # of queries); default: [visit]
 *       lists: [coder, ...]    # coders that are lists read by rule: a visit to every country searched;
 *                              # visits beside these are the coders of `searches`
 *       draws: 1000            # for the interval of the total
 *       bootstrap: 0           # replicates of the test of fit (not with false-positive)
 *       look: 25               # rows of the table of where to look next
 *     lists:                   # how many adopters no source lists (lists.h)
 *       rule: name             # default: panel.outcome
 *       lists:                 # at least two; default: press (news, ngo), company, official
 *                              # (government, intergovernmental), research (academic, think_tank)
 *         name: [word, ...]    # kinds of sources, or publishers, whose names go before kinds
 *       by: [name, ...]        # also by region, or by an indicator's last value in the panel's years
 *       thresholds: [number, ...] # ascending: they cut such an indicator into classes
 *       order: 0               # the highest order of interactions; 0: as pp_lists_options
 *     effects:                 # what may be said of every outcome of the designs (support.h): rests on
 *                              # did, mde, checks and honest
 *       designs: [name, ...]   # default: all
 *     honest:                  # how far trends may depart from parallel (honest.h)
 *       designs: [name, ...]   # default: all
 *       restriction: rm,sd     # rm, sd, sdrm, or several
 *       at: mean               # a horizon, or mean: of all from 0 on
 *       draws: 199             # of critical values
 *     did:                     # effects by the time since adoption, design by design (did.h)
 *       designs: [name, ...]   # default: all
 *     twfe:                    # a diagnosis: two-way fixed effects taken apart (twfe.h)
 *       designs: [name, ...]   # default: all
 *       date_draws: -1         # of dates within their intervals, pooled (uncertain.h); -1: as the design; 0: none
 *     event_study:             # several estimators side by side (eventstudy.h)
 *       designs: [name, ...]   # default: all
 *       estimators: cs,bjs     # default: cs,sunab,bjs,stacked,twfe
 *       date_draws: 0          # of dates within their intervals, pooled (uncertain.h); -1: as the design; 0: none
 *     match:                   # the same by matching on history (matching.h)
 *       designs: [name, ...]   # default: all
 *       lags: 4                # years of history that agree
 *       leads: 4               # the last year after adoption
 *       refinement: mahalanobis # mahalanobis, ps-match, ps-weight, none
 *       size: 5                # of refined sets
 *       lagged_outcome: yes    # refine by the outcome before, too
 *       date_draws: -1         # of dates within their intervals, pooled (uncertain.h); -1: as the design; 0: none
 *       window: whole          # whole: controls do not adopt up to the last lead; start: in that year
 *     synth:                   # one place in depth, by synthetic control (synth.h)
 *       cases:                 # required
 *         name:
 *           title: text        # required
 *           question: text     # in the findings; default: made of the title
 *           treated: [country, ...] # required: names or codes
 *           first: year        # required: the first year of treatment
 *           between: [first, last] # it may have been any of these years: the estimate from each on is told beside it
 *           dates: first       # where `between` is not given: first, that year alone; rule, the interval that the
 *                              # record has by the rule, or that holds those of all treated
 *           outcome: name      # required: an indicator
 *           donors: [name, ...] # countries, regions, subregions; default: the region of the first treated
 *           donors_adopted: out # out: countries that certainly adopted by the last year are no donors; keep. Those
 *                              # that only may have adopted stay, and are named either way
 *           rule: name         # whose adoptions; default: panel.outcome
 *           years: [first, last] # of the outcome; default: all there are
 *           method: sdid       # sdid, sc, asc, did
 *           hypothesis: none   # none, positive, negative
 *           smallest_effect: number # required: in units of the outcome
 *           because: text      # required: why this size
 *           caveat: text       # required: what else came together with it; stands in the finding and the section
 *     mde:                     # what the designs could have seen (mde.h), against their `plausible`
 *       designs: [name, ...]   # default: all
 *       draws: 200
 *       power: 0.8
 *       strata: name           # dates change hands within it; default: none
 *     checks:                  # what would undo it (checks.h)
 *       designs: [name, ...]   # default: all
 *       placebo_outcomes: [name, ...] # that adoption should not move; told once, as no other outcome has a part in them
 *       draws: 199             # of dates at random
 *       earlier: 0             # placebo dates: periods earlier; 0: 3, or as many as there are
 *       units: 10              # left out one by one; 0: none
 *       size: name             # the largest of this; default: the most influential
 *       strata: name           # dates change hands within it; default: none
 *     confound:                # what an unobserved confounder would have to be (confound.h)
 *       treatment: variable    # required: a term of the model, a number
 *       model: name            # a logit, probit, cloglog or ols, taken as linear; default: the headline
 *       benchmarks: [term, ...] # default: all other terms
 *       q: 1                   # the share of the estimate that is to go
 *       r_max: 0               # Oster's; 0: 1.3 times what the terms explain, and 1
 *   report:
 *     title: text              # default: the study's
 *     subtitle: text
 *     authors: [text, ...]
 *     worldview: neutral       # how maps draw disputed areas
 *     profiles: [variable, ...] # predicted probability against each
 *     note: text               # a paragraph under the findings
 */
#ifndef PUSHPULL_STUDY_H
#define PUSHPULL_STUDY_H

#include <pushpull/adoption.h>
#include <pushpull/model.h>
#include <pushpull/panel.h>

enum {
    PP_STUDY_FORMAT = 1,
    PP_STUDY_BYTES = 1 << 18, /* a longer study file is refused */
    PP_STUDY_DEPTH = 12,      /* so is a deeper one */
    PP_STUDY_NODES = 10000    /* and one of more values */
};

/* A file as the study names it, and as this process reaches it. Both NULL: none. */
typedef struct pp_study_file {
    const char *written, *path;
} pp_study_file;

/* Entries start with their name and their line in the study file. Lists of strings are
   NULL-terminated and never NULL; texts that were not given are NULL where no default is stated. */
typedef struct pp_study_rule {
    const char *name;
    int64_t line;
    const char *label;
    pp_adoption_rule rule; /* ready for pp_adoption_derive; lists not given are NULL */
} pp_study_rule;

typedef struct pp_study_variable {
    const char *name;
    int64_t line;
    const char *label, *unit, *source, *licence, *sql;
    int64_t lag;
} pp_study_variable;

typedef struct pp_study_group {
    const char *name;
    int64_t line;
    const char *const *variables;
} pp_study_group;

typedef struct pp_study_model {
    const char *name;
    int64_t line;
    const char *title, *model, *link, *rule, *baseline, *dates, *vcov, *ssc, *where;
    const char *supplier_unknown, *not_searched;
    const char *const *factors, *const *variables, *const *without;
    int64_t impute;
    const char *const
        *terms; /* what these three come to: variables in order, each once */
} pp_study_model;

typedef struct pp_study_question {
    const char *name;
    int64_t line;
    const char *question, *variable, *model, *hypothesis, *words;
    double smallest_effect;
} pp_study_question;

typedef struct pp_study_design {
    const char *name;
    int64_t line;
    const char *title, *because, *hypothesis, *rule, *dates, *estimator, *method,
        *control, *panel, *undetected;
    const char *const *outcomes, *const *covariates;
    double smallest_effect, plausible, doubt,
        undetected_rate; /* rate NaN: of occupancy */
    int64_t years[2], date_draws, draws, anticipation, before, after;
} pp_study_design;

/* A step under `analyses:`. Every analysis that there is has its place, in the order of the report. */
typedef struct pp_study_analysis {
    const char *name;
    int64_t line;
    int given; /* 1: the file names it; 0: it has its defaults, for its command */
    const void *settings;
} pp_study_analysis;

typedef struct pp_study {
    const char *title, *description;
    int64_t format, seed;
    struct {
        pp_study_file claims, sources, searches, store;
    } evidence;
    pp_study_rule *rules;
    int64_t n_rules;
    struct {
        const char *unit, *outcome, *missing, *supplier_unknown, *not_searched;
        int64_t city_population, lag;
        int64_t years[2];
        const char *const *exclude;
        pp_study_file indicators;
    } panel;
    pp_study_variable *variables;
    int64_t n_variables;
    pp_study_group *factors;
    int64_t n_factors;
    pp_study_model *models;
    int64_t n_models;
    pp_study_design *designs;
    int64_t n_designs;
    struct {
        const char *headline, *because;
        double smallest_effect;
        pp_study_question *questions;
        int64_t n_questions;
    } findings;
    pp_study_analysis *analyses;
    int64_t n_analyses;
    struct {
        const char *title, *subtitle, *worldview, *note;
        const char *const *authors, *const *profiles;
    } report;
    const char *file, *folder;   /* as the study was named; where its paths start */
    const struct pp__yaml *tree; /* where everything stands, for messages */
    const pp_derived *derived;   /* variables with SQL, ready for pp_panel_spec */
    int64_t n_derived;
    pp_arena arena; /* owns all of it */
} pp_study;

/* Reads and checks the file by itself: form, kinds of values, and that rules, groups and models which
   are named exist. PP_E_INPUT with file, line, field, value and a suggestion for the first mistake;
   `hint` counts the others. Opens no other file. */
PP_API pp_status pp_study_read(const char *path, pp_study **out, pp_error *err);
/* The same from memory; `name` stands in messages, `folder` is where paths start. */
PP_API pp_status pp_study_read_text(const char *text, int64_t length, const char *name,
                                    const char *folder, pp_study **out, pp_error *err);
/* Reads the file as if it held other values: each setting is "path.of.key=value" with a value in YAML
   ("analyses.shares.draws=200", "panel.years=[2005, 2015]"). A setting that is no such text, or whose
   path leads through a value that is no section, is PP_E_ARGUMENT. */
PP_API pp_status pp_study_read_with(const char *path, const char *const *settings,
                                    int64_t n, pp_study **out, pp_error *err);
PP_API void pp_study_free(pp_study *study);

/* What can stand under `analyses:`, in the order of the report; NULL after the last. */
PP_API const char *pp_study_analysis_name(int index);

PP_API const pp_study_rule *pp_study_find_rule(const pp_study *study, const char *name);
PP_API const pp_study_variable *pp_study_find_variable(const pp_study *study,
                                                       const char *name);
PP_API const pp_study_group *pp_study_find_group(const pp_study *study, const char *name);
PP_API const pp_study_model *pp_study_find_model(const pp_study *study, const char *name);
PP_API const pp_study_design *pp_study_find_design(const pp_study *study,
                                                   const char *name);

/* The panel of one model (NULL: of the study); what it points to lives as long as the study. */
PP_API pp_panel_spec pp_study_panel(const pp_study *study, const pp_study_model *model);

/* The panel of a design: its years and rule, only its outcomes and covariates, without lags. */
PP_API pp_panel_spec pp_study_design_panel(const pp_study *study,
                                           const pp_study_design *design);

/* What would run, and everything that is wrong, without running: besides what pp_study_read checks,
   files are there and have the columns needed (only their heads are read), variables exist, SQL
   binds to the indicators' columns, models, links and covariances exist, countries and platforms
   are known, questions ask for variables of their model. `gazetteer` may be NULL: codes of countries
   are then not checked. Tables of the result: `problems` (file, line, field, value, problem,
   suggestion) and `steps` (order, step, name, what, inputs). With any problem the status is PP_E_INPUT, the error tells the
   first, and the result is still given. A file that cannot be read at all gives no result. */
PP_API pp_status pp_study_check(const char *path, const pp_gazetteer *gazetteer,
                                const pp_context *ctx, pp_result **out, pp_error *err);

#endif
