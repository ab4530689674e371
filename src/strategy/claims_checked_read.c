/* Statements about effects, and the rule of their grades, from files. */
#include "strategy/claims_checked.h"

#include "base/check.h"
#include "base/yaml.h"
#include "evidence/lines.h"
#include "evidence/map.h"
#include "strategy/mistakes.h"

#include <pushpull/io.h>
#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    ID,
    PLACE,
    COUNTRY,
    WHO,
    NAME,
    STATEMENT,
    MEASURE,
    CHANGE,
    UNIT,
    METHOD,
    FROM,
    TO,
    SOURCE,
    URL,
    TITLE,
    PUBLISHER,
    PUBLISHED,
    COLUMNS
};
static const struct {
    const char *name;
    int needed;
    const char *words; /* with spaces between; NULL: any text */
} columns[COLUMNS] = {
    {"statement_id", 1, NULL},
    {"place", 1, NULL},
    {"country", 1, NULL},
    {"who", 1, " vendor police government survey evaluation journalist "},
    {"name", 0, NULL},
    {"statement", 1, NULL},
    {"measure", 1, NULL},
    {"claimed_change", 0, NULL},
    {"unit", 0, " percent count "},
    {"method", 1, " controlled before_after figures promise none "},
    {"period_from", 0, NULL},
    {"period_to", 0, NULL},
    {"source_id", 0, NULL},
    {"url", 0, NULL},
    {"title", 0, NULL},
    {"publisher", 0, NULL},
    {"published", 0, NULL}};

typedef struct reader {
    pp_effect_claims *claims;
    const char *file, *grades_file;
    const pp_gazetteer *gazetteer;
    const pp_table *sources;
    const pp__yaml *grades, *rules;
    pp_table *mistakes;
    const pp_column *column[COLUMNS];
    int64_t *lines;
    pp__map ids, source_rows;
} reader;

static pp_status wrong(reader *r, int64_t row, int c, const char *hint, pp_error *err,
                       const char *problem) {
    const char *value = row < 0 ? NULL : pp_column_get_text(r->column[c], row);
    return pp__mistake(r->mistakes, r->file, row < 0 ? 1 : r->lines[row], columns[c].name,
                       value, hint, err, "%s", problem);
}

static int has_word(const char *words, const char *word) {
    char padded[80];
    int n = snprintf(padded, sizeof padded, " %s ", word);
    return n > 0 && (size_t)n < sizeof padded && !strchr(word, ' ') &&
           strstr(words, padded) != NULL;
}

/* "one of vendor, police, survey" of " vendor police survey "; in `out`. */
static const char *one_of(const char *words, char out[200]) {
    int n = snprintf(out, 200, "one of");
    const char *between = " ";
    for (const char *at = words + strspn(words, " "); *at && n < 200;) {
        int length = (int)strcspn(at, " ");
        n += snprintf(out + n, 200 - (size_t)n, "%s%.*s", between, length, at);
        at += length + (int)strspn(at + length, " ");
        between = ", ";
    }
    return out;
}

/* ---- one row ---- */

static pp_status check_texts(reader *r, int64_t row, pp_error *err) {
    char hint[200];
    for (int c = 0; c < COLUMNS; c++) {
        const char *text = pp_column_get_text(r->column[c], row);
        if (!text && columns[c].needed) {
            PP_TRY(wrong(r, row, c, NULL, err, "this row does not say it"));
        } else if (text && columns[c].words && !has_word(columns[c].words, text)) {
            PP_TRY(wrong(r, row, c, one_of(columns[c].words, hint), err,
                         "the codebook does not have this word"));
        }
    }
    return PP_OK;
}

static pp_status take_number(reader *r, int64_t row, int c, double *out, pp_error *err) {
    const char *text = pp_column_get_text(r->column[c], row);
    *out = NAN;
    if (!text || pp_parse_number(text, out)) {
        return PP_OK;
    }
    *out = NAN;
    return wrong(r, row, c, "26, -26 or 2015", err, "this is no number");
}

static int is_year(double value) {
    return isnan(value) || (value == floor(value) && value >= 1900 && value <= 2100);
}

static pp_status check_numbers(reader *r, int64_t row, pp__statement *s, pp_error *err) {
    PP_TRY(take_number(r, row, CHANGE, &s->change, err));
    PP_TRY(take_number(r, row, FROM, &s->from, err));
    PP_TRY(take_number(r, row, TO, &s->to, err));
    if (!isnan(s->change) && !s->unit) {
        PP_TRY(wrong(r, row, UNIT, "percent or count", err, "a change without its unit"));
    }
    if (s->unit && strcmp(s->unit, "percent") == 0 && s->change <= -100) {
        PP_TRY(wrong(r, row, CHANGE, NULL, err, "a fall by all of it, or more"));
    }
    for (int c = FROM; c <= TO; c++) {
        if (!is_year(c == FROM ? s->from : s->to)) {
            PP_TRY(wrong(r, row, c, "a year, from 1900 to 2100", err, "this is no year"));
        }
    }
    return s->from > s->to ? wrong(r, row, TO, NULL, err, "it ends before it begins")
                           : PP_OK;
}

static const char *source_text(const reader *r, int64_t row, const char *name) {
    const pp_column *c = pp_table_find(r->sources, name);
    return c && c->type != PP_NUMBER ? pp_column_get_text(c, row) : NULL;
}

static pp_status name_source(reader *r, pp__statement *s, const char *publisher,
                             const char *title, const char *published, pp_error *err) {
    s->source =
        pp_arena_printf(&r->claims->arena, "%s%s%s, %s", publisher ? publisher : "",
                        publisher ? ": " : "", title ? title : "without a title",
                        published ? published : "undated");
    PP_NEED(s->source, err);
    return PP_OK;
}

static pp_status take_source(reader *r, int64_t row, pp__statement *s, pp_error *err) {
    const char *id = pp_column_get_text(r->column[SOURCE], row);
    s->url = pp_column_get_text(r->column[URL], row);
    if (!id && (!s->url || !pp_column_get_text(r->column[TITLE], row))) {
        return wrong(r, row, SOURCE, "name a source of the study, or url and title", err,
                     "this statement has no source");
    }
    if (!id) {
        return name_source(r, s, pp_column_get_text(r->column[PUBLISHER], row),
                           pp_column_get_text(r->column[TITLE], row),
                           pp_column_get_text(r->column[PUBLISHED], row), err);
    }
    int64_t at = r->sources ? pp__map_get(&r->source_rows, id, -1) : -1;
    if (r->sources && at < 0) {
        return wrong(r, row, SOURCE, "its ids are in the study's sources", err,
                     "the study has no such source");
    }
    s->source = id;
    if (at >= 0) {
        s->url = source_text(r, at, "url");
        PP_TRY(name_source(r, s, source_text(r, at, "publisher"),
                           source_text(r, at, "title"), source_text(r, at, "published"),
                           err));
    }
    return PP_OK;
}

/* ---- grades ---- */

static int allows(const pp__yaml *rule, const char *key, const char *word) {
    const pp__yaml *node = pp__yaml_get(rule, key);
    if (!node) {
        return 1;
    }
    if (node->kind == PP__YAML_TEXT) {
        return node->text && strcmp(node->text, word) == 0;
    }
    for (const pp__yaml *c = node->first; c; c = c->next) {
        if (c->kind == PP__YAML_TEXT && c->text && strcmp(c->text, word) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status keep(reader *r, const pp__yaml *rule, const char *key, const char **out,
                      pp_error *err) {
    const pp__yaml *node = pp__yaml_get(rule, key);
    *out = node && node->text ? pp_arena_strdup(&r->claims->arena, node->text) : NULL;
    PP_NEED(*out, err);
    return PP_OK;
}

static pp_status grade(reader *r, int64_t row, pp__statement *s, pp_error *err) {
    for (const pp__yaml *rule = r->rules ? r->rules->first : NULL;
         rule && s->who && s->method; rule = rule->next) {
        if (allows(rule, "who", s->who) && allows(rule, "method", s->method) &&
            allows(rule, "unit", s->unit ? s->unit : "")) {
            PP_TRY(keep(r, rule, "grade", &s->grade, err));
            return keep(r, rule, "because", &s->because, err);
        }
    }
    return s->who && s->method && r->rules
               ? wrong(r, row, METHOD, "add a rule to the file of grades", err,
                       "no rule gives this statement a grade")
               : PP_OK;
}

static pp_status check_rule(reader *r, const pp__yaml *rule, pp_error *err) {
    char hint[200];
    static const char *const known = " who method unit grade because ";
    for (const pp__yaml *c = rule->kind == PP__YAML_MAP ? rule->first : NULL; c;
         c = c->next) {
        if (!has_word(known, c->key)) {
            PP_TRY(pp__mistake(r->mistakes, r->grades_file, c->line, c->key, NULL,
                               one_of(known, hint), err, "there is no such key"));
        }
    }
    const pp__yaml *word = pp__yaml_get(rule, "grade");
    const pp__yaml *because = pp__yaml_get(rule, "because");
    if (!because || !because->text) {
        PP_TRY(pp__mistake(r->mistakes, r->grades_file, rule->line, "because", NULL, NULL,
                           err, "this rule does not say why"));
    }
    for (const pp__yaml *c = r->grades->first; c && word && word->text; c = c->next) {
        if (c->text && strcmp(c->text, word->text) == 0) {
            return PP_OK;
        }
    }
    return pp__mistake(r->mistakes, r->grades_file, word ? word->line : rule->line,
                       "grade", word ? word->text : NULL,
                       "the words are listed under 'grades'", err,
                       "there is no such grade");
}

/* `text` NULL: the file's. */
static pp_status read_rules(reader *r, const char *text, int64_t length, pp_arena *arena,
                            pp_error *err) {
    const pp__yaml_source source = {.file = r->grades_file, .what = "file of grades"};
    pp__yaml *root = NULL;
    pp_error why = {0};
    pp_status status = text ? pp__yaml_parse(text, length, &source, arena, &root, &why)
                            : pp__yaml_read(&source, arena, &root, &why);
    if (status != PP_OK) {
        return pp__mistake_of(r->mistakes, status, &why, err);
    }
    r->grades = pp__yaml_get(root, "grades");
    const pp__yaml *rules = pp__yaml_get(root, "rules");
    if (!r->grades || r->grades->kind != PP__YAML_LIST || !rules ||
        rules->kind != PP__YAML_LIST) {
        return pp__mistake(r->mistakes, r->grades_file, 1, NULL, NULL,
                           "see claims_checked.h", err,
                           "the lists 'grades' and 'rules' are not both there");
    }
    int64_t before = pp_table_rows(r->mistakes);
    for (const pp__yaml *rule = rules->first; rule; rule = rule->next) {
        PP_TRY(check_rule(r, rule, err));
    }
    r->rules = pp_table_rows(r->mistakes) == before ? rules : NULL;
    return PP_OK;
}

/* ---- the file ---- */

static pp_status take_row(reader *r, int64_t row, pp__statement *s, pp_error *err) {
    const char *id = pp_column_get_text(r->column[ID], row);
    const char *country = pp_column_get_text(r->column[COUNTRY], row);
    *s = (pp__statement){.id = id,
                         .place = pp_column_get_text(r->column[PLACE], row),
                         .country = country,
                         .who = pp_column_get_text(r->column[WHO], row),
                         .name = pp_column_get_text(r->column[NAME], row),
                         .statement = pp_column_get_text(r->column[STATEMENT], row),
                         .measure = pp_column_get_text(r->column[MEASURE], row),
                         .unit = pp_column_get_text(r->column[UNIT], row),
                         .method = pp_column_get_text(r->column[METHOD], row)};
    PP_TRY(check_texts(r, row, err));
    if (id && pp__map_get(&r->ids, id, 0)) {
        PP_TRY(wrong(r, row, ID, "each has its own", err, "this id is there already"));
    } else if (id) {
        PP_NEED(pp__map_at(&r->ids, id, 1), err);
    }
    const pp_place *place =
        country && r->gazetteer ? pp_gazetteer_find(r->gazetteer, country) : NULL;
    if (country && r->gazetteer && (!place || place->kind != PP_PLACE_COUNTRY)) {
        PP_TRY(wrong(r, row, COUNTRY, "three capitals: KEN", err,
                     "this country is not known"));
    }
    PP_TRY(check_numbers(r, row, s, err));
    PP_TRY(take_source(r, row, s, err));
    return grade(r, row, s, err);
}

static pp_status take_rows(reader *r, pp_error *err) {
    pp_effect_claims *claims = r->claims;
    int missing = 0;
    for (int c = 0; c < COLUMNS; c++) {
        r->column[c] = pp_table_find(claims->table, columns[c].name);
        if (!r->column[c]) {
            missing = 1;
            PP_TRY(wrong(r, -1, c, "the columns are in claims_checked.h", err,
                         "this column is missing"));
        }
    }
    if (missing) {
        return PP_OK;
    }
    claims->n = pp_table_rows(claims->table);
    claims->statements =
        pp_arena_zalloc(&claims->arena, claims->n + 1, sizeof *claims->statements);
    r->lines = pp_arena_zalloc(&claims->arena, claims->n + 1, sizeof *r->lines);
    PP_NEED(claims->statements, err);
    PP_NEED(r->lines, err);
    PP_TRY(pp__record_lines(r->file, claims->n, r->lines, err));
    for (int64_t row = 0; row < claims->n; row++) {
        PP_TRY(take_row(r, row, &claims->statements[row], err));
    }
    return PP_OK;
}

static pp_status index_sources(reader *r, pp_error *err) {
    const pp_column *id = r->sources ? pp_table_find(r->sources, "source_id") : NULL;
    for (int64_t row = 0; id && row < pp_table_rows(r->sources); row++) {
        const char *text = pp_column_get_text(id, row);
        if (text) {
            PP_NEED(pp__map_at(&r->source_rows, text, row), err);
        }
    }
    return PP_OK;
}

static pp_status check_all(reader *r, const char *grades, int64_t length, pp_arena *arena,
                           pp_error *err) {
    PP_TRY(pp__mistakes_new(&r->mistakes, err));
    PP_TRY(index_sources(r, err));
    PP_TRY(read_rules(r, grades, length, arena, err));
    PP_TRY(take_rows(r, err));
    return pp__mistakes_first(r->mistakes, NULL, err);
}

void pp_effect_claims_free(pp_effect_claims *claims) {
    if (claims) {
        pp_table_free(claims->table);
        pp_arena_clear(&claims->arena);
        pp_free(claims);
    }
}

/* What was read is checked and given, or freed. */
static pp_status finish(reader *r, const char *grades, int64_t length,
                        pp_effect_claims **out, pp_error *err) {
    pp_arena arena;
    pp_arena_init(&arena);
    pp_status status = check_all(r, grades, length, &arena, err);
    pp_arena_clear(&arena);
    pp_table_free(r->mistakes);
    pp__map_clear(&r->ids);
    pp__map_clear(&r->source_rows);
    if (status == PP_OK) {
        *out = r->claims;
    } else {
        pp_effect_claims_free(r->claims);
    }
    return status;
}

pp_status pp__effect_claims_take(pp_table *table, const char *grades, int64_t length,
                                 pp_effect_claims **out, pp_error *err) {
    reader r = {.claims = pp_calloc(1, sizeof(pp_effect_claims)),
                .grades_file = "grades.yml"};
    *out = NULL;
    if (!r.claims) {
        pp_table_free(table);
        return pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    pp_arena_init(&r.claims->arena);
    r.claims->table = table;
    return finish(&r, grades, length, out, err);
}

pp_status pp_effect_claims_read(const char *statements, const char *grades,
                                const pp_gazetteer *gazetteer, const pp_table *sources,
                                const pp_context *ctx, pp_effect_claims **out,
                                pp_error *err) {
    static const pp_read_options as_text = {.all_text = 1};
    reader r = {.claims = pp_calloc(1, sizeof(pp_effect_claims)),
                .file = statements,
                .grades_file = grades,
                .gazetteer = gazetteer,
                .sources = sources};
    *out = NULL;
    PP_NEED(r.claims, err);
    pp_arena_init(&r.claims->arena);
    pp_status status = pp_table_read(statements, &as_text, ctx, &r.claims->table, err);
    if (status != PP_OK) {
        pp_effect_claims_free(r.claims);
        return status;
    }
    return finish(&r, NULL, 0, out, err);
}
