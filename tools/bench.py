#!/usr/bin/env python3
"""Runs the benchmarks in build/release/bin, prints their table, writes build/bench.json. ./dev bench builds, then calls it.

usage: tools/bench.py [--peers] [NAME...]     NAME: a program, "bench-append"; without: every bench-*

A benchmark prints one JSON object a line for each figure: {"name", "value", "unit", "bar"}; the bar, "at least 45000" or
"at most 3", may be empty. Lines that are not JSON are the benchmark's own words and are shown as they are. With --peers a
database that others use does the same work (tests/bench/peer_postgresql.sh), and the ratio to it is added.

Exits 0 when every figure reaches its bar, 3 when one does not (the last line names those), 1 when a benchmark itself failed.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build/release/bin"
OURS = "durable append, 256 in flight"
FAILED, MISSED = 1, 3  # 2 is argparse's: a wrong command line


def run(command: list[str]) -> tuple[list[dict], bool]:
    """The figures a benchmark reports, and whether it ended well."""
    print(f"\n==> {' '.join(pathlib.Path(word).name for word in command)}", flush=True)
    figures = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        for line in process.stdout:
            if line.startswith('{"name"'):
                figures.append(json.loads(line))
                print(f"    {figures[-1]['name']}: {figures[-1]['value']:g} {figures[-1]['unit']}", flush=True)
            else:
                print(line, end="", flush=True)
    return figures, process.returncode == 0


def reached(figure: dict) -> bool | None:
    """Whether a figure reaches its bar; None where it has none."""
    words = figure.get("bar", "").split()
    if len(words) != 3 or words[0] != "at":
        return None
    bar = float(words[2].replace(",", ""))
    return figure["value"] >= bar if words[1] == "least" else figure["value"] <= bar


def verdict_of(figures: list[dict], ended_well: bool) -> int:
    """Says in one line how it went, and returns what to exit with."""
    missed = [figure["name"] for figure in figures if reached(figure) is False]
    if not ended_well:
        print("a benchmark failed")
        return FAILED
    if missed:
        print(f"{len(missed)} of {len(figures)} figures do not reach their bars: {'; '.join(missed)}")
        return MISSED
    print("every figure reaches its bar")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("--peers", action="store_true", help="let PostgreSQL 15 do the same, for comparison")
    parser.add_argument("names", nargs="*", help="benchmarks to run, as bench-append; default: all")
    wanted = parser.parse_args()
    programs = [BIN / name for name in wanted.names] or sorted(BIN.glob("bench-*"))
    figures, ended_well = [], True
    for program in programs:
        found, well = run([str(program)])
        figures += found
        ended_well = ended_well and well
    if wanted.peers:
        found, well = run([str(ROOT / "tests/bench/peer_postgresql.sh")])
        figures += found
        ended_well = ended_well and well
        ours = [figure["value"] for figure in figures if figure["name"] == OURS]
        peers = [figure["value"] for figure in found]
        if ours and peers:
            figures.append({"name": "durable append / PostgreSQL 15 at its best", "value": ours[0] / max(peers),
                            "unit": "ratio", "bar": "at least 3"})

    width = max((len(figure["name"]) for figure in figures), default=0)
    print()
    for figure in figures:
        verdict = {True: "reached", False: "NOT REACHED", None: ""}[reached(figure)]
        print(f"{figure['name']:<{width}}  {figure['value']:>12,.4g} {figure['unit']:<10} {figure['bar']:<18} {verdict}")
    report = {"at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
              "machine": {"cores": os.cpu_count(), "kernel": platform.release()}, "figures": figures}
    (ROOT / "build/bench.json").write_text(json.dumps(report, indent=2) + "\n")
    print("\nwritten to build/bench.json")
    return verdict_of(figures, ended_well)


if __name__ == "__main__":
    sys.exit(main())
