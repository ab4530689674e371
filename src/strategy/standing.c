#include "strategy/standing.h"

#include "base/check.h"

#include <string.h>

const char *const pp__standing_words[PP__STANDINGS] = {
    [PP__IN_FORCE] = "in_force",
    [PP__IN_FORCE_UNDATED] = "in_force_undated",
    [PP__NOT_APPLIED] = "in_force_not_applied",
    [PP__RATIFIED] = "ratified_not_in_force",
    [PP__ADOPTED] = "adopted_not_in_force",
    [PP__SIGNED] = "signed",
    [PP__ENDORSED] = "endorsed",
    [PP__ADOPTED_IDENTICALLY] = "adopted_identically",
    [PP__TRANSPOSED] = "transposed",
    [PP__VOLUNTARY] = "voluntary",
    [PP__SUPERSEDED] = "superseded",
    [PP__WITHDRAWN] = "withdrawn",
    [PP__NO_LONGER_COVERED] = "no_longer_covered",
    [PP__NOT_KNOWN] = "not_known",
};

int pp__standing_binds(pp__standing_kind kind) {
    return kind == PP__IN_FORCE || kind == PP__IN_FORCE_UNDATED;
}

int pp__is_further(const pp__standing *a, const pp__standing *b) {
    return a->kind < b->kind || (a->kind == b->kind && a->unverified < b->unverified);
}

int pp__is_past(const pp__span *date, int64_t day) {
    return date && date->text && date->last <= day;
}

int pp__protects(const pp__instrument *in) {
    return strcmp(in->force, "binding") == 0 &&
           pp__standards_lists(in->scope, "data_protection");
}

pp_status pp__note_day(pp_result *result, int64_t day, pp_error *err) {
    char text[PP__DATE_TEXT];
    pp__day_text(day, text);
    return pp_result_note_text(result, "at", text, err);
}

pp_status pp__adoption_table(const pp_result *adoption, const char *name,
                             const pp_table **out, pp_error *err) {
    *out = pp_result_find(adoption, name);
    if (*out) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_NOT_FOUND, "the adoptions have no table '%s'", name);
    pp_error_hint(err, "derive them from claims by a rule");
    return PP_E_NOT_FOUND;
}

const pp__span *pp__applies_from(const pp__span *written, const pp__span *amended,
                                 const char *amendment) {
    int is_adopted = amendment && strcmp(amendment, "adopted") == 0;
    return is_adopted && amended->text ? amended : written;
}

const pp__instrument *pp__standards_instrument(const pp_standards *s, const char *id) {
    int64_t row = id ? pp__map_get(&s->ids[PP__INSTRUMENTS], id, -1) : -1;
    return row < 0 ? NULL : &s->instruments[row];
}

int pp__standards_lists(const char *list, const char *word) {
    size_t length = strlen(word);
    while (list && *list) {
        size_t n = strcspn(list, ";");
        if (n == length && strncmp(list, word, n) == 0) {
            return 1;
        }
        list += n + (list[n] == ';');
    }
    return 0;
}

const pp__member *pp__standards_member(const pp_standards *s, const char *group,
                                       const char *country, int64_t day) {
    const pp__member *ended = NULL;
    for (int64_t i = 0; i < s->n[PP__MEMBERS]; i++) {
        const pp__member *m = &s->members[i];
        if (strcmp(m->group, group) != 0 || strcmp(m->country, country) != 0 ||
            !pp__is_past(&m->from, day)) {
            continue;
        }
        if (!m->to.text || m->to.last >= day) {
            return m;
        }
        if (!ended || m->to.last > ended->to.last) {
            ended = m;
        }
    }
    return ended;
}

pp_status pp__standards_day(const pp_standards *s, const char *at, int64_t *day,
                            pp_error *err) {
    if (at) {
        pp__date date;
        pp_error why = {0};
        if (pp__date_parse(at, &date, &why) != PP_OK) {
            pp_error_set(err, PP_E_ARGUMENT, "%s", why.message);
            pp_error_locate(err, NULL, 0, "at", at);
            pp_error_hint(err, "a date is YYYY, YYYY-MM or YYYY-MM-DD");
            return PP_E_ARGUMENT;
        }
        *day = pp__date_last_day(date);
        return PP_OK;
    }
    *day = INT64_MIN;
    for (pp__register of = 0; of < PP__REGISTERS; of++) {
        for (int64_t i = 0; i < s->n[of]; i++) {
            int64_t checked = pp__standards_row(s, of, i)->checked_on.last;
            *day = checked > *day ? checked : *day;
        }
    }
    if (*day == INT64_MIN) {
        pp_error_set(err, PP_E_INPUT, "the registry of standards is empty");
        pp_error_hint(err, "say the day that is meant");
        return PP_E_INPUT;
    }
    return PP_OK;
}

static pp_status unknown_place(const char *place, const pp_place_match *match,
                               pp_error *err) {
    pp_error_set(err, PP_E_NOT_FOUND, "there is no country '%s'", place);
    if (match->n_suggestions > 0) {
        pp_error_hint(err, "did you mean '%s' (%s)?", match->suggestions[0]->id,
                      match->suggestions[0]->name);
    } else {
        pp_error_hint(err, "name a country, its code (KEN), or the id of a place");
    }
    return PP_E_NOT_FOUND;
}

pp_status pp__standards_country(const pp_standards *s, const char *place,
                                const pp_place **out, pp_error *err) {
    pp_place_match match = {0};
    const pp_place *found = pp_gazetteer_find(s->gazetteer, place);
    if (!found) {
        pp_gazetteer_resolve(s->gazetteer, place, PP_PLACE_COUNTRY, NULL, &match);
        found = match.place;
    }
    if (found && found->kind != PP_PLACE_COUNTRY) {
        found = pp_gazetteer_find(s->gazetteer, found->country);
    }
    *out = found;
    return found ? PP_OK : unknown_place(place, &match, err);
}

/* ---- what a country did ---- */

typedef struct deeds {
    const pp__span *signing, *ratified, *in_force, *withdrew;
    const pp__span *endorsed, *identical, *transposed;
    const pp__commitment *last;
    int unverified;
} deeds;

static int is_unverified(const pp__checked *row) {
    return strcmp(row->status, "unverified") == 0;
}

static void take_deed(deeds *d, const pp__commitment *c) {
    const struct {
        const char *action;
        const pp__span **into;
    } kinds[] = {{"signed", &d->signing},    {"ratified", &d->ratified},
                 {"acceded", &d->ratified},  {"in_force", &d->in_force},
                 {"endorsed", &d->endorsed}, {"transposed", &d->transposed},
                 {"withdrew", &d->withdrew}, {"adopted_identically", &d->identical}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const pp__span **into = kinds[i].into;
        int is_end = into == &d->withdrew;
        if (strcmp(c->action, kinds[i].action) == 0 &&
            (!*into ||
             (is_end ? c->date.last > (*into)->last : c->date.first < (*into)->first))) {
            *into = &c->date;
        }
    }
    d->last = !d->last || c->date.first >= d->last->date.first ? c : d->last;
    d->unverified |= is_unverified(&c->row);
}

static int is_member(const pp_standards *s, const char *group, const char *country,
                     int64_t day) {
    const pp__member *m = pp__standards_member(s, group, country, day);
    return m && (!m->to.text || m->to.last >= day);
}

/* By the day, and after `since`: of the country itself, or of a group that it is then in. */
static deeds find_deeds(const pp_standards *s, const pp__instrument *in,
                        const char *country, int64_t since, int64_t day) {
    deeds d = {0};
    for (int64_t i = 0; i < in->n_commitments; i++) {
        const pp__commitment *c = s->by_instrument[in->first + i];
        if (pp__is_past(&c->date, day) && c->date.first > since &&
            (strcmp(c->country, country) == 0 ||
             is_member(s, c->country, country, day))) {
            take_deed(&d, c);
        }
    }
    return d;
}

/* What came before a withdrawal does not count after it. */
static deeds deeds_in_force(const pp_standards *s, const pp__instrument *in,
                            const char *country, int64_t day) {
    deeds d = find_deeds(s, in, country, INT64_MIN, day);
    if (d.withdrew) {
        deeds again = find_deeds(s, in, country, d.withdrew->last, day);
        return again.last ? again : d;
    }
    return d;
}

/* ---- where that leaves it ---- */

typedef struct coverage {
    int now;                  /* the instrument covers the country on the day */
    const pp__member *member; /* by a group; ended, unless `now` */
} coverage;

static coverage find_coverage(const pp_standards *s, const pp__instrument *in,
                              const char *country, int64_t day) {
    coverage c = {0};
    if (in->covers && strcmp(in->covers, country) == 0) {
        c.now = 1;
    } else if (in->covers && !in->covers_one) {
        c.member = pp__standards_member(s, in->covers, country, day);
        c.now = c.member && (!c.member->to.text || c.member->to.last >= day);
    }
    return c;
}

static pp__standing_kind of_binding(const pp__instrument *in, const pp__standing *st,
                                    int taken_on, int covered, int64_t day) {
    if (!taken_on && !covered) {
        return st->signing ? PP__SIGNED : PP__NOT_KNOWN;
    }
    if (pp__is_past(st->in_force, day)) {
        int later = st->applies && st->applies->text && !pp__is_past(st->applies, day);
        return later ? PP__NOT_APPLIED : PP__IN_FORCE;
    }
    int is_issued = !in->approved.text || pp__is_past(&in->approved, day);
    if (!st->in_force && strcmp(in->stage, "in_force") == 0 && is_issued) {
        return PP__IN_FORCE_UNDATED;
    }
    if (taken_on) {
        return PP__RATIFIED;
    }
    return pp__is_past(&in->approved, day) ? PP__ADOPTED : PP__NOT_KNOWN;
}

static pp__standing_kind of_voluntary(const pp__instrument *in, const deeds *d,
                                      int covered, int64_t day) {
    int is_issued = pp__is_past(&in->approved, day) || pp__is_past(&in->in_force, day) ||
                    (!in->approved.text && !in->in_force.text);
    return d->identical                   ? PP__ADOPTED_IDENTICALLY
           : d->transposed || d->ratified ? PP__TRANSPOSED
           : d->endorsed                  ? PP__ENDORSED
           : d->signing                   ? PP__SIGNED
           : covered && is_issued         ? PP__VOLUNTARY
                                          : PP__NOT_KNOWN;
}

/* The day on which the instrument came into force, or else from which it applies; NULL: neither
   is known. */
static const pp__span *force_of(const pp__instrument *in, const pp__span *applies) {
    return in->in_force.text ? &in->in_force : applies->text ? applies : NULL;
}

pp__standing pp__stands(const pp_standards *s, const pp__instrument *in,
                        const char *country, int64_t day) {
    deeds d = deeds_in_force(s, in, country, day);
    coverage covered = find_coverage(s, in, country, day);
    const pp__span *applies =
        pp__applies_from(&in->as_written, &in->as_amended, in->amendment);
    const pp__span *force = force_of(in, applies);
    pp__standing st = {.signing = d.signing,
                       .ratified = d.ratified ? d.ratified : d.transposed,
                       .endorsed = d.endorsed ? d.endorsed : d.identical,
                       .in_force = d.in_force ? d.in_force : force,
                       .applies = applies->text ? applies : NULL,
                       .withdrew = d.withdrew,
                       .by = d.last           ? "commitment"
                             : !covered.now   ? NULL
                             : covered.member ? in->covers
                                              : "own",
                       .source = d.last ? d.last->row.source : in->row.source};
    int binding = strcmp(in->force, "binding") == 0;
    int taken_on = st.ratified || d.in_force;
    st.kind = d.withdrew ? PP__WITHDRAWN
              : binding  ? of_binding(in, &st, taken_on, covered.now, day)
                         : of_voluntary(in, &d, covered.now, day);
    if (st.kind == PP__NOT_KNOWN && !covered.now && covered.member &&
        (!force || force->first <= covered.member->to.last)) {
        st.kind = PP__NO_LONGER_COVERED;
        st.by = in->covers;
    } else if (st.kind != PP__NOT_KNOWN && st.kind != PP__WITHDRAWN &&
               pp__is_past(&in->superseded, day)) {
        st.kind = PP__SUPERSEDED;
    }
    st.unverified = d.unverified || is_unverified(&in->row) ||
                    (covered.member && is_unverified(&covered.member->row));
    return st;
}
