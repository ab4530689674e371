# Places that install 0 to 2 systems: some stop, some change again, one has nobody to be compared with.
awk 'BEGIN {
    print "city,year,systems,crime,region"
    for (u = 1; u <= 12; u++) {
        for (t = 1; t <= 6; t++) {
            d = u <= 3 ? 0 : u <= 5 ? (t >= 3) : u == 6 ? (t == 4) : u == 7 ? 2 * (t >= 5) : u <= 10 ? 1 : u == 11 ? 1 - (t >= 4) : 5 + (t >= 4)
            y = u + t - 2 * d + sin(u * t * 1.7) / 2
            printf "c%02d,%d,%d,%.2f,r%d\n", u, 2010 + t, d, y, u % 4
        }
    }
}' >panel.csv
design='--estimator dcdh --outcome crime --unit city --time year --treatment systems'
pp did --data panel.csv $design
pp did --data panel.csv $design --switchers out --placebos 0 --effects 2 --table switching_dynamic
pp did --data panel.csv $design --cluster region --effects 1 --table switching_overall --format csv | cut -c1-12
pp did --data panel.csv $design --same-switchers
pp did --data panel.csv $design --cohort year
pp did --data panel.csv --estimator dcdh --outcome crime --unit city --time year --cohort region
pp did --data panel.csv --outcome crime --unit city --time year --cohort region --switchers in
pp did --data panel.csv --estimator dcdh --outcome crime --unit city --time year --treatment crime
pp did --data panel.csv --estimator dcdh --outcome crime --unit city --time year
