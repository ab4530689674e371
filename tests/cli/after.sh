cat >data.csv <<'EOF'
g,y,x,r,w
1,0,0.5,a,1
1,1,1.5,b,2
2,0,-0.3,a,1
2,0,0.1,b,1
3,1,2.2,a,3
3,0,1.9,b,1
4,1,0.4,a,2
4,1,1.1,b,1
5,0,-1.0,a,1
5,1,0.3,b,2
EOF
printf 'x,r\n0,a\n1,c\n,b\n' >new.csv
logit() {
    pp fit 'y ~ x + factor(r)' --data data.csv --model logit --vcov cluster:g "$@"
}
logit --by r --table margins
logit --by r --table margin_differences
logit --margins-at 'means; x = 0, 1' --table margins
logit --predict --ids g,r --table predictions --format csv | cut -d, -f1-5
logit --new-data new.csv --table predictions
logit --explain 'g = 3' --ids g --table contributions
logit --residuals --table residuals
logit --influence g --table influence_terms
logit --influence g --influence-term x --influence-top 2 --table influence
logit --influence rows --influence-top 2 --table influence
logit --quality --bins 2 --table quality | sed '/calibration_/d'
logit --quality --bins 2 --table calibration
logit --curves --table roc
logit --margins-at 'x = 0; q = 1'
logit --margins-at 'x = a'
logit --margins-at 'x'
logit --explain 'g = 9'
logit --influence g --influence-term z
logit --by h
logit --impute 5 --quality
pp fit 'Surv(x, y) ~ w' --data data.csv --where 'x > 0' --model cox --margins
