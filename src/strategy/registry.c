/* From tables of texts to a checked registry: every cell by itself, then what refers to what. */
#include "strategy/registry.h"

#include "base/check.h"
#include "strategy/registry_problems.h"

#include <pushpull/text.h>

#include <stdio.h>
#include <string.h>

typedef struct taker {
    pp_standards *s;
    pp__registry_problems problems;
    const char **ids[PP__REGISTERS]; /* of the rows that have one, for suggestions */
    int64_t n_ids[PP__REGISTERS];
    pp__map groups; /* to 1 */
} taker;

const pp__checked *pp__standards_row(const pp_standards *s, pp__register of,
                                     int64_t index) {
    const char *row = s->rows[of] + (size_t)index * pp__register_specs[of].size;
    return (const pp__checked *)(const void *)row;
}

/* ---- one cell ---- */

/* 1 when space-separated `words` has the first `n` bytes of `word`. */
static int has_word(const char *words, const char *word, size_t n) {
    while (*words) {
        size_t length = strcspn(words, " ");
        if (length == n && strncmp(words, word, n) == 0) {
            return 1;
        }
        words += length + strspn(words + length, " ");
    }
    return 0;
}

static pp_status check_words(taker *t, pp__register of, int64_t row,
                             const pp__register_field *field, const char *text,
                             pp_error *err) {
    char hint[PP_ERROR_HINT];
    const char *end = field->form == PP__SOME_OF ? ";" : "";
    for (const char *word = text;;) {
        size_t n = strcspn(word, end);
        if (!has_word(field->words, word, n)) {
            snprintf(hint, sizeof hint, "one of: %s", field->words);
            return pp__registry_note(&t->problems, of, row, field->name, text, hint, err,
                                     "the codebook does not have this word");
        }
        if (!word[n]) {
            return PP_OK;
        }
        word += n + 1;
    }
}

static pp_status take_date(taker *t, pp__register of, int64_t row,
                           const pp__register_field *field, const char *text,
                           pp__span *out, pp_error *err) {
    pp_error why = {0};
    pp__date date;
    if (pp__date_parse(text, &date, &why) != PP_OK) {
        return pp__registry_note(&t->problems, of, row, field->name, text,
                                 why.hint[0] ? why.hint : NULL, err, "%s", why.message);
    }
    *out = (pp__span){text, pp__date_first_day(date), pp__date_last_day(date)};
    return PP_OK;
}

static int is_country(const pp_standards *s, const char *text) {
    const pp_place *place = pp_gazetteer_find(s->gazetteer, text);
    return place && place->kind == PP_PLACE_COUNTRY;
}

static int looks_like_country(const char *text) {
    return strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static pp_status check_place(taker *t, pp__register of, int64_t row,
                             const pp__register_field *field, const char *text,
                             pp_error *err) {
    if (is_country(t->s, text) ||
        (field->form == PP__PLACE && pp__map_get(&t->groups, text, 0))) {
        return PP_OK;
    }
    if (field->form == PP__PLACE && !looks_like_country(text)) {
        return pp__registry_note(&t->problems, of, row, field->name, text,
                                 "list its members with their dates in member.csv", err,
                                 "this group has no members");
    }
    char hint[PP_ERROR_HINT] = "the code of a country has three capitals (KEN)";
    pp_place_match match;
    pp_gazetteer_resolve(t->s->gazetteer, text, PP_PLACE_COUNTRY, NULL, &match);
    const pp_place *near = match.place           ? match.place
                           : match.n_suggestions ? match.suggestions[0]
                                                 : NULL;
    if (near) {
        snprintf(hint, sizeof hint, "did you mean '%s' (%s)?", near->id, near->name);
    }
    return pp__registry_note(&t->problems, of, row, field->name, text, hint, err,
                             "this country is not known");
}

static pp_status check_reference(taker *t, pp__register of, int64_t row,
                                 const pp__register_field *field, const char *text,
                                 pp_error *err) {
    if (pp__map_get(&t->s->ids[field->to], text, -1) >= 0) {
        return PP_OK;
    }
    char hint[PP_ERROR_HINT];
    const char *near = pp_text_nearest(text, t->ids[field->to], t->n_ids[field->to]);
    snprintf(hint, sizeof hint, "did you mean '%s'?", near ? near : "");
    return pp__registry_note(&t->problems, of, row, field->name, text, near ? hint : NULL,
                             err, "no %s has this id",
                             pp__register_specs[field->to].name);
}

static pp_status take_cell(taker *t, pp__register of, int64_t row,
                           const pp__register_field *field, const char *text,
                           pp_error *err) {
    char *place =
        field->offset == PP__UNUSED
            ? NULL
            : t->s->rows[of] + (size_t)row * pp__register_specs[of].size + field->offset;
    pp__span span = {0};
    if (!text) {
        return !field->needed
                   ? PP_OK
                   : pp__registry_note(&t->problems, of, row, field->name, NULL,
                                       strcmp(field->name, "source") == 0
                                           ? "name the public source that says so"
                                           : NULL,
                                       err, "this row has no %s", field->name);
    }
    switch (field->form) {
    case PP__ONE_OF:
    case PP__SOME_OF:
        PP_TRY(check_words(t, of, row, field, text, err));
        break;
    case PP__DATED:
        PP_TRY(take_date(t, of, row, field, text, &span, err));
        if (place) {
            memcpy(place, &span, sizeof span);
        }
        return PP_OK;
    case PP__REFERS:
        PP_TRY(check_reference(t, of, row, field, text, err));
        break;
    case PP__COUNTRY:
    case PP__PLACE:
        PP_TRY(check_place(t, of, row, field, text, err));
        break;
    case PP__FREE:
        break;
    }
    if (place) {
        memcpy(place, &text, sizeof text);
    }
    return PP_OK;
}

/* ---- files ---- */

static pp_status require_columns(taker *t, pp__register of, pp_error *err) {
    const pp__register_spec *spec = &pp__register_specs[of];
    pp_table *table = t->s->tables[of];
    int missing = 0;
    for (int f = 0; f < spec->n; f++) {
        if (!pp_table_find(table, spec->fields[f].name)) {
            missing = 1;
            PP_TRY(pp__registry_note(&t->problems, of, -1, spec->fields[f].name, NULL,
                                     "the columns are in the codebook", err,
                                     "this column is missing"));
        }
    }
    t->s->n[of] = missing ? 0 : pp_table_rows(table);
    t->s->rows[of] = pp_arena_zalloc(&t->s->arena, t->s->n[of] + 1, spec->size);
    t->ids[of] = pp_arena_zalloc(&t->s->arena, t->s->n[of] + 1, sizeof(const char *));
    PP_NEED(t->s->rows[of], err);
    PP_NEED(t->ids[of], err);
    return PP_OK;
}

static pp_status list_ids(taker *t, pp__register of, pp_error *err) {
    const pp_column *id = pp_table_find(t->s->tables[of], "id");
    for (int64_t row = 0; row < t->s->n[of]; row++) {
        const char *text = pp_column_get_text(id, row);
        if (!text) {
            continue;
        }
        if (pp__map_get(&t->s->ids[of], text, -1) >= 0) {
            PP_TRY(pp__registry_note(&t->problems, of, row, "id", text,
                                     "each row has an id of its own", err,
                                     "this id is there already"));
            continue;
        }
        PP_NEED(pp__map_at(&t->s->ids[of], text, row), err);
        t->ids[of][t->n_ids[of]++] = text;
    }
    return PP_OK;
}

static pp_status list_groups(taker *t, pp_error *err) {
    const pp_column *group = pp_table_find(t->s->tables[PP__MEMBERS], "group");
    for (int64_t row = 0; row < t->s->n[PP__MEMBERS]; row++) {
        const char *text = pp_column_get_text(group, row);
        if (text) {
            PP_NEED(pp__map_at(&t->groups, text, 1), err);
        }
    }
    return PP_OK;
}

static pp_status take_cells(taker *t, pp__register of, pp_error *err) {
    const pp__register_spec *spec = &pp__register_specs[of];
    const pp_column *columns[PP__MOST_REGISTER_FIELDS] = {0};
    for (int f = 0; f < spec->n; f++) {
        columns[f] = pp_table_find(t->s->tables[of], spec->fields[f].name);
    }
    for (int64_t row = 0; row < t->s->n[of]; row++) {
        for (int f = 0; f < spec->n; f++) {
            PP_TRY(take_cell(t, of, row, &spec->fields[f],
                             pp_column_get_text(columns[f], row), err));
        }
    }
    return PP_OK;
}

/* ---- rows ---- */

static pp_status check_commitments(taker *t, pp_error *err) {
    for (int64_t i = 0; i < t->s->n[PP__COMMITMENTS]; i++) {
        const pp__commitment *c = &t->s->commitments[i];
        const pp__instrument *of = pp__standards_instrument(t->s, c->instrument);
        const pp__span *opened =
            of ? of->opened.text ? &of->opened : &of->approved : NULL;
        if (opened && opened->text && c->date.text && c->date.last < opened->first) {
            PP_TRY(pp__registry_note(
                &t->problems, PP__COMMITMENTS, i, "date", c->date.text,
                "correct the date here, or that in instrument.csv", err,
                "this commitment is dated before its instrument was %s (%s)",
                of->opened.text ? "opened" : "approved", opened->text));
        }
    }
    return PP_OK;
}

static pp_status check_members(taker *t, pp_error *err) {
    for (int64_t i = 0; i < t->s->n[PP__MEMBERS]; i++) {
        const pp__member *m = &t->s->members[i];
        if (m->from.text && m->to.text && m->to.last < m->from.first) {
            PP_TRY(pp__registry_note(&t->problems, PP__MEMBERS, i, "to", m->to.text, NULL,
                                     err, "this membership ends before it begins (%s)",
                                     m->from.text));
        }
    }
    return PP_OK;
}

static pp_status check_amendment(taker *t, pp__register of, int64_t row,
                                 const pp__span *amended, const char *amendment,
                                 pp_error *err) {
    if (amended->text && !amendment) {
        return pp__registry_note(&t->problems, of, row, "amendment", NULL,
                                 "adopted or provisional", err,
                                 "it is not said whether the amendment is adopted");
    }
    if (!amended->text && amendment) {
        return pp__registry_note(&t->problems, of, row, "applies_as_amended", NULL, NULL,
                                 err, "an amendment without the date that it gives");
    }
    return PP_OK;
}

static pp_status check_amendments(taker *t, pp_error *err) {
    for (int64_t i = 0; i < t->s->n[PP__INSTRUMENTS]; i++) {
        const pp__instrument *in = &t->s->instruments[i];
        PP_TRY(
            check_amendment(t, PP__INSTRUMENTS, i, &in->as_amended, in->amendment, err));
    }
    for (int64_t i = 0; i < t->s->n[PP__PROVISIONS]; i++) {
        const pp__provision *p = &t->s->provisions[i];
        PP_TRY(check_amendment(t, PP__PROVISIONS, i, &p->as_amended, p->amendment, err));
    }
    return PP_OK;
}

static void name_rows(pp_standards *s) {
    s->bodies = (pp__body *)(void *)s->rows[PP__BODIES];
    s->instruments = (pp__instrument *)(void *)s->rows[PP__INSTRUMENTS];
    s->provisions = (pp__provision *)(void *)s->rows[PP__PROVISIONS];
    s->commitments = (pp__commitment *)(void *)s->rows[PP__COMMITMENTS];
    s->contributions = (pp__contribution *)(void *)s->rows[PP__CONTRIBUTIONS];
    s->listings = (pp__listing *)(void *)s->rows[PP__LINKS];
    s->members = (pp__member *)(void *)s->rows[PP__MEMBERS];
}

/* The instrument of a commitment; NULL where the row does not say. */
static pp__instrument *committed_to(pp_standards *s, const pp__commitment *c) {
    int64_t row =
        c->instrument ? pp__map_get(&s->ids[PP__INSTRUMENTS], c->instrument, -1) : -1;
    return row < 0 ? NULL : &s->instruments[row];
}

static pp_status index_commitments(pp_standards *s, pp_error *err) {
    int64_t at = 0;
    s->by_instrument =
        pp_arena_zalloc(&s->arena, s->n[PP__COMMITMENTS] + 1, sizeof *s->by_instrument);
    PP_NEED(s->by_instrument, err);
    for (int64_t i = 0; i < s->n[PP__COMMITMENTS]; i++) {
        pp__instrument *in = committed_to(s, &s->commitments[i]);
        if (in) {
            in->n_commitments++;
        }
    }
    for (int64_t i = 0; i < s->n[PP__INSTRUMENTS]; i++) {
        pp__instrument *in = &s->instruments[i];
        in->covers_one = in->covers && is_country(s, in->covers);
        in->first = at;
        at += in->n_commitments;
        in->n_commitments = 0;
    }
    for (int64_t i = 0; i < s->n[PP__COMMITMENTS]; i++) {
        pp__instrument *in = committed_to(s, &s->commitments[i]);
        if (in) {
            s->by_instrument[in->first + in->n_commitments++] = &s->commitments[i];
        }
    }
    return PP_OK;
}

static pp_status take_all(taker *t, pp_error *err) {
    for (pp__register of = 0; of < PP__REGISTERS; of++) {
        PP_TRY(require_columns(t, of, err));
    }
    if (t->problems.n > 0) {
        return PP_OK; /* what refers to rows of such a file would look wrong too */
    }
    for (pp__register of = 0; of < PP__REGISTERS; of++) {
        PP_TRY(list_ids(t, of, err));
    }
    name_rows(t->s);
    PP_TRY(list_groups(t, err));
    for (pp__register of = 0; of < PP__REGISTERS; of++) {
        PP_TRY(take_cells(t, of, err));
    }
    PP_TRY(index_commitments(t->s, err));
    PP_TRY(check_commitments(t, err));
    PP_TRY(check_members(t, err));
    return check_amendments(t, err);
}

pp_status pp__standards_take(pp_table *tables[PP__REGISTERS], const char *folder,
                             const pp_gazetteer *gazetteer, pp_standards **out,
                             pp_table **problems, pp_error *err) {
    taker t = {.s = pp_calloc(1, sizeof(pp_standards))};
    pp_status status = PP_OK;
    *out = NULL;
    *problems = NULL;
    if (!t.s) {
        for (int i = 0; i < PP__REGISTERS; i++) {
            pp_table_free(tables[i]);
        }
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    t.s->gazetteer = gazetteer;
    memcpy(t.s->tables, tables, sizeof t.s->tables);
    pp_arena_init(&t.s->arena);
    pp_arena_init(&t.problems.arena);
    status = take_all(&t, err);
    if (status == PP_OK) {
        status = pp__registry_problems_table(&t.problems, t.s, folder, problems, err);
    }
    pp_arena_clear(&t.problems.arena);
    pp__map_clear(&t.groups);
    if (status != PP_OK) {
        pp_standards_free(t.s);
        return status;
    }
    *out = t.s;
    return PP_OK;
}

void pp_standards_free(pp_standards *standards) {
    if (!standards) {
        return;
    }
    for (int i = 0; i < PP__REGISTERS; i++) {
        pp_table_free(standards->tables[i]);
        pp__map_clear(&standards->ids[i]);
    }
    pp_arena_clear(&standards->arena);
    pp_free(standards);
}
