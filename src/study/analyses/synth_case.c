/* One case: donors by the record of adoptions, the estimate, and what placebos allow to be said. */
#include "base/check.h"
#include "study/analyses/synth_donors.h"

#include <pushpull/synth.h>
#include <pushpull/verdict.h>

#include <math.h>
#include <string.h>

/* ---- cells ---- */

static double number_at(const pp_result *result, const char *table, const char *column,
                        int64_t row) {
    return pp_table_find(pp_result_find(result, table), column)->number[row];
}

/* The row of the method asked for, in `synth` and `synth_ranks`. */
static int64_t chosen_row(const pp_result *result) {
    int64_t row = 0;
    while (number_at(result, "synth", "chosen", row) == 0) {
        row++;
    }
    return row;
}

static int has_warning(const pp_result *result, const char *code) {
    for (int i = 0; i < pp_result_warnings(result); i++) {
        if (strcmp(pp_result_warning(result, i)->code, code) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status put_text(pp_table *table, int64_t row, const char *name,
                          const char *text, pp_error *err) {
    pp_column *column = pp_table_find(table, name);
    if (!column) {
        PP_TRY(pp_table_add(table, PP_TEXT, name, &column, err));
    }
    return pp_column_set_text(table, column, row, text, err);
}

static pp_status put_number(pp_table *table, int64_t row, const char *name, pp_show show,
                            double value, pp_error *err) {
    pp_column *column = pp_table_find(table, name);
    if (!column) {
        PP_TRY(pp_table_add(table, PP_NUMBER, name, &column, err));
        column->show = show;
    }
    column->number[row] = value;
    return PP_OK;
}

/* ---- a case ---- */

static pp_synth_options options_of(const pp__run *run, const pp__synth_case *c,
                                   const pp__synth_pool *pool, const char *donors) {
    return (pp_synth_options){.outcome = "outcome",
                              .unit = "unit",
                              .time = "year",
                              .treated = pool->treated,
                              .first = c->first,
                              .donors = donors,
                              .method = c->method,
                              .seed = (uint64_t)run->study->seed};
}

static pp_status estimate(pp__run *run, const pp__synth_case *c,
                          const pp__synth_pool *pool, const char *donors, pp_result **out,
                          pp_error *err) {
    const pp_synth_options options = options_of(run, c, pool, donors);
    return pp_synth(pool->data, &options, run->ctx, out, err);
}

static pp_status put_check(pp_result *result, const char *check, int count,
                           const char *detail, pp_error *err) {
    pp_table *table = pp_result_find(result, "synth_preflight");
    int64_t row;
    PP_NEED(check, err);
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(put_text(table, row, "check", check, err));
    PP_TRY(put_number(table, row, "count", PP_SHOW_COUNT, count, err));
    PP_TRY(put_number(table, row, "value", PP_SHOW_DEFAULT, NAN, err));
    return put_text(table, row, "detail", detail, err);
}

static int keeps(const pp__synth_case *c) {
    return strcmp(c->donors_adopted, "keep") == 0;
}

/* Kinds of places; rows of WANTED. */
enum { ALL, NOT_ADOPTERS, ONLY_SURE, CHOICES };
static const int WANTED[CHOICES][PP__ADOPTED_KINDS] = {
    {1, 1, 1, 0}, {1, 1, 0, 0}, {1, 0, 0, 0}};
static const int ADOPTERS[] = {0, 0, 1, 0}, PERHAPS[] = {0, 1, 0, 0},
                 WITHOUT_FIGURES[] = {0, 0, 0, 1};

static int choice_of(const pp__synth_case *c) {
    return keeps(c) ? ALL : NOT_ADOPTERS;
}

static pp_status tell_adopters(pp__run *run, const pp__synth_case *c,
                               const pp__synth_pool *pool, pp_result *result,
                               pp_error *err) {
    const pp_table *weights = pp_result_find(result, "weights");
    pp_arena *arena = &run->arena;
    int n_adopters, n_perhaps, n_without;
    const char *adopters =
        pp__synth_names_of(pool, ADOPTERS, 1, NULL, arena, &n_adopters);
    const char *perhaps =
        pp__synth_names_of(pool, PERHAPS, 0, weights, arena, &n_perhaps);
    const char *without =
        pp__synth_names_of(pool, WITHOUT_FIGURES, 0, NULL, arena, &n_without);
    PP_NEED(adopters && perhaps ? without : NULL, err);
    PP_TRY(put_check(result,
                     pp_arena_printf(arena, "countries that adopted by %d: %s",
                                     pool->last, keeps(c) ? "kept" : "no donors"),
                     n_adopters, adopters, err));
    PP_TRY(
        put_check(result,
                  pp_arena_printf(arena,
                                  "donors that may have adopted by %d, for all that is "
                                  "on record",
                                  pool->last),
                  n_perhaps, perhaps, err));
    PP_TRY(put_check(result, "countries without any figure", n_without, without, err));
    if (keeps(c) && n_adopters > 0) {
        PP_TRY(
            pp_result_warn(result, "donors_adopted", NULL, n_adopters, err,
                           "countries that adopted themselves by %d are kept as donors: "
                           "%s",
                           pool->last, adopters));
    }
    return n_perhaps == 0
               ? PP_OK
               : pp_result_warn(result, "donors_may_have_adopted", NULL, n_perhaps, err,
                                "donors may have adopted by %d, for all that is on "
                                "record: %s",
                                pool->last, perhaps);
}

/* A row of `synth_donors`; `one` NULL: there are too few. */
static pp_status put_choice(pp_table *table, const char *words, const pp_result *one,
                            pp_error *err) {
    int64_t row = one ? chosen_row(one) : 0, at;
    const struct {
        const char *name, *table, *column;
        pp_show show;
    } cells[] = {{"estimate", "synth", "estimate", PP_SHOW_DEFAULT},
                 {"p_value", "synth", "p_value", PP_SHOW_P_VALUE},
                 {"p_ratio", "synth", "p_ratio", PP_SHOW_P_VALUE},
                 {"told", "synth_ranks", "told", PP_SHOW_DEFAULT},
                 {"rmspe", "synth", "rmspe", PP_SHOW_DEFAULT}};
    PP_TRY(pp_table_append(table, &at, err));
    PP_TRY(put_text(table, at, "donors", words, err));
    PP_TRY(put_number(
        table, at, "placebos", PP_SHOW_COUNT,
        one ? (double)pp_table_rows(pp_result_find(one, "placebos")) - 1 : NAN, err));
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        double value = one ? number_at(one, cells[i].table, cells[i].column, row) : NAN;
        PP_TRY(put_number(table, at, cells[i].name, cells[i].show, value, err));
    }
    return PP_OK;
}

static pp_status try_choice(pp__run *run, const pp__synth_case *c,
                            const pp__synth_pool *pool, int choice, pp_result **out,
                            pp_error *err) {
    pp_error reason = {0};
    const char *donors =
        pp__synth_names_of(pool, WANTED[choice], 0, NULL, &run->arena, NULL);
    PP_NEED(donors, err);
    *out = NULL;
    pp_status status = *donors ? estimate(run, c, pool, donors, out, &reason) : PP_OK;
    return status == PP_E_MEMORY || status == PP_E_CANCELLED
               ? pp_error_set(err, status, "%s", reason.message)
               : PP_OK;
}

/* Adopters that lack a period are donors in no row, whatever its name. */
static pp_status note_adopters(pp__run *run, const pp__synth_pool *pool,
                               const pp_result *all, pp_result *result, pp_error *err) {
    const pp_table *weights = all ? pp_result_find(all, "weights") : NULL;
    int n, kept = 0;
    PP_NEED(pp__synth_names_of(pool, ADOPTERS, 0, NULL, &run->arena, &n), err);
    if (weights) {
        PP_NEED(pp__synth_names_of(pool, ADOPTERS, 0, weights, &run->arena, &kept), err);
    }
    const char *note = pp_arena_printf(
        &run->arena,
        "Of %d countries that adopted by %d, %d are donors in the first row; the others "
        "are not seen in every period.",
        n, pool->last, kept);
    PP_NEED(note, err);
    return pp_result_set_note(result, "synth_donors", note, err);
}

/* The estimate under each way to treat donors that adopted, or may have. */
static pp_status put_choices(pp__run *run, const pp__synth_case *c,
                             const pp__synth_pool *pool, pp_result *result,
                             pp_error *err) {
    static const char *const words[] = {"all, adopters too", "without those that adopted",
                                        "only those searched without a find"};
    pp_table *table;
    PP_TRY(pp_result_add(result, "synth_donors", "The estimate by the choice of donors",
                         &table, err));
    for (int k = 0; k < CHOICES; k++) {
        int is_own = k == choice_of(c);
        pp_result *one = NULL;
        PP_TRY(is_own ? PP_OK : try_choice(run, c, pool, k, &one, err));
        pp_status status = put_choice(table, words[k], is_own ? result : one, err);
        if (status == PP_OK && k == ALL) {
            status = note_adopters(run, pool, is_own ? result : one, result, err);
        }
        pp_result_free(one);
        PP_TRY(status);
    }
    return PP_OK;
}

static pp_verdict judge(const pp__synth_case *c, const pp_result *result,
                        pp_effect *effect) {
    int64_t row = chosen_row(result);
    pp_hypothesis hypothesis = PP_HYPOTHESIS_NONE;
    (void)pp_hypothesis_parse(c->hypothesis, &hypothesis, NULL);
    *effect =
        (pp_effect){.estimate = number_at(result, "synth", "estimate", row),
                    .low = number_at(result, "synth_ranks", "rank_low", row),
                    .high = number_at(result, "synth_ranks", "rank_high", row),
                    .low_90 = number_at(result, "synth_ranks", "rank_low_90", row),
                    .high_90 = number_at(result, "synth_ranks", "rank_high_90", row),
                    .smallest = c->smallest_effect};
    return has_warning(result, "poor_fit") ? PP_UNDETERMINED
                                           : pp_verdict_decide(hypothesis, effect);
}

/* The row of the case, by which findings are written. */
static pp_status put_case(const pp__synth_case *c, const pp__synth_pool *pool,
                          pp_result *result, pp_error *err) {
    int64_t row = chosen_row(result), at;
    pp_effect e;
    pp_verdict verdict = judge(c, result, &e);
    pp_table *table;
    PP_TRY(pp_result_add(result, "synth_cases", "The cases", &table, err));
    PP_TRY(pp_table_append(table, &at, err));
    PP_TRY(put_text(table, at, "treated", pool->treated, err));
    PP_TRY(put_text(table, at, "outcome", c->outcome, err));
    PP_TRY(put_text(table, at, "method", c->method, err));
    const struct {
        const char *name;
        pp_show show;
        double value;
    } cells[] = {{"first", PP_SHOW_YEAR, c->first},
                 {"last", PP_SHOW_YEAR, pool->last},
                 {"placebos", PP_SHOW_COUNT,
                  (double)pp_table_rows(pp_result_find(result, "placebos")) - 1},
                 {"estimate", PP_SHOW_DEFAULT, e.estimate},
                 {"rank_low", PP_SHOW_DEFAULT, e.low},
                 {"rank_high", PP_SHOW_DEFAULT, e.high},
                 {"rank_low_90", PP_SHOW_DEFAULT, e.low_90},
                 {"rank_high_90", PP_SHOW_DEFAULT, e.high_90},
                 {"p_value", PP_SHOW_P_VALUE, number_at(result, "synth", "p_value", row)},
                 {"p_ratio", PP_SHOW_P_VALUE, number_at(result, "synth", "p_ratio", row)},
                 {"told", PP_SHOW_DEFAULT, number_at(result, "synth_ranks", "told", row)},
                 {"smallest_effect", PP_SHOW_DEFAULT, c->smallest_effect},
                 {"poor_fit", PP_SHOW_FLAG, has_warning(result, "poor_fit")}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        PP_TRY(put_number(table, at, cells[i].name, cells[i].show, cells[i].value, err));
    }
    return put_text(table, at, "verdict", pp_verdict_name(verdict), err);
}

static pp_status put_caveat(const pp__synth_case *c, pp_result *result, pp_error *err) {
    pp_table *table;
    int64_t row;
    PP_TRY(pp_result_add(result, "synth_caveats", "What came together with it", &table,
                         err));
    PP_TRY(pp_table_append(table, &row, err));
    PP_TRY(put_text(table, row, "caveat", c->caveat, err));
    PP_TRY(put_number(table, row, "smallest_effect", PP_SHOW_DEFAULT, c->smallest_effect,
                      err));
    return put_text(table, row, "because", c->because, err);
}

static pp_status run_pool(pp__run *run, const pp__synth_case *c,
                          const pp__synth_pool *pool, pp_result **out, pp_error *err) {
    pp_arena *arena = &run->arena;
    const char *donors =
        pp__synth_names_of(pool, WANTED[choice_of(c)], 0, NULL, arena, NULL);
    const char *adopters = pp__synth_names_of(pool, ADOPTERS, 1, NULL, arena, NULL);
    PP_NEED(donors ? adopters : NULL, err);
    if (!*donors) {
        pp_error_set(err, PP_E_ESTIMATION, "no country is left as a donor");
        pp_error_locate(err, run->study->file, c->line, "donors", NULL);
        pp_error_hint(err,
                      "adopted by %d: %s; widen 'donors', end 'years' earlier, or "
                      "keep them by 'donors_adopted: keep'",
                      pool->last, adopters);
        return PP_E_ESTIMATION;
    }
    PP_TRY(estimate(run, c, pool, donors, out, err));
    PP_TRY(tell_adopters(run, c, pool, *out, err));
    PP_TRY(put_choices(run, c, pool, *out, err));
    PP_TRY(put_case(c, pool, *out, err));
    PP_TRY(put_caveat(c, *out, err));
    const pp_synth_options options = options_of(run, c, pool, donors);
    return pp__synth_date_case(run, c, pool, &options, *out, err);
}

pp_status pp__synth_run_case(pp__run *run, const pp__synth_case *c, pp_result **out,
                             pp_error *err) {
    pp__synth_pool pool;
    *out = NULL;
    pp_status status = pp__synth_gather(run, c, &pool, err);
    if (status == PP_OK) {
        status = run_pool(run, c, &pool, out, err);
    }
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    pp_table_free(pool.data);
    return status;
}
