# 24 units over 9 periods; a third is treated from 5 on, a third from 6 on, with an effect of 2 that is exact.
awk 'BEGIN {
    print "unit,time,treated,cohort,x,y,half"
    for (u = 1; u <= 24; u++) {
        g = u % 3 == 0 ? 5 : u % 3 == 1 ? 6 : ""
        for (t = 1; t <= 9; t++) {
            d = g != "" && t >= g
            x = (u * 7 + t * 3) % 5
            printf "U%02d,%d,%d,%s,%d,%d,%s\n", u, t, d, g, x, u + 3 * t + 2 * d, d / 2
        }
    }
}' >panel.csv
m="match --data panel.csv --outcome y --unit unit --time time"
pp $m --treatment treated --lags 3 --leads 3 --window whole --refinement none --table matched_effects --format csv
pp $m --cohort cohort --lags 3 --leads 3 --covariates x --size 3 --table matched_sets --format csv | cut -d, -f1-5 | head -4
pp $m --treatment treated --lags 3 --leads 3 --covariates x --size 3 --table matched_preflight
pp $m --treatment treated --lags 8
pp $m --treatment half
pp $m --treatment treated --cohort cohort
pp $m
pp $m --treatment treated --refinement ps
pp $m --treatment treated --lagged-outcome no
pp match --outcome y
grep -v ',4,' panel.csv >gap.csv
pp match --data gap.csv --outcome y --unit unit --time time --treatment treated --lags 2 --leads 1
