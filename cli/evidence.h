/* What the commands on evidence share. */
#ifndef PP_CLI_EVIDENCE_H
#define PP_CLI_EVIDENCE_H

#include "cli.h"

#define CLI_STORE                                                                        \
    { "store", "FILE", "the evidence store; default: study.db", NULL }
#define CLI_AUTHOR                                                                       \
    { "author", "NAME", "who does it, for the log; default: unknown", NULL }

pp_status cli_open_store(const cli_call *call, pp_store_mode mode, pp_store **out,
                         pp_error *err);
pp_status cli_open_gazetteer(const cli_call *call, pp_gazetteer **out, pp_error *err);

#endif
