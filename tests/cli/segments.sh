cp -r "$CASES/../../data/study" small
head -1 "$CASES/../../data/study/claims.csv" >small/claims.csv
cat >>small/claims.csv <<'EOT'
A9001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2010-01-01,2014-12-31,unknown,100,national,,crime,high,AS001,A,
A9002,Mombasa,city,KEN,avigilon,CAN,cctv_network,contracted,2015-01-01,2015-12-31,unknown,50,subnational,,crime,high,AS002,A,
A9003,Kampala,city,UGA,zte,CHN,safe_city,operational,,2016-03-01,unknown,,national,,crime,high,AS001,A,
EOT
sed -i '/^designs:/,/^findings:/{/^findings:/!d}; /^analyses:/,/^report:/{/^report:/!d}; /^models:/,/^findings:/{/^findings:/!d}' small/study.yml
sed -i '/^findings:/,/^report:/{/^report:/!d}' small/study.yml
cat >small/rules.yml <<'EOT'
rules:
  - name: early
    title: Early adopter
    when: outcome = 'adopted' AND latest_year <= 2012
    because: Its contracts are due for renewal.
  - name: cities
    title: Bought by cities
    when: outcome = 'adopted' AND (buyer_level = 'subnational' OR finance_supplier = 1)
    because: The mayor signed.
  - name: adopted
    title: Adopted
    when: outcome = 'adopted'
    because: It adopted.
  - name: rest
    title: The rest
    because: Nothing is on record.
EOT
pp segments small/study.yml Nairobi --with file=rules.yml
pp segments small/study.yml --with file=rules.yml --table segment_rules --format markdown
pp segments small/study.yml Nairoby --with file=rules.yml
sed "s/latest_year <= 2012/lastest_year <= 2012/" small/rules.yml >small/unknown.yml
pp segments small/study.yml --with file=unknown.yml
sed "s/name: cities/name: early/" small/rules.yml >small/twice.yml
pp segments small/study.yml --with file=twice.yml
sed "/when: outcome = 'adopted'$/d" small/rules.yml >small/never.yml
pp segments small/study.yml --with file=never.yml
