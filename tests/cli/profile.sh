cp -r "$CASES/../../data/study" small
head -1 "$CASES/../../data/study/claims.csv" >small/claims.csv
cat >>small/claims.csv <<'EOD'
A9001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014-01-01,2014-12-31,grant,100,national,Police,crime,high,AS001,A,
A9002,KEN,country,KEN,zte,CHN,facial_recognition,contracted,2016-01-01,2016-12-31,unknown,,national,City,traffic,low,AS002,A,
A9003,UGA,country,UGA,unknown,,safe_city,operational,2015-01-01,2015-12-31,own_budget,50,national,,crime,medium,AS002,A,
A9004,RWA,country,RWA,motorola,USA,safe_city,operational,2012-01-01,2012-12-31,unknown,,national,,crime,high,AS001,A,
EOD
sed -i '/^designs:/,/^findings:/{/^findings:/!d}; /^analyses:/,/^report:/{/^report:/!d}' small/study.yml
sed -i '/^models:/,/^findings:/{/^findings:/!d}; /^findings:/,/^report:/{/^report:/!d}; /^  profiles: \[/d' small/study.yml
pp profile KEN small/study.yml | sed '/^Standards/,/^Neighbours/d'
pp profile small/study.yml nairobi --table profile_facts --format csv | grep -E 'fact,|purpose|homicide|outcome'
pp profile small/study.yml --table profile_problem --format markdown
pp profile UGA small/study.yml --table profiles --format csv | cut -d, -f1-12
pp profile Nairobbi small/study.yml
pp profile KEN small/study.yml --with profiles.lean=0.2
pp profile KEN small/study.yml --with profiles.rule=prcx
