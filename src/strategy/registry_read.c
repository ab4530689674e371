/* The registry from its folder, and its summary. */
#include "strategy/registry_edit.h"
#include "strategy/registry_problems.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <pushpull/io.h>
#include <pushpull/text.h>

#include <string.h>

pp_status pp__registry_tables(const char *folder, const pp_context *ctx,
                              pp_table **tables, pp_error *err) {
    static const pp_read_options as_text = {.all_text = 1};
    pp_buf path;
    pp_buf_init(&path);
    pp_status status = PP_OK;
    for (int i = 0; status == PP_OK && i < PP__REGISTERS; i++) {
        path.length = 0;
        pp_buf_printf(&path, "%s/%s.csv", folder, pp__register_specs[i].name);
        status = pp_buf_check(&path, err);
        if (status == PP_OK) {
            status = pp_table_read(path.data, &as_text, ctx, &tables[i], err);
        }
    }
    pp_buf_clear(&path);
    for (int i = 0; status != PP_OK && i < PP__REGISTERS; i++) {
        pp_table_free(tables[i]);
        tables[i] = NULL;
    }
    return status;
}

static pp_status read_registry(const char *folder, const pp_gazetteer *gazetteer,
                               const pp_context *ctx, pp_standards **out,
                               pp_table **problems, pp_error *err) {
    pp_table *tables[PP__REGISTERS] = {0};
    *out = NULL;
    *problems = NULL;
    PP_TRY(pp__registry_tables(folder, ctx, tables, err));
    return pp__standards_take(tables, folder, gazetteer, out, problems, err);
}

pp_status pp_standards_read(const char *folder, const pp_gazetteer *gazetteer,
                            const pp_context *ctx, pp_standards **out, pp_error *err) {
    pp_table *problems;
    PP_TRY(read_registry(folder, gazetteer, ctx, out, &problems, err));
    pp_status status = pp__registry_first_problem(problems, err);
    pp_table_free(problems);
    if (status != PP_OK) {
        pp_standards_free(*out);
        *out = NULL;
    }
    return status;
}

static pp_status put_file(const pp_standards *s, pp__register of, pp_table *table,
                          pp_error *err) {
    const pp__span *oldest = NULL, *newest = NULL;
    int64_t seen = 0, unverified = 0;
    for (int64_t i = 0; i < s->n[of]; i++) {
        const pp__checked *row = pp__standards_row(s, of, i);
        seen += row->status && strcmp(row->status, "seen") == 0;
        unverified += row->status && strcmp(row->status, "unverified") == 0;
        if (row->checked_on.text) {
            oldest = !oldest || row->checked_on.first < oldest->first ? &row->checked_on
                                                                      : oldest;
            newest = !newest || row->checked_on.last > newest->last ? &row->checked_on
                                                                    : newest;
        }
    }
    const pp__cell cells[] = {PP__TEXT_CELL(pp__register_specs[of].name),
                              PP__NUMBER_CELL(s->n[of]),
                              PP__NUMBER_CELL(seen),
                              PP__NUMBER_CELL(unverified),
                              PP__TEXT_CELL(oldest ? oldest->text : NULL),
                              PP__TEXT_CELL(newest ? newest->text : NULL)};
    return pp__rows_add_cells(table, cells, err);
}

static pp_status put_files(const pp_standards *s, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"file", "File", PP_TEXT, 0},
        {"rows", "Rows", 0, PP_SHOW_COUNT},
        {"seen", "Seen in the source", 0, PP_SHOW_COUNT},
        {"unverified", "Unverified", 0, PP_SHOW_COUNT},
        {"oldest_check", "Oldest check", PP_TEXT, 0},
        {"newest_check", "Newest check", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(result, "standards", "The registry of standards", columns, 6,
                          &table, err));
    for (pp__register of = 0; of < PP__REGISTERS; of++) {
        PP_TRY(put_file(s, of, table, err));
    }
    return PP_OK;
}

static pp_status report(const pp_standards *s, pp_table *problems, pp_result **out,
                        pp_error *err) {
    pp_status status = pp_result_new("standards", out, err);
    if (status == PP_OK) {
        status = put_files(s, *out, err);
    }
    if (status == PP_OK) {
        status = pp_result_take(*out, "standards_problems", "Problems of the registry",
                                problems, err);
    }
    if (status != PP_OK) {
        pp_table_free(problems);
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}

pp_status pp_standards_check(const char *folder, const pp_gazetteer *gazetteer,
                             const pp_context *ctx, pp_result **out, pp_error *err) {
    pp_standards *s;
    pp_table *problems;
    *out = NULL;
    PP_TRY(read_registry(folder, gazetteer, ctx, &s, &problems, err));
    pp_status status = report(s, problems, out, err);
    if (status == PP_OK) {
        status =
            pp__registry_first_problem(pp_result_find(*out, "standards_problems"), err);
    }
    pp_standards_free(s);
    return status;
}
