#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# time limit: 1200
#
# Builds the fuzz targets with clang in a folder of their own and runs each for PSIRTTY_FUZZ_SECONDS
# (6; mail and those of the vault's own bytes 60), as many at a time as there are processors. Inputs that were worth
# keeping stay in tests/fuzz/corpus of that folder and are tried again the next time; files in tests/fuzz/seeds/NAME/
# of the source are tried first, and for mail the collections at PSIRTTY_CORPORA. PSIRTTY_FUZZ_ONLY names one target,
# which then has all processors.
set -u
srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
builddir=$(cd "${builddir:-$srcdir}" && pwd)
build=$builddir/build-fuzz
log=$build/fuzz-build.log
corpora=${PSIRTTY_CORPORA:-$srcdir/../shared/corpora}
case $corpora in /*) ;; *) corpora=$PWD/$corpora ;; esac
processors=$(nproc 2>/dev/null || echo 1)
unset MAKEFLAGS MAKELEVEL

# One target; called once more for each, several at a time.
run_one() {
  name=${1##*/}
  case $name in
  mail | row | bundle | tar | pages) seconds=${PSIRTTY_FUZZ_SECONDS:-60} ;;
  *) seconds=${PSIRTTY_FUZZ_SECONDS:-6} ;;
  esac
  corpus=$build/tests/fuzz/corpus/$name
  mkdir -p "$corpus" "$TMPDIR/$name"
  seeds=
  [ -d "$srcdir/tests/fuzz/seeds/$name" ] && seeds=$srcdir/tests/fuzz/seeds/$name
  [ "$name" = mail ] && [ -d "$corpora/mail-hostile" ] && seeds="$corpora/mail $corpora/mail-hostile"
  many=
  [ -n "${PSIRTTY_FUZZ_ONLY:-}" ] && many="-fork=$processors -ignore_crashes=0"
  start=$(date +%s)
  # shellcheck disable=SC2086
  (cd "$TMPDIR/$name" && ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=1" "$build/$1" -max_total_time="$seconds" -timeout=20 \
    -rss_limit_mb=2048 -max_len=65536 -verbosity=0 -print_final_stats=1 $many "$corpus" $seeds) >"$build/$name.log" 2>&1 </dev/null
  code=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p; s/^#\([0-9]*\): cov.*/\1/p' "$build/$name.log" | tail -n 1)
  echo "$code ${runs:-?} $(($(date +%s) - start))" >"$build/$name.end"
}

if [ "${1:-}" = --one ]; then
  build=$2
  run_one "$3"
  exit 0
fi

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
  --enable-fuzzing --enable-sanitizers CFLAGS='-O1 -gline-tables-only') >"$log" 2>&1; then
  tail -n 20 "$log"
  echo 'not ok 1 - the fuzz build is configured'
  exit 1
fi
if ! make -C "$build" -j "$processors" fuzz-programs >"$log" 2>&1; then
  tail -n 20 "$log"
  echo 'not ok 1 - the fuzz targets build'
  exit 1
fi

count=0 status=0
grep "${PSIRTTY_FUZZ_ONLY:+/${PSIRTTY_FUZZ_ONLY}\$}" "$build/tests/fuzz/list" >"$TMPDIR/targets"
# The long ones first, so that none is left alone at the end.
{ grep -E '/(mail|row|bundle|tar|pages)$' "$TMPDIR/targets"; grep -vE '/(mail|row|bundle|tar|pages)$' "$TMPDIR/targets"; } |
  srcdir=$srcdir TMPDIR=$TMPDIR xargs -n 1 -P "$processors" "$srcdir/tests/fuzz/run.sh" --one "$build"
while read -r program; do
  name=${program##*/}
  count=$((count + 1))
  code=1 runs=? seconds=?
  [ -f "$build/$name.end" ] && read -r code runs seconds <"$build/$name.end"
  rm -f "$build/$name.end"
  if [ "$code" = 0 ]; then
    echo "ok $count - $name: $runs inputs in $seconds s"
  else
    status=1
    echo "not ok $count - $name"
    tail -n 40 "$build/$name.log" | sed 's/^/# /'
    for crash in "$TMPDIR/$name"/crash-* "$TMPDIR/$name"/leak-* "$TMPDIR/$name"/timeout-* "$TMPDIR/$name"/oom-*; do
      [ -f "$crash" ] && cp "$crash" "$build/" && echo "# kept as $build/${crash##*/}"
    done
  fi
done <"$TMPDIR/targets"
echo "1..$count"
exit "$status"
