/* show, decide, merge: one store, one gazetteer, one result. */
#include "evidence.h"

typedef pp_status store_work(cli_call *call, pp_store *store,
                             const pp_gazetteer *gazetteer, pp_result **out,
                             pp_error *err);

static pp_status with_store(cli_call *call, pp_store_mode mode, store_work *work,
                            pp_error *err) {
    pp_gazetteer *gazetteer = NULL;
    pp_store *store = NULL;
    pp_result *result = NULL;
    pp_status status = cli_open_store(call, mode, &store, err);
    if (status == PP_OK) {
        status = cli_open_gazetteer(call, &gazetteer, err);
    }
    if (status == PP_OK) {
        status = work(call, store, gazetteer, &result, err);
    }
    pp_store_close(store);
    pp_gazetteer_free(gazetteer);
    return cli_finish(call, status, result, err);
}

static pp_status show(cli_call *call, pp_store *store, const pp_gazetteer *gazetteer,
                      pp_result **out, pp_error *err) {
    return pp_evidence_show(store, gazetteer, call->operands[0], out, err);
}

pp_status cmd_show(cli_call *call, pp_error *err) {
    return with_store(call, PP_STORE_READ, show, err);
}

static pp_status need_reason(const cli_call *call, pp_error *err) {
    if (cli_flag(call, "reason")) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "--reason is missing");
    pp_error_hint(err, "say in a few words why, for those who read the log later");
    return PP_E_ARGUMENT;
}

static pp_status decide(cli_call *call, pp_store *store, const pp_gazetteer *gazetteer,
                        pp_result **out, pp_error *err) {
    pp_decision decision = {
        .action = call->operands[0],
        .subject = call->operands[1],
        .field = cli_value(call, "field", NULL),
        .value = cli_value(call, "value", NULL),
        .reason = cli_value(call, "reason", NULL),
        .author = cli_value(call, "author", NULL),
    };
    return pp_evidence_decide(store, gazetteer, &decision, out, err);
}

pp_status cmd_decide(cli_call *call, pp_error *err) {
    CLI_TRY(need_reason(call, err));
    return with_store(call, PP_STORE_WRITE, decide, err);
}

static pp_status merge(cli_call *call, pp_store *store, const pp_gazetteer *gazetteer,
                       pp_result **out, pp_error *err) {
    return pp_evidence_merge(store, gazetteer, call->operands[0], call->operands[1],
                             call->operands[2], cli_value(call, "reason", NULL),
                             cli_value(call, "author", NULL), out, err);
}

pp_status cmd_merge(cli_call *call, pp_error *err) {
    CLI_TRY(need_reason(call, err));
    return with_store(call, PP_STORE_WRITE, merge, err);
}
