// Parses every mermaid block of the Markdown on standard input with mermaid itself.
//
//   npm install mermaid jsdom && migcheck graph --mermaid | node check_mermaid.mjs
//
// Takes bare diagrams and Markdown with fenced ones. Exit status 1 if one does not parse, or there is none.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Packages are those of the folder that this is run in.
const require = createRequire(join(process.cwd(), "package.json"));
const { JSDOM } = require("jsdom");
const dom = new JSDOM("<!doctype html><body></body>");
globalThis.window = dom.window;
globalThis.document = dom.window.document;
const { default: mermaid } = await import(pathToFileURL(join(process.cwd(), "node_modules/mermaid/dist/mermaid.core.mjs")));

const text = readFileSync(0, "utf8");
const fenced = [...text.matchAll(/^```mermaid\n([\s\S]*?)\n```$/gm)].map((match) => match[1]);
const bare = text.split(/^(?=flowchart )/m).filter((part) => part.startsWith("flowchart "));
const diagrams = fenced.length > 0 ? fenced : bare;
let failed = 0;
for (const diagram of diagrams) {
  try {
    await mermaid.parse(diagram);
  } catch (error) {
    failed += 1;
    console.error(String(error.message ?? error), "\n", diagram);
  }
}
console.log(`${diagrams.length - failed} of ${diagrams.length} diagrams parse`);
process.exit(failed > 0 || diagrams.length === 0 ? 1 : 0);
