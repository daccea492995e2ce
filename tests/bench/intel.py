# SPDX-License-Identifier: Apache-2.0
"""Feeds into the store: the collected CVE List beside the straightforward script, a delta, questions, a long list.

intel.py PSIRTTY CORPORA [LONG]; LONG: records of the made list (400000)
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
                f"({naive[2]} s processor, {naive[3]} MB); ours {times / wall:.1f} times as many, {float(naive[2]) / used:.1f} by processor time")
        say("import of the baseline", f"{count / wall:.0f} records/s, {wall:.2f} s ({used:.2f} s processor), {memory} MB a process")
        say("as a share of reading alone", f"{parse[0] / wall:.2f} ({parse[1] / used:.2f} by processor time)")
        say("store of the raw JSON", f"{os.path.getsize(store) / raw:.2f}")
        deltas = [n for n in names if "_delta_" in n]
        best = min(timed(psirtty, "feed", "import", "--store", store, os.path.join(lists, n))[:2] for n in deltas[1:4])
        say("an hourly delta", f"{best[0]:.3f} s ({best[1]:.3f} s processor)")
        for words in ("CVE-2024-21762", "fortios", "heap overflow", "\u7f13\u51b2 \u6ea2\u51fa"):
            asked = [timed(psirtty, "feed", "search", "--store", store, *words.split())[:2] for _ in range(3)]
            idle = [timed(psirtty, "help", "feed", "search")[:2] for _ in range(3)]
            say(f"search {words}", f"{1000 * (min(asked)[0] - min(idle)[0]):.1f} ms beyond starting the program")
    half, whole = os.path.join(work, "half.zip"), os.path.join(work, "whole.zip")
    make_list(half, long_list // 2)
    make_list(whole, long_list)
    one = timed(psirtty, "feed", "import", "--store", os.path.join(work, "half.db"), half)
    two = timed(psirtty, "feed", "import", "--store", os.path.join(work, "whole.db"), whole)
    say(f"a list of {long_list}", f"{two[0]:.1f} s ({two[1]:.1f} s processor), {two[2]} MB a process; half of it takes {one[1] / two[1]:.2f} of that")
finally:
    shutil.rmtree(work)
