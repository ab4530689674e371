#include "study/analyses/any_supplier.h"

#include "base/check.h"

#include <pushpull/adoption.h>

pp_status pp__run_any_supplier(pp__run *run, const char *rule, const pp_result **out,
                               pp_result **own, pp_error *err) {
    static const char *const every[] = {"*", "unknown", NULL};
    const pp_adoption_rule any = {
        .name = "market", .suppliers = every, .excluded = run->study->panel.exclude};
    *own = NULL;
    if (rule) {
        *out = run->adoptions[pp__run_rule_index(run, rule)];
        return PP_OK;
    }
    PP_TRY(pp_adoption_derive(&any, run->claims, run->searches, run->countries, run->ctx,
                              own, err));
    *out = *own;
    return PP_OK;
}
