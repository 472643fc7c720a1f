import {createServer, type IncomingMessage, request, type Server, type ServerResponse} from "node:http";
import {type AddressInfo, connect, createServer as createSocket, type Socket} from "node:net";
import {setTimeout as sleep} from "node:timers/promises";
import type {Note} from "./tell.ts";

/** Where the page's note listens. */
export const address = "/_draft";

/** What stands before the Framework's preview: it passes everything on, and tells pages of the draft. */
export type Front = {tell: (note: Note) => void; close: () => Promise<void>};

/** Serves on `port` what the preview serves on `inner`, and at `/_draft` the notes, as events. */
export async function openFront(port: number, inner: number, first: Note): Promise<Front> {
  let note = first;
  const listeners = new Set<ServerResponse>();
  const event = () => `data: ${JSON.stringify(note)}\n\n`;

  function listen(response: ServerResponse): void {
    response.writeHead(200, {"Content-Type": "text/event-stream", "Cache-Control": "no-store"});
    response.write(event());
    listeners.add(response);
    response.on("close", () => listeners.delete(response));
  }

  const server = createServer((asked, response) =>
    asked.url === address ? listen(response) : pass(inner, asked, response)
  );
  server.on("upgrade", (asked: IncomingMessage, socket: Socket, head: Buffer) =>
    passSocket(inner, asked, socket, head)
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    tell(next) {
      note = next;
      for (const listener of listeners) listener.write(event());
    },
    close: () => closeAll(server)
  };
}

function pass(port: number, asked: IncomingMessage, response: ServerResponse): void {
  const {method, url: path} = asked;
  // a connection that is kept may be closed by the preview at the moment of the next request
  const headers = {...asked.headers, connection: "close"};
  const onwards = request({host: "127.0.0.1", port, method, path, headers, agent: false}, (answer) => {
    delete answer.headers.connection;
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  onwards.on("error", (error) => {
    if (!response.headersSent) response.writeHead(502, {"Content-Type": "text/plain"});
    response.end(`the preview does not answer: ${error.message}`);
  });
  response.on("close", () => onwards.destroy());
  asked.pipe(onwards);
}

/** The Framework reloads pages over a WebSocket: its bytes go both ways as they are. */
function passSocket(
  port: number,
  {method, url, rawHeaders}: IncomingMessage,
  socket: Socket,
  head: Buffer
): void {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let n = 0; n < rawHeaders.length; n += 2) lines.push(`${rawHeaders[n]}: ${rawHeaders[n + 1]}`);
  const onwards = connect(port, "127.0.0.1", () => {
    onwards.write(`${lines.join("\r\n")}\r\n\r\n`);
    onwards.write(head);
    onwards.pipe(socket).pipe(onwards);
  });
  onwards.on("error", () => socket.destroy());
  socket.on("error", () => onwards.destroy());
}

function closeAll(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createSocket();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const {port} = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Waits until somebody listens on a port, or `signal` says that nobody will. */
export async function untilUp(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.once("error", () => resolve(false)).once("connect", () => socket.destroy());
    });
    if (isUp) return;
    await sleep(50);
  }
}
