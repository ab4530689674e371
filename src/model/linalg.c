#include "model/linalg.h"

#include <lapack.h>
#include <math.h>
#include <string.h>

enum { LANES = 8 };

double pp__dot(int64_t n, const double *a, const double *b) {
    double lane[LANES] = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int j = 0; j < LANES; j++) {
            lane[j] += a[i + j] * b[i + j];
        }
    }
    double sum = 0;
    for (; i < n; i++) {
        sum += a[i] * b[i];
    }
    for (int j = 0; j < LANES; j++) {
        sum += lane[j];
    }
    return sum;
}

void pp__add_products(int k, int n, int stride, const double *left, const double *right,
                      double *A) {
    for (int j = 0; j < k; j++) {
        for (int i = j; i < k; i++) {
            A[i + (int64_t)j * k] +=
                pp__dot(n, left + (int64_t)i * stride, right + (int64_t)j * stride);
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

int pp__eigen(int k, double *A, double *values, double *work) {
    lapack_int order = k, length = 4 * k, info = 0;
    LAPACK_dsyev("V", "L", &order, A, &order, values, work, &length, &info);
    return (int)info;
}
