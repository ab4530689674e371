/* brief: two pages on one place, or on all of them. */
#include "cli.h"

#include <pushpull/brief.h>
#include <pushpull/file.h>
#include <pushpull/run.h>

#include <stdio.h>
#include <string.h>

const cli_option cli_brief_options[] = {
    {"all", NULL, "every country and the best-documented cities, into --out DIR", NULL},
    {"cities", "N", "with --all: how many cities; default: as the study says, 20", NULL},
    {"messages", "N", "at most so many messages, one an audience; default: 4", NULL},
    {"out", "PATH",
     "the file that is written, .md, .html, .docx or .pdf; with --all the folder; "
     "default: Markdown to the standard output",
     NULL},
    {0},
};

enum { MOST_SETTINGS = 4, SETTING = 400 };

typedef struct request {
    cli_call *call;
    const char *place, *out; /* place NULL: all */
    char data[1024], bundled[1100];
    char text[MOST_SETTINGS][SETTING];
    const char *setting[MOST_SETTINGS];
    int64_t n;
} request;

static pp_status wrong(const char *field, const char *value, const char *what,
                       const char *hint, pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "%s", what);
    pp_error_locate(err, NULL, 0, field, value);
    pp_error_hint(err, "%s", hint);
    return PP_E_ARGUMENT;
}

/* A text in YAML's double quotes. */
static int quote(const char *text, char *out, size_t size) {
    size_t n = 0;
    for (; *text && n + 3 < size; text++) {
        if ((unsigned char)*text < 0x20) {
            return 0;
        }
        if (*text == '"' || *text == '\\') {
            out[n++] = '\\';
        }
        out[n++] = *text;
    }
    out[n] = '\0';
    return *text == '\0';
}

static pp_status set_place(request *r, pp_error *err) {
    char name[SETTING - 40];
    if (!r->place) {
        return PP_OK;
    }
    if (!quote(r->place, name, sizeof name)) {
        return wrong("PLACE", NULL, "this is no name of a place",
                     "a country or a city, by name, code or id", err);
    }
    snprintf(r->text[r->n], SETTING, "analyses.briefs.places=[\"%s\"]", name);
    r->setting[r->n] = r->text[r->n];
    r->n++;
    return PP_OK;
}

static pp_status set_number(request *r, const char *option, int64_t low, int64_t high,
                            pp_error *err) {
    int64_t n;
    if (!cli_flag(r->call, option)) {
        return PP_OK;
    }
    CLI_TRY(cli_integer_in(r->call, option, low, low, high, &n, err));
    snprintf(r->text[r->n], SETTING, "analyses.briefs.%s=%lld", option, (long long)n);
    r->setting[r->n] = r->text[r->n];
    r->n++;
    return PP_OK;
}

/* PLACE [STUDY], or [STUDY] with --all. */
static pp_status read_request(request *r, const char **study, pp_error *err) {
    cli_call *call = r->call;
    int all = cli_flag(call, "all");
    r->out = cli_value(call, "out", NULL);
    if (all ? call->n_operands > 1 : call->n_operands < 1) {
        return wrong("PLACE", NULL,
                     all ? "--all is of every place, and one is named"
                         : "which place is the brief about?",
                     "pushpull brief KEN [STUDY], or pushpull brief --all [STUDY] --out "
                     "DIR",
                     err);
    }
    if (all && !r->out && !cli_flag(call, "json")) {
        return wrong("out", NULL, "all briefs go into a folder, and none is named",
                     "add --out DIR", err);
    }
    if (all && r->out && pp_file_exists(r->out)) {
        return wrong("out", r->out, "this is there already", "name a new folder", err);
    }
    r->place = all ? NULL : call->operands[0];
    snprintf(r->bundled, sizeof r->bundled, "%s/study/study.yml", r->data);
    *study = call->n_operands > (all ? 0 : 1) ? call->operands[all ? 0 : 1] : r->bundled;
    CLI_TRY(set_place(r, err));
    CLI_TRY(set_number(r, "cities", 0, 100000, err));
    return set_number(r, "messages", 1, 8, err);
}

static pp_status make(request *r, const char *path, pp_result **out, pp_error *err) {
    const pp_run_options options = {.data_folder = r->data};
    pp_study *study = NULL;
    CLI_TRY(pp_study_read_with(path, r->setting, r->n, &study, err));
    pp_status status =
        pp_study_analyse(study, "brief", &options, &r->call->ctx, out, err);
    pp_study_free(study);
    return status;
}

static const char *cell(const pp_result *result, const char *column, int64_t row) {
    return pp_column_get_text(pp_table_find(pp_result_find(result, "briefs"), column),
                              row);
}

static pp_status print(request *r, const pp_result *result, pp_error *err) {
    pp_buf text;
    pp_buf_init(&text);
    pp_status status = pp_brief_render(result, cell(result, "place_id", 0),
                                       PP_BRIEF_MARKDOWN, r->data, &text, err);
    if (status == PP_OK) {
        status = cli_put(text.data, err);
    }
    pp_buf_clear(&text);
    return status;
}

static pp_status write_all(request *r, const pp_result *result, pp_error *err) {
    int64_t n = pp_table_rows(pp_result_find(result, "briefs"));
    CLI_TRY(pp_file_make_folder(r->out, err));
    for (int64_t i = 0; i < n; i++) {
        static const char *const endings[] = {".md", ".html"};
        for (int k = 0; k < 2; k++) {
            char path[1400];
            snprintf(path, sizeof path, "%s/%s%s", r->out, cell(result, "file", i),
                     endings[k]);
            CLI_TRY(pp_brief_write(result, cell(result, "place_id", i), path, r->data,
                                   &r->call->ctx, err));
        }
    }
    cli_say("%lld briefs: %s", (long long)n, r->out);
    return PP_OK;
}

static pp_status finish(request *r, const pp_result *result, pp_error *err) {
    cli_call *call = r->call;
    if (cli_flag(call, "json") || cli_value(call, "format", NULL) ||
        cli_value(call, "table", NULL)) {
        CLI_TRY(cli_print(call, result, err));
    } else if (!r->out) {
        return print(r, result, err);
    }
    if (r->out && !r->place) {
        return write_all(r, result, err);
    }
    if (r->out) {
        CLI_TRY(pp_brief_write(result, cell(result, "place_id", 0), r->out, r->data,
                               &call->ctx, err));
        cli_say("brief: %s", r->out);
    }
    return PP_OK;
}

pp_status cmd_brief(cli_call *call, pp_error *err) {
    request r = {.call = call};
    const char *study;
    pp_result *result = NULL;
    CLI_TRY(cli_data_folder(call, r.data, sizeof r.data, err));
    CLI_TRY(read_request(&r, &study, err));
    pp_status status = make(&r, study, &result, err);
    if (status == PP_OK) {
        status = finish(&r, result, err);
    }
    pp_result_free(result);
    return status;
}
