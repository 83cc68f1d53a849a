/** Which documents of a base are meant: what the address says, as the host takes it. Listing and deleting go by the same. */

import type { Filter } from "../../api/types";
import { readFilter } from "../../parts/filter-rows";

export const STATES = ["", "on", "off", "noted", "failed"] as const;

export interface Which {
  q: string;
  /** `null` for those without an origin, nothing for all. */
  origin: string | null | undefined;
  state: (typeof STATES)[number];
  /** Days of the browser's zone, both of them included. */
  from: string;
  to: string;
  filter: Filter | null;
}

/** Names of the parameters in the address. */
export const PARAMETERS = ["q", "origin", "without", "state", "from", "to", "f"] as const;

export function whichOf(parameters: Record<string, string>): Which {
  const { q = "", origin, without, from = "", to = "", f } = parameters;
  return { q, origin: without ? null : origin, state: STATES.find((state) => state === parameters["state"]) ?? "", from, to, filter: readFilter(f) };
}

export function isAll({ q, origin, state, from, to, filter }: Which): boolean {
  return !q && origin === undefined && !state && !from && !to && filter === null;
}

/** As a query; what says nothing is left out. */
export function queryOf({ q, origin, state, from, to, filter }: Which): URLSearchParams {
  const query = new URLSearchParams();
  if (q) query.set("q", q);
  if (origin !== undefined) query.set("origin", origin ?? "");
  if (state) query.set("state", state);
  const begin = dayStart(from);
  const end = dayStart(to);
  if (begin !== null) query.set("from", String(begin));
  if (end !== null) query.set("to", String(end + DAY - 1));
  if (filter) query.set("filters", JSON.stringify(filter));
  return query;
}

const DAY = 86_400;

/** The first second of a day. */
function dayStart(day: string): number | null {
  const time = /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00`).getTime() : NaN;
  return Number.isNaN(time) ? null : Math.floor(time / 1000);
}
