# SPDX-License-Identifier: Apache-2.0
# TAP for shell tests: source it, call ok/skip, end with tap_done. Prints what went wrong.
tap_count=0
tap_failed=0

ok() { # ok STATUS NAME [DETAIL…]
  tap_count=$((tap_count + 1))
  if [ "$1" -eq 0 ]; then
    echo "ok $tap_count - $2"
  else
    echo "not ok $tap_count - $2"
    tap_failed=1
    shift 2
    [ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/#   /'
  fi
}

is() { # is GOT EXPECTED NAME
  [ "$1" = "$2" ]
  ok $? "$3" "got:      $1" "expected: $2"
}

has() { # has TEXT PART NAME
  case $1 in *"$2"*) ok 0 "$3" ;; *) ok 1 "$3" "looked for: $2" "in: $1" ;; esac
}

hasnt() { # hasnt TEXT PART NAME
  case $1 in *"$2"*) ok 1 "$3" "found: $2" ;; *) ok 0 "$3" ;; esac
}

skip() { # skip NAME WHY
  tap_count=$((tap_count + 1))
  echo "ok $tap_count - $1 # SKIP $2"
}

tap_done() {
  echo "1..$tap_count"
  exit $tap_failed
}
