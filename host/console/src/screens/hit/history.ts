/** The questions that were tried last, on this browser. */

import { signal } from "@preact/signals";
import { keep, kept } from "../../frame/kept";

const MOST = 20;

function read(): string[] {
  try {
    const questions: unknown = JSON.parse(kept("local", "questions") ?? "[]");
    return Array.isArray(questions) ? questions.filter((question) => typeof question === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export const tried = signal<readonly string[]>(read());

export function remember(question: string): void {
  if (!question) return;
  tried.value = [question, ...tried.value.filter((other) => other !== question)].slice(0, MOST);
  keep("local", "questions", JSON.stringify(tried.value));
}
