/* Marginal effects over all rows, within groups, at settings, and their differences.
   Bartus (2005), Stata Journal 5, 309-329; Arel-Bundock, Greifer & Heiss (2024), J. Stat.
   Software 111. */
#include "base/check.h"
#include "model/after/at.h"
#include "model/after/effects.h"
#include "model/estimator.h"
#include "model/tables.h"

#include <pushpull/after.h>
#include <pushpull/text.h>

#include <math.h>
#include <string.h>

typedef struct margins {
    const pp_fit *fit;
    const pp_margins_options *options;
    const pp_context *ctx;
    const char *scale;
    pp_table *table, *differences; /* the latter NULL: there is one cell */
    pp_arena arena;                /* emptied after each cell */
    pp__at at;
    pp__encoding groups; /* of the rows used; code NULL: none */

    /* The cell at hand. */
    const char *group, *setting, *words; /* group and setting NULL: none */
    const char *outcome;                 /* a category; NULL: none */
    int64_t cell, effect;

    /* The effects of the first cell, with their gradients. */
    pp_buf first_words;
    double *first; /* (k + 1) each */
    int64_t room;
} margins;

static pp_status check_scale(const char *scale, pp_error *err) {
    if (strcmp(scale, "unit") != 0 && strcmp(scale, "sd") != 0) {
        pp_error_set(err, PP_E_ARGUMENT, "there is no scale '%s'", scale);
        pp_error_locate(err, NULL, 0, "scale", scale);
        pp_error_hint(err, "there are: unit, sd");
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

/* ---- rows of the tables ---- */

static pp_status put_effect(const margins *m, double estimate, const double *gradient,
                            double beside, pp_table *table, int64_t row, pp_error *err) {
    double variance = pp__delta_variance(m->fit, gradient) + beside;
    double width = pp__fit_quantile(m->fit, 0.9) * sqrt(variance);
    PP_TRY(pp__put_estimate(m->fit, table, row, estimate, variance, err));
    PP_TRY(pp__put_number(table, row, "conf_low_90", PP_SHOW_DEFAULT, estimate - width,
                          err));
    return pp__put_number(table, row, "conf_high_90", PP_SHOW_DEFAULT, estimate + width,
                          err);
}

static pp_status add_margin(const margins *m, const char *term, const char *contrast,
                            double sd, double estimate, const double *gradient,
                            double variance, pp_error *err) {
    pp_table *t = m->table;
    int64_t row;
    PP_TRY(pp_table_append(t, &row, err));
    if (m->group) {
        PP_TRY(pp__put_text(t, row, "group", m->group, err));
    }
    if (m->setting) {
        PP_TRY(pp__put_text(t, row, "at", m->setting, err));
    }
    if (m->outcome) {
        PP_TRY(pp__put_text(t, row, "outcome", m->outcome, err));
    }
    PP_TRY(pp__put_text(t, row, "term", term, err));
    PP_TRY(pp__put_text(t, row, "contrast", contrast, err));
    PP_TRY(pp__put_text(t, row, "scale", m->scale, err));
    PP_TRY(pp__put_number(t, row, "sd", PP_SHOW_DEFAULT, sd, err));
    return put_effect(m, estimate, gradient, variance, t, row, err);
}

/* This cell's effect less the first cell's. */
static pp_status add_difference(const margins *m, const char *term, const char *contrast,
                                double estimate, const double *gradient, pp_error *err) {
    const double *first = m->first + m->effect * (m->fit->k + 1);
    double *difference = pp_malloc(m->fit->k, sizeof *difference);
    PP_NEED(difference, err);
    for (int j = 0; j < m->fit->k; j++) {
        difference[j] = gradient[j] - first[j + 1];
    }
    pp_buf name;
    pp_buf_init(&name);
    pp_buf_printf(&name, "%s - %s", m->words, m->first_words.data);
    pp_status status = pp_buf_check(&name, err);
    pp_table *t = m->differences;
    int64_t row;
    status = status == PP_OK ? pp_table_append(t, &row, err) : status;
    if (status == PP_OK && m->outcome) {
        status = pp__put_text(t, row, "outcome", m->outcome, err);
    }
    status = status == PP_OK ? pp__put_text(t, row, "term", term, err) : status;
    status = status == PP_OK ? pp__put_text(t, row, "contrast", contrast, err) : status;
    status =
        status == PP_OK ? pp__put_text(t, row, "difference", name.data, err) : status;
    status = status == PP_OK
                 ? put_effect(m, estimate - first[0], difference, 0, t, row, err)
                 : status;
    pp_buf_clear(&name);
    pp_free(difference);
    return status;
}

static pp_status keep_first(margins *m, double estimate, const double *gradient,
                            pp_error *err) {
    int64_t size = m->fit->k + 1;
    if (m->effect == m->room) {
        m->room = m->room ? 2 * m->room : 16;
        double *more = pp_realloc(m->first, m->room * size, sizeof *more);
        PP_NEED(more, err);
        m->first = more;
    }
    m->first[m->effect * size] = estimate;
    memcpy(m->first + m->effect * size + 1, gradient,
           (size_t)m->fit->k * sizeof *gradient);
    return PP_OK;
}

static pp_status take_effect(void *payload, const char *term, const char *contrast,
                             double sd, double estimate, const double *gradient,
                             double variance, pp_error *err) {
    margins *m = payload;
    PP_TRY(add_margin(m, term, contrast, sd, estimate, gradient, variance, err));
    if (m->differences && m->cell > 0) {
        PP_TRY(add_difference(m, term, contrast, estimate, gradient, err));
    } else if (m->differences) {
        PP_TRY(keep_first(m, estimate, gradient, err));
    }
    m->effect++;
    return PP_OK;
}

/* ---- cells ---- */

static pp_status name_cell(margins *m, pp_error *err) {
    const char *group = m->group ? m->group : "", *setting = m->setting ? m->setting : "";
    m->words = pp_arena_printf(&m->arena, "%s%s%s", group, *group && *setting ? ", " : "",
                               setting);
    PP_NEED(m->words, err);
    if (m->cell == 0) {
        pp_buf_add(&m->first_words, m->words);
        return pp_buf_check(&m->first_words, err);
    }
    return PP_OK;
}

static pp_status do_cell(margins *m, const pp__frame *rows, int setting, pp_error *err) {
    pp__frame frame = *rows;
    const char *words;
    if (m->at.means) {
        PP_TRY(pp__frame_means(m->fit, rows, &m->arena, &frame, err));
    }
    PP_TRY(pp__at_apply(&m->at, setting, &m->arena, &frame, &words, err));
    if (m->options->at) {
        m->setting = m->at.means ? pp_arena_printf(&m->arena, "means%s%s",
                                                   *words ? ", " : "", words)
                                 : words;
        PP_NEED(m->setting, err);
    }
    PP_TRY(name_cell(m, err));
    m->effect = 0;
    for (int outcome = 0; outcome == 0 || outcome < m->fit->outcomes; outcome++) {
        frame.outcome = outcome;
        m->outcome = m->fit->outcomes ? m->fit->outcome_name[outcome] : NULL;
        PP_TRY(pp__effects_each(m->fit, &frame, strcmp(m->scale, "sd") == 0, m->ctx,
                                take_effect, m, err));
    }
    m->cell++;
    return PP_OK;
}

/* The rows of one group, or all. */
static pp_status do_group(margins *m, int32_t group, pp_error *err) {
    pp__frame used, rows;
    char space[32];
    pp__frame_used(m->fit, &used);
    rows = used;
    if (m->groups.code) {
        int64_t n = 0, *row = pp_arena_alloc(&m->arena, used.design.n, sizeof *row);
        PP_NEED(row, err);
        for (int64_t i = 0; i < used.design.n; i++) {
            if (m->groups.code[i] == group) {
                row[n++] = i;
            }
        }
        PP_TRY(pp__frame_take(&used, row, n, &m->arena, &rows, err));
        m->group = pp__level_name(&m->groups, group, space);
    }
    for (int s = 0; s < m->at.settings; s++) {
        pp_arena_mark mark = pp_arena_get_mark(&m->arena);
        PP_TRY(do_cell(m, &rows, s, err));
        pp_arena_release(&m->arena, mark);
    }
    return PP_OK;
}

static pp_status do_all(margins *m, pp_result *result, pp_error *err) {
    int32_t groups = 1;
    PP_TRY(pp__at_parse(m->fit, m->options->at, &m->arena, &m->at, err));
    if (m->options->by) {
        PP_TRY(pp__group_rows(m->fit, m->options->by, &m->arena, &m->groups, err));
        groups = m->groups.n_levels;
    }
    if (groups * (int64_t)m->at.settings > 1) {
        PP_TRY(pp_result_add(result, "margin_differences",
                             "Differences of marginal effects", &m->differences, err));
    }
    for (int32_t g = 0; g < groups; g++) {
        pp_arena_mark mark = pp_arena_get_mark(&m->arena);
        PP_TRY(do_group(m, g, err));
        pp_arena_release(&m->arena, mark);
    }
    return PP_OK;
}

pp_status pp_fit_margins_over(const pp_fit *fit, const pp_margins_options *options,
                              const pp_context *ctx, pp_result *result, pp_error *err) {
    const pp_margins_options usual = {0};
    margins m = {.fit = fit, .options = options ? options : &usual, .ctx = ctx};
    m.scale = m.options->scale ? m.options->scale : "unit";
    PP_TRY(check_scale(m.scale, err));
    if (!fit->estimator->respond) {
        PP_TRY(pp__need_response(fit, "marginal effects", err));
    }
    m.table = pp_result_find(result, "margins");
    if (!m.table) {
        const char *title = m.options->at && strstr(m.options->at, "means")
                                ? "Marginal effects at means"
                                : "Average marginal effects";
        PP_TRY(pp_result_add(result, "margins", title, &m.table, err));
    }
    pp_arena_init(&m.arena);
    pp_buf_init(&m.first_words);
    pp_status status = do_all(&m, result, err);
    pp_arena_clear(&m.arena);
    pp_buf_clear(&m.first_words);
    pp_free(m.first);
    return status;
}

pp_status pp_fit_margins(const pp_fit *fit, const char *scale, pp_result *result,
                         pp_error *err) {
    const pp_margins_options options = {.scale = scale};
    return pp_fit_margins_over(fit, &options, NULL, result, err);
}
