/** Numbers that tell apart what one program reduces over processes. */

let next = 0;

/** Starts anew: at the beginning of a program, which all processes trace alike. */
export function restartOrdinals(): void {
  next = 0;
}

export const nextOrdinal = (): number => next++;
