#!/usr/bin/env python3
"""Takes what is sent to an agency's webhook, over TLS: usage: tests/kafka/webhook.py PORT CERTIFICATE KEY

Takes everything with 204, and writes the id of each notice it got, one a line, to its output.
"""

import http.server
import ssl
import sys


class Webhook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        print(self.headers.get("webhook-id", ""), flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Webhook)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
