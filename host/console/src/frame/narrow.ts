/** Whether the page is so narrow that what stands side by side elsewhere stands one below the other. */

import { useEffect, useState } from "preact/hooks";

const QUERY = "(max-width: 720px)";

export function useNarrow(): boolean {
  const [isNarrow, set] = useState(() => matchMedia(QUERY).matches);
  useEffect(() => {
    const list = matchMedia(QUERY);
    const changed = () => set(list.matches);
    list.addEventListener("change", changed);
    return () => list.removeEventListener("change", changed);
  }, []);
  return isNarrow;
}
