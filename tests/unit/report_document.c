#include "support/support.h"

#include "base/check.h"

#include <pushpull/document.h>
#include <pushpull/file.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOSTILE "</script><img src=x onerror=alert(1)>\"'&<!--"

/* A share folder with the real page and stand-ins for Vega, so that the page stays small.
 */
static const char *share_folder(void) {
    static char folder[512];
    static const char *const linked[] = {"figures", "report.html", "report.css",
                                         "report.js"};
    char web[600], link[700], source[700];
    pp_error err = {0};
    if (*folder) {
        return folder;
    }
    snprintf(folder, sizeof folder, "%s", fresh_folder());
    snprintf(web, sizeof web, "%s/web", folder);
    assert_ok(pp_file_make_folder(web, &err));
    for (int i = 0; i < 4; i++) {
        snprintf(link, sizeof link, "%s/%s", web, linked[i]);
        snprintf(source, sizeof source, "web/%s", linked[i]);
        assert_int_equal(symlink(source_path(source), link), 0);
    }
    write_text(web, "vega.min.js", "var vega = '</script>';\n");
    write_text(web, "vega-lite.min.js", "var vegaLite;\n");
    write_text(web, "vega-embed.min.js", "var vegaEmbed;\n");
    return folder;
}

static pp_status small_table(pp_table **out, pp_error *err) {
    static const char *const name[] = {"question", "answer", "verdict"};
    static const char *const text[] = {"Does it?", HOSTILE, "supported"};
    pp_column *column;
    PP_TRY(pp_table_new(out, err));
    PP_TRY(pp_table_resize(*out, 1, err));
    for (int j = 0; j < 3; j++) {
        PP_TRY(pp_table_add(*out, PP_TEXT, name[j], &column, err));
        PP_TRY(pp_column_set_text(*out, column, 0, text[j], err));
    }
    for (int j = 0; j < 3; j++) {
        static const char *const number[] = {"estimate", "conf_low", "conf_high"};
        PP_TRY(pp_table_add(*out, PP_NUMBER, number[j], &column, err));
        column->show = PP_SHOW_PERCENT;
        column->number[0] = 0.021 + 0.01 * (j == 2) - 0.03 * (j == 1);
    }
    return PP_OK;
}

static pp_status add_blocks(pp_document *document, const pp_table *table,
                            const pp_result *result, pp_error *err) {
    pp_figure figure = {.name = "f",
                        .title = HOSTILE,
                        .alt = HOSTILE,
                        .note = "Read it so.",
                        .spec = "{\"title\":\""
                                "</script><!--"
                                "\"}",
                        .table = (pp_table *)table};
    PP_TRY(pp_document_heading(document, 2, "Findings & " HOSTILE, err));
    PP_TRY(pp_document_findings(document, table, "What the data say", NULL, err));
    PP_TRY(pp_document_prose(document,
                             "Some *prose*, " HOSTILE
                             " ![a picture](http://x.example/y).\n\n"
                             "# A heading\n\n[x](javascript:alert(1))",
                             err));
    PP_TRY(pp_document_table(document, table, HOSTILE, HOSTILE, err));
    PP_TRY(pp_document_figure(document, &figure, err));
    PP_TRY(pp_document_callout(document, PP_CALLOUT_CAUTION, HOSTILE, "Take care.", err));
    PP_TRY(pp_document_warnings(document, result, err));
    return pp_document_provenance(document, result, err);
}

static pp_status make_page(void *payload, pp_error *err) {
    pp_table *table = NULL;
    pp_result *result = NULL;
    pp_document *document = NULL;
    pp_buf page, *out = payload ? payload : &page;
    pp_buf_init(&page);
    pp_status status = small_table(&table, err);
    if (status == PP_OK) {
        status = pp_result_new("run", &result, err);
    }
    if (status == PP_OK) {
        status = pp_result_warn(result, "lost", HOSTILE, 3, err, "%s", HOSTILE);
    }
    if (status == PP_OK) {
        status = pp_document_new("A title " HOSTILE, "A *lead*", &document, err);
    }
    if (status == PP_OK) {
        status = add_blocks(document, table, result, err);
    }
    if (status == PP_OK) {
        status = pp_document_render(document, share_folder(), out, err);
    }
    pp_document_free(document);
    pp_result_free(result);
    pp_table_free(table);
    pp_buf_clear(&page);
    return status;
}

static int count(const char *text, const char *what) {
    int n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++) {
        n++;
    }
    return n;
}

static void hostile_text_stays_text(void **state) {
    (void)state;
    pp_error err = {0};
    pp_buf page;
    pp_buf_init(&page);
    assert_ok(make_page(&page, &err));
    assert_null(strstr(page.data, "<img"));
    assert_null(strstr(page.data, "<!--\""));
    assert_null(strstr(page.data, "href=\"javascript"));
    assert_null(strstr(page.data, "x.example"));
    assert_int_equal(count(page.data, "<script"), count(page.data, "</script>"));
    assert_int_equal(count(page.data, "<script>"), 4);
    assert_int_equal(count(page.data, "<script type=\"application/json\""), 2);
    assert_non_null(strstr(page.data, "\\u003c/script>\\u003c!--"));
    assert_non_null(strstr(page.data, "var vega = '<\\/script>'"));
    pp_buf_clear(&page);
}

static void the_page_has_its_parts(void **state) {
    (void)state;
    pp_error err = {0};
    pp_buf page, again;
    pp_buf_init(&page);
    pp_buf_init(&again);
    assert_ok(make_page(&page, &err));
    assert_ok(make_page(&again, &err));
    assert_string_equal(page.data, again.data);
    assert_null(strstr(page.data, "{{"));
    assert_int_equal(count(page.data, "sha256-"), 4);
    assert_non_null(strstr(page.data, "default-src 'none'"));
    assert_non_null(strstr(page.data, "<a class=\"skip\" href=\"#main\">"));
    assert_non_null(
        strstr(page.data, "<li class=\"section\"><a href=\"#h1\">Findings &amp; "));
    assert_non_null(strstr(page.data, "<span class=\"badge supported\">"));
    assert_non_null(strstr(page.data, "−0.9% to 3.1%"));
    assert_non_null(strstr(page.data, "<h3>A heading</h3>"));
    assert_non_null(strstr(page.data, "Figure 1 as a table"));
    assert_non_null(strstr(page.data, "<figcaption id=\"table1\"><b>Table 1.</b> "));
    pp_buf_clear(&page);
    pp_buf_clear(&again);
}

static void without_figures_nothing_runs(void **state) {
    (void)state;
    pp_error err = {0};
    pp_document *document;
    pp_buf page;
    pp_buf_init(&page);
    assert_ok(pp_document_new("Bare", NULL, &document, &err));
    assert_int_equal(pp_document_heading(document, 4, "no", &err), PP_E_ARGUMENT);
    assert_ok(pp_document_render(document, share_folder(), &page, &err));
    assert_int_equal(count(page.data, "<script"), 0);
    assert_non_null(strstr(page.data, "script-src 'none'"));
    pp_buf_clear(&page);
    pp_document_free(document);
}

/* Parts stand above sections; files beside the page are links whatever their names; long tables are to be
   opened; a question leads to its section. */
static pp_status make_parts(void *payload, pp_error *err) {
    static const pp_link links[] = {{"Early <adopter>", "Kenya", "briefs/KEN.html"},
                                    {"Early <adopter>", "Uganda & co", "briefs/UGA.html"},
                                    {"Other", HOSTILE, "javascript:alert(1)\"?a b.html"}};
    pp_table *table = NULL, *found = NULL;
    pp_document *document = NULL;
    pp_buf page, *out = payload ? payload : &page;
    pp_column *anchor;
    pp_buf_init(&page);
    pp_status status = small_table(&table, err);
    if (status == PP_OK) {
        status = pp_table_copy(table, &found, err);
    }
    if (status == PP_OK) {
        status = pp_table_resize(table, 41, err);
    }
    if (status == PP_OK) {
        status = pp_table_add(found, PP_TEXT, "anchor", &anchor, err);
    }
    if (status == PP_OK) {
        status = pp_column_set_text(found, anchor, 0, "market", err);
    }
    if (status == PP_OK) {
        status = pp_column_set_text(found, pp_table_find(found, "answer"), 0,
                                    "From -2 to 3 (-1), twenty-one", err);
    }
    if (status == PP_OK) {
        status = pp_document_new("Parts", NULL, &document, err);
    }
    if (status == PP_OK) {
        status = pp_document_findings(document, found, "Found", NULL, err);
    }
    if (status == PP_OK) {
        status = pp_document_heading(document, 1, "Market", err);
    }
    if (status == PP_OK) {
        status = pp_document_anchor(document, "market", err);
    }
    if (status == PP_OK) {
        status = pp_document_heading(document, 2, "Who sells", err);
    }
    if (status == PP_OK) {
        status = pp_document_table(document, table, "Long", NULL, err);
    }
    if (status == PP_OK) {
        status = pp_document_links(document, links, 3, err);
    }
    if (status == PP_OK) {
        status = pp_document_render(document, share_folder(), out, err);
    }
    pp_document_free(document);
    pp_table_free(table);
    pp_table_free(found);
    pp_buf_clear(&page);
    return status;
}

static void parts_links_and_long_tables(void **state) {
    (void)state;
    static const char *const there[] = {
        "<li class=\"part\"><a href=\"#h1\">Market</a>",
        "<h2 class=\"part\" id=\"h1\">Market</h2>",
        "<h3 class=\"section\" id=\"h2\">Who sells</h3>",
        "<a id=\"market\"></a>",
        "<a href=\"#market\">Does it?</a>",
        "From \xe2\x88\x92"
        "2 to 3 (\xe2\x88\x92"
        "1), twenty-one",
        "<summary>All 41 rows</summary>",
        "<b>Early &lt;adopter&gt;</b> <a href=\"briefs/KEN.html\">Kenya</a> \xc2\xb7 "
        "<a href=\"briefs/UGA.html\">Uganda &amp; co</a></p>",
        "<a href=\"javascript%3Aalert%281%29%22%3Fa%20b.html\">"};
    pp_error err = {0};
    pp_buf page;
    pp_buf_init(&page);
    assert_ok(make_parts(&page, &err));
    for (size_t i = 0; i < sizeof there / sizeof *there; i++) {
        assert_non_null(strstr(page.data, there[i]));
    }
    assert_int_equal(count(page.data, "<p class=\"links\">"), 2);
    assert_null(strstr(page.data, "<img"));
    pp_buf_clear(&page);
    assert_true(fail_every_allocation(make_parts, NULL) > 20);
}

static void no_allocation_failure_leaks(void **state) {
    (void)state;
    share_folder();
    assert_true(fail_every_allocation(make_page, NULL) > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_text_stays_text),
        cmocka_unit_test(the_page_has_its_parts),
        cmocka_unit_test(without_figures_nothing_runs),
        cmocka_unit_test(parts_links_and_long_tables),
        cmocka_unit_test(no_allocation_failure_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
