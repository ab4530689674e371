#include "base/file.h"

#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

pp_status pp__file_error(pp_error *err, const char *path, const char *doing) {
    int code = errno;
    pp_status status = code == ENOENT ? PP_E_NOT_FOUND : PP_E_IO;
    pp_error_set(err, status, "cannot %s: %s", doing, strerror(code));
    pp_error_locate(err, path, 0, NULL, NULL);
    if (code == ENOENT) {
        pp_error_hint(err, "check the spelling and the folder it is looked for in");
    } else if (code == EACCES || code == EPERM) {
        pp_error_hint(err,
                      "your user may not access it; look at its permissions with ls -l");
    } else if (code == ENOSPC || code == EDQUOT) {
        pp_error_hint(err, "the disk is full: free some space and run it again; nothing "
                           "was changed");
    } else if (code == EROFS) {
        pp_error_hint(err, "the folder is on a read-only file system");
    }
    return status;
}

int pp_file_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0;
}

int pp_file_is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

pp_status pp_file_check_readable(const char *path, pp_error *err) {
    struct stat info;
    if (stat(path, &info) != 0) {
        return pp__file_error(err, path, "open it");
    }
    if (S_ISDIR(info.st_mode)) {
        pp_error_set(err, PP_E_IO, "is a folder, a file was expected");
        pp_error_locate(err, path, 0, NULL, NULL);
        pp_error_hint(err, "name a file in it");
        return PP_E_IO;
    }
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return pp__file_error(err, path, "open it");
    }
    close(descriptor);
    return PP_OK;
}

/* Calls `take` on each block of the file; stops on the first status that is not PP_OK. */
typedef pp_status take_block(void *payload, const void *bytes, int64_t n, pp_error *err);

static pp_status read_blocks(const char *path, take_block *take, void *payload,
                             pp_error *err) {
    PP_TRY(pp_file_check_readable(path, err));
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return pp__file_error(err, path, "open it");
    }
    unsigned char block[1 << 16];
    pp_status status = PP_OK;
    while (status == PP_OK) {
        ssize_t n = read(descriptor, block, sizeof block);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            status = pp__file_error(err, path, "read it");
        }
        if (n <= 0) {
            break;
        }
        status = take(payload, block, n, err);
    }
    close(descriptor);
    return status;
}

typedef struct limited {
    pp_buf *out;
    int64_t limit;
    const char *path;
} limited;

static pp_status take_limited(void *payload, const void *bytes, int64_t n,
                              pp_error *err) {
    limited *l = payload;
    if (l->limit > 0 && l->out->length > l->limit - n) {
        pp_error_set(err, PP_E_INPUT, "is larger than the %lld bytes that are allowed",
                     (long long)l->limit);
        pp_error_locate(err, l->path, 0, NULL, NULL);
        return PP_E_INPUT;
    }
    pp_buf_add_bytes(l->out, bytes, n);
    return pp_buf_check(l->out, err);
}

pp_status pp_file_read(const char *path, int64_t limit, pp_buf *out, pp_error *err) {
    limited l = {out, limit, path};
    PP_TRY(read_blocks(path, take_limited, &l, err));
    pp_buf_add_bytes(out, "", 0);
    return pp_buf_check(out, err);
}

static pp_status make_one_folder(const char *path, pp_error *err) {
    if (mkdir(path, 0777) == 0) {
        return PP_OK;
    }
    int code = errno;
    if (pp_file_is_folder(path)) {
        return PP_OK;
    }
    errno = code;
    return pp__file_error(err, path, "make the folder");
}

pp_status pp_file_make_folder(const char *path, pp_error *err) {
    char *copy = pp_strdup(path);
    PP_NEED(copy, err);
    pp_status status = PP_OK;
    for (char *slash = copy + 1; *copy && status == PP_OK; slash++) {
        slash = strchr(slash, '/');
        if (!slash) {
            break;
        }
        *slash = '\0';
        status = make_one_folder(copy, err);
        *slash = '/';
    }
    if (status == PP_OK && *copy) {
        status = make_one_folder(copy, err);
    }
    pp_free(copy);
    return status;
}

static pp_status make_folder_above(const char *path, pp_error *err) {
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) {
        return PP_OK;
    }
    pp_buf folder;
    pp_buf_init(&folder);
    pp_buf_add_bytes(&folder, path, slash - path);
    pp_status status = pp_buf_check(&folder, err);
    if (status == PP_OK) {
        status = pp_file_make_folder(folder.data, err);
    }
    pp_buf_clear(&folder);
    return status;
}

pp_status pp__new_file_open(pp__new_file *file, const char *path, pp_error *err) {
    if (pp_file_is_folder(path)) {
        errno = EISDIR;
        return pp__file_error(err, path, "write it");
    }
    PP_TRY(make_folder_above(path, err));
    pp_buf name;
    pp_buf_init(&name);
    pp_buf_printf(&name, "%s.%ld.tmp", path, (long)getpid());
    PP_TRY(pp_buf_check(&name, err));
    int descriptor = open(name.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        pp_status status = pp__file_error(err, path, "write it");
        pp_buf_clear(&name);
        return status;
    }
    *file = (pp__new_file){path, name.data, descriptor, 0};
    return PP_OK;
}

pp_status pp__new_file_add(pp__new_file *file, const void *bytes, int64_t length,
                           pp_error *err) {
    const unsigned char *from = bytes;
    while (length > 0) {
        ssize_t n = write(file->descriptor, from, (size_t)length);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return pp__file_error(err, file->path, "write it");
        }
        from += n;
        length -= n;
    }
    return PP_OK;
}

pp_status pp__new_file_close(pp__new_file *file, pp_status status, pp_error *err) {
    if (status == PP_OK && !file->is_part && fsync(file->descriptor) != 0) {
        status = pp__file_error(err, file->path, "write it");
    }
    if (close(file->descriptor) != 0 && status == PP_OK) {
        status = pp__file_error(err, file->path, "write it");
    }
    if (status == PP_OK && rename(file->temporary, file->path) != 0) {
        status = pp__file_error(err, file->path, "write it");
    }
    if (status != PP_OK) {
        unlink(file->temporary);
    }
    pp_free(file->temporary);
    return status;
}

pp_status pp_file_write(const char *path, const void *bytes, int64_t length,
                        pp_error *err) {
    pp__new_file file;
    PP_TRY(pp__new_file_open(&file, path, err));
    return pp__new_file_close(&file, pp__new_file_add(&file, bytes, length, err), err);
}

pp_status pp__file_write_part(const char *path, const void *bytes, int64_t length,
                              pp_error *err) {
    pp__new_file file;
    PP_TRY(pp__new_file_open(&file, path, err));
    file.is_part = 1;
    return pp__new_file_close(&file, pp__new_file_add(&file, bytes, length, err), err);
}

static void digest_hex(const unsigned char digest[32], char out[PP_DIGEST_HEX]) {
    sodium_bin2hex(out, PP_DIGEST_HEX, digest, 32);
}

void pp_digest_bytes(const void *bytes, int64_t length, char out[PP_DIGEST_HEX]) {
    unsigned char digest[32];
    crypto_generichash(digest, sizeof digest, bytes, (unsigned long long)length, NULL, 0);
    digest_hex(digest, out);
}

static pp_status take_digest(void *payload, const void *bytes, int64_t n, pp_error *err) {
    (void)err;
    crypto_generichash_update(payload, bytes, (unsigned long long)n);
    return PP_OK;
}

pp_status pp_digest_file(const char *path, char out[PP_DIGEST_HEX], pp_error *err) {
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    PP_TRY(read_blocks(path, take_digest, &state, err));
    unsigned char digest[32];
    crypto_generichash_final(&state, digest, sizeof digest);
    digest_hex(digest, out);
    return PP_OK;
}
