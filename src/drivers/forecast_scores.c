/* How forecasts did: scores, and differences between them with clustered errors. */
#define MATHLIB_STANDALONE
#include "base/check.h"
#include "drivers/forecast_parts.h"
#include "model/after/quality.h"
#include "model/tables.h"

#include <Rmath.h>
#include <math.h>
#include <string.h>

typedef enum measure { LOG_SCORE, BRIER, AUC, MEASURES } measure;
static const char *const MEASURE_NAMES[MEASURES] = {"log_score", "brier", "auc"};

/* Forecasts of one horizon. */
typedef struct judged {
    pp__forecast *f;
    int horizon;
    int64_t n;
    double events;
    double *y;
    int rivals; /* 2 without regions */
    pp__binary b[PP__RIVALS];
    double score[PP__RIVALS][MEASURES];
    double *part[PP__RIVALS]
                [MEASURES]; /* n: what each row adds to the score, less its mean */
    double auc_error[PP__RIVALS];
    double within[PP__RIVALS], within_error[PP__RIVALS]; /* areas within origins */
    int32_t *cluster; /* n; NULL: rows for themselves */
    int64_t clusters;
    double *sums; /* clusters */
    pp_arena arena;
} judged;

typedef struct difference {
    double estimate, error, low, high, low_90, high_90, relative;
    const char *verdict;
} difference;

/* ---- one horizon ---- */

static pp_status find_clusters(judged *j, const pp__guess *const *guess) {
    const char *by = j->f->options.cluster;
    int by_time = strcmp(by, "time") == 0;
    const pp__risk *risk = &j->f->risk;
    int64_t codes =
        by_time ? (int64_t)(risk->last - risk->first) + 1 : risk->units.n_levels;
    j->clusters = j->n;
    if (strcmp(by, "none") == 0) {
        return PP_OK;
    }
    int32_t *code_of = pp_arena_alloc(&j->arena, codes, sizeof *code_of);
    PP_NEED(code_of, j->f->err);
    memset(code_of, -1, (size_t)codes * sizeof *code_of);
    j->cluster = pp_arena_alloc(&j->arena, j->n, sizeof *j->cluster);
    PP_NEED(j->cluster, j->f->err);
    j->clusters = 0;
    for (int64_t i = 0; i < j->n; i++) {
        int64_t key =
            by_time ? (int64_t)(guess[i]->origin - risk->first) : guess[i]->unit;
        if (code_of[key] < 0) {
            code_of[key] = (int32_t)j->clusters++;
        }
        j->cluster[i] = code_of[key];
    }
    j->sums = pp_arena_alloc(&j->arena, j->clusters, sizeof *j->sums);
    PP_NEED(j->sums, j->f->err);
    return PP_OK;
}

/* The area within origins: of pairs from the same one alone. Its error: as DeLong's, with
   each row's part in all pairs. Rows of an origin stand together. */
static pp_status score_within(judged *j, int m, const pp__guess *const *guess) {
    double won = 0, pairs = 0, *part = pp_arena_zalloc(&j->arena, 2 * j->n, sizeof *part);
    PP_NEED(part, j->f->err);
    double *against = part + j->n; /* how many pairs the row is in */
    for (int64_t begin = 0, end; begin < j->n; begin = end) {
        for (end = begin; end < j->n && guess[end]->origin == guess[begin]->origin;) {
            end++;
        }
        for (int64_t i = begin; i < end; i++) {
            for (int64_t k = begin; j->y[i] > 0 && k < end; k++) {
                double p = j->b[m].p[i], q = j->b[m].p[k];
                double win = p > q ? 1 : p == q ? 0.5 : 0;
                if (j->y[k] == 0) {
                    part[i] += win;
                    part[k] += win;
                    against[i]++;
                    against[k]++;
                    won += win;
                    pairs++;
                }
            }
        }
    }
    double ones = 0, zeros = 0, events = j->events, others = (double)j->n - events;
    j->within[m] = won / pairs;
    for (int64_t i = 0; i < j->n; i++) {
        double away = (part[i] - against[i] * j->within[m]) / pairs;
        *(j->y[i] > 0 ? &ones : &zeros) += away * away;
    }
    j->within_error[m] =
        sqrt(ones * events / (events - 1) + zeros * others / (others - 1));
    return PP_OK;
}

/* Scores of rival m, and what each row adds to them. */
static pp_status score(judged *j, int m) {
    const pp__binary *b = &j->b[m];
    double n = (double)j->n, *mean = j->score[m];
    mean[LOG_SCORE] = pp__log_score(b);
    mean[BRIER] = 0;
    for (int64_t i = 0; i < j->n; i++) {
        mean[BRIER] += (b->y[i] - b->p[i]) * (b->y[i] - b->p[i]) / n;
    }
    for (measure s = LOG_SCORE; s < MEASURES; s++) {
        j->part[m][s] = pp_arena_alloc(&j->arena, j->n, sizeof *j->part[m][s]);
        PP_NEED(j->part[m][s], j->f->err);
    }
    for (int64_t i = 0; i < j->n; i++) {
        double gap = b->y[i] - b->p[i];
        j->part[m][LOG_SCORE][i] = (pp__log_loss(b->y[i], b->p[i]) - mean[LOG_SCORE]) / n;
        j->part[m][BRIER][i] = (gap * gap - mean[BRIER]) / n;
    }
    pp__auc(b, &mean[AUC], &j->auc_error[m]);
    pp__auc_parts(b, mean[AUC], j->part[m][AUC]);
    return PP_OK;
}

static pp_status open_horizon(judged *j, const pp__record *record) {
    const pp__guess **guess = pp_arena_alloc(&j->arena, record->n, sizeof *guess);
    PP_NEED(guess, j->f->err);
    for (int64_t g = 0; g < record->n; g++) {
        if (record->guess[g].horizon == j->horizon) {
            guess[j->n++] = &record->guess[g];
        }
    }
    j->rivals = j->f->risk.regions.code ? PP__RIVALS : PP__REGION_ONLY;
    j->y = pp_arena_alloc(&j->arena, j->n, sizeof *j->y);
    PP_NEED(j->y, j->f->err);
    for (int64_t i = 0; i < j->n; i++) {
        j->y[i] = guess[i]->observed;
    }
    for (int m = 0; m < j->rivals && j->n > 0; m++) {
        double *p = pp_arena_alloc(&j->arena, j->n, sizeof *p);
        PP_NEED(p, j->f->err);
        for (int64_t i = 0; i < j->n; i++) {
            p[i] = guess[i]->p[m];
        }
        j->b[m] = (pp__binary){.n = j->n, .y = j->y, .p = p, .counted = 1};
        j->b[m].quantile = qnorm5(0.5 + j->f->fit->options.level / 2, 0, 1, 1, 0);
        PP_TRY(pp__binary_settle(&j->b[m], &j->arena, j->f->err));
        PP_TRY(score(j, m));
        j->events = j->b[m].events;
        PP_TRY(score_within(j, m, guess));
    }
    return find_clusters(j, guess);
}

/* ---- differences ---- */

/* The variance of a sum of parts, rows for themselves; of areas as DeLong has it. */
static double variance_by_rows(const judged *j, const double *a, const double *b,
                               measure s) {
    double ones = 0, zeros = 0, n = (double)j->n, events = j->events;
    for (int64_t i = 0; i < j->n; i++) {
        double part = a[i] - b[i];
        *(j->y[i] > 0 ? &ones : &zeros) += part * part;
    }
    if (s == AUC) {
        return ones * events / (events - 1) + zeros * (n - events) / (n - events - 1);
    }
    return (ones + zeros) * n / (n - 1);
}

static double variance_by_clusters(const judged *j, const double *a, const double *b) {
    double sum = 0, count = (double)j->clusters;
    memset(j->sums, 0, (size_t)j->clusters * sizeof *j->sums);
    for (int64_t i = 0; i < j->n; i++) {
        j->sums[j->cluster[i]] += a[i] - b[i];
    }
    for (int64_t g = 0; g < j->clusters; g++) {
        sum += j->sums[g] * j->sums[g];
    }
    return sum * count / (count - 1);
}

static const char *judge(double gain_low, double gain_high, double smallest) {
    return gain_low > 0           ? "better"
           : gain_high < 0        ? "worse"
           : gain_high < smallest ? "no better"
                                  : "undetermined";
}

static double quantile(const judged *j, double level) {
    return j->cluster ? qt(0.5 + level / 2, (double)j->clusters - 1, 1, 0)
                      : qnorm5(0.5 + level / 2, 0, 1, 1, 0);
}

/* Of rival m less rival `against`. */
static difference compare(const judged *j, int m, int against, measure s) {
    double rival = j->score[against][s], level = j->f->fit->options.level;
    const double *a = j->part[m][s], *b = j->part[against][s];
    double q = quantile(j, level), q90 = quantile(j, 0.9);
    difference d = {.estimate = j->score[m][s] - rival, .verdict = "undetermined"};
    d.relative = s == AUC ? NAN : d.estimate / rival;
    if (isinf(d.estimate)) { /* what was called impossible happened */
        d.error = d.low = d.high = d.low_90 = d.high_90 = NAN;
        d.verdict = d.estimate > 0 ? "worse" : "better";
        return d;
    }
    d.error =
        sqrt(j->cluster ? variance_by_clusters(j, a, b) : variance_by_rows(j, a, b, s));
    d.low = d.estimate - q * d.error;
    d.high = d.estimate + q * d.error;
    d.low_90 = d.estimate - q90 * d.error;
    d.high_90 = d.estimate + q90 * d.error;
    double smallest = j->f->options.smallest_gain * (s == AUC ? 1 : rival);
    if (!isnan(d.error)) {
        d.verdict =
            s == AUC ? judge(d.low, d.high, smallest) : judge(-d.high, -d.low, smallest);
    }
    return d;
}

/* ---- tables ---- */

#define PUT_NUMBERS(table, at, list, err)                                                \
    pp__put_numbers(table, at, list, sizeof(list) / sizeof *(list), err)

static int64_t count_origins(const pp__record *record, int horizon) {
    int64_t n = 0;
    double last = NAN;
    for (int64_t g = 0; g < record->n; g++) {
        if (record->guess[g].horizon == horizon && record->guess[g].origin != last) {
            last = record->guess[g].origin;
            n++;
        }
    }
    return n;
}

/* What is missing stays missing. */
static double at_least(double value, double least) {
    return value < least ? least : value;
}
static double at_most(double value, double most) {
    return value > most ? most : value;
}

/* Adoptions that forecasts expect, and the interval of a Poisson count with that mean: a
   little wide, as forecasts are no certainties. */
static void find_expected(const pp__binary *b, double level, double out[3]) {
    out[0] = 0;
    for (int64_t i = 0; i < b->n; i++) {
        out[0] += b->p[i];
    }
    out[1] = qpois((1 - level) / 2, out[0], 1, 0);
    out[2] = qpois((1 + level) / 2, out[0], 1, 0);
}

static pp_status put_scores(const judged *j, int m, int64_t origins, pp_table *t) {
    const pp__binary *b = &j->b[m];
    double intercept, slope, auc = j->score[m][AUC], half = b->quantile * j->auc_error[m];
    double within = j->within[m], half_within = b->quantile * j->within_error[m];
    difference d = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NULL};
    double expected[3];
    int64_t at;
    find_expected(b, j->f->fit->options.level, expected);
    pp__calibration_line(b, &intercept, &slope);
    if (m != PP__BASE_RATE) {
        d = compare(j, m, PP__BASE_RATE, LOG_SCORE);
    } else {
        slope = NAN; /* of what is the same for all units */
    }
    const pp__named judged_by[] = {
        {"horizon", PP_SHOW_COUNT, j->horizon},
        {"n", PP_SHOW_COUNT, (double)j->n},
        {"events", PP_SHOW_COUNT, j->events},
        {"origins", PP_SHOW_COUNT, (double)origins},
        {"log_score", PP_SHOW_DEFAULT, j->score[m][LOG_SCORE]},
        {"log_score_difference", PP_SHOW_DEFAULT, d.estimate},
        {"log_score_difference_low", PP_SHOW_DEFAULT, d.low},
        {"log_score_difference_high", PP_SHOW_DEFAULT, d.high}};
    const pp__named others[] = {
        {"auc_within", PP_SHOW_DEFAULT, within},
        {"auc_within_low", PP_SHOW_DEFAULT, at_least(within - half_within, 0)},
        {"auc_within_high", PP_SHOW_DEFAULT, at_most(within + half_within, 1)},
        {"auc", PP_SHOW_DEFAULT, auc},
        {"auc_low", PP_SHOW_DEFAULT, at_least(auc - half, 0)},
        {"auc_high", PP_SHOW_DEFAULT, at_most(auc + half, 1)},
        {"brier", PP_SHOW_DEFAULT, j->score[m][BRIER]},
        {"expected", PP_SHOW_DEFAULT, expected[0]},
        {"expected_low", PP_SHOW_COUNT, expected[1]},
        {"expected_high", PP_SHOW_COUNT, expected[2]},
        {"calibration_intercept", PP_SHOW_DEFAULT, intercept},
        {"calibration_slope", PP_SHOW_DEFAULT, slope},
        {"level", PP_SHOW_PERCENT, j->f->fit->options.level}};
    PP_TRY(pp_table_append(t, &at, j->f->err));
    PP_TRY(pp__put_text(t, at, "model", pp__rival_names[m], j->f->err));
    PP_TRY(PUT_NUMBERS(t, at, judged_by, j->f->err));
    PP_TRY(pp__put_text(t, at, "verdict", d.verdict, j->f->err));
    return PUT_NUMBERS(t, at, others, j->f->err);
}

static pp_status put_difference(const judged *j, int m, int against, measure s,
                                pp_table *t) {
    difference d = compare(j, m, against, s);
    int64_t at;
    PP_TRY(pp_table_append(t, &at, j->f->err));
    PP_TRY(pp__put_text(t, at, "model", pp__rival_names[m], j->f->err));
    PP_TRY(pp__put_text(t, at, "against", pp__rival_names[against], j->f->err));
    PP_TRY(pp__put_number(t, at, "horizon", PP_SHOW_COUNT, j->horizon, j->f->err));
    PP_TRY(pp__put_text(t, at, "measure", MEASURE_NAMES[s], j->f->err));
    const pp__named numbers[] = {{"estimate", PP_SHOW_DEFAULT, d.estimate},
                                 {"std_error", PP_SHOW_DEFAULT, d.error},
                                 {"conf_low", PP_SHOW_DEFAULT, d.low},
                                 {"conf_high", PP_SHOW_DEFAULT, d.high},
                                 {"conf_low_90", PP_SHOW_DEFAULT, d.low_90},
                                 {"conf_high_90", PP_SHOW_DEFAULT, d.high_90},
                                 {"relative", PP_SHOW_PERCENT, d.relative},
                                 {"clusters", PP_SHOW_COUNT, (double)j->clusters}};
    PP_TRY(PUT_NUMBERS(t, at, numbers, j->f->err));
    return pp__put_text(t, at, "verdict", d.verdict, j->f->err);
}

static pp_status put_calibration(const judged *j, pp_table *t) {
    pp__brier ignored;
    int64_t before = pp_table_rows(t);
    PP_TRY(pp__calibration_add(&j->b[PP__MODEL], j->f->options.bins, &ignored, t,
                               j->f->err));
    for (int64_t at = before; at < pp_table_rows(t); at++) {
        PP_TRY(pp__put_number(t, at, "horizon", PP_SHOW_COUNT, j->horizon, j->f->err));
    }
    return PP_OK;
}

typedef struct tables {
    pp_table *scores, *differences, *calibration;
} tables;

static pp_status put_horizon(judged *j, const pp__record *record, const tables *t) {
    static const int PAIRS[][2] = {{PP__MODEL, PP__BASE_RATE},
                                   {PP__MODEL, PP__REGION_ONLY},
                                   {PP__REGION_ONLY, PP__BASE_RATE}};
    PP_TRY(open_horizon(j, record));
    for (int m = 0; m < j->rivals && j->n > 0; m++) {
        PP_TRY(put_scores(j, m, count_origins(record, j->horizon), t->scores));
    }
    for (size_t p = 0; p < sizeof PAIRS / sizeof *PAIRS && j->n > 0; p++) {
        for (measure s = LOG_SCORE; s < MEASURES; s++) {
            if (PAIRS[p][0] < j->rivals && PAIRS[p][1] < j->rivals) {
                PP_TRY(put_difference(j, PAIRS[p][0], PAIRS[p][1], s, t->differences));
            }
        }
    }
    return j->n > 0 ? put_calibration(j, t->calibration) : PP_OK;
}

static pp_status put_all(pp__forecast *f, const pp__record *record) {
    tables t;
    PP_TRY(pp_result_add(f->result, "forecast_scores",
                         "How forecasts of the past would have done", &t.scores, f->err));
    PP_TRY(pp_result_add(f->result, "forecast_differences",
                         "Against the base rate and the region", &t.differences, f->err));
    PP_TRY(pp_result_add(f->result, "forecast_calibration",
                         "Calibration of the forecasts", &t.calibration, f->err));
    PP_TRY(pp_table_add(t.calibration, PP_NUMBER, "horizon", NULL, f->err));
    for (int h = 1; h <= f->options.horizon; h++) {
        judged j = {.f = f, .horizon = h};
        pp_arena_init(&j.arena);
        pp_status status = put_horizon(&j, record, &t);
        pp_arena_clear(&j.arena);
        PP_TRY(status);
    }
    return PP_OK;
}

/* ---- the answer ---- */

static pp_status answer(pp__forecast *f) {
    pp_buf words;
    pp_buf_init(&words);
    pp_forecast_sentence(f->result, &words);
    pp_status status = pp_buf_check(&words, f->err);
    if (status == PP_OK) {
        status = pp_result_set_note(f->result, "forecast_scores", words.data, f->err);
    }
    pp_buf_clear(&words);
    return status;
}

enum { FEW_EVENTS = 10, FEW_CLUSTERS = 10 };

/* Many adoptions of one period may have the date of one source. */
static pp_status warn_of_one_period(pp__forecast *f, const pp__record *record) {
    double events = 0, most = 0, when = NAN;
    for (int64_t o = 0; o < record->origins; o++) {
        double here = 0;
        for (int64_t g = 0; g < record->n; g++) {
            const pp__guess *guess = &record->guess[g];
            here += guess->horizon == 1 && guess->origin == record->origin[o].time &&
                    guess->observed > 0;
        }
        events += here;
        when = here > most ? record->origin[o].time + 1 : when;
        most = fmax(here, most);
    }
    return events < FEW_EVENTS || 2 * most <= events
               ? PP_OK
               : pp_result_warn(f->result, "one_period", NULL, (int64_t)most, f->err,
                                "%.0f of the %.0f adoptions that are judged fall into "
                                "%.0f: scores hang on that period, and on whether its "
                                "dates are those of adoptions or of a source",
                                most, events, when);
}

static pp_status warn(pp__forecast *f, const pp__record *record) {
    const pp_table *t = pp_result_find(f->result, "forecast_scores");
    const pp_table *d = pp_result_find(f->result, "forecast_differences");
    double events = pp_table_find(t, "events")->number[0];
    double clusters = pp_table_find(d, "clusters")->number[0];
    PP_TRY(warn_of_one_period(f, record));
    if (events < FEW_EVENTS) {
        PP_TRY(pp_result_warn(
            f->result, "few_events_forecast", NULL, (int64_t)events, f->err,
            "only %.0f adoptions fall into the periods forecast: intervals "
            "of scores are rough, and little can be told",
            events));
    }
    return clusters >= FEW_CLUSTERS
               ? PP_OK
               : pp_result_warn(
                     f->result, "few_clusters", NULL, (int64_t)clusters, f->err,
                     "differences between scores are clustered in %.0f clusters: "
                     "their intervals are rough",
                     clusters);
}

pp_status pp__forecast_scores(pp__forecast *f, const pp__record *record) {
    PP_TRY(put_all(f, record));
    PP_TRY(answer(f));
    return warn(f, record);
}
