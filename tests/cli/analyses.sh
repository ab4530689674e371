# What the commands that give an analysis refuse before they begin.
study=$CASES/../../data/study/study.yml
pp drivers "$study" --draws 5
pp curve "$study" --resume kept
pp scenario "$study" --level 0.9
pp next "$study" --with hours.search=0 --quiet
pp next "$study" --with hours.serch=3
pp drivers "$study" --with shares.draws=few
pp drivers 'y ~ x' --data none.csv --with shares.draws=5
pp lists "$study" --data none.csv
printf 'a file' >file
mkdir there
pp next "$study" --out there
pp next "$study" --out file/below/it
cp "$CASES"/../../data/study/*.csv .
sed '/^analyses:/,/^report:/{/^report:/!d}' "$study" >study.yml
pp misclass study.yml
