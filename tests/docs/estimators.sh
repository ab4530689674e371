#!/bin/sh
# estimators.sh PROGRAM DOCS: the pages in docs/estimators are those that the program writes, every text is there,
# and every example runs on the bundled study.
set -eu
program=$(realpath "$1") docs=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir pages
"$program" help --models pages
diff -r pages "$docs" || {
    echo "docs/estimators differs from what the program writes; if that is meant: pushpull help --models docs/estimators"
    exit 1
}
! grep -n '(null)' pages/* || exit 1
"$program" demo --out demo-out >/dev/null 2>&1
bad=0
for page in pages/*.md; do
    sed -n '/^```sh/,/^```/p' "$page" | sed -n 's/^pushpull fit/"$program" fit/p' >example
    [ -s example ] || { echo "$page has no example"; bad=1; }
    . ./example >output 2>&1 || { echo "$page: its example fails:"; cat example output; bad=1; }
done
exit $bad
