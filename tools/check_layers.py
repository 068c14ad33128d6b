#!/usr/bin/env python3
"""Checks that #includes keep the layers (docs/architecture.md): who may know whom, and who may see which heavy library.

The link graph keeps the same rules when configuring (cmake/MashLayers.cmake); this one also finds an include that happens to
work because a header can be found.
"""

import pathlib
import re
import subprocess
import sys

# Which of the project's libraries each may include; itself always.
MAY_INCLUDE = {
    "core": set(),
    "merkle": {"core"},
    "policy": {"core"},
    "vault": {"core"},
    "log": {"core", "merkle", "policy", "vault"},
    "feed": {"core", "merkle", "log"},
    "host": {"core", "merkle", "policy", "vault", "log"},
    "cases": {"core", "merkle", "policy", "vault", "log", "feed", "host"},
    "clocks": {"core", "merkle", "policy", "vault", "log", "host"},
    "node": {"core", "merkle", "policy", "vault", "log", "feed", "host", "cases", "clocks"},
}
# Which libraries, or services, may see these headers. Services may see gRPC, and no store.
MAY_SEE = {
    "rocksdb/": {"log", "vault"},
    "grpcpp/": {"host", "node", "services"},
    "grpc/": {"host", "node", "services"},
    "librdkafka/": {"feed"},
    "curl/": {"services/notification"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)


def faults(path: pathlib.Path) -> list[str]:
    parts = path.parts
    layer, name = parts[0], parts[1]
    known = MAY_INCLUDE.keys()
    found = []
    for bracket, header in INCLUDE.findall(path.read_text(encoding="utf-8")):
        first = header.split("/")[0]
        if header.endswith((".grpc.pb.h",)) and layer == "libs" and name not in ("host", "node"):
            found.append(f"{path}: includes {header}: only host, node and the services know stubs")
        for heavy, allowed in MAY_SEE.items():
            if header.startswith(heavy) and allowed.isdisjoint({name} if layer == "libs" else {layer, f"{layer}/{name}"}):
                found.append(f"{path}: includes <{header}>, which is not for {layer}/{name}")
        if bracket == "<":
            continue
        if header.startswith("../"):
            found.append(f"{path}: includes {header}: name it from its library's root")
        elif layer == "libs" and first in known and first != name and first not in MAY_INCLUDE[name]:
            found.append(f"{path}: libs/{name} may not include {header}")
        elif layer == "services" and first not in known and first not in (name, "mash", "google") and "/" in header:
            if name != "hub" and pathlib.Path("services", first).is_dir():
                found.append(f"{path}: a service never includes another: {header}")
    return found


def main() -> int:
    files = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard", "libs/*.h", "libs/*.cc", "services/*.h", "services/*.cc"],
        text=True).split()
    found = [fault for file in files for fault in faults(pathlib.Path(file))]
    print("\n".join(found) if found else f"layers: {len(files)} files keep them")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
