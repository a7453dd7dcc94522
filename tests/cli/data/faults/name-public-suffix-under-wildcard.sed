# guard-public-suffix
s/name: acme.example/name: city.kawasaki.jp/;s/name: www.acme.example/name: www.city.kawasaki.jp/;s/name: api.acme-cloud.example/name: other.kawasaki.jp/
