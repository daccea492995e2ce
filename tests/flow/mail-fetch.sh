#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 600
#
# Mail from a real Dovecot over TLS: 2,000 by IMAP and 2,000 by POP3, each cut in the middle twice and gone on with:
# none lost, none double, nothing changed on the server. Then deleting, what is refused, and being offline.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/servers.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
PATH=$PATH:/usr/sbin:/sbin
if ! command -v dovecot >/dev/null || ! command -v openssl >/dev/null; then
  skip 'mail from a server' 'needs dovecot-imapd, dovecot-pop3d and openssl'
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pm.XXXXXX") || exit 1
# 4,000 mails are synced to the disk one by one: memory does as well here, where there is any.
vaults=$(mktemp -d /dev/shm/pm.XXXXXX 2>/dev/null || mktemp -d "$work/vaults.XXXXXX")
trap 'servers_stop; gpgconf --homedir "$work/g" --kill all 2>/dev/null; rm -rf "$work" "$vaults"' EXIT
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
mkdir -m 700 "$GNUPGHOME"
mkdir -p "$XDG_CONFIG_HOME/psirtty"
if ! servers_start; then
  ok 1 'Dovecot runs' "$(tail -n 5 "$servers_folder/dovecot.log")"
  tap_done
fi
count=2000
servers_fill handler 1 $count
servers_fill small 1 10
umask 077
echo secret-handler >"$work/password"
echo secret-small >"$work/small"
settings() { # settings on standard input
  cat >"$XDG_CONFIG_HOME/psirtty/psirtty.yaml"
}
settings <<END
network:
  ca_file: $servers_ca
accounts:
  imap:
    url: imaps://localhost:$imaps_port/INBOX
    user: handler
    password_file: $work/password
  pop3:
    url: pop3s://localhost:$pop3s_port
    user: handler
    password_command: [sh, -c, 'cat "$work/password"']
END
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'A Handler <handler@vendor.example>' \
  future-default default never 2>/dev/null
for name in a b c; do "$psirtty" init "$vaults/$name" --handler handler@vendor.example >/dev/null || ok 1 "vault $name"; done
has "$("$psirtty" mail accounts)" "imap	imaps://localhost:$imaps_port/INBOX	handler	file	keep" 'the accounts'

kept() { # how many mails the vault holds sealed
  find "$PSIRTTY_VAULT/objects" -type f ! -name '*.part' 2>/dev/null | wc -l
}
begin() { # begin ACCOUNT: fetches in the background
  "$psirtty" mail fetch "$1" >"$work/out" 2>"$work/err" &
  fetching=$!
}
wait_kept() { # wait_kept NUMBER: until so many are there
  local end=$((SECONDS + 180))
  while [ "$(kept)" -lt "$1" ]; do
    [ $SECONDS -lt $end ] && kill -0 $fetching 2>/dev/null || return 1
    read -r -t 0.05 _ <><(:)
  done
  return 0
}
all_there() { # all_there NAME: each number once
  "$psirtty" --json mail list | sed -n 's/.*"subject": "report number \([0-9]*\)".*/\1/p' | sort -n | uniq -c |
    awk -v count=$count '{ lines++; if ($1 != 1 || $2 != lines) bad = 1 } END { exit bad || lines != count }'
  ok $? "$1: none lost, none double"
}

# ---- IMAP: killed, then cancelled
export PSIRTTY_VAULT=$vaults/a
begin imap
wait_kept 300
ok $? 'IMAP: in the middle'
kill -9 $fetching
wait $fetching 2>/dev/null
[ "$(kept)" -lt $count ]
ok $? 'killed there'
begin imap
wait_kept $(($(kept) + 300))
ok $? 'gone on with'
kill -INT $fetching
wait $fetching
is "$?" 1 'cancelled: the exit says no'
has "$(cat "$work/err")" 'was cancelled' 'and why'
[ "$(kept)" -lt $count ]
ok $? 'cancelled in the middle'
"$psirtty" mail fetch imap >"$work/out" 2>&1
is "$?" 0 'IMAP: to the end'
all_there IMAP
has "$("$psirtty" mail fetch imap)" 'imap: 0 taken in, 0 known already' 'nothing comes twice'
boxes=$servers_folder/mail
is "$(find "$boxes/handler/Maildir/cur" "$boxes/handler/Maildir/new" -type f | wc -l)" $count 'all are still on the server'
is "$(find "$boxes/handler/Maildir" -type f -name '*:2,*[STDRF]*' | wc -l)" 0 'none of them marked'

# ---- POP3: the worker killed, then the server cuts the line
PSIRTTY_VAULT=$vaults/b
begin pop3
wait_kept 300
ok $? 'POP3: in the middle'
worker=$(pgrep -P $fetching -f -- '--fetch-worker')
kill -9 "$worker"
wait $fetching
is "$?" 3 'without its worker it ends'
has "$(cat "$work/err")" 'worker is gone' 'and says so'
[ "$(kept)" -lt $count ]
ok $? 'in the middle'
begin pop3
wait_kept $(($(kept) + 50))
ok $? 'gone on with'
doveadm -c "$servers_folder/dovecot.conf" kick handler >"$work/kicked" 2>&1
wait $fetching
is "$?" 3 'the server cuts the line: it ends' "$(cat "$work/kicked")"
has "$(cat "$work/err")" 'broke' 'and says so'
[ "$(kept)" -lt $count ]
ok $? 'in the middle'
begin pop3
peak=0
while kib=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$fetching/status" 2>/dev/null) && [ -n "$kib" ]; do
  peak=$kib
  read -r -t 0.05 _ <><(:)
done
wait $fetching
is "$?" 0 'POP3: to the end' "$(cat "$work/out" "$work/err")"
if [ "$psirtty" = "${PSIRTTY_PLAIN:-}" ]; then
  [ "$peak" -gt 0 ] && [ "$peak" -le $((64 << 10)) ]
  ok $? "in 64 MiB of memory ($peak KiB)"
fi
all_there POP3
has "$("$psirtty" mail fetch pop3)" 'pop3: 0 taken in, 0 known already' 'nothing comes twice'
is "$("$psirtty" mail log | wc -l)" $count 'the log has every one'
has "$("$psirtty" mail log --limit 1)" 'pop3	finder' 'with channel and sender'
has "$("$psirtty" mail fetch imap)" "imap: 0 taken in, $count known already" 'by another way: known'
has "$("$psirtty" mail fetch imap)" 'imap: 0 taken in, 0 known already' 'and not asked for again'

# ---- deleting
PSIRTTY_VAULT=$vaults/c
settings <<END
network: { ca_file: $servers_ca }
accounts:
  keep: { url: 'imap://localhost:$imap_port', user: small, password_file: $work/small }
  delete: { url: 'imap://localhost:$imap_port', user: small, password_file: $work/small, delete: true }
  large: { url: 'pop3://localhost:$pop3_port', user: small, password_file: $work/small, most_bytes: 20000 }
END
has "$("$psirtty" mail fetch keep)" 'keep: 10 taken in' 'IMAP with STARTTLS'
# Dovecot takes the time in seconds for the mailbox's number: a new one has to wait for the next.
second=$(date +%s)
until [ "$(date +%s)" -gt "$second" ]; do :; done
rm -f "$boxes"/small/Maildir/dovecot*
has "$("$psirtty" mail fetch keep)" 'keep: 0 taken in, 10 known already' 'a mailbox whose numbers are new ones (UIDVALIDITY): nothing twice'
servers_fill small 11 12
has "$("$psirtty" mail fetch delete)" 'delete: 12 deleted on the server' 'what is here is deleted when asked'
is "$(find "$boxes/small/Maildir/cur" "$boxes/small/Maildir/new" -type f | wc -l)" 0 'there'
is "$("$psirtty" mail list | wc -l)" 12 'not here'
servers_fill small 97 98
large=$("$psirtty" --json mail fetch large)
has "$large" '"too_large": 1' 'POP3 with STARTTLS: large mails stay'
has "$large" '"taken_in": 1' 'others come'
has "$("$psirtty" mail log)" 'too-large' 'and the log says so'
has "$("$psirtty" --json mail fetch large)" '"too_large": 0' 'once'

# ---- what is refused
fails() { # fails CODE PART NAME: of a fetch
  "$psirtty" mail fetch >"$work/out" 2>"$work/err"
  is "$?" "$1" "$3"
  has "$(cat "$work/err")" "$2" "$3: why"
}
chmod 644 "$work/small"
settings <<END
network: { ca_file: $servers_ca }
accounts: { one: { url: 'imaps://localhost:$imaps_port', user: small, password_file: $work/small } }
END
fails 4 'others may read it' 'a password for everybody'
chmod 600 "$work/small"
echo wrong >"$work/small"
fails 4 'refused the log-in' 'a wrong password'
settings <<END
accounts: { one: { url: 'imaps://localhost:$imaps_port', user: small, password_file: $work/small } }
END
fails 4 'certificate cannot be believed' 'a certificate nobody vouches for'
settings <<END
accounts: { one: { url: 'imaps://localhost:1', user: small, password_file: $work/small } }
END
fails 3 'does not answer' 'a port nobody listens on'
printf 'accounts:\n  one:\n    url: http://localhost\n' | settings
fails 3 'psirtty.yaml:3' 'an address without TLS'
printf 'accounts:\n  one:\n    url: imaps://localhost\n    delte: true\n' | settings
fails 3 'there is no such setting' 'a setting that is none'
chmod 666 "$XDG_CONFIG_HOME/psirtty/psirtty.yaml"
fails 4 'others may write it' 'settings that others write'
rm "$XDG_CONFIG_HOME/psirtty/psirtty.yaml"
fails 2 'has no accounts' 'no accounts'
if grep -rqa -e secret-handler -e secret-small "$work/state" "$work/cache" "$vaults" 2>/dev/null; then leak=1; else leak=0; fi
ok $leak 'no password is anywhere'

# ---- offline
settings <<END
network: { ca_file: $servers_ca }
accounts: { one: { url: 'imaps://localhost:$imaps_port', user: handler, password_file: $work/password } }
END
"$psirtty" --offline mail fetch >/dev/null 2>"$work/err"
is "$?" 4 '--offline: nothing is fetched'
echo 'offline: true' >>"$XDG_CONFIG_HOME/psirtty/psirtty.yaml"
fails 4 'offline' 'offline in the settings'
sed -i '/^offline/d' "$XDG_CONFIG_HOME/psirtty/psirtty.yaml"
echo 'offline: true' >>"$PSIRTTY_VAULT/vault.yaml"
fails 4 'offline' 'offline in the vault'
if strace -f -o "$work/probe" true 2>/dev/null; then
  strace -f -qq -e trace=execve,socket,connect -o "$work/trace" "$psirtty" mail fetch >/dev/null 2>&1
  is "$(grep -c -e fetch-worker -e 'AF_INET' "$work/trace")" 0 'then no worker starts, and no socket opens'
else
  skip 'then no worker starts, and no socket opens' 'strace may not trace here'
fi
tap_done
