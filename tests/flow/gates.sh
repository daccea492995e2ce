#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# Two members with keys of their own before the gates: what is closed, what one clears and what takes both, the form
# for early publication, a collision of two laws; and doors that a closed gate keeps shut.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/psg-XXXXXX")
trap 'for h in a b o; do gpgconf --homedir "$work/$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
vault=$work/vault
now=2026-11-10T08:00:00Z

make_key() { # make_key WHO ADDRESS: a home with a key; prints its fingerprint
  mkdir -m 700 "$work/$1"
  gpg --homedir "$work/$1" --batch --quiet --pinentry-mode loopback --passphrase '' --faked-system-time 20260101T000000 \
    --quick-generate-key "$1 <$2>" future-default default never 2>/dev/null
  gpg --homedir "$work/$1" --batch --with-colons --list-keys "$2" 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }'
}
as() { # as WHO COMMAND…
  local who=$1
  shift
  GNUPGHOME=$work/$who "$psirtty" --vault "$vault" --now "$now" "$@" 2>&1
}
gate() { # gate WHO GATE CHECK-ARGUMENTS…: its result
  local who=$1 gate=$2
  shift 2
  as "$who" gate check "$@" | awk -F'\t' -v g="$gate" '$1 == g { print $2 }'
}

a=$(make_key a ann@vendor.example)
b=$(make_key b ben@vendor.example)
o=$(make_key o ola@north.example)
for h in a b; do gpg --homedir "$work/o" --export "$o" | gpg --homedir "$work/$h" --batch --quiet --import 2>/dev/null; done
gpg --homedir "$work/a" --export "$a" | gpg --homedir "$work/b" --batch --quiet --import 2>/dev/null
as a init "$vault" --handler "$a" >/dev/null
as b member request --handler "$b" >/dev/null
as a member add "$b" --role admin >/dev/null
is "$(as a member list | wc -l)" 2 'two members'
as a case new 'Overflow in the gateway' >/dev/null
as a case grant 1 "$b" >/dev/null
id=$(as b case list | cut -f 1)
is "$id" PSIRT-2026-0001 'and a case for both'

# ---- the gates there are
is "$(as a gate list | wc -l)" 13 'thirteen gates'
has "$(as a gate list)" $'G6\tblock\ton\tpublish\tNo publication in a freeze window\tRMSV Article 9(6)' 'each with its source'
out=$(as a gate check 1)
is "$?" 1 'nothing is ready: the answer is no'
is "$(echo "$out" | cut -f 1,2 | tr '\t\n' ' ;')" \
  'G1 closed;G2 closed;G3 passed;G4 passed;G5 passed;G6 passed;G8 closed;G9 warned;G10 passed;G11 passed;G12 closed;G13 warned;' \
  'and each gate says its own'
has "$(as a case log 1)" 'gates to publish: closed G1 G2 G8 G12; warned G9 G13; passed G3 G4 G5 G6 G10 G11' 'the evaluation is in the log'
out=$(as a --json gate check 1 --action export)
is "$?" 0 'to export to nobody stands nothing in the way'
is "$(echo "$out" | tr -d ' \n' | cut -c 1-40)" '{"action":"export","case":"PSIRT-2026-00' 'as JSON too'
before=$(as a case log 1 | wc -l)
as a --readonly gate check 1 >/dev/null
is "$?:$(as a case log 1 | wc -l)" "1:$before" 'who may only read asks, and writes nothing'
out=$(as a gate check 1 --action fly)
is "$?" 2 'an action is one of three'

# ---- G6: the consent, by two
as a freeze add 'Congress' 2026-11-08T00:00:00+08:00 2026-11-20T00:00:00+08:00 'Notice 7' >/dev/null
is "$(gate a G6 1)" closed 'a freeze closes G6'
out=$(as a gate clear 1 G6 --reason 'they agreed')
is "$?" 2 'a consent has a reference'
out=$(as a gate clear 1 G6 --reason 'they agreed' --reference 'MPS 12')
is "$?" 2 'and a document'
echo 'the consent, scanned' >"$work/consent.pdf"
out=$(as a gate clear 1 G6 --reason 'they agreed' --reference 'MPS 12' --evidence "$work/consent.pdf")
is "$?:$out" "0:$id: gate G6 is closed, 1 of 2 persons" 'one person clears'
out=$(as a gate clear 1 G6 --reason 'they agreed' --reference 'MPS 12' --evidence "$work/consent.pdf")
has "$out" '1 of 2 persons' 'the same person twice is one'
is "$(gate b G6 1)" closed 'and it stays closed'
out=$(as b gate clear 1 G6 --reason 'I read it' --reference 'MPS 12' --evidence "$work/consent.pdf")
is "$?:$out" "0:$id: gate G6 is overridden, 2 of 2 persons" 'the second one opens it'
log=$(as a --json case show 1)
has "$log" "$(sha256sum <"$work/consent.pdf" | cut -d' ' -f1)" 'the document lies in the case by its hash'
has "$log" '"G6 passed"' 'the log has it passed'
has "$log" '"G6 closed: frozen: Congress (Notice 7) 2026-11-19T16:00:00Z"' 'and closed, with the reason'
has "$log" '"G6 overridden: frozen: Congress (Notice 7) 2026-11-19T16:00:00Z"' 'and overridden'
has "$(as a case log 1)" 'overridden G6' 'the timeline in short'
as a freeze add 'Games' 2026-11-09T00:00:00+08:00 2026-11-15T00:00:00+08:00 'Notice 8' >/dev/null
is "$(gate a G6 1)" closed 'a new reason closes it again'
as a freeze remove Games 'an error' >/dev/null
is "$(gate a G6 1)" overridden 'without it the clearances hold'
out=$(as b gate clear 1 G3 --reason x)
is "$?" 1 'an open gate is not cleared'
out=$(as b gate clear 1 G99 --reason x)
is "$?" 2 'nor one that is none'

# ---- a text, a program
printf 'The controller at 10.20.30.40 falls over.\n' >"$work/text"
printf '#!/bin/sh\nfalse\n' >"$work/readme"
out=$(as a gate check 1 --file "$work/text" --file "$work/readme")
has "$out" $'G3\tclosed' 'a live address in a text'
has "$out" 'a program: readme' 'a program, whatever it is called'
as a gate clear 1 G3 --reason 'a lab' --file "$work/text" >/dev/null
as b gate clear 1 G3 --reason 'our lab' --file "$work/text" >/dev/null
is "$(gate a G3 1 --file "$work/text")" overridden 'cleared by two'
printf 'The controller at 10.20.30.41 falls over.\n' >>"$work/text"
is "$(gate a G3 1 --file "$work/text")" closed 'but not what was added since'
printf 'proof' >"$work/proof"
as a repro add 1 'gw 1.2' reproduced --text steps --attach "$work/proof" >/dev/null
cp "$work/proof" "$work/notes.txt"

# ---- G7: the doors
as a contact add north 'North CERT' --kind coordinator --addresses ola@north.example --jurisdiction foreign >/dev/null
as a party add 1 'North CERT' coordinator --address ola@north.example >/dev/null
as a key pin ola@north.example "$o" >/dev/null
is "$(gate a G7 1 --action send --to ola@north.example)" closed 'abroad, by the address'
is "$(gate a G7 1 --action send --to 'Ola <OLA@north.example>')" closed 'with a name around it'
is "$(gate a G7 1 --action export --to 'North CERT')" closed 'by the name'
is "$(gate a G7 1 --action export --to "$b")" passed 'a member is no recipient'
out=$(as a case export 1 "$work/out.pgp" --to "$o")
is "$?:$([ -e "$work/out.pgp" ] && echo made)" '1:' 'no export goes there'
has "$out" 'gate G7 is closed' 'and the gate is named'
printf 'From: Ola <ola@north.example>\r\nTo: psirt@vendor.example\r\nSubject: details?\r\nDate: Mon, 09 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@north.example>\r\n\r\nPlease tell us more.\r\n' >"$work/ask.eml"
as a mail import "$work/ask.eml" >/dev/null
as a mail link M-0001 1 >/dev/null
as a mail reply M-0001 --text 'It overflows in the parser.' >/dev/null
draft=$(as a draft list | cut -f 1)
out=$(as a mail check "$draft")
has "$out" 'G7' 'the leak guard lists the closed gate'
out=$(as a mail send "$draft")
is "$?" 1 'and nothing is sent'
is "$(ls "$vault"/outbox/new 2>/dev/null | wc -l)" 0 'nothing at all'
out=$(as a gate clear 1 G7 --draft "$draft" --reason 'counsel decided')
is "$?" 2 'a legal decision has a reference'
as a gate clear 1 G7 --draft "$draft" --reason 'counsel decided' --reference 'legal 4' >/dev/null
as a gate clear 1 G7 --action export --to ola@north.example --reason 'counsel decided' --reference 'legal 4' >/dev/null
is "$(gate b G7 1 --action send --to ola@north.example)" closed 'one is not enough'
as b gate clear 1 G7 --action send --to ola@north.example --reason 'I agree' --reference 'legal 4' >/dev/null
out=$(as a mail send "$draft")
is "$?" 0 'by two it goes' || echo "# $out"
out=$(as a case export 1 "$work/out.pgp" --to "$o")
is "$?" 1 'what was cleared for sending is not for exporting'
as a contact set north --jurisdiction CN >/dev/null
out=$(as a case export 1 "$work/out.pgp" --to "$o")
is "$?" 0 'on the mainland there is nothing to clear' || echo "# $out"
as a contact set north --jurisdiction foreign >/dev/null

# ---- modes
out=$(as a gate mode G13 off --reason 'we have no site yet')
is "$?" 0 'a gate is switched off'
is "$(gate a G13 1)" off 'and is off'
as a member role "$b" handler >/dev/null
as b gate mode G1 off --reason 'in a hurry' >/dev/null
is "$?" 4 'a handler switches none'
as a member role "$b" admin >/dev/null
as a gate mode G12 warn --reason 'a small house' >/dev/null
is "$(gate a G12 1)" warned 'another one warns'
as a gate clear 1 G12 --reason 'nobody else is here' >/dev/null
is "$(gate a G12 1)" overridden 'and one reason is enough'
out=$(as a gate mode G99 off --reason x)
is "$?" 2 'none that is none'

# ---- early publication
out=$(as a gate early 1 --product Gateway --necessity 'it is attacked' --provider-result agreed \
  --provider-date 2026-11-01T00:00:00Z)
has "$out" 'lacks miit_ref' 'the form says what it lacks'
has "$(as a gate check 1)" 'the early publication form lacks: mps_ref' 'and the gate too'
cat >"$work/form.yaml" <<'F'
vulnerability: CVE-2026-1000
provider_persons: Wu, Li
miit_date: 2026-11-02T00:00:00Z
miit_ref: M-17
mps_date: 2026-11-02 09:00 Asia/Shanghai
mps_ref: P-4
outcome: conditions
outcome_date: 2026-11-04T00:00:00Z
published: which port to close
measures: "close the port: 9000"
approver: Ann
F
out=$(as a gate early 1 --file "$work/form.yaml")
is "$?:$out" "0:$id: the early publication form is complete" 'a file fills the rest'
is "$(gate a G8 1) $(gate a G1 1)" 'passed passed' 'G8 and G1 are open'
echo 'colour: red' >"$work/bad.yaml"
out=$(as a gate early 1 --file "$work/bad.yaml")
is "$?" 3 'a field that is none is refused'
as a gate early 1 --outcome refused >/dev/null
is "$(gate a G8 1) $(gate a G1 1)" 'closed closed' 'a refusal closes both'

# ---- two laws
out=$(as a gate collision 1)
is "$?" 1 'a coordinator abroad collides'
has "$out" 'recipient: North CERT' 'by name'
as a case set 1 disclosure attacks >/dev/null
out=$(as a gate collision 1)
has "$out" 'clock: eu-cra-14-2-a' 'a clock of another law collides'
has "$out" $'\t1 d 0 h\t' 'with its hours'
has "$out" $'rule\tRMSV Article 9(7)\t' 'beside the rule'
has "$(as a --json gate collision 1)" '向网络产品提供者之外的境外组织或者个人提供' 'in its own words'
out=$(as a gate decide 1 toss-a-coin --by 'Dr Wu' --reason x)
is "$?" 2 'an option is one of those shown'
out=$(as a gate decide 1 minimal-warning --by 'Dr Wu, counsel' --reason 'Article 9(7) allows no detail' --reference 'legal 9')
is "$?" 0 'a named person decides'
out=$(as a gate collision 1)
is "$?" 0 'nothing is undecided then'
has "$out" 'Dr Wu, counsel: minimal-warning' 'and it says who decided what'
has "$(as b case log 1)" 'decided by Dr Wu, counsel: minimal-warning' 'so does the log'
as a party add 1 'South CERT' coordinator >/dev/null
as a contact add south 'South CERT' --jurisdiction TW >/dev/null
as a gate collision 1 >/dev/null
is "$?" 1 'another recipient is another question'
as a case set 1 disclosure public >/dev/null
is "$(as a gate collision 1)" '' 'what is public collides no more'
is "$(gate a G7 1 --action send --to ola@north.example)" passed 'and goes to everybody'
as a audit verify >/dev/null
ok $? 'the log verifies'
tap_done
