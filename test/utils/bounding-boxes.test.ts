import { expect } from 'chai';
import { jit } from '../../src/engine/jit.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { ones } from '../../src/ops/index.js';
import * as bounding_boxes from '../../src/utils/bounding-boxes/index.js';
import { isGoldenTensor, loadGolden, type GoldenCall, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor } from '../golden/tensors.js';
import { describeBackends } from '../support/backends.js';

type Row = GoldenCall & { output: GoldenValue };
type Call = (...args: unknown[]) => unknown;
const TOLERANCE = { rtol: 1e-5, atol: 2e-5 };

describeBackends('keras.utils.bounding_boxes against Python Keras', () => {
  const rows = loadGolden<Row>('utils', 'bounding_boxes').cases;
  for (const op of new Set(rows.map((row) => row.op))) {
    it(op, () => {
      for (const { args, kwargs, output } of rows.filter((row) => row.op === op)) {
        const call = (bounding_boxes as unknown as Record<string, Call>)[op];
        const given = args.map(argumentOf);
        const result = Object.keys(kwargs).length > 0 ? call(...given, argumentOf(kwargs)) : call(...given);
        const what = `${op}(${JSON.stringify(args.slice(1))}, ${JSON.stringify(kwargs)})`;
        if (isGoldenTensor(output)) {
          expectTensor(result as Tensor, output, what, output.dtype === 'float16' ? {} : TOLERANCE);
          continue;
        }
        const parts = result as Record<string, Tensor>;
        expect(Object.keys(parts), what).to.have.members(Object.keys(output as object));
        for (const [key, value] of Object.entries(output as object)) {
          expectTensor(parts[key], value as GoldenTensor, `${what}: ${key}`, TOLERANCE);
        }
      }
    });
  }

  it('runs in compiled functions', () => {
    const iou = jit((x: Tensor, y: Tensor) => bounding_boxes.compute_iou(x, y, 'xywh'));
    expect(iou(ones([2, 4]), ones([3, 4])).shape).to.deep.equal([2, 3]);
    iou.dispose();
  });
});

describe('keras.utils.bounding_boxes', () => {
  it('leaves the object that it gets as it is', () => {
    const given = { boxes: [[1, 2, 3, 4]], labels: [7] };
    const { boxes, labels } = bounding_boxes.convert_format(given, 'xyxy', 'xywh');
    expect(boxes.arraySync()).to.deep.equal([[1, 2, 2, 2]]);
    expect([labels, given.boxes]).to.deep.equal([[7], [[1, 2, 3, 4]]]);
  });

  it('takes relative boxes in compute_ciou, and one set of boxes in affine_transform', () => {
    const relative = bounding_boxes.compute_ciou([[0, 0, 0.5, 1]], [[0, 0, 1, 1]], 'rel_xyxy', { image_shape: [4, 4, 3] });
    const pixels = bounding_boxes.compute_ciou([[0, 0, 2, 4]], [[0, 0, 4, 4]], 'xyxy');
    expect(relative.arraySync()).to.deep.equal(pixels.arraySync());
    const one = bounding_boxes.affine_transform([[1, 1, 3, 2]], 90, 0, 0, 1, 0, 0, 9, 9);
    const [again] = bounding_boxes.affine_transform([[[1, 1, 3, 2]]], [90], [0], [0], [1], [0], [0], 9, 9).arraySync() as number[][][];
    expect(one.arraySync()).to.deep.equal(again);
  });

  it('refuses unknown formats, missing sizes and boxes that are none', () => {
    const boxes = [[1, 2, 3, 4]];
    expect(() => bounding_boxes.convert_format([[1, 2, 3]], 'xyxy', 'xywh')).to.throw(/\[\.\.\., 4\].*\[1, 3\]/);
    expect(() => bounding_boxes.convert_format(boxes, 'xyz', 'xywh')).to.throw(TypeError, /source.*center_xywh.*'xyz'/);
    expect(() => bounding_boxes.convert_format(boxes, 'xyxy', 'rel_xyxy', { height: 3 })).to.throw(TypeError, /width: null/);
    expect(() => bounding_boxes.clip_to_image_size({ boxes }, { bounding_box_format: 'xywh' })).to.throw(TypeError, /'xywh'/);
    expect(() => bounding_boxes.clip_to_image_size({ boxes }, 3)).to.throw(TypeError, /height: 3, width: null/);
    expect(() => bounding_boxes.crop(boxes, 1, 1, 1, 1, 'yxyx')).to.throw(TypeError, /'yxyx'/);
    expect(() => bounding_boxes.compute_iou(boxes, [1, 2, 3, 4], 'xyxy')).to.throw(/\[1, 4\] and \[4\]/);
    expect(() => bounding_boxes.compute_iou(boxes, boxes, 'rel_xyxy')).to.throw(TypeError, /image_shape/);
    expect(() => bounding_boxes.encode_box_to_deltas(boxes, boxes, 'xyxy', 'xyxy', 'xywh')).to.throw(TypeError, /encoding_format/);
    expect(() => bounding_boxes.decode_deltas_to_boxes(boxes, boxes, 'xyxy', 'xyxy', { variance: [1, 2] })).to.throw(/four.*\[2\]/);
  });
});
