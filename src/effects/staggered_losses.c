/* Who is left out of a panel of staggered adoption, and why. */
#include "effects/staggered_reader.h"

#include "base/check.h"

#include <string.h>

/* Rows of each unit. */
typedef struct counts {
    int32_t *complete, *no_outcome, *no_covariate;
} counts;

static pp_status count_rows(const pp__staggered_reader *r, counts *c) {
    int32_t units = r->unit.n_levels;
    c->complete = pp_arena_zalloc(r->arena, 3 * (int64_t)units, sizeof *c->complete);
    PP_NEED(c->complete, r->err);
    c->no_outcome = c->complete + units;
    c->no_covariate = c->no_outcome + units;
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        int32_t u = r->unit.code[i];
        if (u >= 0) {
            c->complete[u] += r->state[i] == PP__ROW_COMPLETE;
            c->no_outcome[u] += r->state[i] == PP__ROW_WITHOUT_OUTCOME;
            c->no_covariate[u] += r->state[i] == PP__ROW_WITHOUT_COVARIATE;
        }
    }
    return PP_OK;
}

static pp__unit_loss judge(const pp__staggered_reader *r, const counts *c, int32_t u) {
    int32_t periods = r->time.n_levels, own = c->complete[u];
    if (r->first[u] <= r->time.level_value[0]) {
        return PP__ALWAYS_TREATED;
    }
    if (r->form == PP__BALANCED ? own == periods : own > 0) {
        return PP__KEPT;
    }
    if (r->form == PP__BALANCED &&
        own + c->no_outcome[u] + c->no_covariate[u] < periods) {
        return PP__NOT_IN_EVERY_PERIOD;
    }
    return c->no_outcome[u] > 0     ? PP__OUTCOME_MISSING
           : c->no_covariate[u] > 0 ? PP__COVARIATE_MISSING
                                    : PP__NOT_IN_EVERY_PERIOD;
}

static pp_status count_absent(const pp__staggered_reader *r, const counts *c,
                              pp__staggered_report *report) {
    int64_t *absent = pp_arena_alloc(r->arena, r->time.n_levels, sizeof *absent), all = 0;
    PP_NEED(absent, r->err);
    report->absent = absent;
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        if (r->why[u] != PP__ALWAYS_TREATED) {
            report->holes += c->complete[u] < r->time.n_levels;
            all++;
        }
    }
    for (int32_t t = 0; t < r->time.n_levels; t++) {
        absent[t] = all;
    }
    for (int64_t i = 0; i < pp_table_rows(r->data); i++) {
        if (r->state[i] == PP__ROW_COMPLETE &&
            r->why[r->unit.code[i]] != PP__ALWAYS_TREATED) {
            absent[r->time.code[i]]--;
        }
    }
    return PP_OK;
}

static pp_status name_losses(const pp__staggered_reader *r, const counts *c,
                             pp__staggered_report *report) {
    int64_t n = 0;
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        n += r->why[u] != PP__KEPT;
    }
    report->unit = pp_arena_alloc(r->arena, n, sizeof *report->unit);
    pp__unit_loss *why = pp_arena_alloc(r->arena, n, sizeof *why);
    int32_t *missing = pp_arena_alloc(r->arena, n, sizeof *missing);
    PP_NEED(report->unit && why ? missing : NULL, r->err);
    report->why = why;
    report->missing = missing;
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        if (r->why[u] != PP__KEPT) {
            PP_NEED(report->unit[report->n] = pp__reader_name(r, u), r->err);
            missing[report->n] = r->time.n_levels - c->complete[u];
            why[report->n++] = r->why[u];
        }
    }
    return PP_OK;
}

pp_status pp__reader_losses(pp__staggered_reader *r, pp__staggered_report *report) {
    counts c = {0};
    r->why = pp_arena_alloc(r->arena, r->unit.n_levels, sizeof *r->why);
    PP_NEED(r->why, r->err);
    PP_TRY(count_rows(r, &c));
    report->units = r->unit.n_levels;
    for (int32_t u = 0; u < r->unit.n_levels; u++) {
        r->why[u] = judge(r, &c, u);
        report->always_treated += r->why[u] == PP__ALWAYS_TREATED;
    }
    if (r->form == PP__CROSSSECTION) {
        return PP_OK;
    }
    PP_TRY(count_absent(r, &c, report));
    return name_losses(r, &c, report);
}
