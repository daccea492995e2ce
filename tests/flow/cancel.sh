#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# ^C in the middle of what takes long, in a shell and on the screen: it is told as cancelled, the vault is as it was, and
# nothing lies about.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
work=$(mktemp -d "${TMPDIR:-/tmp}/pc.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache PSIRTTY_VAULT=$work/vault TMUX_TMPDIR=$work
mkdir -m 700 "$GNUPGHOME"
mkdir "$work/out"
trap 'tmux -L c kill-server 2>/dev/null; gpgconf --homedir "$work/g" --kill all 2>/dev/null; rm -rf "$work"' EXIT
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'A Handler <a@vendor.example>' \
  future-default default never 2>/dev/null
"$psirtty" init "$work/vault" --handler a@vendor.example >/dev/null
"$psirtty" case new 'a large case' >/dev/null
for i in 1 2 3 4; do
  head -c 100000000 /dev/urandom >"$work/large"
  "$psirtty" repro add 1 "build $i" reproduced --text 'send it' --attach "$work/large" >/dev/null
done
rm "$work/large"
is "$(find "$work/vault/objects" -type f | wc -l)" 4 'a case with 400 MB'
"$psirtty" vault backup "$work/backup" --keys >/dev/null && "$psirtty" vault bundle "$work/bundle" >/dev/null &&
  "$psirtty" case export 1 "$work/export" --to a@vendor.example >/dev/null
ok $? 'a backup, a bundle and an export of it'
cp -a "$work/vault" "$work/other" && cp -a "$work/state" "$work/state.other"
files() { find "$work/vault" "$work/out" \( -name '*.part' -o -path '*/objects/*' -type f -o -path "$work/out/*" \) | LC_ALL=C sort; }

# cancelled NAME PATTERN COMMAND…: stopped as soon as a file of the PATTERN is there, then ^C.
cancelled() {
  local name=$1 pattern=$2 before after child status i
  shift 2
  before=$(files)
  "$psirtty" "$@" >"$work/said" 2>&1 &
  child=$!
  for ((i = 0; i < 200000; i++)); do
    compgen -G "$pattern" >/dev/null && break
    kill -0 "$child" 2>/dev/null || break
  done
  kill -INT "$child" 2>/dev/null
  wait "$child"
  status=$?
  is "$status" 1 "$name: ^C cancels it" "$(cat "$work/said")"
  has "$(cat "$work/said")" 'cancelled' "$name: and says so"
  after=$(files)
  is "$after" "$before" "$name: nothing half-done is left"
}
cancelled backup "$work/out/b.part" vault backup "$work/out/b"
cancelled bundle "$work/out/u*" vault bundle "$work/out/u"
cancelled export "$work/out/e*" case export 1 "$work/out/e" --to a@vendor.example
is "$("$psirtty" case log 1 | grep -c exported)" 1 'an export that was cancelled is not told as one'
cancelled restore "$work/out/r/vault.yaml" vault restore "$work/backup" "$work/out/r"
cancelled import "$work/vault/objects/*.part" case import "$work/export"
is "$("$psirtty" case list | wc -l)" 1 'an import that was cancelled made no case'
PSIRTTY_VAULT=$work/other XDG_STATE_HOME=$work/state.other
rm -rf "$work/other/objects/"*
is "$(find "$work/other/objects" -type f | wc -l)" 0 'a copy without its attachments'
before=$("$psirtty" audit verify 2>&1)
"$psirtty" case import "$work/bundle" >"$work/said" 2>&1 &
child=$!
for ((i = 0; i < 200000; i++)); do
  compgen -G "$work/other/objects/*/*.part" >/dev/null && break
  kill -0 "$child" 2>/dev/null || break
done
kill -INT "$child"
wait "$child"
is "$?" 1 'merging a bundle: ^C cancels it' "$(cat "$work/said")"
is "$(find "$work/other" -name '*.part')" '' 'and leaves no part'
is "$("$psirtty" audit verify 2>&1)" "$before" 'and the vault as it was'
PSIRTTY_VAULT=$work/vault XDG_STATE_HOME=$work/state

"$psirtty" audit verify >/dev/null
ok $? 'the vault is whole'

# ---- on the screen
if ! command -v tmux >/dev/null; then
  skip 'on the screen' 'needs tmux'
  tap_done
fi
t() { tmux -L c "$@" 2>/dev/null; }
shows() { # shows PATTERN NAME
  local i
  for ((i = 0; i < 200; i++)); do
    t capture-pane -p -t w | grep -qE -- "$1" && ok 0 "$2" && return
    read -rt 0.05 <> <(:) || true
  done
  ok 1 "$2" "looked for: $1" "$(t capture-pane -p -t w)"
}
t -f /dev/null new-session -d -s w -x 100 -y 30 "'$psirtty'; echo ended; sh"
shows 'Inbox' 'the workstation opens'
t send-keys -t w : "vault backup $work/out/s" Enter
for ((i = 0; i < 2000; i++)); do [ -e "$work/out/s.part" ] && break; read -rt 0.005 <> <(:) || true; done
t send-keys -t w C-c
shows 'cancelled' '^C cancels the job in front'
is "$(ls "$work/out")" '' 'and leaves nothing'
t send-keys -t w : 'case list' Enter
shows 'a large case' 'and the workstation goes on'
t kill-server
rm -rf "$work/backup" "$work/bundle" "$work/export" "$work/other"

# ---- a file of a GiB, in and out, where a process may have an eighth of that
small() { (ulimit -d 131072 && "$psirtty" "$@"); }
truncate -s 1G "$work/gib"
small repro add 1 'build gib' reproduced --text 'send it too' --attach "$work/gib" >"$work/said" 2>&1
ok $? 'a GiB goes in within 128 MiB of memory' "$(cat "$work/said")"
has "$("$psirtty" repro files 1)" $'\t1073741824\t49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14' 'whole'
small repro export 1 5 'to look at it' --dir "$work/out" --confirm 49bc20df >"$work/said" 2>&1
ok $? 'and out again' "$(cat "$work/said")"
is "$(find "$work/out" -type f -printf '%s\n')" 1073741824 'whole'
tap_done
