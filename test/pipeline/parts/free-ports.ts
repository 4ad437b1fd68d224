import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";

/** Ports of the loopback address that nobody listens on: for parts that cannot take a free one by themselves. */
export async function freePorts<const Name extends string>(...names: Name[]): Promise<Record<Name, number>> {
  // All are open at once, so that they differ.
  const open = await Promise.all(names.map(async (name) => ({ name, server: await listening() })));
  const ports = open.map(({ name, server }) => [name, (server.address() as AddressInfo).port] as const);
  await Promise.all(open.map(({ server }) => once(server.close(), "close")));
  return Object.fromEntries(ports) as Record<Name, number>;
}

async function listening(): Promise<Server> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
