/** Who sends a request. */
export interface Identity {
  /** Owner of the jobs that are created; undefined = anonymous. */
  readonly owner: string | undefined;
  /** What a token lets its bearer do; undefined where the user has logged in, and may do whatever the user may. */
  readonly scope?: Scope;
}

/** What a token is good for. */
export interface Scope {
  /** The token's name. */
  readonly token: string;
  /** Only to look. */
  readonly readOnly: boolean;
  /** Paths of services; undefined = all. */
  readonly services: ReadonlySet<string> | undefined;
}

/** One way to show who one is. */
export interface Authenticator {
  /**
   * Finds out who sends a request.
   * @returns undefined where the request shows nothing of this kind
   * @throws UwsError "unauthenticated" when it claims to be somebody and cannot show it; "unavailable" when too many ask
   */
  authenticate(request: Request): Promise<Identity | undefined>;
}

/** Nobody in particular: jobs have no owner, and everybody may see and change them. */
export const anonymous: Identity = { owner: undefined };
