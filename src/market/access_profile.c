/* The parts of a place's exposure, each with the rows that it rests on. */
#include "market/access_places.h"

#include "base/check.h"
#include "evidence/rows.h"
#include "market/records.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

double pp__access_middle(pp__bounds bounds) {
    return (bounds.low + bounds.high) / 2;
}

int pp__access_counts(const pp__access *a, const pp__access_place *place,
                      const char *home) {
    if (!home) {
        return 1;
    }
    return strcmp(home, place->country) != 0 && (!a->home || strcmp(home, a->home) == 0);
}

/* ---- one row ---- */

/* What a rule found among some claims. */
typedef struct match {
    int n, firm;      /* claims; those of adoptions that are not doubtful */
    int grade;        /* the highest of their grades, of firm ones where there are some */
    pp_buf claims;    /* ids */
    const char *note; /* of the first in which a word was found */
} match;

typedef struct profile_row {
    pp__access_part part;
    const char *party, *home, *relation, *standing, *source, *note;
    pp__bounds bounds;
    int known;
    int64_t line; /* of the rule; 0: none */
    const match *match;
} profile_row;

static const pp__column_spec columns[] = {{"place_id", "Place", PP_TEXT, 0},
                                          {"name", "Name", PP_TEXT, 0},
                                          {"kind", "Kind", PP_TEXT, 0},
                                          {"country", "Country", PP_TEXT, 0},
                                          {"dimension", "Part", PP_TEXT, 0},
                                          {"party", "Party", PP_TEXT, 0},
                                          {"home", "Home", PP_TEXT, 0},
                                          {"relation", "Relation", PP_TEXT, 0},
                                          {"standing", "Standing", PP_TEXT, 0},
                                          {"low", "At least", 0, 0},
                                          {"high", "At most", 0, 0},
                                          {"grade", "Grade", PP_TEXT, 0},
                                          {"known", "Known", 0, PP_SHOW_FLAG},
                                          {"rule", "Rule", PP_TEXT, 0},
                                          {"claims", "Claims", PP_TEXT, 0},
                                          {"note", "Note", PP_TEXT, 0},
                                          {"source", "Source", PP_TEXT, 0}};

pp_status pp__access_begin(pp_result *out, pp_table **profiles, pp_error *err) {
    return pp__rows_start(out, "access_profiles", "What each part rests on", columns,
                          sizeof columns / sizeof *columns, profiles, err);
}

static const char *note_of(const profile_row *row) {
    const match *m = row->match;
    if (m && m->n > 0 && m->firm == 0) {
        return "an end is on record, and later claims still name it";
    }
    return m ? m->note : row->note;
}

static pp_status put_row(const pp__access *a, const pp__access_place *place,
                         const profile_row *row, pp_table *table, pp_error *err) {
    char rule[400] = "";
    const match *m = row->match;
    if (!table) {
        return PP_OK;
    }
    if (row->line) {
        const char *slash = strrchr(a->rules->file, '/');
        snprintf(rule, sizeof rule, "%s:%lld", slash ? slash + 1 : a->rules->file,
                 (long long)row->line);
    }
    if (m) {
        PP_TRY(pp_buf_check(&m->claims, err));
    }
    const pp__cell cells[] = {PP__TEXT_CELL(place->id),
                              PP__TEXT_CELL(place->name),
                              PP__TEXT_CELL(place->kind),
                              PP__TEXT_CELL(place->country),
                              PP__TEXT_CELL(pp__access_part_names[row->part]),
                              PP__TEXT_CELL(row->party),
                              PP__TEXT_CELL(row->home),
                              PP__TEXT_CELL(row->relation),
                              PP__TEXT_CELL(row->standing),
                              PP__NUMBER_CELL(row->bounds.low),
                              PP__NUMBER_CELL(row->bounds.high),
                              PP__TEXT_CELL(m && m->n ? pp__grade_names[m->grade] : NULL),
                              PP__NUMBER_CELL(row->known),
                              PP__TEXT_CELL(*rule ? rule : NULL),
                              PP__TEXT_CELL(m && m->n ? m->claims.data : NULL),
                              PP__TEXT_CELL(note_of(row)),
                              PP__TEXT_CELL(row->source)};
    return pp__rows_add_cells(table, cells, err);
}

static void widen(pp__bounds *part, pp__bounds by) {
    part->low = fmax(part->low, by.low);
    part->high = fmax(part->high, by.high);
}

/* ---- runs of what is said: of one party, of one home ---- */

typedef struct run {
    const pp__said *said;
    int64_t n;
} run;

static int is_same(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* From position `*at`, which it moves, all of one home and (by_vendor) one vendor. */
static run next_run(const run *all, int64_t *at, int by_vendor) {
    run r = {all->said + *at, 0};
    while (*at < all->n && is_same(all->said[*at].home, r.said->home) &&
           (!by_vendor || is_same(all->said[*at].vendor, r.said->vendor))) {
        r.n++;
        ++*at;
    }
    return r;
}

static void add_match(match *m, const pp__said *said, int grade, int by_word) {
    pp_buf_printf(&m->claims, "%s%s", m->n ? " " : "", said->claim);
    int is_first = said->doubtful ? m->n == 0 : m->firm == 0;
    if (is_first || (grade > m->grade && !(said->doubtful && m->firm > 0))) {
        m->grade = grade;
    }
    m->firm += !said->doubtful;
    m->note = by_word && !m->note ? said->note : m->note;
    m->n++;
}

/* ---- who ---- */

static int is_listed(const char *const *list, const char *word) {
    for (; list && *list; list++) {
        if (word && strcmp(*list, word) == 0) {
            return 1;
        }
    }
    return list == NULL;
}

static void match_relation(const pp__access *a, const pp__relation *relation,
                           const run *claims, match *out) {
    int64_t position = relation - a->rules->relations;
    for (int64_t i = 0; i < claims->n; i++) {
        const pp__said *s = &claims->said[i];
        int grade = s->grade < relation->grade ? s->grade : relation->grade;
        if (is_listed(relation->statuses, s->status) &&
            is_listed(relation->financing, s->financing) &&
            is_listed(relation->platforms, s->platform) &&
            (!relation->words || s->spoken[position])) {
            add_match(out, s, grade, relation->words != NULL);
        }
    }
}

/* A relation of one party: what claims speak of sets the lower bound, and the upper is open. */
static pp_status put_relation(pp__access *a, pp__access_place *place,
                              const pp__relation *relation, const run *claims,
                              pp_table *table, pp_error *err) {
    const char *home = claims->said->home, *vendor = claims->said->vendor;
    match m = {0};
    pp_buf_init(&m.claims);
    match_relation(a, relation, claims, &m);
    double low = m.firm && home ? relation->reach.low * a->rules->grades[m.grade] : 0;
    profile_row row = {.part = PP__WHO,
                       .party = relation->is_financier ? home : vendor,
                       .home = home,
                       .relation = relation->name,
                       .bounds = {low, relation->reach.high},
                       .known = m.n > 0,
                       .line = relation->line,
                       .match = &m};
    row.party = row.party ? row.party : "unknown";
    widen(&place->part[PP__WHO], row.bounds);
    pp_status status = put_row(a, place, &row, table, err);
    pp_buf_clear(&m.claims);
    return status;
}

/* The relations of vendors for each vendor, those of financiers for each home. */
static pp_status put_who(pp__access *a, pp__access_place *place, const run *all,
                         int financiers, pp_table *table, pp_error *err) {
    for (int64_t at = 0; at < all->n;) {
        run party = next_run(all, &at, !financiers);
        for (int k = 0; k < a->rules->n_relations; k++) {
            const pp__relation *relation = &a->rules->relations[k];
            if (relation->is_financier == financiers &&
                pp__access_counts(a, place, party.said->home)) {
                PP_TRY(put_relation(a, place, relation, &party, table, err));
            }
        }
    }
    return PP_OK;
}

/* ---- the law of the vendor's home ---- */

static const pp__obligation *obligation_of(const pp__access *a, const char *home) {
    for (int k = 0; home && k < a->rules->n_obligations; k++) {
        if (strcmp(a->rules->obligations[k].home, home) == 0) {
            return &a->rules->obligations[k];
        }
    }
    return NULL;
}

static int64_t law_row(const pp__access *a, const pp__obligation *o) {
    const pp_table *laws = a->in->laws;
    for (int64_t i = 0; laws && i < pp_table_rows(laws); i++) {
        if (is_same(pp__market_text(laws, "instrument", i), o->instrument) &&
            is_same(pp__market_text(laws, "country", i), o->home)) {
            return i;
        }
    }
    return -1;
}

static pp_status put_home_law(pp__access *a, pp__access_place *place, const run *claims,
                              pp_table *table, pp_error *err) {
    const char *home = claims->said->home;
    const pp__obligation *o = obligation_of(a, home ? home : a->home);
    char law[PP_ERROR_VALUE] = "";
    match m = {0};
    pp_buf_init(&m.claims);
    for (int64_t i = 0; i < claims->n; i++) {
        add_match(&m, &claims->said[i], claims->said[i].grade, 0);
    }
    profile_row row = {.part = PP__HOME_LAW,
                       .home = home,
                       .relation = "not_known",
                       .bounds = {0, o ? o->obliges.high : 1},
                       .known = o && home,
                       .line = o ? o->line : 0,
                       .match = &m};
    if (o && home) {
        int64_t at = law_row(a, o);
        row.bounds.low = m.firm ? o->obliges.low * a->rules->grades[m.grade] : 0;
        snprintf(law, sizeof law, "%s, article %s", o->instrument, o->article);
        row.relation = law;
        row.standing = at < 0 ? NULL : pp__market_text(a->in->laws, "standing", at);
        row.source = at < 0 ? NULL : pp__market_text(a->in->laws, "source", at);
    }
    widen(&place->part[PP__HOME_LAW], row.bounds);
    pp_status status = put_row(a, place, &row, table, err);
    pp_buf_clear(&m.claims);
    return status;
}

/* ---- the place's own law ---- */

static pp_status put_own_law(pp__access *a, pp__access_place *place, pp_table *table,
                             pp_error *err) {
    const pp_table *t = a->in->protection;
    int64_t at = pp__market_row(t, "country", place->country);
    const char *standing = at < 0 ? NULL : pp__market_text(t, "standing", at);
    const char *law = at < 0 ? NULL : pp__market_text(t, "law", at);
    const char *status = at < 0 ? NULL : pp__market_text(t, "status", at);
    const pp__judged *judged =
        pp__judged_find(a->rules->standings, a->rules->n_standings, standing);
    const pp__judged *enforced =
        pp__judged_find(a->rules->enforcements, a->rules->n_enforcements,
                        at < 0 ? NULL : pp__market_text(t, "enforcement", at));
    int known = standing && strcmp(standing, "not_known") != 0;
    profile_row row = {.part = PP__OWN_LAW,
                       .home = place->country,
                       .relation = law ? law : "not_known",
                       .standing = standing ? standing : "not_known",
                       .bounds = judged ? judged->bounds : (pp__bounds){0, 1},
                       .known = known && judged,
                       .line = judged ? judged->line : 0,
                       .source = at < 0 ? NULL : pp__market_text(t, "source", at),
                       .note = status && strcmp(status, "unverified") == 0
                                   ? "by rows of the registry that are unverified"
                                   : NULL};
    a->unknown_standing += known && !judged;
    if (known && enforced) {
        double width = row.bounds.high - row.bounds.low;
        row.bounds.high = row.bounds.low + width * enforced->bounds.high;
        row.bounds.low += width * enforced->bounds.low;
    }
    place->part[PP__OWN_LAW] = row.bounds;
    return put_row(a, place, &row, table, err);
}

/* ---- which data ---- */

/* What one claim says of a kind; 1: it says something. */
static int says_of_kind(const pp__access *a, int k, const pp__said *s, pp__bounds *out,
                        int *grade) {
    const pp__data_kind *kind = &a->rules->kinds[k];
    const pp__judged *platform =
        pp__judged_find(kind->platforms, kind->n_platforms, s->platform);
    int spoken = s->spoken[a->rules->n_relations + k];
    *out = platform ? platform->bounds : (pp__bounds){0, 1};
    *grade = s->grade;
    if (spoken && a->rules->grades[0] > out->low * a->rules->grades[s->grade]) {
        *out = (pp__bounds){1, 1};
        *grade = 0;
    }
    return platform || spoken;
}

static pp_status put_kind(pp__access *a, pp__access_place *place, const run *all, int k,
                          pp_table *table, pp_error *err) {
    const pp__data_kind *kind = &a->rules->kinds[k];
    match m = {0};
    pp_buf_init(&m.claims);
    profile_row row = {
        .part = PP__DATA, .relation = kind->name, .line = kind->line, .match = &m};
    for (int64_t i = 0; i < all->n; i++) {
        const pp__said *s = &all->said[i];
        pp__bounds bounds;
        int grade;
        if (!pp__access_counts(a, place, s->home)) {
            continue;
        }
        if (says_of_kind(a, k, s, &bounds, &grade)) {
            add_match(&m, s, grade, s->spoken[a->rules->n_relations + k]);
        }
        bounds.low = s->home && !s->doubtful ? bounds.low * a->rules->grades[grade] : 0;
        widen(&row.bounds, bounds);
    }
    row.known = m.n > 0;
    place->part[PP__DATA].low += kind->weight * row.bounds.low;
    place->part[PP__DATA].high += kind->weight * row.bounds.high;
    pp_status status = put_row(a, place, &row, table, err);
    pp_buf_clear(&m.claims);
    return status;
}

/* ---- the place ---- */

static void count_parties(const pp__access *a, pp__access_place *place, const run *all) {
    for (int64_t at = 0; at < all->n;) {
        run party = next_run(all, &at, 1);
        int counts = pp__access_counts(a, place, party.said->home);
        place->is_listed |= counts;
        place->parties += counts && party.said->home;
    }
}

pp_status pp__access_profile(pp__access *a, pp__access_place *place, pp_table *profiles,
                             pp_error *err) {
    const run all = {a->said + place->first, place->n};
    count_parties(a, place, &all);
    if (!place->is_listed) {
        return PP_OK;
    }
    a->unknown_home += place->parties == 0;
    PP_TRY(put_who(a, place, &all, 0, profiles, err));
    PP_TRY(put_who(a, place, &all, 1, profiles, err));
    for (int64_t at = 0; at < all.n;) {
        run home = next_run(&all, &at, 0);
        if (pp__access_counts(a, place, home.said->home)) {
            PP_TRY(put_home_law(a, place, &home, profiles, err));
        }
    }
    PP_TRY(put_own_law(a, place, profiles, err));
    for (int k = 0; k < a->rules->n_kinds; k++) {
        PP_TRY(put_kind(a, place, &all, k, profiles, err));
    }
    return PP_OK;
}
