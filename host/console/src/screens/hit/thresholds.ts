/** The thresholds that are tried, one for each base, and how the address says them. */

export type Thresholds = Readonly<Record<string, number>>;

/** `0.52` is for all bases, `faq:0.6,help:0.5` for some; the others have their own. */
export function readThresholds(text: string | undefined, own: Thresholds): Thresholds {
  if (!text) return own;
  const all = legal(Number(text));
  if (all !== null) return Object.fromEntries(Object.keys(own).map((base) => [base, all]));
  const changed = text.split(",").flatMap((part) => {
    const at = part.lastIndexOf(":");
    const threshold = legal(Number(part.slice(at + 1)));
    const base = part.slice(0, at);
    return threshold !== null && base in own ? [[base, threshold] as const] : [];
  });
  return { ...own, ...Object.fromEntries(changed) };
}

export function writeThresholds(thresholds: Thresholds, own: Thresholds): string | undefined {
  const changed = Object.entries(thresholds).filter(([base, threshold]) => threshold !== own[base]);
  const values = new Set(Object.values(thresholds));
  if (changed.length === 0) return undefined;
  if (changed.length === Object.keys(own).length && values.size === 1) return String([...values][0]);
  return changed.map(([base, threshold]) => `${base}:${threshold}`).join(",");
}

function legal(threshold: number): number | null {
  return threshold >= 0 && threshold <= 1 ? threshold : null;
}

/** The one comparison: a hit is in where the host's own score, as it was sent, reaches the threshold. */
export function isIn(hit: { knowledge_base: string; score: number }, thresholds: Thresholds): boolean {
  return hit.score >= (thresholds[hit.knowledge_base] ?? 0);
}
