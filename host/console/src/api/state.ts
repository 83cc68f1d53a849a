/** The states of a job. */

import type { Job } from "./types";

/** Whether nothing more will come of it. */
export function ended(state: Job["state"]): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}
