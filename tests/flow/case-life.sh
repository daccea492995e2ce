#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# The whole life of a case by the shell: qualified by the bug bar, handed over, scored by several, who is
# affected and who has not answered, reproduced with hostile files that stay inert, fixed, validated, signed
# off; tasks, risks, the situation room, the post-mortem; and the register with contacts, products, figures.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/pl.XXXXXX") || exit 1
mkdir -m 700 "$work/t" "$work/o" "$work/bare"
export GNUPGHOME=$work/t XDG_STATE_HOME=$work/state
trap 'for h in "$work/t" "$work/o"; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
day=2026-12-01
p() { "$psirtty" --vault "$work/vault" --now "${day}T08:00:00Z" "$@"; }
make_key() { # HOME USER-ID
  gpg --homedir "$1" --batch --quiet --pinentry-mode loopback --passphrase '' \
    --quick-generate-key "$2" future-default default never 2>/dev/null
  gpg --homedir "$1" --batch --list-keys --with-colons "$2" 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }'
}

fpr=$(make_key "$work/t" 'Nadia Handler <psirt@vendor.example>')
lab_fpr=$(make_key "$work/o" 'Lab <lab@vendor.example>')
gpg --homedir "$work/o" --batch --export "$lab_fpr" | gpg --batch --quiet --import 2>/dev/null
"$psirtty" init "$work/vault" --handler "$fpr" >/dev/null 2>&1
ok $? 'a vault'

# ---- the register
p contact add mara 'Mara Finder' --kind finder --addresses mara@finder.example --jurisdiction foreign \
  --tlp AMBER --credit handle --credit-as m4ra --zone Europe/Helsinki >/dev/null
ok $? 'a contact'
p contact set mara --organisation 'Free' --channels 'chat: @mara' >/dev/null
out=$(p contact show mara)
has "$out" 'm4ra' 'what was not named stays'
has "$out" 'chat: @mara' 'what was named is new'
out=$(p contact add bad 'B' --addresses nowhere 2>&1)
has "$out" 'rule contact' 'an address is one'
p contact add old 'Old Vendor' --kind vendor >/dev/null
is "$(p contact list vendor | wc -l)" 1 'a list by kind'
p contact remove old >/dev/null
is "$(p contact list vendor | wc -l)" 0 'and removed'
has "$("$psirtty" contact directory)" 'CERT Coordination Center' 'the directory of coordinators'
is "$("$psirtty" contact directory | awk -F'\t' '$6 == "-" || $7 == "-"' | wc -l)" 0 'each row has its source and mark'
p product add gate 'Gateway' --vendor Vendor --version 7.3 --version 7.4 >/dev/null
p product set gate --owner 'Team Blue' --models G1 --models G2 --markets CN --markets EU >/dev/null
p product support gate 7.3 2026-06-30 00:00 UTC >/dev/null
p product support gate 7.4 2029-06-30 00:00 UTC >/dev/null
out=$(p product show gate)
has "$out" '7.3, 7.4' 'the versions stay when the owner is set'
has "$out" 'G1, G2' 'models'
has "$out" '7.3 until 2026-06-30T00:00:00Z (over)' 'a support window that is over'

# ---- qualification
p case new 'Overflow in the gateway' >/dev/null
p party add 1 Mara finder --contact mara >/dev/null
has "$(p party list 1)" 'mara@finder.example' 'a party from the register'
out=$(p case qualify 1 impact=code-execution access=moon 2>&1)
is $? 2 'an answer that is none is refused'
has "$out" 'access=network' 'with those there are'
out=$(p case qualify 1 impact=code-execution access=network privileges=none interaction=none boundary=yes 2>&1)
has "$out" 'vulnerability by rule remote-code of bar 1, priority P1; it is valid' 'the bug bar decides, its version is kept'
p case new 'Old thing' >/dev/null
out=$(p case reject 2 duplicate 2>&1)
has "$out" 'rule bar' 'a duplicate names its original'
p party add 2 Mara finder --address mara@finder.example >/dev/null
out=$(p case reject 2 duplicate --original 1 2>&1)
has "$out" 'it is deferred' 'a duplicate is deferred'
has "$out" 'draft letter-' 'and a letter drafted'
has "$(p case facts 2 qualified)" 'duplicate' 'the decision is a fact'
p case new 'Nothing' >/dev/null
has "$(p case reject 3 not-security 'It is meant so.')" 'it is invalid' 'another is invalid'

# ---- hand-over, scores
p case handover 1 'Li Wei' 'Waiting for the lab; Mara expects news on Friday.' >/dev/null
has "$(p --json case show 1)" '"assignee": "Li Wei"' 'handed over'
p case score 1 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H >/dev/null
p case score 1 CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:N --issuer NVD >/dev/null
p case grade 1 critical 'By the tables of the licensed copy.' --issuer us >/dev/null
out=$(p case scores 1)
has "$out" 'another-severity' 'scores side by side, the disagreement is said'
has "$out" $'GB/T 30279\tcritical\tjudged' 'a judged grade beside them'
out=$(p case set 1 cnvd CNVD-26-1 2>&1)
is $? 2 'an id has its form'
p case set 1 cnvd CNVD-2026-12345 >/dev/null && p case set 1 cnnvd CNNVD-202611-799 >/dev/null &&
  p case set 1 own-id PSIRT-77 >/dev/null && p case set 1 certcc 'VU#123456' >/dev/null
ok $? 'ids of several systems'

# ---- who is affected
out=$(p affected set 1 gate 7.4 not-affected 2>&1)
has "$out" 'rule affected' 'not affected needs a reason'
p affected set 1 gate 7.4 not-affected --because vulnerable_code_not_present >/dev/null
p affected set 1 gate 7.3 unknown >/dev/null
p affected set 1 gate 7.2 no-answer --by Acme >/dev/null
out=$(p affected list 1)
has "$out" $'7.2\tno-answer\t-\tAcme' 'no answer is not unknown'
has "$out" $'7.3\tunknown\t-\tus\tunsupported' 'unknown is not "not affected"'
has "$out" $'7.4\tnot-affected\tvulnerable_code_not_present\tus\tsupported' 'not affected has its reason'
p variant set 1 'the client' suspected >/dev/null && p case root-cause 1 'A length is not checked.' --class CWE-787 >/dev/null
ok $? 'variants and the root cause'

# ---- reproduction, and a file that is hostile
printf '\x7fELF\033]0;owned\007 rm -rf' >"$work/x.bin"
printf '$ ./send gate\r\nSIGSEGV\n' >"$work/log.txt"
p repro run 1 'gate nightly' 7.3 reproduced --machine lab4 --snapshot s-17 --isolation 'no network' \
  --tools 'gdb 14' --tools 'qemu 9' --steps 'Send it.' --transcript "$work/log.txt" --attach "$work/x.bin" >/dev/null
ok $? 'a run with its environment'
p repro run 1 'gate nightly' 7.4 not-reproduced >/dev/null
out=$(p repro matrix 1)
has "$out" $'gate nightly\t7.3\treproduced\tlab4\ts-17' 'build and version, a verdict each'
has "$out" $'gate nightly\t7.4\tnot-reproduced' 'the other version'
has "$(p repro show 1 1)" 'SIGSEGV' 'its transcript'
hash=$(sha256sum "$work/x.bin" | cut -d' ' -f1)
has "$(p repro files 1)" "$hash" 'the file by its hash'
out=$(p repro file 1 1)
has "$out" '7f 45 4c 46 1b 5d' 'as hexadecimal'
hasnt "$out" "$(printf '\033]0')" 'no escape of it reaches the terminal'
is "$(p case readers 1 | grep -c ^read)" 1 'that it was looked at is noted'
has "$(p case readers 1)" $'read\t'"$fpr" 'and who did'
has "$(p case readers 1 | grep ^read)" 'x.bin' 'and what it is called'
p --readonly repro file 1 1 >/dev/null
ok $? 'a vault opened for reading alone shows it too'
is "$(p case readers 1 | grep -c ^read)" 1 'and notes nothing'
out=$(p repro export 1 1 'for the lab' --to "$lab_fpr" --out "$work/x.gpg" 2>&1)
is "$?:$([ -e "$work/x.gpg" ] && echo made)" '1:' 'whose place nobody knows gets nothing'
p contact add lab 'The lab' --addresses lab@vendor.example --fingerprints "$lab_fpr" --jurisdiction CN >/dev/null
out=$(p repro export 1 1 'for the lab' --to "$lab_fpr" --out "$work/x.gpg" 2>&1)
ok $? 'it leaves encrypted, for a reason' "$out"
is "$(gpg --homedir "$work/o" --batch --quiet --trust-model always -d "$work/x.gpg" 2>/dev/null | sha256sum | cut -d' ' -f1)" \
  "$hash" 'the person named can open it'
gpg --batch --quiet -d "$work/x.gpg" >/dev/null 2>&1
[ $? -ne 0 ]
ok $? 'and nobody else'
out=$(p repro export 1 1 'for the lab' --dir "$work/bare" 2>&1)
has "$out" 'rule export' 'bare only after its hash was typed'
out=$(p repro export 1 1 'for the lab' --dir "$work/bare" --confirm "${hash:0:8}" 2>&1)
ok $? 'then it is written' "$out"
is "$(find "$work/bare" -name '*.hostile' -perm 400 | wc -l)" 1 'read-only, under a name nothing starts'
is "$(p case facts 1 file-exported | wc -l)" 2 'both are recorded'
is "$(p --json case readers 1 | grep -c '"what": "exported"')" 2 'and the readers know of both'

# ---- remedy
p option set 1 patch vendor_fix chosen --effort small >/dev/null
p plan set 1 7.3 planned --due '2026-12-20 09:00 UTC' --owner 'Team Blue' >/dev/null
p workaround set 1 filter works 'Block port 7.' --tested-by Nadia >/dev/null
p fix validate 1 7.3.1 fixed --by Mara --who finder >/dev/null
p fix validate 1 7.3.1 fixed >/dev/null
is "$(p case facts 1 fix-validated | wc -l)" 2 'validated by the finder and by us'
p plan set 1 7.3 released >/dev/null
has "$(p case facts 1 plan-set)" '2026-12-20T09:00:00Z' 'what is not named again stays'
p case signoff 1 fix approved >/dev/null && p case signoff 1 fix approved --by Li --role product >/dev/null
is "$(p case facts 1 signed-off | wc -l)" 2 'two signed off'

# ---- tasks, risks, situation room
p task add 1 'Ask the vendor' --owner Li --due '2026-12-05 09:00 UTC' >/dev/null
p task add 1 'Write the advisory' >/dev/null
p task done 1 1 >/dev/null
out=$(p task list 1)
has "$out" $'1\tdone' 'a task is done'
has "$out" $'2\topen' 'the other open'
out=$(p risk add 1 R-1 'No fix before spring.' --until '2026-11-01 00:00 UTC' 2>&1)
has "$out" 'rule risk' 'a risk is not accepted for the past'
p risk add 1 R-1 'No fix before spring.' --until '2027-03-01 00:00 UTC' --product gate >/dev/null
has "$(p risk list)" 'R-1' 'an accepted risk'
day=2027-04-01
has "$(p risk list)" 'expired' 'its acceptance expires'
p incident set 1 open 'Exploited at a customer.' >/dev/null && p incident log 1 'Called the customer.' >/dev/null
ok $? 'the situation room and its log'
p case post-mortem 1 'Two weeks lost.' --lessons 'Ask the lab sooner.' >/dev/null
has "$(p --json case facts 1)" 'Ask the lab sooner.' 'the post-mortem'
p undo 1 >/dev/null
hasnt "$(p --json case facts 1)" 'Ask the lab sooner.' 'a fact can be undone'

# ---- texts as they were
p case set 1 summary 'The length is believed.' >/dev/null
p case set 1 summary 'The length is checked too late.' >/dev/null
out=$(p case revisions 1)
has "$out" $'\tcase\t' 'revisions of the case'
hasnt "$out" 'lessons' 'what was undone is none'
has "$(p --json case revisions 1)" '"parts": "summary"' 'as JSON, too'
out=$(p case diff 1)
has "$out" '-The length is believed.' 'what a revision took out'
has "$out" '+The length is checked too late.' 'what it put in'
out=$(p case diff 1 99 2>&1)
has "$out" 'no revision from 1 to' 'a number that is none'

# ---- figures
out=$(p metrics)
has "$out" $'M-QUAL-1\treports received\t-\t3\t3' 'reports received'
has "$out" $'M-QUAL-2\tqualified\tvulnerability\t1\t3' 'qualified, of how many'
hasnt "$out" '%' 'no share of fewer than five'
# ---- the letter goes to who reported, not to who wrote last
mail() { # FROM SUBJECT ID
  printf 'From: %s\nTo: psirt@vendor.example\nSubject: %s\nMessage-ID: <%s@x.example>\nDate: Tue, 01 Dec 2026 07:00:00 +0000\n\nText.\n' "$@" >"$work/$3.eml"
  p mail import "$work/$3.eml" >/dev/null
}
mail 'Fay <fay@f.example>' 'It hangs' 1
mail 'CERT <cert@c.example>' 'About it' 2
mail 'Acme <psirt@acme.example>' 'About it' 3
hangs=$(p mail take M-0001 --title 'It hangs' | grep -o 'PSIRT-[0-9]*-[0-9]*' | head -n 1)
p mail link M-0002 "$hangs" >/dev/null
out=$(p case reject "$hangs" not-security 'Port 7 is meant to be open.')
letter=$(grep -oE '(reply|letter)-[0-9a-f]*' <<<"$out")
has "$(p draft show "$letter")" 'fay@f.example' 'the reporter, though a coordinator wrote since'
has "$(p draft show "$letter")" 'Port 7' 'words of ours go in'
ours=$(p case new 'Found by us' | grep -o 'PSIRT-[0-9]*-[0-9]*')
p party add "$ours" Acme vendor --address psirt@acme.example >/dev/null
p mail link M-0003 "$ours" >/dev/null
has "$(p case reject "$ours" not-security 'It is meant so.')" "nobody's address is known" 'a vendor who wrote is no finder'

p audit verify >/dev/null 2>&1
ok $? 'the log verifies'
words=$(strings -n 5 -a $(find "$work/vault" -type f) 2>/dev/null)
for word in Mara m4ra gate 'Team Blue' SIGSEGV remote-code 'Li Wei'; do
  hasnt "$words" "$word" "no file of the vault holds the word $word"
done
tap_done
