#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 120
#
# The inbox as a desk: what a report lacks and what it resembles, spam put aside in bulk, and the log of what came in, which
# nothing shortens.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/mail.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/pi.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache PSIRTTY_VAULT=$work/vault
trap 'gpgconf --homedir "$work/g" --kill all 2>/dev/null; rm -rf "$work"' EXIT
mkdir -m 700 "$GNUPGHOME"
cd "$work" || exit 1
ann=$(make_key "$GNUPGHOME" 'Ann <ann@vendor.example>')
"$psirtty" init "$work/vault" --handler "$ann" >/dev/null 2>&1
ok $? 'a vault'

report='The zebrapump 7.1 overflows a heap buffer in valve_read() when a packet is longer than 4096 bytes.
Steps to reproduce: send the packet with nc to port 9000. Proof of concept: python3 -c "print(5000 * chr(65))" | nc host 9000
Impact: an attacker without credentials can execute code as root. Versions 7.1 and 7.2 are affected on Linux.'
letter "$GNUPGHOME" - - 'Mara <mara@finder.example>' '<1@x>' 'zebrapump overflow' <<<"$report" >1.eml
letter "$GNUPGHOME" - - 'Bob <bob@finder.example>' '<2@x>' 'bug' <<<'Your product has a bug, please call me.' >2.eml
letter "$GNUPGHOME" - - 'Carol <carol@other.example>' '<3@x>' 'I found something' <<<"Hello team, I hope you are well. $report
Regards, Carol" >3.eml
for i in 4 5 6; do letter "$GNUPGHOME" - - "Win$i <win$i@spam.example>" "<$i@x>" 'You won' <<<"Click here, winner $i." >$i.eml; done

cat >asked <<'END'
@2026-12-01T08:00:00Z mail import 1.eml 2.eml 3.eml 4.eml 5.eml 6.eml
mail take M-0001
mail log
@2026-12-02T08:00:00Z mail sort spam M-0004 M-0005 M-0006 --note bulk
mail sort report M-0005
@2027-08-01T08:00:00Z mail log
END
"$psirtty" - <asked >said 2>errors
ok $? 'all lines run' "$(cat errors)"
"$psirtty" mail assess M-0001 >first 2>&1
"$psirtty" mail assess M-0002 >second 2>&1
"$psirtty" mail assess M-0003 >third 2>&1

# ---- what a report lacks, what it resembles
has "$(cat first)" 'nothing that was looked for' 'a whole report lacks nothing'
for part in version poc impact; do has "$(cat second)" " $part: " "an empty one lacks its $part"; done
hasnt "$(cat second)" 'Similar' 'and resembles nothing'
percent=$(sed -n 's/^Similar  *\([0-9]*\) % M-0001 PSIRT-.*/\1/p' third)
[ "${percent:-0}" -ge 70 ]
ok $? "the same with a greeting resembles the case (${percent:-none} %)" "$(cat third)"

# ---- in bulk
is "$("$psirtty" mail list sorted:spam 2>/dev/null | cut -f 1 | tr '\n' ' ')" 'M-0004 M-0006 ' 'three put aside at once, one brought back'
has "$(cat said)" '3 sorted: spam' 'which is said once'
out=$("$psirtty" mail sort spam M-0002 M-0099 2>&1)
is $? 3 'one that is not there is told'
has "$out" 'M-0099: there is no such mail' 'by its name'

# ---- the log: time, channel, sender, hash, size, disposition
grep -P '^2026-12-01T08:00:00Z\t' said >rows
sed -n 1,6p rows >before
sed -n '7,$p' rows >after
is "$(wc -l <before):$(wc -l <after)" '6:6' 'every mail has its line, and eight months later too'
number=0
while IFS=$'\t' read -r at channel sender hash size what where mail; do
  number=$((number + 1))
  is "$at $channel $hash $size $mail" "2026-12-01T08:00:00Z file $(sha256sum $number.eml | cut -d ' ' -f 1) $(wc -c <$number.eml) M-000$number" \
    "line $number: time, channel, hash, size"
  has "$(cat $number.eml)" "<$sender>" 'and sender'
  is "$what $where" "$([ $number = 1 ] && echo 'taken PSIRT-2026-0001' || echo 'read -')" 'and what became of it'
done <before
is "$(cut -f 1-5,8 before)" "$(cut -f 1-5,8 after)" 'later nothing of it is another'
is "$(cut -f 6 after | tr '\n' ' ')" 'taken read read spam report spam ' 'but what became of it'
is "$("$psirtty" mail log --since 2026-12-01T08:00:01Z 2>/dev/null | wc -l)" 0 'from a time on'
"$psirtty" audit verify >/dev/null 2>&1
ok $? 'and the chain under it is whole'
tap_done
