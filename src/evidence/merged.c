#include "evidence/merged.h"

#include "base/check.h"

static pp_status read_rows(pp__statement *s, pp_arena *arena, int64_t most,
                           pp__merges *out, pp_error *err) {
    int row = 0;
    pp_status status;
    while ((status = pp__step(s, &row, err)) == PP_OK && row && out->n < most) {
        const char *subject = pp_arena_strdup(arena, pp__text(s, 0));
        PP_NEED(subject, err);
        out->targets[out->n] = pp_arena_strdup(arena, pp__text(s, 1));
        PP_NEED(out->targets[out->n], err);
        PP_NEED(pp__map_at(&out->index, subject, out->n), err);
        out->n++;
    }
    return status;
}

pp_status pp__merges_read(pp_store *store, const char *kind, pp_arena *arena,
                          pp__merges *out, pp_error *err) {
    *out = (pp__merges){0};
    int64_t most = 0;
    PP_TRY(pp__db_integer(store->db, "SELECT count(*) FROM merged", &most, err));
    out->targets = pp_arena_alloc(arena, most, sizeof *out->targets);
    PP_NEED(out->targets, err);
    pp__statement *s;
    PP_TRY(pp__db_prepare(store->db, "SELECT subject, target FROM merged WHERE kind = ?1",
                          &s, err));
    pp_status status = pp__bind_text(s, 1, kind, err);
    if (status == PP_OK) {
        status = read_rows(s, arena, most, out, err);
    }
    pp__finish(s);
    return status;
}

void pp__merges_clear(pp__merges *merges) {
    pp__map_clear(&merges->index);
}

/* A merge that closes a circle is never recorded; the count stops on a store that says
 * otherwise. */
const char *pp__merged(const pp__merges *merges, const char *id) {
    for (int64_t steps = 0; steps < merges->n; steps++) {
        int64_t next = pp__map_get(&merges->index, id, -1);
        if (next < 0) {
            break;
        }
        id = merges->targets[next];
    }
    return id;
}
