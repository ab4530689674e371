awk 'BEGIN {
    print "unit,year,x,lo,hi"
    srand(1)
    for (u = 1; u <= 30; u++) {
        event = u % 3 ? 1 + u % 8 : ""
        lo = event == "" ? "" : event > 2 ? event - 2 : 1
        if (u % 5 == 0) lo = ""
        for (t = 1; t <= 8; t++) printf "%d,%d,%s,%s,%s\n", u, t, ((u * 7 + t * t * 3) % 11) / 10, lo, event
    }
}' >panel.csv
pp dates 'Surv(lo, hi, type = interval) ~ x' --data panel.csv --unit unit --time year --imputations 5 \
    --table dates --format csv >all.csv
cut -d, -f1,2,4,11,12 all.csv
pp dates 'Surv(lo, hi, type = interval) ~ x' --data panel.csv --unit unit
pp dates 'Surv(lo, hi, type = interval) ~ x' --data panel.csv --unit unit --time year --imputations 1
pp dates 'Surv(lo, hi, type = interval) ~ x' --data panel.csv --unit unit --time year --terms z
pp dates 'x ~ lo' --data panel.csv --unit unit --time year
pp dates study.yml
