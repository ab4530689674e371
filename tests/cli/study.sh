pp init mine
ls mine
pp init mine
pp check mine/study.yml
pp run mine/study.yml --out out --no-twins --table findings --format csv
ls out
pp verify out | sed '/ same/d'
echo '{}' >out/tables/findings.csv
pp verify out | grep differs
sed 's/^title:/titel:/' mine/study.yml >mine/wrong.yml
pp check mine/wrong.yml
pp export mine/study.yml --out package
