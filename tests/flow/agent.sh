#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 120
#
# What gpg-agent costs: an import says how long the agent will need and why, and leaves what would take long to be opened
# later; what was opened once is opened again without the agent.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/mail.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
work=$(mktemp -d "${TMPDIR:-/tmp}/pa.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache PSIRTTY_VAULT=$work/vault
trap 'gpgconf --homedir "$work/g" --kill all; rm -rf "$work"' EXIT 2>/dev/null
mkdir -m 700 "$GNUPGHOME"
mkdir "$work/in"
echo 's2k-count 65536' >"$GNUPGHOME/gpg-agent.conf"
ann=$(make_key "$work/g" 'Ann <ann@vendor.example>')
gpg --batch --quiet --pinentry-mode loopback --passphrase 'correct horse' \
  --quick-generate-key 'Team <psirt@vendor.example>' future-default default never 2>/dev/null
for i in $(seq -w 12); do
  letter "$work/g" - psirt@vendor.example 'F <f@finder.example>' "<a$i@x>" "r$i" <<<"sealed words $i" >"$work/in/$i.eml"
done
# An agent whose derivation takes seconds; the key itself was made with a cheap one. It knows the passphrase already.
printf 's2k-count 3000000000\n' >"$GNUPGHOME/gpg-agent.conf"
gpgconf --kill gpg-agent
sed -n '/BEGIN PGP/,/END PGP/p' "$work/in/01.eml" | tr -d '\r' |
  gpg --batch --quiet --pinentry-mode loopback --passphrase-file <(echo 'correct horse') -d >/dev/null 2>&1
ok $? 'the agent knows the passphrase'
takes=$(gpg-connect-agent 'GETINFO s2k_time' /bye | sed -n 's/^D //p')
[ $((${takes:-0} * 11)) -ge 20000 ]
ok $? "it would derive a key in ${takes:-?} ms"
"$psirtty" init "$work/vault" --handler "$ann" >/dev/null 2>&1
ok $? 'a vault'

out=$("$psirtty" mail import "$work/in" 2>&1)
ok $? 'an import'
has "$out" '12 taken in' 'takes in all'
has "$out" "the passphrase of their key costs gpg-agent" 'says why it does not open all'
has "$out" ' ms for each, cached or not (s2k-count in gpg-agent.conf)' 'what one costs, and where that comes from'
has "$out" 'opens all, in about' 'and how long all would take'
"$psirtty" mail list --json >"$work/list"
opened=$(grep -c '"encryption": "decrypted"\|"state": "decrypted"' "$work/list")
left=$((12 - opened))
[ "$opened" -ge 1 ] && [ "$left" -ge 1 ]
ok $? "$opened are opened, $left wait until they are read" "$out" "$(head -30 "$work/list")"
has "$("$psirtty" mail show M-0012 2>&1)" 'sealed words 12' 'one that waited opens when it is read'
"$psirtty" mail retry >/dev/null 2>&1
ok $? 'and the rest by mail retry'

# ---- again, without the key
grip=$(gpg --batch --with-colons --with-keygrip --list-secret-keys psirt@vendor.example | awk -F: '$1 == "grp" { print $10 }')
for g in $grip; do rm -f "$GNUPGHOME/private-keys-v1.d/$g.key"; done
gpgconf --kill gpg-agent
echo 's2k-count 65536' >"$GNUPGHOME/gpg-agent.conf"
has "$("$psirtty" mail show M-0002 2>&1)" 'sealed words 02' 'what was opened is shown without the key'
"$psirtty" mail take M-0002 >/dev/null 2>&1
ok $? 'and taken into a case: its session key was kept, sealed'
has "$("$psirtty" mail read "$work/in/02.eml" 2>&1)" 'no-key' 'while the file itself opens no more'
! grep -rqaF 'sealed words' "$work/vault" "$work/state" "$work/cache"
ok $? 'and none of it lies in the clear'
tap_done
