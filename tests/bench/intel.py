# SPDX-License-Identifier: Apache-2.0
"""Feeds into the store: the collected CVE List beside the straightforward script, a delta, questions, bills of
materials, a long list.

intel.py PSIRTTY CORPORA [LONG]; LONG: records of the made list (400000). Beside PSIRTTY, in tests/bench, lie match and search.
"""
import json, os, resource, shutil, subprocess, sys, tempfile, time, zipfile

psirtty, corpora = os.path.abspath(sys.argv[1]), sys.argv[2]
long_list = int(sys.argv[3]) if len(sys.argv) > 3 else 400000
here = os.path.dirname(os.path.abspath(__file__))
lists = os.path.join(corpora, "feeds", "packaged", "cvelistV5")
names = sorted(os.listdir(lists)) if os.path.isdir(lists) else []
baseline = next((os.path.join(lists, n) for n in names if "_all_CVEs_" in n), None)
work = tempfile.mkdtemp(prefix="bi.")
store = os.path.join(work, "intel.db")
programs = os.path.join(os.path.dirname(psirtty), "tests", "bench")


def timed(*words, check=True):
    """Seconds, processor seconds of it and its children, largest of them in MB, and what it printed."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    script = "import resource, subprocess, sys; r = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE); " \
             "sys.stdout.buffer.write(r.stdout); sys.stderr.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))"
    run = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, used, int(run.stderr.split()[-1] or 0) // 1024 if run.stderr else 0, run.stdout


def say(name, text):
    print(f"{name:<44} {text}", flush=True)


def ask_store():
    """In one process that has the store open: what starting a program takes is not in it."""
    asked = ("CVE-2024-21762", "fortios", "heap overflow", "\u7f13\u51b2 \u6ea2\u51fa")
    out = subprocess.run([os.path.join(programs, "search"), store, *asked], capture_output=True, text=True).stdout
    for line in out.splitlines():
        words, hits, first, best = line.split("\t")
        say(f"search {words}", f"{first} ms the first time, {best} ms again, {hits} found (goal 10)")


def packages():
    """Packages that OSV knows, with a version each names."""
    for name in ("PyPI", "crates.io", "CRAN", "Hackage"):
        kind = {"PyPI": "pypi", "crates.io": "cargo", "CRAN": "cran", "Hackage": "hackage"}[name]
        path = os.path.join(corpora, "feeds", "packaged", "osv", name, "all.zip")
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                for affected in json.loads(archive.read(member)).get("affected", []):
                    package = affected.get("package", {})
                    if package.get("ecosystem") == name and affected.get("versions"):
                        yield kind, package["name"], affected["versions"][-1]


def bill(path, count):
    """Of COUNT components: a fifth of them known to a feed in a version it names, the others of made-up names."""
    known, parts = sorted(set(packages())), []
    for i in range(count):
        kind, name, version = known[i * 7919 % len(known)] if i % 5 == 0 else ("npm", f"part-{i}", "1.0")
        parts.append({"type": "library", "name": name, "version": version, "purl": f"pkg:{kind}/{name}@{version}", "bom-ref": str(i)})
    with open(path, "w") as file:
        json.dump({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": parts}, file)


def hold_bills():
    subprocess.run([psirtty, "feed", "import", "--store", store, "--source", "osv", os.path.join(corpora, "feeds", "packaged", "osv")],
                   stdout=subprocess.DEVNULL)
    for count, goal in ((500, 50), (100000, 3000)):
        path = os.path.join(work, f"bill{count}.json")
        bill(path, count)
        # The first pays for pages that nobody read yet.
        out = subprocess.run([os.path.join(programs, "match"), store, path, path, path], capture_output=True, text=True).stdout
        times = [float(line.rsplit("all ", 1)[1].split()[0]) for line in out.splitlines()]
        say(f"a bill of {count} components", f"{times[0]:.1f} ms of processor the first time, {min(times):.1f} ms again (goal {goal})")
        print("  " + out.splitlines()[-1].split(": ", 1)[1])


def make_list(path, count):
    """Records of one shape with names and words of their own, in a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for i in range(count):
            year, text = 2000 + i % 25, f"Flaw {i * 7919 % 1000003} in part {i % 977} lets a packet {i * 31 % 4001} run code. " * 6
            record = {"dataType": "CVE_RECORD", "dataVersion": "5.1",
                      "cveMetadata": {"cveId": f"CVE-{year}-{100000 + i}", "state": "PUBLISHED", "dateUpdated": f"{year}-03-{1 + i % 28:02}T00:00:00Z"},
                      "containers": {"cna": {"descriptions": [{"lang": "en", "value": text}], "affected": [
                          {"vendor": f"Vendor {i % 5003}", "product": f"Product {i % 20011}", "versions": [
                              {"version": str(v), "lessThan": f"{v}.{i % 17}", "status": "affected", "versionType": "semver"} for v in range(4)]}],
                          "references": [{"url": f"https://vendor{i % 5003}.example/advisory/{i}/{n}"} for n in range(6)]}}}
            archive.writestr(f"cves/{year}/{i // 1000}xxx/CVE-{year}-{100000 + i}.json", json.dumps(record))


try:
    if baseline:
        with zipfile.ZipFile(baseline) as outer, zipfile.ZipFile(outer.open(outer.namelist()[0])) as inner:
            raw = sum(m.file_size for m in inner.infolist())
        parse = min(timed(psirtty, "feed", "identify", baseline)[:2] for _ in range(2))
        ours = []
        for _ in range(2):
            for end in ("", "-wal", "-shm"):
                if os.path.exists(store + end):
                    os.unlink(store + end)
            ours.append(timed(psirtty, "feed", "import", "--store", store, baseline))
        wall, used, memory, said = min(ours)
        count = int(said.split("added ")[1].split()[0])
        for words in ([], ["words"]):
            naive = subprocess.run([sys.executable, os.path.join(here, "intel_naive.py"), baseline,
                                    os.path.join(work, "naive" + "".join(words)), *words], capture_output=True, text=True).stdout.split()
            times = float(naive[1])
            say(f"straightforward script{', with words' if words else ''}", f"{count / times:.0f} records/s "
                f"({naive[2]} s processor, {naive[3]} MB); ours {times / wall:.1f} times as many, {float(naive[2]) / used:.1f} by processor time (goal 3)")
        say("import of the baseline", f"{count / wall:.0f} records/s, {wall:.2f} s ({used:.2f} s processor), {memory} MB a process (goal 64)")
        say("as a share of reading alone", f"{parse[1] / wall:.2f} of one process that reads (goal 0.5); {parse[0] / wall:.2f} of as many as "
            f"the import has; {parse[1] / used:.2f} by processor time")
        say("store of the raw JSON", f"{os.path.getsize(store) / raw:.2f} (goal 0.4)")
        deltas = [n for n in names if "_delta_" in n]
        best = min(timed(psirtty, "feed", "import", "--store", store, os.path.join(lists, n))[:2] for n in deltas[1:4])
        say("an hourly delta", f"{best[0]:.3f} s ({best[1]:.3f} s processor; goal 0.1)")
        ask_store()
        hold_bills()
    half, whole = os.path.join(work, "half.zip"), os.path.join(work, "whole.zip")
    make_list(half, long_list // 2)
    make_list(whole, long_list)
    one = timed(psirtty, "feed", "import", "--store", os.path.join(work, "half.db"), half)
    two = timed(psirtty, "feed", "import", "--store", os.path.join(work, "whole.db"), whole)
    say(f"a list of {long_list}", f"{two[0]:.1f} s ({two[1]:.1f} s processor), {two[2]} MB a process; half of it takes {one[1] / two[1]:.2f} of that")
finally:
    shutil.rmtree(work)
