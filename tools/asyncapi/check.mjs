// usage: node tools/asyncapi/check.mjs FILE: whether FILE is a sound AsyncAPI document. Prints everything that is wrong with it;
// whatever the parser has to say counts, warnings too, but for advice about what a newer version of AsyncAPI could do.
import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";

const file = process.argv[2];
const { document, diagnostics } = await new Parser().parse(await readFile(file, "utf8"));
const ignored = new Set(["asyncapi-latest-version"]);
const faults = diagnostics.filter(({ code }) => !ignored.has(code));
for (const { code, message, path, range } of faults)
  console.error(`${file}:${range.start.line + 1}: ${message} (${code}, at ${path.join(".")})`);
if (faults.length > 0 || document === undefined) process.exit(1);
console.log(`${file}: AsyncAPI ${document.version()}, ${document.channels().all().length} channels`);
