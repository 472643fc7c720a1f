import type {Config} from "../config.ts";
export async function graphWord(_: Config, __: {json?: boolean}): Promise<void> {}
