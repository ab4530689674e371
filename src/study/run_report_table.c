/* A table in the report: its view, and the study's words for variables and vendors. */
#include "base/check.h"
#include "study/run.h"
#include "study/run_views.h"

#include <pushpull/document.h>

#include <ctype.h>
#include <string.h>

enum { LONGEST_NAME = 30 };

const char *pp__run_vendor_name(pp__run *run, const char *vendor) {
    const pp_column *code = pp_table_find(run->vendors, "vendor");
    for (int64_t row = 0; row < pp_table_rows(run->vendors); row++) {
        if (strcmp(pp_column_get_text(code, row), vendor) == 0) {
            const char *name =
                pp_column_get_text(pp_table_find(run->vendors, "name"), row);
            const char *alias =
                pp_column_get_text(pp_table_find(run->vendors, "aliases"), row);
            return !name ? vendor
                   : alias && strlen(name) > LONGEST_NAME
                       ? pp_arena_strndup(&run->arena, alias,
                                          (int64_t)strcspn(alias, ";"))
                       : name;
        }
    }
    return vendor;
}

/* "huawei, zte" by their names. */
static const char *spell_vendors(pp__run *run, const char *vendors) {
    const char *words = "";
    while (words && *vendors) {
        size_t length = strcspn(vendors, ",");
        const char *vendor = pp_arena_strndup(&run->arena, vendors, (int64_t)length);
        const char *name = vendor ? pp__run_vendor_name(run, vendor) : NULL;
        words =
            name ? pp_arena_printf(&run->arena, "%s%s%s", words, *words ? ", " : "", name)
                 : NULL;
        vendors += length;
        vendors += strspn(vendors, ", ");
    }
    return words;
}

/* A term of a model: a variable, one turned round ("-x"), or a level of one ("regionAsia"). */
static const char *spell_term(pp__run *run, const char *term) {
    const char *label = pp__run_label(run, term);
    if (strcmp(label, term) != 0) {
        return label;
    }
    if (*term == '-') {
        return pp_arena_printf(&run->arena, "%s, turned round",
                               pp__run_label(run, term + 1));
    }
    static const char *const levels[] = {"region", "subregion"};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        size_t length = strlen(levels[i]);
        if (strncmp(term, levels[i], length) == 0 &&
            isupper((unsigned char)term[length])) {
            return pp_arena_printf(&run->arena, "Region: %s", term + length);
        }
    }
    return term;
}

static pp_status spell_column(pp__run *run, pp_table *table, const char *name,
                              const char *spell(pp__run *, const char *), pp_error *err) {
    pp_column *column = pp_table_find(table, name);
    for (int64_t row = 0;
         column && column->type != PP_NUMBER && row < pp_table_rows(table); row++) {
        const char *text = pp_column_get_text(column, row);
        const char *words = text && *text ? spell(run, text) : text;
        PP_NEED(words || !text, err);
        PP_TRY(text ? pp_column_set_text(table, column, row, words, err) : PP_OK);
    }
    return PP_OK;
}

static pp_status spell_table(pp__run *run, pp_table *table, pp_error *err) {
    static const char *const terms[] = {"term",   "variable",  "factor", "question",
                                        "choice", "dimension", "by",     "subject"};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        PP_TRY(spell_column(run, table, terms[i], spell_term, err));
    }
    return spell_column(run, table, "vendors", spell_vendors, err);
}

/* What is not shown is told of. */
static pp_status tell_rest(pp__run *run, const char *name, const pp_table *table,
                           const pp_table *shown, const char **note, pp_error *err) {
    if (pp__view_most(name) == 0 || pp_table_rows(shown) >= pp_table_rows(table)) {
        return PP_OK;
    }
    *note = pp_arena_printf(
        &run->arena, "The first %lld of %lld rows; all are in the folder tables.%s%s",
        (long long)pp_table_rows(shown), (long long)pp_table_rows(table),
        *note ? " " : "", *note ? *note : "");
    PP_NEED(*note, err);
    return PP_OK;
}

pp_status pp__run_report_table(pp__run *run, pp_document *document, const char *name,
                               const pp_table *table, const char *title, const char *note,
                               pp_error *err) {
    pp_table *shown;
    PP_TRY(pp__view_of(name, table, &title, &note, &shown, err));
    PP_TRY(shown ? PP_OK : pp_table_copy(table, &shown, err));
    pp_status status = spell_table(run, shown, err);
    if (status == PP_OK) {
        status = tell_rest(run, name, table, shown, &note, err);
    }
    if (status == PP_OK && pp_table_rows(shown) > 0) {
        status = pp_document_table(document, shown, title, note, err);
    }
    pp_table_free(shown);
    return status;
}
