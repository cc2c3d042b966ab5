/** The package carries no types; this is the part of it that we use. */
declare module "negotiator" {
  export default class Negotiator {
    constructor(request: { readonly headers: Readonly<Record<string, string | undefined>> });
    /** Media types that the client takes (q > 0), by preference; of the available ones, where those are given. */
    mediaTypes(available?: readonly string[]): string[];
  }
}
