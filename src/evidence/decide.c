/* Adjudications: retract, restore, confirm, correct. */
#include "base/check.h"
#include "evidence/decision.h"
#include "evidence/import.h"
#include "evidence/rows.h"
#include "evidence/story.h"

#include <ctype.h>
#include <string.h>

typedef struct deciding {
    pp_store *store;
    const pp_gazetteer *gazetteer;
    const pp_decision *asked;
    pp__decision decision; /* as it is recorded */
    const char *before;    /* of a corrected field */
    const char *pending;   /* the place to which a correction moved its claim; or NULL */
    pp_arena arena;
} deciding;

static pp_status misused(pp_error *err, const char *field, const char *value,
                         const char *message, const char *hint) {
    pp_error_set(err, PP_E_ARGUMENT, "%s", message);
    pp_error_locate(err, NULL, 0, field, value);
    if (hint) {
        pp_error_hint(err, "%s", hint);
    }
    return PP_E_ARGUMENT;
}

/* By its form: "story:AS014", "AS014", "A0014", else a vendor. */
static pp__kind kind_of(const char *subject) {
    if (!isupper((unsigned char)subject[0])) {
        return PP__VENDOR;
    }
    return subject[1] == 'S' ? PP__SOURCE : PP__CLAIM;
}

static int is_story(const char *subject) {
    return strncmp(subject, "story:", 6) == 0;
}

/* The last of the actions about the subject that switch it on and off; "" when there is
 * none. */
static pp_status last_action(deciding *d, char out[16], pp_error *err) {
    pp__statement *s;
    int row = 0;
    out[0] = '\0';
    PP_TRY(
        pp__db_prepare(d->store->db,
                       "SELECT action FROM decision WHERE kind = ?1 AND subject = ?2 AND "
                       "action IN ('retract', 'restore', 'confirm') "
                       "ORDER BY decision_id DESC LIMIT 1",
                       &s, err));
    pp_status status = pp__bind_text(s, 1, d->decision.kind, err);
    if (status == PP_OK) {
        status = pp__bind_text(s, 2, d->decision.subject, err);
    }
    if (status == PP_OK) {
        status = pp__step(s, &row, err);
    }
    if (status == PP_OK && row) {
        strncat(out, pp__text(s, 0), 15);
    }
    pp__finish(s);
    return status;
}

/* Retracting what is retracted, or restoring what is not, is a conflict. */
static pp_status check_change(deciding *d, pp_error *err) {
    char last[16];
    PP_TRY(last_action(d, last, err));
    int restores = strcmp(d->decision.action, "restore") == 0;
    int off = strcmp(last, "retract") == 0 || strcmp(last, "confirm") == 0;
    if (strcmp(d->decision.action, last) == 0 || (restores && !off)) {
        pp_error_set(err, PP_E_CONFLICT,
                     restores ? "'%s' was neither retracted nor confirmed"
                              : "that was decided about '%s' already",
                     d->decision.subject);
        pp_error_locate(err, NULL, 0, "subject", d->decision.subject);
        return PP_E_CONFLICT;
    }
    return PP_OK;
}

/* A decision about a story names the sources that it was made about. */
static pp_status decide_story(deciding *d, pp_error *err) {
    pp__stories stories;
    pp_buf members;
    pp_buf_init(&members);
    d->decision.kind = "story";
    pp_status status = pp__stories_read(d->store, &d->arena, &stories, err);
    int64_t leader =
        status == PP_OK ? pp__story_leader(&stories, d->decision.subject) : -1;
    int restores = strcmp(d->decision.action, "restore") == 0;
    if (status == PP_OK && leader < 0 && !restores) {
        status = pp_error_set(err, PP_E_NOT_FOUND, "no story '%s' is proposed",
                              d->decision.subject);
        pp_error_hint(err, "an import lists the stories that are proposed");
    }
    if (status == PP_OK && leader >= 0) {
        status = pp__story_members(&stories, leader, &members, err);
    }
    if (status == PP_OK && leader >= 0) {
        d->decision.value = pp_arena_strdup(&d->arena, members.data);
        status =
            d->decision.value ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    pp_buf_clear(&members);
    pp__stories_clear(&stories);
    return status == PP_OK ? check_change(d, err) : status;
}

static pp_status decide_record(deciding *d, pp_error *err) {
    pp__kind kind = kind_of(d->decision.subject);
    pp__record record;
    if (strcmp(d->decision.action, "confirm") == 0 || kind == PP__VENDOR) {
        return misused(
            err, "subject", d->decision.subject,
            "this action is not for that kind of record",
            "stories are confirmed (story:AS014); claims, sources and stories are "
            "retracted and restored");
    }
    d->decision.kind = pp__entities[kind].name;
    PP_TRY(
        pp__record_require(d->store, kind, d->decision.subject, &d->arena, &record, err));
    return check_change(d, err);
}

static pp_status refuse_value(const pp__field *field, const char *value,
                              const pp__problem *problem, pp_error *err) {
    return misused(err, field->name, value, problem->reason,
                   problem->suggestion[0] ? problem->suggestion : NULL);
}

static pp_status find_field(pp__kind kind, const char *name, int *out, pp_error *err) {
    const pp__entity *entity = &pp__entities[kind];
    *out = name ? pp__field_position(entity, name) : -1;
    if (*out >= entity->n_key) {
        return PP_OK;
    }
    const char *names[PP__MOST_FIELDS];
    for (int i = 0; i < entity->n; i++) {
        names[i] = entity->fields[i].name;
    }
    const char *near =
        name ? pp_text_nearest(name, names + entity->n_key, entity->n - entity->n_key)
             : NULL;
    misused(err, "field", name,
            "a correction needs a field of the record that is not its id", NULL);
    if (near) {
        pp_error_hint(err, "did you mean '%s'?", near);
    }
    return PP_E_ARGUMENT;
}

/* A field that names a source or a vendor must name one of the store. */
static pp_status check_reference(deciding *d, pp__kind kind, int field, const char *value,
                                 pp_error *err) {
    pp__record record;
    pp__kind target = kind == PP__CLAIM && field == CLAIM_SOURCE     ? PP__SOURCE
                      : kind == PP__VENDOR && field == VENDOR_PARENT ? PP__VENDOR
                                                                     : PP__KINDS;
    return target == PP__KINDS || !value
               ? PP_OK
               : pp__record_require(d->store, target, value, &d->arena, &record, err);
}

static pp_status check_correction(deciding *d, pp__kind kind, int field,
                                  const char *const *before, const char **after,
                                  pp_error *err) {
    const pp__field *f = &pp__entities[kind].fields[field];
    pp__problem problem;
    PP_TRY(pp__field_check(d->gazetteer, f, d->asked->value, &d->arena, &after[field],
                           &problem, err));
    if (problem.reason[0]) {
        return refuse_value(f, d->asked->value, &problem, err);
    }
    if (kind == PP__CLAIM) {
        for (int i = 0; i < pp__entities[kind].n; i++) {
            pp__claim_check(after, i, &problem);
            if (problem.reason[0]) {
                return refuse_value(&pp__entities[kind].fields[i], after[i], &problem,
                                    err);
            }
        }
    }
    const char *old = before[field] ? before[field] : "",
               *new = after[field] ? after[field] : "";
    if (strcmp(old, new) == 0) {
        pp_error_set(err, PP_E_CONFLICT, "%s of %s is that already", f->name,
                     d->decision.subject);
        pp_error_locate(err, NULL, 0, f->name, d->asked->value);
        return PP_E_CONFLICT;
    }
    return check_reference(d, kind, field, after[field], err);
}

/* A correction is an import of one changed record. */
static pp_status apply_correction(deciding *d, pp__kind kind, const char *const *values,
                                  int64_t version, pp_error *err) {
    pp__import im = {.store = d->store, .gazetteer = d->gazetteer};
    for (int k = 0; k < PP__KINDS; k++) {
        im.of[k].kind = (pp__kind)k;
    }
    int64_t changes = 0;
    pp__import_row *row;
    pp_status status = pp__import_add_row(&im, kind, &row, err);
    if (status == PP_OK) {
        memcpy(row->values, values, (size_t)pp__entities[kind].n * sizeof *values);
        row->action = "correct";
        row->outcome = PP__CHANGED;
        row->version = version;
        status = pp__import_derive(&im, err);
    }
    if (status == PP_OK && im.n_refused > 0) {
        status = misused(err, "place", values[CLAIM_PLACE], im.refusals[0].reason, NULL);
    }
    if (status == PP_OK) {
        status = pp__import_apply(&im, &changes, err);
    }
    const pp__import_rows *places = &im.of[PP__PLACE];
    if (status == PP_OK && places->n > 0 && !places->rows[0].values[PLACE_ID]) {
        d->pending = pp_arena_strdup(&d->arena, places->rows[0].key);
        status = d->pending ? PP_OK : pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    pp__import_clear(&im);
    return status;
}

static pp_status correct(deciding *d, pp_error *err) {
    pp__kind kind = kind_of(d->decision.subject);
    pp__record record;
    int field;
    if (is_story(d->decision.subject)) {
        return misused(err, "subject", d->decision.subject,
                       "a story has nothing to correct", "confirm or retract it");
    }
    d->decision.kind = pp__entities[kind].name;
    PP_TRY(
        pp__record_require(d->store, kind, d->decision.subject, &d->arena, &record, err));
    PP_TRY(find_field(kind, d->asked->field, &field, err));
    const char *after[PP__MOST_FIELDS];
    memcpy(after, record.values, sizeof after);
    PP_TRY(check_correction(d, kind, field, record.values, after, err));
    d->before = record.values[field];
    d->decision.field = d->asked->field;
    d->decision.value = after[field];
    PP_TRY(apply_correction(d, kind, after, record.version, err));
    if (field != CLAIM_PLACE && field != CLAIM_PLACE_KIND && field != CLAIM_COUNTRY) {
        d->pending = NULL;
    }
    return PP_OK;
}

static pp_status act(deciding *d, pp_error *err) {
    static const char *const actions[] = {"retract", "restore", "confirm", "correct"};
    const char *action = d->asked->action ? d->asked->action : "";
    PP_TRY(pp__decision_needs_reason(d->asked->reason, err));
    if (!d->asked->subject || !*d->asked->subject) {
        return misused(err, "subject", NULL, "a decision needs a subject", NULL);
    }
    d->decision.action = action;
    d->decision.subject = d->asked->subject;
    d->decision.reason = d->asked->reason;
    if (strcmp(action, "correct") == 0) {
        return correct(d, err);
    }
    for (int i = 0; i < 3; i++) {
        if (strcmp(action, actions[i]) == 0) {
            return is_story(d->asked->subject) ? decide_story(d, err)
                                               : decide_record(d, err);
        }
    }
    misused(err, "action", action, "there is no such action",
            "retract, restore, confirm or correct");
    const char *near = pp_text_nearest(action, actions, 4);
    if (near) {
        pp_error_hint(err, "did you mean '%s'?", near);
    }
    return PP_E_ARGUMENT;
}

static pp_status report(const deciding *d, int64_t id, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"decision", "Decision", PP_NUMBER, PP_SHOW_COUNT},
        {"action", "Action", PP_TEXT, 0},
        {"kind", "Kind", PP_TEXT, 0},
        {"subject", "About", PP_TEXT, 0},
        {"field", "Field", PP_TEXT, 0},
        {"before", "Before", PP_TEXT, 0},
        {"after", "After", PP_TEXT, 0},
        {"reason", "Reason", PP_TEXT, 0},
        {"author", "Author", PP_TEXT, 0}};
    char number[32];
    pp_table *table;
    pp_format_number((double)id, number);
    const pp__decision *x = &d->decision;
    const char *values[] = {
        number,     x->action, x->kind,
        x->subject, x->field,  d->before,
        x->value,   x->reason, d->asked->author ? d->asked->author : "unknown"};
    PP_TRY(
        pp__rows_start(result, "decision", "What was decided", columns, 9, &table, err));
    PP_TRY(pp__rows_add(table, values, err));
    return d->pending
               ? pp_result_warn(result, "pending_places", d->pending, 1, err,
                                "the place of %s could not be resolved and is kept "
                                "as pending",
                                x->subject)
               : PP_OK;
}

static pp_status decide(deciding *d, pp_result *result, pp_error *err) {
    int64_t id;
    PP_TRY(pp__store_begin(d->store, d->asked->author, err));
    pp_status status = act(d, err);
    if (status == PP_OK) {
        status = pp__decision_add(d->store, &d->decision, &id, err);
    }
    if (status == PP_OK) {
        status = report(d, id, result, err);
    }
    if (status == PP_OK) {
        status = pp__store_commit(d->store, err);
    }
    pp__store_rollback(d->store);
    return status;
}

pp_status pp_evidence_decide(pp_store *store, const pp_gazetteer *gazetteer,
                             const pp_decision *decision, pp_result **out,
                             pp_error *err) {
    deciding d = {.store = store, .gazetteer = gazetteer, .asked = decision};
    pp_result *result;
    *out = NULL;
    PP_TRY(pp_result_new("decide", &result, err));
    pp_status status = decide(&d, result, err);
    pp_arena_clear(&d.arena);
    if (status != PP_OK) {
        pp_result_free(result);
        return status;
    }
    *out = result;
    return PP_OK;
}
