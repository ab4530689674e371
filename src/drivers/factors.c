#include "drivers/factors.h"

#include "base/check.h"
#include "drivers/carries.h"
#include "drivers/lists.h"

#include <pushpull/text.h>

#include <string.h>

/* ---- lists with commas ---- */

int pp__list_next(const char **list, const char **name, size_t *length) {
    return pp__part_next(list, ',', name, length);
}

int pp__list_has(const char *list, const char *wanted) {
    const char *name;
    size_t length;
    while (list && pp__list_next(&list, &name, &length)) {
        if (strlen(wanted) == length && strncmp(name, wanted, length) == 0) {
            return 1;
        }
    }
    return 0;
}

/* ---- factors ---- */

static const char *name_term(const pp_fit *fit, int t, pp_arena *arena) {
    const pp__term *term = &fit->formula->terms[t];
    const char *name = NULL;
    for (int i = 0; i < term->n; i++) {
        const char *label = fit->formula->atoms[term->atom[i]].label;
        name = name ? pp_arena_printf(arena, "%s:%s", name, label) : label;
        if (!name) {
            return NULL;
        }
    }
    return name;
}

static int has_column(const pp_fit *fit, int term) {
    for (int j = 0; j < fit->design->k; j++) {
        if (fit->design->column[j].term == term) {
            return 1;
        }
    }
    return 0;
}

static pp_status fail_at(const char *option, const char *value, const char *message,
                         pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "%s", message);
    pp_error_locate(err, NULL, 0, option, value);
    return PP_E_ARGUMENT;
}

static pp_status list_factors(const pp_fit *fit, const char *keep, pp_arena *arena,
                              pp__factors *out, pp_error *err) {
    for (int t = 0; t < fit->formula->n_terms; t++) {
        const char *name = name_term(fit, t, arena);
        PP_NEED(name, err);
        if (pp__list_has(keep, name)) {
            continue;
        }
        if (!has_column(fit, t)) {
            return pp__carries_refuse(fit, t, name, err);
        }
        if (out->n == PP__MOST_FACTORS) {
            PP_FAIL(err, PP_E_ARGUMENT, "more than %d factors", PP__MOST_FACTORS);
        }
        out->term[out->n] = t;
        out->group[out->n] = -1;
        out->name[out->n++] = name;
    }
    return out->n > 0 ? PP_OK
                      : pp_error_set(err, PP_E_ARGUMENT, "the formula has no factors");
}

/* ---- groups ---- */

static int find_factor(const pp__factors *f, const char *name, size_t length) {
    for (int j = 0; j < f->n; j++) {
        if (strlen(f->name[j]) == length && strncmp(f->name[j], name, length) == 0) {
            return j;
        }
    }
    return -1;
}

static pp_status fill_group(const pp_driver_group *group, pp_arena *arena,
                            pp__factors *out, pp_error *err) {
    const char *list = group->factors, *name;
    size_t length;
    int any = 0;
    for (; list && pp__list_next(&list, &name, &length); any = 1) {
        int j = find_factor(out, name, length);
        const char *text = pp_arena_strndup(arena, name, (int64_t)length);
        PP_NEED(text, err);
        if (j < 0) {
            const char *near = pp_text_nearest(text, out->name, out->n);
            fail_at("group", text, "the formula has no such factor", err);
            pp_error_hint(err, near ? "did you mean '%s'?" : "its terms are the factors",
                          near);
            return PP_E_ARGUMENT;
        }
        if (out->group[j] >= 0) {
            fail_at("group", text, "a factor is in two groups", err);
            pp_error_hint(err, "it is in '%s' and in '%s': leave it in one",
                          out->group_name[out->group[j]], group->name);
            return PP_E_ARGUMENT;
        }
        out->group[j] = out->n_groups;
    }
    if (!any) {
        return fail_at("group", group->name, "a group has no factors", err);
    }
    out->group_name[out->n_groups++] = group->name;
    return PP_OK;
}

static pp_status check_names(const pp_drivers_options *o, pp_error *err) {
    for (int g = 0; g < o->n_groups; g++) {
        for (int before = 0; before < g; before++) {
            if (strcmp(o->groups[g].name, o->groups[before].name) == 0) {
                fail_at("group", o->groups[g].name, "a group is named twice", err);
                pp_error_hint(err, "name it once, with all of its factors: %s=%s,%s",
                              o->groups[g].name, o->groups[before].factors,
                              o->groups[g].factors);
                return PP_E_ARGUMENT;
            }
        }
    }
    return PP_OK;
}

static pp_status check_kept(const pp_fit *fit, const char *keep, pp_arena *arena,
                            pp_error *err) {
    const char *name;
    size_t length;
    while (keep && pp__list_next(&keep, &name, &length)) {
        const char *text = pp_arena_strndup(arena, name, (int64_t)length);
        int found = 0;
        PP_NEED(text, err);
        for (int t = 0; t < fit->formula->n_terms; t++) {
            const char *term = name_term(fit, t, arena);
            PP_NEED(term, err);
            found |= strcmp(term, text) == 0;
        }
        if (!found) {
            return fail_at("keep", text, "the formula has no such term", err);
        }
    }
    return PP_OK;
}

pp_status pp__factors_find(const pp_fit *fit, const pp_drivers_options *o,
                           pp_arena *arena, pp__factors *out, pp_error *err) {
    *out = (pp__factors){0};
    PP_TRY(check_kept(fit, o->keep, arena, err));
    PP_TRY(list_factors(fit, o->keep, arena, out, err));
    PP_TRY(check_names(o, err));
    for (int g = 0; g < o->n_groups; g++) {
        PP_TRY(fill_group(&o->groups[g], arena, out, err));
    }
    for (int j = 0; j < out->n; j++) {
        if (out->group[j] < 0) {
            out->group_name[out->n_groups] = out->name[j];
            out->group[j] = out->n_groups++;
        }
    }
    return PP_OK;
}

pp_status pp__factors_columns(const pp__factors *f, const pp_fit *fit, pp_arena *arena,
                              int **of_column, pp_error *err) {
    const pp__design *d = fit->design;
    *of_column = pp_arena_alloc(arena, d->k, sizeof **of_column);
    PP_NEED(*of_column, err);
    for (int j = 0; j < d->k; j++) {
        (*of_column)[j] = -1;
        for (int i = 0; i < f->n; i++) {
            if (d->column[j].term == f->term[i]) {
                (*of_column)[j] = i;
            }
        }
    }
    return PP_OK;
}
