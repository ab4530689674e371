#include "evidence/adoption_interval.h"
#include "evidence/adoption_slug.h"
#include "evidence/adoption_timeline.h"

#include "support/support.h"

#define OPEN_LO PP__OPEN_LOW
#define OPEN_HI PP__OPEN_HIGH

static void check_combined(const pp__reading *readings, int64_t n, int64_t lo, int64_t hi,
                           int conflict) {
    pp__reading turned[8];
    for (int64_t i = 0; i < n; i++) {
        turned[i] = readings[n - 1 - i];
    }
    int seen;
    pp__interval got = pp__interval_combine(readings, n, &seen);
    assert_true(got.lo == lo && got.hi == hi);
    assert_int_equal(seen, conflict);
    got = pp__interval_combine(turned, n, &seen);
    assert_true(got.lo == lo && got.hi == hi);
    assert_int_equal(seen, conflict);
}
#define CHECK(lo, hi, conflict, ...)                                                     \
    check_combined((const pp__reading[]){__VA_ARGS__},                                   \
                   sizeof((const pp__reading[]){__VA_ARGS__}) / sizeof(pp__reading), lo, \
                   hi, conflict)

static void readings_that_meet_are_intersected(void **state) {
    (void)state;
    CHECK(10, 20, 0, {{10, 20}, 0});
    CHECK(15, 20, 0, {{10, 20}, 0}, {{15, 30}, 0});
    CHECK(10, 12, 0, {{10, 20}, 0}, {{OPEN_LO, 12}, 0});
    CHECK(18, 20, 0, {{10, 20}, 0}, {{18, OPEN_HI}, 0});
    CHECK(10, 20, 0, {{10, 20}, 0}, {{OPEN_LO, OPEN_HI}, 0});
    CHECK(5, 9, 0, {{5, OPEN_HI}, 0}, {{OPEN_LO, 9}, 0});
    CHECK(OPEN_LO, 9, 0, {{OPEN_LO, 9}, 0}, {{OPEN_LO, 30}, 1});
}

static void windows_that_do_not_meet_give_their_hull(void **state) {
    (void)state;
    CHECK(10, 40, 1, {{10, 20}, 0}, {{30, 40}, 0});
    CHECK(10, 20, 1, {{10, 20}, 1}, {{30, 40}, 0});
    CHECK(15, 20, 1, {{10, 20}, 1}, {{15, 25}, 1}, {{30, 40}, 0});
    CHECK(10, 40, 1, {{10, 20}, 1}, {{30, 40}, 1}, {{60, 70}, 0});
    CHECK(10, 35, 1, {{10, 20}, 0}, {{30, 40}, 0}, {{OPEN_LO, 35}, 0});
    CHECK(10, 40, 1, {{10, 20}, 0}, {{30, 40}, 0}, {{OPEN_LO, 99}, 0},
          {{OPEN_LO, OPEN_HI}, 1});
}

static void bounds_that_do_not_meet_widen(void **state) {
    (void)state;
    CHECK(OPEN_LO, 20, 1, {{10, 20}, 0}, {{OPEN_LO, 5}, 0});
    CHECK(10, 20, 1, {{10, 20}, 1}, {{OPEN_LO, 5}, 0});
    CHECK(OPEN_LO, 20, 1, {{10, 20}, 1}, {{OPEN_LO, 5}, 1});
    CHECK(10, OPEN_HI, 1, {{10, 20}, 0}, {{25, OPEN_HI}, 0});
    CHECK(OPEN_LO, OPEN_HI, 1, {{OPEN_LO, 5}, 0}, {{9, OPEN_HI}, 0});
    CHECK(10, 40, 1, {{10, 40}, 0}, {{30, OPEN_HI}, 0}, {{OPEN_LO, 20}, 0});
}

static void check_first(const pp__interval *all, int64_t n, int open, int64_t lo,
                        int64_t hi, int64_t which, int by_option) {
    pp__first first = pp__interval_first(all, n, open);
    assert_true(first.when.lo == lo && first.when.hi == hi);
    assert_int_equal(first.which, which);
    assert_int_equal(first.by_option, by_option);
}

static void the_first_of_several(void **state) {
    (void)state;
    const pp__interval dated[] = {{20, 30}, {10, 40}, {15, 18}};
    check_first(dated, 3, 0, 10, 18, 1, 0);
    check_first(dated, 3, 1, 10, 18, 1, 0);
    const pp__interval after[] = {{20, 30}, {OPEN_LO, 25}};
    check_first(after, 2, 0, 20, 25, 0, 1);
    check_first(after, 2, 1, OPEN_LO, 25, 1, 1);
    const pp__interval before[] = {{20, 30}, {OPEN_LO, 19}};
    check_first(before, 2, 0, OPEN_LO, 19, 1, 0);
    check_first(before, 2, 1, OPEN_LO, 19, 1, 0);
    const pp__interval bounds[] = {{OPEN_LO, 30}, {OPEN_LO, 19}};
    check_first(bounds, 2, 0, OPEN_LO, 19, 1, 0);
}

static pp__claim claim(const char *id, pp__claim_status status, int64_t lo, int64_t hi) {
    return (pp__claim){
        .id = id, .status = status, .group = pp__status_group(status), .when = {lo, hi}};
}

static void check_spells(const pp__claim *claims, int n, int spells,
                         const char *numbers) {
    pp__event events[8];
    for (int i = 0; i < n; i++) {
        events[i] = pp__event_of(&claims[i]);
    }
    assert_int_equal(pp__timeline(events, n), spells);
    for (int i = 0; i < n; i++) {
        int place = 0;
        while (events[place].claim != &claims[i]) {
            place++;
        }
        assert_int_equal(events[place].spell, numbers[i] - '0');
    }
}

static void a_spell_opens_after_a_certain_end(void **state) {
    (void)state;
    assert_int_equal(pp__timeline(NULL, 0), 0);
    const pp__claim again[] = {claim("1", PP__CONTRACTED, 10, 12),
                               claim("2", PP__ENDED, 20, 25),
                               claim("3", PP__OPERATIONAL, 30, 31)};
    check_spells(again, 3, 2, "001");
    const pp__claim overlapping[] = {claim("1", PP__CONTRACTED, 10, 12),
                                     claim("2", PP__ENDED, 20, 25),
                                     claim("3", PP__OPERATIONAL, 25, 31)};
    check_spells(overlapping, 3, 1, "000");
    const pp__claim mentioned[] = {claim("1", PP__OPERATIONAL, OPEN_LO, 12),
                                   claim("2", PP__SUSPENDED, OPEN_LO, 25),
                                   claim("3", PP__OPERATIONAL, OPEN_LO, 31)};
    check_spells(mentioned, 3, 1, "000");
    const pp__claim expanded[] = {claim("1", PP__OPERATIONAL, 10, 10),
                                  claim("2", PP__ENDED, 20, 20),
                                  claim("3", PP__EXPANDED, 30, 30)};
    check_spells(expanded, 3, 1, "000");
    const pp__claim twice[] = {
        claim("1", PP__ENDED, 5, 5),         claim("2", PP__OPERATIONAL, 10, 10),
        claim("3", PP__ENDED, 20, 20),       claim("4", PP__ENDED, 21, 22),
        claim("5", PP__OPERATIONAL, 30, 30), claim("6", PP__ENDED, OPEN_LO, OPEN_HI)};
    check_spells(twice, 6, 3, "011122");
}

static void an_end_closes_what_began_before(void **state) {
    (void)state;
    pp__interval start = {10, 20};
    assert_int_equal(pp__close_spell(&start, (pp__interval){25, 30}), PP__CLOSES);
    assert_int_equal(pp__close_spell(&start, (pp__interval){15, 30}), PP__CLOSES);
    assert_int_equal(pp__close_spell(&start, (pp__interval){15, OPEN_HI}), PP__CLOSES);
    assert_int_equal(pp__close_spell(&start, (pp__interval){OPEN_LO, 19}),
                     PP__ORDER_UNKNOWN);
    assert_true(start.lo == 10 && start.hi == 20);
    pp__interval undated = {OPEN_LO, OPEN_HI};
    assert_int_equal(pp__close_spell(&undated, (pp__interval){25, 30}), PP__CLOSES);
    assert_true(undated.lo == OPEN_LO && undated.hi == 30);
}

static void slugs_are_short_and_readable(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"Nairobi", "nairobi"},
        {"São Paulo", "sao-paulo"},
        {"Sucre (Miranda)", "sucre-miranda"},
        {"  Val-d'Oise ", "val-d-oise"},
        {"Łódź 2", "łodz-2"},
        {"Москва", "москва"},
        {"", ""},
        {"?!", ""},
    };
    pp_arena arena;
    pp_arena_init(&arena);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_string_equal(pp__slug(&arena, pairs[i][0]), pairs[i][1]);
    }
    pp_arena_clear(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_that_meet_are_intersected),
        cmocka_unit_test(windows_that_do_not_meet_give_their_hull),
        cmocka_unit_test(bounds_that_do_not_meet_widen),
        cmocka_unit_test(the_first_of_several),
        cmocka_unit_test(a_spell_opens_after_a_certain_end),
        cmocka_unit_test(an_end_closes_what_began_before),
        cmocka_unit_test(slugs_are_short_and_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
