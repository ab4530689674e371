#include "base/check.h"

#include <pushpull/context.h>

#include <stdarg.h>
#include <stdio.h>

pp_status pp_progress(const pp_context *ctx, const char *stage, double fraction,
                      pp_error *err) {
    if (ctx && ctx->progress && ctx->progress(ctx->progress_payload, stage, fraction)) {
        PP_FAIL(err, PP_E_CANCELLED, "cancelled during %s", stage);
    }
    return PP_OK;
}

void pp_log(const pp_context *ctx, pp_log_level level, const char *format, ...) {
    if (!ctx || !ctx->log) {
        return;
    }
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    ctx->log(ctx->log_payload, level, message);
}

int pp_threads(const pp_context *ctx) {
    return ctx && ctx->threads > 1 ? ctx->threads : 1;
}
