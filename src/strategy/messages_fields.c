/* Words and fields of a library's files. */
#include "strategy/messages.h"

#include "base/check.h"
#include "strategy/mistakes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const pp__audience_names[] = {
    "head_of_state", "interior_ministry", "mayor",         "police_chief",
    "regulator",     "legislature",       "civil_society", NULL};
const char *const pp__level_names[] = {"subnational", "national", "both", "unknown",
                                       NULL};
const char *const pp__strength_names[] = {"none", "weak", "moderate", "strong", NULL};
const char *const pp__origin_names[] = {"finding",  "estimate",    "claims",
                                        "standard", "publication", NULL};
const char *const pp__position_names[] = {"not_shown", "unchanged", "improves", "worsens",
                                          NULL};
const char *const pp__found_names[] = {"effect", "difference", "none_larger",
                                       "cannot_tell", NULL};

pp_status pp__wrong(pp__reader *r, const pp__yaml *node, const char *suggestion,
                    pp_error *err, const char *format, ...) {
    char words[PP_ERROR_MESSAGE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    return pp__mistake(r->mistakes, r->file, node ? node->line : 0,
                       node ? node->key : NULL, node ? node->text : NULL, suggestion, err,
                       "%s", words);
}

static int count(const char *const *words) {
    int n = 0;
    while (words[n]) {
        n++;
    }
    return n;
}

static int among(const char *const *words, const char *word) {
    int i = 0;
    while (words[i] && strcmp(words[i], word) != 0) {
        i++;
    }
    return words[i] ? i : -1;
}

/* "did you mean 'x'?", or what there is. */
static void suggest(const char *word, const char *const *words, char *out, size_t size) {
    const char *near = pp_text_nearest(word, words, count(words));
    if (near) {
        snprintf(out, size, "did you mean '%s'?", near);
        return;
    }
    size_t used = (size_t)snprintf(out, size, "there are: ");
    for (int i = 0; words[i] && used < size; i++) {
        used +=
            (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", words[i]);
    }
}

pp_status pp__known_keys(pp__reader *r, const pp__yaml *map, const char *const *known,
                         pp_error *err) {
    char hint[PP_ERROR_HINT];
    for (const pp__yaml *c = map->kind == PP__YAML_MAP ? map->first : NULL; c;
         c = c->next) {
        if (among(known, c->key) < 0) {
            suggest(c->key, known, hint, sizeof hint);
            PP_TRY(pp__wrong(r, c, hint, err, "there is no key '%s' here", c->key));
        }
    }
    return PP_OK;
}

pp_status pp__text_under(pp__reader *r, const pp__yaml *map, const char *key, int needed,
                         const char **out, pp_error *err) {
    const pp__yaml *node = pp__yaml_get(map, key);
    *out = NULL;
    if (node && (node->kind != PP__YAML_TEXT || !node->text || !*node->text)) {
        return pp__wrong(r, node, "write a sentence or a word", err,
                         "here a text is expected");
    }
    if (!node && needed) {
        return pp__wrong(r, map, NULL, err, "this has no '%s'", key);
    }
    if (node) {
        *out = pp_arena_strdup(&r->lib->arena, node->text);
        PP_NEED(*out, err);
    }
    return PP_OK;
}

pp_status pp__word_among(pp__reader *r, const pp__yaml *node, const char *what,
                         const char *const *words, int *out, pp_error *err) {
    char hint[PP_ERROR_HINT];
    const char *text = node->kind == PP__YAML_TEXT ? node->text : NULL;
    *out = text ? among(words, text) : -1;
    if (*out >= 0) {
        return PP_OK;
    }
    suggest(text ? text : "", words, hint, sizeof hint);
    return pp__wrong(r, node, hint, err, "there is no such %s", what);
}

pp_status pp__texts_under(pp__reader *r, const pp__yaml *map, const char *key,
                          const pp__yaml **first, pp_error *err) {
    const pp__yaml *node = pp__yaml_get(map, key);
    *first = node ? (node->kind == PP__YAML_LIST ? node->first : node) : NULL;
    for (const pp__yaml *c = *first; c; c = pp__next_text(c)) {
        if (c->kind != PP__YAML_TEXT || !c->text || !*c->text) {
            *first = NULL;
            return pp__wrong(r, c, "write [one, two]", err,
                             "here a list of texts is expected");
        }
    }
    return PP_OK;
}
