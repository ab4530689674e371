#include "evidence/address.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *after_scheme(const char *url) {
    return strncasecmp(url, "https://", 8) == 0  ? url + 8
           : strncasecmp(url, "http://", 7) == 0 ? url + 7
                                                 : NULL;
}

const char *pp__address_fault(const char *url) {
    const char *rest = after_scheme(url);
    if (!rest) {
        return "is no address that begins with https:// or http://";
    }
    for (const char *c = url; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f) {
            return "has a space in it";
        }
    }
    size_t host = strcspn(rest, "/?#");
    const char *dot = memchr(rest, '.', host);
    if (host == 0 || !dot || dot == rest) {
        return "names no host";
    }
    return NULL;
}

static const char *const tracking[] = {
    "fbclid",  "gclid",  "gclsrc", "dclid",  "gbraid", "wbraid", "msclkid", "yclid",
    "twclid",  "igshid", "mc_cid", "mc_eid", "_ga",    "_gl",    "ref",     "ref_src",
    "ref_url", "cmpid",  "ocid",   "spm",    "xtor",   "smid",   "fromrss",
};

static int is_tracking(const char *parameter, size_t n) {
    size_t name = strcspn(parameter, "=");
    name = name < n ? name : n;
    if (name > 4 && strncasecmp(parameter, "utm_", 4) == 0) {
        return 1;
    }
    for (size_t i = 0; i < sizeof tracking / sizeof *tracking; i++) {
        if (strlen(tracking[i]) == name &&
            strncasecmp(parameter, tracking[i], name) == 0) {
            return 1;
        }
    }
    return 0;
}

static void add_host(const char *host, size_t n, pp_buf *out) {
    const char *user = memchr(host, '@', n);
    if (user) {
        n -= (size_t)(user + 1 - host);
        host = user + 1;
    }
    if (n > 4 && strncasecmp(host, "www.", 4) == 0) {
        host += 4;
        n -= 4;
    }
    if ((n > 3 && memcmp(host + n - 3, ":80", 3) == 0) ||
        (n > 4 && memcmp(host + n - 4, ":443", 4) == 0)) {
        n -= host[n - 3] == ':' ? 3 : 4;
    }
    for (size_t i = 0; i < n; i++) {
        pp_buf_add_char(out, (char)tolower((unsigned char)host[i]));
    }
}

static void add_parameters(const char *query, size_t n, pp_buf *out) {
    char before = '?';
    for (size_t at = 0; at < n;) {
        size_t length = strcspn(query + at, "&#");
        length = length < n - at ? length : n - at;
        if (length > 0 && !is_tracking(query + at, length)) {
            pp_buf_add_char(out, before);
            pp_buf_add_bytes(out, query + at, (int64_t)length);
            before = '&';
        }
        at += length + 1;
    }
}

void pp__address_canonical(const char *url, pp_buf *out) {
    const char *rest = after_scheme(url);
    rest = rest ? rest : url;
    pp_buf_add(out, "https://");
    size_t host = strcspn(rest, "/?#");
    add_host(rest, host, out);
    const char *path = rest + host;
    size_t n = strcspn(path, "?#"), kept = n;
    while (kept > 0 && path[kept - 1] == '/') {
        kept--;
    }
    pp_buf_add_bytes(out, path, (int64_t)kept);
    if (path[n] == '?') {
        add_parameters(path + n + 1, strcspn(path + n + 1, "#"), out);
    }
}
