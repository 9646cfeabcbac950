/** Makes one ONNX graph of the nodes of several traces: numbers that differ are computed from shapes when it runs. */
import { bytesOf, isFloat, type DType, type HostData } from '../../engine/dtype.js';
import { numbersToBits } from '../../engine/host.js';
import { sizeOf, type Shape } from '../../engine/shape.js';
import { Dimensions, isConstant, ROUNDING, SizeError, type Dimension, type SizeExpression } from '../../engine/sizes.js';
import type { Attribute, Body, ConstantItem, Item, NodeItem } from './builder.js';
import { ATTRIBUTE, ONNX_DTYPE, type AttributeMessage, type GraphMessage, type NodeMessage, type TensorMessage, type ValueInfoMessage } from './proto.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A place in the file where names are known: the graph, or one inside of a node. */
class Scope {
  readonly nodes: NodeMessage[] = [];
  readonly dimensions: Dimensions<string>;
  readonly #sizes: Map<string, string>;

  constructor(around?: Scope) {
    this.dimensions = new Dimensions(around?.dimensions.all);
    this.#sizes = new Map(around?.sizes);
  }

  /** Names of tensors that hold one dimension. */
  get sizes(): Map<string, string> {
    return this.#sizes;
  }
}

export class Merger {
  readonly initializers: TensorMessage[] = [];
  readonly #constants = new Map<string, string>();
  #count = 0;

  /** The nodes of bodies that are alike but for numbers. */
  merge(bodies: readonly Body[]): NodeMessage[] {
    return this.#mergeItems(bodies.map(({ items }) => items), new Scope());
  }

  #mergeItems(traces: readonly (readonly Item[])[], scope: Scope): NodeMessage[] {
    const renamed = new Map<string, string>();
    const nameOf = (name: string): string => renamed.get(name) ?? this.#renamed.get(name) ?? name;
    traces[0].forEach((item, i) => {
      const same = traces.map((items) => items[i]);
      if (same.some((other) => other.kind !== item.kind)) throw new SizeError('scope' in item ? item.scope : '');
      switch (item.kind) {
        case 'seen':
          scope.dimensions.add(nameOf(item.name), same.map((other) => (other as typeof item).shape));
          break;
        case 'constant':
          this.#renamed.set(item.name, this.#constant(same as ConstantItem[], scope));
          break;
        case 'node':
          this.#node(same as NodeItem[], scope, nameOf);
      }
    });
    return scope.nodes;
  }

  /** What constants are called in the file. */
  readonly #renamed = new Map<string, string>();

  #node(same: readonly NodeItem[], scope: Scope, nameOf: (name: string) => string): void {
    const [{ op, inputs, outputs, attributes, scope: layer }] = same;
    const attribute = Object.keys(attributes).map((name) =>
      this.#attribute(name, same.map((node) => node.attributes[name]), scope, `${op} of ${layer}`));
    scope.nodes.push({ input: inputs.map(nameOf), output: outputs, name: `${layer}/${op}_${this.#count++}`, op_type: op, attribute });
  }

  #attribute(name: string, same: readonly Attribute[], scope: Scope, where: string): AttributeMessage {
    const [attribute] = same;
    if ('body' in attribute) {
      return { name, type: ATTRIBUTE.graph, g: this.#graph(same.map((other) => (other as typeof attribute).body), scope) };
    }
    if (!isConstant(same.map((other) => JSON.stringify(other)).map((text, _, all) => all.indexOf(text)))) throw new SizeError(where);
    if ('int' in attribute) return { name, type: ATTRIBUTE.int, i: attribute.int };
    if ('ints' in attribute) return { name, type: ATTRIBUTE.ints, ints: attribute.ints };
    if ('float' in attribute) return { name, type: ATTRIBUTE.float, f: attribute.float };
    return { name, type: ATTRIBUTE.string, s: utf8(attribute.string) };
  }

  #graph(bodies: readonly Body[], around: Scope): GraphMessage {
    const [{ inputs, outputs }] = bodies;
    return {
      name: `body_${this.#count++}`,
      input: inputs.map(({ name, aval }, i) => valueInfo(name, aval.dtype,
        aval.shape.map((d, axis) => (bodies.every((body) => body.inputs[i].aval.shape[axis] === d) ? d : null)))),
      node: this.#mergeItems(bodies.map(({ items }) => items), new Scope(around)),
      initializer: [],
      output: outputs.map((name) => ({ name }) as ValueInfoMessage),
    };
  }

  // ---- constants ----

  #constant(same: readonly ConstantItem[], scope: Scope): string {
    const [{ shape, dtype, data, scope: layer }] = same;
    if (same.every((other) => equalData(other.data, data))) return this.#initializer(data, shape, dtype);
    if (shape.length > 1 || same.some((other) => other.shape.join() !== shape.join())) throw new SizeError(layer);
    const columns = Array.from({ length: sizeOf(shape) }, (_, i) => same.map((other) => Number(other.data[i])));
    const known = columns.map((column, i) => knownElement(column, i, columns, same));
    const elements = columns.map((column, i) => {
      const number = known[i];
      if (number !== undefined) return number;
      const found = scope.dimensions.express(column, ROUNDING[dtype]);
      if (!found) throw new SizeError(layer);
      return this.#expression(found, dtype, scope);
    });
    if (elements.every((element) => typeof element === 'number')) return this.#initializer(numbersToBits(elements, dtype), shape, dtype);
    const names = elements.map((element) => (typeof element === 'number'
      ? this.#initializer(numbersToBits([element], dtype), [1], dtype) : element));
    if (shape.length === 0) return this.#append(scope, 'Squeeze', [names[0]]);
    return names.length === 1 ? names[0]
      : this.#append(scope, 'Concat', names, [{ name: 'axis', type: ATTRIBUTE.int, i: 0 }]);
  }

  #initializer(data: HostData, shape: Shape, dtype: DType): string {
    const isSmall = !Array.isArray(data) && data.length <= 64;
    const key = isSmall ? `${dtype}|${shape.join()}|${data.join()}` : '';
    let name = this.#constants.get(key);
    if (name === undefined || !isSmall) {
      name = `/constant_${this.#count++}`;
      this.initializers.push(tensorMessage(name, data, shape, dtype));
      if (isSmall) this.#constants.set(key, name);
    }
    return name;
  }

  #append(scope: Scope, op: string, input: readonly string[], attribute: AttributeMessage[] = []): string {
    const name = `/size_${this.#count++}`;
    scope.nodes.push({ input, output: [name], name: `${name}/${op}`, op_type: op, attribute });
    return name;
  }

  #size({ tensor, axis }: Dimension<string>, scope: Scope): string {
    const key = `${tensor}|${axis}`;
    let name = scope.sizes.get(key);
    if (name === undefined) {
      name = this.#append(scope, 'Shape', [tensor], [
        { name: 'start', type: ATTRIBUTE.int, i: axis }, { name: 'end', type: ATTRIBUTE.int, i: axis + 1 }]);
      scope.sizes.set(key, name);
    }
    return name;
  }

  /** A vector of one element. */
  #expression({ factors, times, over, plus, isInverse }: SizeExpression<string>, dtype: DType, scope: Scope): string {
    const kind: DType = isFloat(dtype) ? 'float64' : 'int64';
    const number = (value: number): string => this.#initializer(numbersToBits([value], kind), [1], kind);
    const cast = (name: string, to: DType): string =>
      this.#append(scope, 'Cast', [name], [{ name: 'to', type: ATTRIBUTE.int, i: ONNX_DTYPE[to] }]);
    const sizes = factors.map((factor) => this.#size(factor, scope)).map((name) => (kind === 'int64' ? name : cast(name, kind)));
    let value = sizes.reduce((product, size) => this.#append(scope, 'Mul', [product, size]));
    if (times !== 1) value = this.#append(scope, 'Mul', [value, number(times)]);
    if (over !== 1) value = this.#append(scope, 'Div', [value, number(over)]);
    if (plus !== 0) value = this.#append(scope, 'Add', [value, number(plus)]);
    if (isInverse) value = this.#append(scope, 'Reciprocal', [value]);
    return kind === dtype ? value : cast(value, dtype);
  }
}

/** An element that is the same in all traces, or that ONNX finds out by itself. */
function knownElement(
  column: readonly number[], i: number, columns: readonly (readonly number[])[], same: readonly ConstantItem[],
): number | undefined {
  if (isConstant(column)) return column[0];
  const [{ role }] = same;
  if (!role) return undefined;
  const offset = role.kind === 'expand' ? columns.length - role.from.length : 0;
  const isKept = (at: number): boolean => {
    const axis = at - offset;
    return axis >= 0 && axis < role.from.length && same.every((other, trace) => other.role!.from[axis] === columns[at][trace]);
  };
  // Expand keeps what it is told to make 1, Reshape what is 0; and Reshape finds one -1.
  if (isKept(i)) return role.kind === 'expand' ? 1 : 0;
  const isOnly = columns.every((other, at) => at === i || isConstant(other) || isKept(at));
  return role.kind === 'reshape' && isOnly ? -1 : undefined;
}

const equalData = (a: HostData, b: HostData): boolean =>
  a.length === b.length && (a as readonly unknown[]).every((value, i) => Object.is(value, b[i]));

export function tensorMessage(name: string, data: HostData, shape: Shape, dtype: DType): TensorMessage {
  const head = { name, dims: shape, data_type: ONNX_DTYPE[dtype] };
  if (Array.isArray(data)) return { ...head, string_data: data.map(utf8) };
  return { ...head, raw_data: bytesOf(data) };
}

/** @param shape null: a dimension that differs; a string: its name */
export function valueInfo(name: string, dtype: DType, shape: readonly (number | string | null)[]): ValueInfoMessage {
  const dim = shape.map((d) => (typeof d === 'number' ? { dim_value: d } : d === null ? {} : { dim_param: d }));
  return { name, type: { tensor_type: { elem_type: ONNX_DTYPE[dtype], shape: { dim } } } };
}
