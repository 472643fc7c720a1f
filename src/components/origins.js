import {FileAttachment} from "observablehq:stdlib";

const file = FileAttachment("../data/origins.blocks");
const span = 2 ** 32;
/** Bytes of the first request: the index of most shops. */
const first = 65_536;
/** Blocks with less than this between them come with one request. */
const gap = 8192;

let opened;
const read = new Map();

/**
 * What the source says of sales lines, fetched by range: `{bytesOf(rows), rowsOf(rows)}` for `_row`s.
 * `bytesOf` tells what is still to be fetched; `rowsOf` resolves to `{texts, corrections, object, row}` each.
 */
export function openOrigins() {
  return (opened ??= open().catch((error) => {
    opened = undefined;
    throw error;
  }));
}

async function open() {
  const begun = await bytes(0, first);
  const length = Number(new TextDecoder().decode(begun.subarray(0, 8)));
  const end = 8 + length;
  const head = end <= begun.length ? begun.subarray(8, end) : await bytes(8, end);
  const {columns, rows: size, parts} = JSON.parse(await unzip(head));
  const blocks = blocksOf(parts, end);
  const blockOf = (_row) => {
    const part = blocks.get(Math.floor(_row / span));
    if (!part) throw new Error("these rows are of another release: load the page again");
    return part.blocks[Math.floor((_row % span) / size)];
  };
  const missing = (rows) => [...new Set(rows.map(blockOf))].filter((block) => !read.has(block));
  return {
    bytesOf: (rows) => missing(rows).reduce((sum, {length: own}) => sum + own, 0),
    async rowsOf(rows) {
      await fetchBlocks(missing(rows));
      return rows.map((_row) => {
        const row = _row % span;
        const values = read.get(blockOf(_row))[row % size];
        const texts = Object.fromEntries(columns.map((name, n) => [name, values[n]]));
        return {
          texts,
          corrections: texts.corrections ?? [],
          object: blocks.get(Math.floor(_row / span)).object,
          row
        };
      });
    }
  };
}

function blocksOf(parts, begin) {
  let start = begin;
  return new Map(
    parts.map(({ordinal, object, lengths}) => {
      const blocks = lengths.map((length) => ({start: (start += length) - length, length}));
      return [ordinal, {object, blocks}];
    })
  );
}

/** Fetches blocks, neighbours at once. */
async function fetchBlocks(blocks) {
  const runs = [];
  for (const block of blocks.toSorted((a, b) => a.start - b.start)) {
    const run = runs.at(-1);
    if (run && block.start - run.end < gap)
      Object.assign(run, {end: block.start + block.length}).blocks.push(block);
    else runs.push({start: block.start, end: block.start + block.length, blocks: [block]});
  }
  await Promise.all(
    runs.map(async ({start, end, blocks: own}) => {
      const found = await bytes(start, end);
      for (const block of own) {
        const at = block.start - start;
        read.set(block, JSON.parse(await unzip(found.subarray(at, at + block.length))));
      }
    })
  );
}

let whole;

/** Bytes of the file; a server without ranges gives all of it, once. */
async function bytes(start, end) {
  if (whole) return (await whole).subarray(start, end);
  const response = await fetch(new URL(file.href, document.baseURI), {
    headers: {Range: `bytes=${start}-${end - 1}`}
  });
  if (!response.ok) throw new Error(`${file.name} could not be read (${response.status})`);
  const found = new Uint8Array(await response.arrayBuffer());
  if (response.status === 206) return found;
  whole = Promise.resolve(found);
  return found.subarray(start, end);
}

function unzip(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}
