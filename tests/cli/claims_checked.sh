cp -r "$CASES/../../data/study" small
sed -i '/^designs:/,/^findings:/{/^findings:/!d}; /^analyses:/,/^report:/{/^report:/!d}' small/study.yml
sed -i '/^models:/,/^findings:/{/^findings:/!d}; /^findings:/,/^report:/{/^report:/!d}; /^  profiles: \[/d' small/study.yml
HEAD="statement_id,place,country,who,name,statement,measure,claimed_change,unit,method,period_from,period_to,source_id,url,title,publisher,published"
cat >small/said.csv <<EOD
$HEAD
S1,Ecuador,ECU,government,The Ministry,Murder has been cut in half.,homicide,-50,percent,figures,2009,2017,AS001,,,,
S2,Nairobi,KEN,vendor,,Crime fell by as much as 60%.,crime,-60,percent,figures,2015,2016,,https://example.org/a,A page,A paper,2016
S3,Nairobi,KEN,survey,,People feel safer.,safety,,,none,,,,https://example.org/b,Another page,,
EOD
pp claims-checked small/study.yml --with file=said.csv
pp claims-checked small/study.yml --with file=said.csv --table claims_checked --format csv | head -1
pp claims-checked small/study.yml --with file=said.csv --json | head -c 60; echo
cat >small/wrong.csv <<EOD
$HEAD
S1,Ecuador,ECU,seller,,Murder fell.,homicide,-50,percent,figures,2009,2017,AS001,,,,
S1,Ecuador,ECX,vendor,,Murder fell.,homicide,half,percent,figures,2019,2017,AS99999,,,,
EOD
pp claims-checked small/study.yml --with file=wrong.csv
sed 's/,measure,/,of_what,/' small/said.csv >small/columns.csv
pp claims-checked small/study.yml --with file=columns.csv
printf 'grades: [good]\nrules:\n  - {method: none, grade: better, because: So it is.}\n' >small/grades.yml
pp claims-checked small/study.yml --with file=said.csv --with grades=grades.yml
pp claims-checked small/study.yml --with file=nowhere.csv
pp claims-checked small/study.yml --with file=said.csv --with homicide=murders
