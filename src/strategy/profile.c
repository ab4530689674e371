/* Profiles: what is known of each place. */
#include "base/check.h"
#include "strategy/profile_driving.h"

#include <math.h>
#include <string.h>

static pp_status need_table(const pp_result *result, const char *name,
                            const pp_table **out, pp_error *err) {
    *out = result ? pp_result_find(result, name) : NULL;
    if (!*out) {
        pp_error_set(err, PP_E_NOT_FOUND, "the adoptions have no table '%s'", name);
        pp_error_hint(err, "derive them from claims by a rule");
        return PP_E_NOT_FOUND;
    }
    return PP_OK;
}

static pp_status need_columns(const pp_table *table, const char *const *names,
                              pp_error *err) {
    pp_column *column;
    for (; *names; names++) {
        PP_TRY(pp_table_require(table, *names, &column, err));
    }
    return PP_OK;
}

static pp_status check_inputs(pp__profiles *p) {
    static const char *const outcomes[] = {
        "country", "name", "region", "outcome", "earliest_year", "latest_year", NULL};
    static const char *const adoptions[] = {"adoption", "place_id",      "country",
                                            "vendor",   "earliest_year", "latest_year",
                                            "ended",    "claims",        NULL};
    static const char *const claims[] = {"claim_id", "place_id",   "place_kind",
                                         "country",  "confidence", NULL};
    PP_TRY(need_table(p->in->adoption, "outcomes", &p->outcomes, p->err));
    PP_TRY(need_table(p->in->adoption, "adoptions", &p->adoptions[0], p->err));
    PP_TRY(need_columns(p->outcomes, outcomes, p->err));
    PP_TRY(need_columns(p->adoptions[0], adoptions, p->err));
    PP_TRY(need_columns(p->in->claims, claims, p->err));
    if (p->in->unknown) {
        PP_TRY(need_table(p->in->unknown, "adoptions", &p->adoptions[1], p->err));
        PP_TRY(need_columns(p->adoptions[1], adoptions, p->err));
    }
    return PP_OK;
}

/* The last year that outcomes, indicators or panel know of. */
static int find_year(const pp__profiles *p) {
    const pp_column *columns[] = {
        pp_table_find(p->outcomes, "latest_year"),
        p->in->indicators ? pp_table_find(p->in->indicators, "year") : NULL,
        p->in->panel ? pp_table_find(p->in->panel, "year") : NULL};
    const pp_table *tables[] = {p->outcomes, p->in->indicators, p->in->panel};
    double last = 0;
    for (int t = 0; t < 3; t++) {
        const pp_column *c = columns[t];
        for (int64_t i = 0; c && c->type == PP_NUMBER && i < pp_table_rows(tables[t]);
             i++) {
            last = c->number[i] > last ? c->number[i] : last;
        }
    }
    return (int)last;
}

static pp_status refuse(const char *field, const char *expected, pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "'%s' must be %s", field, expected);
    pp_error_locate(err, NULL, 0, field, NULL);
    return PP_E_ARGUMENT;
}

static pp_status set_options(pp__profiles *p, const pp_profile_options *options) {
    pp_profile_options *o = &p->options;
    *o = options ? *options : (pp_profile_options){0};
    o->reference = o->reference ? o->reference : "places";
    o->back = o->back ? o->back : 3;
    o->lean = o->lean != 0 ? o->lean : 0.8;
    o->high = o->high != 0 ? o->high : 2.0 / 3;
    if (strcmp(o->reference, "places") != 0 && strcmp(o->reference, "rows") != 0) {
        return refuse("reference", "'places' or 'rows'", p->err);
    }
    if (o->back < 0 || o->back > 100) {
        return refuse("back", "from 1 to 100 years", p->err);
    }
    if (!(o->high > 0 && o->high <= 1)) {
        return refuse("high", "a share above 0 and up to 1", p->err);
    }
    if (!(o->lean > 0.5 && o->lean < 1)) {
        return refuse("lean", "a chance above 0.5 and below 1", p->err);
    }
    if (o->year < 0 || o->year > 9999) {
        return refuse("year", "a year", p->err);
    }
    PP_TRY(check_inputs(p));
    o->year = o->year ? o->year : find_year(p);
    return PP_OK;
}

/* ---- the facts, one place after the other ---- */

static pp_status tell_place(pp__profiles *p, int64_t place) {
    PP_TRY(pp__profile_record(p, place));
    PP_TRY(pp__profile_buying(p, place));
    PP_TRY(pp__profile_crime(p, place));
    PP_TRY(pp__profile_driven(p, place));
    PP_TRY(pp__profile_surroundings(p, place));
    pp_arena_clear(&p->scratch);
    return PP_OK;
}

static pp_status tell_places(pp__profiles *p) {
    for (int64_t i = 0; i < p->n_places; i++) {
        if (i % 256 == 0) {
            PP_TRY(
                pp_progress(p->ctx, "profiles", (double)i / (double)p->n_places, p->err));
        }
        PP_TRY(tell_place(p, i));
    }
    return pp_result_set_note(
        p->result, "profiles",
        "What is not known is empty, and never no. A city has crime, democracy, drivers, "
        "standards and neighbours of its country. Every fact is in profile_facts with "
        "its "
        "claims, figures or estimates.",
        p->err);
}

static pp_status tell(pp__profiles *p, const pp_profile_options *options) {
    PP_TRY(set_options(p, options));
    PP_TRY(pp_result_new("profile", &p->result, p->err));
    PP_TRY(pp_result_note_number(p->result, "year", p->options.year, p->err));
    PP_TRY(pp__profile_places(p));
    PP_TRY(pp__profile_tables(p));
    PP_TRY(pp__profile_figures(p));
    PP_TRY(pp__profile_drive(p));
    PP_TRY(pp__profile_around(p));
    PP_TRY(tell_places(p));
    PP_TRY(pp__profile_driver_rows(p));
    PP_TRY(pp__profile_problem(p));
    PP_TRY(pp__profile_neighbours(p));
    PP_TRY(pp__profile_claims(p));
    return p->pending == 0
               ? PP_OK
               : pp_result_warn(p->result, "pending", NULL, p->pending, p->err,
                                "claims whose place is not resolved count for "
                                "their country alone");
}

pp_status pp_profiles(const pp_profile_inputs *inputs, const pp_profile_options *options,
                      const pp_context *ctx, pp_result **out, pp_error *err) {
    pp__profiles p = {.in = inputs, .ctx = ctx, .err = err};
    *out = NULL;
    pp_arena_init(&p.arena);
    pp_arena_init(&p.scratch);
    pp_status status = tell(&p, options);
    pp__driving_clear(p.driving);
    pp__map_clear(&p.place_of);
    pp__map_clear(&p.claim_of);
    pp__map_clear(&p.source_of);
    pp_arena_clear(&p.scratch);
    pp_arena_clear(&p.arena);
    if (status != PP_OK) {
        pp_result_free(p.result);
        return status;
    }
    *out = p.result;
    return PP_OK;
}
