#include "base/check.h"
#include "base/file.h"
#include "table/io.h"

#include <zlib.h>
#include <zstd.h>

enum { BLOCK = 1 << 16, ZSTD_LEVEL = 3 };

struct pp__sink {
    pp__new_file file;
    pp__packing packing;
    z_stream gzip;
    ZSTD_CStream *zstd;
    pp_buf pending;
    unsigned char packed[BLOCK];
};

static void *take_memory(void *payload, unsigned count, unsigned size) {
    (void)payload;
    return pp_malloc(count, size);
}

static void free_memory(void *payload, void *block) {
    (void)payload;
    pp_free(block);
}

static void free_sink(pp__sink *sink) {
    if (sink->packing == PP__GZIP) {
        deflateEnd(&sink->gzip);
    }
    ZSTD_freeCStream(sink->zstd);
    pp_buf_clear(&sink->pending);
    pp_free(sink);
}

static pp_status start_packing(pp__sink *sink, pp__packing packing, pp_error *err) {
    if (packing == PP__GZIP) {
        sink->gzip.zalloc = take_memory;
        sink->gzip.zfree = free_memory;
        if (deflateInit2(&sink->gzip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS,
                         8, Z_DEFAULT_STRATEGY) != Z_OK) {
            PP_FAIL(err, PP_E_MEMORY, "out of memory");
        }
    } else if (packing == PP__ZSTD) {
        sink->zstd = ZSTD_createCStream();
        PP_NEED(sink->zstd, err);
        ZSTD_initCStream(sink->zstd, ZSTD_LEVEL);
    }
    sink->packing = packing;
    return PP_OK;
}

pp_status pp__sink_open(const char *path, pp__packing packing, pp__sink **out,
                        pp_error *err) {
    pp__sink *sink = pp_calloc(1, sizeof *sink);
    PP_NEED(sink, err);
    pp_buf_init(&sink->pending);
    pp_status status = start_packing(sink, packing, err);
    if (status == PP_OK) {
        status = pp__new_file_open(&sink->file, path, err);
    }
    if (status != PP_OK) {
        free_sink(sink);
        return status;
    }
    *out = sink;
    return PP_OK;
}

pp_buf *pp__sink_pending(pp__sink *sink) {
    return &sink->pending;
}

static pp_status pack_gzip(pp__sink *sink, int last, pp_error *err) {
    sink->gzip.next_in = (unsigned char *)sink->pending.data;
    sink->gzip.avail_in = (unsigned)sink->pending.length;
    int code;
    do {
        sink->gzip.next_out = sink->packed;
        sink->gzip.avail_out = BLOCK;
        code = deflate(&sink->gzip, last ? Z_FINISH : Z_NO_FLUSH);
        PP_TRY(pp__new_file_add(&sink->file, sink->packed, BLOCK - sink->gzip.avail_out,
                                err));
    } while (sink->gzip.avail_out == 0 || (last && code != Z_STREAM_END));
    return PP_OK;
}

static pp_status pack_zstd(pp__sink *sink, int last, pp_error *err) {
    ZSTD_inBuffer in = {sink->pending.data, (size_t)sink->pending.length, 0};
    size_t left;
    do {
        ZSTD_outBuffer out = {sink->packed, BLOCK, 0};
        left = ZSTD_compressStream2(sink->zstd, &out, &in,
                                    last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left)) {
            PP_FAIL(err, PP_E_MEMORY, "cannot compress: %s", ZSTD_getErrorName(left));
        }
        PP_TRY(pp__new_file_add(&sink->file, sink->packed, (int64_t)out.pos, err));
    } while (last ? left > 0 : in.pos < in.size);
    return PP_OK;
}

static pp_status write_pending(pp__sink *sink, int last, pp_error *err) {
    PP_TRY(pp_buf_check(&sink->pending, err));
    pp_status status = sink->packing == PP__GZIP ? pack_gzip(sink, last, err)
                       : sink->packing == PP__ZSTD
                           ? pack_zstd(sink, last, err)
                           : pp__new_file_add(&sink->file, sink->pending.data,
                                              sink->pending.length, err);
    sink->pending.length = 0;
    return status;
}

pp_status pp__sink_flow(pp__sink *sink, pp_error *err) {
    if (sink->pending.length < BLOCK && !sink->pending.failed) {
        return PP_OK;
    }
    return write_pending(sink, 0, err);
}

pp_status pp__sink_close(pp__sink *sink, pp_status status, pp_error *err) {
    if (status == PP_OK) {
        status = write_pending(sink, 1, err);
    }
    status = pp__new_file_close(&sink->file, status, err);
    free_sink(sink);
    return status;
}
