#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 180
#
# A member is removed on one copy of the vault and, not knowing it, goes on working on the other; and both copies change
# the key of the same case. When they meet, what came after the removal counts on neither, also where it had been read and
# kept in a cache; every member sees the same on both, and each cache is what is read anew.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
work=$(mktemp -d "${TMPDIR:-/tmp}/pl.XXXXXX") || exit 1
trap 'for h in "$work"/[abc]g; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT

person() { # person NAME: a home with a key
  mkdir -m 700 "$work/${1}g"
  gpg --homedir "$work/${1}g" --batch --quiet --pinentry-mode loopback --passphrase '' \
    --quick-generate-key "Person $1 <$1@vendor.example>" future-default default never 2>/dev/null
  gpg --homedir "$work/${1}g" --batch --with-colons --list-keys 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }' >"$work/$1.fpr"
}
for p in a b c; do person $p; done
for p in a b c; do
  for q in a b c; do
    [ $p = $q ] || gpg --homedir "$work/${p}g" --armor --export 2>/dev/null | gpg --homedir "$work/${q}g" --batch --quiet --import 2>/dev/null
  done
done
as() { # as PERSON COPY COMMAND…: what a person does in a copy
  local who=$1 copy=$2
  shift 2
  GNUPGHOME=$work/${who}g XDG_STATE_HOME=$work/state-$who-$copy XDG_CACHE_HOME=$work/cache-$who-$copy \
    "$psirtty" --vault "$work/$copy" "$@"
}
fpr() { cat "$work/$1.fpr"; }
member() { # member NAME: asks and is admitted
  as "$1" one member request --handler "$(fpr "$1")" >/dev/null && as a one member add "$(fpr "$1")" >/dev/null
}
state() { # state PERSON COPY: all that this person sees there
  as "$1" "$2" --json --now 2027-06-01T00:00:00Z case list
  as "$1" "$2" case list | cut -f1 | while read -r id; do as "$1" "$2" --json --now 2027-06-01T00:00:00Z case show "$id"; done
}
clean() { as "$1" "$2" vault check 2>&1 | grep -c 'cache'; }

as a one init "$work/one" --handler "$(fpr a)" >/dev/null
member b && member c
ok $? 'three members'
for t in first second third; do as a one case new "the $t case" >/dev/null; done
for n in 1 2 3; do
  for p in b c; do as a one case grant $n "$(fpr $p)" --rights read,write,grant >/dev/null; done
done
cp -a "$work/one" "$work/two"

# ---- apart: on one b is removed; on two b goes on, and c and a read it there
as a one member revoke "$(fpr b)" >"$work/said" 2>&1
ok $? 'one copy removes a member' "$(cat "$work/said")"
as a one note 1 'after the removal' >/dev/null
bad=0
for i in 1 2 3; do
  as b two note 1 "Nachzuegler $i" >/dev/null || bad=1
  as b two case set 2 summary "changed by who is gone $i" >/dev/null || bad=1
  as c two note 2 "c writes $i" >/dev/null || bad=1
done
# In the third case nothing else happens, so that nothing but the removal makes it other than it was.
as b two note 3 'Nachzuegler 4' >/dev/null && as b two case set 3 summary 'changed by who is gone' >/dev/null || bad=1
is "$bad" 0 'on the other he goes on, and others with him'
# The removal changed the keys of his cases on the one; here c changes that of the second on the other.
as c two case revoke 2 "$(fpr b)" >"$work/said" 2>&1 && as c two note 2 'under the key of the other copy' >/dev/null &&
  as a one note 2 'under the key of the one copy' >/dev/null
ok $? 'both change the key of one case, and write under it' "$(cat "$work/said")"
for p in a c; do
  as $p two case list >/dev/null
  as $p two search Nachzuegler >"$work/found-$p"
done
grep -q . "$work/found-c"
ok $? 'which they read and find there' "$(cat "$work/found-c")"

# ---- together, both ways
as a one vault bundle "$work/from-one" >/dev/null 2>&1 && as c two vault bundle "$work/from-two" >"$work/said" 2>&1
ok $? 'both copies are sealed' "$(cat "$work/said")"
as c two case import "$work/from-one" >"$work/said" 2>&1
ok $? 'the other takes in the one' "$(cat "$work/said")"
as a one case import "$work/from-two" >"$work/said" 2>&1
ok $? 'the one takes in the other' "$(cat "$work/said")"
for p in a c; do
  for copy in one two; do
    state $p $copy >"$work/$p-$copy" 2>&1
    as $p $copy search Nachzuegler >"$work/found" 2>/dev/null
    is "$(grep -c . "$work/found")" 0 "$p on $copy: what came after the removal is not found" "$(cat "$work/found")"
    is "$(clean $p $copy)" 0 "$p on $copy: the cache is what is read anew"
  done
  cmp -s "$work/$p-one" "$work/$p-two"
  ok $? "member $p sees the same on both" "$(diff "$work/$p-one" "$work/$p-two" | head -20)"
  is "$(grep -c 'Nachzuegler\|who is gone' "$work/$p-two")" 0 "$p sees nothing of what came after the removal"
done
grep -q 'c writes 3' "$work/c-one" && grep -q 'after the removal' "$work/c-two"
ok $? 'and everything else'
for seen in a-one a-two c-one c-two; do
  grep -q 'under the key of the other copy' "$work/$seen" && grep -q 'under the key of the one copy' "$work/$seen"
  ok $? "$seen: what was written under either key can be read"
done
for copy in one two; do
  as a $copy audit verify >"$work/said" 2>&1
  ok $? "copy $copy is whole" "$(cat "$work/said")"
done
as c two note 2 'and on it goes' >"$work/said" 2>&1 && as a one note 2 'here too' >>"$work/said" 2>&1
ok $? 'who stayed goes on, under a third key' "$(cat "$work/said")"
as c two vault bundle "$work/from-two-2" >/dev/null 2>&1 && as a one case import "$work/from-two-2" >"$work/said" 2>&1 &&
  as a one vault bundle "$work/from-one-2" >/dev/null 2>&1 && as c two case import "$work/from-one-2" >>"$work/said" 2>&1
ok $? 'the copies meet again' "$(cat "$work/said")"
state a one >"$work/a-one" 2>&1
state c two >"$work/c-two" 2>&1
state c one >"$work/c-one" 2>&1
state a two >"$work/a-two" 2>&1
for p in a c; do
  cmp -s "$work/$p-one" "$work/$p-two" && grep -q 'and on it goes' "$work/$p-one" && grep -q 'here too' "$work/$p-two"
  ok $? "and $p sees the same on both again" "$(diff "$work/$p-one" "$work/$p-two" | head -20)"
done
for p in a c; do
  for copy in one two; do
    as $p $copy audit verify --level 4 >"$work/said" 2>&1
    ok $? "copy $copy is whole to $p" "$(cat "$work/said")"
  done
done
tap_done
