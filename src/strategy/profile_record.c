/* What is on record of a place: adoptions, their dates, vendors and platforms. */
#include "base/check.h"
#include "evidence/adoption_interval.h"
#include "strategy/profile_parts.h"

#include <math.h>
#include <string.h>

typedef struct record {
    pp__profiles *p;
    int64_t place;
    const pp__profile_place *at;
    const pp_table *adoptions;
    const char *grade, *claims; /* of what is counted */
    double earliest, latest;
    const char *first; /* claims of the adoption that sets them */
    const char *of;
} record;

static pp__known blank(const record *r) {
    pp__known k = pp__known_blank(r->of);
    k.grade = r->grade;
    k.claims = r->claims;
    return k;
}

static pp_status put_number(const record *r, pp__fact fact, double number,
                            const char *note) {
    pp__known k = blank(r);
    k.number = number;
    k.note = isnan(number) ? NULL : note;
    return pp__profile_put(r->p, r->place, fact, &k);
}

static pp_status put_text(const record *r, pp__fact fact, const char *text,
                          const char *note) {
    pp__known k = blank(r);
    k.text = text;
    k.note = text ? note : NULL;
    return pp__profile_put(r->p, r->place, fact, &k);
}

/* ---- dates ---- */

static int64_t year_or(double year, int64_t open) {
    return isnan(year) ? open : (int64_t)year;
}

/* The first of a city's adoptions, as of countries. */
static pp_status find_first(record *r) {
    int64_t n = r->at->adoptions.n;
    pp__interval *years = pp_arena_alloc(&r->p->scratch, n + 1, sizeof *years);
    PP_NEED(years, r->p->err);
    for (int64_t i = 0; i < n; i++) {
        int64_t row = r->at->adoptions.row[i];
        years[i].lo =
            year_or(pp__number_at(r->adoptions, "earliest_year", row), PP__OPEN_LOW);
        years[i].hi =
            year_or(pp__number_at(r->adoptions, "latest_year", row), PP__OPEN_HIGH);
    }
    if (n > 0) {
        pp__first which = pp__interval_first(years, n, r->p->options.open);
        pp__interval first = which.when;
        r->first = pp__text_at(r->adoptions, "claims", r->at->adoptions.row[which.which]);
        r->earliest = first.lo == PP__OPEN_LOW ? NAN : (double)first.lo;
        r->latest = first.hi == PP__OPEN_HIGH ? NAN : (double)first.hi;
    }
    return PP_OK;
}

static int all_ended(const record *r) {
    int64_t n = 0;
    for (int64_t i = 0; i < r->at->adoptions.n; i++) {
        n += pp__number_at(r->adoptions, "ended", r->at->adoptions.row[i]) == 1;
    }
    return n == r->at->adoptions.n;
}

static pp_status put_dates(record *r) {
    const pp_table *t = r->p->outcomes;
    const char *all = r->claims;
    if (strcmp(r->at->outcome, "adopted") != 0) {
        return PP_OK;
    }
    PP_TRY(find_first(r));
    if (r->at->outcome_row >= 0) {
        r->earliest = pp__number_at(t, "earliest_year", r->at->outcome_row);
        r->latest = pp__number_at(t, "latest_year", r->at->outcome_row);
    }
    PP_TRY(put_number(r, PP__FACT_ENDED, all_ended(r),
                      all_ended(r) ? NULL
                                   : "of some no end is on record, which does not say "
                                     "that they still run"));
    r->claims = r->first ? r->first : r->claims;
    PP_TRY(put_number(r, PP__FACT_EARLIEST, r->earliest, NULL));
    PP_TRY(put_number(r, PP__FACT_LATEST, r->latest,
                      isnan(r->earliest) ? "an upper bound only" : NULL));
    PP_TRY(put_number(r, PP__FACT_YEARS_SINCE, r->p->options.year - r->latest,
                      "since the latest year of the first adoption"));
    r->claims = all;
    return PP_OK;
}

/* ---- conflicts ---- */

static int has_word(const char *list, const char *word, size_t length) {
    while (list && *list) {
        list += strspn(list, ", ");
        size_t own = strcspn(list, ",");
        if (own == length && strncmp(list, word, length) == 0) {
            return 1;
        }
        list += own;
    }
    return 0;
}

/* Adds the words of a list with commas that are not there yet. */
static void add_words(const char *list, pp_buf *out) {
    while (list && *list) {
        list += strspn(list, ", ");
        size_t length = strcspn(list, ",");
        if (length > 0 && !has_word(out->data, list, length)) {
            pp_buf_printf(out, "%s%.*s", out->length ? ", " : "", (int)length, list);
        }
        list += length;
    }
}

static pp_status put_conflict(const record *r) {
    pp_buf kinds;
    pp_buf_init(&kinds);
    if (r->at->outcome_row >= 0) {
        add_words(pp__text_at(r->p->outcomes, "conflict", r->at->outcome_row), &kinds);
    }
    for (int64_t i = 0; i < r->at->adoptions.n; i++) {
        add_words(pp__text_at(r->adoptions, "conflict", r->at->adoptions.row[i]), &kinds);
    }
    pp_status status = pp_buf_check(&kinds, r->p->err);
    if (status == PP_OK && kinds.length > 0) {
        status =
            put_text(r, PP__FACT_CONFLICT, kinds.data, "what the claims do not agree on");
    }
    pp_buf_clear(&kinds);
    return status;
}

/* ---- vendors and platforms ---- */

static int64_t adoptions_of(const record *r, const char *vendor) {
    int64_t n = 0;
    for (int64_t i = 0; i < r->at->adoptions.n; i++) {
        const char *own = pp__text_at(r->adoptions, "vendor", r->at->adoptions.row[i]);
        n += own && strcmp(own, vendor) == 0;
    }
    return n;
}

/* By adoptions, then by claims, then in order. */
static pp_status put_largest(const record *r, const pp__tally *vendors) {
    const pp__word *best = NULL;
    int64_t most = 0;
    for (int64_t i = 0; i < vendors->n; i++) {
        int64_t n = adoptions_of(r, vendors->words[i].text);
        if (n > most) {
            best = &vendors->words[i];
            most = n;
        }
    }
    if (!best) {
        return PP_OK;
    }
    pp__known k = blank(r);
    k.text = best->text;
    k.claims = best->claims;
    k.note = pp_arena_printf(&r->p->scratch, "%lld of %lld adoptions", (long long)most,
                             (long long)r->at->adoptions.n);
    PP_NEED(k.note, r->p->err);
    return pp__profile_put(r->p, r->place, PP__FACT_LARGEST_VENDOR, &k);
}

static pp_status put_list(const record *r, pp__fact fact, const pp__tally *tally,
                          const char *note) {
    pp__known k = blank(r);
    PP_TRY(pp__tally_list(r->p, tally, ", ", &k.text));
    k.claims = tally->all;
    k.grade = tally->grade;
    k.note = k.text ? note : NULL;
    return pp__profile_put(r->p, r->place, fact, &k);
}

static pp_status put_vendors(const record *r) {
    pp__tally vendors, platforms;
    PP_TRY(pp__tally_make(r->p, &r->at->counted, "vendor", &vendors));
    PP_TRY(pp__tally_make(r->p, &r->at->counted, "platform", &platforms));
    PP_TRY(put_list(r, PP__FACT_VENDORS, &vendors, NULL));
    PP_TRY(put_list(r, PP__FACT_PLATFORMS, &platforms, NULL));
    PP_TRY(put_largest(r, &vendors));
    const pp__word *faces = pp__tally_find(&platforms, "facial_recognition");
    if (!faces) {
        return PP_OK;
    }
    pp__known k = blank(r);
    k.number = 1;
    k.claims = faces->claims;
    return pp__profile_put(r->p, r->place, PP__FACT_FACE_RECOGNITION, &k);
}

/* Claims that do not count, announcements for one, are on record all the same. */
static const char *note_none_found(record *r) {
    int64_t others = r->at->claims.n;
    return others == 0
               ? "searched, and none found by the rule; this does not say that there is "
                 "none"
               : pp_arena_printf(&r->p->scratch,
                                 "searched, and none found by the rule; %lld claim%s on "
                                 "record do%s not count by it",
                                 (long long)others, others == 1 ? "" : "s",
                                 others == 1 ? "es" : "");
}

static const char *note_outcome(record *r) {
    const char *outcome = r->at->outcome;
    return strcmp(outcome, "supplier_unknown") == 0
               ? "what follows of the record is of adoptions whose supplier is not known"
           : strcmp(outcome, "no_adoption_found") == 0 ? note_none_found(r)
           : strcmp(outcome, "not_searched") == 0      ? "nobody has searched"
                                                       : NULL;
}

pp_status pp__profile_record(pp__profiles *p, int64_t place) {
    record r = {.p = p, .place = place, .at = &p->places[place]};
    int64_t stories;
    r.of = r.at->outcome_row >= 0 ? "country" : "place";
    r.adoptions = pp__profile_adoptions(p, r.at);
    r.earliest = r.latest = NAN;
    r.grade = pp__claims_grade(p, &r.at->counted);
    PP_TRY(pp__claims_list(p, &r.at->counted, &r.claims));
    const char *note = note_outcome(&r);
    PP_NEED(note || strcmp(r.at->outcome, "adopted") == 0 ? r.at : NULL, p->err);
    PP_TRY(put_text(&r, PP__FACT_OUTCOME, r.at->outcome, note));
    PP_TRY(put_dates(&r));
    if (r.at->counted.n > 0) {
        PP_TRY(pp__claims_stories(p, &r.at->counted, &stories));
        PP_TRY(put_number(&r, PP__FACT_ADOPTIONS, (double)r.at->adoptions.n, NULL));
        PP_TRY(put_number(&r, PP__FACT_CLAIMS, (double)r.at->counted.n, NULL));
        PP_TRY(put_number(&r, PP__FACT_STORIES, (double)stories,
                          "independent ones among the claims"));
        PP_TRY(put_text(&r, PP__FACT_CONFIDENCE, r.grade, "the highest of the claims"));
    }
    PP_TRY(put_conflict(&r));
    return put_vendors(&r);
}
