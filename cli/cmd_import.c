#include "evidence.h"

#include <stdio.h>
#include <unistd.h>

/* A store that was not there before and into which nothing came is not left behind. */
static void remove_store(const char *path) {
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        char part[1200];
        snprintf(part, sizeof part, "%s%s", path, suffixes[i]);
        unlink(part);
    }
}

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
    const char *path = cli_value(call, "store", "study.db");
    int is_new = !pp_file_exists(path);
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
    int is_empty = store && is_new && (status != PP_OK || options.dry_run);
    pp_store_close(store);
    if (is_empty) {
        remove_store(path);
    }
    pp_gazetteer_free(gazetteer);
    return cli_finish(call, status, result, err);
}
