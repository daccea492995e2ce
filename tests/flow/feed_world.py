# SPDX-License-Identifier: Apache-2.0
"""Small feeds of every kind as files below a folder: feed_world.py FOLDER. Made up; "@PORT@" is the server's port."""
import gzip
import hashlib
import io
import json
import os
import sys
import zipfile

root = sys.argv[1]
version = int(sys.argv[2]) if len(sys.argv) > 2 else 1
BASE = "https://localhost:@PORT@"


def put(path, body):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as file:
        file.write(body if isinstance(body, bytes) else body.encode())


def dump(value):
    return json.dumps(value, indent=1)


def packed(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def cve(number, title, state="PUBLISHED", day=1):
    head = {"cveId": "CVE-2026-%04d" % number, "state": state, "assignerOrgId": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
            "datePublished": "2026-10-01T00:00:00.000Z", "dateUpdated": "2026-11-%02dT00:00:00.000Z" % day}
    text = [{"lang": "en", "value": title + " in the parser"}]
    who = {"orgId": head["assignerOrgId"]}
    body = {"providerMetadata": who, "title": title, "descriptions": text, "references": [{"url": "https://example.org/a"}],
            "affected": [{"vendor": "example", "product": "thing", "versions": [{"version": "1", "status": "affected"}]}]}
    if state == "REJECTED":
        body = {"providerMetadata": who, "rejectedReasons": text}
    return json.dumps({"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": head, "containers": {"cna": body}})


def cve_list():
    day = {n: cve(n, "Overflow %d" % n) for n in range(1, 41)}
    inner = packed({"cves/2026/0xxx/CVE-2026-%04d.json" % n: body for n, body in day.items()})
    assets = {
        "2026-11-20_all_CVEs_at_midnight.zip.zip": packed({"cves.zip": inner}),
        "2026-11-20_delta_CVEs_at_end_of_day.zip": packed({"deltaCves/CVE-2026-0001.json": cve(1, "Overflow 1 changed", day=20)}),
        "2026-11-21_delta_CVEs_at_0900Z.zip": packed({"deltaCves/CVE-2026-0050.json": cve(50, "Underflow 50", day=21)}),
    }
    if version > 1:
        assets["2026-11-21_delta_CVEs_at_1000Z.zip"] = packed({
            "deltaCves/CVE-2026-0050.json": cve(50, "Underflow 50", day=21),
            "deltaCves/CVE-2026-0002.json": cve(2, "Taken back", "REJECTED", day=21)})
    listing = []
    for name, body in assets.items():
        put("cve/files/" + name, body)
        listing.append({"name": name, "size": len(body), "digest": "sha256:" + hashlib.sha256(body).hexdigest(),
                        "browser_download_url": BASE + "/cve/files/" + name})
    put("cve/releases", dump([{"tag_name": "cve_2026-11-21_0900Z", "draft": False, "assets": listing}]))
    put("cve/releases?per_page=100&page=2", "[]")


def nvd(number, text="Overflow"):
    return {"cve": {"id": "CVE-2026-%04d" % number, "published": "2026-10-01T00:00:00.000", "vulnStatus": "Deferred",
                    "lastModified": "2026-11-0%dT00:00:00.000" % version, "descriptions": [{"lang": "en", "value": text}],
                    "references": []}}


def nvd_page(start, numbers, total):
    return dump({"resultsPerPage": len(numbers), "startIndex": start, "totalResults": total, "format": "NVD_CVE", "version": "2.0",
                 "timestamp": "2026-11-21T10:00:00.000", "vulnerabilities": [nvd(n) for n in numbers]})


def nvd_files():
    for year in [*range(2002, 2027), "modified"]:
        number = 9000 if year == "modified" else year
        body = nvd_page(0, [number], 1).encode()
        put("nvd/f-%s.json.gz" % year, gzip.compress(body, mtime=0))
        put("nvd/f-%s.meta" % year, "lastModifiedDate:2026-11-21T00:00:00-05:00\r\nsize:%d\r\nzipSize:0\r\ngzSize:0\r\nsha256:%s\r\n"
            % (len(body), hashlib.sha256(body).hexdigest().upper()))


def osv(name, day):
    return json.dumps({"schema_version": "1.6.0", "id": name, "modified": "2026-11-%02dT00:00:00Z" % day, "summary": "Flaw " + name,
                       "affected": [{"package": {"ecosystem": "PyPI", "name": "thing"}, "versions": ["1.0"]}]})


def osv_all():
    names = ["PYSEC-2026-%d" % n for n in range(1, 6)]
    put("osv/PyPI/all.zip", packed({name + ".json": osv(name, 1) for name in names}))
    lines = ["2026-11-01T00:00:00Z," + name for name in names]
    if version > 1:
        put("osv/PyPI/PYSEC-2026-9.json", osv("PYSEC-2026-9", 30))
        lines = ["2026-11-30T00:00:00Z,PYSEC-2026-9", "2026-11-29T00:00:00Z,PYSEC-2026-3"] + lines
    put("osv/PyPI/modified_id.csv", "\n".join(lines) + "\n")


def advisory(number):
    return dump({"document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "Advisory %d" % number,
                              "publisher": {"category": "vendor", "name": "Example", "namespace": "https://example.org"},
                              "tracking": {"id": "EX-%d" % number, "status": "final", "version": str(version),
                                           "initial_release_date": "2026-10-01T00:00:00Z",
                                           "current_release_date": "2026-11-0%dT00:00:00Z" % version,
                                           "revision_history": [{"number": "1", "date": "2026-10-01T00:00:00Z", "summary": "a"}]}},
                 "product_tree": {"full_product_names": [{"product_id": "P", "name": "Thing 1"}]},
                 "vulnerabilities": [{"cve": "CVE-2026-0001", "product_status": {"known_affected": ["P"]}}]})


def csaf():
    """Signed by the test: it makes the .asc beside each document."""
    entries = []
    for number in range(1, 5):
        body = advisory(number).encode()
        path = "csaf/2026/ex-%d.json" % number
        put(path, body)
        put(path + ".sha512", hashlib.sha512(body).hexdigest() + "  ex-%d.json\n" % number)
        entries.append({"id": "EX-%d" % number, "updated": "2026-11-0%dT00:00:00Z" % version,
                        "content": {"src": "%s/%s" % (BASE, path), "type": "application/json"},
                        "link": [{"rel": "self", "href": "%s/%s" % (BASE, path)},
                                 {"rel": "hash", "href": "%s/%s.sha512" % (BASE, path)},
                                 {"rel": "signature", "href": "%s/%s.asc" % (BASE, path)}]})
    put("csaf/feed.json", dump({"feed": {"id": "f", "title": "t", "updated": "2026-11-01T00:00:00Z", "entry": entries}}))
    put(".well-known/csaf/provider-metadata.json", dump({
        "canonical_url": BASE + "/.well-known/csaf/provider-metadata.json", "role": "csaf_trusted_provider",
        "last_updated": "2026-11-01T00:00:00Z", "metadata_version": "2.0", "list_on_CSAF_aggregators": True,
        "mirror_on_CSAF_aggregators": True, "publisher": {"category": "vendor", "name": "Example", "namespace": "https://example.org"},
        "public_openpgp_keys": [{"fingerprint": "@FINGERPRINT@", "url": BASE + "/csaf/key.asc"}],
        "distributions": [{"rolie": {"feeds": [{"url": BASE + "/csaf/feed.json", "tlp_label": "WHITE"}]}}]}))
    put("csaf2/changes.csv", '"csaf/2026/ex-1.json","2026-11-0%dT00:00:00Z"\n"csaf/2026/ex-2.json","2026-11-01T00:00:00Z"\n' % version)
    put("csaf2/provider-metadata.json", dump({
        "canonical_url": BASE + "/csaf2/provider-metadata.json", "role": "csaf_provider",
        "publisher": {"category": "vendor", "name": "Example", "namespace": "https://example.org"},
        "distributions": [{"directory_url": BASE + "/csaf2"}]}))


def archive():
    import tarfile
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:xz") as tar:
        for number in (11, 12):
            body = advisory(number).encode()
            info = tarfile.TarInfo("2026/ex-%d.json" % number)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    name = "csaf_vex_2026-11-19.tar.xz"
    put("vex/" + name, out.getvalue())
    put("vex/%s.sha256" % name, hashlib.sha256(out.getvalue()).hexdigest() + "  " + name + "\n")
    put("vex/archive_latest.txt", name + "\n")
    put("vex/2026/ex-13.json", advisory(13))
    put("vex/changes.csv", '"2026/ex-13.json","2026-11-20T00:00:00Z"\n"2026/ex-11.json","2026-11-01T00:00:00Z"\n')
    put("vex/deletions.csv", '"2026/ex-12.json","2026-11-20T00:00:00Z"\n')


def kev():
    row = {"vendorProject": "Example", "product": "Thing", "vulnerabilityName": "Flaw", "shortDescription": "s", "requiredAction": "r",
           "dueDate": "2026-12-01", "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": [], "dateAdded": "2026-11-01"}
    rows = [dict(row, cveID="CVE-2026-%04d" % n) for n in range(1, 400 + version)]
    put("kev.json", dump({"title": "KEV", "catalogVersion": "2026.11.%02d" % version, "dateReleased": "2026-11-2%dT00:00:00.0Z" % version,
                          "count": len(rows), "vulnerabilities": rows}))


def jvn():
    head = ('<?xml version="1.0" encoding="UTF-8"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:sec="http://jvn.jp/rss/mod_sec/3.0/"'
            ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcterms="http://purl.org/dc/terms/"><channel/>')
    sums = []
    for name, ident in [("years/jvndb_%d.rdf" % y, "JVNDB-%d-000001" % y) for y in range(2002, 2027)] + [("jvndb.rdf", "JVNDB-2026-000002")]:
        body = (head + '<item><title>Flaw</title><sec:identifier>%s</sec:identifier><dcterms:modified>2026-11-01T00:00:00+09:00'
                '</dcterms:modified></item></rdf:RDF>' % ident).encode()
        put("jvn/rss/" + name, body)
        sums.append({"filename": name.split("/")[-1], "sha256": hashlib.sha256(body).hexdigest()})
    put("jvn/feed/checksum.txt", json.dumps(sums))


def others():
    put("alpine/edge/main.json", dump({"distroversion": "edge", "reponame": "main", "urlprefix": "https://x",
                                       "packages": [{"pkg": {"name": "thing", "secfixes": {"1.2-r0": ["CVE-2026-0001"]}}}]}))
    items = [{"id": "EUVD-2026-%d" % n, "enisaUuid": "u%d" % n, "description": "d", "datePublished": "Apr 16, 2025, 7:00:16 AM",
              "dateUpdated": "Apr 16, 2025, 7:00:16 AM", "aliases": "CVE-2026-%04d\n" % n} for n in range(1, 4)]
    put("euvd/search", dump({"items": items, "total": 3}))
    put("epss.csv.gz", gzip.compress(b"#model_version:v2026.06.15,score_date:2026-11-20T12:00:00Z\ncve,epss,percentile\n"
                                     b"CVE-2026-0001,0.9,0.99\nCVE-2026-0002,0.1,0.2\n", mtime=0))
    put("news.rss", '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><item><title>Thing is broken</title>'
        '<guid>g1</guid><link>https://example.org/1</link><pubDate>Fri, 20 Nov 2026 00:00:00 +0000</pubDate></item></channel></rss>')
    put("debian.json", dump({"thing": {"CVE-2026-0001": {"description": "d", "scope": "remote", "releases": {
        "bookworm": {"status": "resolved", "fixed_version": "1.2-3", "urgency": "high**"}, "sid": {"status": "open"}}},
        "TEMP-0000000-A2EB44": {"releases": {"sid": {"status": "open"}}}}}))
    put("exploits.csv", "id,file,description,date_published,author,type,platform,port,date_added,date_updated,verified,codes,tags,aliases,"
        "screenshot_url,application_url,source_url\n"
        '7,exploits/x/7.py,"Thing 1, ""remote""",2026-10-01,a,remote,linux,,2026-10-02,2026-11-0%d,1,CVE-2026-0001;OSVDB-1,,,,,\n'
        "8,exploits/x/8.py,Other,2026-10-01,a,local,linux,,2026-10-02,,0,,,,,,\n" % version)
    put("modules.json", dump({"exploit_linux/thing": {"name": "Thing", "fullname": "exploit/linux/thing", "rank": 600, "type": "exploit",
        "disclosure_date": None, "references": ["CVE-2026-0001", "URL-https://example.org"], "mod_time": "2026-11-01 08:32:40 +0000",
        "path": "/modules/thing.rb"}}))
    put("news.atom", '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>urn:1</id>'
        '<title>CVE-2026-0002: thing: fix a leak</title><updated>2026-11-20T00:00:00Z</updated>'
        '<link href="https://example.org/2"/></entry></feed>')
    put("aggregator.json", dump({"aggregator": {"category": "lister", "name": "List", "namespace": "https://example.org"},
        "aggregator_version": "2.0", "canonical_url": BASE + "/aggregator.json", "last_updated": "2026-11-01T00:00:00Z",
        "csaf_providers": [{"metadata": {"last_updated": "2026-11-01T00:00:00Z", "publisher": {
            "category": "vendor", "name": name, "namespace": "https://example.org"}, "role": "csaf_provider",
            "url": BASE + "/" + path + "/provider-metadata.json"}} for name, path in (("Example", "csaf2"), ("Gone", "nowhere"))]}))
    put("bomb/all.zip", packed({"A.json": b'{"schema_version":"1","id":"A","modified":"2026-11-01T00:00:00Z","details":"'
                                + b" " * (48 << 20) + b'"}'}))
    put("bomb/modified_id.csv", "2026-11-01T00:00:00Z,A\n")


for make in (cve_list, nvd_files, osv_all, csaf, archive, kev, jvn, others):
    make()
for start in range(0, 50, 20):
    put("nvdapi?resultsPerPage=2000&startIndex=%d" % start, nvd_page(start, list(range(start + 1, min(start + 21, 51))), 50))
put("nvdapi", nvd_page(0, [7777], 1))
