#!/bin/sh
# bench/run.sh BUILD [CASE...]: times, memory and coefficients, beside those of other implementations.
#
# `demo`, `fit`, `shares`, `curve`, `did`, `sunab`, `bjs` and `dcdh` are the program itself, the shortest of RUNS runs (default 5). All others are in
# cases.txt: three fits each (the median counts) on the data of generate.c, with one thread and with two.
# Peers' times and coefficients are in peers.csv and coefficients.csv; with PEERS=1 those whose package is
# installed run here too (peer.R). A case above its limit is marked OVER, and the script then fails.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
program=$build/pushpull
shift
runs=${RUNS:-5}
data=${BENCH_DATA:-$build/bench-data}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$data"
missed=0

# ---- the program ----

# measure CASE LIMIT-SECONDS COMMAND...
measure() {
    name=$1 limit=$2
    shift 2
    for _ in $(seq "$runs"); do
        rm -rf out
        /usr/bin/time -q -a -o times -f '%e %M' "$@" >output 2>&1 || {
            printf '%-14s FAILED: %s\n' "$name" "$*"
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
            printf "%-14s %5.2f s of %s, %.0f MB%s\n", name, seconds, limit, peak / 1024, over ? "  OVER" : ""
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
    make_data a 3600
    measure fit 1 "$program" fit 'y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8' --data "$data/a-3600/a_risk.csv" \
        --model logit --vcov cluster:country --json
}

# Shares of twelve factors: 4,096 logits of 3,600 rows; a loop of glm in R takes 27.6 s.
shares() {
    make_data a 3600
    measure "$1" "$2" "$program" drivers 'y ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + z1 + z2 + z3 + z4' \
        --data "$data/a-3600/a.csv" --model logit --cluster country --draws "$3" --threads 2 --quiet --table shares
}

case_shares() {
    shares shares 0.6 0
}

# Ten draws more: five hundred would take fifty times as long.
case_shares_draws() {
    shares shares_draws 5.3 10
}

# 10,240 logits of 3,600 rows with clustered errors: a specification curve on two threads. Its peer
# (peer.R) does a tenth of them.
case_curve() {
    make_data a 3600
    measure curve 4 "$program" curve 'y ~ x1' --data "$data/a-3600/a.csv" --focus x3,x7,x8,z5 \
        --controls x2,x4,x5,x6,z1,z2,z3,z4,z6,z7 --models logit --where 'late: year >= 2001' \
        --cluster country --threads 2 --quiet --table curve_summary
    file=$data/a-3600/a.csv
    live_peer
}

# 100,000 units over 12 periods with reading the file: all group-time effects, their means and 1,000 draws;
# the interaction-weighted event study; imputation. R's did takes 30 s and fixest's sunab 21 s, without reading.
effects() {
    name=$1 limit=$2
    shift 2
    make_data f 1200000
    measure "$name" "$limit" "$program" did --data "$data/f-1200000/f.csv" --outcome y --unit id --time period --cohort g \
        --threads 2 --quiet --table dynamic "$@"
}

case_did() {
    effects did 0.8 --draws 1000
}

case_sunab() {
    effects sunab 1.2 --estimator sunab
}

case_bjs() {
    effects bjs 1.9 --estimator bjs
}

# The same units with their treatment in each period, as one that might change again: effects and placebos.
case_dcdh() {
    make_data f 1200000
    file=$data/f-1200000/f_treated.csv
    [ -f "$file" ] || awk -F, 'NR == 1 { print $0 ",d"; next } { print $0 "," ($3 > 0 && $2 >= $3) }' \
        "$data/f-1200000/f.csv" >"$file"
    measure dcdh 2 "$program" did --data "$file" --estimator dcdh --outcome y --unit id --time period --treatment d \
        --threads 2 --quiet --table switching_dynamic
}

# ---- estimation ----

compile() {
    [ -x "$work/measure" ] || {
        cc -std=c17 -O2 -D_DEFAULT_SOURCE "$here/generate.c" -o "$work/generate" -lm
        cc -std=c17 -O2 -D_POSIX_C_SOURCE=200809L -I"$here/../include" "$here/measure.c" -o "$work/measure" \
            -L"$build" -lpushpull -lm -pthread -Wl,-rpath,"$build"
    }
}

make_data() {
    compile
    [ -d "$data/$1-$2" ] || {
        mkdir -p "$data/part"
        "$work/generate" "$1" "$2" "$data/part"
        mv "$data/part" "$data/$1-$2"
    }
}

# One line of numbers and coefficients → a row of the table.
row() {
    awk -F'[ ,]' -v name="$1" -v threads="$2" -v seconds="$3" -v memory="$4" -v reading="$5" '
        FILENAME ~ /peers.csv$/ { if ($1 == name) { peer = $2; peer_time = $5 }; next }
        FILENAME ~ /coefficients.csv$/ { if ($1 == name) known[$2] = $3; next }
        FNR == 1 { read_time = $1; fit = reading ? $1 : $2; rows = $4; read_memory = $5; fit_memory = $6; next }
        $1 in known {
            gap = $2 / known[$1] - 1
            gap = gap < 0 ? -gap : gap
            if (!seen++ || gap > worst) worst = gap
        }
        END {
            over = threads == 2 && ((seconds != "-" && fit > seconds) || (memory != "-" && fit_memory > memory))
            printf "%-14s %7d %9d %8.2f %9.3f %8.2f %8.0f %8s", name, threads, rows, read_time, fit, reading ? fit : read_time + fit, fit_memory, seconds
            if (peer) printf "  %-14s %8.2f %7.1fx", peer, peer_time, peer_time / fit
            if (seen) printf "  %.0e", worst
            print over ? "  OVER" : ""
            exit over
        }' "$here/peers.csv" "$here/coefficients.csv" "$work/numbers" || missed=1
}

# Runs the line of cases.txt that is in the seven variables.
estimate() {
    file=$data/$source-$rows/$source.csv reading=0
    [ "$source" != a ] || file=$data/a-$rows/a.csv
    make_data "$source" "$rows"
    [ "$formula" != - ] || reading=1
    if [ "$options" = parquet ]; then
        [ -f "$data/$source-$rows/$source.parquet" ] || to_parquet "$file" "$data/$source-$rows/$source.parquet"
        file=$data/$source-$rows/$source.parquet
    fi
    [ "$columns" = - ] || set_columns=columns=$columns
    case $options in - | parquet) options= ;; esac
    for threads in 2 1; do
        # shellcheck disable=SC2086
        if "$work/measure" "$file" "$formula" ${set_columns:-} $options threads=$threads >"$work/numbers" 2>"$work/said"; then
            row "$name" "$threads" "$seconds" "$memory" "$reading"
        else
            printf '%-14s FAILED: %s\n' "$name" "$(tail -n 1 "$work/said")"
            missed=1
        fi
    done
    unset set_columns
    live_peer
}

# The other implementation on this machine, when PEERS is set and it is installed.
live_peer() {
    [ -n "${PEERS:-}" ] && command -v Rscript >/dev/null || return 0
    Rscript "$here/peer.R" "$name" "${file%.parquet}" 2>/dev/null |
        awk -v name="$name" '{ printf "%-14s %s, here: %.3f s\n", name, $1, $2 }'
}

to_parquet() {
    "$work/measure" "$1" - write="$2" >"$work/said"
}

trim() {
    sed 's/^ *//; s/ *$//'
}

estimation_cases() {
    sed 's/\\|/\t/g' "$here/cases.txt" | grep -v '^#' | grep "^$1 *|" >"$work/case" || {
        echo "bench: there is no case '$1'" >&2
        missed=1
        return 0
    }
    field() { cut -d'|' -f"$1" "$work/case" | tr '\t' '|' | trim; }
    name=$(field 1) source=$(field 2) rows=$(field 3) columns=$(field 4)
    formula=$(field 5) options=$(field 6) seconds=$(field 7) memory=$(field 8)
    estimate
}

all_cases() {
    echo demo fit shares shares_draws curve did sunab bjs dcdh
    sed '/^#/d; s/ *|.*//' "$here/cases.txt"
}

heading() {
    printf '%-14s %7s %9s %8s %9s %8s %8s %8s  %-14s %8s %8s  %s\n' \
        case threads rows 'read s' 'fit s' 'both s' 'fit MB' limit peer 'peer s' '' 'largest difference'
}

cd "$work"
[ $# -gt 0 ] || set -- $(all_cases)
headed=0
for wanted; do
    case $wanted in
    demo | fit | shares | shares_draws | curve | did | sunab | bjs | dcdh) "case_$wanted" ;;
    *)
        [ $headed = 1 ] || heading
        headed=1
        estimation_cases "$wanted"
        ;;
    esac
done
exit $missed
