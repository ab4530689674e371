cat >data.csv <<'END'
g,y,w,x,z,r
1,0,0.2,0.5,1.1,a
1,1,1.9,1.5,0.3,b
2,0,-0.4,-0.3,0.2,a
2,0,0.6,0.1,-1.2,c
3,1,2.0,2.2,0.9,a
3,0,1.1,1.9,-0.4,b
4,1,0.3,0.4,0.5,c
4,1,1.7,1.1,1.4,b
5,0,-1.2,-1.0,-0.1,a
5,1,0.1,0.3,0.7,c
6,0,0.8,0.6,-0.9,b
6,1,1.0,1.2,0.1,c
END
pp fit 'w ~ x + z' --data data.csv --boot wild:g --table bootstrap
pp fit 'w ~ x + z' --data data.csv --boot wild:g --table bootstrap_design
pp fit 'w ~ x + z' --data data.csv --boot wild:g --draw-weights webb --unrestricted --tails equal --only x --null 0.5 --draws 499 --seed 7 --table bootstrap --format csv
pp fit 'w ~ x + z' --data data.csv --boot pairs:g --boot-interval bca --draws 99 --adjust romano-wolf,holm --table bootstrap
pp fit 'y ~ x' --data data.csv --model logit --boot score:g --table bootstrap
pp fit 'w ~ x + z + r' --data data.csv --test 'x = 1, z = 0; r; x = 2*z' --table tests
pp fit 'y ~ x + z' --data data.csv --model logit --test 'x = 0' --test-kind lr --table tests
pp fit 'w ~ x + z' --data data.csv --equivalence 'z: 0.5; x: 0.1; x: 0.1 sd' --table equivalence --format csv
pp fit 'w ~ x + z' --data data.csv --permute x:g --draws 200 --table randomisation
pp fit 'w ~ x + z' --data data.csv --adjust holm,bh --table coefficients
pp fit 'w ~ x + z' --data data.csv --boot wildd:g
pp fit 'y ~ x' --data data.csv --model logit --boot wild:g
pp fit 'w ~ x + z' --data data.csv --boot wild:
pp fit 'w ~ x + z' --data data.csv --test 'x = 0, y2 = 1'
pp fit 'w ~ x + z' --data data.csv --adjust romano-wolf
pp fit 'w ~ x + z' --data data.csv --permute r
pp fit 'w ~ x + z' --data data.csv --impute 2 --test x
