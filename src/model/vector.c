/* Without branches and tables, so that the compiler makes vectors of the loops: range
   reduction and polynomials after fdlibm (Sun Microsystems, 1993), Taylor's series for the
   exponential. Each function exists twice, for processors with and without AVX2 and FMA. */
#include "model/vector.h"

#include <math.h>
#include <string.h>

static const double MAGIC = 0x1.8p52; /* t + MAGIC holds the integer next to t */
static const double LOG2E = 0x1.71547652b82fep0;
static const double LN2_HIGH = 0x1.62e42fee00000p-1, LN2_LOW = 0x1.a39ef35793c76p-33;

#define INLINE static inline __attribute__((always_inline))

INLINE double multiply_add(double a, double b, double c, int fused) {
    return fused ? __builtin_fma(a, b, c) : a * b + c;
}

INLINE uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

INLINE double double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* 2^k of a whole k in -1022..1023. */
INLINE double power_of_two(double k) {
    return double_of((bits_of(k + MAGIC) + 1023) << 52);
}

/* (e^r − 1 − r) / r² for |r| <= ln(2)/2. */
INLINE double exp_series(double r, int fused) {
    double r2 = r * r, r4 = r2 * r2;
    double a = multiply_add(r, 1.0 / 6, 0.5, fused);
    double b = multiply_add(r, 1.0 / 120, 1.0 / 24, fused);
    double c = multiply_add(r, 1.0 / 5040, 1.0 / 720, fused);
    double d = multiply_add(r, 1.0 / 362880, 1.0 / 40320, fused);
    double e = multiply_add(r, 1.0 / 39916800, 1.0 / 3628800, fused);
    double f = multiply_add(r, 1.0 / 6227020800, 1.0 / 479001600, fused);
    double low = multiply_add(r2, b, a, fused);
    double middle = multiply_add(r2, d, c, fused), high = multiply_add(r2, f, e, fused);
    return multiply_add(r4, multiply_add(r4, high, middle, fused), low, fused);
}

/* x = k ln 2 + r. */
INLINE double reduce(double x, double *r, int fused) {
    double k = multiply_add(x, LOG2E, MAGIC, fused) - MAGIC;
    *r = multiply_add(-k, LN2_LOW, multiply_add(-k, LN2_HIGH, x, fused), fused);
    return k;
}

INLINE double clamp(double x, double low, double high) {
    x = x < low ? low : x;
    return x > high ? high : x;
}

INLINE double exp_of(double x, int fused) {
    double r, k = reduce(clamp(x, -750, 710), &r, fused);
    double half = (k * 0.5 + MAGIC) - MAGIC; /* in two steps, for subnormal results */
    double p = 1 + multiply_add(r * r, exp_series(r, fused), r, fused);
    return p * power_of_two(half) * power_of_two(k - half);
}

INLINE double expm1_of(double x, int fused) {
    double r, k = reduce(clamp(x, -40, 710), &r, fused);
    double p = multiply_add(r * r, exp_series(r, fused), r, fused);
    double half = (k * 0.5 + MAGIC) - MAGIC, first = power_of_two(half),
           second = power_of_two(k - half);
    double scaled = (p * first) * second + (first * second - 1);
    double large = (1 + p) * first * second; /* where 2^k overflows, or 1 is nothing */
    double result = k > 60 ? large : scaled;
    return x == 0 ? x : result;
}

/* log(u) + c of a positive u that is no subnormal. */
INLINE double log_of(double u, double c, int fused) {
    const double two52 = 0x1p52;
    uint64_t bits = bits_of(u) + (0x3ff0000000000000 - 0x3fe6a09e667f3bcd);
    double k = double_of((bits >> 52) | bits_of(two52)) - (two52 + 1023);
    double m = double_of((bits & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd);
    double f = m - 1, s = f / (2 + f), z = s * s, half = 0.5 * f * f;
    double w = z * z;
    double even = multiply_add(w, 0x1.39a09d078c69fp-3, 0x1.c71c51d8e78afp-3, fused);
    double odd = multiply_add(w, 0x1.2f112df3e5244p-3, 0x1.7466496cb03dep-3, fused);
    even = w * multiply_add(w, even, 0x1.999999997fa04p-2, fused);
    odd = multiply_add(w, odd, 0x1.2492494229359p-2, fused);
    odd = z * multiply_add(w, odd, 0x1.5555555555593p-1, fused);
    double rest = multiply_add(s, half + (even + odd), k * LN2_LOW + c, fused);
    return k * LN2_HIGH - ((half - rest) - f);
}

/* The ends of the range: 0 gives −infinity, what is below NaN. */
INLINE double ends_of_log(double x, double inside, double zero) {
    double result = x == INFINITY ? INFINITY : inside;
    result = x == zero ? -INFINITY : result;
    return x >= zero ? result : NAN;
}

INLINE double log_whole(double x, int fused) {
    int small = x < 0x1p-1022;
    double u = small ? x * 0x1p54 : x;
    double inside = log_of(u, 0, fused) - (small ? 54 * 0x1.62e42fefa39efp-1 : 0);
    return ends_of_log(x, inside, 0);
}

INLINE double log1p_of(double x, int fused) {
    double u = 1 + x, lost = x < 1 ? x - (u - 1) : 1 - (u - x);
    double inside = log_of(u, lost / u, fused);
    inside = x == 0 ? x : inside;
    return ends_of_log(x, inside, -1);
}

#define PLAIN(name, element)                                                             \
    static void name##_plain(int64_t n, const double *x, double *out) {                  \
        for (int64_t i = 0; i < n; i++) {                                                \
            out[i] = element(x[i], 0);                                                   \
        }                                                                                \
    }

#if defined(__x86_64__)
#define EACH(name, element)                                                              \
    PLAIN(name, element)                                                                 \
    __attribute__((target("avx2,fma"))) static void name##_wide(                         \
        int64_t n, const double *x, double *out) {                                       \
        for (int64_t i = 0; i < n; i++) {                                                \
            out[i] = element(x[i], 1);                                                   \
        }                                                                                \
    }                                                                                    \
    void name(int64_t n, const double *x, double *out) {                                 \
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {           \
            name##_wide(n, x, out);                                                      \
        } else {                                                                         \
            name##_plain(n, x, out);                                                     \
        }                                                                                \
    }
#else
#define EACH(name, element)                                                              \
    PLAIN(name, element)                                                                 \
    void name(int64_t n, const double *x, double *out) {                                 \
        name##_plain(n, x, out);                                                         \
    }
#endif

EACH(pp__exp, exp_of)
EACH(pp__expm1, expm1_of)
EACH(pp__log, log_whole)
EACH(pp__log1p, log1p_of)

/* ---- products ---- */

/* Four doubles at a time, wherever they lie. */
typedef double quad __attribute__((vector_size(32), aligned(8), may_alias));

INLINE void add_columns(int64_t n, int64_t stride, const double *a, const double *b,
                        double *out, const int m) {
    quad sum[4] = {{0}}, other[4] = {{0}};
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        quad x = *(const quad *)(b + i), y = *(const quad *)(b + i + 4);
        for (int c = 0; c < m; c++) {
            sum[c] += x * *(const quad *)(a + c * stride + i);
            other[c] += y * *(const quad *)(a + c * stride + i + 4);
        }
    }
    for (int c = 0; c < m; c++) {
        double rest = 0;
        for (int64_t at = i; at < n; at++) {
            rest += b[at] * a[c * stride + at];
        }
        sum[c] += other[c];
        out[c] += (sum[c][0] + sum[c][2]) + (sum[c][1] + sum[c][3]) + rest;
    }
}

INLINE void products(int64_t n, int64_t stride, const double *a, const double *b, int m,
                     double *out) {
    switch (m) {
    case 1:
        add_columns(n, stride, a, b, out, 1);
        break;
    case 2:
        add_columns(n, stride, a, b, out, 2);
        break;
    case 3:
        add_columns(n, stride, a, b, out, 3);
        break;
    default:
        add_columns(n, stride, a, b, out, 4);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void products_wide(int64_t n, int64_t stride,
                                                              const double *a,
                                                              const double *b, int m,
                                                              double *out) {
    products(n, stride, a, b, m, out);
}

void pp__products(int64_t n, int64_t stride, const double *a, const double *b, int m,
                  double *out) {
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        products_wide(n, stride, a, b, m, out);
    } else {
        products(n, stride, a, b, m, out);
    }
}
#else
void pp__products(int64_t n, int64_t stride, const double *a, const double *b, int m,
                  double *out) {
    products(n, stride, a, b, m, out);
}
#endif
