/** Where an embedded server's database is. */
export function databaseUrl(password: string, port: number): string {
  return `postgres://uws:${password}@127.0.0.1:${port}/uws`;
}
