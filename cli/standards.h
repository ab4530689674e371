/* The verbs of `standards` that change a registry. */
#ifndef PP_CLI_STANDARDS_H
#define PP_CLI_STANDARDS_H

#include "cli.h"

#include <pushpull/standards.h>

/* The operands after the verb, with --by, --reason and --dry-run. */
typedef pp_status cli_standards_edit(const cli_call *call, const pp_gazetteer *gazetteer,
                                     pp_result **out, pp_error *err);
cli_standards_edit cli_standards_set, cli_standards_add, cli_standards_remove,
    cli_standards_import;

#endif
