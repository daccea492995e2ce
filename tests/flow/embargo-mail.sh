#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 240
#
# An embargo by signed mail, with real keys: our letters carry lines a machine can read; what comes back is
# proposed with its evidence and taken by a person; what is forged, quoted, doubled, old or of another case is not.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/mail.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/pm.XXXXXX") || exit 1
team=$work/t out=$work/f
mkdir -m 700 "$team" "$out"
export GNUPGHOME=$team XDG_STATE_HOME=$work/state
trap 'for h in "$team" "$out"; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
p() { "$psirtty" --vault "$work/vault" "$@"; }
case=PSIRT-$(date -u +%Y)-000
day() { TZ=Asia/Shanghai date -d "+$1 days" +%Y-%m-%d; }
left() { find "$work/vault-outbox/new" "$work/vault/outbox/new" -type f 2>/dev/null | sort; }

us=$(make_key "$team" 'Nadia Handler <psirt@vendor.example>')
mara=$(make_key "$out" 'Mara Finder <mara@finder.example>')
acme=$(make_key "$out" 'Acme <psirt@acme.example>')
share "$team" "$out" "$us"
share "$out" "$team" "$mara"
share "$out" "$team" "$acme"
"$psirtty" init "$work/vault" --handler "$us" >/dev/null 2>&1
p key pin mara@finder.example "$mara" --verified phone >/dev/null && p key pin psirt@acme.example "$acme" --verified phone >/dev/null
ok $? 'a vault with two pinned keys'
p case new 'Overflow in the gateway' >/dev/null && p case new 'Another one' >/dev/null
p case state 1 received >/dev/null && p case state 1 valid >/dev/null && p case state 1 accepted >/dev/null
p contact add mara Mara --addresses mara@finder.example --jurisdiction CN >/dev/null
p contact add acme Acme --addresses psirt@acme.example --jurisdiction CN >/dev/null
p party add 1 Mara finder --address mara@finder.example >/dev/null
p party add 1 Acme vendor --address psirt@acme.example --zone Asia/Shanghai >/dev/null

# ---- out
first=$(day 50) second=$(day 70)
drafts=$(p embargo propose 1 "$first" 09:00 Asia/Shanghai --allow deploy --letters | sed -n 's/^draft \([^ ]*\) .*/\1/p')
is "$(wc -w <<<"$drafts")" 2 'a proposal drafts a letter to each party'
for d in $drafts; do p mail send "$d" >/dev/null || p mail check "$d"; done
is "$(left | wc -l)" 2 'both leave'
text=$(left | while read -r f; do open_letter "$out" "$f"; done | tr -d '\r' | sed 's/=3D/=/g')
has "$text" "=== embargo 1 ===
Message: EP
Case: ${case}1
Until: ${first}T09:00:00+08:00
Zone: Asia/Shanghai" \
  'with the lines of a proposal'
has "$text" 'Allow: deploy' 'and what it allows'

# ---- in: one who agrees
n=0
block() { printf '=== embargo 1 ===\n'; printf '%s\n' "$@"; printf '=== end of embargo ===\n'; }
comes() { # HOME BY FROM [TO]: a letter of standard input comes in and goes into case 1; sets mail
  n=$((n + 1))
  letter "$1" "$2" "${4:-$us}" "$3" "<$n@mail.example>" 're: embargo' "$(date -uR)" >"$work/$n.eml"
  p mail import "$work/$n.eml" >/dev/null
  mail=$(printf 'M-%04d' "$n")
  p mail link "$mail" 1 >/dev/null || echo "# $mail was not linked"
}
yes=$(block 'Message: EA' "Case: ${case}1" "Until: ${first}T01:00:00Z")
comes "$out" "$mara" 'Mara <mara@finder.example>' < <(echo 'We agree.'; echo "$yes")
offers=$(p embargo offers 1)
has "$offers" "M-0001: Mara accepts an embargo (EA): $first 01:00 UTC" 'what it says is shown'
has "$offers" "verified, $mara" 'with verdict and key'
has "$(p embargo status 1)" 'embargo proposed' 'and nothing happened yet'
hasnt "$(p party list 1 | grep Mara)" 'signatory' 'to nobody'
out_=$(p embargo take M-0001 2>&1)
ok $? 'a person takes it' "$out_"
has "$(p party list 1 | grep Mara)" 'signatory' 'then she has agreed'
has "$(p --json embargo status 1)" "M-0001 <1@mail.example> verified $mara" 'and the ledger names message, verdict and key'
out_=$(p embargo take M-0001 2>&1)
is $? 5 'it is taken once'
has "$(p embargo offers 1)" 'recorded' 'and shown as recorded'

# ---- we agree; they want another end; we agree to that
d=$(p embargo accept 1 --letters | sed -n 's/^draft \([^ ]*\) Acme/\1/p')
has "$(p mail check "$d" 2>/dev/null)" 'Message: EA' 'our yes is a letter too'
comes "$out" "$acme" 'Acme <psirt@acme.example>' < <(block 'Message: EV' "Case: ${case}1" \
  "Until: ${second}T09:00:00+08:00" 'Zone: Asia/Shanghai' 'Note: the fix is late')
p embargo take M-0002 >/dev/null
has "$(p embargo status 1)" "terms 2 by Acme: $second 09:00 +08:00 Asia/Shanghai" 'a revision by mail'
has "$(p embargo status 1)" 'embargo revise' 'moves the machine'
d=$(p embargo accept 1 --terms 2 --letters | sed -n 's/^draft \([^ ]*\) Acme/\1/p')
has "$(p mail check "$d" 2>/dev/null)" $'Message: EC' 'we accept the new end by its own message'
before=$(p --json embargo status 1)

# ---- what is not a party's word
refused() { # MAIL NAME WHY…: it is not taken, and nothing changed
  local out_
  out_=$(p embargo take "$1" 2>&1)
  [ $? -ne 0 ]
  ok $? "$2" "$out_"
  has "$out_" "$3" "$2: why"
  is "$(p --json embargo status 1)" "$before" "$2: nothing changed"
}
end=$(block 'Message: ET' "Case: ${case}1" 'Cause: attacks' 'Note: over')
comes "$out" - 'Acme <psirt@acme.example>' <<<"$end"
unsigned=$mail
refused "$mail" 'not signed' 'is not signed as a whole with the key'
comes "$out" "$mara" 'Acme <psirt@acme.example>' <<<"$end"
refused "$mail" 'signed by another party' 'is not signed as a whole with the key'
comes "$out" "$mara" 'Mara <mara@other.example>' <<<"$end"
refused "$mail" 'from no party' 'no party of the case'
comes "$out" "$acme" 'Acme <psirt@acme.example>' < <(sed 's/^/> /' <<<"$end")
refused "$mail" 'a quotation' 'no embargo message'
comes "$out" "$acme" 'Acme <psirt@acme.example>' < <(printf '%s\n%s\n' "$end" "$yes")
refused "$mail" 'two at once' 'more than one'
comes "$out" "$acme" 'Acme <psirt@acme.example>' <<<"${end/-0001/-0002}"
refused "$mail" 'another case' 'another case'
comes "$out" "$acme" 'Acme <psirt@acme.example>' <<<"${end/Cause/$'Ca\u200buse'}"
refused "$mail" 'what nobody sees' 'no field'
out_=$(p embargo take "$mail" --unverified --override 2>&1)
is $? 3 'not even by somebody who insists'
then=$(date -u -d '-40 days' +%Y%m%dT%H%M%S)
gpg --homedir "$out" --batch --quiet --faked-system-time "$then!" --pinentry-mode loopback --passphrase '' \
  --quick-generate-key 'Old Acme <old@acme.example>' future-default default never 2>/dev/null
old=$(gpg --homedir "$out" --batch --list-keys --with-colons old@acme.example 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
share "$out" "$team" "$old"
p key pin old@acme.example "$old" >/dev/null
p party add 1 'Old Acme' vendor --address old@acme.example >/dev/null
before=$(p --json embargo status 1)
printf 'faked-system-time %s!\n' "$(date -u -d '-30 days' +%Y%m%dT%H%M%S)" >"$out/gpg.conf"
comes "$out" "$old" 'Old <old@acme.example>' - < <(echo "$end") 2>/dev/null
rm "$out/gpg.conf"
refused "$mail" 'signed weeks before' 'signed long before it came'

# ---- a person may insist, and that stays visible
out_=$(p embargo take "$unsigned" --unverified 2>&1)
has "$out_" 'rule EMB-14' 'the rules stand all the same'
p embargo take "$unsigned" --unverified --override >/dev/null
ok $? 'who insists on both ends it'
has "$(p case log 1)" "$unsigned <3@mail.example> unverified" 'and the log says that it was unverified'
has "$(p embargo status 1)" 'embargo exited' 'it has ended'
has "$(p embargo letter 1 ET Mara)" 'draft letter-' 'letters say so'
out_=$(p embargo letter 1 ET Nobody 2>&1)
is $? 3 'to parties of the case alone'
tap_done
