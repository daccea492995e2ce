#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 900
#
# The collections of hostile and of real mail through the whole program: all of it is kept and read, nothing is written or
# reached outside of the vault, nothing reaches the terminal as it came, no answer carries what was not opened.
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
hostile=$(ls "$work/mail" | wc -l)
number=0
while IFS=$'\t' read -r file _; do
  number=$((number + 1))
  cp "$corpora/mail/$file" "$work/mail/real-$number.eml"
done < <(tail -n +2 "$corpora/mail/index.tsv")
# Names of attachments that need tables of the C library, which the parser may not open.
cat >"$work/mail/named.eml" <<'MAIL'
From: lei@finder.example
Subject: named in GB 2312
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: application/octet-stream; name="=?gb2312?B?zfi52C50eHQ=?="
Content-Disposition: attachment; filename*=iso-8859-1'de'%fc.txt

x
--b--
MAIL
for key in alice-pub mallory-pub fakealice-pub nl-pub eveesc-pub psirt-sec; do
  gpg --batch --quiet --import "$corpora/mail-hostile/keys/$key.asc" 2>/dev/null
done
ours=$(gpg --batch --with-colons --list-secret-keys | awk -F: '$1 == "fpr" { print $10; exit }')
gpg --batch --quiet --import "$corpora/mail/keys/all-public.asc" "$corpora/mail/keys/all-secret.asc" 2>/dev/null
"$psirtty" init "$work/vault" --handler "$ours" >"$work/init" 2>&1
ok $? 'a vault is made for the key of the collection' "$(cat "$work/init")"

# ---- all that follows is traced, where that can be
calls=socket,connect,open,openat,openat2,creat,rename,renameat,renameat2,mkdir,mkdirat,link,linkat,symlink,symlinkat
traced=0 traces=0
command -v strace >/dev/null && strace -f -e trace=$calls -o "$work/probe" true 2>/dev/null && traced=1
gpgconf --homedir "$GNUPGHOME" --launch gpg-agent
p() {
  if [ "$traced" = 1 ]; then
    traces=$((traces + 1))
    timeout 120 strace -f --seccomp-bpf -qq -e signal=none -e trace=$calls -o "$work/trace.$BASHPID.$traces" "$psirtty" "$@"
  else
    "$psirtty" "$@"
  fi
}

said=$(p mail import "$work/mail" 2>&1)
# Some of the collections are the same mail twice.
read -r taken known < <(echo "$said" | sed -n 's/^\([0-9]*\) taken in, \([0-9]*\) known.*/\1 \2/p')
is "$((${taken:-0} + ${known:-0}))" "$((hostile + number + 1))" 'every mail is kept'
is "$("$psirtty" mail import "$work/mail" 2>&1 | grep -o '^0 taken in')" '0 taken in' 'a second time all are known'

# ---- it is read, and nothing came of it by itself
"$psirtty" mail list --json >"$work/list"
ids=$(sed -n 's/.*"id": "\(M-[0-9]*\)".*/\1/p' "$work/list")
is "$(grep -c '"case": null' "$work/list")" "$(echo "$ids" | wc -l)" 'no tag, reference or word of theirs put one into a case'
is "$(ls "$work/vault/outbox" 2>/dev/null | wc -l)" 0 'nothing was answered'

# ---- what a terminal gets
# shellcheck disable=SC2086
{ p mail show $ids; "$psirtty" mail list; } >"$work/shown" 2>&1
is "$(LC_ALL=C grep -caP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$work/shown")" 0 \
  'no control character and no bidi control is printed'
is "$(grep -c '^Verdict' "$work/shown")" "$(echo "$ids" | wc -l)" 'each has one verdict, and no text stands where that does'
is "$(grep -cvE '^($|[#|] |[#|]$|#==|--- |psirtty|M-[0-9]|id	|[[:alpha:]]+( named)?  )' "$work/shown")" 0 \
  'every other line is ours or stands behind a mark'

replay=${builddir:-.}/tests/tty/replay
if [ -x "$replay" ]; then
  PSIRTTY=$psirtty "$replay" "$work/vault" "$(echo "$ids" | wc -l)" >"$work/replay"
  ok $? 'each opened by keys, and no escape sequence of theirs reaches the terminal' "$(grep -v '^ok' "$work/replay")"
else
  skip 'each opened by keys' 'needs libvterm'
fi

# ---- answers
# shellcheck disable=SC2086
"$psirtty" mail show --json $ids >"$work/all"
python3 - "$work/all" >"$work/closed" <<'PYTHON'
import json, sys
text, at, decode = open(sys.argv[1], encoding="utf-8").read(), 0, json.JSONDecoder().raw_decode
strange = []
while at < len(text.rstrip()):
    one, at = decode(text, at)
    at += len(text[at:]) - len(text[at:].lstrip())
    if "unreadable" in one["flags"]:
        strange.append(one["id"])
    if one["subject"] == "named in GB 2312":
        print("named", one["attachments"][0]["name"], one["attachments"][0]["other_name"])
    # Those that were opened may be quoted; of the others nothing was.
    if one["encryption"]["state"] != "decrypted" and ("efail-structure" in one["flags"] or one["encryption"]["state"] in ("failed", "refused")):
        print("closed", one["id"])
print("unreadable", *strange)
PYTHON
is "$(grep '^unreadable' "$work/closed")" 'unreadable' 'the parser stopped on none'
is "$(grep '^named' "$work/closed")" 'named ü.txt 网关.txt' 'names are read in every charset'
secret=0 answered=0
for id in $(sed -n 's/^closed //p' "$work/closed"); do
  [ "$answered" -lt 4 ] || break
  p mail take "$id" >/dev/null 2>&1 || continue
  draft=$(p mail reply "$id" --text 'Thank you.' 2>&1 | grep -oE 'reply-[0-9a-f]+' | head -n 1)
  [ -n "$draft" ] || continue
  answered=$((answered + 1))
  p mail check "$draft" 2>&1 | grep -q 'SECRET-7f3a' && secret=$((secret + 1))
done
[ "$answered" -ge 3 ]
ok $? "mails with something closed in them are answered ($answered)"
is "$secret" 0 'no draft holds what was not opened'

# ---- a marking in a stranger's subject
forged=$("$psirtty" mail list --json TLP:CLEAR | sed -n 's/.*"id": "\(M-[0-9]*\)".*/\1/p' | head -n 1)
"$psirtty" mail take "$forged" >/dev/null 2>&1
draft=$("$psirtty" mail reply "$forged" --text 'Thank you.' 2>&1 | grep -oE 'reply-[0-9a-f]+' | head -n 1)
is "$("$psirtty" mail check "$draft" 2>&1 | sed -n 's/^Marking  *//p')" TLP:RED 'does not lower the marking of its case'

# ---- what all of it wrote and reached
if [ "$traced" = 1 ]; then
  cat "$work"/trace.* >"$work/trace"
  outside=$(grep -E 'O_(WRONLY|RDWR|CREAT)|(creat|rename|mkdir|link)' "$work/trace" | grep -vE ' (= -1|\?)' |
    sed -n 's/[^"]*"\([^"]*\)".*/\1/p' | grep '^/' | grep -vE "^($work/|/dev/(null|tty|ptmx|shm))" |
    awk -v work="$work" 'index(work, $0 "/") != 1' | sort -u)
  is "$outside" '' 'nothing is written outside of the vault and its own folders'
  is "$(grep -E 'socket\(' "$work/trace" | grep -vE 'AF_(UNIX|LOCAL)' | head -n 3)" '' 'no socket of a network is opened'
  is "$(grep 'connect(' "$work/trace" | grep -vE 'S\.gpg-agent|/run/systemd|nscd|= -1' | head -n 3)" '' \
    'nobody but the agent is spoken to'
  [ "$(ls "$work"/trace.* | wc -l)" -ge "$((2 + 3 * answered))" ]
  ok $? 'that was seen of import, show, take, reply and check'
else
  skip 'what it writes and reaches' 'strace may not trace here'
fi
is "$(grep -rlaE 'SECRET-7f3a|account [AB]|libfoo|Subject:' "$work/vault" "$work/state" "$work/cache" "$GNUPGHOME" 2>/dev/null | head -n 3)" \
  '' 'no word of theirs lies open in vault, state, cache or key rings'
tap_done
