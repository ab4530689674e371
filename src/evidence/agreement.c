#include "base/check.h"
#include "evidence/agreement_estimate.h"
#include "evidence/agreement_values.h"
#include "evidence/rows.h"

#include <pushpull/adoption.h>

#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

enum { DEFAULT_DRAWS = 1000, MOST_DRAWS = 1000000 };

/* Which measures of a variable mean something. */
enum { SHARE_ONLY = 1 << PP__PERCENT, ALL_NOMINAL = (1 << PP__MEASURES) - 1 };
enum {
    ALL_ORDINAL = ALL_NOMINAL & ~(1 << PP__FLEISS),
    ALL_INTERVAL = (1 << PP__PERCENT) | (1 << PP__ALPHA)
};

typedef struct comparison {
    const char *coders[2];
    pp__bootstrap bootstrap;
    pp__claims claims;
    const char **countries;
    pp__units units[PP__MATCHINGS];
    pp_arena arena;
    const pp_context *ctx;
    pp_result *result;
    pp_table *agreement, *disagreements;
} comparison;

/* One variable, coded, and how to report it. */
typedef struct reported {
    const char *name, *matched_by;
    pp__metric metric;
    int measures;
    pp__coded coded;
} reported;

static const char *measure_name(pp__measure m, pp__metric metric) {
    static const char *const names[] = {"percent_agreement", "cohen_kappa",
                                        "fleiss_kappa"};
    static const char *const alphas[] = {"krippendorff_alpha_nominal",
                                         "krippendorff_alpha_ordinal",
                                         "krippendorff_alpha_interval"};
    return m == PP__ALPHA ? alphas[metric] : names[m];
}

static pp_status report(comparison *c, const reported *r, pp_error *err) {
    pp__agreement found;
    c->bootstrap.task++;
    PP_TRY(pp_progress(c->ctx, "agreement", -1, err));
    PP_TRY(pp__agreement_estimate(&r->coded.ratings, r->metric, &c->bootstrap, c->ctx,
                                  &found, err));
    for (int m = 0; m < PP__MEASURES; m++) {
        if (r->measures & 1 << m) {
            const pp__cell cells[] = {
                PP__TEXT_CELL(r->name),
                PP__TEXT_CELL(r->matched_by),
                PP__TEXT_CELL(measure_name((pp__measure)m, r->metric)),
                PP__NUMBER_CELL(found.estimate[m]),
                PP__NUMBER_CELL(found.low[m]),
                PP__NUMBER_CELL(found.high[m]),
                PP__NUMBER_CELL(found.units),
                PP__NUMBER_CELL(2),
            };
            PP_TRY(pp__rows_add_cells(c->agreement, cells, err));
        }
    }
    return PP_OK;
}

static const char *claim_ids(comparison *c, const pp__unit *unit, int coder) {
    const char *ids = unit->n[coder] ? unit->claims[coder][0]->id : "";
    for (int64_t i = 1; ids && i < unit->n[coder]; i++) {
        ids = pp_arena_printf(&c->arena, "%s %s", ids, unit->claims[coder][i]->id);
    }
    return ids;
}

/* Units on which both say something, and not the same. */
static pp_status list_disagreements(comparison *c, const reported *r,
                                    pp__matching matching, pp_error *err) {
    int64_t n = r->coded.ratings.units;
    for (int64_t i = 0; i < n; i++) {
        const pp__value *values = r->coded.values;
        if (!values[i].text || !values[n + i].text ||
            strcmp(values[i].text, values[n + i].text) == 0) {
            continue;
        }
        const pp__unit *unit = r->coded.units[i];
        const pp__claim *claim = unit->n[0] ? unit->claims[0][0] : unit->claims[1][0];
        const char *ids[2] = {claim_ids(c, unit, 0), claim_ids(c, unit, 1)};
        PP_NEED(ids[0] && ids[1], err);
        const pp__cell cells[] = {
            PP__TEXT_CELL(r->name),
            PP__TEXT_CELL(claim->country),
            PP__TEXT_CELL(claim->place),
            PP__TEXT_CELL(matching == PP__BY_STATUS ? NULL
                                                    : pp__family_name(claim->family)),
            PP__TEXT_CELL(matching == PP__BY_FAMILY ? NULL : pp__agreement_status(claim)),
            PP__TEXT_CELL(values[i].text),
            PP__TEXT_CELL(values[n + i].text),
            PP__TEXT_CELL(ids[0]),
            PP__TEXT_CELL(ids[1]),
        };
        PP_TRY(pp__rows_add_cells(c->disagreements, cells, err));
    }
    return PP_OK;
}

static pp_status compare_presence(comparison *c, pp_error *err) {
    const pp__units *units = &c->units[PP__BY_FAMILY_AND_STATUS];
    reported found = {.name = "found",
                      .matched_by = "units that either found",
                      .metric = PP__NOMINAL,
                      .measures = SHARE_ONLY};
    PP_TRY(pp__code_found(units, &c->arena, &found.coded, err));
    PP_TRY(report(c, &found, err));
    PP_TRY(list_disagreements(c, &found, PP__BY_FAMILY_AND_STATUS, err));
    reported grid = {.name = "found",
                     .matched_by = "every place, family, status",
                     .metric = PP__NOMINAL,
                     .measures = ALL_NOMINAL};
    PP_TRY(pp__code_grid(units, &c->arena, &grid.coded, err));
    return report(c, &grid, err);
}

static pp_status compare_variables(comparison *c, pp_error *err) {
    static const int measures[] = {ALL_NOMINAL, ALL_ORDINAL, ALL_INTERVAL};
    for (int v = 0; v < pp__n_variables; v++) {
        const pp__variable *variable = &pp__variables[v];
        reported r = {.name = variable->name,
                      .matched_by = pp__matching_name(variable->matching),
                      .metric = variable->metric,
                      .measures = measures[variable->metric]};
        PP_TRY(pp__code_variable(variable, &c->units[variable->matching], &c->arena,
                                 &r.coded, err));
        PP_TRY(report(c, &r, err));
        PP_TRY(list_disagreements(c, &r, variable->matching, err));
    }
    reported meeting = {.name = "dates_meet",
                        .matched_by = pp__matching_name(PP__BY_FAMILY_AND_STATUS),
                        .metric = PP__NOMINAL,
                        .measures = SHARE_ONLY};
    PP_TRY(pp__code_meeting(&c->units[PP__BY_FAMILY_AND_STATUS], &c->arena,
                            &meeting.coded, err));
    return report(c, &meeting, err);
}

static pp_status start_tables(comparison *c, pp_error *err) {
    static const pp__column_spec agreement[] = {
        {"variable", "Variable", PP_TEXT, 0},
        {"matched_by", "Units matched by", PP_TEXT, 0},
        {"measure", "Measure", PP_TEXT, 0},
        {"estimate", "Estimate", PP_NUMBER, 0},
        {"conf_low", "95% low", PP_NUMBER, 0},
        {"conf_high", "95% high", PP_NUMBER, 0},
        {"units", "Units", PP_NUMBER, PP_SHOW_COUNT},
        {"coders", "Coders", PP_NUMBER, PP_SHOW_COUNT},
    };
    static const pp__column_spec disagreements[] = {
        {"variable", "Variable", PP_TEXT, 0},
        {"country", "Country", PP_TEXT, 0},
        {"place", "Place", PP_TEXT, 0},
        {"family", "Platform family", PP_TEXT, 0},
        {"status_group", "Status", PP_TEXT, 0},
        {"value_a", "First coder", PP_TEXT, 0},
        {"value_b", "Second coder", PP_TEXT, 0},
        {"claims_a", "Claims of the first", PP_TEXT, 0},
        {"claims_b", "Claims of the second", PP_TEXT, 0},
    };
    PP_TRY(pp__rows_start(c->result, "agreement", "Agreement of coders", agreement,
                          COUNT(agreement), &c->agreement, err));
    PP_TRY(pp__rows_start(c->result, "disagreements", "Where the coders differ",
                          disagreements, COUNT(disagreements), &c->disagreements, err));
    return pp_result_set_note(c->result, "agreement",
                              "Nobody codes what is absent. 'found' among the units that "
                              "either found is the share that "
                              "both found; coders read different sources, so that it is "
                              "no error rate. Over every place, "
                              "family and status the cells that neither found count as "
                              "agreement, and their number sets "
                              "what chance would give: read these kappas as such. Other "
                              "variables are of units that both "
                              "found, where neither is silent; intervals are percentile "
                              "bootstraps over units, which takes "
                              "units of one place as independent.",
                              err);
}

static pp_status write_overlap(comparison *c, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"country", "Country", PP_TEXT, 0},
        {"claims_a", "Claims of the first", PP_NUMBER, PP_SHOW_COUNT},
        {"claims_b", "Claims of the second", PP_NUMBER, PP_SHOW_COUNT},
    };
    pp_table *table;
    PP_TRY(pp__rows_start(c->result, "overlap", "Countries compared", columns,
                          COUNT(columns), &table, err));
    for (const char **country = c->countries; *country; country++) {
        int64_t n[2] = {0};
        for (int64_t i = 0; i < c->claims.n; i++) {
            const pp__claim *claim = &c->claims.rows[i];
            for (int coder = 0; coder < 2; coder++) {
                n[coder] += strcmp(claim->country, *country) == 0 &&
                            strcmp(claim->coder, c->coders[coder]) == 0;
            }
        }
        const pp__cell cells[] = {
            PP__TEXT_CELL(*country),
            PP__NUMBER_CELL(n[0]),
            PP__NUMBER_CELL(n[1]),
        };
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return PP_OK;
}

static pp_status find_units(comparison *c, const pp_table *claims,
                            const pp_agreement_options *options, pp_error *err) {
    PP_TRY(pp__claims_read(claims, &c->arena, &c->claims, err));
    PP_TRY(pp__overlap(&c->claims, options, c->coders, &c->arena, &c->countries, err));
    if (!c->countries[0]) {
        pp_error_set(err, PP_E_INPUT,
                     "the coders '%s' and '%s' have no country in common", c->coders[0],
                     c->coders[1]);
        pp_error_hint(err, "name two coders of the column 'coder', or the countries");
        return PP_E_INPUT;
    }
    for (int m = 0; m < PP__MATCHINGS; m++) {
        PP_TRY(pp__units_match(&c->claims, (const char *const *)c->countries, c->coders,
                               (pp__matching)m, &c->arena, &c->units[m], err));
    }
    return PP_OK;
}

static pp_status compare(comparison *c, const pp_table *claims,
                         const pp_agreement_options *options, pp_error *err) {
    PP_TRY(find_units(c, claims, options, err));
    PP_TRY(start_tables(c, err));
    PP_TRY(compare_presence(c, err));
    PP_TRY(compare_variables(c, err));
    PP_TRY(write_overlap(c, err));
    PP_TRY(pp_result_note_text(c->result, "coder_a", c->coders[0], err));
    PP_TRY(pp_result_note_text(c->result, "coder_b", c->coders[1], err));
    PP_TRY(pp_result_note_number(c->result, "draws", (double)c->bootstrap.draws, err));
    return pp_result_note_number(c->result, "seed", (double)c->bootstrap.seed, err);
}

static pp_status check_options(const pp_agreement_options *o, comparison *c,
                               pp_error *err) {
    c->coders[0] = o->a ? o->a : "A";
    c->coders[1] = o->b ? o->b : "B";
    c->bootstrap = (pp__bootstrap){o->draws ? o->draws : DEFAULT_DRAWS, o->seed, 0};
    if (strcmp(c->coders[0], c->coders[1]) == 0) {
        pp_error_set(err, PP_E_ARGUMENT, "a coder is not compared with themselves");
        pp_error_locate(err, NULL, 0, "b", c->coders[1]);
        return PP_E_ARGUMENT;
    }
    if (c->bootstrap.draws < 1 || c->bootstrap.draws > MOST_DRAWS) {
        pp_error_set(err, PP_E_ARGUMENT, "the number of draws is not between 1 and %d",
                     (int)MOST_DRAWS);
        pp_error_locate(err, NULL, 0, "draws", NULL);
        return PP_E_ARGUMENT;
    }
    return PP_OK;
}

pp_status pp_agreement(const pp_table *claims, const pp_agreement_options *options,
                       const pp_context *ctx, pp_result **out, pp_error *err) {
    static const pp_agreement_options defaults;
    comparison c = {.ctx = ctx};
    options = options ? options : &defaults;
    PP_TRY(check_options(options, &c, err));
    PP_TRY(pp_result_new("agreement", &c.result, err));
    pp_arena_init(&c.arena);
    pp_status status = compare(&c, claims, options, err);
    pp_arena_clear(&c.arena);
    if (status != PP_OK) {
        pp_result_free(c.result);
        return status;
    }
    *out = c.result;
    return PP_OK;
}
