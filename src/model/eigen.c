/* Eigenvectors of symmetric matrices. Small ones by Householder's reduction and the implicit QL iteration (Bowdler,
   Martin, Reinsch & Wilkinson 1968, Numerische Mathematik 11): LAPACK's starts threads of its own, which cost more
   than a matrix of order 50, and within work that is already shared out many times more. */
#include "model/linalg.h"

#include <float.h>
#include <lapack.h>
#include <math.h>
#include <string.h>

enum { MOST_SWEEPS = 100, SMALL = 100 /* orders from which LAPACK is the quicker */ };

/* ---- to three diagonals: d and e, e[0] unused ---- */

/* The row i as a reflection: d has it, e what it makes of the matrix; gives its squared length. */
static double reflect(int n, int i, double scale, double *V, double *d, double *e) {
    double h = 0, f, g, sum = 0;
    for (int k = 0; k < i; k++) {
        d[k] /= scale;
        h += d[k] * d[k];
        e[k] = 0;
    }
    f = d[i - 1];
    g = f > 0 ? -sqrt(h) : sqrt(h);
    e[i] = scale * g;
    h -= f * g;
    d[i - 1] = f - g;
    for (int j = 0; j < i; j++) {
        const double *column = V + j * n;
        f = d[j];
        V[j + i * n] = f;
        g = e[j] + column[j] * f;
        for (int k = j + 1; k < i; k++) {
            g += column[k] * d[k];
            e[k] += column[k] * f;
        }
        e[j] = g;
    }
    for (int j = 0; j < i; j++) {
        e[j] /= h;
        sum += e[j] * d[j];
    }
    for (int j = 0; j < i; j++) {
        e[j] -= sum / (h + h) * d[j];
    }
    return h;
}

static void reduce(int n, double *V, double *d, double *e) {
    for (int j = 0; j < n; j++) {
        d[j] = V[n - 1 + j * n];
    }
    for (int i = n - 1; i > 0; i--) {
        double scale = 0, h = 0;
        for (int k = 0; k < i; k++) {
            scale += fabs(d[k]);
        }
        if (scale > 0) {
            h = reflect(n, i, scale, V, d, e);
        } else {
            e[i] = d[i - 1];
        }
        for (int j = 0; j < i; j++) {
            double f = d[j], g = e[j];
            for (int k = j; scale > 0 && k < i; k++) {
                V[k + j * n] -= f * e[k] + g * d[k];
            }
            V[j + i * n] = scale > 0 ? V[j + i * n] : 0;
            d[j] = V[i - 1 + j * n];
            V[i + j * n] = 0;
        }
        d[i] = h;
    }
}

/* The product of the reflections. */
static void accumulate(int n, double *V, double *d) {
    for (int i = 0; i < n - 1; i++) {
        double *next = V + (i + 1) * n, h = d[i + 1];
        V[n - 1 + i * n] = V[i + i * n];
        V[i + i * n] = 1;
        for (int k = 0; h != 0 && k <= i; k++) {
            d[k] = next[k] / h;
        }
        for (int j = 0; h != 0 && j <= i; j++) {
            double *column = V + j * n, g = 0;
            for (int k = 0; k <= i; k++) {
                g += next[k] * column[k];
            }
            for (int k = 0; k <= i; k++) {
                column[k] -= g * d[k];
            }
        }
        memset(next, 0, (size_t)(i + 1) * sizeof *next);
    }
    for (int j = 0; j < n; j++) {
        d[j] = V[n - 1 + j * n];
        V[n - 1 + j * n] = 0;
    }
    V[n * n - 1] = 1;
}

/* ---- the QL iteration ---- */

/* One sweep from m down to l; the shift that was taken off is added to `shift`. */
static void sweep(int n, int l, int m, double *V, double *d, double *e, double *shift) {
    double g = d[l], p = (d[l + 1] - g) / (2 * e[l]),
           r = p < 0 ? -hypot(p, 1) : hypot(p, 1);
    double c = 1, c2 = 1, c3 = 1, s = 0, s2 = 0, el1 = e[l + 1], dl1, h;
    d[l] = e[l] / (p + r);
    dl1 = d[l + 1] = e[l] * (p + r);
    h = g - d[l];
    for (int i = l + 2; i < n; i++) {
        d[i] -= h;
    }
    *shift += h;
    p = d[m];
    for (int i = m - 1; i >= l; i--) {
        double *own = V + i * n, *next = own + n;
        c3 = c2;
        c2 = c;
        s2 = s;
        g = c * e[i];
        h = c * p;
        r = hypot(p, e[i]);
        e[i + 1] = s * r;
        s = e[i] / r;
        c = p / r;
        p = c * d[i] - s * g;
        d[i + 1] = h + s * (c * g + s * d[i]);
        for (int k = 0; k < n; k++) {
            double x = next[k];
            next[k] = s * own[k] + c * x;
            own[k] = c * own[k] - s * x;
        }
    }
    p = -s * s2 * c3 * el1 * e[l] / dl1;
    e[l] = s * p;
    d[l] = c * p;
}

static int diagonalise(int n, double *V, double *d, double *e) {
    double shift = 0, size = 0;
    for (int i = 1; i < n; i++) {
        e[i - 1] = e[i];
    }
    e[n - 1] = 0;
    for (int l = 0; l < n; l++) {
        int m = l, sweeps = 0;
        size = fmax(size, fabs(d[l]) + fabs(e[l]));
        while (m < n - 1 && fabs(e[m]) > DBL_EPSILON * size) {
            m++;
        }
        while (m > l && fabs(e[l]) > DBL_EPSILON * size) {
            if (sweeps++ == MOST_SWEEPS) {
                return 0;
            }
            sweep(n, l, m, V, d, e, &shift);
        }
        d[l] += shift;
        e[l] = 0;
        if (!isfinite(d[l])) {
            return 0;
        }
    }
    return 1;
}

static void sort(int n, double *V, double *d, double *space) {
    for (int i = 0; i < n - 1; i++) {
        int least = i;
        for (int j = i + 1; j < n; j++) {
            least = d[j] < d[least] ? j : least;
        }
        if (least != i) {
            double value = d[i];
            d[i] = d[least];
            d[least] = value;
            memcpy(space, V + i * n, (size_t)n * sizeof *V);
            memcpy(V + i * n, V + least * n, (size_t)n * sizeof *V);
            memcpy(V + least * n, space, (size_t)n * sizeof *V);
        }
    }
}

static int eigen_large(int k, double *A, double *values, double *work) {
    lapack_int order = k, length = 4 * k, info = 0;
    LAPACK_dsyev("V", "L", &order, A, &order, values, work, &length, &info);
    return (int)info;
}

int pp__eigen(int k, double *A, double *values, double *work) {
    if (k > SMALL) {
        return eigen_large(k, A, values, work);
    }
    if (k == 0) {
        return 0;
    }
    reduce(k, A, values, work);
    accumulate(k, A, values);
    if (!diagonalise(k, A, values, work)) {
        return 1;
    }
    sort(k, A, values, work);
    return 0;
}
