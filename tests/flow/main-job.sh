#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# The main job by the shell, on mail that plain gpg made: an encrypted report becomes a case, and
# the case an advisory; then one bit of the log is flipped. With WRAPPER set, psirtty runs under it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/pj.XXXXXX") || exit 1
team=$work/t finder=$work/f other=$work/o
mkdir -m 700 "$team" "$finder" "$other"
mkdir -p "$work/mail/new" "$work/mail/cur" "$work/mail/tmp"
export GNUPGHOME=$team XDG_STATE_HOME=$work/state
trap 'for h in "$team" "$finder" "$other"; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT

# shellcheck disable=SC2086
p() { ${WRAPPER:-} "$psirtty" --vault "$work/vault" "$@"; }

make_key() { # HOME USER-ID
  gpg --homedir "$1" --batch --quiet --pinentry-mode loopback --passphrase '' \
    --quick-generate-key "$2" future-default default never 2>/dev/null
  gpg --homedir "$1" --batch --list-keys --with-colons "$2" 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }'
}
share() { gpg --homedir "$1" --batch --export --armor "$3" | gpg --homedir "$2" --batch --quiet --import 2>/dev/null; }

team_fpr=$(make_key "$team" 'Nadia Handler <psirt@vendor.example>')
finder_fpr=$(make_key "$finder" 'Mara Finder <mara@finder.example>')
other_fpr=$(make_key "$other" 'Coordination <cc@cert.example>')
share "$team" "$finder" "$team_fpr"
share "$finder" "$work/t" "$finder_fpr"
share "$other" "$team" "$other_fpr"
gpg --homedir "$finder" --batch --export --armor "$finder_fpr" >"$work/mara.asc"

# ---- the finder's mail: PGP/MIME, signed and encrypted by gpg alone
printf '%s\r\n' 'Content-Type: multipart/mixed; boundary="in"; protected-headers="v1"' \
  'Subject: Zanzibarquake in the Quuxgateway' '' '--in' 'Content-Type: text/plain; charset=utf-8' '' \
  'Dear PSIRT, the Quuxgateway 7.3.1 overflows in frobnicatelv().' 'Regards, Mara' '' '--in' \
  'Content-Type: application/octet-stream; name="crash.bin"' 'Content-Transfer-Encoding: base64' \
  'Content-Disposition: attachment; filename="crash.bin"' '' 'QUFBQUFBQUFBQUFBQUFBQQ==' '--in--' >"$work/inner"
gpg --homedir "$finder" --batch --quiet --trust-model always --armor --sign --encrypt \
  -u "$finder_fpr" -r "$team_fpr" -o "$work/cipher.asc" "$work/inner"
{
  printf 'From: Mara Finder <mara@finder.example>\nTo: psirt@vendor.example\nSubject: ...\n'
  printf 'Message-ID: <first@finder.example>\nDate: Fri, 20 Nov 2026 08:00:00 +0000\nMIME-Version: 1.0\n'
  printf 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="out"\n\n'
  printf -- '--out\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n'
  printf -- '--out\nContent-Type: application/octet-stream; name="encrypted.asc"\n\n'
  cat "$work/cipher.asc"
  printf -- '--out--\n'
} >"$work/mail/new/1.first"
touch -d '2026-11-20T08:00:07Z' "$work/mail/new/1.first"

# ---- a vault, the inbox
out=$("$psirtty" init "$work/vault" --handler "$team_fpr" --outbox "$work/outbox" 2>&1)
ok $? 'init makes a vault' "$out"
p policy set publisher 'Vendor PSIRT' >/dev/null
p policy set namespace 'https://vendor.example' >/dev/null
p product add quux 'Quuxgateway' --vendor 'Vendor' --version 7.3.1 --version 7.4.0 >/dev/null
out=$(p key import "$work/mara.asc" 2>&1)
has "$out" "$finder_fpr" 'key import names the key'
p key pin mara@finder.example "$finder_fpr" >/dev/null
ok $? 'key pin'
out=$(p mail import "$work/mail" 2>&1)
has "$out" '1 taken in' 'mail import takes the mail in'
out=$(p mail import "$work/mail" 2>&1)
has "$out" '0 taken in, 1 known' 'a second import takes nothing in twice'
ln -s "$work/nowhere" "$work/mail/new/2.broken"
printf 'From: a@b.example\nSubject: sealed\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIAGCSqG\n' \
  >"$work/mail/new/3.smime"
out=$(p mail import "$work/mail" 2>&1)
is $? 3 'a file that cannot be read is told by the exit code'
has "$out" '2.broken' 'and by its name'
has "$out" '1 taken in, 1 known' 'and keeps the others not out'
rm "$work/mail/new/2.broken"
has "$(p --json mail show M-0002)" '"smime"' 'S/MIME is called so'
out=$(p mail list)
has "$out" $'verified\tdecrypted\tgood\t'"$finder_fpr" 'the inbox shows it decrypted, signature good, signer pinned'
has "$out" 'Zanzibarquake' 'the protected subject is shown'
has "$(p --json mail show M-0001)" '"outer_subject": "..."' 'the outer subject is kept beside it'
has "$(p mail show M-0001)" 'frobnicatelv()' 'its text can be read'

# ---- a case
out=$(p mail take M-0001 2>&1)
id="PSIRT-$(date -u +%Y)-0001"
has "$out" "$id opened" 'mail take opens the case'
has "$(p --json case show "$id")" '"at": "2026-11-20T08:00:07Z"' 'intake holds the time of receipt'
out=$(p mail take M-0001 2>&1)
is $? 5 'a mail is taken only once'
p case state "$id" valid >/dev/null && p case state "$id" accepted >/dev/null
ok $? 'state valid, then accepted'
out=$(p case state "$id" received 2>&1)
is $? 1 'an impossible move is refused'
has "$out" 'rule RM' 'and the rule is named'
p case set "$id" score 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N' >/dev/null
ok $? 'a CVSS 4.0 vector'
out=$(p case set "$id" score 'CVSS:4.0/AV:N/AC:L' 2>&1)
is $? 1 'an incomplete vector is refused' 
p case set "$id" cwe CWE-787 >/dev/null
ok $? 'a CWE'
p case set "$id" summary 'A request overwrites memory.' >/dev/null
p affected set "$id" quux 7.3.1 affected >/dev/null && p affected set "$id" quux 7.4.0 fixed >/dev/null
ok $? 'affected product and versions'
has "$(p --json case list)" '"score": "9.3"' 'the list shows the score'

# ---- reproduction
printf 'SIGSEGV wobblestack\n' >"$work/gdb.log"
p repro add "$id" 'quux 7.3.1' reproduced --environment 'lab 4, isolated' --text 'Send the file.' \
  --attach "$work/gdb.log" >/dev/null
ok $? 'a reproduction note with an attachment'
has "$(p --json case show "$id")" "$(sha256sum "$work/gdb.log" | cut -d' ' -f1)" 'with the hash of the attachment'

# ---- embargo
p party add "$id" 'CERT' coordinator --address cc@cert.example >/dev/null
p embargo propose "$id" 2027-02-18 09:00 Asia/Shanghai --by 'Mara Finder' >/dev/null
ok $? 'an embargo is proposed'
out=$(p embargo accept "$id")
has "$out" '2027-02-18 09:00 +08:00 Asia/Shanghai' 'accepted, with hour and zone'
out=$(p embargo propose "$id" 2027-02-18 2>&1)
is $? 3 'a date without hour and zone is refused'
p calendar export "$work/cal.ics" >/dev/null
ok $? 'calendar export'
ics=$(tr -d '\r' <"$work/cal.ics")
has "$ics" 'DTSTART;TZID=Asia/Shanghai:20270218T090000' 'the calendar holds the end in its zone'
has "$ics" 'BEGIN:VTIMEZONE' 'and the zone itself'
hasnt "$ics" 'Zanzibarquake' 'and no word of the title'

# ---- the answer
printf 'Dear Mara, thank you. Sesquipedalian greetings.\n' >"$work/reply.txt"
out=$(p mail reply M-0001 --file "$work/reply.txt" 2>&1)
draft=$(printf '%s' "$out" | sed -n 's/^draft \(reply-[0-9a-f]*\).*/\1/p')
has "$(p mail check "$draft")" "$finder_fpr" 'the leak guard names who can read it'
out=$(p mail send "$draft" 2>&1)
ok $? 'mail send' "$out"
sent=$(find "$work/outbox/new" -type f)
[ -f "$sent" ]
ok $? 'the answer is in the outbox'
sed -n '/BEGIN PGP MESSAGE/,/END PGP MESSAGE/p' "$sent" | tr -d '\r' >"$work/sent.asc"
for who in finder:$finder ours:$team; do
  has "$(gpg --homedir "${who#*:}" --batch --quiet --trust-model always -d "$work/sent.asc" 2>/dev/null)" \
    'Sesquipedalian' "it opens with plain gpg and the key: ${who%%:*}"
done
gpg --homedir "$other" --batch --quiet -d "$work/sent.asc" >/dev/null 2>&1
[ $? -ne 0 ]
ok $? 'and not with the third key'
is "$(gpg --homedir "$team" --batch --list-packets "$work/sent.asc" 2>/dev/null | grep -c '^:pubkey enc packet')" 2 \
  'it is encrypted to two keys'
has "$(gpg --homedir "$finder" --batch --trust-model always --status-fd 1 -d "$work/sent.asc" 2>/dev/null)" \
  "VALIDSIG $team_fpr" 'it is signed by ours'
hasnt "$(cat "$sent")" 'Zanzibarquake' 'the subject is not outside'
[ -z "$(p draft list)" ]
ok $? 'the draft is gone'

# A gpg.conf that adds readers to everything and fetches keys: gpg obeys it, ours is started without.
printf 'recipient %s\nencrypt-to %s\nauto-key-retrieve\ncomment From the team\nno-such-option\n' "$other_fpr" "$other_fpr" >"$team/gpg.conf"
out=$(p mail reply M-0001 --text 'Once more.' 2>&1)
draft=$(printf '%s' "$out" | sed -n 's/^draft \(reply-[0-9a-f]*\).*/\1/p')
out=$(p mail send "$draft" 2>&1)
ok $? 'with a gpg.conf that does more than it should' "$out"
mv "$team/gpg.conf" "$work/"
sed -n '/BEGIN PGP MESSAGE/,/END PGP MESSAGE/p' "$(find "$work/outbox/new" -type f -newer "$sent")" | tr -d '\r' >"$work/again.asc"
is "$(gpg --homedir "$team" --batch --list-packets "$work/again.asc" 2>/dev/null | grep -c '^:pubkey enc packet')" 2 \
  'no reader is added'
hasnt "$(cat "$work/again.asc")" 'From the team' 'and no word'

# ---- the advisory
p remediation set "$id" vendor_fix 'Update to 7.4.0.' >/dev/null
p advisory new "$id" >/dev/null
ok $? 'advisory new'
p advisory render "$id" --to csaf-2.0 --out "$work/advisory.json"  >/dev/null
ok $? 'advisory render writes CSAF 2.0'
p --now 2026-12-01T00:00:00Z advisory render "$id" --to csaf-2.0 >"$work/a.json"
p --now 2026-12-01T00:00:00Z advisory render "$id" --to csaf-2.0 >"$work/b.json"
cmp -s "$work/a.json" "$work/b.json"
ok $? 'the same case at the same time gives the same bytes'
if [ -n "${PSIRTTY_CSAF_VALIDATOR:-}" ] && command -v node >/dev/null; then
  out=$(node "$here/../conformance/csaf-validate.mjs" "$work/advisory.json" 2>&1)
  code=$?
  is "$code $(cut -f2 <<<"$out" | grep -vx optional)" '0 ' 'an independent validator finds nothing in the mandatory tests'
else
  skip 'an independent validator finds nothing in the mandatory tests' 'no node, or PSIRTTY_CSAF_VALIDATOR is not set'
fi

# ---- undo, across sessions
p note "$id" 'a note too many' >/dev/null
p undo "$id" >/dev/null
hasnt "$(p --json case show "$id")" 'a note too many' 'undo takes a note back'
has "$(p redo "$id")" "done again: note: a note too many" "redo says what it does again"
has "$(p --json case show "$id")" 'a note too many' 'redo brings it again'

# ---- proof
out=$(p audit verify 2>&1)
ok $? 'audit verify: whole' "$out"
out=$(GNUPGHOME=$other p audit verify 2>&1)
is $? 0 'it needs no key of ours to be proven'
words=$(strings -n 5 -a $(find "$work/vault" -type f) 2>/dev/null)
for word in Zanzibarquake Quuxgateway frobnicate Mara mara@ Sesquipedalian wobblestack CVSS CWE-787 "$id" crash.bin 'Vendor PSIRT'; do
  hasnt "$words" "$word" "no file of the vault holds the word $word"
done
out=$(GNUPGHOME=$other p case list 2>&1)
is $? 4 'without a member'"'"'s key the vault stays locked'
hasnt "$out" "$id" 'and tells nothing'

# ---- damage: one bit in the middle of the largest event's page
cp -a "$work/vault" "$work/damaged"
size=$(stat -c %s "$work/damaged/vault.db")
found=0 named=0 tried=0
for part in 30 45 60 75 90; do
  rm -rf "$work/damaged"
  cp -a "$work/vault" "$work/damaged"
  at=$((size * part / 100))
  byte=$(od -An -tu1 -j "$at" -N 1 "$work/damaged/vault.db" | tr -d ' ')
  # A byte of unused space is no event: only flips inside of used bytes count.
  [ "$byte" -ne 0 ] || continue
  tried=$((tried + 1))
  # shellcheck disable=SC2059
  printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$work/damaged/vault.db" bs=1 seek="$at" conv=notrunc 2>/dev/null
  out=$("$psirtty" --vault "$work/damaged" audit verify 2>/dev/null)
  [ $? -eq 1 ] && found=$((found + 1))
  printf '%s' "$out" | grep -Eq 'event [0-9]+ of (PSIRT-|the |case )' && named=$((named + 1))
done
[ "$tried" -gt 0 ]
ok $? 'there were bytes to flip'
is "$found" "$tried" "each of $tried flipped bytes of the event log gives exit code 1"
is "$named" "$tried" 'and the event and its case are named'
tap_done
