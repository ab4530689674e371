#include "base/check.h"
#include "evidence/adoption_tables.h"

#include <pushpull/adoption.h>

#include <string.h>

static pp_status derive(pp__derived *d, const pp_adoption_rule *rule,
                        const pp_table *claims, const pp_table *searches,
                        const pp_table *countries, pp_error *err) {
    PP_TRY(pp__rule_check(rule, countries, &d->rule, err));
    PP_TRY(pp__claims_read(claims, &d->arena, &d->claims, err));
    PP_TRY(pp__adoptions_build(&d->rule, &d->claims, &d->arena, &d->adoptions, err));
    return pp__countries_build(&d->rule, &d->claims, &d->adoptions, searches, countries,
                               &d->arena, &d->countries, err);
}

static pp_status warn(pp_result *result, const char *code, int64_t count,
                      const char *message, pp_error *err) {
    return count ? pp_result_warn(result, code, NULL, count, err, "%s", message) : PP_OK;
}

static pp_status add_warnings(const pp__derived *d, pp_result *result, pp_error *err) {
    int64_t undated = 0, from = 0, by_option = 0, ended_only = 0, unlisted = 0,
            pending = 0;
    for (int64_t i = 0; i < d->adoptions.n; i++) {
        const pp__adoption *a = &d->adoptions.rows[i];
        undated += a->dating == PP__DATED_NEVER;
        from += a->dating == PP__DATED_FROM;
        pending += !a->first_claim->place_id &&
                   strcmp(a->first_claim->place_kind, "country") != 0;
    }
    for (int64_t i = 0; i < d->countries.n; i++) {
        by_option += d->countries.rows[i].by_option;
        unlisted += !d->countries.rows[i].listed;
        ended_only +=
            d->countries.rows[i].first && d->countries.rows[i].first->ended_only;
    }
    PP_TRY(warn(
        result, "no_date", undated,
        "adoptions have no date at all: they are taken to have begun by the latest date "
        "that any claim of a beginning gives",
        err));
    PP_TRY(warn(
        result, "no_upper_bound", from,
        "adoptions have no upper bound: they are taken to have begun by the latest date "
        "that any claim of a beginning gives",
        err));
    PP_TRY(warn(result, "undated_option", by_option,
                "the first date of these countries rests on the rule's option 'undated': "
                "an adoption known by an upper bound only may have come first",
                err));
    PP_TRY(
        warn(result, "ended_only", ended_only,
             "countries have adopted by claims of an end alone: it began no later than "
             "its end",
             err));
    PP_TRY(warn(result, "pending_place", pending,
                "adoptions are at places that are not resolved", err));
    PP_TRY(warn(result, "country_not_listed", unlisted,
                "countries have claims but are not in the table of countries", err));
    return warn(result, "conflicts", d->adoptions.conflicts.n,
                "conflicts between claims are listed in the table 'conflicts'", err);
}

static pp_status write_all(pp__derived *d, pp_result *result, pp_error *err) {
    PP_TRY(pp__write_counts(d, result, err));
    PP_TRY(pp__write_outcomes(d, result, err));
    PP_TRY(pp__write_adoptions(d, result, err));
    PP_TRY(pp__write_spells(d, result, err));
    PP_TRY(pp__write_conflicts(d, result, err));
    PP_TRY(pp__write_over_time(d, result, err));
    PP_TRY(pp__write_regions(d, result, err));
    PP_TRY(add_warnings(d, result, err));
    const char *name = d->rule.given->name;
    return name ? pp_result_note_text(result, "rule", name, err) : PP_OK;
}

pp_status pp_adoption_derive(const pp_adoption_rule *rule, const pp_table *claims,
                             const pp_table *searches, const pp_table *countries,
                             const pp_context *ctx, pp_result **out, pp_error *err) {
    pp__derived d = {0};
    pp_result *result = NULL;
    PP_TRY(pp_progress(ctx, "adoption", 0, err));
    pp_arena_init(&d.arena);
    pp_status status = pp_result_new("adoption", &result, err);
    if (status == PP_OK) {
        status = derive(&d, rule, claims, searches, countries, err);
    }
    if (status == PP_OK) {
        status = write_all(&d, result, err);
    }
    pp_arena_clear(&d.arena);
    if (status == PP_OK) {
        status = pp_progress(ctx, "adoption", 1, err);
    }
    if (status != PP_OK) {
        pp_result_free(result);
        return status;
    }
    *out = result;
    return PP_OK;
}
