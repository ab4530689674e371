/* The claims of each place, with their sources. */
#include "base/check.h"
#include "evidence/rows.h"
#include "strategy/profile_parts.h"

#include <string.h>

static const char *of_source(const pp__profiles *p, int64_t source, const char *column) {
    return source < 0 ? NULL : pp__text_at(p->in->sources, column, source);
}

static pp_status put_claim(pp__profiles *p, const pp__profile_place *place, int64_t row,
                           int counts, pp_table *table) {
    const char *id = pp__claim_text(p, "source_id", row);
    int64_t source = id ? pp__map_get(&p->source_of, id, -1) : -1;
    const pp__cell cells[] = {PP__TEXT_CELL(place->id),
                              PP__TEXT_CELL(pp__claim_text(p, "claim_id", row)),
                              PP__NUMBER_CELL(counts),
                              PP__TEXT_CELL(id),
                              PP__TEXT_CELL(pp__claim_text(p, "status", row)),
                              PP__TEXT_CELL(pp__claim_text(p, "platform", row)),
                              PP__TEXT_CELL(pp__claim_text(p, "vendor", row)),
                              PP__TEXT_CELL(pp__claim_text(p, "earliest", row)),
                              PP__TEXT_CELL(pp__claim_text(p, "latest", row)),
                              PP__TEXT_CELL(pp__claim_text(p, "confidence", row)),
                              PP__TEXT_CELL(of_source(p, source, "publisher")),
                              PP__TEXT_CELL(of_source(p, source, "url")),
                              PP__TEXT_CELL(of_source(p, source, "title")),
                              PP__TEXT_CELL(of_source(p, source, "kind")),
                              PP__TEXT_CELL(pp__claim_text(p, "stated_purpose", row)),
                              PP__TEXT_CELL(pp__claim_text(p, "financing", row)),
                              PP__TEXT_CELL(pp__claim_text(p, "buyer", row))};
    return pp__rows_add_cells(table, cells, p->err);
}

/* Both lists stand in the order of ids. */
static pp_status put_place(pp__profiles *p, const pp__profile_place *place,
                           pp_table *table) {
    int64_t next = 0;
    for (int64_t i = 0; i < place->claims.n; i++) {
        int counts =
            next < place->counted.n && place->counted.row[next] == place->claims.row[i];
        next += counts;
        PP_TRY(put_claim(p, place, place->claims.row[i], counts, table));
    }
    return PP_OK;
}

pp_status pp__profile_claims(pp__profiles *p) {
    static const pp__column_spec columns[] = {
        {"place_id", "Place", PP_TEXT, 0},      {"claim_id", "Claim", PP_TEXT, 0},
        {"counts", "Counts", 0, PP_SHOW_FLAG},  {"source_id", "Source", PP_TEXT, 0},
        {"status", "Status", PP_TEXT, 0},       {"platform", "Platform", PP_TEXT, 0},
        {"vendor", "Vendor", PP_TEXT, 0},       {"earliest", "From", PP_TEXT, 0},
        {"latest", "By", PP_TEXT, 0},           {"confidence", "Confidence", PP_TEXT, 0},
        {"publisher", "Publisher", PP_TEXT, 0}, {"url", "Address", PP_TEXT, 0},
        {"title", "Title", PP_TEXT, 0},         {"kind", "Kind", PP_TEXT, 0},
        {"purpose", "Purpose", PP_TEXT, 0},     {"financing", "Finance", PP_TEXT, 0},
        {"buyer", "Buyer", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(p->result, "profile_claims", "Claims and their sources",
                          columns, sizeof columns / sizeof *columns, &table, p->err));
    for (int64_t i = 0; i < p->n_places; i++) {
        PP_TRY(put_place(p, &p->places[i], table));
    }
    return pp_result_set_note(
        p->result, "profile_claims",
        "Of a country also those of its cities. Counts: the outcome "
        "by the rule rests on it.",
        p->err);
}
