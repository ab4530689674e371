# Bounds on departures from parallel trends, of estimates from elsewhere and of data.
cat >e.csv <<'EOF'
horizon,estimate
-2,0
-1,0
0,4
1,6
EOF
cat >v.csv <<'EOF'
horizon,other,covariance
-2,-2,1
-1,-1,0
0,0,1
1,1,1
0,-2,0
1,-2,0
1,0,0
EOF
pp honest --estimates e.csv --covariance v.csv --restriction sd --m 0,0.5,1,2 --table honest_breakdown
pp honest --estimates e.csv --covariance v.csv --restriction sdrm
pp honest --estimates e.csv
pp honest --estimates e.csv --covariance v.csv --data e.csv
pp honest --estimates e.csv --covariance v.csv --interval flci
pp honest --estimates e.csv --covariance v.csv --m 1,x
sed 's/^-1,0$/-1,2/' e.csv >varying.csv
pp honest --estimates varying.csv --covariance v.csv
grep -v '^-1' e.csv | grep -v '^0' >gap.csv
pp honest --estimates gap.csv --covariance v.csv
grep -v '^1,0' v.csv >short.csv
pp honest --estimates e.csv --covariance short.csv
printf 'u,t,g,y\na,1,2,0\na,2,2,1\nb,1,,0\nb,2,,0\nc,1,2,0\nc,2,2,2\nd,1,,1\nd,2,,0\n' >p.csv
pp honest --data p.csv --outcome y --unit u --time t --cohort g
pp honest --data p.csv --outcome y --unit u --time t --cohort g --base varying
pp honest --data p.csv --outcome y --unit u --time t --cohort g --estimator bjs
