/** Conversion between float32 and the two 16-bit float formats, rounding to nearest even. */

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

function toBfloat16(x: number): number {
  float[0] = x;
  const bits = word[0];
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40; // a NaN stays a NaN
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function toFloat16(x: number): number {
  float[0] = x;
  const bits = word[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Subnormal half: adding 0.5 aligns the mantissa so that the float unit does the rounding.
    float[0] = Math.abs(x) + 0.5;
    return sign | (word[0] - 0x3f000000);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

function fromFloat16(bits: number): number {
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export function toHalfBits(values: ArrayLike<number>, dtype: 'float16' | 'bfloat16'): Uint16Array {
  const convert = dtype === 'float16' ? toFloat16 : toBfloat16;
  return Uint16Array.from({ length: values.length }, (_, i) => convert(values[i]));
}

export function fromHalfBits(bits: Uint16Array, dtype: 'float16' | 'bfloat16'): Float32Array {
  const out = new Float32Array(bits.length);
  if (dtype === 'bfloat16') {
    const words = new Uint32Array(out.buffer);
    for (let i = 0; i < bits.length; i++) words[i] = bits[i] << 16;
  } else {
    for (let i = 0; i < bits.length; i++) out[i] = fromFloat16(bits[i]);
  }
  return out;
}
