#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# `psirtty check` from start to verdict on CSAF documents of 20 kB, 1.8 MB and 15 MB, beside
# @secvisogram/csaf-validator-lib in the same run, also from start to verdict. PSIRTTY_CSAF_VALIDATOR is the node_modules folder
# of the folder where `npm install @secvisogram/csaf-validator-lib` was run. Medians of seven.
# Usage: tests/bench/check.sh PSIRTTY
set -u
psirtty=$1
peer=${PSIRTTY_CSAF_VALIDATOR:-}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# make PRODUCTS: an advisory with that many products, each affected and remedied.
make_csaf() {
  awk -v n="$1" 'BEGIN {
    printf "{\"document\":{\"category\":\"csaf_security_advisory\",\"csaf_version\":\"2.0\",\"distribution\":{\"tlp\":{\"label\":\"WHITE\"}},\"lang\":\"en\",\"publisher\":{\"category\":\"vendor\",\"name\":\"Example\",\"namespace\":\"https://example.com\"},\"title\":\"T\",\"tracking\":{\"current_release_date\":\"2026-01-02T00:00:00Z\",\"id\":\"EX-1\",\"initial_release_date\":\"2026-01-02T00:00:00Z\",\"revision_history\":[{\"date\":\"2026-01-02T00:00:00Z\",\"number\":\"1\",\"summary\":\"First\"}],\"status\":\"final\",\"version\":\"1\"}},\"product_tree\":{\"branches\":[{\"branches\":["
    for (i = 0; i < n; i++)
      printf "%s{\"branches\":[{\"category\":\"product_version\",\"name\":\"1.%d\",\"product\":{\"name\":\"Product %d 1.%d\",\"product_id\":\"P%d\",\"product_identification_helper\":{\"purl\":\"pkg:generic/product-%d@1.%d\"}}}],\"category\":\"product_name\",\"name\":\"Product %d\"}", i ? "," : "", i, i, i, i, i, i, i
    printf "],\"category\":\"vendor\",\"name\":\"V\"}]},\"vulnerabilities\":[{\"cve\":\"CVE-2026-1234\",\"notes\":[{\"category\":\"description\",\"text\":\"D\"}],\"product_status\":{\"known_affected\":["
    for (i = 0; i < n; i++) printf "%s\"P%d\"", i ? "," : "", i
    printf "]},\"remediations\":[{\"category\":\"workaround\",\"details\":\"R\",\"product_ids\":["
    for (i = 0; i < n; i++) printf "%s\"P%d\"", i ? "," : "", i
    printf "]}]}]}"
  }'
}

# median COMMAND…: milliseconds
median() {
  for _ in 1 2 3 4 5 6 7; do
    begun=$(date +%s%N)
    "$@" >/dev/null 2>&1
    echo $((($(date +%s%N) - begun) / 10000))
  done | sort -n | sed -n 4p | awk '{ printf "%.1f", $1 / 100 }'
}

peer_check() {
  node --input-type=module -e '
import { pathToFileURL } from "node:url"
import { readFileSync } from "node:fs"
const lib = process.argv[1] + "/@secvisogram/csaf-validator-lib/"
const validate = (await import(pathToFileURL(lib + "validate.js"))).default
const { csaf_2_0 } = await import(pathToFileURL(lib + "schemaTests.js"))
const mandatory = await import(pathToFileURL(lib + "mandatoryTests.js"))
const result = await validate([csaf_2_0, ...Object.values(mandatory)], JSON.parse(readFileSync(process.argv[2], "utf8")))
process.exit(result.isValid ? 0 : 1)
' "$peer" "$1"
}

line() {
  printf '%-32s %-24s %12s ms\n' "$1" "$2" "$3"
}

for products in 80 6900 55500; do
  make_csaf "$products" >"$work/csaf.json"
  name="check, CSAF of $(($(wc -c <"$work/csaf.json") / 1000)) kB"
  "$psirtty" check "$work/csaf.json" | grep -q valid || { echo "psirtty refuses the document"; exit 1; }
  line "$name" psirtty "$(median "$psirtty" check "$work/csaf.json")"
  if [ "$products" -gt 10000 ]; then
    continue
  elif ! command -v node >/dev/null || [ ! -d "$peer/@secvisogram" ]; then
    line "$name" csaf-validator-lib missing
  elif peer_check "$work/csaf.json"; then
    line "$name" csaf-validator-lib "$(median peer_check "$work/csaf.json")"
  else
    line "$name" csaf-validator-lib failed
  fi
done
