export async function simulate(_: {to: string; lines: number; seed: number}): Promise<void> {
  throw new Error("soon");
}
