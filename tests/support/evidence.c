#include "support/evidence.h"

#include "evidence/store.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char claims_header[] =
    "claim_id,place,place_kind,country,vendor,vendor_home,platform,status,earliest,latest,"
    "financing,amount_usd,buyer_level,buyer,stated_purpose,confidence,source_id,coder,note\n";
const char sources_header[] = "source_id,url,title,publisher,published,kind,language\n";
const char searches_header[] = "country,coder,targeted_queries_at_least,claims_found\n";
const char vendors_header[] = "vendor,name,home,parent,aliases\n";

const rows_of_study small_study = {
    .claims = "A0001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015-03,unknown,,"
              "national,Kenya Police,crime,medium,AS001,A,Working by 2015\n"
              "A0002,KEN,country,KEN,huawei,CHN,cctv_network,contracted,,2014-05-20,"
              "vendor_credit,150000000.5,national,,crime,high,AS002,A,\"Signed, they say\"\n"
              "B0001,Nairobbi,city,KEN,unknown,CHN,safe_city,announced,2012-11,2012-11,unknown,,"
              "unknown,,unknown,low,BS001,B,\n",
    .sources = "AS001,https://www.example.org/a?utm_source=x#top,Police get cameras in Nairobi "
               "today,A paper,2015-03-01,news,en\n"
               "AS002,http://example.com/contract,The contract,Ministry,,government,en\n"
               "BS001,http://example.org/a/,Something else,A paper,2015-03,news,en\n",
    .searches = "KEN,A,3,2\nUGA,A,1,0\n",
    .vendors = "huawei,Huawei,CHN,,Huawei Technologies\n",
};

/* A new folder each time, so that no import reads what another wrote. */
static const char *written(const char *folder, const char *name, const char *header,
                           const char *rows) {
    if (!rows) {
        return NULL;
    }
    size_t n = strlen(header), m = strlen(rows);
    char *text = malloc(n + m + 1);
    assert_non_null(text);
    memcpy(text, header, n);
    memcpy(text + n, rows, m + 1);
    const char *path = write_text(folder, name, text);
    free(text);
    return path;
}

static pp_status import(pp_store *store, const pp_gazetteer *gazetteer,
                        const rows_of_study *rows, int headers, pp_result **out,
                        pp_error *err) {
    const char *folder = fresh_folder();
    pp_import_options options = {
        .claims = written(folder, "claims.csv", headers ? claims_header : "", rows->claims),
        .sources = written(folder, "sources.csv", headers ? sources_header : "", rows->sources),
        .searches = written(folder, "searches.csv", headers ? searches_header : "",
                            rows->searches),
        .vendors = written(folder, "vendors.csv", headers ? vendors_header : "", rows->vendors),
        .dry_run = rows->dry_run,
        .author = "tester"};
    return pp_evidence_import(store, gazetteer, &options, NULL, out, err);
}

pp_status import_rows(pp_store *store, const pp_gazetteer *gazetteer,
                      const rows_of_study *rows, pp_result **out, pp_error *err) {
    return import(store, gazetteer, rows, 1, out, err);
}

pp_status import_texts(pp_store *store, const pp_gazetteer *gazetteer,
                       const rows_of_study *texts, pp_result **out, pp_error *err) {
    return import(store, gazetteer, texts, 0, out, err);
}

const char *at(const pp_table *table, const char *name, int64_t row) {
    static char numbers[8][32];
    static int next;
    const pp_column *column = pp_table_find(table, name);
    if (!column || row < 0 || row >= pp_table_rows(table)) {
        fail_msg("there is no column '%s' or no row %lld", name, (long long)row);
    }
    if (pp_column_is_missing(column, row)) {
        return "-";
    }
    if (column->type == PP_NUMBER) {
        char *number = numbers[next++ % 8];
        pp_format_number(column->number[row], number);
        return number;
    }
    return pp_column_get_text(column, row);
}

const char *at_key(const pp_table *table, const char *key, const char *value,
                    const char *column) {
    for (int64_t row = 0; row < pp_table_rows(table); row++) {
        if (strcmp(at(table, key, row), value) == 0) {
            return at(table, column, row);
        }
    }
    return "no row";
}

int counted(const pp_result *result, const char *kind, const char *outcome) {
    return atoi(at_key(pp_result_find(result, "import"), "kind", kind, outcome));
}

int has_warning(const pp_result *result, const char *code) {
    for (int i = 0; i < pp_result_warnings(result); i++) {
        if (strcmp(pp_result_warning(result, i)->code, code) == 0) {
            return 1;
        }
    }
    return 0;
}

int64_t log_entries(pp_store *store) {
    pp_error err = {0};
    int64_t n = -1;
    assert_ok(pp__db_integer(store->db, "SELECT count(*) FROM log", &n, &err));
    return n;
}

void assert_verifies(pp_store *store) {
    pp_error err = {0};
    pp_result *result = NULL;
    assert_ok(pp_evidence_verify(store, NULL, &result, &err));
    pp_result_free(result);
}
