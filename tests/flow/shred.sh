#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# A shredding killed at each of its writes, one after the other: whoever opens the vault next finds the case as it was, or
# finishes it. Mails that went into another case stay.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
work=$(mktemp -d "${TMPDIR:-/tmp}/ps.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache PSIRTTY_VAULT=$work/vault
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --homedir "$work/g" --kill all 2>/dev/null; rm -rf "$work"' EXIT
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'A Handler <a@vendor.example>' \
  future-default default never 2>/dev/null
"$psirtty" init "$work/vault" --handler a@vendor.example >/dev/null
mail() { # mail NUMBER SUBJECT
  printf 'From: F <f@example.org>\nSubject: %s\nDate: Fri, 20 Nov 2026 10:00:00 +0000\nMessage-ID: <%s@example.org>\n\nIt overflows: %s.\n' \
    "$2" "$1" "Schraubstock-$1" >"$work/$1.eml"
  "$psirtty" mail import "$work/$1.eml" >/dev/null
}
mail 1 first && mail 2 second && mail 3 third
"$psirtty" mail take M-0001 >/dev/null && "$psirtty" mail take M-0002 >/dev/null
printf 'proof' >"$work/poc"
"$psirtty" repro add 1 'router 1.2' reproduced --text 'send it' --attach "$work/poc" >/dev/null
ok $? 'two cases with a mail each, and a mail in the inbox'
objects() { find "$work/vault/objects" -type f | wc -l; }
before=$(objects)

# ---- what a member's own program could still open of it, whatever the lists show
opened() { "$(dirname "$psirtty")/tests/flow/opened" "$work/vault" 2>&1; }
cp -a "$work/vault" "$work/vault.whole" && cp -a "$work/state" "$work/state.whole"
"$psirtty" search Schraubstock-1 >/dev/null
has "$(opened)" 'Schraubstock-1' 'before, the text of a mail can be opened'
has "$(opened)" '"subject":"first"' 'and its subject'
"$psirtty" case shred 1 --yes PSIRT-2026-0001 >"$work/said"
ok $? 'the case is shredded' "$(cat "$work/said")"
has "$(cat "$work/said")" 'backups of keys.db may hold its keys until' 'until when backups of the keys open it is said'
has "$(cat "$work/said")" 'every backup with attachments from before now opens them' 'and which backups open its mails'
out=$(opened)
hasnt "$out" 'Schraubstock-1' 'after, no text of its mail can be opened'
hasnt "$out" '"first"' 'nor what it was about'
hasnt "$(grep -w 'M-0001' <<<"$out")" 'f@example.org' 'or who wrote it'
has "$out" 'Schraubstock-2' 'those of other cases can'
has "$out" 'Schraubstock-3' 'and those of none'
record=$("$psirtty" --json vault disposals)
has "$record" '"files": 3' 'the record counts the files that went: the proof, the mail, what was read of it'
has "$record" '"left_in_inbox": 0' 'and says that nothing of the mail stayed in the inbox'
is "$("$psirtty" search Schraubstock-1)" '' 'it is not found'
is "$("$psirtty" search Schraubstock-2 | wc -l)" 2 'others are'
is "$("$psirtty" vault check 2>&1)" 'nothing found; 4 attachments are whole' 'the index has no word of it any more, and no file is left over'
rm -rf "$work/vault" "$work/state" "$work/cache"
mv "$work/vault.whole" "$work/vault" && mv "$work/state.whole" "$work/state"

if ! command -v strace >/dev/null || ! strace -f -e trace=none true 2>/dev/null; then
  skip 'a shredding killed at each write' 'needs strace'
  tap_done
fi
cp -a "$work/vault" "$work/vault.kept" && cp -a "$work/state" "$work/state.kept"

# The state after a kill and an opening: "whole" or "gone", or what is wrong.
judge() {
  local shown cases
  cases=$("$psirtty" case list | cut -f 1 | tr '\n' ' ')
  shown=$("$psirtty" audit verify 2>&1) || { echo "not whole: $shown"; return; }
  if [ "$cases" = 'PSIRT-2026-0001 PSIRT-2026-0002 ' ]; then
    [ "$(objects)" = "$before" ] && "$psirtty" case show 1 >/dev/null 2>&1 &&
      [ "$("$psirtty" vault disposals | wc -l)" = 0 ] && echo whole && return
  elif [ "$cases" = 'PSIRT-2026-0002 ' ]; then
    [ "$((before - $(objects)))" = 3 ] && [ "$("$psirtty" vault disposals | cut -f 1)" = PSIRT-2026-0001 ] &&
      [ "$("$psirtty" mail list | cut -f 1 | tr '\n' ' ')" = 'M-0002 M-0003 ' ] && echo gone && return
  fi
  echo "cases $cases, objects $(objects) of $before, mails $("$psirtty" mail list | cut -f 1 | tr '\n' ' ')"
}

outcomes=
for round in fdatasync:1 unlink:1 pwrite64:5; do
  call=${round%:*}
  for ((n = 1; n < 60; n += ${round#*:})); do
    rm -rf "$work/vault" "$work/state" "$work/cache"
    cp -a "$work/vault.kept" "$work/vault" && cp -a "$work/state.kept" "$work/state"
    timeout 60 strace -f -qq -o /dev/null -e trace=$call -e "inject=$call:signal=KILL:when=$n" \
      "$psirtty" case shred 1 --yes PSIRT-2026-0001 >"$work/said" 2>&1 && break
    found=$(judge)
    outcomes="$outcomes$found "
    case $found in whole | gone) ;; *) ok 1 "killed at $call $n" "$found" ;; esac
  done
done
has "$outcomes" 'whole' 'killed early, the case is as it was'
has "$outcomes" 'gone' 'killed late, the next to open finishes it'
is "$(tr ' ' '\n' <<<"$outcomes" | grep -vcE '^(whole|gone|)$')" 0 "nothing in between, in $(wc -w <<<"$outcomes") rounds"
tap_done
