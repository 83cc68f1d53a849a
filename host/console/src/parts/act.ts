/** What is done at the operator's wish: whether it is at work, and why it failed. */

import { useState } from "preact/hooks";

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

export interface Act {
  isBusy: boolean;
  error: Error | null;
  act: (work: () => Promise<unknown>) => void;
}

export function useAct(): Act {
  const [state, setState] = useState<boolean | Error>(false);
  const act = (work: () => Promise<unknown>) => {
    setState(true);
    work().then(() => setState(false), (error: unknown) => setState(asError(error)));
  };
  return { isBusy: state === true, error: state instanceof Error ? state : null, act };
}
