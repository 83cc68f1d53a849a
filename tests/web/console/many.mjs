// Lists of many turns and documents: each can be scrolled to its end, and only what is in sight is in the page.

import assert from "node:assert/strict";

/** Bytes that the page may take of the browser's memory. */
const HEAP = 150 << 20;

export async function test(visit, { turns, oldest, base, documents, last }) {
  const page = await visit.open("#/traces");
  await page.getByRole("row").nth(1).waitFor();
  const list = page.getByRole("table");
  const began = Date.now();
  while (await page.getByText(oldest, { exact: true }).count() === 0) {
    assert.ok(await page.locator(".rows .row").count() <= 100, "rows in the page");
    await list.evaluate((list) => (list.scrollTop = list.scrollHeight));
    await page.waitForTimeout(20);
  }
  console.log(`${turns} turns were scrolled through in ${Date.now() - began} ms`);
  assert.equal(await list.getAttribute("aria-rowcount"), String(turns + 1));

  // A filter is the host's: what matches is found however far back it is.
  await page.getByRole("searchbox").fill(oldest);
  await page.waitForFunction(() => document.querySelectorAll(".track .row").length === 1);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "导出 JSONL" }).click()]);
  const stream = await download.createReadStream();
  let text = "";
  for await (const piece of stream) text += piece;
  const lines = text.trimEnd().split("\n");
  assert.equal(lines.length, 1);
  assert.equal(JSON.parse(lines[0]).question, oldest);

  // New turns are told of and do not move what is being read.
  await page.getByRole("searchbox").fill("");
  await page.getByRole("row").nth(20).waitFor();
  const top = await page.locator(".track .row").first().textContent();
  await visit.post("/v1/chat/completions", { model: "direct", messages: [{ role: "user", content: "新来的一句" }] });
  const fresh = page.getByRole("button", { name: "有 1 条新的" });
  await fresh.waitFor();
  assert.equal(await page.locator(".track .row").first().textContent(), top);
  await fresh.click();
  await page.getByText("新来的一句").waitFor();
  await page.close();

  // The documents of a base are a list of the same kind. Its first rows are there at once, however many there are.
  const view = await visit.open(`#/bases?base=${base}`);
  await view.getByRole("row").nth(1).waitFor();
  const opened = await view.evaluate(async () => {
    const list = () => document.querySelector(".documents .track .row");
    location.hash = "#/bases";
    while (list()) await new Promise(requestAnimationFrame);
    const began = performance.now();
    history.back();
    while (!list()) await new Promise(requestAnimationFrame);
    return performance.now() - began;
  });
  console.log(`the first of ${documents} documents were there in ${opened.toFixed(0)} ms`);
  const table = view.getByRole("table");
  assert.equal(await table.getAttribute("aria-rowcount"), String(documents + 1));
  // The end is as near as the begin: one jump, and what is between is not asked for.
  const lists = () => view.requests.filter((request) => request.url().includes("/documents?")).length;
  const [start, before] = [Date.now(), lists()];
  await table.evaluate((list) => (list.scrollTop = list.scrollHeight));
  await view.getByText(last, { exact: true }).waitFor();
  console.log(`the end of ${documents} documents was there in ${Date.now() - start} ms`);
  assert.ok(lists() - before <= 3, `${lists() - before} requests`);
  // Every place on the way back has its documents, too.
  for (let place = 19; place >= 0; place -= 1) {
    await table.evaluate((list, share) => (list.scrollTop = list.scrollHeight * share), place / 20);
    await view.locator(".documents .track .row a").first().waitFor();
    assert.ok(await view.locator(".rows .row").count() <= 100, "rows in the page");
  }
  const heap = await view.evaluate(() => performance.memory.usedJSHeapSize);
  console.log(`${documents} documents were gone through in ${Date.now() - start} ms; the page's heap is ${(heap / 2 ** 20).toFixed(0)} MiB`);
  assert.ok(heap < HEAP, `${heap} bytes`);

  // What is meant is found without scrolling.
  await table.evaluate((list) => (list.scrollTop = 0));
  await view.getByRole("searchbox").fill(last.slice(0, -3));
  await view.waitForFunction(() => document.querySelectorAll(".documents .track .row").length === 1);
  await view.close();
}
