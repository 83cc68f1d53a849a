/** The screens there are, in the order of the navigation; the letter is what follows `g`. */

import type { FunctionComponent } from "preact";
import { Traces } from "./traces";

export interface Screen {
  name: string;
  letter: string;
  component: FunctionComponent;
}

export const SCREENS: readonly Screen[] = [
  { name: "traces", letter: "t", component: Traces },
];
