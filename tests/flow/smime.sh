#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 120
#
# S/MIME with a real gpgsm and certificates of openssl's: who signed, what was sealed, both in one, what an answer quotes of
# it, and a key whose passphrase nobody gives.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/mail.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
if ! command -v gpgsm >/dev/null || ! command -v openssl >/dev/null; then
  skip 'S/MIME' 'needs gpgsm and openssl'
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/ps.XXXXXX") || exit 1
export GNUPGHOME=$work/g XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache PSIRTTY_VAULT=$work/vault
trap 'gpgconf --homedir "$work/g" --kill all 2>/dev/null; rm -rf "$work"' EXIT
mkdir -m 700 "$GNUPGHOME"
pinentry() { # pinentry WORDS: what it answers when it is asked
  printf '#!/bin/sh\necho OK\nwhile read -r word rest; do\n  case $word in\n  GETPIN) printf "%s\\n" ;;\n  BYE) echo OK; exit ;;\n  *) echo OK ;;\n  esac\ndone\n' "$1" >"$work/pinentry"
  chmod +x "$work/pinentry"
}
pinentry 'ERR 83886179 Operation cancelled'
printf 's2k-count 65536\npinentry-program %s\n' "$work/pinentry" >"$GNUPGHOME/gpg-agent.conf"
cd "$work" || exit 1

# ---- a root, three certificates; two are ours, one of them behind a passphrase
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj '/CN=A root of tests' -keyout ca.key -out ca.pem 2>/dev/null
certificate() { # certificate NAME ADDRESS KIND…
  local name=$1 address=$2
  shift 2
  openssl req -newkey "$@" -nodes -subj "/CN=$name" -keyout "$name.key" -out "$name.csr" 2>/dev/null
  printf 'subjectAltName=email:%s\nkeyUsage=digitalSignature,keyEncipherment\nbasicConstraints=CA:FALSE\n' "$address" >"$name.ext"
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -extfile "$name.ext" -out "$name.pem" 2>/dev/null
}
take_key() { # take_key NAME PASSPHRASE
  openssl pkcs12 -export -inkey "$1.key" -in "$1.pem" -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -passout "pass:$2" -out "$1.p12"
  echo "$2" | gpgsm --batch --quiet --disable-dirmngr --pinentry-mode loopback --passphrase-fd 0 --import "$1.p12" 2>/dev/null
}
certificate mara mara@finder.example ec -pkeyopt ec_paramgen_curve:P-256
certificate team psirt@vendor.example rsa:2048
certificate locked psirt@vendor.example rsa:2048
gpgsm --batch --quiet --disable-dirmngr --import ca.pem mara.pem 2>/dev/null
take_key team ''
take_key locked 'correct horse'
fingerprint() { openssl x509 -in "$1.pem" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g'; }
is "$(gpgsm --batch --with-colons --list-secret-keys 2>/dev/null | grep -c '^crs:')" 2 'two keys of ours'
ann=$(make_key "$GNUPGHOME" 'Ann <ann@vendor.example>')
"$psirtty" init "$work/vault" --handler "$ann" >/dev/null 2>&1
ok $? 'a vault'

# ---- mail as openssl makes it
head=(-from 'Mara <mara@finder.example>' -to psirt@vendor.example)
printf 'Content-Type: text/plain; charset=utf-8\r\n\r\nThe zebrapump leaks.\r\n' >inner
sign=(openssl cms -sign -in inner -signer mara.pem -inkey mara.key -md sha256)
"${sign[@]}" "${head[@]}" -subject signed -out signed.eml
"${sign[@]}" -nodetach "${head[@]}" -subject opaque -out opaque.eml
"${sign[@]}" -from 'Eve <eve@finder.example>' -to psirt@vendor.example -subject other -out other.eml
sed 's/zebrapump leaks/zebrapump is fine/' signed.eml >altered.eml
openssl cms -encrypt -aes256 -in inner "${head[@]}" -subject sealed -out sealed.eml team.pem
"${sign[@]}" | openssl cms -encrypt -aes256 "${head[@]}" -subject both -out both.eml team.pem
"${sign[@]}" | openssl cms -encrypt -aes256 "${head[@]}" -subject hers -out hers.eml locked.pem
openssl cms -encrypt -aes256 -in inner "${head[@]}" -subject theirs -out theirs.eml locked.pem
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=Nobody here' -keyout nobody.key -out nobody.pem 2>/dev/null
openssl cms -encrypt -aes256 -in inner "${head[@]}" -subject nobody -out nobody.eml nobody.pem
openssl x509 -req -in mara.csr -CA nobody.pem -CAkey nobody.key -CAcreateserial -days 20 -out stranger.pem 2>/dev/null
openssl cms -sign -in inner -signer stranger.pem -inkey mara.key -md sha256 | openssl cms -encrypt -aes256 "${head[@]}" -subject stranger -out stranger.eml locked.pem
openssl cms -encrypt -aes-256-gcm -in inner "${head[@]}" -subject gcm -out gcm.eml team.pem
read_it() { said=$("${PSIRTTY:?}" mail read "$1.eml" 2>&1); }
field() { sed -n "s/^$1  *//p" <<<"$said"; }

# ---- who signed
read_it signed
has "$(field Signature)" "unknown-key $(fingerprint mara) SHA256" 'a certificate of a root nobody named is not known'
printf '%s S relax\n' "$(fingerprint ca)" >"$GNUPGHOME/trustlist.txt"
gpgconf --kill gpg-agent
row() { # row MAIL ENCRYPTION SIGNATURE VERDICT NAME
  read_it "$1"
  is "$(field Encryption | sed 's/:.*//'), $(field Signature | sed 's/ .*//'), $(field Verdict)" "$2, $3, $4" "$5" "$said"
}
row signed none good signed 'with its root it is good'
row opaque none good signed 'so it is in one piece'
has "$said" 'zebrapump leaks' 'and what it holds is read'
row altered none bad bad 'altered it is bad'
row other none good mismatch 'for another sender it says nothing'

# ---- what was sealed
row sealed decrypted '' unsigned 'sealed to us it opens'
has "$said" 'zebrapump leaks' 'and is read'
has "$(field Flag)" 'not-integrity-protected' 'marked as what alterations do not show in'
has "$("$psirtty" --json mail read sealed.eml | tr -d ' \n')" "\"recipients\":[\"$(fingerprint team | tail -c 17)\"]" 'for which key is told'
row both decrypted good signed 'sealed and signed, it opens and is good'
has "$said" 'zebrapump leaks' 'and is read'
row nobody no-key '' unsigned 'sealed to others it stays closed'
has "$(field Encryption)" 'none of the keys it is encrypted to is ours' 'and why'
row gcm failed '' unsigned 'in a way that gpgsm cannot'
has "$(field Encryption)" 'in a way that this gpgsm does not know' 'that is said'

# ---- a passphrase that is not given, and then is
row theirs no-key '' unsigned 'a key that cannot be used'
has "$(field Encryption)" 'its key is here' 'is not called missing'
"$psirtty" mail import theirs.eml sealed.eml signed.eml both.eml >/dev/null 2>&1
has "$("$psirtty" mail retry 2>&1)" '0 opened, 1 still wait' 'it waits'
pinentry 'D correct horse\nOK'
has "$("$psirtty" mail retry 2>&1)" '1 opened, 0 still wait' 'until the passphrase is given'
has "$("$psirtty" mail show M-0001 2>&1)" 'zebrapump leaks' 'then it is read'

# ---- what was open stays open, whatever becomes of the key
"$psirtty" mail import stranger.eml hers.eml >/dev/null 2>&1
has "$("$psirtty" mail show M-0005 2>&1)" 'unknown-key' 'sealed, and signed by somebody unknown'
before=$("$psirtty" mail show M-0005 2>&1)
has "$before" 'zebrapump leaks' 'it is read'
has "$("$psirtty" mail show M-0006 2>&1)" 'good' 'so is one whose signer is known'
pinentry 'ERR 83886179 Operation cancelled'
gpgconf --kill gpg-agent
said=$("$psirtty" mail retry 2>&1)
has "$said" '0 opened, 1 still wait, 0 judged anew' 'tried again without the passphrase it waits'
has "$said" $'M-0005\tits key is here' 'which is told'
is "$("$psirtty" mail show M-0005 2>&1)" "$before" 'but what was read is not lost'
said=$("$psirtty" mail take M-0001 2>&1)
[ $? -ne 0 ]
ok $? 'none is taken into a case without its words'
has "$said" 'it does not open again: its key is here' 'and why'
is "$("$psirtty" mail list M-0001 | cut -f 9)" - 'it can still be taken'

"$psirtty" mail take M-0002 >/dev/null 2>&1
for mail in M-0003 M-0004; do "$psirtty" mail link $mail 1 >/dev/null 2>&1; done
answer() { # answer MAIL OPTIONS…: the draft's text and what was said
  local mail=$1 draft
  shift
  draft=$("$psirtty" mail reply "$mail" --template status --reason x "$@" 2>&1)
  printf '%s\n' "$draft"
  draft=$(sed -n 's/^draft \([a-z]*-[0-9a-f]*\).*/\1/p' <<<"$draft")
  "$psirtty" mail check "$draft" 2>&1
  "$psirtty" draft remove "$draft" >/dev/null 2>&1
}
said=$(answer M-0002)
has "$said" 'does not show alterations (S/MIME)' 'of what shows no alterations nothing is quoted'
hasnt "$said" '> The zebrapump' 'indeed nothing'
said=$(answer M-0002 --quote)
has "$said" 'does not show alterations (S/MIME)' 'nor when somebody asks for it'
hasnt "$said" '> The zebrapump' 'indeed nothing'
has "$(answer M-0003)" '> The zebrapump leaks.' 'what is only signed is quoted'
hasnt "$(answer M-0004 --quote)" '> The zebrapump' 'nor is what was signed inside'

# ---- an envelope that somebody altered: shown as text, fetched and quoted nothing
corpora=${PSIRTTY_CORPORA:-../shared/corpora}/mail-hostile
if [ -f "$corpora/008-smime-cbc-gadget.eml" ]; then
  cp "$corpora/008-smime-cbc-gadget.eml" gadget.eml
  cp "$corpora/keys/smime-psirt.pem" psirt.pem
  cp psirt.pem psirt.key
  take_key psirt ''
  read_it gadget
  is "$(field Encryption), $(field Verdict)" 'decrypted, unsigned' 'it opens'
  has "$(field Flag)" 'not-integrity-protected' 'marked so'
  "$psirtty" mail import gadget.eml >/dev/null 2>&1
  "$psirtty" mail link M-0007 1 >/dev/null 2>&1
  said=$(answer M-0007 --quote)
  has "$said" 'does not show alterations (S/MIME)' 'no answer quotes it'
  hasnt "$said" '> ' 'not a line'
else
  skip 'an envelope that somebody altered' 'no corpora: set PSIRTTY_CORPORA'
fi

# ---- a pin while the key is away
said=$("$psirtty" key pin mara@finder.example "$ann" --verified phone 2>&1)
has "$said" $'M-0006\tits key is here' 'a pin closes none, and tells what it cannot judge'
has "$("$psirtty" mail show M-0006 2>&1)" 'zebrapump leaks' 'indeed not'
! grep -rqaF zebrapump "$work/vault" "$XDG_STATE_HOME" "$XDG_CACHE_HOME"
ok $? 'none of it lies in the clear'
tap_done
