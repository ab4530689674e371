#include "evidence/inforce.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

void pp__inforce_clear(pp__inforce *in) {
    pp__merges_clear(&in->source_merges);
    pp__merges_clear(&in->vendor_merges);
    pp__merges_clear(&in->place_merges);
    pp__stories_clear(&in->stories);
    pp__map_clear(&in->vendor_index);
    pp__map_clear(&in->place_index);
    pp__map_clear(&in->retracted);
    pp_arena_clear(&in->arena);
}

static pp_status prepare_list(pp__inforce *in, pp__kind kind, int64_t *n,
                              pp__statement **s, pp_error *err) {
    const pp__entity *e = &pp__entities[kind];
    pp_buf sql;
    pp_buf_init(&sql);
    pp_buf_printf(&sql, "SELECT count(*) FROM %s", e->head);
    pp_status status = pp_buf_check(&sql, err);
    if (status == PP_OK) {
        status = pp__db_integer(in->store->db, sql.data, n, err);
    }
    sql.length = 0;
    pp_buf_add(&sql, "SELECT ");
    pp__record_columns(e, "v.", e->n, &sql);
    pp_buf_printf(&sql, " FROM %s AS h JOIN %s AS v ON v.version = h.version", e->head,
                  e->rows);
    for (int i = 0; i < e->n_key; i++) {
        pp_buf_printf(&sql, " AND v.%s = h.%s", e->fields[i].name, e->fields[i].name);
    }
    pp_buf_add(&sql, " ORDER BY ");
    pp__record_columns(e, "v.", e->n_key, &sql);
    if (status == PP_OK) {
        status = pp_buf_check(&sql, err);
    }
    if (status == PP_OK) {
        status = pp__db_prepare(in->store->db, sql.data, s, err);
    }
    pp_buf_clear(&sql);
    return status;
}

static pp_status next_record(pp__inforce *in, pp__kind kind, pp__statement *s,
                             const char **values, pp_error *err) {
    int row;
    PP_TRY(pp__step(s, &row, err));
    if (!row) {
        PP_FAIL(err, PP_E_INTERNAL, "%s went away while they were read",
                pp__entities[kind].plural);
    }
    return pp__record_read(&pp__entities[kind], s, 0, &in->arena, values, err);
}

static pp_status fill_vendors(pp__inforce *in, pp__statement *s, pp_error *err) {
    in->vendors = pp_arena_zalloc(&in->arena, in->n_vendors, sizeof *in->vendors);
    PP_NEED(in->vendors, err);
    for (int64_t i = 0; i < in->n_vendors; i++) {
        PP_TRY(next_record(in, PP__VENDOR, s, in->vendors[i].values, err));
        PP_NEED(pp__map_at(&in->vendor_index, in->vendors[i].values[VENDOR_SLUG], i),
                err);
    }
    return PP_OK;
}

static pp_status fill_places(pp__inforce *in, pp__statement *s, pp_error *err) {
    in->places = pp_arena_zalloc(&in->arena, in->n_places, sizeof *in->places);
    PP_NEED(in->places, err);
    for (int64_t i = 0; i < in->n_places; i++) {
        const char *values[PP__MOST_FIELDS];
        PP_TRY(next_record(in, PP__PLACE, s, values, err));
        const char *key =
            pp__record_subject(&pp__entities[PP__PLACE], values, &in->arena);
        PP_NEED(key, err);
        in->places[i] = (pp__placed){key, values[PLACE_COUNTRY], values[PLACE_KIND],
                                     values[PLACE_NAME], values[PLACE_ID]};
        PP_NEED(pp__map_at(&in->place_index, key, i), err);
    }
    return PP_OK;
}

static pp_status read_retracted(pp__inforce *in, pp_error *err) {
    pp__statement *s;
    PP_TRY(pp__db_prepare(
        in->store->db,
        "SELECT kind || '/' || subject FROM retracted WHERE kind <> 'story'", &s, err));
    int row = 0;
    pp_status status;
    while ((status = pp__step(s, &row, err)) == PP_OK && row) {
        const char *key = pp_arena_strdup(&in->arena, pp__text(s, 0));
        if (!key || !pp__map_at(&in->retracted, key, 1)) {
            status = pp_error_set(err, PP_E_MEMORY, "out of memory");
            break;
        }
    }
    pp__finish(s);
    return status;
}

pp_status pp__inforce_read(pp_store *store, pp__inforce *out, pp_error *err) {
    *out = (pp__inforce){.store = store};
    PP_TRY(pp__merges_read(store, "source", &out->arena, &out->source_merges, err));
    PP_TRY(pp__merges_read(store, "vendor", &out->arena, &out->vendor_merges, err));
    PP_TRY(pp__merges_read(store, "place", &out->arena, &out->place_merges, err));
    PP_TRY(pp__stories_read(store, &out->arena, &out->stories, err));
    PP_TRY(read_retracted(out, err));
    pp__statement *s;
    PP_TRY(prepare_list(out, PP__VENDOR, &out->n_vendors, &s, err));
    pp_status status = fill_vendors(out, s, err);
    pp__finish(s);
    PP_TRY(status);
    PP_TRY(prepare_list(out, PP__PLACE, &out->n_places, &s, err));
    status = fill_places(out, s, err);
    pp__finish(s);
    return status;
}

/* A merge leads from a key to another place's key or to an id, and from an id to an id.
 */
pp__placed pp__inforce_place(const pp__inforce *in, const pp__placed *place) {
    pp__placed out = *place;
    const char *target = pp__merged(&in->place_merges, place->key);
    if (target != place->key) {
        int64_t other = pp__map_get(&in->place_index, target, -1);
        out.id = target;
        if (other >= 0) {
            out = in->places[other];
        }
    }
    out.id = out.id ? pp__merged(&in->place_merges, out.id) : NULL;
    return out;
}

const pp__vendor *pp__inforce_vendor(const pp__inforce *in, const char *slug) {
    int64_t i = pp__map_get(&in->vendor_index, pp__merged(&in->vendor_merges, slug), -1);
    return i < 0 ? NULL : &in->vendors[i];
}

const pp__story_source *pp__inforce_source(const pp__inforce *in, const char *id) {
    int64_t i = pp__map_get(&in->stories.index, pp__merged(&in->source_merges, id), -1);
    return i < 0 ? NULL : &in->stories.sources[i];
}

int pp__inforce_retracted(const pp__inforce *in, const char *kind, const char *id) {
    char key[64];
    snprintf(key, sizeof key, "%s/%s", kind, id);
    return pp__map_get(&in->retracted, key, 0) != 0;
}
