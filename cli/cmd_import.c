#include "evidence.h"

#include <stdio.h>

pp_status cmd_import(cli_call *call, pp_error *err) {
    char folder[1024], vendors[1100];
    CLI_TRY(cli_data_folder(call, folder, sizeof folder, err));
    snprintf(vendors, sizeof vendors, "%s/vendors/vendors.csv", folder);
    pp_import_options options = {
        .claims = call->operands[0],
        .sources = cli_value(call, "sources", NULL),
        .searches = cli_value(call, "searches", NULL),
        .vendors = pp_file_exists(vendors) ? vendors : NULL,
        .dry_run = cli_flag(call, "dry-run"),
        .author = cli_value(call, "author", NULL),
    };
    pp_gazetteer *gazetteer = NULL;
    pp_store *store = NULL;
    pp_result *result = NULL;
    pp_status status = pp_file_check_readable(options.claims, err);
    if (status == PP_OK) {
        status = cli_open_gazetteer(call, &gazetteer, err);
    }
    if (status == PP_OK) {
        status = cli_open_store(call, PP_STORE_CREATE, &store, err);
    }
    if (status == PP_OK) {
        status = pp_evidence_import(store, gazetteer, &options, &call->ctx, &result, err);
    }
    pp_store_close(store);
    pp_gazetteer_free(gazetteer);
    return cli_finish(call, status, result, err);
}
