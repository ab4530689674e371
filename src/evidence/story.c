#include "evidence/story.h"
#include "base/check.h"
#include "evidence/address.h"
#include "evidence/rows.h"

#include <stdlib.h>
#include <string.h>

void pp__stories_clear(pp__stories *stories) {
    pp__map_clear(&stories->index);
}

/* The first in order of id leads a story. */
static int64_t leader_of(pp__story_source *sources, int64_t i) {
    while (sources[i].parent != i) {
        sources[i].parent = sources[sources[i].parent].parent;
        i = sources[i].parent;
    }
    return i;
}

static void join(pp__story_source *sources, int64_t a, int64_t b) {
    a = leader_of(sources, a);
    b = leader_of(sources, b);
    if (a != b) {
        sources[a > b ? a : b].parent = a < b ? a : b;
    }
}

static pp_status canonical(const char *url, pp_arena *arena, const char **out,
                           pp_error *err) {
    pp_buf buf;
    pp_buf_init(&buf);
    pp__address_canonical(url, &buf);
    pp_status status = pp_buf_check(&buf, err);
    if (status == PP_OK) {
        *out = pp_arena_strdup(arena, buf.data);
        status = *out ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    pp_buf_clear(&buf);
    return status;
}

static pp_status fill_sources(pp__statement *s, pp_arena *arena, pp__stories *out,
                              pp_error *err) {
    for (int64_t i = 0; i < out->n; i++) {
        int row;
        pp__story_source *source = &out->sources[i];
        PP_TRY(pp__step(s, &row, err));
        if (!row) {
            PP_FAIL(err, PP_E_INTERNAL, "sources went away while they were read");
        }
        PP_TRY(
            pp__record_read(&pp__entities[PP__SOURCE], s, 0, arena, source->values, err));
        PP_TRY(canonical(source->values[SOURCE_URL], arena, &source->address, err));
        source->parent = source->last = i;
        source->next = -1;
        PP_NEED(pp__map_at(&out->index, source->values[SOURCE_ID], i), err);
    }
    return PP_OK;
}

static pp_status read_sources(pp_store *store, pp_arena *arena, pp__stories *out,
                              pp_error *err) {
    PP_TRY(pp__db_integer(store->db, "SELECT count(*) FROM source", &out->n, err));
    out->sources = pp_arena_zalloc(arena, out->n, sizeof *out->sources);
    PP_NEED(out->sources, err);
    pp__statement *s;
    PP_TRY(pp__db_prepare(store->db,
                          "SELECT v.source_id, url, title, publisher, published, kind, "
                          "language FROM source AS h JOIN source_version AS v "
                          "ON v.source_id = h.source_id AND v.version = h.version "
                          "ORDER BY v.source_id",
                          &s, err));
    pp_status status = fill_sources(s, arena, out, err);
    pp__finish(s);
    return status;
}

/* A decision about a story, in force: which sources it was made about. */
typedef struct verdict {
    int confirmed;
    int64_t n, *members;
} verdict;

typedef struct verdicts {
    verdict *list;
    int64_t n;
    int64_t *of; /* by source: the verdict about it, -1 none */
} verdicts;

static pp_status read_members(const char *words, const pp__stories *stories,
                              pp_arena *arena, verdict *out, pp_error *err) {
    char *copy = pp_arena_strdup(arena, words ? words : "");
    PP_NEED(copy, err);
    out->members =
        pp_arena_alloc(arena, (int64_t)strlen(copy) / 2 + 1, sizeof *out->members);
    PP_NEED(out->members, err);
    char *rest = NULL;
    for (char *id = strtok_r(copy, " ", &rest); id; id = strtok_r(NULL, " ", &rest)) {
        int64_t position = pp__map_get(&stories->index, id, -1);
        if (position >= 0) {
            out->members[out->n++] = position;
        }
    }
    return PP_OK;
}

static const char last_verdicts[] =
    "SELECT action, value FROM decision AS d WHERE kind = 'story' AND decision_id ="
    " (SELECT max(decision_id) FROM decision AS e WHERE e.kind = 'story'"
    " AND e.subject = d.subject) AND action IN ('confirm', 'retract') ORDER BY "
    "decision_id";

static pp_status read_verdicts(pp_store *store, const pp__stories *stories,
                               pp_arena *arena, verdicts *out, pp_error *err) {
    int64_t most = 0;
    PP_TRY(pp__db_integer(store->db, "SELECT count(*) FROM decision WHERE kind = 'story'",
                          &most, err));
    out->list = pp_arena_zalloc(arena, most, sizeof *out->list);
    PP_NEED(out->list, err);
    out->of = pp_arena_alloc(arena, stories->n, sizeof *out->of);
    PP_NEED(out->of, err);
    for (int64_t i = 0; i < stories->n; i++) {
        out->of[i] = -1;
    }
    pp__statement *s;
    PP_TRY(pp__db_prepare(store->db, last_verdicts, &s, err));
    int row = 0;
    pp_status status;
    while ((status = pp__step(s, &row, err)) == PP_OK && row && out->n < most) {
        verdict *v = &out->list[out->n];
        v->confirmed = strcmp(pp__text(s, 0), "confirm") == 0;
        PP_TRY_GOTO(status, done, read_members(pp__text(s, 1), stories, arena, v, err));
        for (int64_t i = 0; i < v->n; i++) {
            out->of[v->members[i]] = out->n;
        }
        out->n++;
    }
done:
    pp__finish(s);
    return status;
}

typedef struct proposals {
    pp__story_source *sources;
    const verdicts *verdicts;
    int by_title;
} proposals;

/* Not where a person said that the two are no copies of each other. */
static void propose(void *payload, int64_t a, int64_t b) {
    proposals *p = payload;
    int64_t verdict_a = p->verdicts->of[a], verdict_b = p->verdicts->of[b];
    if (verdict_a >= 0 && verdict_a == verdict_b &&
        !p->verdicts->list[verdict_a].confirmed) {
        return;
    }
    int apart = leader_of(p->sources, a) != leader_of(p->sources, b);
    join(p->sources, a, b);
    if (p->by_title && apart) {
        p->sources[a].by_title = p->sources[b].by_title = 1;
    }
}

static pp_status propose_by_address(pp__stories *stories, proposals *p, pp_error *err) {
    pp__map first = {0};
    for (int64_t i = 0; i < stories->n; i++) {
        int64_t *slot = pp__map_at(&first, stories->sources[i].address, i);
        if (!slot) {
            pp__map_clear(&first);
            PP_FAIL(err, PP_E_MEMORY, "out of memory");
        }
        if (*slot != i) {
            propose(p, *slot, i);
        }
    }
    pp__map_clear(&first);
    return PP_OK;
}

static void join_confirmed(pp__stories *stories, const verdicts *v) {
    for (int64_t i = 0; i < v->n; i++) {
        for (int64_t j = 1; v->list[i].confirmed && j < v->list[i].n; j++) {
            join(stories->sources, v->list[i].members[0], v->list[i].members[j]);
        }
    }
}

/* Confirmed is a story when one decision confirmed all of its sources. */
static pp_status name_stories(pp__stories *stories, const verdicts *v, pp_arena *arena,
                              pp_error *err) {
    pp__story_source *all = stories->sources;
    for (int64_t i = 0; i < stories->n; i++) {
        pp__story_source *lead = &all[leader_of(all, i)];
        if (lead == &all[i]) {
            lead->story = lead->values[SOURCE_ID];
            continue;
        }
        if (!lead->status) {
            lead->story = pp_arena_printf(arena, "story:%s", lead->values[SOURCE_ID]);
            PP_NEED(lead->story, err);
            lead->status = "confirmed";
        }
        int64_t decided = v->of[lead - all];
        if (decided < 0 || decided != v->of[i] || !v->list[decided].confirmed) {
            lead->status = "proposed";
        }
        lead->by_title |= all[i].by_title;
        all[lead->last].next = i;
        lead->last = i;
    }
    for (int64_t i = 0; i < stories->n; i++) {
        const pp__story_source *lead = &all[leader_of(all, i)];
        all[i].story = lead->story;
        all[i].status = lead->status;
        all[i].by_title = lead->by_title;
    }
    return PP_OK;
}

pp_status pp__stories_read(pp_store *store, pp_arena *arena, pp__stories *out,
                           pp_error *err) {
    *out = (pp__stories){0};
    verdicts v = {0};
    PP_TRY(read_sources(store, arena, out, err));
    PP_TRY(read_verdicts(store, out, arena, &v, err));
    proposals p = {out->sources, &v, 0};
    join_confirmed(out, &v);
    PP_TRY(propose_by_address(out, &p, err));
    p.by_title = 1;
    PP_TRY(pp__title_pairs(out->sources, out->n, propose, &p, err));
    return name_stories(out, &v, arena, err);
}

pp_status pp__story_members(const pp__stories *stories, int64_t leader, pp_buf *out,
                            pp_error *err) {
    for (int64_t i = leader; i >= 0; i = stories->sources[i].next) {
        pp_buf_printf(out, "%s%s", out->length ? " " : "",
                      stories->sources[i].values[SOURCE_ID]);
    }
    return pp_buf_check(out, err);
}

int64_t pp__story_leader(const pp__stories *stories, const char *story) {
    if (strncmp(story, "story:", 6) != 0) {
        return -1;
    }
    int64_t i = pp__map_get(&stories->index, story + 6, -1);
    return i >= 0 && stories->sources[i].status && stories->sources[i].parent == i ? i
                                                                                   : -1;
}

pp_status pp__stories_proposed(const pp__stories *stories, pp_table *table,
                               pp_error *err) {
    static const pp__column_spec columns[] = {{"story", "Story", PP_TEXT, 0},
                                              {"basis", "Basis", PP_TEXT, 0},
                                              {"sources", "Sources", PP_TEXT, 0},
                                              {"title", "Title", PP_TEXT, 0}};
    PP_TRY(pp__rows_begin(table, columns, 4, err));
    pp_status status = PP_OK;
    pp_buf members;
    pp_buf_init(&members);
    for (int64_t i = 0; i < stories->n && status == PP_OK; i++) {
        const pp__story_source *source = &stories->sources[i];
        if (source->parent != i || !source->status ||
            strcmp(source->status, "proposed") != 0) {
            continue;
        }
        members.length = 0;
        status = pp__story_members(stories, i, &members, err);
        const char *values[] = {source->story,
                                source->by_title ? "title and date" : "address",
                                members.data, source->values[SOURCE_TITLE]};
        status = status == PP_OK ? pp__rows_add(table, values, err) : status;
    }
    pp_buf_clear(&members);
    return status;
}
