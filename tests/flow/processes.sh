#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# What the processes of the whole story do, seen by strace: the main process opens no socket at all
# (gpg talks to gpg-agent, not we), and once the parser is locked in it opens, connects and executes nothing.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-}
if [ -z "$psirtty" ] || ! command -v strace >/dev/null; then
  skip 'what the processes do' 'needs strace and a build without sanitizers'
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pp.XXXXXX") || exit 1
trap 'find "$work" -type d \( -name gnupg -o -path "*/people/*" \) -prune -exec gpgconf --homedir {} --kill all \; 2>/dev/null; rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state

# strace waits for every process it follows, gpg's daemons too: they are ended when the story is.
calls=socket,connect,open,openat,openat2,creat,execve,execveat,fork,vfork,clone,clone3,prctl,seccomp
if ! strace -f -e trace=$calls -o "$work/probe" true 2>/dev/null; then
  skip 'what the processes do' 'strace may not trace here'
  tap_done
fi
strace -f -qq -e signal=none -e trace=$calls -o "$work/trace" \
  bash -c '"$0" demo "$1/demo" >"$1/story" 2>&1; echo $? >"$1/status"
    for home in "$1"/demo/gnupg "$1"/demo/people/*; do gpgconf --homedir "$home" --kill all; done' \
  "$psirtty" "$work" >/dev/null 2>&1
is "$(cat "$work/status")" 0 'the story ends well'

# A process is what it last executed; a child is what its parent was until it executes something else.
awk '
  { pid = $1 }
  /(clone|clone3|fork|vfork)\(/ || /<\.\.\. (clone|clone3|fork|vfork) resumed>/ {
    if (match($0, / = [0-9]+$/)) { child = substr($0, RSTART + 3); if (!(child in what)) what[child] = what[pid]; locked[child] = 0 }
  }
  /execve\("/ {
    if ($0 ~ /parse-worker/) what[pid] = "zygote"
    else { match($0, /execve\("[^"]*"/); program = substr($0, RSTART + 8, RLENGTH - 9); sub(/.*\//, "", program); what[pid] = program }
    next
  }
  /seccomp\(SECCOMP_SET_MODE_FILTER.*= 0$/ || /PR_SET_SECCOMP.*= 0$/ { locked[pid] = 1; locks++ ; next }
  what[pid] == "psirtty" && /(socket|connect)\(/ { sockets++; print "main: " $0 }
  what[pid] == "zygote" && /(socket|connect)\(/ { sockets++; print "worker: " $0 }
  locked[pid] { after++; print "locked: " $0 }
  END { print "locks " locks + 0; print "sockets " sockets + 0; print "after " after + 0 }
' "$work/trace" >"$work/found"
locks=$(awk '$1 == "locks" { print $2 }' "$work/found")
[ "$locks" -ge 5 ]
ok $? "every parser locked itself in before it read ($locks of them)" "$(tail -n 5 "$work/found")"
is "$(awk '$1 == "sockets" { print $2 }' "$work/found")" 0 'neither the main process nor the worker opens a socket'
is "$(awk '$1 == "after" { print $2 }' "$work/found")" 0 'nothing is opened or executed behind the lock' 
grep -E '^(main|worker|locked):' "$work/found" | head -n 10 | sed 's/^/# /'
tap_done
