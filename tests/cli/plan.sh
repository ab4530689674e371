cp -r "$CASES/../../data/study" small
head -1 "$CASES/../../data/study/claims.csv" >small/claims.csv
cat >>small/claims.csv <<'EOT'
A9001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014-01-01,2014-12-31,unknown,100,national,,crime,high,AS001,A,
A9002,Kampala,city,UGA,zte,CHN,safe_city,operational,,2016-03-01,unknown,,national,,crime,high,AS001,A,
EOT
sed -i '/^designs:/,/^findings:/{/^findings:/!d}; /^analyses:/,/^report:/{/^report:/!d}; /^models:/,/^findings:/{/^findings:/!d}' small/study.yml
sed -i '/^findings:/,/^report:/{/^report:/!d}' small/study.yml
cat >small/plan.yml <<'EOT'
placeholder: true
words: These costs and effects are made up.
budget: 100
objective: {title: Claims, of: claims, where: kind = 'country'}
actions:
  - {name: visit, title: A visit, audience: mayor, cost: 60, effect: 0.25}
  - {name: letter, title: A letter, audience: mayor, cost: 10, effect: 0.125}
  - {name: law, title: A law, audience: legislature, cost: 30, effect: 0.5, requires: letter}
coverage:
  - {title: Uganda, where: country = 'UGA', at_least: 1}
EOT
pp plan small/study.yml --with file=plan.yml
pp plan small/study.yml --budget 20 --with file=plan.yml --table plan_totals --format csv | cut -d, -f 1-5
pp plan small/study.yml --budget 5 --with file=plan.yml
pp plan small/study.yml --budget none --with file=plan.yml
sed "s/at_least: 1/at_least: 9/" small/plan.yml >small/much.yml
pp plan small/study.yml --with file=much.yml
sed "s/requires: letter/requires: leter/" small/plan.yml >small/unknown.yml
pp plan small/study.yml --with file=unknown.yml
sed "s/of: claims/of: climes/" small/plan.yml >small/fact.yml
pp plan small/study.yml --with file=fact.yml
