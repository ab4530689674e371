#include "effects/choice.h"

#include <pushpull/text.h>

#include <string.h>

pp_status pp__check_choice(const char *name, const char *value,
                           const char *const *choices, pp_error *err) {
    pp_buf list;
    if (!value) {
        return PP_OK;
    }
    for (const char *const *c = choices; *c; c++) {
        if (strcmp(*c, value) == 0) {
            return PP_OK;
        }
    }
    pp_buf_init(&list);
    for (const char *const *c = choices; *c; c++) {
        pp_buf_printf(&list, "%s%s", c > choices ? ", " : "", *c);
    }
    pp_error_set(err, PP_E_ARGUMENT, "'%s' is no %s", value, name);
    pp_error_locate(err, NULL, 0, name, value);
    pp_error_hint(err, "one of %s", list.failed ? "those in the help" : list.data);
    pp_buf_clear(&list);
    return PP_E_ARGUMENT;
}
