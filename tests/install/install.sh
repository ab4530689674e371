#!/bin/sh
# install.sh BUILD: installs below a temporary folder; the program finds its data there, and a program
# of somebody else's compiles, links and runs.
set -eu
here=$(dirname "$0")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
DESTDIR=$root meson install -C "$1" --no-rebuild --quiet

prefix=$root$(meson introspect "$1" --buildoptions |
    sed 's/.*"name": "prefix", "value": "\([^"]*\)".*/\1/')
libraries=$(dirname "$(find "$prefix" -name libpushpull.so)")
export PKG_CONFIG_PATH="$libraries/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
cc -std=c17 -Wall -Wextra -Wpedantic -Werror "$here/user.c" -o "$root/user" \
    $(pkg-config --cflags --libs pushpull) -Wl,-rpath,"$libraries"
"$root/user"

"$prefix/bin/pushpull" version
[ -f "$prefix/share/pushpull/study/claims.csv" ]
[ -f "$prefix/share/man/man1/pushpull.1" ]
[ -f "$prefix/share/bash-completion/completions/pushpull" ]
