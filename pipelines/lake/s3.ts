import {createHash} from "node:crypto";
import {createWriteStream} from "node:fs";
import {copyFile, readFile, stat} from "node:fs/promises";
import {join} from "node:path";
import {pipeline} from "node:stream/promises";
import {setTimeout as sleep} from "node:timers/promises";
import type {BucketItem} from "minio";
import type {S3Place} from "../config.ts";
import {absent, type Bucket, codeOf, openBucket, type Patience, Told} from "./bucket.ts";
import {openCache, sumInKey} from "./cache.ts";
import type {Lake, Listed} from "./lake.ts";
import {upload, uploadIf, uploadParts} from "./upload.ts";

export type S3Options = Patience & {
  note?: (text: string) => void;
  /** Larger files are sent in parts of this many bytes: at least 5 MiB. */
  partSize?: number;
};

/** An object whose bytes are not those its name was made of, however often it is read. */
export class DamagedObject extends Error {
  constructor(
    message: string,
    readonly key: string
  ) {
    super(message);
  }
}

/** How often a download whose bytes do not fit its name is tried. */
const downloads = 3;

/** A lake in a bucket, read through a local cache. */
export function openS3Lake(place: S3Place, options: S3Options = {}): Lake {
  const {note = () => {}, partSize = 16 << 20} = options;
  const bucket = openBucket(place, options);
  const {name, attempt, send} = bucket;
  const cache = openCache(
    place.cache.path,
    join(place.cache.path, place.bucket, place.prefix),
    place.cache.bytes
  );

  const write = (key: string, text: string) =>
    attempt(`write ${key}`, async () => void (await upload(bucket, key, Buffer.from(text))));
  const find = (key: string) => attempt(`read ${key}`, async () => (await read(bucket, key))?.text);

  return {
    name,
    folder: cache.folder,
    write,
    find,
    async put(key, file) {
      const {size} = await stat(file);
      if (size > partSize) await uploadParts(bucket, key, file, size, partSize);
      else await attempt(`write ${key}`, async () => upload(bucket, key, await readFile(file)));
      if (sumInKey(key))
        await attempt(`keep a copy of ${key}`, () =>
          cache.keep(key, size, (temporary) => copyFile(file, temporary))
        );
    },
    async get(key) {
      const sum = sumInKey(key);
      const known = sum === undefined ? undefined : await cache.find(key, sum);
      if (known?.path !== undefined) return known.path;
      if (known?.isDamaged) note(`  lake ${name}: the copy of ${key} in the cache is damaged: read again`);
      for (let n = 1; ; n++) {
        const got = await attempt(`read ${key}`, async () => download(bucket, cache.keep, key, sum));
        if (got !== undefined) return got;
        if (n === downloads)
          throw new DamagedObject(
            `lake ${name}: object damaged: ${key}: its bytes are not those it was named for (read ${n} times); npx assay refresh removes it and makes it again`,
            key
          );
      }
    },
    head: (key) =>
      attempt(`look for ${key}`, async () => {
        const response = await orAbsent(send({method: "HEAD", key}));
        response?.resume();
        return response && Number(response.headers["content-length"]);
      }),
    remove: (key) =>
      attempt(`remove ${key}`, async () => void (await orAbsent(send({method: "DELETE", key})))?.resume()),
    list: () => listBucket(bucket, place.prefix),
    swap(key, text, expected) {
      let isSent = false;
      // where the answer to an earlier try was lost, what stands there now tells whether it got through
      const wasDone = (there: {text: string} | undefined) => isSent && there?.text === text;
      return attempt(`write ${key}`, async () => {
        const before = await read(bucket, key);
        if (wasDone(before)) return true;
        if (before?.text !== expected) return false;
        try {
          await uploadIf(bucket, key, Buffer.from(text), before?.etag);
          isSent = true;
          await sleep(settling);
          return wasDone(await read(bucket, key));
        } catch (error) {
          if (refusals.includes(codeOf(error))) return wasDone(await read(bucket, key));
          isSent = true;
          throw error;
        }
      });
    }
  };
}

/**
 * Milliseconds after which a conditional write is looked at again: versitygw compares first and replaces later, so that
 * several writers at once are told that they won; the last of them did.
 */
const settling = 250;

/** What a server says when what stands there is not what a write was to replace. */
const refusals = ["PreconditionFailed", "ConditionalRequestConflict", ...absent];

async function* listBucket({client, bucket, name}: Bucket, prefix: string): AsyncIterable<Listed> {
  const start = prefix && `${prefix}/`;
  try {
    const found = (await client()).listObjectsV2(bucket, start, true) as AsyncIterable<BucketItem>;
    for await (const {name: key, size, lastModified} of found)
      if (key !== undefined && lastModified)
        yield {key: key.slice(start.length), bytes: size, writtenAt: lastModified.getTime()};
  } catch (error) {
    throw new Told(`lake ${name}: cannot list what is there: ${codeOf(error) || (error as Error).message}`);
  }
}

async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error) => {
    if (absent.includes(codeOf(error))) return undefined;
    throw error;
  });
}

async function read({send, name}: Bucket, key: string): Promise<{text: string; etag: string} | undefined> {
  const response = await orAbsent(send({method: "GET", key}));
  if (!response) return undefined;
  const {etag} = response.headers;
  if (etag === undefined)
    throw new Told(
      `lake ${name}: cannot read ${key}: no S3 server answers there; check endpoint in LAKE_URL`
    );
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return {text: Buffer.concat(parts).toString("utf8"), etag};
}

/** Brings an object into the cache; undefined if its bytes do not begin with the checksum `sum`. */
async function download(
  {send, name}: Bucket,
  keep: ReturnType<typeof openCache>["keep"],
  key: string,
  sum: string | undefined
): Promise<string | undefined> {
  const response = await orAbsent(send({method: "GET", key}));
  if (!response) throw new Told(`lake ${name}: missing object: ${key}`);
  const hash = createHash("sha256");
  async function* hashed(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const damaged = new Error("damaged");
  return keep(key, Number(response.headers["content-length"]), async (temporary) => {
    await pipeline(response, hashed, createWriteStream(temporary));
    if (sum !== undefined && !hash.digest("hex").startsWith(sum)) throw damaged;
  }).catch((error) => {
    response.destroy();
    if (error === damaged) return undefined;
    throw error;
  });
}
