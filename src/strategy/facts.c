#include "strategy/facts.h"

#include "base/check.h"
#include "strategy/profile_parts.h"

#include <stdio.h>
#include <string.h>

static const char places[] =
    "place_id name kind country country_name region subregion segment";
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

/* One missing row. */
static pp_status finish(pp_status status, pp_table **table, pp_error *err) {
    if (status == PP_OK) {
        status = pp_table_resize(*table, 1, err);
    }
    if (status != PP_OK) {
        pp_table_free(*table);
        *table = NULL;
    }
    return status;
}

pp_status pp__facts_blank(pp_table **out, pp_error *err) {
    pp__fact_columns columns;
    PP_TRY(pp_table_new(out, err));
    pp_status status = add(*out, PP_TEXT, places, err);
    if (status == PP_OK) {
        status = pp__add_fact_columns(*out, &columns, err);
    }
    return finish(status, out, err);
}

pp_status pp__claims_blank(pp_table **out, pp_error *err) {
    PP_TRY(pp_table_new(out, err));
    pp_status status = add(*out, PP_TEXT, claim_texts, err);
    if (status == PP_OK) {
        status = add(*out, PP_NUMBER, claim_numbers, err);
    }
    return finish(status, out, err);
}
