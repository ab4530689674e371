/* What a fit has to say beside its numbers: what was left out, and warnings. */
#ifndef PP_MODEL_NOTES_H
#define PP_MODEL_NOTES_H

#include <pushpull/result.h>

typedef struct pp__drop {
    const char *reason, *subject; /* subject NULL: none */
    const char *of;               /* "rows", "units", "terms" */
    int64_t count;
    struct pp__drop *next;
} pp__drop;

typedef struct pp__warning {
    const char *code, *subject, *message;
    int64_t count;
    struct pp__warning *next;
} pp__warning;

/* A unit that was left out or used in part. */
typedef struct pp__lost_unit {
    const char *unit, *reason;
    struct pp__lost_unit *next;
} pp__lost_unit;

typedef struct pp__notes {
    pp_arena arena;
    pp__drop *drops, **last_drop;
    pp__warning *warnings, **last_warning;
    pp__lost_unit *lost, **last_lost;
} pp__notes;

void pp__notes_init(pp__notes *notes);
void pp__notes_clear(pp__notes *notes);

/* Texts are copied. A count of zero is not noted. */
pp_status pp__notes_drop(pp__notes *notes, const char *reason, const char *of,
                         const char *subject, int64_t count, pp_error *err);
pp_status pp__notes_warn(pp__notes *notes, const char *code, const char *subject,
                         int64_t count, pp_error *err, const char *format, ...)
    PP_PRINTF(6, 7);
pp_status pp__notes_lose(pp__notes *notes, const char *unit, const char *reason,
                         pp_error *err);

/* Forgets what was noted since the mark. */
typedef struct pp__notes_mark {
    pp__drop **last_drop;
    pp__warning **last_warning;
    pp__lost_unit **last_lost;
} pp__notes_mark;
pp__notes_mark pp__notes_get_mark(const pp__notes *notes);
void pp__notes_rewind(pp__notes *notes, pp__notes_mark mark);

#endif
