/** Precision, recall and what is kept along the threshold, as lines that differ in colour and in dashes. */

import type { JSX, TargetedPointerEvent } from "preact";
import type { Curve, Point } from "../../api/evaluation";
import { words } from "../../words";

const WIDTH = 1000;
const HEIGHT = 260;
const LINES = ["precision", "recall", "kept"] as const;

export interface ChartProps {
  curve: Curve;
  /** Of another run, drawn thinner behind it. */
  then: Curve | null;
  at: number;
  /** Moves the threshold to a point of the curve, as a press on the chart does. */
  choose: (at: number) => void;
}

export function Chart({ curve, then, at, choose }: ChartProps): JSX.Element {
  const w = words().bulk;
  const steps = curve.points.length - 1;
  const x = (index: number) => (WIDTH * index) / steps;
  const y = (share: number) => HEIGHT - HEIGHT * share;
  const move = ({ currentTarget, clientX }: TargetedPointerEvent<SVGSVGElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    choose(Math.min(steps, Math.max(0, Math.round((steps * (clientX - left)) / width))));
  };
  return (
    <figure class="chart">
      <ul class="legend">{LINES.map((line) => <li key={line}><svg width="26" height="10" aria-hidden="true"><path class={line} d="M0 5h26" /></svg>{w[line]}</li>)}</ul>
      <div class="plot">
        <span class="y top" aria-hidden="true">100%</span>
        <span class="y middle" aria-hidden="true">50%</span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={w.chart}
          onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); move(event); }} onPointerMove={(event) => event.buttons > 0 && move(event)}
        >
          {[0, 0.25, 0.5, 0.75, 1].map((share) => <path key={share} class="grid" d={`M0 ${y(share)}H${WIDTH}`} />)}
          {then && LINES.map((line) => <path key={`then ${line}`} class={`${line} then`} d={path(then.points, line, (index) => (WIDTH * index) / (then.points.length - 1), y)} />)}
          {LINES.map((line) => <path key={line} class={line} d={path(curve.points, line, x, y)} />)}
          {curve.configured && <path class="configured" d={`M${WIDTH * curve.configured.threshold} 0V${HEIGHT}`} />}
          <path class="cursor" d={`M${x(at)} 0V${HEIGHT}`} />
        </svg>
      </div>
      <div class="x" aria-hidden="true">{[0, 0.25, 0.5, 0.75, 1].map((share) => <span key={share}>{share.toFixed(2)}</span>)}</div>
    </figure>
  );
}

/** A precision of nothing is not drawn. */
function path(points: Point[], line: (typeof LINES)[number], x: (index: number) => number, y: (share: number) => number): string {
  let pen = "M";
  return points.map((point, index) => {
    const value = point[line];
    if (value === null) {
      pen = "M";
      return "";
    }
    const step = `${pen}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
    return step;
  }).join("");
}
