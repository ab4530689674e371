#include "drivers/dates_tables.h"

#include "base/check.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

static double spread_of(const pp__dates_sheet *s, int rule, int64_t i) {
    const pp__dates_answer *base = &s->answer[PP__DATES_INTERVAL][i];
    return (s->answer[rule][i].estimate - base->estimate) / base->std_error;
}

static pp_status put_answer(const pp__dates_told *told, const pp__dates_sheet *s,
                            int rule, const char *name, int64_t i, pp_table *table,
                            pp_error *err) {
    const pp__dates_answer *a = &s->answer[rule][i];
    int64_t row;
    int effects = s == &told->sheet[PP__DATES_EFFECTS];
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "rule", name, err));
    PP_TRY(pp__put_text(table, row, "term", s->term[i], err));
    PP_TRY(effects ? pp__put_text(table, row, "label", s->label[i], err) : PP_OK);
    PP_TRY(effects ? pp__put_text(table, row, "contrast", s->contrast[i], err) : PP_OK);
    const pp__named cells[] = {{"estimate", PP_SHOW_DEFAULT, a->estimate},
                               {"std_error", PP_SHOW_DEFAULT, a->std_error},
                               {"conf_low", PP_SHOW_DEFAULT, a->low},
                               {"conf_high", PP_SHOW_DEFAULT, a->high},
                               {"conf_low_90", PP_SHOW_DEFAULT, a->low_90},
                               {"conf_high_90", PP_SHOW_DEFAULT, a->high_90},
                               {"events", PP_SHOW_COUNT, told->events[rule]},
                               {"units", PP_SHOW_COUNT, told->units[rule]},
                               {"spread", PP_SHOW_DEFAULT, spread_of(s, rule, i)},
                               {"fmi", PP_SHOW_PERCENT, a->fmi}};
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        if (effects || !strstr(cells[c].name, "_90")) {
            PP_TRY(pp__put_number(table, row, cells[c].name, cells[c].show,
                                  cells[c].value, err));
        }
    }
    return PP_OK;
}

static pp_status put_sheet(const pp__dates_told *told, int sheet, const char *name,
                           const char *title, const char *const *rules, pp_result *result,
                           pp_error *err) {
    const pp__dates_sheet *s = &told->sheet[sheet];
    pp_table *table;
    PP_TRY(pp_result_add(result, name, title, &table, err));
    for (int64_t i = 0; i < s->n; i++) {
        for (int r = 0; r < PP__DATE_RULES; r++) {
            if (told->fitted[r]) {
                PP_TRY(put_answer(told, s, r, rules[r], i, table, err));
            }
        }
    }
    return PP_OK;
}

/* Of one term over the rules that gave it. */
typedef struct reach {
    int lowest, highest; /* rules */
    double spread;
    int sign_changes, zero_changes;
} reach;

static reach reach_of(const pp__dates_told *told, const pp__dates_sheet *s, int64_t i) {
    reach out = {0};
    int positive = 0, away = 0, n = 0;
    for (int r = 0; r < PP__DATE_RULES; r++) {
        const pp__dates_answer *a = &s->answer[r][i];
        if (!told->fitted[r] || isnan(a->estimate)) {
            continue;
        }
        out.lowest = a->estimate < s->answer[out.lowest][i].estimate ? r : out.lowest;
        out.highest = a->estimate > s->answer[out.highest][i].estimate ? r : out.highest;
        positive += a->estimate > 0;
        away += a->low > 0 || a->high < 0;
        n++;
    }
    out.spread = spread_of(s, out.highest, i) - spread_of(s, out.lowest, i);
    out.sign_changes = positive > 0 && positive < n;
    out.zero_changes = away > 0 && away < n;
    return out;
}

static pp_status put_reach(const pp__dates_sheet *s, const reach *r, int64_t i,
                           const char *const *rules, pp_table *table, pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "term", s->term[i], err));
    PP_TRY(pp__put_text(table, row, "contrast", s->contrast[i], err));
    PP_TRY(pp__put_number(table, row, "lowest", PP_SHOW_DEFAULT,
                          s->answer[r->lowest][i].estimate, err));
    PP_TRY(pp__put_text(table, row, "lowest_rule", rules[r->lowest], err));
    PP_TRY(pp__put_number(table, row, "highest", PP_SHOW_DEFAULT,
                          s->answer[r->highest][i].estimate, err));
    PP_TRY(pp__put_text(table, row, "highest_rule", rules[r->highest], err));
    PP_TRY(pp__put_number(table, row, "spread", PP_SHOW_DEFAULT, r->spread, err));
    PP_TRY(
        pp__put_number(table, row, "sign_changes", PP_SHOW_FLAG, r->sign_changes, err));
    return pp__put_number(table, row, "zero_changes", PP_SHOW_FLAG, r->zero_changes, err);
}

/* Over all effects. */
typedef struct extent {
    int64_t most; /* the effect that moves most */
    reach widest;
    int64_t signs, zeros, told; /* change sign; change by zero; are told from it always */
    int rules;                  /* that gave estimates, beside the intervals */
} extent;

static extent extent_of(const pp__dates_told *told) {
    const pp__dates_sheet *s = &told->sheet[PP__DATES_EFFECTS];
    extent e = {.widest = {.spread = -1}};
    for (int64_t i = 0; i < s->n; i++) {
        const pp__dates_answer *base = &s->answer[PP__DATES_INTERVAL][i];
        reach r = reach_of(told, s, i);
        e.signs += r.sign_changes;
        e.zeros += r.zero_changes;
        e.told += !r.zero_changes && (base->low > 0 || base->high < 0);
        if (r.spread > e.widest.spread) {
            e.widest = r;
            e.most = i;
        }
    }
    for (int r = PP__DATES_INTERVAL + 1; r < PP__DATE_RULES; r++) {
        e.rules += told->fitted[r];
    }
    return e;
}

static void say_verdict(const extent *e, int64_t n, pp_buf *text) {
    if (e->zeros > 0) {
        pp_buf_printf(
            text,
            "For %lld of %lld effects, whether it can be told from zero hangs on "
            "how the dates are treated. ",
            (long long)e->zeros, (long long)n);
        return;
    }
    pp_buf_add(text, e->widest.spread > 1
                         ? "The size of effects hangs on how the dates are treated. "
                         : "Little hangs on how the dates are treated. ");
    pp_buf_printf(text,
                  "Under every treatment the same %lld of %lld effects can be told from "
                  "zero. ",
                  (long long)e->told, (long long)n);
}

static void say_widest(const pp__dates_told *told, const extent *e,
                       const char *const *rules, pp_buf *text) {
    const pp__dates_sheet *s = &told->sheet[PP__DATES_EFFECTS];
    const reach *r = &e->widest;
    char low[32], high[32], spread[32];
    pp_format_significant(s->answer[r->lowest][e->most].estimate, 2, low);
    pp_format_significant(s->answer[r->highest][e->most].estimate, 2, high);
    pp_format_fixed(r->spread, 1, spread);
    pp_buf_printf(text,
                  "What moves most is %s: from %s (%s) to %s (%s), %s standard errors of "
                  "the interval model. %lld of %lld effects change sign.",
                  s->label[e->most] ? s->label[e->most] : s->term[e->most], low,
                  rules[r->lowest], high, rules[r->highest], spread, (long long)e->signs,
                  (long long)s->n);
    if (told->left > 0) {
        pp_buf_printf(text,
                      " The earliest date and the middle are not known of %lld units, "
                      "which these two leave out: part of what moves is the sample.",
                      (long long)told->left);
    }
}

static pp_status say(const pp__dates_told *told, const char *const *rules,
                     pp_result *result, pp_error *err) {
    extent e = extent_of(told);
    pp_buf text;
    pp_buf_init(&text);
    if (e.rules > 0) {
        say_verdict(&e, told->sheet[PP__DATES_EFFECTS].n, &text);
        say_widest(told, &e, rules, &text);
    } else {
        pp_buf_add(&text,
                   "No other treatment of the dates gave estimates: how much hangs "
                   "on them cannot be told.");
    }
    pp_status status = pp_buf_check(&text, err);
    if (status == PP_OK) {
        status = pp_result_set_note(result, "dates_spread", text.data, err);
    }
    pp_buf_clear(&text);
    return status;
}

pp_status pp__dates_put_tables(const pp__dates_told *told, const char *const *rules,
                               pp_result *result, pp_error *err) {
    const pp__dates_sheet *s = &told->sheet[PP__DATES_EFFECTS];
    pp_table *table;
    PP_TRY(put_sheet(told, PP__DATES_EFFECTS, "dates",
                     "Effects by the treatment of dates", rules, result, err));
    PP_TRY(pp_result_set_note(
        result, "dates",
        "Average marginal effects on the yearly probability: of one standard deviation, "
        "or "
        "of one category against another. Spread: from the interval model's estimate, in "
        "its standard errors.",
        err));
    PP_TRY(pp_result_add(result, "dates_spread", "How much hangs on the dates", &table,
                         err));
    for (int64_t i = 0; i < s->n; i++) {
        reach r = reach_of(told, s, i);
        PP_TRY(put_reach(s, &r, i, rules, table, err));
    }
    PP_TRY(s->n > 0 ? say(told, rules, result, err) : PP_OK);
    return put_sheet(told, PP__DATES_COEFFICIENTS, "dates_coefficients",
                     "Coefficients by the treatment of dates", rules, result, err);
}
