/** The page's words in the language the operator chose: Chinese first. */

import { computed, effect, signal } from "@preact/signals";
import { keep, kept } from "../frame/kept";
import { en } from "./en";
import { zh } from "./zh";

export const LANGUAGES = { zh: "中文", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;

export const language = signal<Language>(kept("local", "language") === "en" ? "en" : "zh");
const chosen = computed(() => (language.value === "en" ? en : zh));

/** The words. Whoever reads them is drawn anew when the language changes. */
export function words(): typeof zh {
  return chosen.value;
}

effect(() => {
  document.documentElement.lang = language.value === "en" ? "en" : "zh-CN";
  keep("local", "language", language.value);
});
