#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Mail in: 10,000 plain messages from a Maildir and from an mbox, and 200 sealed ones beside gpg in a loop.
# mail.sh PSIRTTY [MESSAGES]
set -u
psirtty=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
messages=${2:-10000}
work=$(mktemp -d "${TMPDIR:-/tmp}/bm.XXXXXX") || exit 1
trap 'gpgconf --homedir "$work/gnupg" --kill all 2>/dev/null; rm -rf "$work"' EXIT
export GNUPGHOME="$work/gnupg" XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache" PSIRTTY_VAULT="$work/vault"
mkdir -m 700 "$GNUPGHOME" && mkdir -p "$work/plain/cur" "$work/sealed/cur" "$work/armor" || exit 1
gpg --batch --quiet --passphrase '' --quick-gen-key 'Bench <bench@vendor.example>' ed25519 sign,cert 2>/dev/null
key=$(gpg --batch --with-colons --list-keys 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
gpg --batch --quiet --passphrase '' --quick-add-key "$key" cv25519 encr 2>/dev/null

awk -v n="$messages" -v dir="$work/plain/cur" -v mbox="$work/mbox" 'BEGIN {
  split("heap overflow in the parser lets a crafted packet run code as the daemon please find details attached thanks", word, " ")
  srand(1)
  for (i = 1; i <= n; i++) {
    text = "From: Finder " i " <f" i "@finder.example>\nTo: psirt@vendor.example\nSubject: Report " i "\n" \
      "Date: Tue, 03 Mar 2026 10:00:00 +0000\nMessage-ID: <b" i "@finder.example>\nMIME-Version: 1.0\n" \
      "Content-Type: text/plain; charset=utf-8\n\n"
    for (l = 5 + int(rand() * 50); l > 0; l--) {
      line = ""
      for (k = 0; k < 11; k++) line = line word[1 + int(rand() * 17)] " "
      text = text line "\n"
    }
    file = sprintf("%s/%06d.bench:2,", dir, i)
    printf "%s", text >file
    close(file)
    printf "From f@finder.example Tue Mar  3 10:00:00 2026\n%s\n", text >mbox
  }
}'
i=0
while [ $i -lt 200 ]; do
  i=$((i + 1))
  printf 'Content-Type: text/plain; charset=utf-8\r\n\r\nreport %s\r\n' $i |
    gpg --batch --quiet --armor --trust-model always -r "$key" -u "$key" --sign --encrypt >"$work/armor/$i" 2>/dev/null
  {
    printf 'From: Finder <f@finder.example>\nSubject: r%s\nMessage-ID: <e%s@x>\nMIME-Version: 1.0\n' $i $i
    printf 'Content-Type: multipart/encrypted; boundary=b; protocol="application/pgp-encrypted"\n\n'
    printf -- '--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b\nContent-Type: application/octet-stream\n\n'
    cat "$work/armor/$i"
    printf -- '--b--\n'
  } >"$work/sealed/cur/$i.bench:2,"
done

now() { date +%s%N; }

# A name of its own for each: where many files were removed a moment ago, ext4 looks long for a free inode.
vaults=0
new_vault() {
  vaults=$((vaults + 1))
  PSIRTTY_VAULT=$work/vault.$vaults
  "$psirtty" init "$PSIRTTY_VAULT" --handler "$key" >/dev/null 2>&1
}

measure() { # measure NAME COUNT PATH
  new_vault
  begin=$(now)
  /usr/bin/env -- sh -c 'command -v /usr/bin/time >/dev/null && exec /usr/bin/time -o "$0" -f %M "$@" || exec "$@"' \
    "$work/rss" "$psirtty" mail import "$3" >/dev/null
  end=$(now)
  echo "$1: $2 in $(((end - begin) / 1000000)) ms, $(($2 * 1000000000 / (end - begin))) a second, peak $(cat "$work/rss" 2>/dev/null || echo '?') KiB"
}

measure 'plain from a Maildir' "$messages" "$work/plain"
measure 'plain from an mbox' "$messages" "$work/mbox"
begin=$(now)
for file in "$work"/armor/*; do gpg --batch --quiet -d "$file" >/dev/null 2>&1; done
loop=$(($(now) - begin))
begin=$(now)
new_vault
made=$(now)
"$psirtty" mail import "$work/sealed" >/dev/null
import=$(($(now) - made))
echo "sealed: gpg in a loop $((loop / 1000000)) ms for 200, import $((import / 1000000)) ms ($((import * 100 / loop)) %)"
