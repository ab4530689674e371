/* Several lists: every model, and what was found. */
#include <pushpull/lists.h>

#include "base/check.h"
#include "unseen/lists_work.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

/* Cells of the posterior: 160 MB. */
static const int64_t MOST_MARGINS = 20000000;

/* ---- options ---- */

static pp_status check_options(const pp_lists_options *o, pp_error *err) {
    const char *name = NULL, *hint = "";
    if (!(o->level > 0 && o->level < 1)) {
        name = "level";
        hint = "a number between 0 and 1";
    } else if (o->population < 0) {
        name = "population";
        hint = "how many units there can be at all";
    } else if (o->missing < 0 || o->missing > 1000000) {
        name = "missing";
        hint = "1 to 1000000 units on no list";
    } else if (o->order < 0 || (o->n_lists > 5 && o->order > 2)) {
        name = "order";
        hint =
            "2 to the number of lists less 1; with six lists there are too many models "
            "beyond pairs: 2";
    }
    if (!name) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "option %s is out of range", name);
    pp_error_locate(err, NULL, 0, name, NULL);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

/* In each value of a list all units are on it, or none. */
static pp_status check_strata(const pp_lists_options *o, pp_error *err) {
    for (int i = 0; i < o->n_by; i++) {
        for (int j = 0; j < o->n_lists; j++) {
            if (strcmp(o->by[i], o->lists[j]) == 0) {
                pp_error_set(err, PP_E_ARGUMENT, "a list cannot make the strata");
                pp_error_locate(err, NULL, 0, "by", o->by[i]);
                pp_error_hint(err, "a column that says what units are, as their region");
                return PP_E_ARGUMENT;
            }
        }
    }
    return PP_OK;
}

static pp_status check_population(const pp__lists *w) {
    double n = w->h.observed;
    if (w->options.population == 0 || (double)w->options.population >= n) {
        return PP_OK;
    }
    pp_error_set(w->err, PP_E_ARGUMENT, "%.0f units are listed, of a population of %lld",
                 n, (long long)w->options.population);
    pp_error_locate(w->err, NULL, 0, "population", NULL);
    pp_error_hint(w->err, "the population holds all units that a list could name");
    return PP_E_ARGUMENT;
}

int64_t pp__lists_missing(const pp__lists *w, const pp__histories *h) {
    int64_t most = w->options.missing, limit = MOST_MARGINS / h->cells;
    if (most == 0) {
        most = (int64_t)fmax(2000, fmin(3 * h->observed, (double)limit));
    }
    int64_t room = w->options.population - (int64_t)w->h.observed;
    return w->options.population > 0 && room < most ? room : most;
}

/* ---- estimates ---- */

pp__number pp__lists_averaged(const pp__average *a, const pp__histories *h,
                              double level) {
    pp__number number = pp__number_none("Bayesian average", "graphs");
    double n = h->observed;
    number.estimate = a->mean;
    number.error = a->error;
    number.low = n + (double)pp__average_quantile(a, (1 - level) / 2);
    number.high = n + (double)pp__average_quantile(a, (1 + level) / 2);
    number.interval = "posterior";
    return number;
}

int pp__lists_contradicts(const pp__lists *w, const pp__number *number) {
    return w->options.population > 0 && number->low > (double)w->options.population;
}

int pp__lists_cap(const pp__lists *w, pp__number *number) {
    double most = (double)w->options.population;
    int beyond = most > 0 && number->estimate > most;
    if (pp__lists_contradicts(w, number)) {
        number->estimate = number->error = number->low = number->high = NAN;
        number->multinomial = number->corrected = number->corrected_error = NAN;
        number->interval = "above the population";
        return 0;
    }
    if (most > 0) {
        number->estimate = number->estimate > most ? most : number->estimate;
        number->low = number->low > most ? most : number->low;
        number->high = number->high > most ? most : number->high;
    }
    return beyond;
}

static pp_status estimate_closed(pp__lists *w) {
    const pp__closed *closed;
    int n = pp__closed_models(w->h.lists, &closed);
    for (int i = 0; i < n; i++) {
        pp_arena_mark mark = pp_arena_get_mark(&w->arena);
        PP_TRY(pp__closed_estimate(&closed[i], &w->h, w->options.level, &w->arena,
                                   &w->number[w->n++], w->err));
        pp_arena_release(&w->arena, mark);
        PP_TRY(pp_progress(w->ctx, "models", (double)i / n, w->err));
    }
    return PP_OK;
}

static pp_status estimate_interactions(pp__lists *w) {
    if (w->h.lists == 2 || w->h.lists > PP__MOST_INTERACTING) {
        return PP_OK;
    }
    PP_TRY(pp__hierarchy_estimate(&w->h, w->options.order, w->options.level, PP__BEST,
                                  w->ctx, &w->arena, &w->hierarchy, w->err));
    if (w->hierarchy.n > 0) {
        w->number[w->n++] = w->hierarchy.number[0];
    }
    return PP_OK;
}

/* The posterior is cut off where no population ends it. */
static int reaches_limit(const pp__lists *w, double probability) {
    const pp__average *a = &w->average;
    return a->graphs && w->options.population == 0 &&
           a->probability[a->missing] > probability;
}

static pp_status estimate_all(pp__lists *w) {
    pp__number coverage[PP__COVERAGES];
    PP_TRY(estimate_closed(w));
    PP_TRY(estimate_interactions(w));
    PP_TRY(pp__coverage_estimate(&w->h, w->options.level, coverage, w->err));
    for (int i = 0; i < PP__COVERAGES; i++) {
        if (w->h.lists > 2 || !isnan(coverage[i].estimate)) {
            w->number[w->n++] = coverage[i];
        }
    }
    if (w->h.lists <= PP__MOST_VERTICES) {
        PP_TRY(pp__average_graphs(&w->h, pp__lists_missing(w, &w->h), w->ctx, &w->arena,
                                  &w->average, w->err));
        w->number[w->n++] = pp__lists_averaged(&w->average, &w->h, w->options.level);
        if (reaches_limit(w, 1e-3)) {
            w->number[w->n - 1] = pp__number_none("Bayesian average", "graphs");
        }
    }
    return PP_OK;
}

/* ---- warnings ---- */

static pp_status warn_of_pairs(pp__lists *w) {
    for (int i = 0; i < w->h.lists; i++) {
        for (int j = i + 1; j < w->h.lists; j++) {
            if (pp__histories_both(&w->h, i, j) == 0) {
                PP_TRY(pp_result_warn(w->result, "no_overlap", w->h.name[i], -1, w->err,
                                      "no unit is on both '%s' and '%s': models in which "
                                      "these depend on each "
                                      "other put zero there",
                                      w->h.name[i], w->h.name[j]));
            }
        }
    }
    return PP_OK;
}

static pp_status warn_of_models(pp__lists *w) {
    pp_buf names;
    int missing = 0, open = 0;
    pp_status status = PP_OK;
    pp_buf_init(&names);
    for (int i = 0; i < w->n; i++) {
        int none = isnan(w->number[i].estimate);
        if (none) {
            pp_buf_printf(&names, "%s%s", missing ? ", " : "", w->number[i].model);
        }
        missing += none;
        open += !none && isnan(w->number[i].high);
    }
    if (missing) {
        status = pp_result_warn(w->result, "undetermined", NULL, missing, w->err,
                                "these lists do not determine %s",
                                names.failed ? "" : names.data);
    }
    if (status == PP_OK && open) {
        status = pp_result_warn(w->result, "open_interval", NULL, open, w->err,
                                "%d intervals have no upper end", open);
    }
    pp_buf_clear(&names);
    return status;
}

/* A model that wants more units than there are, beyond chance. */
static pp_status warn_of_population(pp__lists *w) {
    pp_buf names;
    int n = 0;
    pp_status status = PP_OK;
    pp_buf_init(&names);
    for (int i = 0; i < w->n; i++) {
        if (pp__lists_contradicts(w, &w->number[i])) {
            pp_buf_printf(&names, "%s%s", n++ ? ", " : "", w->number[i].model);
        }
    }
    if (n > 0) {
        status = pp_result_warn(
            w->result, "contradicted", NULL, n, w->err,
            "there are %lld units at all, and the interval lies wholly "
            "above in %s: the lists contradict what is assumed there, "
            "and no estimate is given",
            (long long)w->options.population, names.failed ? "some models" : names.data);
    }
    pp_buf_clear(&names);
    return status;
}

static pp_status warn(pp__lists *w) {
    const pp__average *a = &w->average;
    if (w->h.nobody > 0) {
        PP_TRY(pp_result_warn(w->result, "unlisted", NULL, (int64_t)w->h.nobody, w->err,
                              "units on no list are not counted: %.0f", w->h.nobody));
    }
    if (w->h.lists > PP__MOST_INTERACTING) {
        PP_TRY(pp_result_warn(w->result, "many_lists", NULL, w->h.lists, w->err,
                              "log-linear models and graphs are for up to %d lists: join "
                              "lists that are alike",
                              PP__MOST_INTERACTING));
    }
    if (reaches_limit(w, 1e-6)) {
        PP_TRY(
            pp_result_warn(w->result, "posterior_limit", NULL, a->missing, w->err,
                           "the Bayesian average reaches the most units on no list that "
                           "it thinks of (%lld): allow more, and do not rely on it",
                           (long long)a->missing));
    }
    PP_TRY(warn_of_pairs(w));
    PP_TRY(warn_of_population(w));
    return warn_of_models(w);
}

/* ---- the whole ---- */

static pp_status analyse(pp__lists *w) {
    PP_TRY(check_options(&w->options, w->err));
    PP_TRY(check_strata(&w->options, w->err));
    PP_TRY(pp__listed_read(w->data, &w->options, &w->arena, &w->listed, w->err));
    PP_TRY(pp__histories_tally(&w->listed, NULL, 0, &w->arena, &w->h, w->err));
    PP_TRY(pp__histories_check(&w->h, w->err));
    PP_TRY(check_population(w));
    PP_TRY(estimate_all(w));
    PP_TRY(pp_result_new("lists", &w->result, w->err));
    PP_TRY(pp__lists_put_models(w));
    PP_TRY(w->hierarchy.n ? pp__lists_put_loglinear(w) : PP_OK);
    PP_TRY(pp__lists_put_summary(w));
    PP_TRY(pp__lists_put_histories(w));
    PP_TRY(w->average.graphs ? pp__lists_put_average(w) : PP_OK);
    PP_TRY(pp__lists_put_dependence(w));
    PP_TRY(w->options.n_by ? pp__lists_put_strata(w) : PP_OK);
    return warn(w);
}

pp_status pp_lists(const pp_table *data, const pp_lists_options *options,
                   const pp_context *ctx, pp_result **out, pp_error *err) {
    pp__lists *w = pp_calloc(1, sizeof *w);
    PP_NEED(w, err);
    w->options = *options;
    w->options.level = options->level > 0 ? options->level : 0.95;
    w->ctx = ctx;
    w->data = data;
    w->err = err;
    pp_arena_init(&w->arena);
    pp_status status = analyse(w);
    if (status == PP_OK) {
        *out = w->result;
    } else {
        pp_result_free(w->result);
    }
    pp_arena_clear(&w->arena);
    pp_free(w);
    return status;
}
