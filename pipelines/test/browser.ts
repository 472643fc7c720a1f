import {existsSync} from "node:fs";
import {createServer, type RequestListener} from "node:http";
import type {AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import sparticuz from "@sparticuz/chromium";
import {type Browser, chromium} from "playwright-core";
import handler from "serve-handler";

const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A headless Chromium: the system's if there is one, else the one from npm (Linux, needs libnss3 and libnspr4). */
export async function openBrowser(): Promise<Browser> {
  const found = installed.find((path) => existsSync(path));
  return found ? chromium.launch({executablePath: found, args: ["--no-sandbox"]}) : launchPinned();
}

/** The Chromium from npm with no font of the system, which draws the same picture on every machine. */
export function openPinned(): Promise<Browser> {
  return launchPinned({FONTCONFIG_PATH: join(tmpdir(), "fonts")});
}

async function launchPinned(environment: Record<string, string> = {}): Promise<Browser> {
  return chromium
    .launch({
      executablePath: await sparticuz.executablePath(),
      args: ["--no-sandbox", "--no-zygote"],
      env: {...process.env, ...environment}
    })
    .catch((error: Error) => {
      throw new Error(
        `${error.message}\nChromium does not start: apt-get install libnss3 libnspr4, or apt-get install chromium`
      );
    });
}

/** How a folder is served: `answer` as the usual server by default, `heard` is told of each request and its bytes. */
type Manner = {
  answer?: (folder: string, usual: RequestListener) => RequestListener;
  heard?: (path: string, bytes: number) => void;
};

/** Serves a built site on a free local port, with range requests as web servers have them. */
export async function serveFolder(
  folder: string,
  {answer = (_, usual) => usual, heard = () => {}}: Manner = {}
): Promise<{url: string; close: () => Promise<void>}> {
  const usual: RequestListener = (request, response) =>
    void handler(request, response, {public: folder, directoryListing: false});
  const listener = answer(folder, usual);
  const server = createServer((request, response) => {
    const {socket, url} = request;
    const begun = socket.bytesWritten;
    response.on("finish", () => heard(url!, socket.bytesWritten - begun));
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      })
  };
}
