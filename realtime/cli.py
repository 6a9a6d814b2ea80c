"""`digits` and `python -m realtime`: the loop that everything runs in, set up as the arguments say."""

from __future__ import annotations

import logging
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

from realtime.command.commands import parse
from realtime.live.outputs import Outputs
from realtime.live.pipeline import EveryFrame, NewestFrame, Pipeline
from realtime.live.result import FrameResult
from realtime.live.worker import Worker, WorkerError, make_recognizer
from realtime.networks.model_file import ModelError
from realtime.shipped import shipped_folder
from realtime.sinks.clipboard import Clipboard, ClipboardError
from realtime.sinks.console import Console
from realtime.sinks.delivery import Delivery
from realtime.sinks.mqtt import Mqtt
from realtime.sinks.own_digits import OwnDigitsError
from realtime.sinks.paths import new_path
from realtime.sinks.records import OutputError, discard_stdout
from realtime.sinks.webhook import Webhook
from realtime.sources.camera_names import list_cameras
from realtime.sources.cameras import Cameras
from realtime.sources.files import FileSource, is_still
from realtime.sources.frame import mirrored
from realtime.sources.open import NoCamera, Source, SourceError, open_source
from realtime.sources.stream import hide_password
from realtime.system.errors import no_traceback
from realtime.system.interrupt import Interrupts
from realtime.window.display import why_no_window
from realtime.window.keys import KEYS
from realtime.window.window import Window

CLIP = shipped_folder("samples") / "clip.mp4"
"""Played where no source is given and there is no camera."""


def watch(source: Source, pipeline: Pipeline, write: Callable[[FrameResult], None], window: Window | None) -> None:
    """The loop: read each frame of `source`, hand the result to `write` and to the window.

    With a window, frames are read in a thread: however long that takes, no key is lost, and all are obeyed at once.
    """
    frames = iter(source)

    def read() -> FrameResult | None:
        unseen = 0 if window is None else window.controls.carry_out(source, pipeline)
        result = None
        for _ in range(unseen + 1):
            frame = next(frames, None)
            if frame is None:
                break
            if window is not None and window.controls.mirror:
                frame = mirrored(frame)
            result = pipeline(frame)
        return result

    while True:
        result = read() if window is None else window.during(read)
        if result is None:
            if window is None or not window.hold():
                return
            continue
        write(result)
        if window is not None:
            window.dropped = source.dropped
            if not window.show(result):
                return


@no_traceback
def main(argv: list[str], *, prog: str = "python -m realtime", demo: bool = False) -> int:
    """Run the program.

    Args:
        argv: the arguments; those of the process where left out.
        prog: how the user called it.
        demo: where there is no window and no output was asked for, also save the annotated picture under `runs/`.

    Returns:
        The exit code: 0 finished or quit; 1 something expected failed; 2 wrong arguments; 130 ctrl-C.
    """
    try:
        args = parse("read", argv, prog)
    except SystemExit as stop:  # wrong arguments, --help or --version: all is said
        return int(stop.code or 0)
    console, interrupts = Console(args.quiet, args.verbose), Interrupts()
    logging.basicConfig(level=logging.INFO if args.verbose else logging.ERROR, format="%(message)s")
    try:
        with interrupts, console:
            return _run(args, console, interrupts, demo)
    except (SourceError, OutputError, ModelError, WorkerError, ClipboardError, OwnDigitsError) as error:
        console.error(str(error))
        return 1
    except BrokenPipeError:  # whoever read our output has had enough
        discard_stdout()
        return 0
    except KeyboardInterrupt:
        return interrupts.exit_code


def _run(args: Namespace, console: Console, interrupts: Interrupts, demo: bool) -> int:
    if args.list_cameras:
        for camera in list_cameras():
            console.data(camera)
        return 0
    recognizer = make_recognizer(args.model, args.min_confidence, args.expect)
    clipboard = Clipboard() if args.copy else None
    asked = any(path is not None for path in (args.json, args.csv, args.numbers, args.save))
    why_not = "--no-window" if args.no_window else why_no_window()
    if why_not and not args.no_window and not asked:
        console.info(f"{why_not}: no window, readings are printed")
    delivery = window = None
    try:
        with _open(args, console, patient=why_not is None) as source, ExitStack() as stack:
            if source.live and source.size is not None:
                console.info("{}: {}x{}".format(source.name, *source.size))
            if why_not is None:
                window = Window(wait=not asked and not args.watch, corrections=args.corrections, flash=args.sound)
                stack.enter_context(window)
                console.info("keys: " + "; ".join(f"{key}: {what}" for key, what in KEYS))
            delivery = Outputs(
                console,
                interrupts,
                json=args.json,
                csv=args.csv,
                numbers=args.numbers,
                raw_csv=args.raw_csv,
                save=_demo_path(source) if demo and why_not and not asked else args.save,
                clipboard=clipboard,
                deliveries=_deliveries(args, console),
                sound=args.sound,
                # With a window the readings stand in it; a program that reads ours gets them all the same.
                printing=not asked and (window is None or not sys.stdout.isatty()),
                many=source.many,
                inputs=source.inputs,
                live=source.live,
                form=args.expect,
            )
            console.progress(source.total)
            if window is not None:
                window.playback.total = source.total
                window.playback.why_not = _why_no_seeking(source, asked)
                window.controls.region, window.controls.why_whole = args.region, ""
                window.controls.why_one = _why_one_camera(source, asked)
            pipeline: Pipeline = EveryFrame(recognizer, form=args.expect, region=args.region, decimal=args.decimal)
            if source.live:
                worker = Worker(partial(make_recognizer, args.model, args.min_confidence, args.expect))
                reader = stack.enter_context(closing(worker))
                pipeline = NewestFrame(reader, form=args.expect, region=args.region)
            watch(source, pipeline, stack.enter_context(delivery), window)
    finally:
        for keeper in (delivery, window):
            for path in keeper.saved if keeper is not None else []:
                console.info(f"saved {path}")
        if window is not None and window.controls.region not in (None, args.region):
            more = " --mirror" if window.controls.mirror != args.mirror else ""
            console.info(f"only a part was read: --region {window.controls.region}{more}")
        if window is not None and window.unkept:
            console.info(f"not kept, for Enter was not pressed: {window.unkept} of the corrections typed")
        if args.verbose and delivery is not None:
            console.info(f"{delivery.summary()}; {source.dropped} dropped")
    return 1 if source.failures or delivery.failed else 0


def _deliveries(args: Namespace, console: Console) -> list[Delivery]:
    """The other programs that get each reading."""
    found = []
    for url, kind in ((args.webhook, Webhook), (args.mqtt, Mqtt)):
        if url is not None:
            send = kind(url, args.insecure_stream)
            found.append(Delivery(hide_password(url), send, send.close, console.error))
    return found


def _open(args: Namespace, console: Console, patient: bool) -> Source:
    """The source asked for; where none was, the first camera, and where there is none, the sample clip."""

    def open_it(spec: int | str | list[str]) -> Source:
        options: dict[str, Any] = {"patience": None} if patient else {}
        return open_source(
            spec,
            camera_size=args.camera_size,
            stride=args.stride,
            max_frames=args.max_frames,
            mirror=args.mirror,
            on_failure=console.error,
            insecure=args.insecure_stream,
            watch=args.watch,
            **options,
        )

    if args.source:
        return open_it(args.source)
    try:
        return open_it(0)
    except NoCamera as error:
        if not CLIP.exists():
            raise
        clip = os.path.relpath(CLIP) if CLIP.is_relative_to(Path.cwd()) else str(CLIP)
        console.info(f"{error}; playing the sample clip {clip}")
        return open_it(clip)


def _why_no_seeking(source: Source, asked: bool) -> str:
    """Why the source cannot be sent to another place from within the window; "" where it can."""
    if source.live:
        return "a camera cannot be gone back or forward in"
    if asked:  # their frames are in order and each stands in them once
        return "no going back or forward while an output is written"
    return "" if isinstance(source, FileSource) and source.total else "nobody knows how long it is"


def _why_one_camera(source: Source, asked: bool) -> str:
    """Why the camera cannot be exchanged from within the window; "" where it can."""
    if not isinstance(source, Cameras):
        return "this is no camera of this machine"
    return "the camera stays while an output is written" if asked else ""


def _demo_path(source: Source) -> str:
    if source.many:
        return str(new_path("runs", ""))
    photo = bool(source.inputs) and is_still(source.inputs[0])
    return str(new_path("runs", ".png" if photo else ".mp4"))
