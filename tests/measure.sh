#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# How long functions and files are. A function is what stands between a "{" and a "}" that are both
# alone in column 0, its signature counted as one line; a table ("= {") is none. Fails on a function
# over 100 lines or a file over 1000, and when the median is over 15 or 95 % are not within 60.
# Usage: tests/measure.sh [TOP]
set -u
export LC_ALL=C
cd "${1:-$(dirname "$0")/..}" || exit 1
files=$(find src include tests -name '*.[ch]' -type f | sort)
[ -n "$files" ] || { echo 'not ok 1 - there is something to measure'; exit 1; }

# shellcheck disable=SC2086
functions=$(awk '
FNR == 1 { begun = 0; name = "?" }
/^[A-Za-z_].*\(/ && !/;[ \t]*$/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ \t*]/, "", name) }
/^\{[ \t]*$/ { begun = FNR }
/^\}[ \t]*$/ && begun { print FNR - begun + 2, FILENAME ":" begun, name; begun = 0 }' $files | sort -n)
# shellcheck disable=SC2086
lengths=$(wc -l $files | awk '$2 != "total" { print $1, $2 }' | sort -n)

# The figures of a sorted list of "length place".
figures() {
  awk -v what="$1" '{ n[NR] = $1; sum += $1 } END {
    if (!NR) { print "# figure: " what ": none"; exit }
    printf "# figure: %s: %d, %d lines, median %d, 95 %% within %d, longest %d\n", what, NR, sum,
      n[int((NR + 1) / 2)], n[int((NR * 95 + 99) / 100)], n[NR] }'
}
quantile() {
  awk -v part="$1" '{ n[NR] = $1 } END { print NR ? n[int((NR * part + 99) / 100)] : 0 }'
}
# Prints the TAP line of check $1 called $2; it has failed when there is text $3.
verdict() {
  if [ -n "$3" ]; then
    echo "not ok $1 - $2"
    echo "$3" | sed 's/^/#   /'
    status=1
  else
    echo "ok $1 - $2"
  fi
}

status=0
echo "$functions" | grep . | figures functions
echo "$lengths" | figures files
echo '# the ten longest functions:'
echo "$functions" | tail -n 10 | sort -rn | sed 's/^/#   /'
echo '# the ten longest files:'
echo "$lengths" | tail -n 10 | sort -rn | sed 's/^/#   /'
verdict 1 'no function is over 100 lines' "$(echo "$functions" | awk '$1 > 100')"
verdict 2 'no file is over 1000 lines' "$(echo "$lengths" | awk '$1 > 1000')"
verdict 3 'half of the functions have at most 15 lines' \
  "$(echo "$functions" | quantile 50 | awk '$1 > 15 { print "the median is " $1 }')"
verdict 4 '95 % of the functions have at most 60 lines' \
  "$(echo "$functions" | quantile 95 | awk '$1 > 60 { print "95 % have up to " $1 }')"
echo '1..4'
exit "$status"
