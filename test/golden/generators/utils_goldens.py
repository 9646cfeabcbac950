"""keras.utils: bounding boxes."""

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


FAMILIES = {"bounding_boxes": bounding_boxes}
