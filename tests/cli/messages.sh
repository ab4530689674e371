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
