/* Covariance tokens. */
#include "base/check.h"
#include "model/inference/covariance.h"

#include <pushpull/text.h>

#include <string.h>

static const char *const NAMES[] = {"iid", "hc0", "hc1", "hc2",
                                    "hc3", "cr0", "cr1", "cluster"};
static const char *const LATER[] = {"cr2", "cr3", "dk", "conley", "boot", "wild"};

#define COUNT(array) ((int64_t)(sizeof(array) / sizeof *(array)))

static int begins(const char *token, const char *name) {
    size_t n = strlen(name);
    return strncmp(token, name, n) == 0 && (token[n] == '\0' || token[n] == ':');
}

static pp_status refuse(const char *token, pp_error *err) {
    for (int64_t i = 0; i < COUNT(LATER); i++) {
        if (begins(token, LATER[i])) {
            pp_error_set(err, PP_E_UNSUPPORTED, "the covariance '%s' is not built in yet",
                         token);
            pp_error_locate(err, NULL, 0, "vcov", token);
            return PP_E_UNSUPPORTED;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no covariance '%s'", token);
    pp_error_locate(err, NULL, 0, "vcov", token);
    const char *near = pp_text_nearest(token, NAMES, COUNT(NAMES));
    pp_error_hint(
        err,
        near ? "did you mean '%s'?"
             : "there are: iid, hc0 to hc3, cr0:g, cr1:g, cluster:g, cluster:g+h",
        near);
    return PP_E_ARGUMENT;
}

static pp_status bad_clusters(const char *token, const char *message, pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "%s", message);
    pp_error_locate(err, NULL, 0, "vcov", token);
    pp_error_hint(err, "write cluster:column or cluster:column+column");
    return PP_E_ARGUMENT;
}

/* One column name of a list, plain or in backquotes; *at moves behind it. */
static pp_status read_name(const char *token, const char **at, pp_arena *arena,
                           const char **out, pp_error *err) {
    const char *start = *at, *end;
    if (*start == '`') {
        end = strchr(++start, '`');
        *at = end ? end + 1 : start;
    } else {
        end = start + strcspn(start, "+");
        *at = end;
    }
    if (!end || end == start || (**at && **at != '+')) {
        return bad_clusters(token, "a cluster has no name", err);
    }
    *out = pp_arena_strndup(arena, start, end - start);
    PP_NEED(*out, err);
    return PP_OK;
}

static pp_status read_clusters(const char *token, pp_arena *arena, pp__vcov *out,
                               pp_error *err) {
    const char *at = strchr(token, ':');
    if (!at) {
        return bad_clusters(token, "the covariance needs a column of clusters", err);
    }
    do {
        at++;
        if (out->n_clusters == PP__MAX_CLUSTERS) {
            pp_error_set(err, PP_E_UNSUPPORTED,
                         "more than two clusters are not built in yet");
            pp_error_locate(err, NULL, 0, "vcov", token);
            return PP_E_UNSUPPORTED;
        }
        PP_TRY(read_name(token, &at, arena, &out->cluster[out->n_clusters++], err));
    } while (*at == '+');
    if (out->n_clusters == 2 && strcmp(out->cluster[0], out->cluster[1]) == 0) {
        return bad_clusters(token, "the two clusters are the same column", err);
    }
    return PP_OK;
}

static pp_status read_ssc(const char *ssc, pp__ssc *out, pp_error *err) {
    static const char *const SSC[] = {"fixest", "sandwich", "none"};
    for (int i = 0; i < 3; i++) {
        if (!ssc || strcmp(ssc, SSC[i]) == 0) {
            *out = (pp__ssc)i;
            return PP_OK;
        }
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no small-sample convention '%s'", ssc);
    pp_error_locate(err, NULL, 0, "ssc", ssc);
    pp_error_hint(err, "there are: fixest, sandwich, none");
    return PP_E_ARGUMENT;
}

pp_status pp__vcov_parse(const char *token, const char *ssc, pp_arena *arena,
                         pp__vcov *out, pp_error *err) {
    token = token ? token : "iid";
    *out = (pp__vcov){0};
    PP_TRY(read_ssc(ssc, &out->ssc, err));
    int which = 0;
    while (which < COUNT(NAMES) && !begins(token, NAMES[which])) {
        which++;
    }
    if (which == COUNT(NAMES) || (which < 5 && strchr(token, ':'))) {
        return refuse(token, err);
    }
    out->kind = which == 0 ? PP__IID : which < 5 ? PP__HC : PP__CLUSTER;
    out->type = which == 0 ? 0 : which < 5 ? which - 1 : which > 5;
    return out->kind == PP__CLUSTER ? read_clusters(token, arena, out, err) : PP_OK;
}
