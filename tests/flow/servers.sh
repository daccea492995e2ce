# SPDX-License-Identifier: Apache-2.0
# Dovecot and Postfix of the test's own, sourced: in a folder of its own, on free high ports of 127.0.0.1, with a
# certificate of an authority of its own. The system's instances and their files are not touched.
#   servers_start     sets servers_folder, servers_ca, imaps_port imap_port pop3s_port pop3_port
#   servers_postfix   smtps_port smtp_port
#   servers_stop      ends both and removes the folder
# Users: any name, password "secret-NAME"; mail of NAME lies in servers_folder/mail/NAME/Maildir.
servers_ports=''

# A port nobody listens on; the tests of other programs take theirs at the same time, hence the dice.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 30000))
    case " $servers_ports " in *" $port "*) continue ;; esac
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      servers_ports="$servers_ports $port"
      echo "$port"
      return
    fi
  done
}

wait_port() { # wait_port PORT: until somebody listens there
  local end=$((SECONDS + 60))
  while ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    [ $SECONDS -lt $end ] || return 1
    read -r -t 0.1 _ <><(:)
  done
  return 0
}

servers_certificates() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=A house of tests' -keyout "$1/ca.key" -out "$1/ca.pem" \
    2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj '/CN=localhost' -keyout "$1/server.key" -out "$1/server.csr" 2>/dev/null
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >"$1/ext"
  openssl x509 -req -in "$1/server.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -CAcreateserial -days 2 -extfile "$1/ext" \
    -out "$1/server.pem" 2>/dev/null
  chmod 644 "$1"/*.pem
  servers_ca=$1/ca.pem
}

servers_dovecot() {
  local mine internal login mail
  mine=$(id -un) mail=$mine internal=$mine login=$mine
  [ "$(id -u)" -ne 0 ] || { internal=dovecot login=dovenull mail=mail; }
  servers_mail_user=$mail
  imaps_port=$(free_port) imap_port=$(free_port) pop3s_port=$(free_port) pop3_port=$(free_port)
  cat >"$1/dovecot.conf" <<END
base_dir = $1/run
state_dir = $1/run
instance_name = psirtty-test-$$
log_path = $1/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
ssl = required
ssl_cert = <$1/server.pem
ssl_key = <$1/server.key
ssl_dh =
disable_plaintext_auth = yes
auth_mechanisms = plain login
mail_location = maildir:$1/mail/%u/Maildir
mail_uid = $mail
mail_gid = $(id -gn "$mail")
first_valid_uid = 1
default_internal_user = $internal
default_login_user = $login
default_internal_group = $(id -gn "$internal")
mail_max_userip_connections = 50
passdb {
  driver = static
  args = password=secret-%u
}
userdb {
  driver = static
  args = uid=$mail gid=$(id -gn "$mail") home=$1/mail/%u allow_all_users=yes
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap_port
  }
  inet_listener imaps {
    port = $imaps_port
    ssl = yes
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = $pop3_port
  }
  inet_listener pop3s {
    port = $pop3s_port
    ssl = yes
  }
}
namespace inbox {
  inbox = yes
}
END
  dovecot -c "$1/dovecot.conf" 2>>"$1/dovecot.log" && wait_port "$imaps_port" && wait_port "$pop3s_port"
}

# Postfix's master has to be started by root.
servers_postfix() {
  local user=$servers_mail_user
  set -- "$servers_folder"
  smtps_port=$(free_port) smtp_port=$(free_port)
  mkdir -m 755 "$1/postfix" "$1/spool" "$1/data"
  chown postfix "$1/data"
  cat >"$1/postfix/main.cf" <<END
compatibility_level = 3.6
queue_directory = $1/spool
data_directory = $1/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = vendor.example, finder.example
virtual_mailbox_base = $1/mail
virtual_mailbox_maps = texthash:$1/postfix/boxes
virtual_uid_maps = static:$(id -u "$user")
virtual_gid_maps = static:$(id -g "$user")
virtual_minimum_uid = 1
alias_maps =
alias_database =
smtpd_tls_cert_file = $1/server.pem
smtpd_tls_key_file = $1/server.key
smtpd_tls_security_level = encrypt
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = reject_unlisted_recipient
default_transport = error
maillog_file = $1/postfix.log
maillog_file_prefixes = $1
END
  printf '%s %s/Maildir/\n' handler@vendor.example handler mina@finder.example mina >"$1/postfix/boxes"
  cat >"$1/postfix/master.cf" <<END
127.0.0.1:$smtp_port inet n - n - - smtpd
127.0.0.1:$smtps_port inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
END
  postfix -c "$1/postfix" start >"$1/postfix.out" 2>&1 && wait_port "$smtp_port" && wait_port "$smtps_port"
}

# Directly below /tmp: others than the tests' user have to reach it.
servers_start() {
  servers_folder=$(mktemp -d /tmp/ps.XXXXXX) || return 1
  chmod 711 "$servers_folder"
  mkdir -m 755 "$servers_folder/run" "$servers_folder/mail"
  servers_certificates "$servers_folder" && servers_dovecot "$servers_folder" || return 1
  chown "$servers_mail_user" "$servers_folder/mail"
}

servers_stop() {
  [ -n "${servers_folder:-}" ] || return 0
  [ ! -f "$servers_folder/postfix/main.cf" ] || postfix -c "$servers_folder/postfix" stop >/dev/null 2>&1
  [ ! -f "$servers_folder/run/master.pid" ] || doveadm -c "$servers_folder/dovecot.conf" stop >/dev/null 2>&1
  rm -rf "$servers_folder"
}

# servers_fill NAME FIRST LAST: mails of these numbers, of different lengths, as a mail server keeps them
servers_fill() {
  mkdir -p "$servers_folder/mail/$1/Maildir/new" "$servers_folder/mail/$1/Maildir/cur" "$servers_folder/mail/$1/Maildir/tmp"
  awk -v folder="$servers_folder/mail/$1/Maildir/new" -v first="$2" -v last="$3" -v user="$1" 'BEGIN {
    for (n = first; n <= last; n++) {
      file = folder "/" 1700000000 + n ".M" n "P1.test"
      printf "From: Finder %d <finder%d@finder.example>\nTo: %s@vendor.example\nSubject: report number %d\n" \
        "Date: Fri, 20 Nov 2026 10:00:00 +0000\nMessage-ID: <%s-%d@finder.example>\n\nReport %d.\n", n, n % 50, user, n, user, n, n >file
      lines = n % 97 == 0 ? 3000 : n % 20 * 10
      for (l = 0; l < lines; l++) print "line " l " of a report, .dots and ..dots\n.\nFrom here on" >file
      close(file)
    }
  }'
  [ "$(id -u)" -ne 0 ] || chown -R "$servers_mail_user" "$servers_folder/mail/$1"
}
