#include "unseen/jet.h"

#include <math.h>
#include <string.h>

int64_t pp__jet_size(int k, int order) {
    return (order > 0 ? k : 0) + (order > 1 ? (int64_t)k * k : 0);
}

void pp__jet_place(int k, int order, int n, double *space, pp__jet *out) {
    int64_t size = pp__jet_size(k, order);
    for (int i = 0; i < n; i++) {
        double *own = space + i * size;
        out[i] = (pp__jet){.gradient = order > 0 ? own : NULL,
                           .hessian = order > 1 ? own + k : NULL};
    }
}

void pp__jet_set(int k, pp__jet *jet, double value) {
    jet->value = value;
    if (jet->gradient) {
        memset(jet->gradient, 0, (size_t)k * sizeof *jet->gradient);
    }
    if (jet->hessian) {
        memset(jet->hessian, 0, (size_t)k * (size_t)k * sizeof *jet->hessian);
    }
}

void pp__jet_copy(int k, const pp__jet *from, pp__jet *to) {
    to->value = from->value;
    if (to->gradient) {
        memcpy(to->gradient, from->gradient, (size_t)k * sizeof *to->gradient);
    }
    if (to->hessian) {
        memcpy(to->hessian, from->hessian, (size_t)k * (size_t)k * sizeof *to->hessian);
    }
}

void pp__jet_add(int k, pp__jet *jet, pp__jet_term term, int at, int n, const double *z) {
    jet->value += term.value;
    for (int j = 0; jet->gradient && j < n; j++) {
        jet->gradient[at + j] += term.slope * z[j];
    }
    for (int j = 0; jet->hessian && j < n; j++) {
        double *column = jet->hessian + (int64_t)(at + j) * k + at;
        for (int i = j; i < n; i++) {
            column[i] += term.curve * z[j] * z[i];
        }
    }
}

static void mix_in(int k, double weight, const pp__jet *in, pp__jet *out) {
    for (int j = 0; j < k; j++) {
        out->gradient[j] += weight * in->gradient[j];
    }
    for (int64_t j = 0; out->hessian && j < k; j++) {
        double *to = out->hessian + j * k;
        const double *from = in->hessian + j * k;
        double scaled = weight * in->gradient[j];
        for (int i = (int)j; i < k; i++) {
            to[i] += weight * from[i] + scaled * in->gradient[i];
        }
    }
}

void pp__jet_mix(int k, int n, const pp__jet *in, pp__jet *out) {
    double largest = -INFINITY, sum = 0;
    for (int s = 0; s < n; s++) {
        largest = fmax(largest, in[s].value);
    }
    pp__jet_set(k, out, largest);
    if (!isfinite(largest)) {
        return;
    }
    for (int s = 0; s < n; s++) {
        sum += exp(in[s].value - largest);
    }
    out->value = largest + log(sum);
    for (int s = 0; out->gradient && s < n; s++) {
        if (in[s].value > -INFINITY) {
            mix_in(k, exp(in[s].value - largest) / sum, &in[s], out);
        }
    }
    for (int64_t j = 0; out->hessian && j < k; j++) {
        for (int i = (int)j; i < k; i++) {
            out->hessian[i + j * k] -= out->gradient[i] * out->gradient[j];
        }
    }
}

pp__jet_term pp__log_logistic(double eta, int yes) {
    double tail = exp(-fabs(eta)), p = eta > 0 ? 1 / (1 + tail) : tail / (1 + tail);
    double q = eta > 0 ? tail / (1 + tail) : 1 / (1 + tail);
    double loss = tail > 0.05 ? log(1 + tail) : log1p(tail); /* log() is the faster */
    double value = (yes ? fmin(eta, 0) : -fmax(eta, 0)) - loss;
    return (pp__jet_term){value, yes ? q : -p, -p * q};
}
