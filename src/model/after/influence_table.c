/* Which rows, countries or years drive a result. */
#include "base/check.h"
#include "model/after/influence.h"
#include "model/after/newdata.h"
#include "model/inference/covariance_codes.h"
#include "model/tables.h"

#include <pushpull/after.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry { /* one coefficient without one group */
    int64_t group;
    int term;
    double approximate, exact, p_value;
    double change, dfbetas;
    int sign, significance; /* whether these change */
} entry;

typedef struct study {
    const pp_fit *fit;
    const pp_influence_options *options;
    const pp_context *ctx;
    pp_arena arena;
    int64_t groups;
    const int32_t *code; /* of each observation */
    int64_t *size;       /* observations of each group */
    pp__encoding names;  /* of groups; code NULL: rows */
    double *step;        /* groups × k */
    pp__left_out *left;  /* NULL: not refitted */
    entry *entries;
    int64_t n;
    pp_error *err;
} study;

/* ---- groups ---- */

static pp_status find_rows(study *s) {
    int32_t *code = pp_arena_alloc(&s->arena, s->fit->scores.n, sizeof *code);
    PP_NEED(code, s->err);
    if (s->fit->scores.n > INT32_MAX) {
        PP_FAIL(s->err, PP_E_UNSUPPORTED, "there are too many rows");
    }
    for (int32_t i = 0; i < s->fit->scores.n; i++) {
        code[i] = i;
    }
    s->code = code;
    s->groups = s->fit->scores.n;
    return PP_OK;
}

/* Names are those of the column's levels over the rows used, which cluster codes have in
   their order too. */
static pp_status find_groups(study *s) {
    pp__clustering clusters;
    if (!s->options->by) {
        PP_TRY(find_rows(s));
    } else {
        PP_TRY(pp__cluster_codes(s->fit, s->fit->data, s->options->by, s->ctx, &s->arena,
                                 &clusters, s->err));
        s->code = clusters.code;
        s->groups = clusters.levels;
        PP_TRY(pp__group_rows(s->fit, s->options->by, &s->arena, &s->names, s->err));
    }
    s->size = pp_arena_zalloc(&s->arena, s->groups, sizeof *s->size);
    PP_NEED(s->size, s->err);
    for (int64_t i = 0; i < s->fit->scores.n; i++) {
        s->size[s->code[i]]++;
    }
    return PP_OK;
}

/* By a row of the group: the codes of a fixed effect need not be those of its levels. */
static pp_status name_groups(study *s, const char ***out) {
    const pp__scores *scores = &s->fit->scores;
    *out = pp_arena_zalloc(&s->arena, s->groups, sizeof **out);
    PP_NEED(*out, s->err);
    for (int64_t u = 0; u < scores->n; u++) {
        int64_t i = scores->begin ? scores->begin[u] : u;
        const char **name = &(*out)[s->code[u]];
        if (*name) {
            continue;
        }
        char space[32];
        *name = s->names.code
                    ? pp_arena_strdup(&s->arena,
                                      pp__level_name(&s->names, s->names.code[i], space))
                    : pp_arena_printf(&s->arena, "%lld",
                                      (long long)pp__row_number(s->fit, i));
        PP_NEED(*name, s->err);
    }
    return PP_OK;
}

/* ---- entries ---- */

static double full_error(const pp_fit *fit, int j) {
    return sqrt(fit->V[j + (int64_t)j * fit->k]);
}

static entry make_entry(const study *s, int64_t g, int j) {
    const pp_fit *fit = s->fit;
    double estimate = fit->estimates[j], error = full_error(fit, j);
    double alpha = 1 - fit->options.level, p = pp__fit_p_value(fit, estimate / error);
    entry e = {.group = g, .term = j, .exact = NAN, .p_value = NAN};
    e.approximate = estimate - s->step[g * fit->k + j];
    if (s->left) {
        e.exact = s->left[g].estimate[j];
        e.p_value = s->left[g].p_value[j];
    }
    double without = s->left ? e.exact : e.approximate;
    e.change = without - estimate;
    e.dfbetas = e.change / error;
    e.sign = without * estimate < 0;
    e.significance = !isnan(e.p_value) && (p < alpha) != (e.p_value < alpha);
    return e;
}

static int compare_entries(const void *a, const void *b) {
    const entry *x = a, *y = b;
    double p = isnan(x->dfbetas) ? -1 : fabs(x->dfbetas);
    double q = isnan(y->dfbetas) ? -1 : fabs(y->dfbetas);
    if (p != q) {
        return p < q ? 1 : -1;
    }
    if (x->group != y->group) {
        return x->group < y->group ? -1 : 1;
    }
    return x->term - y->term;
}

static pp_status find_term(const study *s, int *first, int *end) {
    const char *term = s->options->term;
    *first = 0;
    *end = s->fit->k;
    if (!term) {
        return PP_OK;
    }
    for (int j = 0; j < s->fit->k; j++) {
        if (strcmp(s->fit->name[j], term) == 0) {
            *first = j;
            *end = j + 1;
            return PP_OK;
        }
    }
    pp_error_set(s->err, PP_E_NOT_FOUND, "the model has no coefficient '%s'", term);
    pp_error_locate(s->err, NULL, 0, "influence-term", term);
    return PP_E_NOT_FOUND;
}

static pp_status make_entries(study *s, int first, int end) {
    s->entries = pp_arena_alloc(&s->arena, s->groups * (end - first), sizeof *s->entries);
    PP_NEED(s->entries, s->err);
    for (int64_t g = 0; g < s->groups; g++) {
        for (int j = first; j < end; j++) {
            s->entries[s->n++] = make_entry(s, g, j);
        }
    }
    qsort(s->entries, (size_t)s->n, sizeof *s->entries, compare_entries);
    return PP_OK;
}

/* ---- tables ---- */

static pp_status put_entry(const study *s, const entry *e, const char *const *names,
                           pp_table *t, int64_t at) {
    const pp_fit *fit = s->fit;
    PP_TRY(pp__put_text(t, at, "without", names[e->group], s->err));
    PP_TRY(pp__put_number(t, at, "observations", PP_SHOW_COUNT, (double)s->size[e->group],
                          s->err));
    if (fit->equation) {
        PP_TRY(pp__put_text(t, at, "equation", fit->equation[e->term], s->err));
    }
    PP_TRY(pp__put_text(t, at, "term", fit->name[e->term], s->err));
    const struct {
        const char *name;
        pp_show show;
        double value;
        int refitted; /* only with refits */
    } cells[] = {{"estimate", PP_SHOW_DEFAULT, fit->estimates[e->term], 0},
                 {"one_step", PP_SHOW_DEFAULT, e->approximate, 0},
                 {"left_out", PP_SHOW_DEFAULT, e->exact, 1},
                 {"change", PP_SHOW_DEFAULT, e->change, 0},
                 {"dfbetas", PP_SHOW_DEFAULT, e->dfbetas, 0},
                 {"p_value", PP_SHOW_P_VALUE, e->p_value, 1},
                 {"sign_changes", PP_SHOW_FLAG, e->sign, 0},
                 {"significance_changes", PP_SHOW_FLAG, e->significance, 1}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        if (s->left || !cells[i].refitted) {
            PP_TRY(pp__put_number(t, at, cells[i].name, cells[i].show, cells[i].value,
                                  s->err));
        }
    }
    return PP_OK;
}

/* What leaving any group out can make of one coefficient. */
static pp_status put_range(const study *s, int j, const char *const *names, pp_table *t,
                           int64_t at) {
    const entry *lowest = NULL, *highest = NULL;
    int64_t signs = 0, significances = 0, lost = 0;
    for (int64_t i = 0; i < s->n; i++) {
        const entry *e = &s->entries[i];
        if (e->term != j) {
            continue;
        }
        if (isnan(e->change)) {
            lost++;
            continue;
        }
        lowest = !lowest || e->change < lowest->change ? e : lowest;
        highest = !highest || e->change > highest->change ? e : highest;
        signs += e->sign;
        significances += e->significance;
    }
    double estimate = s->fit->estimates[j];
    PP_TRY(pp__put_text(t, at, "term", s->fit->name[j], s->err));
    PP_TRY(pp__put_number(t, at, "estimate", PP_SHOW_DEFAULT, estimate, s->err));
    PP_TRY(pp__put_number(t, at, "lowest", PP_SHOW_DEFAULT,
                          lowest ? estimate + lowest->change : NAN, s->err));
    PP_TRY(pp__put_text(t, at, "lowest_without", lowest ? names[lowest->group] : NULL,
                        s->err));
    PP_TRY(pp__put_number(t, at, "highest", PP_SHOW_DEFAULT,
                          highest ? estimate + highest->change : NAN, s->err));
    PP_TRY(pp__put_text(t, at, "highest_without", highest ? names[highest->group] : NULL,
                        s->err));
    PP_TRY(pp__put_number(t, at, "sign_changes", PP_SHOW_COUNT, (double)signs, s->err));
    if (s->left) {
        PP_TRY(pp__put_number(t, at, "significance_changes", PP_SHOW_COUNT,
                              (double)significances, s->err));
    }
    return pp__put_number(t, at, "not_identified", PP_SHOW_COUNT, (double)lost, s->err);
}

static pp_status add_tables(const study *s, int first, int end, const char *const *names,
                            pp_result *result) {
    pp_table *ranges, *t;
    int64_t rows = s->options->top > 0 && s->options->top < s->n ? s->options->top : s->n;
    PP_TRY(pp_result_add(result, "influence_terms", "What leaving one out can do",
                         &ranges, s->err));
    PP_TRY(pp_table_resize(ranges, end - first, s->err));
    for (int j = first; j < end; j++) {
        PP_TRY(put_range(s, j, names, ranges, j - first));
    }
    PP_TRY(
        pp_result_add(result, "influence", "Influence, the greatest first", &t, s->err));
    PP_TRY(pp_table_resize(t, rows, s->err));
    for (int64_t i = 0; i < rows; i++) {
        PP_TRY(put_entry(s, &s->entries[i], names, t, i));
    }
    return PP_OK;
}

static pp_status warn_lost(const study *s, pp_result *result) {
    int64_t lost = 0, loose = 0;
    for (int64_t g = 0; s->left && g < s->groups; g++) {
        lost += s->left[g].status != PP_OK;
        loose += s->left[g].status == PP_OK && !s->left[g].converged;
    }
    if (lost > 0) {
        PP_TRY(pp_result_warn(result, "not_refitted", s->options->by, lost, s->err,
                              "without %lld of %lld groups the model cannot be "
                              "estimated, or has other coefficients",
                              (long long)lost, (long long)s->groups));
    }
    return loose == 0
               ? PP_OK
               : pp_result_warn(result, "not_converged", s->options->by, loose, s->err,
                                "NOT CONVERGED without %lld of %lld groups",
                                (long long)loose, (long long)s->groups);
}

static pp_status run(study *s, pp_result *result) {
    const char **names;
    int first, end;
    PP_TRY(find_term(s, &first, &end));
    PP_TRY(find_groups(s));
    PP_TRY(name_groups(s, &names));
    s->step = pp_arena_alloc(&s->arena, s->groups * s->fit->k, sizeof *s->step);
    PP_NEED(s->step, s->err);
    PP_TRY(pp__one_step(s->fit, s->code, s->groups, s->step, s->ctx, s->err));
    if (s->options->by && !s->options->one_step) {
        PP_TRY(pp__leave_out(s->fit, s->code, s->groups, &s->arena, &s->left, s->ctx,
                             s->err));
    }
    PP_TRY(make_entries(s, first, end));
    PP_TRY(add_tables(s, first, end, names, result));
    return warn_lost(s, result);
}

pp_status pp_fit_influence(const pp_fit *fit, const pp_influence_options *options,
                           const pp_context *ctx, pp_result *result, pp_error *err) {
    const pp_influence_options usual = {0};
    study s = {.fit = fit, .options = options ? options : &usual, .ctx = ctx};
    s.err = err;
    pp_arena_init(&s.arena);
    pp_status status = run(&s, result);
    pp_arena_clear(&s.arena);
    return status;
}
