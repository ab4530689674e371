# Seven adopters: KEN and UGA on press and company, GHA and ZMB on the press, SRB and ECU on company pages, PER on
# a think tank's page, which no list has. The story of a company page that the press copied word for word
# is the company's alone.
cat >sources.csv <<'END'
source_id,url,title,publisher,published,kind,language
AS01,https://vendor.example/cases,Safe city projects of the year,Vendor,2015-01-10,company,en
AS02,https://news.example/a,Cameras for the capital,Daily News,2016-02-01,news,en
AS03,https://news.example/b,A command centre opens its doors,Daily News,2016-03-01,news,en
AS04,https://tank.example/x,What is known of surveillance,Think,2017-01-01,think_tank,en
AS05,https://vendor.example/copy,Command centre for the police of two cities announced today,Vendor,2015-05-02,company,en
AS06,https://news.example/copy,Command centre for the police of two cities announced today,Other News,2015-05-03,news,en
END
cat >claims.csv <<'END'
claim_id,place,place_kind,country,vendor,vendor_home,platform,status,earliest,latest,financing,amount_usd,buyer_level,buyer,stated_purpose,confidence,source_id,coder,note
A01,KEN,country,KEN,huawei,CHN,safe_city,operational,2014,2014,unknown,,national,,crime,medium,AS01,A,
A02,KEN,country,KEN,huawei,CHN,safe_city,operational,2014,2014,unknown,,national,,crime,medium,AS02,A,
A03,UGA,country,UGA,huawei,CHN,safe_city,operational,2014,2014,unknown,,national,,crime,medium,AS01,A,
A04,UGA,country,UGA,huawei,CHN,safe_city,operational,2014,2014,unknown,,national,,crime,medium,AS03,A,
A05,GHA,country,GHA,huawei,CHN,safe_city,operational,2014,2014,unknown,,national,,crime,medium,AS02,A,
A06,ZMB,country,ZMB,huawei,CHN,safe_city,operational,2014,2014,unknown,,national,,crime,medium,AS03,A,
A07,SRB,country,SRB,huawei,CHN,safe_city,operational,2014,2014,unknown,,national,,crime,medium,AS01,A,
A08,ECU,country,ECU,huawei,CHN,safe_city,operational,2014,2014,unknown,,national,,crime,medium,AS05,A,
A09,ECU,country,ECU,huawei,CHN,safe_city,operational,2014,2014,unknown,,national,,crime,medium,AS06,A,
A10,PER,country,PER,huawei,CHN,safe_city,operational,2014,2014,unknown,,national,,crime,medium,AS04,A,
END
{
    echo iso3,year,democracy
    for c in KEN UGA GHA ZMB SRB ECU PER BRA IND FRA CHN; do echo $c,2014,0.3; echo $c,2015,0.6; done
} >indicators.csv
cat >study.yml <<'END'
pushpull: 1
title: Small
evidence: {claims: claims.csv, sources: sources.csv}
rules:
  prc: {suppliers: [CHN]}
panel: {years: [2013, 2015], indicators: indicators.csv, exclude: [CHN]}
analyses:
  lists:
    by: [democracy]
    thresholds: [0.5]
    lists: {press: [Daily News, Other News], company: [company]}
END
pp lists study.yml --table lists_units
pp lists study.yml --table models
pp lists study.yml --with 'lists={press: [news], company: [compny]}'
pp lists study.yml --with 'lists={press: [news], company: [company, news]}'
pp lists study.yml --with 'lists={press: [news], region: [company]}'
pp lists study.yml --with 'lists={press: [news]}'
pp lists study.yml --with 'thresholds=[0.5, 0.2]'
pp lists study.yml --with 'by=[wealth]'
