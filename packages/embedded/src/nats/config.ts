/** What a nats-server of ours is told. The file holds its password, which a command line would show to everybody. */
export function natsConfig(options: {
  port: number;
  name: string;
  user: string;
  password: string;
  storeDir: string;
}): string {
  return `# Written at every start.
server_name: ${quote(options.name)}
listen: ${quote(`127.0.0.1:${options.port}`)}
max_payload: 1048576
authorization { user: ${quote(options.user)}, password: ${quote(options.password)} }
jetstream {
  store_dir: ${quote(options.storeDir)}
  max_memory_store: 268435456
  max_file_store: 4294967296
}
`;
}

/** A string of the NATS configuration language: double quotes, backslash escapes, no line breaks, no variables inside. */
function quote(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
