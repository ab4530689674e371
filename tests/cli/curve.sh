awk 'BEGIN {
    srand(7); print "country,year,y,x1,x2,c1,c2"
    for (c = 1; c <= 30; c++) for (t = 0; t < 10; t++) {
        x1 = int(100 * sin(c * 7 + t * 1.3)) / 100; x2 = int(100 * cos(c * 3 + t)) / 100
        c1 = (c * 13 + t * 5) % 11; c2 = (c * t) % 7
        y = (sin(c * 5.1 + t * 2.7) + x1 > 0.4)
        print c "," 2000 + t "," y "," x1 "," x2 "," (c == 3 ? "" : c1) "," c2
    }
}' >panel.csv
round() { sed -E 's/(0\.0*[1-9][0-9]?)[0-9]+/\1/g'; }
pp curve 'y ~ x1' --data panel.csv --focus x2 --controls c1,c2 --models logit,lpm --cluster country --table curve_choices | round
pp curve 'y ~ x1 + c2' --data panel.csv --controls c1 --models logit --where 'late: year >= 2004' --table curve --sort number | round
pp curve 'y ~ x1' --data panel.csv --controls c1,c2 --models logit --cluster country --time year --draws 19 --table curve_test | round
pp curve 'y ~ x1' --data panel.csv --focus x2 --controls c1,x1 --models logit --where 'none: year > 3000' --table curve_failures
pp curve 'y ~ x1' --data panel.csv --controls c1 --resume kept --table curve_summary --quiet | head -3
pp curve 'y ~ x1' --data panel.csv --controls c2 --resume kept
printf 'not a checkpoint' >kept
pp curve 'y ~ x1' --data panel.csv --controls c1 --resume kept
pp curve 'y ~ x1' --data panel.csv --focus x3
pp curve 'y ~ x1' --data panel.csv --controls c1 --models logitt
pp curve 'y ~ x1' --data panel.csv --draws 9
pp curve 'y ~ x1 - 1' --data panel.csv
pp curve 'y ~ x1'
pp curve 'y ~ x1' --data panel.csv --controls c1,x1
pp curve 'y ~ x1' --data panel.csv --focus y
pp curve 'y ~ x1' --data panel.csv --test-specifications 4
pp curve 'y ~ x1' --data panel.csv --where 'late year > 2004'
pp curve 'y ~ x1' --data panel.csv --resume nowhere/kept; ls nowhere 2>/dev/null
head -1 panel.csv >empty.csv; pp curve 'y ~ x1' --data empty.csv
