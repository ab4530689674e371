/* What the designs of a study compare, and one analysis made of each outcome of each. */
#include "study/run_designs.h"
#include "base/check.h"
#include "effects/uncertain/dating.h"
#include "model/tables.h"
#include "study/analyses/analysis.h"

#include <math.h>
#include <string.h>

/* ---- the panel of a design ---- */

static pp__dating_rule rule_of(const pp_study_design *d) {
    return strcmp(d->dates, "earliest") == 0   ? PP__EARLIEST
           : strcmp(d->dates, "midpoint") == 0 ? PP__MIDPOINT
                                               : PP__LATEST;
}

static const char *reason(pp__dated p) {
    return p == PP__BOUND_ONLY ? "adopted by some year, but not known from which on"
                               : "may have adopted within the years, or after them";
}

static pp_status tell_left_out(pp_table *left_out, const pp_table *panel, int64_t row,
                               pp__dated p, pp_error *err) {
    int64_t at;
    PP_TRY(pp_table_append(left_out, &at, err));
    PP_TRY(pp__put_text(left_out, at, "unit",
                        pp_column_get_text(pp_table_find(panel, "unit"), row), err));
    PP_TRY(pp__put_text(left_out, at, "name",
                        pp_column_get_text(pp_table_find(panel, "name"), row), err));
    return pp__put_text(left_out, at, "reason", reason(p), err);
}

/* Rows of one unit stand together, with the same lo and hi. */
static pp_status date_units(const pp_study_design *d, pp_table *panel, pp_table *left_out,
                            int64_t *kept, int64_t *n, pp_error *err) {
    const pp_column *unit = pp_table_find(panel, "unit");
    const double *lo = pp_table_find(panel, "lo")->number;
    const double *hi = pp_table_find(panel, "hi")->number;
    pp_column *cohort;
    PP_TRY(pp_table_add(panel, PP_NUMBER, "cohort", &cohort, err));
    pp__dated p = PP__NOT_TREATED;
    double year = NAN;
    for (int64_t row = 0; row < pp_table_rows(panel); row++) {
        const char *name = pp_column_get_text(unit, row);
        if (row == 0 || strcmp(name, pp_column_get_text(unit, row - 1)) != 0) {
            p = pp__date_by_rule(rule_of(d), lo[row], hi[row], (double)d->years[1],
                                 &year);
            if (p == PP__BOUND_ONLY || p == PP__PERHAPS_LATER) {
                PP_TRY(tell_left_out(left_out, panel, row, p, err));
            }
        }
        cohort->number[row] = year;
        if (p == PP__AT_PERIOD || p == PP__NOT_TREATED) {
            kept[(*n)++] = row;
        }
    }
    return PP_OK;
}

static pp_status build(pp__run *run, pp__run_design *out, pp_error *err) {
    const pp_study_design *d = out->design;
    pp_panel_spec spec = pp_study_design_panel(run->study, d);
    pp_table *panel = NULL;
    PP_TRY(pp_panel_build(&spec, run->adoptions[pp__run_rule_index(run, d->rule)],
                          run->indicators, run->gazetteer, run->ctx, &panel, &out->report,
                          err));
    int64_t n = 0, *kept = pp_malloc(pp_table_rows(panel), sizeof *kept);
    out->all = panel;
    pp_status status =
        kept
            ? date_units(d, panel, pp_result_find(out->report, "left_out"), kept, &n, err)
            : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        status = pp_table_take_rows(panel, kept, n, &out->data, err);
    }
    pp_free(kept);
    return status;
}

pp_status pp__run_get_design(pp__run *run, const pp_study_design *design,
                             const pp__run_design **out, pp_error *err) {
    if (!run->designs) {
        run->designs =
            pp_arena_zalloc(&run->arena, run->study->n_designs, sizeof *run->designs);
        PP_NEED(run->designs, err);
    }
    pp__run_design *d = &run->designs[design - run->study->designs];
    *out = d;
    if (d->data) {
        return PP_OK;
    }
    pp_table_free(d->all);
    pp_result_free(d->report);
    *d = (pp__run_design){.design = design};
    return build(run, d, err);
}

/* ---- whether units have adopted at all ---- */

/* The highest confidence of any adoption of a unit is low. */
static int is_doubtful(const pp__run *run, const pp_study_design *d, const char *unit) {
    const pp_table *t =
        pp_result_find(run->adoptions[pp__run_rule_index(run, d->rule)], "adoptions");
    int city = strcmp(run->study->panel.unit, "city") == 0;
    const pp_column *key = pp_table_find(t, city ? "place_id" : "country");
    const pp_column *confidence = pp_table_find(t, "confidence");
    int found = 0;
    for (int64_t row = 0; row < pp_table_rows(t); row++) {
        const char *of = pp_column_get_text(key, row);
        if (of && strcmp(of, unit) == 0) {
            const char *word = pp_column_get_text(confidence, row);
            if (word && strcmp(word, "low") != 0) {
                return 0;
            }
            found = 1;
        }
    }
    return found;
}

/* What occupancy says of a unit without detection; missing where it has no say. */
static double undetected_by(const pp_table *units, const char *name) {
    const pp_column *unit = units ? pp_table_find(units, "unit") : NULL;
    for (int64_t row = 0; unit && name && row < pp_table_rows(units); row++) {
        if (strcmp(pp_column_get_text(unit, row), name) == 0) {
            return pp_table_find(units, "conditional")->number[row];
        }
    }
    return NAN;
}

static double probability(const pp__run *run, const pp_study_design *d,
                          const pp_table *occupancy, const pp_table *all, int64_t row) {
    int dated = !isnan(pp_table_find(all, "lo")->number[row]) ||
                !isnan(pp_table_find(all, "hi")->number[row]);
    const char *unit = pp_column_get_text(pp_table_find(all, "unit"), row);
    if (dated) {
        return d->doubt > 0 && is_doubtful(run, d, unit) ? 1 - d->doubt : 1;
    }
    return occupancy ? undetected_by(occupancy,
                                     pp_column_get_text(pp_table_find(all, "name"), row))
                     : d->undetected_rate;
}

pp_status pp__run_design_doubts(pp__run *run, const pp__run_design *design,
                                pp_error *err) {
    const pp_result *occupancy = NULL;
    pp_column *column;
    if (pp_table_find(design->all, "probability")) {
        return PP_OK;
    }
    if (isnan(design->design->undetected_rate)) {
        PP_TRY(pp__run_result_of(run, "occupancy", &occupancy, err));
    }
    PP_TRY(pp_table_add(design->all, PP_NUMBER, "probability", &column, err));
    const pp_table *units =
        occupancy ? pp_result_find(occupancy, "occupancy_units") : NULL;
    const pp_column *unit = pp_table_find(design->all, "unit");
    for (int64_t row = 0; row < pp_table_rows(design->all); row++) {
        column->number[row] =
            row > 0 && strcmp(pp_column_get_text(unit, row),
                              pp_column_get_text(unit, row - 1)) == 0
                ? column->number[row - 1]
                : probability(run, design->design, units, design->all, row);
    }
    return PP_OK;
}

static int has_warning(const pp_result *result, const char *code) {
    for (int i = 0; i < pp_result_warnings(result); i++) {
        if (strcmp(pp_result_warning(result, i)->code, code) == 0) {
            return 1;
        }
    }
    return 0;
}

pp_status pp__run_add_tables(pp_result *result, const pp_result *drawn, pp_error *err) {
    for (int i = 0; i < pp_result_warnings(drawn); i++) {
        const pp_warning *w = pp_result_warning(drawn, i);
        PP_TRY(has_warning(result, w->code)
                   ? PP_OK
                   : pp_result_warn(result, w->code, w->subject, w->count, err, "%s",
                                    w->message));
    }
    for (int t = 0; t < pp_result_tables(drawn); t++) {
        const char *name = pp_result_table_name(drawn, t);
        const char *note = pp_result_table_note(drawn, t);
        pp_table *copy = NULL;
        PP_TRY(pp_table_copy(pp_result_table(drawn, t), &copy, err));
        pp_status status =
            pp_result_take(result, name, pp_result_table_title(drawn, t), copy, err);
        if (status != PP_OK) {
            pp_table_free(copy);
            return status;
        }
        PP_TRY(note ? pp_result_set_note(result, name, note, err) : PP_OK);
    }
    return PP_OK;
}

pp_status pp__run_add_drawn(pp__run *run, const pp__run_design *design,
                            const char *outcome, int64_t draws, pp__drawn_step *step,
                            const void *payload, pp_result *result, pp_error *err) {
    const pp_uncertain_options dates = {"lo", "hi", "probability",
                                        draws < 0 ? design->design->date_draws : draws};
    pp_result *drawn = NULL;
    pp_error why = {0};
    if (dates.draws == 0) {
        return PP_OK;
    }
    PP_TRY(pp__run_design_doubts(run, design, err));
    pp_status status = step(payload, design->all, &dates, run->ctx, &drawn, &why);
    if (status == PP_OK) {
        status = pp__run_add_tables(result, drawn, err);
        pp_result_free(drawn);
        return status;
    }
    if (status == PP_E_ESTIMATION) {
        return pp_result_warn(result, "draws_failed", outcome, -1, err,
                              "dates cannot be drawn: %s", why.message);
    }
    if (err) {
        *err = why;
    }
    return status;
}

/* ---- how it is estimated ---- */

pp_status pp__run_design_options(pp__run *run, const pp_study_design *d,
                                 const char *outcome, pp_did_options *out,
                                 pp_error *err) {
    int cs = strcmp(d->estimator, "cs") == 0; /* others have no choice of these */
    int stacked = strcmp(d->estimator, "stacked") == 0;
    const char *covariates = NULL;
    for (const char *const *name = d->covariates; *name; name++) {
        covariates = covariates
                         ? pp_arena_printf(&run->arena, "%s + %s", covariates, *name)
                         : *name;
        PP_NEED(covariates, err);
    }
    *out = (pp_did_options){
        .outcome = outcome,
        .unit = "unit",
        .time = "year",
        .cohort = "cohort",
        .estimator = d->estimator,
        .covariates = covariates,
        .method = cs ? d->method : NULL,
        .control = cs || stacked ? d->control : NULL,
        .panel = d->panel,
        .draws = d->draws,
        .anticipation = d->anticipation,
        .balance = -1,
        .least = -d->before,
        .most = d->after,
        .seed = (uint64_t)run->study->seed,
    };
    return PP_OK;
}

/* ---- one analysis of every outcome ---- */

static pp_status copy_cell(const pp_column *from, int64_t row, pp_table *into, int64_t at,
                           pp_error *err) {
    if (from->type == PP_NUMBER) {
        PP_TRY(pp__put_number(into, at, from->name, from->show, from->number[row], err));
    } else if (!pp_column_is_missing(from, row)) {
        PP_TRY(pp__put_text(into, at, from->name, pp_column_get_text(from, row), err));
    }
    return PP_OK;
}

static pp_status append_rows(pp__run *run, pp_table *into, const pp_table *from,
                             const pp_study_design *d, const char *outcome,
                             pp_error *err) {
    for (int64_t row = 0; row < pp_table_rows(from); row++) {
        int64_t at;
        PP_TRY(pp_table_append(into, &at, err));
        PP_TRY(pp__put_text(into, at, "design", d->name, err));
        PP_TRY(pp__put_text(into, at, "outcome", outcome, err));
        PP_TRY(pp__put_text(into, at, "label", pp__run_label(run, outcome), err));
        for (int c = 0; c < pp_table_columns(from); c++) {
            PP_TRY(copy_cell(pp_table_column(from, c), row, into, at, err));
        }
    }
    return PP_OK;
}

static pp_status append_result(pp__run *run, pp_result *into, const pp_result *one,
                               const pp_study_design *d, const char *outcome,
                               pp_error *err) {
    for (int t = 0; t < pp_result_tables(one); t++) {
        const char *name = pp_result_table_name(one, t);
        const char *note = pp_result_table_note(one, t);
        pp_table *table = pp_result_find(into, name);
        if (!table) {
            PP_TRY(pp_result_add(into, name, pp_result_table_title(one, t), &table, err));
        }
        PP_TRY(append_rows(run, table, pp_result_table(one, t), d, outcome, err));
        PP_TRY(note ? pp_result_set_note(into, name, note, err) : PP_OK);
    }
    for (int i = 0; i < pp_result_warnings(one); i++) {
        const pp_warning *w = pp_result_warning(one, i);
        PP_TRY(pp_result_warn(into, w->code, w->subject, w->count, err, "%s, %s: %s",
                              d->name, outcome, w->message));
    }
    return PP_OK;
}

/* What one outcome cannot carry is a warning; the others go on. */
static int is_fatal(pp_status status) {
    return status == PP_E_MEMORY || status == PP_E_CANCELLED || status == PP_E_INTERNAL ||
           status == PP_E_NOT_FOUND;
}

static const pp__run_outcome *find_outcome(const pp__run *run, const char *analysis,
                                           const pp_study_design *d,
                                           const char *outcome) {
    const pp__run_outcome *o = run->outcomes;
    while (o && (o->design != d || strcmp(o->analysis, analysis) != 0 ||
                 strcmp(o->outcome, outcome) != 0)) {
        o = o->next;
    }
    return o;
}

static pp_status make_outcome(pp__run *run, const char *analysis, pp__design_step *step,
                              const void *settings, const pp_study_design *d,
                              const char *outcome, const pp__run_outcome **out,
                              pp_error *err) {
    const pp__run_design *design;
    pp_did_options options;
    *out = find_outcome(run, analysis, d, outcome);
    if (*out) {
        return PP_OK;
    }
    PP_TRY(pp__run_get_design(run, d, &design, err));
    PP_TRY(pp__run_design_options(run, d, outcome, &options, err));
    pp__run_outcome *o = pp_arena_zalloc(&run->arena, 1, sizeof *o);
    PP_NEED(o, err);
    *o = (pp__run_outcome){.analysis = analysis, .outcome = outcome, .design = d};
    o->status = step(run, design, &options, settings, &o->result, &o->why);
    if (is_fatal(o->status)) {
        if (err) {
            *err = o->why;
        }
        return o->status;
    }
    o->next = run->outcomes;
    run->outcomes = o;
    *out = o;
    return PP_OK;
}

pp_status pp__run_outcome_of(pp__run *run, const char *analysis,
                             const pp_study_design *design, const char *outcome,
                             const pp__run_outcome **out, pp_error *err) {
    for (int i = 0; pp__analysis_get(i); i++) {
        const pp__analysis *kind = pp__analysis_get(i);
        if (strcmp(kind->name, analysis) == 0 && kind->one) {
            return make_outcome(run, kind->name, kind->one,
                                run->study->analyses[i].settings, design, outcome, out,
                                err);
        }
    }
    PP_FAIL(err, PP_E_INTERNAL, "no analysis of designs is named '%s'", analysis);
}

static pp_status each_outcome(pp__run *run, const char *analysis,
                              const pp_study_design *d, pp__design_step *step,
                              const void *settings, pp_result *into, int *made,
                              pp_error *err) {
    for (const char *const *outcome = d->outcomes; *outcome; outcome++) {
        const pp__run_outcome *o;
        PP_TRY(make_outcome(run, analysis, step, settings, d, *outcome, &o, err));
        if (o->result) {
            PP_TRY(append_result(run, into, o->result, d, *outcome, err));
            *made += 1;
        } else {
            PP_TRY(pp_result_warn(into, "outcome_failed", *outcome, -1, err,
                                  "%s, %s: not to be had: %s", d->name, *outcome,
                                  o->why.message));
        }
    }
    return PP_OK;
}

static int is_named(const char *const *names, const char *name) {
    for (const char *const *n = names; n && *n; n++) {
        if (strcmp(*n, name) == 0) {
            return 1;
        }
    }
    return !names || !names[0];
}

static pp_status each_design(pp__run *run, const char *analysis, const char *const *names,
                             pp__design_step *step, const void *settings, pp_result *into,
                             pp_error *err) {
    int made = 0;
    for (int64_t i = 0; i < run->study->n_designs; i++) {
        const pp_study_design *d = &run->study->designs[i];
        if (is_named(names, d->name)) {
            PP_TRY(each_outcome(run, analysis, d, step, settings, into, &made, err));
        }
    }
    if (made == 0 && pp_result_warnings(into) > 0) {
        PP_FAIL(err, PP_E_ESTIMATION, "%s", pp_result_warning(into, 0)->message);
    }
    return PP_OK;
}

pp_status pp__run_need_designs(const pp__run *run, pp_error *err) {
    if (run->study->n_designs > 0) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_NOT_FOUND, "the study has no designs");
    pp_error_locate(err, run->study->file, 0, "designs", NULL);
    pp_error_hint(err, "add 'designs:' with outcomes, smallest_effect and because "
                       "(every key: pushpull/study.h)");
    return PP_E_NOT_FOUND;
}

pp_status pp__run_each_design(pp__run *run, const char *analysis,
                              const char *const *names, pp__design_step *step,
                              const void *settings, pp_result **out, pp_error *err) {
    *out = NULL;
    PP_TRY(pp__run_need_designs(run, err));
    PP_TRY(pp_result_new(analysis, out, err));
    pp_status status = each_design(run, analysis, names, step, settings, *out, err);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

int64_t pp__run_count_designs(const pp_study *study, const char *const *names) {
    int64_t n = 0;
    while (names && names[n]) {
        n++;
    }
    return n > 0 ? n : study->n_designs;
}
