/* An import that is killed at any moment leaves all of the file or nothing of it. */
#include "support/evidence.h"

#include <pushpull/random.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CLAIMS = 4000, SOURCES = 200, MOMENTS = 50 };

static char store_path[200], claims_path[200], sources_path[200];

static void write_study(const char *folder) {
    snprintf(store_path, sizeof store_path, "%s/study.db", folder);
    snprintf(claims_path, sizeof claims_path, "%s/claims.csv", folder);
    snprintf(sources_path, sizeof sources_path, "%s/sources.csv", folder);
    FILE *claims = fopen(claims_path, "w"), *sources = fopen(sources_path, "w");
    assert_true(claims && sources);
    fputs(claims_header, claims);
    for (int i = 1; i <= CLAIMS; i++) {
        fprintf(claims,
                "A%04d,Town %d,city,KEN,firm-%d,CHN,safe_city,operational,2014,2015,"
                "unknown,%d,national,,crime,medium,AS%03d,A,Note %d\n",
                i, i % 300, i % 50, i * 1000, i % SOURCES + 1, i);
    }
    fputs(sources_header, sources);
    for (int i = 1; i <= SOURCES; i++) {
        fprintf(
            sources,
            "AS%03d,https://example.org/%d,The title of page number %d,P,2015,news,en\n",
            i, i, i);
    }
    fclose(claims);
    fclose(sources);
}

static void remove_store(void) {
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    for (int i = 0; i < 4; i++) {
        char path[220];
        snprintf(path, sizeof path, "%s%s", store_path, endings[i]);
        unlink(path);
    }
}

/* In a child: threads that a reader of files starts do not survive a fork. */
static pid_t start_import(void) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0) {
        return child;
    }
    const pp_import_options options = {.claims = claims_path, .sources = sources_path};
    pp_store *store;
    pp_result *result;
    if (pp_store_open(store_path, PP_STORE_CREATE, &store, NULL) != PP_OK ||
        pp_evidence_import(store, NULL, &options, NULL, &result, NULL) != PP_OK) {
        _exit(1);
    }
    pp_result_free(result);
    pp_store_close(store);
    _exit(0);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void wait_seconds(double duration) {
    struct timespec left = {(time_t)duration,
                            (long)((duration - (double)(time_t)duration) * 1e9)};
    nanosleep(&left, NULL);
}

static int64_t claims_in_store(void) {
    pp_error err = {0};
    pp_store *store;
    pp_table *claims;
    assert_ok(pp_store_open(store_path, PP_STORE_CREATE, &store, &err));
    assert_verifies(store);
    assert_ok(pp_evidence_claims(store, &claims, &err));
    int64_t n = pp_table_rows(claims);
    pp_table_free(claims);
    pp_store_close(store);
    return n;
}

static void all_or_nothing(void **state) {
    (void)state;
    int status, all = 0;
    write_study(fresh_folder());
    double start = seconds();
    assert_int_equal(waitpid(start_import(), &status, 0) > 0 && WIFEXITED(status) &&
                         WEXITSTATUS(status) == 0,
                     1);
    double whole = seconds() - start;
    assert_int_equal(claims_in_store(), CLAIMS);
    pp_rng rng;
    pp_rng_init(&rng, 20, 1, 0);
    for (int i = 0; i < MOMENTS; i++) {
        remove_store();
        pid_t child = start_import();
        wait_seconds(whole * pp_rng_uniform(&rng));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        int64_t n = claims_in_store();
        if (n != 0 && n != CLAIMS) {
            fail_msg("killed at moment %d, %lld claims of %d are there", i, (long long)n,
                     CLAIMS);
        }
        all += n == CLAIMS;
    }
    assert_true(all < MOMENTS);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_or_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
