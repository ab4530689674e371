#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const cli_option *find_in(const cli_option *options, const char *name, size_t n) {
    for (; options && options->name; options++) {
        if (strlen(options->name) == n && strncmp(options->name, name, n) == 0) {
            return options;
        }
    }
    return NULL;
}

static const cli_option *find_option(const cli_command *command, const char *name,
                                     size_t n) {
    const cli_option *found = find_in(command->options, name, n);
    return found ? found : find_in(cli_common, name, n);
}

static pp_status unknown_option(const cli_command *command, const char *word,
                                pp_error *err) {
    const char *names[2 * CLI_MAX_VALUES];
    int n = 0;
    for (const cli_option *o = command->options; o && o->name; o++) {
        names[n++] = o->name;
    }
    for (const cli_option *o = cli_common; o->name; o++) {
        names[n++] = o->name;
    }
    pp_error_set(err, PP_E_ARGUMENT, "'pushpull %s' has no option '%s'", command->name,
                 word);
    const char *nearest = pp_text_nearest(word + strspn(word, "-"), names, n);
    if (nearest) {
        pp_error_hint(err, "did you mean --%s?", nearest);
    } else {
        pp_error_hint(err, "see: pushpull help %s", command->name);
    }
    return PP_E_ARGUMENT;
}

/* The option's choice of that number and its length; NULL: there is none. */
static const char *choice_at(const cli_option *option, int number, size_t *length) {
    const char *at = option->choices;
    if (at == cli_models) {
        const pp_model_info *model = pp_model_get(number);
        *length = model ? strlen(model->name) : 0;
        return model ? model->name : NULL;
    }
    for (; at; at += *length + 1) {
        *length = strcspn(at, "|");
        if (number-- == 0) {
            return at;
        }
        if (!at[*length]) {
            return NULL;
        }
    }
    return NULL;
}

void cli_choices(const cli_option *option, const char *separator, pp_buf *out) {
    const char *choice;
    size_t length;
    for (int i = 0; (choice = choice_at(option, i, &length)); i++) {
        pp_buf_add(out, i ? separator : "");
        pp_buf_add_bytes(out, choice, (int64_t)length);
    }
}

static int is_choice(const cli_option *option, const char *value) {
    const char *choice;
    size_t n = strlen(value), length;
    for (int i = 0; (choice = choice_at(option, i, &length)); i++) {
        if (length == n && strncmp(choice, value, n) == 0) {
            return 1;
        }
    }
    return 0;
}

static pp_status wrong_choice(const cli_option *option, const char *value,
                              pp_error *err) {
    pp_buf list;
    pp_buf_init(&list);
    cli_choices(option, ", ", &list);
    pp_error_set(err, PP_E_ARGUMENT, "--%s cannot be '%s'", option->name, value);
    pp_error_hint(err, "one of: %s", list.failed ? "" : list.data);
    pp_buf_clear(&list);
    return PP_E_ARGUMENT;
}

static pp_status add_value(cli_call *call, const cli_option *option, const char *value,
                           pp_error *err) {
    if (option->choices && !is_choice(option, value)) {
        return wrong_choice(option, value, err);
    }
    if (option->argument && !*value) {
        pp_error_set(err, PP_E_ARGUMENT, "--%s is empty", option->name);
        pp_error_hint(err, "--%s %s: %s", option->name, option->argument, option->help);
        return PP_E_ARGUMENT;
    }
    if (call->n_values == CLI_MAX_VALUES) {
        return pp_error_set(err, PP_E_ARGUMENT, "too many options");
    }
    call->values[call->n_values].option = option;
    call->values[call->n_values++].value = value;
    return PP_OK;
}

/* Takes argv[i], an option, and gives how many words it used. */
static pp_status take_option(cli_call *call, int argc, char **argv, int i, int *used,
                             pp_error *err) {
    const char *name = argv[i] + 2;
    size_t n = strcspn(name, "=");
    const cli_option *option = find_option(call->command, name, n);
    if (!option || argv[i][1] != '-') {
        return unknown_option(call->command, argv[i], err);
    }
    *used = 1;
    if (!option->argument) {
        if (name[n] == '=') {
            return pp_error_set(err, PP_E_ARGUMENT, "--%s takes no value", option->name);
        }
        return add_value(call, option, "", err);
    }
    if (name[n] == '=') {
        return add_value(call, option, name + n + 1, err);
    }
    if (i + 1 >= argc) {
        pp_error_set(err, PP_E_ARGUMENT, "--%s needs a value", option->name);
        pp_error_hint(err, "--%s %s: %s", option->name, option->argument, option->help);
        return PP_E_ARGUMENT;
    }
    *used = 2;
    return add_value(call, option, argv[i + 1], err);
}

static pp_status find_command(const char *word, const cli_command **out, pp_error *err) {
    *out = cli_find(word);
    if (*out) {
        return PP_OK;
    }
    const char *names[CLI_MAX_VALUES];
    int n = 0;
    for (const cli_command *c = cli_commands; c->name; c++) {
        names[n++] = c->name;
    }
    pp_error_set(err, PP_E_ARGUMENT, "there is no command '%s'", word);
    const char *nearest = pp_text_nearest(word, names, n);
    if (nearest) {
        pp_error_hint(err, "did you mean 'pushpull %s'?", nearest);
    } else {
        pp_error_hint(err, "see: pushpull help");
    }
    return PP_E_ARGUMENT;
}

static pp_status check_operands(const cli_call *call, pp_error *err) {
    const cli_command *c = call->command;
    if (cli_flag(call, "help") ||
        (call->n_operands >= c->least && (c->most < 0 || call->n_operands <= c->most))) {
        return PP_OK;
    }
    if (call->n_operands < c->least) {
        pp_error_set(err, PP_E_ARGUMENT, "'pushpull %s' needs %s", c->name, c->operands);
    } else {
        pp_error_set(err, PP_E_ARGUMENT, "'pushpull %s' does not take '%s'", c->name,
                     call->operands[c->most]);
    }
    pp_error_hint(err, "see: pushpull help %s", c->name);
    return PP_E_ARGUMENT;
}

static int names_study(const char *operand) {
    const char *ending = strrchr(operand, '.');
    return ending && (strcmp(ending, ".yml") == 0 || strcmp(ending, ".yaml") == 0);
}

/* A study and a place may come in either order: the study is told by its ending. */
static void order_operands(cli_call *call) {
    const char *study = strstr(call->command->operands, "STUDY");
    const char *place = strstr(call->command->operands, "PLACE");
    if (study && place && call->n_operands == 2) {
        int at = study > place;
        if (!names_study(call->operands[at]) && names_study(call->operands[!at])) {
            const char *other = call->operands[at];
            call->operands[at] = call->operands[!at];
            call->operands[!at] = other;
        }
    }
}

pp_status cli_parse(int argc, char **argv, cli_call *call, pp_error *err) {
    memset(call, 0, sizeof *call);
    call->program = argv[0];
    const char *word = argc > 1 ? argv[1] : "help";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        word = "help";
    } else if (strcmp(word, "--version") == 0) {
        word = "version";
    }
    pp_status status = find_command(word, &call->command, err);
    int only_operands = 0;
    for (int i = 2; i < argc && status == PP_OK;) {
        int used = 1;
        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = 1;
        } else if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
            char *help = "--help";
            status = strcmp(argv[i], "-h") == 0
                         ? take_option(call, 1, &help, 0, &used, err)
                         : take_option(call, argc, argv, i, &used, err);
        } else if (call->n_operands == CLI_MAX_VALUES) {
            status = pp_error_set(err, PP_E_ARGUMENT, "too many operands");
        } else if (!*argv[i]) {
            status = pp_error_set(err, PP_E_ARGUMENT, "an operand is empty");
        } else {
            call->operands[call->n_operands++] = argv[i];
        }
        i += used;
    }
    if (status == PP_OK) {
        status = check_operands(call, err);
    }
    if (status == PP_OK && call->command->operands) {
        order_operands(call);
    }
    return status;
}

const char *cli_value(const cli_call *call, const char *name, const char *otherwise) {
    for (int i = call->n_values - 1; i >= 0; i--) {
        if (strcmp(call->values[i].option->name, name) == 0) {
            return call->values[i].value;
        }
    }
    return otherwise;
}

int cli_flag(const cli_call *call, const char *name) {
    return cli_value(call, name, NULL) != NULL;
}

static pp_status bad_value(const char *name, const char *text, const char *expected,
                           pp_error *err) {
    pp_error_set(err, PP_E_ARGUMENT, "--%s must be %s", name, expected);
    pp_error_locate(err, NULL, 0, NULL, text);
    return PP_E_ARGUMENT;
}

pp_status cli_integer(const cli_call *call, const char *name, int64_t otherwise,
                      int64_t *out, pp_error *err) {
    return cli_integer_in(call, name, otherwise, 0, INT64_MAX, out, err);
}

pp_status cli_integer_in(const cli_call *call, const char *name, int64_t otherwise,
                         int64_t low, int64_t high, int64_t *out, pp_error *err) {
    const char *text = cli_value(call, name, NULL);
    char expected[96];
    *out = otherwise;
    if (!text || (pp_parse_integer(text, out) && *out >= low && *out <= high)) {
        return PP_OK;
    }
    if (high == INT64_MAX) {
        snprintf(expected, sizeof expected, "a whole number, %lld or more",
                 (long long)low);
    } else {
        snprintf(expected, sizeof expected, "a whole number from %lld to %lld",
                 (long long)low, (long long)high);
    }
    return bad_value(name, text, expected, err);
}

pp_status cli_int_in(const cli_call *call, const char *name, int otherwise, int low,
                     int high, int *out, pp_error *err) {
    int64_t value;
    pp_status status = cli_integer_in(call, name, otherwise, low, high, &value, err);
    *out = status == PP_OK ? (int)value : otherwise;
    return status;
}

pp_status cli_number(const cli_call *call, const char *name, double otherwise,
                     double *out, pp_error *err) {
    const char *text = cli_value(call, name, NULL);
    *out = otherwise;
    return text && !pp_parse_number(text, out) ? bad_value(name, text, "a number", err)
                                               : PP_OK;
}

pp_status cli_number_in(const cli_call *call, const char *name, double otherwise,
                        double above, double below, double *out, pp_error *err) {
    const char *text = cli_value(call, name, NULL);
    char expected[96];
    int length;
    *out = otherwise;
    if (!text || (pp_parse_number(text, out) && *out > above && *out < below)) {
        return PP_OK;
    }
    length = snprintf(expected, sizeof expected, "a number above %g", above);
    if (below < INFINITY) {
        snprintf(expected + length, sizeof expected - (size_t)length, " and below %g",
                 below);
    }
    return bad_value(name, text, expected, err);
}
