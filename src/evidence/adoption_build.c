#include "evidence/adoption_build.h"

#include "base/check.h"
#include "evidence/adoption_timeline.h"
#include "evidence/dates.h"

#include <pushpull/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct builder {
    pp_arena *arena;
    const pp__claim **matched; /* sorted by case: (place, vendor, family) */
    int64_t n_matched;
    pp__event *events; /* of the case in hand */
    int64_t n_events;
    const pp__claim *
        *picked; /* of those in hand; with room for their readings and texts */
    pp__reading *readings;
    const char **texts;
    int64_t conflict_capacity;
    pp__adoptions out;
} builder;

const char *pp__dating_name(pp__dating dating) {
    static const char *const names[] = {"window", "from", "by", "record"};
    return names[dating];
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int64_t pp__count_distinct(const char **texts, int64_t n) {
    if (n > 1) {
        qsort(texts, (size_t)n, sizeof *texts, by_text);
    }
    int64_t distinct = n > 0;
    for (int64_t i = 1; i < n; i++) {
        distinct += strcmp(texts[i - 1], texts[i]) != 0;
    }
    return distinct;
}

/* Firms that are not named are one vendor for each home country. */
static int compare_vendors(const pp__claim *a, const pp__claim *b) {
    int order = strcmp(a->vendor, b->vendor);
    return order || strcmp(a->vendor, "unknown") != 0 ? order : strcmp(a->home, b->home);
}

static int compare_cases(const pp__claim *a, const pp__claim *b) {
    int order = strcmp(a->country, b->country);
    order = order ? order : strcmp(a->place_slug, b->place_slug);
    order = order ? order : compare_vendors(a, b);
    return order ? order : a->family - b->family;
}

static int by_id(const void *a, const void *b) {
    return strcmp((*(const pp__claim *const *)a)->id, (*(const pp__claim *const *)b)->id);
}

static int by_case(const void *a, const void *b) {
    int order = compare_cases(*(const pp__claim *const *)a, *(const pp__claim *const *)b);
    return order ? order : by_id(a, b);
}

/* Picks the claims of the case in hand that have a group (none: the ends) in a spell,
   only those that mention it after a day, in order of id; gives how many. */
static int64_t pick(builder *b, int spell, pp__group group, int64_t mentioned_after) {
    int64_t n = 0;
    for (int64_t i = 0; i < b->n_events; i++) {
        const pp__event *e = &b->events[i];
        int late = e->kind == PP__MENTIONS && e->day > mentioned_after &&
                   e->day != PP__OPEN_HIGH;
        if (e->spell == spell && e->claim->group == group &&
            (mentioned_after == PP__OPEN_LOW || late)) {
            b->picked[n++] = e->claim;
        }
    }
    if (n > 1) {
        qsort(b->picked, (size_t)n, sizeof *b->picked, by_id);
    }
    return n;
}

static char *picked_ids(builder *b, int64_t n) {
    pp_buf ids;
    pp_buf_init(&ids);
    for (int64_t i = 0; i < n; i++) {
        pp_buf_add(&ids, i ? " " : "");
        pp_buf_add(&ids, b->picked[i]->id);
    }
    char *out = ids.failed ? NULL : pp_arena_strdup(b->arena, ids.data ? ids.data : "");
    pp_buf_clear(&ids);
    return out;
}

/* An expansion says only that the thing was there by then. */
static pp__interval picked_interval(builder *b, int64_t n, int *conflict) {
    for (int64_t i = 0; i < n; i++) {
        const pp__claim *c = b->picked[i];
        b->readings[i] = (pp__reading){c->when, c->confidence == PP__HIGH};
        if (c->status == PP__EXPANDED) {
            b->readings[i].when.lo = PP__OPEN_LOW;
        }
    }
    return pp__interval_combine(b->readings, n, conflict);
}

typedef struct words {
    char text[64];
} words;

static words interval_words(pp__interval when) {
    words out = {"at no known date"};
    char lo[PP__DATE_TEXT] = "", hi[PP__DATE_TEXT] = "";
    if (when.lo != PP__OPEN_LOW) {
        pp__day_text(when.lo, lo);
        snprintf(out.text, sizeof out.text, "not before %s", lo);
    }
    if (when.hi != PP__OPEN_HIGH) {
        pp__day_text(when.hi, hi);
        snprintf(out.text, sizeof out.text, "%s%s%s %s", *lo ? "from " : "", lo,
                 *lo ? " to" : "by", hi);
    }
    return out;
}

/* Adds a conflict of `adoption`, or of the country alone; `detail` and `ids` come from
   the arena and are checked here. */
static pp_status add_conflict(builder *b, const char *country, pp__adoption *adoption,
                              const char *kind, const char *detail, const char *ids,
                              pp_error *err) {
    PP_NEED(detail && ids, err);
    if (b->out.n_conflicts == b->conflict_capacity) {
        int64_t capacity = b->conflict_capacity ? 2 * b->conflict_capacity : 16;
        pp__conflict *grown = pp_arena_alloc(b->arena, capacity, sizeof *grown);
        PP_NEED(grown, err);
        if (b->out.n_conflicts > 0) {
            memcpy(grown, b->out.conflicts, (size_t)b->out.n_conflicts * sizeof *grown);
        }
        b->out.conflicts = grown;
        b->conflict_capacity = capacity;
    }
    b->out.conflicts[b->out.n_conflicts++] =
        (pp__conflict){country, adoption ? adoption->id : NULL, kind, detail, ids};
    if (adoption) {
        adoption->conflict =
            adoption->conflict
                ? pp_arena_printf(b->arena, "%s, %s", adoption->conflict, kind)
                : kind;
        PP_NEED(adoption->conflict, err);
    }
    return PP_OK;
}

static char *adoption_id(builder *b, const pp__claim *c, pp__group group, int number) {
    int unnamed = strcmp(c->vendor, "unknown") == 0;
    char *id = pp_arena_printf(b->arena, "%s/%s/%s%s%s/%s/%s", c->country, c->place_slug,
                               c->vendor, unnamed ? "-" : "", unnamed ? c->home : "",
                               pp__family_name(c->family), pp__group_name(group));
    return id && number > 1 ? pp_arena_printf(b->arena, "%s/%d", id, number) : id;
}

static pp__dating dating_of(pp__interval start) {
    if (start.lo == PP__OPEN_LOW) {
        return start.hi == PP__OPEN_HIGH ? PP__DATED_NEVER : PP__DATED_BY;
    }
    return start.hi == PP__OPEN_HIGH ? PP__DATED_FROM : PP__DATED_WINDOW;
}

/* What the ends of one spell say together. */
typedef struct ending {
    int64_t n;
    int conflict;
    pp__interval when;
    const char *ids;
} ending;

static pp_status read_ending(builder *b, int spell, ending *out, pp_error *err) {
    *out = (ending){.n = pick(b, spell, PP__GROUP_NONE, PP__OPEN_LOW)};
    if (out->n > 0) {
        out->when = picked_interval(b, out->n, &out->conflict);
        out->ids = picked_ids(b, out->n);
        PP_NEED(out->ids, err);
    }
    return PP_OK;
}

static pp_status close_adoption(builder *b, pp__adoption *a, int spell, const ending *end,
                                pp_error *err) {
    const char *country = a->first_claim->country;
    if (end->conflict) {
        PP_TRY(add_conflict(b, country, a, "end_dates",
                            pp_arena_printf(b->arena,
                                            "dates of %lld claims of an end do not meet",
                                            (long long)end->n),
                            end->ids, err));
    }
    if (pp__close_spell(&a->start, end->when) == PP__ORDER_UNKNOWN) {
        return add_conflict(b, country, a, "end_order",
                            pp_arena_printf(b->arena,
                                            "it ended %s, but began %s: left open",
                                            interval_words(end->when).text,
                                            interval_words(a->start).text),
                            end->ids, err);
    }
    a->ended = 1;
    a->end = end->when;
    a->ended_by = end->ids;
    int64_t late = pick(b, spell, a->group, end->when.hi);
    if (end->when.hi != PP__OPEN_HIGH && late > 0) {
        PP_TRY(add_conflict(
            b, country, a, "after_end",
            pp_arena_printf(b->arena,
                            "ended %s, but still named later: back in use, or an "
                            "old report",
                            interval_words(end->when).text),
            picked_ids(b, late), err));
    }
    return PP_OK;
}

/* Makes the adoption of one spell and group from the `n` claims that are picked. */
static pp_status add_adoption(builder *b, int64_t n, int spell, int number,
                              const ending *end, pp_error *err) {
    pp__adoption *a = &b->out.rows[b->out.n++];
    const pp__claim *first = b->picked[0];
    int conflict;
    *a = (pp__adoption){
        .first_claim = first, .family = first->family, .group = first->group};
    a->id = adoption_id(b, first, first->group, number);
    a->claims = picked_ids(b, n);
    PP_NEED(a->id && a->claims, err);
    a->n_claims = n;
    for (int64_t i = 0; i < n; i++) {
        pp__confidence c = b->picked[i]->confidence;
        a->confidence = c > a->confidence ? c : a->confidence;
        b->texts[i] = b->picked[i]->story;
    }
    a->n_stories = pp__count_distinct(b->texts, n);
    a->start = picked_interval(b, n, &conflict);
    a->dating = dating_of(a->start);
    if (conflict) {
        PP_TRY(add_conflict(b, first->country, a, "dates",
                            pp_arena_printf(b->arena,
                                            "dates of %lld claims do not meet; taken: %s",
                                            (long long)n, interval_words(a->start).text),
                            a->claims, err));
    }
    if (end->n > 0) {
        PP_TRY(close_adoption(b, a, spell, end, err));
    }
    if (a->start.hi == PP__OPEN_HIGH) {
        a->start.hi = b->out.record_day;
    }
    return PP_OK;
}

static pp_status add_spell(builder *b, int spell, int numbers[PP__GROUPS],
                           pp_error *err) {
    ending end;
    PP_TRY(read_ending(b, spell, &end, err));
    int64_t before = b->out.n;
    for (int group = 0; group < PP__GROUPS; group++) {
        int64_t n = pick(b, spell, (pp__group)group, PP__OPEN_LOW);
        if (n > 0) {
            PP_TRY(add_adoption(b, n, spell, ++numbers[group], &end, err));
        }
    }
    if (b->out.n > before || end.n == 0) {
        return PP_OK;
    }
    return add_conflict(
        b, b->events[0].claim->country, NULL, "ended_only",
        pp_arena_printf(b->arena, "ended or suspended %s, without a claim that it began",
                        interval_words(end.when).text),
        end.ids, err);
}

/* A denial is shown beside the most advanced adoption that it denies. */
static pp_status add_denials(builder *b, const pp__claim *const *claims, int64_t n,
                             int64_t adoptions_before, pp_error *err) {
    int64_t denials = 0;
    for (int64_t i = 0; i < n; i++) {
        if (claims[i]->status == PP__DENIED) {
            b->picked[denials++] = claims[i];
        }
    }
    if (denials == 0) {
        return PP_OK;
    }
    int adopted = b->out.n > adoptions_before;
    return add_conflict(
        b, claims[0]->country, adopted ? &b->out.rows[b->out.n - 1] : NULL, "denied",
        pp_arena_printf(b->arena, "%s denied of %s at %s, %s",
                        pp__family_name(claims[0]->family), claims[0]->vendor,
                        claims[0]->place,
                        adopted ? "against the claims of this adoption"
                                : "and no claim under the rule says otherwise"),
        picked_ids(b, denials), err);
}

static pp_status add_case(builder *b, const pp__claim *const *claims, int64_t n,
                          pp_error *err) {
    int64_t before = b->out.n;
    int numbers[PP__GROUPS] = {0};
    b->n_events = 0;
    for (int64_t i = 0; i < n; i++) {
        if (claims[i]->status != PP__DENIED) {
            b->events[b->n_events++] = pp__event_of(claims[i]);
        }
    }
    int spells = pp__timeline(b->events, b->n_events);
    for (int spell = 0; spell < spells; spell++) {
        PP_TRY(add_spell(b, spell, numbers, err));
    }
    return add_denials(b, claims, n, before, err);
}

/* Dates of ends are left out, as these are foreseen at times. */
static int64_t find_record_day(const pp__claims *claims) {
    int64_t latest = PP__OPEN_LOW;
    for (int64_t i = 0; i < claims->n; i++) {
        const pp__claim *c = &claims->rows[i];
        if (c->group != PP__GROUP_NONE) {
            latest = c->when.lo > latest ? c->when.lo : latest;
            latest =
                c->when.hi != PP__OPEN_HIGH && c->when.hi > latest ? c->when.hi : latest;
        }
    }
    return latest == PP__OPEN_LOW ? PP__OPEN_HIGH : latest;
}

static pp_status match_claims(builder *b, const pp__rule *rule, const pp__claims *claims,
                              pp_error *err) {
    int64_t room = claims->n;
    b->matched = pp_arena_alloc(b->arena, room, sizeof *b->matched);
    b->picked = pp_arena_alloc(b->arena, room, sizeof *b->picked);
    b->texts = pp_arena_alloc(b->arena, room, sizeof *b->texts);
    b->events = pp_arena_alloc(b->arena, room, sizeof *b->events);
    b->readings = pp_arena_alloc(b->arena, room, sizeof *b->readings);
    b->out.rows = pp_arena_alloc(b->arena, room, sizeof *b->out.rows);
    PP_NEED(b->matched && b->picked && b->texts && b->events && b->readings &&
                b->out.rows,
            err);
    for (int64_t i = 0; i < claims->n; i++) {
        const pp__claim *c = &claims->rows[i];
        if ((c->group == PP__GROUP_NONE || rule->status[c->status]) &&
            pp__rule_match(rule, c) == PP__MATCHES &&
            !pp__rule_excludes(rule, c->country)) {
            b->matched[b->n_matched++] = c;
        }
    }
    if (b->n_matched > 1) {
        qsort(b->matched, (size_t)b->n_matched, sizeof *b->matched, by_case);
    }
    return PP_OK;
}

static int by_adoption(const void *a, const void *b) {
    return strcmp(((const pp__adoption *)a)->id, ((const pp__adoption *)b)->id);
}

static int by_conflict(const void *a, const void *b) {
    const pp__conflict *x = a, *y = b;
    int order = strcmp(x->country, y->country);
    order = order
                ? order
                : strcmp(x->adoption ? x->adoption : "", y->adoption ? y->adoption : "");
    order = order ? order : strcmp(x->kind, y->kind);
    return order ? order : strcmp(x->claims, y->claims);
}

pp_status pp__adoptions_build(const pp__rule *rule, const pp__claims *claims,
                              pp_arena *arena, pp__adoptions *out, pp_error *err) {
    builder b = {.arena = arena};
    PP_TRY(match_claims(&b, rule, claims, err));
    b.out.record_day = find_record_day(claims);
    for (int64_t begin = 0, end; begin < b.n_matched; begin = end) {
        for (end = begin + 1; end < b.n_matched; end++) {
            if (compare_cases(b.matched[begin], b.matched[end]) != 0) {
                break;
            }
        }
        PP_TRY(add_case(&b, b.matched + begin, end - begin, err));
    }
    if (b.out.n > 1) {
        qsort(b.out.rows, (size_t)b.out.n, sizeof *b.out.rows, by_adoption);
    }
    if (b.out.n_conflicts > 1) {
        qsort(b.out.conflicts, (size_t)b.out.n_conflicts, sizeof *b.out.conflicts,
              by_conflict);
    }
    *out = b.out;
    return PP_OK;
}
