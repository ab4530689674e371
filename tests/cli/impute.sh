cat >data.csv <<'CSV'
g,t,y,x,z,f
1,1,1.2,0.5,1,0
1,2,1.9,,2,1
1,3,2.2,1.4,,1
2,1,0.1,-0.3,0,0
2,2,,0.1,1,0
2,3,0.9,0.6,2,
3,1,3.1,2.2,3,1
3,2,2.8,1.9,,1
3,3,3.9,,4,0
4,1,0.8,0.4,1,0
4,2,1.4,1.1,2,1
4,3,1.7,,2,1
5,1,-0.7,-1.0,0,0
5,2,0.2,0.3,,0
CSV
pp impute data.csv --out done.csv --impute 2 --seed 4 --unit g --time t
head -n 4 done.csv
pp fit 'y ~ x + z' --data data.csv --impute 5 --seed 4 --table coefficients
pp fit 'y ~ x + z' --data data.csv --impute 5 --impute-method emb --seed 4 --table model
pp impute data.csv
pp impute data.csv --out done.csv --impute-with x,nope
pp fit 'y ~ x + z' --data data.csv --impute 1
