#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# time limit: 120
#
# The import of the first records of the collected CVE List, killed at random and gone on with; see intel.py. PSIRTTY_RECORDS: of how
# many; 0: all.
set -u
srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
feed=$(ls "${PSIRTTY_CORPORA:-../shared/corpora}"/feeds/packaged/cvelistV5/*_all_CVEs_at_midnight.zip.zip 2>/dev/null | head -n 1)

skip() {
  echo "ok 1 - an import killed at random points # SKIP $1"
  echo 1..1
  exit 0
}

python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3) || skip 'no python3 (Debian: python3)'
[ -n "$feed" ] || skip 'no corpora: set PSIRTTY_CORPORA'
exec "$python" "$srcdir/tests/crash/intel.py" "${PSIRTTY_PLAIN:-${PSIRTTY:?}}" "$feed" ${PSIRTTY_RECORDS-}
