/* The prediction of each row of a frame. */
#ifndef PP_MODEL_PREDICT_H
#define PP_MODEL_PREDICT_H

#include "model/after/frame.h"

typedef struct pp__predictions {
    double *eta,
        *error; /* the linear predictor and its standard error; NULL: not wanted */
    double *mean, *slope; /* the response, and its derivative by eta; NULL: not wanted */
} pp__predictions;

/* Fills the arrays (n each) that are not NULL. `error` holds what is outside fixed. */
pp_status pp__frame_predict(const pp_fit *fit, const pp__frame *frame,
                            const pp__predictions *out, const pp_context *ctx,
                            pp_error *err);

/* src/model/after/predict_own.c: the mean and its error (n each) by the estimator's own
   response; of its categories, of number `outcome`. */
pp_status pp__frame_predict_own(const pp_fit *fit, const pp__frame *frame, int outcome,
                                double *mean, double *error, const pp_context *ctx,
                                pp_error *err);

/* eta (and mean, when not NULL) of the rows used, allocated in `arena`. */
pp_status pp__used_predict(const pp_fit *fit, const pp_context *ctx, pp_arena *arena,
                           double **eta, double **mean, pp_error *err);

#endif
