#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Matches of a bill of materials with real feeds, pair by pair as a plain second program finds them.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../flow/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
corpora=${PSIRTTY_CORPORA:-$here/../../../shared/corpora}
if [ ! -d "$corpora/feeds/packaged/osv" ] || ! command -v python3 >/dev/null; then
  skip 'matches as a second program finds them' 'no collections, or no python3'
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/cm.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_DATA_HOME=$work/share PSIRTTY_VAULT=$work/vault
export PSIRTTY=$psirtty
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --homedir "$work/g" --kill all 2>/dev/null; rm -rf "$work"' EXIT
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'A Handler <a@vendor.example>' \
  future-default default never 2>/dev/null
python3 "$here/match_reference.py" make "$corpora" "$work/bill.json"
ok $? 'a bill of materials of what the feeds know'
"$psirtty" feed import "$corpora/feeds/packaged/osv" --source osv >/dev/null && "$psirtty" feed import "$corpora/feeds/nvd-2.0-pages" >/dev/null
ok $? 'the feeds are in the store'
"$psirtty" init "$work/vault" --handler a@vendor.example >/dev/null
"$psirtty" product add sample Sample >/dev/null
"$psirtty" sbom import sample 1 "$work/bill.json" >/dev/null && "$psirtty" match run >/dev/null
ok $? 'and held against the bill'
"$psirtty" --json match list --all >"$work/list.json"
out=$(python3 "$here/match_reference.py" check "$corpora" "$work/bill.json" "$work/list.json" 2>&1)
ok $? 'every pair is answered as the second program does, with its evidence' "$out"
echo "# $(tail -n 1 <<<"$out")"
has "$out" 'wrong 0, without evidence 0' 'and none is left out'
tap_done
