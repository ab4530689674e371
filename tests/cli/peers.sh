awk 'BEGIN {
    print "unit,year,x,region,event,lo,hi"
    for (u = 1; u <= 24; u++) {
        hi = u % 4 ? 2001 + (u * 5) % 9 : ""
        lo = hi == "" ? "" : hi > 2002 ? hi - 2 : 2001
        for (t = 2001; t <= 2010; t++) {
            e = hi == "" || t < hi ? 0 : t == hi ? 1 : ""
            printf "%d,%d,%s,%s,%s,%s,%s\n", u, t, ((u * 7 + t * t * 3) % 11) / 10, "r" u % 3, e, lo, hi
        }
    }
}' >panel.csv
awk 'BEGIN { print "from,to,weight"; for (u = 1; u <= 23; u++) print u "," u % 23 + 1 ",1" }' >ties.csv
look() {
    pp peers 'event ~ x' --data panel.csv --unit unit --time year "$@"
}
look --matrix ties.csv --region region --lo lo --hi hi --table peers --format csv >all.csv
cut -d, -f1,2,3,14-16 all.csv
look --matrix ties.csv --region region --table isolates
look --matrix ties.csv --table moran --format csv --permutations 99 | cut -d, -f1-4
look
look --matrix nothing.csv
look --borders
look --region continent
look --region region --permutations -1
printf 'from,to,weight\n1,2,1\n1,2,3\n' >twice.csv
look --matrix twice.csv
pp peers 'x ~ event' --data panel.csv --unit unit --time year --region region --model hazard
pp peers 'event ~ x' --data panel.csv --region region
cp -r "$CASES/../../data/study" small
sed -i '/^analyses:/,/^report:/{/^report:/!d}; s/undetected: occupancy/undetected: 0.1/' small/study.yml
echo 'analyses: {peers: {model: latest_logit, exposures: [borders, distance], permutations: 9}}' >>small/study.yml
pp drivers small/study.yml --table findings --format csv | grep -o '^peers_[a-z]*\|The two ways [a-z '"'"']*\|positive,[a-z]*'
