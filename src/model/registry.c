#include "base/check.h"
#include "model/estimator.h"

#include <pushpull/text.h>

#include <string.h>

#define ESTIMATOR(name) &pp__estimator_##name,
static const pp_estimator *const REGISTRY[] = {
#include "model/registry.def"
};
#undef ESTIMATOR

enum { COUNT = sizeof REGISTRY / sizeof *REGISTRY };

int pp_model_count(void) {
    return COUNT;
}

const pp_model_info *pp_model_get(int index) {
    return index >= 0 && index < COUNT ? &REGISTRY[index]->info : NULL;
}

const char *pp_model_takes(int index, int part) {
    static const struct {
        unsigned bit;
        const char *name;
    } PARTS[] = {
        {PP__TAKES_EFFECTS, "fixed effects: `y ~ x | city + month`"},
        {PP__TAKES_INSTRUMENTS, "instruments: `y ~ x | endogenous ~ instrument`"},
        {PP__TAKES_RANDOM, "a random intercept: `y ~ x + (1 | region)`"},
        {PP__TAKES_STRATA, "strata: `y ~ x + strata(s)`"},
        {PP__TAKES_WEIGHTS, "weights, sampling or frequency: `--weights`"},
        {PP__TAKES_OFFSET, "an offset: `y ~ x + offset(z)`"}};
    for (size_t i = 0; index >= 0 && index < COUNT && i < sizeof PARTS / sizeof *PARTS;
         i++) {
        if ((REGISTRY[index]->takes & PARTS[i].bit) && part-- == 0) {
            return PARTS[i].name;
        }
    }
    return NULL;
}

pp_status pp__estimator_find(const char *name, const pp_estimator **out, pp_error *err) {
    const char *names[COUNT];
    for (int i = 0; i < COUNT; i++) {
        names[i] = REGISTRY[i]->info.name;
        if (name && strcmp(names[i], name) == 0) {
            *out = REGISTRY[i];
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no model '%s'", name ? name : "");
    pp_error_locate(err, NULL, 0, "model", name);
    const char *near = name ? pp_text_nearest(name, names, COUNT) : NULL;
    if (near) {
        pp_error_hint(err, "did you mean '%s'?", near);
    }
    return PP_E_ARGUMENT;
}
