/** The English words of parts that several screens share. */

import type { parts as zh } from "./parts.zh";

export const parts: typeof zh = {
  filter: {
    title: "Metadata",
    field: "Field, such as year",
    operator: "Compared",
    value: "Value",
    values: "Values, with commas between",
    operators: {
      eq: "is", ne: "is not", in: "is one of", nin: "is none of", gt: "is above", gte: "is at least", lt: "is below", lte: "is at most", exists: "is there",
    },
    add: "Add a condition",
    remove: "Remove this condition",
    any: "One of them is enough",
  },
  told: {
    english: "in English",
  },
};
