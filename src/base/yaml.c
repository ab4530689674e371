/* libfyaml's events into a small tree. Events come one at a time, so a hostile file is
   refused at the limit and never expanded. */
#include "base/yaml.h"

#include "base/check.h"
#include <libfyaml.h>
#include <pushpull/file.h>
#include <pushpull/text.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct reader {
    struct fy_parser *parser;
    struct fy_diag *diag;
    const pp__yaml_source *source;
    pp_arena *arena;
    pp__yaml *open[PP__YAML_DEPTH]; /* containers from the root to here */
    int depth;
    const char *key; /* read, its value not yet */
    int64_t line;    /* of the newest mark */
    int64_t key_line;
    int64_t nodes;
    pp__yaml *root;
    char complaint[200]; /* libfyaml's first: "<memory>:LINE:COLUMN: error: WORDS" */
} reader;

/* libfyaml tells of errors in pieces; the first has position and words. */
static void listen(struct fy_diag *diag, void *payload, const char *text, size_t length) {
    reader *r = payload;
    (void)diag;
    if (r->complaint[0] == '\0') {
        size_t kept = length < sizeof r->complaint ? length : sizeof r->complaint - 1;
        memcpy(r->complaint, text, kept);
        r->complaint[kept] = '\0';
        r->complaint[strcspn(r->complaint, "\n")] = '\0';
    }
}

static pp_status refuse(const reader *r, int64_t line, const char *value,
                        const char *hint, pp_error *err, const char *problem) {
    pp_status status = pp_error_set(err, PP_E_INPUT, "%s", problem);
    pp_error_locate(err, r->source->file, line, NULL, value);
    if (hint) {
        pp_error_hint(err, "%s", hint);
    }
    return status;
}

static pp_status complain(const reader *r, pp_error *err) {
    int64_t line = r->line;
    const char *words = strstr(r->complaint, ": error: ");
    const char *at = strstr(r->complaint, ">:");
    if (at && at < words) {
        line = 0;
        for (at += 2; *at >= '0' && *at <= '9' && line < PP__YAML_BYTES; at++) {
            line = 10 * line + (*at - '0');
        }
    }
    return refuse(
        r, line, NULL,
        "indent with spaces, close every quote and bracket, and put text that holds "
        "': ' or ' #' or starts with !, *, &, [, { or % in quotes",
        err, words ? words + 9 : "this is not YAML");
}

static pp_status attach(reader *r, pp__yaml_kind kind, pp__yaml **out, pp_error *err) {
    pp__yaml *parent = r->depth > 0 ? r->open[r->depth - 1] : NULL;
    pp__yaml *node = pp_arena_zalloc(r->arena, 1, sizeof *node);
    PP_NEED(node, err);
    if (++r->nodes > PP__YAML_NODES) {
        return refuse(r, r->line, NULL, NULL, err, "the file holds too many values");
    }
    node->kind = kind;
    node->line = r->key ? r->key_line : r->line;
    node->key = r->key;
    r->key = NULL;
    if (!parent) {
        r->root = node;
    } else if (parent->last) {
        parent->last->next = node;
    } else {
        parent->first = node;
    }
    if (parent) {
        parent->last = node;
        parent->n++;
    }
    *out = node;
    return PP_OK;
}

static pp_status open_container(reader *r, pp__yaml_kind kind, pp_error *err) {
    pp__yaml *node;
    if (r->depth == PP__YAML_DEPTH) {
        return refuse(r, r->line, NULL, NULL, err, "values are nested too deeply");
    }
    PP_TRY(attach(r, kind, &node, err));
    r->open[r->depth++] = node;
    return PP_OK;
}

static int awaits_key(const reader *r) {
    return r->depth > 0 && r->open[r->depth - 1]->kind == PP__YAML_MAP && !r->key;
}

static pp_status take_key(reader *r, const char *key, pp_error *err) {
    const pp__yaml *before = pp__yaml_get(r->open[r->depth - 1], key);
    if (before) {
        pp_status status =
            refuse(r, r->line, key, NULL, err, "this key stands here twice");
        pp_error_hint(err, "it is already on line %lld", (long long)before->line);
        return status;
    }
    r->key = key;
    r->key_line = r->line;
    return PP_OK;
}

static pp_status take_scalar(reader *r, struct fy_token *token, pp_error *err) {
    size_t length = 0;
    const char *text = fy_token_get_text(token, &length);
    enum fy_scalar_style style = fy_token_scalar_style(token);
    int plain = style == FYSS_PLAIN || style == FYSS_ANY;
    pp__yaml *node;
    char *copy;
    if (!text) {
        text = "";
    }
    while ((style == FYSS_LITERAL || style == FYSS_FOLDED) && length > 0 &&
           text[length - 1] == '\n') {
        length--;
    }
    if (memchr(text, '\0', length)) {
        return refuse(r, r->line, NULL, NULL, err, "this text holds a zero byte");
    }
    copy = pp_arena_strndup(r->arena, text, (int64_t)length);
    PP_NEED(copy, err);
    if (awaits_key(r)) {
        return take_key(r, copy, err);
    }
    PP_TRY(attach(r, PP__YAML_TEXT, &node, err));
    if (!plain || (length > 0 && strcmp(copy, "~") != 0 && strcmp(copy, "null") != 0)) {
        node->text = copy;
    }
    return PP_OK;
}

static pp_status refuse_tag(reader *r, struct fy_token *tag, pp_error *err) {
    size_t length = 0;
    const char *text = fy_token_get_text(tag, &length);
    const struct fy_mark *mark = fy_token_start_mark(tag);
    char shown[PP_ERROR_VALUE] = "";
    if (text && length < sizeof shown) {
        memcpy(shown, text, length);
        shown[length] = '\0';
    }
    return refuse(r, mark ? mark->line + 1 : r->line, shown,
                  "text that starts with an exclamation mark needs quotes: '!CHN'", err,
                  "YAML tags are not part of the format");
}

static pp_status take_event(reader *r, struct fy_event *event, pp_error *err) {
    const struct fy_mark *mark = fy_event_start_mark(event);
    struct fy_token *tag = fy_event_get_tag_token(event);
    if (mark) {
        r->line = mark->line + 1;
    }
    if (event->type == FYET_ALIAS || fy_event_get_anchor_token(event)) {
        return refuse(
            r, r->line, NULL,
            "text that starts with * or & needs quotes; `like: NAME` copies a model", err,
            "YAML anchors and aliases are not part of the format");
    }
    if (tag) {
        return refuse_tag(r, tag, err);
    }
    switch (event->type) {
    case FYET_DOCUMENT_START:
        return r->root ? refuse(r, r->line, NULL, "remove the line ---", err,
                                "a study file is one YAML document")
                       : PP_OK;
    case FYET_MAPPING_START:
    case FYET_SEQUENCE_START:
        if (awaits_key(r)) {
            return refuse(r, r->line, NULL, NULL, err, "a key must be a word");
        }
        return open_container(
            r, event->type == FYET_MAPPING_START ? PP__YAML_MAP : PP__YAML_LIST, err);
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        r->depth--;
        return PP_OK;
    case FYET_SCALAR:
        return take_scalar(r, event->scalar.value, err);
    default:
        return PP_OK;
    }
}

static pp_status read_events(reader *r, pp_error *err) {
    struct fy_event *event;
    while ((event = fy_parser_parse(r->parser)) != NULL) {
        pp_status status = take_event(r, event, err);
        fy_parser_event_free(r->parser, event);
        PP_TRY(status);
    }
    if (fy_parser_get_stream_error(r->parser) || r->complaint[0] != '\0') {
        return complain(r, err);
    }
    if (!r->root || r->root->kind != PP__YAML_MAP) {
        char problem[120];
        snprintf(problem, sizeof problem, "this is not a %s: it has no keys",
                 r->source->what);
        return refuse(r, 1, NULL, r->source->hint, err, problem);
    }
    return PP_OK;
}

static pp_status check_bytes(const reader *r, const char *text, int64_t length,
                             pp_error *err) {
    int64_t bad = 0, line = 1;
    if (length > PP__YAML_BYTES) {
        return refuse(r, 0, NULL, NULL, err, "this file is too long");
    }
    if (!pp_text_is_utf8(text, length, &bad) || memchr(text, '\0', (size_t)length)) {
        for (int64_t i = 0; i < bad; i++) {
            line += text[i] == '\n';
        }
        return refuse(r, line, NULL, "save it as UTF-8", err,
                      "this file is not UTF-8 text");
    }
    return PP_OK;
}

static pp_status open_parser(reader *r, const char *text, int64_t length, pp_error *err) {
    struct fy_diag_cfg listening;
    struct fy_parse_cfg parsing = {.search_path = "", .flags = FYPCF_QUIET};
    fy_diag_cfg_default(&listening);
    listening.fp = NULL;
    listening.output_fn = listen;
    listening.user = r;
    listening.level = FYET_ERROR;
    listening.colorize = listening.show_source = listening.show_position = false;
    listening.show_type = listening.show_module = false;
    r->diag = fy_diag_create(&listening);
    PP_NEED(r->diag, err);
    parsing.diag = r->diag;
    r->parser = fy_parser_create(&parsing);
    PP_NEED(r->parser, err);
    if (fy_parser_set_string(r->parser, text, (size_t)length) != 0) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    return PP_OK;
}

pp_status pp__yaml_parse(const char *text, int64_t length, const pp__yaml_source *source,
                         pp_arena *arena, pp__yaml **root, pp_error *err) {
    reader r = {.source = source, .arena = arena, .line = 1};
    pp_status status = check_bytes(&r, text, length, err);
    if (status == PP_OK) {
        status = open_parser(&r, text, length, err);
    }
    if (status == PP_OK) {
        status = read_events(&r, err);
    }
    if (r.parser) {
        fy_parser_destroy(r.parser);
    }
    fy_diag_destroy(r.diag);
    *root = status == PP_OK ? r.root : NULL;
    return status;
}

const pp__yaml *pp__yaml_get(const pp__yaml *map, const char *key) {
    if (map && map->kind == PP__YAML_MAP) {
        for (const pp__yaml *child = map->first; child; child = child->next) {
            if (strcmp(child->key, key) == 0) {
                return child;
            }
        }
    }
    return NULL;
}

pp_status pp__yaml_read(const pp__yaml_source *source, pp_arena *arena, pp__yaml **root,
                        pp_error *err) {
    pp_buf text;
    pp_buf_init(&text);
    pp_status status = pp_file_read(source->file, PP__YAML_BYTES, &text, err);
    if (status == PP_OK) {
        status = pp__yaml_parse(text.data ? text.data : "", text.length, source, arena,
                                root, err);
    }
    pp_buf_clear(&text);
    return status;
}

pp_status pp__yaml_refuse(const pp__yaml *node, const char *file, const char *hint,
                          pp_error *err, const char *format, ...) {
    char words[PP_ERROR_MESSAGE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    pp_error_set(err, PP_E_INPUT, "%s", words);
    pp_error_locate(err, file, node->line, node->key, node->text);
    if (hint) {
        pp_error_hint(err, "%s", hint);
    }
    return PP_E_INPUT;
}
