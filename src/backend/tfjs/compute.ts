/** Computes one primitive: whether it can be at all, its kernel, and results brought into the range of their dtype. */
import type { DType } from '../../engine/dtype.js';
import type { ParamsOf, PrimitiveName } from '../../engine/primitives/index.js';
import { kernels } from './kernels/index.js';
import type { Kernel, KernelContext } from './kernels/kernel.js';
import type { Block, Memory } from './memory.js';
import { isNarrow, settle, UnsupportedError, whyNotHeld } from './storage.js';

/** Primitives that only move or compare elements, so that strings pass. */
const FOR_STRINGS: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>([
  'constant', 'reshape', 'transpose', 'broadcast_to', 'concatenate', 'stack', 'split',
  'strided_slice', 'dynamic_slice', 'dynamic_update_slice', 'reverse', 'tile', 'gather', 'gather_nd', 'select', 'equal', 'not_equal', 'stop_gradient',
]);

/** Why a primitive cannot be computed for a dtype, or undefined when it can. */
export function whyUnsupported(name: PrimitiveName, dtype: DType, backend: string): string | undefined {
  if (dtype === 'string' && !FOR_STRINGS.has(name)) {
    return 'strings can be moved and compared, but not computed with';
  }
  return whyNotHeld(dtype, backend);
}

/** @throws UnsupportedError when an operand or a result has a dtype that the primitive cannot have here. */
export function requireSupported<P>(
  name: PrimitiveName, { inputs, outputs }: Pick<KernelContext<P>, 'inputs' | 'outputs'>, backend: string,
): void {
  for (const { dtype } of [...inputs, ...outputs]) {
    const reason = whyUnsupported(name, dtype, backend);
    if (reason) throw new UnsupportedError(`The primitive ${name} cannot be computed for dtype ${dtype}: ${reason}.`);
  }
}

export function compute<N extends PrimitiveName>(
  m: Memory, name: N, x: readonly Block[], context: KernelContext<ParamsOf<N>>,
): Block[] {
  const kernel = kernels[name] as Kernel<ParamsOf<N>>;
  const results = m.collect(() => kernel(m, x, context));
  context.outputs.forEach(({ dtype }, i) => {
    // Shared elements are an operand's, and so already in range.
    if (isNarrow(dtype) && !m.isShared(results[i])) settle(m.numbers(results[i]), dtype);
  });
  return results;
}
