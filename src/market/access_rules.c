/* access.yml: read and checked, every mistake with its line. */
#include "market/access_rules.h"

#include "base/check.h"
#include "base/yaml.h"
#include "evidence/entities.h"

#include <pushpull/text.h>

#include <math.h>
#include <string.h>

static const char START[] = "see data/strategy/access.yml, which comes with pushpull";
static const double NEARLY = 1e-9; /* weights are decimals: 0.1 + 0.2 is not 0.3 */

const char *const pp__access_part_names[PP__ACCESS_PARTS] = {"who", "home_law", "own_law",
                                                             "data"};
const char *const pp__grade_names[PP__GRADES] = {"low", "medium", "high"};

typedef struct reader {
    pp_access_rules *rules;
    pp_error *err;
} reader;

const pp__judged *pp__judged_find(const pp__judged *list, int n, const char *word) {
    for (int i = 0; word && i < n; i++) {
        if (strcmp(list[i].word, word) == 0) {
            return &list[i];
        }
    }
    return NULL;
}

/* ---- keys ---- */

static pp_status refuse(const reader *r, const pp__yaml *node, const char *hint,
                        const char *problem) {
    return pp__yaml_refuse(node, r->rules->file, hint, r->err, "%s", problem);
}

static pp_status need(const reader *r, const pp__yaml *map, const char *key,
                      const pp__yaml **out) {
    *out = pp__yaml_get(map, key);
    return *out ? PP_OK
                : pp__yaml_refuse(map, r->rules->file, START, r->err,
                                  "the key '%s' is missing", key);
}

static pp_status need_map(const reader *r, const pp__yaml *node) {
    return node->kind == PP__YAML_MAP && node->n > 0
               ? PP_OK
               : refuse(r, node, START, "this is no map of names");
}

/* A word that is none of `words`, which end with NULL. */
static pp_status refuse_word(const reader *r, const pp__yaml *node, const char *word,
                             const char *const *words) {
    int64_t n = 0;
    pp_buf hint;
    pp_buf_init(&hint);
    for (; words[n]; n++) {
        pp_buf_printf(&hint, "%s%s", n ? ", " : "one of ", words[n]);
    }
    const char *near = pp_text_nearest(word, words, n);
    pp_status status = pp__yaml_refuse(node, r->rules->file, hint.data, r->err,
                                       "'%s' is not among the words known here", word);
    if (near) {
        pp_error_hint(r->err, "did you mean '%s'?", near);
    }
    pp_buf_clear(&hint);
    return status;
}

static int is_in(const char *const *words, const char *word) {
    for (; *words; words++) {
        if (strcmp(*words, word) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status check_keys(const reader *r, const pp__yaml *map,
                            const char *const *keys) {
    PP_TRY(need_map(r, map));
    for (const pp__yaml *child = map->first; child; child = child->next) {
        if (!is_in(keys, child->key)) {
            return refuse_word(r, child, child->key, keys);
        }
    }
    return PP_OK;
}

/* ---- values ---- */

static pp_status read_text(const reader *r, const pp__yaml *map, const char *key,
                           const char **out) {
    const pp__yaml *node;
    PP_TRY(need(r, map, key, &node));
    if (node->kind != PP__YAML_TEXT || !node->text || !*node->text) {
        return refuse(r, node, START, "this is no text");
    }
    *out = node->text;
    return PP_OK;
}

static pp_status read_share(const reader *r, const pp__yaml *node, double *out) {
    if (node->kind != PP__YAML_TEXT || !node->text || !pp_parse_number(node->text, out) ||
        *out < 0 || *out > 1) {
        return refuse(r, node, "write a number such as 0.4",
                      "this is no number from 0 to 1");
    }
    return PP_OK;
}

/* [low, high], a number for both, or (where they are allowed) yes, no and may. */
static pp_status read_bounds(const reader *r, const pp__yaml *node, int words,
                             pp__bounds *out) {
    const char *text = node->kind == PP__YAML_TEXT ? node->text : NULL;
    if (words && text && strcmp(text, "yes") == 0) {
        *out = (pp__bounds){1, 1};
    } else if (words && text && strcmp(text, "no") == 0) {
        *out = (pp__bounds){0, 0};
    } else if (words && text && strcmp(text, "may") == 0) {
        *out = (pp__bounds){0, 1};
    } else if (text) {
        PP_TRY(read_share(r, node, &out->low));
        out->high = out->low;
    } else if (node->kind == PP__YAML_LIST && node->n == 2) {
        PP_TRY(read_share(r, node->first, &out->low));
        PP_TRY(read_share(r, node->last, &out->high));
    } else {
        return refuse(r, node,
                      words ? "write yes, no, may, or [low, high]"
                            : "write [low, high], such as [0.2, 0.5]",
                      "these are no bounds");
    }
    return out->low <= out->high ? PP_OK
                                 : refuse(r, node, "write [low, high], the lower first",
                                          "the lower bound is above the upper one");
}

static pp_status read_needed_bounds(const reader *r, const pp__yaml *map, const char *key,
                                    pp__bounds *out) {
    const pp__yaml *node;
    PP_TRY(need(r, map, key, &node));
    return read_bounds(r, node, 0, out);
}

/* A list of texts, each one of `words` (NULL: any); not given: NULL. */
static pp_status read_list(const reader *r, const pp__yaml *map, const char *key,
                           const char *const *words, const char *const **out) {
    const pp__yaml *node = pp__yaml_get(map, key);
    *out = NULL;
    if (!node) {
        return PP_OK;
    }
    if (node->kind != PP__YAML_LIST || node->n == 0) {
        return refuse(r, node, "write [one, two]", "this is no list of words");
    }
    const char **list = pp_arena_zalloc(&r->rules->arena, node->n + 1, sizeof *list);
    PP_NEED(list, r->err);
    int64_t n = 0;
    for (const pp__yaml *child = node->first; child; child = child->next) {
        if (child->kind != PP__YAML_TEXT || !child->text || !*child->text) {
            return refuse(r, child, "write [one, two]", "this is no word");
        }
        if (words && !is_in(words, child->text)) {
            return refuse_word(r, child, child->text, words);
        }
        list[n++] = child->text;
    }
    *out = list;
    return PP_OK;
}

static const char *const *codebook(const char *field) {
    const pp__entity *claims = &pp__entities[PP__CLAIM];
    return claims->fields[pp__field_position(claims, field)].words;
}

/* ---- sections ---- */

static pp_status read_weights(reader *r, const pp__yaml *root) {
    static const char *const keys[] = {"who", "home_law", "own_law", "data", NULL};
    const pp__yaml *map, *node;
    double sum = 0;
    PP_TRY(need(r, root, "weights", &map));
    PP_TRY(check_keys(r, map, keys));
    for (int k = 0; k < PP__ACCESS_PARTS; k++) {
        PP_TRY(need(r, map, keys[k], &node));
        PP_TRY(read_share(r, node, &r->rules->weights[k]));
        sum += r->rules->weights[k];
    }
    r->rules->weights_line = map->line;
    return fabs(sum - 1) <= NEARLY
               ? PP_OK
               : pp__yaml_refuse(map, r->rules->file, "change them so that they sum to 1",
                                 r->err, "the weights of the four parts sum to %.6g",
                                 sum);
}

static pp_status read_grades(reader *r, const pp__yaml *root) {
    static const char *const keys[] = {"low", "medium", "high", NULL};
    const pp__yaml *map, *node;
    PP_TRY(need(r, root, "grades", &map));
    PP_TRY(check_keys(r, map, keys));
    for (int k = 0; k < PP__GRADES; k++) {
        PP_TRY(need(r, map, keys[k], &node));
        PP_TRY(read_share(r, node, &r->rules->grades[k]));
    }
    return PP_OK;
}

static pp_status read_grade(const reader *r, const pp__yaml *node, pp__relation *out) {
    const pp__yaml *grade = pp__yaml_get(node, "grade");
    out->grade = PP__GRADES - 1;
    for (int k = 0; grade && k < PP__GRADES; k++) {
        if (grade->text && strcmp(grade->text, pp__grade_names[k]) == 0) {
            out->grade = k;
            grade = NULL;
        }
    }
    if (grade) {
        return refuse(r, grade, "one of low, medium, high", "this is no grade");
    }
    if (out->words && out->grade > 0) {
        return refuse(r, node, "write 'grade: low'",
                      "a word in a note is weak evidence: its grade must be low");
    }
    return PP_OK;
}

static pp_status read_relation(const reader *r, const pp__yaml *node, pp__relation *out) {
    static const char *const keys[] = {"party",    "reach",     "because",
                                       "statuses", "financing", "words",
                                       "grade",    "platforms", NULL};
    static const char *const parties[] = {"vendor", "financier", NULL};
    const char *party;
    PP_TRY(check_keys(r, node, keys));
    out->name = node->key;
    out->line = node->line;
    PP_TRY(read_text(r, node, "party", &party));
    if (!is_in(parties, party)) {
        return refuse_word(r, pp__yaml_get(node, "party"), party, parties);
    }
    out->is_financier = strcmp(party, "financier") == 0;
    PP_TRY(read_needed_bounds(r, node, "reach", &out->reach));
    PP_TRY(read_text(r, node, "because", &out->because));
    PP_TRY(read_list(r, node, "statuses", codebook("status"), &out->statuses));
    PP_TRY(read_list(r, node, "financing", codebook("financing"), &out->financing));
    PP_TRY(read_list(r, node, "platforms", codebook("platform"), &out->platforms));
    PP_TRY(read_list(r, node, "words", NULL, &out->words));
    return read_grade(r, node, out);
}

static pp_status read_obligation(const reader *r, const pp__yaml *node,
                                 pp__obligation *out) {
    static const char *const keys[] = {"instrument", "article", "obliges", "because",
                                       NULL};
    PP_TRY(check_keys(r, node, keys));
    out->home = node->key;
    out->line = node->line;
    if (strlen(out->home) != 3) {
        return refuse(r, node, "write its code, such as CHN", "this is no country");
    }
    PP_TRY(read_text(r, node, "instrument", &out->instrument));
    PP_TRY(read_text(r, node, "article", &out->article));
    PP_TRY(read_text(r, node, "because", &out->because));
    return read_needed_bounds(r, node, "obliges", &out->obliges);
}

static pp_status read_kind(const reader *r, const pp__yaml *node, pp__data_kind *out) {
    static const char *const keys[] = {"weight", "platforms", "words", NULL};
    const char *const *platforms = codebook("platform");
    const pp__yaml *weight, *map;
    PP_TRY(check_keys(r, node, keys));
    out->name = node->key;
    out->line = node->line;
    PP_TRY(need(r, node, "weight", &weight));
    PP_TRY(read_share(r, weight, &out->weight));
    PP_TRY(read_list(r, node, "words", NULL, &out->words));
    PP_TRY(need(r, node, "platforms", &map));
    PP_TRY(check_keys(r, map, platforms));
    pp__judged *list = pp_arena_zalloc(&r->rules->arena, map->n, sizeof *list);
    PP_NEED(list, r->err);
    for (const pp__yaml *child = map->first; child; child = child->next) {
        list[out->n_platforms] = (pp__judged){.word = child->key, .line = child->line};
        PP_TRY(read_bounds(r, child, 1, &list[out->n_platforms++].bounds));
    }
    out->platforms = list;
    return PP_OK;
}

static pp_status read_relations(reader *r, const pp__yaml *root) {
    const pp__yaml *map;
    PP_TRY(need(r, root, "relations", &map));
    PP_TRY(need_map(r, map));
    r->rules->relations =
        pp_arena_zalloc(&r->rules->arena, map->n, sizeof *r->rules->relations);
    PP_NEED(r->rules->relations, r->err);
    for (const pp__yaml *child = map->first; child; child = child->next) {
        PP_TRY(read_relation(r, child, &r->rules->relations[r->rules->n_relations++]));
    }
    return PP_OK;
}

static pp_status read_obligations(reader *r, const pp__yaml *root) {
    const pp__yaml *map;
    PP_TRY(need(r, root, "home_law", &map));
    PP_TRY(need_map(r, map));
    r->rules->obligations =
        pp_arena_zalloc(&r->rules->arena, map->n, sizeof *r->rules->obligations);
    PP_NEED(r->rules->obligations, r->err);
    for (const pp__yaml *child = map->first; child; child = child->next) {
        PP_TRY(
            read_obligation(r, child, &r->rules->obligations[r->rules->n_obligations++]));
    }
    return PP_OK;
}

static pp_status read_judged(reader *r, const pp__yaml *root, const char *key,
                             pp__judged **out, int *n) {
    const pp__yaml *map;
    PP_TRY(need(r, root, key, &map));
    PP_TRY(need_map(r, map));
    *out = pp_arena_zalloc(&r->rules->arena, map->n, sizeof **out);
    PP_NEED(*out, r->err);
    for (const pp__yaml *child = map->first; child; child = child->next) {
        pp__judged *judged = &(*out)[(*n)++];
        *judged = (pp__judged){.word = child->key, .line = child->line};
        PP_TRY(read_bounds(r, child, 0, &judged->bounds));
    }
    return PP_OK;
}

static pp_status read_kinds(reader *r, const pp__yaml *root) {
    const pp__yaml *map;
    double sum = 0;
    PP_TRY(need(r, root, "data", &map));
    PP_TRY(need_map(r, map));
    r->rules->kinds = pp_arena_zalloc(&r->rules->arena, map->n, sizeof *r->rules->kinds);
    PP_NEED(r->rules->kinds, r->err);
    for (const pp__yaml *child = map->first; child; child = child->next) {
        pp__data_kind *kind = &r->rules->kinds[r->rules->n_kinds++];
        PP_TRY(read_kind(r, child, kind));
        sum += kind->weight;
    }
    return fabs(sum - 1) <= NEARLY
               ? PP_OK
               : pp__yaml_refuse(map, r->rules->file, "change them so that they sum to 1",
                                 r->err, "the weights of the kinds of data sum to %.6g",
                                 sum);
}

static pp_status read_all(reader *r, const pp__yaml *root) {
    static const char *const keys[] = {"weights", "grades",      "relations", "home_law",
                                       "own_law", "enforcement", "data",      NULL};
    pp_access_rules *rules = r->rules;
    PP_TRY(check_keys(r, root, keys));
    PP_TRY(read_weights(r, root));
    PP_TRY(read_grades(r, root));
    PP_TRY(read_relations(r, root));
    PP_TRY(read_obligations(r, root));
    PP_TRY(read_judged(r, root, "own_law", &rules->standings, &rules->n_standings));
    PP_TRY(read_judged(r, root, "enforcement", &rules->enforcements,
                       &rules->n_enforcements));
    return read_kinds(r, root);
}

/* ---- from a file, from a text ---- */

/* `text` NULL: of the file. */
static pp_status load(const char *text, int64_t length, const char *name,
                      pp_access_rules **out, pp_error *err) {
    reader r = {.rules = pp_calloc(1, sizeof *r.rules), .err = err};
    pp__yaml *root;
    *out = NULL;
    PP_NEED(r.rules, err);
    pp_arena_init(&r.rules->arena);
    r.rules->file = pp_arena_strdup(&r.rules->arena, name);
    const pp__yaml_source source = {r.rules->file, "file of access", START};
    pp_status status =
        r.rules->file ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    if (status == PP_OK) {
        status =
            text ? pp__yaml_parse(text, length, &source, &r.rules->arena, &root, r.err)
                 : pp__yaml_read(&source, &r.rules->arena, &root, r.err);
    }
    if (status == PP_OK) {
        status = read_all(&r, root);
    }
    if (status != PP_OK) {
        pp_access_rules_free(r.rules);
        return status;
    }
    *out = r.rules;
    return PP_OK;
}

pp_status pp_access_rules_read(const char *path, pp_access_rules **out, pp_error *err) {
    return load(NULL, 0, path, out, err);
}

pp_status pp_access_rules_text(const char *text, int64_t length, const char *name,
                               pp_access_rules **out, pp_error *err) {
    return load(text, length, name, out, err);
}

void pp_access_rules_free(pp_access_rules *rules) {
    if (rules) {
        pp_arena_clear(&rules->arena);
        pp_free(rules);
    }
}

const char *pp_access_rules_home(const pp_access_rules *rules, int index) {
    return index >= 0 && index < rules->n_obligations ? rules->obligations[index].home
                                                      : NULL;
}

int64_t pp_access_rules_home_line(const pp_access_rules *rules, int index) {
    return index >= 0 && index < rules->n_obligations ? rules->obligations[index].line
                                                      : 0;
}
