"""The pipeline of a worker: one recogniser a thread, kept from file to file."""

from __future__ import annotations

import threading

import cv2

from realtime.live.pipeline import EveryFrame
from realtime.networks.model_file import ModelError
from realtime.numbers.form import Form
from realtime.recognition.classifier import Classifier
from realtime.recognition.recognizer import Recognizer
from realtime.sources.region import Region

_local = threading.local()  # a network serves one thread: a Dask worker has many


def make_pipeline(
    model: str | None, digest: str | None = None, form: Form | None = None, region: Region | None = None
) -> EveryFrame:
    """A pipeline for the frames of one file.

    Args:
        model: a `.tflite` file; None = the shipped one.
        digest: what `Recognizer.digest` must be; None = any.
        form: what every number looks like.
        region: the part of each picture that is read.

    Raises:
        ModelError: the network cannot be used, or is another one.
    """
    recognizer = _recognizer(model, digest)
    return EveryFrame(recognizer if form is None else recognizer.expecting(form), form=form, region=region)


def _recognizer(model: str | None, digest: str | None) -> Recognizer:
    """The recogniser of this thread, itself on one thread: the workers share the cores out."""
    if getattr(_local, "made_of", None) != (model, digest):
        cv2.setNumThreads(1)
        classifier = Classifier(model, threads=1)
        recognizer = Recognizer(classifier)
        if digest not in (None, recognizer.digest):
            raise ModelError(f"{classifier.path} of a worker reads with other models than this run")
        _local.recognizer, _local.made_of = recognizer, (model, digest)
    return _local.recognizer
