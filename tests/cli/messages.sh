cp -r "${PROGRAM%/*}/share/pushpull/messages" library
chmod -R u+w library
pp messages check library --table messages_library --format csv | cut -d, -f1,2 | head -4
cat >library/wrong.yml <<'EOF'
concern: cost_lockin
messages:
  cheap:
    audience: [mayor, public]
    claim: It is cheap in {city}.
    evidence_for:
      - says: So it is.
        publication: A leaflet
      - standard: iso-9999
        says: There is one.
        grade: strong
    evidence_against:
      - finding: homicide
        grade: weak
    when: price < 3
    strenght: strong
  bold:
    audience: mayor
    claim: It works.
EOF
pp messages check library --table messages_problems --format csv
pp messages check nowhere
pp messages check library
pp messages study.yml KEN --audience public
cp -r "$CASES/../../data/study" small
head -1 "$CASES/../../data/study/claims.csv" >small/claims.csv
cat >>small/claims.csv <<'EOD'
A9001,Nairobi,city,KEN,huawei,CHN,safe_city,suspended,2014-01-01,2014-12-31,grant,100,national,Police,crime,high,AS001,A,
A9002,KEN,country,KEN,zte,CHN,cctv_network,operational,2016-01-01,2016-12-31,unknown,,national,City,traffic,low,AS002,A,
EOD
sed -i '/^designs:/,/^findings:/{/^findings:/!d}; /^analyses:/,/^report:/{/^report:/!d}' small/study.yml
sed -i '/^models:/,/^findings:/{/^findings:/!d}; /^findings:/,/^report:/{/^report:/!d}; /^  profiles: \[/d' small/study.yml
pp messages small/study.yml KEN --audience regulator
pp messages small/study.yml Nairobi --table messages --format csv | cut -d, -f2-5 | sort | head -8
pp messages small/study.yml Atlantis
pp messages Nairoby small/study.yml
pp messages small/study.yml KEN --with standards=nowhere
