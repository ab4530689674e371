/* measure DATA FORMULA [OPTION=VALUE...]: times a fit and says what came out.
 *
 * Options: those of `pushpull fit` (model, link, vcov, ssc, ties, bias, unit, time), columns=a,b (only
 * these are kept after reading), threads=N, runs=N (each timed), fits=N (in a run, side by
 * side on the threads),
 * wild=TERM cluster=COLUMN (a wild cluster bootstrap of 9,999 draws after the fit, timed with it). write=FILE (the data
 * again, in another format). FORMULA `-` only reads.
 *
 * Prints one line of numbers, read_seconds fit_seconds least_seconds rows read_mb fit_mb (the median and
 * the least of the runs; the highest memory in use while reading, and while fitting with the data), and
 * then a line for each coefficient: term estimate std_error. */
#include <pushpull/inference.h>
#include <pushpull/io.h>
#include <pushpull/model.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_RUNS = 100 };

typedef struct settings {
    const char *data, *formula, *columns, *write;
    pp_model_options model;
    pp_bootstrap_options boot;
    pp_context ctx;
    int runs, fits;
} settings;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Megabytes at the highest since the last call. */
static double peak_memory(void) {
    char line[256];
    double peak = NAN;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            peak = strtod(line + 6, NULL) / 1024;
        }
    }
    if (status) {
        fclose(status);
    }
    FILE *reset = fopen("/proc/self/clear_refs", "w");
    if (reset) {
        fputs("5", reset);
        fclose(reset);
    }
    return peak;
}

static void require(pp_status status, const pp_error *err) {
    if (status != PP_OK) {
        char words[1200];
        pp_error_format(err, words, sizeof words);
        fprintf(stderr, "%s\n", words);
        exit(EXIT_FAILURE);
    }
}

static void set_option(settings *s, const char *word) {
    const struct {
        const char *name;
        const char **place;
    } texts[] = {{"model=", &s->model.model},
                 {"link=", &s->model.link},
                 {"vcov=", &s->model.vcov},
                 {"ssc=", &s->model.ssc},
                 {"ties=", &s->model.ties},
                 {"bias=", &s->model.bias},
                 {"unit=", &s->model.unit},
                 {"time=", &s->model.time},
                 {"interval=", &s->model.interval},
                 {"wild=", &s->boot.term},
                 {"cluster=", &s->boot.cluster},
                 {"columns=", &s->columns},
                 {"write=", &s->write}};
    const struct {
        const char *name;
        int *place;
    } counts[] = {
        {"threads=", &s->ctx.threads}, {"runs=", &s->runs}, {"fits=", &s->fits}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strncmp(word, texts[i].name, strlen(texts[i].name)) == 0) {
            *texts[i].place = word + strlen(texts[i].name);
            return;
        }
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (strncmp(word, counts[i].name, strlen(counts[i].name)) == 0) {
            *counts[i].place = (int)strtol(word + strlen(counts[i].name), NULL, 10);
            return;
        }
    }
    fprintf(stderr, "measure: there is no option '%s'\n", word);
    exit(EXIT_FAILURE);
}

static int is_listed(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length) {
        if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == '\0')) {
            return 1;
        }
    }
    return 0;
}

static void keep_columns(pp_table *table, const char *columns) {
    pp_error err = {0};
    for (int c = pp_table_columns(table) - 1; columns && c >= 0; c--) {
        const char *name = pp_table_column(table, c)->name;
        if (!is_listed(columns, name)) {
            require(pp_table_drop(table, name, &err), &err);
        }
    }
}

/* A wild cluster bootstrap of one coefficient. */
static void bootstrap(const settings *s, const pp_fit *fit) {
    pp_error err = {0};
    pp_result *result = NULL;
    require(pp_fit_result(fit, &result, &err), &err);
    require(pp_fit_bootstrap(fit, &s->boot, &s->ctx, result, &err), &err);
    pp_result_free(result);
}

static int ascending(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

typedef struct share {
    const settings *s;
    const pp_table *data;
    int fits;
} share;

static void *fit_share(void *payload) {
    const share *own = payload;
    for (int i = 0; i < own->fits; i++) {
        pp_error err = {0};
        pp_fit *fit = NULL;
        require(
            pp_model_fit(own->s->formula, own->data, &own->s->model, NULL, &fit, &err),
            &err);
        pp_fit_free(fit);
    }
    return NULL;
}

/* Many small fits, side by side on the threads, one thread each. */
static void fit_many(const settings *s, const pp_table *data, int fits) {
    enum { MOST = 64 };
    pthread_t threads[MOST];
    share own[MOST];
    int n = s->ctx.threads < 1 ? 1 : s->ctx.threads > MOST ? MOST : s->ctx.threads;
    for (int t = 0; t < n; t++) {
        own[t] = (share){s, data, fits * (t + 1) / n - fits * t / n};
        if (pthread_create(&threads[t], NULL, fit_share, &own[t]) != 0) {
            fputs("measure: no thread\n", stderr);
            exit(EXIT_FAILURE);
        }
    }
    for (int t = 0; t < n; t++) {
        pthread_join(threads[t], NULL);
    }
}

static pp_fit *fit_runs(const settings *s, const pp_table *data, double *seconds) {
    pp_error err = {0};
    pp_fit *fit = NULL;
    for (int run = 0; run < s->runs; run++) {
        double start = now();
        fit_many(s, data, s->fits - 1);
        pp_fit_free(fit);
        require(pp_model_fit(s->formula, data, &s->model, &s->ctx, &fit, &err), &err);
        if (s->boot.term) {
            bootstrap(s, fit);
        }
        seconds[run] = now() - start;
    }
    qsort(seconds, (size_t)s->runs, sizeof *seconds, ascending);
    return fit;
}

static void print_coefficients(const pp_fit *fit) {
    int64_t k = pp_fit_terms(fit);
    for (int64_t j = 0; j < k; j++) {
        printf("%s %.15g %.15g\n", pp_fit_term(fit, j), pp_fit_estimates(fit)[j],
               sqrt(pp_fit_covariance(fit)[j * (k + 1)]));
    }
}

int main(int argc, char **argv) {
    settings s = {
        .runs = 3, .fits = 1, .model = {.model = "ols"}, .boot = {.method = "wild"}};
    pp_error err = {0};
    pp_table *data = NULL;
    double seconds[MAX_RUNS] = {0};
    if (argc < 3) {
        fputs("measure DATA FORMULA [OPTION=VALUE...]\n", stderr);
        return EXIT_FAILURE;
    }
    s.data = argv[1];
    s.formula = argv[2];
    for (int i = 3; i < argc; i++) {
        set_option(&s, argv[i]);
    }
    s.runs = s.runs < 1 ? 1 : s.runs > MAX_RUNS ? MAX_RUNS : s.runs;
    double start = now();
    require(pp_table_read(s.data, NULL, &s.ctx, &data, &err), &err);
    double read_seconds = now() - start;
    keep_columns(data, s.columns);
    double read_memory = peak_memory();
    if (s.write) {
        require(pp_table_write(data, s.write, &s.ctx, &err), &err);
    }
    pp_fit *fit = strcmp(s.formula, "-") == 0 ? NULL : fit_runs(&s, data, seconds);
    printf("%.4f %.4f %.4f %lld %.0f %.0f\n", read_seconds, seconds[s.runs / 2],
           seconds[0], (long long)pp_table_rows(data), read_memory, peak_memory());
    if (fit) {
        print_coefficients(fit);
    }
    pp_fit_free(fit);
    pp_table_free(data);
    return EXIT_SUCCESS;
}
