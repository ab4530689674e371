/* What tests share. */
#ifndef PP_TESTS_SUPPORT_H
#define PP_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pushpull/status.h>

/* Fails the test with the error's own words when `call` is not PP_OK; needs a pp_error err. */
#define assert_ok(call)                                                                  \
    do {                                                                                 \
        if ((call) != PP_OK) {                                                           \
            char words_[1200];                                                           \
            pp_error_format(&err, words_, sizeof words_);                                \
            fail_msg("%s: %s", #call, words_);                                           \
        }                                                                                \
    } while (0)

/* Runs `work` with its first allocation failing, then its second, … until it succeeds; every failing
   run must return PP_E_MEMORY and leave nothing allocated. Gives the number of allocations. */
typedef pp_status failing_work(void *payload, pp_error *err);
int64_t fail_every_allocation(failing_work *work, void *payload);

/* The i-th allocation from now on fails (1: the next); 0 switches it off. */
void fail_allocation(int64_t i);
int64_t live_allocations(void);

/* PP_SOURCE_ROOT/relative, PP_BUILD_ROOT/relative, and a fresh folder that goes when the test program
   ends; static buffers, eight in turn. */
const char *source_path(const char *relative);
const char *build_path(const char *relative);
const char *fresh_folder(void);
/* Writes a file in a folder and gives its path (static buffer, eight of them in turn). */
const char *write_file(const char *folder, const char *name, const void *bytes, size_t n);
const char *write_text(const char *folder, const char *name, const char *text);

#endif
