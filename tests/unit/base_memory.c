#include "support/support.h"

#include <pushpull/memory.h>

#include <string.h>

static void overflow_is_refused(void **state) {
    (void)state;
    assert_null(pp_malloc(INT64_MAX, 16));
    assert_null(pp_malloc(-1, 1));
    void *none = pp_malloc(0, 8);
    assert_non_null(none);
    pp_free(none);
}

static void arena_keeps_what_it_gave(void **state) {
    (void)state;
    pp_arena arena;
    pp_arena_init(&arena);
    char *first = pp_arena_strdup(&arena, "first");
    pp_arena_mark mark = pp_arena_get_mark(&arena);
    for (int i = 0; i < 1000; i++) {
        int64_t *block = pp_arena_alloc(&arena, 100, sizeof *block);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 16, 0);
        block[99] = i;
    }
    pp_arena_release(&arena, mark);
    assert_string_equal(first, "first");
    assert_string_equal(pp_arena_printf(&arena, "%s-%d", "a", 7), "a-7");
    assert_null(pp_arena_alloc(&arena, INT64_MAX, 8));
    pp_arena_clear(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overflow_is_refused),
        cmocka_unit_test(arena_keeps_what_it_gave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
