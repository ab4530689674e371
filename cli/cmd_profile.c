/* profile: what is known of a place. */
#include "analysis.h"

#include <pushpull/file.h>
#include <pushpull/profile.h>

#include <string.h>

const cli_option cli_profile_options[] = {CLI_ANALYSIS, {0}};

static pp_status find(cli_call *call, const pp_result *profiles, const char *place,
                      pp_result **out, pp_error *err) {
    char data[1024];
    const char *id;
    pp_gazetteer *gazetteer = NULL;
    CLI_TRY(cli_data_folder(call, data, sizeof data, err));
    CLI_TRY(pp_gazetteer_open(data, &gazetteer, err));
    pp_status status = pp_profile_find(profiles, gazetteer, place, &id, err);
    if (status == PP_OK) {
        status = pp_profile_of(profiles, id, out, err);
    }
    pp_gazetteer_free(gazetteer);
    return status;
}

/* A figure is drawn of this table, which the tables of a whole study have not. */
static pp_status add_drawn(const cli_call *call, pp_result *profile, pp_error *err) {
    const pp_table *drivers = pp_result_find(profile, "profile_drivers");
    pp_table *copy = NULL;
    if (!cli_value(call, "out", NULL) || !drivers) {
        return PP_OK;
    }
    CLI_TRY(pp_table_copy(drivers, &copy, err));
    pp_status status =
        pp_result_take(profile, "place_drivers", "What drives it, as drawn", copy, err);
    if (status != PP_OK) {
        pp_table_free(copy);
    }
    return status;
}

/* As other commands have it, the study may stand first. */
static void put_study_last(cli_call *call) {
    const char *first = call->operands[0];
    if (pp_file_exists(first) && !pp_file_exists(call->operands[1])) {
        call->operands[0] = call->operands[1];
        call->operands[1] = first;
    }
}

pp_status cmd_profile(cli_call *call, pp_error *err) {
    pp_result *profiles = NULL, *one = NULL;
    if (call->n_operands == 1) {
        return cli_analyse_study(call, err);
    }
    put_study_last(call);
    pp_status status = cli_study_result(call, NULL, NULL, 0, &profiles, err);
    if (status == PP_OK) {
        status = find(call, profiles, call->operands[0], &one, err);
    }
    if (status == PP_OK) {
        status = cli_print_told(call, one, pp_profile_tell, err);
    }
    if (status == PP_OK) {
        status = add_drawn(call, one, err);
    }
    if (status == PP_OK) {
        status = cli_write_analysis(call, one, err);
    }
    pp_result_free(one);
    pp_result_free(profiles);
    return status;
}
