/* Is adoption likelier where peers have adopted? */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/findings.h>
#include <pushpull/io.h>
#include <pushpull/peers.h>

#include <math.h>
#include <string.h>

enum { MOST = 5 };

typedef struct settings {
    const char *model, *votes, *residual;
    const char *const *exposures;
    pp_study_file matrix;
    double km;
    int64_t nearest, nearest_votes, permutations;
} settings;

static const pp__field fields[] = {
    {"model", PP__TEXT, PP__AT(settings, model), .refers = PP__TO_MODEL},
    {"exposures", PP__NAMES, PP__AT(settings, exposures)},
    {"votes", PP__TEXT, PP__AT(settings, votes), .refers = PP__TO_VARIABLE},
    {"matrix", PP__FILE, PP__AT(settings, matrix)},
    {"km", PP__NUMBER, PP__AT(settings, km), .low = 0, .high = 20100},
    {"nearest", PP__INTEGER, PP__AT(settings, nearest), .low = 0, .high = 10000},
    {"nearest_votes", PP__INTEGER, PP__AT(settings, nearest_votes), .low = 1,
     .high = 10000, .number = 10},
    {"residual", PP__CHOICE, PP__AT(settings, residual),
     PP__CHOICES("deviance", "pearson"), .text = "deviance"},
    {"permutations", PP__INTEGER, PP__AT(settings, permutations), .low = 1,
     .high = 1000000, .number = 999},
};
static const pp__section format = PP__FIELDS("the peers", fields, sizeof(settings));

/* What each kind is called in the findings. */
static const struct {
    const char *kind, *question, *words;
} KINDS[MOST] = {
    {"borders", "Is adoption likelier where neighbours have adopted?",
     "the share of neighbours across a land border that have adopted"},
    {"region", "Is adoption likelier where others of the region have adopted?",
     "the share of the region that has adopted"},
    {"distance", "Is adoption likelier where those nearby have adopted?",
     "the share of those nearby that have adopted"},
    {"votes", "Is adoption likelier where those that vote alike have adopted?",
     "the share of those that vote alike that have adopted"},
    {"matrix", "Is adoption likelier where those with ties have adopted?",
     "the share of those with ties that have adopted"}};

static const pp_study_model *model_of(const pp_study *study, const settings *s) {
    return pp_study_find_model(study, s->model ? s->model : study->findings.headline);
}

/* The kinds that are asked for; by default all that need nothing else. */
static int list_kinds(const settings *s, const char *kind[MOST]) {
    int n = 0;
    for (const char *const *name = s->exposures; *name && n < MOST; name++) {
        kind[n++] = *name;
    }
    for (int k = 0; k < MOST && !s->exposures[0]; k++) {
        int there = k < 3 || (k == 3 ? s->votes != NULL : s->matrix.path != NULL);
        if (there) {
            kind[n++] = KINDS[k].kind;
        }
    }
    return n;
}

static pp_status complain(const pp_study *study, pp__problems *problems,
                          const char *field, const char *value, const char *message,
                          pp_error *err) {
    return pp__problem(problems, pp__study_line(study, field, value), field, value, NULL,
                       err, "%s", message);
}

static int is_kind(const char *name) {
    int k = 0;
    while (k < MOST && strcmp(KINDS[k].kind, name) != 0) {
        k++;
    }
    return k < MOST;
}

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    const char *field = "analyses.peers.exposures";
    for (const char *const *name = s->exposures; *name; name++) {
        if (!is_kind(*name)) {
            PP_TRY(complain(study, problems, field, *name,
                            "there are: borders, region, distance, votes, matrix", err));
        } else if (strcmp(*name, "votes") == 0 && !s->votes) {
            PP_TRY(complain(study, problems, field, *name,
                            "say in 'votes' which variable holds the positions", err));
        } else if (strcmp(*name, "matrix") == 0 && !s->matrix.path) {
            PP_TRY(complain(study, problems, field, *name,
                            "say in 'matrix' which file holds the weights", err));
        }
    }
    return PP_OK;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    const pp_study_model *model = model_of(study, s);
    const char *kind[MOST];
    int n = list_kinds(s, kind);
    pp_buf_printf(what, "peers in '%s':", model ? model->name : "");
    for (int k = 0; k < n; k++) {
        pp_buf_printf(what, "%s %s", k ? "," : "", kind[k]);
    }
}

/* ---- those who are not in the panel ---- */

static int is_excluded(const pp_study *study, const char *country) {
    for (const char *const *name = study->panel.exclude; *name; name++) {
        if (strcmp(*name, country) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status add_other(const pp__run *run, const pp_table *outcomes, int64_t from,
                           pp_table *to, pp_error *err) {
    const char *code = pp_column_get_text(pp_table_find(outcomes, "country"), from);
    const pp_place *place = pp_gazetteer_find(run->gazetteer, code);
    int64_t row;
    PP_TRY(pp_table_append(to, &row, err));
    PP_TRY(pp_column_set_text(to, pp_table_find(to, "unit"), row, code, err));
    PP_TRY(pp_column_set_text(to, pp_table_find(to, "region"), row,
                              place ? place->region : NULL, err));
    pp_table_find(to, "lo")->number[row] =
        pp_table_find(outcomes, "earliest_year")->number[from];
    pp_table_find(to, "hi")->number[row] =
        pp_table_find(outcomes, "latest_year")->number[from];
    return PP_OK;
}

/* Of every country of which it is known whether it adopted; those in the panel are passed
   over by the method. */
static pp_status list_others(const pp__run *run, const pp_study_model *model,
                             pp_table *others, pp_error *err) {
    const pp_table *outcomes =
        pp_result_find(run->adoptions[pp__run_rule_index(run, model->rule)], "outcomes");
    const pp_column *outcome = pp_table_find(outcomes, "outcome");
    const pp_column *country = pp_table_find(outcomes, "country");
    PP_TRY(pp_table_add(others, PP_TEXT, "unit", NULL, err));
    PP_TRY(pp_table_add(others, PP_TEXT, "region", NULL, err));
    PP_TRY(pp_table_add(others, PP_NUMBER, "lo", NULL, err));
    PP_TRY(pp_table_add(others, PP_NUMBER, "hi", NULL, err));
    for (int64_t i = 0; i < pp_table_rows(outcomes); i++) {
        const char *what = pp_column_get_text(outcome, i);
        if ((strcmp(what, "adopted") == 0 || strcmp(what, "no_adoption_found") == 0) &&
            !is_excluded(run->study, pp_column_get_text(country, i))) {
            PP_TRY(add_other(run, outcomes, i, others, err));
        }
    }
    return PP_OK;
}

/* ---- the run ---- */

static pp_status run_on(pp__run *run, const settings *s, const pp_table *matrix,
                        const pp_table *others, pp_result **out, pp_error *err) {
    const pp_study_model *model = model_of(run->study, s);
    const pp__run_panel *panel;
    const char *kind[MOST];
    pp_peer_exposure exposure[MOST];
    pp_peers_options options = {.exposures = exposure,
                                .n_exposures = list_kinds(s, kind),
                                .gazetteer = run->gazetteer,
                                .country = "country",
                                .lo = "lo",
                                .hi = "hi",
                                .others = others,
                                .residual = s->residual,
                                .permutations = (int)s->permutations,
                                .seed = (uint64_t)run->study->seed};
    for (int k = 0; k < options.n_exposures; k++) {
        int votes = strcmp(kind[k], "votes") == 0;
        exposure[k] =
            (pp_peer_exposure){.kind = kind[k],
                               .column = votes ? s->votes : NULL,
                               .matrix = matrix,
                               .km = s->km,
                               .nearest = (int)(votes ? s->nearest_votes : s->nearest)};
    }
    pp_buf formula;
    PP_TRY(pp__run_get_panel(run, model, model->supplier_unknown, model->not_searched,
                             &panel, err));
    pp_model_options estimation = pp__run_model_options(model);
    pp_buf_init(&formula);
    pp_status status = pp__run_formula(model, NULL, &formula, err);
    if (status == PP_OK) {
        status = pp_peers(formula.data, panel->panel, &estimation, &options, run->ctx,
                          out, err);
    }
    pp_buf_clear(&formula);
    return status;
}

static pp_status run_peers(pp__run *run, const void *payload, pp_result **out,
                           pp_error *err) {
    const settings *s = payload;
    int countries = strcmp(run->study->panel.unit, "country") == 0;
    pp_table *matrix = NULL, *others = NULL;
    pp_status status = s->matrix.path
                           ? pp_table_read(s->matrix.path, NULL, run->ctx, &matrix, err)
                           : PP_OK;
    if (status == PP_OK && countries) {
        status = pp_table_new(&others, err);
    }
    if (status == PP_OK && countries) {
        status = list_others(run, model_of(run->study, s), others, err);
    }
    if (status == PP_OK) {
        status = run_on(run, s, matrix, others, out, err);
    }
    pp_table_free(matrix);
    pp_table_free(others);
    return status;
}

/* ---- findings ---- */

static double number_at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static int has(const pp_table *table, int64_t row, const char *column, const char *text) {
    return strcmp(pp_column_get_text(pp_table_find(table, column), row), text) == 0;
}

/* The row of an exposure alone in the model; -1: none. NULL: of any exposure. */
static int64_t find_alone(const pp_table *table, const char *exposure,
                          const char *dates) {
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        if ((!exposure || has(table, row, "exposure", exposure)) &&
            has(table, row, "dates", dates) && has(table, row, "model", "alone") &&
            !isnan(number_at(table, "estimate", row))) {
            return row;
        }
    }
    return -1;
}

static pp_effect effect_at(const pp__run *run, const pp_table *table, int64_t row) {
    return (pp_effect){.estimate = number_at(table, "estimate", row),
                       .low = number_at(table, "conf_low", row),
                       .high = number_at(table, "conf_high", row),
                       .low_90 = number_at(table, "conf_low_90", row),
                       .high_90 = number_at(table, "conf_high_90", row),
                       .smallest = run->study->findings.smallest_effect};
}

/* Whether peers' adoptions give the verdict when they are dated the other way too; of exact
   dates there is one way only. `row`: where that stands; -1: nowhere. */
static int agrees(const pp__run *run, const pp_table *table, const char *kind,
                  pp_verdict verdict, int64_t *row) {
    *row = find_alone(table, kind, "expected");
    if (*row < 0) {
        return find_alone(table, NULL, "expected") < 0;
    }
    const pp_effect expected = effect_at(run, table, *row);
    return pp_verdict_decide(PP_HYPOTHESIS_POSITIVE, &expected) == verdict;
}

/* Neither way to date is the right one: a verdict holds only if both give it. */
static pp_verdict judge(const pp__run *run, const pp_table *table, const pp_effect *e,
                        int k, pp_buf *words) {
    int64_t row;
    pp_verdict verdict = pp_verdict_decide(PP_HYPOTHESIS_POSITIVE, e);
    if (agrees(run, table, KINDS[k].kind, verdict, &row)) {
        pp_finding_sentence(KINDS[k].words, PP_HYPOTHESIS_POSITIVE, e, words);
        return verdict;
    }
    pp_buf_printf(words,
                  "The two ways to date peers' adoption do not agree. Counted once "
                  "certain: ");
    pp_finding_sentence(KINDS[k].words, PP_HYPOTHESIS_POSITIVE, e, words);
    pp_buf_printf(words, " Counted by the share of the dates that has passed: ");
    if (row < 0) {
        pp_buf_printf(words, "no estimates.");
    } else {
        const pp_effect expected = effect_at(run, table, row);
        pp_finding_sentence(KINDS[k].words, PP_HYPOTHESIS_POSITIVE, &expected, words);
    }
    return PP_UNDETERMINED;
}

static pp_status answer_kind(pp__run *run, const settings *s, const pp_table *table,
                             int64_t row, int k, pp_error *err) {
    pp_effect e = effect_at(run, table, row);
    const char *caution = pp_column_get_text(pp_table_find(table, "caution"), row);
    pp__answer a = pp__answer_blank();
    pp_buf words;
    a.id = pp_arena_printf(&run->arena, "peers_%s", KINDS[k].kind);
    PP_NEED(a.id, err);
    a.question = KINDS[k].question;
    a.factor = KINDS[k].kind;
    a.scale = "probability a year, one standard deviation";
    a.hypothesis = pp_hypothesis_name(PP_HYPOTHESIS_POSITIVE);
    a.model = model_of(run->study, s)->name;
    a.estimate = e.estimate;
    a.std_error = number_at(table, "std_error", row);
    a.conf_low = e.low;
    a.conf_high = e.high;
    a.conf_low_90 = e.low_90;
    a.conf_high_90 = e.high_90;
    a.smallest_effect = e.smallest;
    a.events = number_at(table, "events", row);
    a.units = number_at(table, "units", row);
    pp_buf_init(&words);
    if (caution) {
        a.verdict = "described";
        pp_finding_sentence(KINDS[k].words, PP_HYPOTHESIS_POSITIVE, &e, &words);
        pp_buf_printf(&words, " Not judged: %s.", caution);
    } else {
        a.verdict = pp_verdict_name(judge(run, table, &e, k, &words));
    }
    pp_status status = pp_buf_check(&words, err);
    if (status == PP_OK) {
        a.answer = words.data;
        status = pp__run_answer(run, &a, err);
    }
    pp_buf_clear(&words);
    return status;
}

/* Each exposure alone, with adoptions that are certain. */
static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    const pp_table *table = pp_result_find(result, "peers");
    for (int k = 0; k < MOST && run->study->findings.smallest_effect > 0; k++) {
        int64_t row = find_alone(table, KINDS[k].kind, "latest");
        PP_TRY(row >= 0 ? answer_kind(run, payload, table, row, k, err) : PP_OK);
    }
    return PP_OK;
}

static const char *const tables[] = {"peers", "moran", NULL};

const pp__analysis pp__analysis_peers = {
    .name = "peers",
    .command = "drivers",
    .title = "Peers: does adoption go with that of others?",
    .about =
        "For each country and year, the share of its peers that had adopted by the "
        "year before: across land borders, in its region, nearby, among those that "
        "vote alike in the United Nations. Each share is added to the model alone, "
        "then all together. *Latest* counts adoptions once they are certain, "
        "*expected* by the share of their interval of dates that has passed. Moran's I "
        "asks whether countries that are peers are alike in what the model does not "
        "explain. Adoption near adoption may be imitation; it may as well be the same "
        "cause or the same seller at work in both, and this cannot tell them apart.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_peers,
    .answer = answer,
    .tables = tables,
};
