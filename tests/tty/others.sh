#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 200
#
# Two handlers on one vault, one of them at the screen: what the other does appears there by itself, with a mark and a
# name; a line that is being typed about that case asks before it is run, a text in the editor before it is saved.
set -u
here=$(cd "$(dirname "$0")/../flow" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
command -v tmux >/dev/null || { skip 'two handlers' 'needs tmux'; tap_done; }
work=$(mktemp -d "${TMPDIR:-/tmp}/po.XXXXXX") || exit 1
export TMUX_TMPDIR=$work
trap 'tmux -L o kill-server; for h in "$work"/a/g "$work"/b/g; do gpgconf --homedir "$h" --kill all; done; rm -rf "$work"' EXIT 2>/dev/null
t() { tmux -L o "$@" 2>/dev/null; }
screen() { t capture-pane -p -t w; }
shows() { # shows PATTERN NAME
  local i
  for ((i = 0; i < 600; i++)); do
    if screen | grep -qE -- "$1"; then
      ok 0 "$2"
      return
    fi
    read -rt 0.05 <> <(:) || true
  done
  ok 1 "$2" "looked for: $1" "$(screen)"
}
keys() { t send-keys -t w "$@"; }
as() { # as NAME COMMAND…
  local who=$1
  shift
  env GNUPGHOME="$work/$who/g" XDG_STATE_HOME="$work/$who/state" XDG_CACHE_HOME="$work/$who/cache" \
    XDG_CONFIG_HOME="$work/$who/config" PSIRTTY_VAULT="$work/vault" "$@"
}
ps() { local who=$1; shift; as "$who" "$psirtty" "$@" 2>&1; }

for who in a b; do
  mkdir -p "$work/$who/g" && chmod 700 "$work/$who/g"
  as "$who" gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key \
    "Handler ${who^^} <$who@vendor.example>" future-default default never >/dev/null 2>&1
done
fingerprint() { as "$1" gpg --batch --quiet --list-keys --with-colons "$1@vendor.example" | awk -F: '/^fpr/ { print $10; exit }'; }
fpr_a=$(fingerprint a) fpr_b=$(fingerprint b)
as b gpg --batch --export b@vendor.example | as a gpg --batch --quiet --import 2>/dev/null
as a gpg --batch --export a@vendor.example | as b gpg --batch --quiet --import 2>/dev/null
out=$(ps a init "$work/vault" --handler "$fpr_a" && ps a case new 'first' && ps a case new 'second' &&
  ps b member request --handler "$fpr_b" && ps a member add "$fpr_b" && ps a case grant 1 "$fpr_b" &&
  ps a case grant 2 "$fpr_b" && ps a advisory new 1)
ok $? 'a vault of two handlers' "$out"
# The editor waits until the other handler has written.
cat >"$work/ed" <<ED
#!/bin/sh
sed -i '1s/^/title: mine\n/; s/^title: first.*//' "\$1"
touch "$work/editing"
while [ ! -e "$work/written" ]; do read -r _ <"$work/gate"; done
ED
chmod +x "$work/ed" && mkfifo "$work/gate"

t -f /dev/null new-session -d -s w -x 100 -y 24 "env PS1='ready> ' bash --norc --noprofile"
shows 'ready>' 'a shell'
keys "export EDITOR=$work/ed GNUPGHOME=$work/a/g XDG_STATE_HOME=$work/a/state XDG_CACHE_HOME=$work/a/cache; clear; $psirtty --vault $work/vault" Enter
shows 'Inbox: 0' 'the first handler is at the screen'
keys 0 g
shows '^> .*0001.*first' 'on the first case'
out=$(ps b note 2 'seen from afar')
ok $? 'the second writes into the second case' "$out"
shows 'Handler B changed PSIRT-[0-9]+-0002' 'who changed what appears by itself'
shows '^ @.*0002.*second' 'and the row has a mark'
shows '^> .*0001.*first' 'the selection stays'
keys j
shows '^>@.*0002' 'one goes there'
shows '^second' 'and looks at it'
keys k
shows '^  .*0002' 'then the mark is gone'

keys g :
keys -l 'note 1 typed here'
out=$(ps b note 1 'written meanwhile')
ok $? 'the second writes into the case the first types about' "$out"
shows 'typed here.*Handler B changed' 'the line being typed stays, with the warning'
keys Enter
shows 'Handler B changed that case while you typed' 'Enter asks first'
keys n
shows 'Nothing was done' 'and n does nothing'
hasnt "$(ps a case log 1)" 'typed here' 'nothing was written over the other'

keys :
keys -l 'advisory edit 1'
keys Enter
for ((i = 0; i < 600; i++)); do
  [ -e "$work/editing" ] && break
  read -rt 0.05 <> <(:) || true
done
out=$(ps b note 1 'while the other edits')
ok $? 'the second writes while the first has the editor' "$out"
touch "$work/written"
echo go >"$work/gate" &
shows 'while you edited. Save over it' 'the edited text is not saved without asking'
keys n
shows 'kept as the draft edit-' 'and is kept as a draft'
has "$(ps a draft list)" 'edit-' 'which is there'

# ---- a grant shows what it opens before it is made; who may read is one key away
ps a case new 'third' >/dev/null
keys 0
shows '0003.*third' 'a third case, of the first handler alone'
keys :
keys -l "case grant 3 $fpr_b"
keys Enter
shows 'Handler B <b@vendor.example> would read the whole past of PSIRT-[0-9]+-0003: 1' 'granting it asks first, and says what past would be seen'
keys n
shows 'Nothing was done' 'and n grants nothing'
hasnt "$(ps b case list)" 'third' 'the other does not see the case'
keys :
keys -l "case grant 3 $fpr_b"
keys Enter
shows 'would read the whole past' 'once more'
keys y
shows 'read,write for' 'y grants it'
has "$(ps b case list)" 'third' 'and the other has it'
keys Escape 0 g w
shows 'Handler B <b@vendor.example>' 'w shows who may read the selected case'
is "$(screen | grep -c '^ *may')" 2 'both of them'
keys Escape
keys Q
shows 'ready>' 'Q leaves'

# ---- what the second may not read is not offered to him either
out=$(ps a case new 'kept to oneself' && ps a party add 4 'Quietvendor Inc' vendor)
ok $? 'a case of the first handler alone, with a party' "$out"
keys "clear; export GNUPGHOME=$work/b/g XDG_STATE_HOME=$work/b/state XDG_CACHE_HOME=$work/b/cache; $psirtty --vault $work/vault" Enter
shows 'Inbox: 0' 'the second is at the screen'
offered=
for line in 'case show ' 'party set 1 '; do
  keys Escape :
  keys -l "$line"
  keys Tab Tab
  shows "$line" "completing \"$line\""
  offered="$offered$(screen)"
done
has "$offered" '0003' 'completion offers the cases that may be read'
hasnt "$offered" '0004' 'and no other'
hasnt "$offered" 'kept to oneself' 'nor its title'
hasnt "$offered" 'Quietvendor' 'nor who is a party of it'
keys Escape Escape 0
shows 'Cases: 3' 'the list counts three'
keys Q
shows 'ready>' 'he leaves too'
ps a audit verify >"$work/audit"
ok $? 'the vault is whole' "$(tail -3 "$work/audit")"
tap_done
