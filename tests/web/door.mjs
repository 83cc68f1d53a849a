// Pages of other origins in a real Chromium, each trying what it can against a host on this machine.
//
// It starts a server for the pages and says its port; then it reads the host's address from standard input, opens
// the pages, and prints what the host answered to each attempt. The tests look at what came of it in the host.
//
//     node door.mjs CHROMIUM

import { createServer } from "node:http";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { chromium } from "playwright-core";

// Longer than anything takes on the slowest machine.
const PATIENCE = 60_000;
const PACKAGES = join(import.meta.dirname, "node_modules");

// Every page is empty but for what is run in it; packages are served as they were installed.
const pages = createServer((request, response) => {
  const path = normalize(new URL(request.url, "http://x").pathname);
  if (path.startsWith("/openai/")) {
    try {
      const text = readFileSync(join(PACKAGES, path));
      response.writeHead(200, { "content-type": "text/javascript" });
      return response.end(text);
    } catch {
      response.writeHead(404);
      return response.end();
    }
  }
  response.writeHead(200, { "content-type": "text/html" });
  response.end("<!doctype html><title>page</title><body></body>");
});
await new Promise((ready) => pages.listen(0, "127.0.0.1", ready));
const port = pages.address().port;
console.log(JSON.stringify({ port }));

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const host = new URL((await lines.next()).value);

const profile = mkdtempSync(join(tmpdir(), "door-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.argv[2],
  headless: true,
  timeout: PATIENCE,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP *.example 127.0.0.1",
  ],
});
browser.setDefaultTimeout(PATIENCE);

const BASE = "v1/knowledge-bases/a";
const CHAT = { model: "plain", messages: [{ role: "user", content: "问" }] };

// What a page does, in the page. Each gets the host's address and what it needs besides.
const attempts = {
  // A page cannot read an answer to `no-cors`; what matters is what it has done.
  fetch_text: ([host, base]) =>
    fetch(`${host}${base}/documents?id=text.md`, { method: "POST", mode: "no-cors", body: "planted" }),
  fetch_untyped: ([host, base]) =>
    fetch(`${host}${base}/documents?id=untyped.md`, { method: "POST", mode: "no-cors", body: new Blob(["planted"]) }),
  fetch_urlencoded: ([host, base]) =>
    fetch(`${host}${base}/documents?id=url.md`, { method: "POST", mode: "no-cors", body: new URLSearchParams("a=b") }),
  fetch_multipart: ([host, base]) => {
    const form = new FormData();
    form.append("file", new File(["planted"], "multipart.md"));
    return fetch(`${host}${base}/imports?origin=book&prune=true`, { method: "POST", mode: "no-cors", body: form });
  },
  fetch_reembed: ([host, base]) => fetch(`${host}${base}/reembed`, { method: "POST", mode: "no-cors" }),
  fetch_json: ([host, base]) =>
    fetch(`${host}${base}/search`, {
      method: "POST", headers: { "content-type": "application/json" }, body: '{"query": "问"}',
    }).then((response) => response.text()),
  fetch_delete: ([host, base]) => fetch(`${host}${base}/documents/there.md`, { method: "DELETE" }),
  fetch_traces: ([host]) => fetch(`${host}v1/traces`).then((response) => response.text()),
  fetch_chat: ([host, , chat]) =>
    fetch(`${host}v1/chat/completions`, { method: "POST", mode: "no-cors", body: JSON.stringify(chat) }),
  beacon: ([host, base]) => navigator.sendBeacon(`${host}${base}/documents?id=beacon.md`, "planted"),
  image: ([host]) =>
    new Promise((done) => {
      const image = new Image();
      image.onload = image.onerror = done;
      image.src = `${host}v1/traces`;
    }),
  // Forms whose answer goes into a frame, so that the page stays.
  form_text: ([host, base]) => submit(`${host}${base}/documents?id=form.md`, "text/plain", "field"),
  form_urlencoded: ([host, base]) =>
    submit(`${host}${base}/documents?id=form.md`, "application/x-www-form-urlencoded", "field"),
  form_multipart: ([host, base]) => submit(`${host}${base}/imports`, "multipart/form-data", "file"),
  form_chat: ([host, , chat]) =>
    submit(`${host}v1/chat/completions`, "text/plain", `{"x":"`, `","model":"${chat.model}"}`),
};

const submit = (action, enctype, name, value = "planted") => {
  const frame = document.createElement("iframe");
  frame.name = "answer";
  document.body.append(frame);
  const form = document.body.appendChild(document.createElement("form"));
  Object.assign(form, { action, enctype, method: "POST", target: "answer" });
  const input = form.appendChild(document.createElement("input"));
  input.name = name;
  if (name === "file") {
    input.type = "file";
    const files = new DataTransfer();
    files.items.add(new File(["planted"], "planted.md"));
    input.files = files.files;
  } else {
    input.value = value;
  }
  return new Promise((done) => {
    frame.onload = done;
    form.submit();
  });
};

/** Fails where something never comes about. */
function within(coming) {
  const late = (_, fail) => setTimeout(() => fail(new Error("nothing came of it")), PATIENCE).unref();
  return Promise.race([coming, new Promise(late)]);
}

/** What the host answered to each attempt of a page, `failed` where the browser kept an answer back. */
async function attack(origin) {
  const results = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    const page = await browser.newPage();
    await page.goto(origin);
    await page.addScriptTag({ content: `const submit = ${submit}` });
    const statuses = [];
    page.on("response", (response) => {
      if (new URL(response.url()).port === host.port && !response.url().endsWith("/favicon.ico")) {
        statuses.push(response.status());
      }
    });
    const sent = page.waitForResponse((response) => new URL(response.url()).port === host.port).catch(() => null);
    const target = origin.endsWith(`:${host.port}/healthz`) ? new URL("/", origin).href : host.href;
    const read = await within(page.evaluate(attempt, [target, BASE, CHAT])).catch(() => "failed");
    // The only one that a page sends without waiting for the answer.
    if (name === "beacon") await sent;
    results[name] = { statuses, read: typeof read === "string" ? read : null };
    await page.close();
  }
  return results;
}

/** OpenAI's own client in a page that the host admits. */
async function chat(origin, key) {
  const page = await browser.newPage();
  await page.goto(origin);
  const said = await within(page.evaluate(async ([host, chat, apiKey]) => {
    const { default: OpenAI } = await import("/openai/index.mjs");
    const client = new OpenAI({ baseURL: `${host}v1`, apiKey, dangerouslyAllowBrowser: true, maxRetries: 0 });
    const models = [];
    for await (const model of client.models.list()) models.push(model.id);
    const whole = await client.chat.completions.create(chat, { headers: { "x-conversation-id": "c" } });
    const stream = await client.chat.completions.create({ ...chat, stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
    const { response } = await client.chat.completions.create(chat).withResponse();
    return {
      models, whole: whole.choices[0].message.content, stream: text, id: response.headers.get("x-request-id"),
      traces: await fetch(`${host}v1/traces`).then((response) => response.status, () => "failed"),
    };
  }, [host.href, CHAT, key])).catch((error) => ({ failed: String(error) }));
  await page.close();
  return said;
}

try {
  const key = process.argv[3];
  const rebound = `http://evil.example:${host.port}/healthz`;
  console.log(JSON.stringify({
    chat: await chat(`http://shop.example:${port}/`, key),
    stranger: await chat(`http://evil.example:${port}/`, key),
    evil: await attack(`http://evil.example:${port}/`),
    // A page of this machine on another port, which is the same site but not the same origin.
    neighbour: await attack(`http://127.0.0.1:${port}/`),
    // The name now means this machine: the page is of the host's own origin, as far as the browser can tell.
    rebound: await attack(rebound),
  }));
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
  pages.close();
}
