#include "model/linalg.h"

#include "model/vector.h"

#include <math.h>
#include <string.h>

/* Two doubles at a time, wherever they lie. */
typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));

static pair pair_at(const double *x) {
    return *(const pair *)x;
}

double pp__dot(int64_t n, const double *a, const double *b) {
    pair s0 = {0, 0}, s1 = s0, s2 = s0, s3 = s0;
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        s0 += pair_at(a + i) * pair_at(b + i);
        s1 += pair_at(a + i + 2) * pair_at(b + i + 2);
        s2 += pair_at(a + i + 4) * pair_at(b + i + 4);
        s3 += pair_at(a + i + 6) * pair_at(b + i + 6);
    }
    pair s = (s0 + s1) + (s2 + s3);
    double sum = s[0] + s[1];
    for (; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

void pp__standardise(int64_t n, const double *x, double center, double factor,
                     double *out) {
    pair c = {center, center}, f = {factor, factor};
    int64_t i = 0;
    for (; i + 4 <= n; i += 4) {
        *(pair *)(out + i) = (pair_at(x + i) - c) * f;
        *(pair *)(out + i + 2) = (pair_at(x + i + 2) - c) * f;
    }
    for (; i < n; i++) {
        out[i] = (x[i] - center) * factor;
    }
}

int pp__all_finite(int64_t n, const double *x) {
    pair sum = {0, 0}, other = sum, zero = sum;
    int64_t i = 0;
    for (; i + 4 <= n; i += 4) { /* infinity times zero is no number */
        sum += pair_at(x + i) * zero;
        other += pair_at(x + i + 2) * zero;
    }
    double left = 0;
    for (; i < n; i++) {
        left += x[i] * 0;
    }
    return sum[0] + sum[1] + other[0] + other[1] + left == 0;
}

typedef int64_t mask __attribute__((vector_size(16), may_alias));

static pair chosen(mask which, pair yes, pair no) {
    return (pair)(((mask)yes & which) | ((mask)no & ~which));
}

int pp__all_whole(int64_t n, const double *x, double *low, double *high) {
    const double shift = 6755399441055744.0; /* 1.5 × 2^52: a sum with it is rounded */
    const pair shifts = {shift, shift};
    pair lows = {*low, *low}, highs = {*high, *high};
    mask bad = {0, 0};
    int64_t i = 0;
    for (; i + 2 <= n; i += 2) {
        pair v = pair_at(x + i), rounded = (v + shifts) - shifts;
        bad |= rounded != v;
        lows = chosen(v < lows, v, lows);
        highs = chosen(v > highs, v, highs);
    }
    int whole = !(bad[0] | bad[1]);
    for (; i < n; i++) {
        whole &= (x[i] + shift) - shift == x[i];
        lows[0] = x[i] < lows[0] ? x[i] : lows[0];
        highs[0] = x[i] > highs[0] ? x[i] : highs[0];
    }
    *low = lows[0] < lows[1] ? lows[0] : lows[1];
    *high = highs[0] > highs[1] ? highs[0] : highs[1];
    return whole;
}

void pp__add_products(int k, int n, int stride, const double *left, const double *right,
                      double *A) {
    for (int j = 0; j < k; j++) {
        const double *b = right + (int64_t)j * stride;
        for (int i = j; i < k; i += 4) {
            pp__products(n, stride, left + (int64_t)i * stride, b, k - i < 4 ? k - i : 4,
                         A + i + (int64_t)j * k);
        }
    }
}

void pp__mirror(int k, double *A) {
    for (int j = 0; j < k; j++) {
        for (int i = j + 1; i < k; i++) {
            A[j + (int64_t)i * k] = A[i + (int64_t)j * k];
        }
    }
}

int pp__cholesky(int k, double *A, double tolerance) {
    for (int j = 0; j < k; j++) {
        double *column = A + (int64_t)j * k, diagonal = column[j];
        for (int l = 0; l < j; l++) {
            const double *before = A + (int64_t)l * k;
            double factor = before[j];
            for (int i = j; i < k; i++) {
                column[i] -= factor * before[i];
            }
        }
        if (!(column[j] > tolerance * diagonal) || !(column[j] > 0)) {
            return j;
        }
        double root = sqrt(column[j]);
        for (int i = j; i < k; i++) {
            column[i] /= root;
        }
    }
    return k;
}

void pp__forward(int k, const double *L, double *b) {
    for (int j = 0; j < k; j++) {
        const double *column = L + (int64_t)j * k;
        b[j] /= column[j];
        for (int i = j + 1; i < k; i++) {
            b[i] -= column[i] * b[j];
        }
    }
}

void pp__backward(int k, const double *L, double *b) {
    for (int j = k - 1; j >= 0; j--) {
        const double *column = L + (int64_t)j * k;
        for (int i = j + 1; i < k; i++) {
            b[j] -= column[i] * b[i];
        }
        b[j] /= column[j];
    }
}

void pp__cholesky_inverse(int k, const double *L, double *inverse) {
    memset(inverse, 0, (size_t)k * (size_t)k * sizeof *inverse);
    for (int j = 0; j < k; j++) {
        double *column = inverse + (int64_t)j * k;
        column[j] = 1;
        pp__forward(k, L, column);
        pp__backward(k, L, column);
    }
    pp__mirror(k, inverse);
}

void pp__multiply(int k, const double *A, const double *B, double *out) {
    memset(out, 0, (size_t)k * (size_t)k * sizeof *out);
    for (int j = 0; j < k; j++) {
        for (int l = 0; l < k; l++) {
            double factor = B[l + (int64_t)j * k];
            for (int i = 0; i < k; i++) {
                out[i + (int64_t)j * k] += A[i + (int64_t)l * k] * factor;
            }
        }
    }
}

void pp__sandwich(int k, const double *B, const double *M, double *scratch, double *out) {
    pp__multiply(k, B, M, scratch);
    memset(out, 0, (size_t)k * (size_t)k * sizeof *out);
    for (int l = 0; l < k; l++) {
        for (int j = 0; j < k; j++) {
            double factor = B[j + (int64_t)l * k];
            for (int i = j; i < k; i++) {
                out[i + (int64_t)j * k] += scratch[i + (int64_t)l * k] * factor;
            }
        }
    }
    pp__mirror(k, out);
}
