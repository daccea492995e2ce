#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 200
#
# Searching through the command line: what is written can be found, also after the cache was lost, altered, or left
# by a session that was killed; what is secret cannot.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/ps.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache PSIRTTY_VAULT=$work/vault
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --homedir "$work/g" --kill all 2>/dev/null; rm -rf "$work"' EXIT
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'A Handler <a@vendor.example>' \
  future-default default never 2>/dev/null
"$psirtty" init "$work/vault" --handler a@vendor.example >/dev/null
ok $? 'a vault'
found() { # found WORDS…: the places of what is found, on one line
  "$psirtty" search "$@" 2>&1 | cut -f1 | tr '\n' ' '
}

printf 'From: Mina Roth <mina@example.org>\r\nTo: psirt@vendor.example\r\nSubject: Zapfenstreich in the parser\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nparse_frame() in src/net/frame.c writes beyond its buffer.\r\nSee CVE-2026-12345.\r\n' >"$work/report.eml"
"$psirtty" mail import "$work/report.eml" >/dev/null
ok $? 'a report'
is "$(found zapfenstreich)" 'M-0001 ' 'a mail is found by its subject'
"$psirtty" mail take M-0001 >/dev/null
"$psirtty" case new 'Gateway lets anybody in' >/dev/null
"$psirtty" note 2 '管理接口存在越权访问漏洞,攻击者可提权' >/dev/null
"$psirtty" note 1 'seen in openssl_2.3.1-4, not in PSIRT-2026-0002' >/dev/null
printf 'proof' >"$work/proof-of-concept.py"
"$psirtty" repro add 1 'router 1.2' reproduced --text 'send it twice' --attach "$work/proof-of-concept.py" >/dev/null
ok $? 'two cases with notes'
one=PSIRT-2026-0001 two=PSIRT-2026-0002
is "$(found 漏洞)" "$two " 'a Chinese word'
is "$(found 越)" "$two " 'a Chinese character'
is "$(found 提权 漏洞)" "$two " 'two words, both in it'
is "$(found 提权 openssl)" '' 'two words that meet nowhere'
is "$(found src/net/frame.c)" "$one M-0001 " 'a path, newest first'
is "$(found net/frame.c)" "$one M-0001 " 'part of a path'
is "$(found cve-2026-12345)" "$one M-0001 " 'an identifier'
is "$(found openssl)" "$one " 'a product'
is "$(found 2.3.1)" "$one " 'a version'
is "$(found 'send it twice')" "$one " 'a phrase'
is "$(found 'twice send')" '' 'not in another order'
is "$(found anyb'*')" "$two " 'a beginning'
is "$(found mina@example.org)" "$one $one M-0001 " 'an address, of the party too'
is "$(found proof-of-concept.py)" "$one " 'the name of a file'
is "$("$psirtty" search --limit 1 src/net/frame.c | wc -l)" 1 'no more than asked for'
has "$(found --best buffer)" M-0001 'the most fitting'
"$psirtty" search '*' >/dev/null 2>&1
is $? 2 'a question without a word is refused'
json=$("$psirtty" --json search 越权)
has "$json" "\"case\": \"$two\"" 'as JSON: the case'
has "$json" '"type": "note-added"' 'as JSON: the event'
key=$("$psirtty" --json case show 1 | sed -n 's/.*"sha256": "\([0-9a-f]*\)".*/\1/p' | head -1)
is "$(found "$key")" '' 'what no handler writes is no word'

# ---- the cache
index=$(find "$work/cache" -name '*.index')
[ -s "$index" ]
ok $? 'the cache lies below the cache folder'
is "$(stat -c '%a' "$index") $(stat -c '%a' "$(dirname "$index")")" '600 700' 'for its member alone'
if grep -rqa -e frame -e Zapfen -e '漏洞' -e Gateway "$work/cache"; then leak=1; else leak=0; fi
ok $leak 'nothing of it can be read'
rm -r "$work/cache"
is "$(found 漏洞)" "$two " 'lost: made anew'
index=$(find "$work/cache" -name '*.index')
printf 'x' | dd of="$index" bs=1 seek=20000 conv=notrunc 2>/dev/null
"$psirtty" search 漏洞 >/dev/null 2>&1
is "$(found 漏洞)" "$two " 'altered: made anew'
touch "$index.dirty"
is "$(found 漏洞)" "$two " 'left dirty: made anew'
[ ! -e "$index.dirty" ]
ok $? 'the mark is gone'
cp "$index" "$work/older"
"$psirtty" note 1 'and then a 新的线索 came' >/dev/null
is "$(found 线索)" "$one " 'what was added since is found'
cp "$work/older" "$index"
is "$(found 线索)" "$one " 'rolled back to an older one: it catches up'
is "$("$psirtty" case list | wc -l)" 2 'the list stays whole'

# ---- another history: the cache knows of events that this vault does not hold
cp -r "$work/vault" "$work/kept"
"$psirtty" note 2 'written only here: Nebelkerze' >/dev/null
is "$(found nebelkerze)" "$two " 'a note'
rm -r "$work/vault" "$work/state"
mv "$work/kept" "$work/vault"
is "$(found nebelkerze)" '' 'a restored vault: what it does not hold is not found'
is "$(found 漏洞)" "$two " 'what it holds is'
is "$("$psirtty" audit verify >/dev/null 2>&1; echo $?)" 0 'the vault is whole'
tap_done
