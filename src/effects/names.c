#include "effects/names.h"

#include <pushpull/text.h>

#include <string.h>

int pp__names_next(const char **at, const char **name, size_t *length) {
    *at += strspn(*at, ", ");
    *name = *at;
    size_t all = strcspn(*at, ","), bare = all;
    while (bare > 0 && (*at)[bare - 1] == ' ') {
        bare--;
    }
    *length = bare;
    *at += all;
    return bare > 0;
}

int pp__names_hold(const char *list, const char *name) {
    size_t length = strlen(name), own;
    const char *at = list, *one;
    while (pp__names_next(&at, &one, &own)) {
        if (own == length && memcmp(one, name, own) == 0) {
            return 1;
        }
    }
    return 0;
}

pp_status pp__names_unknown(const char *option, const char *name,
                            const char *const *units, int64_t n, pp_error *err) {
    const char *nearest = pp_text_nearest(name, units, n);
    pp_error_set(err, PP_E_NOT_FOUND, "no unit is named '%s'", name);
    pp_error_locate(err, NULL, 0, option, name);
    if (nearest) {
        pp_error_hint(err, "did you mean '%s'?", nearest);
    } else if (n > 0) {
        pp_error_hint(err, "there are %lld units, '%s' and '%s' among them", (long long)n,
                      units[0], units[n - 1]);
    }
    return PP_E_NOT_FOUND;
}
