# SPDX-License-Identifier: BSD-3-Clause
# The common ways to break YAML are named as what they are.
try() {
	echo "## $1"
	sed "$2" data/good.yaml >x.yaml
	"$RPZGEN" check -q x.yaml 2>&1 | head -1
}
try 'a colon in a title' 's/title: A small policy/title: Report: a policy/'
try 'an unquoted wildcard' 's/- name: acme.example/- name: *.acme.example/'
try 'an unquoted star' 's/title: A small policy/title: *policy/'
try 'a tab' 's/^  title/\ttitle/'
try 'a quote that is not closed' 's/title: A small policy/title: "A small policy/'
try 'a byte order mark within' 's/^basis:/\xef\xbb\xbfbasis:/'
try 'a word that is not allowed' 's/match: exact/match: suffix/'
try 'a byte order mark within, and a colon before it' \
	's/title: A small/title: A: small/;s/^basis:/\xef\xbb\xbfbasis:/'
try 'a comment in place of a title' 's/title: A small policy/title: #1 policy/'
try 'a backslash' 's/title: A small policy/title: "C:\\dir"/'
try 'a part in quotes' 's/title: A small policy/title: "A" small policy/'
try 'a bracket that is not closed' 's/title: A small policy/title: [draft/'
try 'a line too deep' 's/^  title/    title/'
try 'a line not deep enough' 's/^  ttl/ ttl/'
try 'no space behind a colon' 's/kind: website/kind:website/'
try 'no space behind a dash' 's/^  - id: acme/  -id: acme/'
try 'a number in quotes' 's/^  ttl: 30/  ttl: "30"/'
try 'yes in quotes' "s/exclusive: yes/exclusive: 'yes'/"
try 'true' 's/exclusive: yes/exclusive: true/'
try 'an at sign' 's/title: A small policy/title: @policy/'
printf '\377\376f\0o\0' >utf16.yaml
"$RPZGEN" check utf16.yaml 2>&1 | head -1
{ printf '\357\273\277'; cat data/good.yaml; } >bom.yaml
"$RPZGEN" check -q bom.yaml && echo 'a byte order mark at the start is taken'
