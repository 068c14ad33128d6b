#!/usr/bin/env python3
"""Looks for what files say of people in what a broker keeps.

usage: tests/kafka/planted.py BROKER-DATA JSON-FILE...

Every name, number, address and sentence of the files (JSON, one or one a line) is looked for in the broker's files, byte for byte, also
in base64; none may be there. Every service's topic must hold records, or there would be nothing to look in.
"""

import base64
import json
import pathlib
import sys

SERVICES = ["referral", "sharing", "strategy", "notification", "vault"]
# What a topic holds when its service has done something worth looking at.
HOLDS = {"referral": b"mash.referral.v1.ReferralEvent", "sharing": b"mash.sharing.v1.DecisionEvent",
         "strategy": b"mash.strategy.v1.DiscussionEvent", "notification": b"mash.notification.v1.ContactEvent",
         "vault": b"mash.log.v1.Checkpoint"}
# What tells who somebody is; of other fields, whatever has words: the rest are codes and ids.
IDENTIFYING = {"given_names", "givenNames", "family_name", "familyName", "value", "lines", "postcode", "agency_reference", "agencyReference",
               "whereabouts", "name", "address", "secret"}


def texts(value, name: str = "") -> set[str]:
    """The texts of a JSON value that are personal: longer ones, since "Jay" is also in other words."""
    if isinstance(value, dict):
        return {text for key, each in value.items() for text in texts(each, key)}
    if isinstance(value, list):
        return {text for each in value for text in texts(each, name)}
    is_personal = isinstance(value, str) and len(value) >= 5 and (name in IDENTIFYING or " " in value)
    return {value} if is_personal else set()


def forms(text: str) -> set[bytes]:
    """As it is, and as it stands in base64, wherever its bytes begin there."""
    plain = text.encode()
    every = {plain}
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        whole = encoded[(before * 8 + 5) // 6:(before + len(plain)) * 8 // 6]
        if len(whole) >= 8:
            every.add(whole)
    return every


def said_in(file: pathlib.Path) -> set[str]:
    text = file.read_text()
    try:
        return texts(json.loads(text))
    except json.JSONDecodeError:
        return {each for line in text.splitlines() for each in texts(json.loads(line))}


def held_in(file: pathlib.Path) -> bytes:
    try:
        return file.read_bytes().rstrip(b"\0")
    except FileNotFoundError:  # since it was listed: the broker writes some anew, and renames them
        return b""


def main() -> int:
    data, files = pathlib.Path(sys.argv[1]), [pathlib.Path(name) for name in sys.argv[2:]]
    planted = {text for file in files for text in said_in(file)}
    kept = {file: held_in(file) for file in sorted(data.rglob("*")) if file.is_file()}
    faults = [f"{file}: {text}" for text in sorted(planted) for form in forms(text) for file, held in kept.items() if form in held]
    for service in SERVICES:
        topic = b"".join(held for file, held in kept.items() if file.parent.name == f"mash.{service}-0" and file.suffix == ".log")
        if HOLDS[service] not in topic:
            faults.append(f"mash.{service}: {HOLDS[service].decode()} is not there, so nothing was looked for")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(planted)} names, numbers and sentences looked for in {sum(map(len, kept.values())):,} bytes of {len(kept)} files")
    return 1 if faults or not planted else 0


if __name__ == "__main__":
    sys.exit(main())
