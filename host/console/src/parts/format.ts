/** Numbers, times and sizes as they are shown. */

import { language } from "../words";

/** Such as `412 ms` and `3.2 s`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms === 0) return "0 ms";
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

export function money(yuan: number | null | undefined): string {
  if (yuan === null || yuan === undefined) return "–";
  return `¥${yuan === 0 ? "0" : yuan.toFixed(yuan < 0.01 ? 6 : 4)}`;
}

export function count(number: number | null | undefined): string {
  return number === null || number === undefined ? "–" : number.toLocaleString("en-US");
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1 << 20) return `${(bytes / 1024).toFixed(1)} KiB`;
  if (bytes < 1 << 30) return `${(bytes / (1 << 20)).toFixed(1)} MiB`;
  return `${(bytes / (1 << 30)).toFixed(1)} GiB`;
}

/** Floats that are written with three digits lie beside them by far less. */
const BESIDE = 1e-9;

/** A score with three digits, more would only look exact. What is beyond them is left off and not rounded: a score that is shown as
 * high as a threshold has reached it. */
export function score(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : (Math.floor(value * 1000 + BESIDE) / 1000).toFixed(3);
}

/** What a score lacks: with what was left off of it. */
export function lack(value: number): string {
  return (Math.ceil(value * 1000 - BESIDE) / 1000).toFixed(3);
}

/** Seconds since 1970 as a time of the browser's zone: of today without the day, of this year without the year. */
export function clock(seconds: number): string {
  const time = new Date(seconds * 1000);
  const hours = time.toLocaleTimeString("zh-CN", { hour12: false });
  if (time.toDateString() === new Date().toDateString()) return hours;
  const year = time.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" as const };
  const day = language.value === "en"
    ? time.toLocaleDateString("en-GB", { day: "2-digit", month: "short", ...year })
    : time.toLocaleDateString("zh-CN", { month: "2-digit", day: "2-digit", ...year });
  return `${day} ${hours}`;
}

export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
