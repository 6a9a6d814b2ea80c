"""The interpreter of `.tflite` files. No TensorFlow, where it can be helped."""

from __future__ import annotations

from typing import Any

from realtime.networks.model_file import ModelError


def interpreter() -> Any:
    """The interpreter class of LiteRT, or TensorFlow's older one on machines that LiteRT has no wheel for."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        try:
            from tensorflow.lite import Interpreter
        except ImportError as error:
            raise ModelError("no engine for the network: pip install ai-edge-litert (or tensorflow)") from error
    return Interpreter
