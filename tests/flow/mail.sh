# SPDX-License-Identifier: Apache-2.0
# Keys and mail of others for flow tests, made with plain gpg: source it behind tap.sh. Homes must be folders of
# their own, mode 0700, under a short path.

make_key() { # HOME USER-ID [EXPIRES]: prints its fingerprint
  gpg --homedir "$1" --batch --quiet --pinentry-mode loopback --passphrase '' \
    --quick-generate-key "$2" future-default default "${3:-never}" 2>/dev/null
  gpg --homedir "$1" --batch --list-keys --with-colons "$2" 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }'
}

share() { gpg --homedir "$1" --batch --export --armor "$3" | gpg --homedir "$2" --batch --quiet --import 2>/dev/null; }

# A letter as gpg alone makes it: PGP/MIME, signed by BY unless that is "-", encrypted to TO unless that is "-".
letter() { # HOME BY TO FROM MESSAGE-ID SUBJECT [DATE] <TEXT >MAIL
  local work body
  work=$(mktemp -d "${TMPDIR:-/tmp}/pl.XXXXXX") || return 1
  { printf 'Content-Type: text/plain; charset=utf-8\r\n\r\n'; sed 's/$/\r/'; } >"$work/inner"
  printf 'From: %s\nTo: psirt@vendor.example\nSubject: %s\nMessage-ID: %s\nDate: %s\nMIME-Version: 1.0\n' \
    "$4" "$6" "$5" "${7:-Tue, 01 Dec 2026 07:00:00 +0000}"
  if [ "$3" != - ]; then
    body=--encrypt
    [ "$2" = - ] || body='--sign --encrypt'
    # shellcheck disable=SC2086
    gpg --homedir "$1" --batch --quiet --trust-model always --armor $body -u "$2" -r "$3" -o "$work/out" "$work/inner" 2>/dev/null ||
      gpg --homedir "$1" --batch --quiet --trust-model always --armor --encrypt -r "$3" -o "$work/out" "$work/inner"
    printf 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="out"\n\n'
    printf -- '--out\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n'
    printf -- '--out\nContent-Type: application/octet-stream; name="encrypted.asc"\n\n'
    cat "$work/out"
    printf -- '--out--\n'
  elif [ "$2" != - ]; then
    gpg --homedir "$1" --batch --quiet --armor --digest-algo SHA512 --detach-sign -u "$2" -o "$work/sig" "$work/inner"
    printf 'Content-Type: multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary="out"\n\n'
    printf -- '--out\n'
    cat "$work/inner"
    printf -- '\n--out\nContent-Type: application/pgp-signature\n\n'
    cat "$work/sig"
    printf -- '--out--\n'
  else
    cat "$work/inner"
  fi
  rm -rf "$work"
}

# The ciphertext of a mail in the outbox, opened with the keys of HOME.
open_letter() { # HOME FILE
  sed -n '/BEGIN PGP MESSAGE/,/END PGP MESSAGE/p' "$2" | tr -d '\r' |
    gpg --homedir "$1" --batch --quiet --trust-model always -d 2>/dev/null
}
