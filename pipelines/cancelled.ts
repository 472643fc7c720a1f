/** Whoever asked for it stopped it: the command line exits with 130. */
export class Cancelled extends Error {
  constructor() {
    super("cancelled before it was done; what was made is kept, nothing is published");
  }
}
