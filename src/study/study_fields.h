/* The format of study.yml as tables of fields, and the problems that reading and checking
 * find. */
#ifndef PP_STUDY_FIELDS_H
#define PP_STUDY_FIELDS_H

#include "base/yaml.h"
#include <pushpull/study.h>

#include <stddef.h>

typedef enum pp__field_kind {
    PP__TEXT,    /* const char * */
    PP__CHOICE,  /* const char *, one of `choices` */
    PP__INTEGER, /* int64_t in low..high */
    PP__NUMBER,  /* double in low..high */
    PP__NAMES, /* const char *const *, NULL-terminated; a single text is a list of one */
    PP__YEARS, /* int64_t[2], first and last */
    PP__FILE,  /* pp_study_file, a table */
    PP__PATH,  /* pp_study_file, another file or a folder: see pp__run_shipped_file */
    PP__SECTION, /* a map into the same struct, by the fields of `section` */
    PP__ENTRIES, /* a map of names: an array of `section->size` bytes each, its length at
                    `count` */
    PP__LIKE,    /* the entry before this one that it starts as a copy of */
    PP__ANALYSES /* the settings of each analysis, by its own section */
} pp__field_kind;

/* What the names in a text or a list are names of. */
typedef enum pp__refers {
    PP__TO_NOTHING,
    PP__TO_RULE,
    PP__TO_GROUP,
    PP__TO_MODEL,
    PP__TO_DESIGN,
    PP__TO_VARIABLE /* an indicator or a variable of the study */
} pp__refers;

typedef struct pp__field {
    const char *name;
    pp__field_kind kind;
    size_t offset;
    int required;
    const char *const *choices;
    double low, high;
    const char *text;  /* default of a text or choice */
    double number;     /* default of an integer or number */
    int nullable;      /* names: NULL when not given, in place of the empty list */
    int own;           /* `like` does not copy it */
    pp__refers refers; /* checked in the settings of analyses */
    const struct pp__section *section;
    size_t count;
} pp__field;

typedef struct pp__section {
    const char *what; /* "a rule" */
    const pp__field *fields;
    int n;
    size_t size; /* of an entry; 0 for a section */
    int bare;    /* 1: an entry's value is its only field itself, not a map */
} pp__section;

/* For the tables of fields. */
#define PP__AT(type, member)    .offset = offsetof(type, member)
#define PP__COUNT(type, member) .count = offsetof(type, member)
#define PP__FIELDS(what, fields, size)                                                   \
    { what, fields, sizeof(fields) / sizeof(fields)[0], size, 0 }
#define PP__CHOICES(...)                                                                 \
    .choices = (const char *const[]) {                                                   \
        __VA_ARGS__, NULL                                                                \
    }

extern const pp__section pp__study_format;

typedef struct pp__problems {
    const char *file;
    pp_table *table; /* file, line, field, value, problem, suggestion */
    int owned;       /* 1: a result owns the table now */
} pp__problems;

enum { PP__FIELD_PATH = 200 }; /* "models.headline.rule" */

pp_status pp__problems_init(pp__problems *problems, const char *file, pp_error *err);
/* `value` and `suggestion` may be NULL. */
pp_status pp__problem(pp__problems *problems, int64_t line, const char *field,
                      const char *value, const char *suggestion, pp_error *err,
                      const char *format, ...) PP_PRINTF(7, 8);
/* Orders the table by line. */
pp_status pp__problems_sort(pp__problems *problems, pp_error *err);
/* PP_OK without problems, else PP_E_INPUT telling the first. */
pp_status pp__problems_status(const pp__problems *problems, pp_error *err);

/* The line of `field` ("models.headline.rule"), or of `value` in a list there; where the
   file does not state it, of what stands around it. */
int64_t pp__study_line(const pp_study *study, const char *field, const char *value);

/* The names that a text or a list holds, NULL-terminated; `room` takes the one of a text. */
const char *const *pp__field_names(const pp__field *field, const void *settings,
                                   const char *room[2]);

/* Reads the tree into `study` by the format's tables; then resolves the names in it. */
pp_status pp__study_fill(pp_study *study, pp__problems *problems, pp_error *err);
pp_status pp__study_link(pp_study *study, pp__problems *problems, pp_error *err);

/* Values in place of the file's: see pp_study_read_with. */
typedef struct pp__study_settings {
    const char *const *text;
    int64_t n;
} pp__study_settings;
pp_status pp__study_set(pp__yaml *root, const char *setting, pp_arena *arena,
                        pp_error *err);

/* All of it, from a text; the caller frees `out` also when there are problems. */
pp_status pp__study_load(const char *text, int64_t length, const char *name,
                         const char *folder, const pp__study_settings *settings,
                         pp__problems *problems, pp_study **out, pp_error *err);
pp_status pp__study_load_file(const char *path, const pp__study_settings *settings,
                              pp__problems *problems, pp_study **out, pp_error *err);

#endif
