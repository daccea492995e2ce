#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 240
#
# Keys of others with real gpg: taken in by way of a home that is thrown away, pinned with how that was checked,
# changed by the old key's word or by two persons and by nobody else; our own key for the world, and security.txt.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/mail.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/pk.XXXXXX") || exit 1
a=$work/a b=$work/b out=$work/f
mkdir -m 700 "$a" "$b" "$out" "$work/tmp"
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
trap 'for h in "$a" "$b" "$out"; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
as() { # as HOME COMMAND…
  local home=$1
  shift
  TMPDIR=$work/tmp GNUPGHOME=$home "$psirtty" --vault "$work/vault" "$@" 2>&1
}

ann=$(make_key "$a" 'Ann <psirt@vendor.example>' 2y)
ben=$(make_key "$b" 'Ben <ben@vendor.example>')
one=$(make_key "$out" 'Mara <mara@finder.example>' 60d)
two=$(make_key "$out" 'Mara again <mara@finder.example>')
three=$(gpg --homedir "$out" --batch --with-colons --list-keys 'Mara again' 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
is "$two" "$three" 'keys of the same address'
for key in "$one" "$two"; do gpg --homedir "$out" --batch --export --armor "$key" >"$work/$key.asc"; done
share "$a" "$b" "$ann"
as "$a" init "$work/vault" --handler "$ann" >/dev/null
ok $? 'a vault'

# ---- in
has "$(as "$a" key import "$work/$one.asc")" "$one Mara <mara@finder.example>, usable" 'a key is taken in, and said whose it is'
is "$(find "$work/tmp" -mindepth 1 | wc -l)" 0 'nothing is left of the home it was read in'
gpg --homedir "$out" --batch --pinentry-mode loopback --passphrase '' --export-secret-keys --armor "$one" >"$work/secret.asc" 2>/dev/null
out_=$(as "$a" key import "$work/secret.asc")
is $? 3 'a secret key is refused'
head -c 100000 /dev/urandom >"$work/noise"
out_=$(as "$a" key import "$work/noise")
is $? 3 'noise is none'
is "$(find "$work/tmp" -mindepth 1 | wc -l)" 0 'and leaves nothing'

# ---- pins
out_=$(as "$a" key pin mara@finder.example "$one" --verified guess)
is $? 2 'how it was checked is one of a few words'
as "$a" key pin mara@finder.example "$one" --verified phone --note 'called her' >/dev/null
ok $? 'a pin'
row=$(as "$a" key list)
has "$row" $'usable\t' 'the list says its state'
has "$row" $'\tphone\tAnn' 'how it was checked, and by whom'
has "$row" "$(date -u -d '+60 days' +%Y-%m)" 'and when it ends'
has "$(as "$a" calendar --to "$(date -u -d '+3 years' +%Y-%m-%dT00:00:00Z)")" 'our own key expires' 'the calendar has the end of ours'
has "$(as "$a" calendar)" 'mara@finder.example' 'and of theirs'
has "$(as "$a" key show "$one")" 'called her' 'what is known of it'

# ---- a change: alone
as "$a" key import "$work/$two.asc" >/dev/null
out_=$(as "$a" key pin mara@finder.example "$two" --verified website)
is $? 1 'another key does not just take its place'
has "$out_" 'nobody else is here' 'and what it takes is said'
has "$(as "$a" key list)" "$one" 'the old one holds'
as "$a" key statement mara@finder.example "$two" >"$work/statement"
has "$(cat "$work/statement")" "From: $one" 'the text for the old key'
gpg --homedir "$out" --batch --quiet --clear-sign -u "$two" -o "$work/wrong.asc" "$work/statement"
out_=$(as "$a" key pin mara@finder.example "$two" --signed "$work/wrong.asc")
is $? 1 'signed by the new key it is worth nothing'
echo 'I am still Mara.' | gpg --homedir "$out" --batch --quiet --clear-sign -u "$one" -o "$work/other.asc"
out_=$(as "$a" key pin mara@finder.example "$two" --signed "$work/other.asc")
has "$out_" 'does not name this key' 'nor without the new key in it'
gpg --homedir "$out" --batch --quiet --clear-sign -u "$one" -o "$work/right.asc" "$work/statement"
sed "s/$one/$ann/" "$work/right.asc" >"$work/altered.asc"
out_=$(as "$a" key pin mara@finder.example "$two" --signed "$work/altered.asc")
is $? 1 'nor altered'
out_=$(as "$a" key pin mara@finder.example "$two" --signed "$work/right.asc")
has "$out_" 'the old key signed the change' 'signed by the old one it is'
has "$(as "$a" key show "$one")" 'pinned to mara@finder.example from' 'the old one stays known'

# ---- a change: two persons
as "$b" member request --handler "$ben" >/dev/null
as "$a" member add "$ben" --role admin >/dev/null
is "$(as "$a" member list | wc -l)" 2 'a second member'
as "$b" key import "$work/$one.asc" >/dev/null
out_=$(as "$a" key pin mara@finder.example "$one" --alone)
is $? 4 'who is not alone cannot say so'
has "$(as "$a" key pin mara@finder.example "$one" --verified phone)" 'a second person' 'one asks'
has "$(as "$a" key list)" "$two" 'and nothing changed yet'
has "$(as "$b" key asked)" "$one" 'the other sees it'
out_=$(as "$a" key pin mara@finder.example "$one")
is $? 5 'the same person does not confirm'
out_=$(as "$a" key unpin mara@finder.example; as "$a" key pin mara@finder.example "$one")
has "$out_" 'you asked for this change' 'nor by taking the old pin away first'
has "$(as "$b" key pin mara@finder.example "$one" --verified phone)" 'two persons agree' 'the other one does'
has "$(as "$a" key list)" "$one" 'then it holds'
is "$(as "$a" key asked)" '' 'and nothing waits'

# ---- a directory that is asked only when somebody says so
out_=$(as "$a" key lookup Joe.Doe@Example.ORG --url)
has "$out_" 'https://openpgpkey.example.org/.well-known/openpgpkey/example.org/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe' \
  'where a key would be asked for'
out_=$(as "$a" --offline key lookup joe@example.org)
is $? 4 'offline nobody is asked'

# ---- our own key
as "$a" key publish "$work/www" >/dev/null
ok $? 'our key for the world'
hu=$(find "$work/www/.well-known/openpgpkey/hu" -type f)
is "$(gpg --batch --show-keys --with-colons "$hu" 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')" "$ann" \
  'the directory has it, binary'
[ -f "$work/www/.well-known/openpgpkey/policy" ]
ok $? 'with its policy file'
cmp -s "$hu" "$(find "$work/www/openpgpkey.vendor.example" -path '*/hu/*' -type f)"
ok $? 'by both methods'
has "$(tr -d ' ' <"$work/www/pgp-key.txt")" "$ann" 'the page has the fingerprint'
has "$(cat "$work/www/pgp-key.txt")" '指纹' 'in both languages'

# ---- security.txt
out_=$(as "$a" security-txt write "$work/security.txt")
is $? 2 'somebody must be named'
as "$a" security-txt write "$work/security.txt" --contact psirt@vendor.example --policy https://vendor.example/policy \
  --canonical https://vendor.example/.well-known/security.txt --languages 'en, zh' --signed >/dev/null
ok $? 'written and signed'
out_=$(as "$a" security-txt check "$work/security.txt")
is "$?:$out_" '0:' 'it passes, without a word'
has "$(cat "$work/security.txt")" "Encryption: openpgp4fpr:$ann" 'it names our key'
sed -i 's/psirt@vendor/evil@vendor/' "$work/security.txt"
out_=$(as "$a" security-txt check "$work/security.txt")
is $? 1 'altered it does not'
has "$out_" $'signature-bad\terror' 'and why is said'
printf 'Contact: psirt@vendor.example\nExpires: 2020-01-01T00:00:00Z\n' >"$work/bad.txt"
out_=$(as "$a" security-txt check "$work/bad.txt")
has "$out_" $'contact-not-uri\terror\t1\t' 'each finding with its line'
has "$out_" $'expired\terror\t2\t' 'each'
out_=$(as "$a" security-txt write "$work/new.txt" --contact psirt@vendor.example --policy http://vendor.example)
is "$?:$([ -e "$work/new.txt" ] && echo made)" '1:' 'what breaks a rule is not written'
tap_done
