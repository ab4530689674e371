study="${PROGRAM%/*}/share/pushpull/study/study.yml"
pp standards coalitions SRB --at 2026 --format csv | head -4 | cut -d, -f1-6
pp standards footprint ZTE --table standards_footprint
pp standards footprint Hikvision --table standards_listings --format csv | cut -d, -f1,2,4,7
pp standards coverage "$study" --rule prc --at 2026 --format csv | grep '^DEU' | cut -d, -f1,4,5,8
pp standards contracts "$study" --rule prc --at 2026 --format csv | grep '^DEU' | head -2
pp standards footprint Acme
pp standards coalitions
pp standards coalitions KEN a b
pp standards coverage "$study" --years 2
