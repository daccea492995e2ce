#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 200
#
# A case leaves the vault for somebody with gpg and tar and nothing else, in a home of their own.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/px.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache PSIRTTY_VAULT=$work/vault
theirs=$work/p
mkdir -m 700 "$GNUPGHOME" "$theirs"
trap 'for h in "$work/g" "$work/p"; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
new_key() { # new_key HOME NAME [EXPIRES]
  gpg --homedir "$1" --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$2" \
    future-default default "${3:-never}" 2>/dev/null
}
fingerprint_of() { gpg --homedir "$1" --batch --with-colons --list-keys "$2" 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }'; }
new_key "$GNUPGHOME" 'A Handler <a@vendor.example>'
new_key "$theirs" 'Vera Partner <vera@partner.example>'
vera=$(fingerprint_of "$theirs" vera@partner.example)
gpg --homedir "$theirs" --armor --export "$vera" | gpg --batch --quiet --import 2>/dev/null
"$psirtty" init "$work/vault" --handler a@vendor.example >/dev/null
ok $? 'a vault'

# ---- a case with a mail and files, two of one name
mkdir "$work/1" "$work/2"
printf 'first proof\n' >"$work/1/poc.py"
printf 'second proof, another one\n' >"$work/2/poc.py"
head -c 3000000 /dev/urandom >"$work/crash ÄÖ漏洞.bin"
printf 'From: Finder <finder@example.org>\r\nTo: psirt@vendor.example\r\nSubject: overflow\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nIt overflows.\r\n' >"$work/report.eml"
"$psirtty" mail import "$work/report.eml" >/dev/null && "$psirtty" mail take M-0001 >/dev/null
"$psirtty" repro add 1 'router 1.2' reproduced --text 'send it' --attach "$work/1/poc.py" --attach "$work/2/poc.py" \
  --attach "$work/crash ÄÖ漏洞.bin" >/dev/null
ok $? 'a case with a report and a reproduction'
"$psirtty" note 1 'between us' >/dev/null
"$psirtty" --json --now 2026-11-20T12:00:00Z case show 1 >"$work/shown"

# ---- out
said=$("$psirtty" case export 1 "$work/case.pgp" --to "$vera" 2>&1)
is "$?:$([ -e "$work/case.pgp" ] && echo made)" '1:' 'whose place nobody knows gets nothing that is not public'
has "$said" 'gate G7 is closed' 'and the gate is named'
"$psirtty" contact add vera 'Vera Partner' --addresses vera@partner.example --jurisdiction CN >/dev/null
said=$("$psirtty" case export 1 "$work/case.pgp" --to "$vera" 2>&1)
is "$?:$([ -e "$work/case.pgp" ] && echo made)" '1:' 'an address that a key gives itself is nobody'
said=$("$psirtty" case export 1 "$work/case.pgp" --to vera@partner.example 2>&1)
has "$said" 'no key is pinned' 'nor is a key looked up by it'
hasnt "$("$psirtty" case readers 1)" 'exported' 'what was refused is no export'
"$psirtty" key pin vera@partner.example "$vera" >/dev/null
"$psirtty" --json --now 2026-11-20T12:00:00Z case show 1 >"$work/shown"
said=$("$psirtty" --now 2026-11-20T12:00:00Z case export 1 "$work/case.pgp" --to "$vera" 2>&1)
ok $? 'the case is exported' "$said"
has "$said" 'no party of the case' 'a recipient who is no party is warned of'
is "$(stat -c %a "$work/case.pgp")" 600 'the file is for its owner only'
has "$said" "$(sha256sum <"$work/case.pgp" | cut -d' ' -f1)" 'the hash that is told is that of the file'
packets=$(gpg --batch --list-packets --list-only "$work/case.pgp" 2>/dev/null | grep -c ':pubkey enc packet')
is "$packets" 1 'one key can open it'
gpg --batch --decrypt "$work/case.pgp" >/dev/null 2>&1
[ $? -ne 0 ]
ok $? 'and it is not the handler'"'"'s own'
has "$("$psirtty" case log 1)" "exported for $vera (TLP:RED)" 'the timeline says for whom'
hash=$(sha256sum <"$work/case.pgp")
"$psirtty" case export 1 "$work/case.pgp" --to "$vera" >"$work/said" 2>&1
is "$?" 5 'an export does not overwrite'
is "$(sha256sum <"$work/case.pgp")" "$hash" 'what was there is as it was'

# ---- read with gpg and tar alone
gpg --homedir "$GNUPGHOME" --export a@vendor.example | gpg --homedir "$theirs" --batch --quiet --import 2>/dev/null
gpg --homedir "$theirs" --batch --status-fd 2 --decrypt "$work/case.pgp" >"$work/case.tar" 2>"$work/status"
ok $? 'the partner decrypts it'
has "$(cat "$work/status")" 'GOODSIG' 'it is signed by the handler'
mkdir "$work/out"
tar -C "$work/out" -xf "$work/case.tar"
ok $? 'tar unpacks it'
is "$(tar -tf "$work/case.tar" | sort | tr '\n' ' ')" \
  'MANIFEST attachments/crash ÄÖ漏洞.bin attachments/poc-2.py attachments/poc.py case.json events.jsonl messages/0001-received.eml ' \
  'with the names one expects, of two alike the second numbered'
cmp -s "$work/out/attachments/crash ÄÖ漏洞.bin" "$work/crash ÄÖ漏洞.bin"
ok $? 'an attachment byte for byte'
cmp -s "$work/out/attachments/poc.py" "$work/1/poc.py" && cmp -s "$work/out/attachments/poc-2.py" "$work/2/poc.py"
ok $? 'the two of one name too'
cmp -s "$work/out/messages/0001-received.eml" "$work/report.eml"
ok $? 'the mail byte for byte'
cmp -s "$work/out/case.json" "$work/shown"
ok $? 'case.json is what `case show --json` says'
is "$(tail -n +6 "$work/out/MANIFEST" | awk '{ h = $1; s = $2; sub(/^[^ ]+ [^ ]+ /, ""); print h "  " $0 }' |
  (cd "$work/out" && sha256sum --quiet -c 2>&1))" '' 'the MANIFEST holds'
is "$(tail -n +6 "$work/out/MANIFEST" | cut -d' ' -f3- | LC_ALL=C sort -c 2>&1)" '' 'and is sorted'
is "$(head -1 "$work/out/MANIFEST")" 'psirtty-case-export 1' 'and says its format'
is "$(wc -l <"$work/out/events.jsonl")" 8 'an event a line, the asking of the gates among them'
has "$(cat "$work/out/events.jsonl")" '"path":"attachments/poc-2.py"' 'that name the files beside them'
grep -q '"key":' "$work/out/events.jsonl"
[ $? -ne 0 ]
ok $? 'and no key of the vault'
has "$(tail -1 "$work/out/events.jsonl")" "\"author\":\"$(fingerprint_of "$GNUPGHOME" a@vendor.example)\"" 'with who made them'
is "$(tar --numeric-owner -tvf "$work/case.tar" | awk '{ print $2 }' | sort -u)" '0/0' 'owner 0 throughout'

# ---- what is refused
new_key "$GNUPGHOME" 'Old Friend <old@partner.example>' 2027-01-01
"$psirtty" case export 1 "$work/no.pgp" --to 0123456789012345678901234567890123456789 >"$work/said" 2>&1
is "$?" 3 'a key nobody knows is refused'
has "$(cat "$work/said")" 'there is no such key' 'with its reason'
gpg --batch --quiet --quick-set-expire "$(fingerprint_of "$GNUPGHOME" old@partner.example)" seconds=1 2>/dev/null
for ((i = 0; i < 300; i++)); do
  gpg --batch --with-colons --list-keys old@partner.example 2>/dev/null | grep -q '^pub:e' && break
  read -rt 0.05 <> <(:) || true
done
"$psirtty" case export 1 "$work/no.pgp" --to "$(fingerprint_of "$GNUPGHOME" old@partner.example)" >"$work/said" 2>&1
is "$?" 3 'an expired key is refused'
has "$(cat "$work/said")" 'expired' 'with its reason'
"$psirtty" case export 1 "$work/no.pgp" >"$work/said" 2>&1
is "$?" 2 'an export to nobody is a mistake'
[ ! -e "$work/no.pgp" ]
ok $? 'and none of these left a file'
# ---- the partner, who has a vault too, takes it in
export GNUPGHOME=$theirs PSIRTTY_VAULT=$work/theirs XDG_STATE_HOME=$work/pstate XDG_CACHE_HOME=$work/pcache
"$psirtty" init "$PSIRTTY_VAULT" --handler "$vera" >/dev/null
said=$("$psirtty" case import "$work/case.pgp" 2>&1)
ok $? 'another house imports the export' "$said"
has "$said" 'signature good' 'its signature is judged'
has "$("$psirtty" case log 1)" 'imported from PSIRT-2026-0001' 'the new case says where it came from'
gpg --batch --decrypt "$work/case.pgp" 2>/dev/null >"$work/plain.tar"
repack() { # repack NAME: what is in $work/out as another export
  (cd "$work/out" && tar --format=ustar --owner=0 --group=0 --mode=0644 -cf "$work/$1.tar" $(ls | grep -v MANIFEST | grep -v attachments | grep -v messages) messages/* attachments/* MANIFEST) &&
    gpg --batch --quiet --yes --trust-model always -r "$vera" -o "$work/$1.pgp" --encrypt "$work/$1.tar" 2>/dev/null
}
import() { "$psirtty" case import "$1" >"$work/said" 2>&1; }
printf 'x' >>"$work/out/events.jsonl"
repack altered
import "$work/altered.pgp"
is "$?" 3 'a file that its MANIFEST does not know so is refused'
has "$(cat "$work/said")" 'not the one that its MANIFEST names' 'with its reason'
head -c 20000 "$work/case.pgp" >"$work/cut.pgp"
import "$work/cut.pgp"
is "$?" 3 'an export that was cut is refused'
import "$work/report.eml"
is "$?" 3 'and what is no export'
is "$("$psirtty" case list | wc -l)" 1 'none of these made a case'
"$psirtty" audit verify >/dev/null
ok $? 'that vault is whole'

# ---- the end of the case, in the first house
export GNUPGHOME=$work/g PSIRTTY_VAULT=$work/vault XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
"$psirtty" case new 'another case' >/dev/null
"$psirtty" case shred 1 >"$work/said" 2>&1
is "$?" 2 'shredding wants the id typed'
"$psirtty" case shred 1 --yes PSIRT-2026-0002 >"$work/said" 2>&1
is "$?" 2 'of this very case'
is "$("$psirtty" case list | wc -l)" 2 'until then nothing happens'
before=$(find "$work/vault/objects" -type f | wc -l)
said=$("$psirtty" case shred 1 --yes PSIRT-2026-0001 2>&1)
ok $? 'then it is shredded' "$said"
has "$said" 'PSIRT-2026-0001 is shredded' 'and told'
has "$said" '1 mails went with it' 'and what went with it'
after=$(find "$work/vault/objects" -type f | wc -l)
is "$((before - after))" 5 'its attachments are gone, and the mail it came by'
is "$("$psirtty" mail list)" '' 'which no list shows any more'
is "$("$psirtty" case list | cut -f1)" PSIRT-2026-0002 'the case is gone'
found=$("$psirtty" search overflows 2>/dev/null)
is "$?:$found" 0: 'a search for its words works and finds nothing, not even the mail'
has "$("$psirtty" search another)" PSIRT-2026-0002 'another case is found'
is "$("$psirtty" vault disposals | cut -f 1,5,7,8 | tr '\t' ' ')" 'PSIRT-2026-0001 5 1 0' 'a list of disposals says what went'
has "$("$psirtty" --json vault disposals)" '"M-0001"' 'with the mail by its id'
"$psirtty" case show PSIRT-2026-0001 >/dev/null 2>&1
is "$?" 3 'nor shown'
said=$("$psirtty" audit verify 2>&1)
ok $? 'the vault is whole' "$said"
has "$said" '1 shredded' 'and the proof says that a case was shredded'
"$psirtty" case new 'a third case' >"$work/said"
has "$(cat "$work/said")" PSIRT-2026-0003 'its number is not given again'
tap_done
