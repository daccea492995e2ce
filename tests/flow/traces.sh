#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 200
#
# What a session of work leaves behind. Words that stand in titles, notes, mails, names, drafts and attachments
# are nowhere on the disk afterwards, nor in arguments or the environment of a process; the keys lie in
# locked memory alone; after locking nothing is left in the process, and a fatal signal writes no core.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-}
if [ -z "$psirtty" ]; then
  skip 'what a session of work leaves behind' 'sanitizers keep what is freed: PSIRTTY_PLAIN names no program without them'
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/px.XXXXXX") || exit 1
export GNUPGHOME=$work/g HOME=$work/home TMPDIR=$work/tmp XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
export PSIRTTY_VAULT=$work/vault TMUX_TMPDIR=$work/mux
mkdir -m 700 "$GNUPGHOME" "$HOME" "$TMPDIR" "$TMUX_TMPDIR"
trap 'tmux -L x kill-server; gpgconf --kill all; rm -rf "$work"' EXIT 2>/dev/null
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'A Handler <a@vendor.example>' \
  future-default default never 2>/dev/null

# What is looked for: no word that stands anywhere else. They stand nowhere in this file as they are.
word() { printf 'zorble%s%s' "$1" 'quent'; }
words=()
for w in title note subject body sender product draft poc party summary zoned reason; do words+=("$(word $w)"); done

# The agent writes down what it is asked.
printf 'log-file %s\ndebug ipc\n' "$work/agent" >"$GNUPGHOME/gpg-agent.conf"
gpgconf --kill all

"$psirtty" init "$work/vault" --handler a@vendor.example >/dev/null
ok $? 'a vault'
run() { "$psirtty" "$@" >>"$work/said" 2>&1 || echo "failed: $1 $2" >>"$work/failed"; }

# ---- a session of work; what is secret goes in by files and standard input, as on the screen, not by arguments
printf 'From: Mara %s <%s@finder.example>\nSubject: about %s\nDate: Sat, 21 Nov 2026 09:00:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nThe %s is here.\n--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="%s.bin"\n\n%s\n--b--\n' \
  "$(word sender)" "$(word sender)" "$(word subject)" "$(word body)" "$(word poc)" "$(word poc)" >"$work/one.eml"
run mail import "$work/one.eml"
rm "$work/one.eml"
run mail take M-0001
run case new "the $(word title)"
run note 2 "a $(word note)"
run case set 2 summary "all of $(word summary)"
run product add P-1 "$(word product)"
run affected set 2 "$(word product)" 1.0 affected
run party add 2 "$(word party)" vendor
run case state 1 valid "$(word reason)"
printf '%s\n' "$(word poc)" >"$work/poc.txt"
run repro add 1 build-1 reproduced --text "see $(word zoned)" --attach "$work/poc.txt"
rm "$work/poc.txt"
run mail reply M-0001 --text "Dear $(word sender), $(word draft)"
run case list
run case show 2
if "$psirtty" help search >/dev/null 2>&1; then run search "$(word note)"; fi
is "$(cat "$work/failed" 2>/dev/null)" '' 'the work is done' "$(tail -n 5 "$work/said")"
for w in title note subject product; do has "$("$psirtty" case list; "$psirtty" case log 2; "$psirtty" product list)" "$(word $w)" "the vault knows of the $w"; done
rm -f "$work/said"

# ---- on the disk
traces() { # traces DIR… : files whose bytes or names hold a word
  local patterns=()
  for w in "${words[@]}"; do patterns+=(-e "$w"); done
  grep -rlaF "${patterns[@]}" "$@" 2>/dev/null
  find "$@" -name '*zorble*' 2>/dev/null
}
printf 'x %s\n' "$(word note)" >"$work/tmp/control"
has "$(traces "$work/tmp")" control 'a word on the disk would be found'
rm "$work/tmp/control"
is "$(traces "$work/vault" "$work"/vault-outbox "$TMPDIR" "$HOME" "$XDG_STATE_HOME" "$XDG_CACHE_HOME" "$GNUPGHOME")" '' \
  'no word in the vault, the temporary folder, the home, the state, the cache or gpg'\''s folder'
wide=$(for w in "${words[@]}"; do printf '%s' "$w" | iconv -t UTF-16LE | od -An -tx1 | tr -d ' \n'; echo; done)
found=$(find "$work/vault" "$XDG_STATE_HOME" "$XDG_CACHE_HOME" -type f -exec sh -c 'for f; do od -An -v -tx1 "$f" | tr -d " \n" | grep -qF "$0" && echo "$f"; done' "$wide" {} + 2>/dev/null)
is "$found" '' 'nor as wide characters'

# ---- gpg is asked once: by a command, and below by an hour at the screen
: >"$work/agent"
"$psirtty" case list >/dev/null 2>&1
is "$(grep -c ' PKDECRYPT' "$work/agent")" 1 'unlocking asks the agent to decrypt once'

# ---- in memory
mapped=${builddir:-.}/tests/flow/mapped
if ! command -v tmux >/dev/null || [ ! -x "$mapped" ] || [ "$(id -u)" -ne 0 ]; then
  skip 'what lies in memory' 'needs root, tmux and tests/flow/mapped'
  tap_done
fi
t() { tmux -L x "$@" 2>/dev/null; }
session=w
screen() { t capture-pane -p -t "$session"; }
shows() { # shows PATTERN NAME
  local i
  for ((i = 0; i < 200; i++)); do
    if screen | grep -qE -- "$1"; then ok 0 "$2"; return; fi
    read -rt 0.05 <> <(:) || true
  done
  ok 1 "$2" "looked for: $1" "$(screen)"
}
# As for a user of most systems: 8 MiB may be locked, and no capability lifts that.
plain_user="ulimit -c unlimited; ulimit -l 8192"
command -v setpriv >/dev/null && plain_user="$plain_user; exec setpriv --inh-caps=-ipc_lock --bounding-set=-ipc_lock"
t -f /dev/null new-session -d -s hold
: >"$work/agent"
t new-session -d -s w -x 100 -y 30 "cd '$work/tmp'; bash -c \"$plain_user '$psirtty'\" 2>'$work/errors'; echo ended; sh"
shows 'Inbox|Cases|Queue' 'the workstation opens'
is "$(grep -c ' PKDECRYPT' "$work/agent")" 1 'which asks the agent to decrypt once'
# Main is the child of the supervisor that holds the vault: the last one with the program's name and a database open.
main=
for p in $(pgrep -x psirtty); do
  ls -l "/proc/$p/fd" 2>/dev/null | grep -q "$work/vault/vault.db" && main=$p
done
[ -n "$main" ]
ok $? 'the process that holds the vault is found'
t send-keys -t w : 'case show 2' Enter
shows "$(word title)" 'a case is shown'
"$mapped" "$main" "$(word title)" >"$work/mapped" 2>&1
if grep -q '^cannot' "$work/mapped"; then
  skip 'what lies in memory' 'the memory of a process may not be read here'
  tap_done
fi
has "$(cat "$work/mapped")" 'signing-key locked' 'the keys are found where they may be' "$(cat "$work/mapped")"
is "$(grep -E '^(root|signing-key|sealing-key|draft-key|case-key) ' "$work/mapped" | grep -v ' locked$' | sort | uniq -c)" '' \
  'and nowhere else than in locked memory'
# What was written, read, searched and typed lies there too: all that can hold it is locked and in no dump.
t send-keys -t w Escape 1 Enter
shows "$(word body)" 'a mail is read'
t send-keys -t w Escape Escape : "note 2 'the $(word zoned) too'" Enter
shows 'note added' 'a note is written'
t send-keys -t w : "search $(word note)" Enter
shows "$(word title)" 'and something is searched for'
# An hour of work, typed as fast as it goes: lines of every family, most of them with a word.
events() { "$psirtty" --json vault stats | tr -dc '0-9,:a-z"' | sed 's/.*"events":\([0-9]*\).*/\1/'; }
printf '%s\n' "$(word poc)" >"$work/poc.txt"
hour=(
  "case new 'three $(word title)'" "case new 'four $(word title)'" "case set 3 summary 'of $(word summary)'"
  "case set 3 assignee a@vendor.example" "case state 3 received '$(word reason)'" "note 3 'x $(word note)'"
  "case root-cause 3 'because of $(word reason)'" "case tracker 3 jira '$(word product)' restricted"
  "case score 3 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" "case credit 3 'Mara $(word sender)' name"
  "case signoff 3 fix approved '$(word reason)'" "case post-mortem 3 '$(word note)' --lessons '$(word reason)'"
  "party add 3 '$(word party)' vendor" "party add 3 'Second $(word party)' coordinator"
  "embargo propose 3 2027-03-01T08:00:00Z --note '$(word reason)'" "embargo accept 3" "embargo status 3"
  "embargo revise 3 2027-04-01T08:00:00Z --note '$(word note)'" "contact add C-1 'Mara $(word sender)' --kind finder"
  "contact show C-1" "contact set C-1 --organisation '$(word party)'" "product add P-2 '$(word product) two'"
  "affected set 3 '$(word product)' 2.0 affected --impact '$(word reason)'" "affected list 3"
  "repro add 3 build-2 reproduced --text 'so $(word zoned)' --attach $work/poc.txt" "case readers 3" "case facts 3"
  "advisory new 3" "advisory set 3 title 'about $(word title)'" "advisory set 3 summary '$(word summary)'"
  "advisory show 3" "advisory check 3" "advisory draft 3" "advisory diff 3"
  "mail list" "mail show M-0001" "mail reply M-0001 --text 'Dear $(word sender), $(word draft)'" "draft list"
  "case split 3 'half of $(word title)' --reason '$(word reason)'" "case merge 4 3 '$(word reason)'" "case log 3"
  "case revisions 3" "case diff 3" "gate check 3" "gate list" "clock list 3" "calendar" "metrics" "match list"
  "incident set 3 open '$(word reason)'" "incident log 3 'then $(word note)'" "search '$(word summary)'"
  "audit show 3" "vault stats" "undo 3" "freeze add F-1 2027-01-01T00:00:00Z 2027-01-02T00:00:00Z '$(word reason)'"
)
before=$(events)
: >"$work/agent"
for line in "${hour[@]}"; do
  t send-keys -t w Escape :
  t send-keys -t w -l "$line"
  t send-keys -t w Enter
done
t send-keys -t w Escape : "case new 'last of $(word title)'" Enter
t send-keys -t w Escape Escape 0
shows "last of $(word title)" 'an hour of work is typed'
is "$(grep -c ' PKDECRYPT' "$work/agent")" 0 'after unlocking gpg decrypts nothing more' "$(grep PKDECRYPT "$work/agent")"
rm -f "$work/poc.txt"
made=$(($(events) - before))
[ "$made" -ge 35 ]
ok $? "an hour's work, ${#hour[@]} lines, becomes $made events" "$("$psirtty" audit show | tail -n 40)"
held_by() { pgrep -P "$1"; }
for p in $main $(held_by "$main"); do
  "$mapped" "$p" "${words[@]}" 2>&1 | sed "s/^/$(tr -d '\0' <"/proc/$p/comm") /"
done >"$work/mapped"
has "$(cat "$work/mapped")" "$(word title) locked" 'the words of cases are found in locked memory' "$(cat "$work/mapped")"
is "$(grep zorble "$work/mapped" | grep -v ' locked$' | sort | uniq -c)" '' 'and in no mapping that is unlocked or dumped'
for p in $main $(pgrep -P "$main"); do
  tr '\0' '\n' <"/proc/$p/environ"
  tr '\0' '\n' <"/proc/$p/cmdline"
done >"$work/proc" 2>/dev/null
is "$(traces "$work/proc")" '' 'no word in the environment or arguments of its processes'
is "$(awk '/Max core file size/ { print $5, $6 }' "/proc/$main/limits")" '0 0' 'it may write no core, whatever the shell allows'

# ---- locked: by the command, from the screen; what was typed, filtered and opened there goes too
t send-keys -t w Escape : "note 2 'the $(word summary) again'" Enter
shows 'note added' 'a note is typed'
t send-keys -t w 1 / "$(word subject)"
shows "$(word subject)" 'a filter is typed'
t send-keys -t w Enter Enter
shows "$(word body)" 'a mail is opened'
before=$(events)
t send-keys -t w Escape Escape 0 : lock Enter
shows 'locked' 'it is locked'
is "$(screen | grep -c zorble)" 0 'no word of a case is on the screen'
is "$(t capture-pane -p -S - -t w | grep -c zorble)" 0 'nor above it'
for ((i = 0; i < 100; i++)); do
  [ -d "/proc/$main" ] && ls -l "/proc/$main/fd" 2>/dev/null | grep -q "$work/vault/vault.db" || break
  read -rt 0.05 <> <(:) || true
done
is "$(($(events) - before))" 1 'the first lock of the day leaves a checkpoint'
if [ -d "/proc/$main" ]; then
  "$mapped" "$main" "${words[@]}" >"$work/mapped" 2>&1
  is "$(grep -v '^looked' "$work/mapped" | sort | uniq -c)" '' 'after locking neither a key nor a word is left in the process'
else
  ok 0 'after locking the process is gone, and its memory with it'
fi

t send-keys -t w Enter
shows '^── Cases: 6' 'a key unlocks again'

# ---- a fatal signal
t kill-session -t w
t new-session -d -s v -x 100 -y 30 "cd '$work/tmp'; ulimit -c unlimited; '$psirtty' 2>>'$work/errors'; echo ended; sh"
session=v
shows 'Inbox|Cases|Queue' 'it opens again'
main=
for p in $(pgrep -x psirtty); do ls -l "/proc/$p/fd" 2>/dev/null | grep -q "$work/vault/vault.db" && main=$p; done
kill -SEGV "${main:-0}"
shows 'ended' 'a fatal signal ends it'
is "$(find "$work" -name 'core*' -size +0)" '' 'no core is written'

# ---- and a core that is forced all the same: by a program that may be dumped, on a machine that writes cores
dumpable=${builddir:-.}/tests/flow/dumpable.so
(cd "$work/tmp" && ulimit -c unlimited && bash -c 'kill -SEGV $$') 2>/dev/null
if [ -f "$dumpable" ] && [ -n "$(find "$work/tmp" -name 'core*' -size +0)" ]; then
  rm -f "$work"/tmp/core*
  t kill-session -t v
  t new-session -d -s u -x 100 -y 30 "cd '$work/tmp'; ulimit -c unlimited; LD_PRELOAD='$dumpable' '$psirtty' 2>>'$work/errors'; echo ended; sh"
  session=u
  shows 'Inbox|Cases|Queue' 'it opens once more'
  t send-keys -t u : 'case log 3' Enter
  shows "$(word note)" 'a case is read'
  main=
  for p in $(pgrep -x psirtty); do ls -l "/proc/$p/fd" 2>/dev/null | grep -q "$work/vault/vault.db" && main=$p; done
  kill -SEGV "${main:-0}"
  shows 'ended' 'a fatal signal ends it'
  core=$(find "$work/tmp" -name 'core*' -size +0 | head -n 1)
  "$mapped" "core:$core" "${words[@]}" >"$work/mapped" 2>&1
  kib=$(sed -n 's/^looked through \([0-9]*\) KiB/\1/p' "$work/mapped")
  [ "${kib:-0}" -ge 100 ]
  ok $? "there is a core, with ${kib:-no} KiB of memory of the process" "$(cat "$work/mapped")"
  is "$(grep -v '^looked' "$work/mapped")" '' 'in which there is neither a word of a case nor a key'
  rm -f "$work"/tmp/core*
else
  skip 'a core that is forced' 'this machine writes cores elsewhere, or not at all'
fi
is "$(traces "$work/vault" "$work/tmp" "$work/home" "$work/state" "$work/cache" "$work/errors")" '' 'and it leaves no word behind'
"$psirtty" audit verify >/dev/null 2>&1
ok $? 'the vault is whole'
tap_done
