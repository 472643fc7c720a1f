import {randomBytes} from "node:crypto";
import {findSkew} from "../clock.ts";
import type {S3Place} from "../config.ts";
import {codeOf, openBucket} from "./bucket.ts";
import {openS3Lake} from "./s3.ts";

/** Tries in a bucket all that a refresh does, on a key of its own; says what it found. Throws what to mend. */
export async function probe(place: S3Place): Promise<string> {
  const patience = {timeout: 10_000, tries: 3};
  const lake = openS3Lake(place, patience);
  const {attempt, send} = openBucket(place, patience);
  const key = `probe/${randomBytes(6).toString("hex")}.txt`;
  const began = Date.now();
  await lake.find(key);
  const date = await attempt("reach the bucket", async () => {
    const response = await send({method: "HEAD"});
    response.resume();
    return Date.parse(response.headers.date ?? "");
  });
  // an answer's date counts whole seconds
  const skew = findSkew(began, date, 1000);
  if (skew) throw new Error(`lake ${lake.name}: ${skew}`);

  await lake.write(key, "1");
  try {
    const isKept = !(await lake.swap(key, "2", undefined)) && (await refusesOverwrite(place, key));
    const moved = await lake.swap(key, "2", "1");
    const conditions = isKept && moved ? "conditional writes" : noConditions;
    return `${lake.name} at ${place.endpoint ?? "AWS"}, may read, write and remove, ${conditions}`;
  } finally {
    await lake.remove(key);
  }
}

const noConditions =
  "no conditional writes: nothing keeps two refreshes at once apart, so let one machine alone refresh";

/** Whether the server itself, not only our look beforehand, refuses to replace what is there. */
async function refusesOverwrite(place: S3Place, key: string): Promise<boolean> {
  const {send} = openBucket(place, {timeout: 10_000});
  const put = (headers: Record<string, string>) =>
    send({method: "PUT", key, headers}, Buffer.from("1")).then(
      (response) => (response.resume(), false),
      (error) => codeOf(error) === "PreconditionFailed"
    );
  return (
    (await put({"if-none-match": "*"})) && (await put({"if-match": '"00000000000000000000000000000000"'}))
  );
}
