/* The forecasts themselves, and how each origin went. */
#include "base/check.h"
#include "drivers/forecast_parts.h"
#include "model/after/quality.h"
#include "model/tables.h"

#include <math.h>

typedef struct sums {
    int64_t n;
    double observed, expected, auc;
    double brier[2], log_score[2]; /* of the model and the base rate */
} sums;

/* Of one period ahead from that origin. */
static pp_status sum_up(const pp__record *record, double origin, sums *out,
                        pp_error *err) {
    pp_arena arena;
    double *y = pp_malloc(2 * record->n, sizeof *y), *p = y + record->n, ignored;
    PP_NEED(y, err);
    *out = (sums){.auc = NAN};
    for (int64_t g = 0; g < record->n; g++) {
        const pp__guess *guess = &record->guess[g];
        if (guess->horizon != 1 || guess->origin != origin) {
            continue;
        }
        y[out->n] = guess->observed;
        p[out->n++] = guess->p[PP__MODEL];
        out->observed += guess->observed;
        out->expected += guess->p[PP__MODEL];
        for (int m = 0; m < 2; m++) {
            double gap = guess->observed - guess->p[m];
            out->brier[m] += gap * gap;
            out->log_score[m] += pp__log_loss(guess->observed, guess->p[m]);
        }
    }
    pp__binary b = {.n = out->n, .y = y, .p = p, .counted = 1};
    pp_arena_init(&arena);
    pp_status status = pp__binary_settle(&b, &arena, err);
    if (status == PP_OK) {
        pp__auc(&b, &out->auc, &ignored);
    }
    pp_arena_clear(&arena);
    pp_free(y);
    return status;
}

static pp_status put_origin(pp__forecast *f, const pp__record *record,
                            const pp__origin *o, pp_table *t) {
    sums s;
    int64_t at;
    PP_TRY(sum_up(record, o->time, &s, f->err));
    double n = s.n > 0 ? (double)s.n : NAN;
    const pp__named numbers[] = {
        {"origin", PP_SHOW_YEAR, o->time},
        {"year", PP_SHOW_YEAR, o->time + 1},
        {"rows", PP_SHOW_COUNT, (double)o->rows},
        {"events", PP_SHOW_COUNT, (double)o->events},
        {"events_per_parameter", PP_SHOW_DEFAULT,
         o->parameters > 0 ? (double)o->events / (double)o->parameters : NAN},
        {"at_risk", PP_SHOW_COUNT, (double)o->at_risk},
        {"not_predicted", PP_SHOW_COUNT, (double)o->not_predicted},
        {"not_known", PP_SHOW_COUNT, (double)o->not_known},
        {"observed", PP_SHOW_COUNT, s.n > 0 ? s.observed : NAN},
        {"expected", PP_SHOW_DEFAULT, s.n > 0 ? s.expected : NAN},
        {"auc", PP_SHOW_DEFAULT, s.auc},
        {"brier", PP_SHOW_DEFAULT, s.brier[PP__MODEL] / n},
        {"log_score", PP_SHOW_DEFAULT, s.log_score[PP__MODEL] / n},
        {"base_brier", PP_SHOW_DEFAULT, s.brier[PP__BASE_RATE] / n},
        {"base_log_score", PP_SHOW_DEFAULT, s.log_score[PP__BASE_RATE] / n}};
    PP_TRY(pp_table_append(t, &at, f->err));
    PP_TRY(pp__put_numbers(t, at, numbers, sizeof numbers / sizeof *numbers, f->err));
    return pp__put_text(t, at, "problem", o->problem, f->err);
}

static pp_status put_guess(pp__forecast *f, const pp__guess *guess, pp_table *t,
                           int64_t at) {
    const pp__risk *risk = &f->risk;
    char key[32], name[32];
    PP_TRY(pp__put_number(t, at, "origin", PP_SHOW_YEAR, guess->origin, f->err));
    PP_TRY(pp__put_number(t, at, "year", PP_SHOW_YEAR, guess->origin + guess->horizon,
                          f->err));
    PP_TRY(pp__put_number(t, at, "horizon", PP_SHOW_COUNT, guess->horizon, f->err));
    PP_TRY(pp__put_text(t, at, "unit", pp__level_name(&risk->units, guess->unit, key),
                        f->err));
    PP_TRY(pp__put_text(t, at, "name", pp__risk_name(risk, guess->unit, name), f->err));
    PP_TRY(
        pp__put_number(t, at, "predicted", PP_SHOW_DEFAULT, guess->p[PP__MODEL], f->err));
    for (int m = PP__BASE_RATE; m < (risk->regions.code ? PP__RIVALS : PP__REGION_ONLY);
         m++) {
        PP_TRY(pp__put_number(t, at, pp__rival_names[m], PP_SHOW_DEFAULT, guess->p[m],
                              f->err));
    }
    return pp__put_number(t, at, "observed", PP_SHOW_COUNT, guess->observed, f->err);
}

pp_status pp__forecast_record(pp__forecast *f, const pp__record *record) {
    pp_table *origins, *guesses;
    int64_t at = 0;
    PP_TRY(pp_result_add(f->result, "forecast_origins", "How each origin went", &origins,
                         f->err));
    for (int64_t o = 0; o < record->origins; o++) {
        PP_TRY(put_origin(f, record, &record->origin[o], origins));
    }
    PP_TRY(pp_result_add(f->result, "forecast_predictions", "Forecasts of the past",
                         &guesses, f->err));
    PP_TRY(pp_table_resize(guesses, record->n, f->err));
    for (int h = 1; h <= f->options.horizon; h++) {
        for (int64_t g = 0; g < record->n; g++) {
            if (record->guess[g].horizon == h) {
                PP_TRY(put_guess(f, &record->guess[g], guesses, at++));
            }
        }
    }
    return PP_OK;
}
