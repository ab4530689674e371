/* Templates of figures and pages: JSON text in which the string "@name" stands for a
 * value. */
#ifndef PP_REPORT_TEMPLATE_H
#define PP_REPORT_TEMPLATE_H

#include <pushpull/table.h>
#include <pushpull/text.h>

/* One value: exactly one of `text` (becomes a JSON string), `json` (goes in as it is) and
   `rows` (an array of objects) is set; else it is `number`. */
typedef struct pp__slot {
    const char *name;
    const char *text, *json;
    const pp_table *rows;
    double number;
} pp__slot;

/* Fills every "@name" of `text`; one without a slot is PP_E_INPUT. `file` is for the
 * error. */
pp_status pp__template_fill(const char *text, const char *file, const pp__slot *slots,
                            int n, pp_buf *out, pp_error *err);

/* A part of a page; NULL: empty. */
typedef struct pp__part {
    const char *name, *text;
} pp__part;

/* Replaces every {{name}} of `text`; one that there is not, by nothing. */
void pp__parts_fill(const char *text, const pp__part *parts, size_t n, pp_buf *out);

/* DATA/web/FILE as it is. */
pp_status pp__web_file(const char *data_folder, const char *file, pp_buf *out,
                       pp_error *err);

#endif
