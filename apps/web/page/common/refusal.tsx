import { useIdentity } from "../shell/identity.ts";
import { loginUrl } from "./login-url.ts";
import { refusalText } from "./refusal-text.ts";

/** An error in the place of what was asked for. */
export function Refusal({ error }: { readonly error: unknown }) {
  const { title, detail, logIn } = refusalText(error, useIdentity());
  return (
    <div class="notice bad" role="alert">
      <h1 tabIndex={-1}>{title}</h1>
      <p>{detail}</p>
      {logIn && (
        <p>
          <a class="button primary" href={loginUrl()}>
            Log in
          </a>
        </p>
      )}
    </div>
  );
}
