/* Files of rules: whatever the bytes, rules that keep their promises or an error that says where. */
#include "target.h"

#include <pushpull/plan.h>
#include <pushpull/segments.h>

#include <string.h>

static void check_segments(const char *text, int64_t length) {
    pp_segment_rules *rules = NULL;
    pp_error err = {0};
    pp_status status =
        pp_segment_rules_read_text(text, length, "rules.yml", &rules, &err);
    require((status == PP_OK) == (rules != NULL));
    if (rules) {
        require(pp_segment_rules_count(rules) > 0);
        for (int64_t i = 0; i < pp_segment_rules_count(rules); i++) {
            require(pp_segment_rules_name(rules, i)[0] != '\0');
        }
    } else {
        require(status == PP_E_INPUT && err.message[0] && err.line >= 0);
        require(strcmp(err.file, "rules.yml") == 0);
    }
    pp_segment_rules_free(rules);
}

static void check_plan(const char *text, int64_t length) {
    pp_plan_file *plan = NULL;
    pp_error err = {0};
    pp_status status = pp_plan_read_text(text, length, "plan.yml", &plan, &err);
    require((status == PP_OK) == (plan != NULL));
    require(plan || (status == PP_E_INPUT && err.message[0] && err.line >= 0));
    pp_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_segments((const char *)data, (int64_t)size);
    check_plan((const char *)data, (int64_t)size);
    return 0;
}
