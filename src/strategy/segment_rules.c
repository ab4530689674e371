/* The file of rules. */
#include "strategy/segments.h"

#include "base/check.h"
#include "strategy/fields.h"

#include <pushpull/file.h>

#include <string.h>

static const char *const TOP[] = {"rules", "clusters", NULL};
static const char *const RULE[] = {"name", "title", "when", "because", NULL};
static const char *const CLUSTERS[] = {"facts", "from", "to", "stable", NULL};
static const pp__yaml NOTHING = {.line = 1};

static pp_status check_name(const pp_segment_rules *r, const pp__yaml *node, int64_t n,
                            pp_error *err) {
    for (int64_t i = 0; i < n; i++) {
        if (strcmp(r->rules[i].name, r->rules[n].name) == 0) {
            return pp__yaml_refuse(pp__yaml_get(node, "name"), r->file,
                                   "give each rule a name of its own", err,
                                   "the rule on line %lld has this name too",
                                   (long long)r->rules[i].when.line);
        }
    }
    return PP_OK;
}

static pp_status read_rule(pp_segment_rules *r, const pp__yaml *node, int64_t n,
                           pp_error *err) {
    pp__segment_rule *rule = &r->rules[n];
    const pp__yaml *when;
    PP_TRY(pp__fields_check(node, r->file, "a rule", RULE, err));
    PP_TRY(pp__fields_name(node, "name", r->file, &rule->name, err));
    PP_TRY(pp__fields_text(node, "title", r->file, 1, &rule->title, err));
    PP_TRY(pp__fields_text(node, "because", r->file, 1, &rule->because, err));
    PP_TRY(pp__fields_text(node, "when", r->file, 0, &rule->when.sql, err));
    when = pp__yaml_get(node, "when");
    rule->when.file = r->file;
    rule->when.field = "when";
    rule->when.line = when ? when->line : node->line;
    PP_TRY(check_name(r, node, n, err));
    if (n > 0 && !r->rules[n - 1].when.sql) {
        return pp__yaml_refuse(pp__yaml_get(node, "name"), r->file,
                               "give the one before a 'when', or put it last", err,
                               "this rule can never apply: '%s' before it has no 'when' "
                               "and takes every place",
                               r->rules[n - 1].name);
    }
    return PP_OK;
}

static pp_status read_rules(pp_segment_rules *r, const pp__yaml *root, pp_error *err) {
    const pp__yaml *list = pp__yaml_get(root, "rules");
    if (!list || list->kind != PP__YAML_LIST || list->n < 1) {
        return pp__yaml_refuse(list ? list : &NOTHING, r->file, NULL, err,
                               "'rules' is missing or no list of rules");
    }
    if (list->n > PP__MOST_SEGMENTS) {
        return pp__yaml_refuse(list, r->file, NULL, err, "there are more than %d rules",
                               PP__MOST_SEGMENTS);
    }
    r->rules = pp_arena_zalloc(&r->arena, list->n, sizeof *r->rules);
    const char **sql = pp_arena_zalloc(&r->arena, list->n, sizeof *sql);
    PP_NEED(r->rules && sql ? r : NULL, err);
    r->sql = sql;
    for (const pp__yaml *node = list->first; node; node = node->next) {
        PP_TRY(read_rule(r, node, r->n, err));
        sql[r->n] = r->rules[r->n].when.sql;
        r->n++;
    }
    if (r->rules[r->n - 1].when.sql) {
        return pp__yaml_refuse(list->last, r->file,
                               "end with a rule without 'when', for the places that no "
                               "rule before it takes",
                               err, "the last rule has a condition");
    }
    return PP_OK;
}

static pp_status read_whole(const pp__yaml *map, const char *key, const char *file,
                            double low, int *out, pp_error *err) {
    double value = *out;
    PP_TRY(pp__fields_number(map, key, file, low, PP__MOST_CLUSTERS, &value, err));
    *out = (int)value;
    return *out == value ? PP_OK
                         : pp__yaml_refuse(pp__yaml_get(map, key), file, NULL, err,
                                           "a whole number is expected");
}

static pp_status read_clusters(pp_segment_rules *r, const pp__yaml *root, pp_error *err) {
    static const char *const none[] = {NULL};
    const pp__yaml *map = pp__yaml_get(root, "clusters"), *facts;
    r->facts = none;
    r->from = 2;
    r->to = 8;
    r->stable = 0.6;
    if (!map) {
        return PP_OK;
    }
    PP_TRY(pp__fields_check(map, r->file, "clusters", CLUSTERS, err));
    facts = pp__yaml_get(map, "facts");
    PP_TRY(pp__fields_list(map, "facts", r->file, &r->arena, &r->facts, err));
    if (!r->facts[0]) {
        return pp__yaml_refuse(map, r->file, "name facts, or leave 'clusters' out", err,
                               "'facts' is missing or empty");
    }
    r->facts_line = facts->line;
    PP_TRY(read_whole(map, "from", r->file, 2, &r->from, err));
    PP_TRY(read_whole(map, "to", r->file, 2, &r->to, err));
    PP_TRY(pp__fields_number(map, "stable", r->file, 0, 1, &r->stable, err));
    return r->from <= r->to
               ? PP_OK
               : pp__yaml_refuse(map, r->file, NULL, err, "'from' is above 'to'");
}

static pp_status read_root(pp_segment_rules *r, const pp__yaml *root, pp_error *err) {
    PP_TRY(pp__fields_check(root, r->file, "the file of segments", TOP, err));
    PP_TRY(read_rules(r, root, err));
    return read_clusters(r, root, err);
}

static pp_status open_rules(const char *file, pp_segment_rules **out, pp_error *err) {
    pp_segment_rules *r = pp_calloc(1, sizeof *r);
    *out = NULL;
    PP_NEED(r, err);
    pp_arena_init(&r->arena);
    r->file = pp_arena_strdup(&r->arena, file);
    if (!r->file) {
        pp_segment_rules_free(r);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    *out = r;
    return PP_OK;
}

static pp_status close_rules(pp_segment_rules **out, pp_status status) {
    if (status != PP_OK) {
        pp_segment_rules_free(*out);
        *out = NULL;
    }
    return status;
}

static const char HINT[] = "start from the file that comes with pushpull: "
                           "data/strategy/segments.yml";

pp_status pp_segment_rules_read_text(const char *text, int64_t length, const char *name,
                                     pp_segment_rules **out, pp_error *err) {
    pp__yaml *root;
    PP_TRY(open_rules(name, out, err));
    const pp__yaml_source source = {(*out)->file, "file of segments", HINT};
    pp_status status = pp__yaml_parse(text, length, &source, &(*out)->arena, &root, err);
    return close_rules(out, status == PP_OK ? read_root(*out, root, err) : status);
}

pp_status pp_segment_rules_read(const char *path, const char *shown,
                                pp_segment_rules **out, pp_error *err) {
    pp_buf text;
    pp_buf_init(&text);
    *out = NULL;
    pp_status status = pp_file_read(path, PP__YAML_BYTES, &text, err);
    if (status == PP_OK) {
        status = pp_segment_rules_read_text(text.data ? text.data : "", text.length,
                                            shown ? shown : path, out, err);
    }
    pp_buf_clear(&text);
    return status;
}

void pp_segment_rules_free(pp_segment_rules *rules) {
    if (rules) {
        pp_arena_clear(&rules->arena);
        pp_free(rules);
    }
}

int64_t pp_segment_rules_count(const pp_segment_rules *rules) {
    return rules->n;
}

const char *pp_segment_rules_name(const pp_segment_rules *rules, int64_t index) {
    return index >= 0 && index < rules->n ? rules->rules[index].name : NULL;
}
