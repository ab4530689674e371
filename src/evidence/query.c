/* The tables of what is in force. */
#include "base/check.h"
#include "evidence/inforce.h"
#include "evidence/rows.h"

#include <stdio.h>
#include <string.h>

enum {
    T_CLAIM_ID,
    T_VERSION,
    T_PLACE_ID,
    T_PLACE,
    T_PLACE_KIND,
    T_COUNTRY,
    T_VENDOR,
    T_VENDOR_HOME,
    T_PLATFORM,
    T_STATUS,
    T_EARLIEST,
    T_LATEST,
    T_FINANCING,
    T_AMOUNT,
    T_BUYER_LEVEL,
    T_BUYER,
    T_PURPOSE,
    T_CONFIDENCE,
    T_SOURCE_ID,
    T_STORY,
    T_CODER,
    T_NOTE,
    T_COLUMNS
};

static const pp__column_spec claim_columns[T_COLUMNS] = {
    [T_CLAIM_ID] = {"claim_id", "Claim", PP_TEXT, 0},
    [T_VERSION] = {"version", "Version", PP_NUMBER, PP_SHOW_COUNT},
    [T_PLACE_ID] = {"place_id", "Place identifier", PP_TEXT, 0},
    [T_PLACE] = {"place", "Place", PP_TEXT, 0},
    [T_PLACE_KIND] = {"place_kind", "Kind of place", PP_CATEGORY, 0},
    [T_COUNTRY] = {"country", "Country", PP_CATEGORY, 0},
    [T_VENDOR] = {"vendor", "Vendor", PP_CATEGORY, 0},
    [T_VENDOR_HOME] = {"vendor_home", "Vendor's home country", PP_CATEGORY, 0},
    [T_PLATFORM] = {"platform", "Platform", PP_CATEGORY, 0},
    [T_STATUS] = {"status", "Status", PP_CATEGORY, 0},
    [T_EARLIEST] = {"earliest", "Earliest date", PP_TEXT, 0},
    [T_LATEST] = {"latest", "Latest date", PP_TEXT, 0},
    [T_FINANCING] = {"financing", "Financing", PP_CATEGORY, 0},
    [T_AMOUNT] = {"amount_usd", "Amount", PP_NUMBER, PP_SHOW_COUNT},
    [T_BUYER_LEVEL] = {"buyer_level", "Level of the buyer", PP_CATEGORY, 0},
    [T_BUYER] = {"buyer", "Buyer", PP_TEXT, 0},
    [T_PURPOSE] = {"stated_purpose", "Stated purpose", PP_CATEGORY, 0},
    [T_CONFIDENCE] = {"confidence", "Confidence", PP_CATEGORY, 0},
    [T_SOURCE_ID] = {"source_id", "Source", PP_TEXT, 0},
    [T_STORY] = {"story", "Story", PP_TEXT, 0},
    [T_CODER] = {"coder", "Coder", PP_CATEGORY, 0},
    [T_NOTE] = {"note", "Note", PP_TEXT, 0},
};

/* The words of the codebook in its order, whether they occur or not. */
static pp_status add_levels(pp_table *table, pp_error *err) {
    for (int i = 0; i < T_COLUMNS; i++) {
        pp_column *column = pp_table_column(table, i);
        int f = pp__field_position(&pp__entities[PP__CLAIM], column->name);
        if (f < 0 || !pp__entities[PP__CLAIM].fields[f].words) {
            continue;
        }
        const char *const *word = pp__entities[PP__CLAIM].fields[f].words;
        for (; *word; word++) {
            if (pp_column_level(table, column, *word, err) < 0) {
                return PP_E_MEMORY;
            }
        }
    }
    return pp_column_describe(table, pp_table_column(table, T_AMOUNT), NULL,
                              "US dollars of the source's own figure", NULL, NULL, err);
}

/* Field of the claim in each column that shows it unchanged. */
static const int shown[T_COLUMNS] = {
    [T_CLAIM_ID] = CLAIM_ID,
    [T_PLATFORM] = CLAIM_PLATFORM,
    [T_STATUS] = CLAIM_STATUS,
    [T_EARLIEST] = CLAIM_EARLIEST,
    [T_LATEST] = CLAIM_LATEST,
    [T_FINANCING] = CLAIM_FINANCING,
    [T_AMOUNT] = CLAIM_AMOUNT,
    [T_BUYER_LEVEL] = CLAIM_BUYER_LEVEL,
    [T_BUYER] = CLAIM_BUYER,
    [T_PURPOSE] = CLAIM_PURPOSE,
    [T_CONFIDENCE] = CLAIM_CONFIDENCE,
    [T_CODER] = CLAIM_CODER,
    [T_NOTE] = CLAIM_NOTE,
};

static pp_status show_place(const pp__inforce *in, const char *const *claim,
                            pp_arena *arena, const char **out, pp_error *err) {
    const char *key = pp_arena_printf(arena, "%s/%s/%s", claim[CLAIM_COUNTRY],
                                      claim[CLAIM_PLACE_KIND], claim[CLAIM_PLACE]);
    PP_NEED(key, err);
    int64_t i = pp__map_get(&in->place_index, key, -1);
    if (i < 0) {
        PP_FAIL(err, PP_E_CORRUPT, "claim %s names a place that is not recorded",
                claim[CLAIM_ID]);
    }
    pp__placed place = pp__inforce_place(in, &in->places[i]);
    out[T_PLACE_ID] = place.id;
    out[T_PLACE] = place.name;
    out[T_PLACE_KIND] = place.kind;
    out[T_COUNTRY] = place.country;
    return PP_OK;
}

/* A merged vendor brings its own home; an empty home is filled from the vendor's. */
static void show_vendor(const pp__inforce *in, const char *const *claim,
                        const char **out) {
    const char *slug = claim[CLAIM_VENDOR];
    const pp__vendor *vendor = slug ? pp__inforce_vendor(in, slug) : NULL;
    out[T_VENDOR] = vendor ? vendor->values[VENDOR_SLUG] : "unknown";
    out[T_VENDOR_HOME] = claim[CLAIM_VENDOR_HOME];
    if (vendor && vendor->values[VENDOR_HOME] &&
        (!out[T_VENDOR_HOME] || strcmp(slug, out[T_VENDOR]) != 0)) {
        out[T_VENDOR_HOME] = vendor->values[VENDOR_HOME];
    }
}

static pp_status show_claim(const pp__inforce *in, int64_t version,
                            const char *const *claim, pp_arena *arena, pp_table *table,
                            pp_error *err) {
    const char *out[T_COLUMNS];
    char number[24];
    for (int i = 0; i < T_COLUMNS; i++) {
        out[i] = claim[shown[i]];
    }
    snprintf(number, sizeof number, "%lld", (long long)version);
    out[T_VERSION] = number;
    PP_TRY(show_place(in, claim, arena, out, err));
    show_vendor(in, claim, out);
    const pp__story_source *source = pp__inforce_source(in, claim[CLAIM_SOURCE]);
    out[T_SOURCE_ID] = source ? source->values[SOURCE_ID] : claim[CLAIM_SOURCE];
    out[T_STORY] = source ? source->story : NULL;
    return pp__rows_add(table, out, err);
}

static pp_status walk_claims(const pp__inforce *in, pp__statement *s, pp_table *table,
                             pp_error *err) {
    pp_arena arena;
    pp_arena_init(&arena);
    pp_arena_mark start = pp_arena_get_mark(&arena);
    const char *claim[PP__MOST_FIELDS];
    int row = 0;
    pp_status status;
    while ((status = pp__step(s, &row, err)) == PP_OK && row) {
        PP_TRY_GOTO(status, done,
                    pp__record_read(&pp__entities[PP__CLAIM], s, 1, &arena, claim, err));
        if (!pp__inforce_retracted(in, "claim", claim[CLAIM_ID]) &&
            !pp__inforce_retracted(in, "source", claim[CLAIM_SOURCE])) {
            PP_TRY_GOTO(status, done,
                        show_claim(in, pp__integer(s, 0), claim, &arena, table, err));
        }
        pp_arena_release(&arena, start);
    }
done:
    pp_arena_clear(&arena);
    return status;
}

static pp_status fill_claims(const pp__inforce *in, pp_table *table, pp_error *err) {
    PP_TRY(pp__rows_begin(table, claim_columns, T_COLUMNS, err));
    PP_TRY(add_levels(table, err));
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_add(&sql, "SELECT v.version, ");
    pp__record_columns(&pp__entities[PP__CLAIM], "v.", pp__entities[PP__CLAIM].n, &sql);
    pp_buf_add(&sql,
               " FROM claim AS h JOIN claim_version AS v ON v.claim_id = h.claim_id "
               "AND v.version = h.version ORDER BY v.claim_id");
    pp__statement *s = NULL;
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        status = pp__db_prepare(in->store->db, sql.data, &s, err);
    }
    if (status == PP_OK) {
        status = walk_claims(in, s, table, err);
    }
    pp__finish(s);
    pp_buf_clear(&sql);
    return status;
}

static pp_status fill_sources(const pp__inforce *in, pp_table *table, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"source_id", "Source", PP_TEXT, 0},
        {"address", "Canonical address", PP_TEXT, 0},
        {"url", "Address", PP_TEXT, 0},
        {"title", "Title", PP_TEXT, 0},
        {"publisher", "Publisher", PP_TEXT, 0},
        {"published", "Published", PP_TEXT, 0},
        {"kind", "Kind", PP_CATEGORY, 0},
        {"language", "Language", PP_CATEGORY, 0},
        {"story", "Story", PP_TEXT, 0},
        {"story_status", "Story is", PP_CATEGORY, 0}};
    PP_TRY(pp__rows_begin(table, columns, 10, err));
    for (int64_t i = 0; i < in->stories.n; i++) {
        const pp__story_source *s = &in->stories.sources[i];
        const char *id = s->values[SOURCE_ID];
        if (pp__inforce_retracted(in, "source", id) ||
            pp__merged(&in->source_merges, id) != id) {
            continue;
        }
        const char *values[] = {id,
                                s->address,
                                s->values[SOURCE_URL],
                                s->values[SOURCE_TITLE],
                                s->values[SOURCE_PUBLISHER],
                                s->values[SOURCE_PUBLISHED],
                                s->values[SOURCE_KIND],
                                s->values[SOURCE_LANGUAGE],
                                s->story,
                                s->status};
        PP_TRY(pp__rows_add(table, values, err));
    }
    return PP_OK;
}

static pp_status count_by_vendor(const pp_table *claims, pp__map *counts, pp_error *err) {
    const pp_column *vendor = pp_table_find(claims, "vendor");
    for (int64_t i = 0; i < pp_table_rows(claims); i++) {
        int64_t *n = pp__map_at(counts, pp_column_get_text(vendor, i), 0);
        PP_NEED(n, err);
        ++*n;
    }
    return PP_OK;
}

static pp_status list_vendors(const pp__inforce *in, const pp__map *counts,
                              pp_table *table, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"vendor", "Vendor", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"home", "Home country", PP_CATEGORY, 0},
        {"parent", "Parent", PP_TEXT, 0},
        {"aliases", "Also known as", PP_TEXT, 0},
        {"claims", "Claims", PP_NUMBER, PP_SHOW_COUNT}};
    PP_TRY(pp__rows_begin(table, columns, 6, err));
    for (int64_t i = 0; i < in->n_vendors; i++) {
        const char *const *v = in->vendors[i].values;
        if (pp__merged(&in->vendor_merges, v[VENDOR_SLUG]) != v[VENDOR_SLUG]) {
            continue;
        }
        char claims[24];
        snprintf(claims, sizeof claims, "%lld",
                 (long long)pp__map_get(counts, v[VENDOR_SLUG], 0));
        const char *values[] = {
            v[VENDOR_SLUG],    v[VENDOR_NAME] ? v[VENDOR_NAME] : v[VENDOR_SLUG],
            v[VENDOR_HOME],    v[VENDOR_PARENT],
            v[VENDOR_ALIASES], claims};
        PP_TRY(pp__rows_add(table, values, err));
    }
    return PP_OK;
}

static pp_status fill_vendors(const pp__inforce *in, pp_table *table, pp_error *err) {
    pp_table *claims;
    pp__map counts = {0};
    PP_TRY(pp__inforce_claims(in, &claims, err));
    pp_status status = count_by_vendor(claims, &counts, err);
    if (status == PP_OK) {
        status = list_vendors(in, &counts, table, err);
    }
    pp__map_clear(&counts);
    pp_table_free(claims);
    return status;
}

static pp_status fill_searches(const pp__inforce *in, pp_table *table, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"country", "Country", PP_CATEGORY, 0},
        {"coder", "Coder", PP_CATEGORY, 0},
        {"targeted_queries_at_least", "Targeted queries, at least", PP_NUMBER,
         PP_SHOW_COUNT},
        {"claims_found", "Claims found", PP_NUMBER, PP_SHOW_COUNT}};
    PP_TRY(pp__rows_begin(table, columns, 4, err));
    pp__statement *s;
    PP_TRY(pp__db_prepare(
        in->store->db,
        "SELECT v.country, v.coder, targeted_queries_at_least, claims_found "
        "FROM search AS h JOIN search_version AS v ON v.country = h.country "
        "AND v.coder = h.coder AND v.version = h.version ORDER BY 1, 2",
        &s, err));
    int row = 0;
    pp_status status;
    while ((status = pp__step(s, &row, err)) == PP_OK && row) {
        const char *values[] = {pp__text(s, 0), pp__text(s, 1), pp__text(s, 2),
                                pp__text(s, 3)};
        PP_TRY_GOTO(status, done, pp__rows_add(table, values, err));
    }
done:
    pp__finish(s);
    return status;
}

typedef pp_status fill_table(const pp__inforce *in, pp_table *table, pp_error *err);

static pp_status filled(const pp__inforce *in, fill_table *fill, pp_table **out,
                        pp_error *err) {
    *out = NULL;
    pp_table *table;
    PP_TRY(pp_table_new(&table, err));
    pp_status status = fill(in, table, err);
    if (status != PP_OK) {
        pp_table_free(table);
        return status;
    }
    *out = table;
    return PP_OK;
}

pp_status pp__inforce_claims(const pp__inforce *in, pp_table **out, pp_error *err) {
    return filled(in, fill_claims, out, err);
}

pp_status pp__inforce_sources(const pp__inforce *in, pp_table **out, pp_error *err) {
    return filled(in, fill_sources, out, err);
}

static pp_status query(pp_store *store, fill_table *fill, pp_table **out, pp_error *err) {
    pp__inforce in;
    *out = NULL;
    PP_TRY(pp__store_begin_reading(store, err));
    pp_status status = pp__inforce_read(store, &in, err);
    if (status == PP_OK) {
        status = filled(&in, fill, out, err);
    }
    pp__inforce_clear(&in);
    pp__store_rollback(store);
    return status;
}

pp_status pp_evidence_claims(pp_store *store, pp_table **out, pp_error *err) {
    return query(store, fill_claims, out, err);
}

pp_status pp_evidence_sources(pp_store *store, pp_table **out, pp_error *err) {
    return query(store, fill_sources, out, err);
}

pp_status pp_evidence_searches(pp_store *store, pp_table **out, pp_error *err) {
    return query(store, fill_searches, out, err);
}

pp_status pp_evidence_vendors(pp_store *store, pp_table **out, pp_error *err) {
    return query(store, fill_vendors, out, err);
}
