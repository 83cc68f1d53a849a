// Builds the console to dist/: index.html, one script and one style with their digests in their names, and each of
// them as gzip. host/build.rs puts these files into the binary.
//
// Files that come out as they were are left alone, so that cargo does not build the host again for nothing.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Most bytes of script and style as they are sent. */
const BUDGET = 120 << 10;

const here = import.meta.dirname;
const dist = join(here, "dist");

/** Of marked the page needs the lexer alone. Its one file makes a whole renderer as it is loaded, which esbuild cannot leave out;
 * so the file is taken up to there. Where another version looks different, all of it is taken. */
const lexerOfMarked = {
  name: "lexer-of-marked",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]marked\.esm\.js$/ }, ({ path }) => {
      const whole = readFileSync(path, "utf8");
      const lexer = /\b(\w+) as Lexer\b/.exec(whole);
      const renderer = /;var \w+=new \w+;function \w+\(\w+,\w+\)\{return \w+\.parse\(/.exec(whole);
      return { contents: lexer && renderer ? `${whole.slice(0, renderer.index)};export{${lexer[1]} as Lexer};` : whole };
    });
  },
};

const { outputFiles } = await build({
  plugins: [lexerOfMarked],
  entryPoints: { app: join(here, "src/main.tsx"), style: join(here, "src/style/index.css") },
  absWorkingDir: here,
  outdir: dist,
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  charset: "utf8",
});

const files = new Map();
for (const { path, contents } of outputFiles) {
  const kind = path.endsWith(".css") ? "css" : "js";
  const digest = createHash("sha256").update(contents).digest("hex").slice(0, 12);
  files.set(`app.${digest}.${kind}`, Buffer.from(contents));
}
const named = (kind) => [...files.keys()].find((name) => name.endsWith(kind));
const page = readFileSync(join(here, "index.html"), "utf8");
files.set("index.html", Buffer.from(page.replace("SCRIPT", named(".js")).replace("STYLE", named(".css"))));

let sent = 0;
for (const [name, bytes] of [...files]) {
  const packed = gzipSync(bytes, { level: 9 });
  // The system that packed it is noted in its head, and is nobody's business.
  packed[9] = 255;
  files.set(`${name}.gz`, packed);
  if (name !== "index.html") {
    sent += packed.length;
    console.log(`${name}: ${bytes.length} bytes, ${packed.length} as gzip`);
  }
}
console.log(`script and style: ${(sent / 1024).toFixed(1)} KiB as gzip, of ${BUDGET >> 10}`);
if (sent > BUDGET) {
  console.error("the console has grown too large; see where with: npx esbuild --analyze");
  process.exit(1);
}

mkdirSync(dist, { recursive: true });
for (const name of readdirSync(dist)) {
  if (!files.has(name)) rmSync(join(dist, name));
}
for (const [name, bytes] of files) {
  const path = join(dist, name);
  if (!existsSync(path) || !readFileSync(path).equals(bytes)) writeFileSync(path, bytes);
}
