/** There is no knowledge base yet: how one comes to be. */

import type { JSX } from "preact";
import { words } from "../words";
import { CopyButton } from "./copy";
import { Empty } from "./load";
import { Way } from "./way";

const TABLES = `[embedders.local]
kind = "local"

[knowledge.faq]
title = "标准问答"
embedder = "local"
`;

export function NoBases(): JSX.Element {
  const w = words();
  return (
    <Empty title={w.hit.noBases}>
      <p>{w.hit.noBasesHow}</p>
      <pre><code>{TABLES}</code></pre>
      <p class="buttons"><CopyButton text={() => TABLES} /><Way to="config" /></p>
    </Empty>
  );
}
