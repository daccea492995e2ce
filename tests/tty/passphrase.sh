#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 200
#
# A passphrase asked for on the screen: unseen, three times at most, kept nowhere; where gpg-agent does not let us ask, its
# own pinentry gets the screen, and the screen comes back.
set -u
here=$(cd "$(dirname "$0")/../flow" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
if ! command -v tmux >/dev/null || ! command -v pinentry-curses >/dev/null; then
  skip 'a passphrase on the screen' 'needs tmux and pinentry-curses'
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pp.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache PSIRTTY_VAULT=$work/vault TMUX_TMPDIR=$work
trap 'tmux -L t kill-server; gpgconf --homedir "$work/g" --kill all; rm -rf "$work"' EXIT 2>/dev/null
t() { tmux -L t "$@" 2>/dev/null; }
screen() { t capture-pane -p -t w; }
# shows PATTERN NAME: the screen shows it within a minute.
shows() {
  local i
  for ((i = 0; i < 1200; i++)); do
    if screen | grep -qE -- "$1"; then
      ok 0 "$2"
      return
    fi
    read -rt 0.05 <> <(:) || true
  done
  ok 1 "$2" "looked for: $1" "$(screen)"
}
keys() { t send-keys -t w "$@"; }
line() { keys : && keys -l "$1" && keys Enter; }

mkdir -m 700 "$GNUPGHOME"
printf 's2k-count 65536\npinentry-program %s\n' "$(command -v pinentry-curses)" >"$GNUPGHOME/gpg-agent.conf"
gpg --batch --quiet --passphrase '' --quick-gen-key 'Ann <ann@vendor.example>' future-default default never 2>/dev/null
gpg --batch --quiet --pinentry-mode loopback --passphrase 'correct horse' \
  --quick-gen-key 'Team <psirt@vendor.example>' future-default default never 2>/dev/null
ours=$(gpg --batch --with-colons --list-secret-keys ann@vendor.example 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
"$psirtty" init "$work/vault" --handler "$ours" >/dev/null 2>&1
ok $? 'a vault'
for i in 1 2; do
  {
    printf 'From: F <f@finder.example>\nTo: psirt@vendor.example\nSubject: r%s\nMIME-Version: 1.0\n' $i
    printf 'Content-Type: multipart/encrypted; boundary=b; protocol="application/pgp-encrypted"\n\n'
    printf -- '--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b\nContent-Type: application/octet-stream\n\n'
    printf 'Content-Type: text/plain\n\nopened %s\n' $i |
      gpg --batch --quiet --armor --trust-model always -r psirt@vendor.example -e 2>/dev/null
    printf -- '--b--\n'
  } >"$work/$i.eml"
done
gpgconf --kill gpg-agent

t -f /dev/null new-session -d -s w -x 100 -y 24 "$psirtty"
shows 'Inbox: 0' 'the workstation'
line "mail import $work/1.eml"
shows 'secret for [0-9A-F]{16} Team <psirt@vendor.example>' 'what the agent needs is asked for on the screen, and for which key'
keys Escape
shows 'could not be opened' 'Escape gives none'
shows 'M-0001 .*no-key' 'and the mail waits'
line 'mail retry'
shows 'secret for' 'trying again asks again'
keys -l 'wrong horse'
keys Enter
shows 'Wrong. Once more' 'a wrong one is told'
hasnt "$(screen)" 'wrong horse' 'and was not to be seen'
keys -l 'correct horse'
hasnt "$(screen)" 'correct' 'nor is the right one'
keys Enter
shows 'M-0001 .*decrypted' 'which opens the mail'
keys : Up
shows ':mail retry' 'the history has the command'
hasnt "$(screen)" 'horse' 'and no passphrase'
keys Escape
is "$(grep -rlaF 'correct horse' "$work/vault" "$work/state" "$work/cache" 2>/dev/null)" '' 'nor has any file'
keys Q
for ((i = 0; i < 1200; i++)); do
  t has-session -t w || break
  read -rt 0.05 <> <(:) || true
done

echo no-allow-loopback-pinentry >>"$GNUPGHOME/gpg-agent.conf"
gpgconf --kill gpg-agent
t -f /dev/null new-session -d -s w -x 100 -y 24 "$psirtty"
shows 'Inbox: 1' 'with an agent that lets nobody else ask'
line "mail import $work/2.eml"
shows 'Give it the screen' 'the screen is offered to it'
keys y
shows 'Passphrase: _' 'its own pinentry has it'
keys -l 'correct horse'
keys Enter
shows 'M-0002 .*decrypted' 'the mail is opened'
shows '^ psirtty .*Inbox' 'and the screen is whole again'
keys Q
tap_done
