# 40 units over 12 years; every third adopts, the earlier the larger its x; one lacks x at last.
awk 'BEGIN {
    print "iso3,name,region,year,duration,x,event"
    for (u = 1; u <= 40; u++) {
        at = u % 3 ? 99 : 3 + (u * 7) % 10
        for (t = 1; t <= 12 && t <= at; t++) {
            x = u == 40 && t == 12 ? "" : ((u * 7 + t * t * 3) % 11) / 10 + (13 - at > 0 ? (13 - at) / 8 : 0)
            printf "U%02d,Unit %d,%s,%d,%d,%s,%d\n", u, u, u % 2 ? "North" : "South", 2000 + t, t, x, t == at
        }
    }
}' >panel.csv
pp forecast 'event ~ x + duration' --data panel.csv --unit iso3 --time year --origins 2007..2010 \
    --table forecast --format csv >all.csv
cut -d, -f1-5 all.csv | head -4
pp forecast 'event ~ x + duration' --data panel.csv --unit iso3 --time year --origins 2007..2010 \
    --table forecast_not_ranked --format csv | sort | tail -3
pp forecast 'event ~ x + duration' --data panel.csv --unit iso3 --time year --origins 2007..2010 --horizon 2 \
    --table forecast_scores --format csv >scores.csv
cut -d, -f1-5 scores.csv
pp forecast 'event ~ x' --data panel.csv --unit iso3
pp forecast 'event ~ x' --data panel.csv --unit iso3 --time year --origins 2007-2010
pp forecast 'event ~ x' --data panel.csv --unit iso3 --time year --origins 2011..2030
pp forecast 'event ~ x + factor(year)' --data panel.csv --unit iso3 --time year
pp forecast 'event ~ x + lag(x)' --data panel.csv --unit iso3 --time year
pp forecast 'x ~ duration' --data panel.csv --unit iso3 --time year
pp forecast 'event ~ x' --data panel.csv --unit iso3 --time year --model ols
pp forecast 'event ~ x' --data panel.csv --unit iso3 --time year --status region
pp forecast 'event ~ x' --data panel.csv --unit region --time year
pp forecast 'event ~ x' --data panel.csv --unit iso3 --time duration --horizon 30
pp forecast panel.csv
