# SPDX-License-Identifier: Apache-2.0
"""An import killed at twenty random points and begun again each time: the store is as if nothing had happened.

intel.py PSIRTTY FILE [RECORDS]; of FILE its first RECORDS are taken: enough for two checkpoints
"""
import hashlib, os, random, shutil, sqlite3, struct, subprocess, sys, tempfile, time, zipfile

psirtty = sys.argv[1]
records = int(sys.argv[3]) if len(sys.argv) > 3 else 16600
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
    """The first members of the zip in a zip, as they are, in a zip in a zip."""
    with zipfile.ZipFile(path) as outer:
        name = outer.namelist()[0]
        whole = outer.read(name)
    end = whole.rindex(b"PK\x05\x06")
    first = at = struct.unpack_from("<I", whole, end + 16)[0]
    count = 0
    while whole[at:at + 4] == b"PK\x01\x02" and count < records:
        at += 46 + sum(struct.unpack_from("<HHH", whole, at + 28))
        count += 1
    rest = struct.unpack_from("<I", whole, at + 42)[0] if whole[at:at + 4] == b"PK\x01\x02" else first
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, at - first, rest, 0)
    with zipfile.ZipFile(feed, "w") as outer:
        outer.writestr(name, whole[:rest] + whole[first:at] + tail)


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


def written(store):
    return sum(os.path.getsize(store + end) for end in ("", "-wal") if os.path.exists(store + end))


def kill_at(store, size):
    """Begins an import and kills it when the store has grown to SIZE; false when it came to its end before."""
    run = subprocess.Popen(command(store), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while run.poll() is None and written(store) < size and time.monotonic() < deadline:
        time.sleep(0.004)
    run.kill()
    return run.wait() != 0


try:
    take_first(sys.argv[2])
    whole, parts = os.path.join(work, "whole.db"), os.path.join(work, "parts.db")
    check(1, subprocess.run(command(whole), stdout=subprocess.DEVNULL).returncode == 0, "undisturbed")
    seed = int(os.environ.get("PSIRTTY_SEED", random.randrange(1 << 30)))
    random.seed(seed)
    sizes = sorted(random.uniform(0, 1.1) * os.path.getsize(whole) for _ in range(20))
    killed = sum(kill_at(parts, size) for size in sizes)
    check(2, killed >= 5, f"killed {killed} times (PSIRTTY_SEED={seed})")
    check(3, subprocess.run(command(parts), stdout=subprocess.DEVNULL).returncode == 0, "and to its end")
    one, other = dump(whole), dump(parts)
    check(4, one == other, "the content is the same", f"{one}\n#   {other}")
finally:
    shutil.rmtree(work)
print("1..4")
sys.exit(1 if failed else 0)
