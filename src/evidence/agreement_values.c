#include "evidence/agreement_values.h"

#include "base/check.h"
#include "evidence/dates.h"

#include <stdlib.h>
#include <string.h>

/* A word that says nothing is missing: a source that is silent does not disagree. */
static pp__value known(const char *word) {
    pp__value value = {*word && strcmp(word, "unknown") != 0 ? word : NULL, 0};
    return value;
}

static pp__value read_vendor(const pp__claim *c) {
    return known(c->vendor);
}

static pp__value read_home(const pp__claim *c) {
    return known(c->home);
}

static pp__value read_platform(const pp__claim *c) {
    return (pp__value){pp__platform_words.words[c->platform], 0};
}

static pp__value read_family(const pp__claim *c) {
    return (pp__value){pp__family_name(c->family), 0};
}

static pp__value read_status(const pp__claim *c) {
    return (pp__value){pp__status_words.words[c->status], 0};
}

static pp__value read_status_group(const pp__claim *c) {
    return (pp__value){pp__agreement_status(c), 0};
}

static pp__value read_buyer(const pp__claim *c) {
    return known(c->buyer_level);
}

static pp__value read_purpose(const pp__claim *c) {
    return known(c->purpose);
}

static pp__value read_confidence(const pp__claim *c) {
    return (pp__value){pp__confidence_words.words[c->confidence], (double)c->confidence};
}

static int same_value(pp__value a, pp__value b) {
    return strcmp(a.text, b.text) == 0;
}

static pp__value most_common(pp__reads *read, const pp__claim *const *claims, int64_t n) {
    pp__value best = {NULL, 0};
    int64_t best_count = 0;
    int best_confidence = -1;
    for (int64_t i = 0; i < n; i++) {
        pp__value value = read(claims[i]);
        int64_t count = 0;
        int confidence = -1;
        for (int64_t j = 0; value.text && j < n; j++) {
            pp__value other = read(claims[j]);
            if (other.text && same_value(value, other)) {
                count++;
                int c = (int)claims[j]->confidence;
                confidence = c > confidence ? c : confidence;
            }
        }
        int better = count != best_count ? count > best_count
                     : confidence != best_confidence
                         ? confidence > best_confidence
                         : value.text && best.text && strcmp(value.text, best.text) < 0;
        if (better) {
            best = value;
            best_count = count;
            best_confidence = confidence;
        }
    }
    return best;
}

static pp__interval interval_of(const pp__claim *const *claims, int64_t n,
                                pp__reading *readings) {
    int conflict;
    for (int64_t i = 0; i < n; i++) {
        readings[i] = pp__claim_reading(claims[i]);
    }
    return pp__interval_combine(readings, n, &conflict);
}

static pp_status year_value(pp__interval when, int latest, pp_arena *arena,
                            pp__value *out, pp_error *err) {
    int64_t day = latest ? when.hi : when.lo;
    *out = (pp__value){NULL, 0};
    if (day != PP__OPEN_LOW && day != PP__OPEN_HIGH) {
        int year = pp__day_year(day);
        *out = (pp__value){pp_arena_printf(arena, "%d", year), year};
        PP_NEED(out->text, err);
    }
    return PP_OK;
}

static int64_t most_claims(const pp__units *units) {
    int64_t most = 1;
    for (int64_t i = 0; i < units->n; i++) {
        for (int c = 0; c < 2; c++) {
            most = units->rows[i].n[c] > most ? units->rows[i].n[c] : most;
        }
    }
    return most;
}

static int by_value(const void *a, const void *b) {
    const pp__value *x = a, *y = b;
    if (x->number != y->number) {
        return x->number < y->number ? -1 : 1;
    }
    return strcmp(x->text, y->text);
}

/* Gives each different value a code, in order of number and text. */
static pp_status make_codes(pp__coded *coded, pp_arena *arena, pp_error *err) {
    int64_t cells = 2 * coded->ratings.units, n = 0;
    int32_t *codes = pp_arena_alloc(arena, cells, sizeof *codes);
    pp__value *distinct = pp_arena_alloc(arena, cells, sizeof *distinct);
    double *numbers = pp_arena_alloc(arena, cells, sizeof *numbers);
    PP_NEED(codes && distinct && numbers, err);
    for (int64_t i = 0; i < cells; i++) {
        if (coded->values[i].text) {
            distinct[n++] = coded->values[i];
        }
    }
    if (n > 1) {
        qsort(distinct, (size_t)n, sizeof *distinct, by_value);
    }
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (kept == 0 || by_value(&distinct[kept - 1], &distinct[i]) != 0) {
            numbers[kept] = distinct[i].number;
            distinct[kept++] = distinct[i];
        }
    }
    for (int64_t i = 0; i < cells; i++) {
        codes[i] = -1;
        if (coded->values[i].text) {
            const pp__value *found = bsearch(&coded->values[i], distinct, (size_t)kept,
                                             sizeof *distinct, by_value);
            codes[i] = (int32_t)(found - distinct);
        }
    }
    coded->ratings.codes = codes;
    coded->ratings.values = numbers;
    coded->ratings.n_values = (int32_t)kept;
    return PP_OK;
}

/* Room for the units that `both` coders have, or for all. */
static pp_status start(const pp__units *units, int both, pp_arena *arena, pp__coded *out,
                       pp_error *err) {
    *out = (pp__coded){.ratings = {.coders = 2}};
    out->units = pp_arena_alloc(arena, units->n, sizeof *out->units);
    PP_NEED(out->units, err);
    for (int64_t i = 0; i < units->n; i++) {
        if (!both || (units->rows[i].n[0] && units->rows[i].n[1])) {
            out->units[out->ratings.units++] = &units->rows[i];
        }
    }
    out->values = pp_arena_zalloc(arena, 2 * out->ratings.units, sizeof *out->values);
    PP_NEED(out->values, err);
    return PP_OK;
}

pp_status pp__code_variable(const pp__variable *variable, const pp__units *units,
                            pp_arena *arena, pp__coded *out, pp_error *err) {
    PP_TRY(start(units, 1, arena, out, err));
    pp__reading *readings = pp_arena_alloc(arena, most_claims(units), sizeof *readings);
    PP_NEED(readings, err);
    int64_t n = out->ratings.units;
    for (int64_t cell = 0; cell < 2 * n; cell++) {
        const pp__unit *unit = out->units[cell % n];
        int coder = cell >= n;
        if (variable->read) {
            out->values[cell] =
                most_common(variable->read, unit->claims[coder], unit->n[coder]);
        } else {
            pp__interval when =
                interval_of(unit->claims[coder], unit->n[coder], readings);
            PP_TRY(year_value(when, variable->latest, arena, &out->values[cell], err));
        }
    }
    return make_codes(out, arena, err);
}

pp_status pp__code_found(const pp__units *units, pp_arena *arena, pp__coded *out,
                         pp_error *err) {
    static const pp__value found = {"found", 0}, not_found = {"not found", 1};
    PP_TRY(start(units, 0, arena, out, err));
    int64_t n = out->ratings.units;
    for (int64_t i = 0; i < n; i++) {
        out->values[i] = out->units[i]->n[0] ? found : not_found;
        out->values[n + i] = out->units[i]->n[1] ? found : not_found;
    }
    return make_codes(out, arena, err);
}

pp_status pp__code_meeting(const pp__units *units, pp_arena *arena, pp__coded *out,
                           pp_error *err) {
    static const pp__value meets = {"meets", 0}, apart = {"apart", 1};
    PP_TRY(start(units, 1, arena, out, err));
    pp__reading *readings = pp_arena_alloc(arena, most_claims(units), sizeof *readings);
    PP_NEED(readings, err);
    int64_t n = out->ratings.units;
    for (int64_t i = 0; i < n; i++) {
        const pp__unit *unit = out->units[i];
        pp__interval a = interval_of(unit->claims[0], unit->n[0], readings);
        pp__interval b = interval_of(unit->claims[1], unit->n[1], readings);
        out->values[i] = meets;
        out->values[n + i] =
            pp__interval_is_empty(pp__interval_meet(a, b)) ? apart : meets;
    }
    return make_codes(out, arena, err);
}

static const pp__claim *claim_of(const pp__unit *unit) {
    return unit->n[0] ? unit->claims[0][0] : unit->claims[1][0];
}

static int same_place(const pp__unit *a, const pp__unit *b) {
    const pp__claim *x = claim_of(a), *y = claim_of(b);
    return strcmp(x->country, y->country) == 0 &&
           strcmp(x->place_slug, y->place_slug) == 0;
}

pp_status pp__code_grid(const pp__units *units, pp_arena *arena, pp__coded *out,
                        pp_error *err) {
    int64_t column[PP__PLATFORMS][PP__AGREEMENT_STATUSES];
    int has_family[PP__PLATFORMS] = {0}, has_status[PP__AGREEMENT_STATUSES] = {0};
    int64_t places = 0;
    for (int64_t i = 0; i < units->n; i++) {
        const pp__claim *c = claim_of(&units->rows[i]);
        has_family[c->family] = has_status[pp__agreement_status_number(c)] = 1;
        places += i == 0 || !same_place(&units->rows[i - 1], &units->rows[i]);
    }
    int64_t width = 0;
    for (int f = 0; f < PP__PLATFORMS; f++) {
        for (int s = 0; s < PP__AGREEMENT_STATUSES; s++) {
            column[f][s] = width;
            width += has_family[f] && has_status[s];
        }
    }
    int64_t n = places * width, place = -1;
    int32_t *codes = pp_arena_zalloc(arena, 2 * n, sizeof *codes);
    PP_NEED(codes, err);
    for (int64_t i = 0; i < units->n; i++) {
        const pp__unit *unit = &units->rows[i];
        const pp__claim *c = claim_of(unit);
        place += i == 0 || !same_place(&units->rows[i - 1], unit);
        int64_t cell = place * width + column[c->family][pp__agreement_status_number(c)];
        codes[cell] = unit->n[0] > 0;
        codes[n + cell] = unit->n[1] > 0;
    }
    *out =
        (pp__coded){.ratings = {.codes = codes, .units = n, .coders = 2, .n_values = 2}};
    return PP_OK;
}

const pp__variable pp__variables[] = {
    {"vendor_home", PP__BY_FAMILY_AND_STATUS, PP__NOMINAL, read_home, 0},
    {"vendor", PP__BY_FAMILY_AND_STATUS, PP__NOMINAL, read_vendor, 0},
    {"platform", PP__BY_STATUS, PP__NOMINAL, read_platform, 0},
    {"platform_family", PP__BY_STATUS, PP__NOMINAL, read_family, 0},
    {"status", PP__BY_FAMILY, PP__NOMINAL, read_status, 0},
    {"status_group", PP__BY_FAMILY, PP__NOMINAL, read_status_group, 0},
    {"buyer_level", PP__BY_FAMILY_AND_STATUS, PP__NOMINAL, read_buyer, 0},
    {"stated_purpose", PP__BY_FAMILY_AND_STATUS, PP__NOMINAL, read_purpose, 0},
    {"confidence", PP__BY_FAMILY_AND_STATUS, PP__ORDINAL, read_confidence, 0},
    {"earliest_year", PP__BY_FAMILY_AND_STATUS, PP__INTERVAL, NULL, 0},
    {"latest_year", PP__BY_FAMILY_AND_STATUS, PP__INTERVAL, NULL, 1},
};
const int pp__n_variables = sizeof pp__variables / sizeof pp__variables[0];
