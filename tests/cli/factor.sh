awk 'BEGIN {
    print "unit,year,y,first,on"
    for (u = 1; u <= 16; u++) {
        first = u <= 3 ? 12 + 2 * u : ""
        for (t = 1; t <= 24; t++) {
            on = u <= 3 && t >= 12 + 2 * u && !(u == 2 && t == 24)
            y = u + 2 * sin(t * t) * cos(5 * u) + cos(3 * t) * sin(u * u) + 0.01 * sin(u * 17 + t * t * 31)
            printf "%d,%d,%.6f,%s,%d\n", u, t, y + 3 * (first != "" && t >= first), first, on
        }
    }
}' >panel.csv
common='--data panel.csv --outcome y --unit unit --time year'
pp synth --method gsynth $common --cohort first --draws 50 --table factor_overall --format csv >gsynth.csv
cut -d, -f1,2,10,11,12,13 gsynth.csv
pp synth --method gsynth $common --cohort first --draws 50 --table factor_preflight --format csv
pp synth --method gsynth $common --cohort first --draws 50 --min-before 14 --table factor_preflight --format csv
pp synth --method gsynth $common --treatment on
pp synth --method gsynth $common --cohort first --treatment on
pp synth --method gsynth $common --cohort first --rank 12
pp synth --method mc $common --cohort first --rank 2
pp synth --method mc $common --cohort first --errors parametric
pp synth --method gsynth $common --treated 1,17 --first 14
pp synth --method gsynth $common --cohort first --donors 5,170
pp synth --method ife $common --cohort first --donors 5,2
pp synth --method gsynth $common --cohort first --folds 3
pp synth --method sc $common --treated 1 --first 14 --errors parametric
pp synth --method ife $common --cohort first --draws 5 --rank 1 --table factor_overall --format csv | cut -d, -f1,5,8,12,13,14
pp synth --method gsynth $common
