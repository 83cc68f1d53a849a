/** The frame around every screen: header, navigation, and the bars that say what is wrong with the whole. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { adminKey, setKey } from "../api/key";
import { away, tryNow } from "../api/link";
import { LANGUAGES, type Language, language, words } from "../words";
import { SCREENS, type Screen } from "../screens";
import { Select } from "../parts/choose";
import { Empty } from "../parts/load";
import { KeyDialog } from "./key-dialog";
import { KeysDialog, keysShown, listenToKeys } from "./keys";
import { Lamp } from "./lamp";
import { useNarrow } from "./narrow";
import { address, place } from "./place";
import { THEMES, theme } from "./theme";

/** Entries of the bottom bar of a narrow page; the rest is behind 更多. */
const IN_BAR = 5;

export function Frame(): JSX.Element {
  const w = words().frame;
  const screen = SCREENS.find(({ name }) => name === (place.value.screen || SCREENS[0]?.name));
  const name = screen ? w.screens[screen.name] : w.unknown;
  useEffect(listenToKeys, []);
  useEffect(() => {
    document.title = `${name} · ${w.title}`;
  }, [name, w]);
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>{w.skip}</a>
      <header class="frame">
        <a class="brand" href={address(SCREENS[0]?.name ?? "")}>
          <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
            <path d="M15 4v19L5 23zM17.5 9l10 14h-10z" fill="currentColor" />
            <path d="M4 27h24" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" />
          </svg>
          <span>{w.title}</span>
        </a>
        <Navigation current={screen} />
        <div class="controls">
          <Lamp />
          <Settings />
        </div>
      </header>
      <AwayBar />
      <main id="main" tabIndex={-1}>
        {screen ? <screen.component key={screen.name} /> : <Empty title={w.unknown} />}
      </main>
      <KeyDialog />
      <KeysDialog />
    </>
  );
}

/** The address belongs to the screens, so the skip link moves the focus by itself. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Navigation({ current }: { current: Screen | undefined }): JSX.Element {
  const w = words().frame;
  const isNarrow = useNarrow();
  const inBar = isNarrow && SCREENS.length > IN_BAR ? SCREENS.slice(0, IN_BAR - 1) : SCREENS;
  const rest = SCREENS.slice(inBar.length);
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [current]);
  const entry = (screen: Screen) => (
    <a href={address(screen.name)} aria-current={screen === current ? "page" : undefined}>{w.screens[screen.name]}</a>
  );
  return (
    <nav class="frame" aria-label={w.nav}>
      <ul>
        {inBar.map((screen) => <li key={screen.name}>{entry(screen)}</li>)}
        {rest.length > 0 && (
          <li>
            <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
              <summary class={current && rest.includes(current) ? "here" : ""}>{w.more}</summary>
              <ul>
                {rest.map((screen) => <li key={screen.name}>{entry(screen)}</li>)}
                {adminKey.value !== null && <li><Forget /></li>}
              </ul>
            </details>
          </li>
        )}
      </ul>
    </nav>
  );
}

function Settings(): JSX.Element {
  const w = words().frame;
  return (
    <>
      <Select label={w.language} value={language.value} options={Object.entries(LANGUAGES) as [Language, string][]} set={(chosen) => (language.value = chosen)} />
      <Select label={w.theme} value={theme.value} options={THEMES.map((name) => [name, w.themes[name]])} set={(chosen) => (theme.value = chosen)} />
      {adminKey.value !== null && <Forget class="wide-only" />}
      <button type="button" class="quiet wide-only" aria-label={w.help} onClick={() => (keysShown.value = true)}>?</button>
    </>
  );
}

function Forget({ class: name = "" }: { class?: string }): JSX.Element {
  return <button type="button" class={`quiet ${name}`} onClick={() => setKey(null)}>{words().frame.forget}</button>;
}

function AwayBar(): JSX.Element | null {
  const now = away.value;
  const [, tick] = useState(0);
  useEffect(() => {
    if (now === null) return;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [now === null]);
  if (now === null) return null;
  const w = words().frame;
  const seconds = Math.max(0, Math.round((now.next - Date.now()) / 1000));
  return (
    <div class="away" role="alert">
      <span>{w.away(location.origin, now.tries, seconds)}</span>
      <button type="button" onClick={tryNow}>{w.tryNow}</button>
    </div>
  );
}
