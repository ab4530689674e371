awk 'BEGIN {
    print "city,year,crime"
    for (u = 1; u <= 24; u++) {
        for (t = 0; t < 14; t++) {
            y = 20 + u % 5 * 3 + (u * 7 + t * 5) % 11 / 5 + t * (u % 3) / 4
            if (u == 24 && t >= 9) y -= 12
            if (u == 23 && t == 4) continue
            printf "C%02d,%d,%.2f\n", u, 2000 + t, y
        }
    }
}' >cities.csv
round() { awk -F, 'NR == 1 { print; next } { for (i = 1; i <= NF; i++) if ($i ~ /^-?[0-9]+\.[0-9]/) $i = sprintf("%.1f", $i); print }' OFS=,; }
fit="--data cities.csv --outcome crime --unit city --time year --treated C24 --first 2009"
pp synth $fit --table synth --format csv | round | cut -d, -f1,2,6,9
pp synth $fit --method asc --lambda min --table synth_conformal --format csv | round
pp synth $fit --method sc --level 0.8 --table gaps --format csv | round | cut -d, -f1-6,10 | tail -3
pp synth $fit --table synth_preflight --format csv | round | cut -d, -f1-3
pp synth $fit --donors C01,C02,C03,C04,C05 --table synth_ranks --format csv | round | cut -d, -f1,4
pp synth $fit --table backdated --format csv | cut -d, -f1-3
pp synth $fit --method magic
pp synth $fit --method asc --lambda 2se
pp synth $fit --donors C01,Atlantis
pp synth $fit --where 'year > 2007'
pp synth --data cities.csv --outcome crime --unit city --time year --treated C24
pp synth --data cities.csv --outcome crime --unit city --time year --first 2009
cp -r "$CASES/../../data/study" study
study=study/study.yml
unline() { sed 's/yml:[0-9]*:/yml:LINE:/'; }
pp synth "$study" --table synth_cases --format csv | cut -d, -f1-7,18-
pp synth "$study" --with cases.ecuador_911.donors_adopted=keep --with 'cases.ecuador_911.years=[2000, 2019]' --table synth_preflight --format csv | cut -d, -f2,3 | grep adopted
pp synth "$study" --with cases.ecuador_911.donors=Atlantis | unline
pp synth "$study" --with cases.ecuador_911.outcome=homicide_log
pp synth "$study" --with cases.ecuador_911.first=2001
pp synth "$study" --with cases.ecuador_911.donors=Venezuela | unline
pp synth "$study" --with cases.ecuador_911.rule=nobody
pp synth "$study" --table synth_dates --format csv | round | cut -d, -f2-4
pp synth "$study" --with cases.ecuador_911.between=[2013,2014] | unline
pp synth "$study" --with cases.ecuador_911.between= --with cases.ecuador_911.dates=rule --table synth_dates --format csv | round | cut -d, -f2-4
pp match "$study" --with designs=[homicide] --with date_draws=4 --table uncertain_matched_overall --format csv | cut -d, -f2,4
pp event-study "$study" --with designs=[homicide] --with date_draws=2 --with estimators=bjs --table event_study_uncertain_event_study_overall --format csv | cut -d, -f2,4,5
pp twfe "$study" --with designs=[homicide] --with date_draws=0 --table uncertain_twfe_overall --format csv | head -1
