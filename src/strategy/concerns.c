#include "strategy/concerns.h"

#include "base/check.h"
#include "strategy/standing.h"

#include <string.h>

static pp_status add(pp__concerns *c, const char *country, const char *word,
                     pp_error *err) {
    int i = 0;
    while (i < c->n && strcmp(c->words[i], word) != 0) {
        i++;
    }
    if (i == PP__MOST_CONCERNS) {
        PP_FAIL(err, PP_E_INPUT, "there are more than %d platforms and purposes",
                PP__MOST_CONCERNS);
    }
    if (i == c->n) {
        c->words[c->n++] = word;
    }
    int64_t *bits = pp__map_at(&c->countries, country, 0);
    PP_NEED(bits, err);
    *bits = (int64_t)((uint64_t)*bits | UINT64_C(1) << i);
    return PP_OK;
}

/* A purpose that no source states is none. */
static int says_something(const char *purpose) {
    return purpose && strcmp(purpose, "unknown") != 0 && strcmp(purpose, "other") != 0;
}

static pp_status add_purposes(pp__concerns *c, const pp__map *rows,
                              const pp_column *purpose, const char *country,
                              const char *ids, pp_error *err) {
    char id[64];
    while (ids && *ids) {
        size_t n = strcspn(ids, " ");
        if (n < sizeof id) {
            memcpy(id, ids, n);
            id[n] = '\0';
            int64_t row = pp__map_get(rows, id, -1);
            const char *word = row < 0 ? NULL : pp_column_get_text(purpose, row);
            PP_TRY(says_something(word) ? add(c, country, word, err) : PP_OK);
        }
        ids += n + strspn(ids + n, " ");
    }
    return PP_OK;
}

static pp_status index_claims(const pp_table *claims, pp__map *rows, pp_error *err) {
    pp_column *id;
    PP_TRY(pp_table_require(claims, "claim_id", &id, err));
    for (int64_t i = 0; i < pp_table_rows(claims); i++) {
        const char *text = pp_column_get_text(id, i);
        if (text) {
            PP_NEED(pp__map_at(rows, text, i), err);
        }
    }
    return PP_OK;
}

static pp_status add_adoptions(pp__concerns *c, const pp_table *adoptions,
                               const pp__map *rows, const pp_column *purpose,
                               pp_error *err) {
    pp_column *country, *family, *ids;
    PP_TRY(pp_table_require(adoptions, "country", &country, err));
    PP_TRY(pp_table_require(adoptions, "family", &family, err));
    PP_TRY(pp_table_require(adoptions, "claims", &ids, err));
    for (int64_t i = 0; i < pp_table_rows(adoptions); i++) {
        const char *where = pp_column_get_text(country, i);
        const char *what = pp_column_get_text(family, i);
        if (where && what && strcmp(what, "unspecified") != 0) {
            PP_TRY(add(c, where, what, err));
        }
        if (where && purpose) {
            PP_TRY(
                add_purposes(c, rows, purpose, where, pp_column_get_text(ids, i), err));
        }
    }
    return PP_OK;
}

static pp_status add_outcomes(pp__concerns *c, const pp_table *outcomes, pp_error *err) {
    pp_column *country, *outcome;
    PP_TRY(pp_table_require(outcomes, "country", &country, err));
    PP_TRY(pp_table_require(outcomes, "outcome", &outcome, err));
    c->outcome = outcome;
    for (int64_t i = 0; i < pp_table_rows(outcomes); i++) {
        const char *code = pp_column_get_text(country, i);
        if (code) {
            PP_NEED(pp__map_at(&c->outcomes, code, i), err);
        }
    }
    return PP_OK;
}

pp_status pp__concerns_read(const pp_result *adoption, const pp_table *claims,
                            pp__concerns *out, pp_error *err) {
    const pp_table *adoptions, *outcomes;
    const pp_column *purpose = claims ? pp_table_find(claims, "stated_purpose") : NULL;
    pp__map rows = {0};
    *out = (pp__concerns){0};
    PP_TRY(pp__adoption_table(adoption, "adoptions", &adoptions, err));
    PP_TRY(pp__adoption_table(adoption, "outcomes", &outcomes, err));
    PP_TRY(add_outcomes(out, outcomes, err));
    pp_status status = purpose ? index_claims(claims, &rows, err) : PP_OK;
    if (status == PP_OK) {
        status = add_adoptions(out, adoptions, &rows, purpose, err);
    }
    pp__map_clear(&rows);
    return status;
}

void pp__concerns_clear(pp__concerns *concerns) {
    pp__map_clear(&concerns->countries);
    pp__map_clear(&concerns->outcomes);
}

uint64_t pp__concerns_of(const pp__concerns *concerns, const char *country) {
    return (uint64_t)pp__map_get(&concerns->countries, country, 0);
}

const char *pp__concerns_outcome(const pp__concerns *concerns, const char *country) {
    int64_t row = pp__map_get(&concerns->outcomes, country, -1);
    return row < 0 ? NULL : pp_column_get_text(concerns->outcome, row);
}
