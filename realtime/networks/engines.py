"""A `.tflite` network whose pictures may be of any size: laid out once for each size, and kept ready."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path
from typing import Any

from realtime.networks.interpreter import interpreter
from realtime.networks.model_file import read_model
from realtime.system.native_stderr import native_stderr_off


class Engines:
    """The engines of one model, by the shape of what they are given.

    Args:
        path: the model.
        threads: processor threads each may use.
        most: shapes for which an engine is kept ready; of more, the one not asked for longest is let go.

    Attributes:
        digest: SHA-256 of the model.

    Raises:
        ModelError: no such file, or a damaged one.
    """

    def __init__(self, path: Path, threads: int, most: int) -> None:
        self._content, _ = read_model(path)
        self.digest = hashlib.sha256(self._content).hexdigest()
        self._interpreter, self._threads, self._most = interpreter(), threads, most
        self._ready: OrderedDict[tuple[int, ...], Any] = OrderedDict()

    def __call__(self, shape: tuple[int, ...]) -> Any:
        """The engine for inputs of a shape, such as `(1, h, w, 1)`.

        Raises:
            ValueError, RuntimeError: the model cannot be loaded, or takes no such input.
        """
        if shape not in self._ready:
            with native_stderr_off():
                engine = self._interpreter(model_content=self._content, num_threads=self._threads)
                engine.resize_tensor_input(engine.get_input_details()[0]["index"], shape)
                engine.allocate_tensors()
            self._ready[shape] = engine
            while len(self._ready) > self._most:
                self._ready.popitem(last=False)
        self._ready.move_to_end(shape)
        return self._ready[shape]
