/** Who sends a request. */
export interface Identity {
  /** Owner of the jobs that are created; undefined = anonymous. */
  readonly owner: string | undefined;
}

/** Finds out who sends a request. Tokens and grants are a later authenticator's. */
export interface Authenticator {
  /** @throws UwsError "forbidden" when the request claims to be somebody and cannot show it */
  authenticate(request: Request): Promise<Identity>;
}

/** Everybody is nobody in particular: jobs have no owner, and everybody may see and change them. */
export const anonymous: Authenticator = {
  async authenticate() {
    return { owner: undefined };
  },
};
