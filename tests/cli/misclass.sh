data=$CASES/../golden/misclass/data.csv
panel=$CASES/../golden/tipping/data.csv
pp misclass 'y ~ x1 + x2 + x3' --data $data --no-profile --table coefficients
pp misclass 'y ~ x1 + x2 + x3' --data $data --false-positive 0 --focus x1 --table misclass_support
pp misclass 'y ~ x1 + x2' --data $data --false-positive 0 --rates-by x3 --no-profile --table coefficients
pp misclass 'y ~ x3' --data $data --no-profile --table model | head -n 1
pp misclass 'y ~ x1' --data $data --false-negative 1.2
pp misclass 'y ~ x1' --data $data --false-negative 0.2 --false-positive 0 --rates x2
pp misclass 'y ~ x1 | x3' --data $data
pp misclass 'y ~ x1' --data $data --focus x7
pp tipping 'Surv(lo, hi, type = interval) ~ x + d' --data $panel --model hazard --unit unit --time year --focus x,d --closed 'd < 0.4' --table tipping_points
pp tipping 'Surv(lo, hi, type = interval) ~ x + d' --data $panel --model hazard --unit unit --time year --focus d --closed 'd < 0.4' --hypothesis negative --smallest 0.004 --lowest 0.5 --table tipping_points
pp tipping 'Surv(lo, hi, type = interval) ~ x + d' --data $panel --model hazard --unit unit --time year --focus d --closed 'd < 0'
pp tipping 'y ~ x1' --data $data --closed 'x2 < 0'
pp tipping 'y ~ x1' --data $data --closed 'x2 < ' --focus x1
pp tipping 'y ~ x1' --data $data --focus x1
pp tipping 'y ~ x1' --data $data --closed 'x2 < 0' --focus x9
pp tipping 'y ~ x1' --data $data --closed 'x2 < 0' --focus x1 --lowest 2
