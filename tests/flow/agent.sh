#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 120
#
# What gpg-agent costs: an import says how long the agent will need and why, and leaves what would take long to be opened
# later; what was opened once is opened again without the agent; a key that comes after the mail opens it. Then agents on
# other machines, as ssh forwards them: what they let us do, and what they do not, by its sentence.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/mail.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
work=$(mktemp -d "${TMPDIR:-/tmp}/pa.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache PSIRTTY_VAULT=$work/vault
hung=
trap '[ -z "$hung" ] || kill -CONT "$hung" 2>/dev/null; for h in "$work/g" "$work/l" "$work/c"; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
mkdir -m 700 "$GNUPGHOME" "$work/l" "$work/c"
mkdir "$work/in"
echo 's2k-count 65536' >"$GNUPGHOME/gpg-agent.conf"
until_there() { # until_there FILE: it holds something, within a minute
  local end=$((SECONDS + 60))
  while [ ! -s "$1" ] && [ $SECONDS -lt $end ]; do read -r -t 0.05 _ <><(:); done
  [ -s "$1" ]
}
ann=$(make_key "$work/g" 'Ann <ann@vendor.example>')
gpg --batch --quiet --pinentry-mode loopback --passphrase 'correct horse' \
  --quick-generate-key 'Team <psirt@vendor.example>' future-default default never 2>/dev/null
for i in $(seq -w 32); do
  letter "$work/g" - psirt@vendor.example 'F <f@finder.example>' "<a$i@x>" "r$i" <<<"sealed words $i" >"$work/in/$i.eml"
done
# An agent whose derivation takes seconds; the key itself was made with a cheap one. It knows the passphrase already.
printf 's2k-count 1100000000\n' >"$GNUPGHOME/gpg-agent.conf"
gpgconf --kill gpg-agent
sed -n '/BEGIN PGP/,/END PGP/p' "$work/in/01.eml" | tr -d '\r' |
  gpg --batch --quiet --pinentry-mode loopback --passphrase-file <(echo 'correct horse') -d >/dev/null 2>&1
ok $? 'the agent knows the passphrase'
"$psirtty" init "$work/vault" --handler "$ann" >/dev/null 2>&1
ok $? 'a vault'

out=$("$psirtty" mail import "$work/in" 2>&1)
ok $? 'an import'
has "$out" '32 taken in' 'takes in all'
takes=$(sed -n 's/.* gpg-agent \([0-9]*\) ms for each.*/\1/p' <<<"$out")
[ $((${takes:-0} * 31)) -ge 20000 ]
ok $? "the agent would derive a key in ${takes:-?} ms"
has "$out" "the passphrase of their key costs gpg-agent" 'says why it does not open all'
has "$out" ' ms for each, cached or not (s2k-count in gpg-agent.conf)' 'what one costs, and where that comes from'
has "$out" 'opens all, in about' 'and how long all would take'
"$psirtty" mail list --json >"$work/list"
opened=$(grep -c '"encryption": "decrypted"\|"state": "decrypted"' "$work/list")
left=$((32 - opened))
[ "$opened" -ge 1 ] && [ "$left" -ge 1 ]
ok $? "$opened are opened, $left wait until they are read" "$out" "$(head -30 "$work/list")"
has "$("$psirtty" mail show M-0032 2>&1)" 'sealed words 32' 'one that waited opens when it is read'
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

# ---- a key that comes after the mail
late=$(make_key "$work/l" 'Late <late@vendor.example>')
eve=$(make_key "$work/l" 'Eve <eve@finder.example>')
for i in 1 2 3; do
  find "$work/vault/objects" -type f | sort >"$work/before"
  letter "$work/l" - "$late" 'F <f@finder.example>' "<l$i@x>" "l$i" <<<"late words $i" >"$work/in/late$i.eml"
  "$psirtty" mail import "$work/in/late$i.eml" >/dev/null 2>&1
  find "$work/vault/objects" -type f | sort | comm -13 "$work/before" - >"$work/of$i"
done
letter "$work/l" "$eve" - 'Eve <eve@finder.example>' '<e@x>' 'signed' <<<'I am Eve.' >"$work/in/signed.eml"
"$psirtty" mail import "$work/in/signed.eml" >/dev/null 2>&1
said=$("$psirtty" mail retry 2>&1)
ok $? 'mail retry without the key'
has "$said" '0 opened, 3 still wait, 0 judged anew' 'opens none'
for i in 3 4 5; do has "$said" "M-003$i"$'\tnone of the keys it is encrypted to is ours' "M-003$i is told with its reason"; done
told=$("$psirtty" audit verify 2>&1)
"$psirtty" mail retry >/dev/null 2>&1
is "$("$psirtty" audit verify 2>&1)" "$told" 'and again: what did not change makes no event'
has "$("$psirtty" mail show M-0036 2>&1)" 'unknown-key' 'who signed one is not known'
# The second one cannot be read from the disk any more: the others are not lost by that.
damaged=$(xargs ls -S <"$work/of2" | head -n 1)
cp "$damaged" "$work/kept" && printf 'x' | dd of="$damaged" bs=1 seek=60 conv=notrunc 2>/dev/null
gpg --homedir "$work/l" --batch --export-secret-keys "$late" | gpg --batch --quiet --import 2>/dev/null
gpg --homedir "$work/l" --batch --export "$eve" | gpg --batch --quiet --import 2>/dev/null
said=$("$psirtty" mail retry 2>&1)
is $? 3 'the key comes, and one is damaged: the exit says so'
has "$said" '2 opened, 0 still wait, 1 judged anew' 'the others open'
grep -q $'^M-0034\t.*' <<<"$said"
ok $? 'the damaged one is told' "$said"
has "$said" 'the others were tried' 'and that it did not keep the others from it'
has "$("$psirtty" mail show M-0033 2>&1)" 'late words 1' 'what stood before it is read'
has "$("$psirtty" mail show M-0035 2>&1)" 'late words 3' 'and what stood behind it'
has "$("$psirtty" mail show M-0036 2>&1)" "good $eve" 'the signer is known now'
cp "$work/kept" "$damaged"
has "$("$psirtty" mail retry 2>&1)" '1 opened, 0 still wait' 'made whole it opens too'
has "$("$psirtty" mail show M-0034 2>&1)" 'late words 2' 'nothing was lost'

# ---- what is said of a signer follows the pins
verdict() { "$psirtty" mail list M-0036 | cut -f 3; }
is "$(verdict)" signed 'a key nobody vouched for'
has "$("$psirtty" key pin eve@finder.example "$eve" --verified phone 2>&1)" 'judged anew: 1' 'a pin judges what came before it'
is "$(verdict)" verified 'now it is hers'
"$psirtty" key unpin eve@finder.example >/dev/null 2>&1
is "$(verdict)" signed 'without the pin it is no longer'

# ---- what is counted before gpg sees it
# packets NAMED ANONYMOUS: a mail whose ciphertext begins with so many session keys.
packets() {
  local i
  printf 'From: F <f@finder.example>\nTo: psirt@vendor.example\nSubject: many\nMIME-Version: 1.0\n'
  printf 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\n'
  printf 'Version: 1\n\n--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n'
  {
    for ((i = 0; i < $1; i++)); do printf '\xc1\x0d\x03SOMEKEYS\x01\x00\x01\x01'; done
    for ((i = 0; i < $2; i++)); do printf '\xc1\x0d\x03\0\0\0\0\0\0\0\0\x01\x00\x01\x01'; done
    printf '\xd2\x29\x01%040d' 0
  } | base64
  printf -- '\n--b--\n'
}
while read -r named anonymous state; do
  packets "$named" "$anonymous" >"$work/many.eml"
  said=$("$psirtty" mail read "$work/many.eml")
  is "$(sed -n 's/^Encryption  *\([a-z-]*\):.*/\1/p' <<<"$said")$(grep -o ' too-many-recipients' <<<"$said")" "$state" \
    "$named session keys for somebody and $anonymous for nobody said"
done <<'END'
32 0 no-key
33 0 refused too-many-recipients
24 8 no-key
24 9 refused too-many-recipients
0 8 no-key
0 9 refused too-many-recipients
END
truncate -s $(((200 << 20) + 1)) "$work/large.eml"
has "$("$psirtty" mail read "$work/large.eml" 2>&1)" 'it is larger than 209715200 bytes' 'a mail of one byte more than 200 MiB is not read'
rm "$work/large.eml"

# ---- an agent on another machine: its extra socket stands where gpg looks for an agent of this one
pinentry() { # pinentry WORDS: what the other machine's answers when it asks there
  printf '#!/bin/sh\necho "$$" >>%s\necho OK\nwhile read -r word rest; do\n  case $word in\n  GETPIN) printf "%s\\n" ;;\n  BYE) echo OK; exit ;;\n  *) echo OK ;;\n  esac\ndone\n' \
    "$work/asked" "$1" >"$work/pinentry"
  chmod +x "$work/pinentry"
}
pinentry 'ERR 83886179 Operation cancelled'
printf 's2k-count 65536\nextra-socket %s\npinentry-program %s\n' "$work/l/S.gpg-agent.extra" "$work/pinentry" >"$work/l/gpg-agent.conf"
gpgconf --homedir "$work/l" --kill gpg-agent
gpg --homedir "$work/l" --batch --quiet --pinentry-mode loopback --passphrase 'correct horse' \
  --quick-generate-key 'Far <far@vendor.example>' future-default default never 2>/dev/null
gpg --homedir "$work/l" --batch --export | gpg --homedir "$work/c" --batch --quiet --import 2>/dev/null
letter "$work/l" - far@vendor.example 'F <f@finder.example>' '<f@x>' 'far' <<<'far words' >"$work/in/far.eml"
gpgconf --homedir "$work/l" --kill gpg-agent
gpgconf --homedir "$work/l" --launch gpg-agent
export GNUPGHOME=$work/c
gpgconf --kill gpg-agent
socket=$(gpgconf --list-dirs agent-socket)
printf '%%Assuan%%\nsocket=%s\n' "$work/l/S.gpg-agent.extra" >"$socket"
echo no-autostart >"$GNUPGHOME/gpg.conf"
has "$(gpg-connect-agent --no-autostart 'GETINFO restricted' /bye 2>&1)" 'OK' 'an agent that is forwarded, restricted'
has "$(gpg-connect-agent --no-autostart 'GETINFO restricted' 'EXPORT_KEY x' /bye 2>/dev/null)" 'Forbidden' 'which gives no key away'
"$psirtty" init "$work/far" --handler "$late" >/dev/null 2>&1
ok $? 'a vault for a key that is there'
export PSIRTTY_VAULT=$work/far
has "$("$psirtty" mail import "$work/in/late1.eml" 2>&1)" '1 taken in, 0 known already, 0 could not be opened' 'mail is opened by it'
has "$("$psirtty" mail import "$work/in/far.eml" 2>&1)" '1 could not be opened' 'a key behind a passphrase that is not given there'
[ -s "$work/asked" ]
ok $? 'it was asked for there'
has "$("$psirtty" mail retry 2>&1)" $'M-0002\tthe passphrase was not given' 'that is the reason'
pinentry 'D correct horse\\nOK'
has "$("$psirtty" mail retry 2>&1)" '1 opened' 'given there, it opens'
has "$("$psirtty" mail show M-0002 2>&1)" 'far words' 'and is read here'
gpgconf --homedir "$work/l" --kill gpg-agent
out=$("$psirtty" mail read "$work/in/late2.eml" 2>&1)
has "$out" 'gpg-agent does not answer' 'the line to it is cut: that is told'
out=$("$psirtty" mail list 2>&1)
is $? 4 'and the vault stays locked'
has "$out" 'gpg-agent does not answer. Start gpg-agent, or forward it to this host' 'with what to do'

# ---- what somebody waits for goes before an import: as long as anybody is at gpg, an import begins nothing there
export GNUPGHOME=$work/g PSIRTTY_VAULT=$work/vault
mkdir "$work/behind"
for i in 1 2; do letter "$work/l" - "$late" 'F <f@finder.example>' "<b$i@x>" "b$i" <<<"words behind $i" >"$work/behind/$i.eml"; done
exec 8<"$GNUPGHOME"
flock --shared 8
find "$work/vault/objects" -type f | wc -l >"$work/before"
"$psirtty" mail import "$work/behind" >"$work/said" 2>&1 8<&- &
running=$!
end=$((SECONDS + 60))
while [ "$(find "$work/vault/objects" -type f | wc -l)" -lt $(($(cat "$work/before") + 2)) ] && [ $SECONDS -lt $end ]; do read -r -t 0.02 _ <><(:); done
is "$("$psirtty" mail list | grep -c $'\tdecrypted\t.*\tb[12]\t')" 0 'an import keeps its mail and waits for whoever is at gpg'
has "$("$psirtty" mail read "$work/in/late3.eml" 2>&1)" 'late words 3' 'somebody who wants to read does not wait for it'
has "$("$psirtty" mail show M-0036 2>&1)" "good $eve" 'nor who looks into the inbox'
kill -0 $running 2>/dev/null
ok $? 'it still waits'
exec 8<&-
wait $running
has "$(cat "$work/said")" '2 taken in, 0 known already, 0 could not be opened' 'its turn comes'
exec 8<"$GNUPGHOME"
flock --exclusive 8
has "$(PSIRTTY_GPG_MS=1000 timeout 30 "$psirtty" mail read "$work/in/late3.eml" 2>&1 8<&-)" 'Encryption' 'who never lets go of it stops nobody'
exec 8<&-

# ---- an agent that hangs: nobody waits for it longer than gpg may, here five seconds
mkdir "$work/hang"
for i in 1 2 3; do letter "$work/l" - "$late" 'F <f@finder.example>' "<h$i@x>" "h$i" <<<"hung words $i" >"$work/hang/$i.eml"; done
mkfifo "$work/lines"
PSIRTTY_GPG_MS=5000 "$psirtty" - <"$work/lines" >"$work/said" 2>&1 &
running=$!
exec 7>"$work/lines"
echo "calendar export $work/unlocked.ics" >&7
until_there "$work/unlocked.ics"
ok $? 'a vault that is open'
hung=$(gpg-connect-agent 'GETINFO pid' /bye | sed -n 's/^D //p')
kill -STOP "$hung"
ok $? 'an agent that hangs'
printf 'mail import %s\nsecurity-txt write %s --contact psirt@vendor.example --signed\nmail list M-003\n' "$work/hang" "$work/s.txt" >&7
exec 7>&-
wait $running
said=$(cat "$work/said")
has "$said" '3 taken in, 0 known already, ' 'mail is taken in all the same'
has "$said" '1 encrypted ones are opened when they are read: gpg, or its agent, did not come to an end' 'when two came to no end no more are tried'
has "$said" 'line 3: ' 'nor is anything signed'
has "$said" 'gpg, or its agent, does not answer in time. End a hung agent with `gpgconf --kill gpg-agent`' 'and what to do is said'
has "$said" 'M-0036' 'everything else goes on'
out=$(PSIRTTY_GPG_MS=300 "$psirtty" mail read "$work/hang/1.eml" 2>&1)
has "$out" 'failed: gpg took too long over it' 'a mail that is read meanwhile'
out=$(PSIRTTY_GPG_MS=300 "$psirtty" mail list 2>&1)
is $? 4 'a vault that is opened meanwhile stays locked'
has "$out" 'gpg took too long over it' 'and why'
kill -CONT "$hung"
has "$("$psirtty" mail retry 2>&1)" '3 opened, 0 still wait' 'when it goes on nothing was lost'
has "$("$psirtty" mail show M-0041 2>&1)" 'hung words 3' 'and all is read'
tap_done
