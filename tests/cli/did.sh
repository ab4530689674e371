# 36 units in 2001..2009, 2006 missing for everybody: treated from 2004 or 2007 on, or never; two lose rows, one its treatment.
awk 'BEGIN {
    print "id,year,first,on,y,x,w"
    for (u = 1; u <= 36; u++) {
        g = u % 3 == 0 ? 2004 : u % 3 == 1 ? 2007 : 0
        if (u == 1) g = 2005
        for (t = 2001; t <= 2009; t++) {
            if (t == 2006 || (u == 2 && t < 2003)) continue
            on = g > 0 && t >= g && !(u == 3 && t > 2007)
            y = u == 5 && t == 2002 ? "" : (u * 7 + t * 3 + u * t) % 5 / 8 + (g > 0 && t >= g) * 2
            printf "P%02d,%d,%s,%d,%s,%d,%d\n", u, t, g ? g : "", on, y, (u * 5 + t) % 7, 1 + u % 4
        }
    }
}' >panel.csv
pp did --data panel.csv --outcome y --unit id --time year --cohort first --table preflight
pp did --data panel.csv --outcome y --unit id --time year --cohort first --table left_out --format csv
pp did --data panel.csv --outcome y --unit id --time year --treatment on --table reversals --format csv
for panel in balanced unbalanced crosssection; do
    pp did --data panel.csv --outcome y --unit id --time year --cohort first --weights w --panel $panel --table overall \
        --format csv | cut -d, -f1,2 | cut -c1-11
done
pp did --data panel.csv --outcome y --time year --cohort first --panel crosssection --table preflight --format csv | head -5
pp did --data panel.csv --outcome y --unit id --time year --cohort first --panel sideways
pp did --data panel.csv --outcome y --unit id --time year --treatment x
pp did --data panel.csv --outcome y --time year --treatment on --panel crosssection
pp did --data panel.csv --outcome y --unit id --time year --treatment on --cohort first
pp did --data panel.csv --outcome y --unit id --time year
pp did --data panel.csv --outcome y --unit id --time year --cohort first --estimator bjs --panel crosssection
D="did --data panel.csv --outcome y --unit id --time year"
pp $D --cohort first --panel crosssection --table overall 2>&1 | grep repeated
pp $D --cohort first --level 0
pp $D --cohort first --date-low first
pp $D --cohort first --probability w
pp $D --cohort first --least 5 --most 2
pp $D --cohort first --least 50 --most 60
pp $D --cohort first --draws 1
pp did --data panel.csv --outcome id --unit id --time year --cohort first
awk -F, 'NR == 1 || $1 == "P03" || $3 == ""' panel.csv >single.csv
pp did --data single.csv --outcome y --unit id --time year --cohort first --panel unbalanced --table overall 2>&1 | tail -3
(cat panel.csv; tail -1 panel.csv) >twice.csv
pp did --data twice.csv --outcome y --unit id --time year --cohort first
awk -F, -v OFS=, 'NR > 1 && $5 != "" { $5 = $5 "e300" } 1' panel.csv >huge.csv
pp did --data huge.csv --outcome y --unit id --time year --cohort first
awk -F, -v OFS=, 'NR > 1 { $2 -= 2005; $3 = $3 == "" ? 0 : $3 - 2005 } 1' panel.csv >around.csv
pp did --data around.csv --outcome y --unit id --time year --date-low first --date-high first
