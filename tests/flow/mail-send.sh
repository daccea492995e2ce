#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# A report comes by IMAP, the answer leaves by SMTP to a real Postfix over TLS and arrives encrypted, the answer to
# that finds its case by itself, and what a stranger writes under the same tag does not. Postfix has to be started
# by root; where the test may not, it is skipped.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/servers.sh"
. "$here/mail.sh"

psirtty=${PSIRTTY:?}
PATH=$PATH:/usr/sbin:/sbin
if ! command -v dovecot >/dev/null || ! command -v postfix >/dev/null || [ "$(id -u)" -ne 0 ]; then
  skip 'letters over SMTP' 'needs postfix, dovecot-imapd, and root'
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pq.XXXXXX") || exit 1
team=$work/t out=$work/f
mkdir -m 700 "$team" "$out"
export GNUPGHOME=$team XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
mkdir -p "$XDG_CONFIG_HOME/psirtty"
trap 'servers_stop; for h in "$team" "$out"; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
if ! servers_start || ! servers_postfix; then
  ok 1 'Dovecot and Postfix run' "$(tail -n 5 "$servers_folder/dovecot.log" "$servers_folder/postfix.log" "$servers_folder/postfix.out" 2>&1)"
  tap_done
fi
us=$(make_key "$team" 'A Handler <handler@vendor.example>')
mina=$(make_key "$out" 'Mina <mina@finder.example>')
share "$team" "$out" "$us"
share "$out" "$team" "$mina"
p() { "$psirtty" --vault "$work/vault" "$@"; }
draft_of() { sed -n 's/^draft \([a-z]*-[0-9a-f]*\).*/\1/p' <<<"$1"; }
"$psirtty" init "$work/vault" --handler "$us" >/dev/null 2>&1
p key pin mina@finder.example "$mina" --verified phone >/dev/null
p contact add mina Mina --addresses mina@finder.example --jurisdiction CN >/dev/null
ok $? 'a vault, a finder'

box=$servers_folder/mail
mkdir -p "$box"/handler/Maildir/{new,cur,tmp} "$box"/mina/Maildir/{new,cur,tmp}
chown -R "$servers_mail_user" "$box"
deliver() { # deliver NAME NUMBER: a mail on standard input into NAME's mailbox
  cat >"$box/$1/Maildir/new/17000000$2.M1P1.test"
  chown -R "$servers_mail_user" "$box/$1"
}
arrived() { # arrived NAME: the files of the mailbox, once there is one
  local end=$((SECONDS + 60))
  while [ -z "$(find "$box/$1/Maildir/new" -type f)" ] && [ $SECONDS -lt $end ]; do read -r -t 0.1 _ <><(:); done
  find "$box/$1/Maildir/new" -type f
}
umask 077
echo secret-handler >"$work/password"
settings() { # settings BY URL
  cat >"$XDG_CONFIG_HOME/psirtty/psirtty.yaml" <<END
network: { ca_file: $servers_ca }
accounts: { psirt: { url: 'imaps://localhost:$imaps_port', user: handler, password_file: $work/password } }
send: { by: $1, url: '$2' }
END
}
settings smtp "smtps://localhost:$smtps_port"

# ---- in, and the answer out
letter "$out" "$mina" "$us" 'Mina <mina@finder.example>' '<1@finder.example>' ... <<<'The zebrapump overflows.' | deliver handler 1
has "$(p mail fetch)" 'psirt: 1 taken in' 'the report comes'
p mail take M-0001 --title 'Overflow in the zebrapump' >/dev/null
draft=$(draft_of "$(p mail reply M-0001 --text 'Thank you for the zebrapump.' --no-quote)")
p mail send "$draft" >"$work/said" 2>&1
is "$?" 0 'the answer leaves by SMTP' "$(cat "$work/said")"
file=$(arrived mina)
[ -f "$file" ]
ok $? 'and arrives, once' "$(tail -n 5 "$servers_folder/postfix.log")"
mail=$(cat "$file")
has "$mail" 'multipart/encrypted' 'encrypted'
hasnt "$mail" 'zebrapump' 'nothing of it in clear'
has "$(gpg --homedir "$out" --batch --quiet --trust-model always -d "$file" 2>/dev/null | tr -d '\r' | sed 's/=$//')" 'Thank you for the zebrapump' 'the finder reads it'
has "$(p mail sent 1)" 'smtp' 'the case knows which way it went'
p mail send "$draft" >/dev/null 2>&1
[ $? -ne 0 ]
ok $? 'it cannot be sent twice'
rm -f "$file"

# ---- STARTTLS
settings smtp "smtp://localhost:$smtp_port"
draft=$(draft_of "$(p mail compose 1 --to Mina --text 'And the valve?')")
p mail send "$draft" >"$work/said" 2>&1
is "$?" 0 'over STARTTLS too' "$(cat "$work/said")"
file=$(arrived mina)
sent=$(sed -n 's/^Message-ID: *\(<[^>]*>\).*/\1/Ip' "$file" | tr -d '\r' | head -1)
rm -f "$file"

# ---- nothing there, nothing lost
settings smtp "smtps://localhost:1"
draft=$(draft_of "$(p mail compose 1 --to Mina --text 'One more thing.')")
p mail send "$draft" >/dev/null 2>"$work/err"
[ $? -ne 0 ]
ok $? 'no server: it does not leave'
has "$(cat "$work/err")" 'does not answer' 'and why'
has "$(p draft list)" "$draft" 'the draft stays'
settings smtp "smtps://localhost:$smtps_port"
p --offline mail send "$draft" >/dev/null 2>"$work/err"
is "$?" 4 'offline: it does not leave'
p mail send "$draft" >"$work/said" 2>&1 || p mail send "$draft" --again >"$work/said" 2>&1
is "$?" 0 'later it does' "$(cat "$work/said")"
is "$(arrived mina | wc -l)" 1 'once'
rm -f "$box"/mina/Maildir/new/*

# ---- a recipient the server does not know
p party add 1 Ghost reporter --address ghost@finder.example >/dev/null
ghost=$(make_key "$out" 'Ghost <ghost@finder.example>')
share "$out" "$team" "$ghost"
p key pin ghost@finder.example "$ghost" --verified phone >/dev/null
p contact add ghost Ghost --addresses ghost@finder.example --jurisdiction CN >/dev/null
draft=$(draft_of "$(p mail compose 1 --to Ghost --text 'Are you there?')")
said=$(p mail send "$draft" 2>&1)
has "$said" '550' 'who is not there: the server says so'

# ---- answers find their case
reply() { # reply FROM KEY ID IN-REPLY-TO SUBJECT
  printf 'the answer of %s\n' "$1" | letter "$out" "$2" "$us" "$1" "$3" ... |
    sed "0,/^Message-ID:/s//In-Reply-To: $4\r\nMessage-ID:/"
}
reply 'Mina <mina@finder.example>' "$mina" '<2@finder.example>' "$sent" | deliver handler 2
printf 'From: Eve <eve@finder.example>\r\nTo: handler@vendor.example\r\nSubject: Re: [PSIRT-2026-0001] tell me\r\nMessage-ID: <9@e.example>\r\nIn-Reply-To: %s\r\n\r\nTell me all.\r\n' "$sent" |
  sed "s/PSIRT-2026-0001/$(p --json case list | sed -n 's/.*"id": "\([^"]*\)".*/\1/p' | head -1)/" | deliver handler 3
has "$(p mail fetch)" '1 went to their cases' 'the finder'"'"'s answer goes to its case by itself'
threads=$(p mail thread)
has "$threads" 'is no party' 'a stranger'"'"'s under the same tag is proposed only'
is "$(p --json mail list | grep -c '"case": null')" 1 'and waits'
has "$(p mail log)" 'taken' 'the log knows'
tap_done
