#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# An embargo by the shell: proposals, defaults, answers, an RSVP that runs out, a late yes, a revision, a leak,
# the rules on what it allows; its teardown; and cases that are merged and split.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/pe.XXXXXX") || exit 1
mkdir -m 700 "$work/t"
export GNUPGHOME=$work/t XDG_STATE_HOME=$work/state
trap 'gpgconf --kill all 2>/dev/null; rm -rf "$work"' EXIT
day=2026-12-01
p() { "$psirtty" --vault "$work/vault" --now "${day}T08:00:00Z" "$@"; }

gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key \
  'Nadia Handler <psirt@vendor.example>' future-default default never 2>/dev/null
fpr=$(gpg --batch --list-keys --with-colons 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
"$psirtty" init "$work/vault" --handler "$fpr" >/dev/null 2>&1
ok $? 'a vault'
p case new 'Overflow in the gateway' >/dev/null
p case new 'The same, seen elsewhere' >/dev/null
p case state 1 received >/dev/null && p case state 1 valid >/dev/null && p case state 1 accepted >/dev/null
ok $? 'two cases, one accepted'

# ---- parties
p party add 1 Mara finder --address mara@finder.example --zone Europe/Helsinki >/dev/null
p party add 1 Acme vendor --address psirt@acme.example --zone Asia/Shanghai >/dev/null
p party add 1 CERT coordinator >/dev/null
ok $? 'three parties'
out=$(p party set 1 Acme --zone Asia/Shangai 2>&1)
is $? 2 'a zone that is none is refused'
out=$(p party set 1 Acme --now fix-ready 2>&1)
has "$out" 'rule CS' 'a vendor that is not aware has no fix'
p party set 1 Acme --state received >/dev/null
has "$(p party list 1)" $'received\tVfdpxa' 'a vendor that received the report is aware'
out=$(p party set 1 Acme --now fix-ready 2>&1)
has "$out" 'rule RM-CS' 'nor has one that did not accept'
out=$(p party set 1 Acme --state accepted 2>&1)
has "$out" 'left out a step' 'a jump forward is taken, and said'
out=$(p party set 1 Acme --state received 2>&1)
has "$out" 'rule RM: accepted cannot go back to received' 'backward is refused by its rule'

# ---- proposals
out=$(p embargo propose 1 2026-11-01 09:00 UTC 2>&1)
is $? 1 'an end in the past is refused'
out=$(p embargo accept 1 2>&1)
has "$out" 'rule EM' 'without terms there is nothing to accept'
p embargo policy us --preferred P60D --minimum P7D --maximum P90D >/dev/null
ok $? 'our policy'
out=$(p embargo policy us --preferred P2M 2>&1)
has "$out" 'rule EP-04' 'spans have days, hours, minutes, seconds alone'
out=$(p embargo propose 1 2027-06-01 09:00 UTC 2>&1)
has "$out" 'rule EP-04' 'our own proposal keeps to our policy'
out=$(p embargo propose 1 2027-03-01 09:00 Asia/Shanghai --by Mara --rsvp '2026-12-02 08:00 UTC' 2>&1)
has "$out" 'raised to 72 hours' 'the time to answer is at least 72 hours'
has "$out" 'embargo revise' 'their longer proposal and our default: the shorter binds, the longer is a revision'
has "$out" 'terms 2 by us: 2027-01-30 08:00 UTC (2027-01-30T08:00:00Z) in force' 'ours is the shorter'
out=$(p --json embargo status 1)
has "$out" '"until": "2027-01-30T08:00:00Z"' 'and is in force'
out=$(p embargo reject 1 --terms 1 'too long' 2>&1)
has "$out" 'embargo active' 'the revision is dropped'
out=$(p embargo reject 1 --terms 1 2>&1)
has "$out" 'rule EM' 'once'

# ---- answers, per party
out=$(p embargo status 1)
has "$out" 'ends 2027-01-30 16:00 +08:00 Asia/Shanghai' 'each party sees the hour on its own clocks'
p embargo accept 1 --by Mara --evidence '<1@finder.example>' >/dev/null
has "$(p embargo status 1)" 'terms 2 <1@finder.example>' 'the ledger: terms and evidence'
out=$(p embargo accept 1 --by Mara 2>&1)
has "$out" 'rule PEC' 'nobody signs twice'
p embargo reject 1 --by CERT 'not our part' >/dev/null
has "$(p party list 1)" $'declined' 'a party declines for itself'
out=$(p embargo accept 1 --by CERT 2>&1)
has "$out" 'rule PEC' 'who declined is asked again first'
day=2026-12-09
has "$(p embargo status 1)" 'silent since 2026-12-08T08:00:00Z' 'silence beyond the RSVP is shown'
has "$(p party list 1 | grep Acme)" 'declined' 'and counts as a no'
out=$(p embargo accept 1 --by Acme 2>&1)
has "$out" 'terms 2, late' 'a late yes to terms that still count is honoured'
out=$(p embargo invite 1 CERT 2>&1)
has "$out" 'invited' 'who declined can be asked again'

# ---- the leak guard knows the ledger
p embargo revise 1 2027-02-10 09:00 Asia/Shanghai --allow deploy --allow publish-mitigation >/dev/null
has "$(p party list 1)" 'lapsed' 'new terms: signatures lapse'
out=$(p embargo accept 1 --by Mara --terms 3 2>&1)
out=$(p embargo accept 1 2>&1)
has "$out" 'allowed: deploy, publish-mitigation' 'what is allowed meanwhile stands in the terms'
out=$(p embargo accept 1 --by CERT --terms 2 2>&1)
has "$out" 'no longer count' 'a yes to old terms only asks anew'

# ---- nor does a file leave to who did not agree
key() { # key USER-ID: a key for it in the keyring; prints its fingerprint
  gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$1" future-default default never 2>/dev/null
  gpg --batch --list-keys --with-colons "$1" 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }'
}
p contact add acme Acme --addresses psirt@acme.example --jurisdiction CN >/dev/null
p contact add stranger Stranger --addresses stranger@lab.example --jurisdiction CN >/dev/null
acme=$(key 'Acme <psirt@acme.example>')
stranger=$(key 'Stranger <stranger@lab.example>')
claimed=$(key 'Nadia Again <psirt@vendor.example>')
p key pin psirt@acme.example "$acme" >/dev/null && p key pin stranger@lab.example "$stranger" >/dev/null
out=$(p case export 1 "$work/a.pgp" --to "$acme" 2>&1)
is "$?:$([ -e "$work/a.pgp" ] && echo made)" '1:' 'a party whose signature lapsed and that did not sign what binds gets no export'
has "$out" 'rule CM-10: Acme has not agreed' 'and the rule is named'
out=$(p case export 1 "$work/s.pgp" --to "$acme" --to "$stranger" 2>&1)
is "$?:$([ -e "$work/s.pgp" ] && echo made)" '1:' 'one who may does not carry another who may not'
out=$(p case export 1 "$work/s.pgp" --to "$stranger" 2>&1)
has "$out" 'is not a party of the case' 'a stranger is told from a party'
out=$(p case export 1 "$work/s.pgp" --to "${claimed:-none}" 2>&1)
has "$out" 'rule CM-10' 'so is a key that says it is ours'
printf 'bytes\n' >"$work/log"
p repro add 1 build reproduced --text steps --attach "$work/log" >/dev/null
out=$(p repro export 1 1 'to look at' --to "$acme" --out "$work/a.gpg" 2>&1)
is "$?:$([ -e "$work/a.gpg" ] && echo made)" '1:' 'nor a file of the case'
p embargo accept 1 --by Acme >/dev/null
out=$(p case export 1 "$work/a.pgp" --to "$acme" 2>&1)
ok $? 'once it agreed to what binds it gets it' "$out"

# ---- rules on what changed
out=$(p case tracker 1 Jira SEC-1 public 2>&1)
has "$out" 'rule tracker-embargo' 'no public tracker under an embargo'
p case tracker 1 Jira SEC-1 restricted >/dev/null
ok $? 'a restricted one is fine'
out=$(p case set 1 source oss-security 2>&1)
has "$out" 'rule embargo-source' 'nor a public source'
out=$(p embargo terminate 1 --cause public 'somebody said so' 2>&1)
has "$out" 'rule EMB-14' 'no end by a cause the case does not know'
p embargo leak 1 'The patch lay on a public server.' --party CERT >/dev/null
has "$(p embargo status 1)" 'leaked' 'a leak is traced to a party'

# ---- merging and splitting
p party add 2 Zeta vendor >/dev/null
p embargo propose 2 2026-12-30 09:00 UTC >/dev/null && p embargo accept 2 >/dev/null
out=$(p case merge 1 2 'the same overflow' 2>&1)
has "$out" 'the embargo ends 2026-12-30 09:00 UTC' 'merged: the shorter of both embargoes binds'
has "$(p party list 2)" 'Mara' 'the parties go along'
has "$(p --json case show 1)" '"state": "deferred"' 'a duplicate is deferred, not invalid'
has "$(p --json embargo status 1)" '"cause": "merged"' 'its embargo went along and is none of its own any more'
is "$(p calendar | awk -F '\t' '$3 == "PSIRT-2026-0001" && $6 == "embargo"')" '' 'so the calendar has it once'
is "$(p clock list 1 --all | awk -F '\t' '$2 == "cn-rmsv-7-2" { print $3; exit }')" stopped 'its duties fall due in the other case'
out=$(p case merge 1 2 2>&1)
has "$out" 'rule merge' 'a case is merged once'
out=$(p case split 2 'Only the client' 2>&1)
has "$out" 'embargo active' 'split: the embargo is inherited'
report_due() { p clock list "$1" | awk -F '\t' '$2 == "cn-rmsv-7-2" { print $6 }'; }
is "$(report_due 3)" "$(report_due 2)" 'the duty to report counts from when the whole was known' "$(p clock list 3)"
out=$(p embargo propose 3 2026-12-20 09:00 UTC 2>&1)
has "$out" 'rule split' 'a child does not end earlier without a word on what that gives away'
p embargo propose 3 2026-12-20 09:00 UTC --assessment 'the client says nothing of the server' >/dev/null
ok $? 'with one it may'

# ---- teardown
out=$(p embargo teardown 2 --cause exploit-public 2>&1)
has "$out" 'embargo exited, notices: 2' 'teardown: the change, the end, the notices'
has "$(p case log 2)" 'now exploit-public' 'what happened is recorded'
has "$out" 'tell Zeta' 'who cannot be written to is listed'
has "$out" 'send notice-' 'so are the drafts to send'
has "$out" 'advisory new' 'and what else is left'
is "$(p draft list | grep -c notice-)" 2 'the notices are sealed drafts'
out=$(p embargo teardown 2 2>&1)
is "$(p draft list | grep -c notice-)" 2 'a second teardown writes them over'
out=$(p embargo propose 2 2027-02-01 09:00 UTC 2>&1)
is $? 1 'and there is no new embargo'
has "$(p --json embargo status 2)" '"cause": "exploit-public"' 'the status says why it ended'
p undo 3 >/dev/null
ok $? 'what was proposed can be undone'
for state in received valid accepted; do p case state 3 $state >/dev/null; done
out=$(p embargo teardown 3 --cause attacks 2>&1)
has "$out" 'clock eu-cra-14-2-a runs, due 2026-12-10' 'attacks start the clocks of the law, and they are listed'
has "$(p --json embargo status 3)" '"state": "exited"' 'and the embargo ends by that decision'

# ---- what a merge must not lose
p case new 'With a revision' >/dev/null && p case new 'Into this one' >/dev/null && p case new 'Long public' >/dev/null
p party add 4 Acme vendor --address psirt@acme.example >/dev/null
p party add 4 Beta vendor --address psirt@beta.example >/dev/null
p embargo propose 4 2027-01-10 09:00 Asia/Shanghai --note 'an overflow in the login' >/dev/null && p embargo accept 4 >/dev/null
p embargo accept 4 --by Acme >/dev/null
p embargo revise 4 2027-02-10 09:00 Asia/Shanghai >/dev/null
draft=$(p embargo invite 4 Beta | grep -o 'letter-[0-9a-f]*')
has "$(p draft show "$draft")" 'agree to these terms' 'who is asked is told the terms'
hasnt "$(p draft show "$draft")" 'overflow' 'and not the note of who has not agreed yet'
p contact add beta 'Beta Ltd' --addresses psirt@beta.example --language zh >/dev/null
draft=$(p embargo invite 4 Beta | grep -o 'letter-[0-9a-f]*')
has "$(p draft show "$draft")" '请您先同意以下条款' 'a letter is in the language of who gets it'
p contact set beta --language en >/dev/null
has "$(p draft show "$(p embargo invite 4 Beta | grep -o 'letter-[0-9a-f]*')")" 'agree to these terms' 'which the register can change'
p contact set beta --jurisdiction CN --language en >/dev/null
p case merge 4 5 'the same' >/dev/null
has "$(p embargo status 5)" 'ends 2027-01-10 09:00 +08:00' 'a revision that is talked about does not move the end'
is "$(p party list 5 | awk '$1 == "Acme" { print $5 }')" signatory 'nor take a signature away'
is "$(p party list 5 | awk '$1 == "Beta" { print $5 }')" invited 'or give one'
p case set 6 disclosure public >/dev/null
p case new 'The same, embargoed' >/dev/null
p embargo propose 7 2027-01-10 09:00 UTC >/dev/null && p embargo accept 7 >/dev/null
has "$(p case merge 7 6 'it is that one' 2>&1)" 'end it with `embargo teardown PSIRT-2026-0007`' 'an embargo that cannot go along is named'
day=2027-01-11
has "$(p embargo status 7)" 'its time has come: 2027-01-10 09:00 UTC (2027-01-10T09:00:00Z, 23 h 0 m ago)' 'an embargo past its hour says so'
has "$(p embargo status 7)" 'embargo teardown PSIRT-2026-0007 --cause timer' 'and what to do'
day=2027-01-12
public=PSIRT-2027-0001 under=PSIRT-2027-0002 oldest=PSIRT-2027-0003
p case new 'Known for longer' >/dev/null && p case new 'Under an embargo' >/dev/null && p case new 'The oldest' >/dev/null
p case state $under received >/dev/null && p embargo propose $under 2027-02-10 09:00 UTC >/dev/null && p embargo accept $under >/dev/null
p case set $public disclosure public >/dev/null
out=$(p case merge $public $under 2>&1)
is $? 1 'what is public does not go into an embargo by the way'
has "$out" 'rule merge: it is public, and PSIRT-2027-0002 is under an embargo' 'the rule is named'
p case set $oldest disclosure attacks >/dev/null
attacked=$(p --json clock list $oldest | grep -A30 eu-cra-14-2-a | grep -m1 '"start"')
day=2027-01-13
p case merge $oldest $under >/dev/null
has "$(p --json embargo status $under)" '"disclosure": "vfdpxA"' 'attacks on the one are attacks on the other'
is "$(p --json clock list $under | grep -A30 eu-cra-14-2-a | grep -m1 '"start"')" "$attacked" 'and the clock of the law counts from then'
is "$(p calendar | awk -F '\t' -v c=$oldest '$3 == c && $6 == "clock" && $4 ~ /CRA|MIIT/')" '' 'not twice'
p audit verify >/dev/null 2>&1
ok $? 'the log verifies'
tap_done
