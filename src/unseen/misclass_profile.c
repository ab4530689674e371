#define MATHLIB_STANDALONE
#include "unseen/misclass_profile.h"

#include "base/check.h"
#include "base/parallel.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <Rmath.h>
#include <math.h>
#include <string.h>

enum { MISSED_STEPS = 12, FALSE_STEPS = 5, PART = 24 };
static const double MOST_MISSED = 0.6, LEVEL = 0.95;

typedef struct cell {
    double rate[PP__RATES], loglik;
    double *estimate, *error; /* by focal term */
    int supported;
    pp_status status;
    pp_error err;
} cell;

typedef struct grid {
    const pp__misclass_base *base;
    const pp_fit *fit;
    const pp_context *ctx;
    cell *cell;
    int64_t n, done; /* done: cells before the part at hand */
    double value[PP__RATES][64];
    int steps[PP__RATES];
    int *focus, n_focus; /* columns of the design */
    double best;         /* the highest likelihood seen */
    pp_arena arena;
    pp_result *result;
    pp_error *err;
} grid;

/* What the region of the likelihood says of one term. */
typedef struct region {
    double rate_low[PP__RATES], rate_high[PP__RATES];
    double low, high, conf_low, conf_high, share;
    int flat;
} region;

/* ---- the grid ---- */

/* A step of one, two or five times a power of ten, not above x > 0. */
static double round_step(double x) {
    double unit = pow(10, floor(log10(fmax(x, 1e-12))));
    return x >= 5 * unit ? 5 * unit : x >= 2 * unit ? 2 * unit : unit;
}

/* False positives can be no more than the ones there are. */
static void lay_steps(grid *g, const pp_misclass_options *o) {
    const pp__design *d = g->base->fit->design;
    double ones = 0, most = o->profile_most > 0 ? o->profile_most : MOST_MISSED;
    for (int64_t i = 0; i < d->n; i++) {
        ones += d->with.y[i] / (double)d->n;
    }
    double step[PP__RATES] = {round_step(0.95 * ones / FALSE_STEPS), most / MISSED_STEPS};
    int steps[PP__RATES] = {FALSE_STEPS, MISSED_STEPS};
    for (int r = 0; r < PP__RATES; r++) {
        int known = g->base->spec.rate[r].m == 0;
        g->steps[r] = known ? 1 : steps[r] + 1;
        for (int i = 0; i < g->steps[r]; i++) {
            g->value[r][i] =
                known ? g->base->spec.rate[r].known : round(1e9 * step[r] * i) / 1e9;
        }
    }
}

static int names_term(const char *list, const char *term) {
    size_t length = strlen(term);
    for (const char *p = list; *p;) {
        p += strspn(p, ", ");
        size_t n = strcspn(p, ",");
        size_t trimmed = n;
        while (trimmed > 0 && p[trimmed - 1] == ' ') {
            trimmed--;
        }
        if (trimmed == length && strncmp(p, term, length) == 0) {
            return 1;
        }
        p += n;
    }
    return 0;
}

static pp_status find_focus(grid *g, const char *wanted) {
    const pp_fit *base = g->base->fit;
    g->focus = pp_arena_alloc(&g->arena, base->k, sizeof *g->focus);
    PP_NEED(g->focus, g->err);
    for (int j = 0; j < base->k; j++) {
        if (wanted ? names_term(wanted, base->name[j])
                   : !(base->design->intercept && j == 0)) {
            g->focus[g->n_focus++] = j;
        }
    }
    if (g->n_focus > 0 || !wanted) {
        return PP_OK;
    }
    pp_error_set(g->err, PP_E_NOT_FOUND, "no coefficient is called '%s'", wanted);
    pp_error_locate(g->err, NULL, 0, "focus", wanted);
    pp_error_hint(g->err, "one of the terms, such as %s", base->name[base->k - 1]);
    return PP_E_NOT_FOUND;
}

static pp_status prepare(grid *g, const pp_misclass_options *o) {
    lay_steps(g, o);
    PP_TRY(find_focus(g, o->focus));
    g->n = (int64_t)g->steps[0] * g->steps[1];
    g->cell = pp_arena_zalloc(&g->arena, g->n, sizeof *g->cell);
    double *space = pp_arena_alloc(&g->arena, 2 * g->n * g->n_focus, sizeof *space);
    PP_NEED(g->cell && space ? space : NULL, g->err);
    for (int64_t c = 0; c < g->n; c++) {
        g->cell[c].rate[0] = g->value[0][c / g->steps[1]];
        g->cell[c].rate[1] = g->value[1][c % g->steps[1]];
        g->cell[c].estimate = space + 2 * c * g->n_focus;
        g->cell[c].error = g->cell[c].estimate + g->n_focus;
    }
    return PP_OK;
}

/* The fit with the rates of the cell known. A cell without estimates stays missing. */
static void visit(void *payload, int64_t part) {
    grid *g = payload;
    cell *c = &g->cell[g->done + part];
    pp__misclass_spec spec = {.rate = {{.known = c->rate[0]}, {.known = c->rate[1]}}};
    pp_fit *fit = NULL;
    c->loglik = NAN;
    c->status = pp__misclass_fit(g->base->fit, &spec, NULL, &fit, &c->err);
    int found = c->status == PP_OK && fit->converged;
    if (found) {
        c->loglik = fit->loglik;
    }
    for (int j = 0; j < g->n_focus; j++) {
        int64_t at = g->focus[j];
        c->estimate[j] = found ? fit->estimates[at] : NAN;
        c->error[j] = found ? sqrt(fit->V[at + at * fit->k]) : NAN;
    }
    pp_fit_free(fit);
}

static pp_status visit_all(grid *g) {
    for (g->done = 0; g->done < g->n; g->done += PART) {
        double share = (double)g->done / (double)g->n;
        int64_t left = g->n - g->done;
        PP_TRY(pp_progress(g->ctx, "profile", share, g->err));
        pp__parallel(g->ctx, left < PART ? left : PART, visit, g);
    }
    g->best = -INFINITY;
    int constant = g->base->rates == NULL && g->fit->converged;
    if (constant) {
        g->best = g->fit->loglik;
    }
    for (int64_t c = 0; c < g->n; c++) {
        if (g->cell[c].status != PP_OK && g->cell[c].status != PP_E_ESTIMATION) {
            if (g->err) {
                *g->err = g->cell[c].err;
            }
            return g->cell[c].status;
        }
        g->best = fmax(g->best, isnan(g->cell[c].loglik) ? -INFINITY : g->cell[c].loglik);
    }
    int df = (g->steps[0] > 1) + (g->steps[1] > 1);
    double drop = df > 0 ? qchisq(LEVEL, df, 1, 0) / 2 : 1e-9;
    for (int64_t c = 0; c < g->n; c++) {
        g->cell[c].supported = g->best - g->cell[c].loglik <= drop;
    }
    return PP_OK;
}

/* ---- what it says ---- */

static region region_of(const grid *g, int j) {
    region r = {{INFINITY, INFINITY},
                {-INFINITY, -INFINITY},
                INFINITY,
                -INFINITY,
                INFINITY,
                -INFINITY,
                0,
                0};
    double z = qnorm5(0.5 + g->fit->options.level / 2, 0, 1, 1, 0);
    for (int64_t i = 0; i < g->n; i++) {
        const cell *c = &g->cell[i];
        if (c->supported) {
            for (int k = 0; k < PP__RATES; k++) {
                r.rate_low[k] = fmin(r.rate_low[k], c->rate[k]);
                r.rate_high[k] = fmax(r.rate_high[k], c->rate[k]);
            }
            r.low = fmin(r.low, c->estimate[j]);
            r.high = fmax(r.high, c->estimate[j]);
            r.conf_low = fmin(r.conf_low, c->estimate[j] - z * c->error[j]);
            r.conf_high = fmax(r.conf_high, c->estimate[j] + z * c->error[j]);
            r.share += 1 / (double)g->n;
        }
    }
    for (int k = 0; k < PP__RATES; k++) {
        double most = g->value[k][g->steps[k] - 1];
        double width = r.rate_high[k] - r.rate_low[k];
        int missed = k == PP__FALSE_NEGATIVE;
        r.flat |= g->steps[k] > 1 &&
                  (width >= 0.5 * most || (missed && r.rate_high[k] >= most));
    }
    return r;
}

static pp_status put_verdict(grid *g, pp_table *table, int64_t row, const region *r) {
    pp_buf words;
    pp_buf_init(&words);
    if (!isfinite(r->low)) {
        pp_buf_add(&words, "no pair of rates on the grid is within the 95% region of the "
                           "likelihood; refine the grid");
    } else {
        int same = r->low > 0 || r->high<0, sure = r->conf_low> 0 || r->conf_high < 0;
        pp_buf_printf(&words, "%s; ",
                      r->flat ? "the likelihood is flat: it hardly tells the rates apart"
                              : "the likelihood tells the rates apart on this grid");
        pp_buf_printf(&words, "over the pairs that the data allow the coefficient %s",
                      sure   ? "keeps its sign, and so do its intervals"
                      : same ? "keeps its sign, but some intervals hold zero"
                             : "changes its sign");
    }
    pp_status status = pp_buf_check(&words, g->err);
    if (status == PP_OK) {
        status = pp__put_text(table, row, "verdict", words.data, g->err);
    }
    pp_buf_clear(&words);
    return status;
}

static pp_status put_support(grid *g, region *first) {
    pp_table *table;
    PP_TRY(pp_result_add(g->result, "misclass_support",
                         "What the data allow: error rates and coefficients", &table,
                         g->err));
    PP_TRY(pp_table_resize(table, g->n_focus, g->err));
    for (int j = 0; j < g->n_focus; j++) {
        region r = region_of(g, j);
        if (j == 0) {
            *first = r;
        }
        const pp__named facts[] = {
            {"false_positive_low", PP_SHOW_DEFAULT, r.rate_low[0]},
            {"false_positive_high", PP_SHOW_DEFAULT, r.rate_high[0]},
            {"false_negative_low", PP_SHOW_DEFAULT, r.rate_low[1]},
            {"false_negative_high", PP_SHOW_DEFAULT, r.rate_high[1]},
            {"estimate_low", PP_SHOW_DEFAULT, r.low},
            {"estimate_high", PP_SHOW_DEFAULT, r.high},
            {"conf_low", PP_SHOW_DEFAULT, r.conf_low},
            {"conf_high", PP_SHOW_DEFAULT, r.conf_high},
            {"share", PP_SHOW_PERCENT, r.share},
            {"flat", PP_SHOW_FLAG, r.flat}};
        PP_TRY(pp__put_text(table, j, "term", g->base->fit->name[g->focus[j]], g->err));
        for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
            double value = isfinite(facts[i].value) ? facts[i].value : NAN;
            PP_TRY(pp__put_number(table, j, facts[i].name, facts[i].show, value, g->err));
        }
        PP_TRY(put_verdict(g, table, j, &r));
    }
    return pp_result_set_note(
        g->result, "misclass_support",
        "Over the pairs of rates, the same in all rows, that are within the 95% region "
        "of "
        "the likelihood ratio. The form of the link alone tells rates apart: where the "
        "record's errors are known from elsewhere, give them.",
        g->err);
}

static pp_status warn_flat(grid *g, const region *r) {
    if (!r->flat) {
        return PP_OK;
    }
    return pp_result_warn(
        g->result, "flat_profile", NULL, -1, g->err,
        "the data hardly tell the error rates: false negatives from %.2g to %.2g%s and "
        "false positives from %.2g to %.2g fit about as well; read the profile, not the "
        "optimum",
        r->rate_low[1], r->rate_high[1],
        r->rate_high[1] >= g->value[1][g->steps[1] - 1] && g->steps[1] > 1
            ? " (the end of the grid)"
            : "",
        r->rate_low[0], r->rate_high[0]);
}

static pp_status put_cell(grid *g, pp_table *table, const cell *c, int j, int64_t row) {
    double z = qnorm5(0.5 + g->fit->options.level / 2, 0, 1, 1, 0);
    const pp__named facts[] = {
        {"false_positive", PP_SHOW_DEFAULT, c->rate[0]},
        {"false_negative", PP_SHOW_DEFAULT, c->rate[1]},
        {"loglik", PP_SHOW_DEFAULT, c->loglik},
        {"loss", PP_SHOW_DEFAULT, fmax(g->best - c->loglik, 0)},
        {"supported", PP_SHOW_FLAG, c->supported},
        {"estimate", PP_SHOW_DEFAULT, c->estimate[j]},
        {"std_error", PP_SHOW_DEFAULT, c->error[j]},
        {"conf_low", PP_SHOW_DEFAULT, c->estimate[j] - z * c->error[j]},
        {"conf_high", PP_SHOW_DEFAULT, c->estimate[j] + z * c->error[j]}};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        double value = isnan(c->loglik) && i >= 2 && i != 4 ? NAN : facts[i].value;
        PP_TRY(pp__put_number(table, row, facts[i].name, facts[i].show, value, g->err));
    }
    return pp__put_text(table, row, "term", g->base->fit->name[g->focus[j]], g->err);
}

static pp_status put_profile(grid *g) {
    pp_table *table;
    PP_TRY(pp_result_add(g->result, "misclass_profile",
                         "Estimates at fixed rates of errors", &table, g->err));
    PP_TRY(pp_table_resize(table, g->n * g->n_focus, g->err));
    for (int64_t c = 0, row = 0; c < g->n; c++) {
        for (int j = 0; j < g->n_focus; j++, row++) {
            PP_TRY(put_cell(g, table, &g->cell[c], j, row));
        }
    }
    return PP_OK;
}

pp_status pp__misclass_profile(const pp__misclass_base *base, const pp_fit *fit,
                               const pp_misclass_options *options, const pp_context *ctx,
                               pp_result *result, pp_error *err) {
    grid *g = pp_calloc(1, sizeof *g);
    region first = {0};
    PP_NEED(g, err);
    g->base = base;
    g->fit = fit;
    g->ctx = ctx;
    g->result = result;
    g->err = err;
    pp_arena_init(&g->arena);
    pp_status status = prepare(g, options);
    if (status == PP_OK) {
        status = visit_all(g);
    }
    if (status == PP_OK) {
        status = put_support(g, &first);
    }
    if (status == PP_OK) {
        status = warn_flat(g, &first);
    }
    if (status == PP_OK) {
        status = put_profile(g);
    }
    pp_arena_clear(&g->arena);
    pp_free(g);
    return status;
}
