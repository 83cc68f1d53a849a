/** The console: one page that talks to the host it came from. */

import { render } from "preact";
import { Frame } from "./frame/frame";

render(<Frame />, document.body);
