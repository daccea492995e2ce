#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 120
#
# What a server can do to a sync: each ends with a sentence, nothing is taken in by half, and the next run goes on.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/feeds.sh"
psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
if ! command -v python3 >/dev/null || ! command -v openssl >/dev/null; then
  skip 'feeds from a server' 'needs python3 and openssl'
  tap_done
fi
tries=1
feeds_start
trap feeds_stop EXIT

# ---- as it should be
out=$(p feed sync kev)
is "$?" 0 'a source is synced'
has "$out" $'kev\tsynced\t1\t' 'what came is said'
is "$(held kev)" '400 1 d 12 h 0' 'its records are there, and how old they are'
has "$(p feed sync kev)" $'kev\tunchanged\t0\t0' 'asked again nothing comes'
is "$(asked '^304 /kev.json')" 1 'because it says what is here'
has "$(cat "$served/log")" 'psirtty/' 'it says who asks'
has "$(p feed status)" $'kev\tfresh\t400' 'the status says that it is fresh'
has "$(p feed status)" $'cve\tabsent\t0\tunknown' 'and what was never asked is unknown'
has "$("$psirtty" --now 2026-12-20T00:00:00Z feed status)" $'kev\tstale\t400' 'and later that it is stale'

# ---- what a server can do: action, words of the sentence
before=$(held kev)
feeds_world 2
fails() { # fails NAME WORDS ACTION…
  local name=$1 words=$2 out
  shift 2
  act kev.json "$@"
  out=$(p feed sync kev)
  is "$?" 3 "$name: it fails"
  has "$out" "$words" "$name: the sentence"
  is "$(held kev)" "$before" "$name: nothing of it is in the store"
  rm -f "$served/script/kev.json" "$XDG_DATA_HOME"/psirtty/feeds/kev/*.part*
}
fails 'no answer to trust' 'a web page came with status 200' 'always html'
fails '0 bytes' 'the server sent 0 bytes' 'always empty'
fails 'a storm of 403' 'the server answered 403' 'always status 403'
fails 'a storm of 429' 'the server answered 429' 'always status 429'
tries=2
feeds_settings ''
fails 'a storm of 503' 'the server answered 503' 'always status 503 1'
fails 'told to come back tomorrow' 'the server answered 503' 'always status 503 86400'
is "$(asked '^503 /kev.json')" 3 'a storm is asked twice, a long wait once'
tries=1
feeds_settings ''
patience=1
feeds_settings ''
fails 'a stalled server' 'kev, kev.json' 'always stall 100'
patience=60
feeds_settings ''
fails 'a torn download' 'kev, kev.json' 'always torn 60000'
fails 'cut in the middle as if it were whole' 'kev, kev.json' 'always cut 60000'
fails 'a bomb' 'it unpacks to more than 200 times its size' 'always bomb'

# ---- torn, then gone on with
tries=2
feeds_settings ''
: >"$served/log"
act kev.json 'torn 60000' 'status 503 86400'
p feed sync kev >/dev/null
is "$?" 3 'a line that breaks and then is refused is given up'
is "$(asked 'bytes=60000-')" 1 'the second try asked for the rest'
has "$(p feed sync kev)" $'kev\tsynced\t1\t' 'the next run'
is "$(asked 'bytes=60000-')" 2 'goes on where the first stopped'
is "$(held kev)" '401 12 h 0 m 0' 'and has all of it'
is "$(find "$XDG_DATA_HOME/psirtty/feeds/kev" -name '*.part*' | wc -l)" 0 'no part is left'

tries=1
feeds_settings ''

# ---- archives
cve=cve/files/2026-11-20_all_CVEs_at_midnight.zip.zip
act $cve 'always cut 500'
out=$(p feed sync cve)
has "$out" 'where the list says' 'a truncated zip'
is "$(held cve)" '0 unknown 0' 'leaves nothing'
act $cve
printf 'x' | dd of="$served/www/$cve" bs=1 seek=900 conv=notrunc 2>/dev/null
out=$(p feed sync cve)
has "$out" 'its SHA-256 is' 'a wrong hash'
is "$(held cve)" '0 unknown 0' 'leaves nothing'
feeds_world 1
out=$(p feed sync cve)
has "$out" $'cve\tsynced\t4\t' 'baseline and deltas'
is "$(held cve)" '41 1 d 12 h 0' 'all records'
feeds_world 2
has "$(p feed sync cve)" $'cve\tsynced\t2\t' 'the next delta alone'
is "$(asked 'all_CVEs_at_midnight')" 3 'the baseline is not asked for again'
act osv/PyPI/all.zip 'always cut 900'
has "$(p feed sync osv-PyPI)" 'the zip was cut off' 'a zip whose end is missing'
is "$(held osv-PyPI)" '0 unknown 0' 'leaves nothing'
act osv/PyPI/all.zip
cp "$served/www/bomb/all.zip" "$served/www/osv/PyPI/all.zip"
has "$(p feed sync osv-PyPI)" 'made to fill memory' 'a zip that is a bomb'
is "$(held osv-PyPI)" '0 unknown 0' 'leaves nothing'
feeds_world 1
p feed sync osv-PyPI >/dev/null
is "$(held osv-PyPI)" '5 21 d 12 h 0' 'and the right one takes its place'

# ---- pages: one that fails is asked for again, those before are not
act nvdapi 'always status 404'
has "$(p feed sync nvd)" 'the server answered 404' 'the NVD that refuses a key says why'
is "$(asked 'secret-of-the-nvd')" 1 'the key went along'
act nvdapi
mv "$served/www/nvdapi?resultsPerPage=2000&startIndex=40" "$work/page"
mv "$served/www/nvdapi" "$work/none"
p feed sync nvd >/dev/null
is "$?" 3 'a page is missing'
mv "$work/page" "$served/www/nvdapi?resultsPerPage=2000&startIndex=40"
mv "$work/none" "$served/www/nvdapi"
has "$(p feed sync nvd)" $'nvd\tsynced\t2\t' 'the next run'
is "$(asked '^200 /nvdapi?resultsPerPage=2000&startIndex=20 ')" 1 'asks for no page twice'
is "$(held nvd)" '51 21 d 12 h 0' 'and has all of them'

# ---- offline
: >"$served/log"
out=$(p --offline feed sync kev)
is "$?" 4 'offline it is refused'
has "$out" 'offline' 'with the reason'
feeds_settings 'offline: true'
p feed sync kev >/dev/null
is "$?" 4 'so it is where the settings say so'
is "$(wc -l <"$served/log")" 0 'nobody was asked'
feeds_settings ''

# ---- cancelled
act epss.csv.gz 'always stall 40'
"$psirtty" --now 2026-11-22T12:00:00Z feed sync kev epss >"$work/out" 2>&1 &
syncing=$!
end=$((SECONDS + 60))
until grep -q epss "$served/log" || [ $SECONDS -ge $end ]; do read -r -t 0.05 _ <><(:); done
kill -INT $syncing
wait $syncing
is "$?" 1 'cancelled'
has "$(cat "$work/out")" 'it was cancelled' 'it says so'
has "$(cat "$work/out")" $'kev\t' 'and what came before is told'

# ---- killed after so many requests, again and again: the same records as without
act epss.csv.gz
sources='osv-PyPI kev epss redhat-vex nvd-files'
# shellcheck disable=SC2086
XDG_DATA_HOME=$work/whole p feed sync $sources >/dev/null
for count in 1 2 3 4 6 9; do
  : >"$served/log"
  # shellcheck disable=SC2086
  XDG_DATA_HOME=$work/killed "$psirtty" --now 2026-11-22T12:00:00Z feed sync $sources >/dev/null 2>&1 &
  syncing=$!
  end=$((SECONDS + 60))
  until [ "$(wc -l <"$served/log")" -ge $count ] || ! kill -0 $syncing 2>/dev/null || [ $SECONDS -ge $end ]; do
    read -r -t 0.01 _ <><(:)
  done
  kill -KILL $syncing 2>/dev/null
  wait $syncing 2>/dev/null
done
# shellcheck disable=SC2086
XDG_DATA_HOME=$work/killed p feed sync $sources >/dev/null
is "$?" 0 'killed six times, the next run ends'
is "$(records "$work/killed")" "$(records "$work/whole")" 'with the same records as one that nobody disturbed'

# ---- which
has "$(p feed sync nosuch)" 'there is no such source' 'a source that is none'
has "$(p feed sync cnvd)" 'feed import FILE' 'one that a person downloads'
tap_done
