/* A sentence of a brief, and its notes. */
#include "strategy/brief.h"

#include "base/check.h"
#include "model/tables.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const pp__section_names[PP__SECTIONS] = {"short",   "situation", "why",
                                                     "effects", "official",  "say",
                                                     "offer",   "standards", "unknown"};
const char *const pp__section_titles[PP__SECTIONS] = {
    "In short",
    "Situation",
    "Why here",
    "What it may do",
    "Who decides, and what they care about",
    "What to say to whom, in this order",
    "What to offer",
    "Which standards lever",
    "What we do not know"};

const char *pp__cell_text(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = table && row >= 0 ? pp_table_find(table, column) : NULL;
    const char *text = c && c->type != PP_NUMBER ? pp_column_get_text(c, row) : NULL;
    return text && *text ? text : NULL;
}

double pp__cell_number(const pp_table *table, const char *column, int64_t row) {
    const pp_column *c = table && row >= 0 ? pp_table_find(table, column) : NULL;
    return c && c->type == PP_NUMBER ? c->number[row] : NAN;
}

const char *pp__brief_text(const pp__brief *b, const char *column) {
    return pp__cell_text(b->in->profiles, column, b->row);
}

double pp__brief_number(const pp__brief *b, const char *column) {
    return pp__cell_number(b->in->profiles, column, b->row);
}

void pp__add_markdown(pp_buf *out, const char *data) {
    for (const char *s = data ? data : ""; *s; s++) {
        if (strchr("\\`*_[]<>#|", *s)) {
            pp_buf_add_char(out, '\\');
        }
        pp_buf_add_char(out, *s == '\n' ? ' ' : *s);
    }
}

void pp__brief_add(pp__brief *b, const char *data) {
    pp__add_markdown(&b->text, data);
}

/* "0.800" → "0.8", "12.0" → "12". */
static void cut_zeros(char *number) {
    size_t n = strlen(number);
    if (strchr(number, '.') && !strchr(number, 'e')) {
        while (number[n - 1] == '0') {
            n--;
        }
        number[n - (number[n - 1] == '.')] = '\0';
    }
}

void pp__brief_add_number(pp__brief *b, double value) {
    char number[32];
    pp_format_significant(value, fabs(value) < 10 ? 2 : 3, number);
    cut_zeros(number);
    pp_buf_add(&b->text, number[0] == '-' ? "−" : "");
    pp_buf_add(&b->text, number + (number[0] == '-'));
}

void pp__brief_add_band(pp__brief *b, double low, double high) {
    if (!isnan(low) && !isnan(high)) {
        pp_buf_add(&b->text, " (");
        pp__brief_add_number(b, low);
        pp_buf_add(&b->text, " to ");
        pp__brief_add_number(b, high);
        pp_buf_add_char(&b->text, ')');
    }
}

/* ---- notes ---- */

static int64_t count_words(const char *text) {
    int64_t n = 0;
    for (int in = 0; *text; text++) {
        int space = isspace((unsigned char)*text) != 0;
        n += in == 0 && !space;
        in = !space;
    }
    return n;
}

static pp_status put_note(pp__brief *b, int number, const char *text, const char *url,
                          const char *claims, pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(b->notes, &row, err));
    PP_TRY(pp__put_text(b->notes, row, "place_id", b->place, err));
    PP_TRY(pp__put_number(b->notes, row, "note", PP_SHOW_COUNT, number, err));
    PP_TRY(pp__put_text(b->notes, row, "text", text, err));
    PP_TRY(pp__put_text(b->notes, row, "url", url, err));
    return pp__put_text(b->notes, row, "claims", claims, err);
}

static pp_status number_of(pp__brief *b, const char *key, const char *text,
                           const char *url, const char *claims, int *out, pp_error *err) {
    for (const pp__note *note = b->noted; note; note = note->next) {
        if (strcmp(note->key, key) == 0) {
            *out = note->number;
            return PP_OK;
        }
    }
    pp__note *note = pp_arena_zalloc(&b->arena, 1, sizeof *note);
    PP_NEED(note, err);
    *note = (pp__note){pp_arena_strdup(&b->arena, key), ++b->n_notes, b->noted};
    PP_NEED(note->key, err);
    b->noted = note;
    *out = note->number;
    return put_note(b, note->number, text, url, claims, err);
}

/* 1 when `words` (space separated) holds `word`. */
static int has_word(const char *words, const char *word) {
    size_t length = strlen(word);
    for (const char *s = words ? words : ""; (s = strstr(s, word)) != NULL; s += length) {
        if ((s == words || s[-1] == ' ') && (s[length] == '\0' || s[length] == ' ')) {
            return 1;
        }
    }
    return 0;
}

static void add_word(pp_buf *words, const char *word) {
    if (!has_word(words->data, word)) {
        pp_buf_printf(words, "%s%s", words->length ? " " : "", word);
    }
}

pp_status pp__brief_note(pp__brief *b, const char *key, const char *text, const char *url,
                         const char *claims, pp_error *err) {
    char number[16];
    int n = 0;
    PP_TRY(number_of(b, key, text, url, claims, &n, err));
    snprintf(number, sizeof number, "%d", n);
    add_word(&b->cited, number);
    add_word(&b->fresh, number);
    return PP_OK;
}

pp_status pp__brief_cite(pp__brief *b, pp_error *err) {
    PP_TRY(pp_buf_check(&b->fresh, err));
    for (const char *at = b->fresh.length ? b->fresh.data : ""; *at;) {
        int length = (int)strcspn(at, " ");
        pp_buf_printf(&b->text, "[^%.*s]", length, at);
        at += length + (at[length] == ' ');
    }
    pp_buf_clear(&b->fresh);
    return PP_OK;
}

/* ---- sources of claims ---- */

/* High confidence first; then those that date; then the order of ids. */
static double worth(const pp__brief *b, int64_t claim) {
    const char *confidence = pp__cell_text(b->in->claims, "confidence", claim);
    double grade = !confidence                         ? 0
                   : strcmp(confidence, "high") == 0   ? 3
                   : strcmp(confidence, "medium") == 0 ? 2
                                                       : 1;
    return grade + (pp__cell_text(b->in->claims, "earliest", claim) ? 0.5 : 0);
}

static pp_status note_source(pp__brief *b, int64_t claim, pp_error *err) {
    const pp_table *sources = b->in->sources;
    const char *id = pp__cell_text(b->in->claims, "source_id", claim);
    int64_t row = pp__rows_first(&b->source_of, id);
    if (row < 0) {
        return PP_OK;
    }
    const char *publisher = pp__cell_text(sources, "publisher", row);
    const char *title = pp__cell_text(sources, "title", row);
    const char *published = pp__cell_text(sources, "published", row);
    const char *kind = pp__cell_text(sources, "kind", row);
    const char *claim_id = pp__cell_text(b->in->claims, "claim_id", claim);
    char *text = pp_arena_printf(
        &b->arena, "%s%s%s, %s%s%s (claim %s)", publisher ? publisher : "",
        publisher ? ": " : "", title ? title : id, published ? published : "undated",
        kind ? ", " : "", kind ? pp__brief_word(kind) : "", claim_id ? claim_id : "");
    PP_NEED(text, err);
    const char *url = pp__cell_text(sources, "url", row);
    return pp__brief_note(b, url ? url : id, text, url, claim_id, err);
}

/* Reads the next id of a list; 0 at its end. */
static int next_id(const char **at, char *id, size_t size) {
    *at += strspn(*at, " ,");
    size_t length = strcspn(*at, " ,");
    snprintf(id, size, "%.*s", (int)(length < size ? length : size - 1), *at);
    *at += length;
    return length > 0;
}

enum { MOST_SOURCES = 4 };

pp_status pp__brief_note_claims(pp__brief *b, const char *claims, int most,
                                pp_error *err) {
    int64_t best[MOST_SOURCES];
    int n = 0;
    char id[64];
    const char *at = claims ? claims : "";
    most = most < MOST_SOURCES ? most : MOST_SOURCES;
    while (next_id(&at, id, sizeof id)) {
        int64_t row = pp__rows_first(&b->claim_of, id);
        int place = n;
        add_word(&b->claims, id);
        while (row >= 0 && place > 0 && worth(b, best[place - 1]) < worth(b, row)) {
            place--;
        }
        if (row < 0 || place == most) {
            continue;
        }
        n += n < most;
        for (int i = n - 1; i > place; i--) {
            best[i] = best[i - 1];
        }
        best[place] = row;
    }
    for (int i = 0; i < n; i++) {
        PP_TRY(note_source(b, best[i], err));
    }
    return PP_OK;
}

/* A publication as it is; what the study made, with how to open it. */
static pp_status note_origin(pp__brief *b, int64_t row, const char *source,
                             pp_error *err) {
    const char *grade = pp__cell_text(b->in->facts, "grade", row);
    const char *text = source;
    if (grade && strcmp(grade, "estimate") == 0) {
        text = pp_arena_printf(&b->arena,
                               "The model '%s' of %s: tables profile_drivers and "
                               "%s_coefficients",
                               source, b->in->study ? b->in->study : "the study", source);
    } else if (strchr(source, '_') && !strchr(source, ' ') && !strchr(source, '/')) {
        text = pp_arena_printf(&b->arena, "Made by the study: table %s", source);
    }
    PP_NEED(text, err);
    return pp__brief_note(b, text, text, NULL, NULL, err);
}

pp_status pp__brief_note_fact(pp__brief *b, const char *fact, pp_error *err) {
    const pp_table *facts = b->in->facts;
    const int64_t *rows;
    int64_t n = pp__rows_find(&b->facts_of, b->place, &rows);
    for (int64_t i = 0; i < n; i++) {
        const char *name = pp__cell_text(facts, "fact", rows[i]);
        const char *source = pp__cell_text(facts, "source", rows[i]);
        const char *claims = pp__cell_text(facts, "claims", rows[i]);
        if (!name || strcmp(name, fact) != 0) {
            continue;
        }
        PP_TRY(pp__brief_note_claims(b, claims, 2, err));
        return source ? note_origin(b, rows[i], source, err) : PP_OK;
    }
    return PP_OK;
}

/* ---- saying it ---- */

static pp_status put_sentence(pp__brief *b, pp__section_id section, int level,
                              pp_error *err) {
    int64_t row;
    PP_TRY(pp_table_append(b->items, &row, err));
    PP_TRY(pp__put_text(b->items, row, "place_id", b->place, err));
    PP_TRY(pp__put_text(b->items, row, "section", pp__section_names[section], err));
    PP_TRY(pp__put_number(b->items, row, "item", PP_SHOW_COUNT, ++b->n_items, err));
    PP_TRY(pp__put_number(b->items, row, "level", PP_SHOW_COUNT, level, err));
    PP_TRY(pp__put_text(b->items, row, "text", b->text.data, err));
    PP_TRY(pp__put_text(b->items, row, "notes", b->cited.length ? b->cited.data : NULL,
                        err));
    PP_TRY(pp__put_text(b->items, row, "claims", b->claims.length ? b->claims.data : NULL,
                        err));
    b->n_words += (int)count_words(b->text.data);
    return PP_OK;
}

pp_status pp__brief_say(pp__brief *b, pp__section_id section, int level, pp_error *err) {
    while (b->text.length > 0 && b->text.data[b->text.length - 1] == ' ') {
        b->text.data[--b->text.length] = '\0';
    }
    pp_status status = pp_buf_check(&b->text, err);
    if (status == PP_OK) {
        status = pp_buf_check(&b->cited, err);
    }
    if (status == PP_OK) {
        status = pp_buf_check(&b->claims, err);
    }
    if (status == PP_OK) {
        status = pp_buf_check(&b->fresh, err);
    }
    if (status == PP_OK && b->text.length > 0) {
        status = put_sentence(b, section, level, err);
    }
    pp_buf_clear(&b->text);
    pp_buf_clear(&b->fresh);
    pp_buf_clear(&b->cited);
    pp_buf_clear(&b->claims);
    return status;
}
