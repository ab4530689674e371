cat >data.csv <<'EOF'
g,y,x,r
1,0,0.5,a
1,1,1.5,b
2,0,-0.3,a
2,0,0.1,b
3,1,2.2,a
3,0,1.9,b
4,1,0.4,a
4,1,1.1,b
5,0,-1.0,a
5,1,0.3,b
EOF
pp fit 'y ~ x + r' --data data.csv --model logit --vcov cluster:g --margins | sed '/score_norm/d'
pp fit 'y ~ x' --data data.csv --table coefficients --format markdown
pp fit 'y ~ z' --data data.csv
pp fit 'y ~ x +' --data data.csv
pp fit 'y ~ x' --data data.csv --vcov cluster:country
pp fit 'y ~ x' --data data.csv --vcov cr2:g --table coefficients
pp fit 'y ~ x' --data data.csv --vcov conley:x+y
pp fit 'y ~ x' --data data.csv --vcov clustr:g
pp fit 'y ~ x | r' --data data.csv --vcov cr2:g
pp fit 'y ~ x' --data data.csv --where 'x >'
pp fit 'y ~ x' --data data.csv --where 'x > 0) or (1=1'
sed 's/^3,1,/3,2,/' data.csv >two.csv
pp fit 'y ~ x' --data two.csv --model logit --where 'x > 0'
pp fit 'r ~ x' --data data.csv --model logit
sed 's/1,0.4,a/2,0.4,a/; s/,0,/,1,/; s/3,1,2/3,2,2/' data.csv >codes.csv
pp fit 'y ~ x' --data codes.csv --model logit
head -1 data.csv >header.csv
pp fit 'y ~ x' --data header.csv
pp fit 'y ~ x' --data data.csv --tol 0
pp fit 'y ~ x' --data data.csv --model logit --max-iterations 1 --table coefficients
awk -F, 'NR == 1 { print $0 ",w,t" } NR > 1 { print $0 "," NR % 3 "," NR % 2 }' data.csv >weights.csv
pp fit 'y ~ x | g' --data weights.csv --weights w --weight-kind frequency --table dropped
pp fit 'y ~ x | g' --data weights.csv --weights w --keep-singletons --table dropped
pp fit 'y ~ x' --data weights.csv --weights w --weight-kind often
pp fit 'y ~ lag(x)' --data weights.csv
pp fit 'y ~ lag(x)' --data weights.csv --unit g --time t --table coefficients
pp fit 'y ~ poly(x, 2) + poly(x, 20)' --data weights.csv
pp fit 'y ~ w' --data weights.csv --model iv
pp fit 'y ~ w | x ~ g + t' --data weights.csv --model iv --vcov hc1 --table first_stage

# An option that would change nothing is refused, and the table says what was done.
pp fit 'y ~ x' --data weights.csv --draws 99
pp fit 'y ~ x' --data weights.csv --ties exact
pp fit 'y ~ x' --data weights.csv --weights w --weight-kind frequency --table coefficients
