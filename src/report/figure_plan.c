/* A plan: what other budgets would reduce, and which choices stay in the best plan. */
#include "report/figure.h"

#include "base/check.h"
#include "report/lines.h"
#include "report/renderings.h"

#include <math.h>
#include <string.h>

enum { MOST = 34, WIDE = 92 };

static const double ALSO =
    0.25; /* shown, although not chosen, when best in so many draws */

static double at(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(table, column);
    return c->type == PP_NUMBER ? c->number[row] : NAN;
}

static const char *text_at(const pp_table *table, const char *column, int64_t row) {
    const char *text = pp_column_get_text(pp_table_find(table, column), row);
    return text ? text : "";
}

static pp_status require(const pp_table *table, const char *const *columns,
                         pp_error *err) {
    pp_column *column;
    for (; *columns; columns++) {
        PP_TRY(pp_table_require(table, *columns, &column, err));
    }
    return PP_OK;
}

/* "2.5 million US dollars", "40 thousand US dollars" */
static const char *money(pp__draft *draft, double amount, const char *unit) {
    const char *size = amount >= 1e9   ? " billion"
                       : amount >= 1e6 ? " million"
                       : amount >= 1e4 ? " thousand"
                                       : "";
    double by = amount >= 1e9 ? 1e9 : amount >= 1e6 ? 1e6 : amount >= 1e4 ? 1e3 : 1;
    return pp_arena_printf(&draft->arena, "%.4g%s%s%s", amount / by, size,
                           unit ? " " : "", unit ? unit : "");
}

static void add_lines(pp_buf *json, const char *text) {
    const char *rest = text;
    while (*rest) {
        char line[WIDE * 4 + 1];
        text = rest;
        size_t bytes = pp__first_line(text, WIDE, &rest);
        bytes = bytes < sizeof line - 1 ? bytes : sizeof line - 1;
        memcpy(line, text, bytes);
        line[bytes] = '\0';
        pp_buf_add(json, json->length > 1 ? "," : "");
        pp__add_json_string(json, line);
    }
}

/* The lines under the title; while ranges are placeholders the first says so, and so does the text. */
static pp_status say(pp__draft *draft, const pp_table *table, const char *words,
                     pp_error *err) {
    const char *placeholder = pp_table_find(table, "reduction")->source;
    pp_buf json;
    pp_buf_init(&json);
    pp_buf_add_char(&json, '[');
    if (placeholder) {
        add_lines(&json, placeholder);
        pp_buf_printf(&draft->alt, "%s ", placeholder);
    }
    add_lines(&json, draft->options->subtitle ? draft->options->subtitle : words);
    pp_buf_add_char(&json, ']');
    pp_status status = pp_buf_check(&json, err);
    const char *kept = status == PP_OK ? pp_arena_strdup(&draft->arena, json.data) : NULL;
    pp_buf_clear(&json);
    PP_TRY(status);
    PP_NEED(kept, err);
    pp__slot_json(draft, "lines", kept);
    return PP_OK;
}

/* ---- other budgets ---- */

static int64_t asked_row(const pp_table *table) {
    int64_t row = pp_table_rows(table) - 1;
    while (row > 0 && at(table, "asked", row) != 1) {
        row--;
    }
    return row;
}

static pp_status describe_budget(pp__draft *draft, const pp_table *table, int64_t asked,
                                 pp_error *err) {
    const char *unit = pp_table_find(table, "budget")->unit;
    double budget = at(table, "budget", asked), price = at(table, "shadow_price", asked);
    double more = pow(10, floor(log10(budget)) - 1);
    const char *words = money(draft, budget, unit), *step = money(draft, more, unit);
    PP_NEED(words && step ? words : NULL, err);
    const char *text = pp_arena_printf(
        &draft->arena,
        "%s would reduce the objective by %.3g (%.3g to %.3g); a further %s, "
        "by about %.2g more",
        words, at(table, "reduction", asked), at(table, "low", asked),
        at(table, "high", asked), step, price * more);
    PP_NEED(text, err);
    PP_TRY(say(draft, table, text, err));
    pp_buf_printf(&draft->alt,
                  "A line with its band, expected reduction against budget. "
                  "%s.",
                  text);
    int64_t last = pp_table_rows(table) - 1;
    if (last > asked) {
        const char *end = money(draft, at(table, "budget", last), unit);
        PP_NEED(end, err);
        pp_buf_printf(&draft->alt, " With %s: %.3g.", end, at(table, "reduction", last));
    }
    return PP_OK;
}

static pp_status make_budget(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const drawn[] = {"budget", "reduction", "low",          "high",
                                        "bound",  "asked",     "shadow_price", NULL};
    PP_TRY(require(table, drawn, err));
    PP_TRY(pp__select(table, drawn, &draft->rows, err));
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    PP_TRY(describe_budget(draft, table, asked_row(table), err));
    const char *unit = pp_table_find(table, "budget")->unit;
    const char *axis =
        unit ? pp_arena_printf(&draft->arena, "Budget, %s", unit) : "Budget";
    PP_NEED(axis, err);
    draft->title = "What other budgets would reduce";
    draft->note =
        "Line: the best plan for each budget at expected costs and effects; band: 95% of "
        "the draws of effects and of uncertain facts; dashed: what no plan for that "
        "money can exceed. The ring is the budget of the plan, the short line through it "
        "the "
        "shadow price of money. Costs and effects are assumptions and no findings.";
    pp__slot_text(draft, "budget_axis", axis);
    pp__slot_text(draft, "axis",
                  draft->options->axis ? draft->options->axis
                                       : "Expected reduction of the objective");
    return PP_OK;
}

pp_status pp_figure_plan_budget(const pp_table *budgets, const pp_figure_options *options,
                                pp_figure **out, pp_error *err) {
    return pp__figure_make(make_budget, "plan_budget", budgets, options, out, err);
}

/* ---- choices ---- */

static const char *const numbers[] = {"cost", "cost_low", "cost_high", "reduction",
                                      "low",  "high",     "chosen",    "share"};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static pp_status open_rows(pp__draft *draft, pp_error *err) {
    static const char *const texts[] = {"label", "title"};
    PP_TRY(pp_table_new(&draft->rows, err));
    for (int k = 0; k < 2; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_TEXT, texts[k], NULL, err));
    }
    for (int k = 0; k < NUMBERS; k++) {
        PP_TRY(pp_table_add(draft->rows, PP_NUMBER, numbers[k], NULL, err));
    }
    return PP_OK;
}

static pp_status add_choice(pp__draft *draft, const pp_table *table, int64_t from,
                            pp_error *err) {
    pp_table *rows = draft->rows;
    const char *words = pp__words(&draft->arena, text_at(table, "action", from));
    const char *name = text_at(table, "name", from);
    int64_t row;
    PP_NEED(words, err);
    name = *name ? name : text_at(table, "place_id", from);
    int bear = 0;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        bear += strcmp(text_at(table, "name", i), name) == 0 &&
                strcmp(text_at(table, "action", i), text_at(table, "action", from)) == 0;
    }
    const char *label = bear > 1
                            ? pp_arena_printf(&draft->arena, "%s (%s): %s", name,
                                              text_at(table, "place_id", from), words)
                            : pp_arena_printf(&draft->arena, "%s: %s", name, words);
    PP_NEED(label, err);
    PP_TRY(pp_table_append(rows, &row, err));
    PP_TRY(pp_column_set_text(rows, pp_table_find(rows, "label"), row, label, err));
    PP_TRY(pp_column_set_text(rows, pp_table_find(rows, "title"), row,
                              text_at(table, "title", from), err));
    for (int k = 0; k < NUMBERS; k++) {
        pp_table_find(rows, numbers[k])->number[row] = at(table, numbers[k], from);
    }
    return PP_OK;
}

/* The format of reductions: two figures of the largest. */
static const char *digits_of(pp__draft *draft, const pp_table *table) {
    double largest = 0;
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        largest = fmax(largest, at(table, "reduction", i));
    }
    int places = largest > 0 ? (int)(1 - floor(log10(largest))) : 0;
    places = places < 0 ? 0 : places > 9 ? 9 : places;
    return pp_arena_printf(&draft->arena, ",.%df", places);
}

static pp_status make_choices(pp__draft *draft, const pp_table *table, pp_error *err) {
    static const char *const needed[] = {
        "place_id",  "name", "action", "title",  "cost",  "cost_low", "cost_high",
        "reduction", "low",  "high",   "chosen", "share", NULL};
    int64_t chosen = 0, often = 0, n = 0;
    PP_TRY(require(table, needed, err));
    PP_TRY(open_rows(draft, err));
    for (int64_t i = 0; i < pp_table_rows(table); i++) {
        int own = at(table, "chosen", i) == 1;
        chosen += own;
        often += own && at(table, "share", i) >= 0.5;
        if (n < MOST && (own || at(table, "share", i) >= ALSO)) {
            PP_TRY(add_choice(draft, table, i, err));
            n++;
        }
    }
    const char *unit = pp_table_find(table, "cost")->unit;
    const char *digits = digits_of(draft, table);
    const char *text = pp_arena_printf(
        &draft->arena,
        "%lld of %lld chosen are in the best plan of at least half of the draws. Beside "
        "the bars: reduction with 95%% of its draws; cost%s%s",
        (long long)often, (long long)chosen, unit ? ", " : "", unit ? unit : "");
    PP_NEED(text && digits ? text : NULL, err);
    PP_TRY(say(draft, table, text, err));
    pp_buf_printf(
        &draft->alt,
        "Bars for %lld choices of places and actions: in how many draws each is "
        "in the best plan. %s.",
        (long long)n, text);
    const char *labels = pp__json_list(&draft->arena, draft->rows, "label");
    PP_NEED(labels, err);
    PP_TRY(pp_table_copy(table, &draft->twin, err));
    draft->title = "Which choices stay in the best plan";
    draft->note =
        "Bars: the share of draws of costs, effects and uncertain facts in which the "
        "choice is in the best plan; blue: chosen at expected costs and effects; grey: "
        "not chosen, and in the best plan of at least a quarter of the draws. Beside "
        "them: the reduction with 95% of its draws, and the range of the cost. What is "
        "chosen and seldom stays is a toss-up with others. Effects are assumptions and "
        "no findings.";
    pp__slot_text(draft, "digits", digits);
    pp__slot_json(draft, "labels", labels);
    pp__slot_text(draft, "axis",
                  draft->options->axis
                      ? draft->options->axis
                      : "Share of draws in which it is in the best plan");
    return PP_OK;
}

pp_status pp_figure_plan(const pp_table *choices, const pp_figure_options *options,
                         pp_figure **out, pp_error *err) {
    return pp__figure_make(make_choices, "plan", choices, options, out, err);
}
