#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 120
#
# Each kind of source against a server: what comes first, what comes the next time, what proves it, what is taken back.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/feeds.sh"
psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
if ! command -v python3 >/dev/null || ! command -v openssl >/dev/null || ! command -v gpg >/dev/null; then
  skip 'sources of feeds' 'needs python3, openssl and gpg'
  tap_done
fi
feeds_start
trap feeds_stop EXIT
downloads=$XDG_DATA_HOME/psirtty/feeds

# ---- a provider that signs: one document signed for another, one with a wrong hash
sign() { gpg --batch --quiet --armor --detach-sign --yes --local-user "$1" -o "$served/www/csaf/2026/ex-$2.json.asc" "$served/www/csaf/2026/ex-$2.json"; }
for name in provider other; do
  gpg --batch --quiet --pinentry-mode loopback --passphrase '' --faked-system-time 20260101T000000 \
    --quick-generate-key "$name@example.org" ed25519 sign never 2>/dev/null
done
key=$(gpg --batch --with-colons --list-keys provider@example.org 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }')
sed -i "s/@FINGERPRINT@/$key/" "$served/www/.well-known/csaf/provider-metadata.json"
gpg --batch --armor --export "$key" >"$served/www/csaf/key.asc" 2>/dev/null
sign provider 1
sign provider 2
cp "$served/www/csaf/2026/ex-1.json.asc" "$served/www/csaf/2026/ex-2.json.asc"
sign other 3
sign provider 4
printf '%0128d  ex-4.json\n' 0 >"$served/www/csaf/2026/ex-4.json.sha512"
out=$(p feed sync example)
is "$?" 0 'a provider, found by its domain'
has "$out" $'example\tsynced' 'is synced'
is "$(held example)" '1 21 d 12 h 3' 'the signed document is there, three are in quarantine'
has "$(p feed faults example)" 'signature is bad' 'a wrong signature'
has "$(p feed faults example)" 'signature is unknown' 'one by a key that the metadata do not name'
has "$(p feed faults example)" 'its published hash is that of something else' 'a wrong hash'
sign provider 2
sign provider 3
out=$(p feed sync example)
is "$(held example)" '3 21 d 12 h 1' 'once they are signed they come, and leave quarantine'
is "$(asked '^200 /csaf/2026/ex-1.json ')" 1 'what was here is not asked for again'

# ---- a directory whose paths are told from the root; an archive with changes and deletions
out=$(p feed sync folder redhat-vex)
is "$?" 0 'a directory, an archive'
is "$(held folder)" '2 21 d 12 h 0' 'the directory'
has "$out" '2 had a hash alone' 'what proves its documents is said'
is "$(held redhat-vex | cut -d' ' -f1)" 3 'the archive and what changed since'
is "$(asked '/vex/2026/ex-11.json')" 0 'what the archive has is not asked for singly'

# ---- the NVD's files: a .meta that does not fit, a broken file of the last days
cp "$served/www/nvd/f-2010.meta" "$work/meta"
sed -i 's/sha256:./sha256:0/' "$served/www/nvd/f-2010.meta"
out=$(p feed sync nvd-files)
is "$?" 3 'a .meta that does not fit its file'
has "$out" 'its .meta says' 'the sentence'
cp "$work/meta" "$served/www/nvd/f-2010.meta"
: >"$served/log"
p feed sync nvd-files >/dev/null
is "$?" 0 'the next run'
is "$(asked '/nvd/f-2009.json.gz')" 0 'goes on behind what it had'
is "$(held nvd-files)" '25 21 d 12 h 0' 'and has every year'
feeds_world 2
act nvd/f-modified.json.gz 'empty' 'empty'
out=$(p feed sync nvd-files)
is "$?" 0 'the file of the last days is empty'
has "$out" 'the files of the years are read instead' 'the years stand in for it'

# ---- JVN: years and updates, each with its sum
out=$(p feed sync jvn)
has "$out" $'jvn\tsynced\t27' 'the years of JVN'
is "$(held jvn)" '26 21 d 21 h 0' 'are there'
has "$(p feed sync jvn)" $'jvn\tsynced\t1' 'and the next time only what is new'
sed -i 's/JVNDB-2026-000002/JVNDB-2026-000003/' "$served/www/jvn/rss/jvndb.rdf"
has "$(p feed sync jvn)" 'its SHA-256 is' 'one whose sum does not fit is refused'

# ---- OSV: what changed, what was moved away; the EUVD, Alpine, EPSS, news
feeds_world 1
p feed sync osv-PyPI >/dev/null
feeds_world 2
out=$(p feed sync osv-PyPI)
has "$out" $'osv-PyPI\tsynced\t2' 'what changed comes singly'
is "$(asked 'all.zip')" 1 'not all of it'
out=$(p feed sync euvd alpine-edge-main epss news-oss-security)
is "$?" 0 'the EUVD, Alpine, EPSS and news'
is "$(held euvd | cut -d' ' -f1)$(held alpine-edge-main | cut -d' ' -f1)$(held epss | cut -d' ' -f1)$(held news-oss-security | cut -d' ' -f1)" 3121 \
  'have their records'

out=$(p feed sync debian exploit-db metasploit news-linux-cve)
is "$?" 0 'Debian, two lists of exploits, an Atom feed' "$out"
is "$(held debian | cut -d' ' -f1)$(held exploit-db | cut -d' ' -f1)$(held metasploit | cut -d' ' -f1)$(held news-linux-cve | cut -d' ' -f1)" 2211 \
  'have their records'
is "$(p --json feed show CVE-2026-0001 | jq -r '[.witnesses[].source] | unique | join(" ")')" \
  'alpine-edge-main debian euvd example exploit-db folder metasploit redhat-vex' 'and are witnesses of their flaw'
out=$(p feed sync csaf-bsi)
is "$?" 0 'a list of providers of which one is not there'
has "$out" $'warning\thttps://localhost:'"$port/nowhere/provider-metadata.json: the server answered 404" 'is told'
is "$(held csaf-bsi | cut -d' ' -f1)" 2 'and has what the other one says'

# ---- what a person downloads: CNVD, CNNVD
cat >"$work/cnvd.xml" <<'X'
<?xml version="1.0" encoding="UTF-8"?><vulnerabilitys><vulnerability><number>CNVD-2026-41000</number><cves><cve><cveNumber>CVE-2026-0001</cveNumber></cve></cves>
<title>示例缓冲区溢出漏洞</title><serverity>高</serverity><products><product>Thing 1</product></products><submitTime>2026-10-01</submitTime><openTime>2026-11-01</openTime><description>攻击者可利用该漏洞 a & b</description></vulnerability></vulnerabilitys>
X
cat >"$work/cnnvd.xml" <<'X'
<?xml version="1.0" encoding="UTF-8"?><cnnvd cnnvd_xml_version="2.0" pub_date="2026-11-01"><entry><name>示例 <b> 安全漏洞</name><vuln-id>CNNVD-202611-001</vuln-id><published>2026-11-01</published><modified>2026-11-02</modified><severity>高危</severity><vuln-descript>a < b & c</vuln-descript><other-id><cve-id>CVE-2026-0001</cve-id></other-id></entry></cnnvd>
X
out=$(p feed import "$work/cnvd.xml" "$work/cnnvd.xml")
is "$?" 0 'files of CNVD and CNNVD, with marks that are not escaped' "$out"
is "$(held cnvd | cut -d' ' -f1)$(held cnnvd | cut -d' ' -f1)" 11 'are taken in'
is "$(p --json feed show CNVD-2026-41000 | jq -r '[.witnesses[].id] | map(select(startswith("CN"))) | sort | join(" ")')" \
  'CNNVD-202611-001 CNVD-2026-41000' 'and joined by their CVE'

# ---- words that are watched for in news
has "$(p feed watch thing)" $'news-oss-security\tthing\tThing is broken\thttps://example.org/1' 'news that have a word'
p feed watch nosuchword >/dev/null
is "$?" 1 'none has another'
has "$(p feed watch)" 'there are no words to watch for' 'without words it says where they stand'
feeds_settings '  news: {words: [broken]}'
has "$(p feed watch)" $'\tbroken\tThing is broken' 'those of the settings, for all lists of news'

# ---- settings
feeds_settings '  mine: {way: csaf}'
has "$(p feed sync mine)" 'feeds.mine' 'a source of one'"'"'s own without an address'
sed -i 's/  mine: .*/  kev: {pause: x}/' "$XDG_CONFIG_HOME/psirtty/psirtty.yaml"
has "$(p feed sync kev)" 'psirtty.yaml:' 'a setting that is none, with its line'
ls "$downloads" >/dev/null
tap_done
