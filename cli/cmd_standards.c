/* standards: a verb, and what it is of. */
#include "analysis.h"
#include "evidence.h"
#include "standards.h"

#include <pushpull/run.h>

#include <stdio.h>
#include <string.h>

const cli_option cli_standards_options[] = {
    {"at", "DATE",
     "the day that is meant: YYYY, YYYY-MM or YYYY-MM-DD; default: the newest check of "
     "the "
     "registry",
     NULL},
    {"years", "N", "calendar: how far to look ahead; default: 5", NULL},
    {"rule", "NAME",
     "of a study: which of its rules says who adopted; default: the first", NULL},
    {"data", "DIR",
     "the folder of the registry; default: the one that comes with pushpull", NULL},
    {"out", "DIR", "also write all tables and figures into this new folder", NULL},
    {"by", "NAME", "set, add, remove, import: who does it, for changes.csv", NULL},
    {"reason", "TEXT", "why; required but of import", NULL},
    {"dry-run", NULL, "tell what would change, and write nothing", NULL},
    {0},
};

typedef struct request {
    cli_call *call;
    pp_gazetteer *gazetteer;
    pp_standards *standards;
    char share[1024], folder[1100];
} request;

typedef pp_status verb_work(request *r, pp_result **out, pp_error *err);

static const char *at(const request *r) {
    return cli_value(r->call, "at", NULL);
}

static pp_status binds(request *r, pp_result **out, pp_error *err) {
    return pp_standards_binds(r->standards, r->call->operands[1], at(r), out, err);
}

static pp_status calendar(request *r, pp_result **out, pp_error *err) {
    const char *place = r->call->n_operands > 1 ? r->call->operands[1] : NULL;
    int64_t years;
    CLI_TRY(cli_integer_in(r->call, "years", 5, 1, 100, &years, err));
    return pp_standards_calendar(r->standards, place, at(r), years, out, err);
}

static pp_status arenas(request *r, pp_result **out, pp_error *err) {
    return pp_standards_arenas(r->standards, out, err);
}

/* The adoptions of a study, by --rule. */
static pp_status adoptions(request *r, const char *path, pp_result **out, pp_error *err) {
    const pp_run_options options = {.data_folder = r->share};
    pp_study *study = NULL;
    CLI_TRY(pp_study_read(path, &study, err));
    pp_status status = pp_study_adoptions(study, cli_value(r->call, "rule", NULL),
                                          &options, &r->call->ctx, out, err);
    pp_study_free(study);
    return status;
}

typedef pp_status study_view(const pp_standards *standards, const pp_result *adoption,
                             const char *at, pp_result **out, pp_error *err);

static pp_status view_study(request *r, study_view *view, pp_result **out,
                            pp_error *err) {
    pp_result *adoption = NULL;
    CLI_TRY(adoptions(r, r->call->operands[1], &adoption, err));
    pp_status status = view(r->standards, adoption, at(r), out, err);
    pp_result_free(adoption);
    return status;
}

static pp_status gaps(request *r, pp_result **out, pp_error *err) {
    return view_study(r, pp_standards_gaps, out, err);
}

static pp_status coverage(request *r, pp_result **out, pp_error *err) {
    return view_study(r, pp_standards_coverage, out, err);
}

static pp_status contracts(request *r, pp_result **out, pp_error *err) {
    return view_study(r, pp_standards_at_contract, out, err);
}

static pp_status coalitions(request *r, pp_result **out, pp_error *err) {
    char bundled[1100];
    pp_result *adoption = NULL;
    snprintf(bundled, sizeof bundled, "%s/study/study.yml", r->share);
    const char *study = r->call->n_operands > 2 ? r->call->operands[2] : bundled;
    CLI_TRY(adoptions(r, study, &adoption, err));
    pp_status status = pp_standards_coalitions(r->standards, adoption,
                                               pp_result_find(adoption, "claims"),
                                               r->call->operands[1], at(r), out, err);
    pp_result_free(adoption);
    return status;
}

static pp_status footprint(request *r, pp_result **out, pp_error *err) {
    static const pp_read_options as_text = {.all_text = 1};
    const char *vendor = r->call->n_operands > 1 ? r->call->operands[1] : NULL;
    char path[1100];
    pp_table *vendors = NULL;
    snprintf(path, sizeof path, "%s/vendors/vendors.csv", r->share);
    CLI_TRY(pp_table_read(path, &as_text, &r->call->ctx, &vendors, err));
    pp_status status = pp_standards_footprint(r->standards, vendors, vendor, out, err);
    pp_table_free(vendors);
    return status;
}

static pp_status export(request *r, pp_result **out, pp_error *err) {
    const char *folder = r->call->n_operands > 1 ? r->call->operands[1] : NULL;
    return pp_standards_export(r->standards, folder, &r->call->ctx, out, err);
}

enum { ANY = CLI_MAX_VALUES };
static const struct {
    const char *name;
    int least, most;     /* operands after it */
    const char *operand; /* what is missing */
    const char *options; /* that it knows, with spaces between */
    verb_work *work;     /* NULL: check, or `edit` */
    cli_standards_edit *edit;
} verbs[] = {
    {"check", 0, 0, "", "data", NULL, NULL},
    {"binds", 1, 1, "a country: pushpull standards binds KEN", "data at out", binds,
     NULL},
    {"gaps", 1, 1, "a study: pushpull standards gaps study.yml", "data at rule out", gaps,
     NULL},
    {"coverage", 1, 1, "a study: pushpull standards coverage study.yml",
     "data at rule out", coverage, NULL},
    {"contracts", 1, 1, "a study: pushpull standards contracts study.yml",
     "data at rule out", contracts, NULL},
    {"coalitions", 1, 2, "a country: pushpull standards coalitions KEN",
     "data at rule out", coalitions, NULL},
    {"footprint", 0, 1, "", "data out", footprint, NULL},
    {"calendar", 0, 1, "", "data at years out", calendar, NULL},
    {"arenas", 0, 0, "", "data out", arenas, NULL},
    {"export", 0, 1, "", "data", export, NULL},
    {"import", 3, 3,
     "folder, table and file: pushpull standards import my-registry commitment rows.csv",
     "by reason dry-run", NULL, cli_standards_import},
    {"set", 4, ANY,
     "folder, table, id and values: pushpull standards set my-registry commitment ID "
     "COLUMN=VALUE",
     "by reason dry-run", NULL, cli_standards_set},
    {"add", 3, ANY,
     "folder, table and values: pushpull standards add my-registry commitment id=ID "
     "COLUMN=VALUE",
     "by reason dry-run", NULL, cli_standards_add},
    {"remove", 3, 3,
     "folder, table and id: pushpull standards remove my-registry commitment ID",
     "by reason dry-run", NULL, cli_standards_remove},
    {0}};

static pp_status find_verb(const cli_call *call, int *verb, pp_error *err) {
    const char *given = call->operands[0], *names[sizeof verbs / sizeof *verbs];
    int n = 0;
    for (; verbs[n].name; n++) {
        names[n] = verbs[n].name;
        if (strcmp(given, verbs[n].name) == 0) {
            *verb = n;
            return PP_OK;
        }
    }
    const char *near = pp_text_nearest(given, names, n);
    pp_error_set(err, PP_E_ARGUMENT, "standards has no verb '%s'", given);
    if (near) {
        pp_error_hint(err, "did you mean '%s'?", near);
    } else {
        pp_error_hint(err, "'pushpull help standards' tells which there are");
    }
    return PP_E_ARGUMENT;
}

/* An option that the verb does not read would be lost without a word. */
static pp_status check_verb(const cli_call *call, int verb, pp_error *err) {
    static const char *const some[] = {"at",  "years", "rule",   "data",
                                       "out", "by",    "reason", "dry-run"};
    int more = call->n_operands - 1;
    if (more < verbs[verb].least) {
        pp_error_set(err, PP_E_ARGUMENT, "standards %s needs %s", verbs[verb].name,
                     verbs[verb].least > 1 ? "more operands" : "an operand");
        pp_error_hint(err, "name %s", verbs[verb].operand);
        return PP_E_ARGUMENT;
    }
    if (more > verbs[verb].most) {
        pp_error_set(err, PP_E_ARGUMENT, "standards %s takes no operand '%s'",
                     verbs[verb].name, call->operands[verbs[verb].most + 1]);
        pp_error_hint(err, "leave it out");
        return PP_E_ARGUMENT;
    }
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        if (cli_flag(call, some[i]) && !strstr(verbs[verb].options, some[i])) {
            pp_error_set(err, PP_E_ARGUMENT, "standards %s takes no --%s",
                         verbs[verb].name, some[i]);
            pp_error_hint(err, "leave it out");
            return PP_E_ARGUMENT;
        }
    }
    return PP_OK;
}

static pp_status work(request *r, int verb, pp_result **out, pp_error *err) {
    const cli_call *call = r->call;
    CLI_TRY(cli_data_folder(call, r->share, sizeof r->share, err));
    snprintf(r->folder, sizeof r->folder, "%s/standards", r->share);
    const char *folder = cli_value(call, "data", r->folder);
    CLI_TRY(pp_gazetteer_open(r->share, &r->gazetteer, err));
    if (verbs[verb].edit) {
        return verbs[verb].edit(call, r->gazetteer, out, err);
    }
    if (!verbs[verb].work) {
        return pp_standards_check(folder, r->gazetteer, &call->ctx, out, err);
    }
    CLI_TRY(pp_standards_read(folder, r->gazetteer, &call->ctx, &r->standards, err));
    return verbs[verb].work(r, out, err);
}

pp_status cmd_standards(cli_call *call, pp_error *err) {
    request r = {.call = call};
    pp_result *result = NULL;
    int verb;
    CLI_TRY(find_verb(call, &verb, err));
    CLI_TRY(check_verb(call, verb, err));
    pp_status status = work(&r, verb, &result, err);
    status = verbs[verb].work ? cli_finish_analysis(call, status, result, err)
                              : cli_finish(call, status, result, err);
    pp_standards_free(r.standards);
    pp_gazetteer_free(r.gazetteer);
    return status;
}
