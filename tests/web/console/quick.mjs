// What the console may take: a first screen, a slider's step over 200 hits, and a trace with a long answer. The bounds are
// those of the specification.
//
// What is held against the bounds is the processor time of the page's main thread, in the middle of many tries; the time on the clock is
// printed beside it. The bounds are for a machine like the one they were chosen on, so each try is followed by work that is always the
// same: where that takes longer than it did there, the machine is slower or busier, and the bounds grow by as much.

import assert from "node:assert/strict";

const FIRST_SCREEN_MS = 300;
const STEP_MS = 16;
const TRACE_MS = 300;
const TRIES = 9;
const STEPS = 50;
/** What `sameWork` takes of a processor of the specification's machine while nothing else runs there. */
const SAME_WORK_MS = 16;

export async function test(visit, { question, hits, id, units }) {
  const sorted = (times) => [...times].sort((a, b) => a - b);
  const middle = (times) => sorted(times)[times.length >> 1];
  const holds = (what, bound, tries) => {
    const [busy, passed, same] = ["busy", "passed", "same"].map((kind) => middle(tries.map((one) => one[kind])));
    const slower = Math.max(1, same / SAME_WORK_MS);
    const told = `${what}: ${busy.toFixed(1)} ms of ${bound} on a processor that is ${slower.toFixed(2)} times slower, and ${passed.toFixed(1)} ms passed`;
    console.log(told);
    assert.ok(busy <= bound * slower, `${told}: ${tries.map((one) => one.busy.toFixed(1))}`);
  };

  const page = await visit.open("#/traces");
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () => (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  /** What the page's main thread spends, and what passes, from a begin to an end. */
  const measured = async (work) => {
    const [busy, passed] = [await spent(), performance.now()];
    await work();
    const measures = { busy: (await spent()) - busy, passed: performance.now() - passed };
    const begun = await spent();
    await page.evaluate(sameWork);
    return { ...measures, same: (await spent()) - begun };
  };

  // From the navigation to the screen with its list.
  await page.getByRole("row").nth(1).waitFor();
  const first = [];
  for (let n = 0; n < TRIES; n += 1) {
    let busy;
    const { passed, same } = await measured(async () => {
      await page.reload();
      await page.waitForFunction(() => document.querySelector(".turns .row a"));
      // A document that is loaded begins to count anew.
      busy = await spent();
    });
    first.push({ busy, passed, same });
  }
  holds("the first screen", FIRST_SCREEN_MS, first);

  // From the press on a turn in the list to its steps and its answer.
  const opened = [];
  for (let n = 0; n < TRIES; n += 1) {
    opened.push(await measured(() => page.evaluate(async (id) => {
      location.hash = `#/traces?id=${id}`;
      while (!document.querySelector(".fall li")) await new Promise((wake) => setTimeout(wake, 5));
      document.body.getBoundingClientRect();
    }, id)));
    await page.evaluate(() => (location.hash = "#/traces"));
    await page.waitForFunction(() => document.querySelector(".turns .row a"));
  }
  holds(`a trace of ${units} characters`, TRACE_MS, opened);
  await page.evaluate((id) => (location.hash = `#/traces?id=${id}`), id);
  await page.getByRole("button", { name: /展开全部|下载/ }).first().waitFor();

  // Every hit is in the page, and steps move some of them over the line.
  await page.evaluate((hash) => (location.hash = hash), `#/hit?q=${encodeURIComponent(question)}&k=${hits}`);
  await page.locator(".hit-row").first().waitFor();
  await page.getByRole("slider").first().fill("0");
  await page.waitForFunction((hits) => document.querySelectorAll(".hit-row").length === hits, hits);
  await page.getByRole("slider").first().fill("0.99");
  await page.getByRole("button", { name: /再看 \d+ 条/ }).click();
  await page.waitForFunction((hits) => document.querySelectorAll(".hit-row").length === hits, hits);
  const middleScore = await page.evaluate(() => {
    const scores = [...document.querySelectorAll(".strips .dots i:not(.line)")].map(({ style }) => parseFloat(style.left) / 100).sort((a, b) => a - b);
    return scores[scores.length >> 1];
  });
  // What looking at the page takes by itself is no part of a step.
  const looks = [];
  for (let n = 0; n < STEPS; n += 1) looks.push(await measured(() => page.evaluate(() => document.querySelectorAll(".inside .hit-row").length)));
  const look = middle(looks.map(({ busy }) => busy));
  const steps = [];
  let moved = 0;
  for (let n = 0; n < STEPS; n += 1) {
    steps.push(await measured(async () => {
      moved += await page.evaluate(async ([n, middle]) => {
        const inside = () => document.querySelectorAll(".inside .hit-row").length;
        const before = inside();
        const slider = document.querySelector("main input[type=range]");
        // As a key moves it: by hundredths, over where the scores are.
        slider.value = String(middle + (n % 25) / 100 - 0.12);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        // The page is drawn in a microtask that was queued by the handler; then comes its layout.
        await new Promise(queueMicrotask);
        document.body.getBoundingClientRect();
        return inside() === before ? 0 : 1;
      }, [n, middleScore]);
    }));
  }
  assert.ok(moved > 0, "steps have moved hits");
  holds(`a slider's step over ${hits} hits`, STEP_MS, steps.map(({ busy, passed, same }) => ({ busy: busy - look, passed, same })));
  await page.close();
}

/** Rows made, laid out and taken away: the kind of work that the page does. It runs in the page. */
function sameWork() {
  const list = document.createElement("ul");
  for (let n = 0; n < 500; n += 1) {
    const row = list.appendChild(document.createElement("li"));
    row.appendChild(document.createElement("span")).textContent = `第 ${n} 行`;
  }
  document.body.append(list);
  list.getBoundingClientRect();
  list.remove();
}
