#!/usr/bin/env python3
"""Reads the logs of a cluster and says whether every contact took effect exactly once in each service.

usage: tests/kafka/check_once.py          (`mash` on PATH, MASH_ADDRESS says where the services are)

For every contact in the referral log there must be one copy of it in each log that follows that one, and one notice of it to the
hub. Waits until nothing is missing, at most a minute; what is there twice is wrong at once.
"""

import collections
import json
import subprocess
import sys
import time

FOLLOWERS = ["sharing", "strategy", "notification"]
NOTICES = {"contact-received", "contact-in-danger"}
PATIENCE_S = 60


def events(log: str) -> list[dict]:
    """The public parts of a log's events, in order."""
    asked = subprocess.run(
        ["mash", "call", "LogService/ReadLog", json.dumps({"log": log}), "--json", "--as", "auditor", "--user", "aud-03"],
        check=True, capture_output=True, text=True)
    read = []
    for line in asked.stdout.splitlines():
        for entry in json.loads(line).get("entries", []):
            if entry.get("event_json"):
                read.append(json.loads(entry["event_json"]))
    return read


def contacts_taken() -> int:
    """How many contacts the other logs must know of."""
    return sum("contact_received" in event for event in events("referral"))


def told_by_the_hub() -> int:
    """Contacts that social care sent itself: it is not told of them."""
    return sum(event.get("contact_received", {}).get("agency") == "social-care" for event in events("referral"))


def effects(log: str) -> collections.Counter:
    """What followed in a log from each contact: (what, case) and how often."""
    counted = collections.Counter()
    for event in events(log):
        copied = event.get("referral", {}).get("event", {}).get("contact_received")
        if copied:
            counted["copy", event["referral"]["referral_id"]] += 1
        notice = event.get("raised", {}).get("notice", {})
        if notice.get("rule") in NOTICES and notice.get("agency") == "social-care":
            counted["notice", notice["about"][0]["id"]] += 1
    return counted


def faults() -> tuple[list[str], bool]:
    """What is wrong, and whether waiting may mend it."""
    taken, found, only_missing = contacts_taken(), [], True
    for log in FOLLOWERS:
        counted = effects(log)
        copies = sum(what == "copy" for what, _ in counted)
        twice = [f"{log}: {what} of {of} is there {times} times" for (what, of), times in counted.items() if times > 1]
        found += twice
        only_missing = only_missing and not twice
        notices = sum(what == "notice" for what, _ in counted)
        if copies != taken:
            found.append(f"{log}: {copies} copies of {taken} contacts")
        if log == "notification" and notices < taken - told_by_the_hub():
            found.append(f"{log}: {notices} notices of {taken} contacts")
    return found, only_missing


def main() -> int:
    until = time.monotonic() + PATIENCE_S
    while True:
        found, only_missing = faults()
        if not found:
            print(f"each of {contacts_taken()} contacts took effect once in {', '.join(FOLLOWERS)}")
            return 0
        if not only_missing or time.monotonic() > until:
            print("\n".join(found), file=sys.stderr)
            return 1
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
