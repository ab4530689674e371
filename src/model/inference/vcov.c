/* Covariance tokens. */
#include "model/inference/vcov.h"

#include "base/check.h"

#include <pushpull/text.h>

#include <string.h>

typedef struct form {
    const char *name;
    pp__vcov_kind kind;
    int type, least, most; /* columns */
    int has_number;        /* may be followed by one */
    const char *example;
} form;

static const form FORMS[] = {
    {"iid", PP__IID, 0, 0, 0, 0, "iid"},
    {"hc0", PP__HC, 0, 0, 0, 0, "hc0"},
    {"hc1", PP__HC, 1, 0, 0, 0, "hc1"},
    {"hc2", PP__HC, 2, 0, 0, 0, "hc2"},
    {"hc3", PP__HC, 3, 0, 0, 0, "hc3"},
    {"cr0", PP__CLUSTER, 0, 1, 4, 0, "cr0:column"},
    {"cr1", PP__CLUSTER, 1, 1, 4, 0, "cr1:column"},
    {"cluster", PP__CLUSTER, 1, 1, 4, 0, "cluster:column or cluster:column+column"},
    {"cr2", PP__CORRECTED, 2, 1, 1, 0, "cr2:column"},
    {"cr3", PP__CORRECTED, 3, 1, 1, 0, "cr3:column"},
    {"dk", PP__TIME, 0, 1, 1, 1, "dk:column or dk:column:LAG"},
    {"conley", PP__SPACE, 0, 2, 2, 1, "conley:lat+lon:KM or conley:lat+lon:KM:bartlett"}};
static const char *const OTHERS[] = {"boot", "wild"};

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static int begins(const char *token, const char *name) {
    size_t n = strlen(name);
    return strncmp(token, name, n) == 0 && (token[n] == '\0' || token[n] == ':');
}

static pp_status refuse(const char *token, pp_error *err) {
    const char *names[COUNT(FORMS)];
    for (int i = 0; i < COUNT(OTHERS); i++) {
        if (begins(token, OTHERS[i])) {
            pp_error_set(err, PP_E_UNSUPPORTED, "the bootstrap '%s' is no covariance",
                         token);
            pp_error_locate(err, NULL, 0, "vcov", token);
            return PP_E_UNSUPPORTED;
        }
    }
    for (int i = 0; i < COUNT(FORMS); i++) {
        names[i] = FORMS[i].name;
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no covariance '%s'", token);
    pp_error_locate(err, NULL, 0, "vcov", token);
    const char *near = pp_text_nearest(token, names, COUNT(FORMS));
    pp_error_hint(err,
                  near ? "did you mean '%s'?"
                       : "there are: iid, hc0 to hc3, cr0:g to cr3:g, cluster:g, "
                         "cluster:g+h, dk:time, conley:lat+lon:km",
                  near);
    return PP_E_ARGUMENT;
}

typedef struct reading {
    const char *token, *at;
    const form *form;
    pp_arena *arena;
    pp_error *err;
} reading;

static pp_status wrong(const reading *r, const char *message) {
    pp_error_set(r->err, PP_E_ARGUMENT, "%s", message);
    pp_error_locate(r->err, NULL, 0, "vcov", r->token);
    pp_error_hint(r->err, "write %s", r->form->example);
    return PP_E_ARGUMENT;
}

/* One column name of a list, plain or in backquotes; r->at moves behind it. */
static pp_status read_name(reading *r, const char **out) {
    const char *start = r->at, *end;
    if (*start == '`') {
        end = strchr(++start, '`');
        r->at = end ? end + 1 : start;
    } else {
        end = start + strcspn(start, "+:");
        r->at = end;
    }
    if (!end || end == start || (*r->at && *r->at != '+' && *r->at != ':')) {
        return wrong(r, "a column of the covariance has no name");
    }
    *out = pp_arena_strndup(r->arena, start, end - start);
    PP_NEED(*out, r->err);
    return PP_OK;
}

static pp_status read_columns(reading *r, pp__vcov *out) {
    do {
        r->at++;
        if (out->n_columns == r->form->most) {
            return wrong(r, r->form->kind == PP__CLUSTER ? "more than four clusterings"
                                                         : "too many columns");
        }
        PP_TRY(read_name(r, &out->column[out->n_columns++]));
    } while (*r->at == '+');
    if (out->n_columns < r->form->least) {
        return wrong(r, "the covariance needs latitude and longitude");
    }
    for (int i = 1; i < out->n_columns; i++) {
        for (int j = 0; j < i; j++) {
            if (strcmp(out->column[i], out->column[j]) == 0) {
                return wrong(r, "a column of the covariance is there twice");
            }
        }
    }
    return PP_OK;
}

/* Lags, or kilometres and the kernel. */
static pp_status read_number(reading *r, pp__vcov *out) {
    char *number;
    double value = -1;
    int space = out->kind == PP__SPACE;
    if (*r->at == ':' && r->form->has_number) {
        size_t n = strcspn(++r->at, ":");
        number = pp_arena_strndup(r->arena, r->at, (int64_t)n);
        PP_NEED(number, r->err);
        if (!pp_parse_number(number, &value) || value < 0 || (space && !(value > 0)) ||
            (!space && (value > 1e6 || value != (double)(int)value))) {
            return wrong(r, space ? "the distance is no number of kilometres"
                                  : "the lag is no number of periods");
        }
        r->at += n;
    } else if (space) {
        return wrong(r, "the distance in kilometres is missing");
    }
    if (space && *r->at && strcmp(r->at, ":uniform") != 0) {
        if (strcmp(r->at, ":bartlett") != 0) {
            return wrong(r, "the kernel is uniform or bartlett");
        }
        out->kernel = PP__BARTLETT;
    } else if (!space && *r->at) {
        return wrong(r, "the covariance ends with something that it does not know");
    }
    out->cutoff = space ? value : 0;
    out->lag = space ? -1 : (int)value;
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
    while (which < COUNT(FORMS) && !begins(token, FORMS[which].name)) {
        which++;
    }
    if (which == COUNT(FORMS) || (FORMS[which].most == 0 && strchr(token, ':'))) {
        return refuse(token, err);
    }
    reading r = {token, token + strlen(FORMS[which].name), &FORMS[which], arena, err};
    out->kind = r.form->kind;
    out->type = r.form->type;
    if (r.form->most == 0) {
        return PP_OK;
    }
    if (!*r.at) {
        return wrong(&r, "the covariance needs a column");
    }
    PP_TRY(read_columns(&r, out));
    return read_number(&r, out);
}
