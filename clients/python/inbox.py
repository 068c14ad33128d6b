#!/usr/bin/env python3
"""Follows an agency's inbox: prints each notice as a line of JSON and, told to, acknowledges it (README.md)."""

import argparse
import json
import os
import pathlib
import random
import signal
import sys
import time

from google.protobuf import json_format

from mash_hub import Caller, Hub, Refused, notice_pb2

# How long it waits before it tries again what did not arrive: at first, and after many times.
WAIT_FIRST, WAIT_MAX = 0.5, 5.0


class Cursor:
    """How far the inbox has been dealt with, in a file. Written anew each time, so that no crash leaves half of it."""

    def __init__(self, file: pathlib.Path):
        self._file = file

    def load(self) -> int:
        try:
            return int(self._file.read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0  # from the first notice

    def store(self, cursor: int) -> None:
        fresh = self._file.with_name(self._file.name + ".new")
        with fresh.open("w", encoding="ascii") as out:
            out.write(f"{cursor}\n")
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._file)


class Inbox:
    """What is done about each notice. It may come again after a break: what is done here may be done twice."""

    def __init__(self, hub: Hub, cursor: Cursor, *, acknowledge: bool, notices_max: int):
        self._hub = hub
        self._cursor = cursor
        self._acknowledge = acknowledge
        self._notices_max = notices_max  # 0: no end
        self._taken = 0

    def follow(self) -> None:
        """Until it has had as many notices as it was to. What does not arrive is tried again. It may be interrupted anywhere."""
        wait = WAIT_FIRST
        while not self._is_done():
            try:
                for message in self._hub.subscribe(self._cursor.load()):
                    wait = WAIT_FIRST
                    for notice in message.notices:
                        self._take(notice)
                    self._cursor.store(message.cursor)  # only now: all of them are dealt with
                    if self._is_done():
                        return
            except Refused as refused:
                if not refused.is_to_be_repeated:
                    raise
                print(f"inbox: {refused}; trying again", file=sys.stderr, flush=True)
                wait = max(wait, refused.retry_after)
            time.sleep(wait * random.uniform(0.5, 1.0))
            wait = min(2 * wait, WAIT_MAX)
            self._hub.connect_anew()

    def _is_done(self) -> bool:
        return 0 < self._notices_max <= self._taken

    def _take(self, notice: notice_pb2.InboxNotice) -> None:
        print(json.dumps(json_format.MessageToDict(notice, preserving_proto_field_name=True)), flush=True)
        # A system of yours puts it before somebody here, and acknowledges it when they have seen it, not before.
        if self._acknowledge and notice.state == notice_pb2.NOTICE_STATE_OPEN:
            self._say_that_we_know(notice.notice)
        self._taken += 1

    def _say_that_we_know(self, notice: notice_pb2.Notice) -> None:
        try:
            self._hub.acknowledge(notice)
        except Refused as refused:
            # Not acknowledged is not lost: the subscription begins before this notice again.
            if refused.is_to_be_repeated:
                raise
            print(f"inbox: {notice.notice_id} cannot be acknowledged: {refused}", file=sys.stderr)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="127.0.0.1:7443", help="of the hub (default: %(default)s)")
    parser.add_argument("--authority", type=pathlib.Path, required=True, help="certificate that the hub's comes from, PEM")
    parser.add_argument("--certificate", type=pathlib.Path, required=True, help="certificate of your system, PEM")
    parser.add_argument("--key", type=pathlib.Path, required=True, help="its private key, PEM")
    parser.add_argument("--role", default="referrer-system", help="what it calls as (default: %(default)s)")
    parser.add_argument("--practitioner", default="", help="the person it calls for; none: the system by itself")
    parser.add_argument("--cursor", type=pathlib.Path, required=True, help="file that keeps how far it has come")
    parser.add_argument("--acknowledge", action="store_true", help="acknowledge each notice that is open")
    parser.add_argument("--notices", type=int, default=0, help="end after so many (default: never)")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    caller = Caller(args.authority, args.certificate, args.key, args.role, args.practitioner)
    hub = Hub(args.address, caller)

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        Inbox(hub, Cursor(args.cursor), acknowledge=args.acknowledge, notices_max=args.notices).follow()
    except KeyboardInterrupt:
        pass  # told to end, by SIGINT or SIGTERM
    except Refused as refused:
        print(f"inbox: {refused}", file=sys.stderr)
        return 1
    finally:
        hub.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
