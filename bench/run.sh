#!/bin/sh
# bench/run.sh BUILD [CASE...]: the shortest of RUNS runs (default 5) of each case, with its peak memory.
# A case with a limit fails above it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$(cd "$1" && pwd)/pushpull
shift
runs=${RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
missed=0

# measure CASE LIMIT-SECONDS COMMAND...
measure() {
    name=$1 limit=$2
    shift 2
    for _ in $(seq "$runs"); do
        rm -rf out
        /usr/bin/time -q -a -o times -f '%e %M' "$@" >output 2>&1 || {
            printf '%-8s FAILED: %s\n' "$name" "$*"
            tail -n 5 output
            missed=1
            rm -f times
            return
        }
    done
    awk -v name="$name" -v limit="$limit" '
        NR == 1 || $1 < seconds { seconds = $1 }
        $2 > peak { peak = $2 }
        END {
            over = limit != "-" && seconds > limit
            printf "%-8s %5d %9.2f %9.1f %7s%s\n", name, NR, seconds, peak / 1024, limit, over ? "  OVER" : ""
            exit over
        }' times || missed=1
    rm -f times
}

# The bundled study, from claims to report.
case_demo() {
    measure demo 10 "$program" demo --out out
}

# A logit of 1,700 country-years on eight regressors, clustered by country.
case_fit() {
    cc -std=c17 -O2 "$here/panel.c" -o panel -lm
    ./panel .
    measure fit 1 "$program" fit 'y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8' --data a_risk.csv \
        --model logit --vcov cluster:country --json
}

printf '%-8s %5s %9s %9s %7s\n' case runs seconds 'peak MB' limit
for case in ${*:-demo fit}; do
    case_"$case"
done
exit $missed
