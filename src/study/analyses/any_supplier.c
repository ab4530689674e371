#include "study/analyses/any_supplier.h"

#include "base/check.h"

#include <pushpull/adoption.h>
#include <pushpull/places.h>

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

pp_status pp__run_need_country(pp__run *run, const char *key, const char *code,
                               pp_error *err) {
    pp_place_match match;
    const pp_place *place = code ? pp_gazetteer_find(run->gazetteer, code) : NULL;
    if (!code || (place && place->kind == PP_PLACE_COUNTRY)) {
        return PP_OK;
    }
    pp_gazetteer_resolve(run->gazetteer, code, PP_PLACE_COUNTRY, NULL, &match);
    const pp_place *meant = match.place               ? match.place
                            : match.n_suggestions > 0 ? match.suggestions[0]
                                                      : NULL;
    pp_error_set(err, PP_E_INPUT, "%s: this is no country's code", key);
    pp_error_locate(err, run->study->file, pp__study_line(run->study, key, NULL), NULL,
                    code);
    if (meant) {
        pp_error_hint(err, "an ISO 3166-1 alpha-3 code; %s is %s", meant->name,
                      meant->id);
    } else {
        pp_error_hint(err, "an ISO 3166-1 alpha-3 code, such as CHN or USA");
    }
    return PP_E_INPUT;
}
