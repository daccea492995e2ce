#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a screen costs: psirtty on a vault of 10,000 cases beside tig, neomutt, htop and ncdu on things of that size, in the
same pseudo-terminals with the same keys. Bytes are the median of what the program wrote until it fell silent; "rest" is
what follows a move when no other key comes (a preview); "scroll" is a move at the edge, "marker" one where a mark instead of a
bar shows the selection, "typed" a character of a filter that is followed at once; "esc ms" from Escape until a prompt is gone,
"p99 ms" from a key to the last byte it brought, of KEYS keys; resident memory is that of the largest of its processes; the
last column is the time from its start to the list. A program that is not installed is a line that says so; "-" is what a
program has not.

Usage: screen.py PSIRTTY VAULT_MAKE"""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

MANY = 10000
SIZES = ((24, 80), (50, 200))
TIMES = 7
SILENCE = 0.1
REST = 0.5
IDLE = 5.0
PATIENCE = 60.0
KEYS = 200
TOGETHER = 0.02
BUDGETS = {80: (200, 1600, 250, 1600, 2100, 60, 1700, 30, 16), 200: (320, 3400, 350, 3400, 4500, 60, 1700, 30, 16)}
HEAD = ("program", "size", "move", "rest", "scroll", "page", "redraw", "marker", "typed", "esc ms", "p99 ms", "idle 5 s", "RSS kB",
        "first ms")
ROW = "%-18s %-7s %6s %6s %6s %6s %6s %6s %6s %6s %6s %9s %8s %9s"
DOWN, UP, PAGE, REDRAW, ESCAPE, LEAVE = "\x1bOB", "\x1bOA", "\x1b[6~", "\x0c", "\x1b", "\x07"
# For each: what opens a prompt that Escape (or ^G) leaves, a filter that is followed while one types, and what makes a mark of
# the bar. None: it has none.
HABITS = {"psirtty": (":", ESCAPE, "/", ":set cursor marker\r"), "tig": (":", ESCAPE, None, None),
          "neomutt": (":", LEAVE, None, ":set arrow_cursor\r"), "htop": ("/", ESCAPE, "\\", None), "ncdu": ("?", ESCAPE, None, None)}


class Screen:
    """A program in a pseudo-terminal, of which only the count of bytes is looked at."""

    def __init__(self, argv, rows, cols, env, cwd):
        self.began = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
            os.chdir(cwd)
            os.execvpe(argv[0], argv, env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def read(self, seconds):
        """The next bytes, or none when SECONDS pass or the program is gone."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self.fd, 1 << 16)
        except OSError:
            return b""

    def until_silent(self, first=SILENCE):
        """How many bytes come until nothing comes for a while."""
        count, wait = 0, first
        while data := self.read(wait):
            count, wait = count + len(data), SILENCE
        return count

    def until_text(self, pattern):
        """Milliseconds from the start until something matches that stands on the useful screen."""
        seen, end = b"", self.began + PATIENCE
        while time.monotonic() < end:
            seen = seen[-8192:] + self.read(0.1)
            if re.search(pattern, seen):
                return (time.monotonic() - self.began) * 1000
        raise TimeoutError(f"{pattern!r} did not come; the end was {seen[-300:]!r}")

    def key(self, keys):
        """The bytes that answer KEYS at once, and those that follow by themselves."""
        os.write(self.fd, keys.encode())
        return self.until_silent(REST), self.during(REST)

    def medians(self, keys):
        return [sorted(bytes)[TIMES // 2] for bytes in zip(*(self.key(keys) for _ in range(TIMES)))]

    def answer(self, keys):
        """Milliseconds from KEYS to the last byte they bring: what comes apart from it by less than TOGETHER."""
        began = last = time.monotonic()
        os.write(self.fd, keys.encode())
        wait = REST
        while self.read(wait):
            last, wait = time.monotonic(), TOGETHER
        return (last - began) * 1000

    def slowest(self):
        """That of 99 of 100 keys, up and down in turn."""
        took = sorted(self.answer(UP if i % 2 else DOWN) for i in range(KEYS))
        return f"{took[KEYS * 99 // 100]:.1f}"

    def scrolled(self, rows):
        os.write(self.fd, (DOWN * rows).encode())
        self.until_silent(REST)
        return self.medians(DOWN)[0]

    def prompts(self, habits):
        """Bytes of a move with a mark, of a character of a filter; milliseconds of Escape."""
        prompt, leave, filtering, marker = habits
        self.key(prompt)
        took = self.answer(leave)
        escape = f"{took:.0f}" if took else "-"
        typed = "-"
        if filtering:
            self.key(filtering)
            typed = sorted(self.key(letter)[0] for letter in "over")[2]
            self.key(ESCAPE)
            self.key(ESCAPE)
        if not marker:
            return "-", typed, escape
        self.key(marker)
        return self.medians(UP)[0], typed, escape

    def during(self, seconds):
        count, end = 0, time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            count += len(self.read(left))
        return count

    def resident(self):
        return max((resident_of(pid) for pid in descendants(self.pid)), default=0)

    def end(self):
        for pid in reversed(descendants(self.pid)):
            try:
                os.kill(pid, signal.SIGKILL if pid == self.pid else signal.SIGTERM)
            except ProcessLookupError:
                pass
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def descendants(root):
    """ROOT and all that it started, parents first."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def resident_of(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            return int(re.search(r"VmRSS:\s*(\d+)", file.read())[1])
    except (OSError, TypeError):
        return 0


def measure(name, argv, ready, env, cwd, start=""):
    """Prints a line for each size; START are the keys that lead to the long list."""
    for rows, cols in SIZES:
        screen = Screen(argv, rows, cols, env, cwd)
        try:
            first = screen.until_text(ready)
            screen.until_silent()
            for key in start:
                screen.key(key)
            figures = [*screen.medians(DOWN), screen.scrolled(rows), screen.medians(PAGE)[0], screen.medians(REDRAW)[0]]
            late, idle, resident = screen.slowest(), screen.during(IDLE), screen.resident()
            figures += [*screen.prompts(HABITS[name.split()[0]]), late, idle]
            print(ROW % (name, f"{cols}x{rows}", *figures, resident, f"{first:.0f}"), flush=True)
        except (TimeoutError, OSError) as error:
            print(ROW % (name, f"{cols}x{rows}", *["failed"] * 12), error, flush=True)
        finally:
            screen.end()
        if name == "psirtty":
            print(ROW % ("  its budget", f"{cols}x{rows}", *BUDGETS[cols], 0, 32 << 10, ""), flush=True)


# ---- what each program shows

def vault(place, tools, env):
    """That of tests/tty/large. The settings that vault_make prints are those of the environment."""
    made = subprocess.run([tools[1], place, str(MANY), "4", "7"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    env.update(re.findall(r"(\w+)='([^']*)'", made.stdout.decode()))
    subprocess.run([tools[0], "case", "list"], env=env, check=True, stdout=subprocess.DEVNULL)
    return [tools[0]], rb"Inbox", "0"


def history(place, _tools, env):
    env["GIT_CONFIG_GLOBAL"] = "/dev/null"
    subprocess.run(["git", "init", "-q", place], check=True, env=env)
    commits = "".join(f"commit refs/heads/master\ncommitter A <a@vendor.example> {1600000000 + i * 900} +0000\n"
                      f"data 30\nMend the reader of part {i:5d}\n\n" for i in range(MANY))
    subprocess.run(["git", "fast-import", "--quiet"], input=commits.encode(), cwd=place, check=True, env=env)
    return ["tig", "master"], rb"Mend", ""


def mailbox(place, _tools, _env):
    with open(f"{place}/mbox", "w", encoding="ascii") as file:
        for i in range(MANY):
            file.write(f"From f@finder.example Tue Mar  3 10:00:00 2026\nFrom: Finder {i} <f{i}@finder.example>\n"
                       f"To: psirt@vendor.example\nSubject: Report {i} of an overflow in the parser\n"
                       f"Date: Tue, 03 Mar 2026 10:00:00 +0000\nMessage-ID: <b{i}@finder.example>\n\nSee below.\n\n")
    with open(f"{place}/rc", "w", encoding="ascii") as file:
        file.write("set folder=. move=no menu_scroll=yes\n")
    return ["neomutt", "-n", "-R", "-F", "rc", "-f", "mbox"], rb"Report", "="


def processes(_place, _tools, _env):
    """It draws every 1.5 s by itself: what that costs stands under idle, and in part in each key."""
    return ["htop"], rb"PID", ""


def folder(place, _tools, _env):
    for i in range(MANY):
        with open(f"{place}/file-{i:05d}", "wb") as file:
            file.write(b"x" * (i % 97))
    return ["ncdu", "-0", place], rb"file-", ""


PROGRAMS = (("psirtty", vault), ("tig", history), ("neomutt", mailbox), ("htop", processes), ("ncdu", folder))


def version(name):
    said = subprocess.run([name, "-V" if name == "htop" else "-v"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return (re.findall(rb"\d+(?:\.\d+)+|\d{8}", said.stdout) or [b""])[0].decode()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tools = [os.path.abspath(path) for path in sys.argv[1:]]
    print(ROW % HEAD)
    for name, make in PROGRAMS:
        if name != "psirtty" and not shutil.which(name):
            print(ROW % (name, "", *["missing"] * 12))
            continue
        with tempfile.TemporaryDirectory(prefix="bs.") as place:
            env = {"PATH": os.environ["PATH"], "HOME": place, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
            env.update({key: os.environ[key] for key in ("PSIRTTY_DATA", "ASAN_OPTIONS") if key in os.environ})
            try:
                argv, ready, start = make(place, tools, env)
                measure(name if name == "psirtty" else f"{name} {version(name)}", argv, ready, env, place, start)
            finally:
                if name == "psirtty":
                    subprocess.run(["gpgconf", "--homedir", f"{place}/gnupg", "--kill", "all"], check=False)


if __name__ == "__main__":
    main()
