header=claim_id,place,place_kind,country,vendor,vendor_home,platform,status,earliest,latest,financing,amount_usd,buyer_level,buyer,stated_purpose,confidence,source_id,coder,note
cat >claims.csv <<EOF
$header
A0001,Nairobi,city,KEN,huawei,CHN,safe_city,operational,2014,2015,unknown,,national,Kenya Police,crime,medium,AS001,A,
A0002,ECU,country,ECU,ceiec,CHN,command_centre,operational,2011,2012,concessional_loan,240000000,national,ECU 911,crime,high,AS002,A,
A0003,Nowhereville,city,KEN,huawei,CHN,safe_city,announced,,2018,unknown,,unknown,,unknown,low,AS001,A,
EOF
cat >sources.csv <<'EOF'
source_id,url,title,publisher,published,kind,language
AS001,https://example.org/nairobi,Nairobi's cameras,Example News,2016-03-14,news,en
AS002,https://example.org/ecu911,ECU 911,Example News,2012-05-01,news,es
EOF
pp import claims.csv --sources sources.csv --store s.db --dry-run --table import
pp import claims.csv --sources sources.csv --store s.db
pp import claims.csv --sources sources.csv --store s.db --table import
pp show Nairobi --store s.db --table claims
pp show A0002 --store s.db | sed 's/20[0-9-]*T[0-9:]*Z/TIME/g'
pp show Atlantis --store s.db
pp decide correct A0002 --field confidence --value medium --store s.db
pp decide correct A0002 --field confidence --value medium --store s.db --reason 'one source only' | sed 's/20[0-9-]*T[0-9:]*Z/TIME/g'
pp verify s.db | sed 's/[0-9a-f]\{64\}/HASH/g'
cat >wrong.csv <<EOF
$header
A0004,Nairobi,city,KEN,huawei,CHN,safe_ctiy,operational,2015,2014,unknown,,national,,crime,medium,AS001,A,
A0005,Quito,city,ECQ,huawei,CHN,safe_city,operational,2014,,unknown,,national,,crime,medium,AS009,A,
EOF
pp import wrong.csv --store s.db
pp show A0004 --store s.db
pp show KEN --store none.db
pp merge place gn:184745 KEN --reason 'the same' --store s.db
pp merge vendor huwaei huawei --reason 'the same' --store s.db
pp decide correct A0001 --field country --value NGA --reason 'a slip' --store s.db
