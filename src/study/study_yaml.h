/* The part of YAML that a study file uses, as a tree in an arena. */
#ifndef PP_STUDY_YAML_H
#define PP_STUDY_YAML_H

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

/* One document whose root is a map. Refuses anchors, aliases, tags, keys that are no
   text, keys given twice, text that is not UTF-8, and more than PP_STUDY_DEPTH levels or
   PP_STUDY_NODES values. */
pp_status pp__yaml_parse(const char *text, int64_t length, const char *name,
                         pp_arena *arena, pp__yaml **root, pp_error *err);

/* A map's child; NULL where there is none or `map` is no map. */
const pp__yaml *pp__yaml_get(const pp__yaml *map, const char *key);

#endif
