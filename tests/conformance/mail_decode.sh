#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Decodes what the collected mail holds three ways; see mail_decode.py. It wants the python3 of the system.
set -u
srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
builddir=$(cd "${builddir:-$srcdir}" && pwd)
corpora=${PSIRTTY_CORPORA:-../shared/corpora}

skip() {
  echo "ok 1 - mail is decoded three ways # SKIP $1"
  echo 1..1
  exit 0
}

python=/usr/bin/python3
[ -x "$python" ] || python=$(command -v python3) || skip 'no python3 (Debian: python3)'
[ -f "$corpora/mail/index.tsv" ] || skip 'no corpora: set PSIRTTY_CORPORA'
exec "$python" "$srcdir/tests/conformance/mail_decode.py" "$builddir/tests/conformance/mail_decode" "$corpora"
