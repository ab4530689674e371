#include "model/notes.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>

void pp__notes_init(pp__notes *notes) {
    *notes = (pp__notes){0};
    pp_arena_init(&notes->arena);
    notes->last_drop = &notes->drops;
    notes->last_warning = &notes->warnings;
    notes->last_lost = &notes->lost;
}

void pp__notes_clear(pp__notes *notes) {
    pp_arena_clear(&notes->arena);
}

static pp_status copy(pp__notes *notes, const char *text, const char **out,
                      pp_error *err) {
    *out = text ? pp_arena_strdup(&notes->arena, text) : NULL;
    if (text) {
        PP_NEED(*out, err);
    }
    return PP_OK;
}

pp_status pp__notes_drop(pp__notes *notes, const char *reason, const char *of,
                         const char *subject, int64_t count, pp_error *err) {
    if (count == 0) {
        return PP_OK;
    }
    pp__drop *drop = pp_arena_zalloc(&notes->arena, 1, sizeof *drop);
    PP_NEED(drop, err);
    drop->count = count;
    PP_TRY(copy(notes, reason, &drop->reason, err));
    PP_TRY(copy(notes, of, &drop->of, err));
    PP_TRY(copy(notes, subject, &drop->subject, err));
    *notes->last_drop = drop;
    notes->last_drop = &drop->next;
    return PP_OK;
}

pp_status pp__notes_warn(pp__notes *notes, const char *code, const char *subject,
                         int64_t count, pp_error *err, const char *format, ...) {
    char message[PP_ERROR_MESSAGE];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    pp__warning *warning = pp_arena_zalloc(&notes->arena, 1, sizeof *warning);
    PP_NEED(warning, err);
    warning->count = count;
    PP_TRY(copy(notes, code, &warning->code, err));
    PP_TRY(copy(notes, subject, &warning->subject, err));
    PP_TRY(copy(notes, message, &warning->message, err));
    *notes->last_warning = warning;
    notes->last_warning = &warning->next;
    return PP_OK;
}

pp_status pp__notes_lose(pp__notes *notes, const char *unit, const char *reason,
                         pp_error *err) {
    pp__lost_unit *lost = pp_arena_zalloc(&notes->arena, 1, sizeof *lost);
    PP_NEED(lost, err);
    PP_TRY(copy(notes, unit, &lost->unit, err));
    PP_TRY(copy(notes, reason, &lost->reason, err));
    *notes->last_lost = lost;
    notes->last_lost = &lost->next;
    return PP_OK;
}

pp__notes_mark pp__notes_get_mark(const pp__notes *notes) {
    return (pp__notes_mark){notes->last_drop, notes->last_warning, notes->last_lost};
}

void pp__notes_rewind(pp__notes *notes, pp__notes_mark mark) {
    *(notes->last_drop = mark.last_drop) = NULL;
    *(notes->last_warning = mark.last_warning) = NULL;
    *(notes->last_lost = mark.last_lost) = NULL;
}
