#include "evidence/adoption_claims.h"

#include "base/check.h"
#include "evidence/adoption_slug.h"
#include "evidence/dates.h"

#include <pushpull/text.h>

#include <stdlib.h>
#include <string.h>

enum field {
    CLAIM_ID,
    PLACE_ID,
    PLACE,
    PLACE_KIND,
    COUNTRY,
    VENDOR,
    VENDOR_HOME,
    PLATFORM,
    STATUS,
    EARLIEST,
    LATEST,
    BUYER_LEVEL,
    PURPOSE,
    CONFIDENCE,
    SOURCE_ID,
    STORY,
    CODER,
    FIELDS
};

typedef struct field_spec {
    const char *name;
    int optional;
    const char *empty; /* what a missing cell means; NULL: it must not be missing */
} field_spec;

static const field_spec fields[FIELDS] = {
    [CLAIM_ID] = {"claim_id", 0, NULL},
    [PLACE_ID] = {"place_id", 1, ""},
    [PLACE] = {"place", 0, NULL},
    [PLACE_KIND] = {"place_kind", 0, NULL},
    [COUNTRY] = {"country", 0, NULL},
    [VENDOR] = {"vendor", 0, "unknown"},
    [VENDOR_HOME] = {"vendor_home", 0, ""},
    [PLATFORM] = {"platform", 0, NULL},
    [STATUS] = {"status", 0, NULL},
    [EARLIEST] = {"earliest", 0, ""},
    [LATEST] = {"latest", 0, ""},
    [BUYER_LEVEL] = {"buyer_level", 0, "unknown"},
    [PURPOSE] = {"stated_purpose", 1, "unknown"},
    [CONFIDENCE] = {"confidence", 0, NULL},
    [SOURCE_ID] = {"source_id", 0, ""},
    [STORY] = {"story", 1, ""},
    [CODER] = {"coder", 1, ""},
};

static pp_status find_fields(const pp_table *table, const pp_column *found[FIELDS],
                             pp_error *err) {
    for (int f = 0; f < FIELDS; f++) {
        found[f] = pp_table_find(table, fields[f].name);
        if (!found[f] && !fields[f].optional) {
            pp_column *column;
            PP_TRY(pp_table_require(table, fields[f].name, &column, err));
        }
        if (found[f] && found[f]->type == PP_NUMBER) {
            pp_error_set(err, PP_E_INPUT,
                         "a column of the claims holds numbers, not text");
            pp_error_locate(err, NULL, 0, fields[f].name, NULL);
            pp_error_hint(err, "read the claims with every column as text");
            return PP_E_INPUT;
        }
    }
    return PP_OK;
}

typedef struct row_reader {
    const pp_column *column[FIELDS];
    const char *text[FIELDS];
    int64_t row;
    pp_arena *arena;
} row_reader;

/* Adds to an error of this row where it is. */
static pp_status at_row(const row_reader *r, enum field f, pp_status status,
                        pp_error *err) {
    if (status != PP_OK) {
        pp_error_locate(err, NULL, r->row + 1, fields[f].name, NULL);
    }
    return status;
}

static pp_status read_texts(row_reader *r, pp_error *err) {
    for (int f = 0; f < FIELDS; f++) {
        const char *text = r->column[f] ? pp_column_get_text(r->column[f], r->row) : NULL;
        r->text[f] = text && *text ? text : fields[f].empty;
        if (!r->text[f]) {
            pp_error_set(err, PP_E_INPUT, "a claim has an empty %s", fields[f].name);
            return at_row(r, (enum field)f, PP_E_INPUT, err);
        }
    }
    return PP_OK;
}

static pp_status read_word(const row_reader *r, enum field f, const pp__words *words,
                           int *out, pp_error *err) {
    return at_row(r, f, pp__word_parse(words, r->text[f], PP_E_INPUT, out, err), err);
}

static pp_status read_words(const row_reader *r, pp__claim *c, pp_error *err) {
    int platform, status, confidence;
    PP_TRY(read_word(r, PLATFORM, &pp__platform_words, &platform, err));
    PP_TRY(read_word(r, STATUS, &pp__status_words, &status, err));
    PP_TRY(read_word(r, CONFIDENCE, &pp__confidence_words, &confidence, err));
    c->platform = (pp__platform)platform;
    c->family = pp__platform_family(c->platform);
    c->status = (pp__claim_status)status;
    c->group = pp__status_group(c->status);
    c->confidence = (pp__confidence)confidence;
    return PP_OK;
}

static pp_status read_dates(const row_reader *r, pp__claim *c, pp_error *err) {
    pp__date date;
    c->when = (pp__interval){PP__OPEN_LOW, PP__OPEN_HIGH};
    if (*r->text[EARLIEST]) {
        PP_TRY(at_row(r, EARLIEST, pp__date_parse(r->text[EARLIEST], &date, err), err));
        c->when.lo = pp__date_first_day(date);
    }
    if (*r->text[LATEST]) {
        PP_TRY(at_row(r, LATEST, pp__date_parse(r->text[LATEST], &date, err), err));
        c->when.hi = pp__date_last_day(date);
    }
    if (pp__interval_is_empty(c->when)) {
        pp_error_set(err, PP_E_INPUT,
                     "the earliest date of claim %s is after its latest, %s", c->id,
                     r->text[LATEST]);
        pp_error_locate(err, NULL, r->row + 1, fields[EARLIEST].name, r->text[EARLIEST]);
        return PP_E_INPUT;
    }
    return PP_OK;
}

static pp_status read_place(const row_reader *r, pp__claim *c, pp_error *err) {
    c->place = r->text[PLACE];
    c->place_kind = r->text[PLACE_KIND];
    c->country = r->text[COUNTRY];
    c->place_id = *r->text[PLACE_ID] ? r->text[PLACE_ID] : NULL;
    c->place_key = c->place_id;
    if (strcmp(c->place_kind, "country") == 0) {
        c->place_key = c->country;
        c->place_slug = "country";
        return PP_OK;
    }
    char *slug = pp__slug(r->arena, c->place);
    PP_NEED(slug, err);
    if (!c->place_key) {
        c->place_key =
            pp_arena_printf(r->arena, "%s/%s/%s", c->country, c->place_kind, slug);
        PP_NEED(c->place_key, err);
    }
    c->place_slug = strcmp(c->place_kind, "region") == 0
                        ? pp_arena_printf(r->arena, "%s-region", slug)
                        : slug;
    PP_NEED(c->place_slug, err);
    return PP_OK;
}

static pp_status read_row(row_reader *r, pp__claim *c, pp_error *err) {
    PP_TRY(read_texts(r, err));
    c->id = r->text[CLAIM_ID];
    c->vendor = r->text[VENDOR];
    c->home = strcmp(r->text[VENDOR_HOME], "unknown") == 0 ? "" : r->text[VENDOR_HOME];
    c->buyer_level = r->text[BUYER_LEVEL];
    c->purpose = r->text[PURPOSE];
    c->coder = r->text[CODER];
    c->story = *r->text[STORY] ? r->text[STORY] : r->text[SOURCE_ID];
    PP_TRY(read_place(r, c, err));
    PP_TRY(read_words(r, c, err));
    return read_dates(r, c, err);
}

pp__reading pp__claim_reading(const pp__claim *claim) {
    pp__reading reading = {claim->when, claim->confidence == PP__HIGH};
    if (claim->status == PP__EXPANDED) {
        reading.when.lo = PP__OPEN_LOW;
    }
    return reading;
}

static int by_id(const void *a, const void *b) {
    return strcmp(((const pp__claim *)a)->id, ((const pp__claim *)b)->id);
}

pp_status pp__claims_read(const pp_table *table, pp_arena *arena, pp__claims *out,
                          pp_error *err) {
    row_reader r = {.arena = arena};
    PP_TRY(find_fields(table, r.column, err));
    pp__claims claims = {NULL, pp_table_rows(table)};
    claims.rows = pp_arena_zalloc(arena, claims.n, sizeof *claims.rows);
    PP_NEED(claims.rows, err);
    for (r.row = 0; r.row < claims.n; r.row++) {
        PP_TRY(read_row(&r, &claims.rows[r.row], err));
    }
    qsort(claims.rows, (size_t)claims.n, sizeof *claims.rows, by_id);
    for (int64_t i = 1; i < claims.n; i++) {
        if (strcmp(claims.rows[i - 1].id, claims.rows[i].id) == 0) {
            pp_error_set(err, PP_E_INPUT, "two claims have the same id");
            pp_error_locate(err, NULL, 0, fields[CLAIM_ID].name, claims.rows[i].id);
            return PP_E_INPUT;
        }
    }
    PP_TRY(pp__slugs_settle(claims.rows, claims.n, arena, err));
    *out = claims;
    return PP_OK;
}
