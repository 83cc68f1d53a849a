/** The screens there are, in the order of the navigation; the letter is what follows `g`. */

import type { FunctionComponent } from "preact";
import { Bases } from "./bases";
import { Bulk } from "./bulk";
import { Chat } from "./chat";
import { Config } from "./config";
import { Costs } from "./costs";
import { HitTest } from "./hit";
import { Plugins } from "./plugins";
import { Traces } from "./traces";

export interface Screen {
  name: string;
  letter: string;
  component: FunctionComponent;
}

export const SCREENS: readonly Screen[] = [
  { name: "chat", letter: "d", component: Chat },
  { name: "traces", letter: "t", component: Traces },
  { name: "hit", letter: "m", component: HitTest },
  { name: "bulk", letter: "p", component: Bulk },
  { name: "bases", letter: "z", component: Bases },
  { name: "plugins", letter: "c", component: Plugins },
  { name: "config", letter: "s", component: Config },
  { name: "costs", letter: "f", component: Costs },
];
