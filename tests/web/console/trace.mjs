// One turn: its waterfall, its prompt to the byte, and what is said of one that is gone.

import assert from "node:assert/strict";

export async function test(visit, { id, long }) {
  const detail = await visit.open(`#/traces?id=${id}`);
  const trace = await (await detail.request.get(`${visit.url}/v1/traces/${id}`)).json();
  await detail.getByRole("heading", { level: 1, name: trace.question }).waitFor();
  for (const { plugin, reason } of trace.routes) {
    const line = detail.locator(".routes li", { hasText: plugin });
    assert.equal(await line.locator("[title]").first().getAttribute("title"), reason);
  }
  assert.equal(await detail.locator(".fall li").count(), 2 + trace.calls.length + trace.calls.flatMap(({ report }) => [...report.searches, ...report.http]).length + trace.model_calls.length + trace.formatters.length);
  assert.deepEqual(await detail.locator(".fall li .label").evaluateAll((labels) => labels.slice(0, 2).map((label) => label.textContent)), ["路由", "改写"]);
  // No bar goes over the edge of its lane, and each can be seen.
  for (const [bar, lane] of await detail.locator(".lane .bar").evaluateAll((bars) => bars.map((bar) => [bar, bar.parentElement].map((e) => e.getBoundingClientRect().toJSON())))) {
    assert.ok(bar.width >= 2 && bar.left >= lane.left - 1 && bar.right <= lane.right + 3, JSON.stringify({ bar, lane }));
  }

  await detail.getByRole("tab", { name: "瀑布" }).focus();
  await detail.keyboard.press("ArrowRight");
  assert.match(detail.url(), /tab=prompt/);
  const sent = JSON.parse(trace.model_calls[0].request_text).messages;
  const shown = await detail.locator(".messages > li").evaluateAll((items) => items.map((item) => (item.querySelector(".runs") ?? item.querySelector("pre")).textContent));
  assert.deepEqual(shown, sent.map(({ content }) => content), "the prompt byte for byte");
  // What each source takes is estimated as the host does: together it is what the host says of the texts.
  const shares = await detail.locator(".legend li[data-source] b").evaluateAll((numbers) => numbers.map((b) => Number(b.textContent.replace(/,/g, ""))));
  const wide = sent.flatMap(({ content }) => [...content]).filter((sign) => sign.codePointAt(0) >= 0x2e80).length;
  const all = shares.reduce((sum, n) => sum + n, 0);
  assert.ok(all >= wide && all <= trace.model_calls[0].estimated_tokens + shares.length, `${shares} of ${trace.model_calls[0].estimated_tokens}`);
  // Each source has its name as well, so that it is told where there are no colours.
  await detail.emulateMedia({ forcedColors: "active" });
  const labels = await detail.locator(".runs .run:not(.template)").evaluateAll((runs) => runs.map((run) => [run.dataset.source, getComputedStyle(run, "::before").content]));
  assert.ok(labels.length > 1, JSON.stringify(labels));
  for (const [source, content] of labels) assert.equal(content, `"${source}"`);
  await detail.close();

  // A long question is folded wherever it stands, and whole where it is asked for.
  const folded = await visit.open(`#/traces?id=${long}`);
  await folded.locator(".fall li").first().waitFor();
  const { question } = await (await folded.request.get(`${visit.url}/v1/traces/${long}`)).json();
  assert.ok((await folded.locator("h1.question").textContent()).length <= 201);
  assert.equal(await folded.getByText(question).count(), 0, "folded");
  const unfold = folded.locator(".pairs").getByRole("button", { name: /展开全部/ });
  await unfold.click();
  await folded.locator(".pairs").getByText(question).waitFor();
  await folded.close();

  // The host's sentences are said in Chinese also where most of one is what it quotes; what is not in the prompt has no
  // number there, though an older trace gives it one.
  const quoting = await visit.open("#/nowhere");
  await quoting.route(`**/v1/traces/${id}`, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const cut = (what) => ({ what, tokens: 9, reason: "prompt_tokens = 700 is used up" });
    json.model_calls[0].cuts.push(cut("passage: 平行志愿怎么投档"), cut("passage 2: 顺序志愿看志愿的先后"), cut("the end of passage 2: 征集志愿"));
    await route.fulfill({ response, json });
  });
  await quoting.evaluate((hash) => (location.hash = hash), `#/traces?id=${id}&tab=prompt`);
  await quoting.locator(".packed").last().getByText("资料：").first().waitFor();
  const cuts = await quoting.locator(".packed").last().locator("b").allTextContents();
  assert.deepEqual(cuts.slice(-3), ["资料：平行志愿怎么投档", "资料：顺序志愿看志愿的先后", "资料 2 的后段：征集志愿"]);
  await quoting.close();

  const pruned = await visit.open("#/traces?id=chatcmpl-none");
  await pruned.getByText("轨迹 chatcmpl-none 不在了").waitFor();
  await pruned.close();

  await visit.survey("trace", `#/traces?id=${id}`, (page) => page.locator(".fall li").first().waitFor());
  await visit.survey("json", `#/traces?id=${id}&tab=json`, (page) => page.locator("pre").first().waitFor());
  await visit.survey("prompt", `#/traces?id=${id}&tab=prompt`, (page) => page.locator(".messages li").first().waitFor());
}
