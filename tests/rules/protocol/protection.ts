import { type Rule, shown, without } from "../rule.ts";

const authentication = "apps/gateway/src/authentication.test.ts";
const protection = "apps/gateway/src/protection.test.ts";

/** 8: who is let in. */
export const whoIsLetIn: readonly Rule[] = [
  {
    id: "let-in-token",
    rule: "Where tokens are required, no call is answered without a valid one.",
    tests: [shown(authentication, "every call without a valid token ends with UNAUTHENTICATED")],
    mutation: [
      without(
        "apps/gateway/src/worker-tokens.ts",
        "if (bearer !== undefined) return bearer;",
        'return bearer ?? { name: "anybody", types: undefined };',
      ),
    ],
  },
  {
    id: "let-in-types",
    rule: "A token may be limited to job types: Hello.",
    tests: [shown(authentication, "a token that is limited to job types covers no other, and the refusal names it")],
    mutation: [without("apps/gateway/src/session.ts", "if (uncovered !== undefined) return this.#refuse(uncovered);")],
  },
  {
    id: "let-in-types-attempts",
    rule: "… and attempts.",
    tests: [
      shown(
        authentication,
        "an attempt of a type that the token does not cover cannot be held, kept alive, written or read",
      ),
    ],
    mutation: [
      without("apps/gateway/src/uncovered-jobs.ts", "filter(([, type]) => !types.has(type))", "filter(() => false)"),
    ],
  },
  {
    id: "let-in-removed",
    rule: "A token that is removed ends its sessions.",
    tests: [
      shown(
        authentication,
        "a token that is removed ends its sessions, and their jobs run again elsewhere when the lease is over",
      ),
    ],
    mutation: [without("apps/gateway/src/worker-tokens.ts", "      this.#onInvalid(bearer);\n")],
  },
  {
    id: "let-in-tls",
    rule: "TLS: whoever speaks plain text does not connect.",
    tests: [shown(protection, "a worker that trusts another authority, or speaks plain text, does not connect")],
    mutation: [
      without(
        "apps/gateway/src/protection.ts",
        "credentials: tls ?? ServerCredentials.createInsecure(),",
        "credentials: ServerCredentials.createInsecure(),",
      ),
    ],
  },
  {
    id: "let-in-mutual",
    rule: "Mutual TLS: whoever shows no certificate of the client authority does not connect.",
    tests: [
      shown(
        protection,
        "mutual TLS: only who shows a certificate of the client authority connects; a token is required beside it",
      ),
    ],
    mutation: [
      without(
        "apps/gateway/src/tls-credentials.ts",
        "rejectUnauthorized: clientCertificateRequired(config)",
        "rejectUnauthorized: false",
      ),
    ],
  },
  {
    id: "let-in-tls-and-token",
    rule: "Over TLS a token is required unless told otherwise.",
    tests: [shown(protection, "over TLS a token is required unless told otherwise, and jobs run")],
    mutation: [
      without(
        "apps/gateway/src/protection.ts",
        "grpc.requireToken ?? (tls !== undefined || !loopback)",
        "grpc.requireToken ?? !loopback",
      ),
    ],
  },
  {
    id: "let-in-loopback",
    rule: "Plain text is for loopback addresses: elsewhere the gateway does not start unless told to.",
    tests: [shown(protection, "plain text is for loopback addresses, and there nobody needs a token")],
    mutation: [
      without(
        "apps/gateway/src/protection.ts",
        "if (grpc.tls === undefined && !loopback && !grpc.allowPlainText) {",
        "if (grpc.tls === undefined && loopback && grpc.allowPlainText) {",
      ),
    ],
  },
  {
    id: "let-in-said",
    rule: "On loopback nobody needs a token, and the server says so.",
    tests: [shown(protection, "plain text is for loopback addresses, and there nobody needs a token")],
    mutation: [
      without("apps/gateway/src/gateway.ts", "`gateway listens, ${protection.description}`", "`gateway listens`"),
    ],
  },
  {
    id: "let-in-sdk-plain",
    rule: "The SDK sends no token in plain text over a network.",
    tests: [
      shown(
        "packages/worker/src/secure-connection.test.ts",
        "a token is not sent in plain text over a network, and TLS is not dropped silently",
      ),
    ],
    mutation: [
      without(
        "packages/worker/src/connection.ts",
        "if (!encrypted && !isLoopback(host)) {",
        "if (host === undefined) {",
      ),
    ],
  },
];
