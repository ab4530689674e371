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
cat >labels.csv <<'EOF'
term,label
rb,Region B
x,Exposure
(Intercept),
EOF
pp compare 'y ~ x' 'y ~ x + factor(r)' --data data.csv --model 'ols; logit' --vcov 'iid; cluster:g'
pp compare 'y ~ x + r' --data data.csv --vcov 'iid; hc1; cluster:g' --names 'classical; robust; clustered' --stars --below interval --labels labels.csv --decimals 2 --format markdown
pp compare 'y ~ x' 'x ~ r' --data data.csv --format latex
pp compare 'y ~ x' --data data.csv --format html --below none
pp compare 'y ~ x' --data data.csv --table estimates --format csv
pp compare 'y ~ x' 'y ~ r' --data data.csv --vcov 'iid; hc1; hc2'
pp compare 'y ~ x' 'y ~ r' --data data.csv --names 'one'
pp compare 'y ~ x' --data data.csv --vcov 'iid;'
pp compare 'y ~ x' 'y ~ r' --data data.csv --names 'a; a'
pp compare 'y ~ x'
pp compare 'y ~ x' --data data.csv --labels data.csv
