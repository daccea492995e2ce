#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 120
#
# What we write as CVE record, OSV, OpenVEX and CycloneDX, of the cases of csaf_cases and of real advisories, before the
# schemas of those formats and a validator that is not ours (Ajv). PSIRTTY_CSAF_VALIDATOR is the node_modules folder with Ajv,
# PSIRTTY_SCHEMAS the folders with the schemas (their files may lie anywhere below); else Debian's python3-cvelib and npm's
# @cyclonedx/cyclonedx-library are looked at. A schema that is missing is said.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../flow/tap.sh"
psirtty=${PSIRTTY:?}
corpora=${PSIRTTY_CORPORA:-../shared/corpora}
builddir=$(cd "${builddir:-.}" && pwd)

leave() { # leave WHY
  skip 'what is written fits the schemas' "$1"
  tap_done
}
command -v node >/dev/null || leave 'no node to run a validator with'
[ -d "${PSIRTTY_CSAF_VALIDATOR:-/nonexistent}/ajv-formats" ] ||
  leave 'no validator: set PSIRTTY_CSAF_VALIDATOR to a node_modules folder with ajv and ajv-formats'
if [ -z "${PSIRTTY_SCHEMAS:-}" ]; then
  PSIRTTY_SCHEMAS=
  for folder in /usr/lib/python3/dist-packages/cvelib/schemas "$PSIRTTY_CSAF_VALIDATOR/@cyclonedx/cyclonedx-library/res/schema"; do
    [ -d "$folder" ] && PSIRTTY_SCHEMAS+=${PSIRTTY_SCHEMAS:+:}$folder
  done
fi
[ -n "${PSIRTTY_SCHEMAS:-}" ] ||
  leave 'no schemas: set PSIRTTY_SCHEMAS to the folders that have those of CVE, OSV, OpenVEX, CycloneDX'
work=$(mktemp -d "${TMPDIR:-/tmp}/ps.XXXXXX") || exit 1
export XDG_STATE_HOME=$work/state
trap 'rm -rf "$work"' EXIT
mkdir "$work/cases" "$work/out"
"$builddir/tests/conformance/csaf_cases" "$work/cases" || exit 1
for format in cve osv openvex cyclonedx-vex; do
  mkdir "$work/out/$format"
  written=0
  for file in "$work"/cases/*.json "$corpora"/csaf-real/*.json; do
    [ -f "$file" ] || continue
    out=$work/out/$format/$(basename "$file")
    if "$psirtty" convert --to $format "$file" >"$out" 2>/dev/null; then written=$((written + 1)); else rm -f "$out"; fi
  done
  if [ "$written" -eq 0 ]; then
    ok 0 "nothing can be written as $format # SKIP"
    continue
  fi
  PSIRTTY_SCHEMAS=$PSIRTTY_SCHEMAS node "$here/schemas.mjs" "$format" "$work/out/$format"/*.json >"$work/faults" 2>"$work/errors"
  case $? in
  3)
    # Its schema is in no package: our own checker, whose verdicts on the collections are those of the schema (check.c).
    "$psirtty" check "$work/out/$format"/*.json | awk -F'\t' '$3 != "valid"' >"$work/faults"
    sed 's/^/# /' "$work/faults" | head -20
    [ ! -s "$work/faults" ]
    ok $? "$written documents written as $format are valid; its schema is in none of the folders of PSIRTTY_SCHEMAS"
    ;;
  0)
    sed 's/^/# /' "$work/faults" | head -20
    [ ! -s "$work/faults" ]
    ok $? "$written documents written as $format fit its schema"
    ;;
  *)
    sed 's/^/# /' "$work/errors" | head
    ok 1 "the validator ran on $format"
    ;;
  esac
done
tap_done
