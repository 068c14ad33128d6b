"""A server of e-mail that behaves as the recipient's name says: "gone", "busy", "full", "hang"; all others are taken.
It takes nothing from a sender of the name "unknown".

usage: smtp_server.py starttls|smtps|plain CERTIFICATE KEY [USER PASSWORD]
"""

import asyncio
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from child import end_with_parent, tell

REFUSED = {"gone": "550 5.1.1 nobody of that name", "busy": "451 4.3.0 later"}


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        tell(event="mail", tls=session.ssl is not None or MODE == "smtps", helo=session.host_name)
        if address.startswith("unknown@"):
            return "550 5.7.1 not from you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name in REFUSED:
            tell(event="refused", name=name)
            return REFUSED[name]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "hang":
            tell(event="hang")
            await asyncio.Event().wait()
        if name == "full":
            return "552 5.2.2 full"
        user = session.auth_data.decode() if session.auth_data else ""
        tell(event="message", mail_from=envelope.mail_from, to=envelope.rcpt_tos, user=user, text=envelope.content.decode())
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        await asyncio.Event().wait()  # whoever waits for the answer waits for ever


class Session(SMTP):
    def connection_lost(self, error) -> None:
        tell(event="closed")
        super().connection_lost(error)


def authenticate(server, session, envelope, mechanism, data):
    tell(event="login")
    good = isinstance(data, LoginPassword) and [data.login.decode(), data.password.decode()] == LOGIN
    return AuthResult(success=good, handled=False, auth_data=LOGIN[0].encode() if good else None)


async def serve() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    starttls = context if MODE == "starttls" else None

    def session() -> SMTP:
        return Session(Handler(), tls_context=starttls, require_starttls=starttls is not None, ident="test",
                    authenticator=authenticate if LOGIN else None, auth_required=bool(LOGIN),
                    auth_require_tls=MODE == "starttls")

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=context if MODE == "smtps" else None)
    tell(port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


MODE = sys.argv[1]
LOGIN = sys.argv[4:6]
warnings.simplefilter("ignore")  # of a server that asks for passwords without TLS: here on purpose
logging.disable()
end_with_parent()
asyncio.run(serve())
