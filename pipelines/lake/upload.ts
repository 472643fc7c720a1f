import {createHash} from "node:crypto";
import {type FileHandle, open} from "node:fs/promises";
import {type Bucket, codeOf} from "./bucket.ts";
import {eachOf} from "./each.ts";

/** One PUT, without a word on what was there unless `headers` say so. */
export async function upload(
  {send}: Bucket,
  key: string,
  body: Buffer,
  headers: Record<string, string> = {},
  query = ""
): Promise<string> {
  const md5 = createHash("md5").update(body).digest("base64");
  const response = await send({method: "PUT", key, query, headers: {...headers, "content-md5": md5}}, body);
  response.resume();
  return String(response.headers.etag);
}

/** One PUT if the object still has this etag, or is not there; where the store knows no conditions, just a PUT. */
export async function uploadIf(
  bucket: Bucket,
  key: string,
  body: Buffer,
  etag: string | undefined
): Promise<void> {
  const condition: Record<string, string> = etag === undefined ? {"if-none-match": "*"} : {"if-match": etag};
  try {
    await upload(bucket, key, body, condition);
  } catch (error) {
    if (codeOf(error) !== "NotImplemented") throw error;
    await upload(bucket, key, body);
  }
}

/** So many parts are in memory and on their way at a time. */
const partsAtOnce = 3;

/** Sends a file in parts, each repeated on its own; nothing is seen under `key` before the last. */
export async function uploadParts(bucket: Bucket, key: string, file: string, size: number, partSize: number) {
  const {attempt, send, bucket: bucketName} = bucket;
  const client = await bucket.client();
  const object = bucket.keyOf(key);
  const uploadId = await attempt(`write ${key}`, () =>
    client.initiateNewMultipartUpload(bucketName, object, {})
  );
  const handle = await open(file);
  try {
    const starts = Array.from({length: Math.ceil(size / partSize)}, (_, n) => n * partSize);
    const etags = await eachOf(starts, partsAtOnce, async (start, n) => {
      const bytes = await readPart(handle, start, Math.min(partSize, size - start));
      const query = `partNumber=${n + 1}&uploadId=${encodeURIComponent(uploadId)}`;
      const etag = await attempt(`write ${key}`, () => upload(bucket, key, bytes, {}, query));
      return {part: n + 1, etag: etag.replaceAll('"', "")};
    });
    await attempt(`write ${key}`, async (isRepeated) => {
      try {
        await client.completeMultipartUpload(bucketName, object, uploadId, etags);
      } catch (error) {
        // the answer to the last try was lost, but not the try
        const isDone = isRepeated && codeOf(error) === "NoSuchUpload";
        const there = isDone ? await send({method: "HEAD", key}) : undefined;
        if (Number(there?.headers["content-length"]) !== size) throw error;
      }
    });
  } catch (error) {
    // parts that stay behind cost space and nothing else; the error that led here is the one to tell
    await client.abortMultipartUpload(bucketName, object, uploadId).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
}

async function readPart(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const {bytesRead} = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new Error("the file became shorter while it was sent");
    done += bytesRead;
  }
  return bytes;
}
