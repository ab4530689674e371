cat >lists.csv <<'END'
press,company,official,n,region
1,0,0,40,north
0,1,0,30,north
0,0,1,20,north
1,1,0,20,north
1,0,1,14,north
0,1,1,10,north
1,1,1,8,north
1,0,0,25,south
0,1,0,18,south
1,1,0,12,south
0,0,0,50,south
END
pp lists --data lists.csv --lists press,company,official --freq n --by region --table models
pp lists --data lists.csv --lists press,company,official --freq n --by region --table lists_strata
pp lists --data lists.csv --lists 'press, company' --freq n --population 220 --table models
pp lists --data lists.csv --lists press,company --freq n --population 220 --table lists_dependence
pp lists --data lists.csv --lists press
pp lists --data lists.csv --lists press,official,pres --freq n
pp lists --data lists.csv --lists press,n
pp lists --data lists.csv --lists press,company --freq region
pp lists --data lists.csv --lists press,company,official --freq n --population 100
printf 'a,b,n\n1,0,9\n0,1,7\n' >apart.csv
pp lists --data apart.csv --lists a,b --freq n
printf 'a,b,n\n1,0,9\n1,1,7\n' >all.csv
pp lists --data all.csv --lists a,b --freq n
printf 'a,b,n\n1,0,9\n0,1,-2\n1,1,4\n' >negative.csv
pp lists --data negative.csv --lists a,b --freq n
pp lists
pp lists --data lists.csv --lists press,company,official --freq n --by company
