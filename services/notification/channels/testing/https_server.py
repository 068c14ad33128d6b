"""A server of webhooks that behaves as the path says, and checks signatures as the example client does. What is not named in PATHS is taken.

usage: https_server.py ADDRESS CERTIFICATE KEY SECRET
"""

import http.server
import pathlib
import ssl
import sys
import threading

from child import end_with_parent, tell

sys.path.append(str(pathlib.Path(__file__).resolve().parents[4] / "clients/python"))
from webhook import is_signed  # noqa: E402

ADDRESS, CERTIFICATE, KEY, SECRET = sys.argv[1:5]
STATUS = {"/gone": 410, "/missing": 404, "/fail": 500, "/limit": 429}
never = threading.Event()
two = threading.Barrier(2)


class Count:
    """How many calls are under way, and how many there were at most."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = self.most = 0

    def add(self, calls: int) -> int:
        with self.lock:
            self.now += calls
            self.most = max(self.most, self.now)
            return self.most


count = Count()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        most = count.add(1)
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/two":  # answers when two are there
            two.wait(timeout=30)
        tell(path=self.path, host=self.headers["host"], id=self.headers["webhook-id"],
             timestamp=self.headers["webhook-timestamp"], type=self.headers["content-type"],
             signed=is_signed(SECRET, self.headers, body), body=body.decode(), most=most)
        count.add(-1)
        getattr(self, "do_" + self.path[1:], self.answer)()

    def answer(self) -> None:
        self.send_response(STATUS.get(self.path, 200))
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def do_redirect(self) -> None:
        self.send_response(302)
        self.send_header("location", f"https://{self.headers['host']}/redirected")
        self.send_header("content-length", "0")
        self.end_headers()

    def do_hang(self) -> None:
        never.wait()

    def do_reset(self) -> None:
        self.close_connection = True

    def endless(self, status: int, every_s: float | None, piece: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        try:
            while True:
                self.wfile.write(piece)
                if every_s is not None:
                    never.wait(every_s)
        except OSError:
            tell(event="broken", path=self.path)
            self.close_connection = True

    def do_flood(self) -> None:
        self.endless(200, None, bytes(16 << 10))

    def do_drip(self) -> None:
        self.endless(500, 0.05, b".")

    def do_headers(self) -> None:
        """A header that never ends."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                self.wfile.write(b"x: y\r\n")
                never.wait(0.05)
        except OSError:
            self.close_connection = True

    def log_message(self, *_) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def finish_request(self, request, client_address) -> None:
        try:
            secure = context.wrap_socket(request, server_side=True)
        except OSError as fault:
            tell(event="tls", fault=type(fault).__name__)
            return
        try:
            super().finish_request(secure, client_address)
        except OSError:
            pass  # the other side is gone
        finally:
            secure.close()


context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(CERTIFICATE, KEY)
end_with_parent()
server = Server((ADDRESS, 0), Handler)
tell(port=server.server_address[1])
server.serve_forever()
