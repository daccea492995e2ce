#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 240
#
# Letters out of the house, with real keys: templates in the reader's language, what is quoted and what never is,
# the leak guard reader by reader, copies in sight and blind ones, files, the one letter that may leave in clear,
# a sending that breaks off, and the machine's own answer.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/mail.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/po.XXXXXX") || exit 1
team=$work/t out=$work/f
mkdir -m 700 "$team" "$out"
export GNUPGHOME=$team XDG_STATE_HOME=$work/state
trap 'for h in "$team" "$out"; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work" "${shm:-$work/none}"' EXIT
p() { "$psirtty" --vault "$work/vault" "$@"; }
year=$(date -u +%Y)
draft_of() { sed -n 's/^draft \([a-z]*-[0-9a-f]*\).*/\1/p' <<<"$1"; }
left() { find "$work/vault-outbox/new" "$work/vault/outbox/new" -type f 2>/dev/null | sort; }
count() { left | grep -c .; }

us=$(make_key "$team" 'Nadia Handler <psirt@vendor.example>')
mara=$(make_key "$out" 'Mara Finder <mara@finder.example>')
chen=$(make_key "$out" 'Chen <chen@finder.example>')
acme=$(make_key "$out" 'Acme <psirt@acme.example>')
cert=$(make_key "$out" 'CERT <cc@cert.example>')
share "$team" "$out" "$us"
for key in "$mara" "$chen" "$acme" "$cert"; do share "$out" "$team" "$key"; done
# A key that expired: made at another time.
old=$(gpg --homedir "$team" --batch --quiet --faked-system-time 20200101T000000! --pinentry-mode loopback --passphrase '' \
  --quick-generate-key 'Old <old@finder.example>' future-default default 1y 2>/dev/null
  gpg --homedir "$team" --batch --list-keys --with-colons old@finder.example 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')

"$psirtty" init "$work/vault" --handler "$us" >/dev/null 2>&1
ok $? 'a vault'
for who in mara@finder.example:$mara chen@finder.example:$chen psirt@acme.example:$acme cc@cert.example:$cert \
  old@finder.example:$old; do
  p key pin "${who%%:*}" "${who#*:}" --verified phone >/dev/null || echo "# no pin for $who"
done
for who in mara chen; do p contact add $who $who --addresses $who@finder.example --jurisdiction CN >/dev/null; done
p contact add acme Acme --addresses psirt@acme.example --jurisdiction CN >/dev/null

# ---- four mails: one opened and verified, one in Chinese, one with more inside, one signed by somebody else
letter "$out" "$mara" "$us" 'Mara Finder <mara@finder.example>' '<1@finder.example>' ... <<<'The zebrapump overflows.
Its valve too.' | sed '0,/^MIME-Version/s//References: <r1@x.example>\n <r2@x.example>\n <r3@x.example>\n&/' >"$work/1"
letter "$out" "$chen" "$us" 'Chen <chen@finder.example>' '<2@finder.example>' ... >"$work/2" <<<'网关存在溢出漏洞，详情见附件，请尽快处理。'
printf 'see below SECRET-7f3a\n' | gpg --homedir "$out" --batch --quiet --trust-model always --armor -e -r "$us" >"$work/inside"
letter "$out" "$mara" "$us" 'Mara Finder <mara@finder.example>' '<3@finder.example>' ... >"$work/3" <"$work/inside"
letter "$out" "$acme" "$us" 'Mara Finder <mara@finder.example>' '<4@finder.example>' ... >"$work/4" <<<'I am Mara, believe me.'
for n in 1 2 3 4; do p mail import "$work/$n" >/dev/null; done
p mail take M-0001 --title 'Overflow in the zebrapump' >/dev/null
p mail take M-0002 --title '网关溢出' >/dev/null
p mail link M-0003 1 >/dev/null && p mail link M-0004 1 >/dev/null
ok $? 'four mails in two cases'

# ---- templates, by the reader's language
d=$(draft_of "$(p mail reply M-0001 --template acknowledgement)")
has "$(p mail check "$d")" 'Kind regards' 'a letter in English to who wrote English'
has "$(p mail check "$d")" '> The zebrapump overflows.' 'it quotes what was opened'
p draft remove "$d" >/dev/null
d=$(draft_of "$(p mail reply M-0002 --template need-info)")
has "$(p mail check "$d")" '此致' 'and in Chinese to who wrote Chinese'
p draft remove "$d" >/dev/null
p contact set mara --language zh >/dev/null
d=$(draft_of "$(p mail reply M-0001 --template status --reason 'x' --no-quote)")
has "$(p mail check "$d")" '进展如下' 'the register knows better'
hasnt "$(p mail check "$d")" 'zebrapump overflows' 'nothing is quoted when nothing is to be'
p draft remove "$d" >/dev/null
p contact set mara --language en >/dev/null
out_=$(p mail reply M-0001 --template nonsense 2>&1)
is $? 2 'a letter that is none'
has "$out_" 'not-a-vulnerability' 'and those there are'

# ---- what is never quoted
d=$(draft_of "$(p mail reply M-0003 --template status --reason x)")
hasnt "$(p mail check "$d")" 'BEGIN PGP' 'nothing of a mail with more inside'
hasnt "$(p mail check "$d")" 'wrote:' 'not a line'
p draft remove "$d" >/dev/null
d=$(draft_of "$(p mail reply M-0004 --template status --reason x)")
hasnt "$(p mail check "$d")" 'believe me' 'nothing of a mail that its sender did not sign'
p draft remove "$d" >/dev/null
d=$(draft_of "$(p mail reply M-0004 --template status --reason x --quote)")
has "$(p mail check "$d")" '> I am Mara' 'unless a person says so'
p draft remove "$d" >/dev/null

# ---- the leak guard, reader by reader
p party add 1 Acme vendor --address psirt@acme.example >/dev/null
p party add 1 Old reporter --address old@finder.example >/dev/null
p party add 1 Nokey reporter --address nokey@finder.example >/dev/null
d=$(draft_of "$(p mail reply M-0001 --text 'Hello.' --cc Acme --cc Old --cc Nokey --bcc cc@cert.example)")
check=$(p mail check "$d" 2>/dev/null)
is $? 1 'a letter with bad readers does not pass'
marks() { awk -v a="$1" 'index($0, a) && $1 ~ /^(to|cc|bcc|us)$/ { print $1, $2 }' <<<"$check"; }
is "$(marks mara@finder.example)" 'to ok' 'the finder is fine'
is "$(marks old@finder.example)" 'cc expired' 'a key expired'
is "$(marks nokey@finder.example)" 'cc no-key' 'none pinned'
is "$(marks cc@cert.example)" 'bcc not-a-party' 'no party'
is "$(marks psirt@vendor.example)" 'us ok' 'we read it too'
before=$(count)
p mail send "$d" >/dev/null 2>&1
is "$?:$(count)" "1:$before" 'and it is stopped: no clear text instead'
p draft remove "$d" >/dev/null
# Each mark there is, at a reader of its own.
mint() { # mint NAME ALGORITHM: a key in our ring, pinned; its fingerprint
  gpg --homedir "$team" --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$1 <$1@x.example>" $2 never 2>/dev/null
  gpg --homedir "$team" --batch --list-keys --with-colons "$1@x.example" 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }'
}
fine=$(mint fine 'future-default default') gone=$(mint gone 'future-default default')
revoked=$(mint revoked 'future-default default') signs=$(mint signs 'ed25519 sign')
cells='fine gone revoked signs'
for who in $cells; do
  p key pin "$who@x.example" "${!who}" --verified phone >/dev/null
  p party add 1 "$who" "$([ $who = fine ] && echo coordinator || echo reporter)" --address "$who@x.example" >/dev/null
done
sed 's/^:-----BEGIN/-----BEGIN/' "$team/openpgp-revocs.d/$revoked.rev" | gpg --homedir "$team" --batch --quiet --import 2>/dev/null
gpg --homedir "$team" --batch --yes --delete-secret-and-public-key "$gone" 2>/dev/null
p contact add fine Fine --kind coordinator --addresses fine@x.example --jurisdiction foreign >/dev/null
set --
for who in $cells; do set -- "$@" --cc "$who"; done
d=$(draft_of "$(p mail reply M-0001 --text 'Hello.' "$@")")
check=$(p mail check "$d" 2>/dev/null)
while read -r who marks; do is "$(marks "$who@x.example")" "cc $marks" "a reader whose mark is $marks"; done <<'END'
fine foreign
gone key-missing
revoked revoked
signs cannot-encrypt
END
p draft remove "$d" >/dev/null
d=$(draft_of "$(p mail reply M-0001 --text 'Hello.' --cc fine)")
out_=$(p mail send "$d" 2>&1)
is $? 1 'abroad before publication: it does not leave'
has "$out_" 'abroad' 'and the gate says why' "$out_"
p draft remove "$d" >/dev/null
p contact set fine --jurisdiction CN >/dev/null
d=$(draft_of "$(p mail reply M-0001 --text 'Hello.' --cc fine)")
check=$(p mail check "$d" 2>/dev/null)
is "$?:$(marks fine@x.example)" '0:cc ok' 'at home it would'
p draft remove "$d" >/dev/null
d=$(draft_of "$(p mail reply M-0001 --text "See psirt-$year-0002, 网关溢出.")")
has "$(p mail check "$d" 2>&1)" "names PSIRT-$year-0002, another case" 'another case, however it is written'
p draft remove "$d" >/dev/null
p embargo propose 1 "$(date -u -d '+50 days' +%Y-%m-%d)" 09:00 UTC >/dev/null && p embargo accept 1 >/dev/null
d=$(draft_of "$(p mail compose 1 --to Acme --text 'Details.')")
check=$(p mail check "$d" 2>/dev/null)
is "$(marks psirt@acme.example)" 'to no-consent' 'who has not agreed to the embargo gets no details'
p draft remove "$d" >/dev/null
p embargo accept 1 --by Acme >/dev/null

# ---- copies, one in sight and one blind; a file
p party add 1 CERT coordinator --address cc@cert.example >/dev/null
p contact add cert CERT --addresses cc@cert.example --jurisdiction CN >/dev/null
p embargo accept 1 --by CERT >/dev/null
printf 'three lines\nof a log\n' >"$work/trace.log"
d=$(draft_of "$(p mail reply M-0001 --text 'Dear Mara, the valve is the cause.' --cc Acme --bcc CERT --attach "$work/trace.log")")
p mail check "$d" >/dev/null 2>"$work/err"
ok $? 'a letter to three' "$(cat "$work/err")"
before=$(count)
sent=$(p mail send "$d" 2>&1)
is "$?:$(($(count) - before))" '0:2' 'leaves as two messages' || echo "# $sent"
first=$(left | grep '00\.psirtty$' | tail -n 1)
for key in mara:3 acme:3; do
  sed -n '/BEGIN PGP MESSAGE/,/END PGP MESSAGE/p' "$first" | tr -d '\r' >"$work/c.asc"
  is "$(gpg --homedir "$out" --batch --list-packets "$work/c.asc" 2>/dev/null | grep -c '^:pubkey enc packet')" "${key#*:}" \
    "the open one is for three keys, ${key%%:*}'s among them"
done
has "$(open_letter "$out" "$first")" 'the valve is the cause' 'readers open it'
has "$(tr -d '\r\n' <"$first")" 'References: <r1@x.example> <r2@x.example> <r3@x.example> <1@finder.example>' \
  'the whole chain of the thread is named'
has "$(open_letter "$team" "$first")" 'the valve is the cause' 'so do we'
has "$(open_letter "$out" "$first")" 'filename="trace.log"' 'the file is in it'
has "$(open_letter "$out" "$first")" 'TLP:RED' 'its marking stands in the text'
has "$(open_letter "$out" "$first")" '[TLP:RED]' 'and in the subject'
hasnt "$(cat $(left))" 'cc@cert.example' 'the blind reader stands in none'
hasnt "$(cat $(left))$(open_letter "$out" "$first")" 'Bcc' 'nor does the word'
hasnt "$(cat $(left))" 'zebrapump' 'nor the subject outside'
rows=$(p --json mail sent 1)
has "$rows" '"CERT <cc@cert.example>"' 'the case knows whom we told blindly'
has "$rows" '"tlp": "RED"' 'under which marking'
has "$rows" '"way": "outbox"' 'by which way'
is "$(grep -cE "$mara|$acme|$cert|$us" <<<"$rows")" 4 'and for which keys'
has "$rows" 'trace.log' 'and which file'

# ---- another case in it
p repro add 2 'gw 1' reproduced --text steps --attach "$work/trace.log" >/dev/null
d=$(draft_of "$(p mail reply M-0001 --text "See PSIRT-$year-0002 as well." --attach "$work/trace.log")")
out_=$(p mail check "$d" 2>&1)
has "$out_" "names PSIRT-$year-0002, another case" 'another case in the text'
has "$out_" "trace.log belongs to PSIRT-$year-0002" 'a file of another case'
p draft remove "$d" >/dev/null

# ---- in clear: a form to somebody without a key, and nothing else
d=$(draft_of "$(p mail compose 1 --to Nokey --template acknowledgement --clear)")
check=$(p mail check "$d" 2>&1)
ok $? 'an acknowledgement may leave in clear' "$check"
before=$(count)
p mail send "$d" >/dev/null
is "$(($(count) - before))" 1 'and does'
clear=$(left | while read -r f; do grep -q 'nokey@finder.example' "$f" && echo "$f"; done)
has "$(cat "$clear")" 'multipart/signed' 'signed'
hasnt "$(cat "$clear")" 'zebrapump' 'without a word of the case'
d=$(draft_of "$(p mail compose 1 --to Nokey --clear --text 'The zebrapump 7.1 is broken.')")
out_=$(p mail check "$d" 2>&1)
has "$out_" 'in clear only a form leaves' 'a text of ones own does not'
has "$out_" '“zebrapump” is a word of the case' 'and words of the case are found'
p mail send "$d" >/dev/null 2>&1
is "$?:$(count)" "1:$((before + 1))" 'nothing left'
p draft remove "$d" >/dev/null
d=$(draft_of "$(p mail compose 1 --to 'Mara Finder' --template acknowledgement --clear)")
has "$(p mail check "$d" 2>&1)" 'a usable key is pinned' 'nor to who has a key'
p draft remove "$d" >/dev/null

# ---- a letter is edited, and a form is one no longer
printf '#!/bin/sh\necho "By hand." >"$1"\n' >"$work/ed" && chmod +x "$work/ed"
d=$(draft_of "$(p mail compose 1 --to Nokey --template acknowledgement --clear)")
p mail edit "$d" --text 'Hello.' >/dev/null
has "$(p mail check "$d" 2>&1)" 'only a form leaves' 'an edited form is none'
p draft remove "$d" >/dev/null

# ---- nothing leaves twice
d=$(draft_of "$(p mail reply M-0001 --text 'Once.')")
cp -r "$work/vault/drafts" "$work/kept"
p mail send "$d" >/dev/null
before=$(count)
cp -r "$work/kept/." "$work/vault/drafts/"
out_=$(p mail send "$d" 2>&1)
is "$?:$(count)" "0:$before" 'a draft that came back is not sent again'
has "$out_" 'had left already' 'and that is said'
is "$(p draft list)" '' 'it is gone then'
shm=$(mktemp -d /dev/shm/po.XXXXXX)
box=$(dirname "$(dirname "$(left | head -n 1)")")
mv "$box/new" "$box/aside" && ln -s "$shm" "$box/new"
d=$(draft_of "$(p mail reply M-0001 --text 'Twice tried.')")
out_=$(p mail send "$d" 2>&1)
is $? 3 'an outbox that takes nothing'
has "$out_" 'nobody took it' 'is told'
has "$(p draft list)" "$d" 'and the draft stays'
rm "$box/new" && mv "$box/aside" "$box/new"
p mail send "$d" >/dev/null
is "$?:$(($(count) - before))" '0:1' 'then it leaves, once'
has "$(p case log 1)" 'letter to mara@finder.example: later' 'and the failure is in the log'

# ---- the machine's answer
p policy set acknowledge on >/dev/null
mail() { # NAME HEADERS…
  local name=$1
  shift
  { printf '%s\n' "$@"; printf 'To: psirt@vendor.example\nDate: %s\n\nHello %s.\n' "${date:-$(date -uR)}" "$name"; } >"$work/$name"
}
mail human 'From: Hu <hu@lab.example>' 'Message-ID: <h1@lab.example>' 'Subject: the frobnicator leaks'
mail again 'From: Hu <hu@lab.example>' 'Message-ID: <h2@lab.example>' 'Subject: more'
mail list 'From: L <l@lists.example>' 'List-Id: <l.lists.example>' 'Message-ID: <l1@x>' 'Subject: l'
mail auto 'From: A <a@auto.example>' 'Auto-Submitted: auto-generated' 'Message-ID: <a1@x>' 'Subject: a'
mail vacation 'From: V <v@vac.example>' 'Auto-Submitted: auto-replied' 'Message-ID: <v1@x>' 'Subject: v'
mail bounce 'Return-Path: <>' 'From: B <b@bounce.example>' 'Message-ID: <b1@x>' 'Subject: b'
mail bulk 'From: K <k@bulk.example>' 'Precedence: bulk' 'Message-ID: <k1@x>' 'Subject: k'
mail daemon 'From: Mail <MAILER-DAEMON@mx.example>' 'Message-ID: <d1@x>' 'Subject: d'
mail self 'From: Us <psirt@vendor.example>' 'Message-ID: <s1@x>' 'Subject: s'
mail thread 'From: T <t@lab.example>' 'In-Reply-To: <1@finder.example>' 'Message-ID: <t1@x>' 'Subject: t'
date='Mon, 06 Jan 2020 08:00:00 +0000' mail archive 'From: R <r@lab.example>' 'Message-ID: <r1@x>' 'Subject: r'
before=$(count)
out_=$(p mail import "$work"/{archive,human,again,list,auto,vacation,bounce,bulk,daemon,self,thread} 2>&1)
has "$out_" '1 told automatically' 'one human is told'
is "$(($(count) - before))" 1 'and nobody else'
auto=$(left | while read -r f; do grep -q 'hu@lab.example' "$f" && echo "$f"; done)
has "$(cat "$auto")" 'Auto-Submitted: auto-replied' 'it says a machine wrote it'
has "$(cat "$auto")" 'In-Reply-To: <h1@lab.example>' 'to which mail'
hasnt "$(cat "$auto")" 'frobnicator' 'and not a word of that'
p mail acknowledge >/dev/null
is "$(($(count) - before))" 1 'once'
has "$(p mail acknowledge M-0008)" 'came by a list' 'one can ask why not'

# ---- a gpg that adds a reader: what comes out of it is looked at, not trusted
mkdir "$work/bin"
printf '#!/bin/sh\ncase " $* " in *" --encrypt "*) exec %s --recipient %s "$@" ;; esac\nexec %s "$@"\n' "$(command -v gpg)" "$acme" "$(command -v gpg)" >"$work/bin/gpg"
chmod +x "$work/bin/gpg"
: >"$team/gpg.conf"
d=$(draft_of "$(p mail reply M-0001 --text 'For you alone.')")
before=$(count)
out_=$(PATH=$work/bin:$PATH p mail send "$d" 2>&1)
is "$?:$(count)" "4:$before" 'a letter that one more can read does not leave' "$out_"
has "$out_" 'it is not encrypted to exactly the keys that were asked for' 'and why is said'
has "$(p draft list)" "$d" 'the draft stays'
out_=$(PATH=$work/bin:$PATH p case export 1 "$work/case.pgp" --to "$mara" 2>&1)
is $? 4 'nor does a case'
has "$out_" 'it is not encrypted to exactly the keys that were asked for' 'with the same words'
[ ! -s "$work/case.pgp" ]
ok $? 'and no file of it stays'
p mail send "$d" >/dev/null 2>&1
is "$?:$(($(count) - before))" '0:1' 'with a gpg that does as it is told it leaves'
rm "$team/gpg.conf"
p audit verify >/dev/null
ok $? 'the log is whole'
tap_done
