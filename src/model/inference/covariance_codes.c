/* Labels to codes by hashing: clusters need names for groups, and no order. A label that
   is that of the row before, as in blocked data, costs one comparison. */
#include "model/inference/covariance_codes.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

/* ---- a table of keys ---- */

typedef struct keys {
    int64_t slots;     /* a power of two */
    int32_t *slot;     /* slots: level + 1, 0 for none */
    uint64_t *key;     /* of each level: slots / 2 of them */
    const char **text; /* of each level where keys are hashes; else NULL */
    int32_t levels;
} keys;

static uint64_t scatter(uint64_t x) { /* Steele, Lea & Flood (2014), splitmix64 */
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t hash_text(const char *text) { /* FNV-1a */
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text; text++) {
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    }
    return hash;
}

static void keys_clear(keys *k) {
    pp_free(k->slot);
    pp_free(k->key);
    pp_free(k->text);
}

static int keys_init(keys *k, int64_t slots, int texts) {
    *k = (keys){.slots = slots};
    k->slot = pp_calloc(slots, sizeof *k->slot);
    k->key = pp_malloc(slots / 2, sizeof *k->key);
    k->text = texts ? pp_malloc(slots / 2, sizeof *k->text) : NULL;
    return k->slot && k->key && (k->text || !texts);
}

/* Where the key is, or the empty slot where it would be. */
static int64_t keys_place(const keys *k, uint64_t key, const char *text) {
    int64_t mask = k->slots - 1, at = (int64_t)scatter(key) & mask;
    for (; k->slot[at]; at = (at + 1) & mask) {
        int32_t level = k->slot[at] - 1;
        if (k->key[level] == key && (!text || strcmp(k->text[level], text) == 0)) {
            break;
        }
    }
    return at;
}

static pp_status keys_grow(keys *k, pp_error *err) {
    keys larger;
    if (!keys_init(&larger, 4 * k->slots, k->text != NULL)) {
        keys_clear(&larger);
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    larger.levels = k->levels;
    for (int32_t l = 0; l < k->levels; l++) {
        const char *text = k->text ? k->text[l] : NULL;
        larger.slot[keys_place(&larger, k->key[l], text)] = l + 1;
        larger.key[l] = k->key[l];
        if (text) {
            larger.text[l] = text;
        }
    }
    keys_clear(k);
    *k = larger;
    return PP_OK;
}

static pp_status keys_code(keys *k, uint64_t key, const char *text, int32_t *code,
                           pp_error *err) {
    int64_t at = keys_place(k, key, text);
    if (!k->slot[at]) {
        if (k->levels == k->slots / 2) {
            PP_TRY(keys_grow(k, err));
            at = keys_place(k, key, text);
        }
        k->key[k->levels] = key;
        if (text) {
            k->text[k->levels] = text;
        }
        k->slot[at] = ++k->levels;
    }
    *code = k->slot[at] - 1;
    return PP_OK;
}

/* ---- columns ---- */

enum { FIRST_SLOTS = 1024 };

static pp_status code_numbers(const double *x, const int64_t *row, int64_t n, keys *k,
                              int32_t *code, pp_error *err) {
    for (int64_t i = 0; i < n; i++) {
        double value = x[row[i]] + 0.0; /* one zero */
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        if (i > 0 && k->key[code[i - 1]] == bits) {
            code[i] = code[i - 1];
        } else {
            PP_TRY(keys_code(k, bits, NULL, &code[i], err));
        }
    }
    return PP_OK;
}

static pp_status code_texts(const char *const *text, const int64_t *row, int64_t n,
                            keys *k, int32_t *code, pp_error *err) {
    for (int64_t i = 0; i < n; i++) {
        const char *word = text[row[i]];
        if (i > 0 && strcmp(k->text[code[i - 1]], word) == 0) {
            code[i] = code[i - 1];
        } else {
            PP_TRY(keys_code(k, hash_text(word), word, &code[i], err));
        }
    }
    return PP_OK;
}

static pp_status code_categories(const pp_column *c, const int64_t *row, int64_t n,
                                 int32_t *code, int32_t *levels, pp_error *err) {
    int32_t *level_of = pp_calloc(c->n_levels, sizeof *level_of), next = 0;
    PP_NEED(level_of, err);
    for (int64_t i = 0; i < n; i++) {
        int32_t *level = &level_of[c->code[row[i]]];
        *level = *level ? *level : ++next;
        code[i] = *level - 1;
    }
    pp_free(level_of);
    *levels = next;
    return PP_OK;
}

/* 1: whole numbers that span little, so that a list does and no hashing. */
static int whole(const double *x, const int64_t *row, int64_t n, double *least,
                 int64_t *span) {
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        double value = x[row[i]];
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    if (!(high - low <= 4.0 * (double)n + 1000)) {
        return 0;
    }
    for (int64_t i = 0; i < n; i++) {
        double value = x[row[i]] - low;
        if (value != (double)(int64_t)value) {
            return 0;
        }
    }
    *least = low;
    *span = (int64_t)(high - low) + 1;
    return 1;
}

static pp_status code_whole(const double *x, const int64_t *row, int64_t n, double least,
                            int64_t span, int32_t *code, int32_t *levels, pp_error *err) {
    int32_t *level_of = pp_calloc(span, sizeof *level_of), next = 0;
    PP_NEED(level_of, err);
    for (int64_t i = 0; i < n; i++) {
        int32_t *level = &level_of[(int64_t)(x[row[i]] - least)];
        *level = *level ? *level : ++next;
        code[i] = *level - 1;
    }
    pp_free(level_of);
    *levels = next;
    return PP_OK;
}

static pp_status code_column(const pp_column *c, const int64_t *row, int64_t n,
                             int32_t *code, int32_t *levels, pp_error *err) {
    double least;
    int64_t span;
    keys k;
    if (c->type == PP_CATEGORY) {
        return code_categories(c, row, n, code, levels, err);
    }
    if (c->type == PP_NUMBER && whole(c->number, row, n, &least, &span)) {
        return code_whole(c->number, row, n, least, span, code, levels, err);
    }
    pp_status status = PP_E_MEMORY;
    if (!keys_init(&k, FIRST_SLOTS, c->type == PP_TEXT)) {
        pp_error_set(err, status, "out of memory");
    } else {
        status = c->type == PP_NUMBER ? code_numbers(c->number, row, n, &k, code, err)
                                      : code_texts(c->text, row, n, &k, code, err);
    }
    *levels = k.levels;
    keys_clear(&k);
    return status;
}

/* ---- observations ---- */

/* Of a unit the code of its rows, which must agree. */
static pp_status gather_units(const pp_fit *fit, const char *name, int32_t *code,
                              pp_error *err) {
    const int64_t *begin = fit->scores.begin;
    for (int64_t u = 0; begin && u < fit->scores.n; u++) {
        int32_t first = code[begin[u]];
        for (int64_t i = begin[u]; i < begin[u + 1]; i++) {
            if (code[i] != first) {
                pp_error_set(err, PP_E_INPUT, "the cluster varies within a unit");
                pp_error_locate(err, NULL, fit->design->row[i] + 1, name, NULL);
                return PP_E_INPUT;
            }
        }
        code[u] = first; /* u <= begin[u] */
    }
    return PP_OK;
}

static const pp__grouping *effect_named(const pp_fit *fit, const char *name) {
    const pp__companions *with = &fit->design->with;
    for (int e = 0; e < with->n_effects && !fit->scores.begin; e++) {
        if (strcmp(with->effect[e].label, name) == 0) {
            return &with->effect[e];
        }
    }
    return NULL;
}

pp_status pp__cluster_codes(const pp_fit *fit, const pp_table *data, const char *name,
                            pp_arena *arena, pp__clustering *out, pp_error *err) {
    const pp__design *d = fit->design;
    const pp__grouping *effect = effect_named(fit, name);
    pp_column *column;
    *out = (pp__clustering){.name = name};
    if (effect) {
        out->code = effect->code;
        out->levels = effect->levels;
    } else {
        int32_t *code = pp_arena_alloc(arena, d->n, sizeof *code);
        PP_NEED(code, err);
        PP_TRY(pp_table_require(data, name, &column, err));
        PP_TRY(code_column(column, d->row, d->n, code, &out->levels, err));
        PP_TRY(gather_units(fit, name, code, err));
        out->code = code;
    }
    if (out->levels < 2) {
        PP_FAIL(err, PP_E_ESTIMATION, "'%s' has one value only: there are no clusters",
                name);
    }
    return PP_OK;
}

static pp_status cross_hashed(const pp__clustering *a, const pp__clustering *b, int64_t n,
                              int32_t *code, int32_t *levels, pp_error *err) {
    keys k;
    pp_status status = PP_OK;
    if (!keys_init(&k, FIRST_SLOTS, 0)) {
        status = pp_error_set(err, PP_E_MEMORY, "out of memory");
    }
    for (int64_t i = 0; i < n && status == PP_OK; i++) {
        uint64_t pair = (uint64_t)a->code[i] << 32 | (uint32_t)b->code[i];
        status = keys_code(&k, pair, NULL, &code[i], err);
    }
    *levels = k.levels;
    keys_clear(&k);
    return status;
}

pp_status pp__cluster_cross(const pp__clustering *a, const pp__clustering *b, int64_t n,
                            pp_arena *arena, pp__clustering *out, pp_error *err) {
    int64_t pairs = (int64_t)a->levels * b->levels;
    int32_t *code = pp_arena_alloc(arena, n, sizeof *code);
    PP_NEED(code, err);
    *out = (pp__clustering){.code = code};
    if (pairs > 4 * n + 1000) {
        return cross_hashed(a, b, n, code, &out->levels, err);
    }
    int32_t *level_of = pp_calloc(pairs, sizeof *level_of);
    PP_NEED(level_of, err);
    for (int64_t i = 0; i < n; i++) {
        int32_t *level = &level_of[(int64_t)a->code[i] * b->levels + b->code[i]];
        *level = *level ? *level : ++out->levels;
        code[i] = *level - 1;
    }
    pp_free(level_of);
    return PP_OK;
}
