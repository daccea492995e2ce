#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 200
#
# Real users of the system: three in one group, one outside it, one who may only read. What each can do with
# the vault's files, whatever their umask; how a second member is admitted. Needs root, to make the users.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

if [ "$(id -u)" -ne 0 ]; then
  skip 'users of one group share a vault' 'needs root, to make users'
  tap_done
fi
for tool in useradd userdel groupadd setpriv gpg; do
  command -v "$tool" >/dev/null || { skip 'users of one group share a vault' "needs $tool"; tap_done; }
done

tag=p$(($$ % 100000))
group=${tag}g
users="${tag}a ${tag}b ${tag}c ${tag}o ${tag}r"
work=$(mktemp -d /tmp/pu.XXXXXX) || exit 1
chmod 755 "$work"

clean() {
  for u in $users; do
    [ -d "$work/$u/g" ] && as "$u" gpgconf --kill all
    userdel "$u"
  done
  groupdel "$group"
  rm -rf "$work"
} >/dev/null 2>&1
trap clean EXIT

# The program where everybody may run it.
cp "${PSIRTTY_PLAIN:-${PSIRTTY:?}}" "$work/psirtty" && cp -r "${PSIRTTY_DATA:?}" "$work/data"
chmod -R a+rX "$work/data" "$work/psirtty"

as() { # as USER COMMAND… : with a clean environment and the umask most systems have
  local user=$1
  shift
  (cd / && umask 022 && setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- \
    env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="$work/$user" GNUPGHOME="$work/$user/g" PSIRTTY_DATA="$work/data" \
    TMPDIR=/tmp ASAN_OPTIONS="${ASAN_OPTIONS:-}" PSIRTTY_VAULT="$vault" "$@")
}
ps() { # ps USER ARGUMENT… : psirtty as that user
  local user=$1
  shift
  as "$user" "$work/psirtty" "$@" 2>&1
}

groupadd "$group" || { skip 'users of one group share a vault' 'no group can be made here'; tap_done; }
vault=$work/house/vault
for u in $users; do
  case $u in *o) in= ;; *r) in= ;; *) in="-G $group" ;; esac
  # shellcheck disable=SC2086
  useradd -M -N -g nogroup -d "$work/$u" $in "$u" || { skip 'users of one group share a vault' 'no user can be made here'; tap_done; }
  mkdir -p "$work/$u/g" && chown -R "$u" "$work/$u" && chmod 700 "$work/$u" "$work/$u/g"
  as "$u" gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key \
    "User $u <$u@vendor.example>" future-default default never >/dev/null 2>&1
done
a=${tag}a b=${tag}b c=${tag}c o=${tag}o r=${tag}r
fingerprint() { as "$1" gpg --batch --quiet --list-keys --with-colons "$1@vendor.example" | awk -F: '/^fpr/ { print $10; exit }'; }
fpr_a=$(fingerprint "$a") fpr_b=$(fingerprint "$b") fpr_c=$(fingerprint "$c")
[ -n "$fpr_a" ] && [ -n "$fpr_b" ] && [ -n "$fpr_c" ]
ok $? 'five users with a key each'

# ---- making it: the folder's group is the house's
mkdir "$work/house" && chown "$a:$group" "$work/house" && chmod 2770 "$work/house"
ps "$a" init "$vault" --handler "$fpr_a" >"$work/out"
ok $? 'the first makes a vault' "$(cat "$work/out")"
is "$(stat -c '%a %G' "$vault")" "2770 $group" 'its folder is the group'\''s and nobody else'\''s'
loose() { find "$vault" -type f \( ! -perm 0660 -o ! -group "$group" \) ! -path '*/drafts/*' ! -path '*/objects/*' -printf '%m %G %P\n'; }
is "$(loose)" '' 'under umask 022 its files are 0660 and the group'\''s'
ps "$a" case new 'seen by the first' >/dev/null
ok $? 'the first opens a case'

# ---- the outsider, and who is in the group but no member
out=$(ps "$o" case list)
code=$?
is $code 4 'who is outside the group is refused'
hasnt "$out" 'seen by the first' 'and sees no title'
as "$o" cat "$vault/vault.db" >/dev/null 2>&1
is $? 1 'nor the file itself'
out=$(ps "$b" case list)
is $? 4 'who is in the group but no member is refused'
hasnt "$out" 'seen by the first' 'without a title'

# ---- admission: asked by the second, admitted by the first, through the vault's folder
exchange() { as "$1" gpg --batch --export "$1@vendor.example" >"$work/key" && chmod 644 "$work/key" && as "$2" gpg --batch --quiet --import "$work/key"; } 2>/dev/null
exchange "$b" "$a" && exchange "$a" "$b" && exchange "$c" "$a" && exchange "$a" "$c"
ok $? 'they know each other'\''s OpenPGP keys'
ps "$b" member request --handler "$fpr_b" >"$work/out"
ok $? 'the second asks to become a member' "$(cat "$work/out")"
has "$(cat "$work/out")" "psirtty member add $fpr_b" 'and is told what the admin runs'
has "$(ps "$a" member add "$fpr_c")" 'member list' 'for who does not ask, the first is told where to look'
ps "$a" member add "$fpr_b" >"$work/out"
ok $? 'the first admits the second' "$(cat "$work/out")"
ps "$b" case new 'seen by the second' >"$work/out"
ok $? 'the second opens a case' "$(cat "$work/out")"
has "$(ps "$b" case list)" 'seen by the second' 'and lists it'
hasnt "$(ps "$b" case list)" 'seen by the first' 'but not the other'\''s'
ps "$a" case grant 1 "$fpr_b" >"$work/out"
ok $? 'the first grants its case' "$(cat "$work/out")"
has "$(ps "$b" case list)" 'seen by the first' 'now the second lists it'
is "$(loose)" '' 'the files are still the group'\''s after both wrote'

# ---- the same with a file that is carried
ps "$c" member request "$work/$c/request" --handler "$fpr_c" >"$work/out"
ok $? 'the third asks with a file' "$(cat "$work/out")"
has "$(cat "$work/out")" "psirtty member add $fpr_c --from FILE" 'and is told what the admin runs'
cp "$work/$c/request" "$work/carried" && chmod 644 "$work/carried"
has "$(ps "$a" member add "$fpr_b" --from "$work/carried")" "the request is of $fpr_c" 'a request of somebody else is refused, and named'
ps "$a" member add "$c@vendor.example" --role observer --from "$work/carried" >"$work/out"
ok $? 'the first admits the third as an observer' "$(cat "$work/out")"
ps "$a" case grant 1 "$fpr_c" --rights read >"$work/out"
ok $? 'and lets it read a case' "$(cat "$work/out")"
has "$(ps "$c" case list)" 'seen by the first' 'the third lists it'
ps "$c" note 1 'not allowed' >"$work/out"
is $? 4 'and may not write into it'
ps "$c" case new 'not allowed' >"$work/out"
is $? 4 'nor open one'

# ---- what each can do, cell by cell: the files by themselves, then the program
yes_no() { if "$@" >/dev/null 2>&1; then printf y; else printf n; fi; }
cells() { # cells USER [GNUPGHOME]: enter, read, append to, remove from; look, read only, write, open a case, check, admit
  local home=${2:-$work/$1/g}
  yes_no as "$1" ls "$vault"
  yes_no as "$1" cat "$vault/vault.db" "$vault/keys.db"
  yes_no as "$1" sh -c ": >>'$vault/vault.db'"
  yes_no as "$1" sh -c "touch '$vault/objects/probe' && rm '$vault/objects/probe'"
  for line in 'case list' '--readonly case list' 'note 1 cell' 'case new cell' 'audit verify' "member role $fpr_b handler"; do
    # shellcheck disable=SC2086
    as "$1" env GNUPGHOME="$home" "$work/psirtty" $line >/dev/null 2>&1
    printf ' %s' $?
  done
}
is "$(cells "$a")" 'yyyy 0 0 0 0 0 0' 'in the group, an admin: everything'
is "$(cells "$b")" 'yyyy 0 0 0 0 0 4' 'in the group, a handler: cases, and no members'
is "$(cells "$c")" 'yyyy 0 0 4 4 0 4' 'in the group, an observer: reading alone'
is "$(cells "$o")" 'nnnn 4 4 4 4 4 4' 'outside the group: nothing'
is "$(loose)" '' 'and the files are as they were'

# ---- all at once, umask 022, -wal and -shm made anew by whoever comes first
for u in $a $b; do
  (for n in 1 2 3 4 5; do ps "$u" note 1 "note $n of $u" >/dev/null || echo "$u" >>"$work/failed"; done) &
  pids="${pids:-} $!"
done
# shellcheck disable=SC2086
wait $pids
[ ! -e "$work/failed" ]
ok $? 'two users write at once' "$(cat "$work/failed" 2>/dev/null)"
is "$(loose)" '' 'and every file is still 0660 and the group'\''s'
ps "$a" audit verify >"$work/out"
ok $? 'the log is whole' "$(cat "$work/out")"

# ---- one who may read the files but not write them: another group with the reading rights alone
chmod 755 "$work/house"
chown -R "$a:$(id -gn "$r")" "$vault" && chmod -R g-w,o= "$vault"
cp -r "$work/$a/g" "$work/$r/keys" && chown -R "$r" "$work/$r/keys"
sum=$(cat "$vault/vault.db" "$vault/keys.db" | sha256sum)
as "$r" env GNUPGHOME="$work/$r/keys" "$work/psirtty" --readonly case list >"$work/out" 2>&1
ok $? 'who may only read opens it with --readonly' "$(cat "$work/out")"
has "$(cat "$work/out")" 'seen by the first' 'and reads'
as "$r" env GNUPGHOME="$work/$r/keys" "$work/psirtty" note 1 'no' >"$work/out" 2>&1
is $? 4 'who may only read cannot write'
is "$(cells "$r" "$work/$r/keys")" 'yynn 4 0 4 4 0 4' 'who may only read the files, with an admin'"'"'s key: reading, and no more'
as "$r" env GNUPGHOME="$work/$r/keys" gpgconf --kill all
is "$(cat "$vault/vault.db" "$vault/keys.db" | sha256sum)" "$sum" 'and nothing has changed'
tap_done
