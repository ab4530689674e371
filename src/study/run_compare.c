/* One table of the factors over all models, so that the headline stands beside its
 * alternatives. */
#include "base/check.h"
#include "study/run.h"

#include <string.h>

static const char *const texts[] = {"model", "title", "term",
                                    "label", "group", "contrast"};
static const char *const numbers[] = {"estimate",  "std_error",   "conf_low",
                                      "conf_high", "conf_low_90", "conf_high_90"};

static pp_status add_row(pp__run *run, const pp__run_fit *fit, const pp_table *margins,
                         int64_t from, pp_table *to, pp_error *err) {
    const char *term = pp_column_get_text(pp_table_find(margins, "term"), from);
    const char *contrast = pp_column_get_text(pp_table_find(margins, "contrast"), from);
    const char *const words[] = {
        fit->model->name,         fit->model->title,        term,
        pp__run_label(run, term), pp__run_group(run, term), contrast};
    int64_t row;
    PP_TRY(pp_table_append(to, &row, err));
    for (int i = 0; i < 6; i++) {
        PP_TRY(pp_column_set_text(to, pp_table_find(to, texts[i]), row, words[i], err));
    }
    for (int i = 0; i < 6; i++) {
        pp_table_find(to, numbers[i])->number[row] =
            pp_table_find(margins, numbers[i])->number[from];
    }
    return PP_OK;
}

pp_status pp__run_compare(pp__run *run, pp_error *err) {
    pp_table *table;
    PP_TRY(pp_result_add(run->out, "comparison",
                         "Average marginal effects of the factors, model by model",
                         &table, err));
    for (int i = 0; i < 6; i++) {
        PP_TRY(pp_table_add(table, PP_TEXT, texts[i], NULL, err));
    }
    for (int i = 0; i < 6; i++) {
        PP_TRY(pp_table_add(table, PP_NUMBER, numbers[i], NULL, err));
    }
    for (int64_t m = 0; m < run->study->n_models; m++) {
        const pp__run_fit *fit = &run->fits[m];
        const pp_table *margins =
            fit->result ? pp_result_find(fit->result, "margins") : NULL;
        for (int64_t row = 0; margins && row < pp_table_rows(margins); row++) {
            const char *term = pp_column_get_text(pp_table_find(margins, "term"), row);
            if (term && *pp__run_group(run, term)) {
                PP_TRY(add_row(run, fit, margins, row, table, err));
            }
        }
    }
    return PP_OK;
}
