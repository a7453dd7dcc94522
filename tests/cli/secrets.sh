# SPDX-License-Identifier: BSD-3-Clause
# No user and no password of an address is printed, however it is written.
"$RPZGEN" keygen -q -o keys
told() { grep -n 'S3\|cret\|et@' said && echo "TOLD by $1"; }
for url in https://reader:S3cret@h.example/m reader:S3cret@h.example/m https:/reader:S3cret@h/m \
	https:reader:S3cret@h.example/m //reader:S3cret@h.example/m \
	ftp://reader:S3cret@h.example/m https://S3cret@h.example/m \
	https://reader:S3/cret@h.example/m 'https://r:S3"cret@h.example/m' \
	'https://reader:S3#cret@h.example/m' 'https://reader:S3?cr@et@h.example/m'; do
	"$RPZGEN" pull -a keys/public --install dir "$url" >said 2>&1
	grep '\[usage]' said
	told pull
	"$RPZGEN" pull -a keys/public --install dir --json "$url" >said 2>&1
	told 'pull --json'
	"$RPZGEN" pull -a keys/public --install dir --proxy "$url" https://127.0.0.1:1/m >said 2>&1
	told --proxy
	sed "s|https://two.example/b|'$url'|" data/good.yaml >inventory.yaml
	"$RPZGEN" check inventory.yaml >said 2>&1
	grep ':47:' said
	told check
	{
		cat data/good.yaml
		printf 'feeds:\n  - {id: f, title: F, form: domains, basis: act, action: drop,'
		printf " url: '%s'}\\n" "$url"
	} >inventory.yaml
	"$RPZGEN" build inventory.yaml -o out >said 2>&1
	told build
done
echo '## what is no secret stays'
printf '%s\n' '192.0.2.53#x@dns.example' '2001:db8::53#99999@dns.example' >servers
"$RPZGEN" probe --inventory data/good.yaml --servers servers 2>&1 | cut -d ' ' -f 1-3
sed 's|https://two.example/b|https://two.example:/@b|;s|mailto:dns@e|mailto:d s@e|' \
	data/good.yaml >inventory.yaml
"$RPZGEN" check inventory.yaml 2>&1 | grep ':11:\|:47:'
