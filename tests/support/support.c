#define _XOPEN_SOURCE 700 /* nftw */

#include "support/support.h"

#include <pushpull/memory.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int64_t allocations, failing_at, live;

static int fails_now(void) {
    allocations++;
    return failing_at > 0 && allocations == failing_at;
}

static void *counted_allocate(void *payload, size_t bytes) {
    (void)payload;
    void *block = fails_now() ? NULL : malloc(bytes);
    live += block != NULL;
    return block;
}

static void *counted_resize(void *payload, void *old, size_t bytes) {
    (void)payload;
    void *block = fails_now() ? NULL : realloc(old, bytes);
    live += block != NULL && old == NULL;
    return block;
}

static void counted_release(void *payload, void *old) {
    (void)payload;
    live -= old != NULL;
    free(old);
}

void fail_allocation(int64_t i) {
    static const pp_allocator counting = {counted_allocate, counted_resize,
                                          counted_release, NULL};
    pp_set_allocator(&counting);
    allocations = 0;
    failing_at = i;
}

int64_t live_allocations(void) {
    return live;
}

int64_t fail_every_allocation(failing_work *work, void *payload) {
    for (int64_t i = 1;; i++) {
        pp_error err = {0};
        int64_t before = live;
        fail_allocation(i);
        pp_status status = work(payload, &err);
        int64_t seen = allocations;
        fail_allocation(0);
        if (live != before) {
            fail_msg("allocation %lld failing leaks %lld blocks", (long long)i,
                     (long long)(live - before));
        }
        if (seen < i) {
            assert_int_equal(status, PP_OK);
            return seen;
        }
        if (status != PP_E_MEMORY) {
            fail_msg("allocation %lld failing gives '%s': %s", (long long)i,
                     pp_status_name(status), err.message);
        }
    }
}

static const char *joined(const char *variable, const char *relative) {
    static char paths[8][1024];
    static int next;
    const char *root = getenv(variable);
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", root ? root : ".", relative);
    return path;
}

const char *source_path(const char *relative) {
    return joined("PP_SOURCE_ROOT", relative);
}

const char *build_path(const char *relative) {
    return joined("PP_BUILD_ROOT", relative);
}

static char temporary[] = "/tmp/pushpull-test-XXXXXX";
static pid_t owner;

static int remove_entry(const char *path, const struct stat *entry, int type,
                        struct FTW *walk) {
    (void)entry, (void)type, (void)walk;
    remove(path);
    return 0;
}

static void remove_temporary(void) {
    if (getpid() == owner) { /* and not a child that the test forked */
        nftw(temporary, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
}

const char *fresh_folder(void) {
    static char folders[8][64];
    static int next;
    if (!owner) {
        assert_non_null(mkdtemp(temporary));
        owner = getpid();
        atexit(remove_temporary);
    }
    char *folder = folders[next % 8];
    snprintf(folder, sizeof folders[0], "%s/%d", temporary, next++);
    assert_int_equal(mkdir(folder, 0700), 0);
    return folder;
}

const char *write_file(const char *folder, const char *name, const void *bytes,
                       size_t n) {
    static char paths[8][512];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
    return path;
}

const char *write_text(const char *folder, const char *name, const char *text) {
    return write_file(folder, name, text, strlen(text));
}
