import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/** A certificate and its key, PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** DNS names and IPv4 addresses. */
  readonly names?: readonly string[];
  /** Milliseconds from now until it expires; an hour unless told otherwise. */
  readonly lifetime?: number;
}

/** A certificate authority for one test: real certificates (RFC 5280), made here, since neither Node nor Bun makes any. */
export class TestAuthority {
  readonly #name: string;
  readonly #key: KeyObject;
  /** PEM. */
  readonly cert: string;

  constructor(name = "test authority") {
    this.#name = name;
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#key = privateKey;
    this.cert = this.#certify(name, publicKey, { names: [] }, true);
  }

  /** A certificate for a server or a client. */
  issue(name: string, options: CertificateOptions = {}): TestCertificate {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return {
      cert: this.#certify(name, publicKey, options, false),
      key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
  }

  #certify(name: string, publicKey: KeyObject, options: CertificateOptions, authority: boolean): string {
    const { names = ["localhost", "127.0.0.1"], lifetime = 3_600_000 } = options;
    const extensions = [
      // basicConstraints, critical
      sequence(
        oid("551d13"),
        tlv(0x01, Buffer.from([0xff])),
        octets(sequence(...(authority ? [tlv(0x01, Buffer.from([0xff]))] : []))),
      ),
      ...(names.length === 0 ? [] : [sequence(oid("551d11"), octets(sequence(...names.map(generalName))))]),
    ];
    const content = sequence(
      tlv(0xa0, tlv(0x02, Buffer.from([2]))),
      tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      ecdsaWithSha256,
      commonName(this.#name),
      sequence(time(Date.now() - 3_600_000), time(Date.now() + lifetime)),
      commonName(name),
      publicKey.export({ type: "spki", format: "der" }),
      tlv(0xa3, sequence(...extensions)),
    );
    const signature = tlv(0x03, Buffer.from([0]), sign("sha256", content, this.#key));
    const base64 = sequence(content, ecdsaWithSha256, signature)
      .toString("base64")
      .replace(/(.{64})(?=.)/g, "$1\n");
    return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
  }
}

/** One value in DER: tag, length, content. */
function tlv(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const header =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(header), content]);
}

const sequence = (...items: Buffer[]) => tlv(0x30, ...items);
const octets = (content: Buffer) => tlv(0x04, content);
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, "hex"));
const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
const commonName = (name: string) => sequence(tlv(0x31, sequence(oid("550403"), tlv(0x0c, Buffer.from(name)))));
const generalName = (name: string) =>
  isIPv4(name) ? tlv(0x87, Buffer.from(name.split(".").map(Number))) : tlv(0x82, Buffer.from(name));
/** UTCTime, YYMMDDhhmmssZ. */
const time = (milliseconds: number) =>
  tlv(
    0x17,
    Buffer.from(
      `${new Date(milliseconds)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, "")
        .slice(2)}`,
    ),
  );
