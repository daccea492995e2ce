#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 900
#
# The collection of hostile mail through the whole program: all of it is kept, nothing is written or reached
# outside of the vault, nothing reaches the terminal as it came, no answer carries what was not opened.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-$PSIRTTY}
corpora=${PSIRTTY_CORPORA:-../shared/corpora}
if [ ! -f "$corpora/mail-hostile/index.tsv" ]; then
  skip 'hostile mail' 'no corpora: set PSIRTTY_CORPORA'
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/mh.XXXXXX") || exit 1
trap 'gpgconf --homedir "$work/gnupg" --kill all 2>/dev/null; rm -rf "$work"' EXIT
export GNUPGHOME=$work/gnupg XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache PSIRTTY_VAULT=$work/vault
mkdir -m 700 "$GNUPGHOME"
mkdir "$work/mail"
cp "$corpora"/mail-hostile/*.eml "$work/mail/"
count=$(ls "$work/mail" | wc -l)
for key in alice-pub mallory-pub fakealice-pub nl-pub eveesc-pub psirt-sec; do
  gpg --batch --quiet --import "$corpora/mail-hostile/keys/$key.asc" 2>/dev/null
done
ours=$(gpg --batch --with-colons --list-secret-keys | awk -F: '$1 == "fpr" { print $10; exit }')
"$psirtty" init "$work/vault" --handler "$ours" >"$work/init" 2>&1
ok $? 'a vault is made for the key of the collection' "$(cat "$work/init")"

# ---- all of it comes in, and only where it belongs
calls=socket,connect,open,openat,openat2,creat,rename,renameat,renameat2,mkdir,mkdirat,link,linkat,symlink,symlinkat
if command -v strace >/dev/null && strace -f -e trace=$calls -o "$work/probe" true 2>/dev/null; then
  gpgconf --homedir "$GNUPGHOME" --launch gpg-agent
  said=$(strace -f -qq -e signal=none -e trace=$calls -o "$work/trace" "$psirtty" mail import "$work/mail" 2>&1)
  has "$said" "$count taken in" 'every hostile mail is kept'
  outside=$(grep -E 'O_(WRONLY|RDWR|CREAT)|(creat|rename|mkdir|link)' "$work/trace" | grep -vE ' (= -1|\?)' |
    sed -n 's/[^"]*"\([^"]*\)".*/\1/p' | grep '^/' | grep -vE "^($work/|/dev/(null|tty|ptmx|shm))" | sort -u)
  is "$outside" '' 'nothing is written outside of the vault and its own folders'
  is "$(grep -E 'socket\(' "$work/trace" | grep -vE 'AF_(UNIX|LOCAL)' | head -n 3)" '' 'no socket of a network is opened'
  is "$(grep 'connect(' "$work/trace" | grep -vE 'S\.gpg-agent|/run/systemd|nscd|= -1' | head -n 3)" '' \
    'nobody but the agent is spoken to'
else
  said=$("$psirtty" mail import "$work/mail" 2>&1)
  has "$said" "$count taken in" 'every hostile mail is kept'
  skip 'what it writes and reaches' 'strace may not trace here'
fi
is "$("$psirtty" mail import "$work/mail" 2>&1 | grep -o "$count known")" "$count known" 'a second time all are known'

# ---- it is read, and nothing came of it by itself
"$psirtty" mail list --json >"$work/list"
is "$(grep -c '"id"' "$work/list")" "$count" 'all are in the inbox'
is "$(grep -c '"case": null' "$work/list")" "$count" 'no tag, reference or word of theirs put one into a case'
is "$(ls "$work/vault/outbox" 2>/dev/null | wc -l)" 0 'nothing was answered'

# ---- what a terminal gets
for id in $(sed -n 's/.*"id": "\(M-[0-9]*\)".*/\1/p' "$work/list"); do
  "$psirtty" mail show "$id" >>"$work/shown" 2>&1
done
"$psirtty" mail list >>"$work/shown"
is "$(LC_ALL=C grep -caP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$work/shown")" 0 \
  'no control character and no bidi control is printed'

replay=${builddir:-.}/tests/tty/replay
if [ -x "$replay" ]; then
  PSIRTTY=$psirtty "$replay" "$work/vault" "$count" >"$work/replay"
  ok $? 'each opened by keys, and no escape sequence of theirs reaches the terminal' "$(grep -v '^ok' "$work/replay")"
else
  skip 'each opened by keys' 'needs libvterm'
fi

# ---- answers
secret=0 answered=0
for id in $(sed -n 's/.*"id": "\(M-[0-9]*\)".*/\1/p' "$work/list"); do
  "$psirtty" mail show "$id" --json >"$work/one" 2>/dev/null
  # Those that were opened may be quoted; of the others nothing was.
  grep -q '"state": "decrypted"' "$work/one" && continue
  case $(sed -n 's/.*"efail-structure".*/closed/p; s/.*"state": "\(failed\|refused\)".*/closed/p' "$work/one" | head -n 1) in
  closed) ;;
  *) continue ;;
  esac
  "$psirtty" mail take "$id" >/dev/null 2>&1 || continue
  draft=$("$psirtty" mail reply "$id" --text 'Thank you.' 2>&1 | grep -oE 'reply-[0-9a-f]+' | head -n 1)
  [ -n "$draft" ] || continue
  answered=$((answered + 1))
  "$psirtty" mail check "$draft" 2>&1 | grep -q 'SECRET-7f3a' && secret=$((secret + 1))
done
[ "$answered" -ge 3 ]
ok $? "mails with something closed in them are answered ($answered)"
is "$secret" 0 'no draft holds what was not opened'
tap_done
