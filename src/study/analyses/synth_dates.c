/* A case of synthetic control from each year on in which it may have begun. */
#include "base/check.h"
#include "model/tables.h"
#include "study/analyses/synth_donors.h"
#include "study/run_designs.h"

#include <pushpull/uncertain.h>

#include <math.h>
#include <string.h>

/* 0: its date is one. */
static int find_interval(const pp__synth_case *c, const pp__synth_pool *pool, double *low,
                         double *high) {
    *low = c->between[1] ? (double)c->between[0] : pool->low;
    *high = c->between[1] ? (double)c->between[1] : pool->high;
    return c->between[1] || strcmp(c->dates, "rule") == 0;
}

/* The same in all rows: only those of the treated count. */
static pp_status add_column(pp_table *data, const char *name, double year,
                            pp_error *err) {
    pp_column *column;
    PP_TRY(pp_table_add(data, PP_NUMBER, name, &column, err));
    for (int64_t row = 0; row < pp_table_rows(data); row++) {
        column->number[row] = year;
    }
    return PP_OK;
}

/* Of its own method. */
static pp_status put_dates(const pp__synth_case *c, pp_result *result, pp_error *err) {
    static const char *const shown[] = {"first",   "share",   "estimate",
                                        "p_value", "p_ratio", "rmspe"};
    const pp_table *all = pp_result_find(result, "uncertain_synth_dates");
    pp_table *table;
    int64_t at;
    PP_TRY(pp_result_add(result, "synth_dates",
                         "The estimate by the year in which it may have begun", &table,
                         err));
    for (int64_t row = 0; row < pp_table_rows(all); row++) {
        const char *method = pp_column_get_text(pp_table_find(all, "method"), row);
        if (strcmp(method, c->method) != 0) {
            continue;
        }
        PP_TRY(pp_table_append(table, &at, err));
        for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
            const pp_column *from = pp_table_find(all, shown[i]);
            PP_TRY(
                pp__put_number(table, at, shown[i], from->show, from->number[row], err));
        }
        PP_TRY(pp__put_text(table, at, "remark",
                            pp_column_get_text(pp_table_find(all, "remark"), row), err));
    }
    return PP_OK;
}

pp_status pp__synth_date_case(pp__run *run, const pp__synth_case *c,
                              const pp__synth_pool *pool, const pp_synth_options *options,
                              pp_result *result, pp_error *err) {
    const pp_uncertain_options dates = {.low = "low", .high = "high"};
    pp_result *drawn = NULL;
    pp_error why = {0};
    double low, high;
    if (!find_interval(c, pool, &low, &high)) {
        return PP_OK;
    }
    PP_TRY(add_column(pool->data, dates.low, low, err));
    PP_TRY(add_column(pool->data, dates.high, high, err));
    pp_status status =
        pp_synth_uncertain(pool->data, options, &dates, run->ctx, &drawn, &why);
    if (status == PP_E_ESTIMATION || status == PP_E_INPUT) {
        return pp_result_warn(result, "dates_failed", c->name, -1, err,
                              "dates cannot be varied: %s", why.message);
    }
    if (status != PP_OK) {
        return pp_error_set(err, status, "%s", why.message);
    }
    status = pp__run_add_tables(result, drawn, err);
    pp_result_free(drawn);
    PP_TRY(status);
    return put_dates(c, result, err);
}
