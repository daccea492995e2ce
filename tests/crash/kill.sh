#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 200
#
# Three handlers' sessions write at once and are killed in the middle, again and again: what was acknowledged is
# there afterwards, and the log is whole.
set -u
here=$(cd "$(dirname "$0")/../flow" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
work=$(mktemp -d "${TMPDIR:-/tmp}/pk.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state PSIRTTY_VAULT=$work/vault
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --kill all; rm -rf "$work"' EXIT 2>/dev/null
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'A Handler <a@vendor.example>' \
  future-default default never 2>/dev/null
"$psirtty" init "$work/vault" --handler a@vendor.example >/dev/null && "$psirtty" case new 'a case' >/dev/null
ok $? 'a vault with a case'

# Writes notes until it is killed; a line in the file says that a note was acknowledged.
writer() {
  local n=0
  while :; do
    n=$((n + 1))
    "$psirtty" note 1 "note $1-$2-$n end" >/dev/null 2>&1 && echo "note $1-$2-$n end" >>"$work/acknowledged"
  done
}

: >"$work/acknowledged"
whole=0 same=0
for round in 1 2 3 4 5 6; do
  writers=()
  for w in a b c; do
    setsid bash -c "$(declare -f writer); psirtty='$psirtty' work='$work'; writer $round $w" &
    writers+=($!)
  done
  before=$(wc -l <"$work/acknowledged")
  for ((i = 0; i < 2000; i++)); do
    [ $(($(wc -l <"$work/acknowledged") - before)) -ge $((round + 3)) ] && break
    read -rt 0.01 <> <(:) || true
  done
  for pid in "${writers[@]}"; do kill -9 -- "-$pid" 2>/dev/null; done
  wait 2>/dev/null
  "$psirtty" audit verify >"$work/audit" 2>&1 && whole=$((whole + 1))
  # A cache that was left half-written is made anew; then lists and words are those of the vault.
  "$psirtty" search note >"$work/found" 2>&1
  # What the dead left in the WAL is no difference: the next who writes folds it in.
  "$psirtty" vault check >"$work/check" 2>&1
  found=$(grep -cE '^(found: |nothing found)' "$work/check")
  harmless=$(grep -cE '^(found: .*vault\.db-wal was not folded|nothing found)' "$work/check")
  [ "$found" -ge 1 ] && [ "$found" -eq "$harmless" ] && same=$((same + 1))
done 2>/dev/null
is "$whole" 6 'after each of 6 rounds of kill -9 the log is whole'
is "$same" 6 'and lists and search index are what is read anew' "$(cat "$work/check")"
"$psirtty" vault check --repair >"$work/check" 2>&1 && "$psirtty" vault check >"$work/check" 2>&1
ok $? 'a repair folds in what was left, and then nothing is found' "$(cat "$work/check")"
"$psirtty" --json case show 1 >"$work/case"
missing=0
while read -r note; do grep -qF "\"$note\"" "$work/case" || missing=$((missing + 1)); done <"$work/acknowledged"
count=$(wc -l <"$work/acknowledged")
[ "$count" -ge 24 ]
ok $? "$count notes were acknowledged"
is "$missing" 0 'and none of them is missing'

# ---- a backup while three write: whole, and with all that was acknowledged before it began
writers=()
for w in a b c; do
  setsid bash -c "$(declare -f writer); psirtty='$psirtty' work='$work'; writer backup $w" &
  writers+=($!)
done
before=$(wc -l <"$work/acknowledged")
for ((i = 0; i < 2000; i++)); do
  [ $(($(wc -l <"$work/acknowledged") - before)) -ge 3 ] && break
  read -rt 0.01 <> <(:) || true
done
cp "$work/acknowledged" "$work/before"
"$psirtty" vault backup "$work/backup" --keys >"$work/said" 2>&1
ok $? 'a backup while three write' "$(cat "$work/said")"
for pid in "${writers[@]}"; do kill -9 -- "-$pid" 2>/dev/null; done
wait 2>/dev/null
XDG_STATE_HOME=$work/fresh "$psirtty" vault restore "$work/backup" "$work/restored" >"$work/said" 2>&1
has "$(cat "$work/said")" 'verified' 'it is restored, and verified'
XDG_STATE_HOME=$work/fresh "$psirtty" --vault "$work/restored" --json case show 1 >"$work/case"
missing=0
while read -r note; do grep -qF "\"$note\"" "$work/case" || missing=$((missing + 1)); done <"$work/before"
is "$missing" 0 'nothing that was acknowledged before it began is missing' "$(wc -l <"$work/before")"

# ---- three sessions open cases and take the same mail at once
for w in a b c; do
  for n in 1 2 3 4; do "$psirtty" case new "case $w $n" >>"$work/opened" 2>&1; done &
done
wait
is "$(sort "$work/opened" | uniq | grep -c opened)" 12 'twelve cases opened at once have twelve numbers'
is "$("$psirtty" case list | wc -l)" 13 'and all are there'
printf 'From: f@finder.example\nSubject: one\n\ntext\n' >"$work/one.eml"
mkdir -p "$work/m/new" "$work/m/cur"
for n in 1 2 3 4 5 6 7 8; do printf 'From: f@finder.example\nSubject: number %s\n\ntext\n' $n >"$work/m/new/$n"; done
"$psirtty" mail import "$work/one.eml" >/dev/null
for w in a b c; do "$psirtty" mail import "$work/m" >/dev/null 2>>"$work/import" & done
wait
is "$(cat "$work/import")" '' 'three import the same mail at once without a complaint'
is "$("$psirtty" mail list | cut -f 1 | sort -u | wc -l)" 9 'and each is taken in once'
for w in a b c; do "$psirtty" mail take M-0001 >>"$work/taken" 2>&1 & done
wait
is "$(grep -c 'opened from' "$work/taken")" 1 'a mail taken by three at once becomes one case'
"$psirtty" audit verify >/dev/null 2>&1
ok $? 'the log is whole'
tap_done
