#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# time limit: 300
#
# The whole story under valgrind: no invalid access, no use of what was never set, nothing lost.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

psirtty=${PSIRTTY_PLAIN:-}
if [ -z "$psirtty" ] || ! command -v valgrind >/dev/null; then
  skip 'the story under valgrind' 'needs valgrind and a build without sanitizers'
  tap_done
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pv.XXXXXX") || exit 1
trap 'for h in "$work"/demo/gnupg "$work"/demo/people/*; do gpgconf --homedir "$h" --kill all; done 2>/dev/null; rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state
valgrind -q --error-exitcode=99 --trace-children=no --leak-check=full --show-leak-kinds=definite \
  --errors-for-leak-kinds=definite "$psirtty" demo "$work/demo" >"$work/story" 2>"$work/valgrind"
is "$?" 0 'the story under valgrind ends well'
is "$(grep '^==' "$work/valgrind")" '' 'and valgrind has nothing to say'
has "$(cat "$work/story")" 'DAMAGED: event' 'it went to its end'
tap_done
