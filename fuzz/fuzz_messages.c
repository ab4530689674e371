#define _GNU_SOURCE /* memmem */
/* Libraries of messages: whatever the bytes, a library that keeps its promises or mistakes that say where. */
#include "target.h"

#include "strategy/facts.h"
#include "strategy/messages.h"
#include "strategy/mistakes.h"

#include <string.h>

typedef pp_status read_root(pp__reader *r, const pp__yaml *root, pp_error *err);

static void read_part(pp__reader *r, const char *text, size_t size, read_root *work) {
    const pp__yaml_source source = {.file = "some.yml", .what = "file of messages"};
    pp__yaml *root = NULL;
    pp_error err = {0};
    pp_arena arena;
    pp_arena_init(&arena);
    r->file = source.file;
    pp_status status = pp__yaml_parse(text, (int64_t)size, &source, &arena, &root, &err);
    if (status == PP_OK) {
        require(work(r, root, &err) == PP_OK);
    } else {
        require(pp__mistake_of(r->mistakes, status, &err, NULL) == PP_OK);
    }
    pp_arena_clear(&arena);
}

/* What is promised of a library without mistakes. */
static void check_library(pp_message_library *lib, const pp_table *facts) {
    const pp_messages_inputs in = {.profiles = facts};
    pp__weight *weights = NULL;
    pp_arena arena;
    pp_buf text;
    char missing[64];
    pp_arena_init(&arena);
    pp_buf_init(&text);
    require(pp__weigh(lib, &in, NULL, &arena, &weights, NULL) == PP_OK);
    for (int64_t i = 0; i < lib->n_messages; i++) {
        const pp__message *m = &lib->messages[i];
        require(m->claim && m->audiences > 0 && m->n_items[0] > 0);
        require(m->n_items[1] > 0 || m->none_known);
        require(m->priority >= 1 && m->priority <= 10);
        require(weights[i].strength >= 0 && weights[i].strength <= PP__STRONG);
        require(weights[i].strength <= weights[i].strongest[0]);
        text.length = 0;
        pp__say(m->claim, facts, 0, &text, missing);
        for (int64_t k = 0; k < m->n_when; k++) {
            pp__tell_facts(m->when[k].sql, facts, 0, 0, &text);
        }
    }
    pp_buf_clear(&text);
    pp_arena_clear(&arena);
}

/* Rules, offers and messages, each after a line of "%%". */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static read_root *const parts[] = {pp__read_rules, pp__read_offers,
                                       pp__read_messages};
    pp_message_library *lib = pp_calloc(1, sizeof *lib);
    pp_table *facts = NULL, *mistakes = NULL;
    const char *at = (const char *)data, *end = at + size;
    require(lib != NULL);
    pp_arena_init(&lib->arena);
    require(pp__facts_blank(&facts, NULL) == PP_OK);
    require(pp__mistakes_new(&mistakes, NULL) == PP_OK);
    pp__reader r = {.lib = lib, .facts = facts, .mistakes = mistakes};
    for (int i = 0; i < 3 && at < end; i++) {
        const char *next = memmem(at, (size_t)(end - at), "%%\n", 3);
        read_part(&r, at, (size_t)((next ? next : end) - at), parts[i]);
        at = next ? next + 3 : end;
    }
    pp_error err = {0};
    pp_status status = pp__mistakes_first(mistakes, "check", &err);
    require(status == PP_OK || (status == PP_E_INPUT && err.message[0] && err.line >= 0));
    if (status == PP_OK) {
        check_library(lib, facts);
    }
    pp_table_free(facts);
    pp_table_free(mistakes);
    pp_messages_free(lib);
    return 0;
}
