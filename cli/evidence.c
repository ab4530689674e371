#include "evidence.h"

pp_status cli_open_store(const cli_call *call, pp_store_mode mode, pp_store **out,
                         pp_error *err) {
    const char *path = cli_value(call, "store", "study.db");
    pp_status status = pp_store_open(path, mode, out, err);
    if (status == PP_E_NOT_FOUND) {
        pp_error_hint(
            err, "name the store with --store FILE; 'pushpull import' makes a new one");
    }
    return status;
}

pp_status cli_open_gazetteer(const cli_call *call, pp_gazetteer **out, pp_error *err) {
    char folder[1024];
    *out = NULL;
    CLI_TRY(cli_data_folder(call, folder, sizeof folder, err));
    return pp_gazetteer_open(folder, out, err);
}
