#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 600
#
# Two copies of a vault worked on apart by their members: two hundred events each, the same cases, new ones under
# the same numbers, a member admitted here, a reader taken away there, keys changed on both sides. Carried both ways
# they are the same; a third time nothing changes.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
work=$(mktemp -d "${TMPDIR:-/tmp}/pm.XXXXXX") || exit 1
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

# ---- one vault, two members, three cases
as a one init "$work/one" --handler "$(fpr a)" >/dev/null
as b one member request --handler "$(fpr b)" >/dev/null
as a one member add "$(fpr b)" >"$work/said" 2>&1
ok $? 'a second member' "$(cat "$work/said")"
as a one case new 'first case' >/dev/null && as a one case new 'second case' >/dev/null && as a one case new 'third case' >/dev/null
as a one case grant 1 "$(fpr b)" --rights read,write,grant >"$work/said" 2>&1
as a one case grant 2 "$(fpr b)" >>"$work/said" 2>&1
ok $? 'who may read two of the cases' "$(cat "$work/said")"
cp -a "$work/one" "$work/two"

# ---- apart: a works in one, b in two
events() { as "$1" "$2" --json audit verify 2>/dev/null | awk -F'[:,]' '/"events"/ { print $2 + 0 }'; }
start=$(events a one)
bad=0
for ((i = 0; i < 64; i++)); do
  as a one note 1 "a writes $i" >/dev/null || bad=1
  as b two note 1 "b writes $i" >/dev/null || bad=1
  as a one note 2 "a also writes $i" >/dev/null || bad=1
  as b two note 2 "b also writes $i" >/dev/null || bad=1
done
for ((i = 0; i < 8; i++)); do
  printf 'proof %d of a\n' $i >"$work/poc"
  as a one case new "a opens $i" >/dev/null || bad=1
  as a one repro add "PSIRT-$(date +%Y)-000$((i + 4))" build reproduced --text steps --attach "$work/poc" >/dev/null 2>&1
  printf 'proof %d of b\n' $i >"$work/poc"
  as b two case new "b opens $i" >/dev/null || bad=1
  # What b may read there is numbered from 3 on: a number that a gave already.
  as b two note 1 "b once more $i" >/dev/null || bad=1
done
as a one case set 1 summary 'what a thinks of it' >/dev/null || bad=1
as b two case set 1 summary 'what b thinks of it' >/dev/null || bad=1
as a one case state 1 received >/dev/null || bad=1
is "$bad" 0 'both work apart'
as c one member request --handler "$(fpr c)" >/dev/null && as a one member add "$(fpr c)" >"$work/said" 2>&1
ok $? 'one copy admits a member' "$(cat "$work/said")"
as a one case grant 2 "$(fpr c)" >"$work/said" 2>&1
ok $? 'who may read a case' "$(cat "$work/said")"
as a one case revoke 2 "$(fpr b)" >"$work/said" 2>&1
ok $? 'the same copy takes that case from the other member' "$(cat "$work/said")"
as a one note 2 'written under a new key' >/dev/null
ok $? 'and goes on under a new key'
for ((i = 0; $(events a one) - start < 200 && i < 100; i++)); do as a one note 3 "more $i" >/dev/null; done
for ((i = 0; $(events b two) - start < 200 && i < 100; i++)); do as b two note 1 "more $i" >/dev/null; done
[ "$(($(events a one) - start))" -ge 200 ] && [ "$(($(events b two) - start))" -ge 200 ]
ok $? 'two hundred events on each side'

# ---- together
as a one vault bundle "$work/from-one" >"$work/said" 2>&1
ok $? 'one copy is sealed' "$(cat "$work/said")"
as b two vault bundle "$work/from-two" >"$work/said" 2>&1
ok $? 'so is the other' "$(cat "$work/said")"
as b two case import "$work/from-one" >"$work/said" 2>&1
ok $? 'the other takes in the one' "$(cat "$work/said")"
as a one case import "$work/from-two" >"$work/said" 2>&1
ok $? 'the one takes in the other' "$(cat "$work/said")"
is "$(events a one)" "$(events b two)" 'both have as many events'
state() { # state PERSON COPY: all that this person sees there
  as "$1" "$2" --json --now 2027-06-01T00:00:00Z case list
  as "$1" "$2" case list | cut -f1 | while read -r id; do as "$1" "$2" --json --now 2027-06-01T00:00:00Z case show "$id"; done
}
state a one >"$work/a-one" 2>&1
as a two member list >/dev/null 2>&1
state a two >"$work/a-two" 2>&1
state b one >"$work/b-one" 2>&1
state b two >"$work/b-two" 2>&1
for p in a b; do
  cmp -s "$work/$p-one" "$work/$p-two"
  ok $? "member $p sees the same in both" "$(diff "$work/$p-one" "$work/$p-two" | head -20)"
done
for c in one two; do
  for p in a b; do
    is "$(as $p $c vault check 2>&1 | grep cache)" '' "member $p, copy $c: the cache is what is read anew"
  done
done
is "$(as a one member list | cut -f1-3 | sort)" "$(as a two member list | cut -f1-3 | sort)" 'the same members'
heads() { as "$1" "$2" vault checkpoint 2>/dev/null | grep -E '^(members|streams) [0-9a-f]{64}$'; }
one=$(heads a one) two=$(heads a two)
is "$(wc -l <<<"$one")" 2 'a checkpoint names the members and the heads of all streams'
is "$one" "$two" 'the same heads'
grep -q 'a writes 63' "$work/b-two" && grep -q 'b writes 63' "$work/a-one"
ok $? 'what each wrote in the same case is there'
list=$(as a one case list)
is "$(cut -f1 <<<"$list" | sort | uniq -d)" '' 'no two cases have the same number'
grep -q 'a writes\|written under a new key' "$work/b-two"
as b two --json case show 2 >"$work/said" 2>&1
hasnt "$(cat "$work/said")" 'written under a new key' 'who was taken off a case reads nothing of it that came after'
has "$(as c two case list 2>&1)" 'second case' 'the new member can unlock the other copy'
for c in one two; do
  as a $c audit verify >"$work/said" 2>&1
  ok $? "copy $c is whole" "$(cat "$work/said")"
done

# ---- a third time
as a one vault bundle "$work/again" >/dev/null 2>&1
before=$(events b two)
said=$(as b two case import "$work/again" 2>&1)
ok $? 'a third merge' "$said"
after=$(events b two)
known=$(sed -n 's/.* \([0-9]*\) known.*/\1/p' <<<"$said")
[ "$((after - before))" -le 2 ] && [ "${known:-0}" -ge "$((before - 2))" ]
ok $? 'brings nothing but the checkpoints made since' "$before $after $said"
said=$(as b two case import "$work/again" 2>&1)
has "$said" '0 new events' 'the same once more brings nothing'
is "$(events b two)" "$after" 'at all'

# ---- work goes on
as b two note 1 'b goes on' >/dev/null
ok $? 'the other member still writes where it may'
as b two note 2 'b should not' >/dev/null 2>&1
[ $? -ne 0 ]
ok $? 'and not where it may not'

# ---- one case alone, sealed for another copy
as a one note 1 'for the other copy' >/dev/null && as a one note 3 'stays behind' >/dev/null
as a one case export 1 "$work/sealed" --sealed --to "$(fpr b)" >"$work/said" 2>&1
is $? 2 'a sealed bundle is for no keys: --to is refused'
as a one case export 1 "$work/sealed" --sealed >"$work/said" 2>&1
ok $? 'one case is sealed' "$(cat "$work/said")"
as a one case export 1 "$work/sealed" --sealed >"$work/said" 2>&1
is $? 5 'not over a file that is there'
! grep -qaF 'for the other copy' "$work/sealed"
ok $? 'no word of it stands in the bundle'
GNUPGHOME=$work/cg XDG_STATE_HOME=$work/state-c-x "$psirtty" --vault "$work/elsewhere" case import "$work/sealed" >"$work/said" 2>&1
[ $? -ne 0 ]
ok $? 'which is of use to this vault alone' "$(cat "$work/said")"
out=$(as b two case import "$work/sealed" 2>&1)
ok $? 'the other copy takes it in' "$out"
has "$(as b two case log 1)" 'for the other copy' 'and has what was written'
hasnt "$(as a two case log 3)" 'stays behind' 'but nothing of other cases'
has "$(as a one case readers 1)" 'exported' 'that it was exported is told where the readers are'
as b two audit verify >"$work/said" 2>&1
ok $? 'and is whole' "$(cat "$work/said")"
tap_done
