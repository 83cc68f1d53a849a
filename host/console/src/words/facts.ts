/** The host's texts in the page's language. They come in English, most with the name of the fact and what it is about; what
 * has no name is looked for among the known sentences, and else stays English. */

import { language } from ".";
import type { Fact } from "../api/types";
import { codes } from "./codes.zh";
import { facts } from "./facts.zh";
import { reasoned } from "./reasons";

/** A text in Chinese; nothing where only the English is known. In the English page it is the text itself. */
export function said(text: string, fact: Fact = {}): string | null {
  if (language.value !== "zh" || !isEnglish(text)) return text;
  const worded = factOf(fact);
  if (worded !== null) return worded;
  const known = reasoned(text);
  return known === text ? null : known;
}

/** What an error's code means; nothing where it is not known. */
export function meaning(code: string): string | null {
  return language.value === "zh" ? (codes[code] ?? null) : null;
}

function factOf({ kind, params }: Fact): string | null {
  const wordings = kind ? facts[kind] : undefined;
  if (wordings === undefined) return null;
  const given = params ?? {};
  for (const wording of typeof wordings === "string" ? [wordings] : wordings) {
    const wanted = [...wording.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    if (wanted.every((name) => given[name] !== undefined && given[name] !== null)) {
      return wording.replace(/\{(\w+)\}/g, (_, name: string) => listed(plain(given[name])));
    }
  }
  return null;
}

/** Quoted words between which the host writes `or`, as a Chinese list. */
function listed(text: string): string {
  return text.replace(/(?<=") or (?=")/g, "、");
}

function plain(value: unknown): string {
  return Array.isArray(value) ? value.map(plain).join("、") : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Whether a text is the host's English, and not what an operator has written in Chinese. What is quoted says nothing of it. */
function isEnglish(text: string): boolean {
  const own = text.replace(/`[^`]*`|“[^”]*”|「[^」]*」/g, "");
  const chinese = own.match(/[\u3400-\u9fff]/g)?.length ?? 0;
  const words = own.match(/[A-Za-z]{2,}/g)?.length ?? 0;
  return words >= 2 && words >= chinese;
}
