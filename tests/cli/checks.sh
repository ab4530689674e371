awk 'BEGIN {
    print "unit,time,cohort,y,z,area,size"
    for (u = 1; u <= 24; u++) for (t = 1; t <= 8; t++) {
        g = u % 3 == 0 ? 4 : u % 3 == 1 ? 6 : 0
        y = 10 + sin(u * 7.3) + 0.2 * t + sin(u * 5.1 + t * 2.7) + (g && t >= g ? 1.5 : 0)
        print u "," t "," g "," y "," cos(u * 3.7 + t * 1.9) "," int((u - 1) / 6) "," u * u
    }
}' >panel.csv
round() { sed -E 's/(-?[0-9]+\.[0-9]{2})[0-9]+/\1/g'; }
design='--data panel.csv --outcome y --unit unit --time time --cohort cohort'
pp mde $design --plausible 2 --draws 60 --table mde_words | round
pp mde $design --plausible 0.1 --draws 60 --table mde_overall --format csv --quiet | cut -d, -f1,14,17 | round
pp mde $design --draws 60 --table mde_panel --format csv | round
pp mde $design --estimator bjs --strata area --draws 60 --table mde --format csv --quiet | cut -d, -f1
pp checks $design --placebo z --draws 39 --table checks_words --quiet | round
pp checks $design --control notyet --earlier 2 --single 3 --size size --draws 39 --table leave_out_effect --format csv | cut -d, -f1-3,9
pp checks $design --earlier 9 --draws 39 --table checks_words | tail -4
awk -F, 'NR == 1 || ($1 * 5 + $2) % 9' panel.csv >holes.csv
holes='--data holes.csv --outcome y --unit unit --time time --cohort cohort --panel unbalanced'
pp mde $holes --draws 60 --table mde_words | round
pp mde $holes --draws 60 --weights size --estimator sunab --table mde_panel --format csv --quiet | round
pp checks $holes --estimator stacked --least -2 --most 1 --single 2 --draws 39 --table checks_words --quiet | round
pp mde $design --draws 5
pp mde $design --power 2
pp mde $design --strata y
pp mde $design --strata unit
pp mde --data panel.csv --outcome nothing --unit unit --time time --cohort cohort
pp checks $design --placebo z,nothing
pp checks $design --size area --single 0
pp checks $design --strata cohort
pp checks
