#include "strategy/facts.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

static const char texts[] =
    "place_id name kind country country_name region subregion outcome confidence vendors "
    "platforms largest_vendor buyer_level buyers purposes finance driver protection "
    "effect_rights effect_crime conflict no_hazard segment";
static const char numbers[] =
    "ended earliest_year latest_year years_since adoptions claims stories hazard_year "
    "face_recognition purpose_crime finance_supplier amount_usd homicide homicide_year "
    "homicide_rank hazard hazard_low hazard_high push push_low push_high pull pull_low "
    "pull_high democracy exposure exposure_low exposure_high dependence dependence_low "
    "dependence_high commitments code_of_conduct neighbours neighbours_adopted";
static const char claim_texts[] =
    "claim_id place_id place place_kind country vendor vendor_home platform status "
    "earliest latest financing buyer_level buyer stated_purpose confidence source_id "
    "story coder note";
static const char claim_numbers[] = "version amount_usd";

/* One column a word of `names`. */
static pp_status add(pp_table *table, pp_column_type type, const char *names,
                     pp_error *err) {
    char name[64];
    pp_column *column;
    for (const char *at = names; *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        snprintf(name, sizeof name, "%.*s", (int)n, at);
        PP_TRY(pp_table_add(table, type, name, &column, err));
        at += n;
    }
    return PP_OK;
}

static pp_status blank(const char *of_text, const char *of_number, pp_table **out,
                       pp_error *err) {
    PP_TRY(pp_table_new(out, err));
    pp_status status = add(*out, PP_TEXT, of_text, err);
    if (status == PP_OK) {
        status = add(*out, PP_NUMBER, of_number, err);
    }
    if (status == PP_OK) {
        status = pp_table_resize(*out, 1, err);
    }
    if (status != PP_OK) {
        pp_table_free(*out);
        *out = NULL;
    }
    return status;
}

pp_status pp__facts_blank(pp_table **out, pp_error *err) {
    return blank(texts, numbers, out, err);
}

pp_status pp__claims_blank(pp_table **out, pp_error *err) {
    return blank(claim_texts, claim_numbers, out, err);
}
