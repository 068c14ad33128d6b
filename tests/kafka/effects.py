"""What is to follow in each service's log from each record of another's, and how what follows is told apart.

It is written against what the services are to do, and not with what they do it: libs/cases/kept.h (copies), strategy/opening.h
(discussions), deploy/policy/notifications.yaml (notices), docs/notifications.md (deliveries), docs/personal-data.md (erasure).
"""

import collections
import dataclasses
import pathlib

import yaml

from logs import Record

FOLLOWED = {
    "sharing": ["referral", "strategy"],
    "strategy": ["referral", "sharing"],
    "notification": ["referral", "sharing", "strategy"],
}
REFERRAL_EVENT = "mash.referral.v1.ReferralEvent"
CASE_EVENT = "mash.referral.v1.CaseEvent"
PERSON_EVENT = "mash.referral.v1.PersonEvent"
KNOWN_CASE = "mash.cases.v1.KnownCaseEvent"
KNOWN_PERSON = "mash.cases.v1.KnownPersonEvent"
NOTICE_EVENT = "mash.notification.v1.NoticeEvent"
DELIVERY_EVENT = "mash.notification.v1.DeliveryEvent"
DISCUSSION_EVENT = "mash.strategy.v1.DiscussionEvent"

# Of a referral, what others rest on.
KEPT_OF_REFERRALS = {
    "contact_received", "contact_accepted", "contact_closed", "contact_withdrawn", "information_added", "referral_rated",
    "referral_decided", "decision_revised", "threshold_recorded", "transfer_answered"}
FIRST_DECISION = "first-decision"

Logs = dict[str, list[Record]]


def name_of(record: Record) -> tuple:
    """Tells one effect of a record from another: what has the same name twice happened twice."""
    what = record.what
    if record.type == KNOWN_CASE and record.kind == "involved":
        return record.type, record.stream, "involved", what.get("agency", "")
    if record.type == KNOWN_PERSON and record.kind == "in_case":
        return record.type, record.stream, "in_case", what.get("case_id", ""), what.get("referral_id", "")
    if record.type == NOTICE_EVENT and record.kind == "raised":
        notice = what["notice"]
        about = ",".join(each["id"] for each in notice.get("about", []))
        told = (notice["agency"], notice.get("practitioner", ""), notice.get("tell_by_hand", ""))
        return record.type, "raised", notice["rule"], *told, about, notice.get("escalated_from", "")
    if record.type == DELIVERY_EVENT and record.kind == "due":
        return record.type, "due", what["notice_id"], what["contact_id"], what.get("channel", 0)
    if record.type == "mash.notification.v1.AwaitingEvent" and record.kind == "awaits":
        return record.type, record.stream, "awaits", what["notice_id"]
    if record.type == DISCUSSION_EVENT and record.kind == "opened":
        return record.type, "opened"
    return record.type, record.stream, record.kind


def copies_of(record: Record) -> list[tuple]:
    """The names of the copies that a follower keeps of a record of the referral log."""
    what = record.what
    if record.type == CASE_EVENT:
        return [(KNOWN_CASE, record.stream, "case")]
    if record.type == PERSON_EVENT:
        kept = record.kind in ("same_decided", "not_same_decided")
        return [(KNOWN_PERSON, record.stream, "person")] if kept else []
    if record.type != REFERRAL_EVENT:
        return []
    kept = (record.kind in KEPT_OF_REFERRALS or
            record.kind == "deadline_extended" and what.get("kind") == FIRST_DECISION or
            record.kind == "deadline_recomputed" and what.get("deadline", {}).get("kind") == FIRST_DECISION)
    if not kept:
        return []
    names = [(KNOWN_CASE, "case/" + record.case_id, "referral")]
    if record.kind == "contact_received":
        for person in sorted({*what.get("child_ids", []), *what.get("person_ids", [])}):
            names.append((KNOWN_PERSON, "person/" + person, "in_case", record.case_id, record.id))
    return names


def parts_taken(log: list[Record]) -> dict[str, list[tuple[int, str]]]:
    """By case, which agencies came to have a part in it as a following log knows, and where it learned that."""
    parts = collections.defaultdict(list)
    for record in log:
        if record.type != KNOWN_CASE:
            continue
        event = record.what.get("event", {})
        for agency in (record.what.get("agency") if record.kind == "involved" else None,
                       event.get("contact_received", {}).get("agency"),
                       event.get("information_added", {}).get("information", {}).get("agency")):
            if agency:
                parts[record.stream.removeprefix("case/")].append((record.position, agency))
    return parts


def values_of(what: dict, path: str) -> list[str]:
    """The values of a field; one that is not set is not there."""
    name, _, rest = path.partition(".")
    values = []
    held = what.get(name)
    for each in held if isinstance(held, list) else [] if held is None else [held]:
        if isinstance(each, dict):
            values += values_of(each, rest)
        else:
            values.append({True: "true", False: "false"}.get(each, str(each)) if isinstance(each, bool) else str(each))
    return values


def holds(rule: dict, what: dict) -> bool:
    def is_so(path: str, wanted) -> bool:
        wanted = [str(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
        parent, _, _ = path.rpartition(".")
        found = values_of(what, path)
        if found:
            return any(each in wanted for each in found)
        # Not set: it has its default value, where what it belongs to is there.
        there = not parent or isinstance(what.get(parent.split(".")[0]), dict)
        return there and any(each in ("", "false", "0") or each.endswith("_UNSPECIFIED") for each in wanted)
    return all(is_so(path, wanted) for path, wanted in rule.get("when", {}).items())


def one_by_one(what: dict, path: str) -> list[dict]:
    name = path.partition(".")[0]
    held = what.get(name)
    if not (isinstance(held, list) and held and isinstance(held[0], dict)):
        # A list that is empty is left out of JSON, and then nobody is told.
        return [] if held is None and "." in path else [what]
    return [{**what, name: [each]} for each in held]


@dataclasses.dataclass
class Told:
    """Whom the rules have told of a record: for sure, and at most."""
    surely: collections.Counter
    at_most: set


class Rules:
    """deploy/policy/notifications.yaml, read here by itself."""

    def __init__(self, folder: pathlib.Path, hub: set[str]):
        self.rules = yaml.safe_load((folder / "notifications.yaml").read_text())["rules"]
        packs = [yaml.safe_load(file.read_text()) for file in folder.glob("working-together-*.yaml")]
        self.outcomes_that_meet = {code for pack in packs for code, outcome in pack["referral_outcomes"].items()
                                   if outcome.get("discussion")}
        self.hub = hub

    def told_of(self, record: Record, sender: str, parts: list[str], parts_ever: set[str]) -> Told:
        told = Told(collections.Counter(), set())
        if record.kind == "deadline_told" and record.what.get("done_at"):
            return told
        agencies_told: set[str] = set()
        for code, rule in self.rules.items():
            if rule["event"] != f"{record.type}/{record.kind}":
                continue
            path = rule.get("practitioner", "")
            for what in one_by_one(record.what, path) if path else [record.what]:
                if not holds(rule, what):
                    continue
                practitioner = (values_of(what, path) or [""])[-1] if path else ""
                surely, maybe = self.agencies(rule, what, sender, set(parts), parts_ever, agencies_told)
                for agency in maybe:
                    if self.knows_already(rule, agency, practitioner, record):
                        continue
                    name = (code, agency, practitioner, "")
                    told.at_most.add(name)
                    if agency in surely:
                        told.surely[name] += 1
                        agencies_told.add(agency)
                # An authority that has no inbox here is told by the hub, whoever it was that did it.
                for area in self.areas(rule, what):
                    for agency in self.hub:
                        told.at_most.add((code, agency, "", area))
                        told.surely[code, agency, "", area] += 1
        return told

    @staticmethod
    def areas(rule, what) -> set[str]:
        """Authorities that a rule would tell; none of them is an agency of the hub that is tried here."""
        return {area for who in rule["to"] if who.startswith("authority ")
                for area in values_of(what, who.partition(" ")[2])} - {""}

    def agencies(self, rule, what, sender, parts, parts_ever, told) -> tuple[set[str], set[str]]:
        surely, maybe = set(), set()
        for who in rule["to"]:
            kind, _, name = who.partition(" ")
            if kind == "authority":
                continue
            if kind == "others":
                maybe |= parts_ever
                surely |= parts - told
                continue
            named = {"hub": self.hub, "sender": {sender}, "agency": {name}, "involved": parts,
                     "field": set(values_of(what, name))}[kind]
            surely |= named
            maybe |= parts_ever if kind == "involved" else named
        return surely - {""}, (maybe | surely) - {""}

    @staticmethod
    def knows_already(rule, agency: str, practitioner: str, record: Record) -> bool:
        by, _, who = record.actor
        return not rule.get("whoever_did_it") and agency == by and practitioner in ("", who)
