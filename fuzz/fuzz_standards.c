/* Rows of the registry of standards: whatever the bytes, a registry whose views hold, or mistakes that say where. */
#include "target.h"

#include "evidence/gazetteer.h"
#include "strategy/registry.h"

#include <string.h>
#include <zlib.h>

static const char places[] = "DEU\tGermany\tDE\t276\t255\t255\tDEU\tEurope\tWestern "
                             "Europe\tstate\t\t\t1000000\t5100000\t\n"
                             "KEN\tKenya\tKE\t404\t501\t501\tKEN\tAfrica\tEastern "
                             "Africa\tstate\t1963\t\t100000\t3800000\t\n"
                             "@\t\tcountry\t4\n=de\t=0\n=deu\t=0\n=ke\t=1\n=ken\t=1\n";

static pp_gazetteer *make_gazetteer(void) {
    pp_gazetteer *g = NULL;
    pp_buf text;
    size_t n = sizeof places - 1;
    pp_buf_init(&text);
    pp_buf_printf(&text, "pushpull-places 1\t%08lx\t%zu\t2\t2\t4\t1\n",
                  (unsigned long)crc32(0, (const Bytef *)places, (uInt)n), n);
    pp_buf_add_bytes(&text, places, (int64_t)n);
    require(pp__gazetteer_parse(&text, &g, NULL) == PP_OK);
    pp_buf_clear(&text);
    return g;
}

static pp_table *make_table(pp__register of) {
    const pp__register_spec *spec = &pp__register_specs[of];
    pp_column *column;
    pp_table *out = NULL;
    require(pp_table_new(&out, NULL) == PP_OK);
    for (int k = 0; k < spec->n; k++) {
        require(pp_table_add(out, PP_TEXT, spec->fields[k].name, &column, NULL) == PP_OK);
    }
    return out;
}

/* Cells of a line are parted by tabs; an empty one is missing. */
static void add_row(pp_table *table, const char *line, size_t n) {
    int64_t row = pp_table_rows(table);
    require(pp_table_resize(table, row + 1, NULL) == PP_OK);
    for (int k = 0; k < pp_table_columns(table) && n > 0; k++) {
        const char *tab = memchr(line, '\t', n);
        size_t length = tab ? (size_t)(tab - line) : n;
        char *cell = pp_malloc((int64_t)length + 1, 1);
        require(cell != NULL);
        memcpy(cell, line, length);
        cell[length] = '\0';
        if (*cell) {
            require(pp_column_set_text(table, pp_table_column(table, k), row, cell,
                                       NULL) == PP_OK);
        }
        pp_free(cell);
        line += length + (tab != NULL);
        n -= length + (tab != NULL);
    }
}

/* Each line begins with the digit of its table. */
static void read_rows(const char *text, size_t size, pp_table *tables[PP__REGISTERS]) {
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t n = end ? (size_t)(end - text) : size;
        if (n > 1 && *text >= '0' && *text < '0' + PP__REGISTERS) {
            add_row(tables[*text - '0'], text + 1, n - 1);
        }
        text += n + (end != NULL);
        size -= n + (end != NULL);
    }
}

/* A view of a registry without mistakes is always there. */
#define VIEW(call)                                                                       \
    do {                                                                                 \
        pp_result *out = NULL;                                                           \
        require((call) == PP_OK && out);                                                 \
        pp_result_free(out);                                                             \
    } while (0)

static void look_at(const pp_standards *s) {
    static const char *const countries[] = {"KEN", "DEU"};
    for (int i = 0; i < 2; i++) {
        VIEW(pp_standards_binds(s, countries[i], "2024-06", &out, NULL));
        VIEW(pp_standards_calendar(s, countries[i], "2024-06", 2, &out, NULL));
    }
    VIEW(pp_standards_arenas(s, &out, NULL));
    VIEW(pp_standards_export(s, NULL, NULL, &out, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pp_table *tables[PP__REGISTERS], *problems = NULL;
    pp_standards *s = NULL;
    pp_error err = {0};
    pp_gazetteer *g = make_gazetteer();
    for (pp__register of = 0; of < PP__REGISTERS; of++) {
        tables[of] = make_table(of);
    }
    read_rows((const char *)data, size, tables);
    require(pp__standards_take(tables, NULL, g, &s, &problems, &err) == PP_OK);
    for (int64_t i = 0; i < pp_table_rows(problems); i++) {
        require(pp_column_get_text(pp_table_find(problems, "file"), i) != NULL);
        require(pp_column_get_text(pp_table_find(problems, "problem"), i) != NULL);
    }
    if (pp_table_rows(problems) == 0) {
        look_at(s);
    }
    pp_table_free(problems);
    pp_standards_free(s);
    pp_gazetteer_free(g);
    return 0;
}
