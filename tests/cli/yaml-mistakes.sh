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
try 'an at sign' 's/title: A small policy/title: @policy/'
printf '\377\376f\0o\0' >utf16.yaml
"$RPZGEN" check utf16.yaml 2>&1 | head -1
{ printf '\357\273\277'; cat data/good.yaml; } >bom.yaml
"$RPZGEN" check -q bom.yaml && echo 'a byte order mark at the start is taken'
