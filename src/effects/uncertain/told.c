/* The tables of an estimator under several treatments of its dates. */
#include "base/check.h"
#include "effects/uncertain/drawn.h"
#include "model/impute/impute.h"
#include "model/tables.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <string.h>

typedef struct teller {
    pp__trials *w;
    const pp__dated_design *d;
    pp_result *result;
    pp_error *err;
    pp__dated_sample sample;
} teller;

static pp_status open(const teller *s, const char *name, const char *title,
                      const char *note, pp_table **out) {
    const char *full = pp_arena_printf(&s->w->arena, "%s_%s", s->d->prefix, name);
    PP_NEED(full, s->err);
    PP_TRY(pp_result_add(s->result, full, title, out, s->err));
    return note ? pp_result_set_note(s->result, full, note, s->err) : PP_OK;
}

static pp_status put(const teller *s, pp_table *table, int64_t row, const char *name,
                     pp_show show, double value) {
    return pp__put_number(table, row, name, show, value, s->err);
}

static pp_status start(const teller *s, pp_table *table, const pp__dated_table *from,
                       const pp__dated_key *key, int64_t *row) {
    PP_TRY(pp_table_append(table, row, s->err));
    return from->text ? pp__put_text(table, *row, from->text, key->text, s->err) : PP_OK;
}

/* ---- one trial ---- */

static double cell(const pp_table *t, const char *column, int64_t row) {
    const pp_column *c = pp_table_find(t, column);
    return c && row >= 0 ? c->number[row] : NAN;
}

/* As the estimator has it (row -1: missing); what its table lacks by the normal distribution. */
static pp_status put_trial(const teller *s, const pp__dated_table *from,
                           const pp_table *t, int64_t at, pp_table *table, int64_t row) {
    double z = qnorm5(0.5 + s->w->level / 2, 0, 1, 1, 0);
    double estimate = cell(t, from->estimate ? from->estimate : "estimate", at);
    double error = cell(t, "std_error", at);
    int is_whole = pp_table_find(t, "conf_low") != NULL;
    const pp__named cells[] = {
        {"estimate", 0, estimate},
        {"std_error", 0, error},
        {"conf_low", 0, is_whole ? cell(t, "conf_low", at) : estimate - z * error},
        {"conf_high", 0, is_whole ? cell(t, "conf_high", at) : estimate + z * error},
        {"p_value", PP_SHOW_P_VALUE,
         is_whole ? cell(t, "p_value", at)
                  : 2 * pnorm5(-fabs(estimate / error), 0, 1, 1, 0)},
    };
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, s->err);
}

static pp_status put_units(const teller *s, pp_table *table, int64_t row, double treated,
                           double never) {
    if (s->w->together) {
        return PP_OK;
    }
    PP_TRY(put(s, table, row, "treated", PP_SHOW_COUNT, treated));
    return put(s, table, row, "never", PP_SHOW_COUNT, never);
}

static pp_status put_rule(const teller *s, int rule, const pp__dated_key *key,
                          pp_table *table) {
    const pp__dated_table *from = &s->d->overall;
    const pp__trial *t = s->w->rule[rule];
    const pp_table *own = t && t->result ? pp_result_find(t->result, from->name) : NULL;
    int64_t row, at = own ? pp__dated_row(own, from, key) : -1;
    if (at < 0) {
        return PP_OK;
    }
    PP_TRY(start(s, table, from, key, &row));
    PP_TRY(pp__put_text(table, row, "dates", pp__dating_names[rule], s->err));
    PP_TRY(put_trial(s, from, own, at, table, row));
    return put_units(s, table, row, (double)t->units.treated, (double)t->units.never);
}

/* ---- pooled ---- */

static pp_status put_pooled(const teller *s, pp_table *table, int64_t row) {
    pp_pooled pooled = pp__dated_sample_pool(s->w, &s->sample);
    double far = pp__pooled_quantile(&pooled, s->w->level) * pooled.std_error;
    double near = pp__pooled_quantile(&pooled, 0.9) * pooled.std_error;
    const pp__named cells[] = {
        {"estimate", 0, pooled.estimate},
        {"std_error", 0, pooled.std_error},
        {"conf_low", 0, pooled.estimate - far},
        {"conf_high", 0, pooled.estimate + far},
        {"conf_low_90", 0, pooled.estimate - near},
        {"conf_high_90", 0, pooled.estimate + near},
        {"missing_information", PP_SHOW_PERCENT, pooled.fmi},
    };
    return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, s->err);
}

static pp_status put_p(const teller *s, pp_table *table, int64_t row) {
    const pp__dated_sample *x = &s->sample;
    if (s->d->overall.by_rank) {
        const pp__named cells[] = {{"p_value", PP_SHOW_P_VALUE, x->p},
                                   {"p_lowest", PP_SHOW_P_VALUE, x->p_lowest},
                                   {"p_highest", PP_SHOW_P_VALUE, x->p_highest}};
        return pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, s->err);
    }
    pp_pooled pooled = pp__dated_sample_pool(s->w, x);
    return put(s, table, row, "p_value", PP_SHOW_P_VALUE, pp__pooled_p_value(&pooled));
}

static int is_enough(const teller *s) {
    return s->sample.n >= (s->w->together ? 1 : 2);
}

static pp_status put_drawn(teller *s, const pp__dated_key *key, pp_table *table) {
    double treated = 0, never = 0;
    int64_t row;
    pp__dated_sample_take(s->w, &s->d->overall, key, &s->sample);
    if (!is_enough(s)) {
        return PP_OK;
    }
    for (int i = 0; i < s->w->n; i++) {
        treated += (double)s->w->drawn[i].units.treated / s->w->n;
        never += (double)s->w->drawn[i].units.never / s->w->n;
    }
    PP_TRY(start(s, table, &s->d->overall, key, &row));
    PP_TRY(pp__put_text(table, row, "dates", pp__dating_names[PP__DRAWN], s->err));
    PP_TRY(put_pooled(s, table, row));
    PP_TRY(put_p(s, table, row));
    PP_TRY(put(s, table, row, "lowest", 0, s->sample.lowest));
    PP_TRY(put(s, table, row, "highest", 0, s->sample.highest));
    return put_units(s, table, row, treated, never);
}

static pp_status put_overall(teller *s) {
    static const char apart[] =
        "earliest, midpoint, latest: every date at that end of its interval. drawn: "
        "dates, and whether there was a treatment at all, drawn and pooled by Rubin's "
        "rules; lowest and highest are of single draws.";
    static const char together[] =
        "earliest, midpoint, latest: treatment from there in its interval on. drawn: "
        "every period of the interval with its share, pooled by Rubin's rules as "
        "infinitely many draws would be; lowest and highest are of single periods.";
    static const char ranks[] =
        " Its p value is the mean of those of the periods (Meng 1994); p_highest holds "
        "whatever the period was (Berger and Boos 1994), and so does twice the mean "
        "(Vovk and Wang 2020).";
    pp__dated_key *key = NULL;
    pp_table *table;
    int n = 0;
    const char *note =
        pp_arena_printf(&s->w->arena, "%s%s", s->w->together ? together : apart,
                        s->d->overall.by_rank ? ranks : "");
    PP_NEED(note, s->err);
    PP_TRY(pp__dated_keys(s->w, &s->d->overall, &key, &n));
    PP_TRY(open(s, "overall", "Mean effects under several treatments of the dates", note,
                &table));
    for (int k = 0; k < n; k++) {
        for (int rule = 0; rule < PP__DRAWN; rule++) {
            PP_TRY(put_rule(s, rule, &key[k], table));
        }
        PP_TRY(put_drawn(s, &key[k], table));
    }
    return PP_OK;
}

/* Zero by definition in all of them. */
static int is_reference(const pp__dated_sample *x) {
    return !x->has_errors && x->lowest == 0 && x->highest == 0;
}

static pp_status put_dynamic(teller *s) {
    const pp__dated_table *from = &s->d->dynamic;
    pp__dated_key *key = NULL;
    pp_table *table;
    int n = 0;
    if (!from->name) {
        return PP_OK;
    }
    PP_TRY(pp__dated_keys(s->w, from, &key, &n));
    PP_TRY(
        open(s, "dynamic", "Effects by time since treatment, dates drawn", NULL, &table));
    for (int k = 0; k < n; k++) {
        int64_t row;
        pp__dated_sample_take(s->w, from, &key[k], &s->sample);
        if (!is_enough(s) || 2 * s->sample.n < s->w->n || is_reference(&s->sample)) {
            continue;
        }
        PP_TRY(start(s, table, from, &key[k], &row));
        PP_TRY(put(s, table, row, from->number, PP_SHOW_YEAR, key[k].number));
        PP_TRY(put_pooled(s, table, row));
        PP_TRY(put(s, table, row, "draws", PP_SHOW_COUNT, s->sample.n));
    }
    return PP_OK;
}

/* ---- trial by trial ---- */

static pp_status put_draw(const teller *s, int draw, pp_table *table) {
    const pp__dated_table *from = &s->d->overall;
    const pp__trial *t = &s->w->drawn[draw];
    const pp_table *own = t->result ? pp_result_find(t->result, from->name) : NULL;
    const char *estimate = from->estimate ? from->estimate : "estimate";
    for (int64_t at = 0; own && at < pp_table_rows(own); at++) {
        int64_t row;
        const pp__named cells[] = {
            {"estimate", 0, cell(own, estimate, at)},
            {"std_error", 0, cell(own, "std_error", at)},
            {"treated", PP_SHOW_COUNT, (double)t->units.treated},
            {"never", PP_SHOW_COUNT, (double)t->units.never},
            {"left_out", PP_SHOW_COUNT, (double)t->units.left_out},
        };
        PP_TRY(pp_table_append(table, &row, s->err));
        PP_TRY(put(s, table, row, "draw", PP_SHOW_COUNT, draw + 1));
        if (from->text) {
            const pp_column *text = pp_table_find(own, from->text);
            PP_TRY(pp__put_text(table, row, from->text, pp_column_get_text(text, at),
                                s->err));
        }
        PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, s->err));
    }
    return PP_OK;
}

static pp_status put_draws(const teller *s) {
    pp_table *table;
    PP_TRY(open(s, "draws", "Draw by draw", NULL, &table));
    for (int draw = 0; draw < s->w->n; draw++) {
        PP_TRY(put_draw(s, draw, table));
    }
    return PP_OK;
}

/* What the first trial that has it made of it; all have the same columns. */
static const pp_table *any_table(const teller *s) {
    const pp__trial *t = s->w->drawn;
    while (!t->result) {
        t++;
    }
    return pp_result_find(t->result, s->d->overall.name);
}

/* A period of the interval that gives nothing has its reason. */
static pp_status put_date(const teller *s, const pp__trial *t, const pp__dated_key *key,
                          pp_table *table) {
    const pp__dated_table *from = &s->d->overall;
    const pp_table *own = t->result ? pp_result_find(t->result, from->name) : NULL;
    int64_t row, at = own ? pp__dated_row(own, from, key) : -1;
    PP_TRY(start(s, table, from, key, &row));
    PP_TRY(put(s, table, row, "first", PP_SHOW_YEAR, t->first));
    PP_TRY(put(s, table, row, "share", PP_SHOW_PERCENT, t->share));
    PP_TRY(put_trial(s, from, at < 0 ? any_table(s) : own, at, table, row));
    for (const char *const *name = from->shown; name && *name; name++) {
        const pp_column *column = pp_table_find(any_table(s), *name);
        PP_TRY(
            put(s, table, row, *name, column->show, at < 0 ? NAN : cell(own, *name, at)));
    }
    return pp__put_text(table, row, "remark", at >= 0 ? NULL : t->err.message, s->err);
}

static pp_status put_dates(teller *s) {
    pp__dated_key *key = NULL;
    pp_table *table;
    int n = 0;
    PP_TRY(pp__dated_keys(s->w, &s->d->overall, &key, &n));
    PP_TRY(open(s, "dates",
                "The estimate by the period in which treatment may have begun",
                "share: of the interval of the dates; what is missing to all of it lies "
                "after the data.",
                &table));
    for (int k = 0; k < n; k++) {
        for (int i = 0; i < s->w->n; i++) {
            PP_TRY(put_date(s, &s->w->drawn[i], &key[k], table));
        }
    }
    return PP_OK;
}

/* ---- warnings ---- */

static const pp_warning *find_warning(const pp_result *result, const char *code) {
    for (int i = 0; result && i < pp_result_warnings(result); i++) {
        if (strcmp(pp_result_warning(result, i)->code, code) == 0) {
            return pp_result_warning(result, i);
        }
    }
    return NULL;
}

/* Each kind once, in the words of the first trial that has it. */
static pp_status pass_on(const teller *s, const pp_warning *one) {
    int n = 0;
    if (find_warning(s->result, one->code)) {
        return PP_OK;
    }
    for (int i = 0; i < s->w->n; i++) {
        n += find_warning(s->w->drawn[i].result, one->code) != NULL;
    }
    return pp_result_warn(s->result, one->code, one->subject, n, s->err,
                          "%s of the dates give this warning, as: %s",
                          s->w->together ? "periods" : "draws", one->message);
}

static pp_status pass_all_on(const teller *s) {
    for (int i = 0; i < s->w->n; i++) {
        const pp_result *own = s->w->drawn[i].result;
        for (int j = 0; own && j < pp_result_warnings(own); j++) {
            PP_TRY(pass_on(s, pp_result_warning(own, j)));
        }
    }
    return PP_OK;
}

static pp_status warn(const teller *s) {
    for (int rule = 0; rule < PP__DRAWN && !s->w->together; rule++) {
        const pp__trial *t = s->w->rule[rule];
        if (!t->result) {
            PP_TRY(pp_result_warn(s->result, "rule_failed", pp__dating_names[rule], -1,
                                  s->err, "%s dates give no estimate: %s",
                                  pp__dating_names[rule], t->err.message));
        }
    }
    if (s->w->failed > 0) {
        PP_TRY(pp_result_warn(s->result, "draws_failed", NULL, s->w->failed, s->err,
                              "%s of the dates give no estimate",
                              s->w->together ? "periods" : "draws"));
    }
    return pass_all_on(s);
}

pp_status pp__trials_tell(pp__trials *w, pp_result *result) {
    teller s = {.w = w, .d = w->design, .result = result, .err = w->err};
    PP_TRY(pp__dated_sample_new(w, &s.sample));
    PP_TRY(put_overall(&s));
    PP_TRY(put_dynamic(&s));
    PP_TRY(w->together ? put_dates(&s) : put_draws(&s));
    PP_TRY(warn(&s));
    return pp_result_note_number(result, "seed", (double)w->design->seed, w->err);
}
