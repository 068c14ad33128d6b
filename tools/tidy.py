#!/usr/bin/env python3
"""Runs clang-tidy over the project's sources, remembering which it has already found clean.

usage: tools/tidy.py BUILD_FOLDER [FILE...]     without files: every source but tests and generated code

A source is checked again only when something its finding depends on has changed: itself, a header of ours it includes,
a proto, .clang-tidy, or its compile command. What is remembered lies in build/cache/tidy, one empty file a finding.
"""

import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / "build/cache/tidy"
TIDY = str(ROOT / "tools/clang-tidy.sh")
SHOWN_EVERY = 20  # sources
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


@functools.cache
def includes(path: pathlib.Path) -> frozenset[pathlib.Path]:
    """The project's own headers that a file includes itself."""
    found = set()
    for name in INCLUDE.findall(path.read_bytes()):
        for folder in (ROOT / "libs", ROOT / "services", ROOT / "tests", path.parent):
            header = folder / name.decode()
            if header.is_file():
                found.add(header.resolve())
                break
    return frozenset(found)


def closure(path: pathlib.Path) -> list[pathlib.Path]:
    """A file and all of the project's headers that it reaches."""
    seen, waiting = set(), [path]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting.extend(includes(file))
    return sorted(seen)


def base_digest() -> bytes:
    """What every finding depends on: the tool, its configuration, the protos."""
    digest = hashlib.sha256(subprocess.check_output([TIDY, "--version"]))
    digest.update((ROOT / ".clang-tidy").read_bytes())
    for proto in sorted((ROOT / "proto").rglob("*.proto")):
        digest.update(proto.read_bytes())
    return digest.digest()


def key(path: pathlib.Path, command: str, base: bytes) -> str:
    digest = hashlib.sha256(base + command.encode())
    for file in closure(path):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def wanted(path: pathlib.Path) -> bool:
    top = path.relative_to(ROOT).parts[0] if path.is_relative_to(ROOT) else ""
    return top in ("libs", "services") and not path.name.endswith("_test.cc")


def check(path: pathlib.Path, build: str, memory: pathlib.Path) -> tuple[pathlib.Path, bool, str]:
    run = subprocess.run(
        [TIDY, "-p", build, "--quiet", str(path)],
        capture_output=True, text=True, check=False)
    if run.returncode == 0:
        memory.touch()  # WarningsAsErrors: nothing was found.
    return path, run.returncode != 0, run.stdout or (run.stderr if run.returncode else "")


def main() -> int:
    build, only = sys.argv[1], {pathlib.Path(name).resolve() for name in sys.argv[2:]}
    CACHE.mkdir(parents=True, exist_ok=True)
    commands = json.loads((ROOT / build / "compile_commands.json").read_text())
    base, work, total = base_digest(), {}, 0
    for entry in commands:
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if not wanted(path) or path in work or (only and path not in only):
            continue
        total += 1
        memory = CACHE / key(path, entry["command"], base)
        if not memory.exists():
            work[path] = memory
    print(f"clang-tidy: {len(work)} of {total} sources to check, the rest unchanged since found clean", flush=True)
    failed, done, started = [], 0, time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # The longest first, so that no core waits for one at the end.
        order = sorted(work, key=lambda file: -file.stat().st_size)
        for future in concurrent.futures.as_completed(
                [pool.submit(check, path, build, work[path]) for path in order]):
            path, is_error, said = future.result()
            done += 1
            if said.strip():
                print(f"{path.relative_to(ROOT)}:\n{said}", flush=True)
            if is_error:
                failed.append(str(path.relative_to(ROOT)))
            if done % SHOWN_EVERY == 0 or done == len(work):
                print(f"  {done} of {len(work)} checked, {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print("clang-tidy: findings in " + ", ".join(sorted(failed)), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
