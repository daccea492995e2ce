#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The exported calendar read by another program (Debian's python3-icalendar): every date is the instant that
# `calendar` says, in its zone, with its alarms, and tells nothing of what is due.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY:?}
if ! /usr/bin/python3 -c 'import icalendar' 2>/dev/null; then
  skip 'another program reads the calendar' 'python3-icalendar is not installed'
  tap_done
  exit
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pi.XXXXXX") || exit 1
mkdir -m 700 "$work/t"
export GNUPGHOME=$work/t XDG_STATE_HOME=$work/state
trap 'gpgconf --kill all 2>/dev/null; rm -rf "$work"' EXIT
p() { "$psirtty" --vault "$work/vault" --now 2027-03-20T08:00:00Z "$@"; }

gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key \
  'Nadia Handler <psirt@vendor.example>' future-default default never 2>/dev/null
fpr=$(gpg --batch --list-keys --with-colons 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
"$psirtty" init "$work/vault" --handler "$fpr" >/dev/null 2>&1
p case new 'Overflow in the gateway' >/dev/null
p case state 1 received >/dev/null && p case state 1 valid >/dev/null && p case state 1 accepted >/dev/null
p party add 1 Acme vendor --zone Asia/Shanghai >/dev/null
p embargo propose 1 2027-03-27 23:30 Europe/Brussels >/dev/null && p embargo accept 1 >/dev/null
p embargo revise 1 2027-05-15 09:00 Asia/Shanghai >/dev/null
p case set 1 disclosure attacks >/dev/null
p freeze add Games '2027-06-01 00:00 Asia/Shanghai' '2027-06-10 00:00 Asia/Shanghai' notice 7 >/dev/null
p --json calendar >"$work/calendar.json"
ok $? 'a case with clocks, an embargo and a freeze'
p calendar export "$work/plain.ics" >/dev/null && p calendar export "$work/titled.ics" --titles >/dev/null
ok $? 'two exports'

/usr/bin/python3 - "$work" >"$work/read" 2>"$work/fault" <<'PY'
import datetime, json, sys
from icalendar import Calendar

work = sys.argv[1]
ours = json.load(open(work + "/calendar.json"))
for name in ("plain", "titled"):
    calendar = Calendar.from_ical(open(work + "/" + name + ".ics", "rb").read())
    events = calendar.walk("VEVENT")
    told = sorted(e.decoded("dtstart").astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") for e in events)
    print(name, "events", len(events) == len(ours), "instants", told == sorted(i["at"] for i in ours))
    print(name, "zones", sorted({str(z["tzid"]) for z in calendar.walk("VTIMEZONE")}))
    leading = [i for i in ours if not i["secondary"] and i["kind"] != "proposal"]
    running = [i for i in leading if i.get("start") and i["start"] < i["at"]]
    print(name, "alarms", len(calendar.walk("VALARM")) == 2 * len(leading) + len(running))
    print(name, "uids", len({str(e["uid"]) for e in events}) == len(events))
    text = " ".join(str(e["summary"]) for e in events)
    print(name, "tells", "CRA" in text or "early warning" in text, "Games" in text, "Overflow" in text)
PY
is "$(cat "$work/fault")" '' 'it reads both'
for name in plain titled; do
  has "$(cat "$work/read")" "$name events True instants True" "$name: every date is there, at its instant"
  has "$(cat "$work/read")" "$name zones ['Asia/Shanghai', 'Europe/Brussels']" "$name: two zones are described"
  has "$(cat "$work/read")" "$name alarms True" "$name: alarms by share of what runs, by hours of the rest"
  has "$(cat "$work/read")" "$name uids True" "$name: no name twice"
done
has "$(cat "$work/read")" 'plain tells False False False' 'nothing is told'
has "$(cat "$work/read")" 'titled tells True True False' 'but where it is asked for, and never the title of a case'
tap_done
