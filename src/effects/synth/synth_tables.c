/* The tables of synthetic controls. */
#include "base/check.h"
#include "effects/synth/synth_work.h"
#include "model/tables.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include <math.h>
#include <stdlib.h>

enum { DRAWS_OF_PERIODS = 9999 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A row of a text and numbers. */
static pp_status put_row(const pp__synth_work *w, pp_table *table, const char *name,
                         const char *text, const pp__named *cells, size_t n) {
    int64_t row;
    PP_NEED(text, w->err);
    PP_TRY(pp_table_append(table, &row, w->err));
    PP_TRY(pp__put_text(table, row, name, text, w->err));
    return pp__put_numbers(table, row, cells, n, w->err);
}

/* The columns that are measured like the outcome. */
static pp_status describe(const pp__synth_work *w, pp_table *table,
                          const char *const *names) {
    for (; w->d.measure && *names; names++) {
        PP_TRY(pp_column_describe(table, pp_table_find(table, *names), NULL, w->d.measure,
                                  NULL, NULL, w->err));
    }
    return PP_OK;
}

/* ---- estimates ---- */

static pp_status put_ranks(pp__synth_work *w, pp_table *table, int m,
                           const pp__synth_rank *rank) {
    double e = w->real[m].estimate;
    const pp__named cells[] = {{"p_above", PP_SHOW_P_VALUE, rank->p_above},
                               {"p_below", PP_SHOW_P_VALUE, rank->p_below},
                               {"told", PP_SHOW_DEFAULT, rank->told},
                               {"rank_low", PP_SHOW_DEFAULT, e - rank->told},
                               {"rank_high", PP_SHOW_DEFAULT, e + rank->told},
                               {"rank_low_90", PP_SHOW_DEFAULT, e - rank->told_90},
                               {"rank_high_90", PP_SHOW_DEFAULT, e + rank->told_90}};
    return put_row(w, table, "method", pp__synth_names[m], cells, COUNT(cells));
}

/* Where the two ranks of the chosen method disagree about chance. */
static const char *explain_ranks(const pp__synth_work *w, const pp__synth_rank *rank) {
    double alpha = 1 - w->level + 1e-12;
    return isnan(rank->p_ratio) || (rank->p_value <= alpha) == (rank->p_ratio <= alpha)
               ? ""
               : " p_value asks whether a gap of this size is unusual among placebos, "
                 "p_ratio whether it is unusual for how closely the place was matched "
                 "before. They disagree here: a close match over few periods makes "
                 "p_ratio small, a loose one large, whatever the gap. Intervals go with "
                 "p_value.";
}

static pp_status put_notes(pp__synth_work *w) {
    pp__synth_rank rank;
    PP_TRY(pp__synth_rank_of(w, w->rule.method, &w->arena, &rank, w->err));
    const char *note = pp_arena_printf(
        &w->arena,
        "%d treated, %d donors, %d periods before treatment and %d after. p values are "
        "ranks among %d placebos: none can be below %.2g. Everything else that happened "
        "to the treated at the same time is in the estimate.%s",
        w->d.treated, w->d.donors, w->d.before, w->d.periods - w->d.before, w->placebos,
        1.0 / (w->placebos + 1), explain_ranks(w, &rank));
    PP_NEED(note, w->err);
    PP_TRY(pp_result_set_note(w->result, "synth", note, w->err));
    return pp_result_set_note(
        w->result, "synth_ranks",
        "told: an estimate must exceed this in size to be told from the placebos. The "
        "intervals hold the effects that the rank does not reject; empty: no effect, "
        "however large, could be told.",
        w->err);
}

pp_status pp__synth_put_estimates(pp__synth_work *w) {
    double z = qnorm(0.5 + w->level / 2, 0, 1, 1, 0);
    pp_table *table, *ranks;
    PP_TRY(pp_result_add(w->result, "synth", "Effect on the treated", &table, w->err));
    PP_TRY(pp_result_add(w->result, "synth_ranks", "The effect among placebos", &ranks,
                         w->err));
    for (int m = 0; m < PP__SYNTH_METHODS; m++) {
        const pp__synthetic *s = &w->real[m];
        pp__synth_rank rank;
        PP_TRY(pp__synth_rank_of(w, (pp__synth_method)m, &w->arena, &rank, w->err));
        const pp__named cells[] = {
            {"estimate", PP_SHOW_DEFAULT, s->estimate},
            {"std_error", PP_SHOW_DEFAULT, rank.std_error},
            {"conf_low", PP_SHOW_DEFAULT, s->estimate - z * rank.std_error},
            {"conf_high", PP_SHOW_DEFAULT, s->estimate + z * rank.std_error},
            {"p_value", PP_SHOW_P_VALUE, rank.p_value},
            {"p_ratio", PP_SHOW_P_VALUE, rank.p_ratio},
            {"rmspe", PP_SHOW_DEFAULT, s->rmspe_before},
            {"chosen", PP_SHOW_FLAG, m == (int)w->rule.method}};
        PP_TRY(put_row(w, table, "method", pp__synth_names[m], cells, COUNT(cells)));
        PP_TRY(put_ranks(w, ranks, m, &rank));
    }
    return put_notes(w);
}

/* ---- the path ---- */

static double treated_mean(const pp__synth_work *w, int t) {
    double sum = 0;
    for (int k = 0; k < w->d.treated; k++) {
        sum += w->d.y[(w->d.donors + k) * w->d.periods + t] / w->d.treated;
    }
    return sum;
}

/* The range of gaps when any one donor is left out. */
static void find_range(const pp__synth_work *w, int t, double *low, double *high) {
    *low = *high = pp__synth_chosen(w)->gap[t];
    for (int i = 0; i < w->n_without; i++) {
        *low = fmin(*low, w->without[i].s.gap[t]);
        *high = fmax(*high, w->without[i].s.gap[t]);
    }
}

pp_status pp__synth_put_gaps(pp__synth_work *w) {
    static const char *const measured[] = {"treated", "synthetic", "gap", NULL};
    const pp__synthetic *s = pp__synth_chosen(w);
    pp__paths paths;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "gaps", "The treated and their synthetic control",
                         &table, w->err));
    PP_TRY(pp__synth_arrange(w, w->own, w->d.treated, -1, &w->arena, &paths, w->err));
    PP_TRY(pp_table_resize(table, w->d.periods, w->err));
    for (int t = 0; t < w->d.periods; t++) {
        double own = treated_mean(w, t), low, high;
        pp__conformal_period one = {.p = {NAN, NAN, NAN, NAN}, .low = NAN, .high = NAN};
        pp_arena_mark mark = pp_arena_get_mark(&w->arena);
        if (t >= w->d.before) {
            PP_TRY(pp_progress(w->ctx, "tests of each period", (double)t / w->d.periods,
                               w->err));
            PP_TRY(pp__conformal_one(&paths, w->rule.method, s, t, w->level, &w->arena,
                                     &one, w->err));
        }
        pp_arena_release(&w->arena, mark);
        find_range(w, t, &low, &high);
        const pp__named cells[] = {{"time", PP_SHOW_YEAR, w->d.time[t]},
                                   {"treated", PP_SHOW_DEFAULT, own},
                                   {"synthetic", PP_SHOW_DEFAULT, own - s->gap[t]},
                                   {"gap", PP_SHOW_DEFAULT, s->gap[t]},
                                   {"conf_low", PP_SHOW_DEFAULT, one.low},
                                   {"conf_high", PP_SHOW_DEFAULT, one.high},
                                   {"p_value", PP_SHOW_P_VALUE, one.p.both},
                                   {"synthetic_low", PP_SHOW_DEFAULT, own - high},
                                   {"synthetic_high", PP_SHOW_DEFAULT, own - low},
                                   {"after", PP_SHOW_FLAG, t >= w->d.before}};
        PP_TRY(pp__put_numbers(table, t, cells, COUNT(cells), w->err));
    }
    const char *note = pp_arena_printf(
        &w->arena,
        "conf_low, conf_high, p_value: of each period alone, by exchanging it with those "
        "before treatment; the smallest possible p value is 1/%d%s. synthetic_low, "
        "synthetic_high: the range when any one donor is left out.",
        w->d.before + 1,
        1.0 / (w->d.before + 1) > 1 - w->level + 1e-12
            ? ", too large for an interval at this level"
            : "");
    PP_NEED(note, w->err);
    PP_TRY(describe(w, table, measured));
    return pp_result_set_note(w->result, "gaps", note, w->err);
}

static pp_status put_exchange(pp__synth_work *w, pp_table *table, const char *name,
                              const pp__conformal_p *p) {
    const pp__named cells[] = {{"p_value", PP_SHOW_P_VALUE, p->both},
                               {"p_above", PP_SHOW_P_VALUE, p->above},
                               {"p_below", PP_SHOW_P_VALUE, p->below},
                               {"permutations", PP_SHOW_COUNT, p->permutations}};
    return put_row(w, table, "exchange", name, cells, COUNT(cells));
}

pp_status pp__synth_put_conformal(pp__synth_work *w) {
    int64_t draws = w->options->draws ? w->options->draws : DRAWS_OF_PERIODS;
    pp__paths paths;
    pp__conformal_p blocks, iid;
    pp_table *table;
    PP_TRY(pp__synth_arrange(w, w->own, w->d.treated, -1, &w->arena, &paths, w->err));
    PP_TRY(pp__conformal_blocks(&paths, w->rule.method, pp__synth_chosen(w), 0, &w->arena,
                                &blocks, w->err));
    PP_TRY(pp__conformal_iid(&paths, w->rule.method, pp__synth_chosen(w), 0, draws,
                             w->options->seed, &w->arena, &iid, w->err));
    PP_TRY(pp_result_add(w->result, "synth_conformal",
                         "No effect in any period, by exchanging periods", &table,
                         w->err));
    PP_TRY(put_exchange(w, table, "moving_block", &blocks));
    PP_TRY(put_exchange(w, table, "iid", &iid));
    return pp_result_set_note(
        w->result, "synth_conformal",
        "If the treatment did nothing, periods after it are like those before it, and "
        "could be exchanged: in moving blocks when misfits are alike over time and may "
        "hang together, iid when they do not.",
        w->err);
}

/* ---- weights ---- */

typedef struct named {
    const char *name;
    double weight;
    int index;
} named;

static int by_weight(const void *a, const void *b) {
    const named *x = a, *y = b;
    double p = fabs(x->weight), q = fabs(y->weight);
    return p != q ? (p < q ? 1 : -1) : x->index - y->index;
}

static pp_status put_kind(pp__synth_work *w, pp_table *table, const char *kind,
                          named *list, int n) {
    qsort(list, (size_t)n, sizeof *list, by_weight);
    for (int i = 0; i < n; i++) {
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "kind", kind, w->err));
        PP_TRY(pp__put_text(table, row, "name", list[i].name, w->err));
        PP_TRY(pp__put_number(table, row, "weight", PP_SHOW_DEFAULT, list[i].weight,
                              w->err));
    }
    return PP_OK;
}

pp_status pp__synth_put_weights(pp__synth_work *w) {
    const pp__synthetic *s = pp__synth_chosen(w);
    named *list = pp_arena_alloc(&w->arena, w->d.donors + w->d.before, sizeof *list);
    pp_table *table;
    PP_NEED(list, w->err);
    PP_TRY(pp_result_add(w->result, "weights", "What the synthetic control is made of",
                         &table, w->err));
    for (int i = 0; i < w->d.donors; i++) {
        list[i] = (named){w->d.name[i], s->donor[i], i};
    }
    PP_TRY(put_kind(w, table, "donor", list, w->d.donors));
    for (int t = 0; t < w->d.before; t++) {
        const char *name = pp_arena_printf(&w->arena, "%.15g", w->d.time[t]);
        PP_NEED(name, w->err);
        list[t] = (named){name, s->period[t], t};
    }
    return put_kind(w, table, "period", list, w->d.before);
}

/* ---- placebos ---- */

/* A placebo of one donor bears its name. */
static const char *name_placebo(pp__synth_work *w, int p) {
    return w->d.treated == 1 ? w->d.name[w->group[p]]
                             : pp_arena_printf(&w->arena, "group %d", p + 1);
}

static pp_status put_placebo(pp__synth_work *w, pp_table *table, pp_table *paths,
                             const char *name, const pp__synthetic *s, int treated) {
    int poor = !treated && pp__synth_is_poor(w, s);
    const pp__named cells[] = {{"estimate", PP_SHOW_DEFAULT, s->estimate},
                               {"rmspe", PP_SHOW_DEFAULT, s->rmspe_before},
                               {"ratio", PP_SHOW_DEFAULT, pp__synth_ratio(w, s)},
                               {"poor_fit", PP_SHOW_FLAG, poor},
                               {"treated", PP_SHOW_FLAG, treated}};
    PP_TRY(put_row(w, table, "unit", name, cells, COUNT(cells)));
    for (int t = 0; t < w->d.periods; t++) {
        const pp__named point[] = {{"time", PP_SHOW_YEAR, w->d.time[t]},
                                   {"gap", PP_SHOW_DEFAULT, s->gap[t]},
                                   {"after", PP_SHOW_FLAG, t >= w->d.before},
                                   {"poor_fit", PP_SHOW_FLAG, poor},
                                   {"treated", PP_SHOW_FLAG, treated}};
        PP_TRY(put_row(w, paths, "unit", name, point, COUNT(point)));
    }
    return PP_OK;
}

static pp_status note_poor(pp__synth_work *w, int poor) {
    int exact = pp__synth_fits_exactly(w, pp__synth_chosen(w));
    const char *note = pp_arena_printf(
        &w->arena,
        "%d of %d placebos fit poorly before treatment (%s) and are left out of the "
        "figure; ranks and p values count them.",
        poor, w->placebos,
        exact ? "their misfit is over a quarter of the standard deviation of outcomes: "
                "the treated are matched exactly, so theirs is no measure"
              : "a mean square gap of over 20 times that of the treated");
    PP_NEED(note, w->err);
    if (poor == 0) {
        return PP_OK;
    }
    PP_TRY(pp_result_set_note(w->result, "placebos", note, w->err));
    return pp_result_set_note(w->result, "placebo_gaps", note, w->err);
}

pp_status pp__synth_put_placebos(pp__synth_work *w) {
    static const char *const estimates[] = {"estimate", NULL}, *const gaps[] = {"gap",
                                                                                NULL};
    const pp__synthetic *placebo = w->placebo + (int)w->rule.method * w->placebos;
    const char *own = w->d.treated == 1 ? w->d.name[w->d.donors] : "treated";
    pp_table *table, *paths;
    int poor = 0;
    PP_TRY(pp_result_add(w->result, "placebos", "The treated among placebos", &table,
                         w->err));
    PP_TRY(pp_result_add(w->result, "placebo_gaps", "Gaps of the treated and of placebos",
                         &paths, w->err));
    PP_TRY(put_placebo(w, table, paths, own, pp__synth_chosen(w), 1));
    for (int p = 0; p < w->placebos; p++) {
        poor += pp__synth_is_poor(w, &placebo[p]);
        PP_TRY(put_placebo(w, table, paths, name_placebo(w, p), &placebo[p], 0));
    }
    PP_TRY(describe(w, table, estimates));
    PP_TRY(note_poor(w, poor));
    return describe(w, paths, gaps);
}

/* ---- other moments, other donors ---- */

/* As if treatment had begun earlier, from the middle of the periods before it on, by the data before
   it. */
pp_status pp__synth_put_backdated(pp__synth_work *w) {
    int before = w->d.before, earliest = before / 2 > 2 ? before / 2 : 2;
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "backdated", "As if treatment had begun earlier",
                         &table, w->err));
    for (int first = earliest; first < before; first++) {
        pp_arena_mark mark = pp_arena_get_mark(&w->arena);
        pp__paths all, cut;
        pp__synthetic s;
        PP_TRY(pp__synth_arrange(w, w->own, w->d.treated, -1, &w->arena, &all, w->err));
        cut = (pp__paths){all.donors, before, first, all.treated, NULL};
        double *y =
            pp_arena_alloc(&w->arena, (int64_t)(all.donors + 1) * before, sizeof *y);
        PP_NEED(y, w->err);
        for (int i = 0; i <= all.donors; i++) {
            for (int t = 0; t < before; t++) {
                y[i * before + t] = all.y[i * all.periods + t];
            }
        }
        cut.y = y;
        PP_TRY(pp__synthetic_estimate(&cut, &w->rule, &w->arena, &s, w->err));
        const pp__named cells[] = {{"first", PP_SHOW_YEAR, w->d.time[first]},
                                   {"before", PP_SHOW_COUNT, first},
                                   {"after", PP_SHOW_COUNT, before - first},
                                   {"estimate", PP_SHOW_DEFAULT, s.estimate},
                                   {"rmspe", PP_SHOW_DEFAULT, s.rmspe_before}};
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_numbers(table, row, cells, COUNT(cells), w->err));
        pp_arena_release(&w->arena, mark);
    }
    return pp_result_set_note(w->result, "backdated",
                              "Gaps where there was no treatment yet: they should be "
                              "small beside the estimate.",
                              w->err);
}

pp_status pp__synth_put_leave_out(pp__synth_work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "leave_out", "Without each donor", &table, w->err));
    for (int i = 0; i < w->n_without; i++) {
        const pp__synth_without *one = &w->without[i];
        const pp__named cells[] = {
            {"weight", PP_SHOW_DEFAULT, pp__synth_chosen(w)->donor[one->donor]},
            {"estimate", PP_SHOW_DEFAULT, one->s.estimate},
            {"rmspe", PP_SHOW_DEFAULT, one->s.rmspe_before}};
        PP_TRY(put_row(w, table, "unit", w->d.name[one->donor], cells, COUNT(cells)));
    }
    return PP_OK;
}

pp_status pp__synth_put_left_out(pp__synth_work *w) {
    pp_table *table;
    PP_TRY(pp_result_add(w->result, "synth_left_out", "Donors that are left out", &table,
                         w->err));
    for (int i = 0; i < w->d.n_left_out; i++) {
        int64_t row;
        PP_TRY(pp_table_append(table, &row, w->err));
        PP_TRY(pp__put_text(table, row, "unit", w->d.left_out[i], w->err));
        PP_TRY(pp__put_text(table, row, "reason", "not seen in every period", w->err));
    }
    return PP_OK;
}
