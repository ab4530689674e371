/* What a long call is allowed and whom it tells: threads, progress, cancelling, logging.
 *
 * A pp_context is passed by const pointer, NULL meaning one thread and silence. Callbacks run on
 * the calling thread only. The library never prints and never reads the environment.
 */
#ifndef PUSHPULL_CONTEXT_H
#define PUSHPULL_CONTEXT_H

#include <pushpull/status.h>

typedef enum pp_log_level { PP_LOG_DEBUG, PP_LOG_INFO, PP_LOG_WARNING } pp_log_level;

typedef struct pp_context {
    int threads; /* worker threads of each call; 0 and 1 both mean one */
    /* `fraction` is in 0..1, or negative when unknown; a nonzero return cancels the call, which
       then returns PP_E_CANCELLED and leaves nothing half done. */
    int (*progress)(void *payload, const char *stage, double fraction);
    void *progress_payload;
    void (*log)(void *payload, pp_log_level level, const char *message);
    void *log_payload;
} pp_context;

/* PP_OK, or PP_E_CANCELLED when the callback asked to stop. */
PP_API pp_status pp_progress(const pp_context *ctx, const char *stage, double fraction,
                             pp_error *err);
PP_API void pp_log(const pp_context *ctx, pp_log_level level, const char *format, ...)
    PP_PRINTF(3, 4);
PP_API int pp_threads(const pp_context *ctx);

#endif
