#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A second member by two commands, one on each side, through the vault's folder and by a carried file; a case
# shared and taken back; a member who leaves; a checkpoint kept elsewhere.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
p=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/psm-XXXXXX")
trap 'for h in a b c; do gpgconf --homedir "$work/$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
vault=$work/vault

make_key() { # make_key WHO ADDRESS: a home with a key; prints its fingerprint
  mkdir -m 700 "$work/$1"
  gpg --homedir "$work/$1" --batch --quiet --pinentry-mode loopback --passphrase '' \
    --quick-generate-key "$1 <$2>" future-default default never 2>/dev/null
  gpg --homedir "$work/$1" --batch --with-colons --list-keys "$2" 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }'
}
as() { # as WHO COMMAND…
  local who=$1
  shift
  GNUPGHOME=$work/$who "$p" --vault "$vault" "$@" 2>&1
}

a=$(make_key a a@vendor.example)
b=$(make_key b b@vendor.example)
c=$(make_key c c@vendor.example)
out=$(GNUPGHOME=$work/a "$p" init "$vault" --handler "$a" 2>&1)
is $? 0 'a vault of one person' || echo "# $out"
out=$(as b case list)
is $? 4 'a stranger is refused'
as a case new 'A frame with a long name' >/dev/null
as a note 1 'seen on two builds' >/dev/null
id=$(as a case list | cut -f 1)

# ---- admission through the folder, and by a file
has "$(as b member request --handler "$b")" 'asked' 'the newcomer asks'
has "$(as a member list)" "$b"$'\t-\tasks' 'and is seen to ask'
out=$(as a member add "$b" --role handler)
is "$?:$out" "0:$b is a member now: handler" 'one command admits'
out=$(as c member request "$work/c.request" --handler "$c")
has "$out" 'Carry it' 'another one asks by a file'
out=$(as a member add "$b" --from "$work/c.request")
is $? 3 'not under another fingerprint'
out=$(as a member add "$c" --role observer --from "$work/c.request")
is $? 0 'and is admitted from it'
is "$(as a member list | cut -f 2,3 | sort | tr '\t\n' ' ;')" 'admin member;handler member;observer member;' 'there are three'
is "$(as b case list)" '' 'the new handler sees no case'
is "$(as b --json case list | tr -d ' \n')" '[]' 'nor counts one'
has "$(as b --json vault stats | tr -d ' \n')" '"cases":0,' 'nor is a case counted for it'
is "$(as b search frame 2>&1)" '' 'nor found by a word'
hasnt "$(as b metrics 2>&1; as b --json metrics 2>&1)" 'long name' 'nor in metrics'
out=$(as b case show "$id")
hasnt "$out" 'long name' 'nor is told of one by name'

# ---- a case, shared
out=$(as a case grant "$id" "$b" --dry-run)
is $? 0 'one can look before granting'
has "$out" "b <b@vendor.example> would read the whole past of $id: 2 events since" 'which past the new reader would see'
is "$(as b case list)" '' 'and nothing is granted by that'
has "$(as a case grant "$id" "$b")" 'with its whole past' 'a grant says what it opens'
has "$(as a case grant "$id" "$b" --dry-run)" "reads $id already" 'and then there is nothing more to open'
has "$(as b case list)" 'A frame with a long name' 'now the case is there'
out=$(as b note "$id" 'and on a third')
is $? 0 'and can be written to'
has "$(as a case log "$id")" 'and on a third' 'which the first one reads'
out=$(as a case grant "$id" "$c" --rights read,write)
is $? 4 'an observer cannot be given more than reading'
out=$(as a case grant "$id" "$c" --rights read)
is $? 0 'but that'
out=$(as c note "$id" 'me too')
is $? 4 'and cannot write then'
is "$(as a case readers "$id" | cut -f 1,4 | LC_ALL=C sort | tr '\t\n' ' ;')" 'may read;may read,write;may read,write,grant;' 'three may read'
out=$(as b case grant "$id" "$c" --rights read)
is $? 4 'one without the right grants nothing'
out=$(as a case revoke "$id" "$b")
is $? 0 'access is taken away'
is "$(as b case list)" '' 'and the case is gone from the list'
out=$(as b note "$id" 'still here')
hasnt "$out" 'long name' 'and cannot be named'

# ---- the recovery key
has "$(as a member recovery)" 'no recovery key' 'nobody holds the recovery key'
out=$(as b member recovery "$c")
is $? 4 'a handler gives it to nobody'
as b case new 'Opened by the second' >/dev/null
theirs_of() { as "$1" case list | awk -F'\t' '/Opened by the second/ { print $1 }'; } # two cases have its number
theirs=$(theirs_of b)
out=$(as a member recovery "$c")
has "$out" "recovery key: $c" 'an admin does'
has "$out" '1 cases are open to the recovery key only from their next change on' 'and is told which it cannot open yet'
is "$(as a member list | awk -F'\t' -v c="$c" '$1 == c { print $6 }')" recovery 'the list says who holds it'
as b note "$theirs" 'a change' >/dev/null
has "$(as c case log "$(theirs_of c)")" 'a change' 'after the next change the holder reads that case too'
has "$(as a member recovery none)" 'no recovery key' 'it can be given up'
as b note "$theirs" 'for two eyes' >/dev/null
is "$(theirs_of c)" '' 'and then reads nothing more'

# ---- another OpenPGP key over the same identity
b2=$(make_key b again@vendor.example)
out=$(as b member rotate --to "$b2")
has "$out" "now opened by $b2" 'another OpenPGP key opens the identity'
is "$(as b --json member list | grep -c "\"$b2\"")" 1 'and is the one the members know'
has "$(as b case log "$theirs")" 'for two eyes' 'which reads on'
gpg --homedir "$work/b" --batch --export again@vendor.example | gpg --homedir "$work/a" --batch --quiet --import 2>/dev/null
b=$b2

# ---- a new identity under the same key: by an admin at once, by others in two steps
out=$(as a member rotate --identity --to "$a")
is $? 2 'a new identity and another key at once are refused'
out=$(as a member rotate --abandon)
is $? 2 'and --abandon without --identity'
before=$(as a case show "$id")
as a mail compose 1 --to finder@example.org --text 'kept while it is sealed' >/dev/null
drafts=$(as a draft list | wc -l)
damaged=$(dirname "$(find "$vault/drafts" -name '*.sealed' | head -n 1)")/a-torn-one.sealed
echo 'nothing that opens' >"$damaged"
cp -r "$vault" "$work/exposed"
out=$(as a member rotate --identity)
is $? 0 'an admin gets a new identity by one command' || echo "# $out"
has "$out" '1 drafts are damaged and did not come along: a-torn-one' 'a damaged draft does not stand in its way, and is named'
is "$(as a member list | awk -F'\t' -v f="$a" '$1 == f { print $2, $3, $6 }' | tr '\n' ';')" 'admin removed -;admin member me;' \
  'the old one is no member any more, the new one is what it was'
is "$(as a case show "$id")" "$before" 'and reads what it read'
has "$drafts:$(as a draft list | wc -l)" '1:1' 'drafts came along'
[ -f "$damaged" ]
ok $? 'and what is left of the damaged one is kept'
as a note "$id" 'by the new one' >/dev/null
has "$(as c case log "$id")" 'by the new one' 'who may read goes on reading'
rm -rf "$work/forged" && cp -r "$vault" "$work/forged" && cp "$work/exposed/keys.db" "$work/forged/keys.db" && rm -f "$work/forged/"*-wal "$work/forged/"*-shm
out=$(GNUPGHOME=$work/a XDG_STATE_HOME=$work/nowhere "$p" --vault "$work/forged" note "$id" 'by who has the old root' 2>&1)
[ $? -ne 0 ]
ok $? 'the old identity, brought back, writes nothing' "$out"
hasnt "$(GNUPGHOME=$work/a XDG_STATE_HOME=$work/nowhere "$p" --vault "$work/forged" case log "$id" 2>&1)" 'by the new one' 'and reads nothing new'

as b case grant "$theirs" "$c" --rights read >/dev/null
out=$(as c member rotate --identity)
has "$out" "psirtty member add $c" 'who is no admin asks for a new identity'
is "$(as a member list | grep -c "^$c.*asks")" 1 'and is seen to ask'
has "$(as a member add "$c")" 'has a new identity: observer' 'an admin admits it with the old role'
is "$(as a member list | awk -F'\t' -v f="$c" '$1 == f { print $2, $3 }' | tr '\n' ';')" 'observer replaced;observer member;' 'for a while there are two'
roles_of() { as a member list | awk -F'\t' -v f="$1" '$1 == f && $3 != "removed" { print $2, $3 }' | tr '\n' ';'; }
rights_of() { as a case readers "$id" | awk -F'\t' -v f="$1" '$1 == "may" && $2 == f { print $4 }' | tr '\n' ';'; }
as a member role "$c" evaluator >/dev/null
is "$(roles_of "$c")" 'evaluator replaced;evaluator member;' 'another role is one of both'
as a case grant "$id" "$c" --rights read,write >/dev/null
is "$(rights_of "$c")" 'read,write;read,write;' 'and so are rights'
as a case grant "$id" "$c" --rights read >/dev/null
is "$(rights_of "$c")" 'read;read;' 'fewer of them too'
out=$(as c note "$id" 'one too many')
is $? 4 'with the old one nothing is written any more'
as a member role "$c" observer >/dev/null
is "$(roles_of "$c")" 'observer replaced;observer member;' 'nor is a role kept that was taken'
out=$(as c member rotate --identity)
is $? 4 'the old one does not end while it alone reads a case'
has "$out" "$(theirs_of c)" 'which is named'
as b case grant "$theirs" "$c" --rights read >/dev/null
out=$(as c member rotate --identity)
is $? 0 'once it was granted it ends' || echo "# $out"
has "$(as c case log "$(theirs_of c)")" 'for two eyes' 'and the new one reads that case'
has "$(as c case log "$id")" 'by the new one' 'and the one an admin could hand on'
is "$(as a member list | awk -F'\t' -v f="$c" '$1 == f { print $2, $3 }' | tr '\n' ';')" 'observer removed;observer member;' 'there is one again'
out=$(as a audit verify)
is $? 0 'and the vault is whole' || echo "# $out"

# ---- roles, leaving, checkpoints
out=$(as b member role "$b" admin)
is $? 4 'a handler makes no admins'
out=$(as a member role "$b" admin)
is $? 0 'an admin does'
out=$(as b vault checkpoint "$work/point")
is $? 0 'a member signs a checkpoint'
out=$(as a vault checkpoint check "$work/point")
is "$?" 0 'it holds' || echo "# $out"
out=$(as a member revoke "$b")
has "$out" 'cannot be taken back' 'a member leaves'
out=$(as b case list)
is $? 4 'and is a stranger again'
out=$(as a member revoke "$a")
is $? 4 'the last admin stays'
out=$(as a note "$id" 'after all that')
is $? 0 'work goes on'
out=$(as a audit verify)
is "$?" 0 'and the vault is whole' || echo "# $out"
tap_done
