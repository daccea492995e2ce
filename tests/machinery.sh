#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The tests of the tests: layers.sh and measure.sh find what they are there to find, and run counts
# a crash, an early end and a silent program as failures.
set -u
srcdir=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0 status=0
check() { # NAME, then a command that has to succeed
  local name=$1
  shift
  count=$((count + 1))
  if "$@"; then
    echo "ok $count - $name"
  else
    echo "not ok $count - $name"
    status=1
  fi
}
holds() { grep -qF -- "$2" "$1"; }
lacks() { ! grep -qE -- "$2" "$1"; }

# ---- a small house with one breach of each rule
house=$work/house
mkdir -p "$house"/{tests,src/{base,score,model,format,vault,worker,desk,command,tui/term}} \
  "$house"/include/psirtty/{base,desk,model,vault}
put() { printf '%s\n' "${@:2}" >"$house/$1"; }
put include/psirtty/base/str.h '/* the ground */'
put include/psirtty/desk/desk.h '/* the desk */'
put include/psirtty/model/model.h '/* cases */'
put include/psirtty/vault/vault.h '/* keys */'
put src/desk/inner.h '/* private */'
put src/tui/term/term.h '/* cells */' '#include "psirtty/base/str.h"'
put src/tui/pane.c '#include "tui/term/term.h"' '#include "psirtty/desk/desk.h"'
put src/desk/desk.c '#include "psirtty/desk/desk.h"' '#include "inner.h"' '#include <time.h>' \
  '#include "psirtty/vault/vault.h"' '#include "gen/table.inc"'
put src/vault/store.c '#include <sqlite3.h>' '#include <gpgme.h>' '#include <sodium.h>'
put src/worker/mail.c '#include <gmime/gmime.h>' '#include <seccomp.h>'
put src/tui/theme.h '/* colours */'
put src/tui/frame.h '/* the frame */'
put src/tui/term/curses.c '#include "term.h"' '#include "tui/theme.h"' '#include <curses.h>'
"$srcdir/tests/layers.sh" "$house" >"$work/clean" 2>&1
check 'layers: a sound house passes' test $? -eq 0
check 'layers: and no line of it is a failure' lacks "$work/clean" '^not ok'

breach() { # NAME, FILE, the place it has to name, LINES…
  local name=$1 file=$2 place=$3
  rm -f "$work/out"
  put "$file" "${@:4}"
  "$srcdir/tests/layers.sh" "$house" >"$work/out" 2>&1
  local code=$?
  rm -f "$house/$file"
  check "layers: $name" holds "$work/out" "#   $place"
  check "layers: $name ends with 1" test "$code" -eq 1
}
breach 'an arrow that runs up' src/model/up.c src/model/up.c:2 '' '#include "psirtty/desk/desk.h"'
breach 'an arrow in a contract' include/psirtty/base/up.h include/psirtty/base/up.h:1 '#include <psirtty/model/model.h>'
breach 'a private header from outside' src/command/x.c src/command/x.c:1 '#include "desk/inner.h"'
breach 'a private header by a path' src/command/x.c src/command/x.c:1 '#include "../desk/inner.h"'
breach 'the terminal from elsewhere' src/command/x.c src/command/x.c:1 '#include "tui/term/term.h"'
breach 'the terminal looking out' src/tui/term/x.c src/tui/term/x.c:1 '#include "psirtty/desk/desk.h"'
breach 'the terminal with the frame' src/tui/term/x.c src/tui/term/x.c:1 '#include "tui/frame.h"'
breach 'a worker with the vault' src/worker/x.c src/worker/x.c:1 '#include "psirtty/vault/vault.h"'
breach 'the screen with the vault' src/tui/x.c src/tui/x.c:1 '#include "psirtty/vault/vault.h"'
breach 'the screen with JSON' src/tui/x.c src/tui/x.c:1 '#include <jansson.h>'
breach 'SQL at the desk' src/desk/x.c src/desk/x.c:1 '  #  include <sqlite3.h>'
breach 'sodium in the model' src/model/x.c src/model/x.c:1 '#include <sodium/core.h>'
breach 'GMime in a format' src/format/x.c src/format/x.c:1 '#include <gmime/gmime.h>'
breach 'a clock in the model' src/model/x.c src/model/x.c:1 '#include <time.h>'
breach 'a system call in score' src/score/x.c src/score/x.c:1 '#include <sys/stat.h>'
breach 'curses in a pane' src/tui/x.c src/tui/x.c:1 '#include <ncursesw/curses.h>'
breach 'a header that is not there' src/base/x.c src/base/x.c:1 '#include "psirtty/base/gone.h"'
breach 'a file of no room' src/attic.h src/attic.h 'int x;'
breach 'a bidi control' src/base/x.c src/base/x.c:1 "$(printf '/* \342\200\256 */')"
breach 'a name that is not ASCII' src/base/x.c src/base/x.c:2 '/* ok: ü */' "$(printf 'int gr\303\266\303\237e;')"
put src/base/x.c "$(printf 'char *s = "\303\266"; /* \303\266 */')"
"$srcdir/tests/layers.sh" "$house" >"$work/out" 2>&1
check 'layers: strings and comments may hold more than ASCII' test $? -eq 0

# ---- lengths
long() { # LINES in the body
  printf 'static int grow(void)\n{\n'
  for ((i = 0; i < $1; i++)); do echo '	x++;'; done
  printf '}\n'
}
rm -f "$house/src/base/x.c"
for name in a b c d e f g h i j k l m n o p q r s t u; do long 3 >"$house/src/score/$name.c"; done
long 97 >"$house/src/base/x.c"
"$srcdir/tests/measure.sh" "$house" >"$work/out" 2>&1
check 'measure: a function of 100 lines passes' test $? -eq 0
check 'measure: and is listed' holds "$work/out" '100 src/base/x.c:2 grow'
long 98 >"$house/src/base/x.c"
"$srcdir/tests/measure.sh" "$house" >"$work/out" 2>&1
check 'measure: a function of 101 lines fails' test $? -eq 1
check 'measure: and is named' holds "$work/out" '#   101 src/base/x.c:2 grow'
{ echo 'static const int table[] = {'; for ((i = 0; i < 300; i++)); do echo '	1,'; done; echo '};'; } >"$house/src/base/x.c"
"$srcdir/tests/measure.sh" "$house" >"$work/out" 2>&1
check 'measure: a table may be long' test $? -eq 0
for ((i = 0; i < 1001; i++)); do echo '/* */'; done >"$house/src/base/x.c"
"$srcdir/tests/measure.sh" "$house" >"$work/out" 2>&1
check 'measure: a file of 1001 lines fails' test $? -eq 1

# ---- counting
made=$work/made
mkdir -p "$made/tests/unit"
script() { { echo '#!/bin/sh'; printf '%s\n' "${@:2}"; } >"$made/tests/unit/$1"; chmod +x "$made/tests/unit/$1"; echo "tests/unit/$1" >>"$made/tests/list"; }
script good 'echo "ok 1 - a"' 'echo "ok 2 - b # SKIP no moon"' 'echo 1..2'
script bad 'echo "ok 1 - a"' 'echo "not ok 2 - b"' 'exit 1'
script crash 'echo "ok 1 - a"' 'kill -SEGV $$'
script code 'echo "ok 1 - a"' 'exit 3'
script silent 'true'
script short 'echo "ok 1 - a"' 'echo 1..2'
script slow 'echo "ok 1 - a"' 'exec sleep 60'
script none 'echo "1..0 # SKIP nothing here"'
script home 'test -d "$HOME" && test "$GNUPGHOME" != "$HOME" && test ${#GNUPGHOME} -lt 60 && echo "ok 1 - a"'
run() { srcdir=$srcdir builddir=$made PSIRTTY_TEST_TIMEOUT=${limit:-20} "$srcdir/tests/run" "$@" >"$work/out" 2>&1; }
run good none home
check 'run: all good ends with 0' test $? -eq 0
check 'run: the last line has the sum' test "$(tail -n 1 "$work/out")" = '2 passed, 0 failed, 2 skipped'
check 'run: a skip is told' holds "$work/out" 'tests/unit/good: b: no moon'
check 'run: a skip of everything is told' holds "$work/out" 'all of it: nothing here'
for name in bad crash code short; do
  run $name
  check "run: $name ends with 1" test $? -eq 1
  check "run: $name is counted once" test "$(tail -n 1 "$work/out")" = '1 passed, 1 failed, 0 skipped'
done
run silent
check 'run: silence is a failure' test "$(tail -n 1 "$work/out")" = '0 passed, 1 failed, 0 skipped'
limit=1 run slow
check 'run: the time limit is a failure' holds "$work/out" 'took longer than its limit'
run no-such-test
check 'run: a name that no test has is a failure' test $? -eq 1
echo "1..$count"
exit "$status"
