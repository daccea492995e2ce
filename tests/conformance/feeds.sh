#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# time limit: 180
#
# Every collected feed gives the counts that Python makes of it, or says why not; see feeds.py.
set -u
srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
corpora=${PSIRTTY_CORPORA:-../shared/corpora}

skip() {
  echo "ok 1 - feeds give the counts of the collection # SKIP $1"
  echo 1..1
  exit 0
}

python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3) || skip 'no python3 (Debian: python3)'
[ -d "$corpora/feeds" ] || skip 'no corpora: set PSIRTTY_CORPORA'
exec "$python" -B "$srcdir/tests/conformance/feeds.py" "${PSIRTTY_PLAIN:-${PSIRTTY:?}}" "$corpora"
