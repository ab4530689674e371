#include "base/check.h"
#include "base/file.h"
#include "table/io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { RAW = 1 << 16 };

struct pp__stream {
    const char *path;
    pp__packing packing;
    int descriptor;
    int raw_end;   /* the file has no more bytes */
    int between;   /* no packed member has begun that has not ended */
    int64_t at, n; /* what of `raw` is still to be used */
    z_stream gzip;
    ZSTD_DStream *zstd;
    unsigned char raw[RAW];
};

static void *take_memory(void *payload, unsigned count, unsigned size) {
    (void)payload;
    return pp_malloc(count, size);
}

static void free_memory(void *payload, void *block) {
    (void)payload;
    pp_free(block);
}

static pp_status start_unpacking(pp__stream *s, pp_error *err) {
    s->between = 1;
    if (s->packing == PP__GZIP) {
        s->gzip.zalloc = take_memory;
        s->gzip.zfree = free_memory;
        if (inflateInit2(&s->gzip, 16 + MAX_WBITS) != Z_OK) {
            s->packing = PP__PLAIN;
            PP_FAIL(err, PP_E_MEMORY, "out of memory");
        }
    } else if (s->packing == PP__ZSTD) {
        s->zstd = ZSTD_createDStream();
        PP_NEED(s->zstd, err);
    }
    return PP_OK;
}

pp_status pp__stream_open(const char *path, pp__packing packing, pp__stream **out,
                          pp_error *err) {
    PP_TRY(pp_file_check_readable(path, err));
    pp__stream *s = pp_calloc(1, sizeof *s);
    PP_NEED(s, err);
    s->path = path;
    s->packing = packing;
    s->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    pp_status status = s->descriptor < 0 ? pp__file_error(err, path, "open it")
                                         : start_unpacking(s, err);
    if (status != PP_OK) {
        pp__stream_close(s);
        return status;
    }
    *out = s;
    return PP_OK;
}

void pp__stream_close(pp__stream *s) {
    if (!s) {
        return;
    }
    if (s->packing == PP__GZIP) {
        inflateEnd(&s->gzip);
    }
    ZSTD_freeDStream(s->zstd);
    if (s->descriptor >= 0) {
        close(s->descriptor);
    }
    pp_free(s);
}

static pp_status read_raw(pp__stream *s, unsigned char *out, int64_t size, int64_t *n,
                          pp_error *err) {
    ssize_t got;
    do {
        got = read(s->descriptor, out, (size_t)size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return pp__file_error(err, s->path, "read it");
    }
    *n = got;
    return PP_OK;
}

static pp_status broken(const pp__stream *s, const char *what, pp_error *err) {
    pp_error_set(err, PP_E_INPUT, "the %s data %s",
                 s->packing == PP__GZIP ? "gzip" : "zstd", what);
    pp_error_locate(err, s->path, 0, NULL, NULL);
    pp_error_hint(err,
                  "fetch or copy the file again and compare its size with the source");
    return PP_E_INPUT;
}

/* One step of unpacking: uses raw bytes, gives `*n` bytes. */
static pp_status unpack_gzip(pp__stream *s, unsigned char *out, int64_t size, int64_t *n,
                             pp_error *err) {
    s->gzip.next_in = s->raw + s->at;
    s->gzip.avail_in = (unsigned)s->n;
    s->gzip.next_out = out;
    s->gzip.avail_out = (unsigned)size;
    int code = inflate(&s->gzip, Z_NO_FLUSH);
    s->at += s->n - s->gzip.avail_in;
    s->n = s->gzip.avail_in;
    *n = size - s->gzip.avail_out;
    if (code == Z_MEM_ERROR) {
        PP_FAIL(err, PP_E_MEMORY, "out of memory");
    }
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
        return broken(s, "are damaged", err);
    }
    s->between = code == Z_STREAM_END;
    if (s->between) {
        inflateReset(&s->gzip);
    }
    return PP_OK;
}

static pp_status unpack_zstd(pp__stream *s, unsigned char *out, int64_t size, int64_t *n,
                             pp_error *err) {
    ZSTD_inBuffer in = {s->raw + s->at, (size_t)s->n, 0};
    ZSTD_outBuffer to = {out, (size_t)size, 0};
    size_t code = ZSTD_decompressStream(s->zstd, &to, &in);
    s->at += (int64_t)in.pos;
    s->n -= (int64_t)in.pos;
    *n = (int64_t)to.pos;
    if (ZSTD_isError(code)) {
        return broken(s, "are damaged", err);
    }
    s->between = code == 0;
    return PP_OK;
}

pp_status pp__stream_read(pp__stream *s, unsigned char *out, int64_t size, int64_t *n,
                          pp_error *err) {
    *n = 0;
    if (s->packing == PP__PLAIN) {
        return read_raw(s, out, size, n, err);
    }
    while (*n == 0) {
        if (s->n == 0 && !s->raw_end) {
            s->at = 0;
            PP_TRY(read_raw(s, s->raw, RAW, &s->n, err));
            s->raw_end = s->n == 0;
        }
        if (s->raw_end && s->between) {
            return PP_OK;
        }
        int64_t before = s->n;
        PP_TRY(s->packing == PP__GZIP ? unpack_gzip(s, out, size, n, err)
                                      : unpack_zstd(s, out, size, n, err));
        if (s->raw_end && *n == 0 && before == 0) {
            return broken(s, "end too early: the file was cut off", err);
        }
    }
    return PP_OK;
}
