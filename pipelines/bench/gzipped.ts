import {createReadStream} from "node:fs";
import {join} from "node:path";
import {createGzip} from "node:zlib";

/** Bytes that a web server sends, compressed, for a path of a site in a folder; null where it has no such file. */
export async function gzipped(folder: string, path: string): Promise<number | null> {
  for (const name of [path, `${path}.html`, `${path.replace(/\/$/, "")}/index.html`]) {
    const size = await sizeOf(join(folder, decodeURIComponent(name))).catch(() => null);
    if (size !== null) return size;
  }
  return null;
}

function sizeOf(file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let size = 0;
    const packed = createReadStream(file).on("error", reject).pipe(createGzip());
    packed.on("data", (chunk: Buffer) => (size += chunk.length)).on("end", () => resolve(size));
  });
}
