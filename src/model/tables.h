/* Filling result tables. */
#ifndef PP_MODEL_TABLES_H
#define PP_MODEL_TABLES_H

#include <pushpull/model.h>

/* Sets a cell; the column is added when the table has none of that name. */
pp_status pp__put_number(pp_table *table, int64_t row, const char *name, pp_show show,
                         double value, pp_error *err);
/* Several numbers of one row. */
typedef struct pp__named {
    const char *name;
    pp_show show;
    double value;
} pp__named;
pp_status pp__put_numbers(pp_table *table, int64_t row, const pp__named *numbers,
                          size_t n, pp_error *err);
pp_status pp__put_text(pp_table *table, int64_t row, const char *name, const char *text,
                       pp_error *err);

/* estimate, std_error, statistic, p_value, conf_low, conf_high at the fit's level. */
pp_status pp__put_estimate(const pp_fit *fit, pp_table *table, int64_t row,
                           double estimate, double variance, pp_error *err);

#endif
