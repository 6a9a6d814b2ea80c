"""The arguments of `digits web`."""

from __future__ import annotations

from argparse import Namespace

from realtime.command import arguments as common
from realtime.command.arguments import Parser, examples, port
from realtime.system.addresses import is_loopback


def web(parser: Parser) -> None:
    """Give the parser the arguments of `digits web`."""
    parser.usage = "%(prog)s [options]"
    parser.description = "Reads handwritten digits in the browser."
    starts = [
        ("", "for this machine alone"),
        ("--corrections mine", "keeps what is put right on the page"),
        ("--phone", "and with a phone as the camera: scan the code"),
        ("--host 0.0.0.0 --certfile cert.pem --keyfile key.pem", "for the phones of a class room"),
    ]
    parser.epilog = examples("examples", parser, starts)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine alone)")
    parser.add_argument("--port", type=port, default=8000, help="(8000; 0: any that is free)")
    parser.add_argument(
        "--phone",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="let a phone that scans the code be the camera; ADDRESS of this machine, found by itself",
    )
    parser.add_argument("--phone-port", type=port, default=8443, metavar="PORT", help="for phones (%(default)s)")
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="do not open the browser")
    parser.add_argument("--certfile", metavar="PATH", help="certificate for https: cameras of other machines need it")
    parser.add_argument("--keyfile", metavar="PATH", help="its key, where it is not in the same file")
    parser.add_argument("--insecure", action="store_true", help="let other machines in without https")
    parser.add_argument(
        "--corrections", metavar="FOLDER", help="digits put right on the page go there (left out: nothing is kept)"
    )
    common.add_model(parser)
    common.add_min_confidence(parser)
    common.add_verbose(parser)


def check_web(args: Namespace) -> str | None:
    """What is wrong with arguments of `digits web` that are right one by one; None where nothing is."""
    if args.keyfile and not args.certfile:
        return "--keyfile needs --certfile"
    if not is_loopback(args.host) and not args.certfile and not args.insecure:
        return f"other machines could reach {args.host}: give it a --certfile, or say --insecure"
    if args.phone is not None and not is_loopback(args.host):
        return "with --phone the page itself stays on this machine: leave out --host"
    return None
