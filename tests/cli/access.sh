cp -r "$CASES/../../data/study" small
cp "$CASES/../../data/strategy/access.yml" small/rules.yml
head -1 "$CASES/../../data/study/claims.csv" >small/claims.csv
mkdir small/standards
for file in "$CASES"/../../data/standards/*.csv; do
    head -1 "$file" >"small/standards/$(basename "$file")"
    grep '^prc-' "$file" >>"small/standards/$(basename "$file")"
done
cat >>small/claims.csv <<'EOD'
A9001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014-01-01,2014-12-31,grant,100,national,,crime,high,AS001,A,Hosted in the vendor's cloud
A9002,Kampala,city,UGA,unknown,,safe_city,operational,2013-01-01,2013-12-31,unknown,,national,,crime,high,AS002,A,
A9003,UGA,country,UGA,zte,CHN,facial_recognition,contracted,2015-01-01,2015-12-31,unknown,50,national,,crime,medium,AS002,A,
A9004,RWA,country,RWA,motorola,USA,safe_city,operational,2012-01-01,2012-12-31,unknown,,national,,crime,high,AS001,A,
EOD
sed -i '/^designs:/,/^findings:/{/^findings:/!d}; /^analyses:/,/^report:/{/^report:/!d}' small/study.yml
sed -i 's/^report:/analyses:\n  access: {supplier: CHN, rules: rules.yml, standards: standards}\n\nreport:/' small/study.yml
for table in access_parts access_composite access_stability; do
    pp access small/study.yml --table $table --format markdown | grep -v '^- \|^$\|Warnings'
done
pp access small/study.yml Nairobi --table access_profiles --format markdown
pp access small/study.yml Kamapala
pp access small/study.yml Rwanda
pp access small/study.yml Rwanda --with supplier=USA --table access_composite --format markdown | head -5
sed -i 's/who: 0.3,/who: 0.4,/' small/rules.yml
pp access small/study.yml
sed -i 's/who: 0.4,/who: 0.3,/; s/instrument: prc-/instrument: prk-/' small/rules.yml
pp access small/study.yml
sed -i 's/instrument: prk-/instrument: prc-/; s/grade: low/grade: high/' small/rules.yml
pp access small/study.yml
pp access small/study.yml --with rules=missing.yml

# A home that is no country, and a supplier by its name
sed 's/^  CHN:/  CHX:/' "$CASES/../../data/strategy/access.yml" >small/home.yml
pp access small/study.yml --with rules=home.yml
pp access small/study.yml --with supplier=China
