#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 200
#
# Long work beside the screen: two hundred encrypted messages are imported while keys are answered; the job is cancelled;
# somebody who reads only the screen finds every command; a secret never stands in an argument or the environment of
# the job's process.
set -u
here=$(cd "$(dirname "$0")/../flow" && pwd)
. "$here/tap.sh"

export PSIRTTY=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
live=${builddir:-.}/tests/tty/live
[ -x "$live" ] || { skip "jobs beside the screen" "needs libvterm"; tap_done; }
work=$(mktemp -d "${TMPDIR:-/tmp}/pj.XXXXXX") || exit 1
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
trap 'for h in "$work"/demo/gnupg "$work"/demo/people/*; do gpgconf --homedir "$h" --kill all; done; rm -rf "$work"' EXIT 2>/dev/null

"$PSIRTTY" demo "$work/demo" >"$work/story" 2>&1
ok $? 'a demo vault'
export GNUPGHOME=$work/demo/gnupg
handler=$(gpg --batch --with-colons --list-secret-keys 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
printf 'Content-Type: text/plain; charset=utf-8\n\nThe parser reads one byte too many.\n' |
  gpg --batch --quiet --trust-model always --armor --encrypt --recipient "$handler" >"$work/body.asc" 2>"$work/gpg.err"
ok $? 'an encrypted text' "$(cat "$work/gpg.err")"

# messages FOLDER COUNT: that many messages which differ in their headers.
messages() {
  local i
  mkdir -p "$1/new" "$1/cur"
  for ((i = 0; i < $2; i++)); do
    printf 'From: finder%d@example.org\nTo: psirt@example.com\nSubject: report %d of %s\nMessage-ID: <%d.%s@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b\nContent-Type: application/octet-stream\n\n%s\n\n--b--\n' \
      "$i" "$i" "${1##*/}" "$i" "${1##*/}" "$(cat "$work/body.asc")" >"$1/new/$i"
  done
}
# part NAME ARGUMENTS...: the checks of the live program as ours.
part() {
  local name=$1 line
  shift
  timeout 100 "$live" "$@" >"$work/$name" 2>&1
  while IFS= read -r line; do
    case $line in
    ok\ *) ok 0 "$name: ${line#ok * - }" ;;
    not\ ok\ *) ok 1 "$name: ${line#not ok * - }" "$(cat "$work/$name")" ;;
    '#'*) printf '%s\n' "$line" ;;
    esac
  done <"$work/$name"
}
part walk walk "$work/demo/vault"
messages "$work/first" 200
messages "$work/second" 200
part import job "$work/demo/vault" "mail import $work/first"
part cancel cancel "$work/demo/vault" "mail import $work/second"
"$PSIRTTY" --vault "$work/demo/vault" mail list >"$work/list"
is "$(grep -c 'report [0-9]* of first' "$work/list")" 200 'every message of the first is there'
"$PSIRTTY" --vault "$work/demo/vault" audit verify >"$work/audit" 2>&1
ok $? 'the vault is whole' "$(tail -3 "$work/audit")"
tap_done
