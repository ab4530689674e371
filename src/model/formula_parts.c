/* The parts of a formula that are not terms: the outcome, groups, and what can be
   calculated. */
#include "base/check.h"
#include "model/basis.h"
#include "model/evaluate.h"

#include <pushpull/text.h>

#include <string.h>

/* ---- arithmetic ---- */

static const char *const KNOWN[] = {"log", "log1p",  "exp",  "sqrt", "abs",
                                    "I",   "lag",    "lead", "poly", "ns",
                                    "bs",  "factor", "Surv"};

#define COUNT(array) ((int64_t)(sizeof(array) / sizeof *(array)))

static pp_status unknown_function(const pp__node *call, pp_error *err) {
    if (pp__basis_is(call->text)) {
        return pp__formula_fail(err, PP_E_ARGUMENT, call,
                                "%s() gives several columns and is a term of its own",
                                call->text);
    }
    pp__formula_fail(err, PP_E_ARGUMENT, call, "there is no function %s()", call->text);
    const char *near = pp_text_nearest(call->text, KNOWN, COUNT(KNOWN));
    pp_error_hint(err,
                  near ? "did you mean %s()?"
                       : "there are: log, log1p, exp, sqrt, abs, lag, lead, poly, ns, "
                         "bs, I, factor",
                  near);
    return PP_E_ARGUMENT;
}

int pp__formula_shift(const pp__node *call, double *back) {
    int lag = call->kind == PP__CALL && strcmp(call->text, "lag") == 0;
    int lead = call->kind == PP__CALL && strcmp(call->text, "lead") == 0;
    const pp__node *by = call->first ? call->first->next : NULL;
    *back = (by ? by->number : 1) * (lag ? 1 : -1);
    return lag || lead;
}

static pp_status check_shift(const pp__node *call, pp_error *err) {
    const pp__node *by = call->first ? call->first->next : NULL;
    int good = call->first && !call->first->label &&
               (!by || (by->kind == PP__NUMBER && !by->next && !by->label));
    if (!good) {
        pp__formula_fail(err, PP_E_ARGUMENT, call, "%s() is not used so", call->text);
        pp_error_hint(err, "write %s(x) or %s(x, 2)", call->text, call->text);
        return PP_E_ARGUMENT;
    }
    return pp__formula_arithmetic(call->first, err);
}

/* Arithmetic: numbers, columns, + - * / ^ and functions of one argument. */
pp_status pp__formula_arithmetic(const pp__node *node, pp_error *err) {
    if (node->kind == PP__STRING ||
        (node->kind == PP__BINARY && strchr(":|", node->op))) {
        return pp__formula_fail(err, PP_E_ARGUMENT, node, "%s cannot be calculated with",
                                node->kind == PP__STRING ? "text"
                                : node->op == ':'        ? "an interaction"
                                                         : "a random intercept");
    }
    if (node->kind == PP__CALL) {
        if (strcmp(node->text, "factor") == 0) {
            return pp__formula_fail(err, PP_E_ARGUMENT, node,
                                    "a category cannot be calculated with");
        }
        double back;
        if (pp__formula_shift(node, &back)) {
            return check_shift(node, err);
        }
        if (strcmp(node->text, "I") != 0 && !pp__function_find(node->text)) {
            return unknown_function(node, err);
        }
        if (!node->first || node->first->next || node->first->label) {
            return pp__formula_fail(err, PP_E_ARGUMENT, node,
                                    "%s() takes one argument without a name", node->text);
        }
    }
    for (const pp__node *child = node->first; child; child = child->next) {
        PP_TRY(pp__formula_arithmetic(child, err));
    }
    return PP_OK;
}

/* ---- groups ---- */

static pp_status add_name(pp__node *node, pp__group *out, pp_error *err) {
    if (node->kind == PP__BINARY && node->op == '^') {
        PP_TRY(add_name(node->first, out, err));
        return add_name(node->first->next, out, err);
    }
    if (node->kind != PP__NAME) {
        pp__formula_fail(err, PP_E_ARGUMENT, node, "a column is expected here");
        pp_error_hint(err, "groups are columns: city, or city^year for pairs");
        return PP_E_ARGUMENT;
    }
    if (out->n == PP__TERM_ATOMS) {
        return pp__formula_fail(err, PP_E_ARGUMENT, node, "more than %d columns together",
                                PP__TERM_ATOMS);
    }
    out->name[out->n++] = node;
    return PP_OK;
}

pp_status pp__formula_group(pp__node *node, pp_arena *arena, pp__group *out,
                            pp_error *err) {
    *out = (pp__group){0};
    PP_TRY(add_name(node, out, err));
    out->label = pp__formula_write(node, arena);
    PP_NEED(out->label, err);
    return PP_OK;
}

static pp_status push_group(pp__node *node, pp_arena *arena, pp__group *list, int *n,
                            pp_error *err) {
    if (*n == PP__MAX_GROUPS) {
        return pp__formula_fail(err, PP_E_ARGUMENT, node, "more than %d groups",
                                PP__MAX_GROUPS);
    }
    PP_TRY(pp__formula_group(node, arena, &list[*n], err));
    for (int i = 0; i < *n; i++) {
        if (strcmp(list[i].label, list[*n].label) == 0) {
            return pp__formula_fail(err, PP_E_ARGUMENT, node, "%s stands here twice",
                                    list[i].label);
        }
    }
    (*n)++;
    return PP_OK;
}

pp_status pp__formula_effects(pp__node *node, pp_arena *arena, pp__formula *f,
                              pp_error *err) {
    if (node->kind == PP__BINARY && node->op == '+') {
        PP_TRY(pp__formula_effects(node->first, arena, f, err));
        return pp__formula_effects(node->first->next, arena, f, err);
    }
    return push_group(node, arena, f->effect, &f->n_effects, err);
}

pp_status pp__formula_strata(const pp__node *call, pp_arena *arena, pp__formula *f,
                             pp_error *err) {
    if (!call->first) {
        return pp__formula_fail(err, PP_E_ARGUMENT, call, "strata() of which column?");
    }
    for (pp__node *name = call->first; name; name = name->next) {
        PP_TRY(push_group(name, arena, f->strata, &f->n_strata, err));
    }
    return PP_OK;
}

pp_status pp__formula_random(const pp__node *bar, pp_arena *arena, pp__formula *f,
                             pp_error *err) {
    const pp__node *one = bar->first;
    if (one->kind != PP__NUMBER || one->number != 1) {
        pp__formula_fail(err, PP_E_UNSUPPORTED, one,
                         "only random intercepts are built in");
        pp_error_hint(err, "write (1 | region)");
        return PP_E_UNSUPPORTED;
    }
    return push_group(one->next, arena, f->random, &f->n_random, err);
}

/* ---- the outcome ---- */

static int is_word(const pp__node *node, const char *word) {
    return (node->kind == PP__NAME || node->kind == PP__STRING) &&
           strcmp(node->text, word) == 0;
}

static pp_status bad_surv(const pp__node *call, pp_error *err) {
    pp__formula_fail(err, PP_E_ARGUMENT, call, "Surv() is not used so");
    pp_error_hint(err,
                  "write Surv(start, stop, event), Surv(time, event) or Surv(lo, hi, "
                  "type = interval)");
    return PP_E_ARGUMENT;
}

/* The arguments of Surv() without a name; their number, or -1: one has another name. */
static int surv_arguments(const pp__node *call, pp__node *argument[3], int *interval) {
    int n = 0;
    *interval = 0;
    for (pp__node *a = call->first; a; a = a->next) {
        if (a->label) {
            *interval = strcmp(a->label, "type") == 0 && is_word(a, "interval");
            if (!*interval || a->next) {
                return -1;
            }
        } else if (n == 3) {
            return -1;
        } else {
            argument[n++] = a;
        }
    }
    return n;
}

static pp_status read_surv(pp__node *call, pp__formula *f, pp_error *err) {
    pp__node *argument[3];
    int interval, n = surv_arguments(call, argument, &interval);
    if (n < 2 || (interval && n != 2)) {
        return bad_surv(call, err);
    }
    for (int i = 0; i < n; i++) {
        PP_TRY(pp__formula_arithmetic(argument[i], err));
    }
    f->kind = interval ? PP__INTERVAL : PP__SPELL;
    if (interval) {
        f->lo = argument[0];
        f->hi = argument[1];
    } else {
        f->start = n == 3 ? argument[0] : NULL;
        f->stop = argument[n - 2];
        f->event = argument[n - 1];
    }
    return PP_OK;
}

pp_status pp__formula_outcome(pp__node *node, pp_arena *arena, pp__formula *f,
                              pp_error *err) {
    f->outcome = f->lo = f->hi = f->start = f->stop = f->event = NULL;
    f->kind = PP__VALUE;
    f->outcome_label = pp__formula_write(node, arena);
    PP_NEED(f->outcome_label, err);
    if (node->kind == PP__CALL && strcmp(node->text, "Surv") == 0) {
        return read_surv(node, f, err);
    }
    f->outcome = node;
    return pp__formula_arithmetic(node, err);
}
