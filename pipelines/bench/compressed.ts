import type {RequestListener} from "node:http";
import {existsSync, readFileSync} from "node:fs";
import {extname, join} from "node:path";
import {gzipSync} from "node:zlib";

/** Types of files that web servers compress. */
const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm"
};

/** Answers with the files of a folder that web servers compress, each compressed once; leaves all else to `other`. */
export function compressed(folder: string, other: RequestListener): RequestListener {
  const kept = new Map<string, Buffer>();
  return (request, response) => {
    const path = decodeURIComponent(new URL(request.url!, "http://localhost").pathname);
    const file = [path, `${path}.html`, join(path, "index.html")]
      .map((name) => join(folder, name))
      .find((name) => extname(name) in types && existsSync(name));
    if (!file) return other(request, response);
    if (!kept.has(file)) kept.set(file, gzipSync(readFileSync(file)));
    const body = kept.get(file)!;
    response.writeHead(200, {
      "content-type": types[extname(file)],
      "content-encoding": "gzip",
      "content-length": body.length
    });
    response.end(request.method === "HEAD" ? undefined : body);
  };
}
