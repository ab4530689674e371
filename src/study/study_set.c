/* A value in place of what the study file holds: "analyses.curve.draws=200". */
#include "study/study_fields.h"

#include "base/check.h"
#include <pushpull/text.h>

#include <string.h>

static pp_status refuse(const char *setting, const char *problem, pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "%s", problem);
    pp_error_locate(err, NULL, 0, "setting", setting);
    pp_error_hint(err, "write KEY=VALUE, with a value as in the study file: "
                       "analyses.shares.draws=200");
    return PP_E_ARGUMENT;
}

/* The value, read as YAML would read it behind a key. */
static pp_status parse_value(const char *text, const char *key, pp_arena *arena,
                             pp__yaml **out, pp_error *err) {
    const char *document = pp_arena_printf(arena, "%s: %s\n", key, text);
    pp__yaml *root;
    PP_NEED(document, err);
    static const pp__yaml_source source = {"the setting", "setting", NULL};
    PP_TRY(
        pp__yaml_parse(document, (int64_t)strlen(document), &source, arena, &root, err));
    *out = root->first;
    return PP_OK;
}

static void append(pp__yaml *map, pp__yaml *child) {
    if (map->last) {
        map->last->next = child;
    } else {
        map->first = child;
    }
    map->last = child;
    map->n++;
}

/* A section without anything in it is read as an empty text. */
static pp_status open_section(pp__yaml *parent, const char *key, pp_arena *arena,
                              pp__yaml **out, pp_error *err) {
    pp__yaml *child = (pp__yaml *)pp__yaml_get(parent, key);
    if (!child) {
        child = pp_arena_zalloc(arena, 1, sizeof *child);
        PP_NEED(child, err);
        child->key = key;
        child->line = parent->line;
        append(parent, child);
    }
    if (child->kind == PP__YAML_TEXT && !child->text) {
        child->kind = PP__YAML_MAP;
    }
    *out = child;
    return PP_OK;
}

static void replace(pp__yaml *map, const char *key, const pp__yaml *value) {
    pp__yaml *old = (pp__yaml *)pp__yaml_get(map, key);
    pp__yaml *next = old->next;
    int64_t line = old->line;
    *old = *value;
    old->key = key;
    old->line = line;
    old->next = next;
}

pp_status pp__study_set(pp__yaml *root, const char *setting, pp_arena *arena,
                        pp_error *err) {
    const char *equals = strchr(setting, '='), *at = setting, *key;
    pp__yaml *section = root, *value = NULL, *place = NULL;
    if (!equals || equals == setting) {
        return refuse(setting, "a setting needs a key and a value", err);
    }
    for (;;) {
        size_t length = strcspn(at, ".=");
        key = pp_arena_strndup(arena, at, (int64_t)length);
        PP_NEED(key, err);
        if (length == 0 || strpbrk(key, ": #\"'[]{},&*!|>%@`\n") ||
            section->kind != PP__YAML_MAP) {
            return refuse(setting, "the key of the setting leads nowhere", err);
        }
        if (at + length >= equals) {
            break;
        }
        PP_TRY(open_section(section, key, arena, &section, err));
        at += length + 1;
    }
    PP_TRY(parse_value(equals + 1, key, arena, &value, err));
    PP_TRY(open_section(section, key, arena, &place, err));
    replace(section, key, value);
    return PP_OK;
}
