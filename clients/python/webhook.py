#!/usr/bin/env python3
"""Receives notices as signed calls: prints each once as a line of JSON (README.md). Needs Python alone; a real one stands behind a web server."""

import argparse
import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import ssl
import time

BODY_BYTES_MAX = 1 << 20
# A call that was signed longer ago may be somebody's who kept it.
AGE_MAX_S = 300


def is_signed(secret: str, headers, body: bytes) -> bool:
    """Whether a call is the hub's, as Standard Webhooks says: HMAC-SHA256 of its id, time and body. `headers` is what has get()."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    parts = [headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")]
    content = b".".join([*(part.encode() for part in parts), body])
    right = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    # Several where the secret is being changed.
    return any(hmac.compare_digest(right, each) for each in headers.get("webhook-signature", "").split())


def is_fresh(headers, now_s: float) -> bool:
    stamp = headers.get("webhook-timestamp", "")
    return stamp.isdigit() and abs(now_s - int(stamp)) <= AGE_MAX_S


class Taken:
    """The ids of what was taken, in a file: a notice comes again where the answer did not arrive."""

    def __init__(self, file: pathlib.Path):
        self._file = file
        self._ids = set(file.read_text(encoding="ascii").split()) if file.exists() else set()

    def __contains__(self, webhook_id: str) -> bool:
        return webhook_id in self._ids

    def add(self, webhook_id: str) -> None:
        with self._file.open("a", encoding="ascii") as out:
            out.write(webhook_id + "\n")
            out.flush()
            os.fsync(out.fileno())
        self._ids.add(webhook_id)


def handler(secret: str, taken: Taken):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("content-length", "0"))
            if size > BODY_BYTES_MAX:
                return self.answer(413)
            body = self.rfile.read(size)
            if not is_signed(secret, self.headers, body) or not is_fresh(self.headers, time.time()):
                return self.answer(401)
            if self.headers["webhook-id"] not in taken:
                print(json.dumps(json.loads(body)["data"]), flush=True)  # deal with it: what it is about is asked of the hub
                taken.add(self.headers["webhook-id"])
            self.answer(204)  # only now: until then it is sent again

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_) -> None:
            pass

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", default="127.0.0.1:9443", help="address and port")
    parser.add_argument("--certificate", required=True, help="the server's certificate chain, PEM")
    parser.add_argument("--key", required=True, help="its private key, PEM")
    parser.add_argument("--secret", required=True, type=pathlib.Path, help="file with the secret that the hub was given: whsec_...")
    parser.add_argument("--taken", default="webhook.taken", type=pathlib.Path, help="file of what was taken")
    options = parser.parse_args()
    address, port = options.listen.rsplit(":", 1)
    server = http.server.HTTPServer((address, int(port)),
                                    handler(options.secret.read_text(encoding="ascii").strip(), Taken(options.taken)))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate, options.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
