awk 'BEGIN {
    print "iso3,year,x1,x2,event"
    for (u = 1; u <= 30; u++) {
        done = 0
        for (t = 0; t < 6 && !done; t++) {
            x1 = (u * 7 + t * 3) % 11 / 4; x2 = (u * 5 + t) % 7 / 3
            done = (u * 13 + t * 17) % 10 < 1 + x1
            printf "U%02d,%d,%.2f,%.2f,%d\n", u, 2000 + t, x1, x2, done
        }
    }
}' >panel.csv
round() { awk -F, 'NR == 1 { print; next } { for (i = 1; i <= NF; i++) if ($i ~ /\./) $i = sprintf("%.2f", $i); print }' OFS=,; }
fit="event ~ x1 + x2"
pp scenario "$fit" --data panel.csv --model logit --unit iso3 --time year --set 'x1 = x1 * 0.8' --where 'x2 > 1' --draws 200 --table scenario --format csv | round | cut -d, -f1-5
pp scenario "$fit" --data panel.csv --model logit --unit iso3 --time year --set 'x1 = x1 + 9' --draws 200 --table scenario_range --format csv | round
pp scenario "$fit" --data panel.csv --model logit --unit iso3 --time year
pp scenario "$fit" --data panel.csv --model logit --unit iso3 --time year --set 'x3 = 1'
pp scenario "$fit" --data panel.csv --model logit --unit iso3 --time year --set 'x1 * 0.8'
pp scenario "$fit" --data panel.csv --model logit --unit iso3 --time year --set 'x1 = 1' --where 'x1 > 100'
pp scenario "$fit" --data panel.csv --model logit --unit iso3 --time year --set 'event = 0'
pp scenario "$fit" --data panel.csv --model ols --set 'x1 = 1'
pp scenario "$fit" --data panel.csv --model logit --unit iso3 --set 'x1 = 1'
study=$CASES/../../data/study/study.yml
pp scenario "$study" --set 'homicide_rate = homicide_rate * 0.8' --where "region = 'Americas'" --draws 20 --table scenario --format csv | round | cut -d, -f2-6 | head -4
pp scenario "$study" --set 'urban_share = 3'
pp scenario "$study" --set 'year = 3'
pp scenario "$study" --set 'homicide_rate = 1' --where "name = 'Côte d''Ivoire'"
pp scenario "$study" --where 'year > 2010'
pp next "$study" --table next --format csv | cut -d, -f1,3,4 | head -2
pp next "$study" --with model=latest_logit
