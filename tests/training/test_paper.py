"""Paper and camera: truth goes the way of the picture."""

from __future__ import annotations

import numpy as np
import pytest

from training.render.camera import Camera, develop
from training.render.grain import noise
from training.render.light import creased, light
from training.render.paper import PAPERS, Page, Pen
from training.render.textures import desk


def tilted() -> Camera:
    corners = np.array([[0, 0], [400, 0], [400, 300], [0, 300]])
    seen = np.array([[40, 30], [330, 50], [350, 260], [20, 230]])
    return Camera.looking_at(corners, seen, (360, 280), (400, 300), curl=(3.0, 4.0), waves=(1.2, 1.7, 0.3))


def test_unproject_undoes_project() -> None:
    points = np.random.default_rng(0).uniform(0, 300, (50, 2))
    camera = tilted()
    np.testing.assert_allclose(camera.unproject(camera.project(points)), points, atol=0.1)


def test_the_picture_shows_a_dot_where_project_says() -> None:
    camera = tilted()
    for x, y in [(60, 40), (200, 150), (350, 270)]:
        image = np.zeros((300, 400), np.uint8)
        image[y - 2 : y + 3, x - 2 : x + 3] = 255
        picture = camera.shoot(image).astype(float)
        rows, columns = np.indices(picture.shape)
        centre = (columns * picture).sum() / picture.sum(), (rows * picture).sum() / picture.sum()
        np.testing.assert_allclose(centre, camera.project(np.array([[x, y]]))[0], atol=0.4)


def test_beside_the_page_the_desk_is_seen() -> None:
    behind = np.full((280, 360, 3), 77, np.uint8)
    picture = tilted().shoot(np.full((300, 400, 3), 200, np.uint8), behind)
    assert (picture[0, 0] == 77).all() and (picture[140, 180] == 200).all()
    assert (behind == 77).all()


@pytest.mark.parametrize("kind", PAPERS)
def test_ink_shows_on_every_paper(kind: str) -> None:
    page = Page.blank(np.random.default_rng(1), (300, 200), kind, unit=30)
    assert page.image.shape == (200, 300, 3) and page.size == (300, 200)
    dark = kind in ("slate", "green board", "black card")
    assert (page.image.mean() < 100) == dark
    before = page.image.astype(int)
    colour = (240.0, 240.0, 240.0) if dark else (20.0, 20.0, 20.0)
    page.draw([np.array([[50, 100, 1], [250, 100, 1]], np.float32)], Pen(colour, 5), digit=True)
    change = np.abs(page.image - before).sum(axis=2)
    assert change[100, 60:240].min() > 40
    assert change[page.ink == 0].max() == 0
    assert page.ink[100, 60:240].min() == 255


def test_ruled_paper_knows_its_lines() -> None:
    page = Page.blank(np.random.default_rng(2), (300, 200), "ruled", unit=25)
    np.testing.assert_allclose(np.diff(page.lines), 25)
    level = page.image.astype(float).mean(axis=(1, 2))
    assert level[np.rint(page.lines[:-1]).astype(int)].mean() < np.median(level) - 3


def test_strokes_beside_the_page_are_lost_without_a_word() -> None:
    page = Page.blank(np.random.default_rng(0), (100, 80))
    before = page.image.copy()
    page.draw([np.array([[-50, -50, 1], [-20, -20, 1]], np.float32)], Pen((0, 0, 0), 4))
    np.testing.assert_array_equal(page.image, before)
    page.draw([np.array([[-50, 40, 1], [300, 40, 1]], np.float32)], Pen((0, 0, 0), 4))
    assert page.image[40].mean() < 60


@pytest.mark.parametrize("kind", ["white", "fine", "fibre", "cloud"])
@pytest.mark.parametrize("size", [(300, 200), (2500, 60)])
def test_noise_has_the_size_asked_for_and_is_even(kind: str, size: tuple[int, int]) -> None:
    field = noise(np.random.default_rng(0), size, kind, (1.5, 2.0))
    assert field.shape == size[::-1]
    if kind in ("white", "fine"):
        assert abs(field.mean()) < 0.1 and 0.4 < field.std() < 1.2


def test_a_shadow_only_takes_light_away() -> None:
    lit, shaded = (light(np.random.default_rng(4), (400, 300), 0.0, depth) for depth in (0.0, 0.7))
    assert lit.shape == (75, 100, 3)
    assert (shaded <= lit + 1e-6).all() and shaded.min() < 0.5 * lit.min()


def test_a_crease_shades_the_sheet_evenly_on_both_sides() -> None:
    shade = creased(np.random.default_rng(0), tilted(), 12, 0.1)
    assert shade.shape == (70, 90)
    assert 0.6 < shade.min() < 0.98 and 1.02 < shade.max() < 1.4


def test_develop_blurs_dims_and_flattens() -> None:
    image = np.full((120, 160, 3), 200, np.uint8)
    image[:, 80:] = 40
    even = np.ones((30, 40, 3), np.float32)
    rng = np.random.default_rng(0)
    plain = develop(image, even, rng, blur=0, grain=0)
    np.testing.assert_allclose(plain, image, atol=1)
    dim = develop(image, even * 0.5, rng, blur=0, grain=0)
    np.testing.assert_allclose(dim, image / 2, atol=1)
    flat = develop(image, even, rng, blur=0, grain=0, contrast=0.5).astype(int)
    assert flat[0, 0, 0] - flat[0, -1, 0] == pytest.approx(80, abs=2)
    soft = develop(image, even, rng, blur=3, grain=0).astype(int)
    smeared = develop(image, even, rng, blur=0, motion=(9, 0.0), grain=0).astype(int)
    for picture in (soft, smeared):
        assert 60 < picture[60, 80, 0] < 180
    noisy = develop(image, even, rng, blur=0, grain=5).astype(int)
    assert 2 < (noisy - image)[:, :80].std() < 8
    assert not np.array_equal(develop(image, even, rng, blur=0, grain=0, jpeg=30), plain)


@pytest.mark.parametrize("kind", ["wood", "dark wood", "cloth", "black", "white", "stone"])
def test_desks_fill_the_picture(kind: str) -> None:
    picture = desk(np.random.default_rng(0), (321, 181), kind)
    assert picture.shape == (181, 321, 3) and picture.dtype == np.uint8
    assert picture.std() > 0.3
