cp -r "${PROGRAM%/*}/share/pushpull/standards" registry
chmod -R u+w registry
pp standards set registry commitment 108-SEN-in-force status=seen date=2016-12-01 --by Ada --reason 'read the chart' --format csv | cut -d, -f2-
cut -d, -f2- registry/changes.csv
pp standards set registry commitment 108-SEN-in-force country=XXX --by Ada --reason x
pp standards set registry commitment 108-SEN-inforce country=SEN --by Ada --reason x
pp standards set registry commitment 108-SEN-in-force contry=ARG --by Ada --reason x
pp standards set registry commitment 108-SEN-in-force country=SEN
pp standards set registry commitment 108-SEN-in-force
pp standards set registry commitmant 108-SEN-in-force country=SEN --by Ada --reason x
pp standards remove registry instrument coe-108 --by Ada --reason x
pp standards remove registry commitment 108-SEN-in-force --by Ada --reason wrong --table standards_changes --format csv | cut -d, -f2-7 | head -2
printf 'id,instrument,country,action,date,reservation,status,source,checked_on,note\nz1,coe-108,KEN,signed,2025,,seen,"two\nlines",2026-01-01,\nz2,coe-108,KEM,signed,2025,,seen,s,2026-01-01,\n' >rows.csv
pp standards import registry commitment rows.csv --by Ada
sed -i s/KEM/BRA/ rows.csv
pp standards import registry commitment rows.csv --by Ada --table standards_import
pp standards import registry commitment rows.csv --by Ada --table standards_import
sed -i s/BRA,signed/BRA,ratified/ rows.csv
pp standards import registry commitment rows.csv --by Ada
pp standards export package --data registry
pp standards check --data package --format csv | cut -d, -f1,2
pp standards set registry commitment z1 note=x --by Ada --reason x --years 3
