#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 200
#
# The real program on a real demo vault inside tmux at 80×24 and 200×50: the story by keys, a resize, a wrong
# input, a kill. Nothing sleeps blindly: each step waits until the screen shows what it must.
set -u
here=$(cd "$(dirname "$0")/../flow" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-${PSIRTTY:?}}
if ! command -v tmux >/dev/null; then
  skip 'the workstation in tmux' 'needs tmux'
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pw.XXXXXX") || exit 1
export XDG_STATE_HOME=$work/state TMUX_TMPDIR=$work
trap 'tmux -L t kill-server; for h in "$work"/demo/gnupg "$work"/demo/people/*; do gpgconf --homedir "$h" --kill all; done; rm -rf "$work"' EXIT 2>/dev/null
t() { tmux -L t "$@" 2>/dev/null; }

screen() { t capture-pane -p -t w; }
# shows PATTERN NAME: the screen shows it within a minute.
shows() {
  local i
  for ((i = 0; i < 1200; i++)); do
    if screen | grep -qE -- "$1"; then
      ok 0 "$2"
      return
    fi
    read -rt 0.05 <> <(:) || true
  done
  ok 1 "$2" "looked for: $1" "$(screen)"
}
keys() { t send-keys -t w "$@"; }

"$psirtty" demo "$work/demo" >"$work/story" 2>&1
ok $? 'a demo vault'
printf '#!/bin/sh\necho "Dear Mara, by keys." >"$1"\n' >"$work/ed"
chmod +x "$work/ed"
t -f /dev/null new-session -d -s w -x 80 -y 24 "env PS1='ready> ' bash --norc --noprofile"
shows 'ready>' 'a shell'
keys "export EDITOR=$work/ed GNUPGHOME=$work/demo/gnupg; clear; $psirtty --vault $work/demo/vault" Enter
shows 'Inbox: 5' 'the workstation opens on the inbox'
shows 'M-0001.*verified' 'with the verdicts'
keys g Enter
shows 'the configuration listener' 'Enter opens the mail'
shows 'signature +verified' 'with its verdict above the text'
keys Escape 4
shows 'Calendar' '4 is the calendar'
keys G
shows '2[0-9]{3}-[0-9]{2}-[0-9]{2} [0-9:]{5} \+01:00' 'embargo ends show hour and zone'
keys : 'gate check 1' Enter
shows 'G12 +closed' 'a plain no is what the command printed'
hasnt "$(screen)" 'no reason was given' 'and no sentence without a reason'
keys Escape 5
shows 'Advisories: 1' '5 is the advisories'
shows 'PSIRT-SA-20[0-9]{2}-0001' 'with the draft'
keys 0 g Enter
shows '\[Summary\]' 'Enter opens a case on its summary'
keys Tab
shows '\[Messages\]' 'Tab goes to the next tab'
keys w
shows '^may [0-9A-F]{40}' 'w says who may read the case and who has'
keys Escape 1 / unsigned
shows 'Inbox' '/ filters as one types'
keys Escape '?'
shows 'advisory edit' '? lists every command'
keys Escape :
keys -l 'case list state:invalid'
keys Enter
shows 'Cases: 1 of 3' ':case list opens the list, filtered'
keys :
keys -l 'case list'
keys Enter
shows 'Cases: 3' ':case list shows all'
keys g s
keys -l 'received'
keys Enter
shows 'rule RM' 'an impossible move is refused with the rule'
keys c
keys -l 'typed on the screen'
keys Enter
shows 'note added' 'c adds a note'
keys u
shows 'undone: note' 'u takes it back'
keys 1 g r
shows 'draft reply-' 'r writes an answer in the editor'
keys S Tab Enter
shows 'leaves the house' 'S asks before it sends'
keys y
shows 'in the outbox' 'and y sends'
t resize-window -t w -x 200 -y 50
shows '1 Inbox\(2\) 2 Triage\(2\) 3 Repro 4 Calendar' 'at 200×50 the panes have their whole names'
keys j
t resize-window -t w -x 30 -y 8
shows 'needs 60' 'too small a window says what it needs'
t resize-window -t w -x 80 -y 24
shows 'Inbox: 5' 'and back nothing is lost'
keys C-z
shows 'Stopped' '^Z suspends'
keys fg Enter
shows 'Inbox: 5' 'fg goes on'

keys g : 
keys -l 'note 1 half a sentence'
for ((i = 0; i < 200; i++)); do
  compgen -G "$work/demo/vault/drafts/*/typed-*" >/dev/null && break
  read -rt 0.05 <> <(:) || true
done
[ "$i" -lt 200 ]
ok $? 'what is typed is kept after a pause'
! grep -rq 'half a sentence' "$work/demo/vault" "$work/state"
ok $? 'and sealed'
inner=$(pgrep -n -f "psirtty --vault $work/demo/vault")
kill -9 "$inner"
shows 'ended by signal 9' 'kill -9 of the inner process is told'
keys "stty -a | grep -c ' icanon'" Enter
shows '^1$' 'the terminal is usable again'
is "$(t display-message -p -t w '#{alternate_on}')" 0 'and off the alternate screen'
keys "$psirtty --vault $work/demo/vault" Enter
shows 'Inbox: 5' 'it starts again'
shows ':note 1 half a sentence' 'with what was being typed'
keys Escape
keys Q
shows 'ready>' 'Q leaves'

# kept COUNT: so many texts that were being typed are kept.
kept() {
  local i
  for ((i = 0; i < 1200; i++)); do
    [ "$(compgen -G "$work/demo/vault/drafts/*/typed-*" | wc -l)" -eq "$1" ] && return 0
    read -rt 0.05 <> <(:) || true
  done
  return 1
}
kept 0
ok $? 'what was typed and put away is kept no more'

# In the middle of a form.
keys "clear; $psirtty --vault $work/demo/vault" Enter
shows 'Inbox: 5' 'it starts once more'
keys 0 g
shows '^> .*PSIRT-[0-9]+-0001' 'on the first case'
keys :
keys -l 'form note'
keys Enter
shows '^> TEXT' 'a form asks for the text'
keys -l 'half of a form'
kept 1
ok $? 'what is typed into the form is kept'
kill -9 "$(pgrep -n -f "psirtty --vault $work/demo/vault")"
shows 'ended by signal 9' 'it is killed in the middle of the form'
keys "clear; $psirtty --vault $work/demo/vault" Enter
shows ':note .*half of a form' 'the next start has what was typed into the form'
keys Enter
shows 'note added' 'and Enter runs it'
keys 0 g u
shows 'undone: note' 'u takes that back'

# Told to end while a form is open: what was typed into it is sealed at once, without any pause.
inner_of() { pgrep -n -f "psirtty --vault $work/demo/vault"; }
for signal in TERM HUP; do
  keys : 
  keys -l 'form note'
  keys Enter
  shows '^> TEXT' "a form again, for SIG$signal"
  keys -l "told to end by $signal"
  shows "told to end by $signal" 'a text is typed'
  kill -"$signal" "$(inner_of)"
  shows 'ready>' "SIG$signal ends it"
  kept 1
  ok $? 'and what was typed is kept' 
  ! grep -rq 'told to end by' "$work/demo/vault" "$work/state"
  ok $? 'sealed'
  keys "clear; $psirtty --vault $work/demo/vault" Enter
  shows ":note .*told to end by $signal" 'the next start shows it'
  keys Escape 0 g
  shows '^> .*PSIRT-[0-9]+-0001' 'and Escape puts it away'
done

# A line that waits for an answer was typed, too.
keys :
keys -l 'advisory publish 1 --out nowhere'
keys Enter
shows 'cannot be taken back' 'publishing asks'
kept 1
ok $? 'the line that waits is kept at once'
kill -9 "$(inner_of)"
shows 'ended by signal 9' 'it is killed at the question'
keys "clear; $psirtty --vault $work/demo/vault" Enter
shows ':advisory publish .*nowhere' 'the next start has the line'
keys Escape 0 g
shows '^> .*PSIRT-[0-9]+-0001' 'on the first case'

# Copying goes to the clipboard of tmux.
keys 0 g :
keys -l 'copy id'
keys Enter
shows 'Sent 15 bytes' 'the id of the case is sent to the clipboard'
has "$(t show-buffer)" '-0001' 'which is that of tmux'

# Locked: nothing is shown until the key was asked for again, which the agent no longer has.
keys :
keys -l 'lock'
keys Enter
shows 'is locked' 'the screen is locked'
hasnt "$(screen)" 'PSIRT-' 'and shows nothing of the vault'
keys j 0
hasnt "$(screen)" 'PSIRT-' 'nor do keys show anything'
mkdir "$work/away"
mv "$work"/demo/gnupg/private-keys-v1.d/*.key "$work/away"
gpgconf --homedir "$work/demo/gnupg" --kill gpg-agent
keys Enter
shows "none of its members' secret keys is at hand" 'unlocking asks for the key'
shows 'is locked' 'and without it the screen stays locked'
hasnt "$(screen)" 'PSIRT-' 'and shows nothing'
mv "$work"/away/*.key "$work/demo/gnupg/private-keys-v1.d"
gpgconf --homedir "$work/demo/gnupg" --kill gpg-agent
keys Enter
shows 'Cases: 3|Inbox: 5' 'with the key it is unlocked'
keys Q
shows 'ready>' 'Q leaves'

# --readonly: everything is shown, nothing is changed.
before=$(GNUPGHOME=$work/demo/gnupg "$psirtty" --vault "$work/demo/vault" case log 1)
keys "clear; $psirtty --readonly --vault $work/demo/vault" Enter
shows 'read-only' 'the bar says read-only'
keys 0 g c
keys -l 'never written'
keys Enter
shows 'for reading only' 'a change is refused'
keys Escape Q
shows 'ready>' 'Q leaves'
is "$(GNUPGHOME=$work/demo/gnupg "$psirtty" --vault "$work/demo/vault" case log 1)" "$before" 'and nothing was written'

# --plain: no lines and boxes; the cursor stands where the selection is.
keys "clear; $psirtty --plain --vault $work/demo/vault" Enter
shows 'Inbox: 5' 'a plain screen'
keys 0 g j
shows '^> .*0002' 'on the second case'
hasnt "$(screen)" '─' 'has no lines drawn'
row=$(screen | grep -n '^> ' | cut -d : -f 1)
is "$(t display-message -p -t w '#{cursor_y} #{cursor_flag}')" "$((row - 1)) 1" 'and the cursor on the selection'
keys g C-r
shows 'again: note' '^R does again what was taken back before two restarts'

# Who did what, and whether the chain holds; a view that was saved, chosen from the list.
keys : audit Enter
shows 'Audit: [0-9]+' ':audit lists what was done'
shows '^> +[0-9]+ .*-0001 whole  ' 'newest first: event, when, who, which case, how it hangs in the chain'
shows 'chain +whole: signed by its author' 'and more of the one that is selected'
keys x
shows 'whole: [0-9]+ events' 'x proves the whole chain'
keys q 0 /
keys -l 'sev:critical'
keys Enter :
keys -l 'view save grave'
keys Enter
shows 'Saved as "grave"' 'a filter is saved as a view'
keys Escape 1 '\'
shows '^> grave +cases +sev:critical' '\ lists the saved views'
keys Enter
shows 'filter: sev:critical' 'and Enter goes there'
keys Escape 0 o
keys -l 'ti'
keys Tab
shows '^:sort title' 'Tab completes the name of a column'
keys Enter
shows 'title\^' 'the column that orders the list is marked'
keys : 
keys -l 'sort title'
keys Enter
shows 'titlev' 'the other way round, too'
keys : 
keys -l 'sort none'
keys Enter
keys Q
shows 'ready>' 'Q leaves'

# In the middle of a reply: the editor has written half of it when everything dies.
mkfifo "$work/gate"
printf '#!/bin/sh\necho "half of a reply" >"$1"\ntouch %s\nread -r _ <%s\n' "$work/half" "$work/gate" >"$work/slow"
chmod +x "$work/slow"
keys "export EDITOR=$work/slow; clear; $psirtty --vault $work/demo/vault" Enter
shows 'Inbox: 5' 'it starts with another editor'
keys g r
for ((i = 0; i < 600; i++)); do
  [ -e "$work/half" ] && break
  read -rt 0.05 <> <(:) || true
done
kill -9 "$(pgrep -n -f "psirtty --vault $work/demo/vault")"
echo >"$work/gate"
shows 'ended by signal 9' 'it is killed in the middle of a reply'
kept=$(GNUPGHOME=$work/demo/gnupg "$psirtty" --vault "$work/demo/vault" draft list | grep -o 'kept-[0-9a-f]*' | head -1)
has "$(GNUPGHOME=$work/demo/gnupg "$psirtty" --vault "$work/demo/vault" draft show "${kept:-none}" 2>&1)" 'half of a reply' 'what was written is kept, sealed'

# In the middle of a reply the program is told to end: the editor is told, too, and nothing stays in clear.
for signal in TERM HUP; do
  rm -f "$work/half"
  keys "clear; $psirtty --vault $work/demo/vault" Enter
  shows 'Texts from an editor are kept' "the next start says that texts are kept (SIG$signal)"
  keys g r
  for ((i = 0; i < 1200; i++)); do
    [ -e "$work/half" ] && break
    read -rt 0.05 <> <(:) || true
  done
  kill -"$signal" "$(inner_of)"
  shows 'ready>' "SIG$signal in the middle of a reply ends it"
  for ((i = 0; i < 1200; i++)); do
    compgen -G "$work/demo/vault/drafts/*/edit-*.txt" >/dev/null || break
    read -rt 0.05 <> <(:) || true
  done
  ! grep -rq 'half of a reply' "$work/demo/vault"
  ok $? 'nothing of it lies there in clear'
  draft=$(basename "$(ls -t "$work"/demo/vault/drafts/*/edit-*.sealed | head -1)" .sealed)
  has "$(GNUPGHOME=$work/demo/gnupg "$psirtty" --vault "$work/demo/vault" draft show "$draft" 2>&1)" 'half of a reply' 'it is a sealed draft'
done
GNUPGHOME=$work/demo/gnupg "$psirtty" --vault "$work/demo/vault" audit verify >"$work/audit" 2>&1
ok $? 'the vault is whole after all this' "$(cat "$work/audit")"
tap_done
