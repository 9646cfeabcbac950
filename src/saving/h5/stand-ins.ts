/**
 * Types of elements that h5wasm 0.10.3 cannot make: float16, bfloat16, bool.
 *
 * It writes an array of a compound type in their place, of elements of the same size, whose description takes more room
 * than that of the type meant; the latter is put over it afterwards. How NumPy's types are described is h5py's
 * convention: bool is an enum of FALSE and TRUE over int8, bfloat16 an opaque pair of bytes.
 *
 * Format: "HDF5 File Format Specification", section IV.A.2.d, datatype messages of version 1.
 */
const COMPOUND_HEAD = 8;

const message = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

const TYPES = {
  // class and flags, size; bit offset, precision; exponent and mantissa; bias
  float16: message('11 20 0f 00  02 00 00 00  00 00 10 00  0a 05 00 0a  0f 00 00 00'),
  bfloat16: message('15 00 00 00  02 00 00 00'),
  // the enum, int8, the names, the values
  bool: Buffer.concat([
    message('18 02 00 00  01 00 00 00  10 08 00 00  01 00 00 00  00 00 08 00'), Buffer.from('FALSE\0\0\0TRUE\0\0\0\0\0\x01'),
  ]),
} as const;

export type StandInType = keyof typeof TYPES;
export const needsStandIn = (dtype: string): dtype is StandInType => Object.hasOwn(TYPES, dtype);

/** The name of the one member of the compound type: no name of a layer has such a character. */
export const standInName = (dtype: StandInType): string => `\u0001keras ${dtype}`;

/** Puts the types meant over their stand-ins, and tells how many there were. */
export function replaceStandIns(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let replaced = 0;
  for (const dtype of Object.keys(TYPES) as StandInType[]) {
    const name = Buffer.from(`${standInName(dtype)}\0`);
    for (let at = buffer.indexOf(name); at >= 0; at = buffer.indexOf(name, at + name.length)) {
      TYPES[dtype].copy(buffer, at - COMPOUND_HEAD);
      replaced++;
    }
  }
  return replaced;
}
