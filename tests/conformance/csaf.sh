#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# CSAF documents of many cases before a validator that is not ours (@secvisogram/csaf-validator-lib,
# found in the node_modules folder PSIRTTY_CSAF_VALIDATOR names). No mandatory test may fail; of
# the optional ones only those named below. Documents that say as CSAF what other formats say are judged with them: a
# fifth of them, or all where PSIRTTY_CSAF_ALL is set.
set -u
srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
builddir=$(cd "${builddir:-$srcdir}" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/csaf.XXXXXX") || exit 1
psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:-}}
findings=$work/findings.tsv
count=0 status=0

# 6.2.3 a product without a score, also where the only one is of CVSS 4.0, which CSAF 2.0 has no place for; 6.2.16 a
# product without purl or CPE: what the case does not say the document cannot.
spared='6_2_3|6_2_16'
# Of what came of another format, what that one does not say either: tests/conformance/advisory.c tells why.
spared_raised='6_2_(2|3|10|11|12|16|18)'

answer() {
  count=$((count + 1))
  if [ "$1" = 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; status=1; fi
}

skip() {
  echo "ok 1 - CSAF documents are valid # SKIP $1"
  echo 1..1
  exit 0
}

command -v node >/dev/null || skip 'no node to run a validator with'
[ -d "${PSIRTTY_CSAF_VALIDATOR:-/nonexistent}/@secvisogram/csaf-validator-lib" ] ||
  skip 'no validator: set PSIRTTY_CSAF_VALIDATOR to a node_modules folder with @secvisogram/csaf-validator-lib'
trap 'for h in "$work"/demo/gnupg "$work"/demo/people/*; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
mkdir -p "$work/documents" || exit 1
"$builddir/tests/conformance/csaf_cases" "$work/documents"
answer $? 'the documents are written'
if [ -n "$psirtty" ]; then
  XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_DATA_HOME=$work/share "$psirtty" demo "$work/demo" >"$work/story" 2>&1 </dev/null
  cp "$work"/demo/psirt-sa-*.json "$work/documents/demo.json"
  answer $? 'and that of the demonstration'
fi
mkdir "$work/raised"
"$builddir/tests/conformance/advisory" "$work/raised" >/dev/null
answer $? 'and those raised from other formats'
[ -n "${PSIRTTY_CSAF_ALL:-}" ] || find "$work/raised" -name '*.json' ! -name '*[05].json' -delete
raised=$(find "$work/raised" -name '*.json')
sed 's/"version": "0"/"version": "7"/' "$work/documents/full.json" >"$work/broken.json"
node "$srcdir/tests/conformance/csaf-validate.mjs" "$work"/documents/*.json $raised "$work/broken.json" >"$findings" 2>"$work/errors"
answer $? 'the validator ran'
sed 's/^/# /' "$work/errors"
grep '^broken.json	' "$findings" | grep -q 'mandatoryTest_6_1_16'
answer $? 'a broken document is found out'
for file in "$work"/documents/*.json; do
  name=$(basename "$file")
  grep "^$name	mandatory	" "$findings" | sed 's/^/# /'
  ! grep -q "^$name	mandatory	" "$findings"
  answer $? "$name passes every mandatory test"
  grep "^$name	optional	" "$findings" | grep -Ev "optionalTest_($spared)	" >"$work/optional"
  sed 's/^/# /' "$work/optional"
  [ ! -s "$work/optional" ]
  answer $? "$name passes the optional tests"
done
if [ -n "$raised" ]; then
  for format in cve osv openvex cyclonedx-vex; do
    grep -E "^$format-[0-9]+[.]json	" "$findings" | grep -Ev "	optional	optionalTest_$spared_raised	" >"$work/raised.tsv"
    sed 's/^/# /' "$work/raised.tsv"
    [ ! -s "$work/raised.tsv" ] && grep -qE "^$format-[0-9]+[.]json	" "$findings"
    answer $? "what $format says passes as CSAF"
  done
fi
echo "1..$count"
exit "$status"
