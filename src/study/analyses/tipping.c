/* How wrong would the record have to be? Each finding, if adoptions in closed and in open regimes were
   recorded with assumed probabilities. */
#include "base/check.h"
#include "study/analyses/analysis.h"

#include <pushpull/text.h>
#include <pushpull/tipping.h>

#include <math.h>
#include <string.h>

typedef struct settings {
    const char *closed;
    const char *const *detection, *const *questions;
} settings;

static const pp__field fields[] = {
    {"closed", PP__TEXT, PP__AT(settings, closed), .required = 1},
    {"detection", PP__NAMES, PP__AT(settings, detection), .nullable = 1},
    {"questions", PP__NAMES, PP__AT(settings, questions), .nullable = 1},
};
static const pp__section format =
    PP__FIELDS("the tipping points", fields, sizeof(settings));

/* ---- what is asked ---- */

static int is_wanted(const settings *s, const char *question) {
    if (!s->questions || !s->questions[0] || strcmp(s->questions[0], "all") == 0) {
        return 1;
    }
    for (const char *const *name = s->questions; *name; name++) {
        if (strcmp(*name, question) == 0) {
            return 1;
        }
    }
    return 0;
}

/* The lower end of `detection: [0.4, 1]`; 0: not given; NaN: no such list. */
static double lowest_of(const settings *s) {
    double low, high;
    const char *const *d = s->detection;
    if (!d || !d[0]) {
        return 0;
    }
    int fits = d[1] && !d[2] && pp_parse_number(d[0], &low) && low > 0 && low < 1 &&
               pp_parse_number(d[1], &high) && high == 1;
    return fits ? low : NAN;
}

static const pp_study_model *model_of(const pp_study *study, const pp_study_question *q) {
    return pp_study_find_model(study, q->model ? q->model : study->findings.headline);
}

static pp_status check_question(const pp_study *study, const pp_study_question *q,
                                pp__problems *problems, pp_error *err) {
    const pp_study_model *model = model_of(study, q);
    if (!model || strcmp(model->dates, "interval") == 0) {
        return PP_OK;
    }
    return pp__problem(problems, pp__study_line(study, "analyses.tipping", NULL),
                       "analyses.tipping.questions", q->name,
                       "name questions of models with 'dates: interval'", err,
                       "the model of this question has no intervals of dates, which "
                       "under-detection is worked out for");
}

static pp_status check(const pp_study *study, const void *payload, pp__problems *problems,
                       pp_error *err) {
    const settings *s = payload;
    if (isnan(lowest_of(s))) {
        PP_TRY(pp__problem(
            problems, pp__study_line(study, "analyses.tipping.detection", NULL),
            "analyses.tipping.detection", s->detection[0], "as in [0.4, 1]", err,
            "detection must run from a probability above 0 up to 1"));
    }
    for (int64_t i = 0; i < study->findings.n_questions; i++) {
        if (is_wanted(s, study->findings.questions[i].name)) {
            PP_TRY(check_question(study, &study->findings.questions[i], problems, err));
        }
    }
    for (const char *const *name = s->questions;
         name && *name && strcmp(s->questions[0], "all") != 0; name++) {
        int found = 0;
        for (int64_t i = 0; i < study->findings.n_questions; i++) {
            found |= strcmp(study->findings.questions[i].name, *name) == 0;
        }
        if (!found) {
            PP_TRY(pp__problem(
                problems, pp__study_line(study, "analyses.tipping.questions", *name),
                "analyses.tipping.questions", *name, "'all', or names under findings",
                err, "there is no such question"));
        }
    }
    return PP_OK;
}

static void describe(const pp_study *study, const void *payload, pp_buf *what) {
    const settings *s = payload;
    int n = 0;
    for (int64_t i = 0; i < study->findings.n_questions; i++) {
        n += is_wanted(s, study->findings.questions[i].name);
    }
    pp_buf_printf(what, "%d question%s, closed: %s", n, n == 1 ? "" : "s",
                  s->closed ? s->closed : "");
}

/* ---- the run ---- */

/* The question as the library takes it; questions of one model share what they point to. */
static pp_status prepare(pp__run *run, const pp_study_question *q,
                         const pp_tipping_question *before, int n,
                         pp_tipping_question *out, pp_error *err) {
    const pp_study_model *model = model_of(run->study, q);
    const pp__run_fit *fit;
    *out = (pp_tipping_question){.name = q->name,
                                 .label = q->words ? q->words
                                                   : pp__run_label(run, q->variable),
                                 .variable = q->variable,
                                 .smallest = q->smallest_effect};
    PP_TRY(pp_hypothesis_parse(q->hypothesis, &out->hypothesis, err));
    PP_TRY(pp__run_get_fit(run, model->name, &fit, &out->data, err));
    pp_buf formula;
    pp_buf_init(&formula);
    pp_status status = pp__run_formula(model, NULL, &formula, err);
    if (status == PP_OK) {
        out->formula = pp_arena_strdup(&run->arena, formula.data);
        pp_model_options *options = pp_arena_alloc(&run->arena, 1, sizeof *options);
        out->model = options;
        if (out->formula && options) {
            *options = pp__run_model_options(model);
        } else {
            status = pp_error_set(err, PP_E_MEMORY, "out of memory");
        }
    }
    pp_buf_clear(&formula);
    for (int i = 0; status == PP_OK && i < n; i++) {
        if (before[i].data == out->data && strcmp(before[i].formula, out->formula) == 0) {
            out->model = before[i].model;
        }
    }
    return status;
}

static pp_status run_tipping(pp__run *run, const void *payload, pp_result **out,
                             pp_error *err) {
    const settings *s = payload;
    const pp_study *study = run->study;
    const pp_tipping_options options = {.closed = s->closed, .lowest = lowest_of(s)};
    int n = 0;
    pp_tipping_question *questions =
        pp_arena_alloc(&run->arena, study->findings.n_questions + 1, sizeof *questions);
    PP_NEED(questions, err);
    for (int64_t i = 0; i < study->findings.n_questions; i++) {
        if (is_wanted(s, study->findings.questions[i].name)) {
            PP_TRY(prepare(run, &study->findings.questions[i], questions, n,
                           &questions[n], err));
            n++;
        }
    }
    if (n == 0) {
        pp_error_set(err, PP_E_INPUT, "the study asks no question that could turn");
        pp_error_hint(err, "state questions under findings");
        return PP_E_INPUT;
    }
    return pp_tipping(questions, n, &options, run->ctx, out, err);
}

/* ---- findings ---- */

static const char *text_at(const pp_table *table, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(table, column), row);
}

static const char *words_of(pp__run *run, const char *question) {
    const pp_study *study = run->study;
    for (int64_t i = 0; i < study->findings.n_questions; i++) {
        const pp_study_question *q = &study->findings.questions[i];
        if (strcmp(q->name, question) == 0) {
            return q->words ? q->words : pp__run_label(run, q->variable);
        }
    }
    return question;
}

/* The lowest detection that was tried. */
static double lowest_tried(const pp_table *tipping) {
    const double *closed = pp_table_find(tipping, "detection_closed")->number;
    double lowest = 1;
    for (int64_t i = 0; i < pp_table_rows(tipping); i++) {
        lowest = fmin(lowest, closed[i]);
    }
    return lowest;
}

/* "3 of 6 verdicts change if the record misses up to 60% of adoptions in closed regimes: …" */
static void write_answer(pp__run *run, const pp_result *result, pp_buf *out) {
    const pp_table *points = pp_result_find(result, "tipping_points");
    const double *missed = pp_table_find(points, "missed_closed")->number;
    double lowest = lowest_tried(pp_result_find(result, "tipping"));
    int verdicts = 0, change = 0;
    pp_buf list;
    pp_buf_init(&list);
    for (int64_t i = 0; i < pp_table_rows(points); i++) {
        if (strcmp(text_at(points, "conclusion", i), "verdict") != 0) {
            continue;
        }
        verdicts++;
        if (!isnan(missed[i])) {
            change++;
            pp_buf_printf(
                &list, "%s %s (from '%s' to '%s' at %.0f%%)", list.length ? "," : "",
                words_of(run, text_at(points, "question", i)), text_at(points, "now", i),
                text_at(points, "then", i), 100 * missed[i]);
        }
    }
    pp_buf_printf(out,
                  "If the record missed up to %.0f%% of adoptions in closed regimes and "
                  "none in open ones, %d of %d verdicts would change%s%s. What stays "
                  "'undetermined' stays open, and is no finding of no effect.",
                  100 * (1 - lowest), change, verdicts, change ? ":" : "",
                  change && list.data ? list.data : "");
    pp_buf_clear(&list);
}

static pp_status answer(pp__run *run, const void *payload, const pp_result *result,
                        pp_error *err) {
    pp__answer a = pp__answer_blank();
    pp_buf words;
    (void)payload;
    pp_buf_init(&words);
    write_answer(run, result, &words);
    pp_status status = pp_buf_check(&words, err);
    a.id = "tipping";
    a.question = "How wrong would the record have to be?";
    a.answer = words.data;
    a.factor = "detection";
    a.scale = "share of adoptions recorded";
    a.verdict = "described";
    a.model = run->study->findings.headline;
    if (status == PP_OK) {
        status = pp__run_answer(run, &a, err);
    }
    pp_buf_clear(&words);
    return status;
}

static const char *const tables[] = {"tipping_regimes", NULL};

const pp__analysis pp__analysis_tipping = {
    .name = "tipping",
    .command = "tipping",
    .title = "How wrong would the record have to be?",
    .about =
        "Closed regimes have less of a press, and their adoptions may be recorded less "
        "often. Each effect is estimated anew as if adoptions in closed and in open "
        "regimes were recorded with the stated probabilities: a country without a record "
        "then counts as what it may be, an adopter that nobody saw. The probabilities "
        "are assumptions, which the data cannot tell; what counts is how far one has to "
        "go before a conclusion turns. It is assumed that no adoption on record is false "
        "and that, beside the regime, nothing that predicts adoption predicts its being "
        "recorded.",
    .format = &format,
    .check = check,
    .describe = describe,
    .run = run_tipping,
    .answer = answer,
    .tables = tables,
};
