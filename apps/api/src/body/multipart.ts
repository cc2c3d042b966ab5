import type { Readable } from "node:stream";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { limits, UwsError } from "@uws/core";
import { type Field, tooManyFields } from "./field.ts";
import type { Uploads } from "./uploads.ts";

/** Bytes of a part's headers. */
const headerSize = 16 * 1024;

/**
 * Reads `multipart/form-data` (RFC 7578) as it comes in: files go straight to storage, and no more is read from the client
 * than storage has taken.
 *
 * A part is a file when it has a filename, or a media type other than `text/plain`. DALI clients refer to a file
 * by `UPLOAD=table,param:NAME` and name the part NAME (DALI 1.1, section 3.4.5); some name it `param:NAME`.
 * @param uploads where files go; undefined where none are taken
 */
export async function readMultipart(
  contentType: string,
  body: AsyncIterable<Uint8Array>,
  uploads: Uploads | undefined,
): Promise<Field[]> {
  const parser = openParser(contentType);
  const reading = new MultipartReading(parser, uploads);
  try {
    for await (const chunk of body) await reading.write(chunk);
    await reading.end();
  } catch (error) {
    reading.fail(error);
  }
  return await reading.fields();
}

class MultipartReading {
  readonly #parser: BusboyInstance;
  readonly #uploads: Uploads | undefined;
  /** In the order of the parts; undefined while a file is on its way, or was none. */
  readonly #fields: (Field | undefined)[] = [];
  readonly #storing: Promise<void>[] = [];
  readonly #open = new Set<Readable>();
  readonly #finished = Promise.withResolvers<void>();
  /** The first thing that went wrong; what follows from it is of no interest. */
  #failure: { readonly error: unknown } | undefined;
  #fieldBytes = 0;

  constructor(parser: BusboyInstance, uploads: Uploads | undefined) {
    this.#parser = parser;
    this.#uploads = uploads;
    // Who waits for a write learns of it there; nobody else has to.
    this.#finished.promise.catch(() => {});
    parser.on("field", (name, value, _nameCut, valueCut) => this.#field(name, value, valueCut));
    parser.on("file", (name, stream, filename, _encoding, mediaType) => this.#file(name, stream, filename, mediaType));
    parser.on("partsLimit", () => this.fail(tooManyFields()));
    parser.on("fieldsLimit", () => this.fail(tooManyFields()));
    parser.on("error", (cause) => this.fail(malformed(cause)));
    parser.on("finish", () => this.#finished.resolve());
  }

  /** Resolves when the parser, and the storage behind it, have room for more. */
  async write(chunk: Uint8Array): Promise<void> {
    const written = Promise.withResolvers<void>();
    this.#parser.write(chunk, () => written.resolve());
    await Promise.race([written.promise, this.#finished.promise]);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async end(): Promise<void> {
    this.#parser.end();
    await this.#finished.promise;
    // The parser passes over a part whose headers it cannot read, and tells nobody.
    if (partsIn(this.#parser) !== this.#fields.length) throw malformed("a part without a readable Content-Disposition");
  }

  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#finished.reject(error);
    for (const stream of this.#open) stream.destroy(new Error("the request has failed"));
    this.#parser.destroy();
  }

  /** What was read, when all of it is stored. */
  async fields(): Promise<Field[]> {
    await Promise.all(this.#storing);
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#fields.filter((field) => field !== undefined);
  }

  #field(name: string | undefined, value: string, cut: boolean): void {
    this.#fieldBytes += value.length;
    if (cut || this.#fieldBytes > limits.formBytes) {
      const message = `The fields of the form are too large; at most ${limits.formBytes} bytes are allowed without files.`;
      this.fail(new UwsError("too_large", message));
    }
    this.#fields.push({ name: unquoted(name ?? ""), value });
  }

  #file(givenName: string | undefined, stream: Readable, givenFilename: string | undefined, mediaType: string): void {
    // A part that is broken off, or one that storage has refused; who reads it learns which.
    let broken: unknown;
    stream.on("error", (cause) => {
      broken = cause;
    });
    const uploads = this.#uploads;
    if (uploads === undefined || this.#failure !== undefined) {
      this.fail(new UwsError("invalid", `${givenName ?? ""}: no file can be taken here.`));
      stream.destroy();
      return;
    }
    const name = unquoted(givenName ?? "").replace(/^param:/i, "");
    const filename = cleanFilename(unquoted(givenFilename ?? ""));
    const slot = this.#fields.push(undefined) - 1;
    this.#open.add(stream);
    const storing = uploads
      .store(name, stream, { mediaType, filename })
      .then(async (upload) => {
        // A browser's file field in which nobody has chosen a file.
        if (upload.size === 0 && givenFilename === "") await uploads.discard(upload.key);
        else this.#fields[slot] = { name, upload };
      })
      .catch((error) => this.fail(error === broken ? malformed(error) : error))
      .finally(() => this.#open.delete(stream));
    this.#storing.push(storing);
  }
}

function openParser(contentType: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { "content-type": contentType },
      limits: {
        fieldSize: limits.formBytes,
        parts: limits.parameters,
        headerPairs: 50,
        headerSize,
      },
      // Otherwise ".." would be no name, and its file not one that was chosen.
      preservePath: true,
      isPartAFile: (_name, type, filename) => filename !== undefined || (type ?? "text/plain") !== "text/plain",
    });
  } catch (cause) {
    throw malformed(cause);
  }
}

/** Parts that have begun, as busboy counts them; it does not say so in public. Test: tests/fuzz/multipart.test.ts. */
function partsIn(parser: BusboyInstance): number {
  return (parser as unknown as { readonly _parser: { readonly _nparts: number } })._parser._nparts;
}

/** A name as browsers and our client write it between quotes (HTML standard, section 4.10.22.8), read back. */
function unquoted(name: string): string {
  return name.replaceAll("%22", '"').replaceAll(/%0D/gi, "\r").replaceAll(/%0A/gi, "\n");
}

function malformed(cause: unknown): UwsError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UwsError("invalid", `The body of the request is not multipart/form-data: ${reason}`, { cause });
}

/** A name to be shown and offered, never a path to be opened. */
function cleanFilename(filename: string): string {
  return (filename.split(/[\\/]/).at(-1) ?? "")
    .toWellFormed()
    .replace(/\p{Cc}/gu, "")
    .slice(-255)
    .toWellFormed();
}
