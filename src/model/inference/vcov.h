/* Covariance tokens: which covariance is wanted, and the columns that it needs. */
#ifndef PP_MODEL_VCOV_H
#define PP_MODEL_VCOV_H

#include <pushpull/memory.h>

typedef enum pp__vcov_kind {
    PP__IID,
    PP__HC,
    PP__CLUSTER,   /* CR0, CR1 by one to four columns */
    PP__CORRECTED, /* CR2, CR3 by one column */
    PP__TIME,      /* Driscoll–Kraay */
    PP__SPACE      /* Conley */
} pp__vcov_kind;
typedef enum pp__ssc { PP__SSC_FIXEST, PP__SSC_SANDWICH, PP__SSC_NONE } pp__ssc;
typedef enum pp__kernel { PP__UNIFORM, PP__BARTLETT } pp__kernel;

enum {
    PP__MAX_CLUSTERS = 4,
    PP__MAX_COMPONENTS = (1 << PP__MAX_CLUSTERS) - 1 /* every intersection of these */
};

typedef struct pp__vcov {
    pp__vcov_kind kind;
    int type; /* of HC: 0..3; of clusters: 0..3 */
    int n_columns;
    const char *column[PP__MAX_CLUSTERS]; /* clusters; time; latitude and longitude */
    int lag;                              /* periods; -1: by their number */
    double cutoff;                        /* km */
    pp__kernel kernel;                    /* in space */
    pp__ssc ssc;
} pp__vcov;

/* "iid", "hc0".."hc3", "cr0:g".."cr3:g", "cluster:g" (= cr1:g), up to "cluster:g+h+i+j",
   "dk:time", "dk:time:LAG", "conley:lat+lon:KM", "conley:lat+lon:KM:bartlett"; names with
   a '+' or ':' in backquotes. "boot" and "wild" are PP_E_UNSUPPORTED: they are tests and
   no covariances. */
pp_status pp__vcov_parse(const char *token, const char *ssc, pp_arena *arena,
                         pp__vcov *out, pp_error *err);

#endif
