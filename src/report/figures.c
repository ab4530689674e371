/* Which figures belong to which tables of an analysis. */
#include "base/check.h"

#include <pushpull/figure.h>

typedef struct kind {
    const char *table;
    pp_status (*make)(const pp_table *table, const pp_figure_options *options,
                      pp_figure **out, pp_error *err);
} kind;

#define PP_FIGURE(table, make) {#table, make},
static const kind kinds[] = {
#include "report/figures.def"
    {NULL, NULL}};
#undef PP_FIGURE

pp_status pp_result_figures(const pp_result *result, const pp_figure_options *options,
                            pp_figure **out, int most, int *n, pp_error *err) {
    *n = 0;
    for (const kind *k = kinds; k->table; k++) {
        const pp_table *table = pp_result_find(result, k->table);
        if (table && pp_table_rows(table) > 0 && *n < most) {
            PP_TRY(k->make(table, options, &out[*n], err));
            ++*n;
        }
    }
    return PP_OK;
}
