/* Two records are one. */
#include "base/check.h"
#include "evidence/decision.h"
#include "evidence/find.h"
#include "evidence/inforce.h"
#include "evidence/rows.h"

#include <stdio.h>
#include <string.h>

typedef struct merging {
    pp__inforce in;
    const pp_gazetteer *gazetteer;
    pp__kind kind;
    const pp__merges *merges;
    const char *from, *into;
} merging;

static pp_status find_kind(merging *m, const char *kind, pp_error *err) {
    static const struct {
        const char *name;
        pp__kind kind;
        size_t merges;
    } kinds[] = {{"source", PP__SOURCE, offsetof(pp__inforce, source_merges)},
                 {"vendor", PP__VENDOR, offsetof(pp__inforce, vendor_merges)},
                 {"place", PP__PLACE, offsetof(pp__inforce, place_merges)}};
    for (size_t i = 0; i < 3 && kind; i++) {
        if (strcmp(kind, kinds[i].name) == 0) {
            m->kind = kinds[i].kind;
            m->merges = (const pp__merges *)((const char *)&m->in + kinds[i].merges);
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "records of this kind cannot be merged");
    pp_error_locate(err, NULL, 0, "kind", kind);
    pp_error_hint(err, "source, vendor or place");
    return PP_E_ARGUMENT;
}

static pp_status no_place(const char *name, int64_t found, pp_error *err) {
    if (found > 1) {
        pp_error_set(err, PP_E_CONFLICT, "%lld places of the store are called '%s'",
                     (long long)found, name);
    } else {
        pp_error_set(err, PP_E_NOT_FOUND, "there is no place '%s'", name);
    }
    pp_error_locate(err, NULL, 0, "place", name);
    pp_error_hint(err, "name it by its id, or as in KEN/city/%s", name);
    return found > 1 ? PP_E_CONFLICT : PP_E_NOT_FOUND;
}

/* A recorded place's key, an id that a recorded place has, or the one place of that name.
 */
static pp_status find_place(const merging *m, const char *name, int any_id,
                            const char **out, pp_error *err) {
    int64_t found = 0, i = pp__map_get(&m->in.place_index, name, -1);
    if (i >= 0) {
        *out = m->in.places[i].key;
        return PP_OK;
    }
    if (any_id && m->gazetteer && pp_gazetteer_find(m->gazetteer, name)) {
        *out = name;
        return PP_OK;
    }
    for (i = 0; i < m->in.n_places; i++) {
        const pp__placed *place = &m->in.places[i];
        if (place->id && strcmp(place->id, name) == 0) {
            *out = name;
            return PP_OK;
        }
        if (strcmp(place->name, name) == 0) {
            *out = place->key;
            found++;
        }
    }
    return found == 1 ? PP_OK : no_place(name, found, err);
}

/* Whoever mistypes a vendor is told the nearest one. */
static pp_status suggest_vendor(const merging *m, const char *name, pp_error *err) {
    const char **slugs = pp_malloc(m->in.n_vendors, sizeof *slugs);
    PP_NEED(slugs, err);
    for (int64_t i = 0; i < m->in.n_vendors; i++) {
        slugs[i] = m->in.vendors[i].values[VENDOR_SLUG];
    }
    const char *near = pp_text_nearest(name, slugs, m->in.n_vendors);
    if (near) {
        pp_error_hint(err, "did you mean '%s'?", near);
    }
    pp_free(slugs);
    return PP_E_NOT_FOUND;
}

static pp_status find_record(merging *m, const char *name, int into, const char **out,
                             pp_error *err) {
    if (!name || !*name) {
        pp_error_set(err, PP_E_ARGUMENT, "a merge needs two records");
        return PP_E_ARGUMENT;
    }
    if (m->kind == PP__PLACE) {
        return find_place(m, name, into, out, err);
    }
    pp__record record;
    *out = name;
    pp_status status =
        pp__record_require(m->in.store, m->kind, name, &m->in.arena, &record, err);
    return status == PP_E_NOT_FOUND && m->kind == PP__VENDOR
               ? suggest_vendor(m, name, err)
               : status;
}

/* Kind and country of a place that is named by its key or by an id. */
static pp__placed place_named(const merging *m, const char *name) {
    const pp_place *known = m->gazetteer ? pp_gazetteer_find(m->gazetteer, name) : NULL;
    if (known) {
        return (pp__placed){.country = known->country,
                            .kind = pp__place_kind_name(known->kind)};
    }
    int64_t i = pp__map_get(&m->in.place_index, name, -1);
    for (int64_t j = 0; j < m->in.n_places && i < 0; j++) {
        const char *id = m->in.places[j].id;
        i = id && strcmp(id, name) == 0 ? j : -1;
    }
    return m->in.places[i];
}

static pp_status check_places(const merging *m, pp_error *err) {
    if (m->kind != PP__PLACE) {
        return PP_OK;
    }
    pp__placed from = place_named(m, m->from), into = place_named(m, m->into);
    if (strcmp(from.kind, into.kind) == 0 && strcmp(from.country, into.country) == 0) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_CONFLICT,
                 "'%s' is a %s of %s and '%s' a %s of %s: only places of one kind and "
                 "country can be one",
                 m->from, from.kind, from.country, m->into, into.kind, into.country);
    pp_error_hint(err, "if claims name the wrong kind or country, correct those with "
                       "'pushpull decide correct'");
    return PP_E_CONFLICT;
}

/* An id stands for what the gazetteer knows: it is merged into an id, not into a
 * spelling. */
static pp_status find_id_of_target(merging *m, pp_error *err) {
    int64_t place = pp__map_get(&m->in.place_index, m->into, -1);
    if (m->kind != PP__PLACE || place < 0 ||
        pp__map_get(&m->in.place_index, m->from, -1) >= 0) {
        return PP_OK;
    }
    m->into = m->in.places[place].id;
    if (!m->into) {
        pp_error_set(err, PP_E_CONFLICT, "'%s' is resolved and '%s' is pending", m->from,
                     m->in.places[place].key);
        pp_error_hint(err, "merge the pending place into the resolved one");
        return PP_E_CONFLICT;
    }
    return PP_OK;
}

static pp_status check_circle(const merging *m, pp_error *err) {
    const char *now = pp__merged(m->merges, m->from);
    int undo = strcmp(m->from, m->into) == 0, is_merged = now != m->from;
    const char *message = NULL;
    if (undo && !is_merged) {
        message = "'%s' was not merged: there is nothing to undo";
    } else if (!undo && is_merged && strcmp(now, m->into) == 0) {
        message = "'%s' was merged into that already";
    } else if (!undo && strcmp(pp__merged(m->merges, m->into), m->from) == 0) {
        message =
            "that was merged into '%s' before: the two would be merged into each other";
    }
    if (!message) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_CONFLICT, message, m->from);
    pp_error_locate(err, NULL, 0, pp__entities[m->kind].name, m->from);
    return PP_E_CONFLICT;
}

static pp_status report(const merging *m, int64_t id, const char *reason,
                        pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"decision", "Decision", PP_NUMBER, PP_SHOW_COUNT},
        {"kind", "Kind", PP_TEXT, 0},
        {"from", "From", PP_TEXT, 0},
        {"into", "Into", PP_TEXT, 0},
        {"reason", "Reason", PP_TEXT, 0}};
    char number[32];
    pp_table *table;
    pp_format_number((double)id, number);
    const char *values[] = {number, pp__entities[m->kind].name, m->from, m->into, reason};
    PP_TRY(pp__rows_start(result, "merge", "What was merged", columns, 5, &table, err));
    return pp__rows_add(table, values, err);
}

static pp_status merge(merging *m, const char *kind, const char *from, const char *into,
                       const char *reason, pp_result *result, pp_error *err) {
    int64_t id;
    PP_TRY(pp__decision_needs_reason(reason, err));
    PP_TRY(pp__inforce_read(m->in.store, &m->in, err));
    PP_TRY(find_kind(m, kind, err));
    PP_TRY(find_record(m, from, 0, &m->from, err));
    PP_TRY(find_record(m, into, 1, &m->into, err));
    PP_TRY(find_id_of_target(m, err));
    PP_TRY(check_places(m, err));
    PP_TRY(check_circle(m, err));
    pp__decision decision = {.action = "merge",
                             .kind = pp__entities[m->kind].name,
                             .subject = m->from,
                             .value = m->into,
                             .reason = reason};
    PP_TRY(pp__decision_add(m->in.store, &decision, &id, err));
    PP_TRY(report(m, id, reason, result, err));
    return pp__store_commit(m->in.store, err);
}

pp_status pp_evidence_merge(pp_store *store, const pp_gazetteer *gazetteer,
                            const char *kind, const char *from, const char *into,
                            const char *reason, const char *author, pp_result **out,
                            pp_error *err) {
    merging m = {.in.store = store, .gazetteer = gazetteer};
    pp_result *result;
    *out = NULL;
    PP_TRY(pp_result_new("merge", &result, err));
    pp_status status = pp__store_begin(store, author, err);
    if (status == PP_OK) {
        status = merge(&m, kind, from, into, reason, result, err);
        pp__inforce_clear(&m.in);
    }
    pp__store_rollback(store);
    if (status != PP_OK) {
        pp_result_free(result);
        return status;
    }
    *out = result;
    return PP_OK;
}
