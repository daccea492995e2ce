#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# Two people at two screens publish an advisory by keys: a gate is closed, both open it, an approval lapses after an edit,
# and only then, with the case's id typed, it goes out. Each step waits until a screen shows what it must.
set -u
here=$(cd "$(dirname "$0")/../flow" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
if ! command -v tmux >/dev/null; then
  skip 'the publication in tmux' 'needs tmux'
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pk.XXXXXX") || exit 1
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_DATA_HOME=$work/share TMUX_TMPDIR=$work
vault=$work/vault
t() { tmux -L p "$@" 2>/dev/null; }
trap 't kill-server; for h in a b; do gpgconf --homedir "$work/$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT

shows() { # shows WHO PATTERN NAME: that screen shows it within a minute
  local i
  for ((i = 0; i < 1200; i++)); do
    if t capture-pane -p -t "$1" | grep -qE -- "$2"; then
      ok 0 "$3"
      return
    fi
    read -rt 0.05 <> <(:) || true
  done
  ok 1 "$3" "looked for: $2" "$(t capture-pane -p -t "$1")"
}
keys() { local who=$1; shift; t send-keys -t "$who" "$@"; }
# Escape, then the list. A key within 25 ms behind it would be read as Alt and that key: that time has to pass.
back() {
  local i
  keys "$1" Escape
  read -rt 0.2 <> <(:) || true
  for ((i = 0; i < 1200; i++)); do
    t capture-pane -p -t "$1" | sed -n 2p | grep -q 'Advisories: ' && return
    read -rt 0.05 <> <(:) || true
  done
}
types() { keys "$1" :; t send-keys -t "$1" -l -- "$2"; keys "$1" Enter; }
make_key() {
  mkdir -m 700 "$work/$1"
  gpg --homedir "$work/$1" --batch --quiet --pinentry-mode loopback --passphrase '' --faked-system-time 20260101T000000 \
    --quick-generate-key "$1 <$2>" future-default default never 2>/dev/null
  gpg --homedir "$work/$1" --batch --with-colons --list-keys "$2" 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }'
}
as() { local who=$1; shift; GNUPGHOME=$work/$who "$psirtty" --vault "$vault" "$@" 2>&1; }

a=$(make_key a ann@vendor.example)
b=$(make_key b ben@vendor.example)
gpg --homedir "$work/b" --export "$b" | gpg --homedir "$work/a" --batch --quiet --import 2>/dev/null
gpg --homedir "$work/a" --export "$a" | gpg --homedir "$work/b" --batch --quiet --import 2>/dev/null
as a init "$vault" --handler "$a" >/dev/null
as b member request --handler "$b" >/dev/null
as a member add "$b" --role admin >/dev/null
for field in 'publisher Vendor' 'namespace https://vendor.example' 'provider https://vendor.example'; do
  as a policy set ${field% *} "${field#* }" >/dev/null
done
as a product add gw Gateway --vendor Vendor --purl pkg:npm/gateway >/dev/null
as a case new 'Overflow in the gateway' >/dev/null
as a case grant 1 "$b" >/dev/null
as a affected set 1 gw 1.0 affected >/dev/null
as a case set 1 score CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H >/dev/null
as a case set 1 summary 'A frame stops it.' >/dev/null
as a remediation set 1 vendor_fix 'Update to 1.1.' --url https://vendor.example/1.1 >/dev/null
as a advisory new 1 >/dev/null
as a advisory set 1 tlp CLEAR >/dev/null
as a advisory set 1 description 'Seen at 10.20.30.40.' >/dev/null
for gate in $(as a gate check 1 | awk -F'\t' '$2 == "warned" { print $1 }'); do
  as a gate clear 1 "$gate" --reason known >/dev/null
done
year=$(date -u +%Y) id=PSIRT-$(date -u +%Y)-0001

t -f /dev/null new-session -d -s a -x 100 -y 50 "env GNUPGHOME=$work/a $psirtty --vault $vault"
t -f /dev/null new-session -d -s b -x 100 -y 50 "env GNUPGHOME=$work/b $psirtty --vault $vault"
shows a 'Inbox' 'ann sits at her screen'
shows b 'Inbox' 'ben at his'
keys a 5
shows a "PSIRT-SA-$year-0001" 'the advisory is in the list'
keys b 5
shows b "PSIRT-SA-$year-0001" 'for both'
keys a P
shows a "$id" 'P asks for the id of the case'
keys a -l 'PSIRT-2000-0000'
keys a Enter
back a
keys a c
shows a 'gate G3 +closed' 'c shows what stands against it: a gate'
back a
types a "gate clear 1 G3 --reason lab"
shows a '1 of 2 persons' 'one person clears the gate'
back a
types b "gate clear 1 G3 --reason checked"
shows b '2 of 2 persons' 'the second one opens it'
back b
keys b A
shows b 'approved; a change makes it lapse' 'ben approves with A'
back b
keys a c
shows a 'approval: content +passed' 'which counts'
back a
types a "advisory set 1 recommendation Update_now."
shows a 'recommendation set' 'ann edits a word'
back a
keys a c
shows a 'b: lapsed' 'and the approval lapses'
back a
keys a P
shows a "$id" 'P again'
keys a -l "$id"
keys a Enter
shows a 'off before it was changed|approval: content' 'is refused for the approval'
back a
keys b A
shows b 'approved; a change' 'ben approves what it is now'
back a
# Killed with everything that belongs to it in the middle of publishing: before the events, and behind them.
killed() { # killed WORDS: a third screen publishes, and dies before the first name with these words is given
  t -f /dev/null new-session -d -s k -x 100 -y 50 \
    "env GNUPGHOME=$work/a LD_PRELOAD=$work/killpoint.so KILL_TO=$1 $psirtty --vault $vault"
  shows k 'Inbox' 'a third screen'
  types k "advisory publish 1 --out $work/out"
  shows k "$id to do it" 'asks for the id'
  t send-keys -t k -l -- "$id"
  keys k Enter
  for ((i = 0; i < 1200; i++)); do
    t has-session -t k || break
    read -rt 0.05 <> <(:) || true
  done
  ! t has-session -t k
  ok $? "killed where $1 is named" "$(t capture-pane -p -t k)"
}
if ! ${CC:-cc} -shared -fPIC -o "$work/killpoint.so" "$here/killpoint.c" 2>/dev/null; then
  skip 'killed in the middle of publishing' 'needs a compiler'
else
  killed .publishing
  hasnt "$(as a case log 1)" 'version 1 published' 'killed before the events, nothing was published'
  is "$(ls -A "$work/out" 2>/dev/null)" '' 'and nothing lies outside'
  killed "$work/out/psirt-sa-"
  has "$(as a case log 1)" 'version 1 published (TLP:CLEAR)' 'killed behind them, it was published'
  is "$(ls -A "$work/out" | grep -c '^psirt-sa-')" "$(ls -A "$work/out" | grep -c .)" 'its files are all there'
  has "$(ls "$work/out")" "psirt-sa-$year-0001.json" 'by their names'
  hasnt "$(as a draft list)" publishing 'and no trace of the interruption'
  as a affected set 1 gw 0.9 affected >/dev/null
  as a advisory prepare 1 'Adds 0.9' >/dev/null
  as b advisory approve 1 >/dev/null
  for gate in $(as a gate check 1 | awk -F'\t' '$2 == "warned" { print $1 }'); do
    as a gate clear 1 "$gate" --reason known >/dev/null
  done
fi
keys a P
shows a "$id" 'P once more'
keys a -l "$id"
keys a Enter
shows a 'is published' 'and it is published'
has "$(as a case log 1)" 'published (TLP:CLEAR)' 'the log tells it'
tap_done
