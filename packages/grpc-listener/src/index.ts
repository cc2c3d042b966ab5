export { type GrpcListener, listen } from "./listen.ts";
