/* A library of messages from its folder. */
#include "strategy/messages.h"

#include "base/check.h"
#include "evidence/rows.h"
#include "strategy/facts.h"
#include "strategy/mistakes.h"

#include <pushpull/file.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILES = 64 };

/* ---- the files of a folder ---- */

static int is_yaml(const char *name) {
    size_t n = strlen(name);
    return n > 4 && name[0] != '.' && strcmp(name + n - 4, ".yml") == 0;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static pp_status add_file(pp_message_library *lib, const char *folder, const char *name,
                          pp_error *err) {
    if (lib->n_files == MOST_FILES) {
        PP_FAIL(err, PP_E_INPUT, "there are more than %d files of messages", MOST_FILES);
    }
    const char *path = pp_arena_printf(&lib->arena, "%s/%s", folder, name);
    PP_NEED(path, err);
    lib->files[lib->n_files++] = path;
    return PP_OK;
}

static int is_first(const char *name) {
    return strcmp(name, "rules.yml") == 0 || strcmp(name, "offers.yml") == 0;
}

static pp_status list_others(DIR *dir, pp_message_library *lib, const char *folder,
                             pp_error *err) {
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (is_yaml(entry->d_name) && !is_first(entry->d_name)) {
            PP_TRY(add_file(lib, folder, entry->d_name, err));
        }
    }
    return PP_OK;
}

/* rules.yml and offers.yml, to which the others refer; then these by name. */
static pp_status list_files(pp_message_library *lib, const char *folder, pp_error *err) {
    lib->files = pp_arena_zalloc(&lib->arena, MOST_FILES + 1, sizeof *lib->files);
    PP_NEED(lib->files, err);
    DIR *dir = opendir(folder);
    if (!dir) {
        pp_error_set(err, PP_E_NOT_FOUND, "the folder of messages is not there");
        pp_error_locate(err, folder, 0, NULL, NULL);
        pp_error_hint(err, "name a folder with rules.yml, offers.yml and files of "
                           "messages");
        return PP_E_NOT_FOUND;
    }
    pp_status status = add_file(lib, folder, "rules.yml", err);
    if (status == PP_OK) {
        status = add_file(lib, folder, "offers.yml", err);
    }
    if (status == PP_OK) {
        status = list_others(dir, lib, folder, err);
    }
    closedir(dir);
    qsort(lib->files + 2, (size_t)(lib->n_files > 2 ? lib->n_files - 2 : 0),
          sizeof *lib->files, compare_names);
    return status;
}

const char *pp_messages_file(const pp_message_library *library, int index) {
    return index >= 0 && index < library->n_files ? library->files[index] : NULL;
}

/* ---- reading them ---- */

typedef pp_status read_root(pp__reader *r, const pp__yaml *root, pp_error *err);

static pp_status read_file(pp__reader *r, int index, pp_error *err) {
    static read_root *const first[] = {pp__read_rules, pp__read_offers};
    const char *file = r->lib->files[index];
    const pp__yaml_source source = {.file = file, .what = "file of messages"};
    pp_error why = {0};
    pp__yaml *root = NULL;
    pp_arena arena;
    pp_arena_init(&arena);
    r->file = file;
    pp_status status = pp__yaml_read(&source, &arena, &root, &why);
    if (status == PP_OK) {
        read_root *work = index < 2 ? first[index] : pp__read_messages;
        status = work(r, root, err);
    } else {
        status = pp__mistake_of(r->mistakes, status, &why, err);
    }
    pp_arena_clear(&arena);
    return status;
}

/* Those that name no fact, or are no conditions; one by one only where there are some. */
static pp_status check_conditions(pp__reader *r, const pp_table *facts,
                                  const pp__condition *conditions, int64_t n,
                                  const pp_context *ctx, pp_error *err) {
    pp_error why = {0};
    double *holds = NULL;
    pp_status status = pp__conditions_test(facts, conditions, n, ctx, &holds, &why);
    pp_free(holds);
    if (status == PP_OK) {
        return PP_OK;
    }
    if (n == 1 || status != PP_E_INPUT) {
        return pp__mistake_of(r->mistakes, status, &why, err);
    }
    for (int64_t i = 0; i < n; i++) {
        PP_TRY(check_conditions(r, facts, &conditions[i], 1, ctx, err));
    }
    return PP_OK;
}

static int64_t count_conditions(const pp_message_library *lib, int of_claims) {
    int64_t n = 0;
    for (int64_t i = 0; i < lib->n_messages; i++) {
        const pp__message *m = &lib->messages[i];
        n += of_claims ? m->n_items[0] + m->n_items[1] : m->n_when;
    }
    return n;
}

static int64_t gather_conditions(const pp_message_library *lib, int of_claims,
                                 pp__condition *out) {
    int64_t n = 0;
    for (int64_t i = 0; i < lib->n_messages; i++) {
        const pp__message *m = &lib->messages[i];
        for (int64_t k = 0; k < m->n_when && !of_claims; k++) {
            out[n++] = m->when[k];
        }
        for (int side = 0; side < 2 && of_claims; side++) {
            for (int64_t k = 0; k < m->n_items[side]; k++) {
                const pp__item *item = &m->sides[side][k];
                if (item->origin == PP__CLAIMS) {
                    out[n++] =
                        (pp__condition){item->ref, item->file, "claims", item->line};
                }
            }
        }
    }
    return n;
}

static pp_status check_all_conditions(pp__reader *r, int of_claims, const pp_table *facts,
                                      const pp_context *ctx, pp_error *err) {
    pp__condition *all = pp_malloc(count_conditions(r->lib, of_claims) + 1, sizeof *all);
    PP_NEED(all, err);
    int64_t n = gather_conditions(r->lib, of_claims, all);
    pp_status status = n > 0 ? check_conditions(r, facts, all, n, ctx, err) : PP_OK;
    pp_free(all);
    return status;
}

static pp_status read_all(pp__reader *r, const char *folder, const pp_context *ctx,
                          pp_error *err) {
    pp_table *claims = NULL;
    PP_TRY(list_files(r->lib, folder, err));
    for (int i = 0; i < r->lib->n_files; i++) {
        PP_TRY(read_file(r, i, err));
    }
    PP_TRY(check_all_conditions(r, 0, r->facts, ctx, err));
    PP_TRY(pp__claims_blank(&claims, err));
    pp_status status = check_all_conditions(r, 1, claims, ctx, err);
    pp_table_free(claims);
    if (status == PP_OK && r->lib->n_messages == 0 && pp_table_rows(r->mistakes) == 0) {
        status = pp__mistake(r->mistakes, folder, 0, NULL, NULL,
                             "start from the library that comes with pushpull", err,
                             "there are no messages in this folder");
    }
    return status;
}

pp_status pp__library_read(const char *folder, const pp_standards *standards,
                           const pp_context *ctx, pp_message_library **out,
                           pp_table **mistakes, pp_error *err) {
    pp_table *facts = NULL;
    pp_message_library *lib = pp_calloc(1, sizeof *lib);
    *out = NULL;
    *mistakes = NULL;
    PP_NEED(lib, err);
    pp_arena_init(&lib->arena);
    pp_status status = pp__mistakes_new(mistakes, err);
    if (status == PP_OK) {
        status = pp__facts_blank(&facts, err);
    }
    pp__reader r = {
        .lib = lib, .standards = standards, .facts = facts, .mistakes = *mistakes};
    if (status == PP_OK) {
        status = read_all(&r, folder, ctx, err);
    }
    pp_table_free(facts);
    if (status != PP_OK) {
        pp_messages_free(lib);
        pp_table_free(*mistakes);
        *mistakes = NULL;
        return status;
    }
    *out = lib;
    return PP_OK;
}

void pp_messages_free(pp_message_library *library) {
    if (library) {
        pp_arena_clear(&library->arena);
        pp_free(library);
    }
}

pp_status pp_messages_read(const char *folder, const pp_standards *standards,
                           const pp_context *ctx, pp_message_library **out,
                           pp_error *err) {
    pp_table *mistakes;
    PP_TRY(pp__library_read(folder, standards, ctx, out, &mistakes, err));
    pp_status status = pp__mistakes_first(mistakes, "pushpull messages check", err);
    pp_table_free(mistakes);
    if (status != PP_OK) {
        pp_messages_free(*out);
        *out = NULL;
    }
    return status;
}

/* ---- telling of it ---- */

static void list_audiences(int bits, pp_buf *out) {
    for (int a = 0; a < PP__AUDIENCES; a++) {
        if (bits & (1 << a)) {
            pp_buf_printf(out, "%s%s", out->length ? ", " : "", pp__audience_names[a]);
        }
    }
}

static pp_status put_message(const pp_message_library *lib, const pp__message *m,
                             pp_table *table, pp_error *err) {
    pp_buf audiences;
    pp_buf_init(&audiences);
    list_audiences(m->audiences, &audiences);
    const pp__cell cells[] = {
        PP__TEXT_CELL(m->name),
        PP__TEXT_CELL(m->concern < 0 ? NULL : lib->concerns[m->concern].name),
        PP__TEXT_CELL(audiences.length ? audiences.data : NULL),
        PP__TEXT_CELL(pp__position_names[m->position]),
        PP__NUMBER_CELL(m->n_items[0]),
        PP__NUMBER_CELL(m->n_items[1]),
        PP__NUMBER_CELL(m->n_offers[0] + m->n_offers[1]),
        PP__NUMBER_CELL(m->priority),
        PP__TEXT_CELL(m->file),
        PP__NUMBER_CELL(m->line)};
    pp_status status = pp_buf_check(&audiences, err);
    if (status == PP_OK) {
        status = pp__rows_add_cells(table, cells, err);
    }
    pp_buf_clear(&audiences);
    return status;
}

static pp_status put_library(const pp_message_library *lib, pp_result *result,
                             pp_error *err) {
    static const pp__column_spec columns[] = {
        {"message", "Message", PP_TEXT, 0},
        {"concern", "Concern", PP_TEXT, 0},
        {"audience", "Audience", PP_TEXT, 0},
        {"position", "Position", PP_TEXT, 0},
        {"items_for", "Evidence for", 0, PP_SHOW_COUNT},
        {"items_against", "Evidence against", 0, PP_SHOW_COUNT},
        {"offers", "Offers", 0, PP_SHOW_COUNT},
        {"priority", "Priority", 0, PP_SHOW_COUNT},
        {"file", "File", PP_TEXT, 0},
        {"line", "Line", 0, PP_SHOW_COUNT}};
    pp_table *table;
    PP_TRY(pp__rows_start(result, "messages_library", "The library of messages", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int64_t i = 0; i < lib->n_messages; i++) {
        PP_TRY(put_message(lib, &lib->messages[i], table, err));
    }
    return PP_OK;
}

pp_status pp_messages_check(const char *folder, const pp_standards *standards,
                            const pp_context *ctx, pp_result **out, pp_error *err) {
    pp_message_library *lib;
    pp_table *mistakes;
    *out = NULL;
    PP_TRY(pp__library_read(folder, standards, ctx, &lib, &mistakes, err));
    pp_status status = pp_result_new("messages", out, err);
    if (status == PP_OK) {
        status = put_library(lib, *out, err);
    }
    pp_error why = {0};
    pp_status wrong = pp__mistakes_first(mistakes, "pushpull messages check", &why);
    if (status == PP_OK) {
        status = pp_result_take(*out, "messages_problems", "What is wrong with it",
                                mistakes, err);
        mistakes = status == PP_OK ? NULL : mistakes;
    }
    pp_table_free(mistakes);
    pp_messages_free(lib);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
        return status;
    }
    if (wrong != PP_OK && err) {
        *err = why;
    }
    return wrong;
}
