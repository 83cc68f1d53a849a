/** 轨迹: the list of turns, or one of them where the address names it. */

import type { JSX } from "preact";
import { place } from "../frame/place";
import { TraceDetail } from "./trace/detail";
import { TraceList } from "./trace/list";

export function Traces(): JSX.Element {
  const { id } = place.value.parameters;
  return id ? <TraceDetail key={id} id={id} /> : <TraceList />;
}
