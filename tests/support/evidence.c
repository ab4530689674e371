#include "support/evidence.h"

#include "evidence/import.h"

#include <pushpull/text.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char claims_header[] = "claim_id,place,place_kind,country,vendor,vendor_home,"
                             "platform,status,earliest,latest,"
                             "financing,amount_usd,buyer_level,buyer,stated_purpose,"
                             "confidence,source_id,coder,note\n";
const char sources_header[] = "source_id,url,title,publisher,published,kind,language\n";
const char searches_header[] = "country,coder,targeted_queries_at_least,claims_found\n";
const char vendors_header[] = "vendor,name,home,parent,aliases\n";

const rows_of_study small_study = {
    .claims =
        "A0001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015-03,unknown,,"
        "national,Kenya Police,crime,medium,AS001,A,Working by 2015\n"
        "A0002,KEN,country,KEN,huawei,CHN,cctv_network,contracted,,2014-05-20,"
        "vendor_credit,150000000.5,national,,crime,high,AS002,A,\"Signed, they say\"\n"
        "B0001,Nairobbi,city,KEN,unknown,CHN,safe_city,announced,2012-11,2012-11,unknown,"
        ","
        "unknown,,unknown,low,BS001,B,\n",
    .sources =
        "AS001,https://www.example.org/a?utm_source=x#top,Police get cameras in Nairobi "
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
        .claims =
            written(folder, "claims.csv", headers ? claims_header : "", rows->claims),
        .sources =
            written(folder, "sources.csv", headers ? sources_header : "", rows->sources),
        .searches = written(folder, "searches.csv", headers ? searches_header : "",
                            rows->searches),
        .vendors =
            written(folder, "vendors.csv", headers ? vendors_header : "", rows->vendors),
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

static const char *const table_rows[PP__KINDS] = {
    [PP__SOURCE] =
        "AS001|https://www.example.org/a?utm_source=x|Police get cameras in town today||"
        "2015-03-01|news|en\n"
        "AS002|http://example.com/contract|The contract|Ministry||government|en\n"
        "BS001|http://example.org/a/|Police get new cameras in town|A|2015-03-02|news|\n",
    [PP__SEARCH] = "KEN|A|3|2\n",
    [PP__VENDOR] = "huawei|Huawei|CHN||Huawei Technologies\n",
    [PP__CLAIM] =
        "A0001|Nairobi|city|KEN|huawei|CHN|safe_city|operational|2014|2015-03|||national|"
        "Police|crime|medium|AS001|A|By 2015\n"
        "A0002|KEN|country|KEN|zte|CHN|cctv_network|contracted||2014-05-20|grant|15.5|||"
        "|high|AS002|A|\n"
        "B0001|Nairobbi|city|KEN|unknown|CHN|safe_city|announced|2012|2012|||||crime|low|"
        "BS001|B|\n",
};

static pp_status fill_table(pp_table *table, pp__kind kind, char *rows, pp_error *err) {
    pp_status status = PP_OK;
    char *rest_of_rows = NULL;
    for (int f = 0; f < pp__entities[kind].n && status == PP_OK; f++) {
        pp_column *column;
        status =
            pp_table_add(table, PP_TEXT, pp__entities[kind].fields[f].name, &column, err);
    }
    for (char *line = strtok_r(rows, "\n", &rest_of_rows); line && status == PP_OK;
         line = strtok_r(NULL, "\n", &rest_of_rows)) {
        int64_t row;
        status = pp_table_append(table, &row, err);
        for (int f = 0; f < pp__entities[kind].n && status == PP_OK; f++) {
            char *cell = strsep(&line, "|");
            status = pp_column_set_text(table, pp_table_column(table, f), row,
                                        cell && *cell ? cell : NULL, err);
        }
    }
    return status;
}

static pp_status take_tables(pp__import *im, pp_error *err) {
    pp_status status = pp_result_new("import", &im->result, err);
    for (int kind = 0; kind < PP__KINDS && status == PP_OK; kind++) {
        pp_table *table;
        im->of[kind].kind = (pp__kind)kind;
        if (!table_rows[kind]) {
            continue;
        }
        char *rows = strdup(table_rows[kind]);
        assert_non_null(rows);
        status = pp_table_new(&table, err);
        if (status == PP_OK) {
            status = fill_table(table, (pp__kind)kind, rows, err);
            if (status != PP_OK) {
                pp_table_free(table);
            } else {
                status = pp__import_take(im, (pp__kind)kind, table, err);
            }
        }
        free(rows);
    }
    return status;
}

static pp_status import_tables(pp_store *store, pp_error *err) {
    pp__import im = {.store = store};
    int64_t changes = 0;
    pp_status status = take_tables(&im, err);
    if (status == PP_OK) {
        status = pp__store_begin(store, "tester", err);
    }
    if (status == PP_OK) {
        status = pp__import_check(&im, err);
    }
    if (status == PP_OK) {
        status = pp__import_derive(&im, err);
    }
    assert_int_equal(im.refusals, 0);
    if (status == PP_OK) {
        status = pp__import_apply(&im, &changes, err);
    }
    if (status == PP_OK) {
        status = pp__import_report(&im, err);
    }
    if (status == PP_OK) {
        status = pp__store_commit(store, err);
    }
    pp__import_clear(&im);
    return status;
}

pp_status open_store_of_tables(pp_store **out, pp_error *err) {
    pp_status status = pp_store_open(":memory:", PP_STORE_CREATE, out, err);
    if (status == PP_OK) {
        status = import_tables(*out, err);
    }
    if (status != PP_OK) {
        pp_store_close(*out);
        *out = NULL;
    }
    return status;
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
