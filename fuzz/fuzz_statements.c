#define _GNU_SOURCE /* memmem */
/* Statements about effects and the rule of their grades: whatever the bytes, statements with a grade and a
 * source, or an error that says where. */
#include "target.h"

#include "strategy/claims_checked.h"

#include <pushpull/file.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char head[] =
    "statement_id,place,country,who,name,statement,measure,claimed_change,unit,method,"
    "period_from,period_to,source_id,url,title,publisher,published\n";

static int is_year(double year) {
    return isnan(year) || (year >= 1900 && year <= 2100);
}

static void check_statements(const pp_effect_claims *claims) {
    pp_result *result = NULL;
    pp_error err = {0};
    pp_buf text;
    for (int64_t i = 0; i < claims->n; i++) {
        const pp__statement *s = &claims->statements[i];
        require(s->id && s->place && s->country && s->who && s->statement && s->method);
        require(s->grade && s->because && s->source);
        require(is_year(s->from) && is_year(s->to) && !(s->from > s->to));
    }
    require(pp_claims_checked(claims, NULL, "h", NULL, &result, &err) == PP_OK);
    pp_buf_init(&text);
    require(pp_claims_checked_tell(result, 40, &text, &err) == PP_OK);
    pp_buf_clear(&text);
    pp_result_free(result);
}

/* The rule of grades, a line of "%%", and rows under the right head. Both go by way of files. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char rows[64], grades[64];
    const char *text = size ? (const char *)data : "";
    const char *part = memmem(text, size, "%%\n", 3);
    size_t n = part ? (size_t)(part - text) : size, from = part ? n + 3 : size;
    pp_effect_claims *claims = NULL;
    pp_error err = {0};
    pp_buf file;
    snprintf(rows, sizeof rows, "/tmp/pushpull-fuzz-%ld.csv", (long)getpid());
    snprintf(grades, sizeof grades, "/tmp/pushpull-fuzz-%ld.yml", (long)getpid());
    pp_buf_init(&file);
    pp_buf_add(&file, head);
    pp_buf_add_bytes(&file, text + from, (int64_t)(size - from));
    require(pp_file_write(rows, file.data, file.length, NULL) == PP_OK);
    require(pp_file_write(grades, text, (int64_t)n, NULL) == PP_OK);
    pp_buf_clear(&file);
    pp_status status =
        pp_effect_claims_read(rows, grades, NULL, NULL, NULL, &claims, &err);
    require((status == PP_OK) == (claims != NULL));
    if (claims) {
        check_statements(claims);
    } else {
        require(err.message[0] && err.line >= 0);
    }
    pp_effect_claims_free(claims);
    unlink(rows);
    unlink(grades);
    return 0;
}
