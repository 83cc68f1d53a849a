/** What the browser keeps for this page. Storage may be forbidden, then a setting lasts as long as the page. */

export function kept(store: "local" | "session", name: string): string | null {
  try {
    return storage(store).getItem(`qianfan:${name}`);
  } catch {
    return null;
  }
}

export function keep(store: "local" | "session", name: string, value: string | null): void {
  try {
    if (value === null) storage(store).removeItem(`qianfan:${name}`);
    else storage(store).setItem(`qianfan:${name}`, value);
  } catch {
    // It lasts as long as the page.
  }
}

function storage(store: "local" | "session"): Storage {
  return store === "local" ? localStorage : sessionStorage;
}
