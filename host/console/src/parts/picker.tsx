/** A button that lets files be chosen, in the page's own words. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";

export function Picker({ label, folder = false, many = true, picked }: { label: string; folder?: boolean; many?: boolean; picked: (files: File[]) => void }): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => field.current?.click()}>{label}</button>
      <input
        ref={(element) => {
          field.current = element;
          if (folder && element) element.webkitdirectory = true;
        }}
        class="hidden" type="file" multiple={many} tabIndex={-1} aria-label={label}
        onChange={(event) => {
          picked([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}
