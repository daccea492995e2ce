# SPDX-License-Identifier: Apache-2.0
"""What `feed identify` says of every collected feed beside a count made here, by other means.

feeds.py PSIRTTY CORPORA
"""
import csv, datetime, gzip, io, json, os, re, subprocess, sys, zipfile

from tap import check, done

psirtty, corpora = sys.argv[1:]


def moment(text):
    """A point in time in seconds; one without a zone is UTC."""
    if not text or not re.match("(19[7-9]|2)", text):
        return None
    at = datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
    return (at if at.tzinfo else at.replace(tzinfo=datetime.timezone.utc)).timestamp()


def newest(texts):
    times = [m for m in map(moment, texts) if m is not None]
    return max(times) if times else None


def identify(path):
    run = subprocess.run([psirtty, "--json", "feed", "identify", path], capture_output=True, timeout=120)
    return json.loads(run.stdout) if run.returncode == 0 else None, run.stderr.decode()


def compare(path, kind, records, latest=None, faults=0):
    got, said = identify(path)
    name = os.path.relpath(path, corpora)
    if got is None:
        return check(False, f"{name}: {kind}", said)
    at = newest([got["newest"]]) if got["newest"] else None
    right = got["format"] == kind and got["records"] == records and got["faults"] == faults
    right = right and (latest is None or (at is not None and abs(at - latest) < 1))
    check(right, f"{name}: {kind}, {records} records, {faults} faults", f"{got}, newest {latest}")


def refused(path, word):
    got, said = identify(path)
    check(got is None and word in said, f"{os.path.relpath(path, corpora)}: refused, with a sentence", f"{got} {said}")


def open_zip(path):
    archive = zipfile.ZipFile(path)
    names = archive.namelist()
    return zipfile.ZipFile(io.BytesIO(archive.read(names[0]))) if names[0].endswith(".zip") else archive


def cve_list(path):
    archive, count, times = open_zip(path), 0, []
    for name in archive.namelist():
        if not name.endswith(".json") or "delta" in os.path.basename(name):
            continue
        count += 1
        # The whole document need not be read for one member.
        times += re.findall(rb'"cveMetadata"\s*:\s*{[^}]*"dateUpdated"\s*:\s*"([^"]+)"', archive.read(name))
    compare(path, "cve", count, newest(t.decode() for t in times))


def osv_zip(path):
    archive = zipfile.ZipFile(path)
    records = [json.loads(archive.read(n)) for n in archive.namelist() if n.endswith(".json")]
    compare(path, "osv", len(records), newest(r["modified"] for r in records))


def folder(path, kind, time_of, faults=0):
    documents = []
    for root, _, files in os.walk(path):
        documents += [json.load(open(os.path.join(root, f), encoding="utf-8-sig")) for f in sorted(files)
                      if f.endswith(".json") and f != "provider-metadata.json"]
    compare(path, kind, len(documents), newest(time_of(d) for d in documents), faults)


def nvd(path):
    page = json.load(open(path))
    compare(path, "nvd", len(page["vulnerabilities"]), newest(v["cve"]["lastModified"] for v in page["vulnerabilities"]))


def rows(path, skip):
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path, newline="")
    with opened as file:
        return sum(1 for row in csv.reader(line for line in file if not line.startswith("#"))) - skip


feeds = os.path.join(corpora, "feeds")
packaged = os.path.join(feeds, "packaged")
for name in sorted(os.listdir(os.path.join(packaged, "cvelistV5"))):
    if name.endswith(".zip"):
        cve_list(os.path.join(packaged, "cvelistV5", name))
for name in sorted(os.listdir(os.path.join(packaged, "osv"))):
    osv_zip(os.path.join(packaged, "osv", name, "all.zip"))
for root, _, files in os.walk(os.path.join(feeds, "nvd-2.0-pages")):
    for name in files:
        nvd(os.path.join(root, name))
for name in ("vulnerablecode-nvd_test.json", "vunnel-full-page.json"):
    nvd(os.path.join(feeds, "nvd-2.0-real", name))
for name in sorted(os.listdir(os.path.join(feeds, "epss"))):
    path = os.path.join(feeds, "epss", name)
    compare(path, "epss", rows(path, 1))
compare(os.path.join(corpora, "epss", "epss_2026-09-29_excerpt_real.csv"), "epss",
        rows(os.path.join(corpora, "epss", "epss_2026-09-29_excerpt_real.csv"), 1), moment("2026-09-29T12:00:22Z"))
kev = os.path.join(corpora, "kev", "known_exploited_vulnerabilities.csv")
compare(kev, "kev", rows(kev, 1))
for part, tag in (("cnnvd-made", "<entry>"), ("cnvd-made", "<vulnerability>"), ("jvn-made", "<item ")):
    for name in sorted(os.listdir(os.path.join(feeds, part))):
        path = os.path.join(feeds, part, name)
        compare(path, part.split("-")[0], open(path, encoding="utf-8", errors="replace").read().count(tag))
news = os.path.join(feeds, "rss-newsboat-tests")
for name in sorted(os.listdir(news)):
    path = os.path.join(news, name)
    text = open(path, encoding="utf-8", errors="replace").read()
    if name.endswith(".opml") or not text.strip():
        refused(path, "empty" if not text.strip() else "no feed")
    else:
        compare(path, "news", len(re.findall(r"<(?:item|entry)[\s>]", text)))
folder(os.path.join(corpora, "csaf-real"), "csaf", lambda d: d["document"]["tracking"]["current_release_date"], faults=1)
folder(os.path.join(corpora, "csaf-provider", "stackable"), "csaf",
       lambda d: d["document"]["tracking"]["current_release_date"])
for part in sorted(os.listdir(os.path.join(corpora, "osv"))):
    path = os.path.join(corpora, "osv", part)
    if os.path.isdir(path):
        folder(path, "osv", lambda d: d.get("modified"))
for name in ("epss/SOURCES.txt", "osv/expected.tsv", "cwe"):
    if os.path.isfile(os.path.join(corpora, name)):
        refused(os.path.join(corpora, name), "no feed")
done()
