# SPDX-License-Identifier: Apache-2.0
"""An import killed twenty times at random points and begun again each time: the store is as if nothing had happened.

intel.py PSIRTTY FILE [RECORDS]; of FILE its first RECORDS are taken, enough for a checkpoint; 0: all of it
"""
import hashlib, os, random, shutil, sqlite3, struct, subprocess, sys, tempfile, time, zipfile

psirtty = sys.argv[1]
records = int(sys.argv[3]) if len(sys.argv) > 3 else 16600
KILLS = 20
work = tempfile.mkdtemp(prefix="pi.")
feed = os.path.join(work, os.path.basename(sys.argv[2]))
failed = 0

# All but when it came and in which run; the words' index is compared by what it finds.
TABLES = (
    "SELECT record.name, source.name, part, record.kind, state, exploited, gone, modified, change FROM record "
    "JOIN source ON source.id = record.source ORDER BY 1, 2, 3",
    "SELECT record.name, packed, raw FROM body JOIN record USING (id) ORDER BY 1",
    "SELECT key, record.name FROM product JOIN record ON record.id = product.record ORDER BY 1, 2",
    "SELECT alias.name, record.name, joins FROM alias JOIN record ON record.id = alias.record ORDER BY 1, 2",
    "SELECT name, kind, newest, records, cursor, run, serial FROM source ORDER BY 1",
    "SELECT place, why FROM fault ORDER BY 1",
    "SELECT count(*) FROM brought",
)
QUESTIONS = ("overflow", "heap overflow", "linux kernel", "sql injection", "CVE-2023-23792", "fortinet", "denial of service",
             "rejected", "wordpress plugin", "use after free")


def check(number, condition, name, detail=""):
    global failed
    failed += not condition
    print(f"{'' if condition else 'not '}ok {number} - {name}", flush=True)
    if not condition and detail:
        print(f"#   {detail}")


def take_first(path):
    """The first members of the zip in a zip, as they are, in a zip in a zip; how many, of how many bytes."""
    with zipfile.ZipFile(path) as outer:
        name = outer.namelist()[0]
        whole = outer.read(name)
    end = whole.rindex(b"PK\x05\x06")
    first = at = struct.unpack_from("<I", whole, end + 16)[0]
    count = raw = 0
    while whole[at:at + 4] == b"PK\x01\x02" and (count < records or not records):
        raw += struct.unpack_from("<I", whole, at + 24)[0]
        at += 46 + sum(struct.unpack_from("<HHH", whole, at + 28))
        count += 1
    rest = struct.unpack_from("<I", whole, at + 42)[0] if whole[at:at + 4] == b"PK\x01\x02" else first
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, at - first, rest, 0)
    with zipfile.ZipFile(feed, "w") as outer:
        outer.writestr(name, whole[:rest] + whole[first:at] + tail)
    return count, raw


def command(store):
    return [psirtty, "feed", "import", "--store", store, feed]


def dump(store):
    digest = hashlib.sha256()
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        counts = [0] * len(TABLES)
        for i, sql in enumerate(TABLES):
            for row in db.execute(sql):
                digest.update(repr(row).encode())
                counts[i] += 1
    for words in QUESTIONS:
        run = subprocess.run([psirtty, "feed", "search", "--store", store, "--limit", "1000", *words.split()], capture_output=True)
        digest.update(run.stdout)
        counts.append(run.stdout.count(b"\n"))
    return digest.hexdigest(), counts


def memory(pid):
    """Kilobytes that a process and its children hold together, what they share counted once."""
    total = 0
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        for one in [str(pid), *children.read().split()]:
            try:
                with open(f"/proc/{one}/smaps_rollup") as rollup:
                    total += int(rollup.read().split("\nPss:")[1].split()[0])
            except (OSError, IndexError):
                pass
    return total


def run_until(store, limit, watch=None):
    """Imports, and kills it once it has used the processor for LIMIT nanoseconds. Whether it was killed, and for how many."""
    run = subprocess.Popen(command(store), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline, seen = time.monotonic() + 120, 0
    while run.poll() is None and time.monotonic() < deadline:
        try:
            with open(f"/proc/{run.pid}/schedstat") as stat:
                seen = int(stat.read().split()[0])
            if watch is not None:
                watch.append(memory(run.pid))
        except (OSError, IndexError):
            pass
        if seen >= limit:
            run.kill()
            break
        time.sleep(0.002)
    return run.wait() == -9, seen


def left(store):
    """The share of the file that lies behind the last checkpoint."""
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
            cursor = db.execute("SELECT cursor FROM source").fetchone()
        return 1 - int(cursor[0].split()[0][1:]) / taken if cursor and cursor[0].startswith("@") else 1
    except sqlite3.Error:
        return 1


def kill_often(total):
    """Stores whose imports were killed at random, KILLS times in all, each gone on with to its end; and the places."""
    stores, places = [], []
    while len(places) < KILLS:
        stores.append(os.path.join(work, f"parts{len(stores)}.db"))
        killed = True
        while killed:
            before = left(stores[-1])
            limit = random.uniform(0, 0.9) * before * total if len(places) < KILLS else float("inf")
            killed, seen = run_until(stores[-1], limit)
            if killed:
                places.append(round(1 - before + seen / total, 2))
    return stores, places


try:
    taken, raw = take_first(sys.argv[2])
    seed = int(os.environ.get("PSIRTTY_SEED", random.randrange(1 << 30)))
    random.seed(seed)
    whole = os.path.join(work, "whole.db")
    held = [0]
    killed, total = run_until(whole, float("inf"), held)
    one = dump(whole)
    check(1, not killed and one[1][0] == taken, f"undisturbed: {one[1][0]} records", f"{taken} were given")
    check(2, len(held) > 10 and max(held) <= 64 << 10, f"all its processes together held {max(held) >> 10} MB (at most 64)", f"{len(held)} looks")
    share = os.path.getsize(whole) / raw
    check(3, share <= 0.4, f"the store has {share:.2f} of the records' size (at most 0.4)")
    stores, places = kill_often(total)
    check(4, len(places) == KILLS, f"killed {len(places)} times, at these parts of the way: {' '.join(map(str, places))} (PSIRTTY_SEED={seed})")
    others = [dump(store) for store in stores]
    check(5, all(other == one for other in others), f"the content is the same in each of {len(stores)} stores", f"{one}\n#   {others}")
finally:
    shutil.rmtree(work)
print("1..5")
sys.exit(1 if failed else 0)
