/* From what is asked to dimensions and terms. */
#include "drivers/curve_plan.h"

#include "base/check.h"
#include "drivers/lists.h"
#include "model/estimator.h"

#include <pushpull/random.h>
#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_TASK = 0x73706563, DEFAULT_MOST = 1000000, LONGEST_LAG = 1000 };

typedef struct reading {
    pp__curve_plan *plan;
    pp_arena *arena;
    pp_error *err;
} reading;

static pp_status wrong(const reading *r, const char *option, const char *value,
                       const char *message, const char *hint) {
    pp_error_set(r->err, PP_E_ARGUMENT, "%s", message);
    pp_error_locate(r->err, NULL, 0, option, value);
    pp_error_hint(r->err, "%s", hint);
    return PP_E_ARGUMENT;
}

/* ---- lists ---- */

static pp_status add_choice(const reading *r, pp__curve_list *list, const char *option,
                            const char *name, const char *value) {
    for (int i = 0; i < list->n; i++) {
        if (strcmp(list->name[i], name) == 0) {
            return wrong(r, option, name, "a choice is named twice",
                         "give each choice a name of its own");
        }
    }
    if (list->n == PP__MOST_CHOICES) {
        return wrong(r, option, name, "there are too many choices", "at most 1000");
    }
    if (list->n % 16 == 0) {
        const char **more = pp_arena_alloc(r->arena, 2 * (list->n + 16), sizeof *more);
        PP_NEED(more, r->err);
        for (int i = 0; i < list->n; i++) {
            more[i] = list->name[i];
            more[list->n + 16 + i] = list->value[i];
        }
        list->name = more;
        list->value = more + list->n + 16;
    }
    list->name[list->n] = name;
    list->value[list->n++] = value;
    return PP_OK;
}

static pp_status add_list(const reading *r, pp__curve_list *list, const char *option,
                          const char *text) {
    const char *part;
    size_t length;
    while (text && pp__part_next(&text, ',', &part, &length)) {
        const char *name = pp_arena_strndup(r->arena, part, (int64_t)length);
        PP_NEED(name, r->err);
        PP_TRY(add_choice(r, list, option, name, name));
    }
    return PP_OK;
}

static pp_status add_choices(const reading *r, pp__curve_list *list, const char *option,
                             const pp_curve_choice *choice, int n) {
    for (int i = 0; i < n; i++) {
        const char *name = choice[i].name ? choice[i].name : choice[i].value;
        PP_TRY(add_choice(r, list, option, name, choice[i].value));
    }
    return PP_OK;
}

/* ---- terms ---- */

static pp_status find_term(const reading *r, const char *text, int *out) {
    pp__curve_plan *p = r->plan;
    for (*out = 0; *out < p->n_terms; ++*out) {
        if (strcmp(p->term[*out], text) == 0) {
            return PP_OK;
        }
    }
    if (p->n_terms % 16 == 0) {
        const char **more = pp_arena_alloc(r->arena, p->n_terms + 16, sizeof *more);
        PP_NEED(more, r->err);
        for (int t = 0; t < p->n_terms; t++) {
            more[t] = p->term[t];
        }
        p->term = more;
    }
    p->term[p->n_terms++] = text;
    return PP_OK;
}

static pp_status read_terms(const reading *r, const pp__curve_list *list,
                            pp__curve_terms *out) {
    *out = (pp__curve_terms){list->n, pp_arena_alloc(r->arena, list->n, sizeof(int))};
    PP_NEED(out->term, r->err);
    for (int i = 0; i < list->n; i++) {
        PP_TRY(find_term(r, list->value[i], &out->term[i]));
    }
    return PP_OK;
}

static pp_status read_sets(const reading *r) {
    pp__curve_plan *p = r->plan;
    pp__curve_list *sets = &p->list[PP__BY_SET];
    p->set = pp_arena_alloc(r->arena, sets->n, sizeof *p->set);
    PP_NEED(p->set, r->err);
    for (int s = 0; s < sets->n; s++) {
        pp__curve_list terms = {0};
        PP_TRY(add_list(r, &terms, "sets", sets->value[s]));
        PP_TRY(read_terms(r, &terms, &p->set[s]));
    }
    return PP_OK;
}

/* ---- the formula ---- */

static pp_status add_part(const reading *r, pp__curve_list *list, const char *part,
                          size_t length) {
    const char *text = pp_arena_strndup(r->arena, part, (int64_t)length);
    PP_NEED(text, r->err);
    if (pp__part_find(text, '-') || strcmp(text, "0") == 0 || strcmp(text, "1") == 0) {
        return wrong(r, "formula", text, "the formula of a curve is a sum of terms",
                     "'y ~ x + z': the outcome, the focal variable, terms that every "
                     "model has");
    }
    return add_choice(r, list, "formula", text, text);
}

/* Outcome, focal variable, terms to keep, and the part after a bar. */
static pp_status split_formula(const reading *r, const char *formula,
                               const char **outcome, pp__curve_list *terms) {
    const char *tilde = pp__part_find(formula, '~'), *whole = formula, *part;
    size_t length;
    if (!tilde || !pp__part_next(&formula, '~', &part, &length) || part > tilde) {
        return wrong(r, "formula", whole, "the formula has no outcome",
                     "'y ~ x': the outcome, then the focal variable");
    }
    *outcome = pp_arena_strndup(r->arena, part, (int64_t)length);
    PP_NEED(*outcome, r->err);
    const char *bar = pp__part_find(tilde + 1, '|');
    r->plan->suffix = bar ? pp_arena_printf(r->arena, " %s", bar) : "";
    const char *right = pp_arena_strndup(
        r->arena, tilde + 1, bar ? bar - tilde - 1 : (int64_t)strlen(tilde + 1));
    PP_NEED(r->plan->suffix, r->err);
    PP_NEED(right, r->err);
    while (pp__part_next(&right, '+', &part, &length)) {
        PP_TRY(add_part(r, terms, part, length));
    }
    return terms->n > 0 ? PP_OK
                        : wrong(r, "formula", whole, "the formula has no focal variable",
                                "'y ~ x': x is the focal variable");
}

/* ---- the focal variable ---- */

const char *pp__curve_column(const pp__curve_plan *plan, int focus, pp_arena *arena) {
    const char *text = plan->list[PP__BY_FOCUS].value[focus];
    size_t n = strlen(text);
    int quoted = n > 2 && text[0] == '`' && text[n - 1] == '`';
    return quoted ? pp_arena_strndup(arena, text + 1, (int64_t)n - 2) : text;
}

/* Signs, and that each focal variable is a column of numbers in all data. */
static pp_status check_focus(const reading *r, int n_data) {
    pp__curve_plan *p = r->plan;
    pp__curve_list *focus = &p->list[PP__BY_FOCUS];
    double *sign = pp_arena_alloc(r->arena, focus->n, sizeof *sign);
    PP_NEED(sign, r->err);
    p->sign = sign;
    for (int i = 0; i < focus->n; i++) {
        sign[i] = *focus->value[i] == '-' ? -1 : 1;
        focus->value[i] += *focus->value[i] == '-';
        focus->value[i] += strspn(focus->value[i], " ");
        const char *name = pp__curve_column(p, i, r->arena);
        PP_NEED(name, r->err);
        for (int d = 0; d < n_data; d++) {
            pp_column *column;
            PP_TRY(pp_table_require(p->data[d].table, name, &column, r->err));
            if (column->type != PP_NUMBER) {
                return wrong(r, "focus", name, "a focal variable must be a number",
                             "make columns of 0 and 1 of a category");
            }
        }
    }
    return PP_OK;
}

static pp_status focus_terms(const reading *r) {
    pp__curve_plan *p = r->plan;
    const pp__curve_list *focus = &p->list[PP__BY_FOCUS], *lag = &p->list[PP__BY_LAG];
    p->focus_term = pp_arena_alloc(r->arena, focus->n * lag->n, sizeof *p->focus_term);
    PP_NEED(p->focus_term, r->err);
    for (int i = 0; i < focus->n * lag->n; i++) {
        const char *name = focus->value[i / lag->n], *periods = lag->value[i % lag->n];
        const char *term = strcmp(periods, "0") == 0
                               ? name
                               : pp_arena_printf(r->arena, "lag(%s, %s)", name, periods);
        PP_NEED(term, r->err);
        PP_TRY(find_term(r, term, &p->focus_term[i]));
    }
    return PP_OK;
}

static pp_status check_lags(const reading *r) {
    const pp__curve_list *lag = &r->plan->list[PP__BY_LAG];
    const pp_curve_options *o = r->plan->options;
    for (int i = 0; i < lag->n; i++) {
        int64_t periods;
        if (!pp_parse_integer(lag->value[i], &periods) || periods < 0 ||
            periods > LONGEST_LAG) {
            return wrong(r, "lags", lag->value[i], "a lag is a whole number of periods",
                         "0,1,2");
        }
        if (periods > 0 && !(o->unit && o->time)) {
            return wrong(r, o->unit ? "time" : "unit", NULL,
                         "lags need the columns of unit and time",
                         "name both: the unit, and its periods as numbers");
        }
    }
    return PP_OK;
}

/* A focal variable is no outcome; and with only one of them, no control either. */
static pp_status check_roles(const reading *r) {
    const pp__curve_list *focus = &r->plan->list[PP__BY_FOCUS],
                         *outcome = &r->plan->list[PP__BY_OUTCOME],
                         *control = &r->plan->list[PP__BY_SUBSET];
    for (int i = 0; i < focus->n; i++) {
        for (int j = 0; j < outcome->n; j++) {
            if (strcmp(focus->value[i], outcome->value[j]) == 0) {
                return wrong(r, "focus", focus->value[i],
                             "the outcome cannot be a focal variable too",
                             "name a variable other than the outcome");
            }
        }
    }
    for (int j = 0; focus->n == 1 && j < control->n; j++) {
        if (strcmp(focus->value[0], control->value[j]) == 0) {
            return wrong(r, "controls", control->value[j],
                         "the focal variable cannot be a control too",
                         "leave it out of the controls");
        }
    }
    return PP_OK;
}

/* ---- models ---- */

pp_status pp__curve_model(const char *choice, pp_arena *arena, const char **model,
                          const char **link, pp_error *err) {
    const char *colon = strchr(choice, ':');
    const pp_estimator *estimator;
    *link = colon ? colon + 1 : NULL;
    *model = colon ? pp_arena_strndup(arena, choice, colon - choice) : choice;
    PP_NEED(*model, err);
    *model = strcmp(*model, "lpm") == 0 ? "ols" : *model;
    return pp__estimator_find(*model, &estimator, err);
}

static pp_status check_models(const reading *r) {
    const pp__curve_list *models = &r->plan->list[PP__BY_MODEL];
    for (int i = 0; i < models->n; i++) {
        const char *model, *link;
        PP_TRY(pp__curve_model(models->value[i], r->arena, &model, &link, r->err));
    }
    return PP_OK;
}

/* ---- everything ---- */

static pp_status read_scale(const reading *r) {
    const pp_curve_options *o = r->plan->options;
    const char *scale = o->scale ? o->scale : "effect", *sort = o->sort;
    r->plan->level = o->level == 0 ? 0.95 : o->level;
    r->plan->coefficients = strcmp(scale, "coefficient") == 0;
    if (!r->plan->coefficients && strcmp(scale, "effect") != 0) {
        return wrong(r, "scale", scale, "there is no such scale",
                     "there are: effect, coefficient");
    }
    if (sort && strcmp(sort, "estimate") != 0 && strcmp(sort, "number") != 0) {
        return wrong(r, "sort", sort, "there is no such order",
                     "there are: estimate, number");
    }
    if (!(r->plan->level > 0 && r->plan->level < 1)) {
        return wrong(r, "level", NULL, "option level is out of range",
                     "a number between 0 and 1");
    }
    if (o->draws < 0 || o->draws > 1000000 || o->test_most < 0 || o->most < 0) {
        return wrong(r, o->most < 0 ? "most" : "draws", NULL,
                     "a number of specifications or draws is out of range",
                     "zero or more, at most a million draws");
    }
    if (o->test_most > 0 && o->draws == 0) {
        return wrong(
            r, "test-specifications", NULL,
            "specifications of the joint test are limited, but it is not asked for",
            "ask for the test with a number of draws: --draws 199");
    }
    return PP_OK;
}

static pp_status read_lists(const reading *r, const char *formula, int n_data) {
    pp__curve_plan *p = r->plan;
    const pp_curve_options *o = p->options;
    pp__curve_list *list = p->list, terms = {0}, kept = {0};
    const char *outcome;
    PP_TRY(split_formula(r, formula, &outcome, &terms));
    for (int d = 0; d < n_data; d++) {
        const char *name = p->data[d].name ? p->data[d].name : "data";
        PP_TRY(add_choice(r, &list[PP__BY_RULE], "rules", name, name));
    }
    int own = 0;
    for (int s = 0; s < o->n_samples; s++) {
        own |= o->samples[s].name && strcmp(o->samples[s].name, "all") == 0;
    }
    if (!own) {
        PP_TRY(add_choice(r, &list[PP__BY_SAMPLE], "samples", "all", NULL));
    }
    PP_TRY(add_choices(r, &list[PP__BY_SAMPLE], "samples", o->samples, o->n_samples));
    const pp_curve_choice written = {outcome, outcome};
    PP_TRY(add_choices(r, &list[PP__BY_OUTCOME], "outcomes",
                       o->n_outcomes ? o->outcomes : &written,
                       o->n_outcomes ? o->n_outcomes : 1));
    PP_TRY(add_list(r, &list[PP__BY_MODEL], "models", o->models ? o->models : "ols"));
    PP_TRY(add_list(r, &list[PP__BY_LAG], "lags", o->lags ? o->lags : "0"));
    PP_TRY(add_list(r, &list[PP__BY_VCOV], "vcovs", o->vcovs ? o->vcovs : "iid"));
    PP_TRY(add_list(r, &list[PP__BY_SUBSET], "controls", o->controls));
    PP_TRY(add_choices(r, &list[PP__BY_SET], "sets", o->sets, o->n_sets));
    if (o->n_sets == 0) {
        PP_TRY(add_choice(r, &list[PP__BY_SET], "sets", "none", ""));
    }
    PP_TRY(add_list(r, &list[PP__BY_FOCUS], "focus", o->focus));
    pp__curve_list *focus = &list[PP__BY_FOCUS];
    int listed = 0;
    for (int i = 0; i < focus->n; i++) {
        listed |= strcmp(focus->name[i] + (*focus->name[i] == '-'), terms.name[0]) == 0;
    }
    if (!listed) {
        PP_TRY(add_choice(r, focus, "focus", terms.name[0], terms.value[0]));
        for (int i = focus->n - 1; i > 0; i--) { /* the formula's first */
            focus->name[i] = focus->name[i - 1];
            focus->value[i] = focus->value[i - 1];
        }
        focus->name[0] = terms.name[0];
        focus->value[0] = terms.value[0];
    }
    for (int t = 1; t < terms.n; t++) {
        PP_TRY(add_choice(r, &kept, "keep", terms.name[t], terms.value[t]));
    }
    PP_TRY(add_list(r, &kept, "keep", o->keep));
    PP_TRY(check_focus(r, n_data));
    PP_TRY(check_roles(r));
    PP_TRY(check_lags(r));
    PP_TRY(check_models(r));
    PP_TRY(focus_terms(r));
    PP_TRY(read_terms(r, &kept, &p->keep));
    PP_TRY(read_terms(r, &list[PP__BY_SUBSET], &p->optional));
    return read_sets(r);
}

/* ---- how many ---- */

static pp_status count(const reading *r) {
    pp__curve_plan *p = r->plan;
    double total = 1;
    if (p->list[PP__BY_SUBSET].n > PP__MOST_OPTIONAL) {
        return wrong(r, "controls", NULL, "there are too many optional controls",
                     "at most 40; name sets of them instead");
    }
    p->total = 1;
    for (int d = 0; d < PP__CURVE_DIMENSIONS; d++) {
        uint64_t choices =
            d == PP__BY_SUBSET ? (uint64_t)1 << p->list[d].n : (uint64_t)p->list[d].n;
        total *= (double)choices;
        p->total *= choices;
    }
    return total < 0x1p62 ? PP_OK
                          : wrong(r, "controls", NULL,
                                  "there are too many combinations to be numbered",
                                  "take away choices");
}

static int ascending(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Drops doubles from sorted numbers. */
static int64_t distinct(uint64_t *number, int64_t n) {
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (kept == 0 || number[kept - 1] != number[i]) {
            number[kept++] = number[i];
        }
    }
    return kept;
}

/* Dense samples by Knuth's algorithm S, sparse ones by drawing again what came twice. */
void pp__curve_draw_numbers(uint64_t seed, uint64_t task, uint64_t total, int64_t n,
                            uint64_t *number) {
    pp_rng rng;
    int64_t have = 0;
    pp_rng_init(&rng, seed, task, 0);
    if (total / 4 < (uint64_t)n) {
        for (uint64_t i = 0; have < n; i++) {
            if (pp_rng_below(&rng, (int64_t)(total - i)) < n - have) {
                number[have++] = i;
            }
        }
        return;
    }
    while (have < n) {
        for (int64_t i = have; i < n; i++) {
            number[i] = (uint64_t)pp_rng_below(&rng, (int64_t)total);
        }
        qsort(number, (size_t)n, sizeof *number, ascending);
        have = distinct(number, n);
    }
}

static pp_status choose_numbers(const reading *r) {
    pp__curve_plan *p = r->plan;
    int64_t most = p->options->most ? p->options->most : DEFAULT_MOST;
    p->n = p->total > (uint64_t)most ? most : (int64_t)p->total;
    p->number = NULL;
    if ((uint64_t)p->n < p->total) {
        p->number = pp_arena_alloc(r->arena, p->n, sizeof *p->number);
        PP_NEED(p->number, r->err);
        pp__curve_draw_numbers(p->options->seed, SAMPLE_TASK, p->total, p->n, p->number);
    }
    return PP_OK;
}

pp_status pp__curve_plan_make(const char *formula, const pp_curve_data *data, int n_data,
                              const pp_curve_options *options, pp_arena *arena,
                              pp__curve_plan *out, pp_error *err) {
    *out = (pp__curve_plan){.options = options, .data = data};
    const reading r = {out, arena, err};
    if (n_data < 1) {
        return wrong(&r, "data", NULL, "there are no data", "give at least one table");
    }
    for (int d = 0; d < n_data; d++) {
        if (pp_table_rows(data[d].table) == 0) {
            return wrong(&r, "data", data[d].name, "the data have no rows",
                         "the file holds a line of names and nothing below it");
        }
    }
    PP_TRY(read_scale(&r));
    PP_TRY(read_lists(&r, formula, n_data));
    PP_TRY(count(&r));
    return choose_numbers(&r);
}
