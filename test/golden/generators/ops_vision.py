"""Calls of ops on images, and of those that move elements between space and depth."""

import numpy as np

from .common import rand, randint, rng_for, t
from .ops_elementwise import INF, MAYBE, NAN

LAST, FIRST = "channels_last", "channels_first"


def folding():
    rng = rng_for("ops/folding")
    r = lambda *shape, dtype="float32": rand(rng, shape, dtype=dtype)
    i = randint(rng, (2, 4, 6, 4), -9, 9)
    return [
        ("unfold", [r(1, 2, 4, 5), 2], {}),
        ("unfold", [r(2, 1, 5, 4), [2, 3]], {"stride": 2, "padding": 1}),
        ("unfold", [r(1, 2, 5, 5), 2], {"dilation": [2, 1], "padding": [0, 2], "stride": [1, 2]}),
        ("unfold", [r(1, 1, 4, 4), 2], {"stride": 2}),
        ("unfold", [r(1, 1, 3, 3), 4], {}),
        ("unfold", [randint(rng, (1, 2, 3, 3), 0, 9), 3], {"padding": 1}),
        ("unfold", [r(1, 1, 1, 1, dtype="float16"), 1], {}),
        ("fold", [r(1, 8, 4), 4, 2], {"stride": 2}),
        ("fold", [r(2, 12, 6), [4, 3], [2, 2]], {"stride": 1}),
        ("fold", [r(1, 6, 6), [5, 4], [2, 3]], {"stride": 2, "padding": 1}),
        ("fold", [r(1, 4, 9), 5, 2], {"dilation": 2}),
        ("fold", [randint(rng, (1, 4, 4), 0, 9), 3, 2], {}),
        ("fold", [r(1, 4, 4, dtype="float64"), 4, 2], {"stride": 2}),
        ("depth_to_space", [r(1, 2, 3, 4), 2], {}),
        ("depth_to_space", [r(2, 1, 1, 18), 3], {}),
        ("depth_to_space", [r(1, 8, 2, 3), 2], {"data_format": FIRST}),
        ("depth_to_space", [t([[[[True, False, True, True]]]], "bool"), 2], {}),
        ("depth_to_space", [i, 2], {}),
        ("depth_to_space", [r(0, 2, 2, 4), 2], {MAYBE: True}),
        ("space_to_depth", [r(1, 4, 6, 1), 2], {}),
        ("space_to_depth", [r(2, 3, 3, 2), 3], {}),
        ("space_to_depth", [r(1, 3, 4, 2), 2], {"data_format": FIRST}),
        ("space_to_depth", [i, 2], {}),
        ("space_to_depth", [r(1, 2, 2, 1, dtype="float16"), 2], {}),
        ("psnr", [r(2, 3), r(2, 3)], {"max_val": 2.0}),
        ("psnr", [r(1, 4, 4, 3), r(1, 4, 4, 3), 255], {}),
        ("psnr", [t([1.0, 2.0]), t([1.0, 2.0]), 1.0], {}),
        ("psnr", [t([1.0, NAN]), t([1.0, INF]), 1.0], {}),
        ("psnr", [r(3, dtype="float64"), r(3, dtype="float64"), 1.0], {}),
        ("psnr", [t(np.zeros((0, 2))), t(np.zeros((0, 2))), 1.0], {}),
        ("extract_sequences", [t([1, 2, 3, 4, 5, 6], "int32"), 3, 2], {}),
        ("extract_sequences", [r(2, 7), 3, 1], {}),
        ("extract_sequences", [r(2, 1, 8), 4, 4], {}),
        ("extract_sequences", [r(2, 9), 2, 3], {}),
        ("extract_sequences", [r(0, 5), 2, 2], {}),
        ("extract_sequences", [r(2), 3, 2], {}),
        ("extract_sequences", [r(3, 1, dtype="float16"), 1, 1], {}),
        ("rearrange", [i, "b h w c -> b c h w"], {}),
        ("rearrange", [i, "b h w c -> (b h) w c"], {}),
        ("rearrange", [i, "b h w c -> h (b w) c"], {}),
        ("rearrange", [r(2, 4, 6, 3), "b (h p) (w q) c -> (b p q) h w c"], {"p": 2, "q": 3}),
        ("rearrange", [r(2, 4, 6, 1), "b (h p) (w q) c -> b h w (c p q)"], {"p": 2, "q": 2}),
        ("rearrange", [r(3, 8), "b (h d) -> h b d"], {"h": 2}),
        ("rearrange", [r(0, 3), "a b -> b a"], {}),
    ]


def image():
    rng = rng_for("ops/image")
    r = lambda *shape, dtype="float32": rand(rng, shape, 0.05, 1, dtype)
    colors, color = r(1, 3, 2, 3), r(2, 3, 3)
    first = r(1, 3, 2, 4)
    grey = t([[[0.5, 0.5, 0.5], [0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]])
    batch, single = r(2, 4, 5, 2), r(4, 5, 1)
    rows = []
    for op in ("rgb_to_grayscale", "rgb_to_hsv", "hsv_to_rgb"):
        rows += [
            (op, [colors], {}),
            (op, [color], {}),
            (op, [first], {"data_format": FIRST}),
            (op, [color], {"data_format": LAST}),
            (op, [r(3, 2, 2)], {"data_format": FIRST}),
            (op, [grey], {}),
            (op, [r(1, 2, 3, dtype="float16")], {}),
            (op, [r(1, 2, 3, dtype="float64")], {}),
            (op, [t(np.zeros((0, 2, 2, 3)))], {MAYBE: True}),
        ]
    rows += [
        ("rgb_to_grayscale", [single], {}),
        ("rgb_to_grayscale", [randint(rng, (1, 2, 2, 3), 0, 256, "uint8")], {}),
        ("rgb_to_grayscale", [randint(rng, (2, 2, 3), 0, 256)], {}),
        ("extract_patches", [batch, 2], {}),
        ("extract_patches", [batch, [2, 3]], {"strides": 1}),
        ("extract_patches", [single, [3, 2]], {"strides": [1, 2], "padding": "same"}),
        ("extract_patches", [batch, 2], {"strides": 1, "dilation_rate": 2}),
        ("extract_patches", [batch, 3], {"strides": 1, "dilation_rate": [1, 2], "padding": "same"}),
        ("extract_patches", [r(1, 2, 4, 4), 2], {"data_format": FIRST}),
        ("extract_patches", [randint(rng, (1, 4, 4, 2), 0, 9), 2], {}),
        ("extract_patches", [r(2, 2, 4, 2), [2, 1, 2]], {}),
        ("extract_patches", [r(1, 2, 2, 2, 2), [1, 2, 2]], {"strides": 1, "padding": "same"}),
        ("extract_patches_3d", [r(1, 2, 4, 2, 2), 2], {}),
        ("extract_patches_3d", [r(3, 3, 3, 1), [2, 3, 1]], {"strides": 1}),
        ("extract_patches_3d", [r(1, 2, 2, 2, 3), 2], {"data_format": FIRST, "padding": "same"}),
        ("pad_images", [batch, 1, 2, 3, 0], {}),
        ("pad_images", [single], {"top_padding": 2, "left_padding": 1, "target_height": 7, "target_width": 6}),
        ("pad_images", [single], {"bottom_padding": 1, "right_padding": 1, "target_height": 6, "target_width": 9}),
        ("pad_images", [first, 0, 1, 2, 3], {"data_format": FIRST}),
        ("pad_images", [randint(rng, (2, 2, 1), 0, 9, "uint8"), 1, 1, 1, 1], {}),
        ("crop_images", [batch, 1, 2, 1, 0], {}),
        ("crop_images", [single], {"top_cropping": 1, "left_cropping": 2, "target_height": 2, "target_width": 3}),
        ("crop_images", [single], {"bottom_cropping": 1, "right_cropping": 0, "target_height": 1, "target_width": 2}),
        ("crop_images", [first, 0, 1, 1, 1], {"data_format": FIRST}),
        ("crop_images", [randint(rng, (3, 3, 1), 0, 9, "int32"), 1, 1, 2, 1], {}),
        ("gaussian_blur", [batch], {}),
        ("gaussian_blur", [single], {"kernel_size": [5, 3], "sigma": [1.0, 2.0]}),
        ("gaussian_blur", [single], {"kernel_size": [3, 3], "sigma": [0.5, 2.0]}),
        ("gaussian_blur", [first], {"kernel_size": [1, 1], "data_format": FIRST}),
        ("gaussian_blur", [first], {"kernel_size": [3, 5], "sigma": [2.0, 0.7], "data_format": FIRST}),
        ("gaussian_blur", [r(1, 3, 3, 1, dtype="float16")], {}),
        ("gaussian_blur", [r(3, 3, 1, dtype="float64")], {}),
        ("sobel_edges", [batch], {}),
        ("sobel_edges", [first], {"data_format": FIRST}),
        ("sobel_edges", [r(1, 2, 2, 1)], {}),
        ("sobel_edges", [r(1, 3, 3, 1, dtype="float16")], {}),
        ("ssim", [r(2, 12, 12, 1), r(2, 12, 12, 1)], {}),
        ("ssim", [r(5, 6, 2), r(5, 6, 2)], {"filter_size": 3, "filter_sigma": 0.8}),
        ("ssim", [r(1, 2, 4, 4), r(1, 2, 4, 4)], {"filter_size": 4, "data_format": FIRST}),
        ("ssim", [batch, batch], {"filter_size": 3}),
        (
            "ssim",
            [randint(rng, (1, 4, 4, 1), 0, 256), randint(rng, (1, 4, 4, 1), 0, 256)],
            {"max_val": 255.0, "filter_size": 3, "k1": 0.02, "k2": 0.05},
        ),
        ("ssim", [r(1, 1, 1, dtype="float64"), r(1, 1, 1, dtype="float64")], {"filter_size": 1}),
    ]
    return [(f"image.{op}", args, kwargs) for op, args, kwargs in rows]


def image_sampling():
    rng = rng_for("ops/image_sampling")
    r = lambda *shape, dtype="float32": rand(rng, shape, 0, 1, dtype)
    batch, single, first = r(2, 4, 5, 2), r(4, 5, 1), r(1, 2, 5, 4)
    turn = t([0.8, -0.6, 1.3, 0.6, 0.8, -0.7, 0.0, 0.0])
    two = t([[1.0, 0.2, -0.33, 0.1, 0.9, 0.47, 0.0, 0.0], [1.2, 0.0, 0.6, 0.0, 0.7, 0.2, 0.02, -0.03]])
    far = t([2.3, 0.4, -5.21, -0.3, 2.1, -3.77, 0.0, 0.0])
    rows = []
    for mode in ("constant", "nearest", "wrap", "reflect"):
        for how in ("bilinear", "nearest"):
            for transform in (turn, far):
                rows.append(
                    ("affine_transform", [single, transform], {"interpolation": how, "fill_mode": mode})
                )
            rows.append(("affine_transform", [batch, two], {"interpolation": how, "fill_mode": mode}))
    shift = t([1.0, 0.0, 0.5, 0.0, 1.0, -0.5, 0.0, 0.0])
    rows += [
        ("affine_transform", [batch, turn], {"fill_value": 0.25}),
        ("affine_transform", [first, turn], {"data_format": FIRST}),
        ("affine_transform", [r(2, 3, 4), far], {"data_format": FIRST, "fill_mode": "reflect"}),
        ("affine_transform", [single, shift], {"interpolation": "nearest", "fill_value": 9.0}),
        ("affine_transform", [single, shift], {"interpolation": "nearest", "fill_mode": "wrap"}),
        ("affine_transform", [single, t([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, -0.5, 0.0])], {"fill_value": 7.0}),
        ("affine_transform", [r(1, 4, 1), t([1.0, 0.0, -2.4, 0.0, 1.0, 1.4, 0, 0])], {"fill_mode": "reflect"}),
        ("affine_transform", [randint(rng, (3, 4, 1), 0, 256, "uint8"), turn], {"fill_value": 3}),
        ("affine_transform", [randint(rng, (3, 4, 1), 0, 256), turn], {"interpolation": "nearest"}),
        ("affine_transform", [r(3, 3, 1, dtype="float16"), turn], {}),
        ("affine_transform", [r(0, 3, 3, 1), turn], {MAYBE: True}),
    ]
    start = t([[0.0, 0.0], [4.0, 0.0], [0.0, 3.0], [4.0, 3.0]])
    end = t([[0.3, -0.4], [3.6, 0.2], [0.5, 3.4], [4.2, 2.7]])
    both = [t(np.stack([start, end])), t(np.stack([end, start]))]
    rows += [
        ("perspective_transform", [single, start, end], {}),
        ("perspective_transform", [single, start, end], {"interpolation": "nearest", "fill_value": 0.5}),
        ("perspective_transform", [batch, *both], {}),
        ("perspective_transform", [batch, start, end], {"fill_value": 2.0}),
        ("perspective_transform", [first, end, start], {"data_format": FIRST}),
        ("perspective_transform", [randint(rng, (4, 5, 1), 0, 256, "uint8"), start, end], {}),
        ("perspective_transform", [single, start, start], {"interpolation": "nearest"}),
    ]
    line, square = r(5), r(3, 4)
    at = t([[0.4, 1.7, -0.6, 2.5], [1.2, 3.4, 0.3, 2.9]])
    out = t([[-1.2, 3.0, -2.6, 2.2, 1.0], [4.2, -0.3, 2.1, -5.3, 6.0]])
    for mode in ("constant", "nearest", "wrap", "mirror", "reflect"):
        for order in (0, 1):
            rows.append(("map_coordinates", [square, at, order], {"fill_mode": mode, MAYBE: True}))
            rows.append(("map_coordinates", [square, out, order], {"fill_mode": mode, MAYBE: True}))
    rows += [
        ("map_coordinates", [square, out, 1], {"fill_value": 0.7}),
        ("map_coordinates", [line, t([[[0.25, 1.5], [3.75, 4.0]]]), 1], {}),
        ("map_coordinates", [line, t([[0.5, 1.5, 2.5, 3.5]]), 0], {}),
        ("map_coordinates", [r(2, 3, 2), rand(rng, (3, 2, 2), 0, 1), 1], {"fill_mode": "nearest"}),
        ("map_coordinates", [randint(rng, (3, 4), 0, 99), at, 1], {}),
        ("map_coordinates", [randint(rng, (3, 4), 0, 99, "uint8"), at, 0], {}),
        ("map_coordinates", [r(3, 4, dtype="float64"), rand(rng, (2, 3), 0, 2, "float64"), 1], {}),
        ("map_coordinates", [square, t(np.zeros((2, 0))), 1], {}),
        ("map_coordinates", [t([1.0, NAN, 3.0, INF]), t([[0.5, 2.0, 2.5, -1.0]]), 1], {}),
    ]
    two_scales, moves = t([1.7, 0.6]), t([0.4, -0.3])
    for how in ("linear", "bicubic", "lanczos3", "lanczos5"):
        rows += [
            ("scale_and_translate", [square, [5, 3], two_scales, moves, [0, 1], how], {}),
            ("scale_and_translate", [square, [5, 3], two_scales, moves, [0, 1], how], {"antialias": False}),
        ]
    rows += [
        ("scale_and_translate", [t(np.arange(9).reshape(3, 3)), [5, 5], t([2.0, 2.0]), t([-0.5, -0.5]), [0, 1]],
         {"method": "linear"}),
        ("scale_and_translate", [batch, [2, 3, 5, 2], t([0.5]), t([1.5]), [-3], "trilinear"], {}),
        ("scale_and_translate", [batch, [2, 8, 5, 2], two_scales, moves, [2, 1], "cubic"], {MAYBE: True}),
        ("scale_and_translate", [square, [3, 4], t(np.zeros(0)), t(np.zeros(0)), [], "linear"], {}),
        ("scale_and_translate", [r(3, 2, dtype="float16"), [2, 2], t([0.7]), t([0.1]), [0], "linear"], {}),
        ("scale_and_translate", [r(3, dtype="float64"), [4], t([1.3], "float64"), t([0.2], "float64"), [0]],
         {"method": "tricubic"}),
    ]
    for images in (batch, single):
        rows.append(("elastic_transform", [images], {"alpha": 3.0, "sigma": 1.0, "seed": 42}))
    rows += [
        ("elastic_transform", [r(3, 3, 1)], {"seed": 7}),
        ("elastic_transform", [single], {"sigma": 0.4, "alpha": 5.0, "interpolation": "nearest", "seed": 3}),
        ("elastic_transform", [first], {"sigma": 1.5, "fill_mode": "constant", "fill_value": 0.3, "seed": 1,
                                        "data_format": FIRST}),
        ("elastic_transform", [single], {"sigma": 1.2, "fill_mode": "wrap", "seed": 5}),
        ("elastic_transform", [single], {"sigma": 1.2, "fill_mode": "nearest", "seed": 5}),
    ]
    return [(f"image.{op}", args, kwargs) for op, args, kwargs in rows]
