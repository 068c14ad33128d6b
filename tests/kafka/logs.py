"""The logs of a cluster, as `mash` reads them to an auditor: each record with what stands in plain in it."""

import base64
import dataclasses
import json
import subprocess

SERVICES = ["referral", "sharing", "strategy", "notification", "vault"]


@dataclasses.dataclass
class Record:
    """One record of a log. `event` is {kind: what happened}."""
    log: str
    position: int
    event_id: str
    stream: str
    case_id: str
    type: str
    actor: tuple[str, str, str]  # agency, system, practitioner
    cause: str  # the id of the event it follows from; empty: a caller's own
    received_at: str
    seen: dict[str, int]  # by the log: how far it was followed when this was decided
    event: dict

    @property
    def kind(self) -> str:
        return next(iter(self.event), "")

    @property
    def what(self) -> dict:
        return self.event.get(self.kind, {})

    @property
    def id(self) -> str:
        return self.stream.rsplit("/", 1)[-1]


def fields(message: bytes) -> dict[int, list]:
    """A protobuf message's fields by their numbers: integers, and bytes of whatever has a length."""
    found, at = {}, 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        tag = varint()
        if tag & 7 == 0:
            value = varint()
        elif tag & 7 == 2:
            length = varint()
            value = message[at:at + length]
            at += length
        else:
            raise ValueError(f"no record has a field of wire type {tag & 7}")
        found.setdefault(tag >> 3, []).append(value)
    return found


def record_of(log: str, entry: dict) -> Record:
    """docs/formats/record.md: 32 bytes that the writer fixed, and a RecordBody."""
    leaf = base64.b64decode(entry["record"])
    body = fields(leaf[32:])

    def text(number: int) -> str:
        return body.get(number, [b""])[0].decode()

    def octets(number: int) -> str:
        return body.get(number, [b""])[0].hex()

    actor = fields(body.get(6, [b""])[0])
    seen = {}
    for each in body.get(12, []):
        said = fields(each)
        seen[said[1][0].decode().split("/")[2]] = said.get(2, [0])[0]
    return Record(log=log, position=int.from_bytes(leaf[8:16], "big"), event_id=octets(1), stream=text(2), case_id=text(3),
                  type=text(4), actor=tuple(actor.get(number, [b""])[0].decode() for number in (1, 2, 3)), cause=octets(8),
                  received_at=octets(11), seen=seen, event=json.loads(entry.get("event_json") or "{}"))


def call(method: str, request: dict, role: list[str]) -> list[dict]:
    asked = subprocess.run(["mash", "call", method, json.dumps(request), "--json", *role], stdout=subprocess.PIPE, check=True, text=True)
    return [json.loads(line) for line in asked.stdout.splitlines()]


def read_log(log: str) -> list[Record]:
    answers = call("LogService/ReadLog", {"log": log}, ["--as", "auditor", "--user", "aud-03", "--role", "auditor"])
    return [record_of(log, entry) for answer in answers for entry in answer.get("entries", [])]


def feeds_of(log: str) -> dict[str, dict]:
    """How a log says it stands with those that it follows, by their services."""
    answers = call("LogService/ListFeeds", {"log": log}, ["--as", "operator", "--user", "op-01", "--role", "operator"])
    return {feed["feed"].split("/")[2]: feed for answer in answers for feed in answer.get("feeds", [])}
