/* Derived variables: SQL over the indicators joined with their places. */
#include "panel/covariates.h"

#include "base/check.h"
#include "panel/reserved.h"
#include <pushpull/io.h>
#include <pushpull/text.h>
#include <string.h>

static const char row_number[] = "pp_row";

static pp_status leave_out_reserved(pp_table *table, pp_result *warn, pp_error *err) {
    for (int i = pp_table_columns(table) - 1; i >= 0; i--) {
        const char *name = pp_table_column(table, i)->name;
        int is_key = strcmp(name, "year") == 0;
        if (is_key || (!pp__panel_reserves(name) && strcmp(name, row_number) != 0)) {
            continue;
        }
        if (warn) {
            PP_TRY(pp_result_warn(
                warn, "reserved_column", name, 1, err,
                "the indicators' column '%s' is left out: the panel makes a "
                "column of this name itself",
                name));
        }
        PP_TRY(pp_table_drop(table, name, err));
    }
    return PP_OK;
}

/* The country of a key, or the city itself. */
static const pp_place *place_of(const pp_gazetteer *gazetteer, const pp_column *key,
                                int64_t row) {
    const char *id = pp_column_get_text(key, row);
    return gazetteer && id ? pp_gazetteer_find(gazetteer, id) : NULL;
}

static pp_status add_places(pp_table *table, const pp_column *key,
                            const pp_gazetteer *gazetteer, pp_error *err) {
    pp_column *name, *region, *subregion;
    PP_TRY(pp_table_add(table, PP_TEXT, "name", &name, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "region", &region, err));
    PP_TRY(pp_table_add(table, PP_TEXT, "subregion", &subregion, err));
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        const pp_place *place = place_of(gazetteer, key, row);
        if (place) {
            PP_TRY(pp_column_set_text(table, name, row, place->name, err));
            PP_TRY(pp_column_set_text(table, region, row, place->region, err));
            PP_TRY(pp_column_set_text(table, subregion, row, place->subregion, err));
        }
    }
    return PP_OK;
}

static pp_status open_copy(pp_table *table, const char *key_name,
                           const pp_gazetteer *gazetteer, pp_result *warn,
                           pp_error *err) {
    pp_column *key, *row_column;
    PP_TRY(leave_out_reserved(table, warn, err));
    PP_TRY(pp_table_require(table, key_name, &key, err));
    PP_TRY(add_places(table, key, gazetteer, err));
    PP_TRY(pp_table_add(table, PP_NUMBER, row_number, &row_column, err));
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        row_column->number[row] = (double)row;
    }
    return PP_OK;
}

pp_status pp__covariates_open(const pp_table *indicators, const char *key,
                              const pp_gazetteer *gazetteer, pp_table **out,
                              pp_result *warn, pp_error *err) {
    pp_status status = pp_table_copy(indicators, out, err);
    if (status == PP_OK) {
        status = open_copy(*out, key, gazetteer, warn, err);
        if (status != PP_OK) {
            pp_table_free(*out);
            *out = NULL;
        }
    }
    return status;
}

/* A query's column under a name of the table's. */
static pp_status take_column(pp_table *table, const pp_column *from,
                             const pp_derived *derived, pp_error *err) {
    pp_column *to;
    PP_TRY(pp_table_add(table, from->type, derived->name, &to, err));
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        if (from->type == PP_NUMBER) {
            to->number[row] = from->number[row];
        } else {
            PP_TRY(pp_column_set_text(table, to, row, from->text[row], err));
        }
    }
    to->show = from->show;
    return pp_column_describe(table, to, derived->label ? derived->label : derived->name,
                              derived->unit, derived->sql, NULL, err);
}

static pp_status evaluate(pp_table *table, const pp_derived *derived,
                          const pp_context *ctx, pp_error *err) {
    static const char *const names[] = {"indicators"};
    const pp_table *tables[] = {table};
    pp_table *found = NULL;
    pp_status status;
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_printf(&sql, "SELECT %s, (\n%s\n) AS value FROM indicators ORDER BY %s",
                  row_number, derived->sql, row_number);
    status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        status = pp_table_query(sql.data, names, tables, 1, 0, ctx, &found, err);
    }
    pp_buf_clear(&sql);
    if (status == PP_OK &&
        (pp_table_rows(found) != pp_table_rows(table) || pp_table_columns(found) != 2)) {
        status = pp_error_set(err, PP_E_ARGUMENT,
                              "the SQL does not give one value for each row");
    }
    if (status == PP_OK) {
        status = take_column(table, pp_table_column(found, 1), derived, err);
    }
    pp_table_free(found);
    return status;
}

pp_status pp__covariates_derive(pp_table *table, const pp_derived *derived,
                                const pp_context *ctx, pp_error *err) {
    pp_status status;
    if (pp__panel_reserves(derived->name)) {
        status = pp_error_set(err, PP_E_ARGUMENT,
                              "the panel makes a column of this name itself");
    } else {
        status = evaluate(table, derived, ctx, err);
    }
    if (status != PP_OK) {
        pp_error_locate(err, NULL, 0, derived->name, derived->sql);
    }
    return status;
}
