import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { findOp, OpOperation } from '../../src/ops/define.js';
import { OPERATION_TABLE } from '../../src/saving/operation-table.js';
import { argumentsInFile, operationFromConfig, serializeOperation } from '../../src/saving/operations.js';

const { ops } = keras;

/** The op and the call that made a symbolic tensor. */
function madeBy(tensor: unknown): { operation: OpOperation; node: Parameters<typeof argumentsInFile>[0] } {
  const { operation, node_index } = (tensor as keras.KerasTensor)._keras_history!;
  return { operation: operation as OpOperation, node: operation._inbound_nodes[node_index] };
}

describe('saving/operations', () => {
  const x = keras.Input([4], { name: 'x' });

  it('tells settings from operands as Python does', () => {
    const { operation, node } = madeBy(ops.sum(x, { axis: 1, keepdims: true }));
    expect(serializeOperation(operation)).to.deep.equal({
      module: 'keras.src.ops.numpy', class_name: 'Sum', registered_name: 'Sum',
      config: { name: operation.name, axis: 1, keepdims: true },
    });
    expect(argumentsInFile(node)).to.deep.equal({ args: [x], kwargs: {} });
  });

  it('keeps numbers that are operands with the operands', () => {
    const { operation, node } = madeBy(ops.multiply(x, 2));
    expect(serializeOperation(operation)).to.deep.include({ class_name: 'Multiply', config: { name: operation.name } });
    expect(argumentsInFile(node).args).to.deep.equal([x, 2]);
  });

  it('spreads operands of any number', () => {
    const { operation, node } = madeBy(ops.einsum('ij,ij->i', x, x));
    expect(serializeOperation(operation).config).to.deep.include({ subscripts: 'ij,ij->i' });
    expect(argumentsInFile(node).args).to.deep.equal([x, x]);
  });

  it('gives names that an op leaves open by name', () => {
    const y = ops.rearrange(x, 'b (h w) -> b h w', { h: 2 });
    const { operation, node } = madeBy(y);
    expect(serializeOperation(operation).config).to.deep.equal({ name: operation.name });
    const { args, kwargs } = argumentsInFile(node);
    expect([args, kwargs]).to.deep.equal([[x, 'b (h w) -> b h w'], { h: 2 }]);
    const model = keras.models.model_from_json(new keras.Model(x, y).to_json()) as keras.Model;
    expect((model(ops.ones([3, 4])) as keras.Tensor).shape).to.deep.equal([3, 2, 2]);
  });

  it('does not take functions for ops of the same name', () => {
    const moved = keras.utils.bounding_boxes.pad(keras.Input([3, 4]) as unknown as keras.TensorLike, 1, 2);
    expect(() => serializeOperation(madeBy(moved).operation)).to.throw(TypeError, "'bounding_boxes.pad'");
    const loss = keras.losses.categorical_crossentropy(x, x, { label_smoothing: 0.1 });
    expect(() => serializeOperation(madeBy(loss).operation)).to.throw(TypeError, "'losses.categorical_crossentropy'");
  });

  it('makes ops of configs, and the same configs of them', () => {
    const config = { name: 'total', axis: -1, keepdims: true };
    const operation = operationFromConfig('keras.src.ops.numpy', 'Sum', config)!;
    expect(operation.name).to.equal('total');
    const call = operation as unknown as (operand: unknown) => unknown;
    const total = call(ops.ones([2, 3])) as keras.Tensor;
    expect(total.arraySync()).to.deep.equal([[3], [3]]);
    expect(serializeOperation(operation)).to.deep.include({ class_name: 'Sum', config });
    expect(argumentsInFile(madeBy(call(x)).node).args).to.deep.equal([x]);
  });

  it('leaves classes of no op alone, and refuses settings that an op does not have', () => {
    expect(operationFromConfig('keras.layers', 'Dense', {})).to.equal(undefined);
    expect(operationFromConfig('keras.src.ops.numpy', 'Nothing', {})).to.equal(undefined);
    expect(() => operationFromConfig('keras.src.ops.numpy', 'Sum', { axes: 1 })).to.throw(/op sum has no setting 'axes'/);
  });

  it('has rows that can be read, for ops that exist here', () => {
    const rows = Object.entries(OPERATION_TABLE);
    expect(rows.length).to.be.above(300);
    for (const [op, row] of rows) expect(row, op).to.match(/^\w+ \w+( ([=?]|\*{0,2})\w+)*$/);
    expect(rows.filter(([op]) => findOp(op)).length).to.be.above(100);
  });
});
