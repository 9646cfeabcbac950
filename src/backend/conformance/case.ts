/** A check of a backend. */
import assert from 'node:assert/strict';
import type { Aval, Backend } from '../backend.js';
import type { PrimitiveName } from '../../engine/primitives/index.js';

export interface ConformanceCase {
  name: string;
  /** Throws (or rejects) when the backend does not behave as the interface says. */
  run(backend: Backend): void | Promise<void>;
}

/** Ends a case that needs what the backend has refused as it said it would. */
class Refused extends Error {}

/**
 * What a backend declares unsupported it must refuse, with the primitive, the dtype and its name in the message. Then
 * the case is over; for what it supports this does nothing.
 */
export function expectRefusal(backend: Backend, name: PrimitiveName, avals: readonly Aval[], attempt: () => unknown): void {
  const lacking = avals.find(({ dtype }) => backend.unsupported(name, dtype) !== undefined);
  if (!lacking) return;
  assert.throws(attempt, ({ message }: Error) => {
    for (const word of [name, lacking.dtype, backend.name]) assert.ok(message.includes(word), `'${word}' in: ${message}`);
    return true;
  });
  throw new Refused();
}

/** Runs a part of a case, which a refusal may end. */
export async function untilRefused(part: () => void | Promise<void>): Promise<void> {
  try {
    await part();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}
