/* Countries that share a concern, a commitment and a region with one. */
#include "strategy/concerns.h"
#include "strategy/standing.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <pushpull/text.h>

#include <stdlib.h>
#include <string.h>

/* Where the country and the target stand towards what both have on record. */
typedef struct shared {
    pp_buf in_force, taken_on, endorsed;
    int n_in_force, n_taken_on, n_endorsed;
    int own_record; /* the other country has any */
    int unverified;
} shared;

typedef struct peer {
    const pp_place *place;
    shared common;
    uint64_t own, concerns; /* on record, and in common */
    int same_region, same_subregion;
    int n_shared;
} peer;

typedef struct coalition {
    const pp_standards *s;
    const pp_place *target;
    int64_t day;
    pp__concerns concerns;
    pp__standing *stands; /* of the target, by instrument */
    int has_record;       /* the target has any */
    peer *peers;
    int64_t n;
} coalition;

static int is_on_record(pp__standing_kind kind) {
    return kind < PP__SUPERSEDED;
}

/* A law of one country alone is no commitment that others could share. */
static int is_own(const pp__instrument *in) {
    return in->covers_one && in->n_commitments == 0;
}

static int bits_of(uint64_t word) {
    int n = 0;
    for (; word; word &= word - 1) {
        n++;
    }
    return n;
}

/* "coe-108-plus (signed; here ratified_not_in_force)" */
static void add(pp_buf *list, int *n, const pp__instrument *in, pp__standing_kind here,
                pp__standing_kind there) {
    pp_buf_printf(list, "%s%s", list->length ? ", " : "", in->row.id);
    if (here != PP__IN_FORCE || there != PP__IN_FORCE) {
        pp_buf_printf(list, " (%s", pp__standing_words[there]);
        if (here != there) {
            pp_buf_printf(list, "; target %s", pp__standing_words[here]);
        }
        pp_buf_add(list, ")");
    }
    (*n)++;
}

static void find_shared(const coalition *c, const char *country, shared *out) {
    for (int64_t i = 0; i < c->s->n[PP__INSTRUMENTS]; i++) {
        const pp__instrument *in = &c->s->instruments[i];
        if (is_own(in)) {
            continue;
        }
        pp__standing there = pp__stands(c->s, in, country, c->day);
        const pp__standing *here = &c->stands[i];
        out->own_record |= is_on_record(there.kind);
        if (!is_on_record(here->kind) || !is_on_record(there.kind)) {
            continue;
        }
        out->unverified |= here->unverified || there.unverified;
        if (strcmp(in->force, "binding") != 0) {
            add(&out->endorsed, &out->n_endorsed, in, here->kind, there.kind);
        } else if (pp__standing_binds(here->kind) && pp__standing_binds(there.kind)) {
            add(&out->in_force, &out->n_in_force, in, here->kind, there.kind);
        } else {
            add(&out->taken_on, &out->n_taken_on, in, here->kind, there.kind);
        }
    }
}

static int has_common(const shared *s) {
    return s->n_in_force + s->n_taken_on + s->n_endorsed > 0;
}

static void compare(const coalition *c, const pp_place *place, peer *out) {
    *out = (peer){.place = place};
    pp_buf_init(&out->common.in_force);
    pp_buf_init(&out->common.taken_on);
    pp_buf_init(&out->common.endorsed);
    find_shared(c, place->id, &out->common);
    out->own = pp__concerns_of(&c->concerns, place->id);
    out->concerns = out->own & pp__concerns_of(&c->concerns, c->target->id);
    out->same_region = *place->region && strcmp(place->region, c->target->region) == 0;
    out->same_subregion =
        *place->subregion && strcmp(place->subregion, c->target->subregion) == 0;
    out->n_shared = out->same_region + has_common(&out->common) + (out->concerns ? 1 : 0);
}

static void clear(peer *p) {
    pp_buf_clear(&p->common.in_force);
    pp_buf_clear(&p->common.taken_on);
    pp_buf_clear(&p->common.endorsed);
}

static int compare_peers(const void *a, const void *b) {
    const peer *x = a, *y = b;
    const int keys[][2] = {{x->n_shared, y->n_shared},
                           {x->common.n_in_force, y->common.n_in_force},
                           {x->common.n_taken_on, y->common.n_taken_on},
                           {x->common.n_endorsed, y->common.n_endorsed},
                           {bits_of(x->concerns), bits_of(y->concerns)},
                           {x->same_subregion, y->same_subregion}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] > keys[i][1] ? -1 : 1;
        }
    }
    return strcmp(x->place->id, y->place->id);
}

static void stand_target(coalition *c) {
    for (int64_t i = 0; i < c->s->n[PP__INSTRUMENTS]; i++) {
        c->stands[i] = pp__stands(c->s, &c->s->instruments[i], c->target->id, c->day);
        c->has_record |=
            !is_own(&c->s->instruments[i]) && is_on_record(c->stands[i].kind);
    }
}

/* Two of the three, or a commitment: a region or a platform alone is too little to name a peer. */
static pp_status find_peers(coalition *c, pp_error *err) {
    const pp_place *const *all;
    int64_t n = pp_gazetteer_countries(c->s->gazetteer, &all);
    c->stands = pp_calloc(c->s->n[PP__INSTRUMENTS] + 1, sizeof *c->stands);
    c->peers = pp_calloc(n + 1, sizeof *c->peers);
    PP_NEED(c->stands, err);
    PP_NEED(c->peers, err);
    stand_target(c);
    for (int64_t i = 0; i < n; i++) {
        peer *p = &c->peers[c->n];
        if (all[i] == c->target || strcmp(all[i]->status, "former") == 0) {
            continue;
        }
        compare(c, all[i], p);
        if (p->n_shared >= 2 || has_common(&p->common)) {
            c->n++;
        } else {
            clear(p);
        }
    }
    qsort(c->peers, (size_t)c->n, sizeof *c->peers, compare_peers);
    return PP_OK;
}

static const char *word_of(int is_shared, int both_on_record) {
    return is_shared ? "shared" : both_on_record ? "none_on_record" : "not_known";
}

static void list_concerns(const coalition *c, uint64_t bits, pp_buf *out) {
    for (int i = 0; i < c->concerns.n; i++) {
        if (bits >> i & 1) {
            pp_buf_printf(out, "%s%s", out->length ? ", " : "", c->concerns.words[i]);
        }
    }
}

static const char *text_or_none(const pp_buf *list) {
    return list->length ? list->data : NULL;
}

static pp_status put(const coalition *c, const peer *p, int64_t rank, pp_table *table,
                     pp_error *err) {
    const shared *s = &p->common;
    const char *outcome = pp__concerns_outcome(&c->concerns, p->place->id);
    uint64_t here = pp__concerns_of(&c->concerns, c->target->id);
    pp_buf words;
    pp_buf_init(&words);
    list_concerns(c, p->concerns, &words);
    const pp__cell cells[] = {
        PP__NUMBER_CELL(rank),
        PP__TEXT_CELL(p->place->id),
        PP__TEXT_CELL(p->place->name),
        PP__NUMBER_CELL(p->n_shared),
        PP__TEXT_CELL(p->same_subregion ? "same_subregion"
                      : p->same_region  ? "same_region"
                                        : "other"),
        PP__TEXT_CELL(word_of(has_common(s), s->own_record && c->has_record)),
        PP__TEXT_CELL(text_or_none(&s->in_force)),
        PP__TEXT_CELL(text_or_none(&s->taken_on)),
        PP__TEXT_CELL(text_or_none(&s->endorsed)),
        PP__TEXT_CELL(word_of(p->concerns != 0, p->own && here)),
        PP__TEXT_CELL(text_or_none(&words)),
        PP__TEXT_CELL(outcome ? outcome : "not_known"),
        PP__TEXT_CELL(!has_common(s)  ? NULL
                      : s->unverified ? "unverified"
                                      : "seen")};
    pp_status status = pp_buf_check(&words, err);
    if (status == PP_OK) {
        status = pp__rows_add_cells(table, cells, err);
    }
    pp_buf_clear(&words);
    return status;
}

static pp_status put_peers(const coalition *c, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"rank", "Rank", 0, PP_SHOW_COUNT},
        {"country", "Country", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"shared", "Of region, commitment, concern", 0, PP_SHOW_COUNT},
        {"region", "Region", PP_TEXT, 0},
        {"commitment", "Commitment", PP_TEXT, 0},
        {"in_force", "In force in both", PP_TEXT, 0},
        {"taken_on", "Signed or ratified by both", PP_TEXT, 0},
        {"endorsed", "Endorsed or adopted by both", PP_TEXT, 0},
        {"concern", "Concern", PP_TEXT, 0},
        {"concerns", "Platforms and purposes", PP_TEXT, 0},
        {"adopter", "Adopter", PP_TEXT, 0},
        {"status", "Status", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp_result_note_text(result, "country", c->target->id, err));
    PP_TRY(pp__note_day(result, c->day, err));
    PP_TRY(pp__rows_start(result, "standards_coalitions",
                          "Who shares region, commitments and concerns", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int64_t i = 0; i < c->n; i++) {
        PP_TRY(pp_buf_check(&c->peers[i].common.in_force, err));
        PP_TRY(pp_buf_check(&c->peers[i].common.taken_on, err));
        PP_TRY(pp_buf_check(&c->peers[i].common.endorsed, err));
        PP_TRY(put(c, &c->peers[i], i + 1, table, err));
    }
    return pp_result_set_note(
        result, "standards_coalitions",
        "Those that share most first. not_known: one of the two has nothing on record, "
        "which does not say that there is nothing; none_on_record: both have, and "
        "nothing "
        "in common. To share a platform is a concern only if those asked see it as one.",
        err);
}

pp_status pp_standards_coalitions(const pp_standards *s, const pp_result *adoption,
                                  const pp_table *claims, const char *place,
                                  const char *at, pp_result **out, pp_error *err) {
    coalition c = {.s = s};
    *out = NULL;
    PP_TRY(pp__standards_country(s, place, &c.target, err));
    PP_TRY(pp__standards_day(s, at, &c.day, err));
    pp_status status = pp__concerns_read(adoption, claims, &c.concerns, err);
    if (status == PP_OK) {
        status = find_peers(&c, err);
    }
    if (status == PP_OK) {
        status = pp_result_new("standards", out, err);
    }
    if (status == PP_OK) {
        status = put_peers(&c, *out, err);
    }
    for (int64_t i = 0; i < c.n; i++) {
        clear(&c.peers[i]);
    }
    pp_free(c.peers);
    pp_free(c.stands);
    pp__concerns_clear(&c.concerns);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}
