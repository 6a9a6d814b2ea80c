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
from functools import partial
from pathlib import Path

from realtime.command.commands import parse
from realtime.live.worker import make_recognizer
from realtime.networks.model_file import ModelError
from realtime.sinks.paths import OutputError, prepare_folder
from realtime.system.errors import no_traceback
from realtime.web.app import make_app
from realtime.web.guard import is_loopback, names_of
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
    app = make_app(
        partial(make_recognizer, args.model, args.min_confidence),
        names=names_of(args.host),
        any_address=not loopback,
        corrections=None if args.corrections is None else Path(args.corrections),
    )
    server = make_server(app, args.host, args.port, args.certfile, args.keyfile, verbose=args.verbose)
    _check_port(args.host, args.port)

    def started() -> None:
        scheme = "https" if args.certfile else "http"
        name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(args.host, args.host)
        name = f"[{name}]" if ":" in name and not name.startswith("[") else name
        address = f"{scheme}://{name}:{server.port}/"
        print(f"reading digits at {address} (ctrl-C stops)", flush=True)
        if not loopback:
            print("everybody who can reach this machine can use it", flush=True)
        if args.browser and _has_screen():
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    server.when_started = started  # type: ignore[method-assign]
    return server


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
    """uvicorn would end the process with a message of its own."""
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(address[0]) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address[4])
    except OSError as error:
        hint = "; is it running already? --port takes another" if error.errno == errno.EADDRINUSE else ""
        raise ServerError(f"cannot listen on {host}, port {port}: {error.strerror}{hint}") from error
