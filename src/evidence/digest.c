#include "evidence/digest.h"

#include <string.h>

void pp__digest_begin(pp__digest *digest) {
    crypto_generichash_init(&digest->state, NULL, 0, 32);
}

/* Eight bytes, the lowest first, on any machine. */
void pp__digest_integer(pp__digest *digest, int64_t integer) {
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)((uint64_t)integer >> (8 * i));
    }
    crypto_generichash_update(&digest->state, bytes, sizeof bytes);
}

/* The length, -1 for nothing, and the bytes. */
void pp__digest_text(pp__digest *digest, const char *text) {
    size_t n = text ? strlen(text) : 0;
    pp__digest_integer(digest, text ? (int64_t)n : -1);
    crypto_generichash_update(&digest->state, (const unsigned char *)text, n);
}

void pp__digest_end(pp__digest *digest, char out[PP_DIGEST_HEX]) {
    unsigned char bytes[32];
    crypto_generichash_final(&digest->state, bytes, sizeof bytes);
    sodium_bin2hex(out, PP_DIGEST_HEX, bytes, sizeof bytes);
}
