/* From a place, a claim, a source or a vendor down to everything under it. */
#include "base/check.h"
#include "evidence/decision.h"
#include "evidence/find.h"
#include "evidence/rows.h"

#include <pushpull/adoption.h>

#include <stdio.h>
#include <string.h>

typedef struct showing {
    pp__inforce in;
    const pp_gazetteer *gazetteer;
    pp_table *claims; /* all that are in force */
    pp_table *chosen; /* those about what was asked */
    pp__found found;
    pp__map subjects; /* "claim/A0001": what decisions and history are shown of */
    pp_result *result;
} showing;

static pp_status take(showing *s, const char *name, const char *title, pp_table *table,
                      pp_error *err) {
    pp_status status = pp_result_take(s->result, name, title, table, err);
    if (status != PP_OK) {
        pp_table_free(table);
    }
    return status;
}

static pp_status add_subject(showing *s, const char *kind, const char *id,
                             pp_error *err) {
    const char *key = pp_arena_printf(&s->in.arena, "%s/%s", kind, id);
    PP_NEED(key, err);
    PP_NEED(pp__map_at(&s->subjects, key, 1), err);
    return PP_OK;
}

static int is_place(const pp__found *found) {
    return strcmp(found->kind, "country") == 0 || strcmp(found->kind, "region") == 0 ||
           strcmp(found->kind, "city") == 0;
}

typedef int chooses(const showing *s, const pp_table *table, int64_t row);

static pp_status choose_rows(const showing *s, const pp_table *from, chooses *choose,
                             pp_table **out, pp_error *err) {
    int64_t n = 0, *rows = pp_malloc(pp_table_rows(from), sizeof *rows);
    PP_NEED(rows, err);
    for (int64_t i = 0; i < pp_table_rows(from); i++) {
        if (choose(s, from, i)) {
            rows[n++] = i;
        }
    }
    pp_status status = pp_table_take_rows(from, rows, n, out, err);
    pp_free(rows);
    return status;
}

static int is_about(const showing *s, const pp_table *claims, int64_t row) {
    return pp__found_has(&s->found, claims, row);
}

static pp_status choose_claims(showing *s, pp_error *err) {
    PP_TRY(choose_rows(s, s->claims, is_about, &s->chosen, err));
    const pp_column *claim = pp_table_find(s->chosen, "claim_id");
    const pp_column *source = pp_table_find(s->chosen, "source_id");
    const pp_column *story = pp_table_find(s->chosen, "story");
    for (int64_t i = 0; i < pp_table_rows(s->chosen); i++) {
        PP_TRY(add_subject(s, "claim", pp_column_get_text(claim, i), err));
        PP_TRY(add_subject(s, "source", pp_column_get_text(source, i), err));
        PP_TRY(add_subject(s, "story", pp_column_get_text(story, i), err));
    }
    return PP_OK;
}

static int is_subject(const showing *s, const char *kind, const char *id) {
    char key[512];
    snprintf(key, sizeof key, "%s/%s", kind, id);
    return pp__map_get(&s->subjects, key, 0) != 0;
}

static int is_source_of_these(const showing *s, const pp_table *sources, int64_t row) {
    return is_subject(s, "source",
                      pp_column_get_text(pp_table_find(sources, "source_id"), row));
}

static pp_status show_sources(showing *s, pp_error *err) {
    pp_table *all, *chosen;
    PP_TRY(pp__inforce_sources(&s->in, &all, err));
    pp_status status = choose_rows(s, all, is_source_of_these, &chosen, err);
    pp_table_free(all);
    PP_TRY(status);
    return take(s, "sources", "Their sources", chosen, err);
}

static pp_status show_place(showing *s, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"place_id", "Identifier", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"kind", "Kind", PP_TEXT, 0},
        {"country", "Country", PP_TEXT, 0},
        {"region", "Region", PP_TEXT, 0},
        {"status", "Status", PP_TEXT, 0},
        {"claims", "Claims", PP_NUMBER, PP_SHOW_COUNT}};
    const pp_place *place = s->found.place;
    pp_table *table;
    char claims[24];
    snprintf(claims, sizeof claims, "%lld", (long long)s->found.claims);
    const char *values[] = {place ? place->id : NULL,
                            s->found.name,
                            s->found.kind,
                            s->found.country,
                            place && *place->region ? place->region : NULL,
                            !place           ? "pending"
                            : *place->status ? place->status
                                             : NULL,
                            claims};
    PP_TRY(pp__rows_start(s->result, "place", "The place", columns, 7, &table, err));
    PP_TRY(pp__rows_add(table, values, err));
    for (int64_t i = 0; i < s->in.n_places; i++) {
        pp__placed in_force = pp__inforce_place(&s->in, &s->in.places[i]);
        const char *id = in_force.id ? in_force.id : in_force.key;
        int country = place && place->kind == PP_PLACE_COUNTRY;
        if (strcmp(country ? in_force.country : id, s->found.id) == 0) {
            PP_TRY(add_subject(s, "place", s->in.places[i].key, err));
        }
    }
    return add_subject(s, "place", s->found.id, err);
}

static pp_status show_vendor(showing *s, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"vendor", "Vendor", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"home", "Home country", PP_TEXT, 0},
        {"parent", "Parent", PP_TEXT, 0},
        {"aliases", "Also known as", PP_TEXT, 0},
        {"claims", "Claims", PP_NUMBER, PP_SHOW_COUNT}};
    const char *const *v = pp__inforce_vendor(&s->in, s->found.id)->values;
    pp_table *table;
    char claims[24];
    snprintf(claims, sizeof claims, "%lld", (long long)s->found.claims);
    const char *values[] = {v[VENDOR_SLUG],   v[VENDOR_NAME],    v[VENDOR_HOME],
                            v[VENDOR_PARENT], v[VENDOR_ALIASES], claims};
    PP_TRY(pp__rows_start(s->result, "vendor", "The vendor", columns, 6, &table, err));
    PP_TRY(pp__rows_add(table, values, err));
    for (int64_t i = 0; i < s->in.n_vendors; i++) {
        const char *slug = s->in.vendors[i].values[VENDOR_SLUG];
        if (strcmp(pp__merged(&s->in.vendor_merges, slug), s->found.id) == 0) {
            PP_TRY(add_subject(s, "vendor", slug, err));
        }
    }
    return PP_OK;
}

/* The adoptions that the claims shown make under the rule that takes any known supplier.
 */
static pp_status show_adoptions(showing *s, pp_error *err) {
    static const pp_adoption_rule any = {.name = "any"};
    if (!s->gazetteer || pp_table_rows(s->chosen) == 0) {
        return PP_OK;
    }
    pp_table *countries, *copy;
    pp_result *derived;
    PP_TRY(pp_gazetteer_table(s->gazetteer, &countries, err));
    pp_status status =
        pp_adoption_derive(&any, s->chosen, NULL, countries, NULL, &derived, err);
    pp_table_free(countries);
    PP_TRY(status);
    status = pp_table_copy(pp_result_find(derived, "adoptions"), &copy, err);
    pp_result_free(derived);
    PP_TRY(status);
    return take(s, "adoptions", "Adoptions that the claims make", copy, err);
}

typedef pp_status show_row(showing *s, pp__statement *q, pp_table *table, pp_error *err);

static pp_status walk(showing *s, const char *sql, show_row *show, pp_table *table,
                      pp_error *err) {
    pp__statement *q;
    PP_TRY(pp__db_prepare(s->in.store->db, sql, &q, err));
    int row = 0;
    pp_status status;
    while ((status = pp__step(q, &row, err)) == PP_OK && row) {
        status = show(s, q, table, err);
        if (status != PP_OK) {
            break;
        }
    }
    pp__finish(q);
    return status;
}

/* Columns: kind and subject, which choose; then those of the table. */
static pp_status show_chosen(showing *s, pp__statement *q, pp_table *table,
                             pp_error *err) {
    const char *values[16];
    if (!is_subject(s, pp__text(q, 0), pp__text(q, 1))) {
        return PP_OK;
    }
    for (int i = 0; i < pp_table_columns(table); i++) {
        values[i] = pp__text(q, i + 2);
    }
    return pp__rows_add(table, values, err);
}

static pp_status show_decisions(showing *s, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"decision", "Decision", PP_NUMBER, PP_SHOW_COUNT},
        {"at", "At", PP_TEXT, 0},
        {"author", "Author", PP_TEXT, 0},
        {"action", "Action", PP_TEXT, 0},
        {"subject", "About", PP_TEXT, 0},
        {"field", "Field", PP_TEXT, 0},
        {"value", "Value", PP_TEXT, 0},
        {"reason", "Reason", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(s->result, "decisions", "What was decided about them", columns,
                          8, &table, err));
    return walk(
        s,
        "SELECT d.kind, d.subject, d.decision_id, l.at, l.author, d.action, d.subject, "
        "d.field, d.value, d.reason FROM decision AS d JOIN log AS l ON l.seq = d.seq "
        "ORDER BY d.decision_id",
        show_chosen, table, err);
}

static pp_status show_history(showing *s, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"entry", "Entry", PP_NUMBER, PP_SHOW_COUNT},
        {"at", "At", PP_TEXT, 0},
        {"author", "Author", PP_TEXT, 0},
        {"action", "Action", PP_TEXT, 0},
        {"entity", "Record", PP_TEXT, 0},
        {"subject", "About", PP_TEXT, 0},
        {"version", "Version", PP_NUMBER, PP_SHOW_COUNT},
        {"detail", "Change", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(s->result, "history", "What the log holds of them", columns, 8,
                          &table, err));
    return walk(
        s,
        "SELECT entity, subject, seq, at, author, action, entity, subject, version, "
        "detail FROM log WHERE entity <> 'decision' ORDER BY seq",
        show_chosen, table, err);
}

static pp_status show_claims(showing *s, pp_error *err) {
    pp_table *claims;
    PP_TRY(pp_table_copy(s->chosen, &claims, err));
    return take(s, "claims", "Claims in force", claims, err);
}

static pp_status show_under(showing *s, pp_error *err) {
    PP_TRY(choose_claims(s, err));
    PP_TRY(add_subject(s, s->found.kind, s->found.id, err));
    if (is_place(&s->found) || strcmp(s->found.kind, "vendor") == 0) {
        PP_TRY(show_adoptions(s, err));
    }
    PP_TRY(show_claims(s, err));
    PP_TRY(show_sources(s, err));
    PP_TRY(show_decisions(s, err));
    return show_history(s, err);
}

static pp_status list_found(showing *s, const char *what, const pp__found *found, int n,
                            pp_error *err) {
    static const pp__column_spec columns[] = {
        {"id", "Identifier", PP_TEXT, 0},
        {"kind", "Kind", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"country", "Country", PP_TEXT, 0},
        {"claims", "Claims", PP_NUMBER, PP_SHOW_COUNT}};
    pp_table *table;
    PP_TRY(
        pp__rows_start(s->result, "matches", "Which of these?", columns, 5, &table, err));
    for (int i = 0; i < n; i++) {
        char claims[24];
        snprintf(claims, sizeof claims, "%lld", (long long)found[i].claims);
        const char *values[] = {found[i].id, found[i].kind, found[i].name,
                                found[i].country, claims};
        PP_TRY(pp__rows_add(table, values, err));
    }
    return pp_result_warn(s->result, "ambiguous", what, n, err,
                          "'%s' may be any of %d; name one by its identifier", what, n);
}

static pp_status nothing_found(const showing *s, const char *what, pp_error *err) {
    pp_error_set(err, PP_E_NOT_FOUND, "there is no claim, source, vendor or place '%s'",
                 what);
    pp_error_locate(err, NULL, 0, NULL, what);
    const pp_place *near = NULL;
    if (s->gazetteer && pp_gazetteer_search(s->gazetteer, what, &near, 1) == 1) {
        pp_error_hint(err, "did you mean %s (%s)?", near->name, near->id);
    } else {
        pp_error_hint(err, "as in KEN, Nairobi, A0001, AS001 or huawei");
    }
    return PP_E_NOT_FOUND;
}

static pp_status show_version(showing *s, pp__statement *q, pp_table *table,
                              pp_error *err) {
    const char *values[PP__MOST_FIELDS + 4];
    if (strcmp(pp__text(q, 4), s->found.id) != 0) {
        return PP_OK;
    }
    for (int i = 0; i < pp_table_columns(table); i++) {
        values[i] = pp__text(q, i);
    }
    return pp__rows_add(table, values, err);
}

/* Every reading that the claim ever was. */
static pp_status show_versions(showing *s, pp_error *err) {
    const pp__entity *entity = &pp__entities[PP__CLAIM];
    pp__column_spec columns[PP__MOST_FIELDS + 4] = {
        {"version", "Version", PP_NUMBER, PP_SHOW_COUNT},
        {"at", "At", PP_TEXT, 0},
        {"author", "Author", PP_TEXT, 0},
        {"action", "Action", PP_TEXT, 0}};
    for (int i = 0; i < entity->n; i++) {
        columns[i + 4] = (pp__column_spec){
            entity->fields[i].name, entity->fields[i].name,
            pp__is_number(&entity->fields[i]) ? PP_NUMBER : PP_TEXT, PP_SHOW_DEFAULT};
    }
    pp_table *table;
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_add(&sql, "SELECT v.version, l.at, l.author, l.action, ");
    pp__record_columns(entity, "v.", entity->n, &sql);
    pp_buf_add(&sql,
               " FROM claim_version AS v JOIN log AS l ON l.seq = v.seq ORDER BY v.seq");
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        status = pp__rows_start(s->result, "versions", "Its versions", columns,
                                entity->n + 4, &table, err);
    }
    if (status == PP_OK) {
        status = walk(s, sql.data, show_version, table, err);
    }
    pp_buf_clear(&sql);
    return status;
}

/* The claim need not be in force: what was retracted can still be looked at. */
static pp_status find_claim(showing *s, const char *what, int *found, pp_error *err) {
    pp__record record;
    PP_TRY(pp__record_latest(s->in.store, PP__CLAIM, &what, &s->in.arena, &record, err));
    *found = record.version > 0;
    s->found = (pp__found){.kind = "claim", .id = what};
    return *found ? add_subject(s, "source", record.values[CLAIM_SOURCE], err) : PP_OK;
}

static pp_status show(showing *s, const char *what, pp_error *err) {
    pp__found found[PP__MOST_FOUND];
    int is_claim;
    PP_TRY(pp__inforce_read(s->in.store, &s->in, err));
    PP_TRY(pp__inforce_claims(&s->in, &s->claims, err));
    PP_TRY(find_claim(s, what, &is_claim, err));
    if (is_claim) {
        PP_TRY(show_under(s, err));
        return show_versions(s, err);
    }
    int n = pp__find(&s->in, s->gazetteer, s->claims, what, found);
    if (n != 1) {
        return n == 0 ? nothing_found(s, what, err) : list_found(s, what, found, n, err);
    }
    s->found = found[0];
    if (strcmp(s->found.kind, "vendor") == 0) {
        PP_TRY(show_vendor(s, err));
    } else if (is_place(&s->found)) {
        PP_TRY(show_place(s, err));
    }
    return show_under(s, err);
}

pp_status pp_evidence_show(pp_store *store, const pp_gazetteer *gazetteer,
                           const char *what, pp_result **out, pp_error *err) {
    showing s = {.in.store = store, .gazetteer = gazetteer};
    *out = NULL;
    PP_TRY(pp_result_new("show", &s.result, err));
    pp_status status = pp__store_begin_reading(store, err);
    if (status == PP_OK) {
        status = show(&s, what, err);
        pp__map_clear(&s.subjects);
        pp_table_free(s.claims);
        pp_table_free(s.chosen);
        pp__inforce_clear(&s.in);
    }
    pp__store_rollback(store);
    if (status != PP_OK) {
        pp_result_free(s.result);
        return status;
    }
    *out = s.result;
    return PP_OK;
}
