#include "after.h"
#include "analysis.h"
#include "evidence.h"
#include "inference.h"
#include "study.h"
#include "survival.h"

#include <string.h>

const char cli_models[] = "the names in the registry";

const cli_option cli_common[] = {
    {"help", NULL, "show the help of this command", NULL},
    {"json", NULL, "print the result as one JSON envelope", NULL},
    {"format", "FORMAT", "of the result: text, markdown, latex, html, csv or json",
     "text|markdown|latex|html|csv|json"},
    {"table", "NAME", "print only this table of the result", NULL},
    {"threads", "N", "threads to work on; default: all processors", NULL},
    {"quiet", NULL, "no progress and no remarks on standard error", NULL},
    {"data-folder", "DIR", "where the data that come with pushpull are", NULL},
    {0},
};

static const cli_option demo_options[] = {
    {"out", "DIR", "the folder that is written; default: demo-out", NULL},
    {"no-twins", NULL, "no SVG and PNG twins of the figures", NULL},
    {0},
};

static const cli_option run_options[] = {
    {"out", "DIR", "the folder that is written; default: out", NULL},
    {"no-twins", NULL, "no SVG and PNG twins of the figures", NULL},
    {0},
};

static const cli_option import_options[] = {
    CLI_STORE,
    {"sources", "FILE", "the sources that the claims name", NULL},
    {"searches", "FILE", "which countries were searched, and how much", NULL},
    {"dry-run", NULL, "report what would happen, change nothing", NULL},
    CLI_AUTHOR,
    {0},
};

static const cli_option store_options[] = {CLI_STORE, {0}};

static const cli_option decide_options[] = {
    CLI_STORE,
    {"field", "NAME", "with correct: the field of the claim", NULL},
    {"value", "TEXT", "with correct: its right value", NULL},
    {"reason", "TEXT", "why; required", NULL},
    CLI_AUTHOR,
    {0},
};

static const cli_option merge_options[] = {
    CLI_STORE,
    {"reason", "TEXT", "why; required", NULL},
    CLI_AUTHOR,
    {0},
};

static const cli_option agreement_options[] = {
    CLI_STORE,
    {"a", "CODER", "the first coder; default: A", NULL},
    {"b", "CODER", "the second coder; default: B", NULL},
    {"draws", "N", "bootstrap draws; default: 1000", NULL},
    {"seed", "N", "of the draws; default: 1", NULL},
    {0},
};

static const cli_option export_options[] = {
    {"out", "DIR", "the folder that is written; default: export", NULL},
    {0},
};

/* What fit and compare share. */
#define ESTIMATION                                                                       \
    {"link", "NAME", "of hazard, firth and ologit; default: logit",                      \
     "logit|probit|cloglog"},                                                            \
        {"ssc", "NAME", "small-sample factor: fixest (default), sandwich or none",       \
         "fixest|sandwich|none"},                                                        \
        {"unit", "COLUMN",                                                               \
         "the column that identifies the unit: hazard, lag() and lead()", NULL},         \
        {"time", "COLUMN", "the column of the period: hazard, lag() and lead()", NULL},  \
        {"where", "SQL", "keep only the rows for which this holds", NULL},               \
        {"weights", "COLUMN", "weights of the rows, zero or more", NULL},                \
        {"weight-kind", "KIND",                                                          \
         "sampling (default): a row stands for others; frequency: it "                   \
         "is so many rows",                                                              \
         "sampling|frequency"},                                                          \
        {"keep-singletons", NULL,                                                        \
         "keep rows that are alone in their group of a fixed effect", NULL},             \
        {"ties", "METHOD", "of cox: efron (default), breslow or exact",                  \
         "efron|breslow|exact"},                                                         \
        {"bias", "METHOD", "what is done about bias, in models that know of it", NULL},  \
        {"interval", "KIND", "of firth: profile (default) or wald", "profile|wald"},     \
        {"information", "KIND",                                                          \
         "of firth's errors: expected (default), X'WX, or augmented, X'W(1 + h)X",       \
         "expected|augmented"},                                                          \
        {"quadrature", "N", "of random intercepts: how many points; default 25", NULL},  \
        {"level", "P", "of the intervals; default 0.95", NULL},                          \
        {"tol", "X", "largest score at which the fit has converged", NULL}, {            \
        "max-iterations", "N", "give up after so many; default 100", NULL                \
    }

#define IMPUTATION                                                                       \
    {"impute-method", "NAME",                                                            \
     "chained (default): chained equations; emb: jointly normal, by expectation and "    \
     "maximisation on bootstrapped rows",                                                \
     "chained|emb"},                                                                     \
        {"impute-numbers", "NAME",                                                       \
         "chained: numbers by predictive mean matching (pmm, default) or normal",        \
         "pmm|normal"},                                                                  \
        {"impute-lags", NULL,                                                            \
         "emb with --unit and --time: periods before and after help", NULL},             \
        {"impute-iterations", "N", "rounds of chained equations; default: 10", NULL}, {  \
        "seed", "N", "of random draws; default: 1", NULL                                 \
    }

static const cli_option impute_options[] = {
    {"out", "FILE", "the completed tables, one under the other: CSV, Parquet, Stata, …",
     NULL},
    {"impute", "M", "how many; default: 20", NULL},
    {"impute-with", "COLUMNS",
     "the columns of the imputation model, with commas; default: all", NULL},
    {"unit", "COLUMN", "the place: values of one place hang together", NULL},
    {"time", "COLUMN", "the period", NULL},
    IMPUTATION,
    {0},
};

static const cli_option fit_options[] = {
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"model", "NAME", "the estimator; default: ols. There are:", cli_models},
    {"vcov", "TOKEN",
     "covariance: iid (default), hc0 … hc3, cluster:g, cluster:g+h, cr0:g … cr3:g, "
     "dk:time, dk:time:lags, conley:lat+lon:km, conley:lat+lon:km:bartlett",
     NULL},
    CLI_AFTER,
    CLI_SURVIVAL,
    {"impute", "M", "impute missing values M times and pool the fits (Rubin's rules)",
     NULL},
    {"impute-with", "COLUMNS",
     "columns that help to impute, with commas, beside those of the formula", NULL},
    IMPUTATION,
    CLI_INFERENCE,
    ESTIMATION,
    {0},
};

static const cli_option drivers_options[] = {
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"model", "NAME", "the estimator; default: ols. There are:", cli_models},
    {"group", "NAME=FACTORS",
     "a group of factors: terms of the formula, with commas; as often as there are "
     "groups",
     NULL},
    {"keep", "TERMS", "terms that are in every model and have no share, with commas",
     NULL},
    {"measure", "NAME",
     "what is explained: mcfadden (default), nagelkerke; of 0/1 outcomes tjur, brier; of "
     "linear models r2 (their default)",
     "mcfadden|nagelkerke|tjur|brier|r2"},
    {"draws", "N", "bootstrap draws for intervals; default: none", NULL},
    {"cluster", "COLUMN", "what is drawn together; default: rows, of the hazard units",
     NULL},
    {"orders", "N", "beyond 20 factors: sampled orders; default: 2000", NULL},
    {"seed", "N", "of random draws; default: 1", NULL},
    CLI_ANALYSIS,
    ESTIMATION,
    {0},
};

static const cli_option compare_options[] = {
    {"data", "FILE", "CSV, Parquet, JSON, Stata, SPSS, SAS or Excel", NULL},
    {"model", "LIST", "estimators, parted by ';', one or one a fit; default: ols", NULL},
    {"vcov", "LIST", "covariances, parted by ';', one or one a fit; default: iid", NULL},
    {"names", "LIST", "headings, parted by ';', one a fit; default: (1), (2), …", NULL},
    {"below", "WHAT",
     "below each estimate: error (default), interval, statistic, p_value or none",
     "error|interval|statistic|p_value|none"},
    {"stars", NULL, "mark p < 0.05, 0.01 and 0.001 by one to three stars", NULL},
    {"decimals", "N", "of estimates and errors; default: 3, more where they are small",
     NULL},
    {"labels", "FILE",
     "columns term and label: the order of terms and what they are called; "
     "without a label a term is left out",
     NULL},
    {"docx", "FILE", "write the table as a Word document (needs pandoc)", NULL},
    ESTIMATION,
    {0},
};

static const cli_option help_options[] = {
    {"man", "DIR", "write the man pages into this folder", NULL},
    {"completion", "SHELL", "print the completion for bash or zsh", "bash|zsh"},
    {"models", "DIR", "write a page about each estimator into this folder", NULL},
    {0},
};

const cli_command cli_commands[] = {
    {"demo", "", 0, 0, "run the bundled study",
     "Runs the study that comes with pushpull: platforms of suppliers from the PRC in "
     "countries. "
     "Makes a fresh evidence store, the panel, the models and a report, and prints the "
     "findings.",
     demo_options, "pushpull demo --out demo-out\n", cmd_demo},
    {"init", "NAME", 1, 1, "begin a study of your own",
     "Makes the folder NAME with a commented study.yml and example tables to fill in.",
     NULL, "pushpull init kenya\n", cmd_init},
    {"import", "CLAIMS", 1, 1, "take claims into an evidence store",
     "Validates every field of CLAIMS (CSV, Excel, … with the codebook's columns) and "
     "takes all of "
     "it into the store, or nothing when any row is wrong. Places that cannot be "
     "resolved are kept "
     "as pending, with suggestions. Importing the same file twice changes nothing; a "
     "changed claim "
     "becomes a new version.",
     import_options,
     "pushpull import claims.csv --sources sources.csv --store study.db\n", cmd_import},
    {"show", "WHAT", 1, 1, "open a place, claim, source or vendor down to its sources",
     "WHAT is a country or its code, a city, a claim (A0001), a source (AS001) or a "
     "vendor "
     "(huawei).",
     store_options,
     "pushpull show KEN --store demo-out/evidence.db\npushpull show Nairobi "
     "--store demo-out/evidence.db\n",
     cmd_show},
    {"decide", "ACTION SUBJECT", 2, 2, "record an adjudication",
     "ACTION is retract (a claim, a source with its claims, or a proposed story), "
     "restore (what was "
     "retracted), correct (one field of a claim, source or vendor, with --field and "
     "--value) or "
     "confirm (a story: story:AS014). The decision is a claim about a claim: nothing is "
     "overwritten.",
     decide_options,
     "pushpull decide correct A0001 --field status --value contracted --reason 'the "
     "source names "
     "the contract'\n",
     cmd_decide},
    {"merge", "KIND FROM INTO", 3, 3, "declare that two records are one",
     "KIND is source, vendor or place; places must be of one kind and country. A later "
     "merge of FROM can point elsewhere, and one into itself ('merge vendor X X') undoes "
     "it.",
     merge_options,
     "pushpull merge vendor intracom-telecom intracom --reason 'the same firm'\n",
     cmd_merge},
    {"agreement", "", 0, 0, "how far two coders agree",
     "Matches the claims of two coders on the countries that both coded, by place, "
     "platform family "
     "and status, and gives percent agreement, Cohen's and Fleiss' kappa and "
     "Krippendorff's alpha "
     "with bootstrap intervals.",
     agreement_options, "pushpull agreement --store demo-out/evidence.db\n",
     cmd_agreement},
    {"check", "STUDY", 1, 1, "say what a study would run and what is wrong with it",
     "Reads the study file and the heads of its tables and runs nothing.", NULL,
     "pushpull check study.yml\n", cmd_check},
    {"run", "STUDY", 1, 1, "run a study and write its report",
     "Writes report.html, tables, figures, panel.parquet and manifest.json into a folder "
     "and "
     "prints the findings. The same inputs give the same files.",
     run_options, "pushpull run study.yml --out out\n", cmd_run},
    {"fit", "FORMULA", 1, 1, "estimate a model on a file of data",
     "Estimates FORMULA, written as in R ('y ~ x1 + factor(region)'), and prints the "
     "tables "
     "coefficients, model and dropped, and with --margins the average marginal effects. "
     "Incomplete "
     "rows, collinear terms and separated observations are left out, counted and "
     "named.\n\n"
     "For adoption dates known only as intervals: 'Surv(lo, hi, type=interval) ~ x' with "
     "--model "
     "hazard, --unit and --time, one row a unit and period.",
     fit_options,
     "pushpull fit 'y ~ x1 + x2' --data panel.csv --model logit --vcov cluster:country "
     "--margins\n"
     "pushpull fit 'y ~ x1*x2' --data panel.csv --model logit --by region --margins-at "
     "'x2 = 0, 1'\n"
     "pushpull fit 'y ~ x1 + x2' --data panel.csv --model logit --influence country "
     "--quality\n",
     cmd_fit},
    {"impute", "FILE", 1, 1, "complete a table by multiple imputation",
     "Writes M completed copies of the table, one under the other, with the columns .imp "
     "(the copy) and .id (the row), and prints what was imputed. To fit a model on "
     "imputed data and pool, use 'pushpull fit' with --impute.",
     impute_options,
     "pushpull impute panel.csv --unit iso3 --time year --seed 7 --out completed.csv\n",
     cmd_impute},
    {"drivers", "STUDY|FORMULA", 1, 1, "tell what drives adoption",
     "Of a study: how much each factor and group accounts for.\n\nOf a FORMULA with "
     "--data: fits the model of every subset of the terms of FORMULA and shares out what "
     "the "
     "whole "
     "explains: Shapley values of factors and, with --group, of groups (Owen values "
     "within "
     "them). Exact up to 20 factors. Shares tell what goes together, and no causes.",
     drivers_options,
     "pushpull drivers study.yml\n"
     "pushpull drivers 'y ~ x1 + x2 + x3' --data panel.csv --model logit --group "
     "push=x1,x2 --group pull=x3 --draws 500 --cluster country\n",
     cmd_drivers},
    {"curve", "STUDY|FORMULA", 1, 1, "estimate all defensible specifications",
     "Of a study, or of a FORMULA with --data ('y ~ x + z': outcome, focal variable, "
     "terms that every model has): estimates every combination of outcome, sample, "
     "model, focal variable, lag, controls and covariance, on the scale of the average "
     "marginal effect of one standard deviation. Tells the share of each sign, which "
     "choice moves the answer most and, with --draws, whether all of it together is "
     "compatible with no effect.",
     cli_curve_options,
     "pushpull curve study.yml\n"
     "pushpull curve 'y ~ x1' --data panel.csv --focus x2 --controls c1,c2,c3 --keep z "
     "--models logit,probit --where 'poor: gdp < 5' --cluster country --time year "
     "--draws 199\n",
     cmd_curve},
    {"tipping", "STUDY|FORMULA", 1, 1, "tell how wrong the record would have to be",
     "Of a study: each headline, if adoptions in closed and in open regimes were "
     "recorded "
     "with assumed probabilities, and the point at which its conclusion changes.\n\nOf a "
     "FORMULA with --data: the same for the variables of --focus. The hazard counts a "
     "unit "
     "without a record as what it may be; binary outcomes have false negatives by "
     "regime.",
     cli_tipping_options,
     "pushpull tipping study.yml\n"
     "pushpull tipping 'y ~ x + d' --data f.csv --focus x --closed 'd < 0.4'\n"
     "pushpull tipping 'Surv(lo, hi, type = interval) ~ x + d' --data f.csv --model "
     "hazard "
     "--unit iso3 --time year --focus x,d --closed 'd < 0.4' --lowest 0.3\n",
     cmd_tipping},
    {"misclass", "STUDY|FORMULA", 1, 1,
     "estimate with an outcome that is recorded wrongly",
     "Of a study, or of a FORMULA with --data: a binary outcome of which some ones are "
     "recorded as zeros, and some zeros as ones. Error rates are estimated, known from "
     "elsewhere, by group or by a formula. Free rates are identified by the form of the "
     "link alone, so that the profile over fixed rates belongs to the answer.",
     cli_misclass_options,
     "pushpull misclass study.yml\n"
     "pushpull misclass 'y ~ x1 + x2' --data f.csv --false-positive 0 --rates-by regime\n"
     "pushpull misclass 'y ~ x1 + x2' --data f.csv --false-negative 0.3:0.05\n",
     cmd_misclass},
    {"forecast", "STUDY|FORMULA", 1, 1, "tell who is next, and how well that can be told",
     "Of a study, or of a FORMULA with --data, --unit and --time: ranks the units that "
     "have not adopted by their probability in the next period, opens each forecast into "
     "the contributions of its factors, and names the units that are not ranked. Then "
     "judges such forecasts by the past: trained to each origin alone, against the base "
     "rate and that of the region. Where the model does no better, it says so.",
     cli_forecast_options,
     "pushpull forecast study.yml\n"
     "pushpull forecast 'event ~ x1 + x2 + duration' --data panel.csv --model logit "
     "--unit iso3 --time year --origins 2012..2020 --horizon 1 --json\n",
     cmd_forecast},
    {"dates", "FORMULA", 1, 1, "tell how much hangs on dates known as intervals",
     "Estimates the hazard of FORMULA, Surv(lo, hi, type = interval) ~ x1 + x2, from the "
     "intervals of the dates, with every date at its earliest, latest and middle year, "
     "and "
     "with dates drawn within their intervals (multiple imputation, pooled). Of a study: "
     "'pushpull drivers STUDY'.",
     cli_dates_options,
     "pushpull dates 'Surv(lo, hi, type = interval) ~ x1 + x2' --data panel.csv --unit "
     "iso3 --time year\n",
     cmd_dates},
    {"peers", "FORMULA", 1, 1, "ask whether adoption goes with that of peers",
     "Adds to the model of FORMULA the share of each unit's peers that had adopted by "
     "the "
     "period before: by a matrix of weights, across borders, nearby, in the region, "
     "among "
     "those that vote alike; each alone and all together. Moran's I tells whether peers "
     "are "
     "alike in what the model does not explain. Of a study: 'pushpull drivers STUDY'.",
     cli_peers_options,
     "pushpull peers 'event ~ x1 + x2 + duration + I(duration^2)' --data panel.csv "
     "--unit iso3 --time year --matrix "
     "neighbours.csv\n"
     "pushpull peers 'event ~ x1 + x2 + duration + I(duration^2)' --data panel.csv "
     "--unit iso3 --time year "
     "--borders "
     "--votes ideal_point --lo lo --hi hi\n",
     cmd_peers},
    {"brief", "PLACE [STUDY]", 0, 2, "write two pages on a country or a city",
     "What is on record of the place, what goes with it there, what is known of effects, "
     "who decides, what to say to whom and in which order, what to offer, which "
     "standards "
     "bind it, and what is not known: each sentence with numbered notes, down to claims, "
     "figures and estimates. The place is a country by any of its names or codes, or a "
     "city "
     "with claims. Without STUDY it is the bundled one.",
     cli_brief_options,
     "pushpull brief KEN\n"
     "pushpull brief Nairobi study.yml --out nairobi.pdf\n"
     "pushpull brief --all --out briefs\n",
     cmd_brief},
    {"market", "STUDY", 1, 1, "tell who sells: shares of vendors and supplier countries",
     "Of the claims of a study: shares of vendors and of the countries they are from, by "
     "adoptions, places and stated contract values, over all, by region, by platform and "
     "by year, with concentration. Each with the band that uncertain dates and unknown "
     "vendors leave. An affiliate counts as its parent.",
     cli_market_options,
     "pushpull market study.yml\n"
     "pushpull market study.yml --table market_concentration\n"
     "pushpull market study.yml --with rule=prc --with last=2020\n",
     cmd_market},
    {"lockin", "STUDY", 1, 1, "tell whether a purchase goes with the next one's vendor",
     "A conditional logit of the vendor of each purchase that certainly came after "
     "another "
     "of the same place or country, among the vendors that were active: past purchase, "
     "its "
     "home country, popularity, and ties of the country to one supplier. Beside it "
     "repeats "
     "against chance. Where purchases in a certain order are too few it says so.",
     cli_lockin_options,
     "pushpull lockin study.yml\n"
     "pushpull lockin study.yml --with by=country --table lockin_choices\n",
     cmd_lockin},
    {"access", "STUDY [PLACE]", 1, 2,
     "tell who could reach what platforms collect, under which law",
     "For each country, and each city with claims: who could reach the data (sold, "
     "maintained, hosted, trained or financed by), what the law of the vendor's home "
     "obliges it to, what the place's own data protection leaves open, and which data "
     "there are. Each part has bounds: what no claim speaks of is not known. Judgements "
     "are those of strategy/access.yml, or of the file that --with rules=FILE names. A "
     "composite stands beside its parts, with how often one place stands above another "
     "over all weightings. With PLACE only what is on record of it.",
     cli_access_options,
     "pushpull access study.yml\n"
     "pushpull access study.yml Nairobi --table access_profiles\n"
     "pushpull access study.yml --with supplier=CHN --table access_stability\n"
     "pushpull access study.yml --with rules=my-access.yml\n",
     cmd_access},
    {"profile", "[PLACE] STUDY", 1, 2, "tell what is known of a place, or of all",
     "Of one country, city or region, by name, code or id: what is on record, who "
     "bought, "
     "what for by what sources state and what is measured, what goes with adoption there "
     "(push against pull, each factor's part, with intervals), exposure, standards, "
     "neighbours, and every claim with its source. Each line says what it rests on. With "
     "--out also a figure of what drives it. Without PLACE the tables of all places. "
     "What "
     "is not known is said, and never no.",
     cli_profile_options,
     "pushpull profile KEN study.yml\n"
     "pushpull profile Nairobi study.yml --json\n"
     "pushpull profile study.yml --table profiles --format csv\n"
     "pushpull profile KEN study.yml --with profiles.effects=no --out kenya\n",
     cmd_profile},
    {"segments", "STUDY [PLACE]", 1, 2,
     "put places into groups that want different answers",
     "By rules over the facts of their profiles (a decision list that you can change), "
     "with the probability of each segment, the facts that are missing and those that "
     "would move a place; and by clusters of alike profiles. With PLACE, by its id or "
     "name, that one alone.",
     cli_segments_options,
     "pushpull segments study.yml\n"
     "pushpull segments study.yml KEN\n"
     "pushpull segments study.yml --with file=my-segments.yml --table segment_rules\n",
     cmd_segments},
    {"network", "STUDY", 1, 1,
     "tell who hangs on whom: the network of vendors and places",
     "Of the claims of a study: centralities of vendors and places with the ranks that "
     "uncertain dates leave, communities and how stable they are, the backbone of links, "
     "how much each place depends on one vendor and since when, and which vendors came "
     "and left where.",
     cli_network_options,
     "pushpull network study.yml\n"
     "pushpull network study.yml --table network_dependence\n"
     "pushpull network study.yml --with unit=country --with level=possible\n",
     cmd_network},
    {"plan", "STUDY", 1, 1, "choose actions and places within a budget",
     "Which (place, action) pairs reduce the objective of the plan file most, under a "
     "budget, at most one action an audience and place, prerequisites and coverage: a "
     "mixed-integer program, with how often each choice stays in the best plan over "
     "draws "
     "of all that is uncertain, the regret of the plan and the shadow price of money. "
     "Costs and effects are your assumptions; those that come with pushpull are "
     "placeholders, and every output says so.",
     cli_plan_options,
     "pushpull plan study.yml --budget 1000000\n"
     "pushpull plan study.yml --with file=my-plan.yml --table plan_totals\n",
     cmd_plan},
    {"effects", "STUDY", 1, 1, "say what may be said of outcomes after adoption",
     "Of the designs of a study: for every outcome a sentence that tells apart a "
     "difference of "
     "some size, none larger than what would matter, and that the data cannot tell; with "
     "what "
     "could have been seen, and what speaks against calling a difference an effect "
     "(trends "
     "before, departures from them, dates dealt out by chance, other estimators, single "
     "countries). The rule stands in pushpull/support.h.",
     cli_effects_options,
     "pushpull effects study.yml\npushpull effects study.yml --table effects_claims "
     "--json\n",
     cmd_effects},
    {"did", "[STUDY]", 0, 1, "effects of treatment that begins at different times",
     "Of the designs of a study, or of --data. Group-time effects of Callaway and "
     "Sant'Anna (2021): what treatment does to a unit "
     "in a "
     "period, by the change in its cohort less that of units never, or not yet, treated; "
     "with "
     "means over horizons, cohorts and periods, the pre-test, and what the comparison "
     "rests "
     "on. Effects of treatment only where trends would have been parallel without it.",
     cli_did_options,
     "pushpull did study.yml\n"
     "pushpull did --data panel.csv --outcome homicide --unit city --time year --cohort "
     "first_camera --control notyet --draws 1000\n",
     cmd_did},
    {"honest", "[STUDY]", 0, 1,
     "how far trends may depart from parallel before an estimate loses its sign",
     "Bounds of Rambachan and Roth (2023), of the designs of a study, of --data, or of "
     "the estimates of an event study from elsewhere: intervals that hold if the "
     "difference in trends after treatment is no more than M times what it was before, "
     "or bends by no more than M; and the M at which they first hold zero.",
     cli_honest_options,
     "pushpull honest study.yml\n"
     "pushpull honest --data panel.csv --outcome homicide --unit city --time year "
     "--cohort first_camera --restriction rm,sd --at mean\n"
     "pushpull honest --estimates event-study.csv --covariance covariance.csv\n",
     cmd_honest},
    {"checks", "[STUDY]", 0, 1, "what would undo an estimate of a design",
     "Of the designs of a study, or of --data: the estimate among those of dates of "
     "adoption at random (an exact p value), outcomes that adoption should not move, "
     "dates "
     "before the true ones, and the estimate without each cohort and without single "
     "units.",
     cli_checks_options,
     "pushpull checks study.yml\n"
     "pushpull checks --data panel.csv --outcome homicide --unit city --time year "
     "--cohort "
     "first_camera --control notyet --placebo rainfall --size population\n",
     cmd_checks},
    {"event-study", "[STUDY]", 0, 1,
     "one event study by several estimators, side by side",
     "Effects by the time since treatment by Callaway and Sant'Anna, Sun and Abraham, "
     "imputation and stacks, on the same "
     "units, with how far they differ and the error of that; two-way fixed effects as a "
     "diagnosis. Of a study (its designs) or "
     "of a file.",
     cli_event_study_options,
     "pushpull event-study study.yml\n"
     "pushpull event-study --data panel.csv --outcome homicide --unit city --time year "
     "--cohort first --control notyet",
     cmd_event_study},
    {"mde", "[STUDY]", 0, 1, "what effect a design could have seen on these data",
     "Of the designs of a study, or of --data: the minimum detectable effect, before any "
     "estimate. Estimated effects are taken out of the panel, dates of adoption change "
     "hands at random, and the design is run on each draw: how far its estimates spread "
     "where there is nothing to see, whether its errors are honest, and how large an "
     "effect it would have seen with the stated power, at each horizon and overall.",
     cli_mde_options,
     "pushpull mde study.yml\n"
     "pushpull mde --data panel.csv --outcome homicide --unit city --time year --cohort "
     "first_camera --control notyet --plausible 5\n",
     cmd_mde},
    {"confound", "[STUDY]", 0, 1,
     "tell how strong an unobserved confounder would have to be",
     "Of a linear regression: which share of treatment and outcome something unobserved "
     "would have to explain to take the estimate away or make it insignificant, what is "
     "left "
     "beside confounders as strong as the covariates (Cinelli and Hazlett), and "
     "proportional "
     "selection (Oster). Also of a published estimate. It finds no confounder, and shows "
     "of "
     "none that it is not there.",
     cli_confound_options,
     "pushpull confound --formula 'y ~ d + x1 + factor(g)' --treatment d --data "
     "survey.csv\n"
     "pushpull confound --estimate 0.097 --std-error 0.023 --df 783\n",
     cmd_confound},
    {"match", "[STUDY]", 0, 1, "effects of treatment, by matching on its history",
     "Compares units whose treatment begins in a period with units that had the same "
     "treatment in the periods before and are untreated in it, refined to those most "
     "alike in "
     "covariates and past outcomes (Imai, Kim and Wang). Prints what the comparison "
     "rests on, "
     "how alike the two are before and after, effects by periods since treatment and "
     "placebos before it; names every set and its controls. Treatment may end again. Of "
     "every design of a study, or of a file. "
     "Effects "
     "only where, given the history, trends would have been parallel without treatment.",
     cli_match_options,
     "pushpull match study.yml\n"
     "pushpull match --data panel.csv --outcome homicide --unit city --time year "
     "--treatment "
     "cameras --covariates 'income + population' --lags 4 --leads 3\n",
     cmd_match},
    {"twfe", "[STUDY]", 0, 1,
     "diagnosis: what a coefficient with unit and period effects is made of",
     "A diagnosis, never a result. Of the designs of a study, or of --data: the "
     "coefficient of "
     "a treatment in a regression on unit and period effects, taken apart into every "
     "comparison of two groups (Goodman-Bacon 2021), of which some take units for "
     "controls that are treated already; and the weights that it gives to effects, of "
     "which some may be negative (de Chaisemartin and D'Haultfoeuille 2020).",
     cli_twfe_options,
     "pushpull twfe --data panel.csv --outcome homicide --unit city --time year "
     "--treatment cameras\n"
     "pushpull twfe study.yml\n",
     cmd_twfe},
    {"lists", "[STUDY]", 0, 1, "estimate how many are on none of several lists",
     "Capture-recapture, of a study or of --data: how often the same unit is on two "
     "lists "
     "tells how many there are on none, if units are matched without error. Models of "
     "equal and unequal chances, all hierarchical log-linear models, sample coverage, "
     "and "
     "an average over graphs, to be read side by side: none can be tested on what is "
     "missing.",
     cli_lists_options,
     "pushpull lists study.yml\n"
     "pushpull lists --data lists.csv --lists press,company,official --freq n\n",
     cmd_lists},
    {"scenario", "STUDY|FORMULA", 1, 1,
     "tell how many adoptions would be expected if factors were others",
     "Changes indicators or variables with --set, makes the panel again and tells "
     "expected "
     "adoptions as observed and changed, over time, by region and by place, with the "
     "uncertainty of parameters and outcomes. What the model associates with such a "
     "change, and no effect of an intervention. Of a study: --set asks for one change; "
     "without it, those that study.yml names.\n\nWith --data: of a FORMULA fitted to a "
     "file.",
     cli_scenario_options,
     "pushpull scenario study.yml --set 'homicide_rate = homicide_rate * 0.8' --where "
     "\"region = 'Americas'\"\n"
     "pushpull scenario 'event ~ x1 + x2' --data panel.csv --model logit --unit iso3 "
     "--time year --set 'x1 = x1 * 0.8'\n",
     cmd_scenario},
    {"synth", "[STUDY]", 0, 1, "effect on one place, or a few, by synthetic controls",
     "The cases of a study, or --data. Compares the treated with weighted control units "
     "that ran alike before treatment: synthetic difference in differences, synthetic "
     "control (augmented by a ridge, if asked for), and plain differences, with what the "
     "comparison rests on, weights, gaps, placebos (each control in the treated unit's "
     "part), tests by exchanging periods, earlier dates, and the estimate without each "
     "donor. What else happened to the treated at the same time is in the estimate.",
     cli_synth_options,
     "pushpull synth study.yml\n"
     "pushpull synth --data panel.csv --outcome homicide_rate --unit iso3 --time year "
     "--treated ECU --first 2012 --where \"region = 'Americas'\"\n",
     cmd_synth},
    {"next", "STUDY", 1, 1, "tell what to code next",
     "For every place with something unknown (when, from whom, whether anyone has "
     "searched, "
     "whether a lone claim is right) tells by how much coding it would be expected to "
     "narrow "
     "the intervals of the findings, with the claims and pages to open first: a work "
     "list "
     "for coders, in the order of what an hour brings. A value for precision alone, and "
     "not "
     "for truth.",
     cli_next_options,
     "pushpull next study.yml\n"
     "pushpull next study.yml --with draws=100 --with next.hours.search=3 --out "
     "worklist\n",
     cmd_next},
    {"compare", "FORMULA...", 1, CLI_MAX_VALUES, "estimate several models, side by side",
     "Estimates each FORMULA on the same file and prints one table: estimates with "
     "standard errors (or --below), and under a line outcome, estimator, fixed effects, "
     "covariance, observations and fit. --model, --vcov and --names take one entry for "
     "all fits or one for each, parted by semicolons; one formula with several "
     "estimators "
     "or covariances is compared with itself. There are no stars unless --stars asks.\n\n"
     "--json and --table estimates give the numbers, --format latex a booktabs table, "
     "--docx a Word document.",
     compare_options,
     "pushpull compare 'y ~ x1' 'y ~ x1 + x2' --data panel.csv --model logit --vcov "
     "cluster:country\n"
     "pushpull compare 'y ~ x1 + x2' --data panel.csv --vcov 'iid; hc1; cluster:country' "
     "--names 'classical; robust; clustered' --format latex\n",
     cmd_compare},
    {"occupancy", "[STUDY]", 0, 1, "tell how many adopters no search found, and where",
     "Estimates adoption and its detection together, from repeated visits (searches, "
     "sources) to the same units: MacKenzie's occupancy models, with false positives, "
     "several seasons or abundance (Royle and Nichols). Prints coefficients of both, the "
     "expected number of adopters, and where an undetected one is most likely.\n\n"
     "Of a study, or of a file with --data: one row a unit with --visits, or one row a "
     "visit with --unit and --detected. An empty cell is a visit that was not made; "
     "units without visits have predictions only.",
     cli_occupancy_options,
     "pushpull occupancy study.yml\n"
     "pushpull occupancy --data f.csv --unit id --visits v1,v2,v3 --state 'x + region' "
     "--detect w --visit-covariate w=w1,w2,w3\n"
     "pushpull occupancy --data f.csv --visits 'y*' --seasons 4 --form dynamic "
     "--colonisation x --absorbing\n",
     cmd_occupancy},
    {"verify", "PATH", 1, 1, "check a store's log or a run's manifest",
     "PATH is an evidence store or the folder of a run. Any change behind the log's or "
     "the "
     "manifest's back is told.",
     NULL, "pushpull verify demo-out\npushpull verify demo-out/evidence.db\n",
     cmd_verify},
    {"export", "STUDY", 1, 1, "write evidence and panel as a data package",
     "Writes a Frictionless Data Package: CSV files and datapackage.json with the "
     "schema, unit, "
     "source and licence of every column.",
     export_options, "pushpull export study.yml --out package\n", cmd_export},
    {"standards", "VERB [OPERAND ...]", 1, -1,
     "tell which standards and rules bind a place, and what is to come",
     "Of the registry of standards and regulation. check tells what is in it and what is "
     "wrong with it; binds PLACE what binds a country, and bound it at a date: signed, "
     "ratified and in force told apart; gaps STUDY which adopters have no record of a "
     "data-protection treaty or law, now and when they adopted; coverage STUDY where "
     "each "
     "country stands towards each instrument; contracts STUDY what bound a country when "
     "it "
     "adopted; coalitions PLACE [STUDY] who shares its region, commitments and concerns "
     "(default: by the study that comes with pushpull); footprint [VENDOR] who takes "
     "part "
     "in making standards, and the lists that name vendors; calendar [PLACE] what enters "
     "into force or applies within some years; arenas where standards are made. What the "
     "registry does not hold is not known, never absent. No legal advice. A registry of "
     "your own is a folder: set FOLDER TABLE ID COLUMN=VALUE, add FOLDER TABLE id=ID "
     "COLUMN=VALUE, remove FOLDER TABLE ID and import FOLDER TABLE FILE check all of it "
     "before they write, and log day, name and reason in its changes.csv; export [DIR] "
     "writes it as a data package, or without a folder as the result.",
     cli_standards_options,
     "pushpull standards binds Ecuador --at 2024-06\npushpull standards calendar DEU "
     "--years 2\npushpull standards gaps study.yml --json\npushpull standards "
     "coalitions KEN\npushpull standards footprint ZTE\npushpull standards check --data "
     "my-registry\npushpull standards export my-registry\npushpull standards set "
     "my-registry commitment 108-SEN-in-force status=seen --by NAME --reason 'read in "
     "the chart of the treaty'\n",
     cmd_standards},
    {"claims-checked", "STUDY", 1, 1,
     "set what was said of effects beside what is measured",
     "Statements of vendors, police, officials and evaluations on what platforms did, "
     "each "
     "with a grade by a written rule, beside homicide in the whole country before and "
     "after and how much it varies otherwise. No statement is called false.",
     cli_claims_checked_options,
     "pushpull claims-checked study.yml\npushpull claims-checked study.yml --with "
     "file=my-statements.csv\n",
     cmd_claims_checked},
    {"messages", "STUDY [PLACE]|check [FOLDER]", 1, 2,
     "tell what may be said to whom, with the evidence for and against it",
     "Chooses, for a country or a city, the messages whose conditions hold there, in the "
     "order in which officials decide, with what speaks for and against each, "
     "alternatives and safeguards. Strength follows from the evidence; findings of the "
     "study that cut against a message are always shown beside it. check tells what is "
     "in "
     "a library of messages, and what is wrong with it. Audiences are officials and "
     "organisations, never the public.",
     cli_messages_options,
     "pushpull messages study.yml KEN\npushpull messages study.yml Nairobi --audience "
     "mayor\npushpull messages check my-messages\n",
     cmd_messages},
    {"version", "", 0, 0, "print the version",
     "Prints the version of the program and of its JSON.", NULL, NULL, cmd_version},
    {"help", "[COMMAND|MODEL]", 0, 1, "tell of the commands, or of one, or of a model",
     "Without an operand lists the commands; with the name of a model tells what it "
     "estimates, when to use it, and against what it was checked. It also writes the man "
     "pages, the pages about models and the completion.",
     help_options,
     "pushpull help fit\npushpull help cox\npushpull help --completion bash > "
     "/etc/bash_completion.d/pushpull\n",
     cmd_help},
    {0},
};

const cli_command *cli_find(const char *name) {
    for (const cli_command *c = cli_commands; c->name; c++) {
        if (strcmp(c->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}
