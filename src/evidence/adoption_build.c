#include "evidence/adoption_build.h"

#include "base/check.h"
#include "evidence/adoption_timeline.h"

#include <pushpull/text.h>

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
    int take_ends; /* ends alone make an adoption: the country has no other */
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

typedef int chooses(const pp__event *event, const void *wanted);

/* Picks those claims of the case in hand that a spell has and `choose` takes, in order of
   id; gives how many. */
static int64_t pick(builder *b, int spell, chooses *choose, const void *wanted) {
    int64_t n = 0;
    for (int64_t i = 0; i < b->n_events; i++) {
        if (b->events[i].spell == spell && choose(&b->events[i], wanted)) {
            b->picked[n++] = b->events[i].claim;
        }
    }
    if (n > 1) {
        qsort(b->picked, (size_t)n, sizeof *b->picked, by_id);
    }
    return n;
}

static int of_group(const pp__event *event, const void *group) {
    return event->claim->group == *(const pp__group *)group;
}

static int of_status(const pp__event *event, const void *status) {
    return event->claim->status == *(const pp__claim_status *)status;
}

/* Whether a claim only mentions the adoption, as of a day after its end. */
static int mentions_ended(const pp__event *event, const void *adoption) {
    const pp__adoption *a = adoption;
    return event->kind == PP__MENTIONS && event->claim->group == a->group &&
           event->day > a->end.hi && event->day != PP__OPEN_HIGH;
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

static pp__interval picked_interval(builder *b, int64_t n, int *conflict) {
    for (int64_t i = 0; i < n; i++) {
        b->readings[i] = pp__claim_reading(b->picked[i]);
    }
    return pp__interval_combine(b->readings, n, conflict);
}

static char *adoption_id(builder *b, const pp__claim *c, pp__group group, int number) {
    int unnamed = strcmp(c->vendor, "unknown") == 0;
    char *id =
        pp_arena_printf(b->arena, "%s/%s/%s%s%s/%s/%s", c->country, c->place_slug,
                        c->vendor, unnamed && *c->home ? "-" : "", unnamed ? c->home : "",
                        pp__family_name(c->family), pp__group_name(group));
    return id && number > 1 ? pp_arena_printf(b->arena, "%s/%d", id, number) : id;
}

static pp__dating dating_of(pp__interval start) {
    if (start.lo == PP__OPEN_LOW) {
        return start.hi == PP__OPEN_HIGH ? PP__DATED_NEVER : PP__DATED_BY;
    }
    return start.hi == PP__OPEN_HIGH ? PP__DATED_FROM : PP__DATED_WINDOW;
}

/* What the claims of one spell say of its suspension, and of its end. */
typedef struct ending {
    int64_t n; /* claims; 0: nothing */
    int conflict;
    pp__interval when;
    const char *ids;
} ending;

typedef struct endings {
    ending each[2]; /* the sooner first, nothing last */
    int n;
} endings;

static pp_status read_ending(builder *b, int spell, pp__claim_status status, endings *all,
                             pp_error *err) {
    int64_t n = pick(b, spell, of_status, &status);
    if (n == 0) {
        return PP_OK;
    }
    ending *end = &all->each[all->n++];
    *end = (ending){.n = n, .ids = picked_ids(b, n)};
    end->when = picked_interval(b, n, &end->conflict);
    PP_NEED(end->ids, err);
    return PP_OK;
}

static pp_status read_endings(builder *b, int spell, endings *all, pp_error *err) {
    *all = (endings){.n = 0};
    PP_TRY(read_ending(b, spell, PP__SUSPENDED, all, err));
    PP_TRY(read_ending(b, spell, PP__ENDED, all, err));
    if (all->n == 2 && all->each[1].when.hi < all->each[0].when.hi) {
        ending sooner = all->each[1];
        all->each[1] = all->each[0];
        all->each[0] = sooner;
    }
    return PP_OK;
}

static pp_status close_with(builder *b, pp__adoption *a, int spell, const ending *end,
                            pp_error *err) {
    a->ended = 1;
    a->end = end->when;
    a->ended_by = end->ids;
    int64_t late = pick(b, spell, mentions_ended, a);
    if (late == 0) {
        return PP_OK;
    }
    pp__conflict conflict = {a->first_claim->country, a->id, "after_end", NULL,
                             picked_ids(b, late)};
    return pp__conflict_add(
        &b->out.conflicts, b->arena, &conflict, err,
        "ended %s, but still named later: back in use, or an old report",
        pp__interval_say(end->when).text);
}

/* The sooner of suspension and end closes, unless it may have come before the beginning.
 */
static pp_status close_adoption(builder *b, pp__adoption *a, int spell,
                                const endings *ends, pp_error *err) {
    const char *country = a->first_claim->country;
    for (int i = 0; i < ends->n; i++) {
        const ending *end = &ends->each[i];
        if (end->conflict) {
            pp__conflict conflict = {country, a->id, "end_dates", NULL, end->ids};
            PP_TRY(
                pp__conflict_add(&b->out.conflicts, b->arena, &conflict, err,
                                 "dates of %lld claims of an end do not meet; taken: %s",
                                 (long long)end->n, pp__interval_say(end->when).text));
        }
        if (pp__close_spell(&a->start, end->when) == PP__CLOSES) {
            return close_with(b, a, spell, end, err);
        }
    }
    const ending *last = &ends->each[ends->n - 1];
    pp__conflict conflict = {country, a->id, "end_order", NULL, last->ids};
    return pp__conflict_add(&b->out.conflicts, b->arena, &conflict, err,
                            "it ended %s, but began %s: left open",
                            pp__interval_say(last->when).text,
                            pp__interval_say(a->start).text);
}

/* An adoption from the `n` claims that are picked, without its dates. */
static pp_status begin_adoption(builder *b, int64_t n, pp__group group, int number,
                                pp__adoption **out, pp_error *err) {
    pp__adoption *a = *out = &b->out.rows[b->out.n++];
    const pp__claim *first = b->picked[0];
    *a = (pp__adoption){.first_claim = first,
                        .family = first->family,
                        .group = group,
                        .id = adoption_id(b, first, group, number),
                        .claims = picked_ids(b, n),
                        .n_claims = n};
    PP_NEED(a->id && a->claims, err);
    for (int64_t i = 0; i < n; i++) {
        pp__confidence c = b->picked[i]->confidence;
        a->confidence = c > a->confidence ? c : a->confidence;
        b->texts[i] = b->picked[i]->story;
    }
    a->n_stories = pp__count_distinct(b->texts, n);
    return PP_OK;
}

/* Makes the adoption of one spell and group from the `n` claims that are picked. */
static pp_status add_adoption(builder *b, int64_t n, int spell, int number,
                              const endings *ends, pp_error *err) {
    pp__adoption *a;
    int disagree;
    PP_TRY(begin_adoption(b, n, b->picked[0]->group, number, &a, err));
    a->start = picked_interval(b, n, &disagree);
    a->dating = dating_of(a->start);
    if (disagree) {
        pp__conflict conflict = {a->first_claim->country, a->id, "dates", NULL,
                                 a->claims};
        PP_TRY(pp__conflict_add(&b->out.conflicts, b->arena, &conflict, err,
                                "dates of %lld claims do not meet; taken: %s",
                                (long long)n, pp__interval_say(a->start).text));
    }
    if (ends->n > 0) {
        PP_TRY(close_adoption(b, a, spell, ends, err));
    }
    if (a->start.hi == PP__OPEN_HIGH) {
        a->start.hi = b->out.record_day;
    }
    return PP_OK;
}

static int is_credible_end(const pp__event *event, const void *unused) {
    (void)unused;
    return event->claim->group == PP__GROUP_NONE &&
           event->claim->confidence >= PP__MEDIUM;
}

/* What has ended was there by the last day of its end; gives its id, or NULL. */
static pp_status add_ended(builder *b, int spell, int *number, const char **id,
                           pp_error *err) {
    int64_t n = b->take_ends ? pick(b, spell, is_credible_end, NULL) : 0;
    *id = NULL;
    if (n == 0) {
        return PP_OK;
    }
    pp__adoption *a;
    int disagree;
    PP_TRY(begin_adoption(b, n, PP__GROUP_OPERATIONAL, ++*number, &a, err));
    a->ended_only = a->ended = 1;
    a->ended_by = a->claims;
    a->end = picked_interval(b, n, &disagree);
    a->start = (pp__interval){PP__OPEN_LOW, a->end.hi};
    a->dating = dating_of(a->start);
    if (a->start.hi == PP__OPEN_HIGH) {
        a->start.hi = b->out.record_day;
    }
    *id = a->id;
    return PP_OK;
}

static pp_status add_spell(builder *b, int spell, int numbers[PP__GROUPS],
                           pp_error *err) {
    endings ends;
    PP_TRY(read_endings(b, spell, &ends, err));
    int64_t before = b->out.n;
    for (pp__group group = PP__GROUP_ANNOUNCED; group < PP__GROUPS; group++) {
        int64_t n = pick(b, spell, of_group, &group);
        if (n > 0) {
            PP_TRY(add_adoption(b, n, spell, ++numbers[group], &ends, err));
        }
    }
    if (b->out.n > before) {
        return PP_OK;
    }
    const pp__group none = PP__GROUP_NONE;
    const char *id;
    PP_TRY(add_ended(b, spell, &numbers[PP__GROUP_OPERATIONAL], &id, err));
    int64_t n = pick(b, spell, of_group, &none);
    pp__conflict conflict = {b->picked[0]->country, id, "ended_only", NULL,
                             picked_ids(b, n)};
    return pp__conflict_add(&b->out.conflicts, b->arena, &conflict, err,
                            "ended or suspended %s, without a claim that it began",
                            pp__interval_say(ends.each[0].when).text);
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
    pp__conflict conflict = {claims[0]->country,
                             adopted ? b->out.rows[b->out.n - 1].id : NULL, "denied",
                             NULL, picked_ids(b, denials)};
    return pp__conflict_add(
        &b->out.conflicts, b->arena, &conflict, err, "%s of %s at %s is denied, %s",
        pp__family_name(claims[0]->family), claims[0]->vendor, claims[0]->place,
        adopted ? "against the claims of this adoption"
                : "and no claim under the rule says that there is one");
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

static pp_status attach_conflicts(builder *b, pp_error *err) {
    for (int64_t i = 0; i < b->out.conflicts.n; i++) {
        const pp__conflict *conflict = &b->out.conflicts.rows[i];
        pp__adoption key = {.id = conflict->adoption};
        pp__adoption *a =
            conflict->adoption
                ? bsearch(&key, b->out.rows, (size_t)b->out.n, sizeof key, by_adoption)
                : NULL;
        if (a) {
            PP_TRY(pp__kinds_add(&a->conflict, conflict->kind, b->arena, err));
        }
    }
    return PP_OK;
}

static pp_status add_cases(builder *b, int64_t begin, int64_t end, pp_error *err) {
    for (int64_t next; begin < end; begin = next) {
        for (next = begin + 1; next < end; next++) {
            if (compare_cases(b->matched[begin], b->matched[next]) != 0) {
                break;
            }
        }
        PP_TRY(add_case(b, b->matched + begin, next - begin, err));
    }
    return PP_OK;
}

/* Where no claim is of a beginning, ends tell that there was one. */
static pp_status add_country(builder *b, int64_t begin, int64_t end, pp_error *err) {
    int64_t adoptions = b->out.n, conflicts = b->out.conflicts.n;
    PP_TRY(add_cases(b, begin, end, err));
    if (b->out.n > adoptions) {
        return PP_OK;
    }
    b->out.conflicts.n = conflicts;
    b->take_ends = 1;
    PP_TRY(add_cases(b, begin, end, err));
    b->take_ends = 0;
    return PP_OK;
}

pp_status pp__adoptions_build(const pp__rule *rule, const pp__claims *claims,
                              pp_arena *arena, pp__adoptions *out, pp_error *err) {
    builder b = {.arena = arena};
    PP_TRY(match_claims(&b, rule, claims, err));
    b.out.record_day = find_record_day(claims);
    for (int64_t begin = 0, end; begin < b.n_matched; begin = end) {
        for (end = begin + 1; end < b.n_matched; end++) {
            if (strcmp(b.matched[begin]->country, b.matched[end]->country) != 0) {
                break;
            }
        }
        PP_TRY(add_country(&b, begin, end, err));
    }
    if (b.out.n > 1) {
        qsort(b.out.rows, (size_t)b.out.n, sizeof *b.out.rows, by_adoption);
    }
    pp__conflicts_sort(&b.out.conflicts);
    PP_TRY(attach_conflicts(&b, err));
    *out = b.out;
    return PP_OK;
}
