"""`digits web` and `python main.py`: the server that runs until ctrl-C."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import sys
import threading
import webbrowser
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path

from starlette.types import ASGIApp

from realtime.command.commands import parse
from realtime.live.worker import make_recognizer
from realtime.networks.model_file import ModelError
from realtime.sinks.paths import OutputError, prepare_folder
from realtime.system.addresses import is_loopback
from realtime.system.errors import no_traceback
from realtime.web.app import make_routes
from realtime.web.guard import Guard, names_of
from realtime.web.pairing import Paired
from realtime.web.phone import Relay
from realtime.web.server import Server, make_server


@no_traceback
def main(argv: list[str], *, prog: str = "python main.py") -> int:
    """Run the web app.

    Args:
        argv: the arguments; those of the process where left out.
        prog: how the user called it.

    Returns:
        The exit code: 0 stopped; 1 something expected failed; 2 wrong arguments; 130 ctrl-C.
    """
    try:
        args = parse("web", argv, prog)
    except SystemExit as stop:  # wrong arguments or --help: all is said
        return int(stop.code or 0)
    try:
        make_recognizer(args.model)  # a bad model should be said now, not at the first picture
        if args.corrections is not None:
            prepare_folder(args.corrections)
        server = _server(args)
        server.run()
    except (ModelError, OutputError, ServerError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


class ServerError(Exception):
    """The server cannot start; the text is one line that says why."""


def _server(args: Namespace) -> Server:
    loopback = is_loopback(args.host)
    if args.certfile:
        _check_certificate(args.certfile, args.keyfile)
    relay = None if args.phone is None else Relay()
    routes = make_routes(
        partial(make_recognizer, args.model, args.min_confidence),
        corrections=None if args.corrections is None else Path(args.corrections),
        relay=relay,
    )
    app = Guard(routes, names_of(args.host), any_address=not loopback)
    server = make_server(app, args.host, args.port, args.certfile, args.keyfile, verbose=args.verbose)
    _check_port(args.host, args.port)
    pair = None if relay is None else _let_phones_in(server, routes, relay, args.phone, args.phone_port)

    def started() -> None:
        scheme = "https" if args.certfile else "http"
        name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(args.host, args.host)
        name = f"[{name}]" if ":" in name and not name.startswith("[") else name
        address = f"{scheme}://{name}:{server.port}/"
        print(f"reading digits at {address} (ctrl-C stops)", flush=True)
        if not loopback:
            print("everybody who can reach this machine can use it", flush=True)
        if pair is not None:
            pair()
        if args.browser and _has_screen():
            page = address if pair is None else f"{address}#/phone"
            threading.Thread(target=webbrowser.open, args=(page,), daemon=True).start()

    server.when_started = started  # type: ignore[method-assign]
    return server


def _let_phones_in(server: Server, routes: ASGIApp, relay: Relay, address: str, port: int) -> Callable[[], None]:
    """Let the server listen for phones.

    Args:
        server: not started yet.
        routes: what paired phones may use.
        relay: is told the address.
        address: to listen on; that of this machine in its network where it is empty.
        port: to listen on.

    Returns:
        What tells the address, to be called when the server has started.
    """
    try:
        from realtime.web.certificate import certificate_folder, certificate_for, own_address
        from realtime.web.qr import qr_picture, qr_text
    except ModuleNotFoundError as error:
        raise ServerError(f"--phone needs {error.name}: pip install 'digit-reader[phone]'") from error
    host = address or own_address()
    if host is None:
        raise ServerError("this machine is in no network that a phone could be in; --phone ADDRESS names one")
    try:
        certificate = certificate_for(host, certificate_folder())
    except (OSError, ValueError) as error:
        raise ServerError(f"cannot make a certificate for {host}: {error}") from error
    _check_port(host, port)
    paired = Paired(routes)
    server.listen_also(Guard(paired, names_of(host), any_address=True), host, port, str(certificate))

    def tell() -> None:
        relay.address = f"https://{host}:{server.ports[-1]}{paired.path}"
        relay.code = qr_picture(relay.address)
        if sys.stdout.isatty():
            print(qr_text(relay.address))
        print(f"phone: scan the code, or open {relay.address} and accept the certificate", flush=True)

    return tell


def _has_screen() -> bool:
    """Whether a browser would open beside the terminal; on a server it might be one that takes the terminal over."""
    return not sys.platform.startswith("linux") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _check_certificate(certfile: str, keyfile: str | None) -> None:
    for path in filter(None, (certfile, keyfile)):
        if not Path(path).is_file():
            raise ServerError(f"{path}: no such file")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certfile, keyfile, password=_locked)
    except (ssl.SSLError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ServerError(f"{certfile}: not a certificate with its key: {reason}") from error


def _locked() -> str:
    """Instead of a question in the terminal, which uvicorn would ask once more."""
    raise ValueError("the key has a password")


def _check_port(host: str, port: int) -> None:
    """Refuse a port that cannot be had: uvicorn would end the process with a message of its own."""
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(address[0]) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address[4])
    except OSError as error:
        hint = "; is it running already? --port takes another" if error.errno == errno.EADDRINUSE else ""
        raise ServerError(f"cannot listen on {host}, port {port}: {error.strerror}{hint}") from error
