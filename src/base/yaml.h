/* The part of YAML that files of ours use, as a tree in an arena. */
#ifndef PP_BASE_YAML_H
#define PP_BASE_YAML_H

#include <pushpull/memory.h>

typedef enum pp__yaml_kind { PP__YAML_TEXT, PP__YAML_LIST, PP__YAML_MAP } pp__yaml_kind;

typedef struct pp__yaml {
    pp__yaml_kind kind;
    const char *key;  /* of a map's child; NULL elsewhere */
    const char *text; /* of a text; NULL: nothing is written, or null, or ~ */
    int64_t line;     /* of the key where there is one, else of the value; from 1 */
    int64_t n;        /* children */
    struct pp__yaml *first, *last, *next;
} pp__yaml;

enum {
    PP__YAML_BYTES = 1 << 18, /* a longer file is refused */
    PP__YAML_DEPTH = 12,      /* so is a deeper one */
    PP__YAML_NODES = 10000    /* and one of more values */
};

/* What is read, for errors. */
typedef struct pp__yaml_source {
    const char *file; /* its name */
    const char *what; /* "study file" */
    const char *hint; /* where it has no keys: what to start from; NULL: none */
} pp__yaml_source;

/* One document whose root is a map. Refuses anchors, aliases, tags, keys that are no
   text, keys given twice, text that is not UTF-8, and more than PP__YAML_DEPTH levels or
   PP__YAML_NODES values. */
pp_status pp__yaml_parse(const char *text, int64_t length, const pp__yaml_source *source,
                         pp_arena *arena, pp__yaml **root, pp_error *err);
/* The same of the file that `source` names; PP_E_NOT_FOUND where there is none. */
pp_status pp__yaml_read(const pp__yaml_source *source, pp_arena *arena, pp__yaml **root,
                        pp_error *err);

/* PP_E_INPUT at a value: file, line, key and text of it, the problem in words, and a hint (NULL: none). */
pp_status pp__yaml_refuse(const pp__yaml *node, const char *file, const char *hint,
                          pp_error *err, const char *format, ...) PP_PRINTF(5, 6);

/* A map's child; NULL where there is none or `map` is no map. */
const pp__yaml *pp__yaml_get(const pp__yaml *map, const char *key);

#endif
