pp confound --estimate 0.097 --std-error 0.023 --df 783
pp confound --estimate 0.097 --std-error 0 --df 783
awk 'BEGIN {
    print "y,d,x1,x2,g"
    for (i = 1; i <= 60; i++) {
        x1 = (i * 7) % 11; x2 = (i * 5) % 13; g = i % 3 ? "a" : "b"
        d = x1 + x2 / 2 + (i * 3) % 7; y = d / 2 + x1 + (i * i) % 17
        print y "," d "," x1 "," x2 "," g
    }
}' >data.csv
c="confound --treatment d --data data.csv"
pp $c --formula 'y ~ d + x1 + x2 + factor(g)' --strengths 1,50 --table confound_bounds --format csv | cut -d, -f1,2
pp $c --formula 'y ~ d + x1 + x2 | g' --vcov cluster:g --table confound --format csv | tail -3 | cut -d, -f1,2,6
pp $c --formula 'y ~ d + x1' --benchmarks x3
pp $c --formula 'y ~ d * x1'
pp $c --formula 'y ~ x1'
pp confound --formula 'y ~ d' --data data.csv
pp confound
