/* Files, for the library's other files. */
#ifndef PP_BASE_FILE_H
#define PP_BASE_FILE_H

#include <pushpull/file.h>

/* The error of a system call on a file, from errno: a missing file is PP_E_NOT_FOUND,
   anything else PP_E_IO, with a hint; `doing` completes "cannot ...". */
pp_status pp__file_error(pp_error *err, const char *path, const char *doing);

/* A file that appears whole or not at all: written beside `path` (which is borrowed)
   under another name, flushed, and renamed. Missing folders above `path` are made. */
typedef struct pp__new_file {
    const char *path;
    char *temporary;
    int descriptor;
    int is_part; /* of a folder that comes into place as a whole: not flushed by itself */
} pp__new_file;

pp_status pp__new_file_open(pp__new_file *file, const char *path, pp_error *err);
pp_status pp__new_file_add(pp__new_file *file, const void *bytes, int64_t length,
                           pp_error *err);
/* Puts it in place if `status` is PP_OK and removes it otherwise; either way `file` is
 * done with. */
pp_status pp__new_file_close(pp__new_file *file, pp_status status, pp_error *err);

/* As pp_file_write, of one file of very many in a folder that comes into place as a whole and whose
   manifest has its digest: it is not flushed by itself, which on a busy disk takes longer than the work. */
pp_status pp__file_write_part(const char *path, const void *bytes, int64_t length,
                              pp_error *err);

#endif
