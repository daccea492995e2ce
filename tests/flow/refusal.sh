#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# What a vault refuses, each with its sentence, and nothing is lost: modes, mixed-up files, a newer
# vault, a full disk, a medium that cannot be written, memory that cannot be locked, an agent that is
# gone, keys that cannot serve; then check and repair, backup and restore.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/pr.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
mkdir -m 700 "$GNUPGHOME" "$work/other"
mounted=
finish() {
  for m in $mounted; do umount "$m"; done 2>/dev/null
  for h in "$GNUPGHOME" "$work/other"; do gpgconf --homedir "$h" --kill all; done 2>/dev/null
  chmod -R u+rwX "$work" 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT

v=$work/vault
p() { "$psirtty" --vault "$v" "$@"; }
make_key() { # HOME USER-ID USAGE EXPIRY
  gpg --homedir "$1" --batch --quiet --pinentry-mode loopback --passphrase '' \
    --faked-system-time "${5:-20260101T000000!}" --quick-generate-key "$2" "${3:-future-default}" "${6:-default}" "${4:-never}" 2>/dev/null
  gpg --homedir "$1" --batch --list-keys --with-colons "$2" 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }'
}
refuses() { # STATUS PART NAME COMMAND…
  local status=$1 part=$2 name=$3
  shift 3
  out=$("$@" 2>&1)
  is $? "$status" "$name: refused"
  has "$out" "$part" "$name: and the sentence says why"
}

# The same for who only looks and for who writes.
refuses_both() { # STATUS PART NAME
  refuses "$1" "$2" "$3, listing" p case list
  refuses "$1" "$2" "$3, appending" p note 1 'never written'
}

fpr=$(make_key "$GNUPGHOME" 'Nadia Handler <nadia@vendor.example>')
"$psirtty" init "$v" --handler "$fpr" >/dev/null
p case new 'Quuxgateway overflow' >/dev/null
is "$(p case list | wc -l)" 1 'a vault with a case'

out=$(p lock 2>&1)
is $? 0 'lock in a shell is no mistake'
has "$out" 'each command locks the vault when it ends' 'and says how things are'

# ---- modes
chmod 2775 "$v"
refuses_both 4 'chmod o-rwx' 'a folder others may enter'
chmod 2770 "$v"
chmod 664 "$v/vault.db"
refuses_both 4 'chmod o-rwx' 'a database others may read'
out=$(p vault check 2>&1)
has "$out" '0664 instead of 0660' 'vault check finds the mode'
p vault check --repair >/dev/null 2>&1
is "$(stat -c %a "$v/vault.db")" 660 'and mends it'

# ---- files of two vaults
"$psirtty" init "$work/second" --handler "$fpr" >/dev/null
cp "$v/vault.yaml" "$work/kept.yaml" && cp "$work/second/vault.yaml" "$v/vault.yaml"
refuses_both 3 'belongs to another vault' "another vault's settings"
cp "$work/kept.yaml" "$v/vault.yaml"
cp "$v/keys.db" "$work/kept.keys" && cp "$work/second/keys.db" "$v/keys.db"
refuses_both 4 'Restore keys.db' "another vault's keys"
cp "$work/kept.keys" "$v/keys.db"

# ---- made by a newer program
sed -i 's/^format: .*/format: 99/' "$v/vault.yaml"
refuses_both 3 'newer' 'a newer vault, by its settings'
cp "$work/kept.yaml" "$v/vault.yaml"
byte() { printf '%b' "\\x$2" | dd of="$v/vault.db" bs=1 seek="$1" conv=notrunc 2>/dev/null; }
byte 63 63
refuses_both 3 'newer' 'a newer vault, by its database'
byte 63 00
refuses_both 3 'before the first version' 'a vault from before the format was settled'
byte 63 01
is "$(p case list | wc -l)" 1 'nothing was lost so far'
hasnt "$(p case log 1)" 'never written' 'and nothing was written'
p audit verify >/dev/null
ok $? 'it is whole'

# ---- a full disk
if [ "$(id -u)" -eq 0 ] && mkdir "$work/small" && mount -t tmpfs -o size=2m,mode=0700 tmpfs "$work/small" 2>/dev/null; then
  mounted=$work/small
  cp -a "$v" "$work/small/vault"
  head -c 1500000 /dev/zero >"$work/small/filler" 2>/dev/null
  head -c 900000 /dev/urandom >"$work/large"
  refuses 3 'disk is full' 'an attachment on a full disk' "$psirtty" --vault "$work/small/vault" repro add PSIRT-2026-0001 b reproduced --text Steps. --attach "$work/large"
  is "$(find "$work/small/vault/objects" -name '*.part' | wc -l)" 0 'and nothing half-written stays'
  cat /dev/zero >>"$work/small/filler" 2>/dev/null
  out=$("$psirtty" --vault "$work/small/vault" note PSIRT-2026-0001 "$(head -c 60000 /dev/zero | tr '\0' x)" 2>&1)
  [ $? -ne 0 ]
  ok $? 'an event on a full disk is refused' "$out"
  has "$out" 'disk' 'and the sentence names the disk'
  rm "$work/small/filler"
  out=$("$psirtty" --vault "$work/small/vault" audit verify 2>&1)
  ok $? 'and the vault is whole' "$out"
  # ---- a medium that cannot be written
  mount -o remount,ro "$work/small"
  refuses 4 'readonly' 'a medium that cannot be written' "$psirtty" --vault "$work/small/vault" case list
  refuses 4 'Open it with --readonly' 'nor appended to' "$psirtty" --vault "$work/small/vault" note 1 'never written'
  is "$("$psirtty" --vault "$work/small/vault" --readonly case list 2>/dev/null | wc -l)" 1 'with --readonly it can be read'
else
  skip 'a full disk' 'needs root and a tmpfs'
  skip 'a medium that cannot be written' 'needs root and a tmpfs'
fi

# ---- memory that cannot be locked; an agent that is gone
if command -v setpriv >/dev/null && [ "$(id -u)" -eq 0 ] && [ -z "${SANITIZED:-}" ]; then
  refuses 4 'ulimit -l' 'memory that cannot be locked' \
    setpriv --inh-caps=-ipc_lock --bounding-set=-ipc_lock bash -c 'ulimit -l 0; exec "$@"' _ "$psirtty" --vault "$v" case list
else
  skip 'memory that cannot be locked' 'needs root, setpriv and a build without sanitizers'
fi
# Words of cases need more than keys do: what cannot be locked is told where the machine swaps.
plain=${PSIRTTY_PLAIN:-}
with_swap() { # with_swap KIB: vault check on a machine that seems to swap, with so much to lock
  printf 'Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n' >"$work/swaps"
  unshare -m bash -c 'mount --bind "$1" /proc/swaps && ulimit -l "$2" && shift 2 && exec "$@"' _ "$work/swaps" "$1" \
    setpriv --inh-caps=-ipc_lock --bounding-set=-ipc_lock "$plain" --vault "$v" vault check 2>&1
}
if [ -n "$plain" ] && command -v setpriv >/dev/null && unshare -m true 2>/dev/null; then
  out=$(with_swap 1500)
  is $? 1 'memory that may be swapped out is found'
  has "$out" 'memlock 65536' 'and says how to have it locked'
  has "$(with_swap 8192)" 'nothing found' 'where enough can be locked nothing is'
else
  skip 'memory that may be swapped out' 'needs root, setpriv and a build without sanitizers'
fi
# A passphrase that is not given: the program that asks for it is one that is always closed at once.
secret=$(gpg --homedir "$work/other" --batch --quiet --pinentry-mode loopback --passphrase 'long one' --quick-generate-key \
  'Passe <passe@vendor.example>' future-default default never 2>/dev/null
  gpg --homedir "$work/other" --batch --with-colons --list-keys passe@vendor.example 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
printf '#!/bin/sh\necho OK\nwhile read -r word rest; do\n  case $word in\n  GETPIN) echo ERR 83886179 Operation cancelled ;;\n  BYE) echo OK; exit ;;\n  *) echo OK ;;\n  esac\ndone\n' >"$work/closed"
printf '#!/bin/sh\necho OK\nwhile read -r word rest; do\n  case $word in\n  GETPIN) printf "D long one\\nOK\\n" ;;\n  BYE) echo OK; exit ;;\n  *) echo OK ;;\n  esac\ndone\n' >"$work/typed"
printf '#!/bin/sh\nkill -9 $PPID\n' >"$work/murder"
chmod +x "$work/closed" "$work/typed" "$work/murder"
pinentry() { # pinentry PROGRAM: from now on asks with it, and has forgotten what it was told
  printf 'pinentry-program %s\n' "$work/$1" >"$work/other/gpg-agent.conf"
  gpgconf --homedir "$work/other" --kill all
}
q() { GNUPGHOME=$work/other "$psirtty" --vault "$work/passe" "$@"; }
pinentry typed
GNUPGHOME=$work/other "$psirtty" init "$work/passe" --handler "$secret" >/dev/null && q case new 'behind a passphrase' >/dev/null
ok $? 'a vault behind a passphrase'
cp -a "$work/passe" "$work/passe.before"
pinentry closed
refuses 4 'stays locked' 'a passphrase that is not given' q case list
refuses 4 'stays locked' 'nor when something is to be changed' q case new 'never'
pinentry murder
refuses 4 'stays locked' 'an agent that dies while it asks' q case list
out=$(diff -r -x "*-shm" "$work/passe" "$work/passe.before")
ok $? 'nothing in the folder changed meanwhile' "$out"
pinentry typed
is "$(q case list | wc -l)" 1 'with the passphrase all is there'

# ---- a clock that jumped
q --now "$(date -u -d '+2 hours' +%Y-%m-%dT%H:%M:%SZ)" note 1 'from this evening' >/dev/null
has "$(q case list 2>&1 >/dev/null)" 'stands before the vault'"'"'s newest event' 'a clock two hours behind the newest event is told'
GNUPGHOME=$work/other "$psirtty" --now 2020-01-01T00:00:00Z init "$work/aged" --handler "$secret" >/dev/null
has "$(GNUPGHOME=$work/other "$psirtty" --vault "$work/aged" case list 2>&1)" 'more than a year after the vault'"'"'s newest event' 'and one far ahead of it'
q --now 2031-05-01T08:00:00Z case new 'from tomorrow' >/dev/null
out=$(q case list 2>"$work/said")
has "$(cat "$work/said")" 'more than a day ahead of this clock' 'a clock before the newest event is told'
is "$(wc -l <"$work/said")" 1 'in one line'
is "$(wc -l <<<"$out"):$(cut -f 1 <<<"$out" | tr '\n' ' ')" '2:PSIRT-2026-0001 PSIRT-2031-0001 ' 'and not among the answers'
is "$(q --json case list 2>/dev/null | head -c 1)" '[' 'nor in JSON'
q --now 2031-05-01T07:59:30Z case list 2>&1 >/dev/null | grep -c clock >"$work/said"
is "$(cat "$work/said")" 0 'a time that was given on purpose is no clock'
out=$(q note PSIRT-2026-0001 'while the clock is wrong' 2>/dev/null)
ok $? 'work goes on' "$out"
q audit verify >/dev/null 2>&1
ok $? 'and the vault is whole'

mv "$GNUPGHOME/private-keys-v1.d" "$work/away"
gpgconf --kill all
refuses 4 'secret key' 'a secret key that is gone' p case list
gpgconf --kill all
rm -rf "$GNUPGHOME/private-keys-v1.d"
mv "$work/away" "$GNUPGHOME/private-keys-v1.d"

# ---- keys that cannot serve
old=$(make_key "$work/other" 'Old <old@vendor.example>' future-default 1d)
refuses 4 'expired' 'a key that expired' env GNUPGHOME="$work/other" "$psirtty" init "$work/third" --handler "$old"
sign=$(make_key "$work/other" 'Sign <sign@vendor.example>' ed25519 never '20260101T000000!' sign)
refuses 4 'encryption subkey' 'a key without a subkey for encryption' env GNUPGHOME="$work/other" "$psirtty" init "$work/third" --handler "$sign"

for bad in "$old expired" "$sign subkey"; do
  gpg --homedir "$work/other" --batch --export "${bad% *}" | gpg --batch --quiet --import 2>/dev/null
  refuses 4 "${bad#* }" "a member whose key cannot serve (${bad#* })" env GNUPGHOME="$work/other" "$psirtty" --vault "$v" member request "$work/asked" --handler "${bad% *}"
  [ ! -e "$work/asked" ]
  ok $? 'and no request is left behind'
done

# ---- a key that expires under a member: what is his stays his, and only signing has to wait
lapsed=$(make_key "$work/other" 'Lapsed <lapsed@vendor.example>')
l() { GNUPGHOME=$work/other "$psirtty" --vault "$work/lapsed" "$@"; }
expire() { for s in "" '*'; do gpg --homedir "$work/other" --batch --quiet --faked-system-time "$1" --quick-set-expire "$lapsed" "$2" $s; done 2>/dev/null; }
GNUPGHOME=$work/other "$psirtty" init "$work/lapsed" --handler "$lapsed" >/dev/null && l case new 'before it expired' >/dev/null
"$psirtty" --vault "$work/lapsed" member request "$work/newcomer" --handler "$fpr" >/dev/null
set -f && expire '20260102T000000!' 1d && set +f
has "$(gpg --homedir "$work/other" --list-keys "$lapsed" 2>/dev/null)" expired "a sitting member's key expires"
has "$(l case list)" 'before it expired' 'the vault still opens'
out=$(l note 1 'after it expired' 2>&1)
ok $? 'and is written to' "$out"
refuses 4 'has expired. Extend the key' 'a checkpoint by a key that expired' l vault checkpoint "$work/point"
[ ! -e "$work/point" ]
ok $? 'and none is left behind'
refuses 4 'has expired' 'a new identity for a key that expired' l member rotate --identity
out=$(l member add "$fpr" --from "$work/newcomer" 2>&1)
ok $? 'an admin whose key expired still admits: his identity is what counts' "$out"
set -f && expire "$(date -u +%Y%m%dT%H%M%S)" 0 && set +f
l vault checkpoint "$work/point" >/dev/null 2>&1
ok $? 'extended, it signs again'
has "$(l case log 1)" 'after it expired' 'nothing was lost'

# ---- leftovers
echo half >"$v/objects/0123456789abcdef.part"
p vault check >/dev/null 2>&1
[ -f "$v/objects/0123456789abcdef.part" ]
ok $? 'what is being written now is left alone'
touch -d '2 days ago' "$v/objects/0123456789abcdef.part"
has "$(p vault check 2>&1)" 'never finished' 'an attachment that was never finished is found'
echo data >"$work/a.log"
p repro add PSIRT-2026-0001 build reproduced --text Steps. --attach "$work/a.log" >/dev/null
orphan=$(find "$v/objects" -type f -size -2k | grep -v part | head -n 1)
copy=$v/objects/aa/$(printf 'a%.0s' $(seq 64))
mkdir -p "$v/objects/aa" && cp "$orphan" "$copy" && touch -d '2 days ago' "$copy" "$orphan"
out=$(p vault check --repair 2>&1)
is $? 1 'check says that something is left for us'
has "$out" 'altered' 'an object that is not what its name promises is told, not removed'
[ -f "$copy" ] && [ -f "$orphan" ] && [ ! -f "$v/objects/0123456789abcdef.part" ]
ok $? 'leftovers are gone, data is not'
rm -f "$copy"
has "$(p vault check 2>&1)" 'nothing found' 'then nothing is found'

# ---- proof, by levels
for level in 1 2 3 4; do
  p audit verify --level "$level" >/dev/null
  ok $? "audit verify --level $level"
done
GNUPGHOME=$work/other p audit verify --level 4 >/dev/null 2>&1
is $? 2 'what could not be proven is told by exit code 2'

# ---- backup and restore
p vault backup "$work/plain.tar" >/dev/null
ok $? 'a backup'
is "$(tar tf "$work/plain.tar" | grep -c 'keys.db')" 0 'without keys by itself'
p vault backup "$work/full.tar" --keys >/dev/null
hasnt "$(strings -a "$work/full.tar")" 'Quuxgateway' 'holds no word of a title'
p note PSIRT-2026-0001 'one event more' >/dev/null
p case new 'Opened since the backup' >/dev/null
out=$("$psirtty" vault restore "$work/full.tar" "$work/back" 2>&1)
ok $? 'it can be restored' "$out"
has "$out" 'verified' 'and is verified'
grep -q 'not in it: PSIRT-2026-0001, 1 events since 20.*, by Nadia Handler: note-added$' <<<"$out"
ok $? 'what it lacks is told by case, time, author and kind, before anybody follows it' "$out"
has "$out" 'not in it: PSIRT-2026-0002, ' 'also a case that it does not have at all'
hasnt "$("$psirtty" --vault "$v" vault restore "$work/full.tar" "$work/back.beside" 2>&1)" 'only the number' 'beside the vault that is still there'
is "$(p vault lost "$work/back.beside" 2>&1)" 'it holds everything that you saw' 'the newer one lacks nothing of the older'
is "$("$psirtty" --vault "$work/back.beside" vault lost "$v" | cut -f 1,3-)" "$("$psirtty" --vault "$work/back.beside" vault lost | cut -f 1,3-)" \
  'a copy that is there and the memory tell the same events'
has "$("$psirtty" vault restore "$work/full.tar" "$work/back" 2>&1)" 'something in it already' 'not over another vault'
out=$("$psirtty" --vault "$work/back" note PSIRT-2026-0001 'too early' 2>&1)
[ $? -ne 0 ]
ok $? 'an older state is not written to'
has "$out" 'vault lost' 'and the refusal says where to look'
rows=$("$psirtty" --vault "$work/back" vault lost)
is "$(awk -F'\t' '$3 == "PSIRT-2026-0001" { print $4, $5 }' <<<"$rows")" 'Nadia Handler note-added' 'each event that is gone has its line' "$rows"
is "$("$psirtty" --vault "$work/back" --json vault lost | grep -c '"event"')" "$(wc -l <<<"$rows")" 'or its JSON object'
cp -r "$XDG_STATE_HOME" "$work/state.kept"
refuses 1 'nothing was changed' 'an admin who has not said that it may go' "$psirtty" --vault "$work/back" vault restored
has "$out" 'not in it: PSIRT-2026-0001' 'and what would go is told once more'
out=$(cd "$XDG_STATE_HOME" && diff -r . "$work/state.kept")
ok $? 'what is remembered stays' "$out"
has "$("$psirtty" --vault "$work/back" vault restored --abandon 2>&1)" 'abandoned' 'until an admin vouches for it'
"$psirtty" --vault "$work/back" note PSIRT-2026-0001 'goes on' >/dev/null
ok $? 'then it goes on'
is "$("$psirtty" --vault "$work/back" vault lost)" 'it holds everything that you saw' 'and lacks nothing'
out=$("$psirtty" --vault "$work/back" audit verify 2>&1)
ok $? 'and is whole' "$out"
out=$("$psirtty" --vault "$work/back" vault restored 2>&1)
is $? 1 'a vault that lost nothing needs no word'
"$psirtty" vault restore "$work/plain.tar" "$work/back2" >/dev/null 2>&1
ok $? 'a backup without keys is verified too'
size=$(stat -c %s "$work/full.tar")
cp "$work/full.tar" "$work/bad.tar"
head -c 20000 /dev/urandom | dd of="$work/bad.tar" bs=1 seek=$((size / 3)) conv=notrunc 2>/dev/null
out=$("$psirtty" vault restore "$work/bad.tar" "$work/back3" 2>&1)
[ $? -ne 0 ] && [ ! -e "$work/back3" ]
ok $? 'a damaged backup is refused, and leaves nothing' "$out"

# ---- a key that is gone from keys.db: named, no damage to the log
if command -v sqlite3 >/dev/null; then
  sqlite3 "$work/passe/keys.db" 'DELETE FROM wrap WHERE rowid = (SELECT max(rowid) FROM wrap)' >/dev/null 2>"$work/said" ||
    sqlite3 "$work/passe/keys.db" .schema | sed 's/^/# /'
  out=$(q audit verify 2>/dev/null)
  is $? 0 'a wrap that is gone is no damage to the log'
  has "$out" 'may read it and has no key to it' 'and is named'
else
  skip 'a wrap that is gone' 'needs sqlite3'
fi
GNUPGHOME=$work/other "$psirtty" --vault "$work/passe" vault backup "$work/nokeys" >/dev/null 2>&1
out=$("$psirtty" vault restore "$work/nokeys" "$work/nokeys.d" 2>&1)
ok $? 'a backup without keys can be restored' "$out"
has "$("$psirtty" --vault "$work/nokeys.d" audit verify --level 3 2>&1)" 'holds no key of any case' 'and says that its keys are not there'

# ---- a cache with pages of an older one: it opens, and is not what the vault says
w=$work/cached
r() { "$psirtty" --vault "$w" "$@"; }
"$psirtty" init "$w" --handler "$fpr" >/dev/null && r case new 'the first of its kind' >/dev/null && r search kind >/dev/null
r case list >/dev/null
index=$(find "$XDG_CACHE_HOME" "$XDG_STATE_HOME" -name '*.index' -newer "$w/vault.yaml" | head -1)
cp "$index" "$work/index.old"
r case set 1 title 'the last of its sort' >/dev/null && r search sort >/dev/null
r case list >/dev/null
cp "$index" "$work/index.new"
out=$(r vault check 2>&1)
has "$out" 'nothing found' 'a cache that is as the vault is'
told=0
for page in $(cmp -l "$work/index.old" "$work/index.new" 2>/dev/null | awk '{ print int(($1 - 1) / 8192) }' | uniq | grep -v '^0$'); do
  cp "$work/index.new" "$index"
  dd if="$work/index.old" of="$index" bs=8192 skip="$page" seek="$page" count=1 conv=notrunc status=none
  r vault check --repair 2>&1 | grep -q 'repaired: your cache' && told=$((told + 1))
  is "$(r vault check 2>&1 | grep -c cache)" 0 "page $page of an older cache: after check --repair nothing differs"
done
[ "$told" -gt 0 ]
ok $? 'and what differed was told' "$told"

# ---- another vault's cache in the place of ours: not used, not touched; lists and search are whole without it
"$psirtty" --vault "$work/second" case new 'Elsewhere entirely' >/dev/null
"$psirtty" --vault "$work/second" search Elsewhere >/dev/null
cache_of() { find "$XDG_CACHE_HOME" -path "*$(sed -n 's/^vault: *//p' "$1/vault.yaml")*" -name '*.index'; }
ours=$(cache_of "$w") theirs=$(cache_of "$work/second")
[ -f "$ours" ] && [ -f "$theirs" ] && cp "$theirs" "$work/theirs.index" && cp "$theirs" "$ours"
ok $? "another vault's cache lies where ours was" "$ours" "$theirs"
rows=$(r case list)
has "$rows" 'sort' "another vault's cache: the list is ours"
hasnt "$rows$(r search Elsewhere)" 'Elsewhere' 'and holds nothing of the other'
has "$(r search sort)" 'last of its sort' 'our words are found'
out=$(r note 1 'beside a cache that is not ours') && has "$(r search beside)" 'beside a cache' 'new ones too'
cmp -s "$ours" "$work/theirs.index"
ok $? 'it is left as it is'
out=$(r vault check 2>/dev/null)
is $? 1 'vault check says so'
has "$out" "found: the cache is another vault's" 'with its sentence'
cmp -s "$ours" "$work/theirs.index"
ok $? 'and does not touch it either'
has "$(r vault check --repair)" "repaired: the cache is another vault's" 'with --repair ours takes its place'
has "$(r vault check)" 'nothing found' 'and then nothing is found'
r audit verify >/dev/null
ok $? 'nothing was lost'

tap_done
