cat >data.csv <<'CSV'
g,y,x,r,stage
1,0,0.5,none,1
1,1,1.5,plan,2
2,0,-0.3,none,1
2,0,0.1,use,3
3,1,2.2,plan,3
3,0,1.9,none,2
4,1,0.4,use,1
4,1,1.1,none,3
5,0,-1.0,plan,2
5,1,0.3,use,2
6,1,2.5,none,3
6,1,2.1,plan,3
CSV
pp fit 'y ~ x' --data data.csv --model firth | sed '/score_norm/d'
pp fit 'y ~ x' --data data.csv --model firth --bias median --table coefficients
pp fit 'y ~ x' --data data.csv --model firth --bias meen
pp fit 'y ~ x' --data data.csv --model firth --interval profile --vcov hc1
pp fit 'r ~ x' --data data.csv --model mlogit --margins | sed '/score_norm/d'
pp fit 'stage ~ x' --data data.csv --model ologit --link probit --table coefficients
pp fit 'y ~ x + (1 | g)' --data data.csv --model relogit --table random
pp fit 'y ~ x' --data data.csv --model relogit
pp fit 'x + 1 ~ stage' --data data.csv --model ologit
