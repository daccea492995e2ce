#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Other programs on the vectors and package URLs of tests/bench/score, measured in the same run.
# PSIRTTY_BENCH_PEERS is a folder where `npm install ae-cvss-calculator packageurl-js` was run; for
# ruby there is Debian's ruby-cvss-suite. Says which peers are missing.
# Usage: tests/bench/peers.sh PROGRAM
set -u
peers=${PSIRTTY_BENCH_PEERS:-}
samples=$(mktemp) || exit 1
trap 'rm -f "$samples"' EXIT
"$1" --samples >"$samples" || exit 1

missing() {
  printf '%-32s %-24s %12s: %s\n' "$1" "$2" missing "$3"
}

# Reads the samples, times $run over a part of them (peers are slow), prints one line.
node_peer() {
  node -e '
const [name, pack, start, run] = process.argv.slice(2)
const module = require(process.argv[1] + "/node_modules/" + pack)
const version = require(process.argv[1] + "/node_modules/" + pack + "/package.json").version
const lines = require("fs").readFileSync(0, "utf8").split("\n").filter(line => line.startsWith(start)).slice(0, 4000)
const one = new Function("module", "text", run)
let refused = 0
const round = () => { for (const line of lines) try { one(module, line) } catch { refused++ } }
round()
const times = []
for (let i = 0; i < 3; i++) { const begun = process.hrtime.bigint(); round(); times.push(Number(process.hrtime.bigint() - begun) / 1e9) }
times.sort((a, b) => a - b)
const note = refused ? ", refused " + refused / 4 + " of " + lines.length : ""
console.log(name.padEnd(32) + " " + (pack + " " + version).padEnd(24) + " " + (lines.length / times[1]).toFixed(0).padStart(12) + " a second" + note)
' "$peers" "$@" <"$samples"
}

try_node() {
  if ! command -v node >/dev/null; then missing "$1" "$2" 'node is not installed'
  elif [ ! -f "$peers/node_modules/$2/package.json" ]; then
    missing "$1" "$2" 'PSIRTTY_BENCH_PEERS names no folder where npm installed it'
  else node_peer "$@" || missing "$1" "$2" 'it failed'
  fi
}

try_ruby() {
  if ! command -v ruby >/dev/null; then missing "$1" cvss-suite 'ruby is not installed'
  elif ! ruby -e 'require "cvss_suite"' 2>/dev/null; then
    missing "$1" cvss-suite 'not installed (Debian: ruby-cvss-suite)'
  else ruby -e '
require "cvss_suite"
lines = STDIN.each_line.map(&:chomp).select { |line| line.start_with?(ARGV[1]) }.first(2000)
times = (0..2).map do
  begun = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  lines.each { |line| CvssSuite.new(line).overall_score }
  Process.clock_gettime(Process::CLOCK_MONOTONIC) - begun
end
printf("%-32s %-24s %12.0f a second\n", ARGV[0], "cvss-suite " + CvssSuite::VERSION, lines.size / times.sort[1])
' "$@" <"$samples" || missing "$1" cvss-suite 'it failed'
  fi
}

try_node 'CVSS 4.0, read and score' ae-cvss-calculator CVSS:4.0/ 'return new module.Cvss4P0(text).calculateScores()'
try_node 'CVSS 3.1, read and score' ae-cvss-calculator CVSS:3.1/ 'return new module.Cvss3P1(text).calculateScores()'
try_ruby 'CVSS 3.1, read and score' CVSS:3.1/
try_node 'package URL, read' packageurl-js pkg: 'return module.PackageURL.fromString(text)'
