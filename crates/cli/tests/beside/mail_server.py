"""A real mail server for the tests: aiosmtpd, with moods chosen by the first part of the recipient's address.

usage: mail_server.py RECORD [--starttls DIR | --smtps DIR] [--password WORD] [--slow SECONDS]

RECORD gets one JSON line for each message taken: sender, recipients, text. DIR gets ca.pem, made here. The port is printed.
"""

import argparse
import asyncio
import base64
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

arguments = argparse.ArgumentParser()
arguments.add_argument("record")
arguments.add_argument("--starttls")
arguments.add_argument("--smtps")
arguments.add_argument("--password")
arguments.add_argument("--slow", type=float, default=0)
chosen = arguments.parse_args()
seen = {}


def mood(address):
    return address.split("@")[0].split("-")[0]


class Handler:
    def record(self, envelope, times=1):
        line = json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "text": base64.b64encode(envelope.original_content).decode(),
        })
        with open(chosen.record, "a") as file:
            file.write((line + "\n") * times)
            file.flush()
            os.fsync(file.fileno())

    async def handle_RCPT(self, server, session, envelope, address, options):
        if mood(address) == "refuse":
            return f"550 5.1.1 <{address}>: no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(chosen.slow)
        address = envelope.rcpt_tos[0]
        count = seen[address] = seen.get(address, 0) + 1
        kind = mood(address)
        if kind == "laterefuse":
            return "550 5.7.1 not wanted"
        if kind == "delay" and count == 1:
            return "451 4.7.1 greylisted, try again"
        if kind == "always":
            return "451 4.2.2 full"
        if kind == "dropbefore" and count == 1:
            server.transport.abort()
            return "250 nobody hears this"
        self.record(envelope, 2 if kind == "double" else 1)
        if kind == "dropafter" and count == 1:
            server.transport.abort()
            return "250 nobody hears this"
        return f"250 2.0.0 OK: queued as {len(seen)}"


def certificate(folder):
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(os.path.join(folder, "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and data.login == b"ballot" and data.password == chosen.password.encode()
    # Not handled: the server itself writes the 535.
    return AuthResult(success=right, handled=False)


async def main():
    options = {}
    at_once = None
    if chosen.starttls:
        options = {"tls_context": certificate(chosen.starttls), "require_starttls": True}
    if chosen.smtps:
        at_once = certificate(chosen.smtps)
    if chosen.password:
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": not chosen.smtps}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), hostname="mail.test", loop=loop, **options), "127.0.0.1", 0, ssl=at_once)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends with the test: its standard input is closed then.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
