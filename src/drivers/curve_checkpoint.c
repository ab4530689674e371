/* The checkpoint: what was estimated so far, and of what.
 *
 * Magic, the digest of what is asked, a mark of the byte order, four counts, the rows, the
 * draws' statistics, and the digest of all of that.
 */
#include "base/check.h"
#include "drivers/curve_run.h"

#include <pushpull/file.h>
#include <pushpull/version.h>

#include <math.h>
#include <string.h>

static const char MAGIC[] = "pushpull curve 1\n";
static const uint64_t ORDER = 0x0102030405060708;
enum { HEX = PP_DIGEST_HEX - 1, NUMBERS = 6, LONGEST_REASON = 4096 };

/* ---- what is asked ---- */

static void add_word(pp_buf *buf, const char *text) {
    pp_buf_printf(buf, "%s%c", text ? text : "", text ? 1 : 2);
}

static void add_column(pp_buf *buf, const pp_column *c, int64_t rows) {
    add_word(buf, c->name);
    if (c->type == PP_NUMBER) {
        pp_buf_add_bytes(buf, c->number, rows * (int64_t)sizeof *c->number);
        return;
    }
    for (int64_t i = 0; i < rows; i++) {
        add_word(buf, pp_column_get_text(c, i));
    }
}

/* The digest of a column at a time, so that memory stays small. */
static pp_status add_table(pp_buf *all, const pp_table *table, pp_error *err) {
    char hex[PP_DIGEST_HEX];
    pp_buf_printf(all, "%lld rows\n", (long long)pp_table_rows(table));
    for (int c = 0; c < pp_table_columns(table); c++) {
        pp_buf column;
        pp_buf_init(&column);
        add_column(&column, pp_table_column(table, c), pp_table_rows(table));
        pp_status status = pp_buf_check(&column, err);
        if (status == PP_OK) {
            pp_digest_bytes(column.data, column.length, hex);
            pp_buf_add(all, hex);
        }
        pp_buf_clear(&column);
        PP_TRY(status);
    }
    return PP_OK;
}

static void add_plan(pp_buf *all, const pp__curve_plan *p) {
    const pp_curve_options *o = p->options;
    for (int d = 0; d < PP__CURVE_DIMENSIONS; d++) {
        for (int i = 0; i < p->list[d].n; i++) {
            add_word(all, p->list[d].name[i]);
            add_word(all, p->list[d].value[i]);
        }
        pp_buf_add(all, "\n");
    }
    for (int t = 0; t < p->n_terms; t++) {
        add_word(all, p->term[t]);
    }
    for (int i = 0; i < p->keep.n; i++) {
        add_word(all, p->term[p->keep.term[i]]);
    }
    for (int i = 0; i < p->list[PP__BY_FOCUS].n; i++) {
        pp_buf_printf(all, "%g ", p->sign[i]);
    }
    add_word(all, o->unit);
    add_word(all, o->time);
    add_word(all, o->ssc);
    pp_buf_printf(all, "%a %d %d %lld %lld %llu\n", p->level, p->coefficients,
                  o->common_sample, (long long)p->n, (long long)o->test_most,
                  (unsigned long long)o->seed);
}

pp_status pp__curve_digest(const char *formula, const pp__curve_plan *plan, char out[65],
                           pp_error *err) {
    pp_buf all;
    pp_status status = PP_OK;
    pp_buf_init(&all);
    add_word(&all, pp_version());
    add_word(&all, formula);
    add_plan(&all, plan);
    for (int d = 0; d < plan->list[PP__BY_RULE].n && status == PP_OK; d++) {
        status = add_table(&all, plan->data[d].table, err);
    }
    status = status == PP_OK ? pp_buf_check(&all, err) : status;
    if (status == PP_OK) {
        pp_digest_bytes(all.data, all.length, out);
    }
    pp_buf_clear(&all);
    return status;
}

/* ---- writing ---- */

static void add_row(pp_buf *out, const pp__curve_row *row) {
    const double number[NUMBERS] = {row->estimate, row->std_error, row->df,
                                    row->conf_low, row->conf_high, row->p_value};
    const int64_t count[3] = {row->nobs, row->events,
                              row->reason ? (int64_t)strlen(row->reason) : -1};
    pp_buf_add_bytes(out, number, sizeof number);
    pp_buf_add_bytes(out, count, sizeof count);
    if (row->reason) {
        pp_buf_add(out, row->reason);
    }
}

void pp__curve_encode(const pp__curve_state *s, const char digest[65], pp_buf *out) {
    const int64_t count[4] = {s->n, s->done, s->draws, s->drawn};
    char hex[PP_DIGEST_HEX];
    pp_buf_add(out, MAGIC);
    pp_buf_add_bytes(out, digest, HEX);
    pp_buf_add_bytes(out, &ORDER, sizeof ORDER);
    pp_buf_add_bytes(out, count, sizeof count);
    for (int64_t i = 0; i < s->done; i++) {
        add_row(out, &s->row[i]);
    }
    pp_buf_add_bytes(out, s->statistic,
                     s->drawn * PP__CURVE_STATISTICS * (int64_t)sizeof *s->statistic);
    if (!out->failed) {
        pp_digest_bytes(out->data, out->length, hex);
        pp_buf_add_bytes(out, hex, HEX);
    }
}

/* ---- reading ---- */

typedef struct cursor {
    const char *at, *end;
} cursor;

static int take(cursor *c, void *out, int64_t bytes) {
    if (bytes < 0 || c->end - c->at < bytes) {
        return 0;
    }
    memcpy(out, c->at, (size_t)bytes);
    c->at += bytes;
    return 1;
}

static pp_status damaged(pp_error *err) {
    pp_error_set(err, PP_E_CORRUPT, "the checkpoint is damaged");
    pp_error_hint(err, "give the name of a new file, and the curve begins anew");
    return PP_E_CORRUPT;
}

/* Of something else, it may be dear to its owner. */
static pp_status foreign(pp_error *err) {
    pp_error_set(err, PP_E_CORRUPT, "is no checkpoint of a curve");
    pp_error_hint(err, "give the name of a new file, or of one that a curve has written");
    return PP_E_CORRUPT;
}

static pp_status take_row(cursor *c, pp__curve_row *row, pp_error *err) {
    double number[NUMBERS];
    int64_t count[3];
    if (!take(c, number, sizeof number) || !take(c, count, sizeof count) ||
        count[2] > LONGEST_REASON || count[2] < -1 || count[2] > c->end - c->at) {
        return damaged(err);
    }
    *row = (pp__curve_row){number[0], number[1], number[2], number[3], number[4],
                           number[5], count[0],  count[1],  NULL};
    if (count[2] >= 0) {
        row->reason = pp_calloc(count[2] + 1, 1);
        PP_NEED(row->reason, err);
        take(c, row->reason, count[2]);
    }
    return PP_OK;
}

/* Its own digest, then whose it is, then the counts. */
static pp_status check_head(cursor *c, const char digest[65], const pp__curve_state *s,
                            int64_t count[4], pp_error *err) {
    char hex[PP_DIGEST_HEX], magic[sizeof MAGIC - 1], whose[HEX];
    uint64_t order;
    int64_t length = c->end - c->at, begin = (int64_t)sizeof magic;
    if (memcmp(c->at, MAGIC, (size_t)(length < begin ? length : begin)) != 0) {
        return foreign(err);
    }
    if (length < HEX) {
        return damaged(err);
    }
    c->end -= HEX;
    pp_digest_bytes(c->at, length - HEX, hex);
    if (memcmp(hex, c->end, HEX) != 0 || !take(c, magic, sizeof magic) ||
        !take(c, whose, HEX) || !take(c, &order, sizeof order) ||
        !take(c, count, 4 * sizeof *count)) {
        return damaged(err);
    }
    if (order != ORDER || memcmp(whose, digest, HEX) != 0 || count[0] != s->n) {
        pp_error_set(err, PP_E_CONFLICT,
                     "the checkpoint is of other data or of another curve");
        pp_error_hint(err, "give the name of a new file, and the curve begins anew");
        return PP_E_CONFLICT;
    }
    int whole = count[1] >= 0 && count[1] <= count[0] && count[2] >= 0 && count[3] >= 0 &&
                count[3] <= count[2] && (count[3] == 0 || count[1] == count[0]);
    return whole ? PP_OK : damaged(err);
}

static pp_status take_statistics(cursor *c, const int64_t count[4], pp__curve_state *s,
                                 pp_error *err) {
    int64_t bytes = (int64_t)(PP__CURVE_STATISTICS * sizeof *s->statistic);
    if (count[3] > (c->end - c->at) / bytes || c->end - c->at != count[3] * bytes) {
        return damaged(err);
    }
    s->drawn = count[3] < s->draws ? count[3] : s->draws;
    take(c, s->statistic, s->drawn * bytes);
    return PP_OK;
}

pp_status pp__curve_decode(const char *bytes, int64_t length, const char digest[65],
                           pp__curve_state *state, pp_error *err) {
    cursor c = {bytes, bytes + length};
    int64_t count[4];
    pp__curve_state read;
    PP_TRY(check_head(&c, digest, state, count, err));
    PP_TRY(pp__curve_state_new(state->n, state->draws, &read, err));
    pp_status status = PP_OK;
    for (int64_t i = 0; i < count[1] && status == PP_OK; i++) {
        status = take_row(&c, &read.row[i], err);
    }
    status = status == PP_OK ? take_statistics(&c, count, &read, err) : status;
    if (status != PP_OK) {
        pp__curve_state_clear(&read);
        return status;
    }
    read.done = count[1];
    read.kept = read.done + read.drawn;
    pp__curve_state_clear(state);
    *state = read;
    return PP_OK;
}

/* ---- the file ---- */

/* A new checkpoint stands in a folder that is there: a slip of the pen makes none. */
static pp_status check_folder(const char *path, pp_error *err) {
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) {
        return PP_OK;
    }
    char *folder = pp_calloc(slash - path + 1, 1);
    PP_NEED(folder, err);
    memcpy(folder, path, (size_t)(slash - path));
    int there = pp_file_is_folder(folder);
    pp_free(folder);
    if (!there) {
        pp_error_set(err, PP_E_IO, "there is no such folder for the checkpoint");
        pp_error_locate(err, path, 0, NULL, NULL);
        pp_error_hint(err, "make the folder first, or check the spelling");
        return PP_E_IO;
    }
    return PP_OK;
}

pp_status pp__curve_resume(const char *path, const char digest[65],
                           pp__curve_state *state, pp_error *err) {
    pp_buf bytes;
    if (!path) {
        return PP_OK;
    }
    if (!pp_file_exists(path)) {
        return check_folder(path, err);
    }
    pp_buf_init(&bytes);
    pp_status status = pp_file_read(path, 0, &bytes, err);
    if (status == PP_OK) {
        status = pp__curve_decode(bytes.data ? bytes.data : "", bytes.length, digest,
                                  state, err);
        if (status == PP_E_CORRUPT || status == PP_E_CONFLICT) {
            pp_error_locate(err, path, 0, NULL, NULL);
        }
    }
    pp_buf_clear(&bytes);
    return status;
}

/* Written when a quarter is new, so that all writing costs about as much as five times the
   last. */
pp_status pp__curve_keep(const char *path, const char digest[65], int force,
                         pp__curve_state *state, pp_error *err) {
    int64_t now = state->done + state->drawn;
    pp_buf bytes;
    if (!path || now == state->kept || (!force && now < state->kept + state->kept / 4)) {
        return PP_OK;
    }
    pp_buf_init(&bytes);
    pp__curve_encode(state, digest, &bytes);
    pp_status status = pp_buf_check(&bytes, err);
    if (status == PP_OK) {
        status = pp_file_write(path, bytes.data, bytes.length, err);
    }
    pp_buf_clear(&bytes);
    state->kept = status == PP_OK ? now : state->kept;
    return status;
}
