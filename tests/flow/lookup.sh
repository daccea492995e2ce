#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 120
#
# Web Key Directories over real TLS with a house of our own: both methods, the wrong key, the wrong certificate.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/mail.sh"

psirtty=${PSIRTTY:?}
python=/usr/bin/python3
command -v $python >/dev/null || {
  skip 'a Web Key Directory' 'no python3 (Debian: python3)'
  tap_done
}
work=$(mktemp -d "${TMPDIR:-/tmp}/wk.XXXXXX") || exit 1
server=
trap '[ -z "$server" ] || kill "$server"; for h in "$work/a" "$work/f"; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config PSIRTTY_VAULT=$work/vault
mkdir -m 700 "$work/a" "$work/f"
mkdir -p "$work/www" "$XDG_CONFIG_HOME/psirtty"
export GNUPGHOME=$work/a
ann=$(make_key "$work/a" 'Ann <psirt@vendor.example>')
mara=$(make_key "$work/f" 'Mara <mara@finder.example>')
eve=$(make_key "$work/f" 'Eve <eve@evil.example>')
"$psirtty" init "$work/vault" --handler "$ann" >/dev/null 2>&1
ok $? 'a vault'

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=A house of tests' -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj '/CN=finder.example' -keyout "$work/web.key" -out "$work/web.csr" 2>/dev/null
printf 'subjectAltName=DNS:finder.example,DNS:openpgpkey.finder.example\n' >"$work/ext"
openssl x509 -req -in "$work/web.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 -extfile "$work/ext" \
  -out "$work/web.pem" 2>/dev/null
coproc DIRECTORY { exec $python "$here/directory.py" "$work/www" "$work/web.pem" "$work/web.key" 2>/dev/null; }
server=$DIRECTORY_PID
read -r -t 60 port <&"${DIRECTORY[0]}"
[ -n "${port:-}" ]
ok $? 'a web server'
settings() { printf 'network: { proxy: "http://127.0.0.1:%s"%s }\n' "$port" "$1" >"$XDG_CONFIG_HOME/psirtty/psirtty.yaml"; }
settings ", ca_file: $work/ca.pem"

# publish URL KEY: where the URL of that address leads to
publish() {
  local path=${1#https://*/}
  path=$work/www/${path%%\?*}
  mkdir -p "$(dirname "$path")"
  gpg --homedir "$work/f" --batch --export "$2" >"$path"
}
"$psirtty" key lookup mara@finder.example --url >"$work/urls"
is "$(wc -l <"$work/urls")" 2 'it says beforehand where it would ask'
[ ! -e "$work/www/asked" ]
ok $? 'and asks nobody for that'
out=$("$psirtty" key lookup mara@finder.example 2>&1)
is $? 1 'a directory without the key'
has "$out" 'no directory has a key of it' 'is told'
has "$(cat "$work/www/asked")" "$(head -n 1 "$work/urls")" 'it was asked by the advanced method'
has "$(cat "$work/www/asked")" "$(tail -n 1 "$work/urls")" 'and by the direct one'

publish "$(tail -n 1 "$work/urls")" "$eve"
out=$("$psirtty" key lookup mara@finder.example 2>&1)
is $? 3 'the key of another address is not taken'
has "$out" 'no key of this address' 'and why'
! gpg --batch --list-keys "$eve" >/dev/null 2>&1
ok $? 'nor is it in the keyring'
publish "$(head -n 1 "$work/urls")" "$mara"
out=$("$psirtty" key lookup mara@finder.example 2>&1)
ok $? 'the right one is' "$out"
has "$out" "$mara Mara <mara@finder.example>" 'and said whose it is'
gpg --batch --list-keys "$mara" >/dev/null 2>&1
ok $? 'it is in the keyring'
is "$("$psirtty" key list 2>/dev/null | grep -c "$mara")" 0 'but nothing is pinned by it'

settings ''
out=$("$psirtty" key lookup mara@finder.example 2>&1)
is $? 1 'a server nobody vouches for is not believed'
has "$out" 'certificate' 'and that is said' "$out"
tap_done
