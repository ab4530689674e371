# 30 units over 12 years; a third is treated from 2006 on, a third from 2008 on, known to a year on either side.
awk 'BEGIN {
    print "unit,year,low,high,p,y"
    for (u = 1; u <= 30; u++) {
        g = u % 3 == 0 ? 2006 : u % 3 == 1 ? 2008 : 0
        for (t = 2001; t <= 2012; t++) {
            y = u + t % 4 + (u * 7 + t * 5) % 11 / 5 + (g && t >= g ? 6 : 0)
            printf "U%02d,%d,%s,%s,%s,%.2f\n", u, t, g ? g - 1 : "", g ? g + 1 : "", g ? 1 - u % 2 / 5 : "", y
        }
    }
}' >panel.csv
round() { awk -F, 'NR == 1 { print; next } { for (i = 1; i <= NF; i++) if ($i ~ /^-?[0-9]+\.[0-9]/) $i = sprintf("%.1f", $i); print }' OFS=,; }
w="--data panel.csv --outcome y --unit unit --time year"
d="--date-low low --date-high high --date-draws 6"
pp did $w $d --estimator dcdh --effects 3 --placebos 1 --table uncertain_switching_overall --format csv | round | cut -d, -f1-4
pp match $w $d --lags 2 --leads 2 --table uncertain_matched_overall --format csv | round | cut -d, -f1-3,7,8
pp match $w $d --lags 2 --leads 2 --probability p --table uncertain_matched_draws --format csv | cut -d, -f1,4-6
pp twfe $w $d --table uncertain_twfe_overall --format csv | round | cut -d, -f1-3
pp event-study $w $d --estimators cs,bjs --table uncertain_event_study_overall --format csv | round | cut -d, -f1-3
pp synth $w $d --method ife --rank 0 --draws 50 --table uncertain_factor_overall --format csv | round | cut -d, -f1-2
one="--treated U03 --donors U02,U05,U08,U11,U14,U17,U20,U23,U26,U29"
pp synth $w $one --date-low low --date-high high --table uncertain_synth_dates --format csv | round | cut -d, -f1-4,11 | head -4
pp synth $w $one --date-low 2006 --date-high 2007 --method gsynth --rank 0 --draws 50 --table uncertain_factor_dates --format csv | round | cut -d, -f1-3
pp synth $w $one --date-low 2001 --date-high 2004 --table uncertain_synth_dates --format csv | round | cut -d, -f1-4,12- | head -3
pp synth $w $one --date-low 2006 --date-high 2007 --first 2006
pp synth $w $one --date-low 2006
pp synth $w --method mc --date-low 2006 --date-high 2007
pp synth $w $one --first 2006 --date-draws 20
pp synth $w --treated U99 --date-low 2006 --date-high 2007
pp synth $w --treated U03,U04 --date-low low --date-high high
pp match $w $d --treatment p
pp twfe $w --date-low high --date-high low
