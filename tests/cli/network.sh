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
for table in network_nodes network_edges network_communities network_years market_survival; do
    pp network small/study.yml --table $table --format markdown
done
pp network small/study.yml --with unit=country --with last=2015 --table network_dependence | head -8
pp network small/study.yml --with unit=planet
pp network small/study.yml --with last=2010 --with first=2012
