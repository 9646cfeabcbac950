/** Numbers as Python writes them, and its format strings: names of files and lines of logs are the same in both. */

/** Python's `repr` of a float: the shortest text that reads back the same, `1.0`, `1e-05`, `nan`. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa, power] = value.toExponential().split('e');
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) return `${mantissa}e${twoDigits(power)}`;
  const plain = Math.abs(value) < 1e-6 && value !== 0 ? value.toFixed(20).replace(/0+$/, '') : String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

/** `-7` as `-07`: exponents have two digits at least. */
const twoDigits = (power: string): string => power[0] + power.slice(1).padStart(2, '0');

/** A format string asks for what the values do not give. */
export class FormatError extends Error {
  override name = 'FormatError';
}

/** Values by name: those that Python has as int, and those it has as float. */
export interface FormatValues {
  integers: Readonly<Record<string, number>>;
  floats: Readonly<Record<string, number>>;
}

const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/**
 * Python's `template.format(**values)` for numbers: `{name}`, `{name:spec}`, `{{` and `}}`. With epoch 3 and loss 0.256,
 * `{epoch:02d}-{loss:.2f}` is `03-0.26`.
 *
 * @throws FormatError for a name that is not among the values, and a specification that numbers do not have
 */
export function formatTemplate(template: string, { integers, floats }: FormatValues): string {
  return template.replaceAll(/\{\{|\}\}|\{([^{}:]*)(?::([^{}]*))?\}|[{}]/g, (token, name?: string, spec = '') => {
    if (token === '{{' || token === '}}') return token[0];
    if (name === undefined) throw new FormatError(`'${template}' has a single '${token}'; write it twice for the character.`);
    if (name in integers) return formatNumber(integers[name], spec, true);
    if (name in floats) return formatNumber(floats[name], spec, false);
    const known = [...Object.keys(integers), ...Object.keys(floats)].join(', ');
    throw new FormatError(`'${template}' asks for '${name}', which is not known here. Known: ${known}.`);
  });
}

function formatNumber(value: number, spec: string, isInteger: boolean): string {
  const match = SPEC.exec(spec);
  const [, fill, align, sign = '-', alternate, zero, width, group, precision, type] = match ?? [];
  const refuse = (): never => {
    throw new FormatError(`'${spec}' is no format of ${isInteger ? 'an integer' : 'a floating-point number'}.`);
  };
  if (!match || alternate || (type === 'd' && !isInteger) || (type === undefined && precision !== undefined && isInteger)) refuse();
  let body = digitsOf(Math.abs(value), type, precision === undefined ? undefined : Number(precision), isInteger) ?? refuse();
  if (group) body = body.replace(/^\d+/, (whole) => whole.replaceAll(/\B(?=(\d{3})+$)/g, group));
  const isNegative = value < 0 || Object.is(value, -0);
  const prefix = isNegative ? '-' : sign === '-' ? '' : sign;
  const missing = Math.max(0, Number(width ?? 0) - prefix.length - body.length);
  const padding = (fill ?? (zero ? '0' : ' ')).repeat(missing);
  switch (align ?? (zero ? '=' : '>')) {
    case '<': return prefix + body + padding;
    case '=': return prefix + padding + body;
    case '^': return padding.slice(0, Math.floor(missing / 2)) + prefix + body + padding.slice(Math.floor(missing / 2));
    default: return padding + prefix + body;
  }
}

/** The digits of a number >= 0; undefined for a type that numbers do not have. */
function digitsOf(value: number, type: string | undefined, precision: number | undefined, isInteger: boolean): string | undefined {
  const upper = type !== undefined && type !== type.toLowerCase();
  const cased = (text: string): string => (upper ? text.toUpperCase() : text);
  const kind = type?.toLowerCase() ?? (isInteger ? 'd' : precision === undefined ? 'r' : 'g');
  if (kind !== 'd' && !Number.isFinite(value)) return cased(pythonFloat(value)) + (kind === '%' ? '%' : '');
  switch (kind) {
    case 'd': return String(value);
    case 'r': return pythonFloat(value);
    case 'f': return fixed(value, precision ?? 6);
    case '%': return `${fixed(value * 100, precision ?? 6)}%`;
    case 'e': return cased(exponential(value, precision ?? 6));
    case 'g': return cased(general(value, precision ?? 6, type === undefined));
    default: return undefined;
  }
}

/** Half goes to the even digit, where JavaScript rounds it up. */
function fixed(value: number, precision: number): string {
  const rounded = value.toFixed(precision);
  // 100 digits hold every half exactly.
  const exact = value.toFixed(100);
  const kept = exact.length - 100 + precision;
  if (!/^50*$/.test(exact.slice(kept))) return rounded;
  const cut = exact.slice(0, kept).replace(/\.$/, '');
  return Number(cut.at(-1)) % 2 === 0 ? cut : rounded;
}

function exponential(value: number, precision: number): string {
  const [mantissa, power] = value.toExponential(precision).split('e');
  return `${mantissa}e${twoDigits(power)}`;
}

/** @param keepsPoint whether `3` is written `3.0`, as without a type */
function general(value: number, precision: number, keepsPoint: boolean): string {
  const significant = Math.max(1, precision);
  const power = Number(value.toExponential(significant - 1).split('e')[1]);
  const bare = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (power < -4 || power >= significant - (keepsPoint ? 1 : 0)) {
    const [mantissa, exponent] = exponential(value, significant - 1).split('e');
    return `${bare(mantissa)}e${exponent}`;
  }
  const plain = bare(value.toFixed(significant - 1 - power));
  return keepsPoint && !plain.includes('.') ? `${plain}.0` : plain;
}
