awk 'BEGIN {
    print "unit,y,x1,x2,x3,region,same"
    for (u = 1; u <= 60; u++) for (t = 0; t < 8; t++) {
        x1 = (u * 7 + t * 3) % 11 / 4; x2 = (u * 5 + t) % 7 / 3; x3 = (u * 3 + t * 5) % 13 / 5
        y = (u * 13 + t * 17) % 20 < 2 + 3 * x1 + x2
        r = u % 3 ? "east" : "west"
        if (u > 58) { r = "isles"; y = 0 }
        printf "%d,%d,%.2f,%.2f,%.2f,%s,1\n", u, y, x1, x2, x3, r
    }
}' >panel.csv
round() { awk -F, 'NR == 1 { print; next } { for (i = 1; i <= NF; i++) if ($i ~ /\./) $i = sprintf("%.3f", $i); print }' OFS=,; }
fit='y ~ x1 + x2 + x3'
pp drivers "$fit" --data panel.csv --model logit --group push=x1,x2 --draws 20 --cluster unit --table shares --format csv | round
pp drivers "$fit" --data panel.csv --model logit --group push=x1,x2 --table effects --format csv | round | cut -d, -f1-5,10-12
pp drivers "$fit" --data panel.csv --model logit --group push=x1 --group push=x2
pp drivers "$fit" --data panel.csv --model logit --group push=x1 --group pull=x1
pp drivers "$fit" --data panel.csv --model logit --group push=x4
pp drivers "$fit + same" --data panel.csv --model logit
pp drivers "$fit + region" --data panel.csv --model logit
pp drivers "$fit + I(x1^2)" --data panel.csv --model logit --where 'y = 0 OR unit < 2'
pp drivers study.yml
pp drivers "$fit" --data panel.csv --model logit --draws 20 --cluster y
pp drivers "$fit" --data panel.csv --model logit --draws 5 --cluster unit
