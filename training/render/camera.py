"""The camera: where the pixels of a page come to lie in a picture (tilt, turn, curl), and what becomes of the light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.render.grain import Size, noise

_CELL = 16  # pixels between the points at which the way of the camera is worked out exactly


@dataclass(frozen=True)
class Camera:
    """Where the pixels of a page come to lie in a picture.

    Attributes:
        matrix: `(3, 3)` homography from the page to the picture.
        size: (width, height) of the picture.
        curl: height of the waves of the paper along x and y, in pixels of the page; small against the page.
        waves: number of half waves over the page along x and y, and where they begin.
        extent: (width, height) of the page.
    """

    matrix: np.ndarray
    size: Size
    extent: Size
    curl: tuple[float, float] = (0.0, 0.0)
    waves: tuple[float, float, float] = (1.0, 1.0, 0.0)

    @classmethod
    def looking_at(
        cls, on_page: np.ndarray, in_picture: np.ndarray, size: Size, extent: Size, **curl: tuple[float, ...]
    ) -> Camera:
        """The camera that shows the points `on_page (4, 2)` at `in_picture (4, 2)`."""
        matrix = cv2.getPerspectiveTransform(np.float32(on_page), np.float32(in_picture))
        return cls(matrix, size, extent, **curl)  # type: ignore[arg-type]

    def _bent(self, points: np.ndarray) -> np.ndarray:
        """How far the curl of the paper shifts points of the page, `(n, 2)`."""
        x, y = points[:, 0] / self.extent[0], points[:, 1] / self.extent[1]
        across = self.curl[0] * np.sin(np.pi * (self.waves[0] * y + 0.3 * x + self.waves[2]))
        down = self.curl[1] * np.sin(np.pi * (self.waves[1] * x + 0.3 * y + self.waves[2]))
        return np.stack([across, down], axis=1)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Points of the page `(n, 2)` in pixels of the picture."""
        points = np.asarray(points, np.float64).reshape(-1, 2)
        return cv2.perspectiveTransform((points + self._bent(points))[None], self.matrix)[0]

    def unproject(self, points: np.ndarray) -> np.ndarray:
        """Points of the picture `(n, 2)` in pixels of the page; may lie beside it."""
        points = np.asarray(points, np.float64).reshape(-1, 2)
        flat = cv2.perspectiveTransform(points[None], np.linalg.inv(self.matrix))[0]
        on_page = flat - self._bent(flat)
        return flat - self._bent(on_page)

    def maps(self, shrink: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Where each pixel of the picture (each `shrink`-th, along x and y) looks on the page: two `(h, w) float32`."""
        w, h = -(-self.size[0] // shrink), -(-self.size[1] // shrink)
        nx, ny = -(-w // _CELL) + 2, -(-h // _CELL) + 2
        x, y = ((np.arange(n) - 0.5) * _CELL * shrink - 0.5 for n in (nx, ny))
        grid = self.unproject(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
        grid = grid.astype(np.float32).reshape(ny, nx, 2)
        full = cv2.resize(grid, (nx * _CELL, ny * _CELL), interpolation=cv2.INTER_LINEAR)
        full = full[_CELL : _CELL + h, _CELL : _CELL + w]
        return np.ascontiguousarray(full[..., 0]), np.ascontiguousarray(full[..., 1])

    def shoot(self, image: np.ndarray, behind: np.ndarray | None = None) -> np.ndarray:
        """The picture of a page's `image`, over the picture `behind`; black where there is neither."""
        behind = np.zeros((self.size[1], self.size[0], *image.shape[2:]), np.uint8) if behind is None else behind.copy()
        x, y = self.maps()
        return cv2.remap(image, x, y, cv2.INTER_LINEAR, dst=behind, borderMode=cv2.BORDER_TRANSPARENT)

    def owners(self, owner: np.ndarray) -> np.ndarray:
        """Whose ink each pixel of the picture shows, from `Page.owner`; -1 where there is none."""
        x, y = self.maps()
        return cv2.remap(owner, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=-1)

    def outline(self) -> np.ndarray:
        """The edge of the page in the picture, `(n, 2) float32`."""
        w, h = self.extent
        t = np.linspace(0, 1, 24, endpoint=False)[:, None]
        corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], float)
        edge = np.concatenate([a + (b - a) * t for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)])
        return self.project(edge).astype(np.float32)

    def relief(self, shrink: int = 4) -> np.ndarray:
        """How the curl shades the page, `(h, w) float32` about 1, for each `shrink`-th pixel of the picture."""
        x, y = self.maps(shrink)
        w, h = self.extent
        slope = self.curl[0] * np.cos(np.pi * (self.waves[0] * y / h + 0.3 * x / w + self.waves[2])) / w
        slope = slope + self.curl[1] * np.cos(np.pi * (self.waves[1] * x / w + 0.3 * y / h + self.waves[2])) / h
        return (1 + 6 * slope).astype(np.float32)


def develop(
    image: np.ndarray,
    light: np.ndarray,
    rng: np.random.Generator,
    *,
    blur: float = 0.6,
    motion: tuple[float, float] = (0.0, 0.0),
    grain: float = 3.0,
    contrast: float = 1.0,
    sharpen: float = 0.0,
    jpeg: int | None = None,
) -> np.ndarray:
    """What the camera makes of a lit scene.

    Args:
        image: `(h, w, 3) uint8`, the scene in even light.
        light: `(h', w', 3) float32` factors, stretched over the picture.
        rng: chance of the noise.
        blur: of the lens, deviation in pixels.
        motion: (length in pixels, angle in radians) of a smear.
        grain: noise of the sensor, deviation in grey levels.
        contrast: 1 leaves it, 0.5 is a flat grey picture.
        sharpen: what telephones add, 0 to 1.
        jpeg: quality of the compression, None for none.
    """
    h, w = image.shape[:2]
    if blur > 0.25:
        image = cv2.GaussianBlur(image, (0, 0), blur)
    if motion[0] >= 1.5:
        n = int(motion[0]) | 1
        kernel = np.zeros((n, n), np.float32)
        reach = np.array([np.cos(motion[1]), np.sin(motion[1])]) * (n // 2)
        start, end = np.rint(n // 2 - reach).astype(int), np.rint(n // 2 + reach).astype(int)
        cv2.line(kernel, start.tolist(), end.tolist(), 1.0)
        image = cv2.filter2D(image, -1, kernel / kernel.sum())
    field_ = cv2.resize(light * np.float32(contrast), (w, h), interpolation=cv2.INTER_LINEAR)
    picture = cv2.multiply(image, field_, dtype=cv2.CV_32F)
    lift = 110 * (1 - contrast) + 0.5
    speck = noise(rng, (w, h), "white") * np.float32(0.8 * grain) + np.float32(lift)
    tone = noise(rng, (w, h), "fine", (2, 2)) * np.float32(0.3 * grain)
    picture += cv2.merge([speck + tone, speck - np.float32(0.5) * tone, speck - tone])
    out = cv2.convertScaleAbs(np.maximum(picture, 0))
    if sharpen:
        out = cv2.addWeighted(out, 1 + sharpen, cv2.GaussianBlur(out, (0, 0), 1.4), -sharpen, 0)
    if jpeg is not None:
        out = cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, jpeg])[1], cv2.IMREAD_COLOR)
    return out
