#include "evidence/database.h"
#include "base/check.h"

pp_status pp__db_exec(pp__db *db, const char *sql, pp_error *err) {
    return db->engine->exec(db, sql, err);
}

pp_status pp__db_prepare(pp__db *db, const char *sql, pp__statement **out,
                         pp_error *err) {
    return db->engine->prepare(db, sql, out, err);
}

void pp__finish(pp__statement *s) {
    if (s) {
        s->db->engine->finish(s);
    }
}

pp_status pp__bind_text(pp__statement *s, int index, const char *text, pp_error *err) {
    return s->db->engine->bind_text(s, index, text, err);
}

pp_status pp__bind_number(pp__statement *s, int index, double number, pp_error *err) {
    return s->db->engine->bind_number(s, index, number, err);
}

pp_status pp__bind_integer(pp__statement *s, int index, int64_t integer, pp_error *err) {
    return s->db->engine->bind_integer(s, index, integer, err);
}

pp_status pp__step(pp__statement *s, int *row, pp_error *err) {
    return s->db->engine->step(s, row, err);
}

pp_status pp__run(pp__statement *s, pp_error *err) {
    int row;
    pp_status status = pp__step(s, &row, err);
    pp__reset(s);
    if (status == PP_OK && row) {
        PP_FAIL(err, PP_E_INTERNAL, "a statement gave rows that nobody asked for");
    }
    return status;
}

void pp__reset(pp__statement *s) {
    s->db->engine->reset(s);
}

const char *pp__text(pp__statement *s, int column) {
    return s->db->engine->text(s, column);
}

double pp__number(pp__statement *s, int column) {
    return s->db->engine->number(s, column);
}

int64_t pp__integer(pp__statement *s, int column) {
    return s->db->engine->integer(s, column);
}

pp_status pp__db_integer(pp__db *db, const char *sql, int64_t *out, pp_error *err) {
    pp__statement *s;
    PP_TRY(pp__db_prepare(db, sql, &s, err));
    int row = 0;
    pp_status status = pp__step(s, &row, err);
    if (status == PP_OK) {
        *out = row ? pp__integer(s, 0) : 0;
    }
    pp__finish(s);
    return status;
}
