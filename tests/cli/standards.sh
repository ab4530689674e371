pp standards check
pp standards binds Ecuador
pp standards binds GBR --at 2019 --table standards_binds --format csv | cut -d, -f1,7-9
pp standards binds Germany --at 2025-02-01 --table standards_duties --json | grep -o '"article.*"applies":[a-z]*'
pp standards calendar DEU --years 2 --json
pp standards arenas --format csv | cut -d, -f1,2,6,7
cp -r "${PROGRAM%/*}/share/pushpull/standards" registry
chmod -R u+w registry
printf 'x,coe-108-plus,KEN,signed,2017-01-01,,seen,,2026-11-23,\n' >>registry/commitment.csv
pp standards binds KEN --data registry
pp standards check --data registry --table standards_problems
pp standards binds Atlantis
pp standards binds
pp standards bind KEN
pp standards arenas KEN
pp standards check --at 2020
pp standards binds KEN --at yesterday
pp standards calendar --years 0
pp standards gaps none.yml
pp standards gaps "${PROGRAM%/*}/share/pushpull/study/study.yml" --table standards_gaps_totals
