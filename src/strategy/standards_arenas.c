/* Where standards are made: by states, or by companies. */
#include "strategy/registry.h"

#include "base/check.h"
#include "evidence/rows.h"

#include <string.h>

typedef struct tally {
    int64_t instruments, binding, provisions, commitments, contributions, by_companies,
        leaked;
} tally;

static int is_of(const pp_standards *s, const char *instrument, const pp__body *body) {
    const pp__instrument *in = pp__standards_instrument(s, instrument);
    return in && strcmp(in->body, body->row.id) == 0;
}

static tally count(const pp_standards *s, const pp__body *body) {
    tally t = {0};
    for (int64_t i = 0; i < s->n[PP__INSTRUMENTS]; i++) {
        if (strcmp(s->instruments[i].body, body->row.id) == 0) {
            t.instruments++;
            t.binding += strcmp(s->instruments[i].force, "binding") == 0;
        }
    }
    for (int64_t i = 0; i < s->n[PP__PROVISIONS]; i++) {
        t.provisions += is_of(s, s->provisions[i].instrument, body);
    }
    for (int64_t i = 0; i < s->n[PP__COMMITMENTS]; i++) {
        t.commitments += is_of(s, s->commitments[i].instrument, body);
    }
    for (int64_t i = 0; i < s->n[PP__CONTRIBUTIONS]; i++) {
        const pp__contribution *c = &s->contributions[i];
        if (is_of(s, c->instrument, body)) {
            t.contributions++;
            t.by_companies += strcmp(c->type, "company") == 0;
            t.leaked += strcmp(c->leak, "yes") == 0;
        }
    }
    return t;
}

static int is_state_driven(const pp__body *body) {
    return strcmp(body->participation, "state") == 0;
}

static pp_status put_body(const pp_standards *s, const pp__body *body, pp_table *table,
                          pp_error *err) {
    tally t = count(s, body);
    const pp__cell cells[] = {
        PP__TEXT_CELL(is_state_driven(body) ? "state_driven" : "company_driven"),
        PP__TEXT_CELL(body->row.id),
        PP__TEXT_CELL(body->name),
        PP__TEXT_CELL(body->type),
        PP__TEXT_CELL(body->participation),
        PP__NUMBER_CELL(t.instruments),
        PP__NUMBER_CELL(t.binding),
        PP__NUMBER_CELL(t.provisions),
        PP__NUMBER_CELL(t.commitments),
        PP__NUMBER_CELL(t.contributions),
        PP__NUMBER_CELL(t.by_companies),
        PP__NUMBER_CELL(t.leaked),
        PP__TEXT_CELL(body->row.status),
        PP__TEXT_CELL(body->row.source)};
    return pp__rows_add_cells(table, cells, err);
}

static pp_status fill(const pp_standards *s, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"arena", "Arena", PP_TEXT, 0},
        {"body", "Body", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"type", "Type", PP_TEXT, 0},
        {"participation", "Who takes part", PP_TEXT, 0},
        {"instruments", "Instruments", 0, PP_SHOW_COUNT},
        {"binding", "Binding", 0, PP_SHOW_COUNT},
        {"provisions", "Provisions", 0, PP_SHOW_COUNT},
        {"commitments", "Commitments", 0, PP_SHOW_COUNT},
        {"contributions", "Contributions", 0, PP_SHOW_COUNT},
        {"by_companies", "By companies", 0, PP_SHOW_COUNT},
        {"leaked", "Known by a leak", 0, PP_SHOW_COUNT},
        {"status", "Status", PP_TEXT, 0},
        {"source", "Source", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(result, "standards_arenas", "Where standards are made", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int state_driven = 1; state_driven >= 0; state_driven--) {
        for (int64_t i = 0; i < s->n[PP__BODIES]; i++) {
            if (is_state_driven(&s->bodies[i]) == state_driven) {
                PP_TRY(put_body(s, &s->bodies[i], table, err));
            }
        }
    }
    return pp_result_set_note(
        result, "standards_arenas",
        "Counts of what the registry holds, not of what the bodies have made.", err);
}

pp_status pp_standards_arenas(const pp_standards *s, pp_result **out, pp_error *err) {
    PP_TRY(pp_result_new("standards", out, err));
    pp_status status = fill(s, *out, err);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}
