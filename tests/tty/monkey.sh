#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 120
#
# Random keys, pastes, sizes and signals on the real program: no crash, no acknowledged event lost, the terminal restored
# each time. In `make check` for ten seconds with a fixed seed; `make check-monkey` for ten minutes with another.
set -u
here=$(cd "$(dirname "$0")/../flow" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
monkey=${builddir:-.}/tests/tty/monkey
seconds=${PSIRTTY_MONKEY_SECONDS:-10}
seed=${PSIRTTY_MONKEY_SEED:-4711}
[ -x "$monkey" ] || { skip 'random keys' 'needs libvterm'; tap_done; }
work=$(mktemp -d "${TMPDIR:-/tmp}/pm.XXXXXX") || exit 1
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
trap 'PATH=/usr/bin:/bin; for h in "$work"/demo/gnupg "$work"/demo/people/*; do gpgconf --homedir "$h" --kill all; done; rm -rf "$work"' EXIT 2>/dev/null

"$psirtty" demo "$work/demo" >"$work/story" 2>&1
ok $? 'a demo vault'
export GNUPGHOME=$work/demo/gnupg
before=$("$psirtty" --vault "$work/demo/vault" vault stats 2>/dev/null | grep -oE '[0-9]+' | head -1)
# What random words may start: gpg, and an editor that writes one line.
mkdir "$work/bin" "$work/home"
for tool in gpg gpgconf gpg-agent; do
  ln -s "$(command -v $tool)" "$work/bin/$tool"
done
printf '#!/bin/sh\necho "by a monkey" >>"$1"\n' >"$work/bin/ed"
chmod +x "$work/bin/ed"
(
  cd "$work/home" || exit 1
  ASAN_OPTIONS=${ASAN_OPTIONS:-}:log_path=$work/asan UBSAN_OPTIONS=${UBSAN_OPTIONS:-}:log_path=$work/ubsan \
    HOME=$work/home EDITOR=$work/bin/ed PATH=$work/bin PSIRTTY=$psirtty \
    "$monkey" "$work/demo/vault" "$seconds" "$seed" >"$work/out" 2>"$work/noted"
)
status=$?
grep '^# seed' "$work/out"
ok $status 'random keys, pastes, sizes and signals' "$(grep -v '^ok' "$work/out" | head -60)"
reports=$(ls "$work"/asan* "$work"/ubsan* 2>/dev/null)
is "$reports" '' 'no sanitizer complained'
[ -z "$reports" ] || head -60 $reports | sed 's/^/#   /'
"$psirtty" --vault "$work/demo/vault" case log 1 >"$work/log" 2>"$work/err"
lost=$(grep -vxF -f <(grep -o 'monkey-[0-9]*\.' "$work/log") "$work/noted" | head -5)
is "$lost" '' 'no acknowledged note is lost'
"$psirtty" --vault "$work/demo/vault" audit verify >"$work/audit" 2>&1
ok $? 'the vault is whole' "$(tail -3 "$work/audit")"
after=$("$psirtty" --vault "$work/demo/vault" vault stats 2>/dev/null | grep -oE '[0-9]+' | head -1)
noted=$(wc -l <"$work/noted")
[ "${before:-0}" -gt 0 ] && [ "${after:-0}" -ge $((before + noted)) ]
ok $? "no event is missing: $before before, $noted acknowledged notes, $after behind"

tap_done
