"""The clips that benchmarks play: the sample clip, and generated ones by number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from realtime.sources.open import open_source
from training import samples
from training.render.clips import STORIES, Clip, draw_clip

SEED, CLIPS, SAMPLE = 7004, 10, -1
"""First number of the seeds; the second is the clip's. `SAMPLE` stands for the clip in `samples/`."""

_SIZE = (960, 540)  # drawing takes longer than reading
_KINDS = ("plain", "squared", "ruled", "coloured", "dark")


def moving_clip(i: int, fps: float = 25) -> Clip:
    """Clip number `i`, or the sample clip: 10 s, three events; all that may happen does in every two clips.

    Args:
        i: from 0, or `SAMPLE`.
        fps: frames a second; the sample clip has its own.
    """
    if i == SAMPLE:
        return samples.clip()
    rng = np.random.default_rng([SEED, i])
    story = [STORIES[(3 * i + k) % len(STORIES)] for k in range(3)]
    return draw_clip(rng, 10, fps, _SIZE, _KINDS[i % len(_KINDS)], story=story)


def clip_name(i: int) -> str:
    """What to call clip number `i`."""
    return samples.CLIP if i == SAMPLE else f"clip {i}"


def images(clip: Clip, i: int) -> Iterator[np.ndarray]:
    """The frames of clip number `i`, `(H, W, 3) uint8` BGR; those of the sample clip as they are in its file."""
    if i != SAMPLE:
        yield from (scene.image for scene in clip)
        return
    with open_source(str(Path(samples.FOLDER) / samples.CLIP)) as source:
        for frame in source:
            yield frame.image
