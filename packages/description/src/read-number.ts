/** Identifiers of 64 bits pass, although JavaScript rounds them: what is stored is the text. */
export function readInteger(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? finite(text) : undefined;
}

/** xs:double without INF and NaN. */
export function readNumber(text: string): number | undefined {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? finite(text) : undefined;
}

function finite(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
