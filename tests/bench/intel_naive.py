# SPDX-License-Identifier: Apache-2.0
"""The straightforward import of a CVE List baseline: json and sqlite3, rows, raw bytes, words.

intel_naive.py BASELINE STORE [words]; prints records, seconds, seconds of processor time, MB.
"""
import json, resource, sqlite3, sys, time, zipfile

began = time.monotonic()
db = sqlite3.connect(sys.argv[2])
words = "words" in sys.argv
db.executescript("""
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
CREATE TABLE cve (id TEXT PRIMARY KEY, state TEXT, published TEXT, updated TEXT, title TEXT, text TEXT, raw BLOB);
CREATE TABLE affected (cve TEXT, vendor TEXT, product TEXT, version TEXT, below TEXT, through TEXT, status TEXT, kind TEXT);
""")
if words:
    db.execute("CREATE VIRTUAL TABLE words USING fts5 (id, title, text, content='')")
outer = zipfile.ZipFile(sys.argv[1])
inner = zipfile.ZipFile(outer.open(outer.namelist()[0]))
count = 0
for member in inner.infolist():
    if not member.filename.endswith(".json") or "delta" in member.filename:
        continue
    raw = inner.read(member)
    record = json.loads(raw)
    meta, cna = record["cveMetadata"], record["containers"]["cna"]
    text = (cna.get("descriptions") or cna.get("rejectedReasons") or [{}])[0].get("value")
    row = (meta["cveId"], meta["state"], meta.get("datePublished"), meta.get("dateUpdated"), cna.get("title"), text, raw)
    key = db.execute("INSERT OR REPLACE INTO cve VALUES (?, ?, ?, ?, ?, ?, ?)", row).lastrowid
    rows = [(meta["cveId"], a.get("vendor"), a.get("product"), v.get("version"), v.get("lessThan"), v.get("lessThanOrEqual"),
             v.get("status"), v.get("versionType"))
            for c in [cna] + record["containers"].get("adp", []) for a in c.get("affected", []) for v in a.get("versions", [{}])]
    db.executemany("INSERT INTO affected VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    if words:
        db.execute("INSERT INTO words (rowid, id, title, text) VALUES (?, ?, ?, ?)", (key, meta["cveId"], cna.get("title"), text))
    count += 1
db.execute("CREATE INDEX affected_product ON affected (vendor, product)")
db.commit()
used = resource.getrusage(resource.RUSAGE_SELF)
print(count, f"{time.monotonic() - began:.2f} {used.ru_utime + used.ru_stime:.2f} {used.ru_maxrss // 1024}")
