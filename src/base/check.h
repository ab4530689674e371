/* How errors travel: PP_FAIL sets one and returns, PP_TRY returns what a call returned.
 */
#ifndef PP_BASE_CHECK_H
#define PP_BASE_CHECK_H

#include <pushpull/status.h>

#define PP_FAIL(err, code, ...) return pp_error_set((err), (code), __VA_ARGS__)

#define PP_TRY(call)                                                                     \
    do {                                                                                 \
        pp_status pp_try_status_ = (call);                                               \
        if (pp_try_status_ != PP_OK) {                                                   \
            return pp_try_status_;                                                       \
        }                                                                                \
    } while (0)

/* For functions with things to clean up: stores the status and jumps to `label`. */
#define PP_TRY_GOTO(status, label, call)                                                 \
    do {                                                                                 \
        (status) = (call);                                                               \
        if ((status) != PP_OK) {                                                         \
            goto label;                                                                  \
        }                                                                                \
    } while (0)

/* The error of an allocation that failed; `pointer` is evaluated once. */
#define PP_NEED(pointer, err)                                                            \
    do {                                                                                 \
        if (!(pointer)) {                                                                \
            return pp_error_set((err), PP_E_MEMORY, "out of memory");                    \
        }                                                                                \
    } while (0)

#endif
