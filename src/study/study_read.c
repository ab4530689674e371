/* From the tree to pp_study, by the tables of study_format.c. Mistakes are collected;
   reading goes on after each, and only a failed allocation stops it. */
#include "study/analyses/analysis.h"

#include "base/check.h"
#include <ctype.h>
#include <math.h>
#include <pushpull/file.h>
#include <pushpull/text.h>
#include <stdio.h>
#include <string.h>

typedef struct filler {
    pp_study *study;
    pp__problems *problems;
} filler;

static const char *const no_names[] = {NULL};

/* "models" and "headline" to "models.headline"; an absurdly long key is left out. */
static void join(char out[PP__FIELD_PATH], const char *path, const char *key) {
    if (snprintf(out, PP__FIELD_PATH, "%s%s%s", path, *path ? "." : "", key) >=
        PP__FIELD_PATH) {
        snprintf(out, PP__FIELD_PATH, "%s", path);
    }
}

static pp_status read_map(const filler *f, const pp__section *section,
                          const pp__yaml *map, const char *path, char *base,
                          pp_error *err);

static pp_status complain(const filler *f, const pp__yaml *node, const char *path,
                          const char *expected, pp_error *err) {
    static const char *const kinds[] = {"a text", "a list",
                                        "a section with keys of its own"};
    if (node->kind == PP__YAML_TEXT) {
        return pp__problem(f->problems, node->line, path, node->text, NULL, err,
                           "this must be %s", expected);
    }
    return pp__problem(f->problems, node->line, path, NULL, NULL, err,
                       "this must be %s and is %s", expected, kinds[node->kind]);
}

static void put_text(char *target, const char *text) {
    memcpy(target, &text, sizeof text);
}

static pp_status read_text(const filler *f, const pp__yaml *node, const char *path,
                           char *target, pp_error *err) {
    if (node->kind != PP__YAML_TEXT) {
        return complain(f, node, path, "one text", err);
    }
    put_text(target, node->text);
    return PP_OK;
}

static int64_t count_names(const char *const *names) {
    int64_t n = 0;
    while (names[n]) {
        n++;
    }
    return n;
}

static pp_status suggest(const filler *f, const char *word, const char *const *known,
                         const char **suggestion, pp_error *err) {
    int64_t n = count_names(known);
    const char *nearest = pp_text_nearest(word, known, n);
    pp_buf list;
    *suggestion = NULL;
    if (n == 0) {
        return PP_OK;
    }
    pp_buf_init(&list);
    if (nearest) {
        pp_buf_printf(&list, "did you mean '%s'?", nearest);
    }
    for (int64_t i = 0; !nearest && i < n; i++) {
        pp_buf_printf(&list, "%s%s", i == 0 ? "one of " : ", ", known[i]);
    }
    if (!list.failed) {
        *suggestion = pp_arena_strdup(&f->study->arena, list.data);
    }
    pp_buf_clear(&list);
    PP_NEED(*suggestion, err);
    return PP_OK;
}

static pp_status read_choice(const filler *f, const pp__field *field,
                             const pp__yaml *node, const char *path, char *target,
                             pp_error *err) {
    const char *suggestion;
    if (node->kind != PP__YAML_TEXT) {
        return complain(f, node, path, "one word", err);
    }
    for (const char *const *choice = field->choices; *choice; choice++) {
        if (strcmp(*choice, node->text) == 0) {
            put_text(target, *choice);
            return PP_OK;
        }
    }
    PP_TRY(suggest(f, node->text, field->choices, &suggestion, err));
    return pp__problem(f->problems, node->line, path, node->text, suggestion, err,
                       "'%s' is no value of %s", node->text, field->name);
}

/* A number within the field's range, or a problem; `found` tells which. */
static pp_status read_number(const filler *f, const pp__field *field, int whole,
                             const pp__yaml *node, const char *path, double *out,
                             int *found, pp_error *err) {
    char low[32], high[32];
    double value;
    *found = 0;
    if (node->kind != PP__YAML_TEXT || !node->text ||
        !pp_parse_number(node->text, &value) || (whole && value != floor(value))) {
        return complain(f, node, path, whole ? "a whole number" : "a number", err);
    }
    if (value < field->low || value > field->high) {
        pp_format_number(field->low, low);
        pp_format_number(field->high, high);
        return pp__problem(f->problems, node->line, path, node->text, NULL, err,
                           "%s must be in %s to %s", field->name, low, high);
    }
    *out = value;
    *found = 1;
    return PP_OK;
}

static pp_status read_integer(const filler *f, const pp__field *field,
                              const pp__yaml *node, const char *path, int64_t *out,
                              pp_error *err) {
    double value;
    int found;
    PP_TRY(read_number(f, field, 1, node, path, &value, &found, err));
    if (found) {
        *out = (int64_t)value;
    }
    return PP_OK;
}

static pp_status read_names(const filler *f, const pp__yaml *node, const char *path,
                            char *target, pp_error *err) {
    int64_t n = node->kind == PP__YAML_LIST ? node->n : 1, i = 0;
    const char **names = pp_arena_zalloc(&f->study->arena, n + 1, sizeof *names);
    PP_NEED(names, err);
    if (node->kind == PP__YAML_TEXT) {
        names[i++] = node->text;
    } else if (node->kind == PP__YAML_MAP) {
        return complain(f, node, path, "a list: [a, b]", err);
    }
    for (const pp__yaml *item = node->first; item; item = item->next) {
        if (item->kind == PP__YAML_TEXT && item->text) {
            names[i++] = item->text;
        } else {
            PP_TRY(complain(f, item, path, "a word of the list", err));
        }
    }
    memcpy(target, &names, sizeof names);
    return PP_OK;
}

static pp_status read_years(const filler *f, const pp__field *field, const pp__yaml *node,
                            const char *path, char *target, pp_error *err) {
    int64_t years[2] = {0, 0};
    if (node->kind != PP__YAML_LIST || node->n != 2) {
        return complain(f, node, path, "two years: [2005, 2022]", err);
    }
    PP_TRY(read_integer(f, field, node->first, path, &years[0], err));
    PP_TRY(read_integer(f, field, node->last, path, &years[1], err));
    memcpy(target, years, sizeof years);
    if (years[0] > years[1] && years[1] > 0) {
        return pp__problem(f->problems, node->line, path, NULL, "swap them", err,
                           "the first year is after the last");
    }
    return PP_OK;
}

static pp_status read_file(const filler *f, const pp__yaml *node, const char *path,
                           char *target, pp_error *err) {
    pp_study_file file;
    if (node->kind != PP__YAML_TEXT) {
        return complain(f, node, path, "the name of one file", err);
    }
    file.written = node->text;
    file.path = file.written;
    if (file.written[0] != '/' && strcmp(f->study->folder, ".") != 0) {
        file.path =
            pp_arena_printf(&f->study->arena, "%s/%s", f->study->folder, file.written);
        PP_NEED(file.path, err);
    }
    memcpy(target, &file, sizeof file);
    return PP_OK;
}

static void set_defaults(const pp__section *section, char *base);

static void set_default(const pp__field *field, char *base) {
    char *target = base + field->offset;
    int64_t whole = (int64_t)field->number;
    const char *const *none = field->nullable ? NULL : no_names;
    switch (field->kind) {
    case PP__TEXT:
    case PP__CHOICE:
        put_text(target, field->text);
        break;
    case PP__INTEGER:
        memcpy(target, &whole, sizeof whole);
        break;
    case PP__NUMBER:
        memcpy(target, &field->number, sizeof field->number);
        break;
    case PP__NAMES:
        memcpy(target, &none, sizeof none);
        break;
    case PP__SECTION:
        set_defaults(field->section, base);
        break;
    default:
        break;
    }
}

static void set_defaults(const pp__section *section, char *base) {
    for (int i = 0; i < section->n; i++) {
        set_default(&section->fields[i], base);
    }
}

const char *const *pp__field_names(const pp__field *field, const void *settings,
                                   const char *room[2]) {
    const char *target = (const char *)settings + field->offset;
    const char *const *names;
    if (field->kind == PP__NAMES) {
        memcpy(&names, target, sizeof names);
        return names ? names : no_names;
    }
    memcpy(&room[0], target, sizeof room[0]);
    room[1] = NULL;
    return room;
}

static int is_name(const char *text) {
    const unsigned char *c = (const unsigned char *)text;
    if (!isalpha(*c) && *c != '_') {
        return 0;
    }
    while (isalnum(*c) || *c == '_') {
        c++;
    }
    return *c == '\0' && c - (const unsigned char *)text < PP_ERROR_NAME;
}

/* Entries begin with `const char *name; int64_t line;`. */
typedef struct entry_head {
    const char *name;
    int64_t line;
} entry_head;

static pp_status begin_like(const filler *f, const pp__section *section,
                            const pp__yaml *node, const char *path, const char *entries,
                            int64_t n, char *entry, pp_error *err) {
    const pp__yaml *like = pp__yaml_get(node, "like");
    const char **names, *suggestion;
    if (!like) {
        return PP_OK;
    }
    names = pp_arena_zalloc(&f->study->arena, n + 1, sizeof *names);
    PP_NEED(names, err);
    for (int64_t i = 0; i < n; i++) {
        const char *other = entries + (size_t)i * section->size;
        memcpy(&names[i], other, sizeof names[i]);
        if (like->text && strcmp(names[i], like->text) == 0) {
            memcpy(entry, other, section->size);
            for (int k = 0; k < section->n; k++) {
                if (section->fields[k].own) {
                    set_default(&section->fields[k], entry);
                }
            }
            return PP_OK;
        }
    }
    PP_TRY(suggest(f, like->text ? like->text : "", names, &suggestion, err));
    return pp__problem(f->problems, like->line, path, like->text, suggestion, err,
                       "like must name %s that stands before this one", section->what);
}

static int allows(const pp__section *section, const char *key) {
    for (int i = 0; i < section->n; i++) {
        if (strcmp(section->fields[i].name, key) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status read_entry(const filler *f, const pp__section *section,
                            const pp__yaml *node, const char *path, const char *entries,
                            int64_t n, char *entry, pp_error *err) {
    entry_head head = {node->key, node->line};
    set_defaults(section, entry);
    if (!is_name(node->key)) {
        PP_TRY(pp__problem(
            f->problems, node->line, path, node->key, NULL, err,
            "a name must start with a letter and hold only letters, digits and _"));
    }
    if (allows(section, "like")) {
        PP_TRY(begin_like(f, section, node, path, entries, n, entry, err));
    }
    memcpy(entry, &head, sizeof head);
    if (section->bare) {
        return read_names(f, node, path, entry + section->fields[0].offset, err);
    }
    return read_map(f, section, node, path, entry, err);
}

static pp_status read_entries(const filler *f, const pp__field *field,
                              const pp__yaml *node, const char *path, char *base,
                              pp_error *err) {
    char inner[PP__FIELD_PATH];
    char *entries;
    int64_t n = 0;
    if (node->kind != PP__YAML_MAP) {
        return complain(f, node, path, "a section with an entry for each name", err);
    }
    entries = pp_arena_zalloc(&f->study->arena, node->n, field->section->size);
    PP_NEED(entries, err);
    memcpy(base + field->offset, &entries, sizeof entries);
    for (const pp__yaml *child = node->first; child; child = child->next) {
        join(inner, path, child->key);
        PP_TRY(read_entry(f, field->section, child, inner, entries, n,
                          entries + (size_t)n * field->section->size, err));
        n++;
    }
    memcpy(base + field->count, &n, sizeof n);
    return PP_OK;
}

static int64_t count_analyses(void) {
    int64_t n = 0;
    while (pp__analysis_get((int)n)) {
        n++;
    }
    return n;
}

static pp_status refuse_analysis(const filler *f, const pp__yaml *node, const char *path,
                                 pp_error *err) {
    const char *known[64], *suggestion;
    int n = 0;
    for (; n < 63 && pp__analysis_get(n); n++) {
        known[n] = pp__analysis_get(n)->name;
    }
    known[n] = NULL;
    PP_TRY(suggest(f, node->key, known, &suggestion, err));
    return pp__problem(f->problems, node->line, path, node->key, suggestion, err,
                       "there is no analysis '%s'", node->key);
}

/* An analysis that is named without keys has its defaults. */
static pp_status read_analyses(const filler *f, const pp__yaml *map, const char *path,
                               pp_error *err) {
    char inner[PP__FIELD_PATH];
    if (map->kind != PP__YAML_MAP) {
        return complain(f, map, path, "a section with an entry for each analysis", err);
    }
    for (const pp__yaml *node = map->first; node; node = node->next) {
        int64_t i = 0;
        while (i < f->study->n_analyses &&
               strcmp(f->study->analyses[i].name, node->key) != 0) {
            i++;
        }
        join(inner, path, node->key);
        if (i == f->study->n_analyses) {
            PP_TRY(refuse_analysis(f, node, inner, err));
            continue;
        }
        pp_study_analysis *a = &f->study->analyses[i];
        a->line = node->line;
        a->given = 1;
        PP_TRY(read_map(f, pp__analysis_get((int)i)->format, node, inner,
                        (char *)a->settings, err));
    }
    return PP_OK;
}

static pp_status read_field(const filler *f, const pp__field *field, const pp__yaml *node,
                            const char *path, char *base, pp_error *err) {
    char *target = base + field->offset;
    int64_t whole;
    double number;
    int found;
    switch (field->kind) {
    case PP__TEXT:
        return read_text(f, node, path, target, err);
    case PP__CHOICE:
        return read_choice(f, field, node, path, target, err);
    case PP__INTEGER:
        memcpy(&whole, target, sizeof whole);
        PP_TRY(read_integer(f, field, node, path, &whole, err));
        memcpy(target, &whole, sizeof whole);
        return PP_OK;
    case PP__NUMBER:
        PP_TRY(read_number(f, field, 0, node, path, &number, &found, err));
        if (found) {
            memcpy(target, &number, sizeof number);
        }
        return PP_OK;
    case PP__NAMES:
        return read_names(f, node, path, target, err);
    case PP__YEARS:
        return read_years(f, field, node, path, target, err);
    case PP__FILE:
    case PP__PATH:
        return read_file(f, node, path, target, err);
    case PP__SECTION:
        return read_map(f, field->section, node, path, base, err);
    case PP__ENTRIES:
        return read_entries(f, field, node, path, base, err);
    case PP__ANALYSES:
        return read_analyses(f, node, path, err);
    default:
        return PP_OK;
    }
}

static pp_status refuse_key(const filler *f, const pp__section *section,
                            const pp__yaml *node, const char *path, pp_error *err) {
    const char *known[32], *suggestion;
    for (int i = 0; i < section->n; i++) {
        known[i] = section->fields[i].name;
    }
    known[section->n] = NULL;
    PP_TRY(suggest(f, node->key, known, &suggestion, err));
    return pp__problem(f->problems, node->line, path, node->key, suggestion, err,
                       "'%s' is no key of %s", node->key, section->what);
}

/* A key without a value takes its default. */
static int is_given(const pp__yaml *node) {
    return node && (node->kind != PP__YAML_TEXT || node->text);
}

static pp_status read_map(const filler *f, const pp__section *section,
                          const pp__yaml *map, const char *path, char *base,
                          pp_error *err) {
    char inner[PP__FIELD_PATH];
    if (map->kind == PP__YAML_LIST || (map->kind == PP__YAML_TEXT && map->text)) {
        return complain(f, map, path, "a section with keys of its own", err);
    }
    for (const pp__yaml *node = map->first; node; node = node->next) {
        join(inner, path, node->key);
        if (!allows(section, node->key)) {
            PP_TRY(refuse_key(f, section, node, inner, err));
        }
    }
    for (int i = 0; i < section->n; i++) {
        const pp__field *field = &section->fields[i];
        const pp__yaml *node = pp__yaml_get(map, field->name);
        join(inner, path, field->name);
        if (is_given(node)) {
            PP_TRY(read_field(f, field, node, inner, base, err));
        } else if (field->required) {
            PP_TRY(pp__problem(f->problems, node ? node->line : map->line, inner, NULL,
                               NULL, err, "%s is missing from %s", field->name,
                               section->what));
        } else if (node) {
            set_default(field, base);
        }
    }
    return PP_OK;
}

/* Every analysis has settings: a command may ask for one that the file does not name. */
static pp_status prepare_analyses(pp_study *study, pp_error *err) {
    study->n_analyses = count_analyses();
    study->analyses =
        pp_arena_zalloc(&study->arena, study->n_analyses, sizeof *study->analyses);
    PP_NEED(study->analyses, err);
    for (int64_t i = 0; i < study->n_analyses; i++) {
        const pp__analysis *analysis = pp__analysis_get((int)i);
        char *settings = pp_arena_zalloc(&study->arena, 1, analysis->format->size);
        PP_NEED(settings, err);
        set_defaults(analysis->format, settings);
        study->analyses[i] = (pp_study_analysis){analysis->name, 0, 0, settings};
    }
    return PP_OK;
}

pp_status pp__study_fill(pp_study *study, pp__problems *problems, pp_error *err) {
    filler f = {study, problems};
    PP_TRY(prepare_analyses(study, err));
    set_defaults(&pp__study_format, (char *)study);
    return read_map(&f, &pp__study_format, study->tree, "", (char *)study, err);
}
