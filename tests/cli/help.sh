pp versoin
pp help nothing
pp fit 'y ~ x'
pp fit 'y ~ x' --dta file.csv
pp fit 'y ~ x' --data d.csv --ssc fixst
pp fit 'y ~ x' --data d.csv --model logitt | grep -o 'cannot be.*\|one of: ols, iv, logit'
pp fit a b
pp fit 'y ~ x' --data
pp version --json=1
pp help version
pp help --completion bash | sed "/^.exit/d" >completion.bash
bash -n completion.bash && echo "bash reads it"
pp help --man man
ls man | head -3
pp help | grep '^[A-Z].*:$\|claims-checked\|event-study'
