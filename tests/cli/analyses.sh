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
sed '/^analyses:/,/^report:/{/^report:/!d}; s/undetected: occupancy/undetected: 0.1/' "$study" >study.yml
pp misclass study.yml
# Numbers that would quietly mean the default.
printf 'y,x\n0,1\n1,2\n' >data.csv
for given in '--level 0' '--level 1' '--max-iterations 0' '--orders 0' '--threads 0' '--threads -1'; do
    pp drivers 'y ~ x' --data data.csv $given
done
pp curve 'y ~ x' --data data.csv --most 0
pp forecast 'y ~ x' --data data.csv --draws 0
pp lists --data data.csv --lists y,x --population 0
pp occupancy --data data.csv --visits y,x --starts 0
pp peers 'y ~ x' --data data.csv --distance --nearest 0
pp tipping 'y ~ x' --data data.csv --closed 'x > 1' --focus x --lowest 0
pp tipping 'y ~ x' --data data.csv --closed 'x > 1' --focus x --smallest -1
