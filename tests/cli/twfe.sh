# Effects that grow: comparisons with places treated already pull the coefficient down.
awk 'BEGIN {
    print "city,year,first,cameras,crime"
    for (u = 1; u <= 8; u++) {
        first = u <= 3 ? 2012 : u <= 5 ? 2015 : u == 6 ? 2011 : 0
        for (t = 2011; t <= 2018; t++) {
            d = (first > 0 && t >= first)
            shown = (first > 0) ? first : ""
            printf "c%d,%d,%s,%d,%.2f\n", u, t, shown, d, u + t - 2010 + d * (t - first + 1) + sin(u * t) / 4
        }
    }
}' >panel.csv
where='--outcome crime --unit city --time year'
pp twfe --data panel.csv $where --cohort first
pp twfe --data panel.csv $where --treatment cameras --table bacon_types --format csv | cut -c1-34
sed '$d' panel.csv >gap.csv
pp twfe --data gap.csv $where --treatment cameras --table bacon_types | tail -4 | cut -c1-150
pp twfe --data panel.csv $where --treatment crime | tail -3
pp twfe --data panel.csv $where --treatment cameras --cohort first
pp twfe --data panel.csv $where --treatment year
pp twfe --data panel.csv $where
