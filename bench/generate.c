/* generate CASE ROWS FOLDER: writes the data of a benchmark, always the same. The processes and seeds are
 * those for which other implementations' coefficients and times are known (peers.csv, coefficients.csv).
 *
 * a: 180 countries by 20 years, sixteen autocorrelated regressors, a logit hazard (a.csv, a_risk.csv)
 * b: cities by 120 months, about 100 rows a city; outcomes linear, counts, binary
 * c: persons by 10 years in firms of 23, few links between firms
 * d: spells of a counting process in five strata, with ties
 * e: a rare event and ten regressors
 * f: units over twelve periods, treated from one of eight on, or never */
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

static int poisson(double mean) {
    if (mean > 30) {
        int count = (int)floor(mean + sqrt(mean) * normal() + 0.5);
        return count < 0 ? 0 : count;
    }
    double limit = exp(-mean), product = 1;
    int count = 0;
    do {
        count++;
        product *= uniform();
    } while (product > limit);
    return count - 1;
}

static double logistic(double x) {
    return 1 / (1 + exp(-x));
}

/* ---- writing ---- */

static FILE *opened(const char *folder, const char *name, const char *header) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    setvbuf(file, NULL, _IOFBF, 1 << 20);
    fputs(header, file);
    return file;
}

static int closed(FILE *file) {
    return fclose(file) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Integers, and numbers with four decimals: what printf would write, in a tenth of the time. */
static void put_integer(FILE *file, long value, char end) {
    char text[24], *p = text + sizeof text;
    unsigned long left = value < 0 ? 0UL - (unsigned long)value : (unsigned long)value;
    *--p = end;
    do {
        *--p = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0) {
        *--p = '-';
    }
    fwrite(p, 1, (size_t)(text + sizeof text - p), file);
}

static void put_number(FILE *file, double value, char end) {
    long scaled = (long)(fabs(value) * 1e4 + 0.5), below = scaled % 10000;
    if (value < 0) {
        fputc('-', file);
    }
    put_integer(file, scaled / 10000, '.');
    char text[] = {(char)('0' + below / 1000), (char)('0' + below / 100 % 10),
                   (char)('0' + below / 10 % 10), (char)('0' + below % 10), end};
    fwrite(text, 1, sizeof text, file);
}

/* ---- a: adoption by countries ---- */

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

static int write_a(const char *folder) {
    static const char *const HEADER =
        "country,year,region,y,x1,x2,x3,x4,x5,x6,x7,x8,z1,z2,z3,z4,z5,z6,z7,z8\n";
    FILE *all = opened(folder, "a.csv", HEADER);
    FILE *risk = opened(folder, "a_risk.csv", HEADER);
    seed(101);
    for (int country = 1; country <= COUNTRIES; country++) {
        write_country(all, risk, country);
    }
    return closed(all) | closed(risk);
}

/* ---- b: cities and months ---- */

enum { MONTHS = 120 };

static void write_city(FILE *file, long city, const double *month) {
    double effect = normal();
    int country = 1 + (int)(uniform() * 200);
    for (int t = 0; t < MONTHS; t++) {
        if (uniform() > 100. / 120) {
            continue;
        }
        double x1 = rounded(0.5 * effect + normal());
        double x2 = rounded(0.5 * month[t] * 3 + normal());
        double x3 = rounded(0.3 * x1 + normal()), x4 = uniform() < logistic(0.4 * effect);
        double both = 0.8 * effect + month[t];
        double y = both + 0.5 * x1 - 0.3 * x2 + 0.2 * x3 + 0.1 * x4 + normal();
        int count = poisson(exp(0.2 + 0.5 * effect + month[t] + 0.1 * x1 - 0.1 * x2 +
                                0.05 * x3 + 0.1 * x4));
        int event =
            uniform() < logistic(-0.5 + both + 0.4 * x1 - 0.3 * x2 + 0.2 * x3 + 0.1 * x4);
        put_integer(file, city, ',');
        put_integer(file, t + 1, ',');
        put_integer(file, country, ',');
        put_number(file, x1, ',');
        put_number(file, x2, ',');
        put_number(file, x3, ',');
        put_integer(file, (long)x4, ',');
        put_number(file, y, ',');
        put_integer(file, count, ',');
        put_integer(file, event, '\n');
    }
}

static int write_b(const char *folder, long rows) {
    double month[MONTHS];
    FILE *file = opened(folder, "b.csv", "city,month,country,x1,x2,x3,x4,y,yc,yb\n");
    seed(202);
    for (int t = 0; t < MONTHS; t++) {
        month[t] = 0.3 * normal();
    }
    for (long city = 1; city <= rows / 100; city++) {
        write_city(file, city, month);
    }
    return closed(file);
}

/* ---- c: persons in firms ---- */

static int write_c(const char *folder, long rows) {
    enum { PERIODS = 10, STAFF = 23 };
    long persons = rows / PERIODS, firms = (persons + 11) / STAFF, row = 0;
    firms = firms < 1 ? 1 : firms;
    double *firm = calloc((size_t)firms, sizeof *firm), year[PERIODS + 1];
    if (!firm) {
        perror("memory");
        return EXIT_FAILURE;
    }
    FILE *file = opened(folder, "c.csv", "indiv,firm,year,x1,x2,y,yc\n");
    seed(303);
    for (long f = 0; f < firms; f++) {
        firm[f] = normal();
    }
    for (int t = 0; t <= PERIODS; t++) {
        year[t] = normal();
    }
    for (long person = 1; person <= persons; person++) {
        double own = normal();
        for (int t = 1; t <= PERIODS; t++, row++) {
            double x1 = normal(), x2 = rounded(x1 * x1);
            x1 = rounded(x1);
            double effects = own + firm[row % firms] + year[t];
            double y = 0.5 + x1 + 0.05 * x2 + effects + normal();
            int count = poisson(exp(0.3 * x1 + 0.05 * x2 + 0.3 * effects));
            put_integer(file, person, ',');
            put_integer(file, row % firms + 1, ',');
            put_integer(file, t, ',');
            put_number(file, x1, ',');
            put_number(file, x2, ',');
            put_number(file, y, ',');
            put_integer(file, count, '\n');
        }
    }
    free(firm);
    return closed(file);
}

/* ---- d: spells ---- */

typedef struct person {
    long id;
    int stratum, time, spells, over;
    double shared, group;
} person;

static void write_spell(FILE *file, person *p) {
    int length = 1 + (int)(uniform() * 24), start = p->time, event = 0;
    double x1 = rounded(0.7 * p->shared + 0.7 * normal()), x3 = rounded(normal());
    double x4 = rounded(normal() + 0.3 * x1), x5 = uniform() < 0.3;
    double hazard = 0.008 * (1 + 0.2 * p->stratum) *
                    exp(0.5 * x1 - 0.4 * p->group + 0.2 * x3 + 0.1 * x4 + 0.3 * x5);
    for (int step = 0; step < length && p->time < 120 && !event; step++) {
        p->time++;
        event = uniform() < 1 - exp(-hazard);
    }
    put_integer(file, p->id, ',');
    put_integer(file, start, ',');
    put_integer(file, p->time, ',');
    put_integer(file, event, ',');
    put_integer(file, p->stratum, ',');
    put_number(file, x1, ',');
    put_integer(file, (long)p->group, ',');
    put_number(file, x3, ',');
    put_number(file, x4, ',');
    put_integer(file, (long)x5, '\n');
    p->spells++;
    p->over = event;
}

static int write_d(const char *folder, long rows) {
    FILE *file = opened(folder, "d.csv", "id,start,stop,event,strat,x1,x2,x3,x4,x5\n");
    long written = 0, id = 0;
    seed(404);
    while (written < rows) {
        person p = {.id = ++id};
        p.stratum = 1 + (int)(uniform() * 5);
        p.shared = normal();
        p.group = uniform() < 0.4;
        p.time = (int)(uniform() * 40);
        while (!p.over && p.time < 120 && p.spells < 12 && written < rows) {
            write_spell(file, &p);
            written++;
        }
    }
    return closed(file);
}

/* ---- e: a rare event ---- */

static int write_e(const char *folder, long rows) {
    enum { TERMS = 10 };
    FILE *file = opened(folder, "e.csv", "y,x1,x2,x3,x4,x5,x6,x7,x8,x9,x10\n");
    seed(505);
    for (long i = 0; i < rows; i++) {
        double x[TERMS], index = -6;
        for (int j = 0; j < TERMS; j++) {
            x[j] = j % 3 == 2 ? uniform() < 0.05 * (j + 1) : rounded(normal());
        }
        x[1] = rounded(0.5 * x[0] + 0.8 * x[1]);
        for (int j = 0; j < TERMS; j++) {
            index += (j % 2 ? -0.25 : 0.35) * x[j];
        }
        put_integer(file, uniform() < logistic(index), ',');
        for (int j = 0; j < TERMS; j++) {
            put_number(file, x[j], j == TERMS - 1 ? '\n' : ',');
        }
    }
    return closed(file);
}

/* ---- f: units that are treated from different periods on ---- */

static int write_f(const char *folder, long rows) {
    enum { PERIODS = 12, FIRST = 4, COHORTS = 8 };
    FILE *file = opened(folder, "f.csv", "id,period,g,x,y\n");
    seed(606);
    for (long id = 1; id <= rows / PERIODS; id++) {
        double x = rounded(normal()), own = normal();
        int never = uniform() < 0.35, g = FIRST + (int)(uniform() * COHORTS);
        for (int t = 1; t <= PERIODS; t++) {
            double effect = !never && t >= g ? 0.7 + 0.18 * (t - g) : 0;
            put_integer(file, id, ',');
            put_integer(file, t, ',');
            put_integer(file, never ? 0 : g, ',');
            put_number(file, x, ',');
            put_number(file, rounded(own + 0.1 * t + 0.05 * t * x + effect + normal()),
                       '\n');
        }
    }
    return closed(file);
}

int main(int argc, char **argv) {
    long rows = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
    if (rows > 0 && argv[1][1] == '\0') {
        switch (argv[1][0]) {
        case 'a':
            return write_a(argv[3]);
        case 'b':
            return write_b(argv[3], rows);
        case 'c':
            return write_c(argv[3], rows);
        case 'd':
            return write_d(argv[3], rows);
        case 'e':
            return write_e(argv[3], rows);
        case 'f':
            return write_f(argv[3], rows);
        default:
            break;
        }
    }
    fputs("generate a|b|c|d|e|f ROWS FOLDER\n", stderr);
    return EXIT_FAILURE;
}
