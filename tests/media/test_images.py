"""Pictures of every kind come in upright, in sRGB and 8 bits; what goes out comes back."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from aiprod_studio.media import image_size, load_image, resize_pixels, save_image, thumbnail
from aiprod_studio.sdk import Image, Refusal
from tests.media.films import argv


@pytest.fixture
def pixels() -> np.ndarray:
    """A ramp in red, one in green, and blue in one corner."""
    picture = np.zeros((12, 20, 3), np.uint8)
    picture[..., 0] = np.linspace(0, 255, 20).astype(np.uint8)
    picture[..., 1] = np.linspace(0, 255, 12).astype(np.uint8)[:, None]
    picture[:4, :4, 2] = 255
    return picture


@pytest.mark.parametrize("name", argv("a.png a.bmp a.tiff a.ppm a.tga"))
def test_lossless_pictures_come_in_as_they_are(tmp_path, pixels, name):
    Pillow.fromarray(pixels).save(tmp_path / name)
    assert np.array_equal(load_image(tmp_path / name).pixels, pixels)


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.jpg", {"quality": 98, "subsampling": 0}), ("a.webp", {"lossless": True}),
     ("a.avif", {"quality": 98}), ("b.jpg", {"quality": 98, "progressive": True})],
)  # fmt: skip
def test_lossy_pictures_come_in_close(tmp_path, pixels, name, options):
    smooth = np.repeat(np.repeat(pixels, 8, 0), 8, 1)
    Pillow.fromarray(smooth).save(tmp_path / name, **options)
    loaded = load_image(tmp_path / name).pixels
    assert np.abs(loaded.astype(int) - smooth).mean() < 2


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_picture_turned_by_exif_comes_upright(tmp_path, pixels, turn, suffix):
    upright = np.repeat(np.repeat(pixels, 8, 0), 8, 1)
    stored = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: upright.transpose(1, 0, 2), 6: np.rot90(upright),
        7: upright[::-1, ::-1].transpose(1, 0, 2), 8: np.rot90(upright, -1),
    }[turn]  # fmt: skip
    exif = Pillow.Exif()
    exif[0x0112] = turn
    path = tmp_path / f"a{suffix}"
    Pillow.fromarray(np.ascontiguousarray(stored)).save(path, quality=98, subsampling=0, exif=exif)
    assert image_size(path) == (160, 96)
    assert np.abs(load_image(path).pixels.astype(int) - upright).mean() < 2


@pytest.mark.parametrize("mode", argv("1 L P CMYK YCbCr LAB HSV I;16 I F"))
def test_every_kind_of_pixel_becomes_rgb(tmp_path, mode):
    grey = np.tile(np.array([0, 255], np.uint8), (6, 3))
    if mode in ("I;16", "I"):
        picture = Pillow.fromarray(grey.astype(np.uint16) * 257)
        picture = picture if mode == "I;16" else picture.convert("I")
    elif mode == "F":
        picture = Pillow.fromarray((grey / 255).astype(np.float32))
    else:
        picture = Pillow.fromarray(np.repeat(grey[..., None], 3, 2)).convert(mode)
    name = "a.tiff" if mode in ("CMYK", "YCbCr", "LAB", "F", "I") else "a.png"
    if mode == "HSV":
        picture = picture.convert("RGB")
    picture.save(tmp_path / name)
    loaded = load_image(tmp_path / name).pixels
    assert loaded.shape == (6, 6, 3) and loaded.dtype == np.uint8
    assert np.abs(loaded[..., 1].astype(int) - grey).max() <= 3


def test_a_cmyk_jpeg_is_not_inverted(tmp_path):
    Pillow.new("RGB", (16, 16), (250, 250, 250)).convert("CMYK").save(tmp_path / "a.jpg")
    assert load_image(tmp_path / "a.jpg").pixels.min() > 240


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_are_rounded_to_eight(tmp_path, channels, suffix):
    import cv2

    values = np.arange(40 * channels, dtype=np.uint16).reshape(5, 8, channels) * 409
    order = cv2.COLOR_RGB2BGR if channels == 3 else cv2.COLOR_RGBA2BGRA
    cv2.imwrite(str(tmp_path / f"a{suffix}"), cv2.cvtColor(values, order))
    loaded = load_image(tmp_path / f"a{suffix}").pixels
    assert np.array_equal(loaded, np.rint(values / 257).astype(np.uint8))


def test_sixteen_bit_grey_is_rounded_to_eight(tmp_path):
    values = np.arange(0, 65536, 257 * 5, dtype=np.uint16)[None]
    Pillow.fromarray(values).save(tmp_path / "a.png")
    expected = np.rint(values / 257).astype(np.uint8)
    assert np.array_equal(load_image(tmp_path / "a.png").pixels[..., 0], expected)


def test_alpha_is_kept(tmp_path, pixels):
    alpha = np.linspace(0, 255, 240).astype(np.uint8).reshape(12, 20, 1)
    rgba = np.concatenate([pixels, alpha], 2)
    for name in ("a.png", "a.webp", "a.tiff"):
        Pillow.fromarray(rgba).save(tmp_path / name, lossless=True, exact=True)
        assert np.array_equal(load_image(tmp_path / name).pixels, rgba)
    palette = Pillow.fromarray(pixels).convert("P")
    palette.save(tmp_path / "p.png", transparency=0)
    assert load_image(tmp_path / "p.png").pixels.shape[2] == 4
    Pillow.fromarray(rgba[..., 2:]).save(tmp_path / "la.png")
    assert np.array_equal(load_image(tmp_path / "la.png").pixels[..., 3], alpha[..., 0])


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_of_an_animation_the_first_frame_comes(tmp_path, suffix):
    frames = [Pillow.new("RGB", (8, 6), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(tmp_path / f"a{suffix}", save_all=True, append_images=frames[1:])
    loaded = load_image(tmp_path / f"a{suffix}").pixels
    assert loaded.shape[:2] == (6, 8)
    assert np.abs(loaded[..., :3].astype(int) - (255, 0, 0)).max() < 8


def test_an_embedded_profile_is_converted_to_srgb(tmp_path):
    lab_free = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ"))
    Pillow.new("RGB", (4, 4), (128, 128, 128)).save(
        tmp_path / "a.png", icc_profile=lab_free.tobytes()
    )
    assert load_image(tmp_path / "a.png").pixels.shape == (4, 4, 3)
    Pillow.new("RGB", (4, 4), (9, 99, 199)).save(tmp_path / "b.png", icc_profile=b"nonsense")
    assert load_image(tmp_path / "b.png").pixels[0, 0].tolist() == [9, 99, 199]
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Pillow.new("RGB", (4, 4), (9, 99, 199)).save(tmp_path / "c.png", icc_profile=srgb)
    assert load_image(tmp_path / "c.png").pixels[0, 0].tolist() == [9, 99, 199]


@pytest.mark.parametrize("channels", [3, 4])
def test_a_saved_png_is_the_same_picture(tmp_path, channels):
    made = np.random.default_rng(1).integers(0, 256, (9, 7, channels), dtype=np.uint8)
    save_image(Image(made), tmp_path / "a.png")
    assert np.array_equal(load_image(tmp_path / "a.png").pixels, made)


def test_a_transparent_picture_goes_to_jpeg_on_black(tmp_path):
    save_image(Image(np.full((16, 16, 4), (255, 255, 255, 0), np.uint8)), tmp_path / "a.jpg")
    assert load_image(tmp_path / "a.jpg").pixels.max() < 4


def test_an_unknown_suffix_is_refused(tmp_path, pixels):
    with pytest.raises(Refusal, match=r"\.exr is no picture format"):
        save_image(Image(pixels), tmp_path / "a.exr")


def test_thumbnails_keep_the_shape(tmp_path, pixels, clip):
    Pillow.fromarray(np.repeat(pixels, 40, 1)).save(tmp_path / "a.png")
    small = thumbnail(tmp_path / "a.png", 100)
    assert (small.width, small.height) == (100, 2)
    film = thumbnail(clip, 80)
    assert (film.width, film.height) == (80, 48)
    assert thumbnail(clip).width == 160


@pytest.mark.parametrize(
    ("fit", "shape"), [("stretch", (40, 40)), ("bars", (40, 40)), ("crop", (40, 40))]
)
def test_every_fit_gives_the_exact_size(pixels, fit, shape):
    assert resize_pixels(pixels, *shape, fit).shape == (40, 40, 3)


def test_bars_are_black_and_the_picture_is_whole_between_them():
    white = np.full((10, 20, 3), 255, np.uint8)
    fitted = resize_pixels(white, 40, 40, "bars")
    assert fitted[:10].max() == 0 and fitted[-10:].max() == 0 and fitted[10:30].min() == 255


def test_a_crop_fills_without_changing_proportions():
    picture = np.zeros((10, 20, 3), np.uint8)
    picture[:, 5:15] = 255
    assert resize_pixels(picture, 40, 40, "crop").min() == 255


def test_making_smaller_averages(pixels):
    fine = np.tile(np.array([[0, 255], [255, 0]], np.uint8)[..., None], (20, 20, 3))
    assert np.abs(resize_pixels(fine, 10, 10).astype(int) - 127.5).max() <= 0.5


def test_transparent_colours_do_not_bleed():
    picture = np.zeros((8, 8, 4), np.uint8)
    picture[:, :4] = (255, 0, 0, 255)
    picture[:, 4:] = (0, 255, 0, 0)
    small = resize_pixels(picture, 3, 3, smooth="linear")
    assert small[..., 1].max() == 0
    assert small[1, 1, 0] == 255 and 100 < small[1, 1, 3] < 155


@pytest.mark.parametrize("size", [(0, 4), (-3, 4), (4, 100_000)])
def test_sizes_that_make_no_picture_are_refused(pixels, size):
    with pytest.raises(Refusal, match="both sides must be"):
        resize_pixels(pixels, *size)
