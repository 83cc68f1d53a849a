/** The host's texts in the page's language. They come in English, most with the name of the fact and what it is about; what
 * has no name is looked for among the known sentences, and else stays English. */

import { language } from ".";
import type { Fact } from "../api/types";
import { worded } from "../api/worded";
import { codes } from "./codes.zh";
import { facts } from "./facts.zh";
import { joints, reasons } from "./reasons";

/** Longer texts are not looked into. */
const LONGEST = 4_000;

/** A text in Chinese; nothing where only the English is known. In the English page it is the text itself. */
export function said(text: string, fact?: Fact): string | null {
  if (language.value !== "zh") return text;
  // A sentence of the host's that quotes much Chinese does not look English, and is known all the same.
  return whole(text, fact) ?? joined(text) ?? (isEnglish(text) ? null : text);
}

/** The same, or the text as it came. */
export function reasoned(text: string): string {
  return said(text) ?? text;
}

/** What an error's code means; nothing where it is not known. */
export function meaning(code: string): string | null {
  return language.value === "zh" ? (codes[code] ?? null) : null;
}

function whole(text: string, fact?: Fact): string | null {
  const known = factOf(fact) ?? factOf(worded.get(text));
  if (known !== null || text.length > LONGEST) return known;
  for (const [pattern, said] of reasons) {
    const found = pattern.exec(text);
    if (found) return said.replace(/\$(\d)/g, (_, place: string) => reasoned(found[Number(place)] ?? ""));
  }
  return null;
}

/** Several reasons in one. Each has to be known. */
function joined(text: string): string | null {
  for (const [between, join] of joints) {
    const parts = text.split(between);
    const said = parts.length > 1 ? parts.map((part) => whole(part)) : [null];
    if (said.every((part) => part !== null)) return said.join(join);
  }
  return null;
}

function factOf({ kind, params, inner }: Fact = {}): string | null {
  const wordings = kind ? facts[kind] : undefined;
  if (wordings === undefined) return null;
  const given = params ?? {};
  for (const wording of typeof wordings === "string" ? [wordings] : wordings) {
    const wanted = [...wording.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    if (wanted.every((name) => given[name] !== undefined && given[name] !== null)) {
      return wording.replace(/\{(\w+)\}/g, (_, name: string) => {
        const text = plain(given[name]);
        return listed(said(text, inner?.[name]) ?? text);
      });
    }
  }
  return null;
}

/** What the host says in place of a value: the kind of value that is wanted, and whose keys are meant. */
const KINDS: Record<string, string> = {
  "a text in quotes (string)": "引号里的文字", "a whole number": "整数", "a number": "数", "true or false": "true 或 false", "a list": "列表", "a table": "表",
  "a filter": "筛选条件", "this plugin's configuration": "插件的配置", "this plugin's configuration; remove it": "插件的配置",
};

/** Quoted words between which the host writes `or`, and lines, as Chinese has them. */
function listed(text: string): string {
  const kinds = KINDS[text] ? [text] : text.split(" or ");
  if (kinds.every((kind) => KINDS[kind])) return kinds.map((kind) => KINDS[kind]).join("或");
  return text.replace(/(?<=") or (?=")/g, "、").replace(/\bline (\d+)/g, "第 $1 行").replaceAll(" where TOML wants ", " 应为 ");
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
