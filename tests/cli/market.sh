cp -r "$CASES/../../data/study" small
head -1 "$CASES/../../data/study/claims.csv" >small/claims.csv
cat >>small/claims.csv <<'EOF'
A9001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014-01-01,2014-12-31,unknown,100,national,,crime,high,AS001,A,
A9002,Nairobi,city,KEN,unknown,,safe_city,operational,2013-01-01,2013-12-31,unknown,,national,,crime,high,AS002,A,
A9003,Mombasa,city,KEN,avigilon,CAN,cctv_network,contracted,2015-01-01,2015-12-31,unknown,50,national,,crime,high,AS002,A,
A9004,Kampala,city,UGA,unknown,,facial_recognition,operational,2012-01-01,2012-12-31,unknown,,national,,crime,high,AS001,A,
A9005,Kampala,city,UGA,zte,CHN,safe_city,operational,,2016-03-01,unknown,,national,,crime,high,AS001,A,
EOF
sed -i '/^designs:/,/^findings:/{/^findings:/!d}; /^analyses:/,/^report:/{/^report:/!d}' small/study.yml
for table in market_shares market_concentration market_records market_affiliates; do
    pp market small/study.yml --table $table --format markdown | grep -v '^| \(region\|family\) '
done
pp market small/study.yml --with rule=prc --with last=2015 --table market_shares | head -5
pp market small/study.yml --with last=2010 --with first=2012
pp market small/study.yml --with rule=nobody
pp market small/study.yml --with first=1200
pp market small/study.yml --with supplier=Cihna
pp market small/study.yml --with supplier=China
pp market small/study.yml --with countries=[KEN,XX]
pp market small/study.yml --with countries=[KEN] --table market_shares --format csv | grep -E "^(countries|country,KEN)"
pp market small/study.yml --with countries=[KEN] | head -12
