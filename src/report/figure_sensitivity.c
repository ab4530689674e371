/* What becomes of effects as the record is taken to miss more: tipping points, and the profile of
   misclassified outcomes. A panel an effect, zones where the conclusion is the same. */
#include "report/figure.h"

#include "base/check.h"
#include "report/renderings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 22, GAP = 26, WIDE_GAP = 76 };

/* The rows of the figure. */
typedef struct sensitivity {
    pp_column *panel, *verdict, *words;
    pp_column *share, *estimate, *low, *high, *delta, *zone_from, *zone_to, *turn, *first;
} sensitivity;

static const char *text_at(const pp_table *table, const char *column, int64_t row) {
    const char *text = pp_column_get_text(pp_table_find(table, column), row);
    return text ? text : "";
}

static double number_at(const pp_table *table, const char *column, int64_t row) {
    return pp_table_find(table, column)->number[row];
}

static pp_status open_rows(pp__draft *draft, sensitivity *s, pp_error *err) {
    const struct {
        const char *name;
        pp_column_type type;
        pp_column **column;
    } columns[] = {
        {"panel", PP_TEXT, &s->panel},           {"verdict", PP_TEXT, &s->verdict},
        {"words", PP_TEXT, &s->words},           {"share", PP_NUMBER, &s->share},
        {"estimate", PP_NUMBER, &s->estimate},   {"low", PP_NUMBER, &s->low},
        {"high", PP_NUMBER, &s->high},           {"delta", PP_NUMBER, &s->delta},
        {"zone_from", PP_NUMBER, &s->zone_from}, {"zone_to", PP_NUMBER, &s->zone_to},
        {"turn", PP_NUMBER, &s->turn},           {"first", PP_NUMBER, &s->first}};
    PP_TRY(pp_table_new(&draft->rows, err));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        PP_TRY(pp_table_add(draft->rows, columns[i].type, columns[i].name,
                            columns[i].column, err));
    }
    return PP_OK;
}

typedef struct point {
    const char *panel, *verdict;
    double share, estimate, low, high, delta;
} point;

static pp_status add_point(pp__draft *draft, sensitivity *s, const point *p,
                           pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(draft->rows, &row, err));
    PP_TRY(pp_column_set_text(draft->rows, s->panel, row, p->panel, err));
    PP_TRY(pp_column_set_text(draft->rows, s->verdict, row, p->verdict, err));
    s->share->number[row] = p->share;
    s->estimate->number[row] = p->estimate;
    s->low->number[row] = p->low;
    s->high->number[row] = p->high;
    s->delta->number[row] = p->delta;
    return PP_OK;
}

static int same(const pp_column *column, int64_t a, int64_t b) {
    const char *x = pp_column_get_text(column, a), *y = pp_column_get_text(column, b);
    return x == y || (x && y && strcmp(x, y) == 0);
}

/* ---- zones ---- */

static double percent(double share) {
    return floor(100 * share + 0.5 + 1e-9);
}

static pp_status say(pp__draft *draft, sensitivity *s, int64_t begin, int64_t end,
                     int64_t turn, const char *outside, pp_error *err) {
    const char *panel = pp_column_get_text(s->panel, begin);
    const char *now = pp_column_get_text(s->verdict, begin), *words;
    if (outside) {
        words = outside;
    } else if (turn < 0) {
        words = pp_arena_printf(&draft->arena, "%s throughout", now ? now : "none");
        pp_buf_printf(&draft->alt, " %s: %s up to %.0f%%;", panel, words,
                      100 * s->share->number[end - 1]);
    } else {
        const char *then = pp_column_get_text(s->verdict, turn);
        words = pp_arena_printf(&draft->arena, "%s,\n%s from %.0f%%", now ? now : "none",
                                then ? then : "none", percent(s->share->number[turn]));
        pp_buf_printf(&draft->alt, " %s: %s, %s from %.0f%%;", panel, now ? now : "none",
                      then ? then : "none", percent(s->share->number[turn]));
        s->turn->number[begin] = s->share->number[turn];
    }
    PP_NEED(words, err);
    return pp_column_set_text(draft->rows, s->words, begin, words, err);
}

/* The zones of one panel: its rows are in the order of their shares. `tips`: a change is told of
   as a turning point. */
static pp_status lay_zones(pp__draft *draft, sensitivity *s, int64_t begin, int64_t end,
                           int tips, pp_error *err) {
    int64_t turn = -1;
    const double *share = s->share->number;
    for (int64_t i = begin; i < end; i++) {
        s->first->number[i] = i == begin;
    }
    for (int64_t from = begin, to; from < end; from = to) {
        to = from;
        while (to < end && same(s->verdict, from, to)) {
            to++;
        }
        turn = turn < 0 && from > begin ? from : turn;
        if (pp_column_get_text(s->verdict, from)) {
            s->zone_from->number[from] =
                from > begin ? (share[from - 1] + share[from]) / 2 : share[from];
            s->zone_to->number[from] =
                to < end ? (share[to - 1] + share[to]) / 2 : share[to - 1];
        }
    }
    return say(draft, s, begin, end, turn, tips ? NULL : "", err);
}

static pp_status lay_all(pp__draft *draft, sensitivity *s, int tips, pp_error *err) {
    int64_t rows = pp_table_rows(draft->rows);
    for (int64_t begin = 0, end; begin < rows; begin = end) {
        end = begin;
        while (end < rows && same(s->panel, begin, end)) {
            end++;
        }
        PP_TRY(lay_zones(draft, s, begin, end, tips, err));
    }
    return PP_OK;
}

/* ---- what both share ---- */

static const char DOMAIN[] =
    "[\"supported\",\"contradicted\",\"negligible\",\"undetermined\",\"positive\","
    "\"negative\",\"no clear sign\",\"the data allow these rates\"]";
static const char COLORS[] =
    "[\"#0a7d5c\",\"#b3540a\",\"#6b4c9a\",\"#9aa5b1\",\"#0a7d5c\",\"#b3540a\","
    "\"#9aa5b1\",\"#0a7d5c\"]";

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How far the axis reaches on both sides of zero: to what nineteen of twenty ends of bands do not
   exceed, so that a few wide ones do not flatten all others. */
static pp_status find_reach(pp__draft *draft, const sensitivity *s, double *reach,
                            int *cut, pp_error *err) {
    int64_t rows = pp_table_rows(draft->rows);
    double *ends = pp_arena_alloc(&draft->arena, 2 * rows + 1, sizeof *ends);
    PP_NEED(ends, err);
    for (int64_t i = 0; i < rows; i++) {
        double low = fabs(s->low->number[i]), high = fabs(s->high->number[i]);
        ends[2 * i] = isfinite(low) ? low : 0;
        ends[2 * i + 1] = isfinite(high) ? high : 0;
    }
    qsort(ends, (size_t)(2 * rows), sizeof *ends, ascending);
    *reach = rows > 0 && ends[2 * rows - 1] > 0
                 ? 1.3 * ends[(int64_t)(0.95 * (double)(2 * rows - 1))]
                 : 1;
    *cut = rows > 0 && ends[2 * rows - 1] > *reach;
    return PP_OK;
}

/* `reach` 0: each panel's axis is its own. */
static pp_status fill_slots(pp__draft *draft, const char *axis_x, const char *axis,
                            double reach, pp_error *err) {
    const char *panels = pp__json_list(&draft->arena, draft->rows, "panel");
    const char *shown = pp__json_list(&draft->arena, draft->rows, "verdict");
    PP_NEED(panels && shown ? shown : NULL, err);
    pp__slot_json(draft, "panels", panels);
    pp__slot_json(draft, "shown", shown);
    pp__slot_json(draft, "verdicts", DOMAIN);
    pp__slot_json(draft, "colors", COLORS);
    pp__slot_text(draft, "axis_x", axis_x);
    pp__slot_text(draft, "axis", axis);
    pp__slot_text(draft, "resolve", reach > 0 ? "shared" : "independent");
    pp__slot_number(draft, "gap", reach > 0 ? GAP : WIDE_GAP);
    if (reach > 0) {
        pp__slot_number(draft, "lowest", -reach);
        pp__slot_number(draft, "highest", reach);
    } else {
        pp__slot_json(draft, "lowest", "null");
        pp__slot_json(draft, "highest", "null");
    }
    return PP_OK;
}

/* Headers of two lines where any is that long, so that the panels of a row stand level. */
static const char *header_of(pp__draft *draft, const char *label, int lines) {
    char *words = pp_arena_strdup(&draft->arena, label);
    const char *text =
        words ? pp__two_lines(&draft->arena, pp__capitalise(words), HEADER) : NULL;
    return text && lines == 2 && !strchr(text, '\n')
               ? pp_arena_printf(&draft->arena, "\n%s", text)
               : text;
}

static int header_lines(pp__draft *draft, const pp_table *table, const char *column) {
    int lines = 1;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        const char *text =
            pp__two_lines(&draft->arena, text_at(table, column, i), HEADER);
        lines = text && strchr(text, '\n') ? 2 : lines;
    }
    return lines;
}

/* ---- tipping points ---- */

/* The pairs where open regimes hide nothing, in the order of their shares; the coarse grid repeats
   some of them, out of order. */
static pp_status add_line(pp__draft *draft, sensitivity *s, const pp_table *table,
                          pp_error *err) {
    int lines = header_lines(draft, table, "label");
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int64_t last = pp_table_rows(draft->rows) - 1;
        double share = number_at(table, "missed_closed", i);
        const char *verdict = text_at(table, "verdict", i);
        const char *panel = header_of(draft, text_at(table, "label", i), lines);
        PP_NEED(panel, err);
        const char *before = last >= 0 ? pp_column_get_text(s->panel, last) : NULL;
        int again =
            before && strcmp(before, panel) == 0 && share <= s->share->number[last];
        if (again || number_at(table, "detection_open", i) < 1 ||
            isnan(number_at(table, "estimate", i))) {
            continue;
        }
        const point p = {panel,
                         *verdict ? verdict : NULL,
                         share,
                         100 * number_at(table, "estimate", i),
                         100 * number_at(table, "conf_low", i),
                         100 * number_at(table, "conf_high", i),
                         100 * number_at(table, "smallest_effect", i)};
        PP_TRY(add_point(draft, s, &p, err));
    }
    return PP_OK;
}

static pp_status make_tipping(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const kept[] = {
        "question", "detection_closed", "detection_open", "estimate",
        "conf_low", "conf_high",        "verdict",        NULL};
    sensitivity s;
    double reach = 1;
    int cut = 0;
    pp_buf_add(&draft->alt,
               "Effects if the record missed a share of adoptions in closed regimes.");
    PP_TRY(open_rows(draft, &s, err));
    PP_TRY(add_line(draft, &s, table, err));
    PP_TRY(lay_all(draft, &s, 1, err));
    PP_TRY(pp__select(table, kept, &draft->twin, err));
    PP_TRY(find_reach(draft, &s, &reach, &cut, err));
    draft->title = "How wrong would the record have to be?";
    draft->subtitle = "Each effect, if so many adoptions in closed regimes were missed "
                      "and none in open ones";
    draft->note = pp_arena_printf(
        &draft->arena,
        "Lines are estimates, bands 95%% intervals, of a standard deviation (of yes "
        "against no). Dotted lines: the smallest effect of interest. Colours: the "
        "verdict; a dashed line where it turns. The shares missed are assumptions.%s",
        cut ? " Bands are cut where they go beyond the axis." : "");
    PP_NEED(draft->note, err);
    return fill_slots(draft, "Adoptions missed in closed regimes",
                      draft->options->axis ? draft->options->axis : "Percentage points",
                      reach, err);
}

pp_status pp_figure_tipping(const pp_table *tipping, const pp_figure_options *options,
                            pp_figure **out, pp_error *err) {
    pp_figure_options o = *options;
    o.name = o.name ? o.name : "tipping";
    return pp__figure_make(make_tipping, "sensitivity", tipping, &o, out, err);
}

/* ---- the profile of misclassified outcomes ---- */

/* The row with the highest likelihood among those of this term and rate of false negatives. */
static int is_best(const pp_table *table, int64_t row) {
    const char *term = text_at(table, "term", row);
    double rate = number_at(table, "false_negative", row),
           loglik = number_at(table, "loglik", row);
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        double other = number_at(table, "loglik", i);
        if (number_at(table, "false_negative", i) == rate &&
            strcmp(text_at(table, "term", i), term) == 0 &&
            (other > loglik || (other == loglik && i < row))) {
            return 0;
        }
    }
    return !isnan(loglik);
}

static pp_status add_profile(pp__draft *draft, sensitivity *s, const pp_table *table,
                             const char *term, const char *panel, pp_error *err) {
    double last = -1;
    for (;;) {
        int64_t next = -1;
        for (int64_t i = 0; i < pp_table_rows(table); i++) {
            double rate = number_at(table, "false_negative", i);
            if (rate > last && strcmp(text_at(table, "term", i), term) == 0 &&
                (next < 0 || rate < number_at(table, "false_negative", next)) &&
                is_best(table, i)) {
                next = i;
            }
        }
        if (next < 0) {
            return PP_OK;
        }
        last = number_at(table, "false_negative", next);
        const point p = {
            panel,
            number_at(table, "supported", next) > 0 ? "the data allow these rates" : NULL,
            last,
            number_at(table, "estimate", next),
            number_at(table, "conf_low", next),
            number_at(table, "conf_high", next),
            NAN};
        PP_TRY(add_point(draft, s, &p, err));
    }
}

static pp_status make_profile(pp__draft *draft, const pp_table *table, pp_error *err) {
    sensitivity s;
    const char *naming = pp_table_find(table, "label") ? "label" : "term";
    int lines = header_lines(draft, table, naming);
    PP_TRY(open_rows(draft, &s, err));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        const char *term = text_at(table, "term", i);
        const char *panel = header_of(draft, text_at(table, naming, i), lines);
        PP_NEED(panel, err);
        int seen = 0;
        for (int64_t j = 0; j < i; j++) {
            seen |= strcmp(text_at(table, "term", j), term) == 0;
        }
        if (!seen) {
            PP_TRY(add_profile(draft, &s, table, term, panel, err));
        }
    }
    PP_TRY(lay_all(draft, &s, 0, err));
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    double low = 1, high = 0;
    for (int64_t i = 0; i < pp_table_rows(draft->rows); i++) {
        if (pp_column_get_text(s.verdict, i)) {
            low = fmin(low, s.share->number[i]);
            high = fmax(high, s.share->number[i]);
        }
    }
    pp_buf_printf(&draft->alt,
                  "Coefficients against the share of ones that the record misses. The "
                  "data allow %.0f%% to %.0f%%.",
                  100 * low, 100 * high);
    draft->title = "If the record misses adoptions";
    draft->subtitle = "Coefficients at each rate of false negatives";
    draft->note = "Lines are estimates, bands 95% intervals, with the rate of false "
                  "positives that fits best. Shaded: rates within the 95% region of the "
                  "likelihood. Where it is wide, the data do not tell the rates.";
    return fill_slots(draft, "Ones recorded as zeros",
                      draft->options->axis ? draft->options->axis : "Coefficient", 0,
                      err);
}

pp_status pp_figure_misclass(const pp_table *profile, const pp_figure_options *options,
                             pp_figure **out, pp_error *err) {
    pp_figure_options o = *options;
    o.name = o.name ? o.name : "misclass_profile";
    return pp__figure_make(make_profile, "sensitivity", profile, &o, out, err);
}
