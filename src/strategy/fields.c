#include "strategy/fields.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <string.h>

static int is_in(const char *key, const char *const *keys, int64_t *n) {
    int found = 0;
    for (*n = 0; keys[*n]; ++*n) {
        found |= strcmp(keys[*n], key) == 0;
    }
    return found;
}

pp_status pp__fields_check(const pp__yaml *map, const char *file, const char *what,
                           const char *const *keys, pp_error *err) {
    if (map->kind != PP__YAML_MAP) {
        return pp__yaml_refuse(map, file, NULL, err, "%s is a map of keys and values",
                               what);
    }
    for (const pp__yaml *child = map->first; child; child = child->next) {
        int64_t n;
        if (!is_in(child->key, keys, &n)) {
            const char *near = pp_text_nearest(child->key, keys, n);
            pp_status status = pp__yaml_refuse(child, file, NULL, err,
                                               "%s has no key '%.60s'", what, child->key);
            if (near) {
                pp_error_hint(err, "did you mean '%s'?", near);
            }
            return status;
        }
    }
    return PP_OK;
}

static pp_status need(const pp__yaml *map, const char *key, const char *file,
                      pp_error *err) {
    return pp__yaml_refuse(map, file, NULL, err, "'%s' is missing", key);
}

pp_status pp__fields_text(const pp__yaml *map, const char *key, const char *file,
                          int required, const char **out, pp_error *err) {
    const pp__yaml *node = pp__yaml_get(map, key);
    *out = NULL;
    if (!node) {
        return required ? need(map, key, file, err) : PP_OK;
    }
    if (node->kind != PP__YAML_TEXT || !node->text || !*node->text) {
        return pp__yaml_refuse(node, file, "write a text behind it, or leave the key out",
                               err, "'%s' is empty or no text", key);
    }
    *out = node->text;
    return PP_OK;
}

pp_status pp__fields_name(const pp__yaml *map, const char *key, const char *file,
                          const char **out, pp_error *err) {
    PP_TRY(pp__fields_text(map, key, file, 1, out, err));
    if ((*out)[strspn(*out, "abcdefghijklmnopqrstuvwxyz0123456789_")]) {
        return pp__yaml_refuse(pp__yaml_get(map, key), file,
                               "small letters, digits and underscores: 'early_adopter'",
                               err, "this is no name");
    }
    return PP_OK;
}

static pp_status read_number(const pp__yaml *node, const char *file, double low,
                             double high, double *out, pp_error *err) {
    if (node->kind != PP__YAML_TEXT || !node->text || !pp_parse_number(node->text, out)) {
        return pp__yaml_refuse(node, file, NULL, err, "this is no number");
    }
    if (*out < low || *out > high) {
        char ends[2][32];
        pp_format_number(low, ends[0]);
        pp_format_number(high, ends[1]);
        return pp__yaml_refuse(node, file, NULL, err,
                               "a number from %s to %s is expected", ends[0], ends[1]);
    }
    return PP_OK;
}

pp_status pp__fields_number(const pp__yaml *map, const char *key, const char *file,
                            double low, double high, double *out, pp_error *err) {
    const pp__yaml *node = pp__yaml_get(map, key);
    return node ? read_number(node, file, low, high, out, err) : PP_OK;
}

pp_status pp__fields_range(const pp__yaml *map, const char *key, const char *file,
                           double low, double high, double out[2], pp_error *err) {
    const pp__yaml *node = pp__yaml_get(map, key);
    if (!node) {
        return need(map, key, file, err);
    }
    if (node->kind == PP__YAML_TEXT) {
        PP_TRY(read_number(node, file, low, high, &out[0], err));
        out[1] = out[0];
        return PP_OK;
    }
    if (node->kind != PP__YAML_LIST || node->n != 2) {
        return pp__yaml_refuse(node, file, "write a list of two: [0.1, 0.3]", err,
                               "'%s' is a range: its low and its high end", key);
    }
    PP_TRY(read_number(node->first, file, low, high, &out[0], err));
    PP_TRY(read_number(node->last, file, low, high, &out[1], err));
    return out[0] <= out[1] ? PP_OK
                            : pp__yaml_refuse(node, file, "write the low end first", err,
                                              "the range '%s' is reversed", key);
}

pp_status pp__fields_flag(const pp__yaml *map, const char *key, const char *file,
                          int *out, pp_error *err) {
    const pp__yaml *node = pp__yaml_get(map, key);
    if (!node) {
        return PP_OK;
    }
    const char *text = node->kind == PP__YAML_TEXT && node->text ? node->text : "";
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
        return pp__yaml_refuse(node, file, NULL, err, "'%s' is true or false", key);
    }
    *out = strcmp(text, "true") == 0;
    return PP_OK;
}

static pp_status read_item(const pp__yaml *item, const char *file, const char *key,
                           const char **out, pp_error *err) {
    if (item->kind != PP__YAML_TEXT || !item->text || !*item->text) {
        return pp__yaml_refuse(item, file, NULL, err, "'%s' is a list of texts", key);
    }
    *out = item->text;
    return PP_OK;
}

pp_status pp__fields_list(const pp__yaml *map, const char *key, const char *file,
                          pp_arena *arena, const char *const **out, pp_error *err) {
    const pp__yaml *node = pp__yaml_get(map, key);
    int64_t n = 0;
    if (node && node->kind == PP__YAML_MAP) {
        return pp__yaml_refuse(node, file, NULL, err, "'%s' is a list of texts", key);
    }
    const char **list = pp_arena_zalloc(
        arena, node && node->kind == PP__YAML_LIST ? node->n + 1 : 2, sizeof *list);
    PP_NEED(list, err);
    *out = list;
    if (node && node->kind == PP__YAML_TEXT) {
        return read_item(node, file, key, &list[0], err);
    }
    for (const pp__yaml *item = node ? node->first : NULL; item; item = item->next) {
        PP_TRY(read_item(item, file, key, &list[n++], err));
    }
    return PP_OK;
}
