#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# The provider directory: built from what was published, judged by every requirement, built anew after one change, killed
# while it is built; labels that keep apart what not everybody may read.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/psp-XXXXXX")
trap 'gpgconf --homedir "$work/a" --kill all 2>/dev/null; rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_DATA_HOME=$work/share GNUPGHOME=$work/a
vault=$work/vault tree=$work/www
count=${PSIRTTY_PROVIDER_DOCUMENTS:-24}
p() { "$psirtty" --vault "$vault" --now 2026-11-10T08:00:00Z "$@" 2>&1; }
document() { # document N LABEL DATE: a CSAF document
  cat <<END
{ "document": { "category": "csaf_base", "csaf_version": "2.0", "distribution": { "tlp": { "label": "$2" } },
  "notes": [ { "category": "summary", "text": "Number $1" } ],
  "publisher": { "category": "vendor", "name": "Vendor", "namespace": "https://vendor.example" },
  "title": "Advisory $1 <b>", "tracking": { "current_release_date": "$3", "id": "SA-$1",
  "initial_release_date": "2025-12-3$(($1 % 2))T23:00:00Z", "revision_history": [ { "date": "$3", "number": "1",
  "summary": "First" } ], "status": "final", "version": "1" } } }
END
}
inodes() { (cd "$1" && find . -type f -printf '%i %p\n' | sort -k 2); }

mkdir -m 700 "$work/a"
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --faked-system-time 20260101T000000 \
  --quick-generate-key 'ann <ann@vendor.example>' future-default default never 2>/dev/null
key=$(gpg --batch --with-colons --list-keys 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }')
p init "$vault" --handler "$key" >/dev/null
out=$(p provider build "$tree")
is "$?" 1 'without a policy there is no provider'
has "$out" 'policy set publisher' 'and what is missing is said'
p policy set publisher 'Vendor GmbH' >/dev/null
p policy set namespace https://vendor.example >/dev/null
p policy set provider http://vendor.example >/dev/null
out=$(p provider build "$tree")
is "$?" 1 'nor without TLS'
p policy set provider https://vendor.example >/dev/null
p policy set contact psirt@vendor.example >/dev/null

mkdir "$work/from"
for i in $(seq "$count"); do document "$i" WHITE "2026-01-01T00:00:0$((i % 10))Z" >"$work/from/sa-$i.json"; done
document 9001 GREEN 2026-01-02T00:00:00Z >"$work/from/green.json"
document 9002 AMBER 2026-01-02T00:00:00Z >"$work/from/amber.json"
document 9003 RED 2026-01-02T00:00:00Z >"$work/from/red.json"
echo '{ "no": "advisory" }' >"$work/from/other.json"
echo '{ broken' >"$work/from/broken.json"
out=$(p provider build "$tree" --from "$work/from")
is "$?" 0 'a tree is built'
has "$out" "TLP:WHITE, $count documents" 'with all that is for everybody'
has "$out" 'other.json is left out' 'what is no advisory is told'
has "$out" 'broken.json is left out' 'nor what is broken'
is "$(find "$tree" -name 'sa-900*' | wc -l)" 0 'GREEN, AMBER and RED are not in it'
is "$(grep -rl 'SA-900' "$tree" | wc -l)" 0 'nor are they named there'
is "$(ls -d "$tree".*)" "$(printf '%s\n' "$tree.amber" "$tree.green" "$tree.red" "$tree.server")" 'they have trees of their own'
# What is laid by for the web server is well formed, and opens no tree that is not for everybody.
for label in WHITE GREEN AMBER RED; do
  lines=$(cat "$tree.server/$label.nginx.conf" "$tree.server/$label.apache.conf")
  path=/.well-known/csaf/$(echo "$label" | tr '[:upper:]' '[:lower:]')/
  is "$(tr -dc '{' <<<"$lines" | wc -c):$(grep -c '^<Location ' <<<"$lines")" \
    "$(tr -dc '}' <<<"$lines" | wc -c):$(grep -c '^</Location>' <<<"$lines")" "$label: all that is opened is closed"
  closed=$(grep -A 3 -F "$path" <<<"$lines" | grep -cE 'ssl_client_verify != SUCCESS.*return 403|SSLVerifyClient require')
  is "$closed" "$([ $label = WHITE ] && echo 0 || echo 2)" "$label: closed to strangers unless it is for everybody"
  if command -v nginx >/dev/null; then
    printf 'pid %s/pid;\nevents {}\nhttp {\naccess_log off;\nserver {\nlisten unix:%s/s;\ninclude %s;\n}\n}\n' "$work" "$work" \
      "$tree.server/$label.nginx.conf" >"$work/nginx.conf"
    out=$(nginx -t -p "$work" -c "$work/nginx.conf" 2>&1)
    has "$out" 'syntax is ok' "$label: nginx reads it"
  fi
done
for t in "$tree" "$tree.green" "$tree.amber" "$tree.red"; do
  out=$("$psirtty" provider check "$t")
  is "$?" 0 "$(basename "$t") is a trusted provider's, as far as files can tell"
  hasnt "$out" not-met 'and no requirement is missed'
done
out=$("$psirtty" --json provider check "$tree")
has "$(echo "$out" | tr -d ' ')" '"trusted_provider":true' 'in JSON too'
csaf=$tree/.well-known/csaf
is "$(wc -l <"$csaf/white/index.txt")" "$count" 'index.txt has all of them'
is "$(cut -d, -f2 "$csaf/white/changes.csv" | sort -rc >/dev/null 2>&1; echo $?)" 0 'changes.csv is in order, newest first'
(cd "$csaf/white/2025" && sha256sum --quiet -c sa-1.json.sha256 && sha512sum --quiet -c sa-1.json.sha512) >/dev/null 2>&1
ok $? 'the sums are right for other programs too'
gpg --batch --verify "$csaf/white/2025/sa-1.json.asc" "$csaf/white/2025/sa-1.json" 2>/dev/null
ok $? 'and the signature'
has "$(cat "$tree/advisories/index.html")" 'Advisory 1 &lt;b&gt;' 'the page for people is escaped'
has "$(cat "$tree/advisories/atom.xml")" '<title>Advisory 9 &lt;b&gt;</title>' 'and so is the feed, whose newest are there however many there are'
has "$(cat "$tree/.well-known/security.txt")" 'CSAF: https://vendor.example/.well-known/csaf/provider-metadata.json' 'lines for security.txt'

# ---- built anew
inodes "$tree" >"$work/before"
out=$(p provider build "$tree" --from "$work/from")
has "$out" ' 0 files written' 'without a change nothing is written'
inodes "$tree" >"$work/after"
cmp -s "$work/before" "$work/after"
ok $? 'each file is the very same'
document 3 WHITE 2026-02-01T00:00:00Z >"$work/from/sa-3.json"
out=$(p provider build "$tree" --from "$work/from")
inodes "$tree" >"$work/after"
is "$(diff "$work/before" "$work/after" | sed -n 's/^> [0-9]* //p' | sort | tr '\n' ' ')" \
  './.well-known/csaf/provider-metadata.json ./.well-known/csaf/white/2025/sa-3.json ./.well-known/csaf/white/2025/sa-3.json.asc ./.well-known/csaf/white/2025/sa-3.json.sha256 ./.well-known/csaf/white/2025/sa-3.json.sha512 ./.well-known/csaf/white/changes.csv ./.well-known/csaf/white/csaf-feed-tlp-white.json ./advisories/atom.xml ./advisories/index.html ' \
  'after one change only what changed is written'
rm "$work/from/sa-4.json"
p provider build "$tree" --from "$work/from" >/dev/null
is "$(find "$tree" -name 'sa-4.json*' | wc -l)" 0 'what is gone is gone'
"$psirtty" provider check "$tree" >/dev/null
ok $? 'and the rest is right'

# ---- killed while it is built
for i in $(seq "$count"); do document "$i" WHITE "2026-03-01T00:00:0$((i % 10))Z" >"$work/from/sa-$i.json"; done
whole=0 tries=0
for after in 0.02 0.05 0.1 0.2 0.4; do
  (timeout -s KILL "$after" "$psirtty" --vault "$vault" provider build "$tree" --from "$work/from"; :) >/dev/null 2>&1
  tries=$((tries + 1))
  "$psirtty" provider check "$tree" >/dev/null && whole=$((whole + 1))
done
is "$whole" "$tries" 'killed at any point it leaves a whole tree'
# before each change of names, links and folders, from the first to the exchange of the trees and what is swept behind it
plain=${PSIRTTY_PLAIN:-}
if [ -z "$plain" ] || ! ${CC:-cc} -shared -fPIC -o "$work/killpoint.so" "$here/killpoint.c" 2>/dev/null; then
  ok 0 'killed at each change it leaves the old or the new tree # SKIP needs a build without sanitizers, and a compiler'
else
  built() { # built N: what is in the tree: the dates of the state it is of
    sed 's/.*","//' "$tree/.well-known/csaf/white/changes.csv" | sort -u | tr '\n' ' '
  }
  dated() { # dated MONTH: each document is of this month
    for i in $(seq "$count"); do document "$i" WHITE "2026-$1-01T00:00:00Z" >"$work/from/sa-$i.json"; done
  }
  dated 04
  p provider build "$tree" --from "$work/from" >/dev/null
  old=$(built)
  dated 05
  cp -a "$tree" "$work/before-kill"
  (LD_PRELOAD=$work/killpoint.so KILL_COUNT=$work/changes "$plain" --vault "$vault" --now 2026-11-10T08:00:00Z provider build "$tree" --from "$work/from"; :) \
    >/dev/null 2>&1
  new=$(built) changes=$(cat "$work/changes") whole=0 tries=0 states=''
  for at in $(seq 1 $((changes / 5 + 1)) $((changes - 6))) $(seq $((changes - 5)) "$changes"); do
    rm -rf "$tree"
    cp -a "$work/before-kill" "$tree"
    (LD_PRELOAD=$work/killpoint.so KILL_AT=$at "$plain" --vault "$vault" --now 2026-11-10T08:00:00Z provider build "$tree" --from "$work/from"; :) \
      >/dev/null 2>&1
    tries=$((tries + 1))
    now_is=$(built)
    case $now_is in "$old") states+=o ;; "$new") states+=n ;; *) states+='?' ;; esac
    "$psirtty" provider check "$tree" >/dev/null && whole=$((whole + 1))
  done
  is "$whole" "$tries" "killed before $tries of its $changes changes it leaves a whole tree"
  has "$states" o 'the old one'
  hasnt "$states" '?' 'or the new one, and no other'
fi
p provider build "$tree" --from "$work/from" >/dev/null
ok $? 'the next build goes through'
is "$(ls -d "$tree".new-* 2>/dev/null | wc -l)" 0 'and sweeps what was left'

# ---- what is not ours, what is not right
mkdir "$work/web" && echo mine >"$work/web/index.html"
out=$(p provider build "$work/web")
is "$?" 5 'a folder with other files is refused'
is "$(cat "$work/web/index.html")" mine 'and kept'
cp -r "$tree" "$work/bad"
csaf=$work/bad/.well-known/csaf
sed -i 's/Number 1"/Number 2"/' "$csaf/white/2025/sa-1.json"
mv "$csaf/white/2025/sa-2.json" "$csaf/white/2025/other.json"
echo '"2025/none.json","2030-01-01T00:00:00Z"' >>"$csaf/white/changes.csv"
echo 'Contact: x' >"$work/bad/.well-known/security.txt"
cp "$work/from/red.json" "$csaf/white/2025/sa-9003.json"
out=$("$psirtty" provider check "$work/bad")
is "$?" 1 'a broken tree is found out'
for n in 2 5 8 12 13 15 18 19; do
  has "$(echo "$out" | awk -F'\t' -v n="$n" '$1 == n { print $2 }' | tr '\n' ' ')" not-met "requirement $n"
done
# ---- others' directories, of which only parts lie here: what can be told of them, and nothing refused
corpora=${PSIRTTY_CORPORA:-../shared/corpora}/csaf-provider
results() { # results DIR: each requirement that is neither the server's nor absent, with its result
  "$psirtty" provider check "$1" 2>/dev/null | awk -F'\t' '$2 != "server" && $2 != "absent" { print $1 ":" $2 }' | uniq | tr '\n' ' '
}
if [ -d "$corpora" ]; then
  is "$(results "$corpora/stackable/csaf/v2")" \
    '1:met 2:met 4:met 5:met 7:met 11:met 12:not-met 13:not-met 18:met 19:not-checked 20:not-met -:not-met ' \
    'documents, hashes and metadata of a provider with a directory; its key and the rest of its documents are not here'
  is "$(results "$corpora/ni/csaf")" \
    '1:warning 2:not-checked 4:met 5:met 7:met 11:not-checked 12:not-met 13:not-met 18:not-checked 19:not-checked 20:not-met -:not-met ' \
    'lists alone: what hangs on documents is not checked, and does not pass'
  is "$(results "$corpora/stackable/csaf/v2/advisories" | tr ' ' '\n' | grep -E '^(7|9):')" '7:not-met' 'without metadata they are at no address'
else
  ok 0 "others' directories # SKIP no collections at PSIRTTY_CORPORA"
fi
out=$("$psirtty" provider check "$work/nowhere" 2>&1)
is "$?" 3 'a folder that is none'
tap_done
