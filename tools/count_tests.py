#!/usr/bin/env python3
"""Prints the one line that says how a test run went, from ctest's JUnit report: `N passed, N failed`."""

import sys
import xml.etree.ElementTree as xml


def main() -> int:
    try:
        suite = xml.parse(sys.argv[1]).getroot()
    except (OSError, xml.ParseError) as error:
        print(f"count_tests: no report of the tests: {error}", file=sys.stderr)
        return 1
    total, failed = int(suite.get("tests", 0)), int(suite.get("failures", 0))
    skipped = int(suite.get("skipped", 0)) + int(suite.get("disabled", 0))
    line = f"{total - failed - skipped} passed, {failed} failed"
    print(line + (f", {skipped} skipped" if skipped else ""))
    return 0 if total else 1


if __name__ == "__main__":
    sys.exit(main())
