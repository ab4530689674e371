/* Equivalence by two one-sided tests. Schuirmann (1987), J. Pharmacokinetics and
   Biopharmaceutics 15, 657-680; Rainey (2014), American J. Political Science 58. */
#define MATHLIB_STANDALONE
#include "model/inference/equivalence.h"
#include "base/check.h"
#include "model/inference/restrictions.h"
#include "model/tables.h"

#include <pushpull/inference.h>
#include <pushpull/text.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

typedef struct claim {
    int j;
    double low, high; /* in units of the coefficient */
    double sd;        /* of the variable, where bounds were of it; else missing */
} claim;

typedef struct parsing {
    const pp_fit *fit;
    const char *text, *p;
    pp_error *err;
} parsing;

static pp_status fail(const parsing *s, const char *message) {
    pp_error_set(s->err, PP_E_ARGUMENT, "%s", message);
    pp_error_locate(s->err, NULL, 0, "equivalence", NULL);
    pp_error_hint(s->err, "write 'x: 0.1', 'x: -0.1, 0.2' or 'x: 0.1 sd'");
    if (s->err) {
        s->err->position = (int)(s->p - s->text) + 1;
    }
    return PP_E_ARGUMENT;
}

static void skip_space(parsing *s) {
    s->p += strspn(s->p, " \t\n");
}

static pp_status read_bound(parsing *s, double *out) {
    char digits[64];
    skip_space(s);
    size_t n = strcspn(s->p, " \t\n,;s");
    if (n == 0 || n >= sizeof digits) {
        return fail(s, "a bound is missing");
    }
    memcpy(digits, s->p, n);
    digits[n] = '\0';
    if (!pp_parse_number(digits, out)) {
        return fail(s, "a bound must be a number");
    }
    s->p += n;
    skip_space(s);
    return PP_OK;
}

static double deviation(const pp__design *d, int j) {
    double mean = 0, squares = 0;
    for (int64_t i = 0; i < d->n; i++) {
        mean += d->x[j][i] / (double)d->n;
    }
    for (int64_t i = 0; i < d->n; i++) {
        squares += (d->x[j][i] - mean) * (d->x[j][i] - mean);
    }
    return sqrt(squares / (double)(d->n - 1));
}

/* The column's standard deviation, where bounds are for a change of one. */
static pp_status scale_bounds(parsing *s, claim *c) {
    const pp__design *d = s->fit->design;
    c->sd = NAN;
    if (strncmp(s->p, "sd", 2) == 0) {
        s->p += 2;
        if (c->j >= d->k || s->fit->equation) {
            return fail(s, "this coefficient has no variable to take the sd of");
        }
        c->sd = deviation(d, c->j);
        c->low /= c->sd;
        c->high /= c->sd;
        skip_space(s);
    }
    return PP_OK;
}

static pp_status read_claim(parsing *s, claim *c) {
    size_t length;
    skip_space(s);
    c->j = pp__coefficient_at(s->fit, s->p, &length);
    if (c->j < 0) {
        fail(s, "the model has no such coefficient");
        if (s->err) {
            s->err->code = PP_E_NOT_FOUND;
        }
        return PP_E_NOT_FOUND;
    }
    s->p += length;
    skip_space(s);
    if (*s->p != ':') {
        return fail(s, "':' and the bounds are missing");
    }
    s->p++;
    PP_TRY(read_bound(s, &c->high));
    c->low = -c->high;
    if (*s->p == ',') {
        s->p++;
        c->low = c->high;
        PP_TRY(read_bound(s, &c->high));
    }
    if (!(c->low < c->high)) {
        return fail(s, "the lower bound must be below the upper one");
    }
    PP_TRY(scale_bounds(s, c));
    return *s->p && *s->p != ';' ? fail(s, "this was not expected") : PP_OK;
}

/* ---- answers ---- */

typedef struct answer {
    double estimate, error;
    pp__equivalence test;
    const char *word;
} answer;

static double upper_tail(double t, double df) {
    return isfinite(df) ? pt(t, df, 0, 0) : pnorm5(t, 0, 1, 0, 0);
}

pp__equivalence pp__equivalence_of(double estimate, double error, double low, double high,
                                   double df, double alpha) {
    double q = isfinite(df) ? qt(1 - alpha, df, 1, 0) : qnorm5(1 - alpha, 0, 1, 1, 0);
    pp__equivalence e = {.p_low = upper_tail((estimate - low) / error, df),
                         .p_high = upper_tail((high - estimate) / error, df),
                         .p_zero = 2 * upper_tail(fabs(estimate / error), df),
                         .low = estimate - q * error,
                         .high = estimate + q * error};
    e.p_value = fmax(e.p_low, e.p_high);
    e.excluded = fmax(fabs(e.low), fabs(e.high));
    return e;
}

static answer judge(const pp_fit *fit, const claim *c) {
    double alpha = 1 - fit->options.level;
    double df = fit->df_of ? fit->df_of[c->j] : fit->df;
    answer a = {.estimate = fit->estimates[c->j],
                .error = sqrt(fit->V[c->j + (int64_t)c->j * fit->k])};
    a.test = pp__equivalence_of(a.estimate, a.error, c->low, c->high, df, alpha);
    a.word = a.test.p_value <= alpha  ? "equivalent"
             : a.test.p_zero <= alpha ? "different"
                                      : "undetermined";
    return a;
}

/* Never that there is no effect: what the data can tell, and what they cannot. */
static pp_status say(const pp_fit *fit, const claim *c, const answer *a, pp_table *table,
                     int64_t row, pp_error *err) {
    char low[32], high[32], from[32], to[32], excluded[32];
    pp_buf words;
    pp_buf_init(&words);
    pp_format_significant(a->test.low, 3, from);
    pp_format_significant(a->test.high, 3, to);
    pp_format_significant(c->low, 3, low);
    pp_format_significant(c->high, 3, high);
    pp_format_significant(a->test.excluded, 3, excluded);
    if (strcmp(a->word, "equivalent") == 0) {
        pp_buf_printf(&words,
                      "The effect lies between %s and %s: the data place it within %s to "
                      "%s%s.",
                      low, high, from, to,
                      a->test.p_zero <= 1 - fit->options.level ? ", not at zero" : "");
    } else if (a->test.low > c->high || a->test.high < c->low) {
        pp_buf_printf(&words,
                      "The effect differs from zero and lies beyond %s to %s: the data "
                      "place it within %s to %s.",
                      low, high, from, to);
    } else if (strcmp(a->word, "different") == 0) {
        pp_buf_printf(&words,
                      "The effect differs from zero; whether it lies between %s and %s "
                      "is not shown. Effects beyond ±%s are excluded.",
                      low, high, excluded);
    } else {
        pp_buf_printf(&words,
                      "There are not enough data to tell: the effect may be zero and may "
                      "lie outside %s to %s. Effects beyond ±%s are excluded.",
                      low, high, excluded);
    }
    pp_status status = pp_buf_check(&words, err);
    if (status == PP_OK) {
        status = pp__put_text(table, row, "meaning", words.data, err);
    }
    pp_buf_clear(&words);
    return status;
}

static pp_status put(const pp_fit *fit, const claim *c, pp_table *table, pp_error *err) {
    const answer a = judge(fit, c);
    const pp__named cells[] = {{"estimate", PP_SHOW_DEFAULT, a.estimate},
                               {"std_error", PP_SHOW_DEFAULT, a.error},
                               {"bound_low", PP_SHOW_DEFAULT, c->low},
                               {"bound_high", PP_SHOW_DEFAULT, c->high},
                               {"sd", PP_SHOW_DEFAULT, c->sd},
                               {"p_low", PP_SHOW_P_VALUE, a.test.p_low},
                               {"p_high", PP_SHOW_P_VALUE, a.test.p_high},
                               {"p_value", PP_SHOW_P_VALUE, a.test.p_value},
                               {"p_zero", PP_SHOW_P_VALUE, a.test.p_zero},
                               {"tost_low", PP_SHOW_DEFAULT, a.test.low},
                               {"tost_high", PP_SHOW_DEFAULT, a.test.high},
                               {"excluded", PP_SHOW_DEFAULT, a.test.excluded}};
    int64_t row;
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(pp__put_text(table, row, "term", fit->name[c->j], err));
    PP_TRY(pp__put_text(table, row, "answer", a.word, err));
    PP_TRY(pp__put_numbers(table, row, cells, sizeof cells / sizeof *cells, err));
    return say(fit, c, &a, table, row, err);
}

pp_status pp_fit_equivalence(const pp_fit *fit, const char *claims, pp_result *result,
                             pp_error *err) {
    parsing s = {.fit = fit, .text = claims, .p = claims, .err = err};
    pp_table *table = pp_result_find(result, "equivalence");
    if (!table) {
        PP_TRY(pp_result_add(result, "equivalence", "Equivalence", &table, err));
    }
    for (;; s.p++) {
        claim c;
        PP_TRY(read_claim(&s, &c));
        PP_TRY(put(fit, &c, table, err));
        if (*s.p != ';') {
            return PP_OK;
        }
    }
}
