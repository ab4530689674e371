/* messages: of a study and a place; or the check of a library. */
#include "analysis.h"
#include "evidence.h"

#include <pushpull/file.h>
#include <pushpull/messages.h>

#include <stdio.h>
#include <string.h>

const cli_option cli_messages_options[] = {
    {"audience", "WHO",
     "only to these: head_of_state, interior_ministry, mayor, police_chief, regulator, "
     "legislature or civil_society",
     "head_of_state|interior_ministry|mayor|police_chief|regulator|legislature|civil_"
     "society"},
    CLI_ANALYSIS,
    {0},
};

static pp_status check(cli_call *call, pp_error *err) {
    char share[1024], folder[1100], registry[1100];
    pp_gazetteer *gazetteer = NULL;
    pp_standards *standards = NULL;
    pp_result *result = NULL;
    CLI_TRY(cli_data_folder(call, share, sizeof share, err));
    snprintf(folder, sizeof folder, "%s/messages", share);
    snprintf(registry, sizeof registry, "%s/standards", share);
    pp_status status = pp_gazetteer_open(share, &gazetteer, err);
    if (status == PP_OK) {
        status = pp_standards_read(registry, gazetteer, &call->ctx, &standards, err);
    }
    if (status == PP_OK) {
        status = pp_messages_check(call->n_operands > 1 ? call->operands[1] : folder,
                                   standards, &call->ctx, &result, err);
    }
    status = cli_finish(call, status, result, err);
    pp_standards_free(standards);
    pp_gazetteer_free(gazetteer);
    return status;
}

/* The study comes last for the steps of a study; here the place follows it. */
static pp_status choose(cli_call *call, pp_error *err) {
    static const char *const taken[] = {"audience", NULL};
    char place[300], audience[100];
    const char *settings[2], *who = cli_value(call, "audience", NULL);
    int64_t n = 0;
    pp_result *result = NULL;
    if (who) {
        snprintf(audience, sizeof audience, "analyses.messages.audience=%s", who);
        settings[n++] = audience;
    }
    if (call->n_operands == 1) {
        return cli_analyse_study_with(call, taken, settings, n, err);
    }
    if (!pp_file_exists(call->operands[0]) && pp_file_exists(call->operands[1])) {
        const char *study = call->operands[1]; /* as `profile` and `brief` have it */
        call->operands[1] = call->operands[0];
        call->operands[0] = study;
    }
    snprintf(place, sizeof place, "analyses.messages.place=%s", call->operands[1]);
    settings[n++] = place;
    call->n_operands = 1;
    CLI_TRY(cli_study_result(call, taken, settings, n, &result, err));
    pp_status status = cli_print_told(call, result, pp_messages_tell, err);
    if (status == PP_OK) {
        status = cli_write_analysis(call, result, err);
    }
    pp_result_free(result);
    return status;
}

pp_status cmd_messages(cli_call *call, pp_error *err) {
    return strcmp(call->operands[0], "check") == 0 ? check(call, err) : choose(call, err);
}
