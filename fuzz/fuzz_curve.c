/* Checkpoints of specification curves: whatever the bytes, they are read or refused, and the state is
   whole. The text is also read as formula and lists. */
#include "target.h"

#include "drivers/curve_run.h"
#include "drivers/lists.h"

#include <pushpull/file.h>

#include <string.h>

enum { ROWS = 3, DRAWS = 2, HEX = PP_DIGEST_HEX - 1 };

static void decode(const char *bytes, int64_t length, const char digest[65]) {
    pp__curve_state state;
    pp_error err = {0};
    require(pp__curve_state_new(ROWS, DRAWS, &state, &err) == PP_OK);
    pp_status status = pp__curve_decode(bytes, length, digest, &state, &err);
    require(status == PP_OK || status == PP_E_CORRUPT || status == PP_E_CONFLICT);
    require(status == PP_OK || (state.done == 0 && state.drawn == 0));
    require(state.done <= ROWS && state.drawn <= DRAWS);
    if (status == PP_OK) { /* what was read is written as it was */
        pp_buf again;
        pp_buf_init(&again);
        pp__curve_encode(&state, digest, &again);
        require(!again.failed && again.length <= length);
        pp_buf_clear(&again);
    }
    pp__curve_state_clear(&state);
}

/* The bytes behind a right head and before a right digest, past which none comes by chance. */
static void decode_inside(const uint8_t *data, size_t size, const char digest[65]) {
    pp__curve_state state;
    pp_buf bytes;
    char hex[PP_DIGEST_HEX];
    require(pp__curve_state_new(ROWS, 0, &state, NULL) == PP_OK);
    pp_buf_init(&bytes);
    pp__curve_encode(&state, digest, &bytes);
    require(!bytes.failed);
    bytes.length -= HEX + 4 * (int64_t)sizeof(int64_t); /* but for counts and digest */
    pp_buf_add_bytes(&bytes, data, (int64_t)size);
    require(!bytes.failed);
    pp_digest_bytes(bytes.data, bytes.length, hex);
    pp_buf_add_bytes(&bytes, hex, HEX);
    require(!bytes.failed);
    decode(bytes.data, bytes.length, digest);
    pp_buf_clear(&bytes);
    pp__curve_state_clear(&state);
}

static void split(const char *text) {
    const char *part, *end = text + strlen(text);
    size_t length;
    for (const char *list = text; pp__part_next(&list, ',', &part, &length);) {
        require(length > 0 && part >= text && part + length <= end && list <= end);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char digest[PP_DIGEST_HEX], *text = malloc(size + 1);
    require(text != NULL);
    pp_digest_bytes("", 0, digest);
    decode((const char *)data, (int64_t)size, digest);
    decode_inside(data, size, digest);
    memcpy(text, data, size);
    text[size] = '\0';
    split(text);
    free(text);
    return 0;
}
