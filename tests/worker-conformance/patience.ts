/** Milliseconds that are waited for what must come. Long: the machine may have more to do than this. */
export const patience = 20_000;
