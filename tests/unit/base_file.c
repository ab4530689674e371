#include "support/support.h"

#include <pushpull/file.h>

#include <stdio.h>
#include <string.h>

static void written_is_read(void **state) {
    (void)state;
    pp_error err = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/a/b/c.txt", fresh_folder());
    assert_ok(pp_file_write(path, "hello", 5, &err));
    assert_ok(pp_file_write(path, "hello, again", 12, &err));
    pp_buf buf;
    pp_buf_init(&buf);
    assert_ok(pp_file_read(path, 0, &buf, &err));
    assert_string_equal(buf.data, "hello, again");
    assert_int_equal(pp_file_read(path, 5, &buf, &err), PP_E_INPUT);
    pp_buf_clear(&buf);
}

static void what_cannot_be_read_is_said(void **state) {
    (void)state;
    pp_error err = {0};
    pp_buf buf;
    pp_buf_init(&buf);
    assert_int_equal(pp_file_read("/no/such/file", 0, &buf, &err), PP_E_NOT_FOUND);
    assert_string_equal(err.file, "/no/such/file");
    assert_int_equal(pp_file_read(fresh_folder(), 0, &buf, &err), PP_E_IO);
    assert_non_null(strstr(err.message, "folder"));
    assert_int_equal(pp_file_write(fresh_folder(), "x", 1, &err), PP_E_IO);
    pp_buf_clear(&buf);
}

/* BLAKE2b-256 of "abc" as `b2sum -l 256` prints it. */
static void digest_is_blake2b(void **state) {
    (void)state;
    pp_error err = {0};
    char hex[PP_DIGEST_HEX], again[PP_DIGEST_HEX];
    pp_digest_bytes("abc", 3, hex);
    assert_string_equal(
        hex, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    assert_ok(pp_digest_file(write_text(fresh_folder(), "abc", "abc"), again, &err));
    assert_string_equal(again, hex);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_is_read),
        cmocka_unit_test(what_cannot_be_read_is_said),
        cmocka_unit_test(digest_is_blake2b),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
