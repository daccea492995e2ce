#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 120
#
# Bundles for a room without a network: full, incremental, in any wrong order, with any byte changed; what goes in is the
# same whichever way it was carried, and nothing of this machine goes out.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/feeds.sh"
psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
if ! command -v python3 >/dev/null || ! command -v openssl >/dev/null || ! command -v gpg >/dev/null; then
  skip 'feed bundles' 'needs python3, openssl and gpg'
  tap_done
fi
feeds_start
trap feeds_stop EXIT
for name in Collector Stranger; do
  gpg --batch --quiet --pinentry-mode loopback --passphrase '' --faked-system-time 20260101T000000 \
    --quick-generate-key "$name <$name@example.org>" ed25519 sign never 2>/dev/null
done
print() { gpg --batch --with-colons --list-keys "$1@example.org" 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }'; }
ours=$(print Collector)
strange=$(print Stranger)
settings() { feeds_settings "bundle: {signer: $ours, keys: [$ours]}"; }
settings
sources='kev cve osv-PyPI nvd-files folder redhat-vex'
room() { XDG_DATA_HOME=$work/$1 p "${@:2}"; }
# What lies in a room, as one sum.
tree() { find "$work/$1" -type f ! -name '*.lock' ! -name 'intel.db-*' -exec sha256sum {} + 2>/dev/null | sort | sha256sum; }

# ---- out
out=$(p feed export "$work/none.tar")
is "$?" 1 'where nothing was synced there is nothing to carry'
# shellcheck disable=SC2086
p feed sync $sources >/dev/null
is "$?" 0 'the collector syncs'
feeds_settings ''
has "$(p feed export "$work/x.tar")" 'no bundle goes out unsigned' 'without a key there is none'
settings
out=$(p feed export "$work/1.tar")
is "$?" 0 'a full bundle'
has "$out" $'serial\t1\tsince\tfull\tsources\t6' 'it says what is in it'
is "$(tar tf "$work/1.tar" | head -n 2 | tr '\n' ' ')" 'MANIFEST.json MANIFEST.json.asc ' 'it begins with its manifest'
tar xf "$work/1.tar" 2>/dev/null -C "$work" MANIFEST.json MANIFEST.json.asc
gpg --batch --verify "$work/MANIFEST.json.asc" "$work/MANIFEST.json" 2>/dev/null
is "$?" 0 'which gpg finds signed'
sum=$(sha256sum <"$served/www/kev.json" | cut -d' ' -f1)
tar xOf "$work/1.tar" "data/$sum" | cmp -s - "$served/www/kev.json"
is "$?" 0 "upstream's bytes are unchanged in it"
LC_ALL=C grep -a -q -e "$work" -e "$(hostname)" -e apikey "$work/1.tar"
is "$?" 1 'nothing of this machine is in it'
feeds_world 2
# shellcheck disable=SC2086
p feed sync $sources >/dev/null
out=$(p feed export "$work/2.tar" --since 1)
has "$out" $'serial\t2\tsince\t1' 'an incremental one'
[ "$(stat -c %s "$work/2.tar")" -lt "$(stat -c %s "$work/1.tar")" ]
is "$?" 0 'is smaller'
p feed export "$work/3.tar" >/dev/null
has "$(p feed export "$work/x.tar" --since 77)" 'no bundle 77 was made here' 'a base that is none'

# ---- in, wrongly: nothing is written
refused() { # refused FILE CODE WORDS NAME
  local before out code
  before=$(tree a)
  out=$(room a feed import "$1")
  code=$?
  is "$code" "$2" "$4: refused"
  has "$out" "$3" "$4: the sentence"
  is "$(tree a)" "$before" "$4: nothing was written"
}
room a feed status >/dev/null
refused "$work/2.tar" 5 'bring a full one first' 'an incremental one without its base'
feeds_settings "bundle: {keys: [$strange]}"
refused "$work/1.tar" 4 'which is no key that is pinned here' 'another key than the pinned one'
feeds_settings ''
refused "$work/1.tar" 4 'bundle: {keys' 'no pinned key at all'
settings
head -c "$(($(stat -c %s "$work/1.tar") / 2))" "$work/1.tar" >"$work/torn.tar"
refused "$work/torn.tar" 3 'it was cut' 'half of one'
# One byte changed: in headers, the manifest, the signature, files, what is between and behind them.
python3 - "$work/1.tar" "$work/flips" <<'END'
import os, random, sys
data = open(sys.argv[1], "rb").read()
os.mkdir(sys.argv[2])
size = int(data[124:135], 8)
sign = 512 + (size + 511) // 512 * 512
random.seed(9)
places = {"name": 3, "time": 140, "manifest": 512 + size // 2, "manifest-padding": 512 + size, "signature-name": sign + 5,
          "signature-begin": sign + 512 + 3, "signature": sign + 512 + 60, "signature-blank": sign + 512 + 30,
          "signature-end": sign + 512 + 227, "file-name": sign + 1024 + 6, "file": sign + 1024 + 512 + 9,
          "end": len(data) - 1024, "last": len(data) - 1}
places.update(("random-%d" % n, random.randrange(len(data))) for n in range(16))
for name, place in places.items():
    with open(os.path.join(sys.argv[2], name), "wb") as out:
        out.write(data[:place] + bytes([data[place] ^ (1 << random.randrange(7))]) + data[place + 1:])
END
before=$(tree a)
taken=
for flip in "$work"/flips/*; do
  room a feed import "$flip" >/dev/null && taken="$taken ${flip##*/}"
done
is "$taken" '' 'a changed byte anywhere: refused'
is "$(tree a)" "$before" 'and nothing was written'

# ---- in, rightly
alone=
unshare -rn true 2>/dev/null && alone='unshare -rn'
[ -n "$alone" ] || skip 'without any network' 'unshare is not permitted here'
out=$(XDG_DATA_HOME=$work/a $alone "$psirtty" --offline --now 2026-11-23T00:00:00Z feed import "$work/1.tar" --receipt "$work/receipt.json" 2>&1)
is "$?" 0 'the full one goes in, with no network at all'
has "$out" $'taken\t1' 'it says so'
is "$(records "$work/a" | cut -d' ' -f1)" 476 'the store has the records of every source'
gpg --batch --verify "$work/receipt.json.asc" "$work/receipt.json" 2>/dev/null
is "$?" 0 'its receipt is signed'
has "$(cat "$work/receipt.json")" '"serial": 1' 'and says which it was'
before=$(tree a)
has "$(room a feed import "$work/1.tar")" $'already\t1' 'once more: it is here already'
is "$(tree a)" "$before" 'and nothing changes'
has "$(room a feed import "$work/2.tar")" $'taken\t2' 'the incremental one after it'
mkdir -m 700 "$work/g2"
gpg --batch --export "$ours" 2>/dev/null | gpg --homedir "$work/g2" --batch --quiet --import 2>/dev/null
before=$(tree b)
GNUPGHOME=$work/g2 room b feed import "$work/3.tar" >/dev/null
is "$?:$(tree b)" "3:$before" 'a room that cannot sign its receipt is told so before anything is written'
feeds_settings "bundle: {keys: [$ours]}"
has "$(GNUPGHOME=$work/g2 room b feed import "$work/3.tar")" $'taken\t3' 'the full one of both in another room, which has the public key alone'
settings
is "$(records "$work/a")" "$(records "$work/b")" 'gives the same records'
is "$(records "$work/a")" "$(records "$work/data")" 'which are those of the collector'
is "$(cd "$work/a/psirtty/feeds" && find . -name '*.json' -path './folder/*' ! -name state.json | sort)" \
  "$(cd "$work/b/psirtty/feeds" && find . -name '*.json' -path './folder/*' ! -name state.json | sort)" 'and the same files'
has "$(room a feed status | grep ^kev)" $'\t2\t' 'the status names the bundle'
has "$(room a feed status | grep ^bundle)" $'bundle\ttaken\t2\t1' 'and what was taken in'
has "$(room b feed import "$work/1.tar")" 'older than 3' 'never backwards'
has "$(room b feed import "$work/1.tar" --backwards)" $'taken\t1' 'but on purpose'
has "$(room b feed status | grep ^bundle)" 'backwards' 'and that is logged'
out=$(room a feed export "$work/4.tar")
is "$?" 0 'a room can carry on what it has'
tap_done
