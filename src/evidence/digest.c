#include "evidence/digest.h"

#include <stdio.h>
#include <string.h>

static void add(pp__digest *digest, const char *bytes, size_t n) {
    crypto_generichash_update(&digest->state, (const unsigned char *)bytes, n);
}

void pp__digest_begin(pp__digest *digest) {
    crypto_generichash_init(&digest->state, NULL, 0, 32);
}

/* A netstring, "5:Kenya,"; "-," for nothing. */
void pp__digest_text(pp__digest *digest, const char *text) {
    if (!text) {
        add(digest, "-,", 2);
        return;
    }
    char head[24];
    size_t n = strlen(text);
    int head_length = snprintf(head, sizeof head, "%zu:", n);
    add(digest, head, (size_t)head_length);
    add(digest, text, n);
    add(digest, ",", 1);
}

void pp__digest_integer(pp__digest *digest, int64_t integer) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)integer);
    pp__digest_text(digest, text);
}

void pp__digest_end(pp__digest *digest, char out[PP_DIGEST_HEX]) {
    unsigned char bytes[32];
    crypto_generichash_final(&digest->state, bytes, sizeof bytes);
    sodium_bin2hex(out, PP_DIGEST_HEX, bytes, sizeof bytes);
}
