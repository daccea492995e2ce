#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 60
#
# `check` by the shell: the format and verdict of each file, exit codes, presets, JSON, documents with long
# lists in the sandboxed reader, and what cannot be read.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/pk.XXXXXX") || exit 1
export XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/share LC_ALL=C.UTF-8 LANGUAGE=
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

p() { "$psirtty" --now 2026-01-21T00:00:00Z "$@" 2>&1; }

# csaf REVISIONS: an advisory of the base profile.
csaf() {
  local items='' i
  for ((i = 1; i <= $1; i++)); do
    items+="${items:+,}{\"date\":\"$((1970 + i % 50))-01-01T00:00:$((i / 60 % 60 + 10)).${i}Z\",\"number\":\"$i\",\"summary\":\"S\"}"
  done
  printf '{"document":{"category":"csaf_base","csaf_version":"2.0","publisher":{"category":"vendor","name":"E","namespace":"https://e.example"},"title":"T","tracking":{"current_release_date":"2026-01-02T00:00:00Z","id":"E","initial_release_date":"2026-01-02T00:00:00Z","revision_history":[%s],"status":"final","version":"%s"}}}' "$items" "$1"
}
csaf 1 >one.json
csaf 1500 >many.json
printf '{"id":"x_mine-1","modified":"2026-01-02T00:00:00Z"}' >osv.json
printf '{"id":"MINE-1","modified":"2026-01-02"}' >osv-bad.json
printf '{"bomFormat":"CycloneDX","specVersion":"1.5"}' >bom.json
printf '{"cnaContainer":{}}' >cna.json
printf '{"@context":"https://openvex.dev/ns","@id":"a","author":"A","format":"text/vex+json","statements":[]}' >vex.json
printf '{"a":1}' >what.json
printf '{' >broken.json

is "$(p check one.json osv.json bom.json)" $'one.json\tcsaf-2.0\tvalid\t-\nosv.json\tosv\tvalid\t-\nbom.json\tcyclonedx-1.5\tvalid\t-' 'sound files and their formats'
p check one.json osv.json bom.json >/dev/null
is $? 0 'the exit code says that all are valid'
is "$(p check osv-bad.json cna.json vex.json)" $'osv-bad.json\tosv\tinvalid\tschema\ncna.json\tcve-5\tinvalid\tschema\nvex.json\topenvex-0.0.1\tinvalid\tschema' 'faulty files'
p check one.json osv-bad.json >/dev/null
is $? 1 'the exit code says that one is not valid'
has "$(p check --preset extended one.json)" '6.2.10' 'more tests where they are asked for'
hasnt "$(p check one.json)" '6.2.10' 'and not else'
has "$(p check --json osv-bad.json)" '"path": "/id"' 'a finding points to its place'
has "$(p check many.json)" $'many.json\tcsaf-2.0\t' 'long lists are sorted in the sandbox'
has "$(p check what.json)" $'what.json\t-\tunreadable\tit is of no format that can be checked' 'another format is named as such'
has "$(p check broken.json)" 'unreadable' 'what is no JSON is unreadable'
has "$(p check one.json broken.json osv.json)" $'osv.json\tosv\tvalid' 'an unreadable file does not stop the others'
p check broken.json >/dev/null
[ $? -gt 1 ]
ok $? 'the exit code says that one cannot be read'
# ---- what needs a dictionary or a network: a dictionary of our own
printf 'SET UTF-8\n' >en.aff
printf '9\nresearchers\nfound\nseveral\nweaknesses\nin\nnote\nsee\nand\n' >en.dic
printf 'SET ISO8859-1\n' >de_AT.aff
printf '1\nL\366sung\n' >de_AT.dic
# spelt LANGUAGE TEXT: what 6.3.8 finds in it, and which tests were not made.
spelt() {
  python3 - "$1" "$2" <<'END'
import json, sys
document = json.load(open("one.json"))
document["document"].update(lang=sys.argv[1], title="note", notes=[{"category": "other", "text": sys.argv[2]}])
document["document"]["tracking"]["revision_history"][0]["summary"] = "note"
json.dump(document, open("spelt.json", "w"))
END
  DICPATH=$work "$psirtty" check --json --preset full spelt.json 2>/dev/null | python3 -c '
import json, sys
[answer] = json.load(sys.stdin)
for finding in answer["findings"]:
    if finding["test"] == "6.3.8":
        print(finding["path"], finding["message"])
print("not checked:", *[row["test"] for row in answer["not_checked"]])'
}
if "$psirtty" check --json --preset full one.json 2>/dev/null | grep -q 'without Hunspell'; then
  ok 0 'spelling is not built in # SKIP'
else
  is "$(spelt en 'Researchers found several weaknesses in XYZ 1.2 — see https://a.example/teh and OpenFoo, “note”')" 'not checked: 6.3.6 6.3.7' \
    'words of the dictionary, names, addresses and punctuation are right'
  is "$(spelt en-GB 'Researchers fuond several fuond weaknesses; note the deserialization')" \
    $'/document/notes/0/text not in the dictionary: "fuond", "the"\nnot checked: 6.3.6 6.3.7' 'what is not in it is named once, words of the field are known'
  is "$(spelt de 'Lösung Lösunk')" $'/document/notes/0/text not in the dictionary: "Lösunk"\n/document/title not in the dictionary: "note"\n/document/tracking/revision_history/0/summary not in the dictionary: "note"\nnot checked: 6.3.6 6.3.7' \
    'a dictionary of another region and charset'
  is "$(spelt tlh 'Qapla')" 'not checked: 6.3.6 6.3.7 6.3.8' 'without a dictionary it is not checked'
  for file in "${PSIRTTY_CORPORA:-../shared/corpora}"/csaf/2.0/validator/informative/*-6-3-08-*.json; do
    [ -f /usr/share/hunspell/en_US.dic ] && [ -f "$file" ] || continue
    case $file in *-0?.json) due=1 ;; *) due=0 ;; esac
    is "$("$psirtty" check --preset full "$file" 2>/dev/null | grep -c '6\.3\.8')" $due "the suite's verdict of ${file##*-6-3-08-}"
  done
  is "$(spelt '../en' 'x')" 'not checked: 6.3.6 6.3.7 6.3.8' 'and a language is no path'
fi
# ---- links, on request alone: a server on loopback that knows HEAD for one page only
if ! command -v python3 >/dev/null || ! command -v openssl >/dev/null; then
  ok 0 'links are followed # SKIP no python3 or openssl for a server'
else
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=localhost' -addext 'subjectAltName=DNS:localhost' \
    -keyout tls.key -out tls.pem 2>/dev/null
  cat >server.py <<'END'
import http.server, os, ssl


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        with open("asked", "a") as log:
            log.write(f"{self.command} {self.path}\n")
        away = self.path == "/moved"
        known = self.path in ("/head", "/get", "/self.json")
        self.send_response(302 if away else 200 if known and (body or self.path == "/head") else 404)
        self.send_header("Content-Length", "2" if known else "0")
        if away:
            self.send_header("Location", "/get")
        self.end_headers()
        if known and body:
            self.wfile.write(b"ok")

    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("localhost", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("tls.pem", "tls.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
with open("port.new", "w") as file:
    print(server.server_address[1], file=file)
os.rename("port.new", "port")
server.serve_forever()
END
  python3 server.py &
  server=$!
  trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
  end=$((SECONDS + 60))
  until [ -f port ] || [ $SECONDS -ge $end ]; do read -r -t 0.1 _ <><(:); done
  mkdir -p config/psirtty
  printf 'network: {ca_file: %s/tls.pem, patience: 20}\n' "$work" >config/psirtty/psirtty.yaml
  python3 - "$(cat port)" <<'END'
import json, sys
base = f"https://localhost:{sys.argv[1]}"
document = json.load(open("one.json"))
document["document"]["references"] = [
    {"category": "external", "summary": "s", "url": base + path} for path in ("/head", "/get", "/moved", "/gone", "/gone")
] + [{"category": "self", "summary": "s", "url": base + path} for path in ("/self.json", "/lost.json")]
document["document"]["acknowledgments"] = [{"urls": ["http://localhost/clear", base + "/nobody"]}]
document["document"]["publisher"]["namespace"] = base + "/get"
json.dump(document, open("links.json", "w"))
END
  # followed OPTION…: what the two tests find, and what was not checked
  followed() {
    XDG_CONFIG_HOME=$work/config "$psirtty" --json "$@" check --preset full $links links.json 2>said | python3 -c '
import json, sys
text = sys.stdin.read()
if not text:
    sys.exit(open("said").read())
[answer] = json.loads(text)
print(*[f["test"] + f["path"] for f in answer["findings"] if f["test"] in ("6.3.6", "6.3.7")], "not", *[r["test"] for r in answer["not_checked"]
      if r["test"] != "6.3.8"])' 2>&1
  }
  links=
  is "$(followed)" 'not 6.3.6 6.3.7' 'nobody is asked by default'
  links=--follow-links
  has "$(followed --offline)" 'this program is offline' 'nor where the program is offline'
  [ ! -e asked ]
  ok $? 'and indeed no question reached the server'
  is "$(followed)" '6.3.6/document/acknowledgments/0/urls/1 6.3.6/document/references/3/url 6.3.6/document/references/4/url 6.3.7/document/references/6/url not 6.3.6' \
    'on request what does not answer is found; what is not https is not asked'
  is "$(sort asked | uniq -c | awk '$2 == "GET" && $1 > 1 { print $3 }')" '/get' 'each address is asked once, and once more where HEAD did not do'
  hasnt "$(cat asked)" 'clear' 'no address in the clear is asked'
  kill $server
fi
for packer in gzip bzip2 xz zstd; do
  command -v $packer >/dev/null || continue
  is "$("$packer" -c bom.json >"bom.json.$packer" && p --json sbom read "bom.json.$packer" | sed 's/\.json\.[a-z0-9]*/.json/')" \
    "$(p --json sbom read bom.json)" "a bill of materials is read out of $packer"
done
# ---- size: 100,000 products and 15 MB, in time that grows with the size and bounded memory
if [ -n "${PSIRTTY_PLAIN:-}" ] && command -v python3 >/dev/null; then
  out=$(python3 - "$PSIRTTY_PLAIN" <<'END'
import json, resource, subprocess, sys


def write(name, count, helper):
    ids = [f"P{i}" for i in range(count)]
    document = json.load(open("one.json"))
    document["document"]["category"] = "csaf_security_advisory"
    document["product_tree"] = {"branches": [{"category": "vendor", "name": "V", "branches": [
        {"category": "product_version", "name": f"1.{i}", "product": dict(
            {"name": f"Product 1.{i}", "product_id": id},
            **({"product_identification_helper": {"purl": f"pkg:generic/product-with-a-name@1.{i}"}} if helper else {}))}
        for i, id in enumerate(ids)]}]}
    document["vulnerabilities"] = [{"cve": "CVE-2026-1234", "notes": [{"category": "other", "text": "n"}],
        "product_status": {"known_affected": ids}, "remediations": [{"category": "workaround", "details": "d", "product_ids": ids}]}]
    with open(name, "w") as file:
        json.dump(document, file, separators=(",", ":"))


def check(name):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    line = subprocess.run([sys.argv[1], "check", name], capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return line.split("\t")[2:3], after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss >> 10


write("small.json", 25000, False)
write("large.json", 100000, False)
write("heavy.json", 73000, True)
small, large, heavy = check("small.json"), check("large.json"), check("heavy.json")
print("valid" if small[0] == large[0] == heavy[0] == ["valid"] else f"{small} {large} {heavy}",
      "linear" if large[1] < 8 * small[1] else f"{small[1]:.2f} s, four times as many {large[1]:.2f} s",
      "bounded" if heavy[2] < 400 else f"{heavy[2]} MB")
print(f"# 100,000 products: {large[1]:.2f} s of processor time; 15 MB: {heavy[1]:.2f} s and at most {heavy[2]} MB", file=sys.stderr)
END
)
  is "$out" 'valid linear bounded' '100,000 products, and 15 MB: verdict, time and memory'
fi
help=$(p help check)
for part in 6.1.27.11 cve-language osv-semver openvex-products cdx-ref spdx-head provider-20 rolie-self; do
  has "$help" "  $part " "help check lists $part"
done
tap_done
