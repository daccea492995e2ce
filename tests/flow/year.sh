#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 600
#
# A year of a PSIRT from one script: 300 reports by mail, 40 embargoes with up to 12 parties, revisions, late
# answers, leaks, merges and splits, a freeze, two collisions of laws. Everything runs as command lines of one process; its end state is
# what tests/flow/year.expected holds, and the counts below follow from how the script is made.
# GENERATE=1 writes the expectation anew: read it before it is committed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
work=$(mktemp -d "${TMPDIR:-/tmp}/py.XXXXXX") || exit 1
mkdir -m 700 "$work/t"
mkdir "$work/mail"
export GNUPGHOME=$work/t XDG_STATE_HOME=$work/state
trap 'gpgconf --kill all 2>/dev/null; rm -rf "$work"' EXIT
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key \
  'Nadia Handler <psirt@vendor.example>' future-default default never 2>/dev/null
fpr=$(gpg --batch --list-keys --with-colons 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
"$psirtty" init "$work/vault" --handler "$fpr" >/dev/null 2>&1
ok $? 'a vault'

# Report i comes in on day i of 300 (a third of a day apart at most); what follows, follows from i.
awk -v dir="$work/mail" '
function when(t,   d, m, days) { # minutes since new year 2027
  split("31 28 31 30 31 30 31 31 30 31 30 31", days, " ")
  d = int(t / 1440)
  for (m = 1; m < 12 && d >= days[m]; m++) d -= days[m]
  return sprintf("2027-%02d-%02dT%02d:%02d:00Z", m, d + 1, int(t % 1440 / 60), t % 60)
}
function say(t, line) { print when(t) "\t@" when(t) " " line }
function report(i, t,   file) {
  file = dir "/" i ".eml"
  printf "From: Finder %d <f%d@finder.example>\nTo: psirt@vendor.example\nSubject: Report %d\nDate: Fri, 01 Jan 2027 00:00:00 +0000\nMessage-ID: <%d@finder.example>\n\nThe gateway fails in way %d.\n", i % 40, i % 40, i, i, i > file
  close(file)
  say(t, "mail import " file)
  say(t + 1, sprintf("mail take M-%04d", i))
}
function party(c, k) { return k == 1 ? "Acme" : sprintf("Vendor%d", k) }
function embargo(i, t, e,   k, n, c, f) {
  c = i; n = 2 + e % 11
  f = "\"Finder " i % 40 "\""                       # the party that its report made
  say(t, "party set " c " " f " --zone Europe/Helsinki")
  for (k = 1; k < n; k++) say(t + k, "party add " c " " party(c, k) " " (k % 5 == 4 ? "coordinator" : "vendor") (k % 2 ? " --zone Asia/Shanghai" : ""))
  say(t + 60, "embargo propose " c " " when(t + 60 + 1440 * (20 + e % 5)) " --by " f " --no-default")
  say(t + 120, "embargo accept " c)
  for (k = 1; k < n; k++) {
    if (e % 10 == 4 && k == 1) say(t + 1440 * 9, "embargo accept " c " --by " party(c, k))        # late
    else if (k % 6 == 5) say(t + 180 + k, "embargo reject " c " --by " party(c, k))              # declines
    else if (k % 7 == 6) continue                                                                # silent
    else say(t + 180 + k, "embargo accept " c " --by " party(c, k))
  }
  if (e % 4 == 1) {                                                                               # revised
    say(t + 1440 * 10, "embargo revise " c " " when(t + 1440 * 30) " --allow deploy")
    say(t + 1440 * 10 + 5, "embargo " (e % 8 == 1 ? "accept " : "reject ") c)
    if (e % 8 == 1) say(t + 1440 * 11, "embargo accept " c " --by " f)
  }
  say(t + 1440 * 12, "party set " c " Acme --state received")
  say(t + 1440 * 13, "party set " c " Acme --state accepted")
  say(t + 1440 * 14, "party set " c " Acme --now fix-ready")
  if (e % 8 == 7) say(t + 1440 * 14, "embargo leak " c " \"It was seen elsewhere.\" --party Acme")
  if (e % 8 == 7) say(t + 1440 * 14 + 5, "embargo teardown " c " --cause leak")
  else if (e % 5 == 2) say(t + 1440 * 15, "embargo teardown " c " --cause exploit-public")
  else if (e % 5 == 3) say(t + 1440 * 15, "case set " c " disclosure public")
  else if (e % 5 == 4) {                                                                          # still in force
    if (e % 10 == 4) say(340 * 1440 + e, "case split " c " \"The client of report " c "\"")
  }
  else {
    say(t + 1440 * 15, "case set " c " disclosure fix-ready")
    say(t + 1440 * 35, "embargo terminate " c " --cause timer \"as agreed\"")
    say(t + 1440 * 35 + 5, "case set " c " disclosure public")
  }
}
# Two laws pull apart: one by an attack, which counsel decides, one by a coordinator abroad, which nobody does.
function collision(i, t) {
  if (i == 103) say(t + 100, "case set 103 disclosure attacks")
  if (i == 103) say(t + 300, "gate decide 103 minimal-warning --by \"Wu, counsel\" --reason \"no detail may leave\" --reference L-1")
  if (i == 203) say(t + 100, "party add 203 \"North CERT\" coordinator")
}
# In the freeze one handler alone asks, clears a warning with a reason, and cannot clear what takes two.
function frozen(i, t) {
  say(t, "gate check " i)
  say(t + 5, "gate clear " i " G9 --reason \"filed by the parent\"")
  say(t + 6, "gate clear " i " G12 --reason \"we are few\"")
  say(t + 7, "gate clear " i " G12 --reason \"we are few\"")
  say(t + 10, "gate check " i)
}
BEGIN {
  say(90 * 1440, "contact add northcert \"North CERT\" --kind coordinator --jurisdiction foreign")
  say(250 * 1440, "freeze add \"National day\" 2027-09-28T00:00:00+08:00 2027-10-08T00:00:00+08:00 Notice 7 of the ministry")
  for (i = 1; i <= 300; i++) {
    t = i * 1440; if (t > 320 * 1440) t = 320 * 1440
    report(i, t)
    if (i % 10 == 9) { say(t + 30, "case reject " i " duplicate --original " i - 1); continue }
    if (i % 10 == 4) { say(t + 30, "case reject " i " not-security It is meant to be so."); continue }
    if (i % 10 == 6) continue                                                                     # nobody looked yet
    say(t + 30, "case qualify " i " impact=code-execution access=network privileges=none interaction=none boundary=yes")
    if (i % 10 == 1) continue                                                                     # only qualified
    say(t + 31, "case state " i " accepted")
    say(t + 32, "case score " i " CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
    if (i % 10 == 2 && i < 290) embargo(i, t + 60, e++)
    else if (i % 50 == 7 && i < 290) embargo(i, t + 60, e++)
    else if (i % 50 == 5 && i < 250) embargo(i, t + 60, e++)
    if (i % 50 == 20) say(t + 1440 * 2, "case merge " i " " i - 12)
    if (i % 100 == 32) say(t + 1440 * 3, "case merge " i " " i - 10 " the same again")              # both under an embargo
    collision(i, t)
    if (i == 273) frozen(i, t + 120)
    if (i % 100 == 30) say(t + 1440, "task add " i " \"Ask the product team\" --due \"2027-12-01 09:00 UTC\"")
  }
}' | sort -s -k1,1 | cut -f2 >"$work/lines"
tail -n +1 "$work/lines" | grep -c ' mail import ' >"$work/n"
is "$(cat "$work/n")" 300 '300 reports'
embargoes=$(grep -c 'embargo propose' "$work/lines")
is "$embargoes" 40 '40 embargoes'

times() { awk '{ split($2, a, /[ms]/); s += a[1] * 60 + a[2] } END { printf "%.2f", s }'; }
{ time "$psirtty" --vault "$work/vault" - <"$work/lines" >"$work/out" 2>"$work/err"; } 2>"$work/time"
cpu=$(grep -E '^(user|sys)' "$work/time" | times)
echo "# $(wc -l <"$work/lines") commands, $cpu s of CPU"
awk -v s="$cpu" 'BEGIN { exit !(s < 10) }'
ok $? "the year runs in under 10 s of CPU ($cpu)"
cut -d: -f3- "$work/err" | sort | uniq -c | sed 's/^ *//' >"$work/refused"

p() { "$psirtty" --vault "$work/vault" --now 2027-12-31T12:00:00Z "$@"; }
{
  echo '# refused commands'
  cat "$work/refused"
  echo '# cases: id, report state, severity, score, embargo, its end, next due, assignee, marks, title'
  p case list
  echo '# consent and terms of the embargoes'
  for c in $(grep -o 'embargo propose [0-9]*' "$work/lines" | awk '{ print $3 }' | sort -n); do
    p --json embargo status "$c" | tr -d ' \n' | sed -e 's/"evidence":"[^"]*",*//g' -e 's/$/\n/'
  done | sed -E 's/.*"case":"([^"]*)".*/\1 &/' | awk '{
      id = $1; n = split($0, part, "\"consent\":\""); line = id
      for (i = 2; i <= n; i++) { split(part[i], a, "\""); line = line " " a[1] }
      late = gsub(/"late":true/, "", $0); leak = gsub(/"leaker":true/, "", $0); terms = gsub(/"in_force":/, "", $0)
      print line, "terms=" terms, "late=" late, "leaks=" leak }'
  echo '# figures'
  p metrics
  echo '# how many in each state; embargoes; clocks that run or ran out'
  p case list | cut -f 2 | sort | uniq -c | sed 's/^ *//'
  p case list | cut -f 5 | sort | uniq -c | sed 's/^ *//'
  p clock list | awk -F'\t' '!seen[$1, $2]++ { print $2 "\t" $3 }' | sort | uniq -c | sed 's/^ *//'
  echo '# leaks, and what became of the embargo'
  for c in $(grep -o 'embargo leak [0-9]*' "$work/lines" | awk '{ print $3 }' | sort -n); do
    p case log "$c" | grep -E 'leak: |embargo ended' | cut -f 1,4 | sed "s/^/$c /"
  done
  echo '# gates: in the freeze as they were told, a case made public, one under embargo'
  p case log 273 | grep -E '	gate' | cut -f 1,4
  for c in 2 22; do p --readonly gate check $c | cut -f 1,2,4 | sed "s/^/$c /"; done
  echo '# collisions'
  for c in 103 203 273; do p gate collision $c | grep -v '^option' | cut -f 1,2,3,5 | sed "s/^/$c /"; done
  echo '# freezes'
  p freeze list
  echo '# tasks'
  p task list
} >"$work/end"
if [ -n "${GENERATE:-}" ]; then cp "$work/end" "$here/year.expected"; fi
diff "$here/year.expected" "$work/end" >"$work/diff"
ok $? 'the end state is the expected one' "$(head -40 "$work/diff")"
is "$(p case list | wc -l)" 304 'every report is a case, and four were split off'
is "$(p case list 'state:invalid' | wc -l)" 30 'a tenth is turned down'
gone=$(for c in 32 132 232; do p --json embargo status $c | grep -c '"cause": "merged"'; done | paste -sd ' ')
is "$gone" '1 1 1' 'three embargoes went along with their cases'
p audit verify >/dev/null 2>&1
ok $? 'the log verifies'
tap_done
