awk 'BEGIN {
    print "id,x,g,v1,v2,v3,w1,w2,w3,f1,f2,f3"
    for (i = 1; i <= 90; i++) {
        x = (i * 7 % 19) / 10; adopted = ((i * 11 % 23) < 6 + 6 * x)
        printf "u%02d,%.1f,%s", i, x, (i % 3 ? "north" : "south")
        for (j = 1; j <= 3; j++) {
            found = (adopted && (i * i * 13 + j * j * 17 + i * j) % 10 < 5)
            printf ",%s", ((i > 80 || (i + j) % 11 == 0) ? "" : found)
        }
        for (j = 1; j <= 3; j++) printf ",%.1f", (i * j * 3 % 13) / 5
        for (j = 1; j <= 3; j++) printf ",%d", (adopted ? ((i * i * 7 + j * j * 5 + i * j * 3) % 10 < 6) : ((i * i * 3 + j * 7) % 11 < 2 && (j > 1)))
        print ""
    }
}' >visits.csv
pp occupancy --data visits.csv --unit id --visits v1,v2,v3 --state x --detect w --table coefficients
pp occupancy --data visits.csv --unit id --visits 'v*' --state x --detect w --visit-covariate 'w=w*' --table model | grep -v score_norm
pp occupancy --data visits.csv --unit id --visits 'v*' --state 'x + g' --table occupancy_total --vcov cluster:g
pp occupancy --data visits.csv --unit id --visits 'v*' --state x --table occupancy_look | head -8
pp occupancy --data visits.csv --unit id --visits 'v*' --table occupancy_effort
pp occupancy --data visits.csv --unit id --visits 'v*' --form royle-nichols --state x --table coefficients
pp occupancy --data visits.csv --unit id --visits 'f*' --form false-positive --certain f1 --state x --table coefficients
pp occupancy --data visits.csv --unit id --visits 'v*' --state x --bootstrap 20 --table occupancy_fit
pp occupancy --data visits.csv --visits v1
pp occupancy --data visits.csv --visits v1,v9
pp occupancy --data visits.csv --visits v1,x
pp occupancy --data visits.csv --visits 'v*' --form dynamic
pp occupancy --data visits.csv --visits 'v*' --form multi
pp occupancy --data visits.csv --visits 'v*' --state 'x + y'
pp occupancy --data visits.csv --visits 'v*' --visit-covariate w
pp occupancy --data visits.csv --visits 'v*' --visit-covariate w=w1,w2
pp occupancy --data visits.csv --detected v1 --unit id
printf 'a,b\n0,0\n0,0\n,0\n' >nothing.csv
pp occupancy --data nothing.csv --visits a,b
printf 'a,b\n1,1\n0,1\n1,0\n' >everywhere.csv
pp occupancy --data everywhere.csv --visits a,b
printf 'a,b,x\n1,1,1\n0,0,3\n1,0,2\n0,0,5\n' >few.csv
pp occupancy --data few.csv --visits a,b --state x
printf 'a,b\n1,3\n0,0\n' >counts.csv
pp occupancy --data counts.csv --visits a,b
pp occupancy
cp -r "$CASES/../../data/study" small
of_study() {
    pp occupancy small/study.yml --with occupancy.bootstrap=0 --with occupancy.draws=100 "$@" --format csv
}
of_study --table occupancy_left_out | cut -d, -f2 | sort | uniq -c
of_study --table occupancy_total | cut -d, -f1-3
for how in adopted not_adopted; do
    sed -i "s/^  supplier_unknown: .*/  supplier_unknown: $how/" small/study.yml
    of_study --table occupancy_left_out
    of_study --table occupancy_total | cut -d, -f1-3
done
printf 'id,a,b\nKEN,1,0\nUGA,0,0\nKEN,0,1\n' >twice.csv
pp occupancy --data twice.csv --unit id --visits a,b
