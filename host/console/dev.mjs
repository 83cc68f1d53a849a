// Serves dist/ at /console/ and passes everything else to a running host, so that the page can be worked on without
// building the host. Each visit of the page builds it anew.
//
//     npm run dev -- http://127.0.0.1:8080 [PORT]

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { basename, join } from "node:path";

const host = new URL(process.argv[2] ?? "http://127.0.0.1:8080");
const dist = join(import.meta.dirname, "dist");
// As the host serves it, so that what it forbids is noticed here.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const kinds = { html: "text/html", js: "text/javascript", css: "text/css" };

const server = createServer((asked, answer) => {
  const path = new URL(asked.url, "http://here").pathname;
  if (path.startsWith("/console/")) {
    try {
      if (path === "/console/") execFileSync("node", [join(import.meta.dirname, "build.mjs")], { stdio: "inherit" });
      const name = basename(path === "/console/" ? "index.html" : path);
      const bytes = readFileSync(join(dist, name));
      answer.writeHead(200, { "content-security-policy": POLICY, "content-type": `${kinds[name.split(".").pop()]}; charset=utf-8` });
      return answer.end(bytes);
    } catch (error) {
      answer.writeHead(500);
      return answer.end(String(error));
    }
  }
  const headers = { ...asked.headers, host: host.host };
  if (headers.origin) headers.origin = host.origin;
  const passed = request(new URL(asked.url, host), { method: asked.method, headers }, (got) => {
    answer.writeHead(got.statusCode, got.headers);
    got.pipe(answer);
  });
  passed.on("error", () => answer.destroy());
  answer.on("close", () => passed.destroy());
  asked.pipe(passed);
});
server.listen(Number(process.argv[3] ?? 5173), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/console/ in front of ${host.origin}`);
});
