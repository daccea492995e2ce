#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# time limit: 1200
#
# Builds the fuzz targets with clang in a folder of their own and runs each for PSIRTTY_FUZZ_SECONDS
# (10; those of the vault's own bytes 60). Inputs that were worth keeping stay in tests/fuzz/corpus of that folder and are tried again
# the next time; files in tests/fuzz/seeds/NAME/ of the source are tried first.
set -u
srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
builddir=$(cd "${builddir:-$srcdir}" && pwd)
build=$builddir/build-fuzz
log=$build/fuzz-build.log
unset MAKEFLAGS MAKELEVEL

skip() {
  echo "1..0 # SKIP $1"
  exit 0
}

command -v clang >/dev/null || skip 'no clang (Debian: clang libclang-rt-14-dev)'
echo 'int LLVMFuzzerTestOneInput(const char *b, unsigned long n); int LLVMFuzzerTestOneInput(const char *b, unsigned long n) { return b && n > 1u << 30; }' >"$TMPDIR/probe.c"
clang -fsanitize=fuzzer,address -o "$TMPDIR/probe" "$TMPDIR/probe.c" 2>/dev/null ||
  skip 'clang has no libFuzzer (Debian: libclang-rt-14-dev)'
[ ! -f "$srcdir/config.status" ] || skip 'the source tree is configured in place; ./bootstrap check builds beside it'

mkdir -p "$build" || exit 1
if [ ! -f "$build/config.status" ] && ! (cd "$build" && "$srcdir/configure" CC=clang \
  --enable-fuzzing --enable-sanitizers CFLAGS='-O1 -g') >"$log" 2>&1; then
  tail -n 20 "$log"
  echo 'not ok 1 - the fuzz build is configured'
  exit 1
fi
if ! make -C "$build" -j "$(nproc 2>/dev/null || echo 1)" fuzz-programs >"$log" 2>&1; then
  tail -n 20 "$log"
  echo 'not ok 1 - the fuzz targets build'
  exit 1
fi

count=0 status=0
while read -r program; do
  name=${program##*/}
  case $name in
  row | bundle | tar | pages) seconds=${PSIRTTY_FUZZ_SECONDS:-60} ;;
  *) seconds=${PSIRTTY_FUZZ_SECONDS:-10} ;;
  esac
  corpus=$build/tests/fuzz/corpus/$name
  mkdir -p "$corpus"
  seeds=$srcdir/tests/fuzz/seeds/$name
  [ -d "$seeds" ] || seeds=
  count=$((count + 1))
  # shellcheck disable=SC2086
  if (cd "$TMPDIR" && ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=1" "$build/$program" -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=2048 -max_len=65536 -verbosity=0 -print_final_stats=1 "$corpus" $seeds) >"$build/$name.log" 2>&1 </dev/null; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log")
    echo "ok $count - $name: ${runs:-?} inputs in $seconds s"
  else
    status=1
    echo "not ok $count - $name"
    tail -n 40 "$build/$name.log" | sed 's/^/# /'
    for crash in "$TMPDIR"/crash-* "$TMPDIR"/leak-* "$TMPDIR"/timeout-* "$TMPDIR"/oom-*; do
      [ -f "$crash" ] && cp "$crash" "$build/" && echo "# kept as $build/${crash##*/}"
    done
  fi
done <"$build/tests/fuzz/list"
echo "1..$count"
exit "$status"
