/* What binds a place on a day, and what duties follow. */
#include "strategy/standing.h"

#include "base/check.h"
#include "evidence/rows.h"

static const char *text_of(const pp__span *date) {
    return date ? date->text : NULL;
}

static pp_status put_instrument(const pp__instrument *in, const pp__standing *st,
                                pp_table *table, pp_error *err) {
    const pp__cell cells[] = {PP__TEXT_CELL(in->row.id),
                              PP__TEXT_CELL(in->title),
                              PP__TEXT_CELL(in->reference),
                              PP__TEXT_CELL(in->body),
                              PP__TEXT_CELL(in->force),
                              PP__TEXT_CELL(in->scope),
                              PP__TEXT_CELL(pp__standing_words[st->kind]),
                              PP__NUMBER_CELL(pp__standing_binds(st->kind)),
                              PP__TEXT_CELL(st->by),
                              PP__TEXT_CELL(text_of(st->signing)),
                              PP__TEXT_CELL(text_of(st->ratified)),
                              PP__TEXT_CELL(text_of(st->endorsed)),
                              PP__TEXT_CELL(text_of(st->in_force)),
                              PP__TEXT_CELL(text_of(st->applies)),
                              PP__TEXT_CELL(text_of(st->withdrew)),
                              PP__TEXT_CELL(st->unverified ? "unverified" : "seen"),
                              PP__TEXT_CELL(st->source)};
    return pp__rows_add_cells(table, cells, err);
}

static pp_status put_duties(const pp_standards *s, const pp__instrument *in, int64_t day,
                            pp_table *table, pp_error *err) {
    for (int64_t i = 0; i < s->n[PP__PROVISIONS]; i++) {
        const pp__provision *p = &s->provisions[i];
        const pp__span *from =
            pp__applies_from(&p->as_written, &p->as_amended, p->amendment);
        if (pp__standards_instrument(s, p->instrument) != in) {
            continue;
        }
        const pp__cell cells[] = {PP__TEXT_CELL(p->instrument),
                                  PP__TEXT_CELL(p->article),
                                  PP__TEXT_CELL(p->duty),
                                  PP__TEXT_CELL(p->addressee),
                                  PP__TEXT_CELL(p->exception),
                                  PP__TEXT_CELL(p->as_written.text),
                                  PP__TEXT_CELL(p->as_amended.text),
                                  PP__TEXT_CELL(p->amendment),
                                  PP__NUMBER_CELL(!from->text || pp__is_past(from, day)),
                                  PP__TEXT_CELL(p->row.status),
                                  PP__TEXT_CELL(p->row.source)};
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return PP_OK;
}

static pp_status start_tables(pp_result *result, pp_table **binds, pp_table **duties,
                              pp_error *err) {
    static const pp__column_spec of_binds[] = {{"instrument", "Instrument", PP_TEXT, 0},
                                               {"title", "Title", PP_TEXT, 0},
                                               {"reference", "Reference", PP_TEXT, 0},
                                               {"body", "Body", PP_TEXT, 0},
                                               {"force", "Force", PP_TEXT, 0},
                                               {"scope", "Scope", PP_TEXT, 0},
                                               {"standing", "Standing", PP_TEXT, 0},
                                               {"binds", "Binds", 0, PP_SHOW_FLAG},
                                               {"by", "By", PP_TEXT, 0},
                                               {"signed", "Signed", PP_TEXT, 0},
                                               {"ratified", "Ratified", PP_TEXT, 0},
                                               {"endorsed", "Endorsed", PP_TEXT, 0},
                                               {"in_force", "In force", PP_TEXT, 0},
                                               {"applies", "Applies", PP_TEXT, 0},
                                               {"withdrew", "Withdrew", PP_TEXT, 0},
                                               {"status", "Status", PP_TEXT, 0},
                                               {"source", "Source", PP_TEXT, 0}};
    static const pp__column_spec of_duties[] = {
        {"instrument", "Instrument", PP_TEXT, 0},
        {"article", "Article", PP_TEXT, 0},
        {"duty", "Duty", PP_TEXT, 0},
        {"addressee", "Addressee", PP_TEXT, 0},
        {"exception", "Exception", PP_TEXT, 0},
        {"applies_as_written", "Applies, as written", PP_TEXT, 0},
        {"applies_as_amended", "Applies, as amended", PP_TEXT, 0},
        {"amendment", "Amendment", PP_TEXT, 0},
        {"applies", "Applies", 0, PP_SHOW_FLAG},
        {"status", "Status", PP_TEXT, 0},
        {"source", "Source", PP_TEXT, 0}};
    PP_TRY(pp__rows_start(result, "standards_binds", "What binds, and what does not",
                          of_binds, sizeof of_binds / sizeof *of_binds, binds, err));
    return pp__rows_start(result, "standards_duties", "Duties under what binds",
                          of_duties, sizeof of_duties / sizeof *of_duties, duties, err);
}

static pp_status fill(const pp_standards *s, const pp_place *country, int64_t day,
                      pp_result *result, pp_error *err) {
    pp_table *binds, *duties;
    PP_TRY(pp_result_note_text(result, "country", country->id, err));
    PP_TRY(pp__note_day(result, day, err));
    PP_TRY(start_tables(result, &binds, &duties, err));
    for (int64_t i = 0; i < s->n[PP__INSTRUMENTS]; i++) {
        const pp__instrument *in = &s->instruments[i];
        pp__standing st = pp__stands(s, in, country->id, day);
        if (st.kind == PP__NOT_KNOWN) {
            continue;
        }
        PP_TRY(put_instrument(in, &st, binds, err));
        if (pp__standing_binds(st.kind)) {
            PP_TRY(put_duties(s, in, day, duties, err));
        }
    }
    PP_TRY(pp_result_set_note(
        result, "standards_binds",
        "By the registry: of an instrument without a row nothing is known here. No legal "
        "advice.",
        err));
    return PP_OK;
}

pp_status pp_standards_binds(const pp_standards *s, const char *place, const char *at,
                             pp_result **out, pp_error *err) {
    const pp_place *country;
    int64_t day;
    *out = NULL;
    PP_TRY(pp__standards_country(s, place, &country, err));
    PP_TRY(pp__standards_day(s, at, &day, err));
    PP_TRY(pp_result_new("standards", out, err));
    pp_status status = fill(s, country, day, *out, err);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}
