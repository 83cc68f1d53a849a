/** How an address says that sections are searched alone, as an app does that answers directly. */
export const ALONE = "no";
