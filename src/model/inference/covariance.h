/* Covariance estimators: which (the token) and what they need of a fit. */
#ifndef PP_MODEL_COVARIANCE_H
#define PP_MODEL_COVARIANCE_H

#include <pushpull/context.h>
#include <pushpull/table.h>

typedef enum pp__vcov_kind { PP__IID, PP__HC, PP__CLUSTER } pp__vcov_kind;
typedef enum pp__ssc { PP__SSC_FIXEST, PP__SSC_SANDWICH, PP__SSC_NONE } pp__ssc;

enum { PP__MAX_CLUSTERS = 2 };

typedef struct pp__vcov {
    pp__vcov_kind kind;
    int type; /* of HC: 0..3; of clusters: 0 or 1 */
    int n_clusters;
    const char *cluster[PP__MAX_CLUSTERS]; /* columns */
    pp__ssc ssc;
} pp__vcov;

/* "iid", "hc0".."hc3", "cr0:g", "cr1:g", "cluster:g" (= cr1:g), "cluster:g+h"; names with
   a '+' in backquotes. What a later version will know is PP_E_UNSUPPORTED. */
pp_status pp__vcov_parse(const char *token, const char *ssc, pp_arena *arena,
                         pp__vcov *out, pp_error *err);

/* One clustering of a one- or two-way covariance. */
typedef struct pp__component {
    const char *name; /* "country", "country:year" */
    int sign;
    int64_t clusters;
    double factor; /* small-sample */
} pp__component;

struct pp_fit;
/* From fit->bread and fit->scores to fit->V, of the standardised parameters, with what the
   tables say of it. */
pp_status pp__covariance(struct pp_fit *fit, const pp_table *data, const pp_context *ctx,
                         pp_error *err);
/* Of the original parameters: what fixest's convention does to a covariance of several
   clusterings that is not positive semidefinite. */
pp_status pp__covariance_mend(struct pp_fit *fit, pp_error *err);

#endif
