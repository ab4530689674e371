/* The vendors and the places that the claims name. */
#include "base/check.h"
#include "evidence/import.h"

#include <string.h>

/* The row of `key`, taken from the store where it has one; `*fresh` is 1 for a row that
   was not in this import before. */
static pp_status find_row(pp__import *im, pp__kind kind, const char *const *key,
                          pp__import_row **out, int *fresh, pp_error *err) {
    pp__import_rows *rows = &im->of[kind];
    pp_arena_mark mark = pp_arena_get_mark(&im->arena);
    const char *name = pp__record_subject(&pp__entities[kind], key, &im->arena);
    PP_NEED(name, err);
    int64_t *slot = pp__map_at(&rows->keys, name, rows->n);
    PP_NEED(slot, err);
    *fresh = *slot == rows->n;
    if (!*fresh) {
        *out = &rows->rows[*slot];
        pp_arena_release(&im->arena, mark);
        return PP_OK;
    }
    PP_TRY(pp__import_add_row(im, kind, out, err));
    (*out)->key = name;
    (*out)->action = "derive";
    memcpy((*out)->values, key, (size_t)pp__entities[kind].n_key * sizeof *key);
    pp__record stored;
    PP_TRY(pp__record_latest(im->store, kind, key, &im->arena, &stored, err));
    (*out)->version = stored.version;
    if (stored.version > 0) {
        (*out)->outcome = PP__UNCHANGED;
        memcpy((*out)->values, stored.values,
               (size_t)pp__entities[kind].n * sizeof *stored.values);
    }
    return PP_OK;
}

/* A vendor's home is what the list of vendors says, else what the first claim says. */
static pp_status derive_vendor(pp__import *im, const pp__import_row *claim,
                               pp_error *err) {
    const char *home = claim->values[CLAIM_VENDOR_HOME];
    if (!claim->values[CLAIM_VENDOR]) {
        return PP_OK;
    }
    pp__import_row *vendor;
    int fresh;
    PP_TRY(find_row(im, PP__VENDOR, &claim->values[CLAIM_VENDOR], &vendor, &fresh, err));
    if (home && !vendor->values[VENDOR_HOME] && strcmp(vendor->action, "derive") == 0) {
        vendor->values[VENDOR_HOME] = home;
        vendor->outcome = vendor->version > 0 ? PP__CHANGED : PP__NEW;
    }
    vendor->claims += home && vendor->values[VENDOR_HOME] &&
                      strcmp(home, vendor->values[VENDOR_HOME]) != 0;
    return PP_OK;
}

static pp_place_kind kind_of(const char *word) {
    return strcmp(word, "country") == 0  ? PP_PLACE_COUNTRY
           : strcmp(word, "region") == 0 ? PP_PLACE_REGION
                                         : PP_PLACE_CITY;
}

/* NULL: pending. Without a gazetteer only a country under its own code can be told. */
static const char *resolve(const pp__import *im, const char *const *place) {
    if (!im->gazetteer) {
        return strcmp(place[PLACE_KIND], "country") == 0 &&
                       strcmp(place[PLACE_NAME], place[PLACE_COUNTRY]) == 0
                   ? place[PLACE_COUNTRY]
                   : NULL;
    }
    pp_place_match match = {0};
    pp_gazetteer_resolve(im->gazetteer, place[PLACE_NAME], kind_of(place[PLACE_KIND]),
                         place[PLACE_COUNTRY], &match);
    return match.place ? match.place->id : NULL;
}

static void resolve_row(const pp__import *im, pp__import_row *place) {
    if (!place->values[PLACE_ID]) {
        place->values[PLACE_ID] = resolve(im, place->values);
        if (place->values[PLACE_ID] && place->version > 0) {
            place->outcome = PP__CHANGED;
            place->action = "resolve";
        }
    }
}

/* A claim about a country names that country twice. */
static pp_status check_country(pp__import *im, int64_t claim, const char *const *values,
                               pp_error *err) {
    if (strcmp(values[PLACE_KIND], "country") != 0 || !values[PLACE_ID] ||
        strcmp(values[PLACE_ID], values[PLACE_COUNTRY]) == 0) {
        return PP_OK;
    }
    pp__problem problem = {0};
    pp__complain(&problem, "is %s, but the claim's country is %s", values[PLACE_ID],
                 values[PLACE_COUNTRY]);
    return pp__import_refuse(im, &im->of[PP__CLAIM], claim, CLAIM_PLACE, &problem, err);
}

static pp_status derive_place(pp__import *im, int64_t i, pp_error *err) {
    pp__import_row *claim = &im->of[PP__CLAIM].rows[i], *place;
    const char *key[] = {claim->values[CLAIM_COUNTRY], claim->values[CLAIM_PLACE_KIND],
                         claim->values[CLAIM_PLACE]};
    int fresh;
    PP_TRY(find_row(im, PP__PLACE, key, &place, &fresh, err));
    if (fresh) {
        resolve_row(im, place);
    }
    place->claims++;
    return check_country(im, i, place->values, err);
}

static pp_status retry_pending(pp__import *im, pp__statement *s, pp_error *err) {
    int row;
    pp_status status;
    while ((status = pp__step(s, &row, err)) == PP_OK && row) {
        const char *key[3];
        for (int i = 0; i < 3; i++) {
            key[i] = pp_arena_strdup(&im->arena, pp__text(s, i));
            PP_NEED(key[i], err);
        }
        pp__import_row *place;
        int fresh;
        PP_TRY(find_row(im, PP__PLACE, key, &place, &fresh, err));
        if (fresh) {
            resolve_row(im, place);
        }
    }
    return status;
}

static const char pending_places[] =
    "SELECT v.country, v.kind, v.name FROM place AS h JOIN place_version AS v "
    "ON v.country = h.country AND v.kind = h.kind AND v.name = h.name "
    "AND v.version = h.version WHERE v.place_id IS NULL ORDER BY 1, 2, 3";

pp_status pp__import_retry(pp__import *im, pp_error *err) {
    pp__statement *s;
    PP_TRY(pp__db_prepare(im->store->db, pending_places, &s, err));
    pp_status status = retry_pending(im, s, err);
    pp__finish(s);
    return status;
}

/* Nothing is derived of a claim that is refused, but all its mistakes are told. */
static pp_status check_place(pp__import *im, int64_t i, pp_error *err) {
    const char *const *claim = im->of[PP__CLAIM].rows[i].values;
    const char *values[] = {claim[CLAIM_COUNTRY], claim[CLAIM_PLACE_KIND],
                            claim[CLAIM_PLACE], NULL};
    if (!values[PLACE_COUNTRY] || !values[PLACE_KIND] || !values[PLACE_NAME]) {
        return PP_OK;
    }
    values[PLACE_ID] = resolve(im, values);
    return check_country(im, i, values, err);
}

pp_status pp__import_derive(pp__import *im, pp_error *err) {
    for (int64_t i = 0; i < im->of[PP__CLAIM].n; i++) {
        pp__outcome outcome = im->of[PP__CLAIM].rows[i].outcome;
        if (outcome == PP__REFUSED) {
            PP_TRY(check_place(im, i, err));
        } else if (outcome != PP__BLANK) {
            PP_TRY(derive_vendor(im, &im->of[PP__CLAIM].rows[i], err));
            PP_TRY(derive_place(im, i, err));
        }
    }
    return PP_OK;
}
