/* Vendors by their names, for sentences; conditions are over their slugs. */
#include "strategy/messages_tables.h"

#include "base/check.h"
#include "strategy/rows.h"

#include <stdio.h>
#include <string.h>

static const char NOBODY[] = "a vendor that no source names";

static const char *name_of(const pp__rows *vendors, const char *slug) {
    int64_t row = pp__rows_first(vendors, slug);
    const char *name = row < 0 ? NULL : pp__text_at(vendors->table, "name", row);
    return name ? name : slug;
}

static void add_name(const char *between, const char *name, pp_buf *out) {
    if (name) {
        pp_buf_printf(out, "%s%s", out->length ? between : "", name);
    }
}

/* "Huawei, ZTE and a vendor that no source names" of "huawei,unknown,zte". */
static void add_names(const pp__rows *vendors, const char *slugs, pp_buf *out) {
    char slugs_of[2][80]; /* that of `last`, and the next */
    const char *last = NULL, *nobody = NULL;
    int next = 0;
    pp_buf_clear(out);
    for (const char *at = slugs; *at;) {
        size_t length = strcspn(at, ",; ");
        char *slug = slugs_of[next];
        snprintf(slug, sizeof slugs_of[0], "%.*s", (int)length, at);
        at += length + strspn(at + length, ",; ");
        if (strcmp(slug, "unknown") == 0) {
            nobody = NOBODY;
            continue;
        }
        add_name(", ", last, out);
        last = name_of(vendors, slug);
        next = !next;
    }
    add_name(nobody ? ", " : " and ", last, out);
    add_name(" and ", nobody, out);
}

static pp_status put_names(const pp__rows *vendors, pp_table *facts, const char *column,
                           pp_error *err) {
    pp_column *of = (pp_column *)pp_table_find(facts, column);
    pp_status status = PP_OK;
    pp_buf names;
    if (!of || of->type == PP_NUMBER) {
        return PP_OK;
    }
    pp_buf_init(&names);
    for (int64_t row = 0; status == PP_OK && row < pp_table_rows(facts); row++) {
        const char *slugs = pp_column_get_text(of, row);
        if (slugs && *slugs) {
            add_names(vendors, slugs, &names);
            status = pp_buf_check(&names, err);
            status = status == PP_OK ? pp_column_set_text(facts, of, row, names.data, err)
                                     : status;
        }
    }
    pp_buf_clear(&names);
    return status;
}

pp_status pp__name_vendors(pp__choice *c, pp_error *err) {
    pp__rows vendors;
    PP_TRY(pp_table_copy(c->facts, &c->said, err));
    PP_TRY(pp__rows_by(c->in->vendors, "vendor", &vendors, err));
    pp_status status = put_names(&vendors, c->said, "vendors", err);
    if (status == PP_OK) {
        status = put_names(&vendors, c->said, "largest_vendor", err);
    }
    pp__rows_free(&vendors);
    return status;
}
