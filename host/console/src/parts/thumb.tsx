/** A thumb, up or down; not a character, which a system may lack. */

import type { JSX } from "preact";

export function Thumb({ down = false }: { down?: boolean }): JSX.Element {
  return (
    <svg viewBox="0 0 20 20" width="15" height="15" aria-hidden="true" class={down ? "thumb down" : "thumb"}>
      <path d="M2 9h3.4v8H2zM6.8 9.2 10 2.4c1.5 0 2.4 1.1 2.1 2.6L11.5 8h4.6c1.2 0 2.1 1.1 1.8 2.3l-1.4 5.3c-.2.9-1 1.4-1.8 1.4H6.8z" fill="currentColor" />
    </svg>
  );
}
