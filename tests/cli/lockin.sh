cp -r "$CASES/../../data/study" small
head -1 "$CASES/../../data/study/claims.csv" >small/claims.csv
cat >>small/claims.csv <<'EOD'
A9001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014-01-01,2014-12-31,grant,100,national,,crime,high,AS001,A,
A9002,Mombasa,city,KEN,huawei,CHN,safe_city,operational,2017-01-01,2017-12-31,unknown,,national,,crime,high,AS002,A,
A9003,Kampala,city,UGA,zte,CHN,facial_recognition,contracted,2012-01-01,2012-12-31,unknown,50,national,,crime,medium,AS002,A,
A9004,Kampala,city,UGA,motorola,USA,safe_city,operational,2016-01-01,2016-12-31,unknown,,national,,crime,high,AS001,A,
A9005,Jinja,city,UGA,unknown,,safe_city,operational,2010-01-01,2010-12-31,unknown,,national,,crime,high,AS001,A,
EOD
sed -i '/^designs:/,/^findings:/{/^findings:/!d}; /^analyses:/,/^report:/{/^report:/!d}' small/study.yml
for table in lockin_choices lockin_repeats lockin_preflight; do
    pp lockin small/study.yml --with by=country --with draws=99 --table $table --format markdown | grep -v '^- \|^$\|Warnings'
done
pp lockin small/study.yml --with finance=official_finance_prc --table lockin_choices
pp lockin small/study.yml --with by=city
pp lockin small/study.yml --with finance=trade_of_prc
