# Each of them is told plainly, and nothing is made of it.
printf 'y,x\n1,M\374nchen\n' >windows1252.csv
printf '\377\376y\0,\0x\0\n\0' >utf16.csv
: >empty.csv
printf 'y,x\n1,2\n3,"cut' >cut.csv
printf 'y,x\n1,2\n3\n' >short.csv
printf 'PK\003\004 not really a workbook' >excel.csv
mkdir folder.csv
printf 'y,x\n1,2\n' >secret.csv
for f in windows1252 utf16 empty cut short excel folder none; do
    pp fit 'y ~ x' --data $f.csv
done
pp import windows1252.csv --store s.db
pp import short.csv --store s.db
pp import empty.csv --store s.db
pp import none.csv --store s.db
test ! -e s.db && echo 'no store was made'
printf 'not a store at all, but long enough to be looked at as if it were one' >fake.db
pp verify fake.db
pp run none.yml
pp run empty.csv
pp init folder.csv
