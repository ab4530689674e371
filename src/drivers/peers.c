/* Exposures to peers that adopted before, in the model and in what it leaves unexplained. */
#include <pushpull/peers.h>

#include "base/check.h"
#include "drivers/carries.h"
#include "drivers/peers_links.h"
#include "drivers/peers_residuals.h"
#include "drivers/peers_tables.h"
#include "model/after/newdata.h"
#include "model/estimator.h"
#include "model/tables.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

enum { MOST_EXPOSURES = 16, PERMUTATIONS = 999, MOST_PERMUTATIONS = 1000000 };

typedef struct work {
    const char *formula;
    const pp_model_options *model;
    const pp_peers_options *options;
    const pp_context *ctx;
    pp__world world;
    pp__peering peering[MOST_EXPOSURES];
    const char *name[MOST_EXPOSURES];
    pp__links mean[MOST_EXPOSURES]; /* between the data's units, over periods */
    int modes;      /* of dates: latest, and expected unless all are exact */
    pp_table *data; /* with exposures */
    pp_fit *fit;    /* without them */
    pp__peers_told told;
    pp_arena arena;
    pp_result *result;
    pp_error *err;
} work;

/* ---- before work begins ---- */

static pp_status bad_option(work *w, const char *option, const char *value,
                            const char *message) {
    pp_error_set(w->err, PP_E_ARGUMENT, "%s", message);
    pp_error_locate(w->err, NULL, 0, option, value);
    return PP_E_ARGUMENT;
}

static int is_name(const char *text) {
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return *text && strspn(text, LETTERS) == strlen(text);
}

static pp_status check_options(work *w) {
    const pp_peers_options *o = w->options;
    const char *residual = o->residual;
    if (o->n_exposures < 1 || o->n_exposures > MOST_EXPOSURES) {
        return bad_option(w, "exposures", NULL, "name between 1 and 16 exposures");
    }
    if (o->permutations < 0 || o->permutations > MOST_PERMUTATIONS) {
        return bad_option(w, "permutations", NULL,
                          "permutations are a number up to 1000000");
    }
    if (residual && strcmp(residual, "deviance") != 0 &&
        strcmp(residual, "pearson") != 0) {
        return bad_option(w, "residual", residual,
                          "there are the residuals deviance and pearson");
    }
    for (int x = 0; x < o->n_exposures; x++) {
        const pp_peer_exposure *e = &o->exposures[x];
        w->name[x] = e->name ? e->name : e->kind;
        if (!is_name(w->name[x])) {
            return bad_option(w, "exposures", w->name[x],
                              "a name has letters, digits and _ only");
        }
        for (int y = 0; y < x; y++) {
            if (strcmp(w->name[x], w->name[y]) == 0) {
                return bad_option(w, "exposures", w->name[x],
                                  "two exposures have one name");
            }
        }
    }
    return PP_OK;
}

/* Residuals and effects on a probability are wanted. */
static pp_status check_model(work *w) {
    const pp_estimator *e = w->fit->estimator;
    if (e->outcome == PP__INTERVAL || (e->family && e->family->binary)) {
        return PP_OK;
    }
    pp_error_set(w->err, PP_E_UNSUPPORTED, "peers are not for model '%s'",
                 w->fit->options.model);
    pp_error_locate(w->err, NULL, 0, "model", w->fit->options.model);
    pp_error_hint(w->err, "take hazard, logit, probit or cloglog");
    return PP_E_UNSUPPORTED;
}

/* ---- exposures ---- */

static const char *const MODES[] = {"latest", "expected"};

static const char *column_name(work *w, int x, int mode) {
    return pp_arena_printf(&w->arena, mode ? "peers_%s_%s" : "peers_%s", w->name[x],
                           MODES[mode]);
}

/* The weighted share of peers that had adopted by `time`. */
static double expose(const pp__world *w, const pp__links *links, int32_t i, double time,
                     int expected) {
    double sum = 0;
    for (int64_t e = links->begin[i]; e < links->begin[i + 1]; e++) {
        sum += links->weight[e] * pp__world_adopted(w, links->to[e], time, expected);
    }
    return sum;
}

static void fill_period(work *w, int x, int32_t period, const pp__links *links,
                        double *const column[2], int32_t *alone) {
    const pp__world *world = &w->world;
    for (int32_t i = 0; i < world->own; i++) {
        int64_t row = world->row[(int64_t)i * world->periods + period];
        if (row < 0 || !pp__peering_knows(&w->peering[x], i, period)) {
            continue;
        }
        for (int mode = 0; mode < w->modes; mode++) {
            column[mode][row] = expose(world, links, i, world->time[period] - 1, mode);
        }
        alone[i] += links->begin[i] == links->begin[i + 1];
    }
}

/* Adds the period's links to their sum over periods. */
static pp_status add_links(work *w, int x, const pp__links *links) {
    pp__links sum;
    if (!w->mean[x].begin) {
        PP_TRY(pp__links_init(&w->mean[x], w->world.own, w->err));
    }
    pp_status status = pp__links_sum(&w->mean[x], links, &sum, w->err);
    if (status != PP_OK) {
        pp__links_clear(&sum);
        return status;
    }
    pp__links_clear(&w->mean[x]);
    w->mean[x] = sum;
    return PP_OK;
}

/* Links that hold always are found once, but the exposures of every period are filled. */
static pp_status fill_exposure(work *w, int x, double *const column[2], int32_t *alone) {
    pp__links links = {0};
    pp_status status = PP_OK;
    for (int32_t t = 0; t < w->world.periods && status == PP_OK; t++) {
        int anew = t == 0 || w->peering[x].varies;
        if (anew) {
            pp__links_clear(&links);
            status = pp__peering_links(&w->peering[x], t, &links, w->err);
        }
        if (status == PP_OK && anew) {
            status = add_links(w, x, &links);
        }
        if (status == PP_OK) {
            fill_period(w, x, t, &links, column, alone);
        }
    }
    pp__links_clear(&links);
    return status;
}

static pp_status add_exposure(work *w, int x) {
    double *column[2] = {NULL, NULL};
    int32_t *alone = pp_arena_zalloc(&w->arena, w->world.own, sizeof *alone);
    PP_NEED(alone, w->err);
    for (int mode = 0; mode < w->modes; mode++) {
        pp_column *made;
        const char *name = column_name(w, x, mode);
        PP_NEED(name, w->err);
        PP_TRY(pp_table_add(w->data, PP_NUMBER, name, &made, w->err));
        column[mode] = made->number;
    }
    PP_TRY(pp__peering_find(&w->world, &w->options->exposures[x], w->options, &w->arena,
                            &w->peering[x], w->err));
    PP_TRY(fill_exposure(w, x, column, alone));
    if (w->mean[x].n == 0) {
        pp_error_set(w->err, PP_E_ESTIMATION, "no unit has a peer by '%s'", w->name[x]);
        pp_error_hint(w->err, "do the units' codes agree with those of the weights?");
        return PP_E_ESTIMATION;
    }
    return pp__peers_put_isolates(&w->world, w->name[x], alone, w->result, w->err);
}

/* ---- fits ---- */

/* The formula's first `~` outside of a `quoted` name; it has one, as it was parsed. */
static const char *find_tilde(const char *formula) {
    int quoted = 0;
    while (*formula && (*formula != '~' || quoted)) {
        quoted ^= *formula++ == '`';
    }
    return formula;
}

/* The formula with exposures a..b-1 as its first terms. */
static const char *formula_with(work *w, int a, int b, int mode) {
    const char *tilde = find_tilde(w->formula);
    const char *text = pp_arena_strndup(&w->arena, w->formula, tilde - w->formula + 1);
    for (int x = a; x < b && text; x++) {
        text = pp_arena_printf(&w->arena, "%s %s +", text, column_name(w, x, mode));
    }
    return text ? pp_arena_printf(&w->arena, "%s%s", text, tilde + 1) : NULL;
}

/* 1: the column is among the model's terms or fixed effects. */
static int holds(const pp__formula *f, const char *column) {
    int found = 0;
    for (int a = 0; a < f->n_atoms; a++) {
        const pp__node *node = f->atoms[a].node;
        found |= node->kind == PP__NAME && strcmp(node->text, column) == 0;
    }
    for (int e = 0; e < f->n_effects; e++) {
        found |= f->effect[e].n == 1 && strcmp(f->effect[e].name[0]->text, column) == 0;
    }
    return found;
}

static int is_region_in_model(const work *w, int x) {
    const pp_peer_exposure *e = &w->options->exposures[x];
    return strcmp(e->kind, "region") == 0 &&
           holds(w->fit->formula, e->column ? e->column : "region");
}

static pp_status count_units(work *w, const pp_fit *fit, int32_t *units) {
    pp_arena_mark mark = pp_arena_get_mark(&w->arena);
    uint8_t *seen = pp_arena_zalloc(&w->arena, w->world.own, 1);
    PP_NEED(seen, w->err);
    *units = 0;
    for (int64_t i = 0; i < fit->design->n; i++) {
        int32_t u = w->world.unit[pp__row_number(fit, i) - 1];
        if (u >= 0) {
            *units += !seen[u];
            seen[u] = 1;
        }
    }
    pp_arena_release(&w->arena, mark);
    return PP_OK;
}

static pp_status tell_fit(work *w, const pp_fit *fit, int a, int b, int mode) {
    pp_result *margins;
    int32_t units = 0;
    PP_TRY(count_units(w, fit, &units));
    PP_TRY(pp_result_new("fit", &margins, w->err));
    pp_status status = pp_fit_margins(fit, "sd", margins, w->err);
    for (int x = a; x < b && status == PP_OK; x++) {
        pp__peers_row row = {.exposure = w->name[x],
                             .column = column_name(w, x, mode),
                             .dates = MODES[mode],
                             .model = b - a > 1 ? "together" : "alone",
                             .units = units,
                             .region_in_model = is_region_in_model(w, x)};
        status = !row.column ? pp_error_set(w->err, PP_E_MEMORY, "out of memory")
                             : pp__peers_put(&row, fit, w->model->time,
                                             pp_result_find(margins, "margins"), &w->told,
                                             w->result, w->err);
    }
    pp_result_free(margins);
    return status;
}

/* What the data cannot carry is told and does not stop the others. */
static pp_status fit_with(work *w, int a, int b, int mode) {
    pp_fit *fit = NULL;
    const char *formula = formula_with(w, a, b, mode);
    PP_NEED(formula, w->err);
    pp_status status = pp_model_fit(formula, w->data, w->model, w->ctx, &fit, w->err);
    if (status == PP_E_ESTIMATION && w->err) {
        pp_error why = *w->err;
        return pp_result_warn(w->result, "exposure_failed", w->name[a], -1, w->err,
                              "%s (%s): no estimates: %s",
                              b - a > 1 ? "together" : w->name[a], MODES[mode],
                              why.message);
    }
    status = status == PP_OK ? tell_fit(w, fit, a, b, mode) : status;
    pp_fit_free(fit);
    return status;
}

static pp_status fit_all(work *w) {
    int n = w->options->n_exposures, done = 0, all = w->modes * (n + 1);
    for (int mode = 0; mode < w->modes; mode++) {
        for (int x = 0; x < n; x++) {
            PP_TRY(pp_progress(w->ctx, "peers", 0.2 + 0.6 * done++ / all, w->err));
            PP_TRY(fit_with(w, x, x + 1, mode));
        }
        PP_TRY(n > 1 ? fit_with(w, 0, n, mode) : PP_OK);
    }
    return pp__peers_say(&w->told, w->result, w->err);
}

/* ---- Moran's I ---- */

static pp_status judge_links(work *w, int x, const uint8_t *there, const double *kept,
                             int permutations) {
    pp__links links;
    pp__moran m;
    PP_TRY(pp__links_keep(&w->mean[x], there, &links, w->err));
    pp_status status =
        pp__moran_of(&links, kept, permutations, w->options->seed, w->ctx, &m, w->err);
    pp__links_clear(&links);
    if (status == PP_E_ESTIMATION && w->err) {
        pp_error why = *w->err;
        return pp_result_warn(w->result, "moran_failed", w->name[x], -1, w->err,
                              "%s: no Moran's I: %s", w->name[x], why.message);
    }
    PP_TRY(status);
    return pp__peers_put_moran(w->name[x], w->options->residual, &m, permutations,
                               w->result, w->err);
}

static pp_status judge_residuals(work *w) {
    int32_t own = w->world.own, n = 0;
    const char *residual = w->options->residual;
    int permutations = w->options->permutations ? w->options->permutations : PERMUTATIONS;
    double *value = pp_arena_alloc(&w->arena, 2 * (int64_t)own, sizeof *value);
    PP_NEED(value, w->err);
    uint8_t *there = pp_arena_zalloc(&w->arena, own, 1);
    PP_NEED(there, w->err);
    PP_TRY(pp__unit_residuals(w->fit, w->world.unit, own,
                              residual && strcmp(residual, "pearson") == 0, w->ctx, value,
                              w->err));
    for (int32_t u = 0; u < own; u++) {
        there[u] = (uint8_t)(isfinite(value[u]) != 0);
        if (there[u]) {
            value[own + n++] = value[u];
        }
    }
    for (int x = 0; x < w->options->n_exposures; x++) {
        PP_TRY(pp_progress(w->ctx, "peers", 0.8 + 0.2 * x / w->options->n_exposures,
                           w->err));
        PP_TRY(judge_links(w, x, there, value + own, permutations));
    }
    return PP_OK;
}

/* ---- the whole ---- */

static pp_status put_base(work *w) {
    pp_result *base;
    PP_TRY(pp_fit_result(w->fit, &base, w->err));
    pp_status status = pp_result_merge(w->result, base, "base_", w->err);
    pp_result_free(base);
    return status;
}

/* 1: the column is one value in each period, and not the same in all. */
static int is_of_time(const pp__design *d, int column, const pp__encoding *period,
                      double *first) {
    const double *x = d->x[column];
    int varies = 0;
    for (int32_t t = 0; t < period->n_levels; t++) {
        first[t] = NAN;
    }
    for (int64_t i = 0; i < d->n; i++) {
        double *own = &first[period->code[i]];
        if (!isnan(*own) && *own != x[i]) {
            return 0;
        }
        *own = x[i];
        varies |= x[i] != x[0];
    }
    return varies;
}

/* Adoption and peers' adoption both grow with the years: without a term of time they go together. */
static pp_status warn_without_time(work *w) {
    const pp__design *d = w->fit->design;
    pp_column *time;
    pp__encoding period;
    int found = 0;
    PP_TRY(pp_table_require(w->fit->data, w->model->time, &time, w->err));
    PP_TRY(pp__encode(time, d->row_of, d->n, w->ctx, &w->arena, &period, w->err));
    double *first = pp_arena_alloc(&w->arena, period.n_levels, sizeof *first);
    PP_NEED(first, w->err);
    for (int j = d->intercept; j < d->k && !found; j++) {
        found = is_of_time(d, j, &period, first);
    }
    return found || d->with.n_effects > 0
               ? PP_OK
               : pp_result_warn(
                     w->result, "no_time", NULL, -1, w->err,
                     "no term of the model is of time alone: adoption and that of "
                     "peers both grow with the years, and will seem to go "
                     "together; add duration or factor(%s)",
                     w->model->time);
}

static pp_status compare(work *w, const pp_table *data) {
    PP_TRY(check_options(w));
    PP_TRY(pp_model_fit(w->formula, data, w->model, w->ctx, &w->fit, w->err));
    PP_TRY(check_model(w));
    PP_TRY(pp__world_find(data, w->formula, w->model, w->options, &w->arena, &w->world,
                          w->err));
    w->modes = w->world.exact ? 1 : 2;
    PP_TRY(pp_table_copy(data, &w->data, w->err));
    PP_TRY(pp_result_new("peers", &w->result, w->err));
    PP_TRY(pp__carries_events(w->fit, w->err));
    PP_TRY(pp__carries_warn(w->fit, "effects of peers are rough", w->result, w->err));
    PP_TRY(warn_without_time(w));
    PP_TRY(pp__peers_begin(w->result, w->err));
    for (int x = 0; x < w->options->n_exposures; x++) {
        PP_TRY(pp_progress(w->ctx, "peers", 0.2 * x / w->options->n_exposures, w->err));
        PP_TRY(add_exposure(w, x));
    }
    PP_TRY(fit_all(w));
    PP_TRY(judge_residuals(w));
    PP_TRY(put_base(w));
    return pp_result_note_number(w->result, "seed", (double)w->options->seed, w->err);
}

pp_status pp_peers(const char *formula, const pp_table *data,
                   const pp_model_options *model, const pp_peers_options *options,
                   const pp_context *ctx, pp_result **out, pp_error *err) {
    static const pp_peers_options NONE;
    work *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->formula = formula;
    w->model = model;
    w->options = options ? options : &NONE;
    w->ctx = ctx;
    w->err = err;
    pp_arena_init(&w->arena);
    pp_status status = compare(w, data);
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    for (int x = 0; x < MOST_EXPOSURES; x++) {
        pp__links_clear(&w->mean[x]);
    }
    pp_table_free(w->data);
    pp_fit_free(w->fit);
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
