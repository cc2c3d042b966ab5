/** Who sends a request: identities and how they are shown. */
export {};
