"""``yiwang rulings replay [SUBJECT]``: repeats stored rulings and names each one that differs."""

from __future__ import annotations

import sys

from yiwang.mechanisms.rulings import actions


def main(arguments: list[str]) -> int:
    """0 when every record came out the same, 1 otherwise."""
    if not arguments or arguments[0] != "replay" or len(arguments) > 2:
        print("用法：yiwang rulings replay [对象，例如 case:…]", file=sys.stderr)
        return 2
    passed = failed = 0
    for replayed in actions.replay(subject=arguments[1] if len(arguments) == 2 else None):
        if replayed.differences:
            failed += 1
            print(f"{replayed.key} {replayed.subject}：{'；'.join(replayed.differences)}")
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0
