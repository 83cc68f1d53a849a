/** How many tokens a text is likely to take, as the host estimates it: one for each wide sign, one for every three bytes of
 * the rest. `host/src/weight.rs` says why. */

/** The first of the wide signs. */
const WIDE = 0x2e80;

export interface Weight {
  wide: number;
  /** In bytes. */
  narrow: number;
}

export function weightOf(text: string): Weight {
  let wide = 0;
  let narrow = 0;
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    if (code >= WIDE) wide += 1;
    else narrow += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
  }
  return { wide, narrow };
}

export function plus(a: Weight, b: Weight): Weight {
  return { wide: a.wide + b.wide, narrow: a.narrow + b.narrow };
}

export function tokens({ wide, narrow }: Weight): number {
  return wide + Math.ceil(narrow / 3);
}
