/* check, export, verify, agreement, init. */
#include "evidence.h"
#include "study.h"

#include <stdio.h>
#include <string.h>

pp_status cmd_check(cli_call *call, pp_error *err) {
    pp_gazetteer *gazetteer = NULL;
    pp_result *result = NULL;
    CLI_TRY(cli_open_gazetteer(call, &gazetteer, err));
    pp_status status =
        pp_study_check(call->operands[0], gazetteer, &call->ctx, &result, err);
    pp_gazetteer_free(gazetteer);
    return cli_finish(call, status, result, err);
}

pp_status cmd_export(cli_call *call, pp_error *err) {
    char data[1024];
    pp_study *study = NULL;
    pp_result *result = NULL;
    CLI_TRY(cli_data_folder(call, data, sizeof data, err));
    CLI_TRY(pp_study_read(call->operands[0], &study, err));
    pp_run_options options = {.out = cli_value(call, "out", "export"),
                              .data_folder = data};
    pp_status status = pp_study_export(study, &options, &call->ctx, &result, err);
    pp_study_free(study);
    return cli_finish(call, status, result, err);
}

static pp_status verify_store(cli_call *call, const char *path, pp_result **out,
                              pp_error *err) {
    pp_store *store = NULL;
    pp_status status = pp_store_open(path, PP_STORE_READ, &store, err);
    if (status == PP_OK) {
        status = pp_evidence_verify(store, &call->ctx, out, err);
    }
    pp_store_close(store);
    return status;
}

pp_status cmd_verify(cli_call *call, pp_error *err) {
    const char *path = call->operands[0];
    pp_result *result = NULL;
    pp_status status = pp_file_is_folder(path)
                           ? pp_run_verify(path, &call->ctx, &result, err)
                           : verify_store(call, path, &result, err);
    return cli_finish(call, status, result, err);
}

pp_status cmd_agreement(cli_call *call, pp_error *err) {
    pp_agreement_options options = {
        .a = cli_value(call, "a", NULL),
        .b = cli_value(call, "b", NULL),
    };
    int64_t seed;
    CLI_TRY(cli_integer(call, "draws", 0, &options.draws, err));
    CLI_TRY(cli_integer(call, "seed", 1, &seed, err));
    options.seed = (uint64_t)seed;
    pp_store *store = NULL;
    pp_table *claims = NULL, *searches = NULL;
    pp_result *result = NULL;
    pp_status status = cli_open_store(call, PP_STORE_READ, &store, err);
    if (status == PP_OK) {
        status = pp_evidence_claims(store, &claims, err);
    }
    if (status == PP_OK) {
        status = pp_evidence_searches(store, &searches, err);
    }
    options.searches = searches && pp_table_rows(searches) > 0 ? searches : NULL;
    if (status == PP_OK) {
        status = pp_agreement(claims, &options, &call->ctx, &result, err);
    }
    pp_table_free(claims);
    pp_table_free(searches);
    pp_store_close(store);
    return cli_finish(call, status, result, err);
}
