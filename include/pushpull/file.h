/* Files: whole reads, atomic writes, digests. */
#ifndef PUSHPULL_FILE_H
#define PUSHPULL_FILE_H

#include <pushpull/text.h>

enum { PP_DIGEST_HEX = 65 }; /* BLAKE2b-256 as 64 hexadecimal digits and a zero */

/* Reads a whole file into `out` (added to what is there). A missing file is PP_E_NOT_FOUND; a
   directory, a file without permission and anything else is PP_E_IO with a hint. Refuses more
   than `limit` bytes (0: no limit) with PP_E_INPUT. */
PP_API pp_status pp_file_read(const char *path, int64_t limit, pp_buf *out,
                              pp_error *err);

/* Writes by way of a temporary file beside it, flushed and renamed: `path` holds either the old
   bytes or all of the new. Creates missing folders above `path`. */
PP_API pp_status pp_file_write(const char *path, const void *bytes, int64_t length,
                               pp_error *err);
PP_API pp_status pp_file_make_folder(const char *path, pp_error *err); /* as mkdir -p */
PP_API int pp_file_exists(const char *path);
PP_API int pp_file_is_folder(const char *path);
/* PP_OK if `path` is a readable regular file, else an error that says what it is instead. */
PP_API pp_status pp_file_check_readable(const char *path, pp_error *err);

/* BLAKE2b-256 (libsodium), as lower-case hexadecimal. */
PP_API void pp_digest_bytes(const void *bytes, int64_t length, char out[PP_DIGEST_HEX]);
PP_API pp_status pp_digest_file(const char *path, char out[PP_DIGEST_HEX], pp_error *err);

#endif
