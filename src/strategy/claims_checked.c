/* What was said beside what is measured. */
#include "strategy/claims_checked.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

enum { FIRST = 1900, YEARS = 201, WINDOW = 3, CONTRASTS = 4 };
static const double POWER = 2.80, NORMAL = 1.96;

/* What a country's series shows of a claim; NaN: nothing. */
typedef struct measured {
    double before, after, change, variation; /* changes of logarithms */
    int years_before, years_after;
} measured;

typedef struct checker {
    const pp_table *indicators;
    const pp_column *country, *year, *value;
    pp_table *table;
} checker;

/* ---- the series ---- */

static void read_series(const checker *c, const char *country, double *series) {
    for (int t = 0; t < YEARS; t++) {
        series[t] = NAN;
    }
    for (int64_t row = 0; c->indicators && row < pp_table_rows(c->indicators); row++) {
        const char *of = pp_column_get_text(c->country, row);
        double year = c->year->number[row] - FIRST;
        if (of && strcmp(of, country) == 0 && year >= 0 && year < YEARS) {
            series[(int)year] = c->value->number[row];
        }
    }
}

/* Mean of the figures from `first` to `last` (years), how many in *n. */
static double mean_of(const double *series, int first, int last, int *n) {
    double sum = 0;
    *n = 0;
    for (int t = first - FIRST; t <= last - FIRST; t++) {
        if (t >= 0 && t < YEARS && series[t] > 0) {
            sum += series[t];
            ++*n;
        }
    }
    return *n ? sum / *n : NAN;
}

/* The contrast over `span` years from `from` on. */
static double contrast(const double *series, int from, int span, measured *m) {
    int after = span < WINDOW ? span : WINDOW;
    m->before = mean_of(series, from - WINDOW + 1, from, &m->years_before);
    m->after = mean_of(series, from + span - after + 1, from + span, &m->years_after);
    return log(m->after / m->before);
}

/* The root mean square of the others that have as many figures; NaN: they are too few. */
static double variation(const double *series, int from, int span, const measured *m) {
    measured other;
    double sum = 0;
    int n = 0;
    for (int t = FIRST; t + span < FIRST + YEARS; t++) {
        double d = contrast(series, t, span, &other);
        int apart = t >= from + WINDOW || t <= from - WINDOW || t >= from + span ||
                    t + span <= from;
        if (apart && !isnan(d) && other.years_before >= m->years_before &&
            other.years_after >= m->years_after) {
            sum += d * d;
            n++;
        }
    }
    return n >= CONTRASTS ? sqrt(sum / n) : NAN;
}

static measured measure(const double *series, double from, double to) {
    measured m = {NAN, NAN, NAN, NAN, 0, 0};
    if (isnan(from) || isnan(to) || to <= from) {
        return m;
    }
    m.change = contrast(series, (int)from, (int)(to - from), &m);
    if (!isnan(m.change)) {
        m.variation = variation(series, (int)from, (int)(to - from), &m);
    }
    return m;
}

/* ---- verdicts ---- */

typedef struct judged {
    const char *verdict;
    double claimed, low, high, smallest; /* logarithms; NaN: not known */
    int could_see;
} judged;

static judged judge(const pp__statement *s, const measured *m) {
    judged j = {"no_figures", NAN, NAN, NAN, NAN, 0};
    int percent = s->unit && strcmp(s->unit, "percent") == 0;
    if (isnan(m->change) || !(m->variation > 0)) {
        return j;
    }
    j.low = m->change - NORMAL * m->variation;
    j.high = m->change + NORMAL * m->variation;
    j.smallest = POWER * m->variation;
    j.claimed = percent ? log1p(s->change / 100) : NAN;
    j.could_see = fabs(j.claimed) >= j.smallest;
    if (strcmp(s->measure, "homicide") != 0 || isnan(j.claimed)) {
        j.verdict = "other_measure";
    } else if (!j.could_see) {
        j.verdict = "within_variation";
    } else if (j.claimed < j.low || j.claimed > j.high) {
        j.verdict = "not_shown";
    } else {
        j.verdict = j.low > 0 || j.high < 0 ? "seen" : "cannot_tell";
    }
    return j;
}

static double percent(double logarithm) {
    return 100 * expm1(logarithm);
}

static void add_percent(double value, pp_buf *out) {
    pp_buf_printf(out, "%s%.0f%%", value < 0 ? "−" : "+", fabs(value));
}

static void add_measured(const pp__statement *s, const measured *m, const judged *j,
                         pp_buf *out) {
    pp_buf_printf(out,
                  "Homicide in the whole country (%s) went from %.1f to %.1f per "
                  "100,000, ",
                  s->country, m->before, m->after);
    add_percent(percent(m->change), out);
    pp_buf_add(out, " (95% interval ");
    add_percent(percent(j->low), out);
    pp_buf_add(out, " to ");
    add_percent(percent(j->high), out);
    pp_buf_printf(
        out,
        ", by how much it varies between other such spans: about %.0f%%). A fall "
        "of less than %.0f%% would most likely not have stood out.",
        percent(m->variation), -percent(-j->smallest));
}

static void tell(const pp__statement *s, const measured *m, const judged *j,
                 pp_buf *out) {
    if (strcmp(j->verdict, "no_figures") == 0 && !isnan(m->change)) {
        pp_buf_printf(
            out,
            "Cannot be told: homicide in the whole country (%s) went from %.1f "
            "to %.1f per 100,000, and there are too few other spans to tell how "
            "much it varies.",
            s->country, m->before, m->after);
        return;
    }
    if (strcmp(j->verdict, "no_figures") == 0) {
        pp_buf_add(out, isnan(s->from) || isnan(s->to)
                            ? "Cannot be told: it is not said which years are compared."
                            : "Cannot be told: there are too few figures of homicide for "
                              "these years.");
        return;
    }
    if (strcmp(j->verdict, "other_measure") == 0) {
        pp_buf_add(out, "Cannot be told from these data, which hold homicide only. ");
    } else if (strcmp(j->verdict, "within_variation") == 0) {
        pp_buf_add(out, "A change of this size is within what homicide there varies by "
                        "anyway, so that nothing can be told from it. ");
    } else if (strcmp(j->verdict, "not_shown") == 0) {
        pp_buf_add(out, "Not shown by what is measured. ");
    } else if (strcmp(j->verdict, "cannot_tell") == 0) {
        pp_buf_add(out, "Cannot be told: what is measured agrees with it, and with no "
                        "change. ");
    } else {
        pp_buf_add(out, "A change of about this size is measured; why is not shown. ");
    }
    add_measured(s, m, j, out);
}

/* ---- the table ---- */

static pp_status put(checker *c, const pp__statement *s, const measured *m,
                     const judged *j, pp_error *err) {
    int there = !isnan(m->change);
    pp_buf sentence;
    pp_buf_init(&sentence);
    tell(s, m, j, &sentence);
    const pp__cell cells[] = {
        PP__TEXT_CELL(s->id),
        PP__TEXT_CELL(s->place),
        PP__TEXT_CELL(s->country),
        PP__TEXT_CELL(s->who),
        PP__TEXT_CELL(s->name),
        PP__TEXT_CELL(s->statement),
        PP__TEXT_CELL(s->measure),
        PP__NUMBER_CELL(s->change),
        PP__TEXT_CELL(s->unit),
        PP__NUMBER_CELL(s->from),
        PP__NUMBER_CELL(s->to),
        PP__TEXT_CELL(s->grade),
        PP__TEXT_CELL(s->because),
        PP__NUMBER_CELL(m->before),
        PP__NUMBER_CELL(m->after),
        PP__NUMBER_CELL(there ? (double)m->years_before : (double)NAN),
        PP__NUMBER_CELL(there ? (double)m->years_after : (double)NAN),
        PP__NUMBER_CELL(percent(m->change)),
        PP__NUMBER_CELL(percent(m->variation)),
        PP__NUMBER_CELL(percent(j->low)),
        PP__NUMBER_CELL(percent(j->high)),
        PP__NUMBER_CELL(-percent(-j->smallest)),
        PP__NUMBER_CELL(isnan(j->claimed) || isnan(j->smallest) ? (double)NAN
                                                                : (double)j->could_see),
        PP__TEXT_CELL(j->verdict),
        PP__TEXT_CELL(sentence.data),
        PP__TEXT_CELL(s->source),
        PP__TEXT_CELL(s->url)};
    pp_status status = pp_buf_check(&sentence, err);
    if (status == PP_OK) {
        status = pp__rows_add_cells(c->table, cells, err);
    }
    pp_buf_clear(&sentence);
    return status;
}

static pp_status begin(checker *c, const char *homicide, pp_result *result,
                       pp_error *err) {
    static const pp__column_spec specs[] = {
        {"statement_id", "Statement", PP_TEXT, 0},
        {"place", "Place", PP_TEXT, 0},
        {"country", "Country", PP_TEXT, 0},
        {"who", "Who says so", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"statement", "What is said", PP_TEXT, 0},
        {"measure", "Of what", PP_TEXT, 0},
        {"claimed_change", "Claimed", 0, 0},
        {"unit", "Unit", PP_TEXT, 0},
        {"period_from", "From", 0, PP_SHOW_YEAR},
        {"period_to", "To", 0, PP_SHOW_YEAR},
        {"grade", "Grade", PP_TEXT, 0},
        {"because", "Because", PP_TEXT, 0},
        {"before", "Homicide before", 0, 0},
        {"after", "Homicide after", 0, 0},
        {"years_before", "Figures before", 0, PP_SHOW_COUNT},
        {"years_after", "Figures after", 0, PP_SHOW_COUNT},
        {"change", "Change, %", 0, 0},
        {"variation", "Variation, %", 0, 0},
        {"change_low", "Change, lower, %", 0, 0},
        {"change_high", "Change, upper, %", 0, 0},
        {"smallest", "Fall that could be seen, %", 0, 0},
        {"could_see", "Could be seen", 0, PP_SHOW_FLAG},
        {"verdict", "Verdict", PP_TEXT, 0},
        {"sentence", "What can be told", PP_TEXT, 0},
        {"source", "Source", PP_TEXT, 0},
        {"url", "Address", PP_TEXT, 0}};
    pp_column *of[3] = {0};
    if (c->indicators) {
        PP_TRY(pp_table_require(c->indicators, "iso3", &of[0], err));
        PP_TRY(pp_table_require(c->indicators, "year", &of[1], err));
        PP_TRY(pp_table_require(c->indicators, homicide, &of[2], err));
        if (of[1]->type != PP_NUMBER || of[2]->type != PP_NUMBER) {
            PP_FAIL(err, PP_E_INPUT, "the indicators' year and '%s' are not both numbers",
                    homicide);
        }
    }
    c->country = of[0];
    c->year = of[1];
    c->value = of[2];
    return pp__rows_start(result, "claims_checked",
                          "What was said of effects, beside what is measured", specs,
                          sizeof specs / sizeof *specs, &c->table, err);
}

static pp_status check_all(checker *c, const pp_effect_claims *claims,
                           const pp_context *ctx, pp_error *err) {
    for (int64_t i = 0; i < claims->n; i++) {
        const pp__statement *s = &claims->statements[i];
        double series[YEARS];
        PP_TRY(pp_progress(ctx, "claims checked", (double)i / (double)claims->n, err));
        read_series(c, s->country, series);
        measured m = measure(series, s->from, s->to);
        judged j = judge(s, &m);
        PP_TRY(put(c, s, &m, &j, err));
    }
    return PP_OK;
}

pp_status pp_claims_checked(const pp_effect_claims *claims, const pp_table *indicators,
                            const char *homicide, const pp_context *ctx, pp_result **out,
                            pp_error *err) {
    checker c = {.indicators = indicators};
    *out = NULL;
    PP_TRY(pp_result_new("claims-checked", out, err));
    pp_status status = begin(&c, homicide, *out, err);
    if (status == PP_OK) {
        status = check_all(&c, claims, ctx, err);
    }
    if (status == PP_OK) {
        status = pp_result_set_note(
            *out, "claims_checked",
            "Statements are as their sources have them. What is measured is homicide in "
            "the whole country, before and after, against how much it varies between "
            "other spans of the same length; nothing here tells why it changed.",
            err);
    }
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}
