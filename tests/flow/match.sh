#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What products are made of, held against what feeds say: bills of materials taken in, components from both sides, matches
# with their evidence, and a case out of one.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/pm.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_DATA_HOME=$work/share PSIRTTY_VAULT=$work/vault
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --homedir "$work/g" --kill all 2>/dev/null; rm -rf "$work"' EXIT
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'A Handler <a@vendor.example>' \
  future-default default never 2>/dev/null
p() { "$psirtty" --now "${now:-2026-11-20T10:00:00Z}" "$@" 2>&1; }
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
out=$(p sbom import gateway 1.0 "$work/one.json")
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
tap_done
