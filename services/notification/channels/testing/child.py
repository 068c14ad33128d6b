"""What the servers of the sender's tests have in common: they tell what they see as lines of JSON, and live as long as their
standard input."""

import json
import os
import sys
import threading

_telling = threading.Lock()


def tell(**seen) -> None:
    with _telling:
        print(json.dumps(seen), flush=True)


def end_with_parent() -> None:
    def wait() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
