"""keras.utils: bounding boxes, images."""

import base64
import io

import keras
import numpy as np

from .common import rand, rng_for, t


def bounding_boxes():
    rng = rng_for("utils/bounding_boxes")
    formats = ["xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw"]
    relative = ["rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"]

    def boxes(*shape, high=9.0, dtype="float32"):
        corners = np.round(rng.uniform(0, high, (*shape, 2, 2)), 2)
        return t(np.sort(corners, axis=-2).reshape(*shape, 4), dtype)

    def deltas(*shape):
        return rand(rng, (*shape, 4), -1, 1)

    some, batch = boxes(3), boxes(2, 3)
    size = {"height": 8, "width": 12}
    rows = [("convert_format", [some, a, b], {}) for a in formats for b in formats if a != b]
    rows += [("convert_format", [batch, "xyxy", b], size) for b in relative]
    rows += [("convert_format", [boxes(2, high=1.0), a, "xyxy"], size) for a in relative]
    rows += [
        ("convert_format", [boxes(2, high=1.0), "rel_xywh", "rel_center_xywh"], size),
        ("convert_format", [some, "XYXY", "xyWH"], {}),
        ("convert_format", [t([[1, 2, 3, 4]], "int32"), "xyxy", "xyxy"], {}),
        ("convert_format", [some, "xyxy", "xywh"], {"dtype": "float16"}),
        ("convert_format", [t(np.zeros((0, 4))), "xyxy", "xywh"], {}),
        ("convert_format", [{"boxes": some, "labels": t([1, 2, 3], "int32")}, "xyxy", "xywh"], {}),
        ("clip_to_image_size", [{"boxes": some * 3 - 9, "labels": t([0, 1, 2], "int32")}], {"height": 7, "width": 9}),
        ("clip_to_image_size", [{"boxes": batch * 3 - 15}], {"height": 7, "width": 9}),
        ("clip_to_image_size", [{"boxes": batch / 3 - 1, "labels": t([[0, 1, 2], [3, 4, 5]])}],
         {"bounding_box_format": "rel_xyxy"}),
        ("crop", [some, 1, 2, 4, 5], {}),
        ("crop", [batch], {"top": 0, "left": 3, "height": 5, "width": 2}),
        ("crop", [t(np.zeros((0, 4))), 1, 2, 4, 5], {}),
        ("pad", [some, 1, 2], {}),
        ("pad", [batch], {"top": 3, "left": 0}),
        ("pad", [t([[1, 2, 3, 4]], "int32"), 1, 1], {}),
        ("affine_transform", [batch, t([30.0, -10.0]), t([0.1, 0.0]), t([0.0, -0.2]), t([1.0, 1.5]), t([0.0, 10.0]),
                              t([5.0, 0.0]), 8, 12], {}),
        ("affine_transform", [batch, t([90.0, 0.0]), t([0.0, 0.0]), t([0.0, 0.0]), t([1.0, 0.5]), t([0.0, 0.0]),
                              t([0.0, 0.0]), 9, 9], {"center_x": 0.2, "center_y": 0.7}),
        ("affine_transform", [boxes(1, 1), t([45.0]), t([0.3]), t([0.2]), t([2.0]), t([-20.0]), t([15.0]), 5, 6], {}),
        ("compute_iou", [some, boxes(4), "xyxy"], {}),
        ("compute_iou", [batch, boxes(2, 2), "yxyx"], {}),
        ("compute_iou", [batch, some, "xywh"], {}),
        ("compute_iou", [some, batch, "center_xywh"], {}),
        ("compute_iou", [boxes(2, high=1.0), boxes(3, high=1.0), "rel_xyxy"], {"image_shape": [8, 12, 3]}),
        ("compute_iou", [t([[-1, -1, -1, -1], [0, 0, 2, 2]]), boxes(2), "xyxy"], {"use_masking": True}),
        ("compute_iou", [t([[0, 0, 0, 0], [0, 0, 2, 2]]), t([[0, 0, 2, 2]]), "xyxy", True, -9], {}),
        ("compute_ciou", [some, boxes(3), "xyxy"], {}),
        ("compute_ciou", [batch, boxes(2, 3), "center_yxhw"], {}),
        ("compute_ciou", [some, some, "xyxy"], {}),
        ("encode_box_to_deltas", [some, boxes(3), "xyxy", "xyxy"], {}),
        ("encode_box_to_deltas", [some, batch, "xyxy", "xywh"], {"variance": [0.1, 0.1, 0.2, 0.2]}),
        ("encode_box_to_deltas", [some, boxes(3, high=1.0), "xyxy", "rel_yxyx"],
         {"encoding_format": "center_xywh", "image_shape": [8, 12, 3]}),
        ("encode_box_to_deltas", [t([[1.0, 1, 1, 1]]), t([[2.0, 2, 2, 3]]), "xyxy", "xyxy"], {}),
        ("decode_deltas_to_boxes", [some, deltas(3), "xyxy", "xyxy"], {}),
        ("decode_deltas_to_boxes", [some, deltas(2, 3), "xywh", "yxyx"], {"variance": [0.1, 0.1, 0.2, 0.2]}),
        ("decode_deltas_to_boxes", [some, deltas(3), "xyxy", "rel_xyxy"],
         {"encoded_format": "center_xywh", "image_shape": [8, 12, 3]}),
        ("decode_deltas_to_boxes", [{"p3": some, "p4": boxes(1)}, {"p3": deltas(3), "p4": deltas(1)}, "xyxy", "xywh"], {}),
    ]  # fmt: skip
    cases = []
    for op, args, kwargs in rows:
        function = getattr(keras.utils.bounding_boxes, op)
        # Keras writes the result into the dictionary that it gets.
        copies = [dict(a) if isinstance(a, dict) else a for a in args]
        cases.append({"op": op, "args": args, "kwargs": kwargs, "output": function(*copies, **kwargs)})
    return cases


def _picture(height, width, channels, noise=8):
    """A smooth picture with a little noise, as 8-bit numbers."""
    rng = rng_for(f"utils/images {height} {width} {channels}")
    y, x = np.mgrid[0:height, 0:width]
    waves = [128 + 100 * np.sin(x / 5 + c) * np.cos(y / 4 - c) for c in range(channels)]
    return np.clip(np.stack(waves, -1) + rng.normal(0, noise, (height, width, channels)), 0, 255).astype("uint8")


def _files():
    """Files in many kinds of PNG and JPEG, by name."""
    from PIL import Image

    def saved(image, kind="png", **options):
        out = io.BytesIO()
        image.save(out, kind, **options)
        return out.getvalue()

    rgb, rgba = Image.fromarray(_picture(7, 9, 3)), Image.fromarray(_picture(5, 6, 4))
    grey = Image.fromarray(_picture(6, 5, 1)[..., 0])
    wide = Image.fromarray((_picture(4, 5, 1)[..., 0].astype("uint16") * 257) // 3)
    two = Image.merge("LA", [grey, grey.transpose(Image.Transpose.ROTATE_180)])
    key = Image.fromarray(np.array([[[9, 8, 7], [1, 2, 3]], [[1, 2, 3], [255, 0, 0]]], "uint8"))
    return {
        "rgb.png": saved(rgb),
        "rgba.png": saved(rgba),
        "grey.png": saved(grey),
        "grey_alpha.png": saved(two),
        "grey_16.png": saved(wide),
        "palette.png": saved(rgb.quantize(7)),
        "palette_alpha.png": saved(rgba.quantize(6)),
        "bits_1.png": saved(grey.convert("1")),
        "key.png": saved(key, transparency=(1, 2, 3)),
        "rgb.jpg": saved(rgb, "jpeg"),
        "fine.jpg": saved(rgb, "jpeg", quality=95, subsampling=0),
        "progressive.jpg": saved(Image.fromarray(_picture(17, 19, 3)), "jpeg", progressive=True),
        "grey.jpg": saved(grey, "jpeg"),
    }


def images():
    files = _files()
    cases = []
    for name, data in files.items():
        calls = [{"color_mode": mode} for mode in ("rgb", "rgba", "grayscale")]
        if name in ("rgb.png", "rgba.png", "grey_16.png"):
            for how in ("nearest", "bilinear", "bicubic", "box", "hamming", "lanczos"):
                mode = {"rgb.png": "rgb", "rgba.png": "rgba", "grey_16.png": "grayscale"}[name]
                calls += [
                    {"color_mode": mode, "target_size": size, "interpolation": how} for size in ([3, 4], [11, 8], [5, 13])
                ]
                calls.append(
                    {"color_mode": mode, "target_size": [4, 4], "interpolation": how, "keep_aspect_ratio": True}
                )
        for kwargs in calls:
            image = keras.utils.load_img(io.BytesIO(data), **kwargs)
            cases.append({"file": name, "kwargs": kwargs, "mode": image.mode, "size": list(image.size),
                          "output": keras.utils.img_to_array(image, dtype="int32")})  # fmt: skip
    rng = rng_for("utils/array_to_img")
    arrays = []
    for shape in ((2, 3, 1), (2, 3, 3), (3, 2, 4)):
        x = np.round(rng.uniform(-3, 300, shape), 1).astype("float32")
        for kwargs, values in (({}, x), ({"scale": False}, np.abs(x))):
            image = keras.utils.array_to_img(values, **kwargs)
            arrays.append({"x": values, "kwargs": kwargs, "mode": image.mode, "output": keras.utils.img_to_array(image),
                           "first": keras.utils.img_to_array(image, data_format="channels_first")})  # fmt: skip
    smart = []
    x, batch = rand(rng, (5, 8, 2), 0, 1), rand(rng, (2, 3, 4, 7), 0, 1)
    for args, kwargs in (
        ([x, [3, 3]], {}), ([x, [4, 10]], {"interpolation": "nearest"}), ([batch, [2, 2]], {"interpolation": "bicubic"}),
        ([batch, [5, 3]], {"data_format": "channels_first"}), ([x, [1, 9]], {}),
    ):  # fmt: skip
        output = keras.preprocessing.image.smart_resize(*args, **kwargs)
        smart.append({"args": args, "kwargs": kwargs, "output": output})
    encoded = {name: base64.b64encode(data).decode() for name, data in files.items()}
    return cases, {"files": encoded, "arrays": arrays, "smart_resize": smart}
