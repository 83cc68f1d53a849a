/** There is no knowledge base yet: how one comes to be. */

import type { JSX } from "preact";
import { address } from "../frame/place";
import { words } from "../words";
import { CopyButton } from "./copy";
import { Empty } from "./load";

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
      <p class="buttons"><CopyButton text={() => TABLES} /><a class="button" href={address("config")}>{w.frame.screens["config"]}</a></p>
    </Empty>
  );
}
