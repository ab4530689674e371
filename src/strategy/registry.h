/* The registry of standards in memory: one struct a row, filled and checked by one description
 * of the files' columns. Texts are borrowed from the tables.
 */
#ifndef PP_STRATEGY_REGISTRY_H
#define PP_STRATEGY_REGISTRY_H

#include "evidence/dates.h"
#include "evidence/map.h"

#include <pushpull/standards.h>

typedef enum pp__register {
    PP__BODIES,
    PP__INSTRUMENTS,
    PP__PROVISIONS,
    PP__COMMITMENTS,
    PP__CONTRIBUTIONS,
    PP__LINKS,
    PP__MEMBERS,
    PP__REGISTERS
} pp__register;

/* The days that a date stands for; text NULL: there is none. */
typedef struct pp__span {
    const char *text;
    int64_t first, last;
} pp__span;

typedef struct pp__checked {
    const char *id, *status, *source;
    pp__span checked_on;
} pp__checked;

typedef struct pp__body {
    pp__checked row;
    const char *name, *type, *participation;
} pp__body;

typedef struct pp__instrument {
    pp__checked row;
    const char *title, *body, *reference, *force, *scope, *covers, *stage, *amendment;
    const char *kind;
    pp__span approved, opened, in_force, as_written, as_amended, superseded;
    int covers_one;        /* it covers one country, and no group */
    int64_t n_commitments; /* and where they begin in `by_instrument` */
    int64_t first;
} pp__instrument;

typedef struct pp__provision {
    pp__checked row;
    const char *instrument, *article, *duty, *addressee, *exception, *amendment;
    pp__span as_written, as_amended;
} pp__provision;

typedef struct pp__commitment {
    pp__checked row;
    const char *instrument, *country, *action;
    pp__span date;
} pp__commitment;

typedef struct pp__contribution {
    pp__checked row;
    const char *instrument, *contributor, *type, *role, *leak;
    pp__span date;
} pp__contribution;

typedef struct pp__listing {
    pp__checked row;
    const char *vendor, *instrument, *listed_as;
    pp__span date;
} pp__listing;

typedef struct pp__member {
    pp__checked row;
    const char *group, *country;
    pp__span from, to;
} pp__member;

/* What a column of a file holds. */
typedef enum pp__register_form {
    PP__FREE,    /* any text */
    PP__ONE_OF,  /* one of `words` */
    PP__SOME_OF, /* several of them, with ";" between */
    PP__DATED,   /* a pp__span */
    PP__REFERS,  /* an id of `to` */
    PP__COUNTRY, /* alpha-3 */
    PP__PLACE    /* a country, or a group that has members */
} pp__register_form;

enum { PP__UNUSED = -1, PP__MOST_REGISTER_FIELDS = 24 };

typedef struct pp__register_field {
    const char *name;
    pp__register_form form;
    int needed;
    int offset;        /* in the row's struct; PP__UNUSED: only checked */
    const char *words; /* with spaces between */
    pp__register to;
} pp__register_field;

typedef struct pp__register_spec {
    const char *name; /* of the file, without its ending */
    size_t size;      /* of the row's struct */
    int n;
    const pp__register_field *fields; /* the first is the id */
} pp__register_spec;

extern const pp__register_spec pp__register_specs[PP__REGISTERS];

struct pp_standards {
    const pp_gazetteer *gazetteer;
    pp_arena arena;
    pp_table *tables[PP__REGISTERS];
    int64_t n[PP__REGISTERS];
    char *rows
        [PP__REGISTERS]; /* arrays of the structs above, all but the id perhaps NULL */
    pp__map ids[PP__REGISTERS];
    pp__body *bodies;
    pp__instrument *instruments;
    pp__provision *provisions;
    pp__commitment *commitments;
    pp__contribution *contributions;
    pp__listing *listings;
    pp__member *members;
    pp__commitment **by_instrument; /* commitments, those of one instrument together */
};

/* Takes the tables (all of text, in the order of pp__register) over, also on failure. Mistakes are
   no failure: they are rows of `problems`, which the caller frees (NULL when there is no memory).
   Lines are those of the files in `folder`; NULL: rows and a header. */
pp_status pp__standards_take(pp_table *tables[PP__REGISTERS], const char *folder,
                             const pp_gazetteer *gazetteer, pp_standards **out,
                             pp_table **problems, pp_error *err);

/* The row under `index`. */
const pp__checked *pp__standards_row(const pp_standards *s, pp__register of,
                                     int64_t index);
/* The instrument of an id; NULL when there is none. */
const pp__instrument *pp__standards_instrument(const pp_standards *s, const char *id);
/* 1 when ";"-separated `list` (NULL: none) has `word`. */
int pp__standards_lists(const char *list, const char *word);

/* The membership of `country` in `group` that holds on the day, else the last one that has ended by
   it; NULL when there is none. */
const pp__member *pp__standards_member(const pp_standards *s, const char *group,
                                       const char *country, int64_t day);
/* The day that `at` means: its last; NULL: the newest check. */
pp_status pp__standards_day(const pp_standards *s, const char *at, int64_t *day,
                            pp_error *err);
/* The country of a place, as its alpha-3 code. */
pp_status pp__standards_country(const pp_standards *s, const char *place,
                                const pp_place **out, pp_error *err);

#endif
