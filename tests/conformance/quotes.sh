#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# Every hostile mail of the corpora is put into a case and answered: nothing of what it did not open stands in a draft,
# nobody is answered but its sender, no escape sequence and no further header comes of it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../flow/tap.sh"

psirtty=${PSIRTTY:?}
corpus=${PSIRTTY_CORPORA:-none}/mail-hostile
if [ ! -d "$corpus/keys" ]; then
  skip 'hostile mail is answered' "no $corpus"
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pq.XXXXXX") || exit 1
mkdir -m 700 "$work/g"
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
trap 'gpgconf --kill all 2>/dev/null; rm -rf "$work"' EXIT
p() { "$psirtty" --vault "$work/vault" "$@"; }

for key in "$corpus"/keys/*-pub.asc "$corpus/keys/psirt-sec.asc"; do
  gpg --batch --quiet --pinentry-mode loopback --passphrase '' --import "$key" 2>/dev/null
done
us=$(gpg --batch --list-secret-keys --with-colons 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
"$psirtty" init "$work/vault" --handler "$us" >/dev/null 2>&1
ok $? 'a vault with the key the mail is for'
mkdir "$work/in" && cp "$corpus"/*.eml "$work/in/"
p mail import "$work/in" >/dev/null 2>&1
p mail list | cut -f 1 >"$work/ids"
total=$(wc -l <"$work/ids")
[ "$total" -ge 90 ]
ok $? "the mails are in the inbox: $total"
p case new 'All of it' >/dev/null
sed 's/.*/mail link & 1/' "$work/ids" | p - >"$work/linked" 2>&1
sed 's/.*/mail reply & --template status --reason nothing/' "$work/ids" | p - >"$work/replies" 2>"$work/refused"
drafts=$(sed -n 's/^draft \([a-z]*-[0-9a-f]*\).*/\1/p' "$work/replies")
# the mails whose line was not refused, each with its draft
sed -n 's/^psirtty: line \([0-9]*\): .*/\1/p' "$work/refused" | sed 's/$/d/' >"$work/lines"
paste <(sed -f "$work/lines" "$work/ids") <(printf '%s\n' $drafts) >"$work/pairs"
made=$(wc -w <<<"$drafts")
[ "$made" -ge 60 ]
ok $? "answers to those that could be opened: $made"
for draft in $drafts; do echo "draft show $draft"; done | p - 2>&1 | sed 's/{"address":/\n&/g' | grep . >"$work/shown"
is "$(grep -c '"case"' "$work/shown")" "$made" 'each is there'

is "$(wc -l <"$work/pairs"):$(awk 'NF != 2' "$work/pairs")" "$made:" 'and each belongs to a mail'
# one line for each draft: its name, then all of it
awk -v names="$drafts" 'BEGIN { split(names, name, /[ \n]+/) } /"case"/ { n++ } { print name[n] " " $0 }' "$work/shown" >"$work/texts"

# ---- the secret, only where the mail was opened as the one root
p --json mail list | tr -d '\n' | sed 's/},/},\n/g' >"$work/rows"
closed=0
while read -r id draft; do
  row=$(grep "\"id\": \"$id\"" "$work/rows")
  case $row in *'"encryption": "decrypted"'*) continue ;; esac
  closed=$((closed + 1))
  sed -n "/^$draft /p" "$work/texts" | grep -q 'SECRET-7f3a' && echo "$id" >>"$work/leaks"
done <"$work/pairs"
[ "$closed" -ge 20 ]
ok $? "mails that were not decrypted: $closed"
is "$(cat "$work/leaks" 2>/dev/null)" '' 'no draft holds the secret of a mail that was not opened'

[ "$(grep -c 'SECRET-7f3a' "$work/texts")" -ge 1 ]
ok $? 'though drafts of opened ones do'

# ---- what came of headers and escapes
is "$(grep -c $'\033' "$work/shown")" 0 'no escape sequence is in a draft'
hasnt "$(cat "$work/shown")" '"bcc"' 'no blind reader came out of a header'
hasnt "$(cat "$work/shown")" '"cc"' 'nor one in sight'
reply_to=$(grep -h -i '^Reply-To:' "$corpus/125-reply-to-redirect.eml" | grep -o '[^ <]*@[^ >]*' | tr -d '\r')
hasnt "$(cat "$work/shown")" "${reply_to:-no such header}" 'nobody is answered at a Reply-To'
tap_done
