#include "model/after/at.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <string.h>

typedef struct reader {
    const char *text, *at;
    pp_arena *arena;
    pp_error *err;
} reader;

static pp_status fail(const reader *r, const char *what) {
    pp_error_set(r->err, PP_E_ARGUMENT, "%s", what);
    pp_error_locate(r->err, NULL, 0, "at", r->text);
    if (r->err) {
        r->err->position = r->at - r->text + 1;
    }
    pp_error_hint(r->err, "write: means; x = 0, 1; region = 'Asia'");
    return PP_E_ARGUMENT;
}

static void skip_blanks(reader *r) {
    r->at += strspn(r->at, " ");
}

/* A word up to one of `ends`, or a text in quotes. */
static pp_status read_word(reader *r, const char *ends, const char **out) {
    skip_blanks(r);
    const char *begin = r->at;
    size_t length;
    if (*begin == '\'' || *begin == '"') {
        const char *end = strchr(begin + 1, *begin);
        if (!end) {
            return fail(r, "a quote is not closed");
        }
        length = (size_t)(end - ++begin);
        r->at = end + 1;
    } else {
        length = strcspn(begin, ends);
        r->at = begin + length;
        while (length > 0 && begin[length - 1] == ' ') {
            length--;
        }
        if (length == 0) {
            return fail(r, "a name or a value is missing");
        }
    }
    *out = pp_arena_strndup(r->arena, begin, (int64_t)length);
    PP_NEED(*out, r->err);
    skip_blanks(r);
    return PP_OK;
}

static pp_status read_part(reader *r, const pp_fit *fit, pp__at *out) {
    const char *name;
    int32_t reference;
    PP_TRY(read_word(r, "=;", &name));
    if (*r->at != '=' && strcmp(name, "means") == 0) {
        out->means = 1;
        return PP_OK;
    }
    if (*r->at != '=') {
        return fail(r, "an equals sign is missing");
    }
    if (out->n == PP__AT_VARIABLES) {
        return fail(r, "too many variables are set");
    }
    int i = out->n++;
    out->set[i].name = name;
    PP_TRY(pp__variable_find(fit, name, &out->set[i].variable, &reference, r->err));
    do {
        if (out->set[i].n == PP__AT_VALUES) {
            return fail(r, "too many values");
        }
        r->at++;
        PP_TRY(read_word(r, ",;", &out->set[i].value[out->set[i].n++]));
    } while (*r->at == ',');
    out->settings *= out->set[i].n;
    return out->settings > PP__AT_SETTINGS ? fail(r, "too many combinations") : PP_OK;
}

pp_status pp__at_parse(const pp_fit *fit, const char *text, pp_arena *arena, pp__at *out,
                       pp_error *err) {
    reader r = {text, text, arena, err};
    *out = (pp__at){.settings = 1};
    while (text) {
        PP_TRY(read_part(&r, fit, out));
        if (!*r.at) {
            return PP_OK;
        }
        if (*r.at != ';') {
            return fail(&r, "a semicolon or a comma is missing");
        }
        r.at++;
    }
    return PP_OK;
}

pp_status pp__at_apply(const pp__at *at, int setting, pp_arena *arena, pp__frame *frame,
                       const char **words, pp_error *err) {
    const char *all = pp_arena_strdup(arena, "");
    for (int i = at->n - 1; i >= 0 && all; i--) {
        const char *value = at->set[i].value[setting % at->set[i].n];
        setting /= at->set[i].n;
        PP_TRY(pp__frame_set(frame, at->set[i].variable, value, arena, err));
        all = pp_arena_printf(arena, "%s = %s%s%s", at->set[i].name, value,
                              *all ? ", " : "", all);
    }
    PP_NEED(all, err);
    *words = all;
    return PP_OK;
}
