#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# An advisory from its first words to its publication: drafted from the case, edited as YAML that is never lost, written
# in every format, approved by a second person, held by a gate that two open, lapsed by an edit, published, revised.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/psa-XXXXXX")
server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; for h in a b; do gpgconf --homedir "$work/$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_DATA_HOME=$work/share XDG_CONFIG_HOME=$work/config
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
row() { # row WHAT: its result in the preflight
  as a advisory check 1 | awk -F'\t' -v w="$1" '$1 == w { print $2 }'
}
edits() { # edits SED-SCRIPT: takes the words, changed by this
  as a advisory draft 1 | sed "$1" >"$work/words.yaml"
  as a advisory edit 1 --file "$work/words.yaml"
}

a=$(make_key a ann@vendor.example)
b=$(make_key b ben@vendor.example)
gpg --homedir "$work/b" --export "$b" | gpg --homedir "$work/a" --batch --quiet --import 2>/dev/null
gpg --homedir "$work/a" --export "$a" | gpg --homedir "$work/b" --batch --quiet --import 2>/dev/null
as a init "$vault" --handler "$a" >/dev/null
as b member request --handler "$b" >/dev/null
as a member add "$b" --role admin >/dev/null
as a policy set publisher 'Vendor GmbH' >/dev/null
as a policy set namespace https://vendor.example >/dev/null
as a policy set provider https://vendor.example >/dev/null
as a policy set contact psirt@vendor.example >/dev/null
as a policy set cna 11111111-2222-4333-8444-555555555555 >/dev/null
as a product add gw 'Gateway' --vendor 'Vendor GmbH' --purl pkg:npm/%40vendor/gateway >/dev/null
as a case new 'Overflow in the gateway' >/dev/null
as a case grant 1 "$b" >/dev/null
id=PSIRT-2026-0001
sa=PSIRT-SA-2026-0001

# ---- drafting
out=$(as a advisory check 1)
is "$?" 1 'without an advisory there is nothing to check'
out=$(as a advisory new 1 --template nonsense)
is "$?" 2 'a template that is none'
has "$out" 'informational' 'is answered with those there are'
out=$(as a advisory new 1)
is "$?:$out" "0:$id: advisory $sa begun" 'an advisory is begun'
out=$(as a advisory check 1)
is "$?" 1 'the preflight says no'
has "$out" $'documents\tnot-built' 'what is not built does not pass'
has "$out" $'approvals\tnot-checked' 'nor what is not checked'
out=$(edits 's/^summary: ""/summary: |2-\n  A crafted frame stops the gateway./')
is "$?" 0 'a summary is edited'
has "$(as a advisory draft 1)" 'A crafted frame stops the gateway.' 'and is there'
out=$(edits 's/^tlp: .*/tlp: |2-\n  PURPLE/; /^  AMBER/d; s/^faq: ""/faq: kept words/')
is "$?" 3 'a label that is none is refused'
has "$out" 'advisory.yaml, line' 'with the line'
has "$out" 'CLEAR, GREEN, AMBER' 'and what it may be'
has "$(as a advisory draft 1)" 'kept words' 'what was typed comes back'
hasnt "$(as a advisory show 1)" 'kept words' 'though none of it was taken'
out=$(edits 's/PURPLE/CLEAR/')
is "$?" 0 'mended, it is taken'
out=$(edits 's/^legal: ""/legale: x/')
is "$?" 3 'a key that is none'
has "$out" 'legale' 'is named'
out=$(edits 's/^legale: x/legal: "As it is."/; /^zh:/,$ s/  title: ""/  title: "网关溢出"/; /^zh:/,$ s/  summary: ""/  summary: "特制帧可使网关停止。"/')
is "$?" 0 'a translation is taken'
out=$(edits 's/x/x/')
has "$out" 'nothing changed' 'an edit that changes nothing'
# Where it cannot be kept for the next edit, what came from the editor stays the draft it is.
printf '#!/bin/sh\nsed "s/^tlp: .*/tlp: MAUVE/; /^  CLEAR/d; /^  AMBER/d" "$1" >"$1.new" && cat "$1.new" >"$1"; rm "$1.new"\n' >"$work/editor"
chmod +x "$work/editor"
by_hand() { # by_hand COMMAND…: with a terminal and an editor
  GNUPGHOME=$work/a EDITOR=$work/editor script -qec "$psirtty --vault $vault --now $now $*" /dev/null </dev/null 2>&1
}
drafts=$(as a draft list | wc -l)
has "$(by_hand advisory edit 1)" 'CLEAR, GREEN, AMBER' 'from the editor it is refused, too'
kept=$(find "$vault/drafts" -name 'edit-advisory-*.sealed')
is "$(as a draft list | wc -l)" "$((drafts + 1))" 'and kept once'
rm "$kept"
mkdir -p "$kept/full"
out=$(by_hand advisory edit 1)
has "$out" 'What you wrote is kept as the draft edit-' 'which is told where that is another draft'
draft=$(sed -n 's/.*as the draft \(edit-[0-9a-f]*\).*/\1/p' <<<"$out")
has "$(as a draft list)" "$draft" 'and it is there'
rm -r "$kept" "$(dirname "$kept")/$draft.sealed"

# ---- what the case says
as a affected set 1 gw '< 1.2.0' affected >/dev/null
as a affected set 1 gw 1.2.0 fixed >/dev/null
as a affected set 1 gw 2.0.0 not-affected --because vulnerable_code_not_present >/dev/null
as a case set 1 score CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H >/dev/null
as a case set 1 cwe CWE-787 >/dev/null
as a case credit 1 'Lin Finder' name >/dev/null
as a party add 1 'Lin Finder' finder --address lin@finder.example >/dev/null
has "$(as a advisory show 1 --lang zh)" '特制帧可使网关停止' 'the translation is shown'
as a remediation set 1 vendor_fix 'Update to 1.2.0.' --url https://vendor.example/1.2.0 >/dev/null

# ---- CVE ids
is "$(as a cve list | wc -l)" 0 'no CVE ids yet'
as a cve request 1 >/dev/null
has "$(as a cve list)" "for $id" 'one is asked for'
as a cve reserve CVE-2026-11111 CVE-2026-22222 >/dev/null
is "$?" 0 'two are reserved'
out=$(as a cve use CVE-2026-33333 1)
is "$?" 1 'one that is not ours is not used'
as a cve use CVE-2026-11111 1 >/dev/null
is "$?" 0 'one of ours is'
out=$(as a cve reject CVE-2026-22222)
is "$?" 2 'to reject one takes a reason'
as a cve reject CVE-2026-22222 'Asked for twice' --out "$work/rejected.json" >/dev/null
is "$(as a cve list | cut -f 1,2 | tr '\t\n' ' ;')" 'CVE-2026-11111 used;CVE-2026-22222 rejected;' 'the pool'
is "$("$psirtty" check "$work/rejected.json" | cut -f 3)" valid 'the record that rejects it is valid'

# ---- every format
for format in csaf-2.0 cve osv openvex cyclonedx-vex; do
  as a advisory render 1 --to $format --out "$work/draft.json" >/dev/null
  is "$("$psirtty" check "$work/draft.json" 2>&1 | cut -f 3)" valid "as $format it is valid"
done
has "$(as a advisory render 1 --to html)" '<h1>Overflow in the gateway</h1>' 'as HTML'
has "$(as a advisory render 1 --to release-note)" 'CVE-2026-11111' 'as a release note'
has "$(as a advisory render 1 --to csaf-2.1)" '"csaf_version": "2.1"' 'as CSAF 2.1'
is "$(as a advisory render 1 --to text | awk 'length($0) > 72 && / .* /' | grep -vc '/')" 0 'no line of text is longer than 72 columns'

# ---- approval and gates
as a note 1 x >/dev/null
out=$(as a advisory publish "$sa")
is "$?" 2 'publishing wants the case named'
out=$(as a advisory publish "$id")
is "$?" 1 'and is refused'
out=$(as a advisory prepare 1 'First release')
is "$?:$out" "0:$sa: version 1 is prepared for $now" 'a release is prepared'
is "$(row "$(echo "$sa" | tr 'A-Z' 'a-z').json")" passed 'its documents are built'
is "$(row "check of psirt-sa-2026-0001.json")" passed 'and checked'
is "$(row 'approval: content')" closed 'nobody approved'
out=$(as a advisory approve 1)
is "$?" 0 'the author approves'
is "$(row 'approval: content')" closed 'which does not count'
has "$(as a advisory check 1)" 'a: own' 'and says why'
out=$(as b advisory approve 1 'Read it twice')
is "$?" 0 'a second person approves'
is "$(row 'approval: content')" passed 'which counts'
as a advisory set 1 description 'It copies too much.' >/dev/null
is "$(row 'approval: content')" closed 'an edit makes it lapse'
has "$(as a advisory check 1)" 'b: lapsed' 'and says so'
out=$(as a advisory publish "$id")
is "$?" 1 'so it is not published'
as b advisory approve 1 >/dev/null
is "$(row 'approval: content')" passed 'approved anew'
gpg --homedir "$work/a" --batch --yes --delete-keys "$b" 2>/dev/null
is "$(row 'approval: content')" not-checked 'a signature whose key is not here is not checked, and does not pass'
gpg --homedir "$work/b" --export "$b" | gpg --homedir "$work/a" --batch --quiet --import 2>/dev/null
is "$(row CVE-2026-11111)" passed 'the CVE id is in use for the case'
as a case set 1 cve CVE-2026-22222 >/dev/null
is "$(row CVE-2026-22222)" closed 'one that was rejected stands against it'
as a undo 1 >/dev/null
is "$(row embargo)" passed 'no embargo is in force'
as a embargo propose 1 2026-12-24 09:00 UTC >/dev/null && as a embargo accept 1 >/dev/null
is "$(row embargo)" closed 'one that is in force stands against it'
out=$(as b advisory publish "$id")
is "$?" 1 'and holds it'
now=2026-12-24T09:00:01Z
is "$(row embargo)" passed 'until it ends'
now=2026-11-10T08:00:00Z
as a embargo terminate 1 'everybody is ready' --override >/dev/null
as a case set 1 disclosure attacks >/dev/null
as a advisory set 1 recommendation 'Block 10.20.30.40 at the border.' >/dev/null
as b advisory approve 1 >/dev/null
is "$(row 'gate G3')" closed 'a live address closes a gate'
out=$(as b advisory publish "$id")
is "$?" 1 'and nothing is published'
has "$out" 'gate G3' 'with the gate named'
as a gate clear 1 G3 --reason 'a documentation address' >/dev/null
is "$(row 'gate G3')" closed 'one person is not enough'
as b gate clear 1 G3 --reason 'I looked too' >/dev/null
is "$(row 'gate G3')" noted 'two open it'
for gate in $(as a gate check 1 | awk -F'\t' '$2 == "warned" { print $1 }'); do
  as a gate clear 1 "$gate" --reason 'known' >/dev/null
done
out=$(as a --json advisory check 1)
is "$?" 0 'nothing stands against it'
has "$(echo "$out" | tr -d ' \n')" '"open":true' 'in JSON too'
out=$(as a advisory publish "$id" --out "$work/out")
is "$?" 0 'it is published'
has "$out" "$sa is published" 'and says so'
is "$("$psirtty" check --preset extended "$work/out/psirt-sa-2026-0001.json" | cut -f 3,4)" $'valid\t-' 'the document has no finding'
is "$("$psirtty" check --preset extended "$work/out/psirt-sa-2026-0001-zh.json" | cut -f 3,4)" $'valid\t-' 'nor has its translation'
is "$("$psirtty" check "$work/out/CVE-2026-11111.json" | cut -f 3)" valid 'the CVE record is valid'
has "$(cat "$work/out/psirt-sa-2026-0001.json")" '"status": "final"' 'it is final'
has "$(cat "$work/out/psirt-sa-2026-0001.txt")" 'Lin Finder' 'who agreed is thanked'
has "$(as a case log 1)" "advisory $sa version 1 published (TLP:CLEAR)" 'the log tells it'
out=$(as a clock list 1)
has "$out" 'cna-publish-72h' 'the CNA clock runs'
has "$(grep 'cna-publish-24h' <<<"$out")" 'published' 'from the publication on'
has "$(grep 'eu-cra-14-8	' <<<"$out")" 'met' 'users were told, which the CRA asks for once it is exploited'
has "$(grep 'eu-cra-14-2-c' <<<"$out")" $'running\tstrict, 14 days' 'the final report to the CSIRT is due'
has "$(as a draft show "published-psirt-sa-2026-0001-1")" 'lin@finder.example' 'a notice to the finder waits to be sent'
out=$(as a provider build "$work/www")
has "$out" 'TLP:WHITE, 2 documents' 'a provider directory is built of what was published'
cmp -s "$work/www/.well-known/csaf/white/2026/psirt-sa-2026-0001.json" "$work/out/psirt-sa-2026-0001.json"
ok $? 'the very bytes that were approved'
"$psirtty" provider check "$work/www" >/dev/null
ok $? 'and meets what a trusted provider must'
out=$(as b advisory publish "$id")
is "$?" 1 'it is not published twice'

# ---- the CVE record
as a cve record CVE-2026-11111 --upload --out "$work/upload.json" >/dev/null
has "$(cat "$work/upload.json")" '"cnaContainer"' 'a body for the services'
hasnt "$(cat "$work/upload.json")" providerMetadata 'without what they add'
# ---- the services themselves
out=$(as a cve send CVE-2026-11111)
is "$?" 4 'the CVE services are not asked'
has "$out" "Write \`cve:\` with organisation, user and password_file into $work/config/psirtty/psirtty.yaml" 'unless the settings say so'
if ! command -v python3 >/dev/null || ! command -v openssl >/dev/null; then
  ok 0 'the CVE services # SKIP no python3 or openssl for a server'
  as a cve published CVE-2026-11111 >/dev/null
else
  mkdir -p "$work/services" "$work/config/psirtty"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=localhost' -addext 'subjectAltName=DNS:localhost' \
    -keyout "$work/services/key.pem" -out "$work/services/cert.pem" 2>/dev/null
  python3 "${0%/*}/cve_server.py" "$work/services" 2>/dev/null &
  server=$!
  end=$((SECONDS + 60))
  until [ -f "$work/services/port" ] || [ $SECONDS -ge $end ]; do read -r -t 0.1 _ <><(:); done
  setting() { # setting KEY: whom the services know
    (umask 077 && printf '%s\n' "$1" >"$work/config/psirtty/key" &&
      printf 'cve:\n  url: https://localhost:%s/api\n  organisation: vendor\n  user: ann@vendor.example\n  password_file: key\n  ca_file: %s\n' \
        "$(cat "$work/services/port")" "$work/services/cert.pem" >"$work/config/psirtty/psirtty.yaml")
  }
  setting wrong
  out=$(as a cve send CVE-2026-11111)
  has "$?:$out" 'the server answered 401: {"error": "UNAUTHORIZED"' 'a wrong key is told in their words'
  is "$(as a cve list | head -1 | cut -f 2)" used 'and nothing was published'
  setting secret
  is "$(as a --offline cve send CVE-2026-11111 >/dev/null; echo $?)" 4 'offline they are not asked'
  is "$(as a cve obtain 2)" $'CVE-2026-90000: reserved\nCVE-2026-90001: reserved' 'ids are reserved there'
  is "$(as a cve obtain --missed)" 'CVE-2026-95555: reserved' 'and those the pool lacks are taken in'
  is "$(as a cve obtain 101 >/dev/null; echo $?)" 2 'but not any number'
  is "$(as a cve send CVE-2026-90000 >/dev/null; echo $?)" 1 'what is for no case is not sent'
  is "$(as a cve reject CVE-2026-90001 'Reserved by mistake.' >/dev/null; as a cve send CVE-2026-90001)" 'CVE-2026-90001: the services rejected it' \
    'an id is rejected there'
  is "$(as a cve send CVE-2026-11111)" 'CVE-2026-11111: its record is published' 'a record is published there'
  is "$(as a cve send CVE-2026-11111)" 'CVE-2026-11111: its record is renewed' 'and renewed'
  kill "$server"
  wait "$server" 2>/dev/null
  is "$(cut -d ' ' -f 1-4 "$work/services/heard" | tail -5)" 'POST /api/cve-id?amount=2&batch_type=sequential&cve_year=2026&short_name=vendor vendor ann@vendor.example
GET /api/cve-id?state=RESERVED vendor ann@vendor.example
POST /api/cve/CVE-2026-90001/reject vendor ann@vendor.example
POST /api/cve/CVE-2026-11111/cna vendor ann@vendor.example
PUT /api/cve/CVE-2026-11111/cna vendor ann@vendor.example' 'each was asked once'
fi
is "$(as a cve list | awk -F'\t' '$1 == "CVE-2026-11111" { print $2 }')" published 'the record is published'
is "$(as a clock list 1 | grep -c 'cna-publish-72h.*met')" 1 'which meets the clock'

# ---- a revision
out=$(as a advisory prepare 1)
is "$?" 1 'without a change there is no new release'
now=2026-11-12T08:00:00Z
as a affected set 1 gw 1.1.9 affected >/dev/null
out=$(as a advisory diff 1)
has "$out" '/product_tree' 'the difference is told'
has "$out" 'major' 'users must match again'
out=$(as a advisory prepare 1 'Adds 1.1.9' --at 2026-11-14T08:00:00Z)
has "$out" 'version 2' 'the number rises'
as b advisory approve 1 >/dev/null
is "$(row release)" closed 'before its time it is not published'
has "$(as a task list 1)" 'Publish' 'a task asks for it then'
now=2026-11-14T08:00:01Z
for gate in $(as a gate check 1 | awk -F'\t' '$2 == "warned" { print $1 }'); do
  as a gate clear 1 "$gate" --reason 'known' >/dev/null
done
out=$(as a advisory publish 1 --case "$id" --out "$work/out")
is "$?" 0 'at its time a person publishes it'
ok "$(grep -c '"number": "2"' "$work/out/psirt-sa-2026-0001.json" | grep -qx 1; echo $?)" 'the second revision is in the history'
has "$(cat "$work/out/psirt-sa-2026-0001.json")" '"initial_release_date": "2026-11-10T08:00:00Z"' 'the first date stays'
is "$("$psirtty" check --preset extended "$work/out/psirt-sa-2026-0001.json" | cut -f 3,4)" $'valid\t-' 'and nothing is wrong with it'
out=$(as a advisory diff 1 --from 1 --to 2)
has "$out" '/product_tree' 'two releases are compared'
has "$out" 'major' 'with what their difference asked for'
is "$(as a advisory diff 1 --from 1 | grep -c product_tree | sed 's/[1-9][0-9]*/some/')" some 'and an old one with what it is now'
out=$(as a advisory diff 1 --from 9)
is "$?" 2 'a version that no release has'
# ---- who counts: whoever wrote a fact of it is an author too, unless the rules say otherwise
now=2026-11-15T08:00:00Z
as a affected set 1 gw 1.1.8 affected >/dev/null
as a advisory set 1 summary 'A crafted frame stops gateways.' >/dev/null
mkdir -p "$work/share/psirtty"
as b remediation set 1 workaround 'Switch the gateway off.' >/dev/null
as a advisory prepare 1 'Adds 1.1.8' >/dev/null
as a advisory approve 1 >/dev/null
as b advisory approve 1 >/dev/null
rules() { # rules PERSONS OWN: the result and the reason
  printf 'approvals:\n  - role: content\n    persons: %s\n    own: %s\n' "$1" "$2" >"$work/share/psirtty/advisory.yaml"
  as a advisory check 1 | awk -F'\t' '$1 == "approval: content" { print $2 ": " $3 }'
}
has "$(rules 1 no)" 'closed: 0 of 1 persons; a: own; b: own' 'with a remedy of his own a second person is an author too'
is "$(rules 1 yes)" 'passed: 2 of 1 persons' 'where the rules let authors count, both do'
is "$(rules 2 yes)" 'passed: 2 of 2 persons' 'as two persons'
has "$(rules 3 yes)" 'closed: 2 of 3 persons' 'but not as three'
has "$(rules 2 alone)" 'closed: 0 of 2 persons' 'and nobody is alone here'
rm "$work/share/psirtty/advisory.yaml"
# ---- alone
has "$(as a advisory check 1)" "by \`own: yes\` below \`- role: content\` in the list \`approvals\` of $work/share/psirtty/advisory.yaml" 'what to write, and where'
as a member revoke "$b" >/dev/null
is "$(row 'approval: content')" noted 'where nobody else is, the author approves'
has "$(as a advisory check 1)" 'its author alone' 'and it is told for what it is'
printf 'approvals:\n  - role: content\n    persons: 1\n    own: no\n' >"$work/share/psirtty/advisory.yaml"
is "$(row 'approval: content')" closed 'unless the rules say no'
rm "$work/share/psirtty/advisory.yaml"
is "$(as a vault check >/dev/null; echo $?)" 0 'the vault is whole'
tap_done
