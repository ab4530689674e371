/* panel FOLDER: writes a.csv (180 countries by 20 years) and a_risk.csv (its rows until the first
 * event), always the same: case a of the benchmarks, whose coefficients are known from other
 * implementations. Sixteen autocorrelated regressors, a country effect, a logit hazard. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNTRIES = 180, YEARS = 20, REGRESSORS = 16 };

static uint64_t state[4]; /* xoshiro256**, seeded by splitmix64 */

static void seed(uint64_t x) {
    for (int i = 0; i < 4; i++) {
        uint64_t z = x += 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        state[i] = z ^ (z >> 31);
    }
}

static uint64_t rotated(uint64_t x, int by) {
    return (x << by) | (x >> (64 - by));
}

static uint64_t next(void) {
    uint64_t drawn = rotated(state[1] * 5, 7) * 9, t = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= t;
    state[3] = rotated(state[3], 45);
    return drawn;
}

static double uniform(void) {
    return ((double)(next() >> 11) + 0.5) * 0x1.0p-53;
}

static double normal(void) {
    double radius = sqrt(-2 * log(uniform()));
    return radius * cos(2 * 3.14159265358979323846 * uniform());
}

static double rounded(double x) {
    return round(x * 1e4) / 1e4;
}

static void draw_year(const double *base, double *shock, int year, double *x) {
    for (int j = 0; j < REGRESSORS; j++) {
        shock[j] = 0.7 * shock[j] + 0.714 * normal();
        x[j] = rounded(0.7 * base[j] + 0.7 * shock[j] + (j % 4 == 3 ? 0.05 * year : 0));
    }
    x[2] = rounded(0.5 * x[0] + 0.8 * x[2]);
    x[5] = x[5] > 0.5;
    x[9] = rounded(0.6 * x[1] + 0.6 * x[9]);
}

static void write_row(FILE *file, int country, int year, int event, const double *x) {
    fprintf(file, "%d,%d,%d,%d", country, 2000 + year, 1 + (country * 7) % 12, event);
    for (int j = 0; j < REGRESSORS; j++) {
        fprintf(file, ",%.4f", x[j] == 0 ? 0.0 : x[j]);
    }
    fputc('\n', file);
}

static void write_country(FILE *all, FILE *risk, int country) {
    double base[REGRESSORS], shock[REGRESSORS], x[REGRESSORS];
    double effect = 0.5 * normal();
    int seen = 0;
    for (int j = 0; j < REGRESSORS; j++) {
        base[j] = normal();
        shock[j] = normal();
    }
    for (int year = 0; year < YEARS; year++) {
        draw_year(base, shock, year, x);
        double index = -3.2 + 0.06 * year + 0.5 * x[0] - 0.4 * x[1] + 0.3 * x[2] +
                       0.25 * x[3] + 0.6 * x[5] - 0.2 * x[7] + 0.15 * x[8] + effect;
        int event = uniform() < 1 / (1 + exp(-index));
        write_row(all, country, year, event, x);
        if (!seen) {
            write_row(risk, country, year, event, x);
        }
        seen = seen || event;
    }
}

static FILE *opened(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    fputs("country,year,region,y,x1,x2,x3,x4,x5,x6,x7,x8,z1,z2,z3,z4,z5,z6,z7,z8\n",
          file);
    return file;
}

int main(int argc, char **argv) {
    const char *folder = argc > 1 ? argv[1] : ".";
    FILE *all = opened(folder, "a.csv"), *risk = opened(folder, "a_risk.csv");
    seed(101);
    for (int country = 1; country <= COUNTRIES; country++) {
        write_country(all, risk, country);
    }
    return fclose(all) | fclose(risk) ? EXIT_FAILURE : EXIT_SUCCESS;
}
