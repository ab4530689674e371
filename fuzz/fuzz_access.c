/* Rules of data access: whatever the bytes, rules that keep their promises or an error that says where. */
#include "target.h"

#include "market/access_rules.h"

#include <math.h>
#include <string.h>

static void check_bounds(pp__bounds b) {
    require(b.low >= 0 && b.low <= b.high && b.high <= 1);
}

static void check_rules(const pp_access_rules *r) {
    double sum = 0;
    for (int k = 0; k < PP__ACCESS_PARTS; k++) {
        sum += r->weights[k];
    }
    require(fabs(sum - 1) < 1e-6 && r->n_relations > 0 && r->n_kinds > 0);
    for (int k = 0; k < r->n_relations; k++) {
        check_bounds(r->relations[k].reach);
        require(r->relations[k].because && r->relations[k].line > 0);
        require(!r->relations[k].words || r->relations[k].grade == 0);
    }
    for (int k = 0; k < r->n_kinds; k++) {
        for (int p = 0; p < r->kinds[k].n_platforms; p++) {
            check_bounds(r->kinds[k].platforms[p].bounds);
        }
    }
    for (int k = 0; k < r->n_obligations; k++) {
        require(strlen(pp_access_rules_home(r, k)) == 3);
    }
    require(!pp_access_rules_home(r, r->n_obligations));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pp_access_rules *rules = NULL;
    pp_error err = {0};
    pp_status status = pp_access_rules_text((const char *)data, (int64_t)size,
                                            "access.yml", &rules, &err);
    require((status == PP_OK) == (rules != NULL));
    if (rules) {
        check_rules(rules);
    } else {
        require(status == PP_E_INPUT && err.message[0] && err.line >= 0);
        require(strcmp(err.file, "access.yml") == 0);
    }
    pp_access_rules_free(rules);
    return 0;
}
