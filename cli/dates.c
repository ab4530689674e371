#include "dates.h"

#include <pushpull/text.h>

#include <string.h>

int cli_has_dates(const cli_call *call) {
    return cli_flag(call, "date-low") || cli_flag(call, "date-high");
}

static pp_status refuse(const char *option, const char *problem, const char *hint,
                        pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "--%s %s", option, problem);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

/* What belongs to dates and stands alone. */
static pp_status refuse_alone(const cli_call *call, pp_error *err) {
    static const char *const with[] = {"probability", "date-draws"};
    for (int i = 0; i < 2; i++) {
        if (cli_flag(call, with[i])) {
            return refuse(with[i], "needs dates known as intervals",
                          "name their columns with --date-low and --date-high", err);
        }
    }
    return PP_OK;
}

pp_status cli_read_dates(const cli_call *call, const cli_other_date *without,
                         pp_uncertain_options *out, pp_error *err) {
    *out = (pp_uncertain_options){0};
    if (!cli_has_dates(call)) {
        return refuse_alone(call, err);
    }
    for (; without->option; without++) {
        if (cli_flag(call, without->option)) {
            return refuse(without->option,
                          "does not go with dates known as intervals (--date-low, "
                          "--date-high)",
                          without->why ? without->why : "leave out one of them", err);
        }
    }
    *out = (pp_uncertain_options){.low = cli_value(call, "date-low", NULL),
                                  .high = cli_value(call, "date-high", NULL),
                                  .probability = cli_value(call, "probability", NULL)};
    return cli_integer_in(call, "date-draws", 0, 2, 100000, &out->draws, err);
}

static pp_status make_column(const cli_call *call, pp_table *data, const char *name,
                             const char **column, pp_error *err) {
    pp_column *made;
    double period;
    if (!*column || pp_table_find(data, *column) || !pp_parse_number(*column, &period)) {
        return PP_OK;
    }
    if (!cli_flag(call, "treated")) {
        return refuse(name + 2, "is one period for all units",
                      "name the treated (--treated), or the column of their dates", err);
    }
    CLI_TRY(pp_table_add(data, PP_NUMBER, name, &made, err));
    for (int64_t row = 0; row < pp_table_rows(data); row++) {
        made->number[row] = period;
    }
    *column = name;
    return PP_OK;
}

pp_status cli_make_dates(const cli_call *call, pp_table *data,
                         pp_uncertain_options *dates, pp_error *err) {
    CLI_TRY(make_column(call, data, "--date-low", &dates->low, err));
    return make_column(call, data, "--date-high", &dates->high, err);
}
