#!/bin/sh
# Runs one case in a fresh folder and compares what it prints with NAME.out beside it.
#   run.sh PROGRAM CASE.sh [--update]
set -u
program=$(realpath "$1") case=$2
expected=${case%.sh}.out
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
actual=$folder/.actual

# In a case, `pp ARGUMENTS` runs the program and tells its exit code.
cat >"$folder/.prelude" <<'EOF'
pp() {
    "$PROGRAM" "$@" 2>&1
    echo "[exit $?]"
}
EOF
export PROGRAM="$program" CASES="${case%/*}" HOME="$folder" LC_ALL=C.UTF-8
(cd "$folder" && . ./.prelude && . "$case") 2>&1 | sed "s|$folder|FOLDER|g" >"$actual"

if [ "${3:-}" = --update ]; then
    cp "$actual" "$expected"
elif ! diff -u "$expected" "$actual"; then
    echo "differs from $expected; if that is meant: $0 $program $case --update" >&2
    exit 1
fi
