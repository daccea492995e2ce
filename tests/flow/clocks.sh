#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 200
#
# Clocks by the shell: a report starts RMSV's, exploitation the CRA's chain; forms, filings with evidence,
# freezes, duties of the house, rules of one's own; all at fixed times.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/pc.XXXXXX") || exit 1
mkdir -m 700 "$work/g"
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/share LC_ALL=C.UTF-8 LANGUAGE=
trap 'gpgconf --homedir "$work/g" --kill all 2>/dev/null; rm -rf "$work"' EXIT

p() { "$psirtty" --vault "$work/vault" "$@" 2>&1; }
at() { local now=$1; shift; p --now "$now" "$@"; }
row() { grep -P "\t$1\t" <<<"$2" | head -n 1 | cut -f "$3"; }

gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key \
  'Nadia Handler <psirt@vendor.example>' future-default default 2030-05-06 2>/dev/null
fpr=$(gpg --batch --list-keys --with-colons 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
"$psirtty" --now 2026-09-30T00:00:00Z init "$work/vault" --handler "$fpr" --outbox "$work/out" >/dev/null 2>&1
ok $? 'a vault'
at 2026-09-30T00:00:00Z policy set publisher 'Vendor PSIRT' >/dev/null
at 2026-09-30T00:00:00Z product add gateway 'Example Gateway 500' --version 7.3.1 >/dev/null
printf 'From: Mara <mara@finder.example>\nTo: psirt@vendor.example\nSubject: Overflow\nMessage-ID: <1@f.example>\nDate: Thu, 01 Oct 2026 07:00:00 +0000\n\nIt overflows.\n' >"$work/mail.eml"
touch -d 2026-10-01T07:00:00Z "$work/mail.eml"
out=$(at 2026-10-01T07:00:00Z mail import "$work/mail.eml"; at 2026-10-01T07:00:00Z mail take M-0001 --title 'Overflow in the gateway')
case_id=$(p --json case list | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
has "$case_id" PSIRT-2026 'a report becomes a case'

# ---- RMSV: three readings, the strict one first
out=$(at 2026-10-02T07:00:00Z clock list "$case_id")
is "$(row cn-rmsv-7-2 "$out" 3-8)" $'running\tstrict, 48 hours\treported\t2026-10-03T07:00:00Z\t2026-10-03 15:00 +08:00 Asia/Shanghai\t1 d 0 h' \
  'RMSV: 48 hours from the report'
has "$out" $'calendar, 2 days\treported\t2026-10-03T15:59:59Z' 'or two days that end at midnight in Shanghai'
has "$out" $'working, 2 working days\treported\t2026-10-09T15:59:59Z' 'or two working days behind the national holiday'
is "$(row int-triage "$out" 4)" '5 working days' 'our own times are beside it'
hasnt "$out" eu-cra-14-2-a 'nothing is known to be exploited'
has "$(at 2026-10-02T07:00:00Z clock list "$case_id" --all)" $'eu-cra-14-2-a\twaiting' 'with --all it waits'
out=$(at 2026-10-02T07:00:00Z --json calendar)
has "$out" '"what": "report to the MIIT platform"' 'the calendar has it'

# ---- what we found ourselves starts it too
at 2026-10-02T07:00:00Z case new 'Found in our own lab' >/dev/null
out=$(at 2026-10-02T08:00:00Z clock list PSIRT-2026-0002)
is "$(row cn-rmsv-7-2 "$out" 3-6)" $'running\tstrict, 48 hours\topened\t2026-10-04T07:00:00Z' 'without a report: from the opening'
hasnt "$out" int-ack 'but there is nobody to answer'

# ---- the form: what is missing is named
out=$(at 2026-10-02T08:00:00Z clock sheet "$case_id" rmsv-7-2 --lang en)
has "$out" 'missing: product name, model, affected versions, technical characteristics, harm, scope of impact' 'six statutory fields'
at 2026-10-02T08:00:00Z affected set "$case_id" gateway 7.3.1 affected >/dev/null
at 2026-10-02T08:00:00Z case set "$case_id" cwe CWE-787 >/dev/null
at 2026-10-02T08:00:00Z case set "$case_id" score CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H >/dev/null
at 2026-10-02T08:00:00Z case set "$case_id" summary 'A stranger can run code.' >/dev/null
out=$(at 2026-10-02T08:00:00Z clock sheet "$case_id" cn-rmsv-7-2)
has "$out" $'必填 6 项，已填 4 项\n缺少： 产品型号, 影响范围' 'the case answers four of them'
has "$out" $'* 危害 (harm)\n超危 (CVSS 9.8, ' 'with the grade in Chinese'
at 2026-10-02T08:00:00Z clock fill "$case_id" cn-rmsv-7-2 model G500 >/dev/null
out=$(at 2026-10-02T08:00:00Z clock fill "$case_id" cn-rmsv-7-2 scope 'about 200 gateways')
has "$out" '6 of 6' 'a handler fills in the rest'
out=$(at 2026-10-02T08:00:00Z --json clock sheet "$case_id" cn-rmsv-7-2)
is "$(python3 -c 'import json,sys; j=json.load(sys.stdin); f={x["key"]:x for x in j["fields"]}; print(j["complete"], j["missing"], f["model"]["value"], f["model"]["written"], f["version"]["value"])' <<<"$out")" \
  'True [] G500 True gateway 7.3.1' 'as JSON to paste from'
at 2026-10-02T08:00:00Z clock fill "$case_id" cn-rmsv-7-2 color red >/dev/null
is "$?" 2 'an unknown field is a usage error'

# ---- filed, with evidence
out=$(at 2026-10-04T00:00:00Z clock list "$case_id")
is "$(row cn-rmsv-7-2 "$out" 3)" missed 'not filed in time it is missed'
at 2026-10-04T01:00:00Z clock file "$case_id" cn-rmsv-7-2 --at 2026-10-03T06:30:00Z --receipt NVDB-7 --attach "$work/mail.eml" by the form >/dev/null
ok $? 'filed'
out=$(at 2026-10-04T02:00:00Z --json clock list "$case_id")
is "$(python3 -c 'import json,sys; c=[x for x in json.load(sys.stdin) if x["clock"]=="cn-rmsv-7-2"][0]; print(c["state"], c["receipt"], c["filed"], c["filed_by"], c["note"])' <<<"$out")" \
  'met NVDB-7 2026-10-03T06:30:00Z Nadia Handler by the form' 'when, by whom, receipt number'
out=$(at 2026-10-04T02:00:00Z clock file "$case_id" cn-rmsv-7-2 --at 2026-10-05T00:00:00Z)
is "$?" 1 'nothing is filed in the future'
has "$(at 2026-10-04T02:00:00Z case log "$case_id")" 'cn-rmsv-7-2 filed at 2026-10-03T06:30:00Z NVDB-7' 'the log tells it'

# ---- CRA: each deadline from its own event
at 2026-10-05T00:00:00Z case state "$case_id" valid >/dev/null
at 2026-10-05T00:00:00Z case state "$case_id" accepted >/dev/null
at 2026-10-24T12:00:00Z case set "$case_id" disclosure attacks >/dev/null
out=$(at 2026-10-24T13:00:00Z clock list "$case_id")
is "$(row eu-cra-14-2-a "$out" 3,6)" $'running\t2026-10-25T12:00:00Z' 'early warning: 24 hours'
is "$(row eu-cra-14-2-b "$out" 3,6)" $'running\t2026-10-27T12:00:00Z' 'notification: 72 hours'
is "$(row eu-cra-14-2-b "$out" 7)" '2026-10-27 13:00 +01:00 Europe/Brussels' 'over the change of the clocks'
hasnt "$out" eu-cra-14-2-c 'no final report while there is no fix'
out=$(at 2026-10-25T06:00:00Z clock file "$case_id" eu-cra-14-2-a --receipt SRP-1)
is "$?" 1 'what is undisclosed does not go abroad before somebody decided'
has "$out" 'rule RMSV 9(7)' 'the rule is named'
has "$out" 'gate decide' 'and what to do'
hasnt "$(at 2026-10-25T06:00:00Z clock list "$case_id")" SRP-1 'nothing is filed'
at 2026-10-25T06:00:00Z gate decide "$case_id" minimal-warning --by 'Wu, counsel' --reason 'no detail leaves' >/dev/null
ok $? 'a named person decides'
at 2026-10-25T06:00:00Z clock file "$case_id" eu-cra-14-2-a --receipt SRP-1 >/dev/null
ok $? 'then it is filed'
has "$(at 2026-10-25T07:00:00Z clock list "$case_id")" $'eu-cra-srp-display\trunning\t48 hours\tsaid\t2026-10-27T06:00:00Z' \
  'what the platform shows counts from the early warning'
at 2026-12-11T15:00:00Z case set "$case_id" disclosure fix-ready >/dev/null
out=$(at 2026-12-12T00:00:00Z clock list "$case_id")
is "$(row eu-cra-14-2-c "$out" 4-6)" $'strict, 14 days\tfix-available\t2026-12-25T22:59:59Z' 'final report: 14 days from the fix'
has "$out" $'rolled, 14 days ?\tfix-available\t2026-12-28T22:59:59Z' 'rolled behind Christmas, uncertain'
at 2026-12-12T00:00:00Z clock fill "$case_id" eu-cra-14-2-b member-states 'DE, FR' >/dev/null
out=$(at 2026-12-12T00:00:00Z clock sheet "$case_id" eu-cra-14-2-c)
has "$out" $'* ' 'a sheet in English'
has "$out" $'DE, FR' 'what was written into the notification is carried into the final report'
at 2026-12-12T00:00:00Z clock fill "$case_id" eu-cra-14-2-c actor "$(printf 'x%.0s' $(seq 101))" >/dev/null
has "$(at 2026-12-12T00:00:00Z clock sheet "$case_id" eu-cra-14-2-c)" 'too long: malicious actor' 'limits of the form'

# ---- corrections, pauses
out=$(at 2026-12-12T00:00:00Z clock pause "$case_id" eu-cra-14-2-c tired)
is "$?" 1 'no law lets its clock pause'
has "$out" 'Regulation (EU) 2024/2847' 'and its source is named'
at 2026-12-12T00:00:00Z clock pause "$case_id" int-fix waiting for parts >/dev/null
ok $? 'our own may'
at 2026-12-12T00:00:00Z clock resume "$case_id" int-fix >/dev/null
ok $? 'and goes on'
has "$(at 2026-12-12T00:00:00Z clock start "$case_id" p0-90d --at 2026-10-01T00:00:00Z they wrote so)" 'due 2026-12-30 23:59 UTC' 'a clock by hand'
at 2026-12-12T00:00:00.000678Z clock start "$case_id" p0-90d from this very moment >/dev/null
is "$(at 2026-12-12T00:00:00Z case log "$case_id" | grep -c 'begun in the future')" 0 'one that begins now, between two milliseconds, holds'
has "$(at 2026-12-12T00:00:00Z clock stop "$case_id" p0-90d not theirs)" 'stopped' 'stopped with a reason'
out=$(at 2026-12-12T00:00:00Z clock stop "$case_id" cra x)
has "$out" 'more than one clock is called so' 'a name must be of one clock'

# ---- the house
at 2026-12-12T00:00:00Z clock done int-drill --at 2026-12-10T00:00:00Z went well >/dev/null
has "$(at 2026-12-12T00:00:00Z calendar --to 2028-01-01T00:00:00Z)" $'2027-12-10T23:59:59Z\t2027-12-10 23:59 UTC\t-\temergency drill' 'the yearly drill is on the calendar'
at 2026-12-12T00:00:00Z freeze add Games '2027-03-01 00:00 Asia/Shanghai' '2027-03-10 00:00 Asia/Shanghai' notice 7 >/dev/null
has "$(at 2027-03-02T00:00:00Z freeze list)" $'Games\t2027-03-01 00:00 +08:00 Asia/Shanghai\t2027-03-10 00:00 +08:00 Asia/Shanghai\tnotice 7\tnow' 'a freeze'
has "$(at 2026-12-12T00:00:00Z calendar)" 'publication freeze begins' 'on the calendar too'
at 2026-12-12T00:00:00Z freeze remove Games postponed >/dev/null
is "$(at 2026-12-12T00:00:00Z freeze list)" '' 'taken back'
at 2026-12-12T00:00:00Z key pin psirt@vendor.example "$fpr" >/dev/null
has "$(at 2026-12-12T00:00:00Z calendar)" 'key expires' 'keys that expire'

# ---- rules of one's own
printf 'clocks:\n  - {id: int-triage, time: soon}\n' >"$work/bad.yaml"
printf 'clocks:\n  - {id: int-ack, time: 2 working days}\n' >"$work/good.yaml"
out=$("$psirtty" clock check "$work/bad.yaml" 2>&1)
is "$?" 1 'a file with a fault'
has "$out" "$work/bad.yaml:2: time: expected a time such as 48 hours" 'file, line, what was expected'
out=$(at 2026-12-12T00:00:00Z clock rules "$work/bad.yaml")
is "$?" 3 'is not taken'
at 2026-12-12T00:00:00Z clock rules "$work/good.yaml" >/dev/null
has "$(at 2026-12-12T00:00:00Z clock list "$case_id" --all)" $'int-ack\tmissed\t2 working days' 'what differs counts'
at 2026-12-12T00:00:00Z clock rules --shipped >/dev/null
has "$(at 2026-12-12T00:00:00Z clock list "$case_id" --all)" $'int-ack\tmissed\t1 working day' 'and is taken back'
mkdir -p "$work/share/psirtty"
cp "$work/good.yaml" "$work/share/psirtty/clocks.yaml"
has "$(at 2026-12-12T00:00:00Z clock list "$case_id" --all)" $'int-ack\tmissed\t2 working days' 'a handler has some for oneself'
cp "$work/bad.yaml" "$work/share/psirtty/clocks.yaml"
has "$(at 2026-12-12T00:00:00Z clock list)" 'some rules of clocks do not count' 'a fault there is told and locks nobody out'
LC_ALL=C.UTF-8 LANGUAGE=zh_CN at 2026-12-12T00:00:00Z clock list >/dev/null
ok $? 'the list over all cases'
tap_done
