#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The floors of the house, read from every #include under src/ and include/: a room may use the
# rooms below it. Also which room may see which library, and what may not stand in a source file.
# Prints a TAP line for each rule and the place of each breach as file:line.
# Usage: tests/layers.sh [TOP]
set -u
export LC_ALL=C
cd "${1:-$(dirname "$0")/..}" || exit 1
files=$(find src include -name '*.[ch]' -type f | sort)
[ -n "$files" ] || { echo 'not ok 1 - there is something to look at'; exit 1; }

# shellcheck disable=SC2086
awk '
BEGIN {
  split("base score model format vault worker desk command tui main", names, " ")
  for (i = 1; i in names; i++) floor[names[i]] = i
  floor["main"] = floor["tui"]; floor["term"] = floor["tui"]

  rule("floors", "no room uses a room above it")
  rule("known", "every file is in a room, and every project header exists")
  rule("private", "a header in src/ROOM is included by its own room alone")
  rule("term", "tui/term is used by tui alone, and uses base and the theme alone")
  rule("worker", "the workers know nothing of the vault")
  rule("tui", "the screen sees no SQL, no gpg, no JSON and no vault")
  rule("keys", "gpgme, SQLite and what libsodium does with keys are seen by the vault alone")
  rule("sandbox", "GMime and seccomp are seen by the workers alone")
  rule("pure", "score, model and format reach no clock, file or system call")
  rule("curses", "curses is seen by tui/term alone")

  # rule, rooms it binds ("*": all), rooms it spares, headers
  ban("tui", "tui main term", "", "^(sqlite3\\.h|gpgme\\.h|jansson\\.h|sodium.*|psirtty/base/js\\.h|psirtty/vault/.*)$")
  ban("keys", "*", "vault base", "^(gpgme\\.h|sqlite3\\.h|sodium\\.h|sodium/.*)$")
  ban("keys", "base", "", "^(gpgme\\.h|sqlite3\\.h|sodium\\.h|sodium/crypto_(aead|box|core|kdf|kx|pwhash|scalarmult|secret|sign|stream).*)$")
  ban("sandbox", "*", "worker", "^(gmime/.*|seccomp\\.h|linux/(seccomp|landlock|filter)\\.h)$")
  ban("pure", "score model format", "", "^(time\\.h|unistd\\.h|fcntl\\.h|sys/.*|dirent\\.h|ftw\\.h|poll\\.h|signal\\.h|pthread\\.h|netdb\\.h|arpa/.*|netinet/.*|curl/.*|psirtty/base/file\\.h)$")
  ban("curses", "*", "term", "^(n?curses(w/.*)?|ncurses/.*|term|panel|menu|form)(\\.h)?$")
  ban("worker", "worker", "", "^psirtty/vault/")
  for (i = 1; i < ARGC; i++) exists[ARGV[i]] = 1
}
function rule(id, title) { order[++rules] = id; titles[id] = title }
function ban(id, rooms, spared, pattern) {
  bans++; ban_rule[bans] = id; ban_rooms[bans] = rooms; ban_spared[bans] = spared; ban_pattern[bans] = pattern
}
function has(list, word) { return index(" " list " ", " " word " ") > 0 }
function breach(id, text) { breaches[id] = breaches[id] "#   " FILENAME ":" FNR ": " text "\n" }
# src/tui/term/x.c -> term, src/main.c -> main, include/psirtty/base/x.h -> base
function room_of(path,   parts) {
  if (path ~ /^src\/tui\/term\//) return "term"
  if (path ~ /^include\/psirtty\/tui\/term\//) return "term"
  if (path ~ /^include\/psirtty\/[^\/]+\//) { split(path, parts, "/"); return parts[3] }
  if (path ~ /^src\/[^\/]+\//) { split(path, parts, "/"); return parts[2] }
  if (path == "src/main.c") return "main"
  return ""
}
function plain(path) { while (sub(/[^\/.]+\/\.\.\//, "", path)) ; gsub(/\/\.\//, "/", path); return path }
# The file a quoted include names, or "" when the project has none.
function resolve(name,   beside) {
  beside = FILENAME; sub(/[^\/]*$/, "", beside)
  beside = plain(beside name)
  if (beside in exists) return beside
  if (("include/" name) in exists) return "include/" name
  if (("src/" name) in exists) return "src/" name
  return ""
}
function look(name, quoted,   path, other, i) {
  for (i = 1; i <= bans; i++)
    if ((ban_rooms[i] == "*" || has(ban_rooms[i], room)) && !has(ban_spared[i], room) && name ~ ban_pattern[i])
      breach(ban_rule[i], room " includes " name)
  if (name == "config.h" || name ~ /^gen\/[A-Za-z0-9_.\/-]+\.inc$/) return
  path = resolve(name)
  if (path == "") {
    if (quoted || name ~ /^psirtty\//) breach("known", "there is no " name)
    return
  }
  other = room_of(path)
  if (!(other in floor)) { breach("known", path " is in no room"); return }
  arrow(path, other, name)
}
function arrow(path, other, name) {
  # What a theme and its roles are is plain data that a terminal draws with.
  if (room == "term" && (path == "src/tui/theme.h" || path == "src/tui/roles.h")) return
  if (other == "term" && room != "term" && room != "tui") breach("term", room " includes " name)
  if (room == "term" && other != "term" && other != "base") breach("term", room " includes " name)
  if (other == room) return
  if (path ~ /^src\// && !(room == "tui" && other == "term")) breach("private", room " includes " path)
  if (room != "main" && room != "term" && other != "term" && floor[other] >= floor[room])
    breach("floors", room " (floor " floor[room] ") includes " name " (floor " floor[other] ")")
}
FNR == 1 {
  room = room_of(FILENAME)
  if (!(room in floor)) breach("known", "this file is in no room")
}
/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
  name = $0
  sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
  quoted = substr(name, 1, 1) == "\""
  name = substr(name, 2)
  sub(/[>"].*/, "", name)
  look(name, quoted)
}
END {
  for (i = 1; i <= rules; i++) {
    id = order[i]
    broken = id in breaches
    printf "%sok %d - %s\n%s", (broken ? "not " : ""), i, titles[id], (broken ? breaches[id] : "")
    bad = bad || broken
  }
  exit bad + 0
}' $files
status=$?

# Bytes above 127 may stand in comments and strings; not in names, and bidi controls nowhere.
bidi=$(printf '\330\234|\342\200[\216\217\252-\256]|\342\201[\246-\251]')
# shellcheck disable=SC2086
found=$(find src include tests -name '*.[ch]' -type f | sort | xargs grep -nE "$bidi" | cut -d: -f1,2)
if [ -n "$found" ]; then
  echo 'not ok 11 - no bidi control character stands in a source file'
  echo "$found" | sed 's/^/#   /'
  status=1
else
  echo 'ok 11 - no bidi control character stands in a source file'
fi
found=$(find src include tests -name '*.[ch]' -type f | sort | xargs grep -l '[^ -~	]' | while read -r file; do
  awk -v file="$file" '
    # What is left of a line without its comments, strings and characters.
    function code(s,   out, c, i) {
      out = ""
      for (i = 1; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (comment) { if (substr(s, i, 2) == "*/") { comment = 0; i++ } }
        else if (quote != "") { if (c == "\\") i++; else if (c == quote) quote = "" }
        else if (substr(s, i, 2) == "/*") { comment = 1; i++ }
        else if (substr(s, i, 2) == "//") break
        else if (c == "\"" || c == "\047") quote = c
        else out = out c
      }
      quote = ""
      return out
    }
    code($0) ~ /[^ -~\t\f]/ { print file ":" FNR }' "$file"
done)
if [ -n "$found" ]; then
  echo 'not ok 12 - names in the source are ASCII'
  echo "$found" | sed 's/^/#   /'
  status=1
else
  echo 'ok 12 - names in the source are ASCII'
fi
echo '1..12'
exit "$status"
