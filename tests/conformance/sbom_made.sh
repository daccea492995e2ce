#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Bills of materials in many forms made from one list, and broken ones, in bounded memory; see sbom_made.py.
set -u
srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3) || {
  echo 'ok 1 - bills of materials in many forms # SKIP no python3 (Debian: python3)'
  echo 1..1
  exit 0
}
exec "$python" -B "$srcdir/tests/conformance/sbom_made.py" "${PSIRTTY_PLAIN:-${PSIRTTY:?}}" "${PSIRTTY_CORPORA:-../shared/corpora}"
