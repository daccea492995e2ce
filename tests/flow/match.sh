#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What products are made of, held against what feeds say: bills of materials taken in, components from both sides, matches
# with their evidence, and a case out of one.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
work=$(mktemp -d "${TMPDIR:-/tmp}/pm.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_DATA_HOME=$work/share PSIRTTY_VAULT=$work/vault
mkdir -m 700 "$GNUPGHOME"
trap 'for home in g b; do gpgconf --homedir "$work/$home" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'A Handler <a@vendor.example>' \
  future-default default never 2>/dev/null
p() { "$psirtty" --now "${now:-2026-11-20T10:00:00Z}" "$@" 2>&1; }
checked() { "$PSIRTTY" --now 2026-11-20T10:00:00Z "$@" 2>&1; } # by the sanitizers, where there are any
p init "$work/vault" --handler a@vendor.example >/dev/null
p product add gateway 'Field Gateway' --version 1.0 >/dev/null
p product set gateway --owner 'team edge' >/dev/null
p contact add jinja 'Pallets' --kind supplier --organisation 'Pallets Project' >/dev/null

# ---- bills of materials
cat >"$work/one.json" <<'J'
{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"bom-ref":"app","type":"application","name":"gateway","version":"1.0"}},
"components":[
{"bom-ref":"web","type":"library","name":"webframe","version":"3.0.0","purl":"pkg:pypi/webframe@3.0.0","licenses":[{"license":{"id":"MIT"}}]},
{"bom-ref":"tpl","type":"library","name":"Tem.plate","version":"2.1","purl":"pkg:pypi/Tem.plate@2.1","supplier":{"name":"Pallets Project"}},
{"bom-ref":"ssl","type":"library","name":"libfoo3","version":"3.0.9-1","purl":"pkg:deb/debian/libfoo3@3.0.9-1?distro=debian-12&upstream=foo"},
{"bom-ref":"srv","type":"application","name":"barserver","version":"9.1","cpe":"cpe:2.3:a:bar:barserver:9.1:*:*:*:*:*:*:*"}],
"dependencies":[{"ref":"app","dependsOn":["web","srv"]},{"ref":"web","dependsOn":["tpl"]}]}
J
sed 's/"2.1"/"2.2"/;s/template@2.1/template@2.2/;s/Tem.plate@2.1/Tem.plate@2.2/;s/"version":"1.0"/"version":"1.1"/' "$work/one.json" >"$work/two.json"
out=$(checked sbom import gateway 1.0 "$work/one.json")
has "$out" '4 components, 3 dependencies' 'a bill of materials is taken in'
has "$(p sbom import gateway 1.0 "$work/one.json")" 'nothing changed' 'the same once more changes nothing'
before=$(p vault stats)
p sbom import gateway 1.0 "$work/one.json" >/dev/null
is "$(p vault stats)" "$before" 'not even an event'
p sbom import gateway 1.1 "$work/two.json" >/dev/null
has "$(p product show gateway)" '1.0, 1.1' 'a version that was not known is known then'
has "$(p sbom import nothing 1 "$work/one.json")" 'no such product' 'a product must be there'
echo '{' >"$work/bad.json"
has "$(p sbom import gateway 1.0 "$work/bad.json")" 'bad.json' 'what is broken is told by its name'
out=$(p --json product components gateway 1.0)
is "$(jq -r '.[1] | .name + " " + .path + " " + .upstream' <<<"$out")" 'Tem.plate gateway@1.0 > webframe@3.0.0 > Tem.plate@2.1 jinja' \
  'a component with its way in and whom to ask'
is "$(jq -r '.[0].licences[0]' <<<"$out")" MIT 'and its licence'
is "$(jq -r '.[2].keys[0]' <<<"$out")" pkg:deb/debian/foo 'a Debian package goes by its source'
is "$(p --json product where pkg:pypi/tem-plate | jq -r '[.[] | .product_version] | join(" ")')" '1.0 1.1' 'from the other side: where it is used'
p product where nothing-like-it >/dev/null
is $? 1 'what is nowhere is said so'
is "$(p product diff gateway 1.0 1.1)" "$(printf 'changed\tpkg:pypi/tem-plate\t2.1\t2.2')" 'two versions beside each other'
p product upstream pkg:pypi/webframe jinja >/dev/null
is "$(p --json product components gateway 1.0 | jq -r '.[0].upstream')" jinja 'whom to ask can be told'

# ---- feeds
osv() { # osv ID ALIASES PACKAGE EVENTS [MEMBERS]
  printf '{"schema_version":"1.6.0","id":"%s","modified":"%s","aliases":[%s],"summary":"about %s",%s"affected":[{"package":{"ecosystem":"PyPI","name":"%s"},"ranges":[{"type":"ECOSYSTEM","events":[%s]}]}]}' \
    "$1" "${modified:-2026-11-18T00:00:00Z}" "$2" "$3" "${5:-}" "$3" "$4"
}
nvd() { # nvd ID CRITERIA
  printf '{"resultsPerPage":1,"startIndex":0,"totalResults":1,"format":"NVD_CVE","version":"2.0","timestamp":"2026-11-18T00:00:00.000","vulnerabilities":[{"cve":{"id":"%s","lastModified":"2026-11-18T00:00:00.000","vulnStatus":"Analyzed","descriptions":[{"lang":"en","value":"about %s"}],"configurations":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[%s]}]}]}}]}' "$1" "$1" "$2"
}
vex() { # vex STATUS DATE
  printf '{"document":{"category":"csaf_vex","title":"VEX of Pallets","csaf_version":"2.0","publisher":{"category":"vendor","name":"P","namespace":"https://p.example"},"tracking":{"id":"P-1","status":"final","version":"1","initial_release_date":"%s","current_release_date":"%s","revision_history":[]}},"product_tree":{"full_product_names":[{"product_id":"T","name":"Tem.plate 2.1","product_identification_helper":{"purl":"pkg:pypi/tem-plate@2.1"}}]},"vulnerabilities":[{"cve":"CVE-2026-0001","product_status":{"%s":["T"]}}]}' "$2" "$2" "$1"
}
mkdir "$work/osv"
osv PYSEC-2026-1 '"CVE-2026-0001"' Tem.plate '{"introduced":"2.0"},{"fixed":"2.2"}' >"$work/osv/1.json"
osv PYSEC-2026-2 '"CVE-2026-0002"' webframe '{"introduced":"0"},{"fixed":"3.0.0"}' >"$work/osv/2.json"
nvd CVE-2026-0003 '{"vulnerable":true,"criteria":"cpe:2.3:a:bar:barserver:*:*:*:*:*:*:*:*","versionEndExcluding":"9.2"}' >"$work/nvd3.json"
nvd CVE-2026-0004 '{"vulnerable":true,"criteria":"cpe:2.3:a:bar:barserver:*:*:*:*:*:*:*:*"}' >"$work/nvd4.json"
echo '{"foo":{"CVE-2026-0005":{"description":"about foo","releases":{"bookworm":{"status":"open"},"trixie":{"status":"resolved","fixed_version":"3.1-1"}}}}}' >"$work/debian.json"
p feed import "$work"/osv/*.json --source osv-PyPI >/dev/null
p feed import "$work/nvd3.json" "$work/nvd4.json" >/dev/null
p feed import "$work/debian.json" >/dev/null
out=$(checked --json match run)
is "$(jq -r '[.components, .matches, .new, .closed] | @text' <<<"$out")" '[8,3,3,0]' 'components are held against the feeds' "$out"
is "$(jq -r '.coverage[] | select(.type=="pypi") | .state' <<<"$out")" known 'a kind of component that a source knows'
has "$(jq -r '.sources[].source' <<<"$out")" 'osv-PyPI' 'with the sources that were asked'
list() { p --json match list "$@" | jq -r '.[] | [.vulnerability, .component, .answer, (.certain|tostring), ([.places[].version]|join(","))] | join(" ")'; }
is "$(list)" "$(printf '%s\n' 'CVE-2026-0001 pkg:pypi/tem-plate affected true 1.0' \
  'CVE-2026-0005 pkg:deb/debian/foo affected true 1.0,1.1' 'CVE-2026-0003 cpe:bar:barserver affected false 1.0,1.1')" \
  'the queue: what is certain first, a version that is mended left out'
has "$(list --all)" 'CVE-2026-0004 cpe:bar:barserver product-only' 'a product alone is told, but not in the queue'
is "$(list)" "$(list)" 'twice the same'
id() { p --json match list --all --vulnerability "$1" | jq -r '.[0].id'; }
one=$(id CVE-2026-0001)
is "$(p --json match show "$one" | jq -r '.places[0].evidence[0] | [.source, .record, .rule, .range] | join("|")')" \
  'osv-PyPI|PYSEC-2026-1|package|>= 2.0, < 2.2 (ECOSYSTEM)' 'a match says by which record, rule and range'
has "$(p match show "$one")" 'gateway@1.0 > webframe@3.0.0 > Tem.plate@2.1' 'and by which way it came in'
has "$(p match take "$(id CVE-2026-0004)")" 'opens no case' 'a name alone opens no case'
has "$(p --json match run | jq -r .new)" 0 'a second run finds nothing new'
has "$(p match notice team edge)" 'CVE-2026-0005' 'a notice for the team that owns the product'
hasnt "$(p match notice team edge)" 'CVE-2026-0004' 'without what is a name alone'

# ---- what a vendor says
vex known_not_affected 2026-11-18T00:00:00Z >"$work/vex.json"
p feed import "$work/vex.json" >/dev/null
is "$(p --json match run | jq -r .closed)" 1 'a vendor'"'"'s document closes a match'
hasnt "$(list)" 'CVE-2026-0001' 'it leaves the queue'
is "$(p --json match show "$one" | jq -r '.places[0].closed_by.record')" P-1 'with its document as proof'
has "$(p match take "$one")" 'not affected' 'and opens no case'
vex known_affected 2026-11-19T00:00:00Z >"$work/vex.json"
p feed import "$work/vex.json" >/dev/null
is "$(p --json match run | jq -r .new)" 1 'it comes back when the document changes'
has "$(list)" 'CVE-2026-0001' 'in the queue'

# ---- killed while it is taken: a case and the decision, or neither
if ! ${CC:-cc} -shared -fPIC -o "$work/killpoint.so" "$here/killpoint.c" 2>/dev/null || [ "$psirtty" = "$PSIRTTY" -a -z "${PSIRTTY_PLAIN-}" ]; then
  skip 'killed while a match is taken' 'no compiler, or only a program with sanitizers'
else
  cp -a "$work/vault" "$work/before"
  at=0 wrong='' whole='' died=0
  while [ $at -lt 40 ]; do
    at=$((at + 1))
    rm -rf "$work/copy" "$work/state-k"
    cp -a "$work/before" "$work/copy"
    (LD_PRELOAD=$work/killpoint.so KILL_SYNCS=1 KILL_AT=$at XDG_STATE_HOME=$work/state-k "$psirtty" --vault "$work/copy" \
      --now 2026-11-20T10:00:00Z match take "$one"; exit $?) >/dev/null 2>&1
    code=$?
    cases=$(XDG_STATE_HOME=$work/state-k p --vault "$work/copy" --json case list | jq length)
    waits=$(XDG_STATE_HOME=$work/state-k p --vault "$work/copy" --json match list | jq '[.[] | select(.vulnerability == "CVE-2026-0001")] | length')
    case $cases$waits in 01 | 10) ;; *) wrong="$wrong $at:$cases:$waits" ;; esac
    [ $code -eq 0 ] && whole=yes && break
    died=$((died + 1))
  done
  is "$wrong" '' "killed $died times while it is taken: a case and the decision, or neither"
  is "$whole-$((died > 1))" yes-1 'and at last not killed'
fi

# ---- taken by several at once: all find it waiting before the first may write, and one of them opens the case
cp -a "$work/vault" "$work/race"
exec 9<"$work/race/vault.lock"
flock 9
place=:$(stat -c %i "$work/race/vault.lock")
for n in 1 2 3 4; do
  XDG_STATE_HOME=$work/state-r$n p --vault "$work/race" match take "$one" 9<&- >"$work/took$n" &
  takers[n]=$!
done
end=$((SECONDS + 20))
until [ "$(grep -c -e "-> .*$place " /proc/locks)" -ge 4 ] || [ $SECONDS -ge $end ]; do read -r -t 0.02 _ <><(:); done
exec 9<&-
took=0
for n in 1 2 3 4; do
  wait "${takers[n]}" && took=$((took + 1))
done
is "$took-$(grep -l already "$work"/took? | wc -l)" 1-3 'of four who take it at once one does, the others are told so'
is "$(XDG_STATE_HOME=$work/state-r p --vault "$work/race" --json case list | jq length)" 1 'and there is one case'

# ---- decisions
out=$(checked match take "$one")
has "$out" 'pkg:pypi/tem-plate: about Tem.plate' 'a match opens a case'
out=$(p --json case show 1)
has "$out" 'CVE-2026-0001' 'which has the name of the flaw'
is "$(jq -r '.affected[] | .product + " " + .version + " " + .status' <<<"$out")" 'gateway 1.0 under-investigation' 'the versions it may be in'
has "$out" 'osv-PyPI PYSEC-2026-1: affected >= 2.0, < 2.2' 'the evidence'
has "$(p case log 1)" 'tell Pallets about CVE-2026-0001' 'and whom to tell upstream'
has "$(p clock list 1)" 'cn-rmsv-7-1-upstream' 'clocks of a flaw in a component run'
has "$(p match take "$one")" 'already' 'it is taken once'
is "$(p --json case list | jq -r '.[-1].state')" received 'the new case waits in triage'
hasnt "$(list)" 'CVE-2026-0001' 'and waits no more'
three=$(id CVE-2026-0003)
p match dismiss "$three" '' >/dev/null
is $? 1 'nothing is dismissed without a reason'
p match dismiss "$three" 'not reachable' >/dev/null
hasnt "$(list)" 'CVE-2026-0003' 'what is dismissed is gone'
nvd CVE-2026-0003 '{"vulnerable":true,"criteria":"cpe:2.3:a:bar:barserver:*:*:*:*:*:*:*:*","versionEndExcluding":"9.3"}' |
  sed 's/2026-11-18T00:00:00.000","vulnStatus/2026-11-19T00:00:00.000","vulnStatus/' >"$work/nvd3.json"
p feed import "$work/nvd3.json" >/dev/null
p match run >/dev/null
has "$(list)" 'CVE-2026-0003' 'and comes back when its record changes'
p policy set dismissals two >/dev/null
has "$(p match dismiss "$three" 'not reachable')" 'another handler' 'where two are wanted, one asks'
has "$(p match dismiss "$three" 'not reachable')" 'second' 'and is not the second'
has "$(list)" 'CVE-2026-0003' 'so it stays'
as_b() { GNUPGHOME=$work/b XDG_STATE_HOME=$work/state-b XDG_CACHE_HOME=$work/cache-b p "$@"; }
mkdir -m 700 "$work/b"
gpg --homedir "$work/b" --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'B Handler <b@vendor.example>' \
  future-default default never 2>/dev/null
second=$(gpg --homedir "$work/b" --batch --with-colons --list-keys 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }')
as_b member request --handler "$second" >/dev/null
p member add "$second" --role handler >/dev/null
has "$(as_b --json match list --all --vulnerability CVE-2026-0003)" 'not reachable' 'another handler reads why'
as_b match dismiss "$three" 'nor from the maintenance port' >/dev/null
is $? 0 'and is the second'
hasnt "$(list)" 'CVE-2026-0003' 'then it is gone'
p match watch "$(id CVE-2026-0005)" >/dev/null
hasnt "$(list)" 'CVE-2026-0005' 'what is watched waits for a change'

# ---- what changes about a case's match
vex known_not_affected 2026-11-20T00:00:00Z >"$work/vex.json"
p feed import "$work/vex.json" >/dev/null
is "$(p --json match run | jq -r .raised)" 1 'a document that says it is not affected after all is an event'
has "$(p case log 1)" 'closed, says csaf (P-1)' 'in the case, with the document'
vex known_affected 2026-11-21T00:00:00Z >"$work/vex.json"
p feed import "$work/vex.json" >/dev/null
p match run >/dev/null
has "$(p case log 1)" 'reopened, says' 'and so is that it takes it back'

# ---- taken back
modified=2026-11-20T00:00:00Z osv PYSEC-2026-1 '"CVE-2026-0001"' Tem.plate '{"introduced":"2.0"},{"fixed":"2.2"}' '"withdrawn":"2026-11-20T00:00:00Z",' >"$work/osv/1.json"
p feed import "$work/osv/1.json" --source osv-PyPI >/dev/null
is "$(checked --json match run | jq -r .raised)" 1 'a record that is taken back is an event'
has "$(p case log 1)" 'withdrawn, says osv-PyPI (PYSEC-2026-1)' 'in the case of its match'
is "$(p --json match run | jq -r .raised)" 0 'told once'

# ---- a distribution's advisory: the package is told by what it is a part of, what is older than the fix has the flaw
rhsa() { # rhsa FIXED
  printf '{"document":{"category":"csaf_security_advisory","title":"openssl update","csaf_version":"2.0","publisher":{"category":"vendor","name":"R","namespace":"https://r.example"},"tracking":{"id":"RHSA-2026:1","status":"final","version":"1","initial_release_date":"2026-11-18T00:00:00Z","current_release_date":"2026-11-18T00:00:00Z","revision_history":[]}},"product_tree":{"branches":[{"category":"vendor","name":"R","branches":[{"category":"product_name","name":"EL 8","product":{"product_id":"BaseOS-8","name":"EL 8","product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:8"}}},{"category":"product_version","name":"openssl","product":{"product_id":"openssl-1:%s.x86_64","name":"openssl","product_identification_helper":{"purl":"pkg:rpm/redhat/openssl@%s?arch=x86_64&epoch=1"}}}]}],"relationships":[{"category":"default_component_of","product_reference":"openssl-1:%s.x86_64","relates_to_product_reference":"BaseOS-8","full_product_name":{"product_id":"BaseOS-8:openssl","name":"openssl as a component of EL 8"}}]},"vulnerabilities":[{"cve":"CVE-2026-0009","product_status":{"fixed":["BaseOS-8:openssl"]}}]}' "$1" "$1" "$1"
}
rhsa 1.1.1k-7.el8_6 >"$work/rhsa.json"
p feed import "$work/rhsa.json" >/dev/null
p product add box 'A Box' >/dev/null
for build in 6.el8_5 7.el8_6 9.el8_9 6.el9; do
  printf '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"openssl","version":"1:1.1.1k-%s","purl":"pkg:rpm/redhat/openssl@1.1.1k-%s?arch=x86_64&epoch=1"}]}' $build $build >"$work/rpm.json"
  p sbom import box "${build%%.*}-${build#*.}" "$work/rpm.json" >/dev/null
done
p match run box >/dev/null
is "$(p --json match list --all --vulnerability CVE-2026-0009 | jq -r '.[].places[] | [.version, .answer, .evidence[0].range] | join(" ")')" \
  '6-el8_5 affected < 1:1.1.1k-7.el8_6 (fixed)' \
  'older than the fix is affected, the fix is not, of newer ones and other releases it does not speak'

# ---- what is a part of something else: mended, or not vulnerable, in an image says nothing of it elsewhere; in an operating
# system it does
part() { # part STATUS NUMBER PURL OUTER
  printf '{"document":{"category":"csaf_vex","title":"VEX %s","csaf_version":"2.0","publisher":{"category":"vendor","name":"I","namespace":"https://i.example"},"tracking":{"id":"I-%s","status":"final","version":"1","initial_release_date":"2026-11-18T00:00:00Z","current_release_date":"2026-11-18T00:00:00Z","revision_history":[]}},"product_tree":{"full_product_names":[{"product_id":"outer","name":"Outer","product_identification_helper":{%s}},{"product_id":"inner","name":"Inner","product_identification_helper":{"purl":"%s"}}],"relationships":[{"category":"default_component_of","product_reference":"inner","relates_to_product_reference":"outer","full_product_name":{"product_id":"both","name":"Inner in Outer"}}]},"vulnerabilities":[{"cve":"CVE-2026-%s","product_status":{"%s":["both"]}}]}' \
    "$2" "$2" "$4" "$3" "$2" "$1"
}
mkdir "$work/parts" "$work/parts-osv"
number=100 components='' expected=''
for status in known_not_affected fixed first_fixed; do
  while IFS='|' read -r kind outer answer; do
    number=$((number + 1))
    components="$components{\"type\":\"library\",\"name\":\"part$number\",\"version\":\"1.0\",\"purl\":\"pkg:pypi/part$number@1.0\"},"
    osv "PYSEC-2026-$number" "\"CVE-2026-$number\"" "part$number" '{"introduced":"0"},{"fixed":"2.0"}' >"$work/parts-osv/$number.json"
    part $status $number "pkg:pypi/part$number@1.0" "$outer" >"$work/parts/$number.json"
    expected="${expected}CVE-2026-$number $answer
"
  done <<'END'
an image|"purl":"pkg:oci/outer@sha256:0"|affected
nothing told||affected
an application|"cpe":"cpe:/a:i:outer:1"|affected
another writing|"cpe":"cpe:2.3:a:i:outer:1:*:*:*:*:*:*:*"|affected
hardware|"cpe":"cpe:2.3:h:i:outer:1:*:*:*:*:*:*:*"|affected
a system|"cpe":"cpe:/o:i:outer:1"|not-affected
distribution part|"cpe":"cpe:/a:redhat:enterprise_linux:9::appstream"|not-affected
another part|"cpe":"cpe:2.3:a:redhat:rhel_eus:9.2:*:appstream:*:*:*:*:*"|not-affected
another writing|"cpe":"cpe:2.3:o:i:outer:1:*:*:*:*:*:*:*"|not-affected
END
done
part known_not_affected 200 pkg:rpm/redhat/gnutls@1-2.el8 '"purl":"pkg:oci/outer@sha256:0"' >"$work/parts/200.json"
part known_affected 201 pkg:npm/inner@1.0 '"purl":"pkg:oci/outer@sha256:0"' >"$work/parts/201.json"
printf '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[%s{"type":"library","name":"gnutls","version":"1-2.el8","purl":"pkg:rpm/redhat/gnutls@1-2.el8"},{"type":"library","name":"inner","version":"1.0","purl":"pkg:npm/inner@1.0"}]}' \
  "$components" >"$work/parts.json"
p feed import "$work"/parts-osv/*.json --source osv-PyPI >/dev/null
p feed import "$work"/parts/*.json >/dev/null
p product add inside 'Inside' >/dev/null
p sbom import inside 1 "$work/parts.json" >/dev/null
p match run inside >/dev/null
is "$(p --json match list --all | jq -r '.[] | select(.product == "inside") | [.vulnerability, .answer] | join(" ")' | sort)" \
  "$(printf '%sCVE-2026-201 affected\n' "$expected")" 'parts of images, of applications, of hardware and of systems'

# The documents of a vendor of images.
folder=${PSIRTTY_CORPORA:-}/csaf-provider/stackable/csaf/v2/advisories/2026
if [ -f "$folder/cve-2022-1471.json" ] && [ -f "$folder/cve-2026-42778.json" ]; then
  maven() { osv "GHSA-$1" "\"$2\"" "$3" "$4" | sed 's/"PyPI"/"Maven"/'; }
  maven 1 CVE-2022-1471 org.yaml:snakeyaml '{"introduced":"0"},{"fixed":"2.0"}' >"$work/m1.json"
  maven 2 CVE-2026-42778 org.apache.mina:mina-core '{"introduced":"0"},{"fixed":"9"}' >"$work/m2.json"
  echo '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","group":"org.yaml","name":"snakeyaml","version":"1.33","purl":"pkg:maven/org.yaml/snakeyaml@1.33"},{"type":"library","group":"org.apache.mina","name":"mina-core","version":"2.1.6","purl":"pkg:maven/org.apache.mina/mina-core@2.1.6"}]}' >"$work/maven.json"
  p feed import "$work/m1.json" "$work/m2.json" --source osv-Maven >/dev/null
  p feed import "$folder/cve-2022-1471.json" "$folder/cve-2026-42778.json" >/dev/null
  p product add jars 'Jars' >/dev/null
  p sbom import jars 1 "$work/maven.json" >/dev/null
  p match run jars >/dev/null
  is "$(p --json match list | jq -r '.[] | select(.product == "jars") | [.vulnerability, .answer] | join(" ")' | sort)" \
    "$(printf 'CVE-2022-1471 affected\nCVE-2026-42778 affected')" 'what is mended in images of others stays open with us'
else
  skip 'documents of a vendor of images' 'not in the collection'
fi

# ---- what nobody knows
p product add other Other >/dev/null
sed 's/pkg:pypi/pkg:npm/' "$work/one.json" >"$work/npm.json"
p sbom import other 1 "$work/npm.json" >/dev/null
has "$(p match run other)" 'no source knows such' 'a kind of component without a source is unknown, not unaffected'
is "$(p --json match run | jq -r '.coverage[] | select(.type=="npm") | .state')" unknown 'in JSON too'
now=2027-01-20T10:00:00Z
is "$(p --json match run | jq -r '.coverage[] | select(.type=="pypi") | .state')" stale 'and old data is called so'
p vault check >/dev/null && p audit verify >/dev/null
ok $? 'the vault is whole'
tap_done
