/* The plan file. */
#include "strategy/plan.h"

#include "base/check.h"
#include "strategy/fields.h"

#include <pushpull/file.h>

#include <math.h>
#include <string.h>

static const char *const TOP[] = {"placeholder", "words",   "budget",   "unit",
                                  "objective",   "actions", "coverage", NULL};
static const char *const OBJECTIVE[] = {"title",     "of",    "weights",
                                        "otherwise", "where", NULL};
static const char *const ACTION[] = {"name",   "title",    "audience", "when",    "cost",
                                     "effect", "requires", "places",   "because", NULL};
static const char *const COVERAGE[] = {"title", "where", "at_least", "at_most", NULL};
static const pp__yaml NOTHING = {.line = 1};
static const double MOST_MONEY = 1e15;

static pp_status read_condition(const pp__yaml *map, const char *key, const char *file,
                                int required, pp__condition *out, pp_error *err) {
    const pp__yaml *node = pp__yaml_get(map, key);
    *out = (pp__condition){
        .file = file, .field = key, .line = node ? node->line : map->line};
    return pp__fields_text(map, key, file, required, &out->sql, err);
}

/* "0.6 * (hazard) + 0.4 * (exposure)" */
static pp_status read_weights(pp_plan_file *f, const pp__yaml *weights, pp_error *err) {
    double sum = 0;
    pp_buf sql;
    if (weights->kind != PP__YAML_MAP || !weights->first) {
        return pp__yaml_refuse(weights, f->file, NULL, err,
                               "'weights' is a map of facts and weights");
    }
    pp_buf_init(&sql);
    pp_status status = PP_OK;
    for (const pp__yaml *w = weights->first; w && status == PP_OK; w = w->next) {
        double weight = 0;
        char digits[32];
        status = pp__fields_number(weights, w->key, f->file, 0, 1, &weight, err);
        sum += weight;
        pp_format_number(weight, digits);
        pp_buf_printf(&sql, "%s%s * \"%s\"", sql.length ? " + " : "", digits, w->key);
        if (status == PP_OK && strchr(w->key, '"')) {
            status = pp__yaml_refuse(w, f->file, NULL, err, "this is no fact");
        }
    }
    if (status == PP_OK && fabs(sum - 1) > 1e-9) {
        status = pp__yaml_refuse(weights, f->file, "make them sum to 1", err,
                                 "the weights sum to %.4g", sum);
    }
    status = status == PP_OK ? pp_buf_check(&sql, err) : status;
    if (status == PP_OK) {
        f->objective = (pp__condition){pp_arena_strdup(&f->arena, sql.data), f->file,
                                       "weights", weights->line};
        status =
            f->objective.sql ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    pp_buf_clear(&sql);
    return status;
}

static pp_status read_objective(pp_plan_file *f, const pp__yaml *root, pp_error *err) {
    const pp__yaml *map = pp__yaml_get(root, "objective");
    if (!map) {
        return pp__yaml_refuse(&NOTHING, f->file, NULL, err, "'objective' is missing");
    }
    PP_TRY(pp__fields_check(map, f->file, "the objective", OBJECTIVE, err));
    PP_TRY(pp__fields_text(map, "title", f->file, 1, &f->title, err));
    const pp__yaml *weights = pp__yaml_get(map, "weights");
    if ((weights != NULL) == (pp__yaml_get(map, "of") != NULL)) {
        return pp__yaml_refuse(map, f->file, NULL, err,
                               "the objective has 'of' or 'weights', one of both");
    }
    PP_TRY(weights ? read_weights(f, weights, err)
                   : read_condition(map, "of", f->file, 1, &f->objective, err));
    PP_TRY(read_condition(map, "otherwise", f->file, 0, &f->otherwise, err));
    return read_condition(map, "where", f->file, 0, &f->where, err);
}

static pp_status read_action(pp_plan_file *f, const pp__yaml *node, pp_error *err) {
    pp__action *a = &f->actions[f->n_actions];
    PP_TRY(pp__fields_check(node, f->file, "an action", ACTION, err));
    PP_TRY(pp__fields_name(node, "name", f->file, &a->name, err));
    PP_TRY(pp__fields_text(node, "title", f->file, 1, &a->title, err));
    PP_TRY(pp__fields_name(node, "audience", f->file, &a->audience, err));
    PP_TRY(pp__fields_text(node, "because", f->file, 0, &a->because, err));
    PP_TRY(read_condition(node, "when", f->file, 0, &a->when, err));
    PP_TRY(pp__fields_range(node, "cost", f->file, 0, MOST_MONEY, a->cost, err));
    PP_TRY(pp__fields_range(node, "effect", f->file, 0, 1, a->effect, err));
    PP_TRY(pp__fields_list(node, "requires", f->file, &f->arena, &a->requires, err));
    a->places = INFINITY;
    PP_TRY(pp__fields_number(node, "places", f->file, 0, 1e9, &a->places, err));
    a->group = f->n_actions;
    for (int k = f->n_actions - 1; k >= 0; k--) {
        if (strcmp(f->actions[k].name, a->name) == 0) {
            return pp__yaml_refuse(pp__yaml_get(node, "name"), f->file,
                                   "give each action a name of its own", err,
                                   "an action has this name already");
        }
        a->group = strcmp(f->actions[k].audience, a->audience) == 0 ? k : a->group;
    }
    a->group = a->group == f->n_actions ? a->group : f->actions[a->group].group;
    return PP_OK;
}

static int index_of(const pp_plan_file *f, const char *name) {
    int k = 0;
    while (k < f->n_actions && strcmp(f->actions[k].name, name) != 0) {
        k++;
    }
    return k < f->n_actions ? k : -1;
}

static pp_status link_action(pp_plan_file *f, const pp__yaml *node, pp__action *a,
                             pp_error *err) {
    const pp__yaml *list = pp__yaml_get(node, "requires");
    for (const char *const *name = a->requires; *name; name++) {
        int k = index_of(f, *name);
        if (k < 0) {
            return pp__yaml_refuse(list, f->file, "name one of the actions of this file",
                                   err, "no action is named '%.60s'", *name);
        }
        if (&f->actions[k] == a) {
            return pp__yaml_refuse(list, f->file, "leave it out", err,
                                   "an action cannot require itself");
        }
        if (f->actions[k].group == a->group) {
            return pp__yaml_refuse(list, f->file,
                                   "give one of them another audience: there is at most "
                                   "one action an audience and place",
                                   err, "'%.60s' has the same audience", *name);
        }
        if (a->n_required == PP__MOST_ACTIONS) {
            return pp__yaml_refuse(list, f->file, NULL, err, "the list is too long");
        }
        a->required[a->n_required++] = k;
    }
    return PP_OK;
}

/* Whether what `from` requires, and that in turn, leads back to `to`; each action is visited once. */
static int leads_to(const pp_plan_file *f, int from, int to, char *seen) {
    const pp__action *a = &f->actions[from];
    for (int k = 0; k < a->n_required; k++) {
        int next = a->required[k];
        if (next == to) {
            return 1;
        }
        if (!seen[next]) {
            seen[next] = 1;
            if (leads_to(f, next, to, seen)) {
                return 1;
            }
        }
    }
    return 0;
}

static pp_status check_circles(const pp_plan_file *f, const pp__yaml *list,
                               pp_error *err) {
    int k = 0;
    for (const pp__yaml *node = list->first; node; node = node->next, k++) {
        char seen[PP__MOST_ACTIONS] = {0};
        if (leads_to(f, k, k, seen)) {
            return pp__yaml_refuse(
                pp__yaml_get(node, "requires"), f->file,
                "leave one of them out of 'requires', or make them one "
                "action",
                err, "'%.60s' requires itself, through what it requires",
                f->actions[k].name);
        }
    }
    return PP_OK;
}

static pp_status read_actions(pp_plan_file *f, const pp__yaml *root, pp_error *err) {
    const pp__yaml *list = pp__yaml_get(root, "actions");
    if (!list || list->kind != PP__YAML_LIST || list->n < 1) {
        return pp__yaml_refuse(list ? list : &NOTHING, f->file, NULL, err,
                               "'actions' is missing or no list of actions");
    }
    if (list->n > PP__MOST_ACTIONS) {
        return pp__yaml_refuse(list, f->file, NULL, err, "there are more than %d actions",
                               PP__MOST_ACTIONS);
    }
    f->actions = pp_arena_zalloc(&f->arena, list->n, sizeof *f->actions);
    PP_NEED(f->actions, err);
    for (const pp__yaml *node = list->first; node; node = node->next) {
        PP_TRY(read_action(f, node, err));
        f->n_actions++;
    }
    int k = 0;
    for (const pp__yaml *node = list->first; node; node = node->next) {
        PP_TRY(link_action(f, node, &f->actions[k++], err));
    }
    return check_circles(f, list, err);
}

static pp_status read_coverage(pp_plan_file *f, const pp__yaml *root, pp_error *err) {
    const pp__yaml *list = pp__yaml_get(root, "coverage");
    if (!list) {
        return PP_OK;
    }
    if (list->kind != PP__YAML_LIST) {
        return pp__yaml_refuse(list, f->file, NULL, err, "'coverage' is a list");
    }
    f->coverage = pp_arena_zalloc(&f->arena, list->n, sizeof *f->coverage);
    PP_NEED(f->coverage, err);
    for (const pp__yaml *node = list->first; node; node = node->next) {
        pp__coverage *c = &f->coverage[f->n_coverage];
        PP_TRY(pp__fields_check(node, f->file, "a coverage", COVERAGE, err));
        PP_TRY(pp__fields_text(node, "title", f->file, 1, &c->title, err));
        PP_TRY(read_condition(node, "where", f->file, 1, &c->where, err));
        c->most = INFINITY;
        PP_TRY(pp__fields_number(node, "at_least", f->file, 0, 1e9, &c->least, err));
        PP_TRY(pp__fields_number(node, "at_most", f->file, 0, 1e9, &c->most, err));
        if (c->least > c->most || (c->least == 0 && !isfinite(c->most))) {
            return pp__yaml_refuse(node, f->file, NULL, err,
                                   c->least > c->most
                                       ? "'at_least' is above 'at_most'"
                                       : "it has neither 'at_least' nor 'at_most'");
        }
        f->n_coverage++;
    }
    return PP_OK;
}

static pp_status read_root(pp_plan_file *f, const pp__yaml *root, pp_error *err) {
    f->placeholder = 1;
    PP_TRY(pp__fields_check(root, f->file, "the plan file", TOP, err));
    PP_TRY(pp__fields_flag(root, "placeholder", f->file, &f->placeholder, err));
    PP_TRY(pp__fields_text(root, "words", f->file, 0, &f->words, err));
    PP_TRY(pp__fields_text(root, "unit", f->file, 0, &f->unit, err));
    PP_TRY(pp__fields_number(root, "budget", f->file, 0, MOST_MONEY, &f->budget, err));
    if (pp__yaml_get(root, "budget") && !(f->budget > 0)) {
        return pp__yaml_refuse(
            pp__yaml_get(root, "budget"), f->file,
            "write how much there is, or leave it out and give --budget", err,
            "a budget is above 0");
    }
    if (f->placeholder && !f->words) {
        return pp__yaml_refuse(&NOTHING, f->file,
                               "write in 'words' what every output shall say, or, once "
                               "every range is your own, placeholder: false",
                               err, "'words' is missing");
    }
    PP_TRY(read_objective(f, root, err));
    PP_TRY(read_actions(f, root, err));
    return read_coverage(f, root, err);
}

static pp_status parse(pp_plan_file *f, const char *text, int64_t length,
                       const char *name, pp_error *err) {
    pp__yaml *root;
    pp_arena_init(&f->arena);
    f->file = pp_arena_strdup(&f->arena, name);
    PP_NEED(f->file, err);
    const pp__yaml_source source = {
        f->file, "plan file",
        "start from the file that comes with pushpull: data/strategy/plan.yml"};
    PP_TRY(pp__yaml_parse(text, length, &source, &f->arena, &root, err));
    return read_root(f, root, err);
}

pp_status pp_plan_read_text(const char *text, int64_t length, const char *name,
                            pp_plan_file **out, pp_error *err) {
    *out = pp_calloc(1, sizeof **out);
    PP_NEED(*out, err);
    pp_status status = parse(*out, text, length, name, err);
    if (status != PP_OK) {
        pp_plan_free(*out);
        *out = NULL;
    }
    return status;
}

pp_status pp_plan_read(const char *path, const char *shown, pp_plan_file **out,
                       pp_error *err) {
    pp_buf text;
    pp_buf_init(&text);
    *out = NULL;
    pp_status status = pp_file_read(path, PP__YAML_BYTES, &text, err);
    if (status == PP_OK) {
        status = pp_plan_read_text(text.data ? text.data : "", text.length,
                                   shown ? shown : path, out, err);
    }
    pp_buf_clear(&text);
    return status;
}

void pp_plan_free(pp_plan_file *plan) {
    if (plan) {
        pp_arena_clear(&plan->arena);
        pp_free(plan);
    }
}

int pp_plan_is_placeholder(const pp_plan_file *plan) {
    return plan->placeholder;
}
