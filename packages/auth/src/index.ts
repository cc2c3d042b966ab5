/** Who sends a request: identities and how they are shown. */
export { type Authenticator, anonymous, type Identity, type Scope } from "./authenticator.ts";
export { BasicAuthenticator } from "./basic.ts";
export { BearerAuthenticator, bearerToken } from "./bearer.ts";
export { firstOf } from "./first-of.ts";
export { checkUserName, hashPassword } from "./passwords.ts";
