/* What stands around a place: exposure, dependence, standards, neighbours, what is known of effects. */
#include "base/check.h"
#include "evidence/rows.h"
#include "strategy/profile_parts.h"
#include "strategy/standing.h"

#include <math.h>
#include <string.h>

/* ---- tables of other analyses, one row a place ---- */

typedef struct source_table {
    const pp_table *table;
    const char *name, *place, *value, *low, *high, *note;
    pp__fact fact;
} source_table;

static pp_status put_from(pp__profiles *p, const source_table *s) {
    pp_column *id, *value, *low, *high;
    PP_TRY(pp_table_require(s->table, s->place, &id, p->err));
    PP_TRY(pp_table_require(s->table, s->value, &value, p->err));
    PP_TRY(pp_table_require(s->table, s->low, &low, p->err));
    PP_TRY(pp_table_require(s->table, s->high, &high, p->err));
    const pp_column *claims = pp_table_find(s->table, "claims");
    for (int64_t i = 0; i < pp_table_rows(s->table); i++) {
        const char *place = pp_column_get_text(id, i);
        int64_t at = place ? pp__map_get(&p->place_of, place, -1) : -1;
        if (at < 0) {
            continue;
        }
        pp__known *k = &p->read[s->fact == PP__FACT_DEPENDENCE][at];
        double year = pp__number_at(s->table, "year", i);
        if (k->year > year) {
            continue; /* the newest counts */
        }
        *k = pp__known_blank(at < p->n_countries ? "country" : "place");
        k->number = value->number[i];
        k->low = low->number[i];
        k->high = high->number[i];
        k->year = year;
        k->grade = "judgement";
        k->source = s->name;
        k->note = s->note;
        k->claims =
            claims && claims->type != PP_NUMBER ? pp_column_get_text(claims, i) : NULL;
    }
    return PP_OK;
}

static pp_status read_tables(pp__profiles *p) {
    const source_table tables[] = {
        {p->in->access, "access_composite", "place_id", "composite", "low", "high",
         "a composite by weights that the user can change; the parts are in "
         "access_profiles",
         PP__FACT_EXPOSURE},
        {p->in->network, "network_dependence", "place", "share", "share_low",
         "share_high", "share of the largest vendor in the place's adoptions",
         PP__FACT_DEPENDENCE}};
    for (int t = 0; t < 2; t++) {
        p->read[t] = pp_arena_zalloc(&p->arena, p->n_places + 1, sizeof **p->read);
        PP_NEED(p->read[t], p->err);
        for (int64_t i = 0; i < p->n_places; i++) {
            p->read[t][i] = pp__known_blank("place");
        }
        PP_TRY(tables[t].table ? put_from(p, &tables[t]) : PP_OK);
    }
    return PP_OK;
}

/* ---- standards ---- */

static pp_status list_commitments(pp__profiles *p, pp__profile_standing *s,
                                  const char *country, pp_buf *list) {
    const pp_standards *standards = p->in->standards;
    pp__standing best = pp__furthest_protection(standards, country, p->day);
    s->protection = pp__standing_words[best.kind];
    s->protection_source = best.source;
    s->unverified = best.unverified;
    for (int64_t i = 0; i < standards->n[PP__INSTRUMENTS]; i++) {
        const pp__instrument *in = &standards->instruments[i];
        pp__standing st = pp__stands(standards, in, country, p->day);
        if (st.kind == PP__NOT_KNOWN) {
            continue;
        }
        s->commitments++;
        pp_buf_printf(list, "%s%s (%s%s)", list->length ? ", " : "", in->row.id,
                      pp__standing_words[st.kind], st.unverified ? ", unverified" : "");
        if (in->kind && strcmp(in->kind, "code_of_conduct") == 0 &&
            st.kind <= PP__VOLUNTARY) {
            s->code = in->row.id;
            s->code_source = st.source;
        }
    }
    return pp_buf_check(list, p->err);
}

static pp_status read_standards(pp__profiles *p) {
    if (!p->in->standards) {
        return PP_OK;
    }
    PP_TRY(pp__standards_day(p->in->standards, NULL, &p->day, p->err));
    p->standings = pp_arena_zalloc(&p->arena, p->n_countries + 1, sizeof *p->standings);
    PP_NEED(p->standings, p->err);
    for (int64_t i = 0; i < p->n_countries; i++) {
        pp__profile_standing *s = &p->standings[i];
        pp_buf list;
        pp_buf_init(&list);
        pp_status status = list_commitments(p, s, p->places[i].id, &list);
        if (status == PP_OK && list.length > 0) {
            s->list = pp_arena_strdup(&p->arena, list.data);
            status = s->list ? PP_OK : pp_error_set(p->err, PP_E_MEMORY, "out of memory");
        }
        pp_buf_clear(&list);
        PP_TRY(status);
    }
    return PP_OK;
}

static pp_status put_standards(pp__profiles *p, int64_t place) {
    if (!p->standings) {
        return PP_OK;
    }
    const pp__profile_standing *s = &p->standings[p->places[place].own];
    pp__known k = pp__known_blank("country");
    k.grade = "registry";
    k.text = s->protection;
    k.source = s->protection_source;
    k.note = strcmp(s->protection, "not_known") == 0
                 ? "the registry has no record, which does not say that there is no law"
             : s->unverified ? "by rows of the registry that are unverified"
                             : NULL;
    PP_TRY(pp__profile_put(p, place, PP__FACT_PROTECTION, &k));
    k.text = NULL;
    k.number = s->commitments;
    k.source = s->list;
    k.note = "instruments on which the registry has a record of the country";
    PP_TRY(pp__profile_put(p, place, PP__FACT_COMMITMENTS, &k));
    if (!s->code) {
        return PP_OK;
    }
    k.number = 1;
    k.source = s->code_source;
    k.note = s->code;
    return pp__profile_put(p, place, PP__FACT_CODE_OF_CONDUCT, &k);
}

/* ---- neighbours ---- */

static pp_status put_around(pp__profiles *p, int64_t place) {
    const char *const *ids;
    int n = pp_gazetteer_neighbours(p->in->gazetteer, p->places[place].country, &ids);
    int64_t with = 0, adopted = 0, open = 0;
    for (int i = 0; i < n; i++) {
        int64_t at = pp__map_get(&p->place_of, ids[i], -1);
        if (at >= 0 && at < p->n_countries) {
            const char *outcome = p->places[at].outcome;
            with++;
            adopted += strcmp(outcome, "adopted") == 0;
            open += strcmp(outcome, "supplier_unknown") == 0 ||
                    strcmp(outcome, "not_searched") == 0;
        }
    }
    pp__known k = pp__known_blank("country");
    k.number = (double)with;
    k.grade = "published";
    k.source = "gazetteer";
    k.note = "across land borders";
    PP_TRY(pp__profile_put(p, place, PP__FACT_NEIGHBOURS, &k));
    k.number = (double)adopted;
    k.source = "profile_neighbours";
    k.note = open ? pp_arena_printf(&p->scratch, "of %lld more it is not known",
                                    (long long)open)
                  : NULL;
    return pp__profile_put(p, place, PP__FACT_NEIGHBOURS_ADOPTED, &k);
}

pp_status pp__profile_neighbours(pp__profiles *p) {
    static const pp__column_spec columns[] = {{"place_id", "Place", PP_TEXT, 0},
                                              {"neighbour", "Neighbour", PP_TEXT, 0},
                                              {"name", "Name", PP_TEXT, 0},
                                              {"outcome", "Outcome", PP_TEXT, 0},
                                              {"since", "Adopted by", 0, PP_SHOW_YEAR}};
    pp_table *table;
    PP_TRY(pp__rows_start(p->result, "profile_neighbours", "Neighbours", columns,
                          sizeof columns / sizeof *columns, &table, p->err));
    for (int64_t i = 0; i < p->n_countries; i++) {
        const char *const *ids;
        int n = pp_gazetteer_neighbours(p->in->gazetteer, p->places[i].id, &ids);
        for (int k = 0; k < n; k++) {
            int64_t at = pp__map_get(&p->place_of, ids[k], -1);
            if (at < 0 || at >= p->n_countries) {
                continue;
            }
            const pp__cell cells[] = {
                PP__TEXT_CELL(p->places[i].id), PP__TEXT_CELL(p->places[at].id),
                PP__TEXT_CELL(p->places[at].name), PP__TEXT_CELL(p->places[at].outcome),
                PP__NUMBER_CELL(p->at.column[PP__FACT_LATEST]->number[at])};
            PP_TRY(pp__rows_add_cells(table, cells, p->err));
        }
    }
    return PP_OK;
}

/* ---- effects ---- */

static pp_status put_effect(pp__profiles *p, int64_t place, pp__fact fact,
                            const char *outcome) {
    const pp_table *t = p->in->effects;
    for (int64_t i = 0; t && outcome && i < pp_table_rows(t); i++) {
        const char *own = pp__text_at(t, "outcome", i);
        if (own && strcmp(own, outcome) == 0) {
            pp__known k = pp__known_blank("study");
            k.text = pp__text_at(t, "claim", i);
            k.grade = "estimate";
            k.source = "effects_claims";
            k.note = pp__text_at(t, "sentence", i);
            return pp__profile_put(p, place, fact, &k);
        }
    }
    return PP_OK;
}

/* ---- the whole ---- */

pp_status pp__profile_around(pp__profiles *p) {
    PP_TRY(read_tables(p));
    return read_standards(p);
}

pp_status pp__profile_surroundings(pp__profiles *p, int64_t place) {
    static const pp__fact facts[] = {PP__FACT_EXPOSURE, PP__FACT_DEPENDENCE};
    const pp__figures *f = &p->figures[p->places[place].own];
    pp__known k = pp__known_blank("country");
    if (!isnan(f->democracy)) {
        const pp_column *c = pp_table_find(p->in->indicators, p->options.democracy);
        k.number = f->democracy;
        k.year = f->democracy_year;
        k.grade = "published";
        k.source = c->source ? c->source : c->name;
        PP_TRY(pp__profile_put(p, place, PP__FACT_DEMOCRACY, &k));
    }
    for (int t = 0; t < 2; t++) {
        if (!isnan(p->read[t][place].number)) {
            PP_TRY(pp__profile_put(p, place, facts[t], &p->read[t][place]));
        }
    }
    PP_TRY(put_standards(p, place));
    PP_TRY(put_around(p, place));
    PP_TRY(put_effect(p, place, PP__FACT_EFFECT_RIGHTS, p->options.rights));
    return put_effect(p, place, PP__FACT_EFFECT_CRIME, p->options.crime);
}
