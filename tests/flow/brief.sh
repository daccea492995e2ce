#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# What lists say never depends on the member's cache: a second start says what the first did, and so does
# one without the cache, with a damaged one, with an older one, and after two wrote at once.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/pb.XXXXXX") || exit 1
team=$work/t
mkdir -m 700 "$team"
mkdir -p "$work/mail"
export GNUPGHOME=$team XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
trap 'gpgconf --homedir "$team" --kill all 2>/dev/null; rm -rf "$work"' EXIT
p() { "$psirtty" --vault "$work/vault" "$@"; }
at() { p --now "$1" "${@:2}"; }

gpg --homedir "$team" --batch --quiet --pinentry-mode loopback --passphrase '' \
  --quick-generate-key 'Nadia Handler <psirt@vendor.example>' future-default default never 2>/dev/null
fpr=$(gpg --homedir "$team" --batch --list-keys --with-colons 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')

now=2026-11-20T12:00:00Z
lists() {
  at "$now" case list
  at "$now" --json case list
  at "$now" case list 'party:Mara'
  at "$now" case list 'wobbling is:new !state:closed'
  at "$now" calendar
  at "$now" mail list
  at "$now" --json mail list
  at "$now" advisory list
  at "$now" product list
}
# The same again, each by a process of its own, and told as text.
same() { # same EXPECTED NAME
  lists >"$work/again" 2>&1
  ok "$(diff "$1" "$work/again" >"$work/diff"; echo $?)" "$2" "$(head -20 "$work/diff")"
}
index() { find "$work/cache" -name '*.index' -type f; }

"$psirtty" init "$work/vault" --handler "$fpr" --outbox "$work/outbox" >/dev/null 2>&1
ok $? 'a vault'
p product add quux 'Quuxgateway' --version 7.3.1 >/dev/null
for i in 1 2 3 4 5; do
  printf 'From: Mara Finder <mara@finder.example>\nSubject: Report %d\nMessage-ID: <%d@x>\n\nIt overflows.\n' "$i" "$i" \
    >"$work/mail/$i"
done
p mail import "$work"/mail/* >/dev/null
at 2026-11-10T08:00:00Z case new 'A wobbling parser' >/dev/null
at 2026-11-11T08:00:00Z mail take 1 >/dev/null
at 2026-11-12T08:00:00Z case state 2 valid >/dev/null
p case set 2 score CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H >/dev/null
p case set 2 summary 'It writes behind a buffer' >/dev/null
p affected set 2 quux 7.3.1 affected >/dev/null
at 2026-11-12T09:00:00Z embargo propose 2 2026-12-24T09:00:00+01:00 >/dev/null
at 2026-11-12T10:00:00Z embargo accept 2 >/dev/null
p repro add 2 --build 7.3.1 --verdict reproduced --steps 'run it' >/dev/null 2>&1
p advisory new 2 >/dev/null

lists >"$work/first" 2>&1
has "$(cat "$work/first")" 'A wobbling parser' 'there is something to list'
[ -n "$(index)" ]
ok $? 'and a cache that keeps it'
same "$work/first" 'a second start says the same'

# ---- without, with a damaged, with an older cache
cp -a "$work/cache" "$work/kept"
rm -rf "$work/cache"
same "$work/first" 'without the cache'
size=$(stat -c %s "$(index)")
for part in 10 50 90; do
  printf 'XXXXXXXX' | dd of="$(index)" bs=1 seek=$((size * part / 100)) conv=notrunc 2>/dev/null
  same "$work/first" "with one damaged at $part per cent"
done
: >"$(index)"
same "$work/first" 'with an empty one'
p note 2 'one more' >/dev/null
p case new 'Another one' >/dev/null
p case set 1 assignee Nadia >/dev/null
at 2026-11-13T08:00:00Z mail take 2 >/dev/null
lists >"$work/second" 2>&1
rm -rf "$work/cache"
cp -a "$work/kept" "$work/cache"
same "$work/second" 'with an older one: what came since is read on'
rm -rf "$work/cache"
same "$work/second" 'and that is what there is'

# ---- whole again
has "$(p --json case show 2)" 'one more' 'a case known in brief is shown whole'
has "$(p mail show 1)" 'It overflows.' 'so is a mail'
has "$(p case log 2)" 'embargo' 'its log has its events'
has "$(p audit show)" 'Another one' 'all events can be listed'
p undo 2 >/dev/null
ok $? 'what was known in brief can be undone'

# ---- what may no longer be read is not read from an older cache
p case new 'Zeppelin to be forgotten' >/dev/null
gone=$(at "$now" case list Zeppelin | cut -f1)
rm -rf "$work/kept"
cp -a "$work/cache" "$work/kept"
p case shred "$gone" --yes "$gone" >/dev/null 2>&1
ok $? 'a case is shredded' "$gone"
hasnt "$(p case list)" 'Zeppelin' 'it is in no list'
rm -rf "$work/cache"
cp -a "$work/kept" "$work/cache"
hasnt "$(p case list)" 'Zeppelin' 'nor with a cache that still knew it'
hasnt "$(p case list)" 'Zeppelin' 'nor after that'

# ---- two at once
for i in 1 2 3 4 5 6; do p note 2 "left $i" >/dev/null & p case new "Right $i" >/dev/null; wait $!; done
wait
lists >"$work/third" 2>&1
is "$(grep -c 'Right [1-6]$' "$work/third")" 6 'two wrote at once: every case is listed'
is "$(p --json case show 2 | grep -o 'left [1-6]' | sort -u | wc -l)" 6 'and every note is there'
rm -rf "$work/cache"
same "$work/third" 'the cache they left says what a rebuild says'
p audit verify >/dev/null
ok $? 'and the vault is whole'
tap_done
