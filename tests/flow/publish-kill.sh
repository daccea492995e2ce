#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# Killed at its writes, every third of the first half and each of the second, a publication is there whole or not at all: event, disclosure, task, files, letter to
# the finder. Who opens the vault next ends it or sweeps it, and the one that was swept can be published again.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
psirtty=${PSIRTTY_PLAIN:-}
work=$(mktemp -d /dev/shm/psk-XXXXXX 2>/dev/null || mktemp -d "${TMPDIR:-/tmp}/psk-XXXXXX") || exit 1
if [ -z "$psirtty" ] || ! ${CC:-cc} -shared -fPIC -o "$work/killpoint.so" "$here/killpoint.c" 2>/dev/null; then
  skip 'killed at each write a publication is whole or not there' 'needs a build without sanitizers, and a compiler'
  rm -rf "$work"
  tap_done
fi
trap 'gpgconf --homedir "$work/g" --kill all 2>/dev/null; rm -rf "$work"' EXIT
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_DATA_HOME=$work/share
export PSIRTTY_VAULT=$work/vault
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --faked-system-time 20260101T000000 \
  --quick-generate-key 'Ann <ann@vendor.example>' future-default default never 2>/dev/null
p() { "$psirtty" --now 2026-11-10T08:00:00Z "$@"; }
p init "$work/vault" --handler ann@vendor.example >/dev/null
for field in 'publisher Vendor' 'namespace https://vendor.example' 'provider https://vendor.example'; do
  p policy set ${field% *} "${field#* }" >/dev/null
done
p product add gw Gateway --vendor Vendor --purl pkg:npm/gateway >/dev/null
p case new 'Overflow in the gateway' >/dev/null
p party add 1 Finn finder --address finn@lab.example >/dev/null
p affected set 1 gw 1.0 affected >/dev/null
p case credit 1 Finn name >/dev/null
p case set 1 score CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H >/dev/null
p case set 1 summary 'A frame stops it.' >/dev/null
p remediation set 1 vendor_fix 'Update to 1.1.' --url https://vendor.example/1.1 >/dev/null
p advisory new 1 >/dev/null
p advisory set 1 tlp CLEAR >/dev/null
p advisory set 1 description 'It stops.' >/dev/null
for gate in $(p gate check 1 | awk -F'\t' '$2 == "warned" { print $1 }'); do
  p gate clear 1 "$gate" --reason known >/dev/null
done
id=PSIRT-2026-0001
p advisory prepare 1 'First' --at 2026-11-10T08:30:00Z >/dev/null
p advisory approve 1 >/dev/null
"$psirtty" --now 2026-11-10T09:00:00Z advisory check 1 >"$work/check"
hasnt "$(cat "$work/check")" '	closed' 'nothing stands against publishing'
p vault check --repair >/dev/null
mkdir "$work/before"
cp -a "$work/vault" "$work/state" "$work/cache" "$work/before"
again() { # again: everything as it was before
  rm -rf "$work/vault" "$work/state" "$work/cache" "$work/out"
  cp -a "$work/before/." "$work"
}
publish() { # publish VARIABLE…: with these in its environment
  (env "$@" LD_PRELOAD="$work/killpoint.so" KILL_SYNCS=1 "$psirtty" --now 2026-11-10T09:00:00Z advisory publish 1 --case "$id" --out "$work/out"
    :) >"$work/said" 2>&1
}
# What there is of a publication, a word each; a new program opens the vault first, as the next person would.
found() {
  p case log 1 >"$work/log"
  grep -q 'version 1 published' "$work/log" && printf 'event '
  grep -q 'now public' "$work/log" && printf 'public '
  grep -q 'task done' "$work/log" && printf 'task '
  ls "$work/vault/drafts/"* | grep 'sealed$' | sort | tr '\n' ' '
  ls -A "$work/out" 2>/dev/null | sort | tr '\n' ' '
}
none=$(found)
publish KILL_COUNT="$work/count"
all=$(found)
count=$(cat "$work/count")
has "$all" 'event public task published-psirt-sa-2026-0001-1.sealed ' 'published, all of it is there'
has "$all" 'psirt-sa-2026-0001.json' 'and its files'
has "$(p draft list)" finn@lab.example 'and a letter to the finder, as a draft'
states='' first='' modes='' unplaced=0
# Each third while files are laid ready, all the like; then every one.
for ((at = 1; at <= count; at += at < count / 2 ? 3 : 1)); do
  again
  publish KILL_AT=$at
  ready=$(ls -d "$work/out"/.publishing-*.part 2>/dev/null)
  ready_at=0
  [ -z "$ready" ] || [ -z "$(ls "$ready")" ] || ready_at=$at
  modes+=$([ -z "$ready" ] || stat -c '%a ' "$ready")
  now_is=$(found)
  case $now_is in "$none") states+=n ;; "$all") states+=a first=${first:-$at}; ((ready_at)) && unplaced=$at ;; *) states+='?' && echo "# at $at: $now_is" ;; esac
done
hasnt "$states" '?' "killed before every third of its $count writes, from half way before each, it is whole or not there: $states"
is "$(tr ' ' '\n' <<<"$modes" | sort -u | tr -d '\n')" 700 'what lies ready is nobody else'"'"'s to read'
case $states in n*a) ok 0 'first nothing, at the end all' ;; *) ok 1 'first nothing, at the end all' "$states" ;; esac
# Events written, files not yet in place, and then the folder is not there; beside the plan one that cannot be read.
again
publish KILL_AT=$unplaced
mv "$work/out" "$work/elsewhere"
has "$(p --json vault stats 2>&1; p audit verify 2>&1; ls "$work/vault/drafts/"*)" publishing-psirt 'a plan whose folder cannot be seen is kept'
mv "$work/elsewhere" "$work/out"
echo torn >"$(dirname "$(ls "$work/vault/drafts/"*/publishing-*)")/publishing-a.sealed"
p case list >/dev/null 2>&1
rm "$work/vault/drafts/"*/publishing-a.sealed
is "$(found)" "$all" 'and ended when it is there again, though another cannot be read'
# Among the first changes behind the commit is the wait for its disk.
states='' told=0
for ((at = first - 1; at <= first + 2; at++)); do
  again
  publish FAIL_AT=$at
  failed=$(grep -c '^psirtty: ' "$work/said")
  now_is=$(found)
  case $now_is in "$none") states+=n ;; "$all") states+=a told=$((told + failed)) ;; *) states+='?' && echo "# at $at: $now_is" ;; esac
done
hasnt "$states" '?' "where a wait for the disk fails it is whole or not there: $states"
ok $((told == 0)) 'a disk that fails behind the commit is told, and what stands in the log is ended all the same'
again
publish KILL_AT=$((count / 2))
publish NOTHING=
is "$(found)" "$all" 'and who was killed publishes again'
tap_done
