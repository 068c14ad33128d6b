#!/usr/bin/env python3
"""Reads the logs of a cluster and says whether every event took effect exactly once in every service.

usage: tests/kafka/check_once.py [--self-test]     (in the repository's root; `mash` on PATH, MASH_ADDRESS says where the services are)

For each log and each that follows it, from the logs alone: every record that is to have an effect there (effects.py) has it once,
and nothing else is there; effects stand in their causes' order, each decided where the follower had come to then; all was followed.
Waits until nothing is missing, at most some minutes; what is there twice, or out of order, is wrong at once.

--self-test  then, on what was read, plants one fault of each kind, a double and a gap among them: each must be found.
"""

import collections
import dataclasses
import pathlib
import subprocess
import sys
import time

import logs
from effects import (CASE_EVENT, DELIVERY_EVENT, DISCUSSION_EVENT, FOLLOWED, KNOWN_CASE, KNOWN_PERSON, NOTICE_EVENT,
                     PERSON_EVENT, REFERRAL_EVENT, Logs, Rules, copies_of, name_of, parts_taken)
from logs import Record

PATIENCE_S = 300
HUB = {"social-care"}  # deploy/cluster/mash.toml: whose certificates may triage
HOLDERS = {"referral", "sharing", "strategy", "notification"}  # of the vault's keys


class Faults:
    """What is wrong: missing still, which waiting may mend, or wrong for good."""

    def __init__(self):
        self.missing: list[str] = []
        self.wrong: list[str] = []

    def all(self) -> list[str]:
        return self.wrong + self.missing


def at(record: Record) -> str:
    return f"{record.log} {record.position} ({record.type}/{record.kind})"


def is_of_follower(record: Record) -> bool:
    return record.actor[:2] == ("hub", "follower")


class Pair:
    """A log, and one that follows it."""

    def __init__(self, all_logs: Logs, source: str, follower: str, faults: Faults):
        self.source, self.follower = all_logs[source], all_logs[follower]
        self.names = f"{follower} of {source}"
        self.faults = faults
        self.by_id = {record.event_id: record for record in self.source}
        self.effects = [record for record in self.follower if is_of_follower(record) and record.cause in self.by_id]
        self.of = collections.defaultdict(list)
        for effect in self.effects:
            self.of[effect.cause].append(effect)
        self.parts = parts_taken(self.follower)

    def check_doubles(self) -> None:
        for cause, effects in self.of.items():
            for name, times in collections.Counter(map(name_of, effects)).items():
                if times > 1:
                    self.faults.wrong.append(f"{self.names}: {at(self.by_id[cause])} has {name} {times} times")

    def check_order(self, source: str) -> None:
        """Positions are followed in their order, none again and none passed over: what had waited in a parked stream aside."""
        parked = {record.what.get("stream") for record in self.follower if record.type == "mash.feed.v1.FeedEvent"}
        last, passed = -1, 0
        for effect in self.effects:
            cause = self.by_id[effect.cause]
            if cause.stream in parked or effect.type == "mash.feed.v1.FeedEvent":
                continue
            followed = effect.seen.get(source, 0)
            if cause.position < last or followed < passed:
                self.faults.wrong.append(f"{self.names}: {at(effect)} is of {cause.position}, after what is of {last}")
            if cause.position < followed:
                self.faults.wrong.append(f"{self.names}: {at(effect)} is of {cause.position}, when {followed} were followed")
            last, passed = max(last, cause.position), max(passed, followed)

    def check_copies(self, source: str) -> None:
        for record in self.source:
            expected = copies_of(record) if source == "referral" else []
            found = {name_of(effect): effect for effect in self.of[record.event_id]
                     if effect.type in (KNOWN_CASE, KNOWN_PERSON) and effect.kind != "involved"}
            for name in expected:
                if name not in found:
                    self.faults.missing.append(f"{self.names}: {at(record)} has no {name}")
            for name, effect in found.items():
                told = effect.what.get("event") if effect.kind == "referral" else effect.what
                copied = effect.kind == "in_case" or told == record.event
                if name not in expected or not copied:
                    self.faults.wrong.append(f"{self.names}: {at(effect)} is not what is to follow from {at(record)}")

    def check_parts(self) -> None:
        """Which agencies came to have a part in a case: known here from then on, however they came to be."""
        for record in self.source:
            if record.type != KNOWN_CASE or record.kind != "involved":
                continue
            if record.what["agency"] not in {agency for _, agency in self.parts[record.case_id]}:
                self.faults.missing.append(f"{self.names}: {at(record)} gave {record.what['agency']} no part")
        said = collections.Counter((record.case_id, record.what["agency"]) for record in self.follower
                                   if record.type == KNOWN_CASE and record.kind == "involved")
        for (case_id, agency), times in said.items():
            if times > 1:
                self.faults.wrong.append(f"{self.names}: {agency} got its part in case {case_id} {times} times")

    def check_discussions(self, rules: Rules) -> None:
        for record in self.source:
            outcome = record.what.get("decision", {}).get("outcome")
            if record.type != REFERRAL_EVENT or record.kind != "referral_decided" or outcome not in rules.outcomes_that_meet:
                continue
            if not any(effect.type == DISCUSSION_EVENT and effect.kind in ("opened", "brought_forward")
                       for effect in self.of[record.event_id]):
                self.faults.missing.append(f"{self.names}: {at(record)} has no discussion")

    def check_notices(self, rules: Rules, senders: dict[str, str], families: dict[str, set], closed: set[str]) -> None:
        first_after = sorted((effect.seen.get(self.source[0].log, 0), effect.position) for effect in self.effects) if self.source else []
        for record in self.source:
            effects = self.of[record.event_id]
            raised = collections.Counter(name_of(effect)[2:6] for effect in effects
                                         if effect.type == NOTICE_EVENT and effect.kind == "raised")
            begins = self.where_its_append_begins(effects, record, first_after)
            parts = [agency for position, agency in self.parts[record.case_id] if position < begins]
            ever = {agency for case in families.get(record.case_id, {record.case_id}) for _, agency in self.parts[case]}
            told = rules.told_of(record, senders.get(record.id, ""), parts, ever)
            if record.case_id in closed:  # restricted or barred at some time: who is told is judged by more
                continue
            for name, times in told.surely.items():
                if raised[name] < times:
                    self.faults.missing.append(f"{self.names}: of {at(record)} {name} is told {raised[name]} times of {times}")
            for name, times in raised.items():
                if name not in told.at_most or name in told.surely and times > told.surely[name]:
                    self.faults.wrong.append(f"{self.names}: of {at(record)} {name} is told {times} times")

    def where_its_append_begins(self, effects: list[Record], record: Record, first_after: list[tuple[int, int]]) -> int:
        """The follower's log as it was when it judged a record: what is appended at once has the same time and had seen the same."""
        if effects:
            begins = effects[0].position
            while begins > 0 and self.same_append(self.follower[begins - 1], effects[0]):
                begins -= 1
            return begins
        return next((position for seen, position in first_after if seen > record.position), len(self.follower))

    @staticmethod
    def same_append(one: Record, other: Record) -> bool:
        return is_of_follower(one) and one.received_at == other.received_at and one.seen == other.seen


def check_positions(log: list[Record], faults: Faults) -> None:
    for place, record in enumerate(log):
        if record.position != place:
            faults.wrong.append(f"{at(record)} stands at {place}")
            return


def check_feeds(all_logs: Logs, feeds: dict[str, dict[str, dict]], faults: Faults) -> None:
    for follower, sources in FOLLOWED.items():
        for source in sources:
            feed = feeds[follower].get(source, {})
            if int(feed.get("position", 0)) != len(all_logs[source]):
                faults.missing.append(f"{follower} has followed {feed.get('position', 0)} of {source}'s {len(all_logs[source])}")
            if feed.get("reason") or feed.get("parked"):
                faults.missing.append(f"{follower} does not go on with {source}: {feed.get('reason')} {feed.get('parked', '')}")


def check_causes(all_logs: Logs, faults: Faults) -> None:
    """Nothing followed from what is in no log."""
    for follower, sources in FOLLOWED.items():
        causes = {record.event_id for source in sources for record in all_logs[source]}
        for record in all_logs[follower]:
            if is_of_follower(record) and record.cause not in causes:
                faults.missing.append(f"{at(record)} follows from nothing")  # its cause was written while the logs were read


def check_deliveries(log: list[Record], faults: Faults) -> None:
    """One delivery for each channel of whoever is told, with attempts that are counted without a gap, and taken once."""
    due = collections.Counter()
    expected, steps = set(), {}
    attempts = collections.defaultdict(int)
    taken = collections.Counter()
    for record in log:
        what = record.what
        if record.type == NOTICE_EVENT and record.kind == "raised":
            steps[record.stream] = what.get("steps", [])
            for step in steps[record.stream][:1]:
                expected |= {(record.id, step["contact_id"], channel) for channel in range(len(step.get("channels", [])))}
        elif record.type == NOTICE_EVENT and record.kind == "passed_on" and not what.get("passed_over"):
            for step in steps.get(record.stream, []):
                if step["contact_id"] == what["contact_id"]:
                    expected |= {(record.id, step["contact_id"], channel) for channel in range(len(step.get("channels", [])))}
        elif record.type == DELIVERY_EVENT:
            if record.kind == "due":
                due[what["notice_id"], what["contact_id"], what.get("channel", 0)] += 1
            elif record.kind == "retried":
                attempts[record.stream] = 0
            elif record.kind in ("failed", "taken"):
                attempts[record.stream] += 1
                taken[record.stream] += record.kind == "taken"
                if what.get("attempt") != attempts[record.stream] or taken[record.stream] > 1:
                    faults.wrong.append(f"{at(record)} is attempt {what.get('attempt')}, after {attempts[record.stream] - 1}")
    faults.missing += [f"notification: nothing is delivered for {name}" for name in expected - set(due)]
    faults.wrong += [f"notification: {name} is delivered {times} times" for name, times in due.items()
                     if times > 1 or name not in expected]


def check_erasures(log: list[Record], faults: Faults) -> None:
    """What the vault ordered destroyed was let go of once by every holder, and then destroyed once."""
    ordered = {record.what["key_id"] for record in log if record.kind == "destruction_ordered"}
    done = collections.Counter((record.what["key_id"], record.what.get("holder", "")) for record in log
                               if record.kind in ("dropped", "destroyed"))
    for key in ordered:
        faults.missing += [f"vault: {key} is not let go of by {holder or 'the vault'}" for holder in HOLDERS | {""}
                           if not done[key, holder]]
    faults.wrong += [f"vault: {key} is let go of {times} times by {holder or 'the vault'}" for (key, holder), times in done.items()
                     if times > 1 or key not in ordered]


def cases_of(referral: list[Record]) -> tuple[dict[str, set], set[str]]:
    """Which cases were ever joined, and those that were ever restricted or barred to somebody."""
    families: dict[str, set] = {}
    closed: set[str] = set()
    for record in referral:
        if record.type != CASE_EVENT:
            continue
        if record.kind == "joined":
            one = families.get(record.id, {record.id}) | families.get(record.what["into_case_id"], {record.what["into_case_id"]})
            for case in one:
                families[case] = one
        if record.kind in ("restricted", "barred"):
            closed.add(record.id)
    return families, {case for each in closed for case in families.get(each, {each})}


def faults_in(all_logs: Logs, feeds: dict[str, dict[str, dict]], rules: Rules) -> Faults:
    faults = Faults()
    for log in all_logs.values():
        check_positions(log, faults)
    check_feeds(all_logs, feeds, faults)
    check_causes(all_logs, faults)
    families, closed = cases_of(all_logs["referral"])
    senders = {record.id: record.what.get("agency", "") for record in all_logs["referral"] if record.kind == "contact_received"}
    for follower, sources in FOLLOWED.items():
        for source in sources:
            pair = Pair(all_logs, source, follower, faults)
            pair.check_doubles()
            pair.check_order(source)
            pair.check_copies(source)
            pair.check_parts()
            if (follower, source) == ("strategy", "referral"):
                pair.check_discussions(rules)
            if follower == "notification":
                pair.check_notices(rules, senders, families, closed)
    check_deliveries(all_logs["notification"], faults)
    check_erasures(all_logs["vault"], faults)
    return faults


def said_of(all_logs: Logs) -> str:
    """How much there is of what, for whoever reads the test's output."""
    lines = []
    for follower, sources in FOLLOWED.items():
        for source in sources:
            pair = Pair(all_logs, source, follower, Faults())
            kinds = collections.Counter(effect.kind for effect in pair.effects)
            had = sum(1 for record in pair.source if pair.of[record.event_id])
            lines.append(f"{follower} of {source}: {had} of {len(pair.source)} records had {len(pair.effects)} effects, each once: " +
                         ", ".join(f"{times} {kind}" for kind, times in sorted(kinds.items())))
    deliveries = collections.Counter(record.kind for record in all_logs["notification"] if record.type == DELIVERY_EVENT)
    if deliveries:
        lines.append("deliveries: " + ", ".join(f"{times} {kind}" for kind, times in sorted(deliveries.items())))
    return "\n".join(lines)


def planted(all_logs: Logs) -> list[tuple[str, Logs]]:
    """The logs with one fault each, by what it is."""
    plants = []

    def plant(what: str, follower: str, change) -> None:
        log = [dataclasses.replace(record) for record in all_logs[follower]]
        change(log)
        for place, record in enumerate(log):
            record.position = place
        plants.append((what, {**all_logs, follower: log}))

    def change_one(what: str, follower: str, place: int) -> None:
        plant(f"{what}, again", follower, lambda log: log.insert(place, dataclasses.replace(log[place])))
        plant(f"{what}, left out", follower, lambda log: log.pop(place))

    has_oracle = {(KNOWN_CASE, "referral"), (KNOWN_CASE, "case"), (KNOWN_CASE, "involved"), (KNOWN_PERSON, "in_case"),
                  (KNOWN_PERSON, "person"), (NOTICE_EVENT, "raised"), (DELIVERY_EVENT, "due"), (DISCUSSION_EVENT, "opened")}
    for follower in FOLLOWED:
        found = set()
        for place, record in enumerate(all_logs[follower]):
            kind = (record.type, record.kind)
            if kind in found or kind not in has_oracle or not is_of_follower(record):
                continue
            found.add(kind)
            change_one(f"{follower}: {record.type}/{record.kind}", follower, place)
    copies = [place for place, record in enumerate(all_logs["sharing"]) if record.type == KNOWN_CASE and is_of_follower(record)]
    first, last = copies[0], copies[-1]

    def swap(log: list[Record]) -> None:
        log[first], log[last] = log[last], log[first]

    plant("sharing: two copies in the wrong order", "sharing", swap)
    plant("referral: a record lost at the end", "referral", lambda log: log.pop())
    plant("sharing: a copy of nothing", "sharing", lambda log: setattr(log[first], "cause", "00" * 16))
    return plants


def test_itself(all_logs: Logs, feeds: dict[str, dict[str, dict]], rules: Rules) -> int:
    plants = planted(all_logs)
    missed = [what for what, with_fault in plants if not faults_in(with_fault, feeds, rules).all()]
    for what in missed:
        print(f"not found when planted: {what}", file=sys.stderr)
    print(f"each of {len(plants)} planted faults is found" if not missed else f"{len(missed)} of {len(plants)} are not found")
    return 1 if missed else 0


def main() -> int:
    rules = Rules(pathlib.Path("deploy/policy"), HUB)
    until = time.monotonic() + PATIENCE_S
    while True:
        # Who follows first: what it follows from is in what is read after it.
        try:
            all_logs = {service: logs.read_log(service) for service in reversed(logs.SERVICES)}
            feeds = {follower: logs.feeds_of(follower) for follower in FOLLOWED}
        except subprocess.CalledProcessError:  # it has said why: a service that was started a moment ago
            if time.monotonic() > until:
                return 1
            time.sleep(0.2)
            continue
        faults = faults_in(all_logs, feeds, rules)
        if not faults.all():
            break
        if faults.wrong or time.monotonic() > until:
            print("\n".join(faults.all()[:40]), file=sys.stderr)
            return 1
        time.sleep(0.2)
    print(said_of(all_logs))
    return test_itself(all_logs, feeds, rules) if "--self-test" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
