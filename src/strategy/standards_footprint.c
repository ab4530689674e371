/* What vendors put into standards work, and the lists that name them; affiliates count as their parent. */
#include "strategy/registry.h"

#include "base/check.h"
#include "evidence/rows.h"
#include "market/records.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Contributions of one actor to one body in one role and year, leaked or not. */
typedef struct share {
    const char *actor, *body, *role;
    int is_vendor, year, leak; /* year 0: not known */
    int64_t n, order;
    pp_buf instruments, named;
    const pp__checked *row;
    int unverified;
} share;

typedef struct work {
    const pp_standards *s;
    const pp_table *vendors; /* NULL: none */
    const char *wanted;      /* the parent that is asked for; NULL: all */
    share *shares;
    int64_t n;
} work;

/* ---- who it is ---- */

static int is_alias(const char *aliases, const char *what) {
    char alias[128];
    while (aliases && *aliases) {
        aliases += strspn(aliases, "; ");
        size_t n = strcspn(aliases, ";");
        if (n < sizeof alias) {
            memcpy(alias, aliases, n);
            alias[n] = '\0';
            if (n && pp_text_equal_fold(alias, what)) {
                return 1;
            }
        }
        aliases += n;
    }
    return 0;
}

static int is_same(const pp_table *vendors, const char *column, int64_t row,
                   const char *what) {
    const char *text = pp_column_get_text(pp_table_find(vendors, column), row);
    return text && pp_text_equal_fold(text, what);
}

/* The id of a vendor by id, name or alias; NULL: the list has none of that name. */
static const char *find_vendor(const pp_table *vendors, const char *what) {
    for (int64_t i = 0; vendors && i < pp_table_rows(vendors); i++) {
        if (is_same(vendors, "vendor", i, what) || is_same(vendors, "name", i, what) ||
            is_alias(pp_column_get_text(pp_table_find(vendors, "aliases"), i), what)) {
            return pp_column_get_text(pp_table_find(vendors, "vendor"), i);
        }
    }
    return NULL;
}

static const char *name_of(const pp_table *vendors, const char *vendor) {
    for (int64_t i = 0; vendors && i < pp_table_rows(vendors); i++) {
        if (is_same(vendors, "vendor", i, vendor)) {
            return pp_column_get_text(pp_table_find(vendors, "name"), i);
        }
    }
    return NULL;
}

/* The parent of a name as the registry has it; the name itself when no vendor is called so. */
static pp_status resolve(const work *w, const char *named, const char **actor,
                         int *is_vendor, pp_error *err) {
    const char *vendor = find_vendor(w->vendors, named);
    *is_vendor = vendor != NULL;
    *actor = vendor ? pp__market_parent(w->vendors, vendor, err) : named;
    return *actor ? PP_OK : PP_E_INPUT;
}

/* A name that neither the list of vendors nor the registry has. */
static pp_status check_wanted(work *w, const char *vendor, pp_error *err) {
    int is_vendor, found;
    PP_TRY(resolve(w, vendor, &w->wanted, &is_vendor, err));
    found = is_vendor;
    for (int64_t i = 0; !found && i < w->s->n[PP__CONTRIBUTIONS]; i++) {
        found = pp_text_equal_fold(w->s->contributions[i].contributor, vendor);
        w->wanted = found ? w->s->contributions[i].contributor : w->wanted;
    }
    for (int64_t i = 0; !found && i < w->s->n[PP__LINKS]; i++) {
        found = pp_text_equal_fold(w->s->listings[i].vendor, vendor);
        w->wanted = found ? w->s->listings[i].vendor : w->wanted;
    }
    if (!found) {
        pp_error_set(err, PP_E_NOT_FOUND, "no vendor and no contributor is called '%s'",
                     vendor);
        pp_error_hint(err, "vendors are in vendors.csv; 'pushpull standards footprint' "
                           "lists the contributors of the registry");
        return PP_E_NOT_FOUND;
    }
    return PP_OK;
}

/* ---- contributions ---- */

static share *find_share(work *w, const share *key) {
    for (int64_t i = 0; i < w->n; i++) {
        share *s = &w->shares[i];
        if (s->year == key->year && s->leak == key->leak &&
            strcmp(s->actor, key->actor) == 0 && strcmp(s->body, key->body) == 0 &&
            strcmp(s->role, key->role) == 0) {
            return s;
        }
    }
    w->shares[w->n] = *key;
    w->shares[w->n].order = w->n;
    pp_buf_init(&w->shares[w->n].instruments);
    pp_buf_init(&w->shares[w->n].named);
    return &w->shares[w->n++];
}

static void add_once(pp_buf *list, const char *word) {
    if (!list->length || !strstr(list->data, word)) {
        pp_buf_printf(list, "%s%s", list->length ? "; " : "", word);
    }
}

static pp_status take(work *w, const pp__contribution *c, pp_error *err) {
    const pp__instrument *in = pp__standards_instrument(w->s, c->instrument);
    share key = {.body = in->body,
                 .role = c->role,
                 .leak = strcmp(c->leak, "yes") == 0,
                 .year = c->date.text ? pp__day_year(c->date.first) : 0,
                 .row = &c->row};
    PP_TRY(resolve(w, c->contributor, &key.actor, &key.is_vendor, err));
    if (w->wanted && strcmp(w->wanted, key.actor) != 0) {
        return PP_OK;
    }
    share *s = find_share(w, &key);
    s->n++;
    s->unverified |= strcmp(c->row.status, "unverified") == 0;
    add_once(&s->instruments, c->instrument);
    add_once(&s->named, c->contributor);
    PP_TRY(pp_buf_check(&s->instruments, err));
    return pp_buf_check(&s->named, err);
}

/* Vendors before others, then by name, body, year and role. */
static int compare(const void *a, const void *b) {
    const share *x = a, *y = b;
    if (x->is_vendor != y->is_vendor) {
        return x->is_vendor ? -1 : 1;
    }
    int order = strcmp(x->actor, y->actor);
    order = order ? order : strcmp(x->body, y->body);
    if (order == 0 && x->year != y->year) {
        return x->year < y->year ? -1 : 1;
    }
    order = order ? order : strcmp(x->role, y->role);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static pp_status put_shares(const work *w, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"vendor", "Vendor", PP_TEXT, 0},
        {"name", "Name", PP_TEXT, 0},
        {"in_list", "In the list of vendors", 0, PP_SHOW_FLAG},
        {"body", "Body", PP_TEXT, 0},
        {"role", "Role", PP_TEXT, 0},
        {"year", "Year", 0, PP_SHOW_YEAR},
        {"leak", "Known by a leak only", 0, PP_SHOW_FLAG},
        {"contributions", "Contributions", 0, PP_SHOW_COUNT},
        {"instruments", "To", PP_TEXT, 0},
        {"as_named", "Named there", PP_TEXT, 0},
        {"status", "Status", PP_TEXT, 0},
        {"source", "Source", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(result, "standards_footprint", "Who makes standards", columns,
                          sizeof columns / sizeof *columns, &table, err));
    for (int64_t i = 0; i < w->n; i++) {
        const share *s = &w->shares[i];
        const char *name = s->is_vendor ? name_of(w->vendors, s->actor) : NULL;
        const pp__cell cells[] = {PP__TEXT_CELL(s->actor),
                                  PP__TEXT_CELL(name ? name : s->actor),
                                  PP__NUMBER_CELL(s->is_vendor),
                                  PP__TEXT_CELL(s->body),
                                  PP__TEXT_CELL(s->role),
                                  PP__NUMBER_CELL(s->year ? (double)s->year : NAN),
                                  PP__NUMBER_CELL(s->leak),
                                  PP__NUMBER_CELL(s->n),
                                  PP__TEXT_CELL(s->instruments.data),
                                  PP__TEXT_CELL(s->named.data),
                                  PP__TEXT_CELL(s->unverified ? "unverified" : "seen"),
                                  PP__TEXT_CELL(s->row->source)};
        PP_TRY(pp__rows_add_cells(table, cells, err));
    }
    return pp_result_set_note(
        result, "standards_footprint",
        "Of the registry: a few summaries of meetings and one leak. No open data set of "
        "companies' contributions is known, so that no row does not mean no part.",
        err);
}

/* ---- lists ---- */

static pp_status put_listing(const work *w, const pp__listing *l, pp_table *table,
                             pp_error *err) {
    const pp__instrument *in = pp__standards_instrument(w->s, l->instrument);
    const char *actor;
    int is_vendor;
    PP_TRY(resolve(w, l->vendor, &actor, &is_vendor, err));
    if (w->wanted && strcmp(w->wanted, actor) != 0) {
        return PP_OK;
    }
    const pp__cell cells[] = {PP__TEXT_CELL(actor),         PP__TEXT_CELL(l->vendor),
                              PP__TEXT_CELL(l->listed_as),  PP__TEXT_CELL(l->instrument),
                              PP__TEXT_CELL(in->title),     PP__TEXT_CELL(in->kind),
                              PP__TEXT_CELL(l->date.text),  PP__TEXT_CELL(in->covers),
                              PP__TEXT_CELL(l->row.status), PP__TEXT_CELL(l->row.source)};
    return pp__rows_add_cells(table, cells, err);
}

static pp_status put_listings(const work *w, pp_result *result, pp_error *err) {
    static const pp__column_spec columns[] = {
        {"vendor", "Vendor", PP_TEXT, 0}, {"listed", "Listed vendor", PP_TEXT, 0},
        {"listed_as", "As", PP_TEXT, 0},  {"instrument", "List", PP_TEXT, 0},
        {"title", "Title", PP_TEXT, 0},   {"kind", "Kind", PP_TEXT, 0},
        {"date", "Since", PP_TEXT, 0},    {"covers", "Binds those of", PP_TEXT, 0},
        {"status", "Status", PP_TEXT, 0}, {"source", "Source", PP_TEXT, 0}};
    pp_table *table;
    PP_TRY(pp__rows_start(result, "standards_listings", "Lists that name vendors",
                          columns, sizeof columns / sizeof *columns, &table, err));
    for (int64_t i = 0; i < w->s->n[PP__LINKS]; i++) {
        PP_TRY(put_listing(w, &w->s->listings[i], table, err));
    }
    return pp_result_set_note(result, "standards_listings",
                              "A list binds those under its own jurisdiction, not a city "
                              "elsewhere that buys.",
                              err);
}

static pp_status fill(work *w, pp_result *result, pp_error *err) {
    for (int64_t i = 0; i < w->s->n[PP__CONTRIBUTIONS]; i++) {
        PP_TRY(take(w, &w->s->contributions[i], err));
    }
    qsort(w->shares, (size_t)w->n, sizeof *w->shares, compare);
    PP_TRY(w->wanted ? pp_result_note_text(result, "vendor", w->wanted, err) : PP_OK);
    PP_TRY(put_shares(w, result, err));
    return put_listings(w, result, err);
}

static pp_status check_vendors(const pp_table *vendors, pp_error *err) {
    static const char *const names[] = {"vendor", "name", "parent", "aliases"};
    pp_column *column;
    for (int i = 0; vendors && i < 4; i++) {
        PP_TRY(pp_table_require(vendors, names[i], &column, err));
    }
    return PP_OK;
}

pp_status pp_standards_footprint(const pp_standards *s, const pp_table *vendors,
                                 const char *vendor, pp_result **out, pp_error *err) {
    work w = {.s = s, .vendors = vendors};
    *out = NULL;
    PP_TRY(check_vendors(vendors, err));
    PP_TRY(vendor ? check_wanted(&w, vendor, err) : PP_OK);
    w.shares = pp_calloc(s->n[PP__CONTRIBUTIONS] + 1, sizeof *w.shares);
    PP_NEED(w.shares, err);
    pp_status status = pp_result_new("standards", out, err);
    if (status == PP_OK) {
        status = fill(&w, *out, err);
    }
    for (int64_t i = 0; i < w.n; i++) {
        pp_buf_clear(&w.shares[i].instruments);
        pp_buf_clear(&w.shares[i].named);
    }
    pp_free(w.shares);
    if (status != PP_OK) {
        pp_result_free(*out);
        *out = NULL;
    }
    return status;
}
