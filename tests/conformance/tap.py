# SPDX-License-Identifier: Apache-2.0
"""Results as lines that tests/run counts."""
import sys

number = failed = 0


def check(condition, name, detail=""):
    global number, failed
    number += 1
    failed += not condition
    print(f"{'' if condition else 'not '}ok {number} - {name}")
    if not condition and detail:
        print(f"#   {detail}")


def done():
    print(f"1..{number}")
    sys.exit(1 if failed else 0)
