#include "report/template.h"

#include "base/check.h"
#include "report/renderings.h"

#include <pushpull/file.h>

#include <string.h>

static void add_value(const pp__slot *slot, pp_buf *out) {
    if (slot->text) {
        pp__add_json_string(out, slot->text);
    } else if (slot->json) {
        pp_buf_add(out, slot->json);
    } else if (slot->rows) {
        pp__add_json_rows(out, slot->rows);
    } else {
        char number[32];
        pp_format_number(slot->number, number);
        pp_buf_add(out, number);
    }
}

pp_status pp__template_fill(const char *text, const char *file, const pp__slot *slots,
                            int n, pp_buf *out, pp_error *err) {
    const char *at;
    while ((at = strstr(text, "\"@")) != NULL) {
        const char *name = at + 2;
        size_t length = strcspn(name, "\"");
        int k = 0;
        while (k < n && (strlen(slots[k].name) != length ||
                         strncmp(slots[k].name, name, length) != 0)) {
            k++;
        }
        if (k == n) {
            pp_error_set(err, PP_E_INPUT, "the template asks for an unknown value '%.*s'",
                         (int)length, name);
            pp_error_locate(err, file, 0, NULL, NULL);
            return PP_E_INPUT;
        }
        pp_buf_add_bytes(out, text, at - text);
        add_value(&slots[k], out);
        text = name + length + (name[length] == '"');
    }
    pp_buf_add(out, text);
    return pp_buf_check(out, err);
}

static const char *part(const pp__part *parts, size_t n, const char *name,
                        size_t length) {
    for (size_t i = 0; i < n; i++) {
        if (strlen(parts[i].name) == length &&
            strncmp(parts[i].name, name, length) == 0) {
            return parts[i].text ? parts[i].text : "";
        }
    }
    return "";
}

void pp__parts_fill(const char *text, const pp__part *parts, size_t n, pp_buf *out) {
    const char *at;
    while ((at = strstr(text, "{{")) != NULL) {
        size_t length = strcspn(at + 2, "}");
        pp_buf_add_bytes(out, text, at - text);
        pp_buf_add(out, part(parts, n, at + 2, length));
        text = at + 2 + length;
        text += strspn(text, "}") < 2 ? strspn(text, "}") : 2;
    }
    pp_buf_add(out, text);
}

pp_status pp__web_file(const char *data_folder, const char *file, pp_buf *out,
                       pp_error *err) {
    pp_buf path;
    pp_buf_init(&path);
    pp_buf_printf(&path, "%s/web/%s", data_folder, file);
    pp_status status = pp_buf_check(&path, err);
    if (status == PP_OK) {
        status = pp_file_read(path.data, 0, out, err);
    }
    pp_buf_clear(&path);
    return status;
}
