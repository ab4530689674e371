#include "model.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_FITS = 24 };

/* The parts of "a; b; c", without blanks around them. */
typedef struct list {
    char *text;
    int n;
    const char *part[MOST_FITS];
} list;

typedef struct comparison {
    cli_call *call;
    list models, vcovs, names;
    int n;
    pp_fit *fits[MOST_FITS];
    pp_table *data, *labels;
    pp_result *result;
} comparison;

static pp_status read_list(const cli_call *call, const char *option,
                           const char *otherwise, list *out, pp_error *err) {
    const char *value = cli_value(call, option, otherwise);
    if (!value) {
        return PP_OK;
    }
    out->text = pp_strdup(value);
    if (!out->text) {
        return pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    for (char *at = out->text; at;) {
        char *end = strchr(at, ';');
        at += strspn(at, " ");
        size_t length = end ? (size_t)(end - at) : strlen(at);
        char *next = end ? end + 1 : NULL;
        while (length > 0 && at[length - 1] == ' ') {
            length--;
        }
        if (out->n == MOST_FITS || length == 0) {
            pp_error_set(err, PP_E_ARGUMENT, "a list has an empty part, or more than %d",
                         MOST_FITS);
            pp_error_locate(err, NULL, 0, option, value);
            return PP_E_ARGUMENT;
        }
        at[length] = '\0';
        out->part[out->n++] = at;
        at = next;
    }
    return PP_OK;
}

/* One part for all fits or, when that makes no sense, one for each. */
static pp_status check_length(const comparison *c, const char *option, int n,
                              int one_for_all, pp_error *err) {
    if (n == 0 || n == c->n || (n == 1 && one_for_all)) {
        return PP_OK;
    }
    pp_error_set(err, PP_E_ARGUMENT, "%d fits, but %d of --%s", c->n, n, option);
    pp_error_hint(err, "give %sone for each fit, parted by ';'",
                  one_for_all ? "one for all fits, or " : "");
    return PP_E_ARGUMENT;
}

static int larger(int a, int b) {
    return a > b ? a : b;
}

static pp_status read_lists(comparison *c, pp_error *err) {
    CLI_TRY(read_list(c->call, "model", "ols", &c->models, err));
    CLI_TRY(read_list(c->call, "vcov", "iid", &c->vcovs, err));
    CLI_TRY(read_list(c->call, "names", NULL, &c->names, err));
    c->n = larger(c->call->n_operands, larger(c->models.n, c->vcovs.n));
    if (c->n > MOST_FITS) {
        return pp_error_set(err, PP_E_ARGUMENT, "more than %d fits", MOST_FITS);
    }
    CLI_TRY(check_length(c, "model", c->models.n, 1, err));
    CLI_TRY(check_length(c, "vcov", c->vcovs.n, 1, err));
    CLI_TRY(check_length(c, "names", c->names.n, 0, err));
    if (c->call->n_operands > 1 && c->call->n_operands != c->n) {
        return pp_error_set(err, PP_E_ARGUMENT, "%d fits, but %d formulas", c->n,
                            c->call->n_operands);
    }
    return PP_OK;
}

static const char *part_of(const list *l, int i) {
    return l->part[l->n == 1 ? 0 : i];
}

static pp_status fit_all(comparison *c, pp_error *err) {
    pp_model_options options = {0};
    CLI_TRY(cli_model_options(c->call, &options, err));
    for (int i = 0; i < c->n; i++) {
        const char *formula = c->call->operands[c->call->n_operands == 1 ? 0 : i];
        options.model = part_of(&c->models, i);
        options.vcov = part_of(&c->vcovs, i);
        CLI_TRY(
            pp_model_fit(formula, c->data, &options, &c->call->ctx, &c->fits[i], err));
    }
    return PP_OK;
}

static pp_status make_table(comparison *c, pp_error *err) {
    pp_fits_options options = {.below = cli_value(c->call, "below", NULL),
                               .stars = cli_flag(c->call, "stars"),
                               .labels = c->labels};
    int64_t decimals;
    CLI_TRY(cli_integer(c->call, "decimals", 0, &decimals, err));
    options.decimals = decimals > 100 ? 100 : (int)decimals;
    CLI_TRY(pp_result_new("compare", &c->result, err));
    return pp_fits_table((const pp_fit *const *)c->fits,
                         c->names.n ? c->names.part : NULL, c->n, &options, c->result,
                         err);
}

static pp_status compare(comparison *c, pp_error *err) {
    const char *data = cli_value(c->call, "data", NULL);
    const char *labels = cli_value(c->call, "labels", NULL);
    const char *docx = cli_value(c->call, "docx", NULL);
    const pp_context *ctx = &c->call->ctx;
    if (!data) {
        pp_error_set(err, PP_E_ARGUMENT, "--data is missing");
        pp_error_hint(err, "pushpull compare 'y ~ x' 'y ~ x + z' --data FILE");
        return PP_E_ARGUMENT;
    }
    CLI_TRY(read_lists(c, err));
    if (labels) {
        const pp_read_options as_text = {.all_text = 1};
        CLI_TRY(pp_table_read(labels, &as_text, ctx, &c->labels, err));
    }
    CLI_TRY(pp_table_read(data, NULL, ctx, &c->data, err));
    CLI_TRY(fit_all(c, err));
    CLI_TRY(make_table(c, err));
    CLI_TRY(pp_result_note_input(c->result, data, err));
    if (docx) {
        CLI_TRY(pp_result_write_docx(c->result, "models", NULL, docx, ctx, err));
        if (!cli_flag(c->call, "quiet")) {
            cli_say("written: %s", docx);
        }
    }
    cli_cry_not_converged(c->result);
    return PP_OK;
}

/* People see the table of models alone, programs all three. */
static void choose_table(cli_call *call) {
    const char *format = cli_value(call, "format", "text");
    int all = cli_flag(call, "json") || strcmp(format, "json") == 0;
    if (!all && !cli_value(call, "table", NULL) && call->n_values < CLI_MAX_VALUES) {
        const cli_option *option = cli_common;
        while (strcmp(option->name, "table") != 0) {
            option++;
        }
        call->values[call->n_values].option = option;
        call->values[call->n_values++].value = "models";
    }
}

pp_status cmd_compare(cli_call *call, pp_error *err) {
    comparison c = {.call = call};
    pp_status status = compare(&c, err);
    for (int i = 0; i < c.n; i++) {
        pp_fit_free(c.fits[i]);
    }
    pp_table_free(c.data);
    pp_table_free(c.labels);
    pp_free(c.models.text);
    pp_free(c.vcovs.text);
    pp_free(c.names.text);
    choose_table(call);
    return cli_finish(call, status,
                      status == PP_OK ? c.result : (pp_result_free(c.result), NULL), err);
}
