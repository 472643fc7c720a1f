import http from "node:http";
import https from "node:https";
import {setTimeout as sleep} from "node:timers/promises";
import type {Client} from "minio";
import type {S3Place} from "../config.ts";

/** One request on a key of the lake, or on the bucket itself. */
export type Request = {method: string; key?: string; query?: string; headers?: Record<string, string>};

/** A bucket that can be asked; `attempt` repeats what may be repeated and says in words what failed. */
export type Bucket = {
  name: string;
  bucket: string;
  /** The SDK, loaded when it is first needed. */
  client: () => Promise<Client>;
  /** The full name of a key. */
  keyOf: (key: string) => string;
  /** The answer to one request, its body unread. Throws what the server says. */
  send: (request: Request, body?: Buffer) => Promise<http.IncomingMessage>;
  /** Does idempotent work again after a passing failure, later each time. `what` completes "cannot …". */
  attempt: <T>(what: string, work: (isRepeated: boolean) => Promise<T>) => Promise<T>;
};

export type Patience = {
  /** Milliseconds without a byte before a connection is given up. */
  timeout?: number;
  tries?: number;
};

/** Opens a bucket: path style for an endpoint of one's own, virtual host for AWS. */
export function openBucket(place: S3Place, {timeout = 30_000, tries = 8}: Patience = {}): Bucket {
  const {bucket, prefix, endpoint, region, keys} = place;
  const url = new URL(endpoint ?? "https://s3.amazonaws.com");
  const isSecure = url.protocol === "https:";
  const settings = {
    endPoint: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port ? Number(url.port) : isSecure ? 443 : 80,
    useSSL: isSecure,
    pathStyle: endpoint !== undefined,
    ...keys,
    ...(region !== undefined && {region}),
    // the SDK repeats a request whose body it has already used up, so what is repeated is decided here
    retryOptions: {disableRetry: true},
    transport: {request: impatient(isSecure ? https : http, timeout)} as typeof http
  };
  let opened: Promise<Client> | undefined;
  const client = () => (opened ??= import("minio").then((minio) => new minio.Client(settings)));
  const keyOf = (key: string) => (prefix ? `${prefix}/${key}` : key);
  const name = nameOf(place);

  return {
    name,
    bucket,
    client,
    keyOf,
    async send({method, key, query = "", headers = {}}, body) {
      const objectName = key === undefined ? {} : {objectName: keyOf(key)};
      const options = {method, bucketName: bucket, query, headers: {...headers}, ...objectName};
      return (await client()).makeRequestAsync(options, body ?? "", [200, 204]);
    },
    async attempt(what, work) {
      for (let n = 1; ; n++) {
        try {
          return await work(n > 1);
        } catch (error) {
          if (error instanceof Told) throw error;
          if (n >= tries || !isPassing(error)) throw told(place, what, error as Failure, n);
          await sleep(50 * 2 ** n * (0.5 + Math.random()));
        }
      }
    }
  };
}

/** How messages name a bucket. */
export function nameOf({bucket, prefix}: S3Place): string {
  return `s3://${bucket}${prefix && `/${prefix}`}`;
}

/** An error in words already. */
export class Told extends Error {}

type Failure = Error & {code?: string};

/** What the server calls the failure, or the system. */
export function codeOf(error: unknown): string {
  return (error as Failure).code ?? "";
}

export const absent = ["NoSuchKey", "NotFound"];

const passing = [
  ["ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EAI_AGAIN", "ERR_STREAM_PREMATURE_CLOSE"],
  ["InternalError", "ServiceUnavailable", "SlowDown", "SlowDownRead", "SlowDownWrite"],
  ["TooManyRequests", "RequestTimeout", "OperationAborted"]
].flat();

/** Whether the same request may succeed a little later. */
export function isPassing(error: unknown): boolean {
  const {message} = error as Failure;
  return passing.includes(codeOf(error)) || /^aborted$|socket hang up|Retryable HTTP status/.test(message);
}

/** A request that is given up after `timeout` without a byte, and whose refusals do not hold on to the connection. */
function impatient({request}: typeof http | typeof https, timeout: number) {
  return (options: http.RequestOptions, answered: (response: http.IncomingMessage) => void) => {
    const asked = request({...options, timeout}, (response) => {
      if ([408, 429, 499, 500, 502, 503, 504, 520].includes(response.statusCode!)) response.resume();
      answered(response);
    });
    const late = () => Object.assign(new Error(`no answer for ${timeout / 1000} s`), {code: "ETIMEDOUT"});
    return asked.on("timeout", () => asked.destroy(late()));
  };
}

/** The failure in words, with what to check; never a key. The server's own error is left behind: it carries one. */
function told(place: S3Place, what: string, error: Failure, tries: number): Told {
  const {keys, endpoint = "AWS"} = place;
  const code = codeOf(error);
  const said = error.message.replace(/^Request failed.*?: (Error: )?/, "");
  const known = reasons(place, endpoint)[code];
  const reason =
    known ??
    ([code, said].filter((part) => part && part !== "Error").join(": ") ||
      `the server gave no reason${endpoint.startsWith("http:") ? "; if it speaks TLS, write https in endpoint of LAKE_URL" : ""}`);
  const often = tries > 1 ? ` (${tries} tries; check that ${endpoint} is well, then run again)` : "";
  const text = `lake ${nameOf(place)}: cannot ${what}: ${reason}${often}`;
  return new Told(text.replaceAll(keys.secretKey, "***").replaceAll(keys.accessKey, "***"));
}

/** What the system says when a disk is full, or may hold no more of ours. */
const full = ["ENOSPC", "EDQUOT", "EFBIG"];

/** What Node says of a certificate whose authority it does not know. */
const untrusted = [
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNABLE_TO_GET_ISSUER_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"]
].flat();

function reasons({bucket, prefix, region, cache}: S3Place, endpoint: string): Record<string, string> {
  const unreachable = `cannot reach ${endpoint}; check endpoint in LAKE_URL, and that the server is up`;
  const elsewhere = `the bucket is in another region than ${region ?? "the default"}; check region in LAKE_URL`;
  const noSpace = `no space left for the cache ${cache.path}; make room there, set ASSAY_HOME to a folder with more, or ASSAY_CACHE to less, then run again`;
  const unknown = `this machine does not trust the certificate of ${endpoint}; set NODE_EXTRA_CA_CERTS to the file, in PEM, of the certificate or of the authority that signed it`;
  const where = `${bucket}/${prefix && `${prefix}/`}*`;
  return {
    NoSuchBucket: `bucket missing: ${bucket} at ${endpoint}; create it, or check bucket and endpoint in LAKE_URL`,
    AccessDenied: `access denied (these keys need s3:GetObject, s3:PutObject and s3:DeleteObject on ${where}, and s3:ListBucket on ${bucket})`,
    InvalidAccessKeyId: `unknown access key (check AWS_ACCESS_KEY_ID or MINIO_ACCESS_KEY)`,
    SignatureDoesNotMatch: `wrong secret key (check AWS_SECRET_ACCESS_KEY or MINIO_SECRET_KEY)`,
    ExpiredToken: "the session has expired (get a new AWS_SESSION_TOKEN with its keys)",
    InvalidToken: "wrong session token (check AWS_SESSION_TOKEN, or unset it)",
    RequestTimeTooSkewed: `this machine's clock differs from that of ${endpoint} by more than 15 minutes (set the clock)`,
    PermanentRedirect: elsewhere,
    MovedPermanently: elsewhere,
    AuthorizationHeaderMalformed: elsewhere,
    ECONNREFUSED: unreachable,
    ENOTFOUND: unreachable,
    EHOSTUNREACH: unreachable,
    ENETUNREACH: unreachable,
    EPROTO: `${endpoint} does not speak TLS; check http or https in endpoint of LAKE_URL`,
    XMinioStorageFull: `no space left at ${endpoint}; make room there, then run again`,
    ...Object.fromEntries(full.map((code) => [code, noSpace])),
    ...Object.fromEntries(untrusted.map((code) => [code, unknown])),
    CERT_HAS_EXPIRED: `the certificate of ${endpoint} has expired; renew it there, or set this machine's clock`,
    ERR_TLS_CERT_ALTNAME_INVALID: `the certificate of ${endpoint} is for another name; check endpoint in LAKE_URL, or have that name in the certificate`
  };
}
