/* The page around a document: DATA/web/report.html with its parts filled in. */
#include "report/document.h"

#include "base/check.h"
#include "report/template.h"

#include <pushpull/file.h>

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* What runs, in this order. Vega's files are absent where npm's packages were at build
 * time. */
static const char *const programs[] = {"vega.min.js", "vega-lite.min.js",
                                       "vega-embed.min.js", "report.js"};
enum { PROGRAMS = sizeof programs / sizeof *programs };

typedef struct page {
    const pp_document *document;
    const char *data_folder;
    pp_buf scripts; /* data blocks and programs */
    pp_buf hashes;  /* of the programs, as a content security policy lists them */
    pp_buf styles;
} page;

/* A script ends at "</script", wherever it stands; in a program that can only be within a
   string or a regular expression, where "\/" is the same as "/". */
static void add_program(page *p, const pp_buf *program) {
    unsigned char digest[crypto_hash_sha256_BYTES];
    char base64[64];
    pp_buf *out = &p->scripts;
    pp_buf_add(out, "<script>");
    int64_t start = out->length;
    const char *text = program->data, *at;
    while ((at = strstr(text, "</script")) != NULL) {
        pp_buf_add_bytes(out, text, at - text);
        pp_buf_add(out, "<\\/script");
        text = at + strlen("</script");
    }
    pp_buf_add(out, text);
    if (!out->failed) {
        crypto_hash_sha256(digest, (const unsigned char *)out->data + start,
                           (unsigned long long)(out->length - start));
        sodium_bin2base64(base64, sizeof base64, digest, sizeof digest,
                          sodium_base64_VARIANT_ORIGINAL);
        pp_buf_printf(&p->hashes, " 'sha256-%s'", base64);
    }
    pp_buf_add(out, "</script>\n");
}

static int has_programs(const char *data_folder) {
    char path[4096];
    for (int i = 0; i < PROGRAMS; i++) {
        snprintf(path, sizeof path, "%s/web/%s", data_folder, programs[i]);
        if (!pp_file_exists(path)) {
            return 0;
        }
    }
    return 1;
}

static pp_status add_themes(page *p, pp_error *err) {
    static const char *const themes[] = {"light", "dark"};
    pp_buf_add(&p->scripts, "<script type=\"application/json\" id=\"themes\">{");
    for (int i = 0; i < 2; i++) {
        char file[64];
        pp_buf theme;
        pp_buf_init(&theme);
        snprintf(file, sizeof file, "figures/theme-%s.json", themes[i]);
        pp_status status = pp__web_file(p->data_folder, file, &theme, err);
        if (status == PP_OK) {
            pp_buf_printf(&p->scripts, "%s\"%s\":", i > 0 ? "," : "", themes[i]);
            pp__add_json_block(&p->scripts, theme.data);
        }
        pp_buf_clear(&theme);
        PP_TRY(status);
    }
    pp_buf_add(&p->scripts, "}</script>\n");
    return PP_OK;
}

static pp_status add_scripts(page *p, pp_error *err) {
    if (p->document->figures == 0 || !has_programs(p->data_folder)) {
        return PP_OK;
    }
    PP_TRY(add_themes(p, err));
    pp_buf_add(&p->scripts, p->document->specs.data);
    for (int i = 0; i < PROGRAMS; i++) {
        pp_buf program;
        pp_buf_init(&program);
        pp_status status = pp__web_file(p->data_folder, programs[i], &program, err);
        if (status == PP_OK) {
            add_program(p, &program);
        }
        pp_buf_clear(&program);
        PP_TRY(status);
    }
    PP_TRY(pp_buf_check(&p->hashes, err));
    return pp_buf_check(&p->scripts, err);
}

static void fill(const page *p, const char *text, pp_buf *out) {
    const pp__part parts[] = {
        {"title", p->document->title.data},
        {"lead", p->document->lead.data},
        {"contents", p->document->contents.data},
        {"body", p->document->body.data},
        {"footer", p->document->footer.data},
        {"scripts", p->scripts.data},
        {"hashes", p->hashes.data},
        {"styles", p->styles.data},
    };
    pp__parts_fill(text, parts, sizeof parts / sizeof *parts, out);
}

pp_status pp_document_render(const pp_document *document, const char *data_folder,
                             pp_buf *out, pp_error *err) {
    page p = {.document = document, .data_folder = data_folder};
    pp_buf frame;
    pp_buf_init(&frame);
    pp_status status = pp__web_file(data_folder, "report.html", &frame, err);
    if (status == PP_OK) {
        status = pp__web_file(data_folder, "report.css", &p.styles, err);
    }
    if (status == PP_OK) {
        status = add_scripts(&p, err);
    }
    if (p.hashes.length == 0) {
        pp_buf_add(&p.hashes, " 'none'");
    }
    if (status == PP_OK) {
        status = pp_buf_check(&p.hashes, err);
    }
    if (status == PP_OK) {
        fill(&p, frame.data, out);
        status = pp_buf_check(out, err);
    }
    pp_buf_clear(&frame);
    pp_buf_clear(&p.scripts);
    pp_buf_clear(&p.hashes);
    pp_buf_clear(&p.styles);
    return status;
}
