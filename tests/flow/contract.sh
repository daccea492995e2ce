#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The commands without a vault, as the contract fixes them: columns, answers line by line, exit codes, sentences.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
p=${PSIRTTY:?}
v4=CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N

# says STATUS EXPECTED COMMAND…: standard output and exit code
says() {
  local status=$1 expected=$2 got
  shift 2
  got=$("$p" "$@" 2>/dev/null)
  is "$?:$got" "$status:$expected" "$*"
}
# lines INPUT EXPECTED COMMAND…: the same through standard input
lines() {
  local input=$1 expected=$2 got
  shift 2
  got=$(printf "$input" | "$p" "$@" - 2>/dev/null)
  is "$got" "$(printf "$expected")" "$* -"
}

says 0 $v4$'\t4.0\t9.3\t-\t-\t9.3\tCRITICAL\tCVSS-B' score $v4
lines "$v4\nx\n" "$v4\t4.0\t9.3\t-\t-\t9.3\tCRITICAL\tCVSS-B\nx\tinvalid\tfield 1, \"x\", has no colon" score
says 0 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"$'\t3.1\t9.8\t-\t-\t9.8\tCRITICAL\t-' score CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
"$p" score x >/dev/null 2>&1
is $? 1 'an invalid vector is a no'
says 0 '<' compare deb '1.0~rc1' 1.0
says 0 '=' compare pypi 1.0 1.0.0
says 0 '>' compare semver 2.0.0 2.0.0-rc.1
has "$(printf 'npm\tx\t1.0.0\n' | "$p" compare -)" $'?\t' 'what is no version is answered with ? and the reason'
says 0 in range npm '^1.2.0' 1.9.9
says 0 out range npm '^1.2.0' 2.0.0
says 0 in range pypi 'vers:pypi/>=1.0|<2.0' 1.5
lines 'maven\t[1,2)\t1.5\npypi\t>=1,<2\t2.0\n' 'in\nout' range
says 0 $'pkg:npm/%40angular/animation@12.3.1\tnpm\t@angular\tanimation\t12.3.1\t-\t-' purl pkg:npm/%40angular/animation@12.3.1
has "$("$p" purl pkg:x)" $'invalid\t' 'what is no package URL is invalid'
says 0 'vers:npm/>=1.0.0|<2.0.0' vers 'vers:npm/>=1.0.0|<2.0.0'
says 0 'cpe:2.3:a:x:y:1:*:*:*:*:*:*:*' cpe 'cpe:/a:x:y:1'
says 0 superset cpe match 'cpe:2.3:a:x:y:*:*:*:*:*:*:*:*' 'cpe:2.3:a:x:y:1:*:*:*:*:*:*:*'
has "$("$p" cwe 787)" $'CWE-787\tOut-of-bounds Write' 'cwe finds by number'
has "$("$p" cwe 20)" 'Discouraged' 'and says when a choice is discouraged'
says 1 "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U"$'\t9.0\ttemporal\t'"$("$p" score check CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U 9.0 | cut -f 4)" \
  score check CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U 9.0
has "$("$p" --now 2026-01-01T00:00:00Z ssvc cisa E=active A=yes TI=total MWI=high)" $'Act\t' 'ssvc decides'
"$p" --json --now 2026-01-01T00:00:00Z ssvc cisa E=active A=yes TI=total MWI=high >"${TMPDIR:-/tmp}/selections"
has "$("$p" ssvc cisa --read "${TMPDIR:-/tmp}/selections")" $'Act\t' 'and reads a selection list'
"$p" nonsense >/dev/null 2>&1
is $? 2 'an unknown command is a usage error'
out=$("$p" case list 2>&1)
is "$?:$out" '2:psirtty: vault: no vault was named. Give --vault DIR or set PSIRTTY_VAULT.' 'errors are one line: what, why, what to do'
"$p" mail read /nowhere >/dev/null 2>&1
is $? 3 'what cannot be read is 3'
tap_done
